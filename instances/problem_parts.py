"""The parts of a problem, from a shift, its places with their districts, and the travel times between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from instances.alert import callouts_of
from instances.duty_faults import break_names
from instances.given_locks import locks_in
from instances.place_snaps import BESIDE, Site
from instances.shift import Patrol, Point, Shift
from instances.weight_scale import whole_weights
from instances.weighted_points import Demand, Hotspots
from solver.problem import Break, DemandPoint, Hotspot, IntArray, Place, Post, Problem, Task, Unit


def assemble(
    shift: Shift,
    sites: Sequence[Site],
    hotspots: Hotspots,
    demand: Demand,
    travel: Mapping[str, IntArray],
    reach: Mapping[str, IntArray],
) -> Problem:
    """Return the problem."""
    horizon = shift.horizon
    index = {site.name: i for i, site in enumerate(sites)}
    return Problem(
        name=shift.name,
        timezone=horizon.zone.key,
        start=horizon.start.isoformat(timespec="seconds"),
        minutes=horizon.minutes,
        grid=horizon.grid,
        slots=horizon.slots,
        places=tuple(_place(site) for site in sites),
        stations=tuple(range(len(shift.stations))),
        hotspots=_hotspots(shift, sites, hotspots),
        posts=tuple(_post(post, hotspots, index) for post in shift.posts),
        tasks=_tasks(shift, index),
        demand=_demand(shift, demand),
        units=_units(shift, sites),
        locks=locks_in(shift, index, _kinds(sites)),
        goals=shift.goals,
        travel=travel,
        reach=reach,
        callouts=callouts_of(shift, sites),
        busy=shift.response.busy,
    )


def _place(site: Site) -> Place:
    """Return a place; only a hotspot can be a stretch of street."""
    return Place(site.name, site.lat, site.lon, site.district, None if site.role in BESIDE else site.exit)


def _kinds(sites: Sequence[Site]) -> dict[int, str]:
    """Return what units do at the places that are more than stations."""
    kinds = {"hotspot": "visit", "post": "stint", "task": "task"}
    return {i: kinds[site.role] for i, site in enumerate(sites) if site.role in kinds}


def _hotspots(shift: Shift, sites: Sequence[Site], hotspots: Hotspots) -> tuple[Hotspot, ...]:
    """Return the hotspots."""
    index = {site.name: i for i, site in enumerate(sites)}
    reverse = {site.reverse_of: i for i, site in enumerate(sites) if site.reverse_of}
    risk = whole_weights(hotspots.weight, shift.horizon.slots)
    return tuple(
        Hotspot(
            place=index[spot.name],
            risk=weight,
            dwell=spot.visits.dwell,
            linger=spot.visits.linger,
            rho=spot.visits.rho,
            reverse=reverse.get(spot.name),
            windows=spot.windows,
            every=spot.visits.every,
            required=spot.visits.required and spot.visits.every > 0,
        )
        for spot, weight in zip(hotspots.spots, risk, strict=True)
    )


def _post(post: Point, hotspots: Hotspots, index: Mapping[str, int]) -> Post:
    """Return a post."""
    return Post(
        place=index[post.name],
        staffing=post.staffing,
        stint=post.stint,
        modes=post.modes,
        skills=post.skills,
        available=post.available,
        watches=_watched(post, hotspots),
    )


def _watched(post: Point, hotspots: Hotspots) -> tuple[int, ...]:
    """Return the hotspots that a post watches: those named, or those wholly within so many metres as the crow flies."""
    from instances.roads.geometry import great_circle

    if isinstance(post.watches, int):
        ends = [((spot.lat, spot.lon), spot.end or (spot.lat, spot.lon)) for spot in hotspots.spots]
        lonlat = np.array(ends, dtype=np.float64).reshape(-1, 2, 2)[..., ::-1]
        metres = great_circle(np.array([post.lon, post.lat]), lonlat).max(axis=1, initial=0.0)
        return tuple(np.flatnonzero(metres <= post.watches).tolist())
    return tuple(sorted(i for i, spot in enumerate(hotspots.spots) if spot.name in post.watches))


def _tasks(shift: Shift, index: Mapping[str, int]) -> tuple[Task, ...]:
    """Return the tasks; their profits keep their proportions."""
    # Done once, a task counts like a place that has its weight for one minute.
    profits = whole_weights(np.array([[job.profit] for job in shift.jobs], dtype=np.float64).reshape(-1, 1), (0, 1))
    return tuple(
        Task(
            place=index[job.name],
            minutes=job.minutes,
            profit=profit,
            windows=job.windows,
            required=job.required,
            modes=job.modes,
            skills=job.skills,
            available=job.available,
        )
        for job, (profit,) in zip(shift.jobs, profits, strict=True)
    )


def _demand(shift: Shift, demand: Demand) -> tuple[DemandPoint, ...]:
    """Return the demand points."""
    response = shift.response
    calls = whole_weights(demand.points.weight, shift.horizon.slots)
    return tuple(
        DemandPoint(name, lat, lon, zone, response.standards[zone], response.backup[zone], weight)
        for name, (lat, lon), zone, weight in zip(
            demand.points.names, demand.points.latlon.tolist(), demand.zones, calls, strict=True
        )
    )


def _units(shift: Shift, sites: Sequence[Site]) -> tuple[Unit, ...]:
    """Return the units; of their districts those in which a place lies."""
    filled = {site.district for site in sites}
    return tuple(_unit(shift, sites, unit, tuple(d for d in unit.districts if d in filled)) for unit in shift.units)


def _unit(shift: Shift, sites: Sequence[Site], unit: Patrol, districts: tuple[str, ...]) -> Unit:
    """Return a unit."""
    index = {site.name: i for i, site in enumerate(sites)}
    pause, places = unit.break_, break_names(shift, unit, sites)
    return Unit(
        callsign=unit.callsign,
        mode=unit.mode,
        start=unit.start,
        end=unit.end,
        origin=index[unit.station],
        destination=index[unit.end_station],
        break_=None
        if pause is None
        else Break(pause.minutes, pause.earliest, pause.latest, tuple(index[name] for name in places)),
        skills=unit.skills,
        districts=districts,
        tied=unit.tied,
        longest_duty=unit.longest_duty,
        crew=unit.crew,
    )

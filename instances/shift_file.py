"""Reads a shift file: a strict YAML document and the small tables that it names, with every fault at its place.

The fields are described in `instances.shift_document` and, for planners, in ``docs/shift-file.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from instances.alert import alert_of
from instances.clock_times import elapsed_minutes, hour_slots, resolve
from instances.districts import read_districts
from instances.errors import InputError, RoadDataError
from instances.given_closures import closures_of
from instances.given_locks import locks_of, no_alert_beside_locks
from instances.given_points import calls_of, spots_of, stations_of
from instances.given_sites import sites_of
from instances.given_tasks import jobs_of
from instances.quantities import QuantityError, duration_text
from instances.roster import Names, no_chosen_duties, patrols, points
from instances.shift import Call, GivenPlace, Horizon, Job, Patrol, Response, Shift, Spot, StreetSource, Visits
from instances.shift_desk import Desk, unique
from instances.shift_document import ShiftDocument, SiteDocument
from instances.shift_reading import read_document
from instances.shift_rules import goals_of, incidents_of, need_zones, response_of, risk_of, visits_of
from instances.shift_schema import shift_schema
from instances.yaml_lines import read_yaml

__all__ = ["read_shift", "read_sites", "shift_schema"]

LONGEST = 7 * 24 * 60
"""Minutes that a shift file may plan for."""


def read_shift(path: Path) -> Shift:
    """Read the shift file at `path`.

    Raises
    ------
    InputError
        When anything is wrong with it or with a table that it names; it lists everything that is wrong.
    RoadDataError
        When nothing is wrong but that its road data are missing.
    """
    return _read(path, ShiftDocument)


def read_sites(path: Path) -> Shift:
    """Read a shift file for what it says of places, demand and points; it needs neither units nor stations.

    Raises
    ------
    InputError
        When anything is wrong with it or with a table that it names; it lists everything that is wrong.
    RoadDataError
        When nothing is wrong but that its road data are missing.
    """
    return _read(path, SiteDocument)


def _read(path: Path, form: type[ShiftDocument]) -> Shift:
    """Read the file at `path`, of one form or the other."""
    tree, faults = read_yaml(path)
    try:
        reading = read_document(tree, form)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    desk = Desk(tree, reading, path.parent)
    desk.faults += faults
    shift = _checked(desk, reading.document, path)
    if desk.faults or shift is None:
        raise InputError([*desk.faults, *desk.road_faults])
    if desk.road_faults:
        raise RoadDataError(desk.road_faults)
    return shift


def _checked(desk: Desk, document: ShiftDocument, path: Path) -> Shift | None:
    """Return the shift, with faults noted on the desk; it may only be used when there are none."""
    desk.horizon = _horizon(desk, document)
    visits = visits_of(desk, document.visits)
    stations = stations_of(desk, document)
    spots = spots_of(desk, document, visits)
    posts = points(desk, [spot.name for spot in spots])
    jobs = jobs_of(desk, document)
    response = response_of(desk, document.response)
    calls = _calls(desk, document, response)
    places: tuple[GivenPlace, ...] = (*stations, *spots, *posts, *jobs)
    unique([(place.name, place.origin) for place in places], desk.faults.append)
    areas, districts = read_districts(desk, document.districts, places)
    stretches = [spot.name for spot in spots if spot.end is not None]
    units = patrols(desk, Names([s.name for s in stations], [p.name for p in places], stretches, districts))
    made = document.incidents is not None or not desk.is_own("incidents")
    locks = locks_of(desk, units, None if made else [place.name for place in places])
    no_alert_beside_locks(desk, document)
    incidents = incidents_of(desk, document)
    if isinstance(document, SiteDocument):
        if not (incidents or spots or calls) and desk.is_own("incidents", "hotspots", "demand"):
            desk.fault((), "there is no demand to cover", "give incidents, demand or hotspots")
    elif not (incidents or spots or posts or jobs) and desk.is_own("incidents", "hotspots", "posts", "tasks"):
        desk.fault((), "there is nothing to patrol", "give incidents, hotspots, posts or tasks")
    streets, closed = _streets(desk, document), closures_of(desk)
    risk = risk_of(desk, document.risk, listed=document.hotspots is not None)
    if incidents is not None and not risk.hotspots and calls is not None:
        desk.notes.append(f"{desk.tree.file}: the incidents are not used: hotspots and demand are both given")
        incidents = None
    goals = goals_of(desk, document, _counted(spots, jobs, units, visits if incidents and risk.hotspots else None))
    if not isinstance(document, SiteDocument):
        no_chosen_duties(desk, units, _beside_tasks(document, units, goals))
    if desk.horizon is None:
        return None
    return Shift(
        file=desk.tree.file,
        name=document.name or path.stem,
        horizon=desk.horizon,
        snap=document.snap,
        streets=streets,
        closed=closed,
        stations=stations,
        spots=spots,
        calls=calls,
        incidents=incidents,
        risk=risk,
        visits=visits,
        response=response,
        units=units,
        posts=posts,
        jobs=jobs,
        districts=areas,
        goals=goals,
        sites=sites_of(desk, document),
        locks=locks,
        alert=alert_of(desk, document, districts),
        notes=tuple(desk.notes),
    )


def _calls(desk: Desk, document: ShiftDocument, response: Response) -> tuple[Call, ...] | None:
    """Return the demand points that the planner gave, or None where none were."""
    calls = calls_of(desk, document, response.standards)
    unique([(call.name, call.origin) for call in calls or ()], desk.faults.append)
    if calls is None or any(call.zone is None for call in calls):
        need_zones(desk, document.response)
    return calls


def _beside_tasks(document: ShiftDocument, units: Collection[Patrol], goals: Mapping[str, int]) -> list[str]:
    """Return what a file has that is more than tasks."""
    given = [section for section in ("incidents", "hotspots", "demand", "posts") if getattr(document, section)]
    belongs = goals.get("district") and any(unit.districts and not unit.tied for unit in units)
    alert = ["a level of alert"] if document.alert is not None else []
    return [*given, *(["a goal for districts"] if belongs else []), *alert]


def _counted(
    spots: Collection[Spot], jobs: Collection[Job], units: Collection[Patrol], made: Visits | None
) -> list[str]:
    """Return the layers beyond the first three that have something to count; `made` are the visits of made hotspots."""
    visits = [spot.visits for spot in spots] + ([made] if made is not None else [])
    counted = {
        "revisit": any(v.every and not v.required for v in visits),
        "tasks": any(job.profit for job in jobs),
        "district": any(unit.districts and not unit.tied for unit in units),
    }
    return [layer for layer, something in counted.items() if something]


def _horizon(desk: Desk, document: ShiftDocument) -> Horizon | None:
    """Return the horizon, or None where it is not known."""
    zone = ZoneInfo(document.timezone)
    if not desk.is_own("timezone") and (document.from_.offset, document.to.offset) != (None, None):
        return None
    moments = []
    for field, moment in (("from", document.from_), ("to", document.to)):
        if desk.is_own(field):
            try:
                moments.append(resolve(moment, zone))
            except QuantityError as error:
                desk.fault((field,), error.wrong, error.right)
    if len(moments) < 2:
        return None
    start, end = moments
    try:
        minutes = elapsed_minutes(start, end, document.to.text)
    except QuantityError as error:
        desk.fault(("to",), error.wrong, error.right)
        return None
    if minutes <= 0:
        desk.fault(("to",), f"{document.to} is not after 'from', {document.from_}", "write a later time")
        return None
    if minutes > LONGEST:
        wrong = f"{document.to} is {minutes / 1440:.1f} days after 'from'"
        desk.fault(("to",), wrong, f"plan at most {LONGEST // 1440} days at once")
        return None
    slots, times = hour_slots(start, minutes, zone)
    grid = document.grid if desk.is_own("grid") else 1
    hours = tuple((t.weekday(), t.hour) for t in times)
    horizon = Horizon(zone, start.astimezone(zone), minutes, grid, slots, hours)
    if minutes % grid:
        low = minutes - minutes % grid
        ends = f"{horizon.clock(low)} or {horizon.clock(low + grid)}" if low else horizon.clock(grid)
        wrong = f"the {duration_text(minutes)} from 'from' to 'to' are not a multiple of the grid of {grid} min"
        desk.fault(("to",), wrong, f"end at {ends}, or use a finer grid")
        return None
    return horizon


def _streets(desk: Desk, document: ShiftDocument) -> StreetSource:
    """Return where streets come from."""
    entry, address = document.network, ("network",)
    origin = desk.origin(address)
    if isinstance(entry, str):
        file = desk.path(address, entry, roads=True) if desk.is_own("network") else None
        return StreetSource(file, None, None, None, origin)
    if (entry.file is None) == (entry.place is None):
        wrong = "needs a file or a place, and not both"
        desk.fault(address, wrong, "write 'network: city.osm.pbf' or 'network: {place: \"City of London\"}'")
    for field in ("overpass", "nominatim"):
        if getattr(entry, field) is not None and entry.place is None:
            desk.fault((*address, field), "is of no use without a place", "delete it, or name a place")
    file = None if entry.file is None else desk.path((*address, "file"), entry.file, roads=True)
    return StreetSource(file, entry.place, entry.overpass, entry.nominatim, origin)

"""From a plan, its roads and an incident to a pursuit, and from what closes its crossings to a report with names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import numpy as np

from instances.roads.flight import Flight, Manner, flight
from instances.roads.to_crossings import seconds_to_crossings
from solver.clock import Clock
from solver.containment.check import escape
from solver.containment.enclosure import Enclosure
from solver.containment.positions import Position, moves_at, positions
from solver.containment.pursuit import NEVER, TOLERANCE, Pursuit, region_of
from solver.containment.report import Closing, Line, OpenCrossing, Report, WaysOut
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Leg, Streets

if TYPE_CHECKING:
    from instances.roads import RoadNetwork, Snaps

LIMIT = 250.0
"""Metres from a street within which a place, or a unit, is taken to be on it."""

AROUND = 0.15
"""Share of what is drawn that is shown of the streets around it."""


@dataclass(frozen=True)
class Asked:
    """What happened, and what is assumed: times in seconds, `second` from the start of the plan.

    `head_start` is how long before that second the car had left; units learn of it `delay` after it and drive at
    `unit_speed` times their mode's speed.
    """

    second: int
    latlon: tuple[float, float]
    delay: int = 120
    head_start: int = 0
    unit_speed: float = 1.0
    leave_posts: bool = False
    manner: Manner = field(default_factory=Manner)


class NoSuchPlaceError(ValueError):
    """The place lies on no street of the car; the message says how far off it is."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A pursuit with what its numbers mean: `at` are the units that may leave, in the order of the pursuit."""

    problem: Problem
    asked: Asked
    network: RoadNetwork
    open_network: RoadNetwork
    flight: Flight
    pursuit: Pursuit
    at: tuple[Position, ...]
    held: dict[str, int]
    snaps: tuple[Snaps, ...]


def scene(
    problem: Problem, plan: Plan, streets: Streets, network: RoadNetwork, open_network: RoadNetwork, asked: Asked
) -> Scene:
    """Return the pursuit of a car from a place.

    Parameters
    ----------
    problem, plan, streets : Problem, Plan, Streets
    network : RoadNetwork
        All streets: the car may use those that are closed today.
    open_network : RoadNetwork
        The streets that units may use.
    asked : Asked

    Raises
    ------
    NoSuchPlaceError
        When the place lies on no street that a car can use.
    """
    drives = replace(asked.manner, within=asked.manner.within + asked.head_start)
    away = flight(network, asked.latlon, drives)
    if not away.metres <= LIMIT:
        raise NoSuchPlaceError(
            f"{asked.latlon[0]:.5f},{asked.latlon[1]:.5f} is {_far(away.metres)} from the nearest street "
            f"for mode {asked.manner.mode}"
        )
    second = asked.second + asked.delay
    known = _with_moves(problem, plan, streets, open_network, second)
    everybody = positions(problem, plan, known, second, leave_posts=asked.leave_posts)
    free = [p for p in everybody if not p.held]
    held = Counter[str](p.held for p in everybody if p.held)
    arrive = np.full((len(free), away.ground.crossings), NEVER, dtype=np.int64)
    snaps = _snapped(problem, open_network, free)
    for mode in dict.fromkeys(problem.units[p.unit].mode for p in free):
        mine = [i for i, p in enumerate(free) if problem.units[p.unit].mode == mode]
        limit = asked.manner.within * asked.unit_speed
        seconds = seconds_to_crossings(open_network, mode, _joined([snaps[i] for i in mine]), away.node, limit=limit)
        there = np.isfinite(seconds)
        whole = np.ceil(np.where(there, seconds, 0.0) / asked.unit_speed - TOLERANCE)
        arrive[mine] = np.where(there, asked.delay + np.maximum(whole, 0), NEVER).astype(np.int64)
    on_street = [i for i, s in enumerate(snaps) if s.snapped[0]]
    if len(on_street) < len(free):
        held["off the streets"] = len(free) - len(on_street)
    starts = tuple((v, s - asked.head_start) for v, s in away.starts)
    pursuit = Pursuit(away.ground, starts, away.begun, away.outside, arrive[on_street], asked.delay)
    at, where = tuple(free[i] for i in on_street), tuple(snaps[i] for i in on_street)
    return Scene(problem, asked, network, open_network, away, pursuit, at, dict(sorted(held.items())), where)


def _far(metres: float) -> str:
    """Return a distance in words."""
    return f"{metres:,.0f} m" if math.isfinite(metres) else "nowhere near"


def _with_moves(problem: Problem, plan: Plan, streets: Streets, network: RoadNetwork, second: int) -> Streets:
    """Return the streets with the legs on which units are then, where these were not known but the roads tell."""
    from instances.roads import leg_streets, snap

    legs: dict[tuple[str, str, str], Leg] = dict(streets.legs)
    places = {place.name: place for place in problem.places}
    for mode, start, end in moves_at(problem, plan, second):
        if (mode, start, end) in legs:
            continue
        left, to = places[start], places[end]
        begin = left.exit if left.exit is not None else (left.lat, left.lon)
        ends = snap(network, np.array([begin, (to.lat, to.lon)]), mode, limit=LIMIT)
        if ends.snapped.all():
            try:
                legs[mode, start, end] = leg_streets(network, mode, ends[[0]], ends[[1]])[0]
            except ValueError:  # no way, on streets as they are now
                continue
    return replace(streets, legs=legs)


def _snapped(problem: Problem, network: RoadNetwork, units: Sequence[Position]) -> list[Snaps]:
    """Return where each unit is on the streets of its mode."""
    from instances.roads import snap

    return [snap(network, np.array([p.lonlat[::-1]]), problem.units[p.unit].mode, limit=LIMIT) for p in units]


def _joined(snaps: Sequence[Snaps]) -> Snaps:
    """Return several places as one value."""
    from instances.roads import Snaps

    parts = {f.name: np.concatenate([getattr(s, f.name) for s in snaps]) for f in fields(Snaps) if f.name != "mode"}
    return Snaps(mode=snaps[0].mode, **parts)


def report_of(scene: Scene, found: Enclosure, *, soon_enough: int | None = None) -> Report:
    """Return what was found as it is told."""
    asked, pursuit, names = scene.asked, scene.pursuit, _Names(scene)
    closings = tuple(_closing(scene, names, u, c, delays=(u, c) in found.delaying) for u, c in found.all_closings)
    open_ = tuple(
        OpenCrossing(names.crossing(c), *names.latlon(c), _time(scene, int(pursuit.car[c])))
        for c in sorted(found.open, key=lambda c: (int(pursuit.car[c]), c))
    )
    out = None
    if not found.enclosed:
        first, free = escape(pursuit, found.all_closings), escape(pursuit, ())
        if first is not None and free is not None:
            out = WaysOut(
                _time(scene, first.second), _time(scene, free.second), len(first.crossings), len(free.crossings)
            )
    region, streets = _drawn(scene, found, closings)
    return Report(
        place=(float(scene.flight.lonlat[1]), float(scene.flight.lonlat[0])),
        street=names.place(),
        reported=_time(scene, 0),
        learned=_time(scene, asked.delay),
        until=_time(scene, int(asked.manner.within)),
        metres=found.metres,
        least_metres=found.least_metres,
        proven=found.proven,
        by=asked.manner.mode,
        hopeless=found.hopeless,
        closings=closings,
        open=open_ if out is not None else (),
        least_open=found.least_open,
        out=out,
        soon_enough=soon_enough,
        units=pursuit.units,
        held=scene.held,
        clocks_change=Clock.of(scene.problem).changes(scene.problem.minutes),
        region=region,
        streets=streets,
        attribution=scene.network.attribution,
    )


def _time(scene: Scene, second: int) -> datetime:
    """Return the local time of a second of the pursuit; its offset is fixed, so that times of two offsets compare."""
    local = Clock.of(scene.problem).local((scene.asked.second + second) / 60)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))


def _closing(scene: Scene, names: _Names, u: int, c: int, *, delays: bool) -> Closing:
    """Return a closing as it is told."""
    pursuit, position = scene.pursuit, scene.at[u]
    unit = scene.problem.units[position.unit]
    there, car = int(pursuit.arrive[u, c]), int(pursuit.car[c])
    lat, lon = names.latlon(c)
    return Closing(
        callsign=unit.callsign,
        mode=unit.mode,
        crossing=names.crossing(c),
        lat=lat,
        lon=lon,
        source=f"on the way to {position.place}" if position.doing == "driving" else position.place,
        leaves=_time(scene, pursuit.delay),
        there=_time(scene, there),
        car=_time(scene, car),
        slack=car - there,
        delays=delays,
        start=position.lonlat,
        route=_route(scene, u, c),
    )


def _route(scene: Scene, u: int, c: int) -> Line:
    """Return the way of a unit to a crossing."""
    from instances.roads import leg_streets, snap

    unit = scene.problem.units[scene.at[u].unit]
    node = scene.network.lonlat[scene.flight.node[c]]
    end = snap(scene.open_network, node[None, ::-1], unit.mode, limit=LIMIT)
    try:
        return leg_streets(scene.open_network, unit.mode, scene.snaps[u], end)[0].lonlat
    except ValueError:  # streets that lie one above the other
        return np.stack([scene.snaps[u].lonlat[0], node])


class _Names:
    """What crossings and the place are called: after the streets that meet there."""

    def __init__(self, scene: Scene) -> None:
        network = scene.network
        self._scene = scene
        streets = np.concatenate([np.arange(network.streets)] * 2)
        ends = np.concatenate([network.tail, network.head])
        order = np.lexsort((streets, ends))
        self._streets, self._ends = streets[order], ends[order]

    def crossing(self, c: int) -> str:
        """Return the names of the streets that meet at a crossing."""
        node = int(self._scene.flight.node[c])
        low, high = np.searchsorted(self._ends, [node, node + 1])
        network = self._scene.network
        called = [network.names[network.street_name[s]] for s in self._streets[low:high].tolist()]
        known = list(dict.fromkeys(name for name in called if name))
        return " / ".join(known) if known else self._near(node)

    def _near(self, node: int) -> str:
        """Return the name of the nearest street that has one, for a crossing of streets without names."""
        from instances.roads import street_names

        (name,) = street_names(self._scene.network, self._scene.network.lonlat[node][None, ::-1])
        return f"near {name}" if name else "streets without a name"

    def latlon(self, c: int) -> tuple[float, float]:
        """Return where a crossing is."""
        lon, lat = self._scene.network.lonlat[self._scene.flight.node[c]].tolist()
        return lat, lon

    def place(self) -> str:
        """Return the name of the street from which the car leaves."""
        from instances.roads import street_names

        return street_names(self._scene.network, self._scene.flight.lonlat[None, ::-1])[0]


def _drawn(scene: Scene, found: Enclosure, closings: Sequence[Closing]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the streets on which the car may be, and the other streets around these and the units' ways."""
    network = scene.network
    inside = np.zeros(network.streets, dtype=np.bool_)
    if not found.hopeless:
        closed = [*(c for _, c in found.closings), *found.open]
        inside[scene.flight.street[region_of(scene.pursuit, closed).streets]] = True
    lines = np.split(network.points, network.point_starts[1:-1])
    shown = [lines[s] for s in np.flatnonzero(inside).tolist()]
    around = np.concatenate([scene.flight.lonlat[None], *(c.route for c in closings), *shown])
    low, high = around.min(axis=0), around.max(axis=0)
    margin = AROUND * (high - low).max() + 0.002
    first = network.point_starts[:-1]
    least, most = (f.reduceat(network.points, first) for f in (np.minimum, np.maximum))
    near = ((most >= low - margin) & (least <= high + margin)).all(axis=1) & ~inside
    near &= (network.kmh > 0).any(axis=0).reshape(-1, 2).any(axis=1)
    return tuple(shown), tuple(lines[s] for s in np.flatnonzero(near).tolist())

"""What of a plan can be drawn, with what is to be said of it: the same for GeoJSON and GeoPackage.

Text is on one line, times are aware and local, and coordinates are WGS-84; each format writes them in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.export.drive import Drive, Patrol, drives, patrols
from solver.export.itinerary import Halt, Itinerary, itineraries
from solver.export.track import track
from solver.export.words import order
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.score import units_in_reach
from solver.streets import Streets
from solver.whereabouts import whereabouts
from solver.wording import Times

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True)
class Feature:
    """A point or a line.

    Parameters
    ----------
    kind : str
        What it is: ``place``, ``stop``, ``stretch``, ``leg``, ``unit``, ``demand`` or ``shortfall``.
    properties : mapping of str to Value
    lonlat : float64 array of shape (K, 2)
        WGS-84 degrees, longitude first; K is 1 for a point, 0 where there is nothing to draw.
    seconds : int64 array of shape (K,) or None
        When a unit is at each point, from the start of the problem, rising strictly; for units alone.
    """

    kind: str
    properties: Mapping[str, Value]
    lonlat: NDArray[np.float64]
    seconds: NDArray[np.int64] | None = None


def plan_features(problem: Problem, plan: Plan, streets: Streets) -> Iterator[Feature]:
    """Yield the places of `problem`, then for each unit its stops, the stretches that it visits, and its legs.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    clock, times = Clock.of(problem), Times(problem)
    yield from places(problem)
    for tour in itineraries(problem, plan):
        for halt in tour.halts:
            yield _stop(clock, order(times, tour, halt), tour, halt)
        for patrol in patrols(streets, tour):
            yield _stretch(clock, tour, patrol)
        for drive in drives(problem, streets, tour):
            yield _leg(clock, tour, drive)


def places(problem: Problem) -> Iterator[Feature]:
    """Yield the places with what they are."""
    roles = dict.fromkeys(problem.stations, "station")
    roles |= {i: "hotspot" for h in problem.hotspots for i in h.places}
    roles |= {q.place: "post" for q in problem.posts}
    roles |= {k.place: "task" for k in problem.tasks}
    for i, place in enumerate(problem.places):
        properties: dict[str, Value] = {"name": one_line(place.name), "role": roles.get(i, "other")}
        yield Feature("place", properties, np.array([[place.lon, place.lat]]))


def units(problem: Problem, plan: Plan, streets: Streets) -> Iterator[Feature]:
    """Yield each unit with its whole way, as `solver.export.track` has it; one that never moves has none to draw.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    clock = Clock.of(problem)
    for tour in itineraries(problem, plan):
        ways, along = tuple(drives(problem, streets, tour)), tuple(patrols(streets, tour))
        path = track(tour, ways, along)
        lengths = [*(way.metres for way in ways), *(way.metres for way in along)]
        known = [metres for metres in lengths if metres is not None]
        begin, end = (clock.local(minute) for minute in (tour.unit.start, tour.unit.end))
        duty = (clock.local(tour.duty[0]), clock.local(tour.duty[1])) if tour.duty else (None, None)
        properties: dict[str, Value] = {
            "callsign": one_line(tour.unit.callsign),
            "mode": tour.unit.mode,
            "shift_begin": begin,
            "shift_end": end,
            "duty_begin": duty[0],
            "duty_end": duty[1],
            "stops": len(tour.halts),
            "legs": len(ways),
            "metres": round(sum(known), 1) if len(known) == len(lengths) else None,
            "streets": len(known) == len(lengths),
        }
        drawn = len(path.lonlat) if (path.lonlat != path.lonlat[0]).any() else 0
        yield Feature("unit", properties, path.lonlat[:drawn], path.seconds[:drawn])


def demand_points(problem: Problem, plan: Plan) -> Iterator[Feature]:
    """Yield the demand points with the shares of the plan's minutes in which they are covered.

    That is: an available unit is within the standard (`covered`), two are within that of backup (`doubly`).
    """
    first, second = units_in_reach(problem, whereabouts(problem, plan.routes))
    covered, doubly = (first >= 1).mean(axis=0).tolist(), (second >= 2).mean(axis=0).tolist()
    lengths = [b - a for a, b in pairwise(problem.slots)]
    for i, point in enumerate(problem.demand):
        properties: dict[str, Value] = {
            "name": one_line(point.name),
            "zone": one_line(point.zone),
            "standard": point.standard,
            "backup": point.backup,
            "demand": sum(weight * length for weight, length in zip(point.demand, lengths, strict=True)),
            "covered": round(covered[i], 4),
            "doubly": round(doubly[i], 4),
        }
        yield Feature("demand", properties, np.array([[point.lon, point.lat]]))


def shortfalls(problem: Problem, plan: Plan) -> Iterator[Feature]:
    """Yield what hard rules lack, at its place.

    In a plan edited by hand that may be a place that does not exist, which is nowhere, or minutes outside of the plan
    or a number beyond all numbers, which are None.
    """
    clock = Clock.of(problem)
    where = {place.name: [[place.lon, place.lat]] for place in problem.places}
    for s in plan.shortfalls:
        span = (s.start, s.end) if 0 <= s.start <= s.end <= problem.minutes else None
        properties: dict[str, Value] = {
            "rule": one_line(s.rule),
            "place": one_line(s.place),
            "begin": clock.local(span[0]) if span else None,
            "end": clock.local(span[1]) if span else None,
            "missing": s.missing if 0 <= s.missing < 2**31 else None,
            "reason": one_line(s.reason),
            "cure": one_line(s.cure),
        }
        yield Feature("shortfall", properties, np.array(where.get(s.place, [])).reshape(-1, 2))


def _stop(clock: Clock, text: str, tour: Itinerary, halt: Halt) -> Feature:
    """Return a stop."""
    stop, place = halt.stop, halt.place
    properties: dict[str, Value] = {
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": halt.number,
        "kind": stop.kind,
        "place": one_line(place.name),
        "arrive": clock.local(stop.arrive),
        "leave": clock.local(stop.leave),
        "minutes": halt.minutes,
        "order": text,
    }
    return Feature("stop", properties, np.array([halt.begin]))


def _stretch(clock: Clock, tour: Itinerary, patrol: Patrol) -> Feature:
    """Return the way along a stretch of street that is visited."""
    halt = patrol.halt
    properties: dict[str, Value] = {
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": halt.number,
        "place": one_line(halt.place.name),
        "arrive": clock.local(halt.stop.arrive),
        "leave": clock.local(halt.stop.leave),
        "minutes": halt.minutes,
        "metres": None if patrol.metres is None else round(patrol.metres, 1),
        "streets": patrol.known,
    }
    return Feature("stretch", properties, patrol.lonlat)


def _leg(clock: Clock, tour: Itinerary, drive: Drive) -> Feature:
    """Return the way from one stop to the next."""
    properties: dict[str, Value] = {
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": drive.start.number,
        "from": one_line(drive.start.place.name),
        "to": one_line(drive.end.place.name),
        "leave": clock.local(drive.start.stop.leave),
        "arrive": clock.local(drive.end.stop.arrive),
        "minutes": drive.allowed // 60,
        "seconds": round(drive.needed, 1),
        "metres": None if drive.metres is None else round(drive.metres, 1),
        "streets": drive.known,
    }
    return Feature("leg", properties, drive.lonlat)

"""From what units do in their gaps to a plan that keeps every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.cover.duties import Duties, Gap, gaps_of
from solver.plan import Plan, Route, Stop, StopKind
from solver.problem import IntArray, Problem
from solver.score import score
from solver.shortfalls import find_shortfalls


class Stay(NamedTuple):
    """A unit goes to `place` and is there at `begin` or before, for at least `least` minutes from then."""

    place: int
    kind: StopKind
    begin: int
    least: int


def plan_of(problem: Problem, duties: Duties, filled: Mapping[Gap, Sequence[Stay]]) -> Plan:
    """Return the plan in which units do their duties, and in between what `filled` says of their gaps.

    Nobody hurries on: a stay lasts until the unit has to leave for the next one.
    """
    routes = []
    for i, (unit, mine) in enumerate(zip(problem.units, duties.by_unit, strict=True)):
        legs = problem.legs(unit.mode)
        stops = [(unit.origin, "standby", unit.start, unit.start)]
        gaps = list(gaps_of(i, unit, mine))
        for gap, duty in zip(gaps, (*mine, None), strict=True):
            stops += _stops(gap, filled.get(gap, ()), legs)
            if duty is not None:
                stops.append(duty)
        stops.append((unit.destination, "standby", unit.end, unit.end))
        named = (Stop(problem.places[place].name, kind, arrive, leave) for place, kind, arrive, leave in stops)
        routes.append(Route(unit.callsign, tuple(named)))
    plan = Plan(problem.fingerprint(), tuple(routes), find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def _stops(gap: Gap, stays: Sequence[Stay], legs: IntArray) -> list[tuple[int, StopKind, int, int]]:
    """Return the stops of a gap; without any stay the unit waits where it is."""
    stops: list[tuple[int, StopKind, int, int]] = []
    here, now = gap.start_place, gap.start
    for stay in stays:
        arrive = now + int(legs[here, stay.place])
        if stops and stay.begin > arrive:
            stops[-1] = (*stops[-1][:3], stay.begin - int(legs[here, stay.place]))
            arrive = stay.begin
        here, now = stay.place, max(arrive, stay.begin) + stay.least
        stops.append((here, stay.kind, arrive, now))
    last = gap.end - int(legs[here, gap.end_place])
    if stops:
        stops[-1] = (*stops[-1][:3], last)
    elif last > gap.start:
        stops.append((here, "standby", gap.start, last))
    return stops

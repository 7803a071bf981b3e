"""From the tours of any method to a plan that `solver.check` can judge: every task as early as it may be."""

from __future__ import annotations

from collections.abc import Sequence

from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.score import score


def plan_of(problem: Problem, tours: Sequence[Sequence[int]]) -> Plan:
    """Return the plan in which each unit does its tasks in order, as early as it can, whether in time or not."""
    names, routes = [place.name for place in problem.places], []
    for unit, tasks in zip(problem.units, tours, strict=True):
        legs = problem.legs(unit.mode)
        stops = [Stop(names[unit.origin], "standby", unit.start, unit.start)]
        here, time = unit.origin, unit.start
        for k in (problem.tasks[i] for i in tasks):
            there = time + int(legs[here, k.place])
            begins = k.begins(problem.minutes)
            time = next((max(there, first) for first, last in begins if there <= last), there)
            stops.append(Stop(names[k.place], "task", time, time + k.minutes))
            here, time = k.place, time + k.minutes
        back = time + int(legs[here, unit.destination])
        if len(stops) == 1:
            stops = [Stop(names[unit.origin], "standby", unit.start, unit.end - back + unit.start)]
        stops.append(Stop(names[unit.destination], "standby", min(back, unit.end) if tasks else unit.end, unit.end))
        routes.append(Route(unit.callsign, tuple(stops)))
    plan = Plan(problem.fingerprint(), tuple(routes))
    return plan.replace(value=score(problem, plan).value)

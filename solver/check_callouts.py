"""Whether no more units go out than their callouts allow: counted here from the stops as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from solver.on_call import group_text
from solver.plan import Plan, Route
from solver.problem import Problem, Unit
from solver.violations import Violation
from solver.wording import some_of, units_text


def judge_callouts(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield every callout of which more units go out than it allows."""
    routes: dict[str, Route] = {}
    for route in plan.routes:
        # Of several routes of one unit the first counts.
        routes.setdefault(route.callsign, route)
    for callout in problem.callouts:
        members = [problem.units[u] for u in callout.units]
        out = [u.callsign for u in members if u.callsign in routes and _goes_out(problem, u, routes[u.callsign])]
        if len(out) > callout.most:
            allowed = f"{callout.most} of {units_text(len(members))}"
            yield Violation(
                "too_many_out",
                f"{some_of(out)} go out, {units_text(len(out))}; {group_text(callout)} lets "
                f"{allowed} out: let {len(out) - callout.most} of them do nothing but stand by at the station and take "
                "the break, to which they drive at once",
            )


def _goes_out(problem: Problem, unit: Unit, route: Route) -> bool:
    """Whether a unit does anything that a unit on call may not."""
    begin, end = (problem.places[place].name for place in (unit.origin, unit.destination))
    if any(s.kind not in ("standby", "break") for s in route.stops):
        return True
    waits = [s.place for s in route.stops if s.kind == "standby"]
    # First any number of times where it begins, then where it ends.
    moved = next((i for i, place in enumerate(waits) if place != begin), len(waits))
    if any(place != end for place in waits[moved:]):
        return True
    index = {p.name: i for i, p in enumerate(problem.places)}
    for before, after in pairwise(route.stops):
        if after.kind != "break" or before.place == after.place:
            continue
        start, to = index.get(before.place), index.get(after.place)
        if start is None or to is None:
            return True
        seconds = int(problem.travel[unit.mode][start, to])
        steps = max(-(-seconds // (60 * problem.grid)), 1)
        if seconds < 0 or after.arrive - before.leave != steps * problem.grid:
            return True
    return False

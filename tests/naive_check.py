"""The rules of ``docs/model.md`` read literally, of any plan, minute by minute: the oracle of `solver.check`.

Slow and simple on purpose.  It shares nothing with `solver.check` and its parts, `solver.score`, `solver.shortfalls`,
nor with any engine; what a plan covers it takes from `tests.naive_score`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from solver.plan import STOP_KINDS, Plan, Reason, Route, Stop
from solver.problem import Lock, Problem, Unit
from tests.naive_score import (
    done_until,
    is_due,
    is_task,
    is_visit,
    leg_minutes,
    may_work,
    naive_score,
    parts,
    route_cells,
    wanted_at,
)

Short = dict[tuple[str, str, int], int]
"""How many units are lacking, by rule, name of the place, and minute."""


def naive_faults(problem: Problem, plan: Plan) -> list[str]:
    """Return in words what a plan breaks; where its routes break anything, what it says of itself is not judged."""
    faults = [*_roster(problem, plan)]
    units = {u.callsign: u for u in problem.units}
    for route in plan.routes:
        if route.callsign in units and route.stops:
            faults += [f"{route.callsign}: {fault}" for fault in _route(problem, units[route.callsign], route.stops)]
    if not faults:
        faults += [*_locks(problem, plan), *_callouts(problem, plan)]
    return faults or [*_claims(problem, plan)]


def _roster(problem: Problem, plan: Plan) -> Iterator[str]:
    """Demand exactly one route of every unit, with a stop at least."""
    counts = Counter(route.callsign for route in plan.routes)
    for unit in problem.units:
        if counts.pop(unit.callsign, 0) != 1:
            yield f"not one route of {unit.callsign}"
    if counts:
        yield "routes of nobody"
    if any(not route.stops for route in plan.routes):
        yield "a route without stops"


def _route(problem: Problem, unit: Unit, stops: tuple[Stop, ...]) -> Iterator[str]:
    """Demand what is asked of one route."""
    names = [p.name for p in problem.places]
    if any(s.place not in names or s.kind not in STOP_KINDS for s in stops):
        yield "an unknown place or kind"
        return
    times = [t for s in stops for t in (s.arrive, s.leave)]
    if times != sorted(times):
        yield "times out of order"
        return
    if times[0] != unit.start or times[-1] != unit.end:
        yield "not its shift"
    if stops[0].place != names[unit.origin] or stops[-1].place != names[unit.destination]:
        yield "not from and to its stations"
    if any(t % problem.grid for t in times):
        yield "off the grid"
    until = done_until(problem, unit)
    for stop in stops:
        for arrive, leave in parts(stop, until):
            yield from _stop(problem, unit, names.index(stop.place), stop.kind, arrive, leave, done=leave <= until)
    for before, after in pairwise(stops):
        yield from _leg(problem, unit, names, before, after, done=after.arrive <= until)
    yield from _break(unit, names, stops, until)
    if unit.longest_duty is not None and _duty(names, unit, stops) > unit.longest_duty:
        yield "a duty too long"


def _stop(problem: Problem, unit: Unit, place: int, kind: str, arrive: int, leave: int, *, done: bool) -> Iterator[str]:
    """Demand of a stop, or of the part of it that is not done yet, what its place asks for."""
    hotspots = [i for i, h in enumerate(problem.hotspots) if place in (h.place, h.reverse)]
    posts = [q for q in problem.posts if q.place == place]
    tasks = [i for i, k in enumerate(problem.tasks) if k.place == place]
    if {"visit": hotspots, "stint": posts, "task": tasks}.get(kind) == []:
        yield f"a {kind} at the wrong place"
    if kind == "standby" and problem.places[place].exit is not None:
        yield "standby at a stretch of street"
    if done:
        return
    if kind == "visit" and not all(is_visit(problem, unit, i, place, arrive, leave) for i in hotspots):
        yield "a visit that is none"
    if kind == "stint" and not (may_work(problem, unit, place) and all(leave - arrive >= q.stint for q in posts)):
        yield "a stint that is none"
    if kind == "task" and not all(is_task(problem, unit, i, place, arrive, leave) for i in tasks):
        yield "a task that is none"


def _leg(problem: Problem, unit: Unit, names: list[str], before: Stop, after: Stop, *, done: bool) -> Iterator[str]:
    """Demand a way between two stops, and the time that it takes."""
    start, end = names.index(before.place), names.index(after.place)
    if done:
        return
    if start == end and problem.places[start].exit is not None:
        yield "no way back to the near end of a stretch"
    leg = leg_minutes(problem, unit, start, end)
    if leg is None or after.arrive - before.leave < leg:
        yield "no way, or too fast"


def _break(unit: Unit, names: list[str], stops: tuple[Stop, ...], until: int) -> Iterator[str]:
    """Demand one break of whoever has one, of its length, in its window, at one of its places."""
    taken, rule = [s for s in stops if s.kind == "break"], unit.break_
    if len(taken) != (rule is not None):
        yield "not as many breaks as it has"
    for s in taken:
        if rule is None or s.leave <= until:
            continue
        if s.leave - s.arrive != rule.minutes or s.arrive < rule.earliest or s.leave > rule.latest:
            yield "a break of the wrong length or time"
        if s.place not in [names[i] for i in rule.places]:
            yield "a break at the wrong place"


def _duty(names: list[str], unit: Unit, stops: tuple[Stop, ...]) -> int:
    """Return for how many minutes a unit is on duty, setting out from its origin to being back for good."""

    def waits(place: int) -> set[int]:
        found = {t for s in stops if (s.place, s.kind) == (names[place], "standby") for t in range(s.arrive, s.leave)}
        for before, after in pairwise(stops):
            if before.place == after.place == names[place]:
                found.update(range(before.leave, after.arrive))
        return found

    before, after = waits(unit.origin), waits(unit.destination)
    begin = next((t for t in range(unit.start, unit.end) if t not in before), unit.end)
    end = next((t + 1 for t in reversed(range(unit.start, unit.end)) if t not in after), unit.start)
    return max(end - begin, 0)


def _locks(problem: Problem, plan: Plan) -> Iterator[str]:
    """Demand that what is locked is done."""
    stops = {route.callsign: route.stops for route in plan.routes}
    for lock in problem.locks:
        made, n = stops[problem.units[lock.unit].callsign], len(lock.stops)
        if not any(_holds(problem, lock, made[i : i + n]) for i in range(len(made) - n + 1)):
            yield f"a lock of {problem.units[lock.unit].callsign} is broken"


def _holds(problem: Problem, lock: Lock, made: tuple[Stop, ...]) -> bool:
    """Whether stops are those of a lock, the first perhaps begun before it and the last perhaps ended after it."""
    last = len(made) - 1
    for i, (asked, stop) in enumerate(zip(lock.stops, made, strict=True)):
        point = asked.arrive == asked.leave and i in (0, last)
        if stop.place != problem.places[asked.place].name or (stop.kind != asked.kind and not point):
            return False
        sooner, later = asked.arrive - stop.arrive, stop.leave - asked.leave
        if sooner < 0 or later < 0 or (sooner and i > 0) or (later and i < last):
            return False
        if not _rest_is_a_stop(problem, lock.unit, stop):
            return False
    return True


def _rest_is_a_stop(problem: Problem, unit: int, stop: Stop) -> bool:
    """Whether each run of minutes of a stop that no lock of the unit holds is long enough to be a stop of its own."""
    place = [p.name for p in problem.places].index(stop.place)
    locked: set[int] = set()
    cuts: set[int] = set()
    for lock in problem.locks:
        for s in lock.stops:
            if lock.unit == unit and s.place == place and stop.arrive <= s.arrive and s.leave <= stop.leave:
                locked.update(range(s.arrive, s.leave))
                cuts |= {s.arrive, s.leave}
    runs: list[int] = []
    for t in range(stop.arrive, stop.leave):
        if t not in locked:
            begins = t == stop.arrive or t - 1 in locked or t in cuts
            runs = [*runs, 1] if begins else [*runs[:-1], runs[-1] + 1]
    if stop.kind in ("task", "break") or problem.places[place].exit is not None:
        return not runs or runs == [stop.leave - stop.arrive]
    least = [h.dwell for h in problem.hotspots if place in (h.place, h.reverse)]
    least += [q.stint for q in problem.posts if q.place == place]
    return stop.kind == "standby" or all(run >= n for run in runs for n in least)


def _callouts(problem: Problem, plan: Plan) -> Iterator[str]:
    """Demand that no more units of a callout go out than it allows."""
    routes = {route.callsign: route for route in plan.routes}
    for callout in problem.callouts:
        units = [problem.units[u] for u in callout.units]
        if sum(not _stays(problem, u, routes[u.callsign]) for u in units) > callout.most:
            yield "too many units out"


def _stays(problem: Problem, unit: Unit, route: Route) -> bool:
    """Whether a unit is on call: at its origin, then its destination, and its break, driven to as late as can be."""
    names = [p.name for p in problem.places]
    origin, destination = names[unit.origin], names[unit.destination]
    waits = [s.place for s in route.stops if s.kind == "standby"]
    if any(s.kind not in ("standby", "break") for s in route.stops):
        return False
    if not any(waits == [origin] * n + [destination] * (len(waits) - n) for n in range(len(waits) + 1)):
        return False
    for before, after in pairwise(route.stops):
        leg = leg_minutes(problem, unit, names.index(before.place), names.index(after.place))
        if after.kind == "break" and before.place != after.place and after.arrive - before.leave != leg:
            return False
    return True


def _claims(problem: Problem, plan: Plan) -> Iterator[str]:
    """Demand that what a plan says of itself is so."""
    if plan.fingerprint != problem.fingerprint():
        yield "it was made for another problem"
    _, value, _ = naive_score(problem, plan.routes)
    if plan.value != value:
        yield f"its value is {value}, not {plan.value}"
    if plan.bound is not None and plan.bound < value:
        yield f"its bound {plan.bound} is below its value {value}"
    lacking, told = naive_shortfalls(problem, plan), Counter[tuple[str, str, int]]()
    rules = {
        "post": {problem.places[q.place].name for q in problem.posts},
        "revisit": {problem.places[h.place].name for h in problem.hotspots if h.required},
        "task": {problem.places[k.place].name for k in problem.tasks if k.required},
    }
    for s in plan.shortfalls:
        if s.place not in rules.get(s.rule, set()) or s.reason not in get_args(Reason):
            yield "a shortfall of no rule, place or reason that there is"
        if s.missing < 1 or not 0 <= s.start < s.end <= problem.minutes:
            yield "a shortfall of nothing, or outside the plan"
            continue
        for t in range(s.start, s.end):
            told[s.rule, s.place, t] += s.missing
    if told != lacking:
        yield "its shortfalls are not what is lacking"


def naive_shortfalls(problem: Problem, plan: Plan) -> Short:
    """Return what hard rules lack in each minute, of a plan whose routes keep the rules."""
    cells = Counter(cell for route in plan.routes for cell in route_cells(problem, route))
    name = [p.name for p in problem.places]
    short: Short = {}
    for t in range(problem.minutes):
        for i, q in enumerate(problem.posts):
            short["post", name[q.place], t] = max(wanted_at(problem, i, t) - cells["post", i, t], 0)
        for i, h in enumerate(problem.hotspots):
            if h.required and is_due(problem, i, t) and not cells["revisit", i, t]:
                short["revisit", name[h.place], t] = 1
        for i, k in enumerate(problem.tasks):
            first = k.windows[0][0] if k.windows else 0
            if k.required and not cells["task", i, 0] and first <= t < first + k.minutes:
                short["task", name[k.place], t] = 1
    return {key: lack for key, lack in short.items() if lack}

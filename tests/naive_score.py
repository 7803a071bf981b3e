"""The model of ``docs/model.md`` read literally: sets of cells, minute by minute, in plain Python.

Slow and simple on purpose, and sharing nothing with `solver.score`, of which it is the oracle, nor with any
engine; `tests.brute_force` and `tests.naive_check` build on it.  Routes are taken to keep the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise, product
from math import floor, prod

from solver.plan import Route, Stop
from solver.problem import LAYERS, Problem, Unit

Cell = tuple[str, int, int]
"""(kind of cell, index of hotspot, demand point, post, task or unit, minute); minute 0 for tasks."""

CAP = {"present": 1, "lingering": 1, "first": 1, "second": 2, "revisit": 1, "task": 1, "duty": 1, "district": 1}
"""How many units are counted at a cell; at posts it is the number wanted."""


FEW = {"first": 5, "second": 6}
"""How many units are looked at where each may be busy."""


def slot_at(problem: Problem, minute: int) -> int:
    """Return the slot that holds `minute`."""
    return max(i for i, start in enumerate(problem.slots[:-1]) if start <= minute)


def wanted_at(problem: Problem, post: int, minute: int) -> int:
    """Return how many units a post wants in `minute`."""
    return max((w.units for w in problem.posts[post].staffing if w.start <= minute < w.end), default=0)


def leg_minutes(problem: Problem, unit: Unit, start: int, end: int) -> int | None:
    """Return how long a unit drives from place to place, None where there is no way."""
    if start == end:
        return 0
    seconds = int(problem.travel[unit.mode][start, end])
    if seconds < 0:
        return None
    minutes = problem.grid
    while minutes * 60 < seconds:
        minutes += problem.grid
    return minutes


def may_work(problem: Problem, unit: Unit, place: int) -> bool:
    """Whether mode, skills and districts allow a unit to visit, man or do what is at `place`."""
    district = problem.places[place].district
    if unit.tied and district != "" and district not in unit.districts:
        return False
    for x in (*problem.posts, *problem.tasks):
        if x.place == place and ((x.modes and unit.mode not in x.modes) or not set(x.skills) <= set(unit.skills)):
            return False
    return True


def is_visit(problem: Problem, unit: Unit, hotspot: int, place: int, arrive: int, leave: int) -> bool:
    """Whether a stop at `place` for a visit is one of the hotspot that covers it."""
    h = problem.hotspots[hotspot]
    return (
        place in (h.place, h.reverse)
        and leave - arrive >= h.dwell
        and (not h.windows or any(start <= arrive and leave <= end for start, end in h.windows))
        and may_work(problem, unit, place)
    )


def is_task(problem: Problem, unit: Unit, task: int, place: int, arrive: int, leave: int) -> bool:
    """Whether a stop at `place` for a task does it."""
    k = problem.tasks[task]
    return (
        place == k.place
        and leave - arrive == k.minutes
        and (not k.windows or any(first <= arrive <= last for first, last in k.windows))
        and may_work(problem, unit, place)
    )


def is_due(problem: Problem, hotspot: int, minute: int) -> bool:
    """Whether a visit of the hotspot should lie no longer back than `every` in `minute`."""
    h = problem.hotspots[hotspot]
    windows = h.windows or ((0, problem.minutes),)
    return h.every > 0 and any(start + h.every <= minute < end for start, end in windows)


def stop_cells(
    problem: Problem, unit: Unit, place: int, kind: str, arrive: int, leave: int, *, done: bool = False
) -> Iterator[Cell]:
    """Yield the cells that a unit covers by one stop; one that is `done` counts whatever its length and time."""
    for i, h in enumerate(problem.hotspots):
        counts = place in (h.place, h.reverse) if done else is_visit(problem, unit, i, place, arrive, leave)
        if kind == "visit" and counts:
            yield from (("present", i, t) for t in range(arrive, leave))
            yield from (("lingering", i, t) for t in range(arrive, leave + h.linger) if t < problem.minutes)
            yield from (("revisit", i, t) for t in range(arrive, leave + h.every) if is_due(problem, i, t))
    available = kind != "break"
    for i, q in enumerate(problem.posts):
        if kind == "stint" and q.place == place:
            available = q.available
            if done or (leave - arrive >= q.stint and may_work(problem, unit, place)):
                yield from (("post", i, t) for t in range(arrive, leave))
                yield from (("present", h, t) for h in q.watches for t in range(arrive, leave))
    for i, k in enumerate(problem.tasks):
        if kind == "task" and k.place == place:
            available = k.available
            if done or is_task(problem, unit, i, place, arrive, leave):
                yield from (("task", i, 0), ("duty", i, 0))
    if available:
        for t in range(arrive, leave):
            yield from place_cells(problem, unit, place, t)


def leg_cells(
    problem: Problem, unit: Unit, start: int, end: int, leave: int, arrive: int, *, done: bool = False
) -> Iterator[Cell]:
    """Yield the cells that a unit covers on the road: it drives at once and waits where it drives to.

    A leg that is `done` took the time it had, if it takes longer now.
    """
    leg = leg_minutes(problem, unit, start, end)
    if done and (leg is None or leg > arrive - leave):
        leg = arrive - leave
    assert leg is not None
    for t in range(leave, arrive):
        nearer = start if 2 * (t - leave) + 1 <= leg else end
        yield from place_cells(problem, unit, nearer, t)


def place_cells(problem: Problem, unit: Unit, place: int, minute: int) -> Iterator[Cell]:
    """Yield the cells that an available unit covers at `place` in one minute."""
    for i, d in enumerate(problem.demand):
        seconds = int(problem.reach[unit.mode][place, i])
        if 0 <= seconds <= d.standard:
            yield "first", i, minute
        if 0 <= seconds <= d.backup:
            yield "second", i, minute
    if unit.districts and not unit.tied and problem.places[place].district in unit.districts:
        yield "district", problem.units.index(unit), minute


def route_cells(problem: Problem, route: Route) -> set[Cell]:
    """Return the cells that the unit of `route` covers."""
    unit = next(u for u in problem.units if u.callsign == route.callsign)
    index = {p.name: i for i, p in enumerate(problem.places)}
    cells: set[Cell] = set()
    before: Stop | None = None
    until = done_until(problem, unit)
    for stop in route.stops:
        place = index[stop.place]
        if before is not None:
            done = stop.arrive <= until
            cells.update(leg_cells(problem, unit, index[before.place], place, before.leave, stop.arrive, done=done))
        for arrive, leave in parts(stop, until):
            cells.update(stop_cells(problem, unit, place, stop.kind, arrive, leave, done=leave <= until))
        before = stop
    return cells


def done_until(problem: Problem, unit: Unit) -> int:
    """Return the minute until which what a unit does is locked as done, -1 where nothing is."""
    ends = [x.stops[-1].leave for x in problem.locks if x.done and problem.units[x.unit].callsign == unit.callsign]
    return max(ends, default=-1)


def parts(stop: Stop, until: int) -> list[tuple[int, int]]:
    """Return the minutes of a stop, in two parts where only the first is done."""
    if stop.arrive < until < stop.leave:
        return [(stop.arrive, until), (until, stop.leave)]
    return [(stop.arrive, stop.leave)]


def cell_weight(problem: Problem, cell: Cell) -> tuple[str, int]:
    """Return the layer that a cell counts for and its weight; what is hard has layer ``missing`` and unit-minutes."""
    what, i, t = cell
    if what == "post":
        return "missing", 1
    if what == "revisit":
        return "missing" if problem.hotspots[i].required else "revisit", 1
    if what == "duty":
        return "missing", problem.tasks[i].minutes if problem.tasks[i].required else 0
    if what == "task":
        return "tasks", problem.tasks[i].profit
    if what == "district":
        return "district", 1
    slot = slot_at(problem, t)
    if what in ("present", "lingering"):
        h = problem.hotspots[i]
        return "presence", h.risk[slot] * (h.rho if what == "lingering" else 100 - h.rho)
    return {"first": "response", "second": "backup"}[what], problem.demand[i].demand[slot]


def cell_worth(problem: Problem, cell: Cell, units: int) -> tuple[str, int]:
    """Return the layer that a cell counts for, and what it is worth when so many units cover it.

    Where units are busy it is what all ways in which some of them are, and the others are not, are worth on the mean.
    """
    layer, weight = cell_weight(problem, cell)
    if not problem.busy or cell[0] not in FEW:
        return layer, min(units, cell_cap(problem, cell)) * weight
    mean = _mean_free(min(units, FEW[cell[0]]), problem.busy[slot_at(problem, cell[2])], CAP[cell[0]])
    return layer, floor(1000 * mean) * weight


@cache
def _mean_free(units: int, busy: int, cap: int) -> Fraction:
    """Return how many of so many units are free on the mean, counting no more than `cap`: all ways, one by one."""
    share = Fraction(busy, 1000)
    return sum(
        (
            prod(share if away else 1 - share for away in who) * min(units - sum(who), cap)
            for who in product((0, 1), repeat=units)
        ),
        Fraction(0),
    )


def cell_steps(problem: Problem, cell: Cell, units: int) -> tuple[str, list[int]]:
    """Return the layer that a cell counts for, and what the first, the second … of so many units that cover it add."""
    worth = [cell_worth(problem, cell, n) for n in range(units + 1)]
    return worth[0][0], [b - a for (_, a), (_, b) in pairwise(worth)]


def cell_cap(problem: Problem, cell: Cell) -> int:
    """Return how many units are counted at a cell."""
    return wanted_at(problem, cell[1], cell[2]) if cell[0] == "post" else CAP[cell[0]]


def naive_score(problem: Problem, routes: Iterable[Route]) -> tuple[int, int, dict[str, int]]:
    """Return unit-minutes missing, value, and covered weight by layer."""
    counts = Counter(cell for route in routes for cell in route_cells(problem, route))
    covered = dict.fromkeys((*LAYERS, "missing"), 0)
    for cell, number in counts.items():
        layer, worth = cell_worth(problem, cell, number)
        covered[layer] += worth
    missing = _all_wanted(problem) - covered.pop("missing")
    return missing, naive_value(problem, covered), covered


def naive_value(problem: Problem, covered: dict[str, int]) -> int:
    """Return the value of covered weight by layer: the mean of their shares, weighted by the goals, in integers."""
    total = _totals(problem)
    goals = {layer: problem.goals[layer] for layer in LAYERS if total[layer]}
    return sum(
        10**14 * goal // (sum(goals.values()) * total[layer]) * covered[layer] for layer, goal in goals.items() if goal
    )


@lru_cache(maxsize=4)
def _totals(problem: Problem) -> dict[str, int]:
    """Return the weight of all cells by layer, minute by minute."""
    total = dict.fromkeys(LAYERS, 0)
    parts = 1000 if problem.busy else 1
    for t in range(problem.minutes):
        slot = slot_at(problem, t)
        total["presence"] += sum(100 * h.risk[slot] for h in problem.hotspots)
        total["response"] += sum(parts * d.demand[slot] for d in problem.demand)
        total["backup"] += sum(2 * parts * d.demand[slot] for d in problem.demand)
        total["revisit"] += sum(is_due(problem, i, t) for i, h in enumerate(problem.hotspots) if not h.required)
        total["district"] += sum(bool(u.districts) and not u.tied and u.start <= t < u.end for u in problem.units)
    return total | {"tasks": sum(k.profit for k in problem.tasks)}


def _all_wanted(problem: Problem) -> int:
    """Return the unit-minutes that posts, required revisits and required tasks want in all."""
    minutes = range(problem.minutes)
    posts = sum(wanted_at(problem, i, t) for i in range(len(problem.posts)) for t in minutes)
    revisits = sum(is_due(problem, i, t) for i, h in enumerate(problem.hotspots) if h.required for t in minutes)
    return posts + revisits + sum(k.minutes for k in problem.tasks if k.required)

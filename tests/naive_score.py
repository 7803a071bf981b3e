"""The model of ``docs/model.md`` read literally: sets of cells, minute by minute, in plain Python.

Slow and simple on purpose, and sharing nothing with `solver.score`, of which it is the oracle, nor with any
engine; `tests.brute_force` builds on it.  Routes are taken to keep the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from solver.plan import Route, Stop
from solver.problem import Problem, Unit
from solver.weights import weights

Cell = tuple[str, int, int]
"""(layer, index of hotspot, demand point or post, minute)."""

CAP = {"present": 1, "lingering": 1, "first": 1, "second": 2}
"""How many units are counted at a cell; at posts it is the number wanted."""


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


def stop_cells(problem: Problem, unit: Unit, place: int, kind: str, arrive: int, leave: int) -> Iterator[Cell]:
    """Yield the cells that a unit covers by one stop."""
    for i, h in enumerate(problem.hotspots):
        if kind == "visit" and h.place == place and leave - arrive >= h.dwell:
            yield from (("present", i, t) for t in range(arrive, leave))
            yield from (("lingering", i, t) for t in range(arrive, leave + h.linger) if t < problem.minutes)
    available = kind != "break"
    for i, q in enumerate(problem.posts):
        if kind == "stint" and q.place == place:
            available = q.available
            if leave - arrive >= q.stint and q.admits(unit):
                yield from (("post", i, t) for t in range(arrive, leave))
    if available:
        for t in range(arrive, leave):
            yield from place_cells(problem, unit, place, t)


def leg_cells(problem: Problem, unit: Unit, start: int, end: int, leave: int, arrive: int) -> Iterator[Cell]:
    """Yield the cells that a unit covers on the road: it drives at once and waits where it drives to."""
    leg = leg_minutes(problem, unit, start, end)
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


def route_cells(problem: Problem, route: Route) -> set[Cell]:
    """Return the cells that the unit of `route` covers."""
    unit = next(u for u in problem.units if u.callsign == route.callsign)
    index = {p.name: i for i, p in enumerate(problem.places)}
    cells: set[Cell] = set()
    before: Stop | None = None
    for stop in route.stops:
        place = index[stop.place]
        if before is not None:
            cells.update(leg_cells(problem, unit, index[before.place], place, before.leave, stop.arrive))
        cells.update(stop_cells(problem, unit, place, stop.kind, stop.arrive, stop.leave))
        before = stop
    return cells


def cell_weight(problem: Problem, cell: Cell) -> tuple[str, int]:
    """Return the layer that a cell counts for and its weight; posts have layer ``missing``, weight 1."""
    what, i, t = cell
    if what == "post":
        return "missing", 1
    slot = slot_at(problem, t)
    if what in ("present", "lingering"):
        h = problem.hotspots[i]
        return "presence", h.risk[slot] * (h.rho if what == "lingering" else 100 - h.rho)
    return {"first": "response", "second": "backup"}[what], problem.demand[i].demand[slot]


def naive_score(problem: Problem, routes: Iterable[Route]) -> tuple[int, int, dict[str, int]]:
    """Return unit-minutes missing, value, and covered weight by layer."""
    counts = Counter(cell for route in routes for cell in route_cells(problem, route))
    covered = {"presence": 0, "response": 0, "backup": 0, "missing": 0}
    for cell, number in counts.items():
        layer, weight = cell_weight(problem, cell)
        cap = wanted_at(problem, cell[1], cell[2]) if layer == "missing" else CAP[cell[0]]
        covered[layer] += min(number, cap) * weight
    missing = _all_wanted(problem) - covered.pop("missing")
    return missing, weights(problem).value(covered), covered


def _all_wanted(problem: Problem) -> int:
    """Return the unit-minutes that posts want in all."""
    return sum(wanted_at(problem, i, t) for i in range(len(problem.posts)) for t in range(problem.minutes))

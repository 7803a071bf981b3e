"""Small pursuits: worked out by hand, and drawn at random; and how a naive program would enclose the car."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from solver.containment.ground import Ground
from solver.containment.pursuit import NEVER, Pursuit

Street = tuple[int, int, int, int]
"""Two crossings, seconds, metres."""


def pursuit_of(
    streets: Sequence[Street],
    arrive: Sequence[Sequence[int]],
    outside: Sequence[int],
    *,
    starts: Sequence[tuple[int, float]] = ((0, 0.0),),
    one_way: Sequence[int] = (),
    delay: int = 0,
    crossings: int = 0,
) -> Pursuit:
    """Return a pursuit on streets that are driven both ways, but for those named `one_way`; -1 is a unit's never."""
    count = crossings or 1 + max(max(a, b) for a, b, _, _ in streets)
    arcs = [(a, b, s, i) for i, (a, b, s, _) in enumerate(streets)]
    arcs += [(b, a, s, i) for i, (a, b, s, _) in enumerate(streets) if i not in one_way]
    tail, head, seconds, street = (np.array(part) for part in zip(*arcs, strict=True))
    metres = np.array([m for _, _, _, m in streets])
    ground = Ground(np.arange(count), tail, head, seconds.astype(np.float64), street, metres, count)
    out = np.zeros(count, dtype=np.bool_)
    out[list(outside)] = True
    table = np.array(arrive, dtype=np.int64).reshape(-1, count)
    return Pursuit(ground, tuple(starts), (), out, np.where(table < 0, NEVER, table), delay)


def line(arrive: Sequence[Sequence[int]], delay: int = 0) -> Pursuit:
    """Return a street of five crossings, a minute and 100 m apart: the car starts at 2 and is out at 0 and 4."""
    return pursuit_of([(i, i + 1, 60, 100) for i in range(4)], arrive, [0, 4], starts=[(2, 0.0)], delay=delay)


def tiny_pursuit(pick: Callable[[int, int], int]) -> Pursuit:
    """Return a random pursuit of three to seven crossings and none to three units; the car starts at 0."""
    count, units = pick(3, 7), pick(0, 3)
    streets = [(pick(0, i - 1), i, pick(1, 4) * 20, pick(1, 5) * 10) for i in range(1, count)]
    streets += [(pick(0, count - 1), pick(0, count - 1), pick(1, 4) * 20, pick(1, 5) * 10) for _ in range(pick(0, 5))]
    arrive = [[pick(-1, 12) * 10 if pick(0, 3) else -1 for _ in range(count)] for _ in range(units)]
    one_way = [i for i in range(len(streets)) if pick(0, 4) == 0]
    outside = [c for c in range(1, count) if pick(0, 2) == 0]
    delay = pick(0, 3) * 10
    late = [[a if a < 0 else max(a, 0) + delay for a in row] for row in arrive]
    return pursuit_of(streets, late, outside, one_way=one_way, delay=delay, crossings=count)


def free_times(pursuit: Pursuit) -> dict[int, float]:
    """Return when the car is at each vertex at the earliest, by looking at all arcs again and again."""
    times = dict(pursuit.starts)
    ground = pursuit.ground
    arcs = list(zip(ground.tail.tolist(), ground.head.tolist(), ground.seconds.tolist(), strict=True))
    for _ in range(ground.vertices):
        for tail, head, seconds in arcs:
            if tail in times and not pursuit.outside[tail]:
                times[head] = min(times.get(head, np.inf), times[tail] + seconds)
    return times


def where_it_may_be(pursuit: Pursuit, closings: Sequence[tuple[int, int]], step: int = 10) -> set[int]:
    """Return the vertices at which the car can be, searched over (vertex, second): it drives, or waits, as it likes."""
    ground = pursuit.ground
    closed = {c: int(pursuit.arrive[u, c]) for u, c in closings}
    arcs = list(zip(ground.tail.tolist(), ground.head.tolist(), ground.seconds.tolist(), strict=True))
    last = 20 * step + int(ground.seconds.sum()) + max(closed.values(), default=0)

    def passes(v: int, second: float) -> bool:
        return closed.get(int(ground.crossing[v]), NEVER) >= second

    asked = [(v, s) for v, s in pursuit.starts if passes(v, s)]
    seen = set(asked)
    while asked:
        v, second = asked.pop()
        if pursuit.outside[v]:
            continue
        nexts = [(v, second + step)] + [(h, second + s) for t, h, s in arcs if t == v]
        for state in nexts:
            # Who waits on a crossing that is closed meanwhile is still there, and goes nowhere else.
            waits = state[0] == v and state[1] == second + step
            if state not in seen and state[1] <= last and (waits or passes(*state)):
                seen.add(state)
                if not waits or passes(*state):
                    asked.append(state)
    return {v for v, _ in seen}


def lost_metres(pursuit: Pursuit, vertices: set[int]) -> int:
    """Return the metres of the streets on which the car may be that can be at these vertices."""
    ground = pursuit.ground
    streets = set(pursuit.begun)
    for tail, street in zip(ground.tail.tolist(), ground.street.tolist(), strict=True):
        if tail in vertices and not pursuit.outside[tail]:
            streets.add(street)
    return sum(int(ground.metres[s]) for s in streets)


def reach(pursuit: Pursuit, closed: set[int]) -> set[int]:
    """Return the vertices that the car reaches when crossings are closed from the beginning."""
    ground = pursuit.ground
    found = {v for v, _ in pursuit.starts if int(ground.crossing[v]) not in closed}
    arcs = list(zip(ground.tail.tolist(), ground.head.tolist(), strict=True))
    for _ in range(ground.vertices):
        for tail, head in arcs:
            if tail in found and not pursuit.outside[tail] and int(ground.crossing[head]) not in closed:
                found.add(head)
    return found


def every_assignment(pursuit: Pursuit) -> Iterator[list[tuple[int, int]]]:
    """Yield every way in which units close crossings before the car can be there, each unit one or none."""
    times = free_times(pursuit)
    able = []
    for u in range(pursuit.units):
        own = [c for c in times if int(pursuit.arrive[u, c]) < np.floor(times[c] + 1e-6)]
        able.append([None, *own])
    for choice in product(*able):
        closings = [(u, c) for u, c in enumerate(choice) if c is not None]
        if len({c for _, c in closings}) == len(closings):
            yield closings


def best_of_all(pursuit: Pursuit) -> tuple[int, int] | None:
    """Return metres and closings of the smallest region over all assignments; None where none encloses the car."""
    best: tuple[int, int] | None = None
    for closings in every_assignment(pursuit):
        found = reach(pursuit, {c for _, c in closings})
        if any(pursuit.outside[v] for v in found):
            continue
        result = (lost_metres(pursuit, found), len(closings))
        best = result if best is None else min(best, result)
    return best


def fewest_others(pursuit: Pursuit) -> tuple[int, int] | None:
    """Return how many more units are needed that stand where they like, and the metres then; None where none help."""
    times = free_times(pursuit)
    ringed = [c for c in times if pursuit.delay < np.floor(times[c] + 1e-6)]
    best: tuple[int, int] | None = None
    for closings in every_assignment(pursuit):
        own = {c for _, c in closings}
        for bits in product((False, True), repeat=len(ringed)):
            others = {c for c, chosen in zip(ringed, bits, strict=True) if chosen} - own
            found = reach(pursuit, own | others)
            if not any(pursuit.outside[v] for v in found):
                result = (len(others), lost_metres(pursuit, found))
                best = result if best is None else min(best, result)
    return best

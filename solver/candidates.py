"""Which places are worth looking at for one path: a few that promise most, whatever the size of the town."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.cover import Cells, Counts, Ints, Small
from solver.paths import FARTHEST, Roads, Trip, Workspace, every_place

_LOOKS = 4
"""How many times as many places are looked at as are wanted."""

_FREED = 1e6
"""How many times as much a place promises that has been freed."""


@compiled
def promising(
    cells: Cells, counts: Counts, roads: Roads, trip: Trip, space: Workspace, most: int, rng: np.random.Generator
) -> int:
    """Make active the ends of `trip`, places for its break, and those that promise most; return how many.

    There are `most` in all, those freed before others, drawn with luck in proportion to what a visit in the middle of
    the trip would earn; all, where there are no more.
    """
    n = every_place(roads, trip, space)
    if n <= most:
        return n
    there, back = roads.least[trip.mode, trip.origin], roads.back[trip.mode, trip.destination]
    straight = there[trip.destination]
    n = _near(there, back, trip, space, n, _LOOKS * most)
    promise = space.promise
    for i in range(n):
        p = space.active[i]
        detour = there[p] + back[p] - straight
        luck = 0.5 + rng.random()
        promise[i] = luck * _worth(cells, counts, trip, p) / (max(cells.shortest[p], 1) + 0.5 * detour)
        if space.freed[p]:
            promise[i] = (promise[i] + 1.0) * _FREED
        if p in (trip.origin, trip.destination):
            promise[i] = np.inf
    if trip.pauses > trip.paused:
        for _ in range(2):
            _favour_a_place_to_pause(there, back, trip, space, n, promise, rng)
    for i in range(most):
        best = i
        for j in range(i + 1, n):
            if promise[j] > promise[best]:
                best = j
        promise[i], promise[best] = promise[best], promise[i]
        space.active[i], space.active[best] = space.active[best], space.active[i]
    return most


@compiled
def _near(there: Small, back: Small, trip: Trip, space: Workspace, n: int, most: int) -> int:
    """Keep of the first `n` active places about `most` least out of the way, those freed and those for the break."""
    many = space.detours
    many[:] = 0
    straight = there[trip.destination]
    for i in range(n):
        p = space.active[i]
        many[min(there[p] + back[p] - straight, FARTHEST)] += 1
    limit, total = 0, many[0]
    while total < most and limit < FARTHEST:
        limit += 1
        total += many[limit]
    kept = 0
    for i in range(n):
        p = space.active[i]
        detour = min(there[p] + back[p] - straight, FARTHEST)
        if detour <= limit or space.freed[p] or (trip.pauses > trip.paused and trip.pause_at[p]):
            space.active[kept] = p
            kept += 1
    return kept


@compiled
def _worth(cells: Cells, counts: Counts, trip: Trip, p: int) -> float:
    """Return about what a visit, stint or wait at place `p` would earn, in the middle of the trip."""
    begin, end, horizon = trip.begin, trip.end, cells.linger.shape[1]
    row, q = cells.row_of[p], cells.post_of[p]
    work = cells.shortest[p] if trip.admitted[p] else 0
    standing = _sum(counts.standing[trip.mode * cells.row_of.size + p, begin:end])
    if work == 0:
        return standing * 10.0 / max(end - begin, 1)
    busy, after = 0, 0.0
    if row >= 0:
        busy = _open(cells.presence[row, begin:end], counts.presence[row, begin:end])
        if cells.exact[p]:
            after = float(cells.linger[row, horizon - 1]) if counts.linger[row, horizon - 1] == 0 else 0.0
        else:
            last = min(end + cells.lingers[p], horizon)
            # A visit lingers on for part of the time looked at.
            share = min(1.0, (work + cells.lingers[p]) / max(last - begin, 1))
            after = share * _open(cells.linger[row, begin:last], counts.linger[row, begin:last])
        if cells.everys[p] > 0:
            last = min(end + cells.everys[p], horizon)
            after += _open(cells.revisit[row, begin:last], counts.revisit[row, begin:last])
    elif q >= 0:
        for t in range(begin, end):
            busy += cells.posts[q, t] if counts.posts[q, t] < cells.wanted[q, t] else 0
    return (standing + busy) * work / max(end - begin, work) + after


@compiled
def _sum(worth: Ints) -> int:
    """Return the sum of `worth`."""
    total = 0
    for t in range(worth.size):
        total += worth[t]
    return total


@compiled
def _open(worth: Ints, counts: NDArray[np.int16]) -> int:
    """Return what one unit more would earn in cells that count one."""
    total = 0
    for t in range(worth.size):
        total += worth[t] if counts[t] == 0 else 0
    return total


@compiled
def _favour_a_place_to_pause(
    there: Small, back: Small, trip: Trip, space: Workspace, n: int, promise: np.ndarray, rng: np.random.Generator
) -> None:
    """Make one more place where the break may be the most promising: one that is little out of the way."""
    nearest, chosen = 1e9, -1
    for i in range(n):
        p = space.active[i]
        if trip.pause_at[p] and promise[i] < np.inf:
            away = there[p] + back[p] + 10 * rng.random()
            if away < nearest:
                nearest, chosen = away, i
    if chosen >= 0:
        promise[chosen] = np.inf

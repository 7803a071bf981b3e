"""Which places are worth looking at for one path: a few that promise most, whatever the size of the town."""

from __future__ import annotations

import numpy as np

from solver.compiled import compiled
from solver.cover import Cells, Counts, Ints
from solver.paths import Roads, Trip, Workspace, every_place


@compiled
def promising(
    cells: Cells, counts: Counts, roads: Roads, trip: Trip, space: Workspace, most: int, rng: np.random.Generator
) -> int:
    """Make active the ends of `trip`, places for its break, and those that promise most; return how many.

    There are `most` of the last, drawn with luck in proportion to what a visit in the middle of the trip would
    earn; all, where there are no more.
    """
    n = every_place(roads, trip, space)
    if n <= most:
        return n
    promise = np.empty(n, dtype=np.float64)
    standing = _standing(counts, trip, cells.row_of.size)
    least = roads.least[trip.mode]
    straight = least[trip.origin, trip.destination]
    for i in range(n):
        p = space.active[i]
        detour = least[trip.origin, p] + least[p, trip.destination] - straight
        luck = 0.5 + rng.random()
        promise[i] = luck * _worth(cells, counts, trip, p, standing[p]) / (max(cells.shortest[p], 1) + 0.5 * detour)
        if p in (trip.origin, trip.destination):
            promise[i] = np.inf
    if trip.pauses > trip.paused:
        for _ in range(2):
            _favour_a_place_to_pause(least, trip, space, n, promise, rng)
    for i in range(most):
        best = i
        for j in range(i + 1, n):
            if promise[j] > promise[best]:
                best = j
        promise[i], promise[best] = promise[best], promise[i]
        space.active[i], space.active[best] = space.active[best], space.active[i]
    return most


@compiled
def _standing(counts: Counts, trip: Trip, places: int) -> Ints:
    """Return what standing at each place earns in all of the trip's time."""
    total = np.zeros(places, dtype=np.int64)
    for p in range(places):
        row = counts.standing[trip.mode * places + p, trip.begin : trip.end]
        for t in range(row.size):
            total[p] += row[t]
    return total


@compiled
def _worth(cells: Cells, counts: Counts, trip: Trip, p: int, standing: int) -> float:
    """Return about what a visit, stint or wait at place `p` would earn, in the middle of the trip."""
    begin, end = trip.begin, trip.end
    busy, after = 0, 0.0
    row, q = cells.row_of[p], cells.post_of[p]
    work = cells.shortest[p] if trip.admitted[p] else 0
    if row >= 0:
        last = min(end + cells.lingers[p], cells.linger.shape[1])
        for t in range(begin, end):
            busy += cells.presence[row, t] if counts.presence[row, t] == 0 else 0
        for t in range(begin, last):
            after += cells.linger[row, t] if counts.linger[row, t] == 0 else 0
        # A visit lingers on for part of the time looked at; a task is one cell at the end of it.
        after *= 1.0 if cells.exact[p] else min(1.0, (work + cells.lingers[p]) / max(last - begin, 1))
        if cells.everys[p] > 0:
            for t in range(begin, min(end + cells.everys[p], cells.linger.shape[1])):
                after += cells.revisit[row, t] if counts.revisit[row, t] == 0 else 0
    elif q >= 0:
        for t in range(begin, end):
            busy += cells.posts[q, t] if counts.posts[q, t] < cells.wanted[q, t] else 0
    if work == 0:
        return standing * 10.0 / max(end - begin, 1)
    return (standing + busy) * work / max(end - begin, work) + after


@compiled
def _favour_a_place_to_pause(
    least: np.ndarray, trip: Trip, space: Workspace, n: int, promise: np.ndarray, rng: np.random.Generator
) -> None:
    """Make one more place where the break may be the most promising: one that is little out of the way."""
    nearest, chosen = 1e9, -1
    for i in range(n):
        p = space.active[i]
        if trip.pause_at[p] and promise[i] < np.inf:
            away = least[trip.origin, p] + least[p, trip.destination] + 10 * rng.random()
            if away < nearest:
                nearest, chosen = away, i
    if chosen >= 0:
        promise[chosen] = np.inf

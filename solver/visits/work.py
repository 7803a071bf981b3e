"""What a search by ruin and recreate remembers between its moves: settings, what to take back, room to work in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.visits.terms import Large, Small, Terms
from solver.visits.tours import FREE, NODE, Tours

PROFIT, WORTH, BEST, CHANGED, MOVES = range(5)
"""Where figures of a search are: profit and worth of all that is done now, the best profit, how many tours a move has
changed so far, how many moves were made."""


class Settings(NamedTuple):
    """How a search ruins and recreates; what the names mean is told where they are used."""

    removed: float = 10.0
    longest: int = 10
    greedy: float = 0.6
    by_profit: float = 0.2
    swap: float = 0.2
    blink: float = 0.02
    split: float = 0.5
    rest: float = 0.3
    around: int = 40
    others: float = 0.1


TOUR, MARK, CUT, ROOM, GAPS = range(5)
"""Columns of `Work.changed`."""

WAIT, FROM, BY, WAY, BEFORE, BEHIND, PLACE = range(7)
COLUMNS = 8
"""What `Work.gap` has of each gap, and how many numbers that are, one of them unused."""


class Work(NamedTuple):
    """Scratch of a search; V vehicles, N nodes.

    `figures` are as named above.  `changed` (V, 5) lists the tours that a move has changed; besides it has, for each
    vehicle, 1 where it has, where its tour was cut, the most ticks that something more in it may take, and in how many
    gaps, -1 where that is not known now.  `gap` (V, 8 L) are these gaps of each tour, in order: how long the vehicle
    can wait there, from when, by when it must begin at the next stop, the ticks of the leg, the nodes before and
    behind it, and the stop before it.  `before` are these tours as they were, `best` the best tours.  `order` (N,) are
    the nodes to be inserted, `key` (N,) what they are sorted by, `fresh` (N,) whether a node was taken out in this
    move, `wanted` (N,) whether it is near; `offer` (V, N) is the cheapest insertion into each changed tour of each.
    """

    figures: Large
    changed: Small
    gap: Small
    before: Tours
    best: Tours
    order: Small
    key: NDArray[np.float64]
    fresh: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    offer: Large


def work_of(terms: Terms, tours: Tours) -> Work:
    """Return room to work in for a search that begins with `tours`."""
    vehicles, nodes = len(terms.fleet), len(terms.node)
    return Work(
        figures=np.zeros(8, dtype=np.int64),
        changed=np.zeros((vehicles, 5), dtype=np.int32),
        gap=np.zeros((vehicles, COLUMNS * (terms.stops + 1)), dtype=np.int32),
        before=copied(tours),
        best=copied(tours),
        order=np.zeros(nodes, dtype=np.int32),
        key=np.zeros(nodes, dtype=np.float64),
        fresh=np.zeros(nodes, dtype=np.bool_),
        wanted=np.zeros(nodes, dtype=np.bool_),
        offer=np.zeros((vehicles, nodes), dtype=np.int64),
    )


def copied(tours: Tours) -> Tours:
    """Return tours of their own, the same as `tours`."""
    return Tours(tours.stop.copy(), tours.size.copy(), tours.length.copy(), tours.vehicle.copy())


def put_back(source: Tours, target: Tours) -> None:
    """Make all tours of `target` those of `source`."""
    target.stop[...], target.size[...] = source.stop, source.size
    target.length[...], target.vehicle[...] = source.length, source.vehicle


@compiled
def copy_tour(source: Tours, target: Tours, v: int) -> None:
    """Make tour `v` of `target` that of `source`; who stops at a node is not looked at."""
    given, kept, n = source.stop, target.stop, source.size[v]
    target.size[v] = n
    target.length[v] = source.length[v]
    for i in range(n + 2):
        for c in range(4):
            kept[v, i, c] = given[v, i, c]


@compiled
def will_change(tours: Tours, work: Work, v: int) -> None:
    """Keep tour `v` as it is, before a move changes it for the first time."""
    changed, figures = work.changed, work.figures
    if not changed[v, MARK]:
        changed[v, MARK] = 1
        changed[figures[CHANGED], TOUR] = v
        figures[CHANGED] += 1
        copy_tour(tours, work.before, v)


@compiled
def take_back(tours: Tours, work: Work) -> None:
    """Undo what a move has changed."""
    changed, count, stop, size, vehicle = work.changed, work.figures[CHANGED], tours.stop, tours.size, tours.vehicle
    for c in range(count):
        v = changed[c, TOUR]
        for i in range(1, size[v] + 1):
            vehicle[stop[v, i, NODE]] = FREE
    for c in range(count):
        v = changed[c, TOUR]
        copy_tour(work.before, tours, v)
        changed[v, GAPS] = -1
        for i in range(1, size[v] + 1):
            vehicle[stop[v, i, NODE]] = v


@compiled
def settle(work: Work) -> None:
    """Forget what has changed: the next move begins."""
    changed = work.changed
    for c in range(work.figures[CHANGED]):
        changed[changed[c, TOUR], MARK] = 0
    work.figures[CHANGED] = 0

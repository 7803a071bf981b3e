"""Growing beats: each crossing goes to one of some seeds, so that beats are connected and weigh about the same.

Every seed has a *handicap*, and each crossing goes to the seed whose way to it and handicap are the shortest together
(an additively weighted Voronoi diagram on the streets; Okabe, Boots, Sugihara and Chiu, "Spatial Tessellations",
2000).  With ways and handicaps in whole numbers a beat is connected whatever the handicaps are: all crossings on the
way from a seed to one of its own are its own.  The handicaps of heavy beats are raised and those of light ones lowered
until all weigh about as much, as for power diagrams of given weights (Aurenhammer, Hoffmann and Aronov 1998,
doi:10.1007/PL00009187).  What is left is mended by crossings on borders changing hands, one by one, as long as both
beats stay in one piece.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROUNDS = 400
"""How often handicaps are changed at most."""

PASSES = 100
"""How often all borders are gone along at most."""

_STEP, _COOLING = 0.5, 0.985
"""The first change of a handicap, in ways to the nearest other seed for a beat of twice its share; and how changes
become smaller."""


@dataclass(frozen=True, eq=False)
class Grown:
    """Which beat each of V crossings is in, shape (V,), and how far from its share the worst beat is (0.2: a fifth)."""

    beat: Ints
    off: float


def distances(tail: Ints, head: Ints, length: Ints, seeds: Ints, crossings: int) -> Ints:
    """Return the way from each seed to each crossing in either direction of the streets, shape (K, V).

    Parameters
    ----------
    tail, head, length : int64 arrays of shape (E,)
        Streets and how long each takes, 1 or more; the least counts where there are several.
    seeds : int64 array of shape (K,)
    crossings : int
        All of which can be reached from all others.
    """
    from scipy.sparse.csgraph import dijkstra

    found = dijkstra(graph_of(tail, head, length, crossings), directed=False, indices=seeds)
    ways: Ints = np.rint(found).astype(np.int64)
    return ways


def graph_of(tail: Ints, head: Ints, length: Ints, crossings: int) -> Any:
    """Return streets as a sparse matrix; of parallel ones the shortest, without loops."""
    from scipy.sparse import csr_array

    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((length, high, low))
    order = order[low[order] != high[order]]
    low, high, length = low[order], high[order], length[order]
    first = np.ones(len(low), dtype=np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return csr_array((length[first].astype(np.float64), (low[first], high[first])), shape=(crossings, crossings))


def grow(ways: Ints, seeds: Ints, weight: Floats, graph: Any, *, balance: float) -> Grown:
    """Return beats around seeds that weigh the same, as nearly as `balance` asks for and streets allow.

    Parameters
    ----------
    ways : int64 array of shape (K, V)
        From `distances`.
    seeds : int64 array of shape (K,)
        Crossings, no two the same.
    weight : float64 array of shape (V,)
        Above 0 all together.
    graph : sparse matrix of shape (V, V)
        From `graph_of`.
    balance : float
        The share of its fair share by which a beat may be lighter or heavier.
    """
    best = by_handicaps(ways, seeds, weight, balance)
    if best.off <= balance or len(seeds) == 1:
        return best
    beat = _Borders(graph, seeds, weight, best.beat.copy()).mended(balance)
    mended = Grown(beat, off_balance(beat, weight, len(seeds)))
    return mended if mended.off < best.off else best


def off_balance(beat: Ints, weight: Floats, beats: int) -> float:
    """Return how far from its fair share the worst beat is, as a share of that."""
    held = np.bincount(beat, weights=weight, minlength=beats)
    return float(np.abs(held / (weight.sum() / beats) - 1.0).max())


def by_handicaps(ways: Ints, seeds: Ints, weight: Floats, balance: float) -> Grown:
    """Return the best beats found by changing handicaps."""
    number = len(seeds)
    between = ways[:, seeds]
    others = between + np.where(np.eye(number, dtype=np.bool_), np.iinfo(np.int64).max // 4, 0)
    reach = float(np.median(others.min(axis=1))) if number > 1 else 0.0
    handicap = np.zeros(number, dtype=np.int64)
    fair, step = weight.sum() / number, _STEP
    best: Grown | None = None
    for _ in range(ROUNDS):
        beat = np.argmin(ways + handicap[:, None], axis=0)
        held = np.bincount(beat, weights=weight, minlength=number)
        off = float(np.abs(held / fair - 1.0).max())
        if (beat[seeds] == np.arange(number)).all() and (best is None or off < best.off):
            best = Grown(beat, off)
        if off <= balance:
            break
        handicap = handicap + np.rint(step * reach * np.clip(held / fair - 1.0, -1.0, 1.0)).astype(np.int64)
        # A seed stays in its own beat: no other may reach it with less than its handicap.
        handicap = np.minimum(handicap, (handicap[:, None] + others).min(axis=0) - 1)
        handicap -= handicap.min()
        step *= _COOLING
    assert best is not None  # without handicaps every seed is its own
    return best


class _Borders:
    """Beats whose borders are moved, crossing by crossing."""

    def __init__(self, graph: Any, seeds: Ints, weight: Floats, beat: Ints) -> None:
        both = (graph + graph.T).tocsr()
        self._starts, self._next = both.indptr, both.indices
        self._fixed = set(seeds.tolist())
        self._weight, self._beat = weight, beat
        self._held = np.bincount(beat, weights=weight, minlength=len(seeds))
        self._fair = float(weight.sum()) / len(seeds)

    def mended(self, balance: float) -> Ints:
        """Return the beats after as many changes as make them more alike."""
        for _ in range(PASSES):
            if not self._pass(balance):
                break
        return self._beat

    def _pass(self, balance: float) -> bool:
        """Let crossings on borders change hands, those first that make weights most alike; return whether any did."""
        tail = np.repeat(np.arange(len(self._beat)), np.diff(self._starts))
        mine, theirs = self._beat[tail], self._beat[self._next]
        border = (mine != theirs) & (self._weight[tail] > 0)
        tail, mine, theirs = tail[border], mine[border], theirs[border]
        gain = self._gain(tail, mine, theirs)
        changed = False
        for i in np.lexsort((theirs, tail, -gain)).tolist():
            if gain[i] <= 0 or np.abs(self._held / self._fair - 1.0).max() <= balance:
                break
            crossing, own, to = int(tail[i]), int(mine[i]), int(theirs[i])
            if self._beat[crossing] != own or crossing in self._fixed or self._gain(crossing, own, to) <= 0:
                continue
            if any(self._beat[n] == to for n in self._around(crossing)) and self._stays_whole(crossing):
                self._held[own] -= self._weight[crossing]
                self._held[to] += self._weight[crossing]
                self._beat[crossing] = to
                changed = True
        return changed

    def _gain(self, crossing: Any, own: Any, to: Any) -> Any:
        """Return by how much more alike weights are when crossings change hands, less what is not worth it.

        The sum of squares of the weights of beats falls by 2 w (a - b - w) when w moves from a to b.
        """
        w = self._weight[crossing]
        return 2 * w * (self._held[own] - self._held[to] - w) - 1e-9 * self._fair * self._fair

    def _stays_whole(self, crossing: int) -> bool:
        """Return whether the beat of a crossing stays in one piece without it."""
        own = self._beat[crossing]
        near = [n for n in self._around(crossing) if self._beat[n] == own]
        if len(near) < 2:
            return len(near) == 1
        # Breadth first: mostly the way round is short.
        wanted, seen, to_do = set(near[1:]), {crossing, near[0]}, deque(near[:1])
        while to_do and wanted:
            for n in self._around(to_do.popleft()):
                if n not in seen and self._beat[n] == own:
                    seen.add(n)
                    wanted.discard(n)
                    to_do.append(n)
        return not wanted

    def _around(self, crossing: int) -> list[int]:
        """Return the crossings next to one."""
        near: list[int] = self._next[self._starts[crossing] : self._starts[crossing + 1]].tolist()
        return near


def spread_seeds(
    number: int, xy: Floats, weight: Floats, tail: Ints, head: Ints, length: Ints, *, balance: float
) -> Ints:
    """Return so many crossings from which to grow beats, where there are no stations: in the middles of beats.

    The first is the one nearest to the middle of all weight, each further one the farthest from those before it, by
    the streets; then each moves to the crossing nearest to the middle of the weight of its beat, a few times.

    Parameters
    ----------
    number : int
        No more than there are crossings.
    xy : float64 array of shape (V, 2)
        Crossings in metres.
    weight, tail, head, length, balance
        As for `distances` and `grow`.
    """
    every = np.arange(len(xy))
    seeds = [_middle(every, xy, weight)]
    nearest = distances(tail, head, length, np.array(seeds), len(xy))[0]
    while len(seeds) < number:
        seeds.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, distances(tail, head, length, np.array(seeds[-1:]), len(xy))[0])
    for _ in range(8):
        at = np.array(seeds, dtype=np.int64)
        beat = by_handicaps(distances(tail, head, length, at, len(xy)), at, weight, balance).beat
        moved = [_middle(np.flatnonzero(beat == b), xy, weight) for b in range(number)]
        if moved == seeds:
            break
        seeds = moved
    return np.array(seeds, dtype=np.int64)


def _middle(crossings: Ints, xy: Floats, weight: Floats) -> int:
    """Return the crossing nearest to the middle of the weight of some."""
    w = weight[crossings] if weight[crossings].sum() > 0 else np.ones(len(crossings))
    middle = (xy[crossings] * w[:, None]).sum(axis=0) / w.sum()
    # Millimetres, so that rounding in the sums cannot change who is nearest.
    away = np.round(np.hypot(*(xy[crossings] - middle).T), 3)
    return int(crossings[int(np.argmin(away))])

"""Prices of units, and least cuts: a fast choice of crossings, and a bound that no choice goes below.

Who forgets that each unit closes one crossing only, and pays a price for each closing instead, asks for a least cut,
which a flow finds at once.  What that costs, less the prices of all units, is no more than any choice of crossings that
the units can make: Lagrange's bound.  The best prices come from a linear program over the cuts that are known (Kelley,
1960, "The cutting-plane method for solving convex programs", doi:10.1137/0108053).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from solver.containment.ground import Bools, Ints
from solver.containment.matching import best_matched, overcharged
from solver.containment.pursuit import Pursuit
from solver.containment.reduced import CORE, Reduced

STEP = 0.05
"""Share of a bound by which units become dearer that are wanted once too often."""

ENDLESS = 10**9
"""A capacity that no least cut uses."""

MUCH = 10**7
"""The price of a closing that nobody can make."""


@dataclass(frozen=True)
class Cut:
    """Crossings that are closed, and the metres of the region behind them."""

    crossings: tuple[int, ...]
    metres: int


class Flows:
    """The network of flows of a reduced ground, for any prices of its crossings.

    A piece has a node in which it is entered and one from which it is gone on; between them it can be closed, for its
    price.  Streets that are lost with a piece flow off to the end, unless `weighed` is False: then closings alone
    count.
    """

    def __init__(self, small: Reduced, *, weighed: bool = True) -> None:
        self.small, self.weighed = small, weighed
        n, streets = small.pieces, len(small.shared_metres)
        pieces = np.arange(n)
        self.end = 2 * n + streets
        lost = np.flatnonzero((small.metres > 0) & (pieces != CORE) & ~small.forbidden)
        out = np.flatnonzero(small.forbidden)
        tails = (2 * pieces, 2 * small.tail + 1, 2 * out + 1, 2 * lost + 1, 2 * small.shared[:, 1] + 1)
        ends = (np.full(len(out), self.end), np.full(len(lost), self.end))
        heads = (2 * pieces + 1, 2 * small.head, *ends, 2 * n + small.shared[:, 0])
        own = 2 * n + np.arange(streets)
        tail = np.concatenate([*tails, own])
        head = np.concatenate([*heads, np.full(streets, self.end)])
        endless = [np.full(len(part), ENDLESS) for part in (small.tail, out)]
        capacity = np.concatenate(
            [
                np.full(n, ENDLESS),
                *endless,
                small.metres[lost] * weighed,
                np.full(len(small.shared), ENDLESS),
                small.shared_metres * weighed,
            ]
        )
        # The rows of a sparse matrix, made once: only the prices change.
        order = np.lexsort((head, tail))
        self._capacity = capacity[order].astype(np.int32)
        self._head = head[order].astype(np.int32)
        self._starts = np.searchsorted(tail[order], np.arange(self.end + 2)).astype(np.int32)
        self._place = np.empty(len(order), dtype=np.int64)
        self._place[order] = np.arange(len(order))
        self._closable = small.crossing >= 0
        # A crossing with several pieces is paid for in parts, so that no choice is made to pay more than its price.
        self._parts = np.bincount(small.crossing[self._closable], minlength=1)

    def least(self, price: Ints) -> tuple[int, Cut]:
        """Return what the least cut costs, prices and metres, and the cut; `price` is by crossing (C,)."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        small, size = self.small, self.end + 1
        capacity = self._capacity.copy()
        at = np.flatnonzero(self._closable)
        capacity[self._place[at]] = price[small.crossing[at]] // self._parts[small.crossing[at]]
        network = csr_array((capacity, self._head, self._starts), shape=(size, size))
        found = maximum_flow(network, 2 * CORE + 1, self.end)
        left = network - found.flow
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        seen = np.zeros(size, dtype=np.bool_)
        seen[breadth_first_order(left, 2 * CORE + 1, return_predecessors=False)] = True
        entered = np.zeros(small.pieces, dtype=np.bool_)
        reached = seen[1 : 2 * small.pieces : 2]
        entered[small.head[reached[small.tail]]] = True
        closed = np.unique(small.crossing[entered & ~reached])
        return int(found.flow_value) + int(small.metres[CORE]) * self.weighed, Cut(
            tuple(closed.tolist()), metres_of(small, reached)
        )


def metres_of(small: Reduced, reached: Bools) -> int:
    """Return the metres of a region of pieces (N,)."""
    inside = reached & ~small.forbidden
    inside[CORE] = True
    lost = np.unique(small.shared[inside[small.shared[:, 1]], 0])
    return int(small.metres[inside].sum() + small.shared_metres[lost].sum())


@dataclass
class Priced:
    """What prices have found so far.

    `best` is the cut that lacks the fewest units, and of these the one with the smallest region; None where there is
    none.  `lacking` is how many of its crossings no unit closes, and `bound` what no choice goes below, in what was
    asked for: metres, or prices of others.
    """

    best: Cut | None = None
    lacking: int = 0
    bound: float = 0.0
    cuts: dict[tuple[int, ...], Cut] = field(default_factory=dict)

    def note(self, cut: Cut, lacking: int) -> None:
        """Remember a cut if it is the best one so far."""
        if self.best is None or (lacking, cut.metres) < (self.lacking, self.best.metres):
            self.best, self.lacking = cut, lacking


class Pricing:
    """A search by prices for one pursuit and one reduced ground.

    Parameters
    ----------
    pursuit, small : Pursuit, Reduced
    other_price : int
        Price of a closing that no unit of the pursuit makes.
    others : bool
        Whether additional units may close crossings where they could be in time; else such closings only serve to find
        prices, and a choice with one is none.
    over : callable
        Asked before each least cut whether to end.
    weighed : bool
        Whether metres count, or closings by others alone.
    known : Priced, optional
        What was found on a part of the ground.
    """

    def __init__(
        self,
        pursuit: Pursuit,
        small: Reduced,
        *,
        other_price: int,
        others: bool,
        over: Callable[[], bool],
        weighed: bool = True,
        known: Priced | None = None,
    ) -> None:
        self.pursuit, self.flows = pursuit, Flows(small, weighed=weighed)
        self.other_price, self.others, self.over, self.weighed = other_price, others, over, weighed
        self.crossings = np.unique(small.crossing[small.crossing >= 0])
        self.may_other = pursuit.ringed if others else np.ones(pursuit.ground.crossings, dtype=np.bool_)
        self.found = Priced() if known is None else Priced(known.best, known.lacking, 0.0, dict(known.cuts))
        self.units = np.zeros(pursuit.units, dtype=np.int64)

    def bounded(self, rounds: int) -> Priced:
        """Look for the best prices, by so many least cuts at most."""
        found, centre = self.found, self.units
        if found.cuts:
            centre = self.units = self._best_prices()[1]
        for _ in range(rounds):
            if self.over():
                break
            cost, _ = self._cut(self.units)
            value = cost - int(self.units.sum())
            if value > found.bound:
                found.bound, centre = value, self.units
            if found.bound >= self.other_price and not self.others:
                break  # what costs so much needs others
            worth, ideal = self._best_prices()
            if worth - found.bound < 1.0:
                break
            # Half way from the best prices known: whoever goes all the way swings to and fro.
            step = (centre + ideal) // 2
            self.units = ideal if (step == self.units).all() else step
        self.units = centre
        return found

    def repaired(self, rounds: int) -> Priced:
        """Look for cuts that the units can close, by making those dearer that are wanted too often."""
        price, step = self.units.astype(np.float64), 0.0
        for number in range(rounds):
            if number and self.over():
                break
            cost, cut = self._cut(np.rint(price).astype(np.int64))
            step = step or STEP * (max(cost, self.found.bound) if self.weighed else self.other_price)
            wanted = overcharged(self.pursuit, cut.crossings)
            if not wanted:
                price *= 0.9
                step *= 0.7
            for units, lacking in wanted:
                price[list(units)] += step * lacking / max(len(units), 1)
            price = np.minimum(price, self.other_price)
        return self.found

    def _cut(self, units: Ints) -> tuple[int, Cut]:
        """Return the least cut at some prices of units, and what it costs, after remembering it."""
        price = np.zeros(self.pursuit.ground.crossings, dtype=np.int64)
        at = self.crossings
        dear = np.where(self.pursuit.closable[:, at], units[:, None], MUCH).min(axis=0, initial=MUCH)
        price[at] = np.where(self.may_other[at], np.minimum(dear, self.other_price), dear)
        cost, cut = self.flows.least(price)
        self.found.cuts[cut.crossings] = cut
        lacking = len(best_matched(self.pursuit, cut.crossings)[1])
        if not lacking or (self.others and self.pursuit.ringed[list(cut.crossings)].all()):
            self.found.note(cut, lacking)
        return cost, cut

    def _best_prices(self) -> tuple[float, Ints]:
        """Return what a mixture of the cuts known costs at least, and the prices that show it."""
        cuts = list(self.found.cuts.values())
        return _mixed(self.pursuit, cuts, self.may_other, self.other_price, self.weighed)


def _mixed(pursuit: Pursuit, cuts: list[Cut], may_other: Bools, other_price: int, weighed: bool) -> tuple[float, Ints]:
    """Return the least that a mixture of known cuts costs whose closings the units share out, and prices to that."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    crossings = sorted({c for cut in cuts for c in cut.crossings})
    row = {c: i for i, c in enumerate(crossings)}
    k, rows, n = len(cuts), len(crossings), pursuit.units
    pairs = [(row[c], u) for c in crossings for u in np.flatnonzero(pursuit.closable[:, c]).tolist()]
    spare = [row[c] for c in crossings if may_other[c]]
    cost = [*(float(cut.metres) * weighed for cut in cuts), *[0.0] * len(pairs), *[float(other_price)] * len(spare)]
    entries = [(row[c], j, 1.0) for j, cut in enumerate(cuts) for c in cut.crossings]
    entries += [(i, k + j, -1.0) for j, (i, _) in enumerate(pairs)]
    entries += [(rows + u, k + j, 1.0) for j, (_, u) in enumerate(pairs)]
    entries += [(i, k + len(pairs) + j, -1.0) for j, i in enumerate(spare)]
    i, j, value = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.zeros(0),) * 3
    shape = (rows + n, len(cost))
    upper = coo_array((value, (i.astype(np.int64), j.astype(np.int64))), shape=shape).tocsr()
    equal = np.zeros((1, len(cost)))
    equal[0, :k] = 1.0
    limit = np.concatenate([np.zeros(rows), np.ones(n)])
    solved = linprog(cost, A_ub=upper, b_ub=limit, A_eq=equal, b_eq=[1.0], method="highs-ds")
    if solved.x is None:
        return np.inf, np.full(n, other_price)
    price = np.rint(-solved.ineqlin.marginals[rows:]).astype(np.int64)
    return float(solved.fun), np.clip(price, 0, other_price)

"""The bound: how much no plan can exceed, by pricing the cells.

Every cell of the cover is given a price between 0 and its weight.  A plan is worth at most the sum over
units of the prices that each unit's path collects, plus what cells are worth beyond their price; so the
longest paths against the prices bound every plan (Lagrangian relaxation; Geoffrion 1974,
doi:10.1007/BFb0120690).  ``docs/model.md`` has the proof.  Prices are improved by subgradient steps towards
the best plan's value (Polyak 1969), deflected as by Camerini, Fratta and Maffioli (1975,
doi:10.1007/BFb0120697) and measured in shares of the weights.  All sums are integers, so the bound is exact
whatever the prices are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solver.cover import Counts, Ints, cells_of, counts_of
from solver.moves import bound_path
from solver.paths import roads_of, workspace_of
from solver.route_arrays import Roster, idle, roster_of
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem

_LAYERS = ("response", "backup", "presence", "linger", "posts")

_DEFLECTION = 0.9
"""Share of the last direction in the next."""

_PATIENCE = 12
"""Steps in vain after which the step length shrinks."""

_SHRINK = 0.8

Floats = NDArray[np.float64]


class Bound:
    """A bound in the making: prices, and the least bound that any of them has given.

    Parameters
    ----------
    problem : Problem

    Attributes
    ----------
    best : int
        No plan without missing units at posts is worth more.
    a_missing_minute : int
        By how much the bound rises with each unit-minute that the posts lack.
    steps : int
    """

    def __init__(self, problem: Problem) -> None:
        modes = tuple(sorted(problem.travel))
        self._grid = problem.grid
        self._cells = cells_of(problem, modes)
        self._roads = roads_of(np.stack([problem.legs(m) for m in modes]), every=True)
        self._roster, self._multiplicity = _classes(roster_of(problem, modes))
        self._space = workspace_of(self._cells, self._roads)
        self._routes = idle(self._roster, 2 * problem.minutes + 4)
        self._used = counts_of(self._cells)
        self._none = counts_of(self._cells)
        self._room = (1, 2, 1, 1, self._cells.wanted.astype(np.int64))
        full = weights(problem).full
        self._prices = [np.asarray(getattr(self._cells, layer) * 0.5) for layer in _LAYERS]
        # A minute at a post costs what a unit covers elsewhere in it; the first guess is the mean.
        self._prices[4] = np.where(self._cells.wanted > 0, full / (problem.minutes * max(len(problem.units), 1)), 0.0)
        self._top = [*(getattr(self._cells, layer).astype(np.float64) for layer in _LAYERS[:4]), np.inf]
        # Heavy cells move farther: a step is measured in shares of the weight.
        self._scale = [*self._top[:4], self._prices[4].copy()]
        self._direction = [np.zeros_like(p) for p in self._prices]
        self._step, self._vain = 1.0, 0
        self.best, self.a_missing_minute, self.steps = full, 0, 0

    def start_from(self, counts: Counts) -> None:
        """Begin with prices that suit a plan: high where it covers nothing, low where it covers twice."""
        for i, layer in enumerate(_LAYERS[:4]):
            spare = getattr(counts, layer) - self._room[i]
            weight = getattr(self._cells, layer)
            self._prices[i] = weight * np.select([spare < 0, spare == 0], [1.0, 0.5], 0.0)

    def step(self, value: int, stop: Callable[[], bool] | None = None) -> None:
        """Find the bound of the present prices, and move them; `value` is that of the best plan.

        A step is given up, and changes nothing, when `stop` says so between two classes of units.
        """
        prices = [np.floor(p).astype(np.int64) for p in self._prices]
        found = self._evaluate(prices, stop)
        if found is None:
            return
        self.steps += 1
        if found < self.best:
            self.best, self._vain = found, 0
            self.a_missing_minute = int(prices[4].max(initial=0))
        else:
            self._vain += 1
            if self._vain == _PATIENCE:
                self._step, self._vain = self._step * _SHRINK, 0
        self._move(found, value)

    def _evaluate(self, prices: list[Ints], stop: Callable[[], bool] | None) -> int | None:
        """Return the bound of `prices`, or None when stopped, and count in ``self._used`` what its paths cover."""
        cells = self._cells._replace(
            response=prices[0], backup=prices[1], presence=prices[2], linger=prices[3], posts=prices[4]
        )
        for table in self._used:
            table[...] = 0
        total = -int((prices[4] * self._room[4]).sum())
        for layer, price, room in zip(_LAYERS[:4], prices[:4], self._room[:4], strict=True):
            total += int(((getattr(self._cells, layer) - price) * room).sum())
        for u, units in enumerate(self._multiplicity):
            if stop is not None and stop():
                return None
            value = bound_path(
                cells,
                self._none,
                self._used,
                self._roads,
                self._grid,
                self._roster,
                self._routes,
                self._space,
                u,
                units,
            )
            total += int(value) * int(units)
        return total

    def _move(self, found: int, value: int) -> None:
        """Move the prices against the subgradient."""
        square = 0.0
        for i, layer in enumerate(_LAYERS):
            slope = getattr(self._used, layer) - np.asarray(self._room[i], dtype=np.float64)
            # What the limits of the price would stop has no part in the direction.
            stuck = (self._prices[i] <= 0) & (slope > 0) | (self._prices[i] >= self._top[i]) & (slope < 0)
            direction = np.where(stuck, 0.0, slope + _DEFLECTION * self._direction[i])
            self._direction[i] = direction
            square += float((self._scale[i] * direction**2).sum())
        if square == 0.0:
            return
        length = self._step * (found - value) / square
        for i, price in enumerate(self._prices):
            moved = price - length * self._scale[i] * self._direction[i]
            self._prices[i] = np.clip(moved, 0.0, self._top[i])


def _classes(roster: Roster) -> tuple[Roster, Ints]:
    """Return one unit of each class of equal ones, and how many each stands for."""
    rows = [tuple(np.asarray(column[u]).tobytes() for column in roster) for u in range(roster.mode.size)]
    sizes = Counter(rows)
    first = [rows.index(row) for row in sizes]
    return Roster._make(column[first] for column in roster), np.array(list(sizes.values()), dtype=np.int64)

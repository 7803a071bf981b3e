"""A good choice of columns in no time: greedy, then exchanges of one column for another, then again from a part of it.

Exchanges are those of Teitz and Bart (1968, doi:10.1287/opre.16.5.955), the best of all pairs at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from solver.sites.cells import Cells
from solver.sites.problem import Floats, Ints

SLACK = 0.5
"""Gains are whole numbers, so a change by less than this is an error of rounding."""


class Exchange:
    """Choices of up to `points` columns, worth what they gain in all hours together.

    A cell that must be covered gains more than everything else, so that such cells come first.  Out of time, exchanges
    end where they are.
    """

    def __init__(self, cells: Cells, points: int, out_of_time: Callable[[], bool] = lambda: False) -> None:
        self.points = points
        self._out_of_time = out_of_time
        gains = cells.gains.sum(axis=0).astype(np.float64)
        gains[cells.need, 0] += gains.sum() + 1.0
        self._first, self._second = gains[:, 0].copy(), gains[:, 1].copy()
        # Where only the second point earns, greedy would never take a first one: to it both are worth the same.
        self._hull = gains.copy()
        self._hull[gains[:, 1] > gains[:, 0]] = gains.mean(axis=1, keepdims=True)[gains[:, 1] > gains[:, 0]]
        # Gains are whole numbers, but sums of very large ones are rounded.
        self._slack = max(SLACK, 1e-12 * float(gains.sum()))
        self._cost = cells.cost.astype(np.float64)
        self._rows = cells.covers.astype(np.float64)
        self._sparse = csr_array(self._rows)
        self._columns = csr_array(self._rows.T)

    def greedy(self, chosen: list[int]) -> list[int]:
        """Return `chosen` with the column that gains most added again and again, while any gains something."""
        chosen, counts = list(chosen), self._counts(chosen)
        while len(chosen) < self.points and len(self._cost):
            worth = np.where(counts < 0.5, self._hull[:, 0], np.where(counts < 1.5, self._hull[:, 1], 0.0))
            added = self._columns @ worth - self._cost
            added[chosen] = -np.inf
            best = int(added.argmax())
            if added[best] < self._slack:
                break
            chosen.append(best)
            counts += self._rows[:, best]
        return chosen

    def exchanged(self, chosen: list[int]) -> list[int]:
        """Return `chosen` after exchanges of one column for another, until none gains anything."""
        chosen, counts = list(chosen), self._counts(chosen)
        while True:
            marginal = self._marginal(counts)
            added = self._columns @ marginal - self._cost
            added[chosen] = -np.inf
            once_less = self._marginal(counts - 1)
            mine = self._columns[chosen]
            gone = mine @ once_less - self._cost[chosen]
            again = mine.copy()
            again.data = (once_less - marginal)[mine.indices]
            again.eliminate_zeros()  # Most cells are covered often enough not to miss a column.
            gain = (again @ self._sparse).toarray() + added - gone[:, None]
            place, other = divmod(int(gain.argmax()), gain.shape[1]) if gain.size else (0, 0)
            if not gain.size or gain[place, other] < self._slack or self._out_of_time():
                return chosen
            counts += self._rows[:, other] - self._rows[:, chosen[place]]
            chosen[place] = other

    def shaken(self, chosen: list[int], rounds: int, rng: np.random.Generator) -> list[int]:
        """Return the best of `rounds` attempts to begin again from a part of `chosen`."""
        best, worth = chosen, self.worth(chosen)
        for _ in range(rounds if len(chosen) > 1 else 0):
            if self._out_of_time():
                break
            fewer = rng.permutation(best)[: len(best) - max(2, len(best) // 6)].tolist()
            attempt = self.exchanged(self.greedy(fewer))
            if self.worth(attempt) > worth + self._slack:
                best, worth = attempt, self.worth(attempt)
        return best

    def worth(self, chosen: list[int]) -> float:
        """Return what a choice gains less what it costs."""
        counts = self._counts(chosen)
        gained = self._first[counts >= 1].sum() + self._second[counts >= 2].sum()
        return float(gained - self._cost[chosen].sum())

    def _counts(self, chosen: list[int]) -> Floats:
        """Return how many of the columns cover each cell."""
        return np.asarray(self._rows[:, chosen].sum(axis=1))

    def _marginal(self, counts: Floats) -> Floats:
        """Return what one more column adds to each cell."""
        return np.where(counts < 0.5, self._first, np.where(counts < 1.5, self._second, 0.0))


def smallest_cover(cells: Cells) -> Ints:
    """Return columns that cover every cell that must be covered: the one that covers most of the rest, again and again.

    Columns without which everything is covered too are taken out again.
    """
    rows = cells.covers[cells.need]
    open_ = np.ones(len(rows), dtype=np.bool_)
    chosen: list[int] = []
    while open_.any():
        counts = rows[open_].sum(axis=0)
        best = int(np.lexsort((cells.cost, -counts))[0])
        chosen.append(best)
        open_ &= ~rows[:, best]
    held = rows[:, chosen].sum(axis=1)
    for column in list(chosen):
        if (held[rows[:, column]] >= 2).all():
            chosen.remove(column)
            held -= rows[:, column]
    return np.array(sorted(chosen), dtype=np.int64)

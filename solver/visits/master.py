"""The master of column generation: the best mix of known tours as a linear program, solved by OR-Tools' GLOP.

Nothing of OR-Tools leaves this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

Real = NDArray[np.float64]


class Master:
    """Shares of tours that earn most, each visit done once at most, and of each kind as many tours as vehicles.

    Parameters
    ----------
    visits : int
        C visits.
    vehicles : sequence of int
        Vehicles of each of K kinds.

    Attributes
    ----------
    unfinished : bool
        Whether the last solve was ended before the optimum.
    """

    def __init__(self, visits: int, vehicles: Sequence[int]) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        # Preprocessed, GLOP would begin anew every time instead of from the optimum before.
        self._solver.SetSolverSpecificParametersAsString("use_preprocessing: false use_dual_simplex: false")
        infinity = self._solver.infinity()
        self._visits = [self._solver.Constraint(-infinity, 1.0) for _ in range(visits)]
        self._kinds = [self._solver.Constraint(-infinity, float(n)) for n in vehicles]
        self._solver.Objective().SetMaximization()
        self._shares: list[pywraplp.Variable] = []
        self._new: list[tuple[int, Sequence[int], float]] = []
        self._dropped: list[int] = []
        self.unfinished = False

    def add(self, kind: int, visits: Sequence[int], profit: float) -> None:
        """Add a tour of a vehicle of `kind`, which does `visits`, some perhaps twice, and earns `profit`."""
        self._new.append((kind, visits, profit))

    def _take_up(self) -> None:
        """Make variables of the new tours; what GLOP knows of the last optimum is lost by that."""
        for kind, visits, profit in self._new:
            share = self._solver.NumVar(0.0, self._solver.infinity(), "")
            self._solver.Objective().SetCoefficient(share, profit)
            self._kinds[kind].SetCoefficient(share, 1.0)
            for x, times in Counter(visits).items():
                self._visits[x].SetCoefficient(share, float(times))
            self._shares.append(share)
        self._new.clear()
        for index in self._dropped:
            self._shares[index].SetBounds(0.0, 0.0)
        self._dropped.clear()

    def drop(self, index: int) -> None:
        """Let a tour have no share any more."""
        self._dropped.append(index)

    def interrupt(self) -> None:
        """End a solve that goes on in another thread."""
        self._solver.InterruptSolve()

    def solve(self, seconds: float = float("inf")) -> tuple[float, Real, Real] | None:
        """Return the optimum, and the prices of visits (C,) and of vehicles (K,); None where GLOP finds none.

        It may take so many `seconds`; `unfinished` then says that it goes on from there when asked again.
        """
        self._take_up()
        # 0 is no limit to it.
        self._solver.SetTimeLimit(max(round(1000 * seconds), 1) if seconds < float("inf") else 0)
        status = self._solver.Solve()
        self.unfinished = status in (pywraplp.Solver.FEASIBLE, pywraplp.Solver.NOT_SOLVED)
        if status != pywraplp.Solver.OPTIMAL:
            return None
        prices = np.array([row.dual_value() for row in self._visits], dtype=np.float64)
        rents = np.array([row.dual_value() for row in self._kinds], dtype=np.float64)
        return float(self._solver.Objective().Value()), np.maximum(prices, 0.0), np.maximum(rents, 0.0)

    def shares(self) -> Real:
        """Return the share of each tour in the last optimum; those added since are not listed."""
        return np.array([share.solution_value() for share in self._shares], dtype=np.float64)

"""The master of column generation: the best mix of known tours as a linear program, solved by OR-Tools' GLOP.

A visit that is required is done in full, but for what plans may lack in all.  More than that is lacked at a cost above
all that can be earned, so that there is a mix whatever tours are known.

Nothing of OR-Tools leaves this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

Real = NDArray[np.float64]


_FROM_THERE = "use_preprocessing: false use_dual_simplex: false use_scaling: false"
_ANEW = "use_preprocessing: true use_dual_simplex: false use_scaling: false"
"""What GLOP is told to go on from the optimum before, and to begin anew, as it does where it simplifies first."""


class Master:
    """Shares of tours that earn most, each visit done once at most, and of each kind as many tours as vehicles.

    Parameters
    ----------
    vehicles : sequence of int
        Vehicles of each of K kinds.
    lacks : sequence of int
        What is lacked without each of C visits, 0 for those that are not required.
    spare : int
        What may be lacked in all.
    dearest : float
        What lacking one more costs.

    Attributes
    ----------
    unfinished : bool
        Whether the last solve was ended before the optimum.
    """

    def __init__(self, vehicles: Sequence[int], lacks: Sequence[int], spare: int, dearest: float) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(_FROM_THERE)
        infinity = self._solver.infinity()
        self._visits = [self._solver.Constraint(1.0 if lack else -infinity, 1.0) for lack in lacks]
        self._kinds = [self._solver.Constraint(-infinity, float(n)) for n in vehicles]
        self._solver.Objective().SetMaximization()
        self._lack = self._solver.Constraint(-infinity, float(spare))
        self._leave_out(lacks, dearest)
        self._required = np.array(lacks, dtype=np.int64) > 0
        self._shares: list[pywraplp.Variable] = []
        self._new: list[tuple[int, Sequence[int], float]] = []
        self._dropped: list[int] = []
        self.unfinished = False

    def _leave_out(self, lacks: Sequence[int], dearest: float) -> None:
        """Let required visits be left out in part, and more be lacked than may be at a cost."""
        infinity = self._solver.infinity()
        for row, lack in zip(self._visits, lacks, strict=True):
            if lack:
                share = self._solver.NumVar(0.0, infinity, "")
                row.SetCoefficient(share, 1.0)
                self._lack.SetCoefficient(share, float(lack))
        more = self._solver.NumVar(0.0, infinity, "")
        self._lack.SetCoefficient(more, -1.0)
        self._solver.Objective().SetCoefficient(more, -dearest)

    def allow(self, spare: int) -> None:
        """Let so much be lacked in all."""
        self._lack.SetUb(float(spare))

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

        Below 0 is a price at which a required visit pays for being done.
        It may take so many `seconds`; `unfinished` then says that it goes on from there when asked again.
        """
        self._take_up()
        # 0 is no limit to it.
        self._solver.SetTimeLimit(max(round(1000 * seconds), 1) if seconds < float("inf") else 0)
        status = self._solver.Solve()
        if status == pywraplp.Solver.ABNORMAL:
            # The optimum before can be a basis that is singular to it.
            self._solver.SetSolverSpecificParametersAsString(_ANEW)
            status = self._solver.Solve()
            self._solver.SetSolverSpecificParametersAsString(_FROM_THERE)
        self.unfinished = status in (pywraplp.Solver.FEASIBLE, pywraplp.Solver.NOT_SOLVED)
        if status != pywraplp.Solver.OPTIMAL:
            return None
        prices = np.array([row.dual_value() for row in self._visits], dtype=np.float64)
        rents = np.array([row.dual_value() for row in self._kinds], dtype=np.float64)
        prices = np.where(self._required, prices, np.maximum(prices, 0.0))
        return float(self._solver.Objective().Value()), prices, np.maximum(rents, 0.0)

    def shares(self) -> Real:
        """Return the share of each tour in the last optimum; those added since are not listed."""
        return np.array([share.solution_value() for share in self._shares], dtype=np.float64)

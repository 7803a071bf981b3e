"""The choice of crossings as a model for CP-SAT; nothing of OR-Tools leaves this module.

Of each piece of the reduced ground it is asked whether the car can be there, of each crossing whether it is closed and
by whom.  Where the car can be, it can go on to whatever is not closed.  See ``docs/containment.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.containment.pursuit import Pursuit
from solver.containment.reduced import CORE, Reduced
from solver.cp_sat import FOUND, run


@dataclass(frozen=True)
class Choice:
    """What was found: crossings closed by units, crossings that somebody else would have to close, and a bound.

    `found` is False where nothing was; `impossible` where nothing can be.  `bound` is one on metres, or on the number
    of crossings for others where these were counted.
    """

    found: bool
    impossible: bool = False
    closings: tuple[tuple[int, int], ...] = ()
    open: tuple[int, ...] = ()
    bound: float = 0.0
    proven: bool = False


def choose(
    pursuit: Pursuit,
    small: Reduced,
    *,
    seconds: float,
    others: bool = False,
    most_others: int | None = None,
    most: int | None = None,
    hint: Mapping[int, int] | None = None,
    workers: int = 1,
    stop: Callable[[], bool] | None = None,
    limit: float = float("inf"),
) -> Choice:
    """Return which unit closes which crossing.

    Parameters
    ----------
    pursuit, small : Pursuit, Reduced
    seconds : float
        Deterministic time.
    others : bool
        Whether additional units may close crossings; as few as possible then, and the region is not looked at.
    most_others : int, optional
        How many additional units there are; the region is then made as small as it gets with them.
    most : int, optional
        How many units may be sent.
    hint : mapping, optional
        Crossings closed by unit in a choice known to be allowed; -1 stands for another unit.
    """
    program = _Program(pursuit, small, others or bool(most_others), most)
    program.ways()
    if others:
        program.fewest_others()
    else:
        program.smallest(most_others)
    program.begin_with(hint)
    solver, status = run(
        program.model, seconds=seconds, seed=1, workers=workers, stop=stop, limit=limit, linearization_level=2
    )
    if status == cp_model.INFEASIBLE:
        return Choice(False, impossible=True)
    bound = float(solver.best_objective_bound) / program.scale
    if status not in FOUND:
        return Choice(False, bound=bound)
    closings = tuple((u, c) for (u, c), a in program.sent.items() if solver.boolean_value(a))
    open_ = tuple(c for c, z in program.other.items() if solver.boolean_value(z))
    return Choice(True, False, closings, open_, bound, status == cp_model.OPTIMAL)


class _Program:
    """The model while it is made."""

    def __init__(self, pursuit: Pursuit, small: Reduced, others: bool, most: int | None) -> None:
        self.model = cp_model.CpModel()
        self.small = small
        self.reached = {i: self.model.new_bool_var("") for i in np.flatnonzero(~small.forbidden).tolist() if i != CORE}
        crossings = np.unique(small.crossing[small.crossing >= 0]).tolist()
        self.closed = {c: self.model.new_bool_var("") for c in crossings}
        self.sent: dict[tuple[int, int], cp_model.IntVar] = {}
        self.other: dict[int, cp_model.IntVar] = {}
        self.scale = 1
        self._send(pursuit, others, most)

    def _send(self, pursuit: Pursuit, others: bool, most: int | None) -> None:
        """Each unit closes one crossing at most, and a closed crossing is closed by somebody."""
        by_unit: list[list[cp_model.IntVar]] = [[] for _ in range(pursuit.units)]
        for c, closed in self.closed.items():
            who = []
            for u in np.flatnonzero(pursuit.closable[:, c]).tolist():
                self.sent[u, c] = self.model.new_bool_var("")
                by_unit[u].append(self.sent[u, c])
                who.append(self.sent[u, c])
            if others and pursuit.ringed[c]:
                self.other[c] = self.model.new_bool_var("")
                who.append(self.other[c])
            self.model.add(cp_model.LinearExpr.sum(who) == closed)
        for mine in by_unit:
            self.model.add_at_most_one(mine)
        if most is not None:
            self.model.add(cp_model.LinearExpr.sum(list(self.sent.values())) <= most)

    def ways(self) -> None:
        """From where the car can be it can go on to whatever is not closed."""
        small = self.small
        for tail, head in zip(small.tail.tolist(), small.head.tolist(), strict=True):
            clause = [] if tail == CORE else [~self.reached[tail]]
            if not small.forbidden[head]:
                clause.append(self.reached[head])
            if small.crossing[head] >= 0:
                clause.append(self.closed[int(small.crossing[head])])
            self.model.add_bool_or(clause)

    def fewest_others(self) -> None:
        """Ask for as few additional units as possible."""
        self.model.minimize(cp_model.LinearExpr.sum(list(self.other.values())))

    def smallest(self, most_others: int | None) -> None:
        """Ask for the smallest region, and of equal ones the one with the fewest units."""
        small = self.small
        if self.other:
            self.model.add(cp_model.LinearExpr.sum(list(self.other.values())) <= (most_others or 0))
        lost = [self.model.new_bool_var("") for _ in range(len(small.shared_metres))]
        for street, piece in small.shared.tolist():
            self.model.add_implication(self.reached[piece], lost[street])
        self.scale = len(self.closed) + 1
        pieces = [i for i in self.reached if small.metres[i]]
        variables = [*(self.reached[i] for i in pieces), *lost]
        weights = [*(int(small.metres[i]) for i in pieces), *small.shared_metres.tolist()]
        self.model.minimize(
            cp_model.LinearExpr.weighted_sum(variables, [w * self.scale for w in weights])
            + cp_model.LinearExpr.sum(list(self.closed.values()))
        )

    def begin_with(self, hint: Mapping[int, int] | None) -> None:
        """Begin with a choice that is known."""
        if hint is None:
            return
        for (u, c), a in self.sent.items():
            self.model.add_hint(a, hint.get(c) == u)
        for c, z in self.other.items():
            self.model.add_hint(z, hint.get(c) == -1)
        for c, x in self.closed.items():
            self.model.add_hint(x, c in hint)

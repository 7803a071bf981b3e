"""Working out the bound while the search runs: beside it in a thread, or in step with it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from solver.beside import Beside
from solver.bound import Bound
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem
    from solver.run import CoveringPlan

_STEPS = 200
"""Steps in all of a bound that keeps pace with the search."""

_LOOK = 0.05
"""Seconds between two looks at whether a bound that rests is to end."""


class Bounding:
    """A bound that is lowered while `search` raises the value.

    Beside the search it takes all the time there is, on another core: the kernels release the GIL.  In step
    with it, it takes a fixed number of steps, so that the same work gives the same bound.

    Parameters
    ----------
    problem : Problem
    search : CoveringPlan
    spare : threading.Event, optional
        Set while the search has a core to spare.  Where it is given, a bound that is settled works only then.

    Attributes
    ----------
    resting : bool
        Whether it is settled, and leaves its core to the search where that can use it.
    """

    def __init__(self, problem: Problem, search: CoveringPlan, *, spare: Event | None = None) -> None:
        self._problem, self._search, self._spare = problem, search, spare
        self.resting = False
        self._bound: Bound | None = None
        self._full = weights(problem).full
        self._beside = Beside()

    @property
    def least(self) -> int:
        """No plan whose posts lack as little as those of the best plan is worth more."""
        if self._bound is None:
            return self._full
        return self._bound.best + self._search.missing * self._bound.a_missing_minute

    def begin(self, *, beside: bool) -> None:
        """Start from the first plan; `beside` says whether to run on by itself."""
        if beside:
            self._beside.begin(self._run)
        else:
            self._make()

    def keep_pace(self, share: float, over: Callable[[], bool]) -> None:
        """Take the steps due when `share` of the search is over, until `over`; of a bound that runs by itself, none."""
        if not self._beside.begun and self._bound is not None:
            while self._bound.steps < share * _STEPS and not over():
                self._bound.step(self._search.value, missing=self._search.missing)

    def end(self) -> None:
        """Stop, and raise what went wrong, if anything did."""
        self._beside.end()
        if self._bound is not None:
            self._bound.finish()

    def _make(self) -> Bound:
        """Make the bound, which takes a while in a large town, with prices that suit the plan there is."""
        over = self._beside.over.is_set
        bound = Bound(self._problem)
        bound.start_from(self._search.counts, self._search.value, over, missing=self._search.missing)
        self._bound = bound
        return bound

    def _run(self) -> None:
        """Make the bound, and take steps until told to end."""
        bound, over = self._make(), self._beside.over
        while not over.is_set():
            if self._spare is None or not self.resting or self._spare.wait(_LOOK):
                bound.step(self._search.value, over.is_set, missing=self._search.missing)
                self.resting |= self._spare is not None and bound.settled

"""One run of an engine: its limits, the bound beside it, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from solver.limits import Limits
from solver.plan import Route, Status
from solver.weights import weights

if TYPE_CHECKING:
    from types import TracebackType

    from solver.cover import Counts
    from solver.problem import Problem

_TURN = 0.4
"""Share of a limited time that a bound may have that takes turns with the search."""


class PlanInTheMaking(Protocol):
    """What a run must know of an engine's search: its best plan, and how many moves were made."""

    @property
    def moves(self) -> int:
        """Moves made."""

    @property
    def value(self) -> int:
        """Value of the best plan."""

    @property
    def missing(self) -> int:
        """Unit-minutes that its hard rules lack."""

    @property
    def least_missing(self) -> int:
        """Unit-minutes that every plan lacks, as far as is known."""

    def routes(self) -> tuple[Route, ...]:
        """Return the best plan's routes."""


class CoveringPlan(PlanInTheMaking, Protocol):
    """The same of a search that knows the cells of the cover."""

    @property
    def counts(self) -> Counts:
        """How many units cover each cell."""


class BoundInTheMaking(Protocol):
    """What a run must know of what works out a bound."""

    @property
    def resting(self) -> bool:
        """Whether it leaves its core to the search now."""

    @property
    def least(self) -> int:
        """No plan whose hard rules lack as little as those of the best plan is worth more."""

    def begin(self, *, beside: bool) -> None:
        """Start; `beside` says whether to run on by itself."""

    def keep_pace(self, share: float, over: Callable[[], bool]) -> None:
        """Do what is due when `share` of the search is over, until `over`; of a bound that runs by itself, nothing."""

    def end(self) -> None:
        """Stop, and raise what went wrong, if anything did."""


@dataclass(frozen=True)
class Progress:
    """How far a search is: seconds and moves so far, and the best plan's figures.

    `value` of `full` is covered, no plan covers more than `bound` (None where none is worked out); hard rules
    lack `missing` unit-minutes; `note` says what the search is at.
    """

    seconds: float
    work: int
    value: int
    full: int
    missing: int
    bound: int | None
    note: str


class Run:
    """One run of a search.

    Parameters
    ----------
    problem : Problem
    search : PlanInTheMaking
    limits : Limits
    gap : float, optional
        The run ends when the bound is above the value by no more than this share of the value.
    bounding : BoundInTheMaking, optional
        What works out a bound beside the search.
    progress : callable, optional
        Told of every step.
    threads : int
        With one alone, search and bound take turns.

    Attributes
    ----------
    beside : bool
        Whether the bound is worked out beside the search: not where work is limited, nor with one thread.
    """

    def __init__(
        self,
        problem: Problem,
        search: PlanInTheMaking,
        limits: Limits,
        *,
        gap: float | None,
        bounding: BoundInTheMaking | None,
        progress: Callable[[Progress], None] | None,
        threads: int = 2,
    ) -> None:
        self.beside = threads > 1 and limits.work_limit is None
        self.limits, self._search, self._gap, self._progress = limits, search, gap, progress
        self._threads = threads
        self._full = weights(problem).full
        self._best: tuple[int, int] | None = None
        self._bounding, self._bounded = bounding, 0.0

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop working out the bound."""
        if self._bounding is not None:
            self._bounding.end()

    @property
    def least(self) -> int | None:
        """What no plan that lacks as little as the best one exceeds; None where no bound is worked out.

        Never more than a plan is worth that covers everything, whatever the prices of what posts lack come to.
        """
        return None if self._bounding is None else min(self._bounding.least, self._full)

    @property
    def search_threads(self) -> int:
        """How many threads the search may use now."""
        if not self.beside:
            return 1
        return self._threads if self._bounding is None or self._bounding.resting else self._threads - 1

    def begin(self) -> None:
        """Tell of the first plan, and begin the bound from it, beside the search or in step with it.

        Where making the first plan has used up all the time, or was told to stop, no bound is begun: to set one up for
        a large town takes as long again.
        """
        self.report("first plan")
        if self._bounding is not None and self.limits.reached(self._search.moves) is None:
            begun = self.limits.seconds
            self._bounding.begin(beside=self.beside)
            self._bounded += self.limits.seconds - begun

    def report(self, note: str) -> None:
        """Tell how far the search is."""
        self._notice()
        if self._progress is not None:
            s = self._search
            self._progress(Progress(self.limits.seconds, s.moves, s.value, self._full, s.missing, self.least, note))

    def keep_pace(self, share: float) -> None:
        """Let a bound that is worked out in step with the search take the steps due at this share of the run.

        Where time is limited it has so much of it and no more, whatever is due.
        """
        if self._bounding is None:
            return
        limits, begun = self.limits, self.limits.seconds

        def over() -> bool:
            if limits.stopped() or limits.remaining <= 0:
                return True
            return limits.work_limit is None and self._bounded + limits.seconds - begun > _TURN * limits.seconds

        self._bounding.keep_pace(share, over)
        self._bounded += limits.seconds - begun

    def _notice(self) -> None:
        """Let patience begin anew when the best plan is a better one."""
        objective = (-self._search.missing, self._search.value)
        if self._best is None or objective > self._best:
            self._best = objective
            self.limits.better(self._search.moves)

    def reached(self) -> Status | None:
        """Return what ends the run now, if anything does."""
        self._notice()
        if self.least is not None and self._search.missing <= self._search.least_missing:
            above = self.least - self._search.value
            if above <= 0:
                return "optimal"
            if self._gap is not None and above <= self._gap * self._search.value:
                return "gap limit"
        return self.limits.reached(self._search.moves)

"""Working out the bound on tasks beside the search, in a thread of its own or in step with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from solver.beside import Beside, watching
from solver.visits.choice import choose_tours
from solver.visits.columns import Columns
from solver.visits.terms import KIND

if TYPE_CHECKING:
    from solver.visits.search import TaskSearch

_STEPS = 200
"""Steps in all of a bound that keeps pace with the search."""

_WAIT = 0.05
"""Seconds between two looks whether there is a better plan."""

_CLOSING = 20.0
"""CP-SAT's deterministic time for the choice among all tours that a better plan can have."""


class TaskBounding:
    """A bound by column generation, which begins with the tours that the search has met.

    The tours that it finds are good ones to choose among: `tours`.  When the prices have settled, all tours that a
    better plan can have are listed, and what can be chosen among them is the bound; that is tried anew for a better
    plan.
    """

    resting = False
    """It never leaves its core to the search."""

    def __init__(self, search: TaskSearch, remaining: Callable[[], float] = lambda: float("inf")) -> None:
        self._search, self.remaining = search, remaining
        self._columns: Columns | None = None
        self._full = search.adapter.value(int(search.search.terms.earns.sum()))
        self._tried = -1
        self._beside = Beside()

    @property
    def least(self) -> int:
        """No plan is worth more."""
        return self._full if self._columns is None else self._search.adapter.value(self._columns.bound)

    @property
    def settled(self) -> bool:
        """Whether it does not come down any more as long as the search finds nothing better."""
        columns, earned = self._columns, self._search.earned
        if columns is None or self._beside.ended:
            return columns is not None
        return columns.settled and (columns.bound <= earned or self._tried == earned)

    @property
    def size(self) -> int:
        """How large the problem is for a bound: visits of all kinds of vehicles."""
        return 0 if self._columns is None else self._columns.size

    def tours(self) -> list[tuple[int, Sequence[int]]]:
        """Return the tours, met or found so far, that a better plan can have, each a vehicle and where it stops."""
        met = self._search.search.remembered()
        if self._columns is None:
            return list(met)
        return self._columns.promising([*met, *self._columns.found()], self._search.earned)

    def begin(self, *, beside: bool) -> None:
        """Start from the tours of the search; `beside` says whether to run on by itself."""
        tours = self._search.search
        known = [*enumerate(tours.best()), *tours.remembered()]
        self._columns = Columns(tours.terms, known, self._search.lacking)
        if beside:
            self._beside.begin(self._run)

    def keep_pace(self, share: float, over: Callable[[], bool]) -> None:
        """Take the steps due when `share` of the search is over, until `over`; of a bound that runs by itself, none."""
        while not self._beside.begun and self._columns is not None and not self.settled and not over():
            if self._columns.steps >= share * _STEPS and not self._columns.settled:
                break
            self._advance(self._columns.step)

    def take_turn(self, until: Callable[[], bool], over: Callable[[], bool]) -> None:
        """Take parts of steps until told that the turn is over, and one at least; of a bound that runs by itself, none.

        What is begun is ended at once, and nothing more is done, when the run is `over`.
        """
        columns = self._columns
        if self._beside.begun or columns is None:
            return
        with watching(over, columns.halt):
            while not self.settled and not columns.halted():
                self._advance(columns.advance)
                if until():
                    break

    def end(self) -> None:
        """Stop at once, and raise what went wrong, if anything did."""
        if self._columns is not None:
            self._columns.halt()
        self._beside.end()

    def _run(self) -> None:
        """Take steps until told to end; once settled, wait for better plans."""
        over, columns = self._beside.over, self._columns
        while columns is not None and not over.is_set():
            if self.settled:
                over.wait(_WAIT)
            else:
                self._advance(columns.advance)

    def _advance(self, step: Callable[[], None]) -> None:
        """Take a step, or close the gap when the prices have settled."""
        columns = self._columns
        if columns is None:
            return
        lacking = self._search.lacking
        if lacking < columns.spare:
            columns.allow(lacking, enumerate(self._search.search.best()))
        if not columns.settled:
            step()
            return
        self._tried = earned = self._search.earned
        listed = columns.close(earned)
        if listed is None:
            return
        terms = self._search.search.terms
        kinds = terms.fleet[:, KIND].tolist()
        chosen, most = choose_tours(
            [(kinds[v], visits) for v, visits in listed],
            {kind: kinds.count(kind) for kind in kinds},
            terms.earns.tolist(),
            (),
            lacks=terms.lacks[: terms.visits].tolist(),
            spare=columns.spare,
            seconds=_CLOSING,
            seed=0,
            limit=max(self.remaining(), 0.1),
            stop=self._beside.over.is_set,
        )
        columns.add([listed[r] for r in chosen])
        columns.lower(max(most, earned))

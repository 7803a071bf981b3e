"""Working out the bound on tasks beside the search, in a thread of its own or in step with it."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

from solver.visits.columns import Columns

if TYPE_CHECKING:
    from solver.visits.search import TaskSearch

_STEPS = 200
"""Steps in all of a bound that keeps pace with the search."""


class TaskBounding:
    """A bound by column generation, which begins with the tours that the search has met.

    The tours that it finds are good ones to choose among: `tours`.
    """

    def __init__(self, search: TaskSearch) -> None:
        self._search = search
        self._columns: Columns | None = None
        self._full = search.adapter.value(int(search.search.terms.earns.sum()))
        self._over = Event()
        self._thread: Thread | None = None
        self._failure: Exception | None = None

    @property
    def least(self) -> int:
        """No plan is worth more."""
        return self._full if self._columns is None else self._search.adapter.value(self._columns.bound)

    @property
    def settled(self) -> bool:
        """Whether it does not come down any more."""
        return self._columns is not None and self._columns.settled

    def tours(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return the tours found so far, each a vehicle and its visits."""
        return [] if self._columns is None else self._columns.found()

    def begin(self, *, beside: bool) -> None:
        """Start from the tours of the search; `beside` says whether to run on by itself."""
        self._columns = Columns(self._search.search.terms, self._search.search.remembered())
        if beside:
            self._thread = Thread(target=self._run, name="bound", daemon=True)
            self._thread.start()

    def keep_pace(self, share: float) -> None:
        """Take the steps due when `share` of the search is over; of a bound that runs by itself, none."""
        columns = self._columns
        if self._thread is None and columns is not None:
            while columns.steps < share * _STEPS and not columns.settled:
                columns.step()

    def end(self) -> None:
        """Stop, and raise what went wrong, if anything did."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        """Take steps until told to end, or nothing changes."""
        columns = self._columns
        try:
            while columns is not None and not self._over.is_set() and not columns.settled:
                columns.step()
        except Exception as error:  # raised again by `end`, in the thread that can tell of it
            self._failure = error

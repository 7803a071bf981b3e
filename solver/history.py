"""The history of a search: when its best plan or its bound became better, thinned so that it stays small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from solver.plan import Mark

if TYPE_CHECKING:
    from solver.run import Progress

MOST = 200
"""Marks that a history keeps."""


class History:
    """Takes down how a search goes.

    Parameters
    ----------
    timed : bool
        Whether to take down seconds; not of a run that should give the same each time.
    """

    def __init__(self, *, timed: bool) -> None:
        self._timed = timed
        self._marks: list[Mark] = []

    def listen(self, progress: Callable[[Progress], None] | None) -> Callable[[Progress], None]:
        """Return what is to be told of every step, and passes it on to `progress`."""

        def told(step: Progress) -> None:
            self.add(step.seconds, step.work, step.value, step.missing, step.bound)
            if progress is not None:
                progress(step)

        return told

    def add(self, seconds: float, moves: int, value: int, missing: int, bound: int | None) -> None:
        """Take down how far the search is, where that is another mark than the last."""
        mark = Mark(round(seconds, 2) if self._timed else None, moves, value, missing, bound)
        last = self._marks[-1] if self._marks else None
        if last is None or (last.value, last.missing, last.bound) != (value, missing, bound):
            self._marks.append(mark)

    def marks(self) -> tuple[Mark, ...]:
        """Return at most `MOST` marks, the first and the last among them, evenly among all that there are.

        Changes are dense where the search is fast, so there the marks are, too.
        """
        if len(self._marks) <= MOST:
            return tuple(self._marks)
        last = len(self._marks) - 1
        return tuple(self._marks[round(i * last / (MOST - 1))] for i in range(MOST))

"""The horizon in quarter-hours and hours of the local clock: the times in which an observer thinks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.problem import Problem

QUARTER = 15
"""Minutes of a quarter-hour."""


@dataclass(frozen=True)
class Quarters:
    """The quarter-hours of a horizon.

    Parameters
    ----------
    edges : int array of shape (B + 1,)
        Minutes at which they begin, and the end of the horizon; the first and the last may be shorter.
    hour : int array of shape (B,)
        The clock hour of each, numbered from 0; an hour that comes twice, as the clocks change, is two.
    starts : int array of shape (hours,)
        The minute at which each hour begins.
    """

    edges: NDArray[np.int64]
    hour: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem) -> Quarters:
        """Return the quarter-hours of `problem`, as its local clock has them."""
        clock = Clock.of(problem)
        first = clock.local(0)
        begin = -(60 * first.hour + first.minute) % QUARTER
        inner = np.arange(begin, problem.minutes, QUARTER)
        edges = np.unique(np.concatenate([[0], inner, [problem.minutes]])).astype(np.int64)
        times = [clock.local(int(t)) for t in edges[:-1]]
        labels = [(t.date(), t.hour, t.utcoffset()) for t in times]
        hour = np.cumsum([i > 0 and labels[i] != labels[i - 1] for i in range(len(labels))])
        starts = edges[:-1][np.concatenate([[True], np.diff(hour) > 0])]
        return cls(edges, hour.astype(np.int64), starts)

    def __len__(self) -> int:
        return len(self.hour)

    @property
    def first_of_hour(self) -> NDArray[np.int64]:
        """The first quarter of each hour, shape (hours,)."""
        return np.searchsorted(self.hour, np.arange(len(self.starts)))

    def sums(self, minutes: NDArray[np.generic]) -> NDArray[np.int64]:
        """Return the sums over each quarter of an array of shape (rows, minutes), shape (rows, B)."""
        summed: NDArray[np.int64] = np.add.reduceat(minutes, self.edges[:-1], axis=1, dtype=np.int64)
        return summed

"""When a search ends: after a time, after an amount of work, or when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable

from solver.plan import Status

_CYCLE = 20_000
"""Moves of a cycle of cooling where neither time nor work is limited."""


class Limits:
    """The limits of one run; the clock starts when it is made.

    Parameters
    ----------
    seconds : float, optional
        Wall-clock limit.
    work : int, optional
        Limit of moves.
    stop : callable, optional
        Ends the run when it returns True.

    Raises
    ------
    ValueError
        When nothing would ever end the run, or a limit is negative.
    """

    def __init__(self, seconds: float | None, work: int | None, stop: Callable[[], bool] | None) -> None:
        if seconds is None and work is None and stop is None:
            raise ValueError("give a time limit, a work limit or a way to stop")
        if (seconds is not None and seconds < 0) or (work is not None and work < 0):
            raise ValueError("limits must be 0 or more")
        self.time_limit, self.work_limit, self._stop = seconds, work, stop
        self._begin = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._begin

    @property
    def remaining(self) -> float:
        """Seconds until the time limit."""
        return float("inf") if self.time_limit is None else self.time_limit - self.seconds

    def stopped(self) -> bool:
        """Whether the run was told to end."""
        return self._stop is not None and self._stop()

    def reached(self, work: int) -> Status | None:
        """Return which limit ends the run after `work` moves, or None when none does yet."""
        if self.stopped():
            return "interrupted"
        if self.work_limit is not None and work >= self.work_limit:
            return "work limit"
        return "time limit" if self.remaining <= 0 else None

    def share(self, work: int) -> float:
        """Return how much of the run is over, from 0 to 1: of its work where that is limited, else of its time."""
        if self.work_limit is not None:
            return min(work / self.work_limit, 1.0) if self.work_limit else 1.0
        if self.time_limit is not None:
            return min(self.seconds / self.time_limit, 1.0) if self.time_limit else 1.0
        return work % _CYCLE / _CYCLE

    def chunk(self, last: int, took: float) -> int:
        """Return how many moves to make before looking at the limits again.

        Where work is limited the number is fixed, so that the temperatures are the same in every run;
        elsewhere it aims at a tenth of a second, given that the `last` moves took `took` seconds.
        """
        if self.work_limit is not None:
            return max(1, min(self.work_limit // 200, 1_000))
        return max(1, min(int(last * min(0.1 / max(took, 1e-6), 4.0)), 10_000))

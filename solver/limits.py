"""When a search ends: after a time, after an amount of work, when it finds nothing better, or when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable

from solver.plan import Status

_CYCLE = 20_000
"""Moves of a cycle of cooling where neither time nor work is limited."""


def _now() -> float:
    """Return the seconds of the clock."""
    return time.perf_counter()


class Limits:
    """The limits of one run; the clock starts when it is made.

    Parameters
    ----------
    seconds : float, optional
        Limit of time.
    work : int, optional
        Limit of moves.
    stop : callable, optional
        Ends the run when it returns True.
    patience : float, optional
        Ends the run when nothing better was found for so many seconds; for so many moves where work is limited and
        time is not, so that such a run does not depend on the clock.
    clock : callable, optional
        What the seconds are read from, instead of `time.perf_counter`.

    Raises
    ------
    ValueError
        When nothing would ever end the run, or a limit is negative.
    """

    def __init__(
        self,
        seconds: float | None,
        work: int | None,
        stop: Callable[[], bool] | None,
        patience: float | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        if seconds is None and work is None and stop is None and patience is None:
            raise ValueError("give a time limit, a work limit, a patience or a way to stop")
        if min(seconds or 0, work or 0, patience or 0) < 0:
            raise ValueError("limits must be 0 or more")
        self.time_limit, self.work_limit, self.patience, self._stop = seconds, work, patience, stop
        self._clock = _now if clock is None else clock
        self._begin = self._clock()
        self._better_after = 0.0

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._begin

    @property
    def remaining(self) -> float:
        """Seconds until the time limit."""
        return float("inf") if self.time_limit is None else self.time_limit - self.seconds

    def stopped(self) -> bool:
        """Whether the run was told to end."""
        return self._stop is not None and self._stop()

    def better(self, work: int) -> None:
        """Note that something better was found after `work` moves."""
        self._better_after = self._spent(work)

    def reached(self, work: int) -> Status | None:
        """Return which limit ends the run after `work` moves, or None when none does yet."""
        if self.stopped():
            return "interrupted"
        if self.work_limit is not None and work >= self.work_limit:
            return "work limit"
        if self.remaining <= 0:
            return "time limit"
        if self.patience is not None and self._spent(work) - self._better_after >= self.patience:
            return "no improvement"
        return None

    def _spent(self, work: int) -> float:
        """Return what patience counts: moves where they alone are limited, else seconds."""
        return work if self.work_limit is not None and self.time_limit is None else self.seconds

    def share(self, work: int) -> float:
        """Return how much of the run is over, from 0 to 1: of its work where that is limited, else of its time."""
        if self.work_limit is not None:
            return min(work / self.work_limit, 1.0) if self.work_limit else 1.0
        if self.time_limit is not None:
            return min(self.seconds / self.time_limit, 1.0) if self.time_limit else 1.0
        return work % _CYCLE / _CYCLE

    def expected(self, work: int) -> float:
        """Return how many moves the whole run will come to, after `work` of them; a cycle where there is no limit."""
        if self.work_limit is not None:
            return self.work_limit
        if self.time_limit is not None:
            return work * self.time_limit / max(self.seconds, 1e-6)
        return _CYCLE

    def chunk(self, last: int, took: float) -> int:
        """Return how many moves to make before looking at the limits again.

        Where work is limited the number is fixed, so that the temperatures are the same in every run;
        elsewhere it aims at a tenth of a second, given that the `last` moves took `took` seconds.
        """
        if self.work_limit is not None:
            return max(1, min(self.work_limit // 200, 1_000))
        return max(1, min(int(last * min(0.1 / max(took, 1e-6), 4.0)), 10_000))

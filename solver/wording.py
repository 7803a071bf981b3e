"""Times, durations and lists in words, for messages that people read."""

from __future__ import annotations

from collections.abc import Sequence

from solver.clock import Clock
from solver.problem import Post, Problem, Task

DAY = 24 * 60


class Times:
    """Minutes of a problem as the planner says them.

    Local ``HH:MM``; with the day of the week where the horizon is longer than a day, with the offset from
    UTC where the clocks change within it (an hour may come twice), and as a bare minute where it lies
    outside the horizon.
    """

    def __init__(self, problem: Problem) -> None:
        self._clock = Clock.of(problem)
        self._minutes = problem.minutes
        self._format = "%a %H:%M" if problem.minutes > DAY else "%H:%M"
        if self._clock.changes(problem.minutes):
            self._format += " %z"

    def at(self, minute: int) -> str:
        """Return the time of `minute`, such as ``18:07``."""
        if not 0 <= minute <= self._minutes:
            return f"minute {minute} (the plan runs from 0 to {self._minutes})"
        return self._clock.local(minute).strftime(self._format)

    def span(self, start: int, end: int) -> str:
        """Return an interval, such as ``22:00-22:30``."""
        return f"{self.at(start)}-{self.at(end)}"


def percent(share: float | None, digits: int = 1, *, none: str = "-") -> str:
    """Return a share in per cent, such as ``74.2 %``; what is not all is never 100, and `none` stands for nothing.

    The sentence that comes first (`solver.headline`) rounds the same way, so that no table says more than it.
    """
    if share is None:
        return none
    shown = round(100 * share, digits)
    if shown == 100 and share < 1:
        shown -= 10**-digits
    return f"{shown:.{digits}f} %"


def minutes_text(minutes: int) -> str:
    """Return a length of time, such as ``1 minute`` or ``12 minutes``."""
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"


def units_text(units: int) -> str:
    """Return a number of units, such as ``1 unit`` or ``2 units``."""
    return f"{units} unit" if units == 1 else f"{units} units"


def any_of(words: Sequence[str], *, most: int = 6) -> str:
    """Return ``a, b or c``; of more than `most` words the first ones and how many others."""
    others = len(words) - most
    rest = "one other" if others == 1 else f"one of {others} others"
    shown = [*words[:most], rest] if len(words) > most else list(words)
    return " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else "none"


def all_of(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "none"


def some_of(words: Sequence[str], *, most: int = 5) -> str:
    """Return ``a, b, c``; of more than `most` words the first ones and how many more."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def whom_it_admits(work: Post | Task) -> str:
    """Return mode and skills that a post or task asks for, such as ``car or foot with first aid``."""
    skills = f" with {all_of(work.skills)}" if work.skills else ""
    return (any_of(work.modes) if work.modes else "any mode") + skills

"""Minutes of a problem as wall-clock times in the planner's zone, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from solver.problem import Problem

_DAY = 24 * 60


@dataclass(frozen=True)
class Clock:
    """Turns minutes of a problem into times and back.

    Minutes are elapsed time, so across a change of the clocks local times jump while minutes do not.
    """

    start: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, problem: Problem) -> Clock:
        """Return the clock of `problem`."""
        return cls(datetime.fromisoformat(problem.start).astimezone(UTC), ZoneInfo(problem.timezone))

    def utc(self, minute: float) -> datetime:
        """Return the aware UTC time of `minute`."""
        return self.start + timedelta(minutes=minute)

    def local(self, minute: float) -> datetime:
        """Return the aware local time of `minute`."""
        return self.utc(minute).astimezone(self.zone)

    def changes(self, minutes: int) -> bool:
        """Tell whether the clocks are changed within so many minutes from the start."""
        return self.local(0).utcoffset() != self.local(minutes).utcoffset()

    def knows(self, minute: float) -> bool:
        """Tell whether there is a time for `minute`: calendars end after the year 9999."""
        try:
            self.local(minute)
        except OverflowError:
            return False
        return True

    def iso(self, minute: float) -> str:
        """Return ISO 8601 local time with offset, to the second."""
        return self.local(minute).isoformat(timespec="seconds")

    def hhmm(self, minute: float) -> str:
        """Return local ``HH:MM``."""
        return self.local(minute).strftime("%H:%M")

    def minute(self, iso: str) -> float:
        """Return the minute of an ISO 8601 time with offset.

        Raises
        ------
        ValueError
            When `iso` is no such time.
        """
        time = datetime.fromisoformat(iso)
        if time.tzinfo is None:
            raise ValueError(f"{iso!r} has no offset from UTC; write it as {self.iso(0)!r}")
        return (time - self.start).total_seconds() / 60


def later(first: Problem, second: Problem) -> int:
    """Return by how many minutes `second` begins later in the day: more than -12 hours, and 12 hours at most."""
    begins = [Clock.of(p).local(0) for p in (first, second)]
    old, new = (60 * t.hour + t.minute for t in begins)
    return _DAY // 2 - (_DAY // 2 - (new - old)) % _DAY

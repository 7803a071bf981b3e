"""Which crew is on duty when, day by day: the calendar, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from instances.crews.pattern import OFF, CrewShift, PatternError, offsets_of
from instances.quantities import duration_text
from solver.plain_text import one_line, table

CALENDAR_COLUMNS = ("date", "shift", "crew", "start", "end")
"""Columns of the table of duties."""

MOST_DAYS = 3660

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CalendarDuty:
    """A duty of one crew on the day `date`: local wall-clock times, which may lie on the next day."""

    date: date
    shift: str
    crew: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """Duties in order of day and shift; `pattern` with the days that each crew is ahead in it, and least `rest`."""

    crews: tuple[str, ...]
    shifts: tuple[CrewShift, ...]
    pattern: tuple[str, ...]
    offsets: tuple[int, ...]
    rest: timedelta
    duties: tuple[CalendarDuty, ...]

    def hours(self, crew: str) -> float:
        """Return the hours of a crew, by the clock."""
        spans = [duty.end - duty.start for duty in self.duties if duty.crew == crew]
        return sum(spans, timedelta()) / timedelta(hours=1)

    def rows(self) -> list[tuple[str, ...]]:
        """Return the rows of the table of duties."""
        return [
            (d.date.isoformat(), d.shift, d.crew, f"{d.start:%Y-%m-%d %H:%M}", f"{d.end:%Y-%m-%d %H:%M}")
            for d in self.duties
        ]

    def lines(self) -> list[str]:
        """Return the calendar as text: a line a day, then the figures of each crew."""
        names = [one_line(s.name) for s in self.shifts]
        by_day: dict[date, dict[str, str]] = {}
        for d in self.duties:
            by_day.setdefault(d.date, {})[d.shift] = d.crew
        rows = []
        for day, crew_of in by_day.items():
            free = [one_line(c) for c in self.crews if c not in crew_of.values()]
            on = [one_line(crew_of[s.name]) for s in self.shifts]
            rows.append((f"{day.isoformat()} {day:%a}", *on, " ".join(free) or "-"))
        figures = [
            (
                one_line(c),
                *(str(n) for n in self._count(c)),
                f"{self.hours(c):g}",
                str(len(by_day) - sum(self._count(c))),
            )
            for c in self.crews
        ]
        times = ", ".join(f"{name} {s.times}" for name, s in zip(names, self.shifts, strict=True))
        return [
            f"Shifts: {times}",
            f"Pattern: {', '.join(_runs(self.pattern))}; {duration_text(int(self.rest.total_seconds()) // 60)} "
            "or more between two duties",
            "",
            *table(("date", *names, OFF), rows),
            "",
            *table(("crew", *names, "hours", OFF), figures),
        ]

    def _count(self, crew: str) -> list[int]:
        """Return how often a crew has each shift."""
        return [sum(d.crew == crew and d.shift == s.name for d in self.duties) for s in self.shifts]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "crews": [
                {"crew": c, "days_ahead": offset, "hours": self.hours(c)}
                for c, offset in zip(self.crews, self.offsets, strict=True)
            ],
            "shifts": [{"shift": s.name, "times": s.times, "minutes": s.minutes} for s in self.shifts],
            "pattern": list(self.pattern),
            "least_rest_minutes": int(self.rest.total_seconds()) // 60,
            "duties": [dict(zip(CALENDAR_COLUMNS, row, strict=True)) for row in self.rows()],
        }


def calendar_of(
    crews: Sequence[str],
    shifts: Sequence[CrewShift],
    pattern: Sequence[str],
    *,
    first: date,
    days: int,
    cycle_from: date | None = None,
    rest: timedelta = timedelta(hours=11),
) -> Calendar:
    """Return the calendar of `crews` from the day `first`.

    Parameters
    ----------
    crews : sequence of str
    shifts : sequence of CrewShift
        In the order of the day: each begins when its time comes round after the one before has begun, so that a night
        after an evening is on the next date, and belongs to the day all the same.
    pattern : sequence of str
        Names of shifts, or ``off``, day by day.
    first : date
    days : int
    cycle_from : date, optional
        The day on which the first crew begins the pattern; `first` if left out.
    rest : timedelta
        Least time between two duties of a crew.

    Raises
    ------
    PatternError
        When no day can have each shift manned by exactly one crew, a crew rests too little, or it is too long.
    """
    if not 1 <= days <= MOST_DAYS:
        raise PatternError(f"{days} days are too many or too few; write 1 to {MOST_DAYS:,}")
    _distinct(crews)
    offsets = offsets_of(pattern, shifts, len(crews))
    begins = _begins(shifts)
    least = _least_rest(pattern, shifts, begins, rest)
    if first > date.max - (days + len(shifts)) * _DAY:
        raise PatternError(f"{first} is too late for {days} days; the calendar ends in the year {date.max.year}")
    start = first if cycle_from is None else cycle_from
    duties = []
    for day in (first + i * _DAY for i in range(days)):
        at = (day - start).days
        on = {pattern[(at + offset) % len(pattern)]: crew for crew, offset in zip(crews, offsets, strict=True)}
        for s in shifts:
            begin = datetime.combine(day, time()) + begins[s.name]
            duties.append(CalendarDuty(day, s.name, on[s.name], begin, begin + timedelta(minutes=s.minutes)))
    return Calendar(tuple(crews), tuple(shifts), tuple(pattern), offsets, least, tuple(duties))


def _distinct(crews: Sequence[str]) -> None:
    """Raise where two crews have one name, or there is none."""
    twice = [crew for i, crew in enumerate(crews) if crew in crews[:i]]
    if twice or not crews:
        raise PatternError(f"the crew {twice[0]!r} is named twice; name each once" if twice else "name a crew or more")


def _begins(shifts: Sequence[CrewShift]) -> dict[str, timedelta]:
    """Return when each shift begins, from the midnight before the first one."""
    begins: dict[str, timedelta] = {}
    now = timedelta()
    for s in shifts:
        begin = timedelta(minutes=s.start)
        while begins and begin <= now:
            begin += _DAY
        begins[s.name] = now = begin
    return begins


def _least_rest(
    pattern: Sequence[str], shifts: Sequence[CrewShift], begins: dict[str, timedelta], wanted: timedelta
) -> timedelta:
    """Return the least time between two duties in the pattern, which comes round and round."""
    length = {s.name: timedelta(minutes=s.minutes) for s in shifts}
    worked = [i for i, name in enumerate(pattern) if name != OFF]
    least: timedelta | None = None
    for i, after in zip(worked, [*worked[1:], worked[0] + len(pattern)], strict=True):
        one, two = pattern[i], pattern[after % len(pattern)]
        rest = (after - i) * _DAY + begins[two] - begins[one] - length[one]
        if rest < wanted:
            hours = duration_text(max(int(rest.total_seconds()) // 60, 0)) if rest else "no time"
            raise PatternError(
                f"after {one!r} a crew has {hours} until {two!r}, less than the rest of "
                f"{duration_text(int(wanted.total_seconds()) // 60)}; put days '{OFF}' between, or change the shifts"
            )
        least = rest if least is None else min(least, rest)
    return least or timedelta()


def _runs(pattern: Sequence[str]) -> list[str]:
    """Return a pattern as it is written, such as ``2 day``."""
    runs: list[tuple[str, int]] = []
    for name in pattern:
        if runs and runs[-1][0] == name:
            runs[-1] = name, runs[-1][1] + 1
        else:
            runs.append((name, 1))
    return [f"{number} {one_line(name)}" for name, number in runs]

"""Local wall-clock times in a named zone, and the instants they mean.

Rules (also in ``docs/shift-file.md``): a time of day means its first occurrence at or after (for ends: after)
some instant; a time that occurs twice because the clocks go back means the first of the two, unless it is
written with its offset; a time that the clocks skip is an error, never moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from instances.quantities import QuantityError, duration_text, plain

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_STAMP = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]\s*(\d{1,2}):(\d{2})(?::00)?\s*(Z|[+-]\d{2}:?\d{2})?")
_EITHER = r"(?:\d{4}-\d{1,2}-\d{1,2}[T ]\s*)?\d{1,2}:\d{2}(?:\s*(?:Z|[+-]\d{2}:?\d{2}))?"
_SPAN = re.compile(rf"(?P<start>{_EITHER})\s*(?:-|–|—|~|to|until)\s*(?P<end>{_EITHER})")
_DAYS_AHEAD = 3
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
"""Beyond them lie slips of the finger, and the ends of the calendar that Python computes with."""


@dataclass(frozen=True)
class LocalTime:
    """A wall-clock time: `day` is None for a time of day, `offset` is set where it was written."""

    text: str
    day: date | None
    hour: int
    minute: int
    offset: timedelta | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class LocalSpan:
    """From one local time to another."""

    start: LocalTime
    end: LocalTime

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


def local_time(text: str, *, dated: bool | None = None) -> LocalTime:
    """Return the wall-clock time written in `text`.

    Parameters
    ----------
    text : str
        ``HH:MM`` or ``YYYY-MM-DD HH:MM``, the latter optionally with an offset from UTC.
    dated : bool, optional
        Whether a date is wanted (True), not allowed (False), or left to the writer (None).

    Raises
    ------
    QuantityError
        When `text` is no such time.
    """
    short = plain(text)
    sample = "2020-11-20 18:00" if dated else "18:00"
    stamp, clock = _STAMP.fullmatch(short), _CLOCK.fullmatch(short)
    if stamp and dated is not False:
        year, month, day, hour, minute = (int(stamp[i]) for i in range(1, 6))
        try:
            on = date(year, month, day)
        except ValueError as error:
            raise QuantityError(f"{short!r} is not a date ({error})", f"write it like '{sample}'") from None
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise QuantityError(f"{short!r} is not between {_FIRST_YEAR} and {_LAST_YEAR}", f"write it like '{sample}'")
        return LocalTime(short, on, *_hour_minute(hour, minute, short, sample), _offset(stamp[6]))
    if clock and not dated:
        return LocalTime(short, None, *_hour_minute(int(clock[1]), int(clock[2]), short, sample))
    if clock:
        raise QuantityError(f"{short!r} has no date", f"write it like '{sample}'")
    raise QuantityError(f"{short!r} is not a time", f"write it like '{sample}'")


def local_span(text: str) -> LocalSpan:
    """Return the two times of a span such as ``18:00-02:00``.

    Raises
    ------
    QuantityError
        When `text` is no such span.
    """
    short = plain(text)
    found = _SPAN.fullmatch(short)
    if not found:
        raise QuantityError(f"{short!r} is not a span of time", "write it like '18:00-02:00'")
    return LocalSpan(local_time(found["start"]), local_time(found["end"]))


@lru_cache(maxsize=4096)
def instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the UTC instants at which the clocks of `zone` show `clock` on `day`: none, one or two."""
    wall = datetime.combine(day, clock)
    utc = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(u for u in utc if u.astimezone(zone).replace(tzinfo=None) == wall))


def resolve(local: LocalTime, zone: ZoneInfo, *, after: datetime | None = None, strictly: bool = False) -> datetime:
    """Return the UTC instant that `local` means.

    Parameters
    ----------
    local : LocalTime
    zone : ZoneInfo
    after : datetime, optional
        For a time of day: the instant at or after which it is wanted.
    strictly : bool
        Whether it must lie after `after` and not at it.

    Raises
    ------
    QuantityError
        When the clocks of `zone` never show this time, or its offset is not the zone's.
    """
    if local.day is not None:
        return _dated(local, local.day, zone)
    if after is None:
        raise QuantityError(f"{local.text!r} has no date", "write it like '2020-11-20 18:00'")
    clock = time(local.hour % 24, local.minute)
    first = after.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        found = instants(day, clock, zone)
        if not found and _change(day, clock, zone) > after:
            raise _skipped(local.text, day, clock, zone)
        for instant in found:
            if instant > after or (instant == after and not strictly):
                return instant
    raise AssertionError("a time of day comes round within two days")  # pragma: no cover


def elapsed_minutes(start: datetime, instant: datetime, text: str) -> int:
    """Return the whole minutes from `start` to `instant`.

    Raises
    ------
    QuantityError
        When they are not whole, which only zones before 1972 with odd seconds bring about.
    """
    minutes, rest = divmod(instant - start, timedelta(minutes=1))
    if rest:
        raise QuantityError(f"{text!r} is not a whole number of minutes from the start", "choose a later date")
    return minutes


def hour_slots(start: datetime, minutes: int, zone: ZoneInfo) -> tuple[tuple[int, ...], tuple[datetime, ...]]:
    """Return the clock hours of a horizon.

    Parameters
    ----------
    start : datetime
        Aware start of the horizon.
    minutes : int
        Its length.
    zone : ZoneInfo

    Returns
    -------
    tuple of int
        Boundaries in minutes, from 0 to `minutes`: wherever date or hour of the local clock change.
    tuple of datetime
        The local time at the start of each slot.
    """
    utc = start.astimezone(UTC)
    bounds: list[int] = []
    times: list[datetime] = []
    last: tuple[date, int] | None = None
    for minute in range(minutes):
        local = (utc + timedelta(minutes=minute)).astimezone(zone)
        if (local.date(), local.hour) != last:
            last = (local.date(), local.hour)
            bounds.append(minute)
            times.append(local)
    return (*bounds, minutes), tuple(times)


def _hour_minute(hour: int, minute: int, text: str, sample: str) -> tuple[int, int]:
    """Return hour and minute of a day; 24:00 is the end of it."""
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise QuantityError(f"{text!r} is not a time of day", f"write it like '{sample}', at most 24:00")
    return hour, minute


def _offset(text: str | None) -> timedelta | None:
    """Return an offset from UTC."""
    if text is None:
        return None
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise QuantityError(f"{text!r} is not an offset from UTC", "write it like '+01:00'")
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def _dated(local: LocalTime, day: date, zone: ZoneInfo) -> datetime:
    """Return the instant of a time with a date."""
    day += timedelta(days=local.hour // 24)
    clock = time(local.hour % 24, local.minute)
    found = instants(day, clock, zone)
    if not found:
        raise _skipped(local.text, day, clock, zone)
    if local.offset is None:
        return found[0]
    wanted = datetime.combine(day, clock, timezone(local.offset)).astimezone(UTC)
    if wanted not in found:
        right = " or ".join(f"{f.astimezone(zone):%H:%M%z}" for f in found)
        raise QuantityError(f"{local.text!r} has an offset that {zone.key} does not have then", f"write {right}")
    return wanted


def _either_side(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return instants before and after the change that skips a time: it, read with the offset after and before."""
    wall = datetime.combine(day, clock, zone)
    early, late = (wall.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    return early, late


def _change(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clocks go forward over a time that they skip."""
    early, late = _either_side(day, clock, zone)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _skipped(text: str, day: date, clock: time, zone: ZoneInfo) -> QuantityError:
    """Return the error of a time that the clocks skip."""
    early, late = (instant.astimezone(zone) for instant in _either_side(day, clock, zone))
    jump = late.utcoffset() - early.utcoffset()  # type: ignore[operator]
    by = duration_text(jump // timedelta(minutes=1))
    wrong = f"{text!r} does not exist: on {day.isoformat()} the clocks of {zone.key} go forward by {by}"
    return QuantityError(wrong, f"write a time before or after the change, such as {early:%H:%M} or {late:%H:%M}")

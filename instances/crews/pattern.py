"""Shifts of the clock and the pattern in which a crew goes through them, such as four crews in three shifts.

A pattern is a list of days: the name of a shift, or `OFF`.  All crews go through the same one, each a number of days
ahead of the first, so that on every day each shift has exactly one crew; `offsets_of` finds these numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from instances.errors import nearest
from instances.quantities import plain

OFF = "off"
"""A day without a shift."""

DAY = 24 * 60

USUAL = {"day": "08:00-16:00", "evening": "16:00-24:00", "night": "00:00-08:00"}
"""Times of shifts that are named without."""

LONGEST_CYCLE = 400
"""Days of the longest pattern."""


class PatternError(ValueError):
    """Shifts or a pattern that cannot be; the message says what is wrong and what would be right."""


@dataclass(frozen=True)
class CrewShift:
    """A shift of the clock: it begins `start` minutes after midnight and lasts `minutes`."""

    name: str
    start: int
    minutes: int

    @property
    def times(self) -> str:
        """When it begins and ends, such as ``16:00-24:00``."""
        end = (self.start + self.minutes) % DAY
        return f"{_clock(self.start)}-{_clock(end) if end else '24:00'}"


def shifts_of(text: str) -> tuple[CrewShift, ...]:
    """Return the shifts of ``day,evening,night`` or ``early=06:00-14:00,late=14:00-22:00``, in this order.

    Raises
    ------
    PatternError
        When a shift has no times, no name, or a name that is used twice.
    """
    found: list[CrewShift] = []
    for part in _parts(text):
        name, equals, times = (word.strip() for word in part.partition("="))
        if not equals and name not in USUAL:
            raise PatternError(f"nothing says when the shift {name!r} is; write it like '{name or 'late'}=14:00-22:00'")
        if not name or name == OFF or name in [s.name for s in found]:
            raise PatternError(f"{name!r} cannot be the name of a shift here; give each a name of its own, not '{OFF}'")
        found.append(CrewShift(name, *_times(times if equals else USUAL[name])))
    return tuple(found)


def _times(text: str) -> tuple[int, int]:
    """Return begin and length of ``16:00-24:00``."""
    clocks = re.fullmatch(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)", plain(text).replace(" ", ""))
    if not clocks:
        raise PatternError(f"{text!r} is not a span of time; write it like '14:00-22:00'")
    hours = [int(clocks[i]) for i in (1, 3)]
    minutes = [int(clocks[i]) for i in (2, 4)]
    start, end = (60 * h + m for h, m in zip(hours, minutes, strict=True))
    if max(minutes) > 59 or hours[0] > 23 or end > DAY:
        raise PatternError(f"{text!r} is not a span of time; write it like '14:00-22:00'")
    return start, (end - start) % DAY or DAY


def pattern_of(text: str, shifts: Sequence[CrewShift]) -> tuple[str, ...]:
    """Return the days of a pattern such as ``2 day, 2 evening, 2 night, 2 off``.

    Raises
    ------
    PatternError
        When it names a shift that there is not, or is longer than `LONGEST_CYCLE` days.
    """
    names = [s.name for s in shifts]
    days: list[str] = []
    for part in _parts(text):
        found = re.fullmatch(r"(?:(\d{1,3})\s+)?(.+)", part)
        number, name = (int(found[1] or 1), found[2].strip()) if found else (0, part)
        if name not in (*names, OFF):
            raise PatternError(f"there is no shift {name!r}; {nearest(name, (*names, OFF))}")
        days += [name] * number
    if not 1 <= len(days) <= LONGEST_CYCLE:
        raise PatternError(f"a pattern of {len(days)} days is none; write it like '2 day, 2 evening, 2 night, 2 off'")
    return tuple(days)


def usual_pattern(shifts: Sequence[CrewShift], crews: int) -> tuple[str, ...]:
    """Return two days of each shift, and then two off for each crew more than there are shifts."""
    return tuple(name for s in shifts for name in (s.name, s.name)) + (OFF, OFF) * (crews - len(shifts))


def offsets_of(pattern: Sequence[str], shifts: Sequence[CrewShift], crews: int) -> tuple[int, ...]:
    """Return how many days each crew is ahead in the pattern, the first one none, so that every shift has one crew.

    Raises
    ------
    PatternError
        When there are no such numbers.
    """
    for s in shifts:
        wanted, days = len(pattern), crews * pattern.count(s.name)
        if days != wanted:
            have = "1 crew has" if crews == 1 else f"{crews} crews have"
            raise PatternError(
                f"in {wanted} days {have} the shift {s.name!r} {days} times, not once a day; {_example(shifts, crews)}"
            )
    found = _search(pattern, [0], crews)
    if found is None:
        raise PatternError(
            f"however {crews} crews are put one after the other in this pattern, two have the same shift on some day; "
            f"{_example(shifts, crews)}"
        )
    return tuple(found)


def _search(pattern: Sequence[str], offsets: list[int], crews: int) -> list[int] | None:
    """Return numbers for the crews that have none yet; None where there are no such."""
    if len(offsets) == crews:
        return offsets
    for offset in range(offsets[-1] + 1, len(pattern)):
        if all(_apart(pattern, other, offset) for other in offsets):
            found = _search(pattern, [*offsets, offset], crews)
            if found is not None:
                return found
    return None


def _apart(pattern: Sequence[str], one: int, two: int) -> bool:
    """Return whether two crews so many days ahead never have the same shift."""
    n = len(pattern)
    return all(pattern[(d + one) % n] != pattern[(d + two) % n] or pattern[(d + one) % n] == OFF for d in range(n))


def _example(shifts: Sequence[CrewShift], crews: int) -> str:
    """Return a pattern that works in words, with a crew more than there are shifts where there are no more."""
    enough = max(crews, len(shifts) + 1)
    days = [*(f"2 {s.name}" for s in shifts), f"{2 * (enough - len(shifts))} {OFF}"]
    return f"'{', '.join(days)}' works with {enough} crews"


def _parts(text: str) -> list[str]:
    """Return what commas separate, full-width ones too."""
    return [" ".join(part.split()) for part in re.split("[,，、]", text) if part.strip()]


def _clock(minute: int) -> str:
    """Return a minute of the day as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"

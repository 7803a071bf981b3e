"""When a hotspot is open and when a task may begin: windows in minutes of the horizon, from spans of local time.

What is wrong with a span is raised as a `QuantityError`, for whoever knows where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from instances.clock_times import LocalSpan, LocalTime, elapsed_minutes, local_span, resolve
from instances.quantities import QuantityError, duration_text, plain
from instances.shift import Horizon

Window = tuple[int, int]

CHANGE = "change it, or 'from' and 'to' at the top"
"""What cures a time outside the horizon."""


def require_grid(horizon: Horizon, minute: int) -> None:
    """Raise where `minute` is no multiple of the grid from the start."""
    grid, clock = horizon.grid, horizon.clock
    if minute % grid:
        low = minute - minute % grid
        wrong = f"{clock(minute)} is not on the grid of {duration_text(grid)} from {clock(0)}"
        raise QuantityError(wrong, f"use {clock(low)} or {clock(low + grid)}, or a finer grid")


def minute_of(horizon: Horizon, local: LocalTime, *, after: int, strictly: bool = False) -> int:
    """Return the minute that `local` means, at or after minute `after`."""
    instant = resolve(local, horizon.zone, after=horizon.at(after), strictly=strictly)
    return elapsed_minutes(horizon.start, instant, local.text)


def opening(horizon: Horizon, span: LocalSpan) -> list[Window]:
    """Return when something with these opening hours is open within the horizon: every day, unless a date is written.

    Raises
    ------
    QuantityError
        When it is never open within the horizon, or a time is off the grid.
    """
    dated = span.start.day is not None or span.end.day is not None
    occurrences = [_once(horizon, span)] if dated else list(_daily(horizon, span))
    cut = [(max(first, 0), min(last, horizon.minutes)) for first, last in occurrences]
    windows = joined(window for window in cut if window[0] < window[1])
    if not windows:
        raise QuantityError(f"{span} does not lie within the file's {horizon}", CHANGE)
    for minute in (minute for window in windows for minute in window):
        require_grid(horizon, minute)
    return windows


def beginning(horizon: Horizon, span: LocalSpan, minutes: int) -> Window:
    """Return the first and the last minute in which a task of so many `minutes` may begin, so that it ends in time.

    Raises
    ------
    QuantityError
        When there is none, or a time is off the grid.
    """
    first = minute_of(horizon, span.start, after=0)
    last = minute_of(horizon, span.end, after=first)
    if last < first:
        raise QuantityError(f"ends at {horizon.clock(last)}, before its start at {horizon.clock(first)}", CHANGE)
    if first < 0 or last > horizon.minutes:
        raise QuantityError(f"{span} does not lie within the file's {horizon}", CHANGE)
    for minute in (first, last):
        require_grid(horizon, minute)
    if first + minutes > horizon.minutes:
        wrong = f"{duration_text(minutes)} from {horizon.clock(first)} end after the file's end"
        raise QuantityError(f"{wrong} at {horizon.clock(horizon.minutes)}", CHANGE)
    return first, min(last, horizon.minutes - minutes)


def joined(windows: Iterable[Window]) -> list[Window]:
    """Return windows in order, those that overlap or touch as one."""
    found: list[Window] = []
    for first, last in sorted(windows):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def spans_of(text: str) -> list[LocalSpan]:
    """Return the spans written in a cell of a table, separated by commas or semicolons."""
    return [local_span(part) for part in words_of(text)]


def words_of(text: str) -> list[str]:
    """Return the words written in a cell of a table, separated by commas or semicolons."""
    return [part.strip() for part in re.split("[,;、]", plain(text)) if part.strip()]


def _once(horizon: Horizon, span: LocalSpan) -> Window:
    """Return the one occurrence of a span with a date."""
    first = minute_of(horizon, span.start, after=0)
    last = minute_of(horizon, span.end, after=first, strictly=True)
    if last <= first:
        wrong = f"ends at {horizon.clock(last)}, not after its start at {horizon.clock(first)}"
        raise QuantityError(wrong, CHANGE)
    return first, last


def _daily(horizon: Horizon, span: LocalSpan) -> Iterator[Window]:
    """Yield the occurrences of a span of times of day, the one that is under way at the start first."""
    first = minute_of(horizon, span.start, after=0)
    under_way = minute_of(horizon, span.end, after=0, strictly=True)
    if under_way <= first:
        yield 0, under_way
    while first < horizon.minutes:
        last = minute_of(horizon, span.end, after=first, strictly=True)
        yield first, last
        first = minute_of(horizon, span.start, after=first, strictly=True)

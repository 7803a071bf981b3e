"""Past incidents as the calls of past days: one shift of calls a day, at the demand points of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault, InputError
from instances.incidents import EPOCH, Incidents, read_incidents, weekday_of
from instances.risk_options import WEEKDAYS
from solver.clock import Clock
from solver.problem import Problem

Ints = NDArray[np.int64]

FARTHEST = 1000.0
"""Metres from the nearest demand point beyond which an incident is not of this town."""


@dataclass(frozen=True, eq=False)
class PastDays:
    """What happened in the hours of a shift, day by day.

    Parameters
    ----------
    dates : tuple of date
        The days on which the shifts begin.
    calls : tuple of (seconds, points)
        Of each day, in order of time: seconds from the start of the shift, and indices of demand points.
    lines : tuple of str
        What was used and what was not, in words.
    """

    dates: tuple[date, ...]
    calls: tuple[tuple[Ints, Ints], ...]
    lines: tuple[str, ...]


def past_days(
    path: Path, problem: Problem, *, weekday: int | None = None, columns: Mapping[str, str] | None = None
) -> PastDays:
    """Return the incidents of a file by shift: the hours of the problem on each day that the file covers.

    An incident counts at the demand point nearest to it.  Those without a day or an hour are left out, as nobody
    knows in which shift they came.

    Parameters
    ----------
    path : Path
    problem : Problem
    weekday : int, optional
        Only shifts that begin on this day of the week, 0 for Monday.
    columns : mapping, optional
        As for `instances.incidents.read_incidents`.

    Raises
    ------
    InputError
        When the file cannot be read, or no incident of it can be used.
    """
    found, report = read_incidents(path, columns=columns, timezone=problem.timezone)
    timed = found.select((found.hour >= 0) & ~found.month_only)
    metres, point = _nearest(timed, problem)
    here = metres <= FARTHEST
    begins = Clock.of(problem).local(0)
    begin = 60 * begins.hour + begins.minute
    assert timed.minute is not None
    # Minutes of the local clock from midnight before 1970: a change of the clocks moves no call to another shift.
    clock = 1440 * timed.day + 60 * timed.hour.astype(np.int64) + timed.minute
    lines = [*report.lines(), *_left_out(found, timed, here)]
    if not here.any():
        wrong = "no incident has a day, an hour and a place near a demand point: " + "; ".join(
            line.strip() for line in lines[len(report.lines()) :]
        )
        raise InputError([Fault(str(path), 0, 0, "", wrong, "draw calls at random: leave --incidents out")])
    clock, point = clock[here], point[here]
    # The first and the last shift that the file holds in full.
    first = -(-(int(clock.min()) - begin) // 1440)
    last = (int(clock.max()) - begin - problem.minutes) // 1440
    days = [d for d in range(first, last + 1) if weekday is None or weekday_of(d) == weekday]
    if not days:
        when = "" if weekday is None else f" that begins on a {WEEKDAYS[weekday].capitalize()}"
        wrong = f"the incidents, {report.first} to {report.last}, cover no whole shift{when}"
        raise InputError([Fault(str(path), 0, 0, "", wrong, "name a longer file")])
    order = np.argsort(clock, kind="stable")
    clock, point = clock[order], point[order]
    calls = []
    for day in days:
        low, high = np.searchsorted(clock, [1440 * day + begin, 1440 * day + begin + problem.minutes])
        calls.append((60 * (clock[low:high] - 1440 * day - begin), point[low:high]))
    dates = tuple(EPOCH + timedelta(days=d) for d in days)
    used = sum(len(seconds) for seconds, _ in calls)
    lines.append(f"{used:,} incidents in {len(days)} shifts, {dates[0]} to {dates[-1]}")
    return PastDays(dates, tuple(calls), tuple(lines))


def _nearest(incidents: Incidents, problem: Problem) -> tuple[NDArray[np.float64], Ints]:
    """Return how far the nearest demand point is from each incident, and which it is."""
    from instances.roads.geometry import great_circle

    points = np.array([(d.lon, d.lat) for d in problem.demand], dtype=np.float64).reshape(-1, 2)
    metres, nearest = np.full(len(incidents), np.inf), np.zeros(len(incidents), dtype=np.int64)
    lonlat = np.stack([incidents.lon, incidents.lat], axis=1)
    for low in range(0, len(incidents), 4096):
        apart = great_circle(lonlat[low : low + 4096, None], points[None])
        nearest[low : low + 4096] = apart.argmin(axis=1)
        metres[low : low + 4096] = apart.min(axis=1)
    return metres, nearest


def _left_out(found: Incidents, timed: Incidents, here: NDArray[np.bool_]) -> list[str]:
    """Return in words which incidents cannot be replayed."""
    months = int(found.month_only.sum())
    hours = len(found) - len(timed) - months
    far = int((~here).sum())
    counts = (
        (months, "have only a month"),
        (hours, "have no hour"),
        (far, f"lie farther than {FARTHEST:g} m from every demand point"),
    )
    return [f"  not replayed: {count:,} incidents {why}" for count, why in counts if count]

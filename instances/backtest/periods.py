"""The periods of a backtest: each is foretold from what lay before it, and none overlaps another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from instances.errors import Fault, InputError
from instances.incidents import EPOCH

MONTH_DAYS = 365.25 / 12

TRIED = (28, 14, 7, 1)
"""Lengths in days that are tried, the longest first, where none is told …"""

ENOUGH = 8
"""… until the file holds so many of them."""

TEST_PERIODS = 12
"""How many periods are tested on where none is told, and at most so many more are kept to choose by."""


@dataclass(frozen=True, order=True)
class Period:
    """A time to be foretold: from `begin` up to, not including, `end`, in days from 1970-01-01."""

    begin: int
    end: int

    @property
    def days(self) -> int:
        """Return how long it is."""
        return self.end - self.begin

    @property
    def first(self) -> date:
        """Return its first day."""
        return EPOCH + timedelta(days=self.begin)

    @property
    def last(self) -> date:
        """Return its last day."""
        return EPOCH + timedelta(days=self.end - 1)


@dataclass(frozen=True)
class Rolling:
    """Periods in order of time: `choose` are there to choose by, `test` to report on, and lie later.

    `train` is how many days are learnt from before each period, None for all; `months` whether periods are whole
    months, because the dates are; `length` is the length of a period in days, or in months.
    """

    choose: tuple[Period, ...]
    test: tuple[Period, ...]
    train: int | None
    months: bool
    length: int

    @property
    def every(self) -> tuple[Period, ...]:
        """Return all periods in order of time."""
        return self.choose + self.test

    def length_text(self, count: int = 1) -> str:
        """Return how long `count` periods are, in words."""
        if self.months:
            number, word = self.length, "month"
        elif self.length % 7 == 0:
            number, word = self.length // 7, "week"
        else:
            number, word = self.length, "day"
        number *= count
        return f"{number} {word}{'s' if number > 1 else ''}"


def rolling_periods(
    first: int,
    end: int,
    *,
    months: bool = False,
    test: int | None = None,
    step: int | None = None,
    train: int | None = None,
    count: int | None = None,
    source: str = "incidents",
) -> Rolling:
    """Return the periods of a file that holds the days from `first` up to, not including, `end`.

    Parameters
    ----------
    first, end : int
        Days from 1970-01-01; where `months` is set, firsts of months.
    months : bool
        Periods are whole months; lengths are rounded to months.
    test : int, optional
        Length of a period in days; by default the longest of 4, 2 and 1 weeks and a day of which there are eight.
    step : int, optional
        Days from the begin of one to that of the next; `test` by default, and not less.
    train : int, optional
        Days learnt from before each period; all by default.  Where the file has fewer than twice as many, half of
        its days are enough before the first period.
    count : int, optional
        How many to test on; twelve by default, or two thirds of those there are.
    source : str
        The file, for messages.

    Raises
    ------
    InputError
        When the file does not hold so many periods.
    """
    length = _length(end - first, test, months)
    stride = max(length, _steps(step, months) if step is not None else length)
    marks = _month_begins(first, end) if months else np.arange(first, end + 1)
    past = min(train if train is not None else end - first, (end - first) // 2)
    # Backwards from the end, so that the newest incidents are tested on.
    ends = range(len(marks) - 1, length - 1, -stride)
    every = [Period(int(marks[i - length]), int(marks[i])) for i in ends if marks[i - length] - first >= past][::-1]
    wanted = count if count is not None else min(TEST_PERIODS, max(len(every) * 2 // 3, 1))
    if len(every) < wanted + 1:
        raise InputError([_too_short(source, first, end, length, months, len(every), count)])
    cut = len(every) - wanted
    return Rolling(tuple(every[max(cut - TEST_PERIODS, 0) : cut]), tuple(every[cut:]), train, months, length)


def _length(span: int, test: int | None, months: bool) -> int:
    """Return the length of a period in days, or in months."""
    if test is not None:
        return _steps(test, months)
    if months:
        return 1
    return next((days for days in TRIED if span >= ENOUGH * days), 1)


def _steps(days: int, months: bool) -> int:
    """Return `days` as days, or as the nearest number of months."""
    return max(round(days / MONTH_DAYS), 1) if months else max(days, 1)


def _month_begins(first: int, end: int) -> np.ndarray:
    """Return the firsts of months from `first` to `end`, both included, in days from 1970-01-01."""
    months = np.arange(np.datetime64(first, "D").astype("M8[M]"), np.datetime64(end, "D").astype("M8[M]") + 1)
    return months.astype("M8[D]").astype(np.int64)


def _too_short(source: str, first: int, end: int, length: int, months: bool, found: int, count: int | None) -> Fault:
    """Return the fault of a file that does not hold the periods asked for."""
    days = f"{EPOCH + timedelta(days=first)} to {EPOCH + timedelta(days=end - 1)}"
    one = f"{length} {'month' if months else 'day'}{'s' if length > 1 else ''}"
    needed = f"{count or 1} to test on and 1 before to choose by"
    wrong = f"its dates, {days}, hold {found} period{'s' if found != 1 else ''} of {one} after a past to learn from"
    right = "export more incidents" + (", or make 'test' or 'train' shorter" if not (months and length == 1) else "")
    return Fault(source, 0, 0, "periods", f"{wrong}; {needed} are needed", right)

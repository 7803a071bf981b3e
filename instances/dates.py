"""A column of dates as days and seconds of the local clock, whatever mix of formats it holds.

Month first or day first is decided for each family of formats (year first or last, separator) from the
evidence in the column, in this order:

1. A number above 12 cannot be a month.  If such numbers stand in one of the two places only, that settles
   the family; if they stand in both, each such row is read the only way it can be, and the others the way
   that more rows prove.
2. What the planner said (`dates`), for families that write the year last.
3. The span of the dates already settled by other rows: when one reading puts nearly all of the open dates
   into those months and the other does not, it is taken.  Such columns come out of spreadsheet programs
   that turned the dates they took for valid and left the others.
4. Year first means year, month, day (ISO 8601).
5. Otherwise the column is ambiguous, and the planner is asked.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from instances.date_formats import Layout, Numbers, date_layout, shape_of, time_layout

DateOrder = Literal["auto", "day first", "month first"]

OK, BLANK, UNREADABLE = 0, 1, 2
DAY_SECONDS = 86_400
ISO = (True, "-")
"""The family of ISO 8601, YYYY-MM-DD: in no doubt unless a row proves it wrong."""


class AmbiguousDatesError(ValueError):
    """Nothing in the column says whether the month or the day comes first; `text` is the row at `index`."""

    def __init__(self, index: int, text: str, count: int) -> None:
        self.index, self.text, self.count = index, text, count
        super().__init__(f"{count} dates such as {text!r} can be read with the month or the day first")


@dataclass
class DateColumn:
    """Dates read; arrays of shape (N,).

    `day` counts local days from 1970-01-01 (a month without a day is its first), `second` seconds of the
    local day, -1 where no time is written; `state` is `OK`, `BLANK` or `UNREADABLE`.  `formats` counts rows
    by format, `assumed` says in words what was decided and why, `open_order` counts rows whose month and
    day could be exchanged.
    """

    day: NDArray[np.int64]
    second: NDArray[np.int64]
    month_only: NDArray[np.bool_]
    state: NDArray[np.int8]
    formats: Counter[str] = field(default_factory=Counter)
    assumed: list[str] = field(default_factory=list)
    open_order: int = 0


@dataclass(frozen=True)
class _Group:
    """The rows of one shape: their indices, layout and numbers."""

    rows: NDArray[np.int64]
    layout: Layout
    numbers: dict[str, Numbers]


def parse_dates(
    texts: Sequence[str], *, dates: DateOrder = "auto", zone: ZoneInfo | None = None, utc: bool = False
) -> DateColumn:
    """Return the dates written in `texts`.

    Parameters
    ----------
    texts : sequence of str
        N texts, without blanks around them.
    dates : {"auto", "day first", "month first"}
        How to read dates with the year last for which the column gives no proof.
    zone : ZoneInfo, optional
        The local zone.  Times with an offset are turned into it; without a zone they are taken as written.
    utc : bool
        Times without an offset are UTC, not local.

    Raises
    ------
    AmbiguousDatesError
        When nothing tells month from day.
    """
    n = len(texts)
    column = DateColumn(np.zeros(n, np.int64), np.full(n, -1, np.int64), np.zeros(n, bool), np.full(n, OK, np.int8))
    groups = _groups(texts, column)
    orders = _orders(groups, texts, dates, column)
    for group in groups:
        _fill(column, group, orders.get(group.layout.family), zone, utc)
    return column


def parse_times(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return seconds of the day of times written in a column of their own, -1 where none can be read, shape (N,).

    Reads ``21:30``, ``9:30:00 PM``, ``21.30``, ``21时30分``, and bare numbers: hours when none is above 24,
    else hours and minutes run together, leading zeros lost (``2130``, ``130``, ``5``), as Los Angeles
    publishes them.
    """
    seconds = np.full(len(texts), -1, dtype=np.int64)
    bare: dict[int, int] = {}
    shapes: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        number = text.removesuffix(".0")
        if number.isascii() and number.isdigit() and len(number) <= 4:
            bare[i] = int(number)
        elif text:
            shapes.setdefault(shape_of(text), []).append(i)
    for shape, rows in shapes.items():
        layout = time_layout(shape)
        if layout:
            seconds[rows] = _seconds(layout, layout.numbers([texts[i] for i in rows]), len(rows))
    together = any(value > 24 for value in bare.values())
    for i, value in bare.items():
        hour, minute = divmod(value, 100) if together else (value, 0)
        if hour < 24 and minute < 60:
            seconds[i] = 3600 * hour + 60 * minute
    return seconds


def _groups(texts: Sequence[str], column: DateColumn) -> list[_Group]:
    """Return the rows that have the shape of a date, by shape; mark the others."""
    shapes: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        shapes.setdefault(shape_of(plain), []).append(i)
    groups = []
    for shape, rows in shapes.items():
        index = np.array(rows)
        layout = date_layout(shape) if shape else None
        if layout is None:
            column.state[index] = UNREADABLE if shape else BLANK
            continue
        plain_texts = [unicodedata.normalize("NFKC", texts[i]) for i in rows]
        groups.append(_Group(index, layout, layout.numbers(plain_texts)))
    return groups


def _orders(
    groups: list[_Group], texts: Sequence[str], dates: DateOrder, column: DateColumn
) -> dict[tuple[bool, str] | None, str]:
    """Return ``MD`` or ``DM`` for each family of formats whose order of month and day is open."""
    families: dict[tuple[bool, str], list[_Group]] = {}
    for group in groups:
        if group.layout.family is not None:
            families.setdefault(group.layout.family, []).append(group)
    orders: dict[tuple[bool, str] | None, str] = {}
    unsettled = []
    for family, members in families.items():
        first = sum(int((g.numbers["a"] > 12).sum()) for g in members)
        second = sum(int((g.numbers["b"] > 12).sum()) for g in members)
        year_first, separator = family
        written = _pattern_name(year_first, separator)
        if family == ISO and not first:
            orders[family] = "MD"
            continue
        if first or second:
            orders[family] = "DM" if first > second else "MD"
            column.assumed.append(_proof(written, first, second))
        elif dates != "auto" and not year_first:
            orders[family] = "DM" if dates == "day first" else "MD"
            column.assumed.append(f"{written}: {dates}, as told")
        else:
            unsettled.append(family)
        column.open_order += sum(int(_open(g).sum()) for g in members)
    settled = _settled_span(groups, orders)
    for family in unsettled:
        orders[family] = _order_by_span(family, families[family], settled, texts, column)
    return orders


def _order_by_span(
    family: tuple[bool, str],
    members: list[_Group],
    settled: tuple[int, int] | None,
    texts: Sequence[str],
    column: DateColumn,
) -> str:
    """Return the order of a family without proof of its own; raise when nothing tells."""
    year_first, separator = family
    written = _pattern_name(year_first, separator)
    open_rows = sum(int(_open(g).sum()) for g in members)
    if not open_rows:
        return "MD"
    if settled:
        share = {order: _share_within(members, order, settled) for order in ("MD", "DM")}
        best = max(share, key=lambda order: share[order])
        if share[best] >= 0.9 and abs(share["MD"] - share["DM"]) >= 0.25:
            words = "month first" if best == "MD" else "day first"
            why = f"{share[best]:.0%} of these dates then fall into the months of the other rows, otherwise"
            column.assumed.append(f"{written}: {words}, because {why} {min(share.values()):.0%}")
            return best
    if year_first:
        column.assumed.append(f"{written}: year, month, day, as nothing says otherwise")
        return "MD"
    row = min(int(g.rows[_open(g)][0]) for g in members if _open(g).any())
    raise AmbiguousDatesError(row, texts[row], open_rows)


def _pattern_name(year_first: bool, separator: str) -> str:
    """Return how dates of a family are written, in words."""
    return (
        f"dates written YYYY{separator}?{separator}?" if year_first else f"dates written ?{separator}?{separator}YYYY"
    )


def _proof(written: str, first: int, second: int) -> str:
    """Return in words what numbers above 12 prove."""
    words, proof, other = ("day first", first, second) if first > second else ("month first", second, first)
    where = "first" if first > second else "second"
    text = f"{written}: {words}, because in {proof:,} rows the {where} of the two numbers is above 12"
    return f"{text} (and in {other:,} rows the other, which are read the other way)" if other else text


def _open(group: _Group) -> NDArray[np.bool_]:
    """Return which rows could be read with month and day exchanged."""
    a, b = group.numbers["a"], group.numbers["b"]
    return np.asarray((a <= 12) & (b <= 12) & (a != b) & (a > 0) & (b > 0))


def _settled_span(groups: list[_Group], orders: dict[tuple[bool, str] | None, str]) -> tuple[int, int] | None:
    """Return first and last month (years x 12 + month) of the rows whose date is beyond doubt; None for few."""
    months = []
    for g in groups:
        if "ms" in g.numbers or "epoch" in g.numbers:
            continue
        family = g.layout.family
        if family is not None and family not in orders:
            continue
        month, _ = _month_day(g, orders.get(family))
        sure = ~_open(g) if family is not None else np.ones(len(g.rows), bool)
        sure &= (month >= 1) & (month <= 12)
        months.append((_year(g) * 12 + month)[sure])
    settled = np.concatenate(months) if months else np.zeros(0, np.int64)
    return (int(settled.min()), int(settled.max())) if len(settled) >= 10 else None


def _share_within(members: list[_Group], order: str, span: tuple[int, int]) -> float:
    """Return the share of the open rows whose month falls into `span` when read in `order`."""
    inside = total = 0
    for g in members:
        rows = _open(g)
        month = (_year(g) * 12 + g.numbers["a" if order == "MD" else "b"])[rows]
        inside += int(((month >= span[0]) & (month <= span[1])).sum())
        total += len(month)
    return inside / total


def _year(group: _Group) -> Numbers:
    """Return the years; two digits mean 1969 to 2068, as POSIX has it."""
    year = group.numbers["y"]
    start, end = group.layout.spans["y"]
    return year if end - start == 4 else year + np.where(year < 69, 2000, 1900)


def _month_day(group: _Group, order: str | None) -> tuple[Numbers, Numbers]:
    """Return months and days (1 where there is none), each row read the only way it can be."""
    numbers = group.numbers
    if "a" not in numbers:
        month = numbers.get("m", np.full(len(group.rows), group.layout.month))
        return month, numbers.get("d", np.ones(len(group.rows), np.int64))
    first, second = (numbers["a"], numbers["b"]) if order == "MD" else (numbers["b"], numbers["a"])
    turned = (first > 12) & (second <= 12)
    return np.where(turned, second, first), np.where(turned, first, second)


def _fill(column: DateColumn, group: _Group, order: str | None, zone: ZoneInfo | None, utc: bool) -> None:
    """Write the rows of one shape into `column`."""
    rows, layout = group.rows, group.layout
    if "ms" in group.numbers or "epoch" in group.numbers:
        stamp = group.numbers["ms"] // 1000 if "ms" in group.numbers else group.numbers["epoch"]
        day, second, good = stamp // DAY_SECONDS, stamp % DAY_SECONDS, np.ones(len(rows), bool)
        column.formats["seconds since 1970" if "epoch" in group.numbers else "milliseconds since 1970"] += len(rows)
    else:
        month, of_month = _month_day(group, order)
        day, good = _days(_year(group), month, of_month)
        second = _seconds(layout, group.numbers, len(rows))
        if "h" in layout.spans:
            good &= second >= 0
        column.formats[layout.named(order or "MD")] += int(good.sum())
        column.month_only[rows] = "d" not in layout.spans and "a" not in layout.spans
    if "h" in layout.spans or "ms" in layout.spans or "epoch" in layout.spans:
        day, second = _local(day, second, group, zone, utc)
    column.day[rows], column.second[rows] = day, second
    column.state[rows] = np.where(good, OK, UNREADABLE)


def _days(year: Numbers, month: Numbers, day: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return days since 1970-01-01, and which rows are dates of the calendar from 1900 to 2199."""
    good = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1900) & (year < 2200)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    good &= day <= following - first
    return first + np.where(good, day, 1) - 1, good


def _seconds(layout: Layout, numbers: dict[str, Numbers], n: int) -> Numbers:
    """Return seconds of the day; -1 where no time is written or it is none."""
    if "h" not in numbers:
        return np.full(n, -1, dtype=np.int64)
    hour = numbers["h"]
    zero = np.zeros(n, dtype=np.int64)
    minute, second = numbers.get("mi", zero), numbers.get("s", zero)
    good = (hour < 24) & (minute < 60) & (second < 61)
    if layout.noon:
        good &= (hour <= 12) | (layout.noon == "p")
        hour = np.where(hour <= 12, hour % 12 + 12 * (layout.noon == "p"), hour)
    return np.where(good, 3600 * hour + 60 * minute + np.minimum(second, 59), -1)


def _local(day: Numbers, second: Numbers, group: _Group, zone: ZoneInfo | None, utc: bool) -> tuple[Numbers, Numbers]:
    """Return day and second on the local clock for times with an offset, or told to be UTC."""
    layout, numbers = group.layout, group.numbers
    if zone is None or not (layout.zone or utc):
        return day, second
    stamp = day * DAY_SECONDS + second
    if layout.zone in ("+", "-"):
        offset = 3600 * numbers["zh"] + 60 * numbers.get("zm", np.zeros_like(numbers["zh"]))
        stamp = stamp - offset if layout.zone == "+" else stamp + offset
    # Clocks change on quarters of an hour, so one look-up a quarter is exact.
    quarters, which = np.unique(stamp // 900, return_inverse=True)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    offsets = [(epoch + timedelta(seconds=int(q) * 900)).astimezone(zone).utcoffset() for q in quarters]
    shift = np.array([o.total_seconds() if o else 0 for o in offsets], dtype=np.int64)
    stamp = stamp + shift[which]
    return stamp // DAY_SECONDS, stamp % DAY_SECONDS

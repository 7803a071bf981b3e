"""Past incidents: from a force's export to arrays of place, day, hour and type.

`read_incidents` finds the columns, reads the mixed dates, leaves out what cannot be used, and says in
numbers what was used, what was not and why.  What the incidents are worth is left to `instances.risk`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from instances.dates import BLANK, UNREADABLE, AmbiguousDatesError, DateColumn, DateOrder, parse_dates, parse_times
from instances.delimited import Columns, Delimited, open_delimited
from instances.errors import Fault, InputError
from instances.incident_columns import ROLES, find_columns

EPOCH = date(1970, 1, 1)
UNKNOWN_HOUR = -1

Days = TypeVar("Days", int, NDArray[np.int64])

MIDNIGHT_EXCESS = 3
"""Midnight sharp means an unknown time when it is this many times as common as other full hours."""


def weekday_of(day: Days) -> Days:
    """Return the weekdays, 0 for Monday, of days from 1970-01-01."""
    return (day + EPOCH.weekday()) % 7


@dataclass(frozen=True, eq=False)
class Incidents:
    """N incidents.

    Parameters
    ----------
    lat, lon : float64 arrays of shape (N,)
        WGS-84 degrees.
    day : int64 array of shape (N,)
        Days from 1970-01-01 to the local date; the first of the month where only the month is known.
    hour : int8 array of shape (N,)
        Hour of the local clock, 0 to 23, or -1 where it is not known.
    month_only : bool array of shape (N,)
        Whether only the month is known.
    kind : int32 array of shape (N,)
        Index into `kinds`.
    kinds : tuple of str
        The types of incident as the file spells them; ``""`` where none is given.
    source : str
        The file they come from, for messages.
    minute : int8 array of shape (N,), optional
        Minute of the hour, 0 where the hour is not known; None where nobody has asked for it.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    day: NDArray[np.int64]
    hour: NDArray[np.int8]
    month_only: NDArray[np.bool_]
    kind: NDArray[np.int32]
    kinds: tuple[str, ...]
    source: str = "incidents"
    minute: NDArray[np.int8] | None = None

    def __post_init__(self) -> None:
        for name in self._arrays:
            getattr(self, name).setflags(write=False)

    @property
    def _arrays(self) -> tuple[str, ...]:
        names = ("lat", "lon", "day", "hour", "month_only", "kind")
        return names if self.minute is None else (*names, "minute")

    def __len__(self) -> int:
        return len(self.lat)

    def select(self, rows: NDArray[Any]) -> Self:
        """Return the incidents at `rows`: a mask of shape (N,) or indices."""
        return replace(self, **{name: getattr(self, name)[rows] for name in self._arrays})

    def within(self, south: float, west: float, north: float, east: float) -> Self:
        """Return the incidents in a box of degrees."""
        return self.select((self.lat >= south) & (self.lat <= north) & (self.lon >= west) & (self.lon <= east))

    @property
    def first(self) -> date:
        """The earliest date."""
        return EPOCH + timedelta(days=int(self.day.min()))

    @property
    def last(self) -> date:
        """The latest date."""
        return EPOCH + timedelta(days=int(self.day.max()))


@dataclass(frozen=True)
class Unused:
    """`count` rows were not used for one `reason`; the first stands on `line`."""

    reason: str
    count: int
    line: int


@dataclass(frozen=True)
class IncidentReport:
    """What was read from a file of incidents, what was used, and why the rest was not.

    `columns` maps each role to the name of the column taken for it; `formats` counts dates by format;
    `assumed` says how open dates were read and why; `open_order` counts rows whose day and month could be
    exchanged; `no_hour` counts used rows whose hour is not known, of which `midnight` say midnight sharp.
    """

    file: str
    rows: int
    used: int
    unused: tuple[Unused, ...]
    columns: Mapping[str, str]
    formats: Mapping[str, int]
    assumed: tuple[str, ...]
    open_order: int
    month_only: int
    no_hour: int
    midnight: int
    kinds: Mapping[str, int]
    first: str
    last: str
    encoding: str
    bom: bool
    delimiter: str
    notes: tuple[str, ...] = field(default=())

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines of text."""
        out = [f"{self.file}: {self.rows:,} rows, {self.used:,} incidents used, {self.first} to {self.last}"]
        out += [f"  not used: {u.count:,} with {u.reason} (first on line {u.line:,})" for u in self.unused]
        out.append("  columns: " + ", ".join(f"{role} = {name!r}" for role, name in self.columns.items()))
        out.append("  dates: " + ", ".join(f"{name} ({count:,})" for name, count in self.formats.items()))
        out += [f"  {text}" for text in self.assumed]
        if self.open_order:
            out.append(f"  {self.open_order:,} dates could be read with day and month exchanged; read as said above")
        if self.month_only:
            out.append(f"  {self.month_only:,} incidents have a month but no day")
        if self.no_hour:
            sharp = f", of which {self.midnight:,} say midnight sharp" if self.midnight else ""
            out.append(f"  {self.no_hour:,} incidents have no known hour{sharp}")
        return (*out, *(f"  {note}" for note in self.notes))

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["unused"] = [{"reason": u.reason, "count": u.count, "line": u.line} for u in self.unused]
        for name in ("columns", "formats", "kinds"):
            plain[name] = dict(plain[name])
        return {**plain, "assumed": list(self.assumed), "notes": list(self.notes)}


def read_incidents(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    dates: DateOrder = "auto",
    utc: bool = False,
) -> tuple[Incidents, IncidentReport]:
    """Read incidents from a delimited text file, compressed or not.

    Parameters
    ----------
    path : Path
    columns : mapping, optional
        Name of the column by role (``lat``, ``lon``, ``date``, ``time``, ``hour``, ``type``, ``id``) where
        the file's own names do not tell; an empty name means that there is no such column.
    timezone : str, optional
        IANA name of the local zone, for times that carry an offset from UTC.
    dates : {"auto", "day first", "month first"}
        How to read dates that could be either, see `instances.dates`.
    utc : bool
        Times without an offset are UTC; `timezone` must be given.

    Raises
    ------
    InputError
        When the file is missing, empty or no text, a needed column is missing, the dates are ambiguous, or
        no row can be used.
    """
    zone = _zone(str(path), timezone, utc)
    table = open_delimited(path)
    found, faults = find_columns(table.header, told=columns, file=table.file, line=table.header_line)
    if faults:
        raise InputError(faults)
    roles = [role for role in ROLES if role in found]
    cells = table.read([found[role] for role in roles])
    texts = dict(zip(roles, cells.values, strict=True))
    if not len(cells.lines):
        fault = Fault(table.file, table.header_line, 0, "", "there is a header but no row", "export some incidents")
        raise InputError([fault])
    column_names = {role: table.header[found[role]] for role in roles}
    try:
        when = parse_dates(texts["date"], dates=dates, zone=zone, utc=utc)
    except AmbiguousDatesError as error:
        raise InputError([_ambiguous(error, table, cells, column_names["date"])]) from None
    return _assemble(table, cells, texts, when, column_names)


def _zone(file: str, timezone: str | None, utc: bool) -> ZoneInfo | None:
    """Return the local zone."""
    if timezone is None:
        if utc:
            fault = Fault(
                file, 0, 0, "timezone", "times are said to be UTC but no local zone is given", "name the zone"
            )
            raise InputError([fault])
        return None
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong = f"there is no time zone {timezone!r}"
        raise InputError([Fault(file, 0, 0, "timezone", wrong, "use an IANA name such as 'Europe/London'")]) from None


def _ambiguous(error: AmbiguousDatesError, table: Delimited, cells: Columns, name: str) -> Fault:
    """Return the fault for dates that could be read two ways."""
    return Fault(
        *(table.file, int(cells.lines[error.index]), 0, name),
        f"{error.text!r} can be read with the month or with the day first, as can {error.count:,} dates in all, "
        "and no date of the file tells which",
        "say dates: 'day first' or dates: 'month first'",
    )


def _assemble(
    table: Delimited, cells: Columns, texts: dict[str, list[str]], when: DateColumn, names: dict[str, str]
) -> tuple[Incidents, IncidentReport]:
    """Return the usable rows as incidents, and the report."""
    n = len(cells.lines)
    comma = table.delimiter != ","
    lat, lat_state = _degrees(texts["lat"], comma=comma)
    lon, lon_state = _degrees(texts["lon"], comma=comma)
    hour, minute, midnight = _times(when, texts)
    reason = np.zeros(n, dtype=np.int8)
    notes: list[str] = []
    repeated = _repeated(texts, names, notes)
    overlong = np.zeros(n, dtype=bool)
    overlong[list(cells.overlong)] = True
    tests = (
        ("more fields than the header has", overlong),
        ("blank coordinates", (lat_state == BLANK) | (lon_state == BLANK)),
        ("coordinates that are no numbers", (lat_state == UNREADABLE) | (lon_state == UNREADABLE)),
        ("coordinates (0, 0)", (lat == 0) & (lon == 0)),
        ("a latitude outside -90 to 90 or a longitude outside -180 to 180", (np.abs(lat) > 90) | (np.abs(lon) > 180)),
        ("a blank date", when.state == BLANK),
        ("a date that cannot be read", when.state == UNREADABLE),
        ("the id and the type of a row above", repeated),
    )
    for code, (_, rows) in enumerate(tests, 1):
        reason[rows & (reason == 0)] = code
    counts = np.bincount(reason, minlength=len(tests) + 1)
    unused = tuple(
        Unused(text, int(counts[code]), int(cells.lines[np.argmax(reason == code)]))
        for code, (text, _) in enumerate(tests, 1)
        if counts[code]
    )
    if not counts[0]:
        raise InputError([_nothing_left(table, unused, n, texts, names)])
    use = np.flatnonzero(reason == 0)
    kinds, kind = _kinds(texts.get("type"), n)
    every = Incidents(lat, lon, when.day, hour, when.month_only, kind, kinds, table.file, minute)
    incidents = every.select(use)
    if "type" not in texts:
        notes.append("no column is called like a type; all incidents count alike")
    by_kind = np.bincount(incidents.kind, minlength=len(kinds))
    report = IncidentReport(
        file=table.file,
        rows=n,
        used=len(incidents),
        unused=unused,
        columns=names,
        formats=dict(when.formats.most_common()),
        assumed=tuple(when.assumed),
        open_order=when.open_order,
        month_only=int(incidents.month_only.sum()),
        no_hour=int((incidents.hour < 0).sum()),
        midnight=int(midnight[use].sum()),
        kinds={kinds[k]: int(by_kind[k]) for k in np.argsort(-by_kind, kind="stable") if by_kind[k]},
        first=incidents.first.isoformat(),
        last=incidents.last.isoformat(),
        encoding=table.encoding,
        bom=table.bom,
        delimiter=table.delimiter,
        notes=tuple(notes),
    )
    return incidents, report


def _degrees(texts: list[str], *, comma: bool) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return numbers and whether each was blank or unreadable; a decimal comma is read where `comma` allows it."""
    state = np.zeros(len(texts), dtype=np.int8)
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        values = np.empty(len(texts))
        for i, text in enumerate(texts):
            try:
                values[i] = float(text.replace(",", ".") if comma else text)
            except ValueError:
                values[i] = np.nan
                state[i] = UNREADABLE if text and text.lower() not in _NOTHING else BLANK
    state[~np.isfinite(values) & (state != BLANK)] = UNREADABLE
    state[[i for i in np.flatnonzero(np.isnan(values)).tolist() if texts[i].lower() in _NOTHING]] = BLANK
    return np.where(np.isfinite(values), values, np.nan), state


_NOTHING = frozenset({"", "nan", "na", "n/a", "null", "none", "nil", "-", "(null)", "#n/a"})
"""What offices write for nothing."""


def _times(
    when: DateColumn, texts: dict[str, list[str]]
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.bool_]]:
    """Return the hour of each row, -1 where unknown, its minute, and which rows say midnight for want of a time."""
    second = when.second
    for role in ("hour", "time"):
        if role in texts:
            own = parse_times(texts[role])
            second = np.where(own >= 0, own, second)
    sharp = Counter((second[second % 3600 == 0] // 3600).tolist())
    others = float(np.median([sharp[h] for h in range(1, 24)]))
    midnight = np.zeros(len(second), dtype=bool)
    if sharp[0] >= 10 and sharp[0] > MIDNIGHT_EXCESS * others:
        midnight = second == 0
    unknown = (second < 0) | midnight
    hour = np.where(unknown, UNKNOWN_HOUR, second // 3600).astype(np.int8)
    minute = np.where(unknown, 0, second // 60 % 60).astype(np.int8)
    return hour, minute, midnight


def _repeated(texts: dict[str, list[str]], names: dict[str, str], notes: list[str]) -> NDArray[np.bool_]:
    """Return which rows carry id and type of an earlier row; blank ids do not count.

    One report may list several offences under one id, so rows that differ in type all stand.
    """
    ids = texts.get("id")
    again = np.zeros(len(texts["lat"]), dtype=bool)
    if ids is None:
        return again
    seen: set[tuple[str, str]] = set()
    for i, key in enumerate(zip(ids, texts.get("type", ids), strict=True)):
        if key in seen:
            again[i] = True
        elif key[0]:
            seen.add(key)
    if again.sum() > sum(map(bool, ids)) / 2:
        notes.append(f"column {names.pop('id')!r} repeats in most rows and was not taken for an id")
        again[:] = False
    return again


def _kinds(texts: list[str] | None, n: int) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the types, sorted, and the index of each row's type."""
    if texts is None:
        return ("",), np.zeros(n, dtype=np.int32)
    kinds = sorted(set(texts))
    index = {kind: i for i, kind in enumerate(kinds)}
    return tuple(kinds), np.array([index[text] for text in texts], dtype=np.int32)


def _nothing_left(
    table: Delimited, unused: tuple[Unused, ...], n: int, texts: dict[str, list[str]], names: dict[str, str]
) -> Fault:
    """Return the fault for a file of which no row can be used."""
    why = "; ".join(f"{u.count:,} with {u.reason}" for u in unused)
    sample = ", ".join(f"{names[role]!r} is {texts[role][0]!r}" for role in ("lat", "lon", "date") if role in names)
    line = min(u.line for u in unused)
    return Fault(table.file, line, 0, "", f"none of {n:,} rows can be used: {why}", f"in the first row {sample}")

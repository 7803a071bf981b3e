"""Tables of points: stations, hotspots, demand points and tasks from CSV or GeoJSON, row by row, with every fault.

Columns are found by name, in any order, upper or lower case.  What a column is not used for is said, what a
row lacks is a fault at its line; nothing is guessed but the name of a nameless station.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from instances.delimited import open_delimited
from instances.errors import Fault, InputError
from instances.field_kinds import checked_coordinates, text_of
from instances.quantities import QuantityError, plain
from instances.reading import MOST_GEOJSON, content_of, cure
from instances.shift import Origin

T = TypeVar("T")

LATITUDE = ("lat", "latitude", "latitud", "纬度", "緯度")
LONGITUDE = ("lon", "lng", "long", "longitude", "longitud", "经度", "經度")
NAME = ("name", "station name", "station", "district", "title", "名称", "名稱", "派出所", "单位")
IDENTITY = ("osm_id", "id", "fid", "编号")

_HOURS = tuple(f"{hour:02d}" for hour in range(24))


@dataclass(frozen=True)
class Row:
    """One point of a table: its place in the file, and its cells by column as text, blank where empty."""

    number: int
    line: int
    name: str
    lat: float
    lon: float
    cells: dict[str, str]


@dataclass
class PointTable:
    """A table being read: its rows, what is wrong with it, and what was noted."""

    file: str
    columns: tuple[str, ...]
    comma: bool = False
    header_line: int = 1
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def known(self) -> set[str]:
        """The columns as they are compared: in one case and form."""
        return set(map(_folded, self.columns))

    def origin(self, row: Row, column: str = "") -> Origin:
        """Return where a cell stands."""
        if row.line:
            return Origin(self.file, row.line, 0, column)
        return Origin(self.file, 0, 0, f"features[{row.number - 1}].properties.{column}".removesuffix("."))

    def read(self, row: Row, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return a number in a cell, or `default` where it is blank or wrong; what is wrong becomes a fault."""
        return self.read_text(row, column, lambda text: parse(text.replace(",", ".") if self.comma else text), default)

    def read_text(self, row: Row, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return what is in a cell; commas in it are commas, whatever separates decimals."""
        text = row.cells.get(column, "")
        if not text:
            return default
        try:
            return parse(text)
        except QuantityError as error:
            self.faults.append(self.origin(row, column).fault(error.wrong, error.right))
            return default

    def by_hour(self, row: Row, what: str, hours: Sequence[int], parse: Callable[[str], float]) -> tuple[float, ...]:
        """Return a number for each of `hours`: its column ``what_HH``, else `what`, else 1."""
        base = self.read(row, what, parse, None)
        values = {hour: self.read(row, f"{what}_{hour:02d}", parse, base) for hour in hours}
        lacking = [f"{what}_{hour:02d}" for hour, value in values.items() if value is None]
        if lacking and any(column.startswith(f"{what}_") for column in self.known):
            origin = self.origin(row, what)
            if self.header_line and what not in self.known:
                origin = Origin(self.file, self.header_line, 0, what)
            wrong = f"there is no {what} for every hour: no {', '.join(lacking)}"
            self.faults.append(origin.fault(wrong, f"give these, or {what!r} for all other hours"))
        return tuple(1.0 if values[hour] is None else float(values[hour] or 0) for hour in hours)


def read_points(path: Path, *, what: str, known: Sequence[str] = (), hourly: str = "") -> PointTable:
    """Read a table of points.

    Parameters
    ----------
    path : Path
        CSV (also with semicolons or tabs, gzip, a byte order mark, UTF-16, GB 18030) or GeoJSON points.
    what : str
        What a row is, in words, such as ``station``; nameless rows are called after it.
    known : sequence of str
        Columns besides name and position that the caller will read.
    hourly : str
        The column of which there may be one for each hour of the clock, such as ``risk_18`` for ``risk``.

    Raises
    ------
    InputError
        When the file cannot be read, or lacks a column of latitude or longitude.
    """
    known = (*known, *(f"{hourly}_{hour}" for hour in _HOURS if hourly))
    geojson = path.suffix.lower() in (".geojson", ".json")
    table, records = _features(path, lines="to_lat" in known) if geojson else _csv_records(path)
    names = {_folded(c): c for c in table.columns}
    lat, lon, name, identity = (_first(names, wanted) for wanted in (LATITUDE, LONGITUDE, NAME, IDENTITY))
    _need_position(table, lat, lon)
    renamed = {original: folded for folded, original in names.items() if folded in known and original != name}
    used = {lat, lon, name, *renamed} | ({identity} if what == "station" else set())
    table.faults += [
        Fault(table.file, table.header_line, 0, c, f"there are two columns {c!r}", "keep one of the two")
        for c in sorted(used - {""})
        if table.columns.count(c) > 1
    ]
    _report_unused(table, [c for c in table.columns if c not in used], known)
    nameless: list[str] = []
    for number, (line, cells) in enumerate(records, start=1):
        position = _position(table, line, cells, lat, lon)
        label = _label(table, line, cells, name)
        if not label:
            tag = cells.get(identity, "") if identity else ""
            label = f"{what} {tag or number}"
            nameless.append(f"{label!r}" + (f" (line {line})" if line else ""))
        if position is not None:
            kept = {renamed[c]: text for c, text in cells.items() if c in renamed}
            kept["identity"] = cells.get(identity, "") if identity else ""
            table.rows.append(Row(number, line, label, *position, kept))
    if nameless:
        table.notes.append(f"{table.file}: {len(nameless)} without a name, called {', '.join(nameless)}")
    if not table.rows and not table.faults:
        table.faults.append(Fault(table.file, 0, 0, "", f"there is no {what} in it", "add a row"))
    return table


def _need_position(table: PointTable, lat: str, lon: str) -> None:
    """Raise where the columns of latitude and longitude were not found."""
    there = ", ".join(repr(c) for c in table.columns)
    faults = [
        Fault(
            table.file, table.header_line, 0, sample, f"no column of {role}; there are {there}", f"call it {sample!r}"
        )
        for found, role, sample in ((lat, "latitude", "lat"), (lon, "longitude", "lon"))
        if not found
    ]
    if faults:
        raise InputError(faults)


def tell_apart(table: PointTable) -> None:
    """Give points that share a name their identity as well (``Aduana (42)``), where the table has one for each."""
    count: dict[str, int] = {}
    for row in table.rows:
        count[row.name] = count.get(row.name, 0) + 1
    for i, row in enumerate(table.rows):
        identity = row.cells["identity"]
        if count[row.name] > 1 and identity:
            name = f"{row.name} ({identity})"
            table.notes.append(f"{table.file}:{row.line}: another is called {row.name!r} too; this is {name!r}")
            table.rows[i] = Row(row.number, row.line, name, row.lat, row.lon, row.cells)


Records = Iterator[tuple[int, dict[str, str]]]


def _csv_records(path: Path) -> tuple[PointTable, Records]:
    """Return the empty table of a CSV file, and its records."""
    source = open_delimited(path)
    table = PointTable(source.file, source.header, source.delimiter != ",", source.header_line)
    cells = source.read(range(len(source.header)))
    lines = cells.lines.tolist()
    width = len(source.header)
    for i in cells.overlong:
        wrong = f"the row has more than the {width} values that the header names"
        table.faults.append(Fault(table.file, lines[i], 0, "", wrong, "put text that holds the delimiter in quotes"))
    rows = zip(*cells.values, strict=True) if lines else iter(())
    return table, ((line, dict(zip(source.header, row, strict=True))) for line, row in zip(lines, rows, strict=True))


_PLACED = ("lat", "lon", "to_lat", "to_lon")
"""The cells of a feature that its geometry gives."""

_HALF = re.compile(r"\\u[dD][89abAB]")
"""How JSON begins to write a character in two halves."""


def _features(path: Path, *, lines: bool) -> tuple[PointTable, Records]:
    """Return the empty table of a GeoJSON file of points (and `lines`), and its records; their lines are not known."""
    features = read_features(path)
    faults: list[Fault] = []
    columns: dict[str, None] = {}
    records = []
    for number, feature in enumerate(features, start=1):
        where = _place(feature.get("geometry") or {}, lines=lines)
        if where is None:
            what, right = ("a point or a line", "points or lines") if lines else ("a point", "points")
            address = f"features[{number - 1}].geometry"
            faults.append(Fault(str(path), 0, 0, address, f"is not {what}", f"use {right}, [longitude, latitude]"))
            continue
        properties = feature.get("properties") or {}
        cells = {str(k): _text(v) for k, v in properties.items() if str(k) not in _PLACED} | where
        columns |= dict.fromkeys(cells)
        records.append((0, cells))
    return PointTable(str(path), tuple(columns) or _PLACED, header_line=0, faults=faults), iter(records)


def _place(geometry: dict[str, Any], *, lines: bool) -> dict[str, str] | None:
    """Return the cells of a point, or of the ends of a line; None for anything else."""
    where = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        return _cells(where, *_PLACED[:2])
    if not lines or geometry.get("type") != "LineString" or not isinstance(where, list) or len(where) < 2:
        return None
    start, end = _cells(where[0], *_PLACED[:2]), _cells(where[-1], *_PLACED[2:])
    return None if start is None or end is None else start | end


def _cells(position: Any, lat: str, lon: str) -> dict[str, str] | None:
    """Return a position of GeoJSON as cells, or None where it is none."""
    if not isinstance(position, list) or len(position) < 2:
        return None
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in position[:2]):
        return None
    return {lat: str(position[1]), lon: str(position[0])}


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file.

    Raises
    ------
    InputError
        When the file cannot be read or is no GeoJSON collection.
    """
    file = str(path)
    try:
        text = content_of(path, MOST_GEOJSON).decode("utf-8-sig")
        content = json.loads(text)
        if _HALF.search(text):
            json.dumps(content, ensure_ascii=False).encode()  # which fails where half a character stands alone
    except FileNotFoundError:
        raise InputError([Fault(file, 0, 0, "", "there is no such file", "check the path")]) from None
    except OSError as error:
        right = cure(error, "check its rights")
        raise InputError([Fault(file, 0, 0, "", f"cannot be read ({error.strerror})", right)]) from None
    except json.JSONDecodeError as error:
        fault = Fault(file, error.lineno, error.colno, "", f"this is not JSON ({error.msg})", "export it again")
        raise InputError([fault]) from None
    except (ValueError, RecursionError):  # no UTF-8; half a character; a number of thousands of digits
        raise InputError([Fault(file, 0, 0, "", "this is not JSON in UTF-8", "export it again")]) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        wrong = "this is no GeoJSON collection of features"
        raise InputError([Fault(file, 0, 0, "features", wrong, 'it should hold {"type": "FeatureCollection", …}')])
    faults = [
        Fault(file, 0, 0, f"features[{i}].{part}", "is not an object in braces", "export it again")
        for i, feature in enumerate(features)
        for part in ("geometry", "properties")
        if not isinstance(feature.get(part), dict | None)
    ]
    if faults:
        raise InputError(faults)
    return features


def _text(value: Any) -> str:
    """Return a JSON value as a cell."""
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    return "" if value is None else value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _position(table: PointTable, line: int, cells: dict[str, str], lat: str, lon: str) -> tuple[float, float] | None:
    """Return latitude and longitude of a row, or None after noting what is wrong."""
    degrees = []
    for column in (lat, lon):
        text = cells[column]
        try:
            degrees.append(degrees_of(text.replace(",", ".") if table.comma else text))
        except QuantityError as error:
            wrong = error.wrong if plain(text) else "is blank"
            table.faults.append(Fault(table.file, line, 0, column, wrong, f"{error.right}, or delete the row"))
    if len(degrees) < 2:
        return None
    try:
        return checked_coordinates(*degrees)
    except QuantityError as error:
        table.faults.append(Fault(table.file, line, 0, f"{lat}, {lon}", error.wrong, error.right))
        return None


def degrees_of(text: str) -> float:
    """Return a number of degrees."""
    try:
        value = float(plain(text))
        if math.isfinite(value):
            return value
    except ValueError:
        pass
    raise QuantityError(f"{text!r} is not a number of degrees", "give degrees such as 51.5134")


def _label(table: PointTable, line: int, cells: dict[str, str], name: str) -> str:
    """Return the name of a row, blank where it has none."""
    try:
        return " ".join(text_of(" ".join(cells.get(name, "").split())).split())
    except QuantityError as error:
        table.faults.append(Fault(table.file, line, 0, name, error.wrong, error.right))
        return f"row {line}"


def _report_unused(table: PointTable, unused: Sequence[str], known: Sequence[str]) -> None:
    """Note columns that are not used; a misspelt one is a fault."""
    folded = {_folded(c) for c in table.columns}
    for column in unused:
        close = get_close_matches(
            _folded(column), [k for k in known if k not in folded and "_" not in k], n=1, cutoff=0.7
        )
        if close:
            wrong = f"there is no column {column!r} here"
            table.faults.append(Fault(table.file, table.header_line, 0, column, wrong, f"did you mean {close[0]!r}?"))
    if unused:
        table.notes.append(f"{table.file}: columns not used: {', '.join(unused)}")


def _first(names: dict[str, str], wanted: Sequence[str]) -> str:
    """Return the first of the wanted columns that there is, or blank."""
    return next((names[w] for w in wanted if w in names), "")


def _folded(name: str) -> str:
    """Return a column's name for comparison."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())

"""A whole plan as a GeoPackage (OGC 12-128r18, version 1.3), the database that QGIS and other systems open.

A GeoPackage is an SQLite file with a few tables that say what is in it, and geometries as WKB behind a header of
its own.  It is made in memory and reads no clock, so the same plan gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.clock import Clock
from solver.export.features import Feature, Value, demand_points, plan_features, shortfalls, units
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets

if TYPE_CHECKING:
    import sqlite3

Column = str | int | float | bytes | None

APPLICATION = 0x47504B47
"""``GPKG``, by which programs know the file."""

VERSION = 10300
"""Version 1.3.0 of the format."""

SQLITE = 3_040_001
"""The version of SQLite that every file says it was written by, so that its bytes do not depend on the machine."""

WGS84 = 4326
"""Identifier of WGS-84, longitude and latitude."""


@dataclass(frozen=True)
class Layer:
    """A table of features of one kind; `columns` are names of properties with types of SQL.

    A column of type DATETIME is in UTC, as the format asks, and has beside it one with the local time as text.
    """

    name: str
    kind: str
    geometry: str
    columns: Mapping[str, str]
    about: str
    measured: bool = False

    def fields(self) -> dict[str, str]:
        """Return the names and types of all columns but those of number and geometry."""
        pairs = ([(n, t), (f"{n}_local", "TEXT")] if t == "DATETIME" else [(n, t)] for n, t in self.columns.items())
        return dict(chain.from_iterable(pairs))


_STOP = {"callsign": "TEXT", "mode": "TEXT", "number": "INTEGER"}
_SPAN = {"arrive": "DATETIME", "leave": "DATETIME", "minutes": "INTEGER"}
_WAY = {"metres": "DOUBLE", "streets": "BOOLEAN"}

LAYERS = (
    Layer("places", "place", "POINT", {"name": "TEXT", "role": "TEXT"}, "Places where units may stand"),
    Layer(
        "stops",
        "stop",
        "POINT",
        _STOP | {"kind": "TEXT", "place": "TEXT"} | _SPAN | {"order": "TEXT"},
        "Stops of units",
    ),
    Layer(
        "stretches",
        "stretch",
        "LINESTRING",
        _STOP | {"place": "TEXT"} | _SPAN | _WAY,
        "Ways along stretches of street that are visited",
    ),
    Layer(
        "legs",
        "leg",
        "LINESTRING",
        _STOP
        | {"from": "TEXT", "to": "TEXT", "leave": "DATETIME", "arrive": "DATETIME", "minutes": "INTEGER"}
        | {"seconds": "DOUBLE"}
        | _WAY,
        "Ways from stop to stop",
    ),
    Layer(
        "units",
        "unit",
        "LINESTRING",
        {"callsign": "TEXT", "mode": "TEXT"}
        | dict.fromkeys(("shift_begin", "shift_end", "duty_begin", "duty_end"), "DATETIME")
        | {"stops": "INTEGER", "legs": "INTEGER"}
        | _WAY,
        "The whole way of each unit; M is the time in seconds since 1970-01-01T00:00:00Z",
        measured=True,
    ),
    Layer(
        "demand",
        "demand",
        "POINT",
        {"name": "TEXT", "zone": "TEXT", "standard": "INTEGER", "backup": "INTEGER", "demand": "INTEGER"}
        | {"covered": "DOUBLE", "doubly": "DOUBLE"},
        "Demand points with the shares of the plan's minutes in which they are covered",
    ),
    Layer(
        "shortfalls",
        "shortfall",
        "POINT",
        {"rule": "TEXT", "place": "TEXT", "begin": "DATETIME", "end": "DATETIME", "missing": "INTEGER"}
        | {"reason": "TEXT", "cure": "TEXT"},
        "What posts, required visits and required tasks lack",
    ),
)

PLAN = {"name": "TEXT", "timezone": "TEXT", "begin": "DATETIME", "end": "DATETIME", "status": "TEXT"} | {
    "fingerprint": "TEXT",
    "attribution": "TEXT",
}
"""Columns of the table ``plan``, which has one row and no geometry."""


def plan_gpkg(problem: Problem, plan: Plan, streets: Streets) -> bytes:
    """Return places, stops, legs, units, demand points and shortfalls of `plan` as a GeoPackage.

    Coordinates are WGS-84, as the file declares.  Legs whose streets are not known are straight, and say so.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    import sqlite3

    made = chain(
        plan_features(problem, plan, streets),
        units(problem, plan, streets),
        demand_points(problem, plan),
        shortfalls(problem, plan),
    )
    by_kind: dict[str, list[Feature]] = {layer.kind: [] for layer in LAYERS}
    for feature in made:
        by_kind[feature.kind].append(feature)
    clock = Clock.of(problem)
    base = sqlite3.connect(":memory:", isolation_level=None)
    try:
        base.executescript(_SCHEMA)
        base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
        for layer in LAYERS:
            _write_layer(base, layer, by_kind[layer.kind], clock.start)
        _write_plan(base, problem, plan, streets, clock)
        content = bytearray(base.serialize())
    finally:
        base.close()
    content[96:100] = struct.pack(">I", SQLITE)
    return bytes(content)


def _write_layer(base: sqlite3.Connection, layer: Layer, features: list[Feature], start: datetime) -> None:
    """Write a table of features, and what the format says of it."""
    fields = layer.fields()
    base.execute(
        f'CREATE TABLE "{layer.name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {layer.geometry}, '
        f"{_declared(fields)})"
    )
    rows = ([_geometry(layer, f, start), *_cells(layer.columns, f.properties)] for f in features)
    marks = ", ".join("?" * (1 + len(fields)))
    base.executemany(f'INSERT INTO "{layer.name}" (geom, {_names(fields)}) VALUES ({marks})', rows)
    box: list[Column] = [None] * 4
    points = np.vstack([np.empty((0, 2)), *map(_rounded, features)])
    if len(points):
        box = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
    _describe(base, layer.name, "features", layer.about, start, box, WGS84)
    base.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, ?)",
        (layer.name, layer.geometry, WGS84, int(layer.measured)),
    )


def _write_plan(base: sqlite3.Connection, problem: Problem, plan: Plan, streets: Streets, clock: Clock) -> None:
    """Write the table of one row that says which plan it is."""
    layer = Layer("plan", "plan", "", PLAN, "Which plan this is, and whom to credit for the map")
    values: dict[str, Value] = {
        "name": one_line(problem.name),
        "timezone": problem.timezone,
        "begin": clock.local(0),
        "end": clock.local(problem.minutes),
        "status": one_line(plan.status),
        "fingerprint": one_line(plan.fingerprint),
        "attribution": one_line(streets.attribution),
    }
    fields = layer.fields()
    base.execute(f'CREATE TABLE "plan" (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {_declared(fields)})')
    marks = ", ".join("?" * len(fields))
    base.execute(f'INSERT INTO "plan" ({_names(fields)}) VALUES ({marks})', [*_cells(PLAN, values)])
    _describe(base, layer.name, "attributes", layer.about, clock.start, [None] * 4, None)


def _describe(
    base: sqlite3.Connection, name: str, kind: str, about: str, start: datetime, box: list[Column], system: int | None
) -> None:
    """Write the row of a table in the list of contents; the time of its last change is the start of the plan."""
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (name, kind, name, about, _utc(start), *box, system),
    )


def _names(fields: Iterable[str]) -> str:
    """Return names of columns in quotes, as ``from`` and ``order`` are words of SQL."""
    return ", ".join(f'"{name}"' for name in fields)


def _declared(fields: Mapping[str, str]) -> str:
    """Return the declarations of columns."""
    return ", ".join(f'"{name}" {kind}' for name, kind in fields.items())


def _cells(columns: Mapping[str, str], values: Mapping[str, Value]) -> Iterator[Column]:
    """Yield the values of a row; of a time first UTC, then the local time."""
    for name, kind in columns.items():
        value = values[name]
        if isinstance(value, datetime):
            yield _utc(value)
            yield value.isoformat(timespec="seconds")
        elif kind == "DATETIME":
            yield from (None, None)
        else:
            yield int(value) if isinstance(value, bool) else value


def _utc(time: datetime) -> str:
    """Return a time as the format wants it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _rounded(feature: Feature) -> np.ndarray:
    """Return the coordinates of a feature to a centimetre."""
    return np.round(feature.lonlat, 7)


def _geometry(layer: Layer, feature: Feature, start: datetime) -> bytes | None:
    """Return a geometry with its header (section 2.1.3), little endian; None where there is nothing to draw.

    A line has the box around it in its header: least and greatest longitude, then latitude.
    """
    points = _rounded(feature)
    if not len(points):
        return None
    if layer.geometry == "POINT":
        return struct.pack("<2sBBi", b"GP", 0, 0b001, WGS84) + struct.pack("<BI2d", 1, 1, *points[0].tolist())
    box = [bound for axis in points.T for bound in (float(axis.min()), float(axis.max()))]
    head = struct.pack("<2sBBi4d", b"GP", 0, 0b011, WGS84, *box)
    if feature.seconds is not None:
        points = np.column_stack((points, start.timestamp() + feature.seconds))
    return head + struct.pack("<BII", 1, 2002 if layer.measured else 2, len(points)) + points.astype("<f8").tobytes()


_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)

_SYSTEMS = (
    ("WGS 84 geodetic", WGS84, "EPSG", WGS84, _WKT, "longitude and latitude in degrees"),
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinates"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
)
"""The systems of coordinates that every GeoPackage lists (section 1.1.2)."""

_SCHEMA = f"""
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
PRAGMA auto_vacuum = NONE;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
"""
"""The tables that the format requires, as its annex C.1 to C.3 defines them."""

"""GeoPackage: what other programs read is the plan, and the file is what the standard asks for."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from solver.export.geojson import plan_geojson
from solver.export.gpkg import LAYERS, plan_gpkg
from solver.export.gpx import NAMESPACE, route_gpx
from solver.plan import Plan, Route, Shortfall, Stop
from solver.problem import Problem
from solver.streets import Streets
from tests.naive_score import route_cells
from tests.other_programs import ogr_features, ogr_layers
from tests.small_town import busy_plan, busy_town
from tests.test_longest_duty import home, town
from tests.tours import BRIDGE, CREDIT, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours


def sample() -> bytes:
    problem = sample_problem()
    return plan_gpkg(problem, sample_plan(problem), sample_streets())


def opened(content: bytes) -> closing[sqlite3.Connection]:
    """Return the database in a file's bytes."""
    base = sqlite3.connect(":memory:")
    base.deserialize(content)
    base.row_factory = sqlite3.Row
    return closing(base)


def rows(content: bytes, table: str) -> list[dict[str, Any]]:
    with opened(content) as base:
        return [dict(row) for row in base.execute(f'SELECT * FROM "{table}" ORDER BY 1')]


def shape(blob: bytes) -> Any:
    """Return a geometry, read by shapely from behind a header of 8 bytes, or of 40 with the box."""
    return shapely.from_wkb(blob[40:] if blob[3] & 0b1110 else blob[8:])


def test_the_file_is_a_geopackage() -> None:
    """It says that it is a GeoPackage 1.3, is whole, refers to nothing that is missing, and lists all its tables."""
    content = sample()
    with opened(content) as base:
        pragma = {p: base.execute(f"PRAGMA {p}").fetchone()[0] for p in ("application_id", "user_version", "encoding")}
        assert pragma == {"application_id": int.from_bytes(b"GPKG"), "user_version": 10300, "encoding": "UTF-8"}
        assert [tuple(row) for row in base.execute("PRAGMA integrity_check")] == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = {r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = rows(content, "gpkg_contents")
    assert {r["table_name"] for r in contents} == {t for t in tables if not t.startswith(("gpkg_", "sqlite_"))}
    assert {r["srs_id"] for r in rows(content, "gpkg_spatial_ref_sys")} == {-1, 0, 4326}
    assert {(r["z"], r["srs_id"]) for r in rows(content, "gpkg_geometry_columns")} == {(0, 4326)}


def test_no_clock_is_read() -> None:
    """The time of the last change is the start of the plan, and two exports are the same to the byte."""
    assert {r["last_change"] for r in rows(sample(), "gpkg_contents")} == {"2020-11-20T18:00:00.000Z"}
    assert sample() == sample()


def test_the_version_of_sqlite_is_not_in_the_file() -> None:
    """The field in which SQLite notes its own version is the same on every machine."""
    assert int.from_bytes(sample()[96:100]) == 3_040_001


def test_boxes_hold_the_layers() -> None:
    """The list of contents says where each layer lies, and nothing of one that is empty."""
    content = sample()
    for row in rows(content, "gpkg_contents"):
        box = tuple(row[k] for k in ("min_x", "min_y", "max_x", "max_y"))
        shapes = [shape(r["geom"]) for r in rows(content, row["table_name"]) if r.get("geom")]
        assert box == (tuple(shapely.total_bounds(shapes)) if shapes else (None,) * 4)


def test_the_plan_says_which_it_is() -> None:
    """A table of one row has name, times, fingerprint, and whom to credit."""
    assert rows(sample(), "plan") == [
        {
            "id": 1,
            "name": "Friday night",
            "timezone": "Europe/London",
            "begin": "2020-11-20T18:00:00.000Z",
            "begin_local": "2020-11-20T18:00:00+00:00",
            "end": "2020-11-20T20:00:00.000Z",
            "end_local": "2020-11-20T20:00:00+00:00",
            "status": "time limit",
            "fingerprint": sample_problem().fingerprint(),
            "attribution": CREDIT,
        }
    ]


def test_times_are_in_utc_and_local() -> None:
    """Each time stands twice: in UTC for programs, and local with its offset, also where the clocks change."""
    problem = sample_problem(start="2020-10-25T01:30:00+01:00")
    stint = rows(plan_gpkg(problem, sample_plan(problem), Streets()), "stops")[2]
    assert (stint["arrive"], stint["arrive_local"]) == ("2020-10-25T01:00:00.000Z", "2020-10-25T01:00:00+00:00")
    visit = rows(plan_gpkg(problem, sample_plan(problem), Streets()), "stops")[1]
    assert (visit["arrive"], visit["arrive_local"]) == ("2020-10-25T00:33:00.000Z", "2020-10-25T01:33:00+01:00")


def test_units_have_their_whole_way() -> None:
    """A unit is one line with the points and times of its GPX track; one that never moves has none."""
    problem = sample_problem()
    plan, streets = sample_plan(problem), sample_streets()
    car, other = rows(plan_gpkg(problem, plan, streets), "units")
    assert other["geom"] is None
    assert (car["callsign"], car["stops"], car["legs"], car["metres"], car["streets"]) == ("A1", 5, 3, None, 0)
    points = ET.fromstring(route_gpx(problem, plan, streets, "A1")).findall(".//g:trkpt", {"g": NAMESPACE})
    assert shapely.get_coordinates(shape(car["geom"]), include_m=True).tolist() == [
        [
            float(p.attrib["lon"]),
            float(p.attrib["lat"]),
            datetime.fromisoformat(p.findtext("g:time", "", {"g": NAMESPACE})).timestamp(),
        ]
        for p in points
    ]


def test_the_length_of_a_way_is_known_where_all_streets_are() -> None:
    """A unit whose legs all follow streets has their length; one that stays in has none to go."""
    problem = sample_problem()
    stops = (Stop(STATION, "standby", 0, 0), Stop(MARKET, "visit", 3, 20))
    plan = Plan("", (Route("A1", stops), Route("B/2", (Stop(STATION, "standby", 0, 60),))))
    made = rows(plan_gpkg(problem, plan, sample_streets()), "units")
    assert [(r["metres"], r["streets"]) for r in made] == [(1900.0, 1), (0.0, 1)]


def test_a_unit_without_a_duty_has_no_times_of_one() -> None:
    """A unit that chooses its duty and has none has its shift, and no duty."""
    problem = town(10)
    plan = Plan("", (Route("A1", (home(0, 180),)),))
    (row,) = rows(plan_gpkg(problem, plan, Streets()), "units")
    assert row["shift_end"] == "2020-11-20T21:00:00.000Z"
    assert {row[k] for k in ("duty_begin", "duty_begin_local", "duty_end", "duty_end_local")} == {None}


def test_demand_is_covered_as_the_model_says() -> None:
    """The shares of covered minutes are those of the model read literally, minute by minute."""
    problem = busy_town()
    plan = busy_plan(problem)
    first, second = np.zeros((2, len(problem.demand), problem.minutes))
    for route in plan.routes:
        for kind, i, minute in route_cells(problem, route):
            if kind in ("first", "second"):
                (first if kind == "first" else second)[i, minute] += 1
    made = rows(plan_gpkg(problem, plan, Streets()), "demand")
    assert [r["covered"] for r in made] == pytest.approx((first >= 1).mean(axis=1), abs=1e-4)
    assert [r["doubly"] for r in made] == pytest.approx((second >= 2).mean(axis=1), abs=1e-4)
    assert [(r["name"], r["zone"], r["standard"], r["backup"], r["demand"]) for r in made] == [
        ("Square", "core", 60, 300, 9 * 60),
        ("Park", "elsewhere", 300, 600, 2 * 60),
    ]
    assert 0 < made[1]["covered"] < 1


def test_a_visited_stretch_is_a_line() -> None:
    """A stretch of street that is visited is a line of its own, with when and how long."""
    problem = busy_town()
    (row,) = rows(plan_gpkg(problem, busy_plan(problem), Streets()), "stretches")
    assert (row["callsign"], row["place"], row["minutes"], row["streets"]) == ("A1", "Bridge back", 12, 0)
    assert shape(row["geom"]).coords[:] == [(-0.1, 51.56), (-0.11, 51.54)]


LACK = Shortfall(BRIDGE, 30, 60, 2, "too few units on duty", "a unit more")


def test_shortfalls_are_at_their_places() -> None:
    """What hard rules lack is a point with rule, times, number, reason and cure."""
    problem = sample_problem()
    plan = sample_plan(problem).replace(shortfalls=(LACK,))
    (row,) = rows(plan_gpkg(problem, plan, Streets()), "shortfalls")
    assert shape(row.pop("geom")).coords[:] == [(-0.0877, 51.508)]
    assert row == {
        "fid": 1,
        "rule": "post",
        "place": BRIDGE,
        "begin": "2020-11-20T18:30:00.000Z",
        "begin_local": "2020-11-20T18:30:00+00:00",
        "end": "2020-11-20T19:00:00.000Z",
        "end_local": "2020-11-20T19:00:00+00:00",
        "missing": 2,
        "reason": "too few units on duty",
        "cure": "a unit more",
    }


def test_shortfalls_that_a_hand_has_edited_are_kept() -> None:
    """What is no place, no minute of the plan or no number that can be stored is left empty, but the row is there."""
    problem = sample_problem()
    made = (replace(LACK, place="Nowhere"), replace(LACK, end=10**12), replace(LACK, missing=10**30))
    content = plan_gpkg(problem, sample_plan(problem).replace(shortfalls=made), Streets())
    assert [
        (r["place"], *(r[name] is None for name in ("geom", "begin", "missing"))) for r in rows(content, "shortfalls")
    ] == [("Nowhere", True, False, False), (BRIDGE, False, True, False), (BRIDGE, False, False, True)]


@settings(max_examples=40, deadline=None)
@given(tours())
def test_any_plan_says_what_geojson_says(tour: tuple[Problem, Plan, Streets]) -> None:
    """Whatever the names, every layer has the geometries and properties of the GeoJSON, and boxes that hold them."""
    content = plan_gpkg(*tour)
    features = json.loads(plan_geojson(*tour))["features"]
    for layer in LAYERS[:4]:
        wanted = [f for f in features if f["properties"]["feature"] == layer.kind]
        made = rows(content, layer.name)
        assert len(made) == len(wanted)
        for row, feature in zip(made, wanted, strict=True):
            found = shape(row["geom"])
            assert (
                shapely.get_coordinates(found).tolist()
                == np.reshape(feature["geometry"]["coordinates"], (-1, 2)).tolist()
            )
            if found.geom_type == "LineString":
                west, south, east, north = found.bounds
                assert np.frombuffer(row["geom"][8:40], "<f8").tolist() == [west, east, south, north]
            for name, kind in layer.columns.items():
                value = feature["properties"][name]
                if kind == "DATETIME":
                    assert row[f"{name}_local"] == value
                    assert datetime.fromisoformat(row[name]) == datetime.fromisoformat(value)
                else:
                    assert row[name] == value
    for row in rows(content, "units"):
        if row["geom"] is not None:
            assert (np.diff(shapely.get_coordinates(shape(row["geom"]), include_m=True)[:, 2]) > 0).all()


def test_ogr2ogr_reads_every_layer(tmp_path: Path) -> None:
    """ogr2ogr finds all layers, and reads the stops, legs, units and demand points of the plan."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(sample())
    assert ogr_layers(path) == ["places", "stops", "stretches", "legs", "units", "demand", "shortfalls", "plan"]
    stops = ogr_features(path, "stops")
    assert stops[1]["geometry"] == {"type": "Point", "coordinates": [-0.08, 51.517]}
    assert stops[1]["properties"] == {
        "callsign": "A1",
        "mode": "car",
        "number": 2,
        "kind": "visit",
        "place": MARKET,
        "arrive": "2020-11-20T18:03:00Z",
        "arrive_local": "2020-11-20T18:03:00+00:00",
        "leave": "2020-11-20T18:20:00Z",
        "leave_local": "2020-11-20T18:20:00+00:00",
        "minutes": 17,
        "order": f"18:03 Visit {MARKET} until 18:20 (17 min)",
    }
    legs = ogr_features(path, "legs")
    assert (legs[0]["properties"]["from"], legs[0]["properties"]["metres"]) == (STATION, 1900.0)
    assert [f["properties"]["streets"] for f in legs] == [True, False, False]
    units = ogr_features(path, "units")
    assert [f["geometry"] and f["geometry"]["type"] for f in units] == ["LineString", None]
    assert len(ogr_features(path, "demand")) == 1


def test_pyogrio_reads_times_and_text(tmp_path: Path) -> None:
    """A reader with a GDAL of its own takes times for times in UTC, and Chinese for Chinese."""
    pyogrio = pytest.importorskip("pyogrio", reason="pyogrio reads GeoPackage")
    path = tmp_path / "plan.gpkg"
    path.write_bytes(sample())
    meta, _, _, columns = pyogrio.raw.read(path, layer="stops")
    table = dict(zip(meta["fields"].tolist(), columns, strict=True))
    assert meta["crs"] == "EPSG:4326"
    assert table["arrive"].dtype.kind == "M"
    assert table["arrive"][1] == np.datetime64("2020-11-20T18:03:00")
    assert table["place"][0] == STATION

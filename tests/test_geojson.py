"""A plan as GeoJSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from solver.clock import Clock
from solver.export.geojson import plan_geojson
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets
from tests.tours import BRIDGE, CREDIT, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours


def sample(**options: Any) -> Any:
    problem = sample_problem()
    return json.loads(plan_geojson(problem, sample_plan(problem), sample_streets(), **options))


def features(document: Any, kind: str) -> list[Any]:
    return [f for f in document["features"] if f["properties"]["feature"] == kind]


def test_head() -> None:
    """The collection says which plan it is, in which datum, and whom to credit."""
    head = {k: v for k, v in sample().items() if k != "features"}
    assert head == {
        "type": "FeatureCollection",
        "name": "Friday night",
        "datum": "WGS-84",
        "fingerprint": sample_problem().fingerprint(),
        "attribution": CREDIT,
    }


def test_places_have_roles() -> None:
    """Every place is a point, longitude first, with what it is."""
    places = features(sample(), "place")
    assert [(p["properties"]["name"], p["properties"]["role"]) for p in places] == [
        (STATION, "station"),
        (MARKET, "hotspot"),
        (BRIDGE, "post"),
    ]
    assert places[0]["geometry"] == {"type": "Point", "coordinates": [-0.0922, 51.5155]}


def test_stops() -> None:
    """A stop is a point with unit, number, kind, place, times with offset, minutes, and the order to the crew."""
    assert features(sample(), "stop")[1] == {
        "type": "Feature",
        "properties": {
            "feature": "stop",
            "callsign": "A1",
            "mode": "car",
            "number": 2,
            "kind": "visit",
            "place": MARKET,
            "arrive": "2020-11-20T18:03:00+00:00",
            "leave": "2020-11-20T18:20:00+00:00",
            "minutes": 17,
            "order": f"18:03 Visit {MARKET} until 18:20 (17 min)",
            "datum": "WGS-84",
        },
        "geometry": {"type": "Point", "coordinates": [-0.08, 51.517]},
    }


def test_legs() -> None:
    """A leg is a line along its streets with times and length, or a straight one that says so."""
    first, second, third = features(sample(), "leg")
    assert first["geometry"]["coordinates"] == sample_streets().legs["car", STATION, MARKET].lonlat.tolist()
    assert first["properties"] == {
        "feature": "leg",
        "callsign": "A1",
        "mode": "car",
        "number": 1,
        "from": STATION,
        "to": MARKET,
        "leave": "2020-11-20T18:00:00+00:00",
        "arrive": "2020-11-20T18:03:00+00:00",
        "minutes": 3,
        "seconds": 163.3,
        "metres": 1900.0,
        "streets": True,
        "datum": "WGS-84",
    }
    assert second["properties"]["streets"] is False
    assert second["properties"]["metres"] is None
    assert second["properties"]["seconds"] == 100.0
    assert second["geometry"]["coordinates"] == [[-0.08, 51.517], [-0.0877, 51.508]]
    assert third["properties"]["number"] == 3


def test_leg_without_a_known_way() -> None:
    """A leg for which the problem knows no way is drawn straight over the time that the plan gives it."""
    problem = sample_problem()
    problem = problem.replace(travel={"car": np.where(np.eye(3, dtype=bool), 0, -1)})
    document = json.loads(plan_geojson(problem, sample_plan(problem), Streets()))
    assert [f["properties"]["seconds"] for f in features(document, "leg")] == [180.0, 600.0, 240.0]


def test_gcj02_is_said_in_every_feature() -> None:
    """Another datum moves every point in China and is named in every feature."""
    problem = sample_problem()
    places = tuple(p.__class__(p.name, p.lat - 11.5, p.lon + 116.5) for p in problem.places)
    problem = problem.replace(places=places)
    plan = sample_plan(problem)
    one, other = (json.loads(plan_geojson(problem, plan, Streets(), datum=d)) for d in ("wgs84", "gcj02"))
    assert {f["properties"]["datum"] for f in other["features"]} == {other["datum"]} == {"GCJ-02"}
    for a, b in zip(one["features"], other["features"], strict=True):
        moved = np.array(b["geometry"]["coordinates"]) - np.array(a["geometry"]["coordinates"])
        assert (np.abs(moved.reshape(-1, 2) - (0.006, 0.0013)) < 0.002).all()


@settings(max_examples=50, deadline=None)
@given(tours())
def test_any_plan(tour: tuple[Problem, Plan, Streets]) -> None:
    """Any plan gives strict JSON with all its stops in order, a leg wherever a unit moves, points on earth."""
    problem, plan, streets = tour
    clock = Clock.of(problem)
    document = json.loads(plan_geojson(problem, plan, streets), parse_constant=pytest.fail)
    assert [
        (f["properties"]["kind"], f["properties"]["arrive"], f["properties"]["leave"])
        for f in features(document, "stop")
    ] == [(s.kind, clock.iso(s.arrive), clock.iso(s.leave)) for r in plan.routes for s in r.stops]
    moves = sum(a.place != b.place for r in plan.routes for a, b in zip(r.stops, r.stops[1:], strict=False))
    legs = features(document, "leg")
    assert len(legs) == moves
    assert all(len(f["geometry"]["coordinates"]) >= 2 for f in legs)
    for f in document["features"]:
        lonlat = np.array(f["geometry"]["coordinates"]).reshape(-1, 2)
        assert (np.abs(lonlat) <= (180, 90)).all()


def test_ogr2ogr_reads_it(tmp_path: Path) -> None:
    """ogr2ogr reads every feature with its properties."""
    ogr = shutil.which("ogr2ogr")
    if ogr is None:
        pytest.skip("ogr2ogr is not installed")
    problem = sample_problem()
    path, out = tmp_path / "plan.geojson", tmp_path / "out.csv"
    path.write_bytes(plan_geojson(problem, sample_plan(problem), sample_streets()))
    subprocess.run([ogr, "-f", "CSV", str(out), str(path)], check=True, capture_output=True)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) - 1 == len(sample()["features"])
    assert "datum" in lines[0].split(",")

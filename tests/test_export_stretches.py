"""Visits of stretches of street, which are driven along, in every export."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from solver.export.drive import patrols
from solver.export.geojson import plan_geojson
from solver.export.gpx import NAMESPACE, route_gpx
from solver.export.itinerary import itinerary
from solver.export.map.content import map_content
from solver.export.stops_csv import stops_csv
from solver.plan import Plan, Route, Stop
from solver.problem import Place, Problem
from solver.score import score
from solver.streets import Leg, Streets
from tests.tours import BRIDGE, MARKET, STATION, sample_plan, sample_problem, sample_streets

EXIT = (51.5190, -0.0800)
NS = {"g": NAMESPACE}


@pytest.fixture
def problem() -> Problem:
    """Give the sample with a market that is 222 m of street to the north."""
    sample = sample_problem()
    station, market, bridge = sample.places
    return sample.replace(places=(station, Place(market.name, market.lat, market.lon, exit=EXIT), bridge))


@pytest.fixture
def streets() -> Streets:
    """Give the street, which bends to the east on its way, beside the leg that leads there."""
    lonlat = np.array([[-0.0800, 51.5170], [-0.0790, 51.5180], [-0.0800, 51.5190]])
    sample = sample_streets()
    return Streets({**sample.legs, ("car", MARKET, MARKET): Leg(lonlat, np.array([0.0, 20.0, 40.0]), 260.0)}, "")


def track(content: bytes) -> list[tuple[str, float, float]]:
    """Return time of day, longitude and latitude of each point of the track."""
    return [
        (str(point.findtext("g:time", None, NS))[11:19], float(point.attrib["lon"]), float(point.attrib["lat"]))
        for point in ET.fromstring(content).findall("g:trk/g:trkseg/g:trkpt", NS)
    ]


def test_the_track_goes_along_the_street(problem: Problem, streets: Streets) -> None:
    """A unit is at one end when the visit begins, at the bend half-way through, at the other end when it ends."""
    points = track(route_gpx(problem, sample_plan(problem), streets, "A1"))
    while_there = [point for point in points if "18:03:00" <= point[0] <= "18:20:00"]
    assert while_there == [
        ("18:03:00", -0.0800, 51.5170),
        ("18:11:30", -0.0790, 51.5180),
        ("18:20:00", -0.0800, 51.5190),
    ]


def test_the_next_leg_begins_at_the_other_end(problem: Problem) -> None:
    """Where the streets of the next leg are not known, it is straight from where the stretch ends."""
    document = json.loads(plan_geojson(problem, sample_plan(problem), Streets()))
    legs = [f for f in document["features"] if f["properties"]["feature"] == "leg"]
    assert legs[0]["geometry"]["coordinates"][-1] == [-0.0800, 51.5170]
    assert legs[1]["geometry"]["coordinates"][0] == [-0.0800, 51.5190]


def test_a_stretch_is_part_of_the_way_on_the_map(problem: Problem, streets: Streets) -> None:
    """A unit goes the 260 m of the street beside its legs; where it is not known that is one straight line more."""
    plan = sample_plan(problem)
    known, unknown = (
        map_content(problem, plan, which, score(problem, plan))["units"][0] for which in (streets, sample_streets())
    )
    assert known["metres"] - unknown["metres"] == 260
    assert unknown["straight"] - known["straight"] == 1


def test_a_stretch_is_a_line_in_geojson(problem: Problem, streets: Streets) -> None:
    """The way along the street is a feature of its own, straight and said to be so where it is not known."""
    found = []
    for known in (streets, Streets()):
        document = json.loads(plan_geojson(problem, sample_plan(problem), known))
        (feature,) = (f for f in document["features"] if f["properties"]["feature"] == "stretch")
        assert feature["properties"]["place"] == MARKET
        assert feature["properties"]["number"] == 2
        told = feature["properties"]
        found.append((len(feature["geometry"]["coordinates"]), told["streets"], told["metres"]))
    assert found == [(3, True, 260.0), (2, False, None)]


def test_the_order_says_to_go_along(problem: Problem, streets: Streets) -> None:
    """The crew is told to patrol along the street, and a device is led to its far end."""
    root = ET.fromstring(route_gpx(problem, sample_plan(problem), streets, "A1"))
    names = [p.findtext("g:name", None, NS) for p in root.findall("g:rte/g:rtept", NS)]
    assert names[1:3] == [f"A1-02 {MARKET}", f"A1-02 {MARKET}, far end"]
    assert root.findall("g:wpt", NS)[1].findtext("g:desc", None, NS) == (
        f"18:03 Patrol along {MARKET} until 18:20 (17 min)"
    )
    bounds = root.find("g:metadata/g:bounds", NS)
    assert bounds is not None
    assert bounds.attrib["maxlat"] == "51.5190000"


def test_the_table_says_where_the_unit_leaves(problem: Problem) -> None:
    """Of a stretch the table has both ends; of any other stop the same point twice."""
    table = csv.DictReader(io.StringIO(stops_csv(problem, sample_plan(problem)).decode("utf-8-sig"), newline=""))
    market, bridge = (row for row in table if row["place"] in (MARKET, BRIDGE))
    assert (market["lat"], market["exit_lat"], market["exit_lon"]) == ("51.517", "51.519", "-0.08")
    assert (bridge["exit_lat"], bridge["exit_lon"]) == (bridge["lat"], bridge["lon"])


def test_only_a_visit_goes_along(problem: Problem) -> None:
    """A unit that only waits at a stretch stays where it came; after a visit it waits at the far end."""
    kinds = ("standby", "visit", "standby", "visit")
    stops = tuple(Stop(MARKET, kind, 10 * i, 10 * i + 10) for i, kind in enumerate(kinds))
    plan = Plan(problem.fingerprint(), (Route("A1", stops),))
    entry, far = (-0.0800, 51.5170), (EXIT[1], EXIT[0])
    halts = itinerary(problem, plan, "A1").halts
    assert [(h.begin, h.end) for h in halts] == [(entry, entry), (entry, far), (far, far), (far, far)]
    assert [p.halt.number for p in patrols(Streets(), itinerary(problem, plan, "A1"))] == [2]


def test_times_of_the_track_rise(problem: Problem, streets: Streets) -> None:
    """Also with stretches every point of the track is later than the one before."""
    points = track(route_gpx(problem, sample_plan(problem), streets, "A1"))
    assert all(a < b for (a, _, _), (b, _, _) in pairwise(points))


def test_the_way_back_is_a_hotspot(problem: Problem) -> None:
    """The second place of a stretch has the role of a hotspot on the map."""
    spot = problem.hotspots[0]
    places = (*problem.places, Place("Market, back", *EXIT, exit=(51.5170, -0.0800)))
    travel = np.pad(problem.travel["car"], ((0, 1), (0, 1)), mode="edge") * (1 - np.eye(4, dtype=int))
    reach = np.pad(problem.reach["car"], ((0, 1), (0, 0)), mode="edge")
    spots = (replace(spot, reverse=3),)
    both = problem.replace(places=places, hotspots=spots, travel={"car": travel}, reach={"car": reach})
    document = json.loads(plan_geojson(both, sample_plan(both), Streets()))
    told = [f["properties"] for f in document["features"] if f["properties"]["feature"] == "place"]
    roles = {place["name"]: place["role"] for place in told}
    assert roles == {STATION: "station", MARKET: "hotspot", BRIDGE: "post", "Market, back": "hotspot"}

"""Hotspots that are stretches of street: entered at one end, left at the other, in directions that can be driven."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from instances.build import Built, build
from instances.errors import InputError
from instances.roads import snap, travel_seconds
from instances.shift_file import read_shift
from solver.plan import Plan, Route, Stop
from solver.problem_json import problem_from_json, problem_to_json
from tests.osm_files import BLOCK, grid, osm_text
from tests.shift_samples import SHIFT, edited, write_shift

START, END = (51.4995, -0.1000), (51.5005, -0.1000)
MALL = f"{{name: Mall, from: {list(START)}, to: {list(END)}, dwell: 15 min, risk: 2}}"
SOUTH, NORTH = 20.0, 20.002
"""Where the station and the far end of the town of `one_way` lie, in degrees north."""


def built(folder: Path, shift: str, **files: str) -> Built:
    """Read and build a shift file."""
    tables = {name.replace("_", "."): text for name, text in files.items()}
    return build(read_shift(write_shift(folder, shift=shift, files=tables)), cache=None)


def drawn(folder: Path, spots: str = MALL, text: str = SHIFT) -> Built:
    """Build the sample with hotspots written in it."""
    return built(folder, edited("hotspots: hotspots.csv", f"hotspots: [{spots}]", text))


def seconds(result: Built, mode: str, start: tuple[float, float], end: tuple[float, float]) -> int:
    """Return the seconds from point to point on the streets of a build."""
    places = snap(result.network, np.array([start, end]), mode)
    return int(travel_seconds(result.network, mode, places, places)[0, 1])


def test_two_directions_are_two_places(tmp_path: Path) -> None:
    """A two-way stretch is a place from its start to its end, and another, after all others, the other way."""
    problem = drawn(tmp_path, MALL + ", {name: Kiosk, at: [51.5010, -0.1]}").problem
    assert [p.name for p in problem.places] == ["Central", "North", "Mall", "Kiosk", "Gate", "Mall (reverse)"]
    mall, kiosk = problem.hotspots
    assert (mall.place, mall.reverse, mall.dwell) == (2, 5, 15)
    assert kiosk.reverse is None
    there, back = (problem.places[i] for i in mall.places)
    assert ((there.lat, there.lon), there.exit) == (START, END)
    assert ((back.lat, back.lon), back.exit) == (END, START)
    assert problem.places[3].exit is None


@pytest.mark.parametrize("mode", ["car", "foot"])
def test_ways_lead_to_the_entry_and_from_the_exit(tmp_path: Path, mode: str) -> None:
    """Travel into a stretch is to the end where it is entered, travel out of it from the other end."""
    result = drawn(tmp_path)
    travel, places = result.problem.travel[mode], result.problem.places
    for i, place in enumerate(places):
        for j, other in enumerate(places):
            if i != j:
                wanted = seconds(result, mode, place.exit or (place.lat, place.lon), (other.lat, other.lon))
                assert travel[i, j] == wanted
    assert not np.diagonal(travel).any()


def test_calls_are_reached_from_the_farther_end(tmp_path: Path) -> None:
    """From a stretch a demand point is as far as from the end that is farther from it."""
    result = drawn(tmp_path)
    reach = result.problem.reach["foot"]
    for k, point in enumerate(result.problem.demand):
        each = [seconds(result, "foot", end, (point.lat, point.lon)) for end in (START, END)]
        assert reach[2, k] == reach[4, k] == max(each)


def test_streets_lead_along_the_stretch(tmp_path: Path) -> None:
    """The streets of a plan hold the way along a stretch from end to end, and legs from its exit to the next entry."""
    result = drawn(tmp_path)
    stops = [Stop(name, "visit", 0, 0) for name in ("Central", "Mall", "Gate", "Mall (reverse)")]
    streets = result.streets(Plan(result.problem.fingerprint(), (Route("B1", tuple(stops)),)))
    assert set(streets.legs) == {
        ("foot", "Central", "Mall"),
        ("foot", "Mall", "Mall"),
        ("foot", "Mall", "Gate"),
        ("foot", "Gate", "Mall (reverse)"),
        ("foot", "Mall (reverse)", "Mall (reverse)"),
    }
    along = streets.legs["foot", "Mall", "Mall"]
    assert along.lonlat[0] == pytest.approx(START[::-1], abs=1e-6)
    assert along.lonlat[-1] == pytest.approx(END[::-1], abs=1e-6)
    assert along.metres == pytest.approx(111, abs=1)
    assert streets.legs["foot", "Mall", "Gate"].lonlat[0] == pytest.approx(END[::-1], abs=1e-6)
    assert streets.legs["foot", "Gate", "Mall (reverse)"].lonlat[-1] == pytest.approx(END[::-1], abs=1e-6)


TABLE = "name,lat,lon,to_lat,to_lon,dwell,risk\nMall,51.4995,-0.1000,51.5005,-0.1000,15,2\n"
LINE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Mall", "dwell": "15 min", "risk": 2},
                "geometry": {"type": "LineString", "coordinates": [[-0.1, 51.4995], [-0.1, 51.5], [-0.1, 51.5005]]},
            }
        ],
    }
)


def test_tables_and_lines_mean_the_same(tmp_path: Path) -> None:
    """A stretch in the shift file, in a table, and a line of GeoJSON give one problem."""
    listed = drawn(tmp_path).problem
    assert built(tmp_path, SHIFT, hotspots_csv=TABLE).problem == listed
    named = edited("hotspots: hotspots.csv", "hotspots: lines.geojson")
    assert built(tmp_path, named, lines_geojson=LINE).problem == listed


def one_way(folder: Path, oneway: str, spots: str, *, roster: str = "mode: car", footway: bool = False) -> Built:
    """Build a town of one block round which a one-way street leads, station in the south-west, with hotspots."""
    nodes = {
        ref: (lat + SOUTH, lon)
        for ref, (lat, lon) in grid((1, 0, 0), (2, 1, 0), (3, 1, 2), (4, 0, 2), (5, 0, 1)).items()
    }
    street = {"highway": "residential"}
    ways = [(1, [1, 5, 4], {**street, "oneway": oneway}), (2, [4, 3], street), (3, [3, 2], street), (4, [2, 1], street)]
    if footway:
        ways.append((5, [5, 2], {"highway": "footway"}))
    shift = (
        "patrolplan: 1\ntimezone: UTC\nfrom: 2020-11-20 18:00\nto: 2020-11-20 22:00\nnetwork: town.osm\n"
        f"stations: [{{name: Yard, at: [{SOUTH}, {BLOCK}]}}]\nunits: [{{callsign: A1, station: Yard, {roster}}}]\n"
        f"hotspots: [{spots}]\n"
    )
    return built(folder, shift, town_osm=osm_text(nodes, ways))


NORTHWARD = f"{{name: Quay, from: [{SOUTH}, 0.00001], to: [{NORTH}, 0.00001]}}"


def test_a_one_way_stretch_is_one_place(tmp_path: Path) -> None:
    """Where only one direction can be driven there is one place, entered at the start of the stretch."""
    problem = one_way(tmp_path, "yes", NORTHWARD).problem
    assert [p.name for p in problem.places] == ["Yard", "Quay"]
    assert problem.places[1].exit == (NORTH, 0.00001)
    assert problem.hotspots[0].reverse is None


def test_a_stretch_drawn_against_the_traffic(tmp_path: Path) -> None:
    """Where it can only be driven from its end to its start, the one place is entered at its end."""
    quay = one_way(tmp_path, "-1", NORTHWARD).problem.places[1]
    assert (quay.lat, quay.exit) == (NORTH, (SOUTH, 0.00001))


def test_modes_differ(tmp_path: Path) -> None:
    """Against a one-way street walkers go and cars do not: the way back is there, and no way leads cars to it."""
    roster = "mode: car}, {callsign: B1, station: Yard, mode: foot"
    result = one_way(tmp_path, "yes", NORTHWARD, roster=roster)
    problem = result.problem
    assert [p.name for p in problem.places] == ["Yard", "Quay", "Quay (reverse)"]
    assert (problem.travel["foot"] >= 0).all()
    assert problem.travel["car"][0, 1] > 0
    assert (problem.travel["car"][:2, 2] == problem.travel["car"][2, :2]).all()
    assert problem.travel["car"][0, 2] == -1
    stops = tuple(Stop(name, "visit", 0, 0) for name in ("Quay", "Quay (reverse)"))
    assert set(result.streets(Plan("", (Route("A1", stops),))).legs) == {("car", "Quay", "Quay")}


def test_ends_near_a_crossing_mean_the_crossing(tmp_path: Path) -> None:
    """An end a few metres round the corner, in a street that leads away, still begins at the crossing."""
    corner = f"{{name: Quay, from: [{SOUTH}, {0.05 * BLOCK}], to: [{NORTH}, {0.05 * BLOCK}]}}"
    result = one_way(tmp_path, "yes", corner)
    stops = (Stop("Quay", "visit", 0, 0),)
    (along,) = result.streets(Plan("", (Route("A1", stops),))).legs.values()
    assert along.metres == pytest.approx(2 * 111.2, abs=1)


def test_who_takes_longer_than_a_visit_does_not_go(tmp_path: Path) -> None:
    """A mode that needs longer for the way than a visit lasts cannot visit it, and the report says so."""
    roster = "mode: car}, {callsign: B1, station: Yard, mode: foot"
    short = NORTHWARD.replace("}", ", dwell: 2 min}")
    result = one_way(tmp_path, "no", short, roster=roster)
    assert result.problem.travel["foot"][0, 1] == -1
    assert result.problem.travel["car"][0, 1] > 0
    assert "on foot nobody can go along 'Quay' within a visit" in result.report.notes
    with pytest.raises(InputError, match=r"'Quay' takes longer than a visit of 2 min: foot 3 min; make 'dwell' longer"):
        one_way(tmp_path, "no", short, roster="mode: foot")


def test_who_must_go_a_long_way_round_does_not_go(tmp_path: Path) -> None:
    """A mode for which there are only other streets cannot visit a stretch, and the report says that, not of time."""
    path = f"{{name: Path, from: [{SOUTH + BLOCK}, 0.0], to: [{SOUTH}, {BLOCK}], dwell: 30 min}}"
    roster = "mode: car}, {callsign: B1, station: Yard, mode: foot"
    result = one_way(tmp_path, "no", path, roster=roster, footway=True)
    assert result.problem.travel["car"][0, 1] == -1
    assert result.problem.travel["foot"][0, 1] > 0
    (note,) = (note for note in result.report.notes if "nobody can go" in note)
    assert note == "by car nobody can go along 'Path': no way leads from end to end, or only a long way round"


def test_breaks_are_taken_standing(tmp_path: Path) -> None:
    """A break that may be anywhere may be at every place but the stretches."""
    pause = 'break: {minutes: 30, between: "21:00-23:30"'
    unit = drawn(tmp_path, text=edited(pause, f"{pause}, at: anywhere")).problem.units[0]
    assert unit.break_ is not None
    assert unit.break_.places == (0, 1, 3)


def test_a_stretch_is_watched_when_all_of_it_is_near(tmp_path: Path) -> None:
    """A post watches a stretch when both of its ends lie within the distance."""
    for metres, found in (("70 m", ()), ("80 m", (0,))):
        text = edited("stint: 30 min", f"stint: 30 min, watches: {metres}")
        assert drawn(tmp_path, text=text).problem.posts[0].watches == found


def test_demand_at_a_stretch_lies_half_way(tmp_path: Path) -> None:
    """Without demand and incidents, the demand of a stretch is at its middle."""
    (point,) = drawn(tmp_path, text=SHIFT.replace("demand: demand.csv\n", "")).problem.demand
    assert (point.lat, point.lon) == pytest.approx((51.5, -0.1))


def test_both_places_are_in_one_district(tmp_path: Path) -> None:
    """The two places of a stretch lie in the district of its start."""
    problem = drawn(tmp_path, text=SHIFT + "districts: parts.geojson\n").problem
    assert [problem.places[i].district for i in problem.hotspots[0].places] == ["South", "South"]


def test_stretches_can_be_written_and_read(tmp_path: Path) -> None:
    """A problem with stretches survives its JSON."""
    problem = drawn(tmp_path).problem
    assert problem_from_json(problem_to_json(problem)) == problem

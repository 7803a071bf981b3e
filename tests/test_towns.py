"""Synthetic towns: the same from the same seed, whole for every mode, and believable in the figures that matter."""

from __future__ import annotations

import csv
import gzip
import io
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.build import build
from instances.incidents import read_incidents
from instances.roads import load_network
from instances.shift_file import read_shift
from instances.towns import Town, make_town, write_town
from instances.towns.demo import DEMO, make_demo
from instances.towns.ground import BLOCK
from instances.towns.street_details import ON_FOOT, _trapped

FILES = ("network.osm.gz", "stations.csv", "incidents.csv", "night.yaml")


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(1, hotspots=60, units=15)


def ways(town: Town) -> list[dict[str, str]]:
    """Return the tags of every way of the network."""
    root = ET.fromstring(gzip.decompress(town.files["network.osm.gz"]))
    return [{tag.get("k", ""): tag.get("v", "") for tag in way.iter("tag")} for way in root.iter("way")]


def test_the_bundled_demo_town_is_what_its_maker_makes() -> None:
    """Regenerating gives the bundled files to the byte (what gzip holds, as packers differ between machines)."""
    made = make_demo().files
    assert tuple(made) == FILES
    for name, content in made.items():
        bundled = (DEMO / name).read_bytes()
        if name.endswith(".gz"):
            bundled, content = gzip.decompress(bundled), gzip.decompress(content)
        assert bundled == content, f"{name}: run python -m instances.towns.demo"


def test_the_bundle_is_small_and_described() -> None:
    """Beside the town's files there is only the page that describes them, and all is below 400 kB."""
    there = {path.name for path in DEMO.iterdir()}
    assert there == {*FILES, "README.md"}
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 400_000
    page = (DEMO / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in FILES)


def test_the_demo_town_is_a_problem(tmp_path: Path) -> None:
    """Its shift file builds without a fault: 12 units of four modes, 40 hotspots, 2 posts, a night over midnight."""
    problem = build(read_shift(DEMO / "night.yaml"), cache=None).problem
    assert (len(problem.units), len(problem.hotspots), len(problem.posts), problem.minutes) == (12, 40, 2, 480)
    assert Counter(u.mode for u in problem.units) == {"car": 6, "motorcycle": 2, "bicycle": 2, "foot": 2}
    assert len({(u.start, u.end) for u in problem.units}) > 4
    assert all(u.break_ for u in problem.units)
    assert all((array >= 0).all() for array in problem.travel.values())
    assert {d.zone for d in problem.demand} == {"core", "town", "elsewhere"}


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Nothing but seed and size goes in; another seed is another town."""
    one, two, other = (make_town(seed, hotspots=20, units=4) for seed in (3, 3, 4))
    assert one.files == two.files
    assert all(one.files[name] != other.files[name] for name in FILES)
    assert one.files["network.osm.gz"][4:8] == b"\0\0\0\0"


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(10, 60), st.data())
def test_every_seed_gives_a_town_that_hangs_together(seed: int, hotspots: int, data: st.DataObject) -> None:
    """Cars get from every junction to every other, no street lies twice, and the roster is as long as asked."""
    units = data.draw(st.integers(1, min(hotspots, 12)))
    town = make_town(seed, hotspots=hotspots, units=units)
    assert not _trapped(town.streets)
    ends = Counter(frozenset(s.ends) for s in town.streets.streets if s.ends[0] != s.ends[1])
    assert max(ends.values()) == 1
    assert town.files["night.yaml"].count(b"callsign: ") == units
    stations = list(csv.DictReader(io.StringIO(town.files["stations.csv"].decode())))
    assert stations
    assert len({row["name"] for row in stations}) == len(stations)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_every_seed_gives_a_shift_that_can_be_built(seed: int) -> None:
    """Shift file, streets, stations, posts and incidents fit together: no fault, and every place is reached."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_town(make_town(seed, hotspots=15, units=6), Path(folder))
        problem = build(read_shift(Path(folder) / "night.yaml"), cache=None).problem
    assert len(problem.units) == 6
    assert all((array >= 0).all() for array in problem.travel.values())


@pytest.mark.parametrize(("hotspots", "units", "stations"), [(30, 6, 1), (400, 60, 16)])
def test_sizes_run_from_a_small_town_to_a_city(tmp_path: Path, hotspots: int, units: int, stations: int) -> None:
    """The shift asks for as many hotspots and units as were wanted, and the area grows with them."""
    town = make_town(2, hotspots=hotspots, units=units)
    paths = write_town(town, tmp_path / "new" / "town")
    assert [path.name for path in paths] == list(FILES)
    shift = read_shift(tmp_path / "new" / "town" / "night.yaml")
    assert (shift.risk.hotspots, len(shift.units), len(shift.stations)) == (hotspots, units, stations)
    km = sum(town.streets.length(s) for s in town.streets.streets) / 1000
    assert 1.8 < km / hotspots < 3.0


def test_every_mode_reaches_all_of_its_streets(town: Town, tmp_path: Path) -> None:
    """Read back as a road network, nothing is cut off for any mode."""
    write_town(town, tmp_path)
    network = load_network(tmp_path / "network.osm.gz", cache=None)
    for mode in network.describe().to_json()["modes"].values():
        assert (mode["km_dropped"], mode["components_dropped"]) == (0, 0)


def test_streets_are_of_every_class_and_rule(town: Town) -> None:
    """A hierarchy, one-ways in both writings, contraflow, a walkers' core, roundabouts, bridges, limits, dead ends."""
    tags = ways(town)
    classes = Counter(w["highway"] for w in tags)
    assert {"primary", "secondary", "tertiary", "residential", "service", "pedestrian", "footway", "path"} <= set(
        classes
    )
    assert classes["residential"] > classes["tertiary"] > classes["primary"]
    assert {w.get("oneway") for w in tags} == {None, "yes", "-1"}
    assert any(w.get("oneway:bicycle") == "no" for w in tags)
    assert sum(w.get("junction") == "roundabout" for w in tags) >= 2
    assert sum(w.get("bridge") == "yes" for w in tags) >= 2
    assert {w.get("maxspeed") for w in tags} == {None, "20 mph", "30 mph", "40 mph"}
    assert sum(w.get("name", "").endswith(" Close") for w in tags) > 5


def test_the_river_is_crossed_on_bridges_alone(town: Town) -> None:
    """No street but a bridge has its ends on two banks, and bridges are few."""
    plan = town.streets
    bridges = 0
    for street in plan.streets:
        banks = [plan.ground.across(*plan.points[n]) > 0 for n in street.ends]
        if "bridge" in street.tags:
            bridges += 1
            assert banks[0] != banks[1]
        else:
            assert banks[0] == banks[1]
    assert 2 <= bridges < 0.02 * len(plan.streets)


def test_streets_bend_but_never_fold(town: Town) -> None:
    """Neighbouring junctions keep about a block between them, and no step within a street is a leap."""
    plan = town.streets
    for street in plan.streets:
        if street.line.startswith(("row", "column")) and "bridge" not in street.tags:
            assert 0.5 * BLOCK < plan.length(street) < 1.7 * BLOCK
        for a, b in pairwise(street.nodes):
            assert 1 < np.hypot(*np.subtract(plan.points[a], plan.points[b])) < 1.7 * BLOCK


def test_incidents_peak_in_the_evening_and_at_the_weekend(town: Town, tmp_path: Path) -> None:
    """More happens between 20:00 and 01:00 than by day, and most on the nights of Friday and Saturday."""
    write_town(town, tmp_path)
    incidents, report = read_incidents(tmp_path / "incidents.csv")
    assert (report.rows, report.no_hour) == (3600, 0)
    assert {u.reason for u in report.unused} == {"blank coordinates"}
    assert 0 < report.unused[0].count < 60
    by_hour = np.bincount(incidents.hour, minlength=24)
    assert by_hour[[20, 21, 22, 23, 0]].mean() > 1.8 * by_hour[6:18].mean()
    evening = incidents.select(incidents.hour >= 20)
    by_day = np.bincount((evening.day + 3) % 7, minlength=7)
    assert by_day[[4, 5]].mean() > 1.2 * by_day[[0, 1, 2, 3]].mean()
    assert (report.first, report.last) == ("2026-04-13", "2026-10-11")


def test_few_streets_hold_half_of_the_incidents(town: Town) -> None:
    """Half of it happens on 3 to 12 per cent of the streets (Weisburd 2015 found 2 to 6 in real cities)."""
    rows = list(csv.DictReader(io.StringIO(town.files["incidents.csv"].decode())))
    plan = town.streets
    streets = [s for s in plan.streets if s.highway not in ON_FOOT]
    middle = np.array([plan.ground.degrees(*plan.along(s, 0.5)) for s in streets])
    where = np.array([(float(r["latitude"]), float(r["longitude"])) for r in rows if r["latitude"]])
    scale = np.array([1.0, np.cos(np.radians(54.7))])
    from scipy.spatial import cKDTree

    nearest = cKDTree(middle * scale).query(where * scale)[1]
    counts = np.sort(np.bincount(nearest, minlength=len(streets)))[::-1]
    half = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2)) + 1
    assert 0.03 < half / len(streets) < 0.12


@pytest.mark.parametrize(
    ("hotspots", "units", "message"),
    [
        (9, 1, "hotspots must be 10 to 1000, not 9"),
        (1001, 1, "hotspots must be 10 to 1000, not 1001"),
        (20, 0, r"units must be 1 to the number of hotspots \(20\), not 0"),
        (20, 21, r"units must be 1 to the number of hotspots \(20\), not 21"),
    ],
)
def test_sizes_out_of_range_are_refused(hotspots: int, units: int, message: str) -> None:
    """A town needs streets, and a unit something to do."""
    with pytest.raises(ValueError, match=message):
        make_town(1, hotspots=hotspots, units=units)

"""Closed streets: which are meant, who may not use them, and how everybody goes round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from instances.build import Built, build
from instances.cache import Cache
from instances.roads import RoadNetwork, snap, travel_seconds
from instances.roads.closing import (
    close_streets,
    closed_to,
    streets_around,
    streets_between,
    streets_called,
    streets_inside,
)
from instances.shift_file import read_shift
from solver.problem import MODES
from tests.osm_files import BLOCK, STREET, grid, line, network_of
from tests.shift_samples import edited, write_shift

MOTORS = ("car", "motorcycle", "bicycle")
SIDE = 4
"""Crossings on a side of the town of `square`."""


def square(folder: Path) -> RoadNetwork:
    """Return a square town with a street for each row and column, the first two High Street and Mill Lane."""
    nodes = grid(*((10 * row + column + 1, column, row) for row in range(SIDE) for column in range(SIDE)))
    lines = [[10 * row + column + 1 for column in range(SIDE)] for row in range(SIDE)]
    every = [*lines, *map(list, zip(*lines, strict=True))]
    names = ["High Street", "Mill Lane", *(f"Street {i}" for i in range(2, len(every)))]
    ways = [(i + 1, refs, {**STREET, "name": name}) for i, (refs, name) in enumerate(zip(every, names, strict=True))]
    return network_of(folder, nodes, ways)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Give a square town."""
    return square(tmp_path_factory.mktemp("square"))


def seconds(network: RoadNetwork, mode: str, *points: tuple[float, float]) -> np.ndarray:
    """Return the times between points given in blocks north and east."""
    places = snap(network, np.array(points) * BLOCK, mode)
    return travel_seconds(network, mode, places, places)


def ends(network: RoadNetwork, streets: np.ndarray) -> set[tuple[float, ...]]:
    """Return the middles of streets in blocks north and east."""
    middle = (network.lonlat[network.tail[streets]] + network.lonlat[network.head[streets]]) / 2 / BLOCK
    return {(round(float(lat), 2), round(float(lon), 2)) for lon, lat in middle}


def test_by_name(town: RoadNetwork) -> None:
    """A name means every street that has it, whatever the case."""
    assert ends(town, streets_called(town, "high street")) == {(0, 0.5), (0, 1.5), (0, 2.5)}
    assert not len(streets_called(town, "High"))


def test_a_street_ends_where_its_name_does(tmp_path: Path) -> None:
    """Of a road that goes on under another name, only the part with the name is meant."""
    ways = [(1, [1, 2], {**STREET, "name": "North Road"}), (2, [2, 3], {**STREET, "name": "South Road"})]
    network = network_of(tmp_path, line(1, 2, 3), ways)
    assert ends(network, streets_called(network, "North Road")) == {(0, 0.5)}


def test_around_a_point(town: RoadNetwork) -> None:
    """A distance means every street that comes as near to the point, as far as the next crossing."""
    assert ends(town, streets_around(town, 0, 0.5 * BLOCK, 20)) == {(0, 0.5)}
    assert ends(town, streets_around(town, 0, 0, 20)) == {(0, 0.5), (0.5, 0)}


def test_inside_an_area(town: RoadNetwork) -> None:
    """An area means every street that it touches."""
    found = streets_inside(town, box(0.4 * BLOCK, -0.1 * BLOCK, 0.6 * BLOCK, 1.1 * BLOCK))
    assert ends(town, found) == {(0, 0.5), (1, 0.5)}


def test_between_two_points(town: RoadNetwork) -> None:
    """Two points mean the streets on the shortest way; points a few metres off a crossing mean the crossing."""
    near = 0.05 * BLOCK
    found, metres = streets_between(town, "car", (near, 0.0), (0.0, 2 * BLOCK - near), limit=250)
    assert ends(town, found) == {(0, 0.5), (0, 1.5)}
    assert (metres < 1).all()


def test_within_a_block(town: RoadNetwork) -> None:
    """A way that begins within a block means all of it, to the crossing."""
    found, _ = streets_between(town, "car", (0.0, 0.4 * BLOCK), (0.0, 0.6 * BLOCK), limit=250)
    assert ends(town, found) == {(0, 0.5)}


def test_those_for_whom_it_is_closed_go_round(town: RoadNetwork) -> None:
    """Cars go round a closed street, walkers go through it, and nothing else changes."""
    shut = close_streets(town, closed_to(town, streets_around(town, 0, 0.5 * BLOCK, 20), MOTORS))
    here, there = (0, 0), (0, 1)
    assert seconds(shut, "car", here, there)[0, 1] == pytest.approx(3 * seconds(town, "car", here, there)[0, 1], abs=2)
    assert (seconds(shut, "foot", here, there) == seconds(town, "foot", here, there)).all()
    assert shut.counts["streets closed"] == 1


def test_beyond_a_closed_street_there_is_no_way(tmp_path: Path) -> None:
    """Where a closed street is the only way, what lies beyond it is not connected for those who may not use it."""
    network = network_of(
        tmp_path,
        grid((1, 0, 0), (2, 1, 0), (3, 2, 0), (4, 3, 0), (5, 1, 1)),
        [
            (1, [1, 2, 3, 4], {**STREET}),
            (2, [2, 5], STREET),
            (3, [3, 5], STREET),
            (4, [4, 3], STREET),
        ],
    )
    shut = close_streets(network, closed_to(network, streets_around(network, 0, 2.5 * BLOCK, 20), MOTORS))
    places = snap(shut, np.array([[0, 3 * BLOCK]]), "car", limit=50)
    assert not places.snapped[0]
    assert snap(shut, np.array([[0, 3 * BLOCK]]), "foot", limit=50).snapped[0]


def test_the_key_says_what_is_closed(town: RoadNetwork) -> None:
    """Each choice of streets and modes has a key of its own, the same choice the same; none changes nothing."""
    one, two = streets_called(town, "High Street"), streets_called(town, "Mill Lane")
    keys = [
        close_streets(town, closed_to(town, streets, modes)).key
        for streets, modes in ((one, MOTORS), (two, MOTORS), (one, MODES), (one, MOTORS))
    ]
    assert len({town.key, *keys}) == 4
    assert keys[0] == keys[3]
    assert close_streets(town, closed_to(town, one[:0], MOTORS)) is town


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 2 * SIDE * (SIDE - 1) - 1), max_size=12))
def test_closing_makes_no_way_shorter(town: RoadNetwork, streets: set[int]) -> None:
    """Whatever is closed, every way takes as long as before, or longer, or there is none."""
    shut = close_streets(town, closed_to(town, np.array(sorted(streets), dtype=np.int64), ("car",)))
    corners = np.array([(a, b) for a in range(SIDE) for b in range(SIDE)]) * BLOCK
    here, there = (snap(network, corners, "car", limit=1.0) for network in (town, shut))
    before, after = travel_seconds(town, "car", here, here), travel_seconds(shut, "car", there, there)
    assert ((after == -1) | (after >= before)).all()


def built(folder: Path, closed: str, cache: Cache | None = None, text: str = "") -> Built:
    """Build the sample with a street in the east and what is closed of it."""
    shift = text or edited("at: [51.5002, -0.1002]", "at: [51.5002, -0.0990]")
    if closed:
        shift = edited("stations: stations.csv", f"closed: {closed}\nstations: stations.csv", shift)
    return build(read_shift(write_shift(folder, shift=shift)), cache=cache)


def test_the_build_closes_streets(tmp_path: Path) -> None:
    """A post on a closed street is reached at the next open one by car, on foot where it is; the report tells."""
    cache = Cache(tmp_path / "cache")
    before, after = (built(tmp_path, closed, cache) for closed in ("", "[East Street]"))
    assert (after.problem.travel["foot"] == before.problem.travel["foot"]).all()
    assert (after.problem.travel["car"] != before.problem.travel["car"]).any()
    assert after.ends["car"].arrive.metres[4] == pytest.approx(22, abs=1)
    assert any(
        "night.yaml:8: closed of 'East Street': 5 streets from crossing to crossing, 0.3 km, to car, motorcycle" in note
        for note in after.report.notes
    )


def test_everybody_can_be_kept_out(tmp_path: Path) -> None:
    """With `modes` a street is closed to those named, walkers too."""
    before, after = (built(tmp_path, closed) for closed in ("", "[{street: East Street, modes: [foot]}]"))
    assert (after.problem.travel["car"] == before.problem.travel["car"]).all()
    assert (after.problem.travel["foot"] != before.problem.travel["foot"]).any()


@pytest.mark.parametrize(
    "closed",
    [
        "{from: [51.4990, -0.0990], to: [51.5015, -0.0990]}",
        "{area: [[51.498, -0.0991], [51.502, -0.0991], [51.502, -0.0989], [51.498, -0.0989]], modes: [car]}",
        "{at: [51.50025, -0.0990], within: 10 m}",
    ],
)
def test_every_way_to_say_it(tmp_path: Path, closed: str) -> None:
    """Streets are closed by two points, by an area and by a distance as well."""
    assert built(tmp_path, f"[{closed}]").report.network["counts"]["streets closed"] >= 1


def test_risk_does_not_depend_on_what_is_closed(tmp_path: Path) -> None:
    """Hotspots and demand made from incidents stay where they were."""
    text = edited(
        "hotspots: hotspots.csv\ndemand: demand.csv", "incidents: incidents.csv\nrisk: {hotspots: 2, cell: 20 m}"
    )
    before, after = (built(tmp_path, closed, text=text).problem for closed in ("", "[East Street]"))
    assert after.hotspots == before.hotspots
    assert after.demand == before.demand
    assert after.places == before.places

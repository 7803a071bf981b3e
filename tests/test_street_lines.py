"""The streets behind a plan: drawn as they are, near the plan, no more than a map can hold; and written small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from instances.roads import RoadNetwork, drawn_lines, load_network
from instances.roads import drawing as drawing_module
from instances.roads.geometry import mercator
from instances.towns import make_town
from solver.document_errors import DocumentError
from solver.street_lines_json import lines_to_json
from solver.streets import RANKS, StreetLines, Streets
from solver.streets_json import streets_from_json, streets_to_json
from tests.osm_files import BLOCK, STREET, grid, line, network_of

GROUND = np.cos(np.radians(54.7))
"""Metres on the ground in a metre of Mercator, at the latitude of the town."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    path = tmp_path_factory.mktemp("roads") / "network.osm.gz"
    path.write_bytes(make_town(5, hotspots=20, units=4).files["network.osm.gz"])
    return load_network(path)


def shapes(points: np.ndarray, starts: np.ndarray) -> Any:
    """Return lines in metres on the ground."""
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return shapely.linestrings(mercator(points) * GROUND, indices=owner)


def test_the_streets_are_drawn_where_they_are(town: RoadNetwork) -> None:
    """No street is farther than the tolerance from what is drawn, and nothing is drawn where no street is."""
    lines = drawn_lines(town, town.lonlat)
    drawn, real = (
        shapely.union_all(shapes(points, starts))
        for points, starts in ((lines.lonlat, lines.starts), (town.points, town.point_starts))
    )
    assert shapely.hausdorff_distance(drawn, real, densify=0.1) <= drawing_module.TOLERANCE
    assert len(lines.rank) < town.streets


def test_a_street_keeps_its_name_and_rank(tmp_path: Path) -> None:
    """Streets of one name and class are one line, however they were drawn; another name or class begins another."""
    nodes = line(1, 2, 3, 4, 5)
    named = {**STREET, "name": "长街"}
    ways = [(1, [1, 2], named), (2, [3, 2], named), (3, [3, 4], {**named, "highway": "primary"}), (4, [4, 5], STREET)]
    lines = drawn_lines(network_of(tmp_path, nodes, ways), np.zeros((1, 2)))
    found = {
        (lines.names[n], RANKS[r]): sorted(round(x / BLOCK) for x in lines.lonlat[a:b, 0])
        for n, r, a, b in zip(lines.name, lines.rank, lines.starts, lines.starts[1:], strict=False)
    }
    assert found == {("长街", "local"): [0, 2], ("长街", "main"): [2, 3], ("", "local"): [3, 4]}


def test_streets_far_from_the_plan_are_left_out(tmp_path: Path) -> None:
    """What lies beyond a kilometre around a plan at one place is not drawn, what comes nearer is."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 8, 0), (4, 12, 0), (5, 13, 0))
    ways = [(i, [i, i + 1], {**STREET, "name": str(i)}) for i in range(1, 5)]
    lines = drawn_lines(network_of(tmp_path, nodes, ways), np.zeros((1, 2)))
    assert {lines.names[n] for n in lines.name} == {"1", "2", "3"}


def test_there_are_no_more_points_than_a_map_can_hold(town: RoadNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """With less room, lines are thinned; with still less, small streets are left out, and main streets never."""
    everything = drawn_lines(town, town.lonlat)
    monkeypatch.setattr(drawing_module, "MOST", len(everything.lonlat) - 200)
    fewer = drawn_lines(town, town.lonlat)
    assert len(fewer.lonlat) <= len(everything.lonlat) - 200
    monkeypatch.setattr(drawing_module, "MOST", 1)
    assert set(drawn_lines(town, town.lonlat).rank) == {0}


def test_no_streets_are_no_lines(tmp_path: Path) -> None:
    """Where no street is near there are no lines, and they are written and read as such."""
    network = network_of(tmp_path, line(1, 2), [(1, [1, 2], STREET)])
    lines = drawn_lines(network, np.array([[90.0, 0.0]]))
    assert len(lines.rank) == 0
    read = streets_from_json(streets_to_json(Streets(network=lines))).network
    assert read is not None
    assert len(read.rank) == 0


def sample() -> StreetLines:
    lonlat = np.array([[179.999, -41.0], [-179.999, -41.0], [-179.99, -41.002], [174.0, -41.3], [174.00012, -41.3]])
    return StreetLines(lonlat, np.array([0, 3, 5]), np.array([0, 3]), np.array([1, 0]), ("", "海滨路 <&>"))


def test_lines_come_back_to_a_metre() -> None:
    """Lines come back as they were, to half a unit of 1e-5 degrees."""
    read = streets_from_json(streets_to_json(Streets(network=sample()))).network
    assert read is not None
    np.testing.assert_allclose(read.lonlat, sample().lonlat, rtol=0, atol=5.1e-6)
    assert (read.starts.tolist(), read.rank.tolist(), read.name.tolist()) == ([0, 3, 5], [0, 3], [1, 0])
    assert read.names == sample().names


def test_a_town_of_thirty_thousand_streets_is_small() -> None:
    """30,000 winding streets of a city, 100,000 points, take less than 700 kB."""
    rng = np.random.default_rng(0)
    count, points = 30_000, 100_000
    starts = np.concatenate([[0], np.cumsum(rng.multinomial(points - 2 * count, np.full(count, 1 / count)) + 2)])
    corners = np.repeat(np.cumsum(rng.normal(0, 2e-3, (count, 2)), axis=0), np.diff(starts), axis=0)
    lonlat = corners * 0.01 + rng.normal(0, 5e-4, (points, 2))
    lines = StreetLines(lonlat, starts, rng.integers(0, 4, count), np.zeros(count, dtype=np.int64))
    assert len(json.dumps(lines_to_json(lines))) < 700_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "AgQ="}, "network: name: must be 0 to 1, one of names"),
        ({"size": "AgI="}, "network: size: a line has two points or more"),
        ({"lon": "AgI="}, "network: name, size, lon, lat: their numbers do not fit together"),
        ({"lat": "!"}, "network: lat: is not base64"),
    ],
)
def test_broken_lines_are_refused(change: dict[str, str], message: str) -> None:
    """What is wrong with the lines is said, with the field."""
    document = json.loads(streets_to_json(Streets(network=sample())))
    document["network"] |= change
    with pytest.raises(DocumentError) as caught:
        streets_from_json(json.dumps(document))
    assert message in caught.value.errors


def test_streets_of_earlier_versions_are_read() -> None:
    """A file without a network, as earlier versions wrote it, is read."""
    document = json.loads(streets_to_json(Streets()))
    del document["network"]
    assert streets_from_json(json.dumps(document)).network is None


def test_sums_beyond_the_globe_are_refused() -> None:
    """Coordinates must be degrees."""
    document = json.loads(streets_to_json(Streets(network=sample())))
    document["network"]["lat"] = document["network"]["lon"]
    with pytest.raises(DocumentError, match="lat: the sums must lie in -90 to 90"):
        streets_from_json(json.dumps(document))

"""Real extracts: what they hold, that formats agree, and that the second run is quick."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from instances.cache import Cache
from instances.errors import RoadDataError
from instances.roads import RoadNetwork, leg_streets, load_network, travel_seconds

KM = {
    "city_of_london": {"car": 52.3, "bicycle": 104.6, "foot": 105.4},
    "andorra": {"car": 484, "bicycle": 1_726, "foot": 1_716},
    "malta": {"car": 2_102, "bicycle": 2_705, "foot": 3_026},
    "greater_porto": {"car": 9_049, "bicycle": 9_667, "foot": 9_800},
}
"""Length in km of the largest strongly connected component by mode, as first measured."""


@pytest.fixture(scope="module")
def roads(shared_data: Path) -> Path:
    """Give the directory of real road extracts, or skip."""
    return shared_data / "roads"


@pytest.fixture(scope="module")
def networks(roads: Path) -> dict[str, RoadNetwork]:
    """Give the networks of all extracts."""
    return {name: load_network(roads / f"{name}.osm.pbf") for name in KM}


def places(network: RoadNetwork, count: int, seed: int = 0) -> np.ndarray:
    """Return places (lat, lon) some 20 m around crossings that cars reach."""
    rng = np.random.default_rng(seed)
    ends = network.tail[np.flatnonzero(network.connected[0].reshape(-1, 2).any(axis=1))]
    return network.lonlat[rng.choice(ends, count)][:, ::-1] + rng.normal(0, 1e-4, (count, 2))


@pytest.mark.parametrize("name", KM)
def test_lengths_by_mode(networks: dict[str, RoadNetwork], name: str) -> None:
    """Each extract gives the length of streets first measured, and all modes get about."""
    modes = networks[name].describe().modes
    for mode, km in KM[name].items():
        assert modes[mode].km == pytest.approx(km, rel=0.01)
    assert modes["motorcycle"].km == pytest.approx(modes["car"].km, rel=0.01)


@pytest.mark.parametrize("name", ["city_of_london", "malta"])
def test_the_extract_holds_the_drivable_ways_published_beside_it(
    networks: dict[str, RoadNetwork], roads: Path, name: str
) -> None:
    """Times between places on the drivable ways alone are seldom shorter than on the whole extract.

    The whole extract has service roads too, so it can only be faster but for its turn restrictions, which
    the other file does not hold.
    """
    whole, drivable = networks[name], load_network(roads / f"{name}_drive.osm.gz")
    points = places(drivable, 60)
    matrices = []
    for network in (whole, drivable):
        snaps = network.snap(points, "car")
        assert snaps.snapped.all()
        matrices.append(travel_seconds(network, "car", snaps, snaps))
    assert (matrices[0] >= 0).all()
    assert (matrices[1] >= 0).all()
    assert np.median(np.abs(matrices[0] - matrices[1])) < 0.05 * np.median(matrices[1])


def test_a_graph_saved_by_an_older_osmnx_loads(roads: Path) -> None:
    """The graph of Oslo, with lists and words in its attributes, is read, and cars get about in it."""
    network = load_network(roads / "oslo_west_osmnx1.9.graphml.gz")
    report = network.describe()
    assert report.counts["ways"] == 1_399
    assert report.modes["car"].km == pytest.approx(77.6, abs=0.1)
    assert report.modes["foot"].km == pytest.approx(89.2, abs=0.1)


def test_a_saved_graph_and_the_file_it_came_from_agree(roads: Path) -> None:
    """London's drivable ways as a file and as OSMnx's largest component have the same length for cars."""
    file, graph = (
        load_network(roads / f"city_of_london_drive{end}").describe().modes["car"].km
        for end in (".osm.gz", "_lscc.graphml.gz")
    )
    assert file == pytest.approx(graph, rel=0.01)


@pytest.mark.parametrize("name", ["city_of_london_drive.osm.gz", "city_of_london.osm.pbf"])
def test_real_files_that_broke_off(roads: Path, tmp_path: Path, name: str) -> None:
    """Half a file is told as such in every format."""
    half = tmp_path / name
    content = (roads / name).read_bytes()
    half.write_bytes(content[: len(content) // 2])
    with pytest.raises(RoadDataError, match="cannot be read as OpenStreetMap data"):
        load_network(half)


@pytest.mark.parametrize("mode", ["car", "bicycle", "foot"])
def test_legs_agree_with_the_matrix_on_real_streets(networks: dict[str, RoadNetwork], mode: str) -> None:
    """In London every leg between twenty places takes what the matrix says, by every mode."""
    network = networks["city_of_london"]
    snaps = network.snap(places(network, 20), mode)
    origins, ends = np.repeat(np.arange(20), 20), np.tile(np.arange(20), 20)
    matrix = travel_seconds(network, mode, snaps, snaps)
    legs = leg_streets(network, mode, snaps[origins], snaps[ends])
    taken = np.array([leg.seconds[-1] for leg in legs])
    late = matrix[origins, ends] - taken
    assert late.min() > -1e-5
    assert late.max() < 1
    assert max(np.diff(leg.seconds).min() for leg in legs) >= 0


def test_the_second_run_on_malta_works_nothing_out_anew(roads: Path, tmp_path: Path) -> None:
    """Network and a matrix of 300 places are kept, so that the second run, which takes a second, only reads them."""
    store = Cache(tmp_path)
    worked_out: list[list[int]] = []
    for _ in range(2):
        worked_out.append([])
        network = load_network(roads / "malta.osm.pbf", cache=store)
        snaps = network.snap(places(network, 300), "car")
        travel_seconds(network, "car", snaps, snaps, cache=store, progress=lambda done, _: worked_out[-1].append(done))
    assert worked_out[0]
    assert not worked_out[1]
    assert {kind: n for kind, (n, _) in store.describe().kinds.items()} == {"network": 1, "travel": 1}


def test_islands_are_told_from_the_sea(networks: dict[str, RoadNetwork]) -> None:
    """Victoria on Gozo has streets, but no way to Malta's: ferries are not used; far out at sea there is nothing."""
    snaps = networks["malta"].snap(np.array([[36.0443, 14.2393], [35.5, 14.9], [35.8989, 14.5146]]), "car")
    assert snaps.snapped.tolist() == [False, False, True]
    assert snaps.detached[0] < 50
    assert snaps.detached[1] > 10_000
    assert np.isinf(snaps.detached[2])

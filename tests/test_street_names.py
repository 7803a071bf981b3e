"""Claims about the names of streets, of places at them, and about whom a map credits."""

from __future__ import annotations

import numpy as np
import pytest

from instances.roads import RoadNetwork, load_network, street_names
from tests.osm_files import STREET, line, network_of, osm_text

NODES = line(1, 2, 3)
WAYS = [(10, [1, 2], {**STREET, "name": "老街"}), (11, [2, 3], {"highway": "tertiary"})]


def test_a_place_is_called_after_the_nearest_street_that_has_a_name(tmp_path):
    """At a street without a name the next named one within the limit counts; beyond it there is none."""
    network = network_of(tmp_path, NODES, WAYS)
    points = np.array([(0.0, 0.0005), (0.0, 0.0015), (0.0, 0.0020), (0.01, 0.0)])
    assert street_names(network, points) == ["老街", "老街", "", ""]
    assert street_names(network, points[:0]) == []


def test_a_town_without_names_has_none(tmp_path):
    """Where no street has a name every place goes without."""
    network = network_of(tmp_path, NODES, [(10, [1, 2, 3], STREET)])
    assert street_names(network, np.zeros((2, 2))) == ["", ""]


def test_names_are_kept_with_the_network(tmp_path):
    """A network read back from a store has its names."""
    network = network_of(tmp_path, NODES, WAYS)
    again = RoadNetwork.from_arrays(network.to_arrays())
    assert again.names == network.names
    assert again.street_name.tolist() == network.street_name.tolist()


@pytest.mark.parametrize(
    ("generator", "credit"), [("patrolplan", ""), ("osmium", "© OpenStreetMap contributors, ODbL 1.0")]
)
def test_only_a_real_map_is_credited(tmp_path, generator, credit):
    """A town made by patrolplan is nobody's map; whatever else comes as OpenStreetMap data is credited to it."""
    path = tmp_path / "town.osm"
    path.write_text(osm_text(NODES, WAYS).replace('generator="tests"', f'generator="{generator}"'), encoding="utf-8")
    network = load_network(path)
    assert network.attribution == credit
    assert all(line.strip() or not line for line in network.describe().lines())

"""Demand points are put into zones by density of demand, or by the planner's polygons."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.zones import zones_by_area, zones_by_demand

NAMES = ["core", "town", "elsewhere"]
SHARES = {"core": Fraction(3, 10), "town": Fraction(5, 10)}


def zones(demand: list[float], joined: list[bool] | None = None) -> list[str]:
    """Return the zones of points named by their number."""
    flags = np.array(joined if joined is not None else [False] * len(demand), dtype=np.bool_)
    return zones_by_demand([f"{i:03d}" for i in range(len(demand))], np.array(demand), flags, SHARES, NAMES)


def test_the_densest_are_core() -> None:
    """Of ten equal points three are core, five town, two elsewhere."""
    assert zones([1.0] * 10) == ["core"] * 3 + ["town"] * 5 + ["elsewhere"] * 2


def test_a_zone_is_filled_to_its_share() -> None:
    """A point that begins below the share of a zone is in it, also when it goes beyond."""
    assert zones([6, 2, 1, 1]) == ["core", "town", "elsewhere", "elsewhere"]
    assert zones([1, 1, 2, 6]) == ["elsewhere", "elsewhere", "town", "core"]


def test_joined_cells_come_last() -> None:
    """A point that stands for several quiet cells is not dense, whatever it sums up to."""
    assert zones([4, 3, 3], [True, False, False]) == ["town", "core", "town"]
    assert zones([4, 3, 3])[0] == "core"


def test_without_shares_all_are_in_the_only_zone() -> None:
    """With one standard there is one zone."""
    assert zones_by_demand(["a", "b"], np.array([1.0, 2.0]), np.zeros(2, dtype=bool), {}, ["all"]) == ["all", "all"]


def test_without_demand_there_is_no_zone() -> None:
    """No points, no zones; points without demand are where the rest is."""
    assert zones([]) == []
    assert set(zones([0.0, 0.0])) == {"elsewhere"}


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(demand: list[float], random: object) -> None:
    """A zone depends on a point and its demand, not on where it stands in the file."""
    names = [f"{i:03d}" for i in range(len(demand))]
    order = list(range(len(demand)))
    random.shuffle(order)  # type: ignore[attr-defined]
    none = np.zeros(len(demand), dtype=np.bool_)
    straight = dict(zip(names, zones_by_demand(names, np.array(demand), none, SHARES, NAMES), strict=True))
    turned_names = [names[i] for i in order]
    turned = zones_by_demand(turned_names, np.array([demand[i] for i in order]), none, SHARES, NAMES)
    assert dict(zip(turned_names, turned, strict=True)) == straight


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_shares_are_held(demand: list[float]) -> None:
    """Core holds its share and at most one point more; no point of a later zone has more demand than one before."""
    found = zones(demand)
    total = sum(demand)
    core = [d for d, z in zip(demand, found, strict=True) if z == "core"]
    assert sum(core) >= 0.3 * total - 1e-6 * total
    assert sum(core) - min(core) < 0.3 * total + 1e-6 * total
    rank = [NAMES.index(z) for z in found]
    for d, r in zip(demand, rank, strict=True):
        assert not [1 for e, s in zip(demand, rank, strict=True) if e > d and s > r]


@pytest.mark.parametrize(
    ("lat", "lon", "zone"), [(0.5, 0.5, "core"), (0.5, 1.5, "town"), (0.5, 1.0, "core"), (5.0, 5.0, "elsewhere")]
)
def test_polygons(tmp_path: Path, lat: float, lon: float, zone: str) -> None:
    """Inside, in the overlap (the stricter), on a border (inside), and outside of all (the last zone)."""
    features = [
        {"properties": {"zone": "town"}, "geometry": {"type": "Polygon", "coordinates": [box(0, 2)]}},
        {
            "properties": {"zone": "core"},
            "geometry": {"type": "MultiPolygon", "coordinates": [[box(0, 1)], [box(8, 9)]]},
        },
    ]
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8-sig")
    found, outside = zones_by_area(path, np.array([[lat, lon]]), NAMES)
    assert (found, outside) == ([zone], int(zone == "elsewhere"))


def box(low: float, high: float) -> list[list[float]]:
    """Return a ring from `low` to `high` degrees east and 0 to 1 north."""
    return [[low, 0], [high, 0], [high, 1], [low, 1], [low, 0]]

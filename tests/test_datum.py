"""WGS-84 and GCJ-02: known points, round trips, and places that are not moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.export.datum import from_wgs84, gcj02_to_wgs84, in_china, wgs84_to_gcj02

SHANGHAI, SHENZHEN, BEIJING = (121.5272106, 31.1774276), (113.912316, 22.543847), (116.377817, 39.911954)
LONDON, TAIPEI, SEOUL, HANOI, ULAANBAATAR = (
    (-0.09, 51.51),
    (121.56, 25.03),
    (127.0, 37.55),
    (105.85, 21.03),
    (106.9, 47.9),
)


def metres(offset: np.ndarray, lat: float) -> tuple[float, float]:
    """Return how far a point is moved east and north."""
    return offset[0] * 111_320 * np.cos(np.radians(lat)), offset[1] * 110_950


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        (SHANGHAI, (121.531541859215, 31.17530398364597)),
        (SHENZHEN, (113.9171764808363, 22.540796131694766)),
        (BEIJING, (116.38404722455657, 39.91334545536069)),
    ],
)
def test_known_points(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    """Three points that open implementations agree on come out within 2 cm (they differ in the ellipsoid)."""
    assert np.allclose(wgs84_to_gcj02(np.array([wgs84])), [gcj02], rtol=0, atol=2e-7)


def test_the_offset_varies_within_a_city() -> None:
    """In Beijing points move 100 to 170 m north and 480 to 550 m east, not all the same."""
    grid = np.array([(lon, lat) for lon in np.linspace(116.2, 116.55, 8) for lat in np.linspace(39.8, 40.05, 8)])
    moves = [metres(o, lat) for o, (_, lat) in zip(wgs84_to_gcj02(grid) - grid, grid.tolist(), strict=True)]
    east, north = zip(*moves, strict=True)
    assert 100 < min(north) < max(north) - 20 < 150
    assert 480 < min(east) < max(east) - 20 < 530


@pytest.mark.parametrize("point", [LONDON, TAIPEI, SEOUL, HANOI, ULAANBAATAR])
def test_points_outside_china_stay(point: tuple[float, float]) -> None:
    """Points outside China, neighbours among them, are not moved either way."""
    assert wgs84_to_gcj02(np.array([point])).tolist() == [list(point)]
    assert gcj02_to_wgs84(np.array([point])).tolist() == [list(point)]


def test_points_are_converted_one_by_one() -> None:
    """In one array, points inside China move and points outside stay."""
    mixed = wgs84_to_gcj02(np.array([LONDON, BEIJING, TAIPEI]))
    assert (mixed != np.array([LONDON, BEIJING, TAIPEI])).any(axis=1).tolist() == [False, True, False]


@given(arrays(np.float64, (20, 2), elements=st.floats(0, 1)))
def test_round_trip(shares: np.ndarray) -> None:
    """Anywhere in China, there and back again is off by less than a micrometre."""
    points = np.array([73.1, 17.9]) + shares * np.array([62.0, 36.0])
    inside = points[in_china(points)]
    assert np.allclose(gcj02_to_wgs84(wgs84_to_gcj02(inside)), inside, rtol=0, atol=1e-12 * 5)


@given(arrays(np.float64, (10, 2), elements=st.floats(-1, 1)))
def test_any_point_on_earth(shares: np.ndarray) -> None:
    """Anywhere on earth conversion gives finite coordinates within 2 km, and leaves its argument alone."""
    points = shares * np.array([180.0, 90.0])
    before = points.copy()
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84):
        assert np.abs(convert(points) - points).max() < 0.02
    assert (points == before).all()


def test_datum_by_name() -> None:
    """The datum is chosen by name, and an unknown name is an error that lists the names."""
    points = np.array([BEIJING])
    assert (from_wgs84(points, "wgs84") == points).all()
    assert (from_wgs84(points, "gcj02") == wgs84_to_gcj02(points)).all()
    with pytest.raises(ValueError, match="unknown datum 'bd09'; use one of wgs84, gcj02"):
        from_wgs84(points, "bd09")  # type: ignore[arg-type]


def test_no_points() -> None:
    """No points give no points."""
    assert wgs84_to_gcj02(np.empty((0, 2))).shape == gcj02_to_wgs84(np.empty((0, 2))).shape == (0, 2)

"""Coordinates in WGS-84, the datum of GPS and of OpenStreetMap, and in GCJ-02, that of maps made in China.

GCJ-02 moves each point by some hundred metres, by an amount that changes along the way, so points are
converted one by one.  The authority publishes no formula; the one here is that of the published open
implementations (for instance ``googollee/eviltransform`` on GitHub), on the ellipsoid of Krasovsky 1940.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Datum = Literal["wgs84", "gcj02"]
DATUMS: dict[Datum, str] = {"wgs84": "WGS-84", "gcj02": "GCJ-02"}
"""The datums that can be asked for, and how each is called in what is written."""

Points = NDArray[np.float64]

_AXIS = 6378245.0
"""Semi-major axis in metres of the ellipsoid of Krasovsky 1940."""

_ECCENTRICITY = 0.00669342162296594323
"""Square of the first eccentricity of the same."""

_ROUNDS = 6
"""Each round makes the error of the inverse some hundred times smaller; four reach the last digit."""

# West, south, east, north in degrees.  Rectangles in common use in map software; within some ten
# kilometres of a land border they may be wrong.
_INSIDE = (
    (79.4462, 42.8899, 96.33, 49.2204),
    (109.6872, 39.3742, 135.0002, 54.1415),
    (73.1246, 29.5297, 124.143255, 42.8899),
    (82.9684, 26.7186, 97.0352, 29.5297),
    (97.0253, 20.414096, 124.367395, 29.5297),
    (107.975793, 17.871542, 111.744104, 20.414096),
)
_OUTSIDE = (
    (119.921265, 21.785006, 122.497559, 25.398623),
    (101.8652, 20.0988, 106.665, 22.284),
    (106.4525, 20.4878, 108.051, 21.5422),
    (109.0323, 50.3257, 119.127, 55.8175),
    (127.4568, 49.5574, 137.0227, 55.8175),
    (131.2662, 42.5692, 137.0227, 44.8922),
)


def from_wgs84(lonlat: Points, datum: Datum) -> Points:
    """Return points of shape (N, 2), degrees, longitude first, in `datum`.

    Raises
    ------
    ValueError
        When `datum` is not one of `DATUMS`.
    """
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}; use one of {', '.join(DATUMS)}")
    return wgs84_to_gcj02(lonlat) if datum == "gcj02" else np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)


def wgs84_to_gcj02(lonlat: Points) -> Points:
    """Return points of shape (N, 2), degrees, longitude first, moved from WGS-84 to GCJ-02.

    Points outside China stay where they are.
    """
    points = np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    china = in_china(points)
    points[china] += _offset(points[china])
    return points


def gcj02_to_wgs84(lonlat: Points) -> Points:
    """Return points of shape (N, 2), degrees, longitude first, moved from GCJ-02 to WGS-84.

    The inverse has no closed form; it is the fixed point of ``w = g - offset(w)``.  A point whose WGS-84
    place would lie outside China stays where it is, as it was never moved.
    """
    points = np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    near = np.abs(points - (104.0, 37.0)).max(axis=1, initial=0.0) < 45.0
    true = points[near]
    for _ in range(_ROUNDS):
        true = points[near] - _offset(true)
    points[near] = np.where(in_china(true)[:, None], true, points[near])
    return points


def in_china(lonlat: Points) -> NDArray[np.bool_]:
    """Return for each WGS-84 point of shape (N, 2) whether maps made in China move it, shape (N,)."""
    return _in_any(lonlat, _INSIDE) & ~_in_any(lonlat, _OUTSIDE)


def _in_any(lonlat: Points, boxes: tuple[tuple[float, float, float, float], ...]) -> NDArray[np.bool_]:
    """Return for each point whether it lies in any of `boxes`."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    inside = np.zeros(len(lonlat), dtype=np.bool_)
    for west, south, east, north in boxes:
        inside |= (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return inside


def _offset(lonlat: Points) -> Points:
    """Return how far GCJ-02 moves WGS-84 points of shape (N, 2), in degrees, longitude first."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    px, py, root = x * np.pi, y * np.pi, np.sqrt(np.abs(x))
    waves = 20 * np.sin(6 * px) + 20 * np.sin(2 * px)
    waves_y = 20 * np.sin(py) + 40 * np.sin(py / 3) + 160 * np.sin(py / 12) + 320 * np.sin(py / 30)
    waves_x = 20 * np.sin(px) + 40 * np.sin(px / 3) + 150 * np.sin(px / 12) + 300 * np.sin(px / 30)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (waves + waves_y) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (waves + waves_x) * 2 / 3
    phi = np.radians(lonlat[:, 1])
    flat = 1 - _ECCENTRICITY * np.sin(phi) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY) / flat**1.5
    metres_east = _AXIS / np.sqrt(flat) * np.cos(phi)
    moved: Points = np.column_stack((east / metres_east, north / metres_north))
    return np.degrees(moved)

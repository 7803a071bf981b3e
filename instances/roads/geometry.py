"""Distances and orders of places on the globe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS = 6_371_009.0
"""Mean radius in metres (IUGG), the one OSMnx uses."""


def great_circle(lonlat_a: Floats, lonlat_b: Floats) -> Floats:
    """Return metres between places (..., 2) and (..., 2) in degrees, by the haversine formula."""
    lon_a, lat_a = np.radians(lonlat_a[..., 0]), np.radians(lonlat_a[..., 1])
    lon_b, lat_b = np.radians(lonlat_b[..., 0]), np.radians(lonlat_b[..., 1])
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    metres: Floats = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return metres


def mercator(lonlat: Floats) -> Floats:
    """Return spherical Mercator metres (..., 2); a metre on the ground is ``1 / cos(latitude)`` of them."""
    lat = np.radians(np.clip(lonlat[..., 1], -89.0, 89.0))
    return EARTH_RADIUS * np.stack([np.radians(lonlat[..., 0]), np.arctanh(np.sin(lat))], axis=-1)


def morton_order(lonlat: Floats) -> NDArray[np.int64]:
    """Return the order of places (N, 2) along a Z-shaped curve, so that neighbours are near in memory.

    Morton (1966), "A computer oriented geodetic data base and a new technique in file sequencing", IBM.
    """
    if not len(lonlat):
        return np.zeros(0, dtype=np.int64)
    low = lonlat.min(axis=0)
    span = max(float((lonlat.max(axis=0) - low).max()), 1e-9)
    cells = ((lonlat - low) / span * 65535).astype(np.uint64)
    code = _spread(cells[:, 0]) | (_spread(cells[:, 1]) << np.uint64(1))
    order: NDArray[np.int64] = np.argsort(code, kind="stable").astype(np.int64)
    return order


def _spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 16-bit numbers with a zero between any two bits."""
    spread = values
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread

"""Which demand point lies in which zone: by density of demand, or by polygons that the planner drew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.near_names import nearest_name
from instances.polygons import read_polygons


def zones_by_demand(
    names: Sequence[str],
    demand: NDArray[np.float64],
    joined: NDArray[np.bool_],
    shares: Mapping[str, Fraction],
    zones: Sequence[str],
) -> list[str]:
    """Return the zone of each of N points: the points with the most demand are in the first zone, and so on.

    A zone is filled until it holds its share of all demand; the zone without a share has the rest.  Points of
    one grid lie in cells of one size, so the most demand is the most dense; points that stand for several
    quiet cells (`joined`) come last.  Equal points go by name, so that the order of a file changes nothing.

    Parameters
    ----------
    names : sequence of str
    demand : float64 array of shape (N,)
        Demand of each point over the whole time.
    joined : bool array of shape (N,)
    shares : mapping of zone to share
        In the order in which zones are filled.
    zones : sequence of str
        All zones; the last one that has no share takes the rest.
    """
    rest = next((zone for zone in reversed(zones) if zone not in shares), zones[-1])
    order = sorted(range(len(names)), key=lambda i: (bool(joined[i]), -demand[i], names[i]))
    total, held = float(demand.sum()), 0.0
    filled = list(shares)
    ends = np.cumsum([float(shares[zone]) for zone in filled]) * total
    found = [rest] * len(names)
    at = 0
    for i in order:
        # Rounding must not put one more point into a zone that is exactly full.
        while at < len(filled) and held >= ends[at] - 1e-9 * total:
            at += 1
        found[i] = filled[at] if at < len(filled) else rest
        held += float(demand[i])
    return found


def zones_by_area(path: Path, latlon: NDArray[np.float64], zones: Sequence[str]) -> tuple[list[str], int]:
    """Return the zone of each of N points by the polygons of a file, and how many points lie in none.

    Where polygons overlap, the zone named first in `zones` (the strictest) has the point; a point in none is
    in the last zone.

    Parameters
    ----------
    path : Path
        GeoJSON polygons with the property ``zone``.
    latlon : float64 array of shape (N, 2)
    zones : sequence of str
        All zones, strictest first.

    Raises
    ------
    InputError
        When the file cannot be read, or a polygon or its zone is wrong; it lists everything that is wrong.
    """
    import shapely

    shapes = read_areas(path, zones)
    points = shapely.points(latlon[:, ::-1])
    rank = np.full(len(latlon), len(zones), dtype=np.int64)
    for zone, shape in shapes:
        inside = shapely.intersects(shape, points)
        rank = np.where(inside, np.minimum(rank, zones.index(zone)), rank)
    outside = int((rank == len(zones)).sum())
    return [zones[min(r, len(zones) - 1)] for r in rank.tolist()], outside


def read_areas(path: Path, zones: Sequence[str]) -> list[tuple[str, Any]]:
    """Return zone and polygon of each feature of a file of zones.

    Raises
    ------
    InputError
        When the file cannot be read, or a polygon or its zone is wrong; it lists everything that is wrong.
    """

    def complaint(zone: str) -> tuple[str, str] | None:
        if zone in zones:
            return None
        return f"there is no zone called {zone!r}", nearest_name(zone, list(zones))

    return read_polygons(path, what="zone", label="zone", check=complaint)

"""Outlines of beats: polygons without gap or overlap, made of the streets of each.

Points along the streets, each of the beat of the nearer end of its street, have Voronoi cells; those of a beat
together are its polygon, cut off at so many metres from the streets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import EARTH_RADIUS, mercator

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MARGIN = 250.0
"""Metres from the streets to which beats reach at least, as far as points may lie from a street."""

SPACING = 50.0
"""Metres between two points along a street, or more in a large town."""

MOST_POINTS = 200_000

GRID = 1e-7
"""Degrees to which corners are rounded: a centimetre."""


def outlines(lines: list[Floats], ends: Ints, beat: Ints, beats: int) -> list[Any]:
    """Return a shape for each beat, in degrees.

    Parameters
    ----------
    lines : list of float64 arrays of shape (P, 2)
        Geometry of E streets, longitude and latitude.
    ends : int64 array of shape (E, 2)
        The crossings at which each begins and ends.
    beat : int64 array of shape (V,)
        The beat of each crossing; each has one.
    beats : int
    """
    import shapely

    spacing = SPACING
    while True:
        points, owner = _points(lines, ends, beat, spacing)
        if len(points) <= MOST_POINTS:
            break
        spacing *= 2
    cells = _cells(points)
    area = _area(points, spacing)
    found = []
    for b in range(beats):
        whole = shapely.coverage_union_all(cells[owner == b])
        cut = shapely.intersection(whole, area)
        degrees = shapely.transform(cut, _degrees)
        found.append(_polygons(shapely.set_precision(degrees, GRID)))
    return found


def _points(lines: list[Floats], ends: Ints, beat: Ints, spacing: float) -> tuple[Floats, Ints]:
    """Return places in Mercator metres along the streets, none twice, and the beat of each."""
    places, owners = [], []
    for line, (tail, head) in zip(lines, ends.tolist(), strict=True):
        xy = mercator(line)
        steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        metres = steps[-1] * float(np.cos(np.radians(line[0, 1])))
        # An even number of pieces, so that none lies astride of the middle, and both ends are there.
        pieces = 2 * max(int(np.ceil(metres / (2 * spacing))), 1)
        share = np.arange(pieces + 1) / pieces
        # The middle itself belongs to nobody: it would lie on the border.
        share = share[share != 0.5] if beat[tail] != beat[head] else share
        at = share * steps[-1]
        places.append(np.stack([np.interp(at, steps, xy[:, k]) for k in (0, 1)], axis=1))
        owners.append(np.where(share < 0.5, beat[tail], beat[head]))
    joined, owner = np.round(np.concatenate(places), 3), np.concatenate(owners)
    order = np.lexsort((owner, joined[:, 1], joined[:, 0]))
    joined, owner = joined[order], owner[order]
    first = np.ones(len(joined), dtype=np.bool_)
    first[1:] = (joined[1:] != joined[:-1]).any(axis=1)
    return joined[first], owner[first]


def _cells(points: Floats) -> NDArray[Any]:
    """Return the Voronoi cell of each point; far points around all make sure that each has one with an end."""
    import shapely
    from scipy.spatial import Voronoi

    middle = points.mean(axis=0)
    reach = 10 * max(float(np.abs(points - middle).max()), 10_000.0)
    turn = np.linspace(0.0, 2 * np.pi, 16, endpoint=False)
    around = middle + reach * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    diagram = Voronoi(np.concatenate([points, around]) - middle)
    cells = []
    for i, region in enumerate(diagram.point_region[: len(points)].tolist()):
        corners = diagram.vertices[diagram.regions[region]]
        x, y = (corners - (points[i] - middle)).T
        cells.append(shapely.Polygon(corners[np.argsort(np.arctan2(y, x), kind="stable")] + middle))
    return np.array(cells, dtype=object)


def _area(points: Floats, spacing: float) -> Any:
    """Return what lies within the margin of the streets, without holes."""
    import shapely

    stretch = float(np.cosh(points[:, 1].mean() / EARTH_RADIUS))
    margin = stretch * max(MARGIN, 2 * spacing)
    squares = np.unique(np.rint(points / (margin / 4)), axis=0) * (margin / 4)
    discs = shapely.union_all(shapely.buffer(shapely.points(squares), 1.2 * margin, quad_segs=4))
    parts = shapely.get_parts(discs)
    return shapely.union_all([shapely.Polygon(part.exterior) for part in parts])


def _degrees(xy: Floats) -> Floats:
    """Return Mercator metres as longitude and latitude."""
    lon = np.degrees(xy[:, 0] / EARTH_RADIUS)
    return np.stack([lon, np.degrees(np.arctan(np.sinh(xy[:, 1] / EARTH_RADIUS)))], axis=1)


def _polygons(shape: Any) -> Any:
    """Return the polygons of a shape alone, without lines and points that rounding may leave."""
    import shapely

    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)

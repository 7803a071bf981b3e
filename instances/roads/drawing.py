"""The streets of a network as lines to be drawn behind a plan: near it, joined, thinned, and not too many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import EARTH_RADIUS, mercator, morton_order
from instances.roads.network import RoadNetwork
from instances.roads.street_parts import street_lines
from solver.streets import RANKS, StreetLines

Floats = NDArray[np.float64]

MOST = 150_000
"""Points of all lines together; about 600 kB."""

TOLERANCE = 2.0
"""Metres by which a line may be off; more, step by step, where there would be too many points."""

_MARGIN = 0.15
"""How far around the plan streets are drawn, as a share of its size, and at least `_LEAST` metres."""
_LEAST = 1_000.0

_CLASSES = {
    "motorway": 0,
    "trunk": 0,
    "primary": 0,
    "secondary": 1,
    "tertiary": 1,
    "unclassified": 2,
    "residential": 2,
    "living_street": 2,
    "road": 2,
}
"""Ranks of the classes of OpenStreetMap; those that are not named are ways of the lowest rank."""


def drawn_lines(network: RoadNetwork, around: Floats) -> StreetLines:
    """Return the streets near `around` (N, 2), degrees, longitude first, as lines.

    Streets of one name that meet end to end are one line.  Lines are thinned to `TOLERANCE` metres, and coarser where
    they still have more than `MOST` points; then those of the lowest rank are left out.
    """
    import shapely

    streets = _near(network, around)
    ranks = np.array([_CLASSES.get(c.removesuffix("_link"), len(RANKS) - 1) for c in network.classes], dtype=np.int64)
    rank, name = ranks[network.street_class[streets]], network.street_name[streets].astype(np.int64)
    scale = float(np.cos(np.radians(np.clip(network.middle[0], -89.0, 89.0))))
    # Metres on the ground near the middle, in which lines are joined and thinned.
    lines = street_lines(network, streets, mercator(network.points) * scale)
    lines, rank, name = _joined(lines, rank, name)
    lines, rank, name = _few_enough(lines, rank, name)
    if not len(lines):
        return StreetLines(np.zeros((0, 2)), np.zeros(1, dtype=np.int64), rank, name)
    lonlat = _degrees(shapely.get_coordinates(lines) / scale)
    counts = shapely.get_num_coordinates(lines)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    order = morton_order(lonlat[starts[:-1]])
    points = np.repeat(starts[:-1][order] - np.concatenate([[0], np.cumsum(counts[order])[:-1]]), counts[order])
    used, name = np.unique(np.concatenate([[0], name]), return_inverse=True)
    return StreetLines(
        lonlat[points + np.arange(len(lonlat))],
        np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64),
        rank[order],
        name.reshape(-1)[1:][order].astype(np.int64),
        tuple(network.names[i] for i in used.tolist()),
    )


def _near(network: RoadNetwork, around: Floats) -> NDArray[np.int64]:
    """Return the streets that touch the box around the plan and its margin."""
    if not network.streets or not len(around):
        return np.arange(network.streets)
    box, points = mercator(around), mercator(network.points)
    low, high = box.min(axis=0), box.max(axis=0)
    stretch = 1.0 / float(np.cos(np.radians(np.clip(network.middle[0], -89.0, 89.0))))
    margin = max(_LEAST * stretch, _MARGIN * float((high - low).max()))
    first = network.point_starts[:-1]
    least, most = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    return np.flatnonzero(((most >= low - margin) & (least <= high + margin)).all(axis=1))


def _joined(lines: NDArray[Any], rank: NDArray[np.int64], name: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Return the lines of each rank and name joined where two of them meet and no other does."""
    import shapely

    if not len(lines):
        return lines, rank, name
    pairs, group = np.unique(np.column_stack([rank, name]), axis=0, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    merged = shapely.line_merge(shapely.multilinestrings(lines[order], indices=group[order]))
    parts, owner = shapely.get_parts(merged, return_index=True)
    return parts, pairs[owner, 0], pairs[owner, 1]


def _few_enough(lines: NDArray[Any], rank: NDArray[np.int64], name: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Return the lines thinned, and without the lowest ranks where there would still be too many points."""
    import shapely

    for lowest in range(len(RANKS), 0, -1):
        kept = rank < lowest
        for tolerance in (TOLERANCE, 2 * TOLERANCE, 4 * TOLERANCE):
            thin = shapely.simplify(lines[kept], tolerance, preserve_topology=False)
            if lowest == 1 or int(shapely.get_num_coordinates(thin).sum()) <= MOST:
                drawn = shapely.get_num_coordinates(thin) >= 2
                return thin[drawn], rank[kept][drawn], name[kept][drawn]
    raise AssertionError("main streets are drawn however many there are")


def _degrees(xy: Floats) -> Floats:
    """Return places in degrees from spherical Mercator metres, the reverse of `mercator`."""
    degrees: Floats = np.degrees(
        np.stack([xy[:, 0] / EARTH_RADIUS, np.arctan(np.sinh(xy[:, 1] / EARTH_RADIUS))], axis=-1)
    )
    return degrees

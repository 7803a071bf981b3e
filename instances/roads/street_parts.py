"""Parts of a street: the place at a share of its length, and the geometry between two such places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import great_circle
from instances.roads.network import RoadNetwork

Floats = NDArray[np.float64]


def place_along(network: RoadNetwork, street: NDArray[np.int64], fraction: Floats) -> Floats:
    """Return the places (N, 2) in degrees at shares `fraction` of the lengths of streets (N,)."""
    places = np.empty((len(street), 2))
    for i, (s, f) in enumerate(zip(street.tolist(), fraction.tolist(), strict=True)):
        points, metres = _measured(network, s)
        places[i] = _at(points, metres, f * metres[-1])
    return places


def street_lines(network: RoadNetwork, streets: NDArray[np.int64], points: Floats) -> NDArray[Any]:
    """Return a line for each of the streets; `points` are those of the network in some projection, shape (P, 2)."""
    import shapely

    lengths = np.diff(network.point_starts)[streets]
    owner = np.repeat(np.arange(len(streets)), lengths)
    at = np.repeat(network.point_starts[streets] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    lines: NDArray[Any] = shapely.linestrings(points[at], indices=owner)
    return lines


def part(network: RoadNetwork, dart: int, begin: float, end: float) -> tuple[Floats, Floats]:
    """Return the geometry of `dart` between two shares of its street's length, and metres from its start.

    Parameters
    ----------
    network : RoadNetwork
    dart : int
    begin, end : float
        Shares of the length of the street, counted from its tail in both directions; `begin` comes first
        along the dart.

    Returns
    -------
    lonlat : float64 array of shape (K, 2)
        At least two points.
    metres : float64 array of shape (K,)
    """
    points, metres = _measured(network, dart >> 1)
    length = metres[-1]
    if dart & 1:
        points, metres, begin, end = points[::-1], length - metres[::-1], 1.0 - begin, 1.0 - end
    if begin == 0.0 and end == 1.0:
        return points, metres
    low, high = begin * length, end * length
    inner = (metres > low) & (metres < high)
    lonlat = np.concatenate([[_at(points, metres, low)], points[inner], [_at(points, metres, high)]])
    return lonlat, np.concatenate([[low], metres[inner], [high]]) - low


def _measured(network: RoadNetwork, street: int) -> tuple[Floats, Floats]:
    """Return the points of a street and metres along it to each."""
    points = network.points[network.point_starts[street] : network.point_starts[street + 1]]
    steps = great_circle(points[:-1], points[1:])
    return points, np.concatenate([[0.0], np.cumsum(steps)])


def _at(points: Floats, metres: Floats, where: float) -> Floats:
    """Return the place `where` metres along points measured by `metres`."""
    return np.array([np.interp(where, metres, points[:, 0]), np.interp(where, metres, points[:, 1])])

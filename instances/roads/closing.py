"""Streets closed to some modes: which they are, and the network without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.cache import content_key
from instances.roads.geometry import mercator
from instances.roads.journeys import crossings
from instances.roads.legs import leg_darts
from instances.roads.network import RoadNetwork
from instances.roads.snapping import snap
from instances.roads.street_parts import street_lines
from instances.roads.streets import with_components
from instances.roads.stretches import apart
from solver.problem import MODES

Ints = NDArray[np.int64]


def streets_called(network: RoadNetwork, name: str) -> Ints:
    """Return the streets of a name, whatever its case."""
    folded = name.casefold()
    wanted = [i for i, known in enumerate(network.names) if known and known.casefold() == folded]
    return np.flatnonzero(np.isin(network.street_name, wanted))


def known_names(network: RoadNetwork) -> list[str]:
    """Return the names that streets have."""
    return [network.names[i] for i in np.unique(network.street_name).tolist() if network.names[i]]


def streets_around(network: RoadNetwork, lat: float, lon: float, metres: float) -> Ints:
    """Return the streets that come within so many metres of a point."""
    import shapely

    lines = street_lines(network, np.arange(network.streets), mercator(network.points))
    centre = shapely.Point(mercator(np.array([lon, lat])))
    # Within a town the scale of the map is that at the point.
    return np.flatnonzero(shapely.dwithin(lines, centre, metres / np.cos(np.radians(lat))))


def streets_inside(network: RoadNetwork, polygon: Any) -> Ints:
    """Return the streets that touch a polygon in degrees, longitude first."""
    import shapely

    shapely.prepare(polygon)
    return np.flatnonzero(
        shapely.intersects(polygon, street_lines(network, np.arange(network.streets), network.points))
    )


def streets_between(
    network: RoadNetwork, mode: str, start: tuple[float, float], end: tuple[float, float], *, limit: float
) -> tuple[Ints, NDArray[np.float64]]:
    """Return the streets on the way between two points, and how far each of the two lies from a street.

    It is the fastest way of `mode`, in the direction in which it is the shorter.  There are no streets where a
    point lies farther than `limit` metres from one, or both lie on one crossing.

    Parameters
    ----------
    network : RoadNetwork
    mode : str
    start, end : tuple of float
        Latitude and longitude.
    limit : float
        Metres.
    """
    points = snap(network, np.array([start, end]), mode, limit=limit)
    first, last = apart(network, points[[0]], points[[1]])
    node = crossings(network, first)
    if not points.snapped.all() or (node >= 0 and node == crossings(network, last)):
        return np.zeros(0, dtype=np.int64), points.metres
    ways = [leg_darts(network, mode, a, b)[0] for a, b in ((first, last), (last, first))]
    streets = [np.unique(np.array(way, dtype=np.int64) >> 1) for way in ways]
    return min(streets, key=lambda found: float(network.metres[found].sum())), points.metres


def close_streets(network: RoadNetwork, closed: NDArray[np.bool_]) -> RoadNetwork:
    """Return the network without the streets that are closed.

    Parameters
    ----------
    network : RoadNetwork
    closed : bool array of shape (4, E)
        By mode and street.  What is connected is found anew: beyond a closed street nobody can go who cannot
        go round it.
    """
    if not closed.any():
        return network
    shut = with_components(
        replace(
            network,
            key=content_key("closed", network.key, closed),
            kmh=np.where(np.repeat(closed, 2, axis=1), 0.0, network.kmh),
        )
    )
    return replace(shut, counts={**shut.counts, "streets closed": int(closed.any(axis=0).sum())})


def closed_to(network: RoadNetwork, streets: Ints, modes: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return by mode and street, shape (4, E), what is closed when these streets are closed to these modes."""
    closed = np.zeros((len(MODES), network.streets), dtype=np.bool_)
    for mode in modes:
        closed[MODES.index(mode), streets] = True
    return closed & (network.kmh.reshape(len(MODES), -1, 2) > 0).any(axis=2)

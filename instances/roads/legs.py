"""The streets of single legs: geometry and times along the fastest way, for what a plan uses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import great_circle
from instances.roads.journeys import NO_DART, Journeys, join
from instances.roads.network import RoadNetwork
from instances.roads.snapping import Snaps
from instances.roads.street_parts import part, place_along
from solver.problem import MODES
from solver.streets import Leg

_FIRST_LIMIT = 60.0
"""Seconds the search for a leg goes beyond twice its straight line, before it is widened."""


def leg_streets(network: RoadNetwork, mode: str, origins: Snaps, destinations: Snaps) -> list[Leg]:
    """Return the fastest way from each origin to the destination of the same index.

    The last of a leg's seconds, rounded up, is what `travel_seconds` gives for it.

    Parameters
    ----------
    network : RoadNetwork
    mode : str
    origins, destinations : Snaps
        K places each, snapped for `mode`.

    Raises
    ------
    ValueError
        When a place is not snapped or there is no way; ask `travel_seconds` first.
    """
    journeys, ways = _ways(network, mode, origins, destinations)
    kmh = network.kmh[MODES.index(mode)]
    return [_leg(journeys, network, kmh, way) for way in ways]


def leg_darts(network: RoadNetwork, mode: str, origins: Snaps, destinations: Snaps) -> list[list[int]]:
    """Return the darts on the fastest way from each origin to the destination of the same index.

    Raises
    ------
    ValueError
        When a place is not snapped or there is no way.
    """
    journeys, ways = _ways(network, mode, origins, destinations)
    darts = [[_dart(journeys, a, b) for a, b in pairwise(way)] for way in ways]
    return [[dart for dart in way if dart != NO_DART] for way in darts]


def leg_points(network: RoadNetwork, mode: str, origins: Snaps, destinations: Snaps, *, step: float) -> list[Snaps]:
    """Return points on the fastest way from each origin to the destination of the same index.

    Both ends are among them, and from one to the next it is equally long, at most `step` seconds.

    Raises
    ------
    ValueError
        When a place is not snapped or there is no way.
    """
    journeys, ways = _ways(network, mode, origins, destinations)
    kmh = network.kmh[MODES.index(mode)]
    return [_points(journeys, network, kmh, way, step) for way in ways]


def _points(journeys: Journeys, network: RoadNetwork, kmh: NDArray[np.float64], path: list[int], step: float) -> Snaps:
    """Return points on a path of vertices."""
    parts = [(dart, *_shares(journeys, dart, a, b)) for a, b in pairwise(path) if (dart := _dart(journeys, a, b)) >= 0]
    if not parts:
        here = np.array([path[0] - journeys.first_origin] * 2)
        return journeys.origins[here]
    darts = np.array([dart for dart, _, _ in parts])
    begin, end = (np.array([part[i] for part in parts]) for i in (1, 2))
    street = darts // 2
    ends = np.cumsum(np.abs(end - begin) * network.metres[street] * 3.6 / kmh[darts])
    times = np.linspace(0.0, ends[-1], max(int(np.ceil(ends[-1] / step)), 1) + 1)
    i = np.minimum(np.searchsorted(ends, times), len(ends) - 1)
    lengths = np.diff(ends, prepend=0.0)[i]
    share = np.divide(times - (ends[i] - lengths), lengths, out=np.zeros(len(i)), where=lengths > 0)
    fraction = np.clip(begin[i] + share * (end[i] - begin[i]), 0.0, 1.0)
    # The ends to the last bit: just past a place on a one-way street the way to it leads round the block.
    fraction[0], fraction[-1] = begin[0], end[-1]
    return Snaps(
        mode=journeys.origins.mode,
        street=street[i].astype(np.int32),
        fraction=fraction,
        metres=np.zeros(len(i)),
        lonlat=place_along(network, street[i], fraction),
        detached=np.full(len(i), np.inf),
    )


def _ways(network: RoadNetwork, mode: str, origins: Snaps, destinations: Snaps) -> tuple[Journeys, list[list[int]]]:
    """Return the graph that joins the places, and the vertices on the fastest way of each pair of them."""
    if len(origins) != len(destinations):
        raise ValueError(f"{len(origins)} origins but {len(destinations)} destinations")
    journeys = join(network, mode, origins, destinations)
    kmh = network.kmh[MODES.index(mode)]
    usual_kmh = float(np.median(kmh[kmh > 0])) if kmh.any() else 1.0
    ways: list[list[int]] = [[] for _ in range(len(origins))]
    for start in np.unique(journeys.origin_of).tolist():
        asked = np.flatnonzero(journeys.origin_of == start)
        ends = np.unique(journeys.destination_of[asked])
        if start < 0 or ends[0] < 0:
            raise ValueError(f"no leg {asked[0]}: one of its ends is not on a street")
        paths = _paths(journeys, usual_kmh, start, ends)
        for i in asked.tolist():
            ways[i] = paths[int(journeys.destination_of[i])]
    return journeys, ways


def _paths(journeys: Journeys, usual_kmh: float, start: int, ends: NDArray[np.int64]) -> dict[int, list[int]]:
    """Return vertices from an origin to each of its destinations, searching no farther than needed."""
    from scipy.sparse.csgraph import dijkstra

    origin, targets = journeys.first_origin + start, journeys.first_destination + ends
    straight = great_circle(journeys.origins.lonlat[start], journeys.destinations.lonlat[ends]).max()
    limit = _FIRST_LIMIT + 2 * 3.6 * straight / usual_kmh
    while True:
        seconds, before = dijkstra(journeys.matrix, indices=origin, limit=limit, return_predecessors=True)
        if np.isfinite(seconds[targets]).all():
            return {int(end): _trace(before, origin, int(t)) for end, t in zip(ends, targets, strict=True)}
        if np.isinf(limit):
            raise ValueError("no leg: there is no way from one of the places to another")
        # Widened twice, then without limit, so that a place that cannot be reached is found out soon.
        limit = limit * 4 if limit < 3600 * 4 else np.inf


def _trace(before: NDArray[Any], origin: int, target: int) -> list[int]:
    """Return the vertices from `origin` to `target` along predecessors."""
    path = [target]
    while path[-1] != origin:
        path.append(int(before[path[-1]]))
    return path[::-1]


def _leg(journeys: Journeys, network: RoadNetwork, kmh: NDArray[np.float64], path: list[int]) -> Leg:
    """Return geometry and times of a path of vertices."""
    places: list[NDArray[np.float64]] = []
    times: list[NDArray[np.float64]] = []
    seconds, metres = 0.0, 0.0
    for a, b in pairwise(path):
        dart = _dart(journeys, a, b)
        if dart == NO_DART:
            continue
        begin, end = _shares(journeys, dart, a, b)
        lonlat, along = part(network, dart, begin, end)
        places.append(lonlat)
        times.append(seconds + along * 3.6 / kmh[dart])
        seconds, metres = float(times[-1][-1]), metres + float(along[-1])
    if not places:
        place = journeys.origins.lonlat[path[0] - journeys.first_origin]
        return Leg(np.stack([place, place]), np.zeros(2), 0.0)
    return Leg(*_without_repeats(np.concatenate(places), np.concatenate(times)), metres)


def _dart(journeys: Journeys, a: int, b: int) -> int:
    """Return the dart of the arc from vertex `a` to vertex `b`."""
    low, high = journeys.matrix.indptr[a], journeys.matrix.indptr[a + 1]
    return int(journeys.dart[low + np.searchsorted(journeys.matrix.indices[low:high], b)])


def _shares(journeys: Journeys, dart: int, a: int, b: int) -> tuple[float, float]:
    """Return where on its street the part from vertex `a` to vertex `b` begins and ends."""
    begin, end = (1.0, 0.0) if dart & 1 else (0.0, 1.0)
    if a >= journeys.first_origin:
        begin = float(journeys.origins.fraction[a - journeys.first_origin])
    if b >= journeys.first_destination:
        end = float(journeys.destinations.fraction[b - journeys.first_destination])
    return begin, end


def _without_repeats(
    lonlat: NDArray[np.float64], seconds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points without those that repeat the one before, but never fewer than two."""
    new = np.ones(len(lonlat), dtype=np.bool_)
    new[1:-1] = (lonlat[1:-1] != lonlat[:-2]).any(axis=1)
    if len(lonlat) > 2 and (lonlat[-1] == lonlat[-2]).all():
        new[-2] = False
    new[0] = True
    return lonlat[new], seconds[new]

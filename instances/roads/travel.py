"""Travel times between places on the streets, by shortest paths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from instances.cache import Cache, content_key
from instances.roads.journeys import join
from instances.roads.network import RoadNetwork
from instances.roads.program import program_digest
from instances.roads.snapping import Snaps
from solver.problem import UNREACHABLE

CHUNK = 32
"""Origins worked on at once: between chunks progress is told and Ctrl-C is heard."""

TOLERANCE = 1e-6
"""Seconds by which a sum of floating-point numbers may exceed a whole second without being rounded up."""


def travel_seconds(
    network: RoadNetwork,
    mode: str,
    origins: Snaps,
    destinations: Snaps,
    *,
    cache: Cache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int32]:
    """Return the seconds of the fastest way from every origin to every destination.

    Times are length over speed along the streets, with one-way streets, barriers and turn restrictions
    respected, from the place on the street to the place on the street.

    Parameters
    ----------
    network : RoadNetwork
    mode : str
    origins, destinations : Snaps
        N and M places, snapped for `mode`.
    cache : Cache, optional
        Where the matrix is looked up and kept.
    progress : callable, optional
        Told how many origins are done, and of how many.

    Returns
    -------
    int32 array of shape (N, M)
        Whole seconds, rounded up; -1 where there is no way or a place is not snapped.
    """
    key = content_key(
        "travel", program_digest(), network.key, mode, *(x for s in (origins, destinations) for x in _content(s))
    )
    kept = cache.get("travel", key) if cache is not None else None
    if kept is not None and kept.get("seconds", np.zeros(0)).shape == (len(origins), len(destinations)):
        return kept["seconds"].astype(np.int32)
    seconds = _shortest(network, mode, origins, destinations, progress)
    if cache is not None:
        cache.put("travel", key, {"seconds": seconds})
    return seconds


def _content(snaps: Snaps) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return what the matrix depends on."""
    return snaps.street, snaps.fraction


def _shortest(
    network: RoadNetwork,
    mode: str,
    origins: Snaps,
    destinations: Snaps,
    progress: Callable[[int, int], None] | None,
) -> NDArray[np.int32]:
    """Work out the matrix, a chunk of origins at a time."""
    from scipy.sparse.csgraph import dijkstra

    journeys = join(network, mode, origins, destinations)
    count, ends = len(journeys.origins), len(journeys.destinations)
    table = np.full((count + 1, ends + 1), UNREACHABLE, dtype=np.int32)
    for low in range(0, count if ends else 0, CHUNK):
        high = min(low + CHUNK, count)
        found = dijkstra(journeys.matrix, indices=journeys.first_origin + np.arange(low, high))
        table[low:high, :ends] = whole_seconds(found[:, journeys.first_destination :])
        if progress is not None:
            progress(high, count)
    # The last row and column stand for places that are not snapped (index -1).
    return table[np.ix_(journeys.origin_of, journeys.destination_of)]


def whole_seconds(seconds: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return seconds rounded up, -1 for infinite ones."""
    reached = np.isfinite(seconds)
    rounded = np.ceil(np.where(reached, seconds, 0.0) - TOLERANCE)
    return np.where(reached, np.maximum(rounded, 0.0), UNREACHABLE).astype(np.int32)

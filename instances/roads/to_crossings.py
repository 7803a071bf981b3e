"""How long it takes from places to the crossings of a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from instances.roads.journeys import join
from instances.roads.mode_graph import mode_graph
from instances.roads.network import RoadNetwork
from instances.roads.snapping import Snaps


def seconds_to_crossings(
    network: RoadNetwork, mode: str, origins: Snaps, nodes: NDArray[np.int64], *, limit: float
) -> NDArray[np.float64]:
    """Return the seconds of the fastest way from each place to each node, shape (N, C), infinite where there is none.

    Parameters
    ----------
    network : RoadNetwork
    mode : str
    origins : Snaps
        N places, snapped for `mode`.
    nodes : int64 array of shape (C,)
        Nodes of the network.
    limit : float
        Seconds; what takes longer is not looked for.
    """
    from scipy.sparse.csgraph import dijkstra

    journeys = join(network, mode, origins, origins[[]])
    graph = mode_graph(network, mode)
    seconds = np.full((len(origins), len(nodes)), np.inf)
    counts = np.diff(graph.vertex_starts)[nodes]
    there = np.flatnonzero(counts)
    if not len(there):
        return seconds
    vertices = np.concatenate(
        [graph.vertex_order[graph.vertex_starts[n] : graph.vertex_starts[n + 1]] for n in nodes[there].tolist()]
    )
    bounds = np.concatenate([[0], np.cumsum(counts[there])[:-1]])
    for i in np.unique(journeys.origin_of[journeys.origin_of >= 0]).tolist():
        found = dijkstra(journeys.matrix, indices=journeys.first_origin + i, limit=limit)
        seconds[np.ix_(journeys.origin_of == i, there)] = np.minimum.reduceat(found[vertices], bounds)
    return seconds

"""The graph one mode travels on: vertices, arcs and seconds, with banned turns built into it.

A vertex is a node of the network, where every turn may be made.  A dart after which some turn is banned ends
at a vertex of its own instead, a *copy* of the node that has only the arcs still allowed.  So a shortest path
in this graph is a shortest path that makes no banned turn, and an ordinary algorithm finds it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.roads.network import RoadNetwork
from solver.problem import MODES

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ModeGraph:
    """Arcs of one mode between its vertices.

    Parameters
    ----------
    vertices : int
        Number of vertices.
    arc_tail, arc_head, arc_dart : int64 arrays of shape (A,)
        Arcs in order of their darts; a dart has one arc for the node it leaves and one for each copy of it.
    arc_starts : int64 array of shape (2 E + 1,)
        Where the arcs of each dart begin.
    seconds : float64 array of shape (2 E,)
        By dart; infinite for darts that are not used.
    vertex_order, vertex_starts : int64 arrays of shape (vertices,) and (V + 1,)
        The vertices of each node; the first of them is the one where every turn may be made.
    """

    vertices: int
    arc_tail: Ints
    arc_head: Ints
    arc_dart: Ints
    arc_starts: Ints
    seconds: NDArray[np.float64]
    vertex_order: Ints
    vertex_starts: Ints


def mode_graph(network: RoadNetwork, mode: str) -> ModeGraph:
    """Return the graph of `mode` on its largest strongly connected component."""
    used = network.connected[MODES.index(mode)]
    tail, head, dart, copied = _arcs(network, mode, used)
    old, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head = np.split(ends.reshape(-1), 2)
    order = np.lexsort((tail, dart))
    nodes = len(network.lonlat)
    # Copies come after the nodes in `old`, so a stable sort puts the node itself before its copies.
    node = np.where(old < nodes, old, 0)
    node[old >= nodes] = network.dart_head[copied[old[old >= nodes] - nodes]]
    vertex_order = np.argsort(node, kind="stable")
    return ModeGraph(
        vertices=len(old),
        arc_tail=tail[order],
        arc_head=head[order],
        arc_dart=dart[order],
        arc_starts=np.searchsorted(dart[order], np.arange(len(used) + 1)),
        seconds=np.where(used, network.dart_seconds(mode), np.inf),
        vertex_order=vertex_order,
        vertex_starts=np.searchsorted(node[vertex_order], np.arange(nodes + 1)),
    )


def largest_component(network: RoadNetwork, mode: str) -> tuple[NDArray[np.bool_], int]:
    """Return the darts in the largest strongly connected component of `mode`, and how many others were dropped.

    Components of a single vertex, such as the end of a one-way street that leaves the map, are not counted.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    usable = network.kmh[MODES.index(mode)] > 0
    inside = np.zeros(len(usable), dtype=np.bool_)
    tail, head, dart, copied = _arcs(network, mode, usable)
    if not len(tail):
        return inside, 0
    size = len(network.lonlat) + len(copied)
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    members = np.bincount(label)
    largest = int(members.argmax())
    inside[dart[(label[tail] == largest) & (label[head] == largest)]] = True
    return inside, int((members > 1).sum()) - int(members[largest] > 1)


def _arcs(network: RoadNetwork, mode: str, used: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return tail, head and dart of every arc, and the darts that end at copies.

    Vertices are the nodes, and then one copy for each dart in the last array.
    """
    nodes, size = len(network.lonlat), len(used)
    banned = network.banned[network.banned_modes[:, MODES.index(mode)]].astype(np.int64)
    banned = banned[used[banned].all(axis=1)]
    copied = np.unique(banned[:, 0])
    dart_tail = network.dart_tail.astype(np.int64)
    end = network.dart_head.astype(np.int64)
    at = end[copied]
    end[copied] = nodes + np.arange(len(copied))
    darts = np.flatnonzero(used)
    # The arcs of the copies: all darts used that leave the node, but for the banned ones.
    order = darts[np.argsort(dart_tail[darts], kind="stable")]
    low = np.searchsorted(dart_tail[order], at)
    count = np.searchsorted(dart_tail[order], at, side="right") - low
    copy = np.repeat(np.arange(len(copied)), count)
    onward = order[np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)]
    allowed = ~np.isin(copied[copy] * size + onward, banned[:, 0] * size + banned[:, 1])
    copy, onward = copy[allowed], onward[allowed]
    return (
        np.concatenate([dart_tail[darts], nodes + copy]),
        np.concatenate([end[darts], end[onward]]),
        np.concatenate([darts, onward]),
        copied,
    )

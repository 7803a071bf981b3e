"""The graph of one mode with origins and destinations joined to it.

An origin has only arcs that leave it, a destination only arcs that reach it, and the streets themselves stay
whole: so points do not open ways to each other, and a journey does not depend on who else is asked about.
Both sides of a two-way street are at hand, a one-way street is left at its head, and a place farther back on
the same one-way street is reached by driving round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads.mode_graph import ModeGraph, mode_graph
from instances.roads.network import RoadNetwork
from instances.roads.snapping import Snaps

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_DART = -1
"""Of an arc that joins a place on a crossing to the crossing."""


@dataclass(frozen=True)
class _Arcs:
    """Arcs with their seconds and darts."""

    tail: Ints
    head: Ints
    seconds: Floats
    dart: Ints


@dataclass(frozen=True)
class Journeys:
    """A sparse matrix of seconds, and where the different origins and destinations are in it.

    Parameters
    ----------
    matrix : csr_array of float64
        Seconds from vertex to vertex; of parallel arcs the fastest.
    dart : int64 array
        By entry of the matrix the dart it stands for, or `NO_DART`.
    origins, destinations : Snaps
        The different places.
    origin_of, destination_of : int64 arrays
        By place asked about its index in `origins` or `destinations`, -1 where it is not snapped.
    first_origin, first_destination : int
        Vertices of the first of each; the others follow.
    """

    matrix: Any
    dart: Ints
    origins: Snaps
    destinations: Snaps
    origin_of: Ints
    destination_of: Ints
    first_origin: int
    first_destination: int


def join(network: RoadNetwork, mode: str, origins: Snaps, destinations: Snaps) -> Journeys:
    """Return the graph of `mode` joined with the places of `origins` and `destinations`.

    Raises
    ------
    ValueError
        When the places were snapped for another mode.
    """
    for snaps in (origins, destinations):
        if snaps.mode != mode:
            raise ValueError(f"places snapped for {snaps.mode} cannot be used for {mode}")
    graph = mode_graph(network, mode)
    starts, origin_of = _different(origins)
    ends, destination_of = _different(destinations)
    first_origin = graph.vertices
    first_destination = first_origin + len(starts)
    arcs = [
        _Arcs(graph.arc_tail, graph.arc_head, graph.seconds[graph.arc_dart], graph.arc_dart),
        *_leaving(network, graph, starts, first_origin),
        *_reaching(network, graph, ends, first_destination),
        *_direct(graph, starts, ends, first_origin, first_destination),
    ]
    matrix, dart = _fastest(arcs, first_destination + len(ends))
    return Journeys(matrix, dart, starts, ends, origin_of, destination_of, first_origin, first_destination)


def _different(snaps: Snaps) -> tuple[Snaps, Ints]:
    """Return each snapped place once, and by place asked about which it is (-1: not snapped)."""
    places = np.stack([snaps.street.astype(np.float64), snaps.fraction], axis=1)
    snapped = np.flatnonzero(snaps.snapped)
    _, first, which = np.unique(places[snapped], axis=0, return_index=True, return_inverse=True)
    of = np.full(len(snaps), -1, dtype=np.int64)
    of[snapped] = which.reshape(-1)
    return snaps[snapped[first]], of


def crossings(network: RoadNetwork, snaps: Snaps) -> Ints:
    """Return the node that each place stands on, -1 for a place along a street."""
    at_end = np.where(snaps.fraction == 1.0, network.head[snaps.street], -1)
    return np.where(snaps.fraction == 0.0, network.tail[snaps.street], at_end).astype(np.int64)


def _leaving(network: RoadNetwork, graph: ModeGraph, starts: Snaps, first: int) -> list[_Arcs]:
    """Return arcs from origins: to the head of each dart of their street, or to the crossing they stand on."""
    node, vertex = crossings(network, starts), first + np.arange(len(starts))
    on = node >= 0
    crossing = graph.vertex_order[graph.vertex_starts[node[on]]]
    arcs = [_Arcs(vertex[on], crossing, np.zeros(len(crossing)), np.full(len(crossing), NO_DART))]
    for way in (0, 1):
        dart = 2 * starts.street.astype(np.int64) + way
        here = np.flatnonzero(~on & np.isfinite(graph.seconds[dart]))
        dart = dart[here]
        rest = np.abs((1 - way) - starts.fraction[here])
        head = graph.arc_head[graph.arc_starts[dart]]
        arcs.append(_Arcs(vertex[here], head, rest * graph.seconds[dart], dart))
    return arcs


def _reaching(network: RoadNetwork, graph: ModeGraph, ends: Snaps, first: int) -> list[_Arcs]:
    """Return arcs to destinations: from every vertex from which their street is entered, or of their crossing."""
    node, vertex = crossings(network, ends), first + np.arange(len(ends))
    on = np.flatnonzero(node >= 0)
    low, count = graph.vertex_starts[node[on]], np.diff(graph.vertex_starts)[node[on]]
    which = _ranges(low, count)
    crossing = graph.vertex_order[which]
    none = np.full(len(which), NO_DART)
    arcs = [_Arcs(crossing, np.repeat(vertex[on], count), np.zeros(len(which)), none)]
    for way in (0, 1):
        dart = 2 * ends.street.astype(np.int64) + way
        here = np.flatnonzero((node < 0) & np.isfinite(graph.seconds[dart]))
        dart = dart[here]
        low, count = graph.arc_starts[dart], graph.arc_starts[dart + 1] - graph.arc_starts[dart]
        tail = graph.arc_tail[_ranges(low, count)]
        seconds = np.abs(way - ends.fraction[here]) * graph.seconds[dart]
        arcs.append(_Arcs(tail, np.repeat(vertex[here], count), np.repeat(seconds, count), np.repeat(dart, count)))
    return arcs


def _direct(graph: ModeGraph, starts: Snaps, ends: Snaps, first_origin: int, first_end: int) -> list[_Arcs]:
    """Return arcs from origins to destinations ahead of them on the same street."""
    order = np.argsort(ends.street, kind="stable")
    low = np.searchsorted(ends.street[order], starts.street)
    count = np.searchsorted(ends.street[order], starts.street, side="right") - low
    o = np.repeat(np.arange(len(starts)), count)
    d = order[_ranges(low, count)]
    ahead = ends.fraction[d] - starts.fraction[o]
    arcs = []
    for way, reached in ((0, ahead >= 0), (1, ahead <= 0)):
        dart = 2 * starts.street[o].astype(np.int64) + way
        here = np.flatnonzero(reached & np.isfinite(graph.seconds[dart]))
        seconds = np.abs(ahead[here]) * graph.seconds[dart[here]]
        arcs.append(_Arcs(first_origin + o[here], first_end + d[here], seconds, dart[here]))
    return arcs


def _ranges(low: Ints, count: Ints) -> Ints:
    """Return the numbers ``low[i], low[i] + 1, …`` (`count[i]` of them) for each i, one after the other."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(low - ends + count, count)


def _fastest(arcs: list[_Arcs], size: int) -> tuple[Any, Ints]:
    """Return the matrix of the arcs, and their darts by entry; of parallel arcs the fastest is kept."""
    from scipy.sparse import csr_array

    tail = np.concatenate([a.tail for a in arcs])
    head = np.concatenate([a.head for a in arcs])
    seconds = np.concatenate([a.seconds for a in arcs])
    dart = np.concatenate([a.dart for a in arcs])
    # Not coo_array.tocsr(), which adds parallel arcs up.
    order = np.lexsort((dart, seconds, head, tail))
    tail, head = tail[order], head[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    kept = order[new]
    starts = np.searchsorted(tail[new], np.arange(size + 1)).astype(np.int32)
    matrix = csr_array((seconds[kept], head[new].astype(np.int32), starts), shape=(size, size))
    return matrix, dart[kept]

"""The streets as a fleeing car may drive them: from a place, at street speeds, as far as it gets in so much time.

Who flees by motorcycle, by bicycle or on foot goes where that mode goes, at its speeds; here it is all called a car.

Unless it keeps to the rules, the car uses every street on which its mode is allowed at all, in both directions, makes
every turn and passes every barrier; who closes crossings then does not trust in signs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import great_circle, mercator
from instances.roads.mode_graph import mode_graph
from instances.roads.network import RoadNetwork
from instances.roads.snapping import nearest_streets
from solver.containment.ground import Ground
from solver.problem import MODES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EDGE = 250.0
"""Metres from the outline of the map within which a street that ends may lead on beyond it."""


@dataclass(frozen=True, eq=False)
class Flight:
    """Where a car can go.

    Parameters
    ----------
    ground : Ground
        Crossings are those that it can reach in time, and the next ones.
    starts : tuple of (vertex, second)
    begun : tuple of int
        Streets of the ground on which it begins.
    outside : bool array of shape (V,)
        Vertices at which it is out: too far, too late, or where the map ends.
    node : int64 array of shape (C,)
        The node of the network of each crossing.
    street : int64 array of shape (S,)
        The street of the network of each street of the ground.
    edge : bool array of shape (C,)
        Crossings at which the map ends.
    lonlat : float64 array of shape (2,)
        The place on the street.
    metres : float
        From the point asked about to that place.
    """

    ground: Ground
    starts: tuple[tuple[int, float], ...]
    begun: tuple[int, ...]
    outside: Bools
    node: Ints
    street: Ints
    edge: Bools
    lonlat: Floats
    metres: float


@dataclass(frozen=True)
class Manner:
    """How the car drives, and where it is out.

    Parameters
    ----------
    mode : str
        One of `solver.problem.MODES`.
    lawful : bool
        Whether it keeps to one-way streets, turn restrictions and barriers.
    speed : float
        Its speed as a share of the usual one.
    within : float
        Seconds after which it is out wherever it is.
    radius : float
        Metres from the place, as the crow flies, beyond which it is out.
    island : bool
        Whether no street leads on where the map ends.
    """

    mode: str = "car"
    lawful: bool = False
    speed: float = 1.0
    within: float = 900.0
    radius: float = np.inf
    island: bool = False


def flight(network: RoadNetwork, latlon: tuple[float, float], manner: Manner) -> Flight:
    """Return where a car can go that leaves a place; it lies on no street of the car where `metres` says so."""
    usable = (network.kmh[MODES.index(manner.mode)] > 0).reshape(-1, 2).any(axis=1)
    point = np.array([latlon[::-1]], dtype=np.float64)
    street, fraction, place, metres = nearest_streets(network, np.flatnonzero(usable), point)
    arcs = _lawful(network, manner.mode) if manner.lawful else _any_way(network, manner.mode, usable)
    node, tail, head, _, seconds = arcs
    seconds = seconds / manner.speed
    begin = (int(street[0]), float(fraction[0])) if len(usable) and street[0] >= 0 else (-1, 0.0)
    starts = _starts(network, arcs, begin, manner.speed)
    reached = _reached(len(node), tail, head, seconds, starts, manner.within)
    far = great_circle(network.lonlat, place[0]) > manner.radius
    edge = np.zeros(len(network.lonlat), dtype=np.bool_) if manner.island else _edge(network, usable)
    out = ~np.isfinite(reached) | (far | edge)[node]
    return _cut(network, arcs, seconds, starts, reached, out, begin, edge, (place[0], float(metres[0])))


_Arcs = tuple[Ints, Ints, Ints, Ints, Floats]
"""The node of each vertex, and tail, head, dart and seconds of each arc."""


def _any_way(network: RoadNetwork, mode: str, usable: Bools) -> _Arcs:
    """Return the arcs of who uses every street in both directions; vertices are nodes."""
    kmh = network.kmh[MODES.index(mode)].reshape(-1, 2).max(axis=1)
    streets = np.flatnonzero(usable)
    darts = np.stack([2 * streets, 2 * streets + 1], axis=1).ravel()
    seconds = np.repeat(network.metres[streets] * 3.6 / kmh[streets], 2)
    tail, head = (ends.astype(np.int64)[darts] for ends in (network.dart_tail, network.dart_head))
    return np.arange(len(network.lonlat)), tail, head, darts, seconds


def _lawful(network: RoadNetwork, mode: str) -> _Arcs:
    """Return the arcs of who keeps to the rules, also on streets from which there is no way back."""
    graph = mode_graph(replace(network, connected=network.kmh > 0), mode)
    node = np.empty(graph.vertices, dtype=np.int64)
    node[graph.vertex_order] = np.repeat(np.arange(len(network.lonlat)), np.diff(graph.vertex_starts))
    return node, graph.arc_tail, graph.arc_head, graph.arc_dart, graph.seconds[graph.arc_dart]


def _starts(network: RoadNetwork, arcs: _Arcs, begin: tuple[int, float], speed: float) -> tuple[tuple[int, float], ...]:
    """Return the vertices that the car reaches first from its street, and when."""
    node, _, head, dart, seconds = arcs
    street, fraction = begin
    if fraction in (0.0, 1.0):
        crossing = int((network.head if fraction else network.tail)[street])
        vertices = np.flatnonzero(node == crossing)
        # The first vertex of a node is the one where every turn may be made.
        return ((int(vertices[0]), 0.0),) if len(vertices) else ()
    found = []
    for way, share in ((0, 1.0 - fraction), (1, fraction)):
        along = np.flatnonzero(dart == 2 * street + way)
        found += [(int(head[a]), float(share * seconds[a]) / speed) for a in along[:1]]
    return tuple(found)


def _reached(
    vertices: int, tail: Ints, head: Ints, seconds: Floats, starts: tuple[tuple[int, float], ...], within: float
) -> Floats:
    """Return when the car is at each vertex, infinite where that is later than `within`."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    tail = np.concatenate([tail, np.full(len(starts), vertices)])
    head = np.concatenate([head, np.array([v for v, _ in starts], dtype=np.int64)])
    seconds = np.maximum(np.concatenate([seconds, np.array([s for _, s in starts])]), 1e-9)
    order = np.lexsort((seconds, head, tail))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (tail[order][1:] != tail[order][:-1]) | (head[order][1:] != head[order][:-1])
    kept = order[new]
    bounds = np.searchsorted(tail[kept], np.arange(vertices + 2))
    matrix = csr_array((seconds[kept], head[kept], bounds), shape=(vertices + 1, vertices + 1))
    found: Floats = dijkstra(matrix, indices=vertices, limit=within)[:vertices]
    return found


def _edge(network: RoadNetwork, usable: Bools) -> Bools:
    """Return the nodes at which the map ends, shape (V,).

    They are the corners of its outline, and the ends of streets near that.
    """
    import shapely

    ends = np.concatenate([network.tail[usable], network.head[usable]])
    degree = np.bincount(ends, minlength=len(network.lonlat))
    used = np.flatnonzero(degree)
    edge = np.zeros(len(degree), dtype=np.bool_)
    if not len(used):
        return edge
    points = mercator(network.lonlat[used])
    hull = shapely.convex_hull(shapely.multipoints(points))
    metres = EDGE / np.cos(np.radians(np.clip(network.middle[0], -89.0, 89.0)))
    distance = shapely.distance(shapely.boundary(hull) if hull.geom_type == "Polygon" else hull, shapely.points(points))
    corner = np.isin(used, used[_corners(points, shapely.get_coordinates(hull))])
    edge[used] = corner | ((degree[used] == 1) & (distance <= metres))
    return edge


def _corners(points: Floats, hull: Floats) -> Ints:
    """Return which points are corners of their outline."""
    corners = {(x, y) for x, y in hull.tolist()}
    return np.array([i for i, (x, y) in enumerate(points.tolist()) if (x, y) in corners], dtype=np.int64)


def _cut(
    network: RoadNetwork,
    arcs: _Arcs,
    seconds: Floats,
    starts: tuple[tuple[int, float], ...],
    reached: Floats,
    out: Bools,
    begin: tuple[int, float],
    edge: Bools,
    place: tuple[Floats, float],
) -> Flight:
    """Return what the car reaches, with the first vertices at which it is out, numbered anew."""
    node, tail, head, dart, _ = arcs
    used = np.isfinite(reached[tail]) & ~out[tail]
    tail, head, dart, seconds = tail[used], head[used], dart[used], seconds[used]
    first = np.array([v for v, _ in starts], dtype=np.int64)
    vertices, numbers = np.unique(np.concatenate([tail, head, first]), return_inverse=True)
    tail, head, first = np.split(numbers.reshape(-1), [len(tail), 2 * len(tail)])
    nodes, crossing = np.unique(node[vertices], return_inverse=True)
    on_street = [begin[0]] if begin[1] not in (0.0, 1.0) and begin[0] >= 0 else []
    streets, street = np.unique(np.concatenate([dart >> 1, np.array(on_street, dtype=np.int64)]), return_inverse=True)
    ground = Ground(
        crossing.reshape(-1).astype(np.int64),
        tail,
        head,
        seconds,
        street.reshape(-1)[: len(dart)],
        np.ceil(network.metres[streets]).astype(np.int64),
        len(nodes),
    )
    return Flight(
        ground,
        tuple((int(v), s) for v, (_, s) in zip(first, starts, strict=True)),
        tuple(street.reshape(-1)[len(dart) :].tolist()),
        out[vertices],
        nodes,
        streets,
        edge[nodes],
        place[0],
        place[1],
    )

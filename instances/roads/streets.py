"""Makes a `RoadNetwork` of a `WayTable`: joins segments into streets, orders nodes, finds what is connected.

A node where nothing can be decided (two segments, the same rules and name on both, no barrier, no turn
restriction) becomes a point of the geometry; all others stay nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from instances.roads.banned_turns import banned_turns
from instances.roads.geometry import great_circle, morton_order
from instances.roads.mode_graph import largest_component
from instances.roads.network import RoadNetwork
from instances.roads.way_rules import WayRule
from instances.roads.way_table import WayTable
from solver.problem import MODES

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Segments:
    """Straight pieces between neighbouring nodes, as darts: dart ``2 i`` runs along the way, ``2 i + 1`` against it.

    `rule` of a dart is that of its own direction; `way` is the OpenStreetMap id, `name` an index into the
    table's names.
    """

    lonlat: NDArray[np.float64]
    tail: Ints
    head: Ints
    rule: Ints
    way: Ints
    name: NDArray[np.int32]
    metres: NDArray[np.float64]
    fixed: NDArray[np.bool_]


@dataclass(frozen=True)
class _Chains:
    """Streets as rows of segment darts: `darts` of street s are those from ``starts[s]`` to ``starts[s + 1]``."""

    darts: Ints
    starts: Ints

    @property
    def first(self) -> Ints:
        """The first dart of each street."""
        return self.darts[self.starts[:-1]]

    @property
    def last(self) -> Ints:
        """The last dart of each street."""
        return self.darts[self.starts[1:] - 1]


def make_network(table: WayTable, *, key: str, source: str) -> RoadNetwork:
    """Return the network of the ways in `table`.

    Parameters
    ----------
    table : WayTable
    key : str
        Digest that stands for the content.
    source : str
        Where the ways come from, in words.
    """
    rules, reverse = _with_reversed(table.rules)
    ids, index = np.unique(table.refs, return_inverse=True)
    segments = _segments(table, ids, index.reshape(-1), reverse)
    chains = _chains(segments)
    nodes, rank = _ordered_nodes(segments, chains)
    chains = _ordered_chains(segments, chains, rank)
    points, point_starts = _geometry(segments, chains)
    first, last = chains.first, chains.last
    rule = segments.rule[first]
    tail, head = rank[segments.tail[first]], rank[segments.head[last]]
    names = tuple(sorted({r.road_class for r in rules}))
    kmh = np.array([r.kmh for r in rules], dtype=np.float64).reshape(len(rules), len(MODES), 2)
    network = RoadNetwork(
        key=key,
        source=source,
        attribution=table.attribution,
        lonlat=segments.lonlat[nodes],
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        metres=np.add.reduceat(segments.metres[chains.darts], chains.starts[:-1]) if len(first) else np.zeros(0),
        point_starts=point_starts,
        points=points,
        street_class=np.array([names.index(r.road_class) for r in rules], dtype=np.int16)[rule],
        classes=names,
        street_name=segments.name[first],
        names=table.names,
        kmh=np.ascontiguousarray(kmh[rule].transpose(1, 0, 2).reshape(len(MODES), -1)),
        connected=np.zeros((len(MODES), 2 * len(first)), dtype=np.bool_),
        guessed=np.array([r.guessed for r in rules], dtype=np.bool_)[rule],
        banned=np.zeros((0, 2), dtype=np.int32),
        banned_modes=np.zeros((0, len(MODES)), dtype=np.bool_),
        counts=table.counts,
        notes=table.notes,
    )
    at_node = np.full(len(ids), -1, dtype=np.int64)
    at_node[nodes] = np.arange(len(nodes))
    node_of = _NodeIndex(ids, at_node)
    ways = np.stack([segments.way[first], segments.way[last]], axis=1)
    banned, bound, counts = banned_turns(network, ways, table, node_of)
    network = replace(network, banned=banned, banned_modes=bound, counts={**table.counts, **counts})
    return with_components(network)


class _NodeIndex:
    """Finds the node of the network that an OpenStreetMap node became."""

    def __init__(self, ids: Ints, at_node: Ints) -> None:
        self._ids, self._at_node = ids, at_node

    def __call__(self, ref: int) -> int:
        """Return the node, or -1 where it is none."""
        i = int(np.searchsorted(self._ids, ref))
        return int(self._at_node[i]) if i < len(self._ids) and self._ids[i] == ref else -1


def _with_reversed(rules: tuple[WayRule, ...]) -> tuple[list[WayRule], Ints]:
    """Return the rules with their reversed ones added, and for each the index of its reverse."""
    known = {rule: i for i, rule in enumerate(rules)}
    for rule in rules:
        known.setdefault(rule.reversed(), len(known))
    every = list(known)
    return every, np.array([known[rule.reversed()] for rule in every], dtype=np.int64)


def _segments(table: WayTable, ids: Ints, index: Ints, reverse: Ints) -> _Segments:
    """Return the segments of all ways, without those from a node to itself."""
    lonlat = np.empty((len(ids), 2))
    lonlat[index] = table.lonlat
    way = np.repeat(np.arange(len(table.way_ids)), np.diff(table.starts))
    here = np.flatnonzero((way[1:] == way[:-1]) & (index[1:] != index[:-1]))
    a, b, way = index[here], index[here + 1], way[here]
    rule = table.way_rules[way].astype(np.int64)
    fixed = np.bincount(np.concatenate([a, b]), minlength=len(ids)) != 2
    for special in (table.barriers.keys(), {turn.via for turn in table.turns}):
        fixed[np.isin(ids, np.fromiter(special, dtype=np.int64, count=len(special)))] = True
    return _Segments(
        lonlat=lonlat,
        tail=_paired(a, b),
        head=_paired(b, a),
        rule=_paired(rule, reverse[rule]),
        way=np.repeat(table.way_ids[way], 2),
        name=np.repeat(table.way_names[way], 2),
        metres=np.repeat(great_circle(lonlat[a], lonlat[b]), 2),
        fixed=fixed,
    )


def _paired(along: Ints, against: Ints) -> Ints:
    """Return values by dart from those along and against each segment."""
    return np.stack([along, against], axis=1).ravel()


def _chains(segments: _Segments) -> _Chains:
    """Return every segment once, in chains from fixed node to fixed node."""
    fixed = segments.fixed.copy()
    after = _successors(segments, fixed)
    while True:
        chains = _walk(segments, fixed, after)
        left = np.ones(len(segments.tail) // 2, dtype=np.bool_)
        left[chains.darts >> 1] = False
        if not left.any():
            return chains
        # Rings without any fixed node: the first node of each becomes one.
        fixed[_one_of_each_ring(segments.tail[::2][left], segments.head[::2][left])] = True


def _successors(segments: _Segments, fixed: NDArray[np.bool_]) -> Ints:
    """Return the dart after each dart through a node that is not fixed; fix nodes where rules or names change."""
    order = np.argsort(segments.tail, kind="stable")
    first = np.searchsorted(segments.tail[order], np.flatnonzero(~fixed))
    one, two = order[first], order[first + 1]
    change = (segments.rule[one ^ 1] != segments.rule[two]) | (segments.name[one] != segments.name[two])
    fixed[segments.tail[one[change]]] = True
    after = np.full(len(segments.tail), -1, dtype=np.int64)
    after[one ^ 1], after[two ^ 1] = two, one
    return after


def _walk(segments: _Segments, fixed: NDArray[np.bool_], after: Ints) -> _Chains:
    """Follow all chains at once, one dart a step; of each and its reverse keep one."""
    start = np.flatnonzero(fixed[segments.tail])
    chain, dart = np.arange(len(start)), start
    last = start.copy()
    steps: list[tuple[Ints, Ints]] = []
    while len(dart):
        steps.append((chain, dart))
        last[chain] = dart
        going = ~fixed[segments.head[dart]]
        chain, dart = chain[going], after[dart[going]]
    keep = start < (last ^ 1)
    chains = np.concatenate([c for c, _ in steps]) if steps else np.zeros(0, dtype=np.int64)
    darts = np.concatenate([d for _, d in steps]) if steps else np.zeros(0, dtype=np.int64)
    # Steps were taken in order, so a stable sort by chain leaves each chain's darts in order.
    order = np.argsort(chains, kind="stable")
    order = order[keep[chains[order]]]
    lengths = np.bincount(chains[order], minlength=len(start))[keep]
    return _Chains(darts[order], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _one_of_each_ring(tail: Ints, head: Ints) -> Ints:
    """Return the lowest node of each connected group of segments."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    a, b = np.split(ends.reshape(-1), 2)
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(nodes), len(nodes)))
    _, group = connected_components(graph, directed=False)
    _, first = np.unique(group, return_index=True)
    return np.asarray(nodes[first], dtype=np.int64)


def _ordered_nodes(segments: _Segments, chains: _Chains) -> tuple[Ints, Ints]:
    """Return the ends of chains in Morton order, and the place of each node in that order."""
    ends = np.unique(np.concatenate([segments.tail[chains.first], segments.head[chains.last]]))
    nodes = ends[morton_order(segments.lonlat[ends])]
    rank = np.full(len(segments.fixed), -1, dtype=np.int64)
    rank[nodes] = np.arange(len(nodes))
    return nodes, rank


def _ordered_chains(segments: _Segments, chains: _Chains, rank: Ints) -> _Chains:
    """Return the chains ordered by their ends."""
    first, last = chains.first, chains.last
    order = np.lexsort((first, rank[segments.head[last]], rank[segments.tail[first]]))
    lengths = np.diff(chains.starts)[order]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    darts = chains.darts[np.repeat(chains.starts[:-1][order] - starts[:-1], lengths) + np.arange(len(chains.darts))]
    return _Chains(darts, starts)


def _geometry(segments: _Segments, chains: _Chains) -> tuple[NDArray[np.float64], Ints]:
    """Return the points of all streets, and where those of each begin."""
    count = len(chains.starts) - 1
    nodes = np.insert(segments.tail[chains.darts], chains.starts[1:], segments.head[chains.last])
    return segments.lonlat[nodes], chains.starts + np.arange(count + 1)


def with_components(network: RoadNetwork) -> RoadNetwork:
    """Return the network with each mode's largest strongly connected component marked."""
    connected = np.zeros_like(network.connected)
    counts = dict(network.counts)
    for i, mode in enumerate(MODES):
        connected[i], others = largest_component(network, mode)
        counts[f"{mode}: components dropped"] = others
    return replace(network, connected=connected, counts=counts)

"""A pursuit made small: what matters for the choice of crossings, and nothing else.

The *core* is where the car can be whatever is closed.  A *piece* is a vertex outside the core, or several that the car
reaches together, as no crossing between them can be closed.  A piece is *forbidden* where the car, once there, is out
or cannot be kept from getting out; then all ways into it must be closed.  What lies behind that does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.containment.ground import Bools, Floats, Ints
from solver.containment.pursuit import Pursuit, region_of

CORE = 0
"""The piece that is the core."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """Pieces, the ways between them, and what it costs to let the car be there.

    Parameters
    ----------
    pieces : int
        Number of pieces, N; the first is the core.
    tail, head : int64 arrays of shape (W,)
        Different ways from piece to piece; none leads into the core or out of a forbidden piece.
    crossing : int64 array of shape (N,)
        The crossing of a piece that can be closed, -1 of others.
    forbidden : bool array of shape (N,)
    metres : int64 array of shape (N,)
        Length of the streets that are lost with a piece alone; of the core all that is lost in any case.
    shared : int64 array of shape (K, 2)
        A street, from 0 to below S, and a piece with which it is lost; a street has two such pieces or more.
    shared_metres : int64 array of shape (S,)
    broken : bool
        Whether the car gets out whatever is closed.
    """

    pieces: int
    tail: Ints
    head: Ints
    crossing: Ints
    forbidden: Bools
    metres: Ints
    shared: Ints
    shared_metres: Ints
    broken: bool = False


def reduced(pursuit: Pursuit, may: Bools, *, until: int | None = None) -> Reduced:
    """Return the pursuit made small.

    Parameters
    ----------
    pursuit : Pursuit
    may : bool array of shape (C,)
        Which crossings can be closed by anybody.
    until : int, optional
        Seconds; no crossing that the car reaches later may be in the region.  None: as late as it likes.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ground, size = pursuit.ground, pursuit.ground.vertices
    fixed = ~may[ground.crossing]
    closed = np.flatnonzero(may)
    core = region_of(pursuit, closed.tolist())
    out = pursuit.outside.copy()
    if until is not None:
        out |= pursuit.car[ground.crossing] > until
    if core.out or (core.vertices & out).any():
        return _broken()
    # Only the ways that the car can drive before it is out.
    used = ~pursuit.outside[ground.tail]
    tail, head, street = ground.tail[used], ground.head[used], ground.street[used]
    together = fixed[tail] & fixed[head] & ~core.vertices[tail] & ~core.vertices[head]
    joins = coo_array((np.ones(int(together.sum()), dtype=np.int8), (tail[together], head[together])), (size, size))
    _, label = connected_components(joins.tocsr(), directed=True, connection="strong")
    label = np.where(core.vertices, -1, label)
    _, label = np.unique(label, return_inverse=True)
    piece = label.reshape(-1) if core.vertices.any() else label.reshape(-1) + 1
    pieces = int(piece.max()) + 1
    crossing = np.full(pieces, -1, dtype=np.int64)
    crossing[piece[~fixed]] = ground.crossing[~fixed]
    crossing[CORE] = -1
    forbidden = np.zeros(pieces, dtype=np.bool_)
    forbidden[piece[out]] = True
    ways_tail, ways_head = piece[tail], piece[head]
    forbidden = _doomed(ways_tail, ways_head, crossing, forbidden)
    if forbidden[CORE]:
        return _broken()
    starts = [v for v, _ in pursuit.starts if not core.vertices[v]]
    first = np.array([piece[v] for v in starts], dtype=np.int64)
    if (forbidden[first] & (crossing[first] < 0)).any():
        return _broken()
    ways_tail = np.concatenate([ways_tail, np.full(len(first), CORE)])
    ways_head = np.concatenate([ways_head, first])
    street = np.concatenate([street, np.full(len(first), -1)])
    return _gathered(pursuit, core.metres, core.streets, (ways_tail, ways_head, street), crossing, forbidden)


def _broken() -> Reduced:
    """Return a pursuit in which nothing helps."""
    none = np.zeros(0, dtype=np.int64)
    nowhere = np.full(1, -1, dtype=np.int64)
    return Reduced(1, none, none, nowhere, np.zeros(1, np.bool_), np.zeros(1, np.int64), none.reshape(0, 2), none, True)


def _doomed(tail: Ints, head: Ints, crossing: Ints, forbidden: Bools) -> Bools:
    """Return the forbidden pieces, with those from which a way leads into one of them that cannot be closed."""
    forbidden = forbidden.copy()
    while True:
        lost = forbidden & (crossing < 0)
        new = np.zeros_like(forbidden)
        new[tail[lost[head]]] = True
        if not (new & ~forbidden).any():
            return forbidden
        forbidden |= new


def _gathered(
    pursuit: Pursuit, metres: int, known: Bools, ways: tuple[Ints, Ints, Ints], crossing: Ints, forbidden: Bools
) -> Reduced:
    """Return what can be reached from the core, numbered anew, with the streets that are lost with it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    tail, head, street = ways
    goes = ~forbidden[tail] & (head != CORE) & (tail != head)
    inside = ~forbidden[tail] & (street >= 0)
    inside[inside] = ~known[street[inside]]
    size = len(crossing)
    lost_piece, lost_street = tail[inside], street[inside]
    tail, head = tail[goes], head[goes]
    matrix = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size)).tocsr()
    found = np.sort(breadth_first_order(matrix, CORE, return_predecessors=False))
    number = np.full(size, -1, dtype=np.int64)
    number[found] = np.arange(len(found))
    pairs = np.stack([number[tail], number[head]], axis=1)
    pairs = np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0)
    alone, shared, shared_metres = _lost(number[lost_piece], lost_street, pursuit.ground.metres, len(found))
    alone[CORE] = metres
    return Reduced(
        len(found), pairs[:, 0], pairs[:, 1], crossing[found], forbidden[found], alone, shared, shared_metres
    )


def _lost(piece: Ints, street: Ints, metres: Ints, pieces: int) -> tuple[Ints, Ints, Ints]:
    """Return metres lost with each piece alone, streets that are lost with several pieces, and metres of these."""
    there = (piece >= 0) & (piece != CORE)
    rows = np.unique(np.stack([street[there], piece[there]], axis=1), axis=0)
    different, which, count = np.unique(rows[:, 0], return_inverse=True, return_counts=True)
    return _divided(rows[:, 1], which.reshape(-1), count, metres[different], np.zeros(pieces, dtype=np.int64))


def _divided(piece: Ints, street: Ints, count: Ints, metres: Ints, alone: Ints) -> tuple[Ints, Ints, Ints]:
    """Return what is lost, the streets of one piece added to what is lost with it alone."""
    single = count[street] == 1
    np.add.at(alone, piece[single], metres[street[single]])
    several = count > 1
    number = np.cumsum(several) - 1
    shared = np.stack([number[street[~single]], piece[~single]], axis=1)
    return alone, shared, metres[several]


def least_metres(small: Reduced) -> Floats:
    """Return by piece a length that every region has in which it is, shape (N,).

    The car comes there by some way, and all streets of the pieces on it are lost; each is shared out among its pieces.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    weight = small.metres.astype(np.float64)
    street, piece = small.shared[:, 0], small.shared[:, 1]
    share = small.shared_metres / np.maximum(np.bincount(street, minlength=len(small.shared_metres)), 1)
    np.add.at(weight, piece, share[street])
    weight[CORE] = small.metres[CORE]
    bounds = np.searchsorted(small.tail, np.arange(small.pieces + 1))
    # Plus a little, as an entry of nothing would vanish.
    matrix = csr_array((weight[small.head] + 1e-9, small.head, bounds), shape=(small.pieces, small.pieces))
    found: Floats = dijkstra(matrix, indices=CORE) + weight[CORE] - 1e-3
    return found


def without(small: Reduced, avoided: Bools) -> Reduced:
    """Return the same with more forbidden pieces (N,)."""
    forbidden = _doomed(small.tail, small.head, small.crossing, small.forbidden | avoided)
    if forbidden[CORE]:
        return _broken()
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    goes = ~forbidden[small.tail]
    tail, head = small.tail[goes], small.head[goes]
    bounds = np.searchsorted(tail, np.arange(small.pieces + 1))
    matrix = csr_array((np.ones(len(tail), dtype=np.int8), head, bounds), shape=(small.pieces, small.pieces))
    found = np.sort(breadth_first_order(matrix, CORE, return_predecessors=False))
    number = np.full(small.pieces, -1, dtype=np.int64)
    number[found] = np.arange(len(found))
    left = (number[tail] >= 0) & (number[head] >= 0)
    stays = (number >= 0) & ~forbidden
    kept = small.shared[stays[small.shared[:, 1]]]
    different, which, count = np.unique(kept[:, 0], return_inverse=True, return_counts=True)
    alone, shared, metres = _divided(
        number[kept[:, 1]], which.reshape(-1), count, small.shared_metres[different], small.metres[found].copy()
    )
    return Reduced(
        len(found),
        number[tail[left]],
        number[head[left]],
        small.crossing[found],
        forbidden[found],
        alone,
        shared,
        metres,
    )

"""The streets as a fleeing car may drive them, as arrays.

A *vertex* is where the car may be: a crossing, or a crossing with a turn behind it that leaves fewer ways open.  An
*arc* leads from vertex to vertex along a street.  Whoever closes a crossing closes all its vertices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ground:
    """Vertices, arcs and streets.

    Parameters
    ----------
    crossing : int64 array of shape (V,)
        The crossing of each vertex, an index from 0 to below `crossings`.
    tail, head : int64 arrays of shape (A,)
        Vertices of each arc.
    seconds : float64 array of shape (A,)
        How long the car takes at least.
    street : int64 array of shape (A,)
        The street of each arc.
    metres : int64 array of shape (S,)
        Length of each street.
    crossings : int
        Number of crossings, C.
    """

    crossing: Ints
    tail: Ints
    head: Ints
    seconds: Floats
    street: Ints
    metres: Ints
    crossings: int

    @property
    def vertices(self) -> int:
        """Number of vertices, V."""
        return len(self.crossing)


def earliest(ground: Ground, starts: Iterable[tuple[int, float]]) -> Floats:
    """Return the earliest second in which the car can be at each vertex, shape (V,); infinite where it never can.

    Parameters
    ----------
    ground : Ground
    starts : iterable of (vertex, second)
        Where the car comes first, and when.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    starts = list(starts)
    size = ground.vertices + 1
    first = ground.vertices
    tail = np.concatenate([ground.tail, np.full(len(starts), first)])
    head = np.concatenate([ground.head, np.array([v for v, _ in starts], dtype=np.int64)])
    # An arc of no length would vanish from a sparse matrix; so much is taken off again by who rounds down.
    seconds = np.maximum(np.concatenate([ground.seconds, np.array([s for _, s in starts])]), 1e-9)
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    bounds = np.searchsorted(tail[new], np.arange(size + 1))
    matrix = csr_array((seconds[new], head[new], bounds), shape=(size, size))
    found: Floats = dijkstra(matrix, indices=first)[: ground.vertices]
    return found


def least_by_crossing(ground: Ground, values: Floats) -> Floats:
    """Return the least of the vertices' values by crossing, shape (C,)."""
    least = np.full(ground.crossings, np.inf)
    np.minimum.at(least, ground.crossing, values)
    return least

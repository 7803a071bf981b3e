"""A pool of tours that were part of good plans, each set of stops kept once, the latest of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.visits.terms import KIND, Large, Small, Terms
from solver.visits.tours import NODE, Tours


class Pool(NamedTuple):
    """Up to R tours.

    `stops` (R, L) and `size` (R,) are as in `Tours`, without the ends, `vehicle` (R,) whose they are, `length` (R,) the
    ticks of travel.  `key` (R,) tells sets of stops of alike vehicles apart, made from `code` (N + V,), a random number
    for each node and kind of vehicle; `table` finds the row of a key.  `used` (2,) are the rows in use and all tours
    ever kept; when all rows are in use the oldest go.  `near` (1,) is how far below the best profit a plan may be for
    its tours to be kept.
    """

    stops: Small
    size: Small
    vehicle: Small
    length: Large
    key: NDArray[np.uint64]
    code: NDArray[np.uint64]
    table: Small
    used: Large
    near: Large


def pool_of(terms: Terms, rows: int, near: int, rng: np.random.Generator) -> Pool:
    """Return an empty pool."""
    codes = rng.integers(1, 2**63, len(terms.node) + len(terms.fleet)).astype(np.uint64)
    bits = int(np.ceil(np.log2(4 * rows)))
    return Pool(
        stops=np.zeros((rows, terms.stops), dtype=np.int32),
        size=np.zeros(rows, dtype=np.int32),
        vehicle=np.zeros(rows, dtype=np.int32),
        length=np.zeros(rows, dtype=np.int64),
        key=np.zeros(rows, dtype=np.uint64),
        code=codes,
        table=np.full(2**bits, -1, dtype=np.int32),
        used=np.zeros(2, dtype=np.int64),
        near=np.array([near], dtype=np.int64),
    )


@compiled
def remember(terms: Terms, tours: Tours, pool: Pool, v: int) -> None:
    """Keep the tour of vehicle `v`; of one that is known, the shorter order.

    The table forgets a row when another takes its place: then a tour may be kept twice, which does no harm.
    """
    n, stop, code, row_key, count = tours.size[v], tours.stop, pool.code, pool.key, pool.used
    if n == 0:
        return
    key = code[len(terms.node) + terms.fleet[v, KIND]]
    for i in range(1, n + 1):
        key ^= code[stop[v, i, NODE]]
    slot = np.int64(key & np.uint64(pool.table.size - 1))
    row = pool.table[slot]
    if row >= 0 and row_key[row] == key:
        if tours.length[v] >= pool.length[row]:
            return
    else:
        row = count[1] % pool.size.size
        count[1] += 1
        count[0] = min(count[0] + 1, pool.size.size)
        row_key[row] = key
        pool.table[slot] = row
    pool.size[row], pool.vehicle[row], pool.length[row] = n, v, tours.length[v]
    stops = pool.stops
    for i in range(n):
        stops[row, i] = stop[v, i + 1, NODE]

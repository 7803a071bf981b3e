"""When a vehicle sets out for its tour: where its duty must be shorter than its shift, so late that it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.visits.terms import DESTINATION, DUTY, HOME, LEAVE, MODE, ORIGIN, SERVICE, TIGHT, Small, Terms
from solver.visits.tours import NEVER, begin, begin_by


def departure(terms: Terms, v: int, nodes: Sequence[int]) -> int:
    """Return a tick from which vehicle `v`, which stops at `nodes` as early as it may, keeps its duty and its shift.

    It is the start of the shift where the duty leaves that free, else the latest departure for the earliest return that
    is in time.

    Raises
    ------
    ValueError
        When there is none.
    """
    if not terms.fleet[v, TIGHT]:
        return int(terms.fleet[v, LEAVE])
    leave = int(_departure(terms, terms.travel, v, np.array([*nodes, -1], dtype=np.int32)))
    if leave == NEVER:
        raise ValueError(f"vehicle {v} cannot keep its duty on the tour {list(nodes)}")
    return leave


@compiled
def within_duty(terms: Terms, travel: Small, v: int, tours: Small, good: NDArray[np.bool_]) -> None:
    """Tell in `good` (R,) which of `tours` (R, L), nodes with -1 behind the last, keep the duty of vehicle `v`.

    `travel` (M, N, N) are the ticks from node to node.
    """
    for r in range(tours.shape[0]):
        good[r] = _departure(terms, travel, v, tours[r]) != NEVER


@compiled
def _departure(terms: Terms, travel: Small, v: int, nodes: Small) -> int:
    """Return the latest departure for the earliest return that keeps the duty, `NEVER` where there is none.

    The vehicle leaves as late as it may for each time at which it can be back, the earliest first, until it keeps its
    duty, waits nowhere, or is too late.
    """
    own, table, ways = terms.fleet[v], terms.node, travel[terms.fleet[v, MODE]]
    origin, destination = own[ORIGIN], own[DESTINATION]
    count = 0
    while count < nodes.size and nodes[count] >= 0:
        count += 1
    leave = int(own[LEAVE])
    while True:
        at, before, waited = leave, origin, False
        for i in range(count):
            there = at + ways[before, nodes[i]]
            at = begin(terms, nodes[i], there)
            if at == NEVER:
                return NEVER
            waited = waited or at > there
            before = nodes[i]
            at += table[before, SERVICE]
        back = at + ways[before, destination]
        if back > own[HOME]:
            return NEVER
        by, following = back, destination
        for i in range(count - 1, -1, -1):
            x = nodes[i]
            by = begin_by(terms, x, by - ways[x, following] - table[x, SERVICE])
            following = x
        by -= ways[origin, following]
        if back - by <= own[DUTY]:
            return int(by)
        if not waited:
            return NEVER
        leave = by + 1

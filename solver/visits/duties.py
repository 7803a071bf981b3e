"""The kernel that tells which of many tours a vehicle can make within its duty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.visits.terms import DESTINATION, DUTY, HOME, LEAVE, MODE, ORIGIN, SERVICE, Small, Terms
from solver.visits.tours import NEVER, begin, begin_by


@compiled
def within_duty(terms: Terms, travel: Small, v: int, tours: Small, good: NDArray[np.bool_]) -> None:
    """Tell in `good` (R,) which of `tours` (R, L), nodes with -1 behind the last, keep the duty of vehicle `v`.

    `travel` (M, N, N) are the ticks from node to node.  A vehicle leaves as late as it may for each time at which it
    can be back, the earliest first, until it keeps its duty, waits nowhere, or is too late.
    """
    own, table, ways = terms.fleet[v], terms.node, travel[terms.fleet[v, MODE]]
    origin, destination = own[ORIGIN], own[DESTINATION]
    for r in range(tours.shape[0]):
        count = 0
        while count < tours.shape[1] and tours[r, count] >= 0:
            count += 1
        leave, good[r] = int(own[LEAVE]), False
        while True:
            at, before, waited = leave, origin, False
            for i in range(count):
                there = at + ways[before, tours[r, i]]
                at = begin(terms, tours[r, i], there)
                if at == NEVER:
                    break
                waited = waited or at > there
                before = tours[r, i]
                at += table[before, SERVICE]
            if at == NEVER:
                break
            back = at + ways[before, destination]
            if back > own[HOME]:
                break
            by, following = back, destination
            for i in range(count - 1, -1, -1):
                x = tours[r, i]
                by = begin_by(terms, x, by - ways[x, following] - table[x, SERVICE])
                following = x
            by -= ways[origin, following]
            if back - by <= own[DUTY]:
                good[r] = True
            if good[r] or not waited:
                break
            leave = by + 1

"""Tours of all vehicles, with the times between which each stop may begin, and what changes them one stop at a time.

A stop fits between two others when the vehicle comes there in time and is still in time for the next: that is known at
once from the earliest departure before it and the latest begin after it, kept for every stop [S 1992].

[S 1992] M. Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration", ORSA Journal on
Computing 4 (1992) 146-154, doi:10.1287/ijoc.4.2.146.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solver.compiled import compiled
from solver.visits.terms import (
    CLOSES,
    DESTINATION,
    DUTY,
    HOME,
    LEAVE,
    MODE,
    OPENS,
    ORIGIN,
    SERVICE,
    TIGHT,
    WINDOW,
    WINDOWS,
    Large,
    Small,
    Terms,
)

NEVER = 2**30
"""A tick that is later than all others."""

FREE = -1
"""The vehicle of a node that nobody stops at."""


NODE, READY, LATE, LEG = range(4)
"""Columns of `Tours.stop`."""


class Tours(NamedTuple):
    """Tours of V vehicles with at most L stops each, ends included.

    `stop` (V, L, 4) are the origin, `size` (V,) stops and the destination, for each the node, when it ends at the
    earliest, when it must begin at the latest, and the ticks from it to the next; `length` (V,) is the sum of these.
    `vehicle` (N,) is who stops at a node, or `FREE`.
    """

    stop: Small
    size: Small
    length: Large
    vehicle: Small


def tours_of(terms: Terms) -> Tours:
    """Return tours without any stop but the ends."""
    vehicles = len(terms.fleet)
    tours = Tours(
        np.zeros((vehicles, terms.stops + 2, 4), dtype=np.int32),
        np.zeros(vehicles, dtype=np.int32),
        np.zeros(vehicles, dtype=np.int64),
        np.full(len(terms.node), FREE, dtype=np.int32),
    )
    for v in range(vehicles):
        tours.stop[v, 0, NODE], tours.stop[v, 1, NODE] = terms.fleet[v, ORIGIN], terms.fleet[v, DESTINATION]
        retime(terms, tours, v)
    return tours


@compiled
def begin(terms: Terms, node: int, at: int) -> int:
    """Return when a stop begins for which a vehicle is there `at`, or `NEVER`."""
    x = terms.node[node]
    if at <= x[OPENS]:
        return int(x[OPENS])
    if at > x[CLOSES]:
        return NEVER
    for w in range(x[WINDOW], x[WINDOW] + x[WINDOWS]):
        if at <= terms.window[w, 1]:
            return int(max(at, terms.window[w, 0]))
    return NEVER


@compiled
def begin_by(terms: Terms, node: int, by: int) -> int:
    """Return when a stop begins at the latest that must have begun `by`; -1 where it cannot."""
    x = terms.node[node]
    if by >= x[CLOSES]:
        return int(x[CLOSES])
    for w in range(x[WINDOW] + x[WINDOWS] - 1, x[WINDOW] - 1, -1):
        if by >= terms.window[w, 0]:
            return int(min(by, terms.window[w, 1]))
    return -1


@compiled
def retime(terms: Terms, tours: Tours, v: int) -> bool:
    """Work out the times of vehicle `v` anew; return whether it keeps them all."""
    stop, n, node, travel, fleet = tours.stop, tours.size[v], terms.node, terms.travel, terms.fleet
    m, good, length = fleet[v, MODE], True, 0
    stop[v, 0, READY] = fleet[v, LEAVE]
    for i in range(1, n + 2):
        x = stop[v, i, NODE]
        way = travel[m, stop[v, i - 1, NODE], x]
        stop[v, i - 1, LEG] = way
        length += way
        at = stop[v, i - 1, READY] + way
        if i <= n:
            if node[x, WINDOWS] > 1:
                at = begin(terms, x, at)
            at = max(at, node[x, OPENS])
            good = good and at <= node[x, CLOSES]
            stop[v, i, READY] = at + node[x, SERVICE]
        else:
            stop[v, i, READY] = at
            good = good and at <= fleet[v, HOME]
    tours.length[v] = length
    if not good:
        return False
    stop[v, n + 1, LATE] = fleet[v, HOME]
    for i in range(n, 0, -1):
        x = stop[v, i, NODE]
        by = min(stop[v, i + 1, LATE] - stop[v, i, LEG] - node[x, SERVICE], node[x, CLOSES])
        if node[x, WINDOWS] > 1:
            by = begin_by(terms, x, by)
        stop[v, i, LATE] = by
    stop[v, 0, LATE] = stop[v, 1, LATE] - stop[v, 0, LEG]
    return not fleet[v, TIGHT] or shortest_duty(terms, tours, v, -1, 0) <= fleet[v, DUTY]


@compiled
def shortest_duty(terms: Terms, tours: Tours, v: int, after: int, extra: int) -> int:
    """Return the least ticks that vehicle `v` is away, with the node `extra` behind stop `after` if that is not -1.

    It leaves as late as it may for each time at which it can be back, until it waits nowhere.
    """
    stop, n, travel = tours.stop[v], tours.size[v], terms.travel[terms.fleet[v, MODE]]
    count = n if after < 0 else n + 1
    leave, best = int(terms.fleet[v, LEAVE]), NEVER
    while True:
        at, before, waited = leave, stop[0, NODE], False
        for i in range(1, count + 1):
            node = stop[i, NODE] if after < 0 or i <= after else (extra if i == after + 1 else stop[i - 1, NODE])
            there = at + travel[before, node]
            starts = begin(terms, node, there)
            if starts == NEVER:
                return best
            waited = waited or starts > there
            at, before = starts + terms.node[node, SERVICE], node
        back = at + travel[before, stop[n + 1, NODE]]
        if back > terms.fleet[v, HOME]:
            return best
        by, following = back, stop[n + 1, NODE]
        for i in range(count, 0, -1):
            node = stop[i, NODE] if after < 0 or i <= after else (extra if i == after + 1 else stop[i - 1, NODE])
            by = begin_by(terms, node, by - travel[node, following] - terms.node[node, SERVICE])
            following = node
        by -= travel[stop[0, NODE], following]
        best = min(best, int(back - by))
        if not waited or best <= terms.fleet[v, DUTY]:
            return best
        leave = int(by) + 1


@compiled
def insert(terms: Terms, tours: Tours, v: int, after: int, node: int) -> None:
    """Put `node` behind stop `after` of vehicle `v`, where it fits."""
    stop, n, table, travel = tours.stop, tours.size[v] + 1, terms.node, terms.travel
    for i in range(n, after, -1):
        for c in range(4):
            stop[v, i + 1, c] = stop[v, i, c]
    tours.size[v] = n
    here = after + 1
    stop[v, here, NODE] = node
    m = terms.fleet[v, MODE]
    before, behind = travel[m, stop[v, after, NODE], node], travel[m, node, stop[v, here + 1, NODE]]
    tours.length[v] += before + behind - stop[v, after, LEG]
    stop[v, after, LEG], stop[v, here, LEG] = before, behind
    tours.vehicle[node] = v
    for i in range(here, n + 1):
        x = stop[v, i, NODE]
        at = max(stop[v, i - 1, READY] + stop[v, i - 1, LEG], table[x, OPENS])
        if table[x, WINDOWS] > 1:
            at = begin(terms, x, at)
        ends = at + table[x, SERVICE]
        if i > here and ends == stop[v, i, READY]:
            break
        stop[v, i, READY] = ends
    stop[v, n + 1, READY] = stop[v, n, READY] + stop[v, n, LEG]
    for i in range(here, 0, -1):
        x = stop[v, i, NODE]
        by = min(stop[v, i + 1, LATE] - stop[v, i, LEG] - table[x, SERVICE], table[x, CLOSES])
        if table[x, WINDOWS] > 1:
            by = begin_by(terms, x, by)
        if i < here and by == stop[v, i, LATE]:
            break
        stop[v, i, LATE] = by
    stop[v, 0, LATE] = stop[v, 1, LATE] - stop[v, 0, LEG]


@compiled
def cut(visits: int, tours: Tours, v: int, first: int, last: int) -> None:
    """Take the visits among the stops `first` to `last` of vehicle `v` out; breaks stay. Times are not worked out."""
    stop, n, kept = tours.stop, tours.size[v], first
    for i in range(first, n + 2):
        x = stop[v, i, NODE]
        if i <= last and x < visits:
            tours.vehicle[x] = FREE
        else:
            stop[v, kept, NODE] = x
            kept += 1
    tours.size[v] = kept - 2

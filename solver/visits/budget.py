"""A bound that costs nothing: all vehicles together have no more time than they have.

Every visit of a tour takes its own time, and the way to it from the stop before; the way home and the break come on
top.  So what is done in all of a plan fits into the time on duty of all vehicles, each visit with the shortest way that
may lead to it, and earns no more than the best of it in halves: the linear relaxation of a knapsack [D 1957].  What is
required goes in first, but for what a plan may lack, in the time of those visits that take longest for what they lack.

[D 1957] G. Dantzig, "Discrete-variable extremum problems", Operations Research 5 (1957) 266-288,
doi:10.1287/opre.5.2.266.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.visits.terms import (
    CLOSES,
    DESTINATION,
    DUTY,
    MODE,
    NO_WAY,
    OPENS,
    SERVICE,
    Large,
    Terms,
)


def budget_bound(terms: Terms, spare: int) -> int:
    """Return what no plan's profit exceeds that lacks no more than `spare`."""
    visits = terms.visits
    takes = terms.node[:visits, SERVICE].astype(np.int64) + _shortest_way(terms)
    earns = terms.earns[:visits]
    left = int(sum(_time(terms, v) for v in range(len(terms.fleet))))
    able = terms.allowed[:, :visits].any(axis=0) & (takes < NO_WAY)
    required = able & (terms.lacks[:visits] > 0)
    pairs = list(zip(takes[required].tolist(), terms.lacks[:visits][required].tolist(), strict=True))
    saved = max((-(-spare * ticks // lack) for ticks, lack in pairs), default=0)
    taken = max(sum(ticks for ticks, _ in pairs) - saved, 0)
    best = _fill(earns, takes, able, left)
    if not taken:
        return best
    return min(best, int(earns[required].sum()) + _fill(earns, takes, able & ~required, max(left - taken, 0)))


def _fill(earns: Large, takes: Large, able: NDArray[np.bool_], left: int) -> int:
    """Return the most that visits among those `able` earn in so many ticks, the last of them in part."""
    profit = 0
    # The most profit for its time comes first; what takes no time is done in any case.
    for k in sorted(np.flatnonzero(able).tolist(), key=lambda k: (-earns[k] / takes[k] if takes[k] else -np.inf, k)):
        if takes[k] > left:
            return profit + int(earns[k]) * left // int(takes[k])
        profit, left = profit + int(earns[k]), left - int(takes[k])
    return profit


def _time(terms: Terms, v: int) -> int:
    """Return the ticks that a vehicle has for visits and the ways to them; one that goes nowhere needs none."""
    own = terms.fleet[v]
    stops = np.flatnonzero(terms.allowed[v, : terms.stops])
    home = int(terms.quickest[own[MODE], stops, own[DESTINATION]].min(initial=NO_WAY))
    breaks = stops[stops >= terms.visits]
    rest = int(terms.node[breaks, SERVICE].min()) if len(breaks) else 0
    return max(int(own[DUTY]) - home - rest, 0)


def _shortest_way(terms: Terms) -> Large:
    """Return for each visit the ticks of the shortest way that may lead to it: from an end, a break, or in time."""
    visits, node = terms.visits, terms.node.astype(np.int64)
    way = terms.quickest.min(axis=0)[:, :visits].astype(np.int64)
    soonest = node[:, None, OPENS] + node[:, None, SERVICE] + way
    in_time = soonest <= node[None, :visits, CLOSES]
    in_time[terms.stops :] = True
    in_time[np.arange(visits), np.arange(visits)] = False
    found: Large = np.where(in_time, way, NO_WAY).min(axis=0)
    return found

"""When a vehicle sets out for its tour: where its duty must be shorter than its shift, so late that it is."""

from __future__ import annotations

from collections.abc import Sequence

from solver.visits.terms import DESTINATION, DUTY, HOME, LEAVE, MODE, ORIGIN, SERVICE, TIGHT, Terms
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
    fleet = terms.fleet[v]
    leave = int(fleet[LEAVE])
    if not fleet[TIGHT]:
        return leave
    while True:
        back = _back(terms, v, nodes, leave)
        if back > fleet[HOME]:
            raise ValueError(f"vehicle {v} cannot keep its duty on the tour {list(nodes)}")
        latest = _leave_by(terms, v, nodes, back)
        if back - latest <= fleet[DUTY]:
            return latest
        # Whoever sets out by then is back no sooner, and longer away.
        leave = latest + 1


def _back(terms: Terms, v: int, nodes: Sequence[int], leave: int) -> int:
    """Return when a vehicle is back that sets out at `leave`, `NEVER` where it comes too late for a stop."""
    travel, here, at = terms.travel[terms.fleet[v, MODE]], int(terms.fleet[v, ORIGIN]), leave
    for x in nodes:
        at = int(begin(terms, x, at + int(travel[here, x])))
        if at == NEVER:
            return NEVER
        here, at = x, at + int(terms.node[x, SERVICE])
    return at + int(travel[here, terms.fleet[v, DESTINATION]])


def _leave_by(terms: Terms, v: int, nodes: Sequence[int], back: int) -> int:
    """Return when a vehicle must set out at the latest that is back at `back`, which it can be."""
    travel, following, by = terms.travel[terms.fleet[v, MODE]], int(terms.fleet[v, DESTINATION]), back
    for x in reversed(nodes):
        by = int(begin_by(terms, x, by - int(travel[x, following]) - int(terms.node[x, SERVICE])))
        following = x
    return by - int(travel[terms.fleet[v, ORIGIN], following])

"""Ruin: strings of stops near each other are taken out of neighbouring tours [CV 2020], and tails may change hands.

[CV 2020] J. Christiaens, G. Vanden Berghe, "Slack induction by string removals for vehicle routing problems",
Transportation Science 54 (2020) 417-433, doi:10.1287/trsc.2019.0914.
"""

from __future__ import annotations

from solver.compiled import compiled
from solver.visits.chance import Chance, below, uniform
from solver.visits.terms import DESTINATION, DUTY, HOME, MODE, SERVICE, TIGHT, Terms
from solver.visits.tours import FREE, LATE, NEVER, NODE, READY, Tours, begin, cut, insert, retime, shortest_duty
from solver.visits.work import CHANGED, CUT, MARK, TOUR, Settings, Work, will_change


@compiled
def idle(terms: Terms, tours: Tours, v: int) -> bool:
    """Return whether vehicle `v` makes no visit: it stops nowhere, or for its break alone."""
    return bool(tours.size[v] == 0 or (tours.size[v] == 1 and tours.stop[v, 1, NODE] >= terms.visits))


@compiled
def ruin(terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance) -> int:
    """Take strings around a random visit out; return the visit, or -1 where the tours are no longer in time.

    The visit may be one that is not done: then there is room near it afterwards.  About `settings.removed` stops are
    taken out in all, and no more than `settings.longest` a string.  Where legs keep no triangle inequality a tour can
    be late for want of a stop.
    """
    near, vehicle, size, changed = terms.near, tours.vehicle, tours.size, work.changed
    seed = below(chance, terms.visits)
    done, used = 0, 0
    for v in range(size.size):
        if not idle(terms, tours, v):
            done += size[v]
            used += 1
    if used < size.size:
        first = below(chance, size.size)
        for k in range(size.size):
            v = (first + k) % size.size
            if idle(terms, tours, v):
                will_change(tours, work, v)
                break
    idle_ones = work.figures[CHANGED]
    longest = min(settings.longest, max(1.0, done / max(used, 1)))
    strings = int(uniform(chance) * (4.0 * settings.removed / (1.0 + longest) - 1.0) + 1.0)
    for i in range(-1, near.shape[1]):
        node = seed if i < 0 else near[seed, i]
        v = vehicle[node]
        if v == FREE or changed[v, MARK]:
            continue
        will_change(tours, work, v)
        if not _cut_string(terms, tours, work, settings, chance, v, node, longest):
            return -1
        if work.figures[CHANGED] >= strings + idle_ones:
            break
    if work.figures[CHANGED] == idle_ones:
        will_change(tours, work, below(chance, size.size))
    if terms.stops > terms.visits:
        for c in range(work.figures[CHANGED]):
            if uniform(chance) < settings.rest and not _move_rest(terms, tours, changed[c, TOUR], chance):
                return -1
    if work.figures[CHANGED] > 1 and not idle_ones and uniform(chance) < settings.swap:
        _swap_tails(terms, tours, work)
    return seed


@compiled
def _cut_string(
    terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance, v: int, node: int, longest: float
) -> bool:
    """Take a string with `node` out of tour `v`, in one piece, or in two around a stop that stays."""
    stop, n = tours.stop[v], tours.size[v]
    at = 1
    while stop[at, NODE] != node:
        at += 1
    length = 1 + int(uniform(chance) * min(longest, n))
    length = min(length, n)
    spared = 1 if length > 1 and length < n and uniform(chance) < settings.split else 0
    span = length + spared
    first = max(1, at - span + 1)
    first += below(chance, min(at, n - span + 1) - first + 1)
    last = first + span - 1
    if spared:
        keep = first + below(chance, span)
        if keep < last:
            cut(terms.visits, tours, v, keep + 1, last)
        if keep > first:
            cut(terms.visits, tours, v, first, keep - 1)
    else:
        cut(terms.visits, tours, v, first, last)
    work.changed[v, CUT] = first - 1
    return retime(terms, tours, v)


@compiled
def _swap_tails(terms: Terms, tours: Tours, work: Work) -> None:
    """Let the first two changed tours swap what comes behind their cuts, where both vehicles are alike and in time."""
    v, w, fleet = work.changed[0, TOUR], work.changed[1, TOUR], terms.fleet
    if fleet[v, MODE] != fleet[w, MODE] or fleet[v, DESTINATION] != fleet[w, DESTINATION] or fleet[v, TIGHT]:
        return
    if fleet[v, HOME] != fleet[w, HOME] or fleet[w, TIGHT]:
        return
    a, b, travel = work.changed[v, CUT], work.changed[w, CUT], terms.travel[fleet[v, MODE]]
    left, right = tours.stop[v], tours.stop[w]
    if left[a, READY] + travel[left[a, NODE], right[b + 1, NODE]] > right[b + 1, LATE]:
        return
    if right[b, READY] + travel[right[b, NODE], left[a + 1, NODE]] > left[a + 1, LATE]:
        return
    behind_v, behind_w = tours.size[v] - a, tours.size[w] - b
    for i in range(1, behind_v + 1):
        if not terms.allowed[w, left[a + i, NODE]]:
            return
    for i in range(1, behind_w + 1):
        if not terms.allowed[v, right[b + i, NODE]]:
            return
    for i in range(1, behind_v + 1):
        work.order[i] = left[a + i, NODE]
    for i in range(1, behind_w + 1):
        left[a + i, NODE] = right[b + i, NODE]
        tours.vehicle[right[b + i, NODE]] = v
    for i in range(1, behind_v + 1):
        right[b + i, NODE] = work.order[i]
        tours.vehicle[work.order[i]] = w
    tours.size[v], tours.size[w] = a + behind_w, b + behind_v
    left[tours.size[v] + 1, NODE], right[tours.size[w] + 1, NODE] = fleet[v, DESTINATION], fleet[w, DESTINATION]
    retime(terms, tours, v)
    retime(terms, tours, w)


@compiled
def _move_rest(terms: Terms, tours: Tours, v: int, chance: Chance) -> bool:
    """Take the break of vehicle `v`, if it has one, somewhere else in its tour, drawn among all that is possible."""
    stop, taken = tours.stop, -1
    for i in range(1, tours.size[v] + 1):
        if stop[v, i, NODE] >= terms.visits:
            taken = i
    if taken < 0:
        return True
    tours.vehicle[stop[v, taken, NODE]] = FREE
    for i in range(taken, tours.size[v] + 1):
        stop[v, i, NODE] = stop[v, i + 1, NODE]
    tours.size[v] -= 1
    if not retime(terms, tours, v):
        return False
    m, ways, node, where = terms.fleet[v, MODE], 0, -1, 0
    for x in range(terms.visits, terms.stops):
        if not terms.allowed[v, x]:
            continue
        for i in range(tours.size[v] + 1):
            at = begin(terms, x, stop[v, i, READY] + terms.travel[m, stop[v, i, NODE], x])
            there = at + terms.node[x, SERVICE] + terms.travel[m, x, stop[v, i + 1, NODE]]
            if at == NEVER or there > stop[v, i + 1, LATE]:
                continue
            ways += 1
            if below(chance, ways) == 0:
                node, where = x, i
    if node < 0:
        return False
    insert(terms, tours, v, where, node)
    return not terms.fleet[v, TIGHT] or shortest_duty(terms, tours, v, -1, 0) <= terms.fleet[v, DUTY]

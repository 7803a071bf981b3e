"""Recreate: visits that are not done are put where they fit, one after the other in a random, rich or greedy order."""

from __future__ import annotations

import numpy as np

from solver.compiled import compiled, inlined
from solver.visits.chance import Chance, below, uniform
from solver.visits.terms import CLOSES, DUTY, MODE, OPENS, POWERS, SERVICE, TIGHT, WINDOW, WINDOWS, Large, Small, Terms
from solver.visits.tours import FREE, LATE, LEG, NEVER, NODE, READY, Tours, begin, insert, shortest_duty
from solver.visits.work import (
    BEFORE,
    BEHIND,
    BY,
    CHANGED,
    COLUMNS,
    FROM,
    GAPS,
    MARK,
    PLACE,
    ROOM,
    TOUR,
    WAIT,
    WAY,
    WORTH,
    Settings,
    Work,
    will_change,
)

NOWHERE: int = 2**62
"""What an insertion costs that is impossible."""

PLACES = 65536
"""An insertion is told in one number: its cost times this, and the stop behind which it is."""

_ONE, _COLUMNS = np.uint64(1), np.uint64(COLUMNS)
_WAIT, _FROM, _BY, _WAY = np.uint64(WAIT), np.uint64(FROM), np.uint64(BY), np.uint64(WAY)
_BEFORE, _BEHIND, _PLACE = np.uint64(BEFORE), np.uint64(BEHIND), np.uint64(PLACE)


@compiled
def find_gaps(tours: Tours, work: Work, v: int, least: int) -> None:
    """List where tour `v` can wait for something that takes `least` ticks, and note the most that it can wait."""
    stops, gap, count, most = tours.stop[v], work.gap[v], np.int64(0), np.int64(0)
    for i in range(np.uint64(tours.size[v] + 1)):
        behind = i + _ONE
        ready, late, leg = stops[i, READY], stops[behind, LATE], stops[i, LEG]
        wait = late - ready - leg
        if wait >= least:
            g = np.uint64(count) * _COLUMNS
            gap[g + _WAIT], gap[g + _FROM], gap[g + _BY], gap[g + _WAY] = wait, ready, late, leg
            gap[g + _BEFORE], gap[g + _BEHIND], gap[g + _PLACE] = stops[i, NODE], stops[behind, NODE], i
            count += 1
            most = max(most, wait)
    work.changed[v, GAPS], work.changed[v, ROOM] = count, most


@inlined
def cheapest(
    gap: Small, count: int, back: Small, travel: Small, node: Small, window: Small, x: np.uint64, skipped: int
) -> int:
    """Return the insertion of visit `x` into one of the first `count` gaps of a tour that costs least extra travel.

    The one behind stop `skipped` is overlooked.  `gap` are those of the tour, `travel` and `back` (N, N) the ticks from
    and to each node: visits that are tried one after the other find them in the same rows.  Arrays come one by one and
    nothing is branched on that can be worked out, for this is where the time goes.
    """
    best, several, service = NOWHERE, node[x, WINDOWS] > 1, np.int64(node[x, SERVICE])
    opens, closes, g, end = (
        np.int64(node[x, OPENS]),
        np.int64(node[x, CLOSES]),
        np.uint64(0),
        np.uint64(count) * _COLUMNS,
    )
    while g < end and gap[g + _BY] < opens + service:
        g += _COLUMNS
    while g < end and gap[g + _FROM] <= closes:
        way, ahead = np.int64(travel[np.uint64(gap[g + _BEFORE]), x]), np.int64(back[np.uint64(gap[g + _BEHIND]), x])
        late, place, at = np.int64(gap[g + _BY]), np.int64(gap[g + _PLACE]), max(gap[g + _FROM] + way, opens)
        if several:
            for w in range(node[x, WINDOW], node[x, WINDOW] + node[x, WINDOWS]):
                if at <= window[w, 1]:
                    at = max(at, np.int64(window[w, 0]))
                    break
        fits = (gap[g + _WAIT] >= service) & (place != skipped) & (at <= closes) & (at + service + ahead <= late)
        code = (way + ahead - gap[g + _WAY]) * PLACES + place
        best = min(best, code if fits else NOWHERE)
        g += _COLUMNS
    return best


@compiled
def cheapest_of_each(
    gap: Small,
    count: int,
    back: Small,
    travel: Small,
    node: Small,
    window: Small,
    order: Small,
    items: int,
    offer: Large,
    room: int,
    first: bool,
) -> None:
    """Put the cheapest insertion of each visit among the first `items` of `order` into `offer` (N,).

    What is `NOWHERE` there stays so.  What was there for the `first` time is the stop behind which it is overlooked.
    """
    for i in range(np.uint64(items)):
        x = np.uint64(order[i])
        code = offer[x]
        if code < NOWHERE:
            if node[x, SERVICE] > room:
                offer[x] = NOWHERE
            else:
                offer[x] = cheapest(gap, count, back, travel, node, window, x, code if first else -1)


@compiled
def cheapest_in_duty(terms: Terms, tours: Tours, v: int, x: int, skipped: int) -> int:
    """Return the same for a tour whose duty may have to be shorter than its shift."""
    best, m, service = NOWHERE, terms.fleet[v, MODE], terms.node[x, SERVICE]
    for i in range(tours.size[v] + 1):
        before, behind = tours.stop[v, i, NODE], tours.stop[v, i + 1, NODE]
        at = begin(terms, x, tours.stop[v, i, READY] + terms.travel[m, before, x])
        if i == skipped or at == NEVER or at + service + terms.travel[m, x, behind] > tours.stop[v, i + 1, LATE]:
            continue
        extra = terms.travel[m, before, x] + terms.travel[m, x, behind] - tours.stop[v, i, LEG]
        code = int(extra) * PLACES + i
        if code < best and shortest_duty(terms, tours, v, i, x) <= terms.fleet[v, DUTY]:
            best = code
    return best


@compiled
def recreate(terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance, seed: int) -> None:
    """Insert visits until none fits that has not been overlooked.

    What was not done before the move is tried in the changed tours alone: the others have had no room for it.
    """
    visits, vehicle, worth, order = terms.visits, tours.vehicle, terms.worth, work.order
    node, changed, room = terms.node, work.changed, 0
    for c in range(work.figures[CHANGED]):
        v = changed[c, TOUR]
        find_gaps(tours, work, v, terms.least)
        room = max(room, changed[v, ROOM])
    count, kind, fresh, wanted, near = 0, uniform(chance), work.fresh, work.wanted, terms.near
    wanted[:] = False
    wanted[seed] = True
    for i in range(min(settings.around, near.shape[1])):
        wanted[near[seed, i]] = True
    for x in range(visits):
        if vehicle[x] != FREE or worth[x] == 0:
            continue
        if fresh[x] or (node[x, SERVICE] <= room and (wanted[x] or uniform(chance) < settings.others)):
            order[count] = x
            count += 1
    if kind < settings.greedy:
        _by_ratio(terms, tours, work, settings, chance, count)
        return
    if kind < settings.greedy + settings.by_profit:
        for i in range(count):
            work.key[order[i]] = -terms.pull[order[i], 0] * (0.5 + uniform(chance))
        _sort(work, count)
    else:
        for i in range(count - 1, 0, -1):
            k = below(chance, i + 1)
            order[i], order[k] = order[k], order[i]
    if count and vehicle[seed] == FREE and worth[seed] > 0:
        for i in range(count):
            if order[i] == seed:
                order[0], order[i] = order[i], order[0]
    _in_order(terms, tours, work, settings, chance, count)


@compiled
def _in_order(terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance, count: int) -> None:
    """Insert one visit after the other where it costs least, if it fits anywhere."""
    order, fresh, changed, fleet, allowed = work.order, work.fresh, work.changed, terms.fleet, terms.allowed
    gap, size, back, travel, node, window = work.gap, tours.size, terms.back, terms.travel, terms.node, terms.window
    vehicles, blink = size.size, settings.blink
    for i in range(count):
        x = order[i]
        best, chosen, service, known = NOWHERE, FREE, node[x, SERVICE], work.figures[CHANGED]
        for c in range(vehicles if fresh[x] else known):
            v = c if fresh[x] else changed[c, TOUR]
            if not allowed[v, x] or (changed[v, MARK] and changed[v, ROOM] < service):
                continue
            if changed[v, GAPS] < 0:
                find_gaps(tours, work, v, terms.least)
            skipped = below(chance, size[v] + 1) if uniform(chance) < blink * size[v] else -1
            if changed[v, ROOM] < service:
                continue
            if fleet[v, TIGHT]:
                code = cheapest_in_duty(terms, tours, v, x, skipped)
            else:
                m = fleet[v, MODE]
                code = cheapest(gap[v], changed[v, GAPS], back[m], travel[m], node, window, np.uint64(x), skipped)
            if code < best:
                best, chosen = code, v
        if best < NOWHERE:
            will_change(tours, work, chosen)
            insert(terms, tours, chosen, best & (PLACES - 1), x)
            find_gaps(tours, work, chosen, terms.least)
            work.figures[WORTH] += terms.worth[x]


@compiled
def _offer(terms: Terms, tours: Tours, work: Work, c: int, items: int, first: bool) -> None:
    """Work out the cheapest insertions into changed tour `c`: see `cheapest_of_each`."""
    order, node, offer, v = work.order, terms.node, work.offer[c], work.changed[c, TOUR]
    room, m = work.changed[v, ROOM], terms.fleet[v, MODE]
    if not terms.fleet[v, TIGHT]:
        gap, count, back, travel = work.gap[v], work.changed[v, GAPS], terms.back[m], terms.travel[m]
        cheapest_of_each(gap, count, back, travel, node, terms.window, order, items, offer, room, first)
        return
    for i in range(items):
        x = order[i]
        code = offer[x]
        if code < NOWHERE:
            fits = node[x, SERVICE] <= room
            offer[x] = cheapest_in_duty(terms, tours, v, x, code if first else -1) if fits else NOWHERE


@compiled
def _by_ratio(terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance, count: int) -> None:
    """Insert first what is worth most for what it costs, with a random weight between the two."""
    order, changed, allowed, size, node = work.order, work.changed, terms.allowed, tours.size, terms.node
    known, power, key, offer = work.figures[CHANGED], below(chance, len(POWERS)), work.key, work.offer
    for i in range(count):
        x = order[i]
        for c in range(known):
            v, skipped = changed[c, TOUR], NOWHERE
            if allowed[v, x] and changed[v, ROOM] >= node[x, SERVICE]:
                skipped = below(chance, size[v] + 1) if uniform(chance) < settings.blink * size[v] else -1
            offer[c, x] = skipped
        key[x] = terms.pull[x, power] * (0.8 + 0.4 * uniform(chance))
    for c in range(known):
        _offer(terms, tours, work, c, count, True)
    # The first `left` in the order fit somewhere; the rest is for the tours that have not changed.
    left = 0
    for i in range(count):
        x, fits = order[i], False
        for c in range(known):
            fits = fits or offer[c, x] < NOWHERE
        if fits:
            order[i], order[left] = order[left], x
            left += 1
    while True:
        best, item, tour, i = 0.0, -1, 0, 0
        while i < left:
            x, fits = order[i], False
            for c in range(known):
                code = offer[c, x]
                if code < NOWHERE:
                    fits = True
                    ratio = key[x] / max((code >> 16) + node[x, SERVICE], 1)
                    if ratio > best:
                        best, item, tour = ratio, x, c
            if fits:
                i += 1
            else:
                left -= 1
                order[i], order[left] = order[left], x
        if item < 0:
            break
        v = changed[tour, TOUR]
        insert(terms, tours, v, offer[tour, item] & (PLACES - 1), item)
        find_gaps(tours, work, v, terms.least)
        work.figures[WORTH] += terms.worth[item]
        for c in range(known):
            offer[c, item] = NOWHERE
        _offer(terms, tours, work, tour, left, False)
    kept = 0
    for i in range(count):
        if work.fresh[order[i]] and tours.vehicle[order[i]] == FREE:
            order[kept] = order[i]
            kept += 1
    if known < size.size:
        _in_order(terms, tours, work, settings, chance, kept)


@compiled
def _sort(work: Work, count: int) -> None:
    """Sort the visits to be inserted by their keys, the least first (Shell's way, which needs no room)."""
    order, key = work.order, work.key
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            x, k = order[i], i
            while k >= gap and key[order[k - gap]] > key[x]:
                order[k] = order[k - gap]
                k -= gap
            order[k] = x
        gap //= 3

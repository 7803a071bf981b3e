"""Recreate: visits that are not done are put where they fit, one after the other in a random, rich or greedy order."""

from __future__ import annotations

from solver.compiled import compiled
from solver.visits.chance import Chance, below, uniform
from solver.visits.terms import CLOSES, DUTY, MODE, OPENS, POWERS, SERVICE, TIGHT, WINDOW, WINDOWS, Small, Terms
from solver.visits.tours import FREE, LATE, LEG, NEVER, NODE, READY, Tours, begin, insert, shortest_duty
from solver.visits.work import CHANGED, MARK, ROOM, TOUR, WORTH, Settings, Work, will_change

NOWHERE: int = 2**62
"""What an insertion costs that is impossible."""

PLACES = 65536
"""An insertion is told in one number: its cost times this, and the stop behind which it is."""


@compiled
def roomiest(tours: Tours, v: int) -> int:
    """Return the most ticks that tour `v` can wait for something more anywhere: what takes longer fits nowhere."""
    most = 0
    for i in range(tours.size[v] + 1):
        most = max(most, tours.stop[v, i + 1, LATE] - tours.stop[v, i, READY] - tours.stop[v, i, LEG])
    return most


@compiled
def cheapest(
    stop: Small, v: int, n: int, back: Small, travel: Small, m: int, node: Small, window: Small, x: int, skipped: int
) -> int:
    """Return the insertion of node `x` into tour `v`, of `n` stops and mode `m`, that costs least extra travel.

    The one behind stop `skipped` is overlooked.  Arrays come one by one, for this is where the time goes.
    """
    best, service, opens, closes, several = NOWHERE, node[x, SERVICE], node[x, OPENS], node[x, CLOSES], node[x, WINDOWS]
    for i in range(n + 1):
        ready = stop[v, i, READY]
        if ready > closes:
            break
        late = stop[v, i + 1, LATE]
        if late - ready - stop[v, i, LEG] < service or late < opens + service or i == skipped:
            continue
        way = back[m, x, stop[v, i, NODE]]
        at = ready + way
        if at < opens:
            at = opens
        elif at > closes:
            continue
        elif several > 1:
            for w in range(node[x, WINDOW], node[x, WINDOW] + several):
                if at <= window[w, 1]:
                    at = max(at, window[w, 0])
                    break
        ahead = travel[m, x, stop[v, i + 1, NODE]]
        if at + service + ahead <= late:
            code = int(way + ahead - stop[v, i, LEG]) * PLACES + i
            if code < best:
                best = code
    return best


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
        changed[v, ROOM] = roomiest(tours, v)
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
    stop, size, back, travel, node, window = tours.stop, tours.size, terms.back, terms.travel, terms.node, terms.window
    vehicles, blink = size.size, settings.blink
    for i in range(count):
        x = order[i]
        best, chosen, service, known = NOWHERE, FREE, node[x, SERVICE], work.figures[CHANGED]
        for c in range(vehicles if fresh[x] else known):
            v = c if fresh[x] else changed[c, TOUR]
            if not allowed[v, x] or (changed[v, MARK] and changed[v, ROOM] < service):
                continue
            skipped = below(chance, size[v] + 1) if uniform(chance) < blink * size[v] else -1
            if fleet[v, TIGHT]:
                code = cheapest_in_duty(terms, tours, v, x, skipped)
            else:
                code = cheapest(stop, v, size[v], back, travel, fleet[v, MODE], node, window, x, skipped)
            if code < best:
                best, chosen = code, v
        if best < NOWHERE:
            will_change(tours, work, chosen)
            insert(terms, tours, chosen, best & (PLACES - 1), x)
            changed[chosen, ROOM] = roomiest(tours, chosen)
            work.figures[WORTH] += terms.worth[x]


@compiled
def _by_ratio(terms: Terms, tours: Tours, work: Work, settings: Settings, chance: Chance, count: int) -> None:
    """Insert first what is worth most for what it costs, with a random weight between the two."""
    order, fresh, changed, fleet, allowed = work.order, work.fresh, work.changed, terms.fleet, terms.allowed
    stop, size, back, travel, node, window = tours.stop, tours.size, terms.back, terms.travel, terms.node, terms.window
    known, power, blink, key, offer = (
        work.figures[CHANGED],
        below(chance, len(POWERS)),
        settings.blink,
        work.key,
        work.offer,
    )
    left = 0
    for i in range(count):
        x, fits = order[i], False
        for c in range(known):
            v, code = changed[c, TOUR], NOWHERE
            if allowed[v, x] and changed[v, ROOM] >= node[x, SERVICE]:
                skipped = below(chance, size[v] + 1) if uniform(chance) < blink * size[v] else -1
                if fleet[v, TIGHT]:
                    code = cheapest_in_duty(terms, tours, v, x, skipped)
                else:
                    code = cheapest(stop, v, size[v], back, travel, fleet[v, MODE], node, window, x, skipped)
            offer[x, c] = code
            fits = fits or code < NOWHERE
        key[x] = terms.pull[x, power] * (0.8 + 0.4 * uniform(chance))
        if fits:
            order[i], order[left] = order[left], x
            left += 1
    # The first `left` in the order fit somewhere; the rest is for the tours that have not changed.
    while True:
        best, item, tour = 0.0, -1, 0
        for i in range(left):
            x = order[i]
            for c in range(known):
                code = int(offer[x, c])
                if code < NOWHERE:
                    ratio = key[x] / max((code >> 16) + node[x, SERVICE], 1)
                    if ratio > best:
                        best, item, tour = ratio, x, c
        if item < 0:
            break
        v = changed[tour, TOUR]
        insert(terms, tours, v, int(offer[item, tour]) & (PLACES - 1), item)
        room = roomiest(tours, v)
        changed[v, ROOM] = room
        work.figures[WORTH] += terms.worth[item]
        i = 0
        while i < left:
            x = order[i]
            fits = False
            if x != item:
                if offer[x, tour] < NOWHERE:
                    code = NOWHERE
                    if room >= node[x, SERVICE]:
                        if fleet[v, TIGHT]:
                            code = cheapest_in_duty(terms, tours, v, x, -1)
                        else:
                            code = cheapest(stop, v, size[v], back, travel, fleet[v, MODE], node, window, x, -1)
                    offer[x, tour] = code
                for c in range(known):
                    fits = fits or offer[x, c] < NOWHERE
            if fits:
                i += 1
            else:
                left -= 1
                order[i], order[left] = order[left], x
    kept = 0
    for i in range(count):
        if fresh[order[i]] and tours.vehicle[order[i]] == FREE:
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

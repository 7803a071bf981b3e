"""The best paths of all classes of units at once, against prices of the cells: what the bound is made of.

Like `solver.paths` this is an exact longest path by dynamic programming over (minute, place, break taken or
not), with the same states fresh, done and busy, and the same gains.  Three things differ.  A path may be paid
twice where its own visits linger, so that no path of the model is worth more than the one found.  All classes
of one mode go through the network together, as *lanes* of the innermost axis; a class with a break has two,
before it and after it.  And no way in is noted down: the few best paths are traced back by comparing values.

Values are 32-bit integers in the bound's own unit of price (see `solver.bound`), which keeps them below `MOST`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import allocating, compiled
from solver.cover import Cells, Ints, Small
from solver.lanes import best_of_8, best_of_16
from solver.paths import FAR
from solver.route_arrays import BREAK, STANDBY, STINT, TASK, VISIT, Roster, stops_of

LANES = 48
"""The most lanes that are worked on together."""

WIDTH = 8
"""The number of lanes is a multiple of this, for the processor's sake."""

MOST = 2**29
"""No path may be worth more."""

NOTHING = -(2**30)
"""Value of a state that no path reaches."""


class Arcs(NamedTuple):
    """Legs to drive along, in groups that lead to one place and take equally long.

    The groups of mode m to place p are ``at[m, p]`` to ``at[m, p + 1]``, the shortest first.  Each takes ``leg[g]``
    minutes, and comes from the places ``origin[first[g]:first[g + 1]]``.
    """

    origin: Small
    first: Small
    leg: Small
    at: Small


class Gains(NamedTuple):
    """Running totals of prices over minutes, as 32-bit integers.

    `standing` (M, T + 1, P) of what an available unit is paid; `busy` of presence and post cells, `linger` and
    `revisit`, shape (P, T + 1).
    """

    standing: Small
    busy: Small
    linger: Small
    revisit: Small


class Offers(NamedTuple):
    """What is paid, by grid step and place, `NOTHING` where that cannot be.

    For waiting until the next step, for work that begins and lasts as long as it must, and for work that goes on
    until the next step.
    """

    wait: Small
    begin: Small
    go_on: Small


class Block(NamedTuple):
    """L lanes of classes of one mode, in use or idle (`unit` -1).

    `unit` (L,) is the class's unit in its roster; `before` (L,) the lane from which it is entered by a break, -1 where
    a path begins in it; `ends` says whether a path may end in the lane.  Values in it matter from minute `opens` to
    minute `closes`.  `barred` (P, L) is `NOTHING` where the unit may not work, else 0; `belongs` (P,) is
    what a minute of standing is worth to all of them because they belong there.
    """

    mode: int
    unit: Small
    before: Small
    ends: NDArray[np.bool_]
    opens: Small
    closes: Small
    barred: Small
    belongs: Ints


class States(NamedTuple):
    """Values by grid step, place and lane, shape (T / grid + 1, P, L), and a path's `stops` (S, 4)."""

    fresh: Small
    done: Small
    busy: Small
    stops: Small


def blocks_of(roster: Roster) -> list[Block]:
    """Return the lanes of all units of `roster`, which are classes, in blocks of one mode and one home district."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for u in range(roster.mode.size):
        groups.setdefault((int(roster.mode[u]), roster.belongs[u].tobytes()), []).append(u)
    blocks = []
    for (mode, _), units in groups.items():
        shared: list[list[int]] = [[]]
        lanes = 0
        for u in units:
            more = 1 + int(roster.has_pause[u])
            if lanes + more > LANES:
                shared.append([])
                lanes = 0
            shared[-1].append(u)
            lanes += more
        blocks += [_block(roster, mode, some) for some in shared]
    return blocks


def _block(roster: Roster, mode: int, units: list[int]) -> Block:
    """Return the lanes of `units`: those that close early first, then idle ones, then those that open late.

    So in most minutes the lanes whose values matter are few of them, side by side.
    """
    lanes: list[tuple[int, int, int, bool]] = []
    for u in units:
        start, end = int(roster.start[u]), int(roster.end[u])
        if roster.has_pause[u]:
            minutes = int(roster.pause_minutes[u])
            begin = max(int(roster.pause_earliest[u]), start)
            last = min(int(roster.pause_latest[u]), end)
            lanes += [(last - minutes, start, u, False), (end, begin + minutes, u, True)]
        else:
            lanes.append((end, start, u, False))
    lanes.sort()
    idle = -len(lanes) % WIDTH
    early = sum(closes < lanes[-1][0] for closes, *_ in lanes)
    lanes[early:early] = [(-1, lanes[-1][0] + 1, -1, False)] * idle
    unit = np.array([u for _, _, u, _ in lanes], dtype=np.int32)
    entered = [u for _, _, u, after in lanes if after]
    first = {u: i for i, (_, _, u, after) in enumerate(lanes) if not after}
    open_to = roster.admitted[unit].T & (unit >= 0)
    return Block(
        mode=mode,
        unit=unit,
        before=np.array([first[u] if after else -1 for _, _, u, after in lanes], dtype=np.int32),
        ends=np.array([after or (u >= 0 and u not in entered) for _, _, u, after in lanes], dtype=np.bool_),
        opens=np.array([opens for _, opens, _, _ in lanes], dtype=np.int32),
        closes=np.array([closes for closes, *_ in lanes], dtype=np.int32),
        barred=np.where(open_to, 0, NOTHING).astype(np.int32),
        belongs=roster.belongs[units[0]].copy(),
    )


def states_of(places: int, minutes: int, grid: int, lanes: int) -> States:
    """Return room for the states of a block of so many lanes."""
    shape = (minutes // grid + 1, places, lanes)
    fresh, done, busy = (np.zeros(shape, dtype=np.int32) for _ in range(3))
    return States(fresh, done, busy, stops_of(1, minutes)[0])


def arcs_of(legs: Small, stretch: NDArray[np.bool_], detour: int | None = None) -> Arcs:
    """Return all legs, or only those that no third place makes needless, on the way at a detour of so many minutes.

    Paths over the latter alone are good ones but not always the best: on a chain of legs a unit counts from
    other places than on the direct one.

    Parameters
    ----------
    legs : int32 array of shape (M, P, P)
        Minutes, `FAR` where there is no way.
    stretch : bool array of shape (P,)
        The places that no way leads through.
    detour : int, optional
        None for all legs.
    """
    modes, places = legs.shape[:2]
    at = np.zeros((modes, places + 1), dtype=np.int32)
    origins, firsts, lengths = [], [], []
    arcs = groups = 0
    for m in range(modes):
        if detour is None:
            wanted = (legs[m] < FAR) & ~np.eye(places, dtype=np.bool_)
        else:
            wanted = needed_arcs(legs[m], stretch, detour)
        origin, destination = np.nonzero(wanted)
        length = legs[m][wanted]
        order = np.lexsort((origin, length, destination))
        origin, destination, length = origin[order], destination[order], length[order]
        first = np.flatnonzero(np.diff(destination, prepend=-1) | np.diff(length, prepend=-1))
        at[m] = groups + np.searchsorted(destination[first], np.arange(places + 1))
        origins.append(origin)
        firsts.append(arcs + first)
        lengths.append(length[first])
        arcs, groups = arcs + origin.size, groups + first.size
    return Arcs(
        np.concatenate(origins).astype(np.int32),
        np.append(np.concatenate(firsts), arcs).astype(np.int32),
        np.concatenate(lengths).astype(np.int32),
        at,
    )


@allocating
def needed_arcs(legs: Small, stretch: NDArray[np.bool_], detour: int) -> NDArray[np.bool_]:
    """Return which arcs no third place makes needless.

    That is one nearer to both ends than they are to each other, by which the way is longer by no more than `detour`.
    """
    n = legs.shape[0]
    needed = np.zeros((n, n), dtype=np.bool_)
    for i in range(n):
        for j in range(n):
            if i == j or legs[i, j] >= FAR:
                continue
            needed[i, j] = True
            for k in range(n):
                if k in (i, j) or stretch[k] or max(legs[i, k], legs[k, j]) >= legs[i, j]:
                    continue
                if legs[i, k] + legs[k, j] <= legs[i, j] + detour:
                    needed[i, j] = False
                    break
    return needed


@allocating
def gains_of(cells: Cells) -> Gains:
    """Return the running totals of the prices in `cells`."""
    modes, places = cells.first_at.shape[0], cells.row_of.size
    horizon = cells.open_until.shape[1] - 1
    response, backup = cells.response.astype(np.int32), cells.backup.T.copy().astype(np.int32)
    # Most demand is covered so well that no unit is paid for it.
    dear, second_dear = _priced(response), _priced(backup)
    standing = np.zeros((modes, horizon + 1, places), dtype=np.int32)
    row = np.zeros(horizon, dtype=np.int32)
    for m in range(modes):
        for p in range(places):
            row[:] = 0
            for i in range(cells.first_at[m, p], cells.first_at[m, p + 1]):
                if dear[cells.first[i]]:
                    price = response[cells.first[i]]
                    for t in range(horizon):
                        row[t] += price[t]
            for i in range(cells.second_at[m, p], cells.second_at[m, p + 1]):
                if second_dear[cells.second[i]]:
                    price = backup[cells.second[i]]
                    for t in range(horizon):
                        row[t] += price[t]
            for t in range(horizon):
                standing[m, t + 1, p] = standing[m, t, p] + row[t]
    busy = np.zeros((places, horizon + 1), dtype=np.int32)
    linger, revisit = np.zeros_like(busy), np.zeros_like(busy)
    for p in range(places):
        row_of, q = cells.row_of[p], cells.post_of[p]
        for t in range(horizon):
            here = 0
            if row_of >= 0:
                here = cells.presence[row_of, t]
                linger[p, t + 1] = linger[p, t] + cells.linger[row_of, t]
                revisit[p, t + 1] = revisit[p, t] + cells.revisit[row_of, t]
            elif q >= 0:
                here = cells.posts[q, t]
                for i in range(cells.watched_at[p], cells.watched_at[p + 1]):
                    here += cells.presence[cells.watched[i], t]
            busy[p, t + 1] = busy[p, t] + here
    return Gains(standing, busy, linger, revisit)


@allocating
def _priced(prices: Small) -> NDArray[np.bool_]:
    """Return which rows of `prices` are not all 0."""
    priced = np.zeros(prices.shape[0], dtype=np.bool_)
    for i in range(prices.shape[0]):
        most = 0
        for t in range(prices.shape[1]):
            most = max(most, prices[i, t])
        priced[i] = most > 0
    return priced


@compiled
def offers_of(cells: Cells, gains: Gains, standing: Small, grid: int, offers: Offers) -> None:
    """Fill `offers` with what the units are paid for a step of waiting, a beginning, and going on."""
    horizon = cells.open_until.shape[1] - 1
    for s in range(offers.wait.shape[0]):
        t = s * grid
        for p in range(offers.wait.shape[1]):
            offers.wait[s, p] = offers.begin[s, p] = offers.go_on[s, p] = NOTHING
            end = t + grid
            if end > horizon:
                continue
            offers.wait[s, p] = standing[end, p] - standing[t, p]
            if cells.shortest[p] == 0:
                continue
            available, row, lingers, every = (
                cells.standing_counts[p],
                cells.row_of[p],
                cells.lingers[p],
                cells.everys[p],
            )
            for begins in (False, True):
                if begins:
                    end = t + cells.shortest[p]
                if end > min(horizon, cells.open_until[p, t]):
                    continue
                gain = gains.busy[p, end] - gains.busy[p, t]
                if available:
                    gain += standing[end, p] - standing[t, p]
                if row >= 0:
                    covered = t if begins else t + lingers
                    gain += gains.linger[p, min(end + lingers, horizon)] - gains.linger[p, min(covered, horizon)]
                if row >= 0 and every > 0:
                    covered = t if begins else t + every
                    gain += gains.revisit[p, min(end + every, horizon)] - gains.revisit[p, min(covered, horizon)]
                if begins:
                    offers.begin[s, p] = gain
                elif not cells.exact[p]:
                    offers.go_on[s, p] = gain


@allocating
def price_lanes(
    cells: Cells, offers: Offers, arcs: Arcs, grid: int, roster: Roster, block: Block, standing: Small, states: States
) -> None:
    """Fill `states` with the value of the best path to each, in the lanes that are open then.

    `standing` (T + 1, P) is that of the block's mode, with what its units are paid in their own districts;
    `offers` are made from it.
    """
    steps, places, lanes = states.fresh.shape
    states.fresh[:] = NOTHING
    states.done[:] = NOTHING
    states.busy[:] = NOTHING
    for lane in range(lanes):
        u = block.unit[lane]
        if u >= 0 and block.before[lane] < 0:
            begin, p = roster.start[u] // grid, roster.origin[u]
            # Only a spell between locks begins at a stretch of street: at its far end.
            if cells.stretch[p]:
                states.done[begin, p, lane] = 0
            else:
                states.fresh[begin, p, lane] = 0
    out = np.empty((places, lanes), dtype=np.int32)
    for s in range(steps):
        _pause(grid, roster, block, states, s)
        low, high = _open(block, s * grid)
        if low == high:
            continue
        _stay(
            cells.shortest // grid,
            cells.again,
            cells.stretch,
            offers.wait,
            offers.begin,
            offers.go_on,
            grid,
            block.barred,
            standing,
            states.fresh,
            states.done,
            states.busy,
            out,
            s,
            low,
            high,
        )
        _drive(arcs.origin, arcs.first, arcs.leg, arcs.at[block.mode], grid, standing, states.fresh, out, s, low, high)


@compiled
def _open(block: Block, t: int) -> tuple[int, int]:
    """Return the first lane, and the one after the last, between which all lie that are open in minute `t`.

    Whole groups of `WIDTH`; equal where none is open.
    """
    low, high = block.unit.size, 0
    for lane in range(block.unit.size):
        if block.opens[lane] <= t <= block.closes[lane]:
            low, high = min(low, lane), max(high, lane + 1)
    if low >= high:
        return 0, 0
    return low // WIDTH * WIDTH, -(-high // WIDTH) * WIDTH


@compiled
def _pause(grid: int, roster: Roster, block: Block, states: States, s: int) -> None:
    """End the breaks that end in step `s`: a lane is entered from the one before its break."""
    for lane in range(block.unit.size):
        before = block.before[lane]
        if before < 0:
            continue
        u = block.unit[lane]
        begin = s * grid - roster.pause_minutes[u]
        if begin < roster.pause_earliest[u] or s * grid > roster.pause_latest[u]:
            continue
        for p in range(roster.pause_at.shape[1]):
            if roster.pause_at[u, p]:
                value = max(states.fresh[begin // grid, p, before], states.done[begin // grid, p, before])
                states.fresh[s, p, lane] = max(states.fresh[s, p, lane], value)


@compiled
def _stay(
    shortest: Small,
    again: NDArray[np.bool_],
    stretch: NDArray[np.bool_],
    wait: Small,
    begin: Small,
    go_on: Small,
    grid: int,
    barred: Small,
    standing: Small,
    fresh: Small,
    done: Small,
    busy: Small,
    out: Small,
    s: int,
    low: int,
    high: int,
) -> None:
    """Relax the waits and the work from step `s` on, in lanes `low` to `high`, and write what leaves into `out`.

    That is (P, L) what a path that leaves has, less what standing was paid until then.  It takes no slices: each
    would cost as much as the work on all lanes.
    """
    t, now, after = s * grid, np.uint64(s), np.uint64(s + 1)
    first, last = np.uint64(low), np.uint64(high)
    for place in range(fresh.shape[1]):
        p = np.uint64(place)
        alive = np.int32(NOTHING)
        for lane in range(first, last):
            alive = max(alive, max(max(fresh[now, p, lane], done[now, p, lane]), busy[now, p, lane]))
        from_here, gain = standing[t, p], wait[now, p]
        if alive < 0:
            for lane in range(first, last):
                out[p, lane] = NOTHING - from_here
            continue
        if shortest[p] > 0:
            if again[p]:
                for lane in range(first, last):
                    fresh[now, p, lane] = max(fresh[now, p, lane], busy[now, p, lane])
            else:
                for lane in range(first, last):
                    done[now, p, lane] = max(done[now, p, lane], busy[now, p, lane])
            if go_on[now, p] >= 0:
                for lane in range(first, last):
                    busy[after, p, lane] = max(busy[after, p, lane], np.int32(busy[now, p, lane] + go_on[now, p]))
            if begin[now, p] >= 0:
                later = np.uint64(s + shortest[p])
                for lane in range(first, last):
                    worked = np.int32(np.int32(fresh[now, p, lane] + barred[p, lane]) + begin[now, p])
                    busy[later, p, lane] = max(busy[later, p, lane], worked)
        if gain >= 0:
            for lane in range(first, last):
                fresh[after, p, lane] = max(fresh[after, p, lane], np.int32(fresh[now, p, lane] + gain))
            if not stretch[p]:
                for lane in range(first, last):
                    done[after, p, lane] = max(done[after, p, lane], np.int32(done[now, p, lane] + gain))
        if stretch[p]:
            for lane in range(first, last):
                out[p, lane] = done[now, p, lane] - from_here
        else:
            for lane in range(first, last):
                out[p, lane] = max(fresh[now, p, lane], done[now, p, lane]) - from_here


@compiled
def _drive(
    origin: Small,
    first: Small,
    leg: Small,
    at: Small,
    grid: int,
    standing: Small,
    fresh: Small,
    out: Small,
    s: int,
    low: int,
    high: int,
) -> None:
    """Relax the arcs that leave in step `s`, in lanes `low` to `high`; the one hot loop.

    Half way a unit begins to count from where it goes.  The arcs of a group are equally long, so what it is paid
    there is the same for all of them, and the best of them is found before that is looked up.
    """
    t, horizon, places = s * grid, (fresh.shape[0] - 1) * grid, np.uint64(fresh.shape[1])
    lanes, wide = np.uint64(fresh.shape[2]), np.uint64(2 * WIDTH)
    for place in range(fresh.shape[1]):
        q = np.uint64(place)
        for i in range(at[q], at[q + np.uint64(1)]):
            group = np.uint64(i)
            arrive = t + leg[group]
            if arrive > horizon:
                break
            there, middle = np.uint64(arrive), np.uint64(t + ((leg[group] + 1) >> 1))
            gain = np.int32(standing[there, q] - standing[middle, q])
            row = (np.uint64(arrive // grid) * places + q) * lanes
            column, begin, end = middle * places, np.uint64(first[group]), np.uint64(first[group + np.uint64(1)])
            lane = np.uint64(low)
            while lane + wide <= np.uint64(high):
                best_of_16(fresh, out, origin, standing, (row + lane, lane, lanes, begin, end, column), gain)
                lane += wide
            if lane < np.uint64(high):
                best_of_8(fresh, out, origin, standing, (row + lane, lane, lanes, begin, end, column), gain)


@compiled
def trace(
    cells: Cells,
    offers: Offers,
    legs: Small,
    grid: int,
    roster: Roster,
    block: Block,
    standing: Small,
    states: States,
    lane: int,
) -> tuple[int, int]:
    """Return the value of the best path that ends in `lane`, and how many stops it has in ``states.stops``.

    Between the two ends of the shift; as `solver.paths.best_path` writes them.
    """
    u = block.unit[lane]
    stops, n = states.stops, 0
    first, p = roster.start[u] // grid, roster.destination[u]
    s = roster.end[u] // grid
    done = states.done[s, p, lane] > states.fresh[s, p, lane]
    worth = max(states.done[s, p, lane], states.fresh[s, p, lane])
    value = worth
    travelled = False
    while True:
        t, table = s * grid, states.done if done else states.fresh
        at_origin = s == first and p == roster.origin[u] and done == cells.stretch[p]
        if at_origin and value == 0 and block.before[lane] < 0:
            break
        if cells.shortest[p] > 0 and states.busy[s, p, lane] == value and done != cells.again[p]:
            begin = _begin(cells.shortest[p] // grid, offers.begin[:, p], states, s, p, lane)
            kind = TASK if cells.exact[p] else VISIT if cells.row_of[p] >= 0 else STINT
            n = _write(stops, n, p, kind, begin * grid, t)
            value = states.fresh[begin, p, lane]
            s, done, travelled = begin, False, False
        elif s > first and table[s - 1, p, lane] + standing[t, p] - standing[t - grid, p] == value:
            n = _write(stops, n, p, STANDBY, t - grid, t)
            s -= 1
            value, travelled = table[s, p, lane], False
        else:
            if travelled:
                n = _write(stops, n, p, STANDBY, t, t)
            came, begin, lane_before = _came_from(
                cells.stretch, legs, grid, roster, block, standing, states, s, p, lane, value
            )
            if came == p:
                if travelled:
                    n -= 1
                n = _write(stops, n, p, BREAK, begin * grid, t)
            travelled = came != p
            s, p, lane = begin, came, lane_before
            done = cells.stretch[p] or states.done[s, p, lane] > states.fresh[s, p, lane]
            value = states.done[s, p, lane] if done else states.fresh[s, p, lane]
    for i in range(n // 2):
        for j in range(4):
            kept = stops[i, j]
            stops[i, j] = stops[n - 1 - i, j]
            stops[n - 1 - i, j] = kept
    return worth, n


@compiled
def _begin(shortest: int, begins: Small, states: States, s: int, p: int, lane: int) -> int:
    """Return the step in which the work at place `p` began that step `s` is the end of, on the best path there."""
    while True:
        begin = s - shortest
        if begin >= 0:
            before, gain = states.fresh[begin, p, lane], begins[begin]
            if before >= 0 and gain >= 0 and before + gain == states.busy[s, p, lane]:
                return begin
        s -= 1


@compiled
def _came_from(
    stretch: NDArray[np.bool_],
    legs: Small,
    grid: int,
    roster: Roster,
    block: Block,
    standing: Small,
    states: States,
    s: int,
    p: int,
    lane: int,
    value: int,
) -> tuple[int, int, int]:
    """Return the place, step and lane from which a leg or a break led to a state of this value."""
    u = block.unit[lane]
    before_break = block.before[lane]
    if before_break >= 0 and roster.pause_at[u, p]:
        begin = s - roster.pause_minutes[u] // grid
        within = begin * grid >= max(roster.pause_earliest[u], 0) and s * grid <= roster.pause_latest[u]
        if within and max(states.fresh[begin, p, before_break], states.done[begin, p, before_break]) == value:
            return p, begin, before_break
    for q in range(legs.shape[1]):
        begin = s - legs[block.mode, q, p] // grid
        if q == p or begin < 0:
            continue
        before = states.done[begin, q, lane]
        if not stretch[q]:
            before = max(before, states.fresh[begin, q, lane])
        middle = begin * grid + (legs[block.mode, q, p] + 1) // 2
        gain = standing[middle, q] - standing[begin * grid, q] + standing[s * grid, p] - standing[middle, p]
        if before >= 0 and before + gain == value:
            return q, begin, lane
    raise AssertionError("a state without a way in")


@compiled
def _write(stops: Small, n: int, place: int, kind: int, arrive: int, leave: int) -> int:
    """Append a stop, or lengthen the one before (that is later) by a wait; return the number of stops."""
    if n > 0 and arrive < leave and kind == STANDBY:
        later = stops[n - 1]
        if later[0] == place and later[1] == kind and later[2] == leave:
            later[2] = arrive
            return n
    stops[n, 0], stops[n, 1], stops[n, 2], stops[n, 3] = place, kind, arrive, leave
    return n + 1

"""The best path of one unit through space and time, against what the other units cover already.

`best_path` is an exact longest path by dynamic programming over (minute, place, break taken or not), forward
in time on the grid, among the places it is given.  A state is *fresh* (the unit may wait, leave, begin a
visit, stint or task, or take its break), *busy* (at work for long enough to count) or *done* (a visit has
just ended, so that all but beginning another one here is possible).  At a stretch of street a fresh unit is at
the near end and may wait and begin a visit but not leave, a done one is at the far end and must leave.  One
label is kept a state; a label
remembers the last visit of its own path, so that a path earns nothing twice by coming back to a hotspot whose
effect still lingers.  With that memory the value of every label is exact, while the choice between labels
looks at values alone; `solver.whims` is for what that misses.

Gains come from running totals along time, so that a leg, a wait, a visit cost a few look-ups each.  Places are
numbered anew from 0 for each path, so that all it touches lies together in the processor's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import allocating, compiled
from solver.cover import Cells, Counts, Ints, Small, Whole
from solver.problem import UNREACHABLE
from solver.route_arrays import BREAK, STANDBY, STINT, TASK, VISIT, stops_of
from solver.whims import close, make_dull

FAR = 10**6
"""Minutes between places without a way."""

NEAR = (10, 25)
"""How many places are near."""

FARTHEST = 64
"""Detours of so many minutes and more are all the same."""

NOTHING = -(2**62)
"""Value of a state that no path reaches; so is anything below half of it."""

_FLOOR = NOTHING // 2

_MARKS_AT, _K_AT, _T_AT = 37, 36, 16
_MARKS, _PLACE_MASK, _T_MASK = 26, 2**16 - 1, 2**20 - 1
"""A visit's number in a path holds the active place, the minute of its end, whether the break was taken, and marks of
all that the path has visited: most places have none, and need no walk back along the path."""

_START, _WAIT, _TRAVEL, _DONE, _PAUSE = 0, 1, 2, 3, 4


class Roads(NamedTuple):
    """Legs in minutes (M, P, P), `FAR` where there is no way, and for each place all places, the nearest first.

    `least` (M, P, P) is the least number of minutes by way of any places, along stretches of street by the least of
    visits; it equals `legs` where these keep the triangle inequality, as road networks do and problems written by
    hand may not; `back` (M, P, P) is the same by destination and origin.  `near` (M, 3) are lengths of legs within
    which there are, from most places, `NEAR` others; the last is `FAR`.
    """

    legs: Small
    least: Small
    back: Small
    order: Small
    near: Ints


class Trip(NamedTuple):
    """One unit's path to find: from `origin` at `begin` to `destination` at `end`.

    `paused` and `pauses` say whether the break is behind the unit at the begin and at the end, `passed` whether it
    comes from a visit of a stretch of street at `origin`.  A break is
    `pause_minutes` within ``[pause_earliest, pause_latest]`` at a place of `pause_at` (P,).  `admitted` (P,)
    is False where the unit may not work; `belongs` (P,) is what a minute of its standing is worth because it
    belongs there.  `longest` is the longest leg to look at, but for those from the origin and to the destination.
    """

    mode: int
    origin: int
    begin: int
    passed: int
    destination: int
    end: int
    paused: int
    pauses: int
    pause_minutes: int
    pause_earliest: int
    pause_latest: int
    pause_at: NDArray[np.bool_]
    admitted: NDArray[np.bool_]
    belongs: Ints
    longest: int


class Workspace(NamedTuple):
    """Arrays that `best_path` uses again and again; N is the number of `active` places, at most P.

    `active` (N,) are the places to look at, and `local` (P,) their numbers there, -1 for all others; `freed` (P,) are
    places to look at before others, because what is to be done better was done there.  `promise` (N,) is what places
    promise, and `detours` how many there are at each detour up to `FARTHEST`.  Running
    totals over minutes: `standing` of what an available unit earns, shape (T + 1, N); `busy` of presence or post
    cells, `linger` and `revisit`, shape (N, T + 1).  Of each active place `home` (N,) is the least number of
    minutes to the destination, `long_leg` (N,) its leg from the origin where that is longer than others may be, else
    0, and `mark` (N,) the bit of its hotspot; `near_place` and `near_leg` (N, N) list the places from which one may
    drive to it, the nearest first, and `near_count` (N,) how many.  Free states, shape (4, T + 1, N), in layers: fresh
    and done before the break, fresh and done after it; busy states, shape (2, T + 1, N), before and after it: values,
    ways in, last visit, and for busy states the begin of the work and the visit before it.  `leaving` (2, T + 1, N)
    is the better of fresh and done, less what standing there since the begin would have earned.  `stops` (S, 4)
    receives the path: place, kind, arrive, leave.  What depends on N is kept flat.  `open_until` is that of `Cells`
    with what a whim closes.
    """

    active: Small
    local: Small
    freed: NDArray[np.bool_]
    promise: NDArray[np.float64]
    detours: Ints
    standing: Ints
    busy: Ints
    linger: Ints
    revisit: Ints
    home: Small
    long_leg: Small
    mark: Small
    near_place: Small
    near_leg: Small
    near_count: Small
    free_value: Ints
    free_from: Small
    free_last: Ints
    busy_value: Ints
    busy_begin: Small
    busy_last: Ints
    leaving: Ints
    stops: Small
    open_until: Small


def workspace_of(cells: Cells) -> Workspace:
    """Return the arrays for paths through `cells`."""
    places, minutes = cells.open_until.shape[0], cells.open_until.shape[1] - 1
    totals, states = (places, minutes + 1), (minutes + 1) * places
    return Workspace(
        active=np.zeros(places, dtype=np.int32),
        local=np.full(places, -1, dtype=np.int32),
        freed=np.zeros(places, dtype=np.bool_),
        promise=np.zeros(places, dtype=np.float64),
        detours=np.zeros(FARTHEST + 1, dtype=np.int64),
        standing=np.zeros(states, dtype=np.int64),
        busy=np.zeros(totals, dtype=np.int64),
        linger=np.zeros(totals, dtype=np.int64),
        revisit=np.zeros(totals, dtype=np.int64),
        home=np.zeros(places, dtype=np.int32),
        long_leg=np.zeros(places, dtype=np.int32),
        mark=np.zeros(places, dtype=np.int32),
        near_place=np.zeros(places**2, dtype=np.int32),
        near_leg=np.zeros(places**2, dtype=np.int32),
        near_count=np.zeros(places, dtype=np.int32),
        free_value=np.zeros(4 * states, dtype=np.int64),
        free_from=np.zeros(4 * states, dtype=np.int32),
        free_last=np.zeros(4 * states, dtype=np.int64),
        busy_value=np.zeros(2 * states, dtype=np.int64),
        busy_begin=np.zeros(2 * states, dtype=np.int32),
        busy_last=np.zeros(2 * states, dtype=np.int64),
        leaving=np.zeros(2 * states, dtype=np.int64),
        stops=stops_of(1, minutes)[0],
        open_until=np.zeros_like(cells.open_until),
    )


def drivable(legs: Small) -> Small:
    """Return legs in minutes with `FAR` where there is no way."""
    return np.ascontiguousarray(np.where(legs == UNREACHABLE, FAR, legs).astype(np.int32))


def roads_of(legs: Small, through: Small) -> Roads:
    """Return legs with their order.

    Parameters
    ----------
    legs : int32 array of shape (M, P, P)
    through : int32 array of shape (P,)
        Minutes that it takes to pass through each place: 0 but at stretches of street.
    """
    far = drivable(legs)
    away = np.sort(far, axis=2)
    near = [np.median(away[:, :, min(n, legs.shape[1] - 1)], axis=1) for n in NEAR]
    least = np.stack([_least(table.copy(), through) for table in far])
    return Roads(
        legs=far,
        least=least,
        back=np.ascontiguousarray(least.transpose(0, 2, 1)),
        order=np.argsort(far, axis=2, kind="stable").astype(np.int32),
        near=np.stack([*near, np.full(len(legs), FAR)], axis=1).astype(np.int64),
    )


def chains_of(roads: Roads, stretch: NDArray[np.bool_]) -> Small:
    """Return the least minutes (M, P, P) by chains of legs alone, from a stretch of street also back to itself.

    No visit is made on the way, so whoever has the time for such a way can drive it.
    """
    if not stretch.any():
        return roads.least
    through = np.where(stretch, FAR, 0).astype(np.int32)
    chains = np.stack([_least(table.copy(), through) for table in roads.legs])
    for p in np.flatnonzero(stretch):
        round_ = chains[:, p, ~stretch] + chains[:, ~stretch, p]
        chains[:, p, p] = round_.min(axis=1, initial=FAR)
    return chains


@allocating
def _least(legs: Small, through: Small) -> Small:
    """Return the least minutes by way of any places, in place (Floyd and Warshall)."""
    n = legs.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                legs[i, j] = min(legs[i, j], legs[i, k] + through[k] + legs[k, j])
    return legs


@compiled
def every_place(roads: Roads, trip: Trip, space: Workspace) -> int:
    """Make every place active that can be passed on `trip`; return how many."""
    n, there, back = 0, roads.least[trip.mode, trip.origin], roads.back[trip.mode, trip.destination]
    for p in range(there.size):
        if trip.begin + there[p] + back[p] <= trip.end:
            space.active[n] = p
            n += 1
    return n


@compiled
def best_path(
    cells: Cells,
    counts: Counts,
    roads: Roads,
    grid: int,
    trip: Trip,
    space: Workspace,
    n: int,
    whim: bool,
    rng: np.random.Generator,
) -> tuple[int, int]:
    """Find the best path of `trip` among the first `n` of ``space.active``, with both ends of the trip among them.

    Return how many stops it has in ``space.stops``, -1 if there is none, and what it earns.  A path earns nothing
    twice where its own visits linger; on a `whim` it is the best of what the whim allows, and what it earns is not
    known.
    """
    minutes = cells.open_until.shape[1]
    states = minutes * n
    standing = space.standing[:states].reshape((minutes, n))
    near_place, near_leg = space.near_place[: n * n].reshape((n, n)), space.near_leg[: n * n].reshape((n, n))
    free_value = space.free_value[: 4 * states].reshape((4, minutes, n))
    free_from = space.free_from[: 4 * states].reshape((4, minutes, n))
    free_last = space.free_last[: 4 * states].reshape((4, minutes, n))
    busy_value = space.busy_value[: 2 * states].reshape((2, minutes, n))
    busy_begin = space.busy_begin[: 2 * states].reshape((2, minutes, n))
    for a in range(n):
        space.local[space.active[a]] = a
    _neighbours(roads, trip, space, n, near_place, near_leg)
    _marks(cells.row_of, space, n)
    _totals(cells, counts, trip, space, n, standing)
    open_until = cells.open_until
    if whim and rng.random() < 0.5:
        make_dull(cells, trip, space, n, standing, rng)
    elif whim:
        close(cells, trip, space, n, rng)
        open_until = space.open_until
    free_value[2 * trip.paused : 2 * trip.pauses + 2, trip.begin : trip.end + 1] = NOTHING
    busy_value[trip.paused : trip.pauses + 1, trip.begin : trip.end + 1] = NOTHING
    origin, destination = space.local[trip.origin], space.local[trip.destination]
    layer = 2 * trip.paused + trip.passed
    free_value[layer, trip.begin, origin] = 0
    free_from[layer, trip.begin, origin] = _START
    free_last[layer, trip.begin, origin] = -1
    _sweep(
        space.free_value,
        space.free_from,
        space.free_last,
        space.busy_value,
        space.busy_begin,
        space.busy_last,
        space.leaving,
        space.standing,
        space.busy,
        space.linger,
        space.revisit,
        space.active,
        space.mark,
        space.near_place,
        space.near_leg,
        space.near_count,
        space.long_leg,
        space.home,
        cells.row_of,
        cells.shortest,
        cells.exact,
        cells.lingers,
        cells.everys,
        cells.standing_counts,
        cells.again,
        cells.stretch,
        open_until,
        trip.admitted,
        trip.pause_at,
        trip.pause_minutes,
        trip.pause_earliest,
        trip.pause_latest,
        trip.paused,
        trip.pauses,
        trip.begin,
        trip.end,
        origin,
        n,
        grid,
    )
    layer = 2 * trip.pauses
    done = free_value[layer + 1, trip.end, destination]
    if done > free_value[layer, trip.end, destination] and not cells.stretch[trip.destination]:
        layer += 1
    n_stops, worth = -1, int(free_value[layer, trip.end, destination])
    if worth > _FLOOR:
        legs = roads.legs[trip.mode]
        n_stops = _stops(cells, legs, grid, trip, space, layer, free_from, busy_begin)
    for a in range(n):
        space.local[space.active[a]] = -1
    return n_stops, worth


@compiled
def _neighbours(roads: Roads, trip: Trip, space: Workspace, n: int, near_place: Small, near_leg: Small) -> None:
    """List the places from which one may drive to each active place, the nearest first."""
    for b in range(n):
        p = space.active[b]
        space.home[b] = roads.back[trip.mode, trip.destination, p]
        longest = trip.end - trip.begin
        if p != trip.destination:
            longest = min(longest, trip.longest)
        count = 0
        for a in range(n):
            leg = roads.legs[trip.mode, space.active[a], p]
            if a == b or leg > longest:
                continue
            i = count
            while i > 0 and near_leg[b, i - 1] > leg:
                near_place[b, i], near_leg[b, i] = near_place[b, i - 1], near_leg[b, i - 1]
                i -= 1
            near_place[b, i], near_leg[b, i] = a, leg
            count += 1
        space.near_count[b] = count
        first = roads.legs[trip.mode, trip.origin, p]
        space.long_leg[b] = first if longest < first <= trip.end - trip.begin else 0


@compiled
def _marks(row_of: Small, space: Workspace, n: int) -> None:
    """Give each active place a mark; places of one hotspot have the same, others may if there are many."""
    for a in range(n):
        space.mark[a] = a % _MARKS
        row = row_of[space.active[a]]
        for b in range(a if row >= 0 else 0):
            if row_of[space.active[b]] == row:
                space.mark[a] = space.mark[b]
                break


@compiled
def _totals(cells: Cells, counts: Counts, trip: Trip, space: Workspace, n: int, standing: Ints) -> None:
    """Fill the running totals of what one more unit would earn between the two ends of `trip`."""
    begin, end = trip.begin, trip.end
    length, horizon = end - begin, cells.linger.shape[1]
    places = cells.row_of.size
    for a in range(n):
        p = space.active[a]
        worth, belongs = counts.standing[trip.mode * places + p, begin:end], trip.belongs[p]
        total = 0
        standing[begin, a] = 0
        for t in range(length):
            total += worth[t] + belongs
            standing[begin + t + 1, a] = total
        row, q = cells.row_of[p], cells.post_of[p]
        space.busy[a, begin] = 0
        busy = space.busy[a, begin + 1 : end + 1]
        if row >= 0:
            last = min(end + cells.lingers[p], horizon)
            _open(cells.presence[row, begin:end], counts.presence[row, begin:end], busy)
            space.linger[a, begin] = 0
            after = space.linger[a, begin + 1 : last + 1]
            _open(cells.linger[row, begin:last], counts.linger[row, begin:last], after)
            if cells.everys[p] > 0:
                last = min(end + cells.everys[p], horizon)
                space.revisit[a, begin] = 0
                after = space.revisit[a, begin + 1 : last + 1]
                _open(cells.revisit[row, begin:last], counts.revisit[row, begin:last], after)
        elif q >= 0:
            for t in range(length):
                lacks = counts.posts[q, begin + t] < cells.wanted[q, begin + t]
                busy[t] = cells.posts[q, begin + t] if lacks else 0
            for i in range(cells.watched_at[p], cells.watched_at[p + 1]):
                row = cells.watched[i]
                for t in range(length):
                    busy[t] += cells.presence[row, begin + t] if counts.presence[row, begin + t] == 0 else 0
            total = 0
            for t in range(length):
                total += busy[t]
                busy[t] = total


@compiled
def _open(worth: Ints, counts: NDArray[np.int16], row: Ints) -> None:
    """Fill `row` with the running total of what one unit more would earn in cells that count one."""
    total = 0
    for t in range(row.size):
        total += worth[t] if counts[t] == 0 else 0
        row[t] = total


@compiled
def _sweep(
    free_value: Ints,
    free_from: Small,
    free_last: Ints,
    busy_value: Ints,
    busy_begin: Small,
    busy_last: Ints,
    leaving: Ints,
    standing: Ints,
    busy: Ints,
    linger: Ints,
    revisit: Ints,
    active: Small,
    mark: Small,
    near_place: Small,
    near_leg: Small,
    near_count: Small,
    long_leg: Small,
    home: Small,
    row_of: Small,
    shortest: Small,
    exact: NDArray[np.bool_],
    lingers: Small,
    everys: Small,
    standing_counts: NDArray[np.bool_],
    again: NDArray[np.bool_],
    stretch: NDArray[np.bool_],
    open_until: Small,
    admitted: NDArray[np.bool_],
    pause_at: NDArray[np.bool_],
    pause_minutes: int,
    pause_earliest: int,
    pause_latest: int,
    paused: int,
    pauses: int,
    begin: int,
    trip_end: int,
    origin: int,
    n: int,
    grid: int,
) -> None:
    """Go through the minutes of a trip: to each of `n` places the best leg, and from there work, wait, pause, drive on.

    Everything is in one function, and plain arrays come in, because passing them on costs more than the work.
    Arrays of states are flat, and indices have no sign, as numba asks of each one with a sign whether it counts from
    the end.
    """
    minutes = open_until.shape[1]
    horizon, states = minutes - 1, minutes * n
    for t in range(begin, trip_end + 1, grid):
        minute = np.uint64(t)
        for k in range(paused, pauses + 1):
            fresh, done, at_work = 2 * k * states, (2 * k + 1) * states, k * states
            pausing = pause_minutes if k == 0 and pauses == 1 and t >= pause_earliest else 0
            if t > begin:
                for b in range(n):
                    here = np.uint64(b)
                    if t + home[here] > trip_end:
                        continue
                    best, who = np.int64(_FLOOR), np.int64(-1)
                    first = b * n
                    for i in range(first, first + near_count[here]):
                        leg = np.int64(near_leg[np.uint64(i)])
                        start = t - leg
                        if start < begin:
                            break
                        a, there = np.uint64(near_place[np.uint64(i)]), np.uint64(start * n)
                        middle = np.uint64((start + (leg + 1) // 2) * n)
                        value = leaving[np.uint64(at_work) + there + a] + standing[middle + a] - standing[middle + here]
                        who = np.int64(i) if value > best else who
                        best = max(value, best)
                    came, leg = np.int64(-1), np.int64(0)
                    if who >= 0:
                        came, leg = np.int64(near_place[np.uint64(who)]), np.int64(near_leg[np.uint64(who)])
                    if k == paused and long_leg[here] > 0 and t - long_leg[here] == begin:
                        middle = np.uint64((begin + (long_leg[here] + 1) // 2) * n)
                        from_origin = (
                            leaving[np.uint64(at_work + begin * n + origin)] + standing[middle + np.uint64(origin)]
                        )
                        value = from_origin - standing[middle + here]
                        if value > best:
                            best, came, leg = value, np.int64(origin), np.int64(long_leg[here])
                    into = np.uint64(fresh + t * n + b)
                    best += standing[np.uint64(t * n + b)]
                    if came >= 0 and best > free_value[into]:
                        came_from = np.int64(active[np.uint64(came)])
                        before = (t - leg) * n + came
                        was_done = (
                            stretch[np.uint64(came_from)]
                            or free_value[np.uint64(done + before)] > free_value[np.uint64(fresh + before)]
                        )
                        free_value[into] = best
                        free_from[into] = _TRAVEL + 8 * (4 * came_from + 2 * k + was_done)
                        free_last[into] = free_last[np.uint64((done if was_done else fresh) + before)]
            for index in range(n):
                a, now = np.uint64(index), t * n + index
                p = np.uint64(active[a])
                fresh_now, done_now = np.uint64(fresh + now), np.uint64(done + now)
                latest = trip_end - np.int64(home[a])
                value = busy_value[np.uint64(at_work + now)]
                if max(max(value, free_value[fresh_now]), free_value[done_now]) <= _FLOOR:
                    leaving[np.uint64(at_work + now)] = NOTHING
                    continue
                worth_standing = standing[np.uint64(now)]
                if value > _FLOOR:
                    ended = fresh_now if again[p] else done_now
                    if value > free_value[ended]:
                        free_value[ended] = value
                        free_from[ended] = _DONE
                        last = busy_last[np.uint64(at_work + now)]
                        marks = (last >> _MARKS_AT if last >= 0 else 0) | (1 << mark[a])
                        free_last[ended] = (marks << _MARKS_AT) | (k << _K_AT) | (t << _T_AT) | index
                    end: Whole = t + grid
                    if end <= latest and end <= open_until[p, minute] and not exact[p]:
                        later = np.uint64(end)
                        value += busy[a, later] - busy[a, minute]
                        if standing_counts[p]:
                            value += standing[np.uint64(end * n + index)] - worth_standing
                        reach, every = np.int64(lingers[p]), np.int64(everys[p])
                        if reach >= 0:
                            value += linger[a, np.uint64(min(end + reach, horizon))]
                            value -= linger[a, np.uint64(min(t + reach, horizon))]
                        if every > 0:
                            value += revisit[a, np.uint64(min(end + every, horizon))]
                            value -= revisit[a, np.uint64(min(t + every, horizon))]
                        then = np.uint64(at_work + end * n + index)
                        if value > busy_value[then]:
                            busy_value[then] = value
                            busy_begin[then] = busy_begin[np.uint64(at_work + now)]
                            busy_last[then] = busy_last[np.uint64(at_work + now)]
                free, been = free_value[fresh_now], free_value[done_now]
                work = np.int64(shortest[p])
                end = t + work
                if free > _FLOOR and work > 0 and end <= latest and end <= open_until[p, minute] and admitted[p]:
                    later, then = np.uint64(end), np.uint64(at_work + end * n + index)
                    value = free + busy[a, later] - busy[a, minute]
                    if standing_counts[p]:
                        value += standing[np.uint64(end * n + index)] - worth_standing
                    row = row_of[p]
                    if row >= 0:
                        reach, every = np.int64(lingers[p]), np.int64(everys[p])
                        until, until_due = min(end + reach, horizon), min(end + every, horizon)
                        value += linger[a, np.uint64(until)] - linger[a, minute]
                        if every > 0:
                            value += revisit[a, np.uint64(until_due)] - revisit[a, minute]
                        last = free_last[fresh_now]
                        if value > busy_value[then] and last >= 0 and (last >> (_MARKS_AT + mark[a])) & 1:
                            # Only what may be the best is worth a walk back along the path's own visits.
                            own = _own_end(busy_last, row_of, active, states, n, max(reach, every), last, row, t)
                            if own >= 0:
                                value -= linger[a, np.uint64(min(max(own + reach, t), until))] - linger[a, minute]
                                if every > 0:
                                    value -= (
                                        revisit[a, np.uint64(min(max(own + every, t), until_due))] - revisit[a, minute]
                                    )
                    if value > busy_value[then]:
                        busy_value[then] = value
                        busy_begin[then] = t
                        busy_last[then] = free_last[fresh_now]
                end = t + grid
                if end <= latest:
                    stood = standing[np.uint64(end * n + index)] - worth_standing
                    then = np.uint64(fresh + end * n + index)
                    if free > _FLOOR and free + stood > free_value[then]:
                        free_value[then] = free + stood
                        free_from[then] = _WAIT
                        free_last[then] = free_last[fresh_now]
                    then = np.uint64(done + end * n + index)
                    if been > _FLOOR and not stretch[p] and been + stood > free_value[then]:
                        free_value[then] = been + stood
                        free_from[then] = _WAIT
                        free_last[then] = free_last[done_now]
                was_done = stretch[p] or been > free
                ready = been if was_done else free
                leaving[np.uint64(at_work + now)] = ready - worth_standing
                if ready < _FLOOR:
                    continue
                end = t + pausing
                if pausing > 0 and pause_at[p] and end <= latest and end <= pause_latest:
                    then = np.uint64(2 * states + end * n + index)
                    if ready > free_value[then]:
                        free_value[then] = ready
                        free_from[then] = _PAUSE + 8 * (2 * k + was_done)
                        free_last[then] = free_last[done_now if was_done else fresh_now]


@compiled
def _own_end(
    busy_last: Ints, row_of: Small, active: Small, states: int, n: int, reach: Whole, last: int, row: int, t: int
) -> int:
    """Return when the path's own last visit of `row` ended, or -1 where that is of no matter at `t`.

    The walk along the path's visits ends at the last one of the row, or where none can still reach to `t`.
    """
    while last >= 0:
        k, end, a = (last >> _K_AT) & 1, (last >> _T_AT) & _T_MASK, last & _PLACE_MASK
        if end + reach <= t:
            break
        if row_of[np.uint64(active[np.uint64(a)])] == row:
            return int(end)
        last = busy_last[np.uint64(k * states + end * n + a)]
    return -1


@compiled
def _stops(
    cells: Cells,
    legs: Small,
    grid: int,
    trip: Trip,
    space: Workspace,
    layer: int,
    free_from: Small,
    busy_begin: Small,
) -> int:
    """Walk the best path back and write its stops in order of time; return how many there are.

    The stops lie between the two ends of the trip.  Places passed without a stop are written as standby of
    length 0, except at the two ends; waits in a row are one stop, and so are stints.
    """
    stops, n = space.stops, 0
    t, p = trip.end, trip.destination
    while True:
        a = space.local[p]
        way = free_from[layer, t, a]
        step = way % 8
        if step == _START:
            break
        if step == _DONE:
            begin = busy_begin[layer // 2, t, a]
            kind = TASK if cells.exact[p] else VISIT if cells.row_of[p] >= 0 else STINT
            n = _write(stops, n, p, kind, begin, t)
            t = begin
            layer = layer // 2 * 2
        elif step == _WAIT:
            n = _write(stops, n, p, STANDBY, t - grid, t)
            t -= grid
        elif step == _PAUSE:
            n = _write(stops, n, p, BREAK, t - trip.pause_minutes, t)
            t -= trip.pause_minutes
            layer = way // 8
        else:
            origin = way // 8 // 4
            layer = way // 8 % 4
            t -= legs[origin, p]
            p = origin
            before = free_from[layer, t, space.local[p]] % 8
            if before == _TRAVEL:
                n = _write(stops, n, p, STANDBY, t, t)
    for i in range(n // 2):
        for j in range(4):
            kept = stops[i, j]
            stops[i, j] = stops[n - 1 - i, j]
            stops[n - 1 - i, j] = kept
    return n


@compiled
def _write(stops: Small, n: int, place: int, kind: int, arrive: int, leave: int) -> int:
    """Append a stop, or lengthen the one before (that is later) by a wait or stint; return the number of stops."""
    if n > 0 and arrive < leave and kind in (STANDBY, STINT):
        later = stops[n - 1]
        if later[0] == place and later[1] == kind and later[2] == leave:
            later[2] = arrive
            return n
    stops[n, 0], stops[n, 1], stops[n, 2], stops[n, 3] = place, kind, arrive, leave
    return n + 1

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

from solver.compiled import compiled
from solver.cover import Cells, Counts, Ints, Small
from solver.problem import UNREACHABLE
from solver.route_arrays import BREAK, STANDBY, STINT, TASK, VISIT, stops_of
from solver.whims import close, make_dull

FAR = 10**6
"""Minutes between places without a way."""

NEAR = (10, 25)
"""How many places are near."""

NOTHING = -(2**62)
"""Value of a state that no path reaches; so is anything below half of it."""

_FLOOR = NOTHING // 2

_K_BIT, _T_BIT = 56, 28
_MASK = 2**28 - 1
"""A visit's number in a path holds whether the break was taken, the minute of its end, and the active place."""

_START, _WAIT, _TRAVEL, _DONE, _PAUSE = 0, 1, 2, 3, 4


class Roads(NamedTuple):
    """Legs in minutes (M, P, P), `FAR` where there is no way, and for each place all places, the nearest first.

    `least` (M, P, P) is the least number of minutes by way of any places, along stretches of street by the least of
    visits; it equals `legs` where these keep the triangle inequality, as road networks do and problems written by
    hand may not.  `near` (M, 3) are lengths of legs within which there are, from most places, `NEAR` others; the last
    is `FAR`.
    """

    legs: Small
    least: Small
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
    places to look at before others, because what is to be done better was done there.  Running
    totals over minutes: `standing` of what an available unit earns, shape (T + 1, N); `busy` of presence or post
    cells, `linger` and `revisit`, shape (N, T + 1).  Of each active place `home` (N,) is the least number of
    minutes to the destination, `long_leg` (N,) its leg from the origin where that is longer than others may be, else
    0; `near_place` and `near_leg` (N, N) list the places from which one may drive to it, the nearest first, and
    `near_count` (N,) how many.  Free states, shape (4, T + 1, N), in layers: fresh
    and done before the break, fresh and done after it; busy states, shape (2, T + 1, N), before and after it: values,
    ways in, last visit, and for busy states the begin of the work and the visit before it.  `leaving` (2, T + 1, N)
    is the better of fresh and done, less what standing there since the begin would have earned.  `stops` (S, 4)
    receives the path: place, kind, arrive, leave.  What depends on N is kept flat.  `open_until` is that of `Cells`
    with what a whim closes.
    """

    active: Small
    local: Small
    freed: NDArray[np.bool_]
    standing: Ints
    busy: Ints
    linger: Ints
    revisit: Ints
    home: Small
    long_leg: Small
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
        standing=np.zeros(states, dtype=np.int64),
        busy=np.zeros(totals, dtype=np.int64),
        linger=np.zeros(totals, dtype=np.int64),
        revisit=np.zeros(totals, dtype=np.int64),
        home=np.zeros(places, dtype=np.int32),
        long_leg=np.zeros(places, dtype=np.int32),
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
    return Roads(
        legs=far,
        least=np.stack([_least(table.copy(), through) for table in far]),
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


@compiled
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
    n, least = 0, roads.least[trip.mode]
    for p in range(least.shape[0]):
        if trip.begin + least[trip.origin, p] + least[p, trip.destination] <= trip.end:
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
    busy_last = space.busy_last[: 2 * states].reshape((2, minutes, n))
    leaving = space.leaving[: 2 * states].reshape((2, minutes, n))
    for a in range(n):
        space.local[space.active[a]] = a
    _neighbours(roads, trip, space, n, near_place, near_leg)
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
    for t in range(trip.begin, trip.end + 1, grid):
        for k in range(trip.paused, trip.pauses + 1):
            pause_minutes = trip.pause_minutes if k == 0 and trip.pauses == 1 and t >= trip.pause_earliest else 0
            if t > trip.begin:
                _arrive(
                    free_value,
                    free_from,
                    free_last,
                    leaving,
                    standing,
                    space.active,
                    near_place,
                    near_leg,
                    space.near_count,
                    space.long_leg if k == trip.paused else space.near_count[:0],
                    space.home,
                    cells.stretch,
                    k,
                    t,
                    origin,
                    trip.begin,
                    trip.end,
                )
            _leave_states(
                free_value,
                free_from,
                free_last,
                busy_value,
                busy_begin,
                busy_last,
                leaving,
                standing,
                space.busy,
                space.linger,
                space.revisit,
                space.active,
                cells.row_of,
                cells.shortest,
                cells.exact,
                cells.lingers,
                cells.everys,
                cells.standing_counts,
                cells.again,
                cells.stretch,
                open_until,
                space.home,
                trip.admitted,
                trip.pause_at,
                grid,
                k,
                t,
                trip.end,
                pause_minutes,
                trip.pause_latest,
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
        space.home[b] = roads.least[trip.mode, p, trip.destination]
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
def _arrive(
    free_value: Ints,
    free_from: Small,
    free_last: Ints,
    leaving: Ints,
    standing: Ints,
    active: Small,
    near_place: Small,
    near_leg: Small,
    near_count: Small,
    long_leg: Small,
    home: Small,
    stretch: NDArray[np.bool_],
    k: int,
    t: int,
    origin: int,
    begin: int,
    trip_end: int,
) -> None:
    """Find the best leg to each place that ends at minute `t`, break taken or not by `k`; the one hot loop.

    Plain arrays come in, not the tuples that hold them, because passing tuples costs more than the work.
    """
    n = standing.shape[1]
    fresh, done = 2 * k, 2 * k + 1
    left = leaving[k]
    for b in range(n):
        if t + home[b] > trip_end:
            continue
        best, who = np.int64(_FLOOR), np.int64(-1)
        for i in range(near_count[b]):
            leg = np.int64(near_leg[b, i])
            start = t - leg
            if start < begin:
                break
            a, there, middle = np.uint64(near_place[b, i]), np.uint64(start), np.uint64(start + (leg + 1) // 2)
            value = left[there, a] + standing[middle, a] - standing[middle, b]
            who = np.int64(i) if value > best else who
            best = max(value, best)
        if long_leg.size > 0 and long_leg[b] > 0 and t - long_leg[b] == begin:
            middle = np.uint64(begin + (long_leg[b] + 1) // 2)
            value = left[begin, origin] + standing[middle, origin] - standing[middle, b]
            if value > best:
                best, who = value, np.int64(n)
        best += standing[t, b]
        if who >= 0 and best > free_value[fresh, t, b]:
            came = origin if who == n else near_place[b, who]
            left_at = t - (long_leg[b] if who == n else near_leg[b, who])
            p = active[came]
            layer = done if stretch[p] or free_value[done, left_at, came] > free_value[fresh, left_at, came] else fresh
            free_value[fresh, t, b] = best
            free_from[fresh, t, b] = _TRAVEL + 8 * (4 * p + layer)
            free_last[fresh, t, b] = free_last[layer, left_at, came]


@compiled
def _leave_states(
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
    row_of: Small,
    shortest: Small,
    exact: NDArray[np.bool_],
    lingers: Small,
    everys: Small,
    standing_counts: NDArray[np.bool_],
    again: NDArray[np.bool_],
    stretch: NDArray[np.bool_],
    open_until: Small,
    home: Small,
    admitted: NDArray[np.bool_],
    pause_at: NDArray[np.bool_],
    grid: int,
    k: int,
    t: int,
    trip_end: int,
    pause_minutes: int,
    pause_latest: int,
) -> None:
    """Go on from the states at minute `t`, break taken or not by `k`: work, wait, pause, and be ready to drive."""
    n_minutes, n = standing.shape
    horizon = n_minutes - 1
    fresh, done = 2 * k, 2 * k + 1
    for a in range(n):
        p = active[a]
        latest = trip_end - home[a]
        value = busy_value[k, t, a]
        if value > _FLOOR:
            layer = fresh if again[p] else done
            if value > free_value[layer, t, a]:
                free_value[layer, t, a] = value
                free_from[layer, t, a] = _DONE
                free_last[layer, t, a] = (k << _K_BIT) | (t << _T_BIT) | a
            end = t + grid
            if end <= latest and end <= open_until[p, t] and not exact[p]:
                value += busy[a, end] - busy[a, t]
                if standing_counts[p]:
                    value += standing[end, a] - standing[t, a]
                if lingers[p] >= 0:
                    value += linger[a, min(end + lingers[p], horizon)] - linger[a, min(t + lingers[p], horizon)]
                if everys[p] > 0:
                    value += revisit[a, min(end + everys[p], horizon)] - revisit[a, min(t + everys[p], horizon)]
                if value > busy_value[k, end, a]:
                    busy_value[k, end, a] = value
                    busy_begin[k, end, a] = busy_begin[k, t, a]
                    busy_last[k, end, a] = busy_last[k, t, a]
        free = free_value[fresh, t, a]
        end = t + shortest[p]
        if free > _FLOOR and shortest[p] > 0 and end <= latest and end <= open_until[p, t] and admitted[p]:
            value = free + busy[a, end] - busy[a, t]
            if standing_counts[p]:
                value += standing[end, a] - standing[t, a]
            if row_of[p] >= 0:
                until, until_due = min(end + lingers[p], horizon), min(end + everys[p], horizon)
                value += linger[a, until] - linger[a, t]
                if everys[p] > 0:
                    value += revisit[a, until_due] - revisit[a, t]
                if value > busy_value[k, end, a]:
                    # Only what may be the best is worth a walk back along the path's own visits.
                    reach = max(lingers[p], everys[p])
                    last = free_last[fresh, t, a]
                    own = _own_end(busy_last, row_of, active, reach, last, row_of[p], t)
                    value -= linger[a, min(max(own + lingers[p], t), until)] - linger[a, t]
                    if everys[p] > 0:
                        value -= revisit[a, min(max(own + everys[p], t), until_due)] - revisit[a, t]
            if value > busy_value[k, end, a]:
                busy_value[k, end, a] = value
                busy_begin[k, end, a] = t
                busy_last[k, end, a] = free_last[fresh, t, a]
        end = t + grid
        if end <= latest:
            for layer in range(fresh, done + 1 - stretch[p]):
                value = free_value[layer, t, a]
                if value > _FLOOR:
                    value += standing[end, a] - standing[t, a]
                    if value > free_value[layer, end, a]:
                        free_value[layer, end, a] = value
                        free_from[layer, end, a] = _WAIT
                        free_last[layer, end, a] = free_last[layer, t, a]
        layer = done if stretch[p] or free_value[done, t, a] > free else fresh
        free, last = free_value[layer, t, a], free_last[layer, t, a]
        leaving[k, t, a] = free - standing[t, a]
        if free < _FLOOR:
            continue
        end = t + pause_minutes
        if pause_minutes > 0 and pause_at[p] and end <= min(latest, pause_latest) and free > free_value[2, end, a]:
            free_value[2, end, a] = free
            free_from[2, end, a] = _PAUSE + 8 * layer
            free_last[2, end, a] = last


@compiled
def _own_end(busy_last: Ints, row_of: Small, active: Small, reach: int, last: int, row: int, t: int) -> int:
    """Return when the path's own last visit of `row` ended, or long ago where that is of no matter at `t`.

    The walk along the path's visits ends at the last one of the row, or where none can still reach to `t`.
    """
    while last >= 0:
        k, end, a = last >> _K_BIT, (last >> _T_BIT) & _MASK, last & _MASK
        if end + reach <= t:
            break
        if row_of[active[a]] == row:
            return int(end)
        last = busy_last[k, end, a]
    return -FAR


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

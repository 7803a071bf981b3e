"""The best path of one unit through space and time, against what the other units cover already.

`best_path` is an exact longest path by dynamic programming over (minute, place, break taken or not), forward
in time on the grid.  A state is *fresh* (the unit may wait, leave, begin a visit or stint, or take its
break), *busy* (on a visit or stint that has lasted long enough to count) or *done* (a visit has just ended,
so that all but beginning another one here is possible).  One label is kept a state; a label remembers the
last visit of its own path, so that a path earns nothing twice by coming back to a hotspot whose effect still
lingers.  With that memory the value of every label is exact, while the choice between labels looks at
values alone.

Gains come from running totals along time, so that a leg, a wait, a visit cost a few look-ups each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.cover import Cells, Counts, Ints, Small
from solver.problem import UNREACHABLE
from solver.route_arrays import BREAK, STANDBY, STINT, VISIT, stops_of

FAR = 10**6
"""Minutes between places without a way."""

FEW = 25
"""Up to so many places every arc is used."""

NOTHING = -(2**62)
"""Value of a state that no path reaches; so is anything below half of it."""

_FLOOR = NOTHING // 2

_START, _WAIT, _TRAVEL, _DONE, _PAUSE = 0, 1, 2, 3, 4
_GOES_ON = -1


class Roads(NamedTuple):
    """Legs in minutes (M, P, P), `FAR` where there is no way, and the arcs worth driving along.

    The arcs of mode m and place p lead to ``arcs[arcs_at[m, p]:arcs_at[m, p + 1]]``, the shortest first; the
    minutes of each are ``lengths[arc_length]``, and the lengths of mode m ``lengths[lengths_at[m]:lengths_at[m + 1]]``.
    `least` (M, P, P) is
    the least number of minutes by way of any places; it equals `legs` where these keep the triangle
    inequality, as road networks do and problems written by hand may not.
    """

    legs: Small
    least: Small
    arcs: Ints
    arc_length: Ints
    arcs_at: Small
    lengths: Ints
    lengths_at: Small


class Task(NamedTuple):
    """One unit's path to find: from `origin` at `begin` to `destination` at `end`.

    `paused` and `pauses` say whether the break is behind the unit at the begin and at the end.  A break is
    `pause_minutes` within ``[pause_earliest, pause_latest]`` at a place of `pause_at` (P,).  `admitted` (P,)
    is False at posts where the unit may not stand.
    """

    mode: int
    origin: int
    begin: int
    destination: int
    end: int
    paused: int
    pauses: int
    pause_minutes: int
    pause_earliest: int
    pause_latest: int
    pause_at: NDArray[np.bool_]
    admitted: NDArray[np.bool_]


class Workspace(NamedTuple):
    """Arrays that `best_path` uses again and again.

    Running totals over minutes: `standing` of response and backup, shape (T + 1, P); `busy` of presence or
    post cells and `linger`, shape (P, T + 1); `row` is one of them in the making.  `inbound` (arc lengths, P): what the
    second half of each leg that begins now would earn.  Free states, shape
    (4, T + 1, P), in layers: fresh and done before the break, fresh and done after it; busy states, shape
    (2, T + 1, P), before and after it: values, ways in, last visit, and for busy states the begin of the
    visit.  `open_first`, `open_second` (D, T): what one more unit would earn at each demand point.  `stops`
    (N, 4) receives the path: place, kind, arrive, leave.
    """

    standing: Ints
    busy: Ints
    linger: Ints
    row: Ints
    inbound: Ints
    open_first: Ints
    open_second: Ints
    free_value: Ints
    free_from: Small
    free_last: Small
    busy_value: Ints
    busy_begin: Small
    active: Small
    stops: Small


def workspace_of(cells: Cells, roads: Roads) -> Workspace:
    """Return the arrays for paths through `cells` along `roads`."""
    places, minutes = cells.hotspot_of.size, cells.response.shape[1]
    totals = (places, minutes + 1)
    free, busy = (4, minutes + 1, places), (2, minutes + 1, places)
    return Workspace(
        standing=np.zeros(totals[::-1], dtype=np.int64),
        busy=np.zeros(totals, dtype=np.int64),
        linger=np.zeros(totals, dtype=np.int64),
        row=np.zeros(minutes, dtype=np.int64),
        inbound=np.zeros((len(roads.lengths), places), dtype=np.int64),
        open_first=np.zeros(cells.response.shape, dtype=np.int64),
        open_second=np.zeros(cells.response.shape, dtype=np.int64),
        free_value=np.full(free, NOTHING, dtype=np.int64),
        free_from=np.zeros(free, dtype=np.int32),
        free_last=np.zeros(free, dtype=np.int32),
        busy_value=np.full(busy, NOTHING, dtype=np.int64),
        busy_begin=np.zeros(busy, dtype=np.int32),
        active=np.zeros(places, dtype=np.int32),
        stops=stops_of(1, minutes)[0],
    )


def roads_of(legs: Small, *, every: bool = False) -> Roads:
    """Return legs with the arcs worth driving along, or with `every` arc.

    Among more than `FEW` places an arc is left out where going by way of a third place takes no longer: the
    chain reaches the same states in a fraction of the arcs.  It may count from other places on the way, so a
    path by the direct leg can be worth a little more; `solver.search.Search.simplify` looks for such at the end.

    Parameters
    ----------
    legs : int32 array of shape (M, P, P)
    """
    far = np.where(legs == UNREACHABLE, FAR, legs).astype(np.int32)
    least = np.empty_like(far)
    arcs: list[Ints] = []
    arc_length: list[Ints] = []
    lengths: list[Ints] = []
    at = np.zeros((legs.shape[0], legs.shape[1] + 1), dtype=np.int32)
    lengths_at = np.zeros(legs.shape[0] + 1, dtype=np.int32)
    for m in range(legs.shape[0]):
        least[m] = _least(far[m].copy())
        if every or len(far[m]) <= FEW:
            needed = (far[m] < FAR) & ~np.eye(len(far[m]), dtype=np.bool_)
        else:
            needed = _needed_arcs(far[m])
        origin, destination = np.nonzero(needed)
        order = np.lexsort((destination, far[m][needed], origin))
        found, index = np.unique(far[m][needed][order], return_inverse=True)
        at[m] = len(np.concatenate([[], *arcs])) + np.searchsorted(origin, np.arange(legs.shape[1] + 1))
        arcs.append(destination[order].astype(np.int64))
        arc_length.append(index.ravel().astype(np.int64) + lengths_at[m])
        lengths.append(found.astype(np.int64))
        lengths_at[m + 1] = lengths_at[m] + len(found)
    return Roads(
        legs=np.ascontiguousarray(far),
        least=least,
        arcs=np.concatenate(arcs),
        arc_length=np.concatenate(arc_length),
        arcs_at=at,
        lengths=np.concatenate(lengths),
        lengths_at=lengths_at,
    )


@compiled
def _least(legs: Small) -> Small:
    """Return the least minutes by way of any places, in place (Floyd and Warshall)."""
    n = legs.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                legs[i, j] = min(legs[i, j], legs[i, k] + legs[k, j])
    return legs


@compiled
def _needed_arcs(legs: Small) -> NDArray[np.bool_]:
    """Return which arcs no third place makes unnecessary."""
    n = legs.shape[0]
    needed = np.zeros((n, n), dtype=np.bool_)
    for i in range(n):
        for j in range(n):
            if i == j or legs[i, j] >= FAR:
                continue
            needed[i, j] = True
            for k in range(n):
                if k not in (i, j) and legs[i, k] + legs[k, j] <= legs[i, j]:
                    needed[i, j] = False
                    break
    return needed


@compiled
def best_path(
    cells: Cells, counts: Counts, roads: Roads, grid: int, task: Task, space: Workspace, remember: bool
) -> tuple[int, int]:
    """Find the best path of `task`: its value, and how many stops it has in ``space.stops``, -1 if there is none.

    With `remember` a path earns nothing twice where its own visits linger.  Without, it may, and no path is
    worth more than the one returned.
    """
    least = roads.least[task.mode]
    n_active = _active(least, task, space)
    _totals(cells, counts, task, space, n_active)
    for layer in range(4):
        for t in range(task.begin, task.end + 1, grid):
            for i in range(n_active):
                space.free_value[layer, t, space.active[i]] = NOTHING
                space.busy_value[layer // 2, t, space.active[i]] = NOTHING
    layer = 2 * task.paused
    space.free_value[layer, task.begin, task.origin] = 0
    space.free_from[layer, task.begin, task.origin] = _START
    space.free_last[layer, task.begin, task.origin] = -1
    for t in range(task.begin, task.end + 1, grid):
        _inbound(roads, least[:, task.destination], task, space, t)
        for k in range(task.paused, task.pauses + 1):
            _leave_states(
                space.free_value,
                space.free_from,
                space.free_last,
                space.busy_value,
                space.busy_begin,
                space.standing,
                space.busy,
                space.linger,
                space.active[:n_active],
                cells.shortest,
                cells.lingers,
                cells.standing_counts,
                space.inbound,
                roads.arcs,
                roads.arc_length,
                roads.arcs_at[task.mode],
                roads.lengths,
                least[:, task.destination],
                task.admitted,
                task.pause_at,
                grid,
                remember,
                k,
                t,
                task.end,
                task.pause_minutes if k == 0 and task.pauses == 1 and t >= task.pause_earliest else 0,
                task.pause_latest,
            )
    layer = 2 * task.pauses
    if space.free_value[layer + 1, task.end, task.destination] > space.free_value[layer, task.end, task.destination]:
        layer += 1
    if space.free_value[layer, task.end, task.destination] < _FLOOR:
        return 0, -1
    value = space.free_value[layer, task.end, task.destination]
    return value, _stops(cells, roads.legs[task.mode], grid, task, space, layer)


@compiled
def _active(least: Small, task: Task, space: Workspace) -> int:
    """List the places that can be passed between the two ends of `task`; return how many."""
    n = 0
    for p in range(least.shape[0]):
        if task.begin + least[task.origin, p] + least[p, task.destination] <= task.end:
            space.active[n] = p
            n += 1
    return n


@compiled
def _totals(cells: Cells, counts: Counts, task: Task, space: Workspace, n_active: int) -> None:
    """Fill the running totals of what one more unit would earn between the two ends of `task`."""
    begin, end = task.begin, task.end
    length = end - begin
    horizon = cells.response.shape[1]
    for d in range(cells.response.shape[0]):
        worth, covered, row = cells.response[d, begin:end], counts.response[d, begin:end], space.open_first[d]
        for t in range(length):
            row[t] = worth[t] if covered[t] == 0 else 0
        worth, covered, row = cells.backup[d, begin:end], counts.backup[d, begin:end], space.open_second[d]
        for t in range(length):
            row[t] = worth[t] if covered[t] < 2 else 0
    for a in range(n_active):
        p = space.active[a]
        row = space.row[:length]
        for t in range(length):
            row[t] = 0
        for i in range(cells.first_at[task.mode, p], cells.first_at[task.mode, p + 1]):
            extra = space.open_first[cells.first[i]]
            for t in range(length):
                row[t] += extra[t]
        for i in range(cells.second_at[task.mode, p], cells.second_at[task.mode, p + 1]):
            extra = space.open_second[cells.second[i]]
            for t in range(length):
                row[t] += extra[t]
        total = 0
        space.standing[begin, p] = 0
        for t in range(length):
            total += row[t]
            space.standing[begin + t + 1, p] = total
        h, q = cells.hotspot_of[p], cells.post_of[p]
        space.busy[p, begin] = 0
        if h >= 0:
            last = min(end + cells.lingers[p], horizon)
            space.linger[p, begin] = 0
            row = space.busy[p, begin + 1 : end + 1]
            for t in range(length):
                row[t] = cells.presence[h, begin + t] if counts.presence[h, begin + t] == 0 else 0
            _run(row)
            row = space.linger[p, begin + 1 : last + 1]
            for t in range(last - begin):
                row[t] = cells.linger[h, begin + t] if counts.linger[h, begin + t] == 0 else 0
            _run(row)
        elif q >= 0:
            row = space.busy[p, begin + 1 : end + 1]
            for t in range(length):
                lacks = counts.posts[q, begin + t] < cells.wanted[q, begin + t]
                row[t] = cells.posts[q, begin + t] if lacks else 0
            _run(row)


@compiled
def _run(row: Ints) -> None:
    """Turn gains into their running total, in place."""
    total = 0
    for t in range(row.size):
        total += row[t]
        row[t] = total


@compiled
def _leave_states(
    free_value: Ints,
    free_from: Small,
    free_last: Small,
    busy_value: Ints,
    busy_begin: Small,
    standing: Ints,
    busy: Ints,
    linger: Ints,
    active: Small,
    shortest: Small,
    lingers: Small,
    standing_counts: NDArray[np.bool_],
    inbound: Ints,
    arcs: Ints,
    arc_length: Ints,
    arcs_at: Small,
    lengths: Ints,
    home: Small,
    admitted: NDArray[np.bool_],
    pause_at: NDArray[np.bool_],
    grid: int,
    remember: bool,
    k: int,
    t: int,
    task_end: int,
    pause_minutes: int,
    pause_latest: int,
) -> None:
    """Relax every way out of the states at minute `t`, break taken or not by `k`; the one hot loop.

    Plain arrays come in, not the tuples that hold them, because passing tuples costs more than the work.
    """
    n_minutes, n_places = standing.shape
    horizon = n_minutes - 1
    fresh, done = 2 * k, 2 * k + 1
    for p in active:
        latest = task_end - home[p]
        value = busy_value[k, t, p]
        if value > _FLOOR:
            layer = done if lingers[p] >= 0 else fresh
            if value > free_value[layer, t, p]:
                free_value[layer, t, p] = value
                free_from[layer, t, p] = _DONE
                free_last[layer, t, p] = (k * n_minutes + t) * n_places + p
            end = t + grid
            if end <= latest:
                value += busy[p, end] - busy[p, t]
                if standing_counts[p]:
                    value += standing[end, p] - standing[t, p]
                if lingers[p] >= 0:
                    value += linger[p, min(end + lingers[p], horizon)] - linger[p, min(t + lingers[p], horizon)]
                if value > busy_value[k, end, p]:
                    busy_value[k, end, p] = value
                    busy_begin[k, end, p] = busy_begin[k, t, p]
        free = free_value[fresh, t, p]
        end = t + shortest[p]
        if free > _FLOOR and shortest[p] > 0 and end <= latest and admitted[p]:
            value = free + busy[p, end] - busy[p, t]
            if standing_counts[p]:
                value += standing[end, p] - standing[t, p]
            if lingers[p] >= 0:
                own = t
                if remember:
                    last = free_last[fresh, t, p]
                    own = _own_until(free_last, busy_begin, n_minutes, n_places, lingers[p], last, p, t)
                until = min(end + lingers[p], horizon)
                value += linger[p, until] - linger[p, min(own, until)]
            if value > busy_value[k, end, p]:
                busy_value[k, end, p] = value
                busy_begin[k, end, p] = t
        end = t + grid
        if end <= latest:
            for layer in range(fresh, done + 1):
                value = free_value[layer, t, p]
                if value > _FLOOR:
                    value += standing[end, p] - standing[t, p]
                    if value > free_value[layer, end, p]:
                        free_value[layer, end, p] = value
                        free_from[layer, end, p] = _WAIT
                        free_last[layer, end, p] = free_last[layer, t, p]
        layer = done if free_value[done, t, p] > free else fresh
        free, last = free_value[layer, t, p], free_last[layer, t, p]
        if free < _FLOOR:
            continue
        end = t + pause_minutes
        if pause_minutes > 0 and pause_at[p] and end <= min(latest, pause_latest) and free > free_value[2, end, p]:
            free_value[2, end, p] = free
            free_from[2, end, p] = _PAUSE + 8 * layer
            free_last[2, end, p] = last
        base = free - standing[t, p]
        i, after = arcs_at[p], arcs_at[p + 1]
        while i < after:
            length = arc_length[i]
            leg = lengths[length]
            if t + leg > task_end:
                break
            arrive = np.uint64(t + leg)
            outbound = base + standing[t + (leg + 1) // 2, p]
            way = _TRAVEL + 8 * (4 * p + layer)
            while i < after and arc_length[np.uint64(i)] == length:
                q = np.uint64(arcs[np.uint64(i)])
                value = outbound + inbound[np.uint64(length), q]
                if value > free_value[fresh, arrive, q]:
                    free_value[fresh, arrive, q] = value
                    free_from[fresh, arrive, q] = way
                    free_last[fresh, arrive, q] = last
                i += 1


@compiled
def _inbound(roads: Roads, home: Small, task: Task, space: Workspace, t: int) -> None:
    """Fill what the second half of each leg that begins at minute `t` earns, by its length and destination."""
    for i in range(roads.lengths_at[task.mode], roads.lengths_at[task.mode + 1]):
        leg = roads.lengths[i]
        arrive, middle = t + leg, t + (leg + 1) // 2
        if arrive > task.end:
            break
        for q in range(home.size):
            inbound = space.standing[arrive, q] - space.standing[middle, q]
            space.inbound[i, q] = inbound if arrive + home[q] <= task.end else NOTHING


@compiled
def _own_until(
    free_last: Small, busy_begin: Small, n_minutes: int, n_places: int, lingers: int, last: int, p: int, t: int
) -> int:
    """Return until when the path's own earlier visits cover place `p`, at least `t`.

    The walk along the path's visits ends at the last one of `p`, or where none can still linger at `t`.
    """
    while last >= 0:
        place, rest = last % n_places, last // n_places
        end, k = rest % n_minutes, rest // n_minutes
        if end + lingers <= t:
            break
        if place == p:
            return end + lingers
        last = free_last[2 * k, busy_begin[k, end, place], place]
    return t


@compiled
def _stops(cells: Cells, legs: Small, grid: int, task: Task, space: Workspace, layer: int) -> int:
    """Walk the best path back and write its stops in order of time; return how many there are.

    The stops lie between the two ends of the task.  Places passed without a stop are written as standby of
    length 0, except at the two ends; waits in a row are one stop.
    """
    stops, n = space.stops, 0
    t, p = task.end, task.destination
    while True:
        way = space.free_from[layer, t, p]
        step = way % 8
        if step == _START:
            break
        if step == _DONE:
            begin = space.busy_begin[layer // 2, t, p]
            kind = VISIT if cells.hotspot_of[p] >= 0 else STINT
            if n > 0 and stops[n - 1, 0] == p and stops[n - 1, 1] == kind and stops[n - 1, 2] == t:
                stops[n - 1, 2] = begin
            else:
                n = _write(stops, n, p, kind, begin, t)
            t = begin
            layer = layer // 2 * 2
        elif step == _WAIT:
            if n > 0 and stops[n - 1, 0] == p and stops[n - 1, 1] == STANDBY and stops[n - 1, 2] == t:
                stops[n - 1, 2] = t - grid
            else:
                n = _write(stops, n, p, STANDBY, t - grid, t)
            t -= grid
        elif step == _PAUSE:
            n = _write(stops, n, p, BREAK, t - task.pause_minutes, t)
            t -= task.pause_minutes
            layer = way // 8
        else:
            origin = way // 8 // 4
            layer = way // 8 % 4
            t -= legs[origin, p]
            p = origin
            before = space.free_from[layer, t, p] % 8
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
    """Append a stop; return the number of stops."""
    stops[n, 0], stops[n, 1], stops[n, 2], stops[n, 3] = place, kind, arrive, leave
    return n + 1

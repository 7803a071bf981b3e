"""The loop of events: calls come in, units are sent, serve, and go on with their plans; compiled.

Everything that is compiled stands in this one file, with the arrays that it takes, so that machine code on disk is
never older than what it was made from.  The rules are told in ``docs/simulation.md``; ``tests/slow_simulation.py`` is
the same page read literally, second by second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled

Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]

VISIT, STINT, BREAK, STANDBY, TASK = range(5)
"""Kinds of stops, in the order of `solver.plan.STOP_KINDS`."""

NEVER = 2**62
"""A time that does not come."""

SERIOUS_FIRST, SERIOUS_SECOND, ORDINARY = range(3)
"""For what a unit is wanted, the most pressing first."""


class Timetable(NamedTuple):
    """What U units do, their N stops one after the other; times in seconds unless said otherwise.

    `first` (U + 1) says where the stops of each unit begin; `mode` is an index into the tables of `Town`; a unit is on
    duty from `on` to `off`.  Of each stop: its `place`, `kind` (index into `STOP_KINDS`), planned `arrive` and `leave`,
    the `least` time it takes, the times within which it must lie (visit: `opens`, `closes`) or up to which it may begin
    (break, task: `closes`), the minutes in which it counts if nothing disturbs it (`count_from`, `count_to`, none where
    it breaks a rule), `what` it is of (index of the hotspot, post or task), whether nobody is sent from it (`closed`),
    and the known points of the `leg` to it (index into `Town.leg_first`, -1 where there are none).
    """

    first: Ints
    mode: Ints
    on: Ints
    off: Ints
    place: Ints
    kind: Ints
    arrive: Ints
    leave: Ints
    least: Ints
    opens: Ints
    closes: Ints
    count_from: Ints
    count_to: Ints
    what: Ints
    closed: Ints
    leg: Ints


class Town(NamedTuple):
    """What is the same for all units.

    `seconds` (modes, nodes, nodes) between nodes, of which the first `places` are places; `leg_first` and `along` are
    the known points of legs, with the seconds from there to the demand points; `risk` (H, minutes), `rho` and `linger`
    (minutes) of the hotspots; `wanted` (Q, minutes) units on the posts, and the hotspots that each watches, from
    `watch_first` on in `watch`; `profit` of the tasks.
    """

    seconds: NDArray[np.int32]
    places: int
    leg_first: Ints
    along: NDArray[np.int32]
    risk: Ints
    rho: Ints
    linger: Ints
    wanted: Ints
    watch_first: Ints
    watch: Ints
    profit: Ints


class CallArrays(NamedTuple):
    """The calls of all replications, as in `solver.simulation.calls.Calls`."""

    first: Ints
    second: Ints
    point: Ints
    serious: Flags
    service: Ints


class State(NamedTuple):
    """How things stand in one replication.

    By stop: when it is made (`begin`, `end`), whether it is not left out (`kept`), and whether a part of it that was
    broken off counted (`served`).  By unit: the stop where it is or to which it goes (`at`), from which node (`origin`)
    it has `left` when, when it gets `there`, the known `leg` it is on, whether it is `busy` and until when (`free`) at
    which demand `node`.  By hotspot and minute whether units are `present` and whether visits are `lingering`; by post
    and minute who is there (`manned`); by task whether it is `done`.  `queue` holds what waits: for what a unit is
    wanted, and the call.  By call when its first unit has ended it (`over`).
    """

    begin: Ints
    end: Ints
    kept: Flags
    served: Flags
    at: Ints
    origin: Ints
    left: Ints
    there: Ints
    leg: Ints
    busy: Flags
    free: Ints
    node: Ints
    present: Flags
    lingering: Flags
    manned: Ints
    done: Flags
    queue: Ints
    over: Ints


class Outcome(NamedTuple):
    """What has happened.

    By call and unit (first, second): when it was `sent`, when it was `there`, and which `unit` it is, -1 where there is
    none.  By replication: covered weight of `presence`, `missing` unit-minutes by post, `profit` of the tasks done,
    breaks `lost`, seconds of `overtime`, seconds on duty for which each unit was `busy`.  Of all replications together:
    covered weight of presence by hotspot and minute (`delivered`), busy seconds by unit and minute.
    """

    sent: Ints
    there: Ints
    unit: Ints
    presence: Ints
    missing: Ints
    profit: Ints
    lost: Ints
    overtime: Ints
    busy: Ints
    delivered: NDArray[np.float64]
    busy_by_minute: Ints


class Case(NamedTuple):
    """All that the loop works on; `reserve` units are kept for serious calls, `resume` says how units go on."""

    table: Timetable
    town: Town
    calls: CallArrays
    state: State
    out: Outcome
    reserve: int
    resume: bool


@compiled
def run(case: Case, begin: int, end: int) -> None:
    """Run replications `begin` to `end`."""
    table, calls, state = case.table, case.calls, case.state
    for r in range(begin, end):
        _begin(table, state)
        coming, last, waiting, now = int(calls.first[r]), calls.first[r + 1], 0, -1
        while True:
            now = _next_event(case, coming, last, waiting, now)
            if now == NEVER:
                break
            for u in range(len(table.mode)):
                if state.busy[u] and state.free[u] <= now:
                    _go_on(case, u)
                _advance(case, u, now)
            while coming < last and calls.second[coming] == now:
                if calls.serious[coming]:
                    waiting = _wait(state, waiting, SERIOUS_FIRST, coming)
                    waiting = _wait(state, waiting, SERIOUS_SECOND, coming)
                else:
                    waiting = _wait(state, waiting, ORDINARY, coming)
                coming += 1
            waiting = _serve(case, r, waiting, now)
        _end(case, r)


@compiled
def _begin(table: Timetable, state: State) -> None:
    """Put everything as it is at the start of the horizon."""
    for k in range(len(table.place)):
        state.begin[k], state.end[k] = table.arrive[k], table.leave[k]
    state.kept[:] = 1
    state.served[:] = 0
    state.busy[:] = 0
    state.present[:] = 0
    state.lingering[:] = 0
    state.manned[:] = 0
    state.done[:] = 0
    for u in range(len(table.mode)):
        k = table.first[u]
        if k < table.first[u + 1]:
            state.at[u], state.origin[u], state.leg[u] = k, table.place[k], -1
            state.left[u] = state.there[u] = table.arrive[k]


@compiled
def _next_event(case: Case, coming: int, last: int, waiting: int, now: int) -> int:
    """Return when a call comes in or a unit is free, or, where calls wait, might be sent as it could not be before."""
    table, state = case.table, case.state
    soonest: int = case.calls.second[coming] if coming < last else NEVER
    for u in range(len(table.mode)):
        if state.busy[u]:
            soonest = min(soonest, state.free[u])
        elif waiting and table.first[u] < table.first[u + 1]:
            k = state.at[u]
            for time in (table.on[u], table.off[u], state.there[u], state.begin[k], state.end[k]):
                if now < time < soonest:
                    soonest = time
    return soonest


@compiled
def _advance(case: Case, u: int, now: int) -> None:
    """Let a unit that follows its plan leave every stop that ends by now."""
    table, state = case.table, case.state
    last = table.first[u + 1] - 1
    if state.busy[u] or last < table.first[u]:
        return
    while state.at[u] < last and state.end[state.at[u]] <= now:
        k = state.at[u]
        _count(case, k, state.begin[k], state.end[k])
        after = k + 1
        while not state.kept[after]:
            after += 1
        _set_out(case, u, table.place[k], state.end[k], after)
        if after == k + 1:
            state.leg[u] = table.leg[after]


@compiled
def _set_out(case: Case, u: int, origin: int, left: int, k: int) -> None:
    """Let a unit leave a node for its stop `k`, so that it is there when that begins, or before."""
    table, state = case.table, case.state
    seconds = case.town.seconds[table.mode[u], origin, table.place[k]]
    allowed = state.begin[k] - left
    state.at[u], state.origin[u], state.left[u], state.leg[u] = k, origin, left, -1
    state.there[u] = left + (seconds if 0 <= seconds < allowed else allowed)


@compiled
def _count(case: Case, k: int, begin: int, end: int) -> None:
    """Count what a stop covers that was made from `begin` to `end`, and note whether that is a visit that counts."""
    table, town, state = case.table, case.town, case.state
    low, high, what, kind = table.count_from[k], table.count_to[k], table.what[k], table.kind[k]
    if low >= high:
        return
    if begin != table.arrive[k] or end != table.leave[k]:
        # A minute counts that it is there for from its beginning to its end.
        whole_from, whole_to = -(-begin // 60), end // 60
        if kind == STINT:
            whole_from, whole_to = max(low, whole_from), min(high, whole_to)
        elif (kind == TASK and end - begin < table.least[k]) or (
            kind == VISIT
            and (
                60 * (whole_to - whole_from) < table.least[k]
                or 60 * whole_from < table.opens[k]
                or 60 * whole_to > table.closes[k]
            )
        ):
            return
        low, high = whole_from, whole_to
    if kind == VISIT:
        state.served[k] = 1
        for minute in range(low, high):
            state.present[what, minute] = 1
        for minute in range(low, min(high + town.linger[what], state.lingering.shape[1])):
            state.lingering[what, minute] = 1
    elif kind == STINT:
        for minute in range(low, high):
            state.manned[what, minute] += 1
            for i in range(town.watch_first[what], town.watch_first[what + 1]):
                state.present[town.watch[i], minute] = 1
    elif kind == TASK:
        state.done[what] = 1


@compiled
def _wait(state: State, waiting: int, wanted_for: int, call: int) -> int:
    """Put a wish for a unit in its place in the queue and return how many wait."""
    i = waiting
    while i > 0 and state.queue[i - 1, 0] > wanted_for:
        state.queue[i, 0], state.queue[i, 1] = state.queue[i - 1, 0], state.queue[i - 1, 1]
        i -= 1
    state.queue[i, 0], state.queue[i, 1] = wanted_for, call
    return waiting + 1


@compiled
def _serve(case: Case, r: int, waiting: int, now: int) -> int:
    """Send the nearest units to those that wait, in the order of the queue, and return how many still wait."""
    table, state = case.table, case.state
    able = 0
    for u in range(len(table.mode)):
        able += _able(table, state, u, now)
    left = 0
    for i in range(waiting):
        wanted_for, call = state.queue[i, 0], state.queue[i, 1]
        if wanted_for == SERIOUS_SECOND and state.over[call] <= now:
            continue  # the first unit has ended it alone
        nearest, soonest = -1, NEVER
        if able > (case.reserve if wanted_for == ORDINARY else 0):
            for u in range(len(table.mode)):
                if _able(table, state, u, now):
                    seconds = _seconds_to(case, u, now, case.calls.point[call])
                    if 0 <= seconds < soonest:
                        nearest, soonest = u, seconds
        if nearest < 0:
            state.queue[left, 0], state.queue[left, 1] = wanted_for, call
            left += 1
        else:
            _send(case, r, nearest, now, call, 1 if wanted_for == SERIOUS_SECOND else 0, soonest)
            able -= 1
    return left


@compiled
def _able(table: Timetable, state: State, u: int, now: int) -> bool:
    """Return whether a unit may be sent: on duty, not busy, and not on a stop that it does not leave."""
    if state.busy[u] or not table.on[u] <= now < table.off[u]:
        return False
    k = state.at[u]
    return not (table.closed[k] and state.begin[k] <= now < state.end[k])


@compiled
def _seconds_to(case: Case, u: int, now: int, point: int) -> int:
    """Return the seconds from where a unit is to a demand point, -1 where there is no way."""
    table, town, state = case.table, case.town, case.state
    k, node, mode = state.at[u], town.places + point, table.mode[u]
    onward = int(town.seconds[mode, table.place[k], node])
    if now >= state.there[u]:
        return onward
    gone, ahead, leg = int(now - state.left[u]), int(state.there[u] - now), state.leg[u]
    if leg >= 0:
        low, parts, whole = town.leg_first[leg], int(town.leg_first[leg + 1] - town.leg_first[leg] - 1), gone + ahead
        i, rest = gone * parts // whole, gone * parts % whole
        before, after = int(town.along[low + i, point]), int(town.along[low + i + 1, point])
        if before >= 0 and after >= 0:
            return before + (after - before) * rest // whole
    back = int(town.seconds[mode, state.origin[u], node])
    if back >= 0 and (onward < 0 or gone + back < ahead + onward):
        return gone + back
    return ahead + onward if onward >= 0 else -1


@compiled
def _send(case: Case, r: int, u: int, now: int, call: int, which: int, seconds: int) -> None:
    """Send a unit to a call as its first or second one, away from what it does."""
    table, calls, state, out = case.table, case.calls, case.state, case.out
    k = state.at[u]
    if state.begin[k] <= now < state.end[k]:
        _count(case, k, state.begin[k], now)
    free = now + seconds + calls.service[call, which]
    state.busy[u], state.free[u], state.node[u] = 1, free, case.town.places + calls.point[call]
    out.sent[call, which], out.there[call, which], out.unit[call, which] = now, now + seconds, u
    if which == 0:
        state.over[call] = free
    until = min(free, table.off[u])
    out.busy[r, u] += until - now
    for minute in range(now // 60, -(-until // 60)):
        out.busy_by_minute[u, minute] += min(until, 60 * minute + 60) - max(now, 60 * minute)


@compiled
def _go_on(case: Case, u: int) -> None:
    """Let a unit whose call is over go on with its plan: settle which of its stops it still makes, and when."""
    table, town, state = case.table, case.town, case.state
    now, node, mode = state.free[u], state.node[u], table.mode[u]
    last = table.first[u + 1] - 1
    following = last
    for k in range(state.at[u], last):
        state.kept[k] = 0
        way = town.seconds[mode, node, table.place[k]]
        if way < 0:
            continue
        begin = max(now + way, table.arrive[k])
        end = _end_of(case, k, begin)
        if end >= 0 and (end <= table.leave[k] or _in_time(case, mode, k, end, now, node, last)):
            state.kept[k], state.begin[k], state.end[k] = 1, begin, end
            now, node, following = end, table.place[k], min(following, k)
    way = max(town.seconds[mode, node, table.place[last]], 0)
    state.begin[last] = max(now + way, table.arrive[last])
    state.end[last] = max(table.leave[last], state.begin[last])
    state.busy[u] = 0
    _set_out(case, u, state.node[u], state.free[u], following)


@compiled
def _end_of(case: Case, k: int, begin: int) -> int:
    """Return when a stop would end that begins then, -1 where it is not worth making."""
    table, resume = case.table, case.resume
    kind, least, leave = table.kind[k], int(table.least[k]), int(table.leave[k])
    if kind == BREAK:
        return begin + least
    if kind == TASK:
        return begin + least if begin <= (table.closes[k] if resume else table.arrive[k]) else -1
    if kind == VISIT:
        # Whole minutes count, so a visit that begins within a minute needs the rest of it as well.
        full = -(-begin // 60) * 60 + least
        if full <= leave:
            return leave
        return full if resume and not case.state.served[k] and full <= table.closes[k] else -1
    return leave if begin < leave or begin == table.arrive[k] else -1


@compiled
def _in_time(case: Case, mode: int, k: int, end: int, now: int, node: int, last: int) -> bool:
    """Return whether a unit that leaves stop `k` late is in time for its next stint or break, or home at the end.

    `now` it stands at `node`; a stint that it would miss even if it went there at once does not matter.
    """
    table, seconds = case.table, case.town.seconds
    for j in range(k + 1, last + 1):
        kind, latest = table.kind[j], table.leave[last]
        if j < last:
            if table.kind[k] == BREAK or (kind != STINT and kind != BREAK):
                continue
            straight = seconds[mode, node, table.place[j]]
            if kind == STINT and (straight < 0 or now + straight >= table.leave[j]):
                continue
            latest = table.arrive[j] if kind == STINT else table.closes[j]
        way = seconds[mode, table.place[k], table.place[j]]
        return bool(0 <= way <= latest - end)
    return True


@compiled
def _end(case: Case, r: int) -> None:
    """Let all units end their plans, and add up what the replication has brought."""
    table, town, state, out = case.table, case.town, case.state, case.out
    for u in range(len(table.mode)):
        last = table.first[u + 1] - 1
        if last < table.first[u]:
            continue
        _advance(case, u, NEVER)
        _count(case, last, state.begin[last], state.end[last])
        out.overtime[r] += max(state.begin[last] - table.leave[last], 0)
        for k in range(table.first[u], last + 1):
            if table.kind[k] == BREAK and not state.kept[k]:
                out.lost[r] += 1
    for h in range(state.present.shape[0]):
        for minute in range(state.present.shape[1]):
            share = (100 - town.rho[h]) * state.present[h, minute] + town.rho[h] * state.lingering[h, minute]
            if share:
                out.presence[r] += share * town.risk[h, minute]
                out.delivered[h, minute] += share * town.risk[h, minute]
    for q in range(state.manned.shape[0]):
        for minute in range(state.manned.shape[1]):
            out.missing[r, q] += max(town.wanted[q, minute] - state.manned[q, minute], 0)
    for i in range(len(town.profit)):
        out.profit[r] += town.profit[i] * state.done[i]

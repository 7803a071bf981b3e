"""The moves of the search: taking parts of routes out and putting them back better.

A move takes 1 to 3 units that are near each other, frees what they do in a window of time, and puts them
back one after the other by exact best paths between the fixed ends.  Worse plans are accepted now and then,
by simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671), and the best
plan seen is kept.  The objective is exact and kept up to date by the counts of `solver.cover`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.candidates import promising
from solver.compiled import compiled
from solver.cover import (
    Cells,
    Counts,
    Ints,
    Small,
    Whole,
    copy_standing,
    counts_of,
    stand,
    standing_left_out,
    stint,
    visit,
)
from solver.paths import FAR, NEAR, Roads, Trip, Workspace, best_path, every_place
from solver.route_arrays import BREAK, STANDBY, STINT, TASK, VISIT, Roster, Routes

ADD, TAKE = np.int64(1), np.int64(-1)
"""Signs for counting. Being numpy's, they do not make numba compile a version for each."""

_ALL = len(NEAR)
"""Index of the length in `Roads.near` that holds all legs."""

_WHIMS, _LONG, _WHOLE = 0.2, 0.1, 0.002
"""Shares of moves made on a whim, of those that free a long window, and of those that free a whole shift."""

_LARGEST = 3
"""The most units in a move."""

_FIRST = np.int64(0)
"""The stop at the start of a shift."""


class Crew(NamedTuple):
    """Room for choosing who is in a move.

    `team` (3,) are its units, `cut` (3, 2) the first and last stop of each that is freed, `on_duty` (U,) those to
    choose from.  `changed` (U,) says whose routes have changed since the best plan was written.
    """

    team: Ints
    cut: Ints
    on_duty: Ints
    changed: NDArray[np.bool_]


class Undoing(NamedTuple):
    """What it takes to undo a move by copying what was counted of where units stand, in place of counting it again.

    That pays where units are busy, as nearly every unit then earns something nearly everywhere; there `saved` has room
    for the counts before a move.  `cells` and `counts` leave out where units stand.
    """

    cells: Cells
    counts: Counts
    saved: Counts


def undoing_of(cells: Cells, counts: Counts) -> Undoing:
    """Return what it takes to undo moves."""
    return Undoing(*standing_left_out(cells, counts), counts_of(cells) if cells.expects else counts)


def crew_of(units: int) -> Crew:
    """Return room for moves of so many units."""
    team, cut, on_duty = (np.zeros(shape, dtype=np.int64) for shape in (_LARGEST, (_LARGEST, 2), units))
    return Crew(team, cut, on_duty, np.ones(units, dtype=np.bool_))


@compiled
def count_part(
    cells: Cells,
    counts: Counts,
    roster: Roster,
    routes: Routes,
    u: int,
    first: Whole,
    last: Whole,
    sign: Whole,
) -> int:
    """Count stops `first` to `last` of unit `u` and the legs before, between and after them.

    On the road a unit counts from the nearer end of its leg, so that it stands at each stop from the middle of the
    leg before to the middle of the leg after.
    """
    gain, mode = 0, roster.mode[u]
    stops = routes.stops[u]
    begin = np.int64(stops[first - 1, 3])
    for s in range(first - 1, last + 2):
        place, kind, arrive, leave = stops[s, 0], stops[s, 1], np.int64(stops[s, 2]), np.int64(stops[s, 3])
        inside = first <= s <= last
        end = leave + (np.int64(stops[s + 1, 2]) - leave + 1) // 2 if s <= last else arrive
        if inside:
            if kind in (VISIT, TASK):
                gain += visit(cells, counts, place, arrive, leave, sign)
            elif kind == STINT:
                gain += stint(cells, counts, place, arrive, leave, sign)
        if inside and not (kind == STANDBY or (kind != BREAK and cells.standing_counts[place])):
            gain += stand(cells, counts, mode, place, begin, arrive, sign)
            gain += stand(cells, counts, mode, place, leave, end, sign)
            gain += sign * roster.belongs[u, place] * (arrive - begin + end - leave)
        else:
            gain += stand(cells, counts, mode, place, begin, end, sign)
            gain += sign * roster.belongs[u, place] * (end - begin)
        begin = end
    return gain


@compiled
def count_all(cells: Cells, counts: Counts, roster: Roster, routes: Routes) -> int:
    """Count all routes; return what they cover."""
    gain = 0
    for u in range(roster.mode.size):
        gain += count_part(cells, counts, roster, routes, u, _FIRST + 1, routes.lengths[u] - 2, ADD)
    return gain


@compiled
def _move(source: Small, s: Whole, target: Small, t: Whole) -> None:
    """Copy stop `s` of one list to `t` of another; four assignments compile faster than one of slices."""
    target[t, 0] = source[s, 0]
    target[t, 1] = source[s, 1]
    target[t, 2] = source[s, 2]
    target[t, 3] = source[s, 3]


@compiled
def _splice(routes: Routes, u: int, first: Whole, last: Whole, new: Small, n_new: int) -> None:
    """Put `n_new` stops of `new` in place of stops `first` to `last` of unit `u`."""
    stops, length = routes.stops[u], routes.lengths[u]
    shift = n_new - (last - first + 1)
    if shift > 0:
        for s in range(length - 1, last, -1):
            _move(stops, s, stops, s + shift)
    elif shift < 0:
        for s in range(last + 1, length):
            _move(stops, s, stops, s + shift)
    for s in range(n_new):
        _move(new, s, stops, first + s)
    routes.lengths[u] = length + shift


@compiled
def _trip(
    roster: Roster,
    stretch: NDArray[np.bool_],
    u: int,
    before: Small,
    after: Small,
    paused: int,
    pauses: int,
    longest: int,
) -> Trip:
    """Return the trip of unit `u` between two of its stops."""
    return Trip(
        roster.mode[u],
        before[0],
        before[3],
        int(stretch[before[0]] and before[1] == VISIT),
        after[0],
        after[2],
        paused,
        pauses,
        roster.pause_minutes[u],
        roster.pause_earliest[u],
        roster.pause_latest[u],
        roster.pause_at[u],
        roster.admitted[u],
        roster.belongs[u],
        longest,
    )


@compiled
def _find(
    cells: Cells,
    counts: Counts,
    roads: Roads,
    grid: int,
    roster: Roster,
    routes: Routes,
    space: Workspace,
    u: int,
    after: Whole,
    near: int,
    most: int,
    whim: bool,
    rng: np.random.Generator,
) -> tuple[int, int]:
    """Find the best path between stop `after` of unit `u` and the next one, as `best_path` does.

    It leads through `most` places that promise most, by legs of no more than ``roads.near[…, near]``, if any such path
    keeps the rules; else through any places, by any legs.
    """
    stops = routes.stops[u]
    paused, pauses = 0, 0
    for s in range(routes.lengths[u]):
        if stops[s, 1] == BREAK:
            pauses = 1
            if s <= after:
                paused = 1
    if pauses == 0 and roster.has_pause[u]:
        pauses = 1
    elif pauses == 1 and paused == 0:
        pauses = 0
    longest = roads.near[roster.mode[u], near]
    trip = _trip(roster, cells.stretch, u, stops[after], stops[after + 1], paused, pauses, longest)
    n_active = promising(cells, counts, roads, trip, space, most, rng)
    n, worth = best_path(cells, counts, roads, grid, trip, space, n_active, whim, rng)
    if n < 0:
        trip = _trip(roster, cells.stretch, u, stops[after], stops[after + 1], paused, pauses, FAR)
        n_active = every_place(roads, trip, space)
        n, worth = best_path(cells, counts, roads, grid, trip, space, n_active, whim, rng)
    return n, worth


@compiled
def _put(
    cells: Cells, counts: Counts, roster: Roster, routes: Routes, space: Workspace, u: int, after: Whole, n: int
) -> int:
    """Put the `n` stops found after stop `after` of unit `u`; return the gain."""
    if n > 0:
        _splice(routes, u, after + 1, after, space.stops, n)
    return count_part(cells, counts, roster, routes, u, after + 1, after + max(n, 0), ADD)


@compiled
def fill(
    cells: Cells,
    counts: Counts,
    roads: Roads,
    grid: int,
    roster: Roster,
    routes: Routes,
    space: Workspace,
    u: int,
    after: Whole,
    most: int,
    rng: np.random.Generator,
) -> int:
    """Fill the gap after a stop of unit `u` by its best path through `most` places; return the gain."""
    gain = count_part(cells, counts, roster, routes, u, after + 1, after, TAKE)
    n, _ = _find(cells, counts, roads, grid, roster, routes, space, u, after, _ALL, most, False, rng)
    return gain + _put(cells, counts, roster, routes, space, u, after, n)


@compiled
def count_trip(
    cells: Cells, used: Counts, roster: Roster, routes: Routes, u: int, stops: Small, n: int, units: Whole
) -> None:
    """Count for each of `units` what unit `u` covers by the first `n` of `stops` between the ends of its shift."""
    ends = routes.stops[u]
    ends[1, 0], ends[1, 1], ends[1, 2], ends[1, 3] = roster.destination[u], STANDBY, roster.end[u], roster.end[u]
    routes.lengths[u] = 2
    _splice(routes, u, _FIRST + 1, _FIRST, stops, n)
    count_part(cells, used, roster, routes, u, _FIRST + 1, _FIRST + n, units)


@compiled
def _window(routes: Routes, u: int, begin: int, end: int) -> tuple[int, int]:
    """Return the first and last stop of unit `u` that a window of time frees; the ends of a route stay."""
    stops, length = routes.stops[u], routes.lengths[u]
    first = 1
    while first < length - 1 and stops[first, 3] <= begin:
        first += 1
    last = length - 2
    while last >= first and stops[last, 2] >= end:
        last -= 1
    return first, last


@compiled
def place_at(routes: Routes, u: int, minute: int) -> int:
    """Return the place of the last stop of unit `u` begun at or before `minute`, else of its first."""
    place: int = routes.stops[u, 0, 0]
    for s in range(routes.lengths[u]):
        if routes.stops[u, s, 2] > minute:
            break
        place = routes.stops[u, s, 0]
    return place


@compiled
def _whole(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a whole number of ``[low, high)``.

    The generator's own makes arrays, even where one number is asked for.
    """
    return low + int(rng.random() * (high - low))


@compiled
def _team(
    roads: Roads,
    roster: Roster,
    routes: Routes,
    rng: np.random.Generator,
    begin: int,
    end: int,
    size: int,
    crew: Crew,
) -> int:
    """Choose up to `size` units on duty in the window: a random one, then near ones (or any, once in 20 times).

    They are written to ``crew.team``.
    """
    n_units, n, team, on_duty = roster.mode.size, 0, crew.team, crew.on_duty
    for u in range(n_units):
        if roster.start[u] < end and roster.end[u] > begin:
            on_duty[n] = u
            n += 1
    if n == 0:
        return 0
    for i in range(min(size, n)):
        pick = _whole(rng, i, n)
        if i > 0 and rng.random() < 0.95:
            middle = (begin + end) // 2
            here, nearest = place_at(routes, team[0], middle), 2**30
            for j in range(i, n):
                away = roads.least[roster.mode[team[0]], here, place_at(routes, on_duty[j], middle)]
                away += _whole(rng, 0, 6)
                if away < nearest:
                    nearest, pick = away, j
        team[i] = on_duty[pick]
        on_duty[pick] = on_duty[i]
    return min(size, n)


@compiled
def _copy(source: Routes, target: Routes, u: int) -> None:
    """Copy the route of unit `u`."""
    n = source.lengths[u]
    target.lengths[u] = n
    for s in range(n):
        _move(source.stops[u], s, target.stops[u], s)


@compiled
def _undo(
    cells: Cells, counts: Counts, roster: Roster, routes: Routes, spare: Routes, crew: Crew, n: int, counted: int
) -> None:
    """Put back the routes of the first `n` units of a move as they were, the first `counted` of which were counted."""
    for i in range(n):
        u = crew.team[i]
        if i < counted:
            grown = routes.lengths[u] - spare.lengths[u]
            count_part(cells, counts, roster, routes, u, crew.cut[i, 0], crew.cut[i, 1] + grown, TAKE)
        _copy(spare, routes, u)
    for i in range(n):
        count_part(cells, counts, roster, routes, crew.team[i], crew.cut[i, 0], crew.cut[i, 1], ADD)


@compiled
def anneal(
    cells: Cells,
    counts: Counts,
    roads: Roads,
    grid: int,
    roster: Roster,
    routes: Routes,
    spare: Routes,
    best: Routes,
    space: Workspace,
    crew: Crew,
    undoing: Undoing,
    objective: Ints,
    rng: np.random.Generator,
    moves: int,
    hot: float,
    cold: float,
    opens: int,
    closes: int,
) -> None:
    """Make `moves` moves from minute `opens` to `closes`.

    `objective` holds the current and the best, which `best` follows.
    """
    minutes = closes - opens
    crew.changed[:] = True
    for move in range(moves):
        temperature = hot + (cold - hot) * move / moves
        near = _whole(rng, 0, roads.near.shape[1])
        most = (8, 12, 20)[_whole(rng, 0, 3)]
        length = _whole(rng, 40, 101) if rng.random() < _LONG else _whole(rng, 10, 61)
        begin = opens + _whole(rng, -length // 2, minutes - length // 2)
        size = 1 + (rng.random() < 0.5) + (rng.random() < 0.35)
        if rng.random() < _WHOLE:
            begin, length, size = opens, minutes, 1
        whim = rng.random() < _WHIMS
        n = _team(roads, roster, routes, rng, begin, begin + length, size, crew)
        delta, found = 0, 0
        since, until = max(begin, opens), min(begin + length, closes)
        earliest: Whole = closes
        latest: Whole = opens
        if cells.expects:
            for i in range(n):
                u = crew.team[i]
                first, last = _window(routes, u, since, until)
                earliest = min(earliest, np.int64(routes.stops[u, first - 1, 3]))
                latest = max(latest, np.int64(routes.stops[u, last + 1, 2]))
            copy_standing(counts, undoing.saved, earliest, latest)
        for i in range(n):
            u = crew.team[i]
            _copy(routes, spare, u)
            first, last = _window(routes, u, since, until)
            crew.cut[i, 0], crew.cut[i, 1] = first, last
            delta += count_part(cells, counts, roster, routes, u, first, last, TAKE)
            for s in range(first, last + 1):
                space.freed[routes.stops[u, s, 0]] = True
            _splice(routes, u, first, last, space.stops, 0)
        # The last one makes the best of the others' whims; what it earns is known before it is counted.
        counted = n if whim and n == 1 else max(n - 1, 0)
        for i in range(n):
            u, after = crew.team[i], crew.cut[i, 0] - 1
            blind = whim and i < counted
            found, worth = _find(cells, counts, roads, grid, roster, routes, space, u, after, near, most, blind, rng)
            delta += _put(cells, counts, roster, routes, space, u, after, found) if i < counted else worth
        for i in range(n):
            for s in range(crew.cut[i, 0], crew.cut[i, 1] + 1):
                space.freed[spare.stops[crew.team[i], s, 0]] = False
        if delta < 0 and (temperature <= 0 or rng.random() >= math.exp(delta / temperature)):
            if cells.expects:
                _undo(undoing.cells, undoing.counts, roster, routes, spare, crew, n, counted)
                copy_standing(undoing.saved, counts, earliest, latest)
                continue
            _undo(cells, counts, roster, routes, spare, crew, n, counted)
            continue
        if counted < n:
            _put(cells, counts, roster, routes, space, crew.team[counted], crew.cut[counted, 0] - 1, found)
        objective[0] += delta
        for i in range(n):
            crew.changed[crew.team[i]] = True
        if objective[0] > objective[1]:
            objective[1] = objective[0]
            for u in range(roster.mode.size):
                if crew.changed[u]:
                    _copy(routes, best, u)
                    crew.changed[u] = False

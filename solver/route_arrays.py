"""Units and routes as arrays, for the engines' loops, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from solver.cover import Ints, Small
from solver.free_time import Spell, spells_of, within
from solver.plan import STOP_KINDS, Route, Stop, StopKind
from solver.problem import UNREACHABLE
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Lock, Problem, Unit

VISIT, STINT, BREAK, STANDBY, TASK = range(5)
"""Kinds of stops, in the order of `solver.plan.STOP_KINDS`."""


class Roster(NamedTuple):
    """The units as arrays (U,): shift and break in minutes; and by place (U, P) more.

    Where stops are locked there is a row for each spell of free time instead (see `solver.free_time`).

    That is where the break may be, where the unit may work, and what a minute of its standing there is worth
    because it belongs there.
    """

    mode: Small
    start: Small
    end: Small
    origin: Small
    destination: Small
    has_pause: Small
    pause_minutes: Small
    pause_earliest: Small
    pause_latest: Small
    pause_at: NDArray[np.bool_]
    admitted: NDArray[np.bool_]
    belongs: Ints


class _Row(NamedTuple):
    """A stop on its way from arrays to words; `apart` says that it stays another one than the stop before it."""

    place: int
    kind: int
    arrive: int
    leave: int
    apart: bool = False


class Routes(NamedTuple):
    """Routes as arrays: `stops` (U, S, 4) of place, kind, arrive, leave, and how many are in use (U,).

    The first and the last stop of a route are of length 0, at the two ends of the shift, or of the spell; what is
    between two stops that are kept can be replaced by any path.  Every leg takes its exact time: where a plan gives it
    longer there is standby at its end, also at a stretch of street, where no plan may have it.
    """

    stops: Small
    lengths: Small


def roster_of(problem: Problem, modes: tuple[str, ...], units: Sequence[Unit] | None = None) -> Roster:
    """Return the units of `problem`, or others in their stead, as arrays."""
    units, n_places = problem.units if units is None else units, len(problem.places)
    districts = {i for i, p in enumerate(problem.places) if p.district}
    work = sorted(districts | {q.place for q in problem.posts} | {k.place for k in problem.tasks})
    pause_at = np.zeros((len(units), n_places), dtype=np.bool_)
    admitted = np.ones((len(units), n_places), dtype=np.bool_)
    belongs = np.zeros((len(units), n_places), dtype=np.int64)
    worth = weights(problem).multipliers["district"]
    for i, unit in enumerate(units):
        if unit.break_:
            pause_at[i, list(unit.break_.places)] = True
        if unit.districts and not unit.tied:
            belongs[i] = [worth * (p.district in unit.districts) for p in problem.places]
        for place in work:
            admitted[i, place] = problem.may_work(unit, place)

    def column(values: list[int]) -> Small:
        return np.array(values, dtype=np.int32)

    return Roster(
        mode=column([modes.index(u.mode) for u in units]),
        start=column([u.start for u in units]),
        end=column([u.end for u in units]),
        origin=column([u.origin for u in units]),
        destination=column([u.destination for u in units]),
        has_pause=column([int(u.break_ is not None) for u in units]),
        pause_minutes=column([u.break_.minutes if u.break_ else 0 for u in units]),
        pause_earliest=column([u.break_.earliest if u.break_ else 0 for u in units]),
        pause_latest=column([u.break_.latest if u.break_ else 0 for u in units]),
        pause_at=pause_at,
        admitted=admitted,
        belongs=belongs,
    )


def kinds_of(roster: Roster) -> list[int]:
    """Return for each unit the first one of the roster that is like it in everything."""
    rows = [tuple(np.asarray(column[u]).tobytes() for column in roster) for u in range(roster.mode.size)]
    first: dict[tuple[bytes, ...], int] = {}
    return [first.setdefault(row, u) for u, row in enumerate(rows)]


def stops_of(routes: int, minutes: int) -> Small:
    """Return room for the stops of so many routes: between two stops with a length there may be one without."""
    return np.zeros((routes, 2 * minutes + 4, 4), dtype=np.int32)


def idle(roster: Roster, minutes: int, passed: Sequence[bool] = ()) -> Routes:
    """Return routes of nothing but the two ends of each shift, with room for any within the horizon.

    `passed` says which of them begin with the end of a visit of a stretch of street; none if left out.
    """
    stops = stops_of(roster.mode.size, minutes)
    stops[:, 0] = np.stack([roster.origin, np.full_like(roster.mode, STANDBY), roster.start, roster.start], axis=1)
    stops[:, 1] = np.stack([roster.destination, np.full_like(roster.mode, STANDBY), roster.end, roster.end], axis=1)
    for i in np.flatnonzero(np.array(passed, dtype=np.bool_)):
        stops[i, 0, 1] = VISIT
    return Routes(stops, np.full(roster.mode.size, 2, dtype=np.int32))


def locked_routes(problem: Problem, modes: tuple[str, ...]) -> tuple[Roster, Routes]:
    """Return the locks of `problem` as routes of their own, with the units that keep them."""
    owners = [problem.units[lock.unit] for lock in problem.locks]
    roster = roster_of(problem, modes, owners)
    routes = idle(roster, problem.minutes if owners else 0)
    for i, (lock, unit) in enumerate(zip(problem.locks, owners, strict=True)):
        rows = [row for row, _ in _locked_rows(problem.legs(unit.mode), lock)]
        ends = [[lock.stops[0].place, STANDBY, lock.arrive, lock.arrive]]
        ends.append([lock.stops[-1].place, STANDBY, lock.leave, lock.leave])
        routes.stops[i, : len(rows) + 2] = [ends[0], *rows, ends[1]]
        routes.lengths[i] = len(rows) + 2
    return roster, routes


def _locked_rows(legs: Small, lock: Lock) -> list[tuple[list[int], bool]]:
    """Return the stops of a lock, and whether its words tell of them: not of standby where a leg has time to spare.

    What is done may have been driven where there is no way any more; then the leg took all the time that it had.
    """
    rows: list[tuple[list[int], bool]] = []
    for s in lock.stops:
        if rows:
            place, _, _, left = rows[-1][0]
            leg = int(legs[place, s.place])
            there = left + leg
            if leg != UNREACHABLE and there < s.arrive:
                rows.append(([s.place, STANDBY, there, s.arrive], False))
        rows.append(([s.place, STOP_KINDS.index(cast(StopKind, s.kind)), s.arrive, s.leave], True))
    return rows


def routes_of(problem: Problem, arrays: Routes, spells: Sequence[Spell] | None = None) -> tuple[Route, ...]:
    """Return arrays as routes in words, adjoining stops of one kind and place made one.

    `spells` are those whose routes the arrays hold, all units if left out; the locks between them are put in.  A unit
    that waits to begin its visit of a stretch of street is on the road to it, in words.
    """
    stretch = problem.stretches
    spells = spells_of(problem) if spells is None else spells
    parts: list[list[tuple[int, int, list[_Row]]]] = [[] for _ in problem.units]
    for spell, length, stops in zip(spells, arrays.lengths, arrays.stops, strict=True):
        parts[spell.owner].append(
            (spell.begin, spell.end, [_Row._make((*row, False)) for row in stops[:length].tolist()])
        )
    for lock in problem.locks:
        words = [row for row, told in _locked_rows(problem.legs(problem.units[lock.unit].mode), lock) if told]
        rows = [_Row._make((*row, i > 0)) for i, row in enumerate(words)]
        parts[lock.unit].append((lock.arrive, lock.leave, rows))
    return tuple(
        Route(
            unit.callsign,
            tuple(
                Stop(problem.places[row.place].name, STOP_KINDS[row.kind], row.arrive, row.leave)
                for row in _merged([row for *_, rows in sorted(own, key=lambda x: x[:2]) for row in rows])
                if row.kind != STANDBY or not stretch[row.place]
            ),
        )
        for unit, own in zip(problem.units, parts, strict=True)
    )


def arrays_of(problem: Problem, routes: Sequence[Route], arrays: Routes, spells: Sequence[Spell] | None = None) -> None:
    """Write legal routes in words into `arrays`, with stops of length 0 at both ends of each shift, or spell."""
    index = {p.name: i for i, p in enumerate(problem.places)}
    kinds: dict[str, int] = {kind: i for i, kind in enumerate(STOP_KINDS)}
    by_callsign = {r.callsign: r for r in routes}
    for i, spell in enumerate(spells_of(problem) if spells is None else spells):
        unit = spell.unit
        legs = problem.legs(unit.mode)
        stops = [(index[s.place], kinds[s.kind], s.arrive, s.leave) for s in within(spell, by_callsign[unit.callsign])]
        rows = [tuple(arrays.stops[i, 0].tolist())]
        for place, kind, arrive, leave in (*stops, (unit.destination, STANDBY, unit.end, unit.end)):
            there = rows[-1][3] + int(legs[rows[-1][0], place])
            if there < arrive:
                rows.append((place, STANDBY, there, arrive))
            rows.append((place, kind, arrive, leave))
        arrays.stops[i, : len(rows)] = rows
        arrays.lengths[i] = len(rows)


def arrange(
    problem: Problem, least: Small, arrays: Routes, u: int, mode: str, duties: Sequence[Stop], others: Sequence[Stop]
) -> list[int]:
    """Write into `arrays` a route of `duties` and of those `others` that a unit has the time for between them.

    Parameters
    ----------
    problem : Problem
    least : int32 array of shape (P, P)
        Minutes from place to place by chains of legs; of stretches of street also back to themselves.
    arrays : Routes
    u : int
        The unit's row, idle in `arrays`.
    mode : str
        Its mode.
    duties : sequence of Stop
        In order of time, with time for the ways between them; the break is among them.
    others : sequence of Stop
        In order of time, with time for the way to the next one; breaks among them are passed over.

    Returns
    -------
    list of int
        After which stops there is a gap to be filled: all, but where two of `others` follow each other as they did, and
        the leg takes all the time between them.
    """
    index = {p.name: i for i, p in enumerate(problem.places)}

    def row(stop: Stop) -> list[int]:
        return [index[stop.place], STOP_KINDS.index(stop.kind), stop.arrive, stop.leave]

    first, last = arrays.stops[u, :2].tolist()
    rows, sources = [first], [-2]
    for after in [*map(row, duties), last]:
        for source, stop in enumerate(map(row, others)):
            before = rows[-1]
            fits = before[3] + least[before[0], stop[0]] <= stop[2] and stop[3] + least[stop[0], after[0]] <= after[2]
            if fits and stop[1] != BREAK:
                rows.append(stop)
                sources.append(source)
        rows.append(after)
        sources.append(-2)
    arrays.stops[u, : len(rows)] = rows
    arrays.lengths[u] = len(rows)
    legs = problem.legs(mode)
    return [
        i
        for i, (source, following) in enumerate(pairwise(sources))
        if following != source + 1 or rows[i][3] + legs[rows[i][0], rows[i + 1][0]] < rows[i + 1][2]
    ]


def _merged(rows: list[_Row]) -> list[_Row]:
    """Return stops without those that another at the same place and time makes needless."""
    merged: list[_Row] = []
    for row in rows:
        last = merged[-1] if merged else _Row(-1, -1, -1, -1)
        adjoins = last.place == row.place and last.leave == row.arrive and not row.apart
        if adjoins and last.kind == row.kind and row.kind not in (BREAK, TASK):
            merged[-1] = last._replace(leave=row.leave)
        elif adjoins and row.arrive == row.leave:
            continue
        elif adjoins and last.arrive == last.leave:
            merged[-1] = row
        else:
            merged.append(row)
    return merged

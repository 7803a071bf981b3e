"""A plan to start from, made to fit: what is left of an earlier plan when roster, places or times have changed.

Of each unit's stops those stay that keep their own rules (`solver.check`) and between which the unit has time to
drive, as many minutes of work as possible; its break is moved where it must be.  What cannot stay is left out and
told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.check import check
from solver.clock import later as begins_later
from solver.free_time import Spell, quickest_stops, spells_of, within
from solver.on_call import on_call, waiting_stops
from solver.plan import Plan, Route, Stop
from solver.problem import UNREACHABLE
from solver.wording import all_of

if TYPE_CHECKING:
    from solver.problem import IntArray, Problem, Unit

_BETWEEN = ("too_fast", "no_way", "times_out_of_order", "wrong_start", "wrong_end", "duty_too_long", "lock_broken")
"""Violations of stops that are right by themselves: of the order of stops, or of the ends of a route."""

_NAMED = 6
"""How many callsigns a note names at most."""

_WORK = 2
"""A minute of a visit, stint or task is worth so many of standby when not all stops can stay."""


@dataclass(frozen=True)
class Start:
    """Routes that keep every rule, one a unit in the order of the roster, and what was left out, in words."""

    routes: tuple[Route, ...]
    notes: tuple[str, ...]


def fit(problem: Problem, plan: Plan, made_for: Problem | None = None) -> Start:
    """Return what is left of `plan` in `problem`.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Any plan, also one that breaks rules.
    made_for : Problem, optional
        The problem of `plan`: where it begins at another time of the day, stops keep their time of the day.  Without
        it, minutes are taken as those of `problem`.
    """
    later = 0 if made_for is None else begins_later(made_for, problem)
    given = {r.callsign: r for r in reversed(plan.routes)}
    moved = {u.callsign: _moved(given[u.callsign], u, later) for u in problem.units if u.callsign in given}
    wrong = {
        (v.callsign, v.place, v.minute)
        for v in check(problem, Plan(problem.fingerprint(), tuple(moved.values())))
        if v.code not in _BETWEEN
    }
    routes, shorter = [], []
    spells: list[list[Spell]] = [[] for _ in problem.units]
    for spell in spells_of(problem, tuple(moved.values())) if problem.locks else ():
        spells[spell.owner].append(spell)
    for u, unit in enumerate(problem.units):
        stops = moved[unit.callsign].stops if unit.callsign in moved else ()
        right = tuple(s for s in stops if (unit.callsign, s.place, s.arrive) not in wrong and s.arrive <= s.leave)
        kept = _around_locks(problem, spells[u], u, right) if problem.locks_of(u) else _Fit(problem, unit).stops(right)
        routes.append(Route(unit.callsign, kept))
        work = [s for s in given[unit.callsign].stops if s.kind != "standby"] if stops else []
        if sum(s.kind != "standby" for s in kept) < len(work):
            shorter.append(unit.callsign)
    new = [u.callsign for u in problem.units if u.callsign not in given]
    gone = [callsign for callsign in given if callsign not in moved]
    kept_back = _kept_back(problem, routes)
    units = zip(problem.units, routes, strict=True)
    routes = [Route(r.callsign, waiting_stops(problem, u)) if r.callsign in kept_back else r for u, r in units]
    return Start(tuple(routes), tuple(_notes(gone, new, shorter, kept_back)))


def _kept_back(problem: Problem, routes: list[Route]) -> list[str]:
    """Return the units that must stay on call, as no more of their callout may go out: those with the least work."""
    waiting = on_call(problem, routes)
    work = {r.callsign: sum(s.leave - s.arrive for s in r.stops if s.kind not in ("standby", "break")) for r in routes}
    found = []
    for callout in problem.callouts:
        callsigns = [problem.units[u].callsign for u in callout.units]
        out = sorted((c for c in callsigns if c not in waiting), key=lambda c: -work[c])
        found += out[callout.most :]
    return found


def _moved(route: Route, unit: Unit, later: int) -> Route:
    """Return a route in minutes that begin so much later, with what reaches beyond the unit's shift cut off."""
    stops = [replace(s, arrive=s.arrive - later, leave=s.leave - later) for s in route.stops]
    cut = [
        s if s.kind in ("break", "task") else replace(s, arrive=max(s.arrive, unit.start), leave=min(s.leave, unit.end))
        for s in stops
    ]
    return Route(route.callsign, tuple(cut))


class _Label(NamedTuple):
    """The best way to a stop: the minutes of work and the number of stops kept up to it, and the stops."""

    kept: tuple[int, int]
    stops: tuple[Stop, ...]


class _Fit:
    """Chooses which stops of one unit stay."""

    def __init__(self, problem: Problem, unit: Unit) -> None:
        self.problem, self.unit = problem, unit
        self.index = {place.name: i for i, place in enumerate(problem.places)}
        self.legs: IntArray = problem.legs(unit.mode)

    def stops(self, right: tuple[Stop, ...]) -> tuple[Stop, ...]:
        """Return a route of as much of `right` as one unit can do, its break another one where the old does not fit."""
        found = self.stops_if_any(right)
        if found is None:
            raise AssertionError("a problem whose unit has no time for its break is refused when it is made")
        return found

    def stops_if_any(self, right: tuple[Stop, ...]) -> tuple[Stop, ...] | None:
        """Return the same, or None when there is no such route."""
        work = [s for s in right if s.kind != "break"]
        breaks = [s for s in right if s.kind == "break"]
        found = self._best(work, breaks, [*work, *breaks])
        if found is None:
            every = self._breaks()
            found = self._best(work, every, work) or self._best([], every, every)
        return None if found is None else _plain(found.stops)

    def _best(self, work: list[Stop], breaks: list[Stop], first: list[Stop]) -> _Label | None:
        """Return the best route; a unit that chooses its duty sets out for one of the stops `first`, or for none."""
        unit = self.unit
        begins = {unit.start}
        if unit.chooses_duty:
            outs = [(s.arrive, int(self.legs[unit.origin, self.index[s.place]])) for s in first]
            begins |= {arrive - leg for arrive, leg in outs if leg >= 0 and arrive - leg > unit.start}
        found = [self._longest(work, breaks, begin, min(begin + unit.duty, unit.end)) for begin in sorted(begins)]
        return max((label for label in found if label is not None), key=lambda label: label.kept, default=None)

    def _breaks(self) -> list[Stop]:
        """Return every break that the unit may take."""
        rule, grid = self.unit.break_, self.problem.grid
        if rule is None:
            return []
        begins = range(-(-rule.earliest // grid) * grid, rule.latest - rule.minutes + 1, grid)
        names = [self.problem.places[place].name for place in rule.places]
        return [Stop(name, "break", t, t + rule.minutes) for name in names for t in begins]

    def _longest(self, work: list[Stop], breaks: list[Stop], begin: int, end: int) -> _Label | None:
        """Return the route from `begin` to `end` that keeps most of `work` and takes one of `breaks` if it must.

        None when there is none.

        This is a longest path over stops in order of time, once before and once after the break.
        """
        unit, places = self.unit, self.problem.places
        # Where units choose their duty only tasks are worth anything, and standby may lie outside of it.
        waiting = 0 if unit.chooses_duty else 1
        first = Stop(places[unit.origin].name, "standby", unit.start, begin)
        last = Stop(places[unit.destination].name, "standby", end, unit.end)
        ways: dict[bool, list[_Label]] = {False: [], True: []}
        ways[unit.break_ is None].append(_Label((0, 0), (first,)))
        for stop in [*sorted((*work, *breaks), key=lambda s: (s.arrive, s.leave)), last]:
            after = {}
            for done in (False, True):
                before = [w for w in ways[done] if self._fits(w.stops[-1], stop)]
                if before and not (done and stop.kind == "break"):
                    best = max(before, key=lambda w: w.kept)
                    length = (stop.leave - stop.arrive) * (waiting if stop.kind == "standby" else _WORK)
                    # Also stops of no length count: on the way by another place a unit stands elsewhere.
                    kept = best.kept[0] + length, best.kept[1] + 1
                    after[done or stop.kind == "break"] = _Label(kept, (*best.stops, stop))
            for done, label in after.items():
                ways[done].append(label)
        return next((w for w in ways[True] if w.stops[-1] is last), None)

    def _fits(self, before: Stop, after: Stop) -> bool:
        """Whether there is time to drive from one stop to the other, and a way."""
        start, end = self.index[before.place], self.index[after.place]
        leg = int(self.legs[start, end])
        no_way = leg == UNREACHABLE or (start == end and self.problem.places[end].exit is not None)
        return not no_way and before.leave + leg <= after.arrive


def _around_locks(problem: Problem, spells: list[Spell], u: int, right: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Return a route with what is locked, and between that as much of `right` as one unit can do."""
    names = [place.name for place in problem.places]
    route = Route(problem.units[u].callsign, right)
    parts = [(spell.begin, spell.end, _between_locks(problem, spell, within(spell, route))) for spell in spells]
    for lock in problem.locks_of(u):
        locked = tuple(Stop(names[s.place], s.kind, s.arrive, s.leave) for s in lock.stops)
        parts.append((lock.arrive, lock.leave, locked))
    stops = [stop for *_, part in sorted(parts, key=lambda x: x[:2]) for stop in part]
    # Where a stretch of street is locked, neither the spell before it nor the one after it has a stop there.
    along = {names[i] for i in np.flatnonzero(problem.stretches)}
    return tuple(s for s in stops if s.kind != "standby" or s.place not in along)


def _between_locks(problem: Problem, spell: Spell, right: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Return what stays of `right` in a spell; where no direct leg leads through it, the quickest way."""
    index = {place.name: i for i, place in enumerate(problem.places)}
    exact = {k.place: k.minutes for k in problem.tasks}
    whole = tuple(s for s in right if _is_whole(s, index[s.place], problem.least_stops, exact, spell.unit))
    found = _Fit(problem, spell.unit).stops_if_any(whole)
    return found if found is not None else tuple(quickest_stops(problem, spell))


def _is_whole(stop: Stop, place: int, least: Mapping[int, int], exact: dict[int, int], unit: Unit) -> bool:
    """Whether a stop that a lock may have cut is still a stop of its own."""
    length = stop.leave - stop.arrive
    if stop.kind == "break":
        return unit.break_ is not None and length == unit.break_.minutes
    if stop.kind == "task":
        return length == exact.get(place)
    return stop.kind == "standby" or length >= least.get(place, 0)


def _plain(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Return `stops` without those of no length at the two ends, where the next stop is at the same place and time."""
    first, last = stops[0], stops[-1]
    inner = list(stops[1:-1])
    if not (inner and inner[0].place == first.place and inner[0].arrive == first.arrive):
        inner.insert(0, first)
    if not (len(inner) > 1 and inner[-1].place == last.place and inner[-1].leave == last.leave):
        inner.append(last)
    return tuple(inner)


def _notes(gone: list[str], new: list[str], shorter: list[str], kept_back: list[str]) -> list[str]:
    """Return what is told of routes that are left out, missing or no longer whole."""
    told = [
        ("left out, as they are not on the roster: routes of", gone),
        ("without a route to start from:", new),
        ("without the stops that do not fit any more: routes of", shorter),
        ("on call now, as no more may go out:", kept_back),
    ]
    return [f"{text} {_some(callsigns)}" for text, callsigns in told if callsigns]


def _some(callsigns: list[str]) -> str:
    """Return callsigns in words, of many the first ones and how many more."""
    more = len(callsigns) - _NAMED
    return all_of(callsigns) if more <= 0 else all_of([*callsigns[:_NAMED], f"{more} more"])

"""Where each unit of a plan stands and when: the reading of a plan that judges share.

A plan may be edited by hand, so it is read with care: a stop *counts* when its place and kind are known and
it lies, in order, after the stops that count before it and within the unit's shift; a stop that does not
count is passed over as if it were not written, and what the unit does meanwhile is driving.  Of two routes
of one unit the first counts.  Whether a plan keeps the rules is not asked here: that is `solver.check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.duty_span import route_duty
from solver.plan import STOP_KINDS, Route, Stop
from solver.problem import UNREACHABLE, IntArray, Problem, Unit


class Stay(NamedTuple):
    """A stop that counts; `place` is the index of its place."""

    place: int
    kind: str
    arrive: int
    leave: int


class Stand(NamedTuple):
    """A unit is available at `place` in ``[start, end)``."""

    place: int
    start: int
    end: int


class Doing(NamedTuple):
    """What a unit does (a kind of stop, ``driving`` or ``off duty``), and the name of the place where or to which."""

    callsign: str
    kind: str
    place: str


@dataclass(frozen=True)
class Whereabouts:
    """What one unit does: its stops that count, in order, and from when to when it is on duty.

    That is its shift, unless it chooses its duty; where it then has none, it is of no length.
    """

    unit: Unit
    stays: tuple[Stay, ...]
    duty: tuple[int, int]


def whereabouts(problem: Problem, routes: Iterable[Route]) -> tuple[Whereabouts, ...]:
    """Return what each unit of the roster does, in the order of the roster; without a route, nothing."""
    first: dict[str, Route] = {}
    for route in routes:
        first.setdefault(route.callsign, route)
    places = {p.name: i for i, p in enumerate(problem.places)}
    found = []
    for u in problem.units:
        stops = tuple(_counting(first[u.callsign], u, places)) if u.callsign in first else ()
        stays = tuple(Stay(places[s.place], s.kind, s.arrive, s.leave) for s in stops)
        found.append(Whereabouts(u, stays, route_duty(problem, u, Route(u.callsign, stops)) or (u.end, u.end)))
    return tuple(found)


def _counting(route: Route, unit: Unit, places: dict[str, int]) -> Iterator[Stop]:
    """Yield the stops of `route` that count."""
    now = unit.start
    for stop in route.stops:
        if stop.place in places and stop.kind in STOP_KINDS and now <= stop.arrive <= stop.leave <= unit.end:
            yield stop
            now = stop.leave


def visits(problem: Problem, who: Whereabouts) -> Iterator[tuple[int, int, int]]:
    """Yield (hotspot, arrive, leave) of the visits that cover it.

    They are at one of its places, for its dwell or longer, within one of its windows, and not outside the
    districts that the unit is tied to; what is locked as done is one whatever these are now.
    """
    hotspot_of = {place: i for i, h in enumerate(problem.hotspots) for place in h.places}
    for s in who.stays:
        i = hotspot_of.get(s.place)
        if s.kind != "visit" or i is None:
            continue
        h, may = problem.hotspots[i], problem.may_work(who.unit, s.place)
        found = [
            (start, end)
            for start, end in _parts(problem, who, s)
            if _is_done(problem, who, end)
            or (
                may
                and end - start >= h.dwell
                and any(opens <= start and end <= closes for opens, closes in h.open(problem.minutes))
            )
        ]
        if found:
            yield i, found[0][0], found[-1][1]


def stints(problem: Problem, who: Whereabouts) -> Iterator[tuple[int, int, int]]:
    """Yield (post, arrive, leave) of the stints that man it: long enough, by a unit that may work there."""
    post_of = {q.place: i for i, q in enumerate(problem.posts)}
    for s in who.stays:
        i = post_of.get(s.place)
        if s.kind != "stint" or i is None:
            continue
        may = problem.may_work(who.unit, s.place)
        found = [
            (start, end)
            for start, end in _parts(problem, who, s)
            if _is_done(problem, who, end) or (may and end - start >= problem.posts[i].stint)
        ]
        if found:
            yield i, found[0][0], found[-1][1]


def tasks_done(problem: Problem, who: Whereabouts) -> Iterator[tuple[int, int, int]]:
    """Yield (task, arrive, leave) of the tasks that are done: in full, begun in time, by a unit that may."""
    task_of = {k.place: i for i, k in enumerate(problem.tasks)}
    for s in who.stays:
        i = task_of.get(s.place)
        if s.kind != "task" or i is None:
            continue
        k = problem.tasks[i]
        in_time = any(first <= s.arrive <= last for first, last in k.begins(problem.minutes))
        right = in_time and s.leave - s.arrive == k.minutes and problem.may_work(who.unit, s.place)
        if right or _is_done(problem, who, s.leave):
            yield i, s.arrive, s.leave


def _is_done(problem: Problem, who: Whereabouts, end: int) -> bool:
    """Whether what a unit ends in some minute is locked as done."""
    return end <= problem.done_until(who.unit.callsign)


def _parts(problem: Problem, who: Whereabouts, s: Stay) -> tuple[tuple[int, int], ...]:
    """Return when a stop begins and ends, in two parts where it goes on after what is locked as done."""
    done = problem.done_until(who.unit.callsign)
    return ((s.arrive, done), (done, s.leave)) if s.arrive < done < s.leave else ((s.arrive, s.leave),)


def wanted_units(problem: Problem) -> NDArray[np.int64]:
    """Return the units wanted by post and minute; where staffing windows overlap, the larger number."""
    wanted = np.zeros((len(problem.posts), problem.minutes), dtype=np.int64)
    for row, post in zip(wanted, problem.posts, strict=True):
        for w in post.staffing:
            row[w.start : w.end] = np.maximum(row[w.start : w.end], w.units)
    return wanted


def manning_units(problem: Problem, units: Iterable[Whereabouts]) -> NDArray[np.int64]:
    """Return the units on stints that man it, by post and minute."""
    manned = np.zeros((len(problem.posts), problem.minutes), dtype=np.int64)
    for who in units:
        for i, arrive, leave in stints(problem, who):
            manned[i, arrive:leave] += 1
    return manned


def overdue_minutes(problem: Problem, units: Iterable[Whereabouts]) -> NDArray[np.bool_]:
    """Return by hotspot and minute whether a visit is due that is not under way and too long ago."""
    overdue = np.zeros((len(problem.hotspots), problem.minutes), dtype=np.bool_)
    for row, h in zip(overdue, problem.hotspots, strict=True):
        for start, end in h.due(problem.minutes):
            row[start:end] = True
    for who in units:
        for i, arrive, leave in visits(problem, who):
            overdue[i, arrive : leave + problem.hotspots[i].every] = False
    return overdue


def stands(problem: Problem, who: Whereabouts, legs: IntArray) -> Iterator[Stand]:
    """Yield where the unit is available for a call, and when; `legs` are those of its mode.

    On the road a unit counts from the nearer end of its leg: in minute t after it left, from the place left
    while the middle of that minute lies in the first half of the leg.  A unit that takes longer than the leg
    needs has arrived early and counts from the place it drives to.  Off duty it is not available.
    """
    begin, end = who.duty
    for place, start, until in _stands(problem, who, legs):
        if max(start, begin) < min(until, end):
            yield Stand(place, max(start, begin), min(until, end))


def _stands(problem: Problem, who: Whereabouts, legs: IntArray) -> Iterator[Stand]:
    """Yield the same without looking at its duty."""
    closed = {("stint", q.place) for q in problem.posts if not q.available}
    closed |= {("task", k.place) for k in problem.tasks if not k.available}
    before: Stay | None = None
    for s in who.stays:
        if before is not None and before.leave < s.arrive:
            near = before.leave + (_minutes(legs, before, s) + 1) // 2
            yield Stand(before.place, before.leave, near)
            yield Stand(s.place, near, s.arrive)
        if s.kind != "break" and (s.kind, s.place) not in closed:
            yield Stand(s.place, s.arrive, s.leave)
        before = s


def _minutes(legs: IntArray, before: Stay, after: Stay) -> int:
    """Return how long the unit is on the way between two stops, as far as the plan gives it time."""
    allowed = after.arrive - before.leave
    leg = int(legs[before.place, after.place])
    return allowed if leg == UNREACHABLE else min(leg, allowed)


def doing(problem: Problem, who: Whereabouts, minute: int) -> Doing:
    """Return what a unit does in `minute`; on the road it is where it drives to."""
    callsign, (begin, end) = who.unit.callsign, who.duty
    if who.unit.chooses_duty and not begin <= minute < end:
        place = who.unit.origin if minute < begin else who.unit.destination
        return Doing(callsign, "off duty", problem.places[place].name)
    for s in who.stays:
        if minute < s.arrive:
            return Doing(callsign, "driving", problem.places[s.place].name)
        if minute < s.leave:
            return Doing(callsign, s.kind, problem.places[s.place].name)
    return Doing(callsign, "standby", problem.places[who.unit.destination].name)

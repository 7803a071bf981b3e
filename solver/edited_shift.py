"""A running shift on other streets: the problem of an edited shift file, made to go on from what has happened.

`go_on` takes the problem of a plan, that of the edited file, and a minute.  Places, posts, hotspots, tasks and units
are the same ones where they have the same names.  What the edited file asks for counts from that minute on, what the
old one asked for until then; places where units have been that the edited file lacks stay, worth nothing and closed
to all but those who begin, end or rest there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from solver.plan import Plan
from solver.problem import UNREACHABLE, Hotspot, IntArray, Place, Post, Problem, Staffing, Task, Unit
from solver.streets import Leg, Streets
from solver.wording import Times

APART = 0.0005
"""Degrees by which a place may have moved and still be the same one: some 50 metres."""

_ROLES = ("station", "hotspot", "post", "task")

Spans = tuple[tuple[int, int], ...]


class GoingOn(NamedTuple):
    """The problem of an edited file as it is from a minute on.

    `units` are those of the old roster as they are now, None where they do not come any more, and then the new ones.
    `gone` are callsigns that the edited file lacks, `lost` places where units have been that it lacks, `callouts`
    groups of callsigns and how many of each may go out, `notes` what there is to be told, `errors` what is wrong.
    """

    problem: Problem
    units: tuple[Unit | None, ...]
    gone: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    callouts: tuple[tuple[frozenset[str], int], ...] = ()
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def places_been(problem: Problem, plan: Plan, at: int) -> tuple[Place, ...]:
    """Return where units have been by minute `at`, or have set out for by then."""
    names: dict[str, None] = {}
    for route in plan.routes:
        for i, stop in enumerate(route.stops):
            # Who is on a stretch of street must go on to the next place, whatever happens.
            if stop.arrive <= at or (i and route.stops[i - 1].arrive <= at):
                names[stop.place] = None
    return tuple(place for place in problem.places if place.name in names)


def go_on(old: Problem, plan: Plan, at: int, new: Problem) -> GoingOn:
    """Return the problem of an edited shift file as it is from minute `at` on.

    Parameters
    ----------
    old : Problem
        The problem of `plan`.
    plan : Plan
    at : int
        A minute on the grid.
    new : Problem
        That of the edited file, with the same horizon; it has the places of `places_been` as well.
    """
    been = places_been(old, plan, at)
    errors = [*_conflicts(old, new, been), *_callsign_errors(old, new, at)]
    problem = _with_past(old, new, at, been)
    units: list[Unit | None] = []
    notes: list[str] = []
    ahead = {unit.callsign: unit for unit in new.units}
    index = {place.name: i for i, place in enumerate(problem.places)}
    rests = {r.callsign: any(s.kind == "break" and s.arrive < at for s in r.stops) for r in plan.routes}
    for unit in old.units:
        now = ahead.pop(unit.callsign, None)
        if at <= unit.start and now is not None:
            units.append(_coming(problem, now, at, notes))
            continue
        then = _moved(old, problem, unit, index)
        if now is None or at >= max(unit.end, now.end):
            units.append(then)
            continue
        rule = then.break_ if rests.get(unit.callsign) else now.break_
        units.append(replace(now, start=unit.start, origin=then.origin, break_=rule))
    units += [_coming(problem, now, at, notes) for now in ahead.values()]
    known = {unit.callsign for unit in new.units}
    gone = tuple(u.callsign for u in old.units if u.callsign not in known)
    callouts = tuple((frozenset(new.units[u].callsign for u in c.units), c.most) for c in new.callouts)
    roles = roles_of(new)
    lost = frozenset(place.name for place in been if place.name not in roles)
    return GoingOn(problem, tuple(units), gone, lost, callouts, tuple(notes), tuple(errors))


def roles_of(problem: Problem) -> dict[str, str]:
    """Return by name what each place is: a station, hotspot, post or task; those that are nothing are left out."""
    names = [place.name for place in problem.places]
    spots = [i for h in problem.hotspots for i in h.places]
    groups = (problem.stations, spots, [q.place for q in problem.posts], [k.place for k in problem.tasks])
    return {names[i]: role for role, group in zip(_ROLES, groups, strict=True) for i in group}


def streets_since(problem: Problem, made: Plan, at: int, old: Streets, new: Streets) -> Streets:
    """Return the streets of a plan: legs begun before minute `at` as they were, if not driven again, all others new."""
    modes = {unit.callsign: unit.mode for unit in problem.units}
    before: dict[tuple[str, str, str], None] = {}
    after = set()
    for route in made.routes:
        for i, stop in enumerate(route.stops):
            ways = [(stop.place, stop.place, stop.arrive)]
            if i:
                ways.append((route.stops[i - 1].place, stop.place, route.stops[i - 1].leave))
            for start, end, minute in ways:
                key = (modes[route.callsign], start, end)
                if minute < at:
                    before[key] = None
                else:
                    after.add(key)
    kept: dict[tuple[str, str, str], Leg] = {
        key: old.legs[key] for key in before if key in old.legs and (key not in after or key not in new.legs)
    }
    return replace(new, legs={**new.legs, **kept})


def _conflicts(old: Problem, new: Problem, been: Iterable[Place]) -> Iterator[str]:
    """Yield places where units have been that are something else in the edited file, or lie elsewhere."""
    was, is_, there = roles_of(old), roles_of(new), {place.name: place for place in new.places}
    for place in been:
        now = there[place.name]
        if place.name in is_ and was[place.name] != is_[place.name]:
            yield (
                f"{place.name!r}, where units have been, was a {was[place.name]} and is a {is_[place.name]} in the "
                "edited file; give the new one another name"
            )
        elif place.name in is_ and _far(place, now):
            yield (
                f"{place.name!r}, where units have been, lies elsewhere in the edited file; leave it where it was, or "
                "give the new one another name"
            )


def _far(a: Place, b: Place) -> bool:
    """Whether two places lie apart, or only one is a stretch of street."""
    if (a.exit is None) != (b.exit is None):
        return True
    pairs = [((a.lat, a.lon), (b.lat, b.lon))]
    if a.exit is not None and b.exit is not None:
        pairs.append((a.exit, b.exit))
    return any(
        abs(p[0] - q[0]) > APART or abs((p[1] - q[1] + 180) % 360 - 180) * np.cos(np.radians(p[0])) > APART
        for p, q in pairs
    )


def _callsign_errors(old: Problem, new: Problem, at: int) -> Iterator[str]:
    """Yield units that cannot be in the edited file what they are there."""
    times, known = Times(old), {unit.callsign: unit for unit in old.units}
    for now in new.units:
        was = known.get(now.callsign)
        if was is None or at <= was.start:
            continue
        if was.mode != now.mode:
            yield (
                f"unit {now.callsign!r} has begun its shift by {was.mode} and goes by {now.mode} in the edited file; "
                "leave that as it was, or give the unit another callsign from now on"
            )
        if was.end > at >= now.end:
            yield (
                f"unit {now.callsign!r} is on duty at {times.at(at)}, but its shift ends at {times.at(now.end)} in the "
                "edited file; end it later, or leave the unit out to end it where it is"
            )


def _with_past(old: Problem, new: Problem, at: int, been: Iterable[Place]) -> Problem:
    """Return the edited problem with what was asked for until `at`, and the places where units have been."""
    index = {place.name: i for i, place in enumerate(new.places)}
    roles, before = roles_of(new), roles_of(old)
    lost = {index[place.name]: place for place in been if place.name not in roles}
    places = tuple(lost.get(i, place) for i, place in enumerate(new.places))
    of_old = {place.name: i for i, place in enumerate(old.places)}
    spots = {i: h for h in old.hotspots for i in h.places}
    posts, tasks = {q.place: q for q in old.posts}, {k.place: k for k in old.tasks}
    more: dict[str, list[int]] = {role: [i for i, p in lost.items() if before.get(p.name) == role] for role in _ROLES}
    back = {i: of_old[place.name] for i, place in lost.items()}
    # Whoever has a mode that the edited file lacks stays where it is.
    modes = {unit.mode for unit in old.units} - set(new.travel)
    needed = {i for u in new.units for i in (u.origin, u.destination, *(u.break_.places if u.break_ else ()))}
    nowhere = {mode: np.where(np.eye(len(places)) > 0, 0, UNREACHABLE).astype(np.int32) for mode in sorted(modes)}
    return new.replace(
        places=places,
        stations=(*new.stations, *more["station"]),
        hotspots=(
            *(_hotspot_since(new, h, spots.get(of_old.get(places[h.place].name, -1)), at, old) for h in new.hotspots),
            *(_spent(spots[back[i]], i, len(new.slots) - 1) for i in more["hotspot"]),
        ),
        posts=(
            *(_post_since(q, posts.get(of_old.get(places[q.place].name, -1)), at) for q in new.posts),
            *(replace(posts[back[i]], place=i, staffing=(), watches=()) for i in more["post"]),
        ),
        tasks=(
            *(k if places[k.place].name in of_old else _task_since(k, at, new.minutes) for k in new.tasks),
            *(replace(tasks[back[i]], place=i, profit=0, required=False) for i in more["task"]),
        ),
        travel={mode: _closed(table, sorted(set(lost) - needed)) for mode, table in {**nowhere, **new.travel}.items()},
        reach={**{mode: np.full((len(places), len(new.demand)), UNREACHABLE) for mode in nowhere}, **new.reach},
        callouts=(),
    )


def _closed(table: IntArray, places: list[int]) -> IntArray:
    """Return travel times with no way to some places."""
    closed = table.copy()
    closed[:, places] = UNREACHABLE
    closed[places, places] = 0
    return closed


def _spent(h: Hotspot, place: int, slots: int) -> Hotspot:
    """Return a hotspot that is none any more: where units have been, and nothing is to be had."""
    return replace(h, place=place, reverse=None, risk=(0,) * slots, every=0, required=False)


def _hotspot_since(new: Problem, now: Hotspot, was: Hotspot | None, at: int, old: Problem) -> Hotspot:
    """Return a hotspot whose visits are due as they were until `at`; if that is another rule, only since then."""
    if not now.every:
        return now
    windows: list[tuple[int, int]] = []
    if was is not None and (was.every, was.required) == (now.every, now.required):
        windows += [(start, min(end, at)) for start, end in was.open(old.minutes) if start < at]
    for start, end in now.open(new.minutes):
        if end > at:
            if windows and windows[-1][1] >= max(start, at):
                windows[-1] = (windows[-1][0], end)
            else:
                windows.append((max(start, at), end))
    long_enough = tuple(w for w in windows if w[1] - w[0] >= now.dwell)
    return replace(now, windows=long_enough or now.windows)


def _post_since(now: Post, was: Post | None, at: int) -> Post:
    """Return a post that wants as many units as it did until `at`, and as it does now from then on."""
    early = () if was is None else was.staffing
    cut = [Staffing(w.start, min(w.end, at), w.units) for w in early if w.start < at]
    cut += [Staffing(max(w.start, at), w.end, w.units) for w in now.staffing if w.end > at]
    return replace(now, staffing=tuple(cut))


def _task_since(task: Task, at: int, minutes: int) -> Task:
    """Return a new task, to be begun from `at` on, if that is at all possible."""
    spans: Spans = tuple((max(first, at), last) for first, last in task.begins(minutes) if last >= at)
    return replace(task, windows=spans) if spans else task


def _coming(problem: Problem, unit: Unit, at: int, notes: list[str]) -> Unit | None:
    """Return a unit whose shift has not begun: it begins at `at` or later, if at all."""
    times = Times(problem)
    if unit.end <= at:
        notes.append(f"{unit.callsign} does not come: its shift ends at {times.at(unit.end)}")
        return None
    if unit.start < at:
        notes.append(f"{unit.callsign} begins its shift at {times.at(at)}")
    return replace(unit, start=max(unit.start, at))


def _moved(old: Problem, new: Problem, unit: Unit, index: Mapping[str, int]) -> Unit:
    """Return a unit of the old problem in the new one; what is not there any more is left out."""
    names = [place.name for place in old.places]
    known = {place.district for place in new.places}
    districts = tuple(d for d in unit.districts if d in known)
    origin = index.get(names[unit.origin], new.stations[0])
    pause = unit.break_
    if pause is not None:
        places = tuple(index[names[i]] for i in pause.places if names[i] in index)
        pause = replace(pause, places=places) if places else None
    return replace(
        unit,
        origin=origin,
        destination=index.get(names[unit.destination], origin),
        break_=pause,
        districts=districts,
        tied=unit.tied and bool(districts),
    )

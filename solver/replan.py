"""Planning anew while the shift runs: what has happened stays, what comes is open again.

`replanned` makes of a problem and its plan the problem of the rest of the shift: the same horizon, with everything up
to a minute locked (`solver.problem.Lock`), so that what lingers, is due, was done or manned until then counts as it
did; and with what has changed since: units that are out of service or late, and incidents that bind some.
``docs/replan.md`` says what each of these means.  Who solves that problem does not have to know of any of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from solver.free_time import Spell, break_choices
from solver.past import Past, Way, at_incident, held_up, so_far, whole_route
from solver.plan import Plan
from solver.problem import IntArray, Lock, LockedStop, Place, Problem, ProblemError, Task, Unit
from solver.wording import Times, any_of, minutes_text, some_of


class ReplanError(ValueError):
    """Changes that cannot be made; `errors` lists what is wrong with them."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors))


class Incident(NamedTuple):
    """Something at a place (its name) that binds so many of the nearest units, each for so many minutes."""

    place: str
    units: int
    minutes: int


class Late(NamedTuple):
    """A unit (its callsign) that leaves where it is, or arrives where it drives to, so many minutes later."""

    callsign: str
    minutes: int


@dataclass(frozen=True)
class Changes:
    """What is otherwise than planned from some minute on.

    Parameters
    ----------
    out : tuple of str
        Callsigns of units that are out of service.
    late : tuple of Late
    incidents : tuple of Incident
        In the order in which units are sent to them.
    helpers : int, optional
        How many of the other units, the nearest ones, may change what they do; all of them if left out.
    """

    out: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    incidents: tuple[Incident, ...] = ()
    helpers: int | None = None


@dataclass(frozen=True)
class Replanned:
    """The problem of the rest of a shift.

    Parameters
    ----------
    problem : Problem
    notes : tuple of str
        What follows from the changes, in words: who is sent where, who comes home late.
    free : tuple of str
        Callsigns of the units that may change what they do.
    """

    problem: Problem
    notes: tuple[str, ...]
    free: tuple[str, ...]


def replanned(problem: Problem, plan: Plan, at: int, changes: Changes) -> Replanned:
    """Return the problem of what is left after minute `at`.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        A plan of it that keeps every rule.
    at : int
        A minute of the horizon; it is rounded up to the grid.
    changes : Changes

    Raises
    ------
    ReplanError
        When a change names what is not there, or cannot be made; all that is wrong is listed.
    """
    if errors := change_errors(problem, at, changes):
        raise ReplanError(errors)
    return _Replan(problem, plan, at + -at % problem.grid, changes).result()


def change_errors(problem: Problem, at: int, changes: Changes) -> list[str]:
    """Return what is wrong with the changes, in words: all of it."""
    return list(_errors(problem, at, changes))


def _errors(problem: Problem, at: int, changes: Changes) -> Iterable[str]:
    """Yield what is wrong with the changes."""
    units = {u.callsign for u in problem.units}
    places = {p.name for p in problem.places}
    if not 0 <= at <= problem.minutes:
        yield f"minute {at} is not within the plan, which runs from 0 to {problem.minutes}"
    named = [*changes.out, *(late.callsign for late in changes.late)]
    for callsign in dict.fromkeys(named):
        if callsign not in units:
            yield f"there is no unit {callsign!r}; units are {any_of([u.callsign for u in problem.units])}"
        elif named.count(callsign) > 1:
            yield f"unit {callsign!r} is named twice among those out of service or late; name it once"
    for late in changes.late:
        if late.minutes < 1:
            yield f"unit {late.callsign!r} cannot be late by {minutes_text(late.minutes)}; write 1 or more"
    for incident in changes.incidents:
        if incident.place not in places:
            yield f"there is no place {incident.place!r}; places are {any_of([p.name for p in problem.places])}"
        if incident.units < 1 or incident.minutes < 1:
            yield f"the incident at {incident.place!r} must take 1 unit and 1 minute or more"
    if any(u.chooses_duty for u in problem.units):
        yield "units that choose when to be on duty cannot be planned anew while the shift runs; give them fixed shifts"


class _Replan:
    """The rest of one shift in the making."""

    def __init__(self, problem: Problem, plan: Plan, at: int, changes: Changes) -> None:
        self.problem, self.at, self.changes = problem, at, changes
        self.times, self.names = Times(problem), [p.name for p in problem.places]
        index = {name: i for i, name in enumerate(self.names)}
        stops = {
            r.callsign: [LockedStop(index[s.place], s.kind, s.arrive, s.leave) for s in r.stops] for r in plan.routes
        }
        self.routes = [stops[u.callsign] for u in problem.units]
        self.ways = [Way(problem, u) for u in range(len(problem.units))]
        self.units: list[Unit | None] = list(problem.units)
        self.pasts = [so_far(way, route, at) for way, route in zip(self.ways, self.routes, strict=True)]
        self.old = [list(problem.locks_of(u)) for u in range(len(problem.units))]
        self.notes: list[str] = []
        self.hit: list[int] = []
        self.sent: list[Task] = []

    def result(self) -> Replanned:
        """Return the new problem."""
        callsigns = [u.callsign for u in self.problem.units]
        for u in range(len(self.pasts)):
            self._hold_old_locks(u)
        for callsign in self.changes.out:
            self._take_out(callsigns.index(callsign))
        for late in self.changes.late:
            self._delay(callsigns.index(late.callsign), late.minutes + -late.minutes % self.problem.grid)
        for incident in self.changes.incidents:
            self._send(incident)
        for u in self.hit:
            self._bring_home(u)
        kept = self._kept()
        left = [u for u, unit in enumerate(self.units) if unit is not None]
        locks = tuple(lock for i, u in enumerate(left) for lock in self._locks(u, i, whole=u in kept))
        units = tuple(unit for unit in self.units if unit is not None)
        try:
            problem = self.problem.replace(units=units, locks=locks, tasks=(*self.problem.tasks, *self.sent))
        except ProblemError as error:
            raise ReplanError(error.errors) from None
        free = tuple(callsigns[u] for u in left if u not in kept and self._end(u) > self.at)
        return Replanned(problem, tuple(self.notes), free)

    def _hold_old_locks(self, u: int) -> None:
        """Let a lock that is under way run to its end."""
        for lock in self.old[u]:
            past = self.pasts[u]
            if past.stops and lock.arrive < past.free < lock.leave:
                self.pasts[u] = so_far(self.ways[u], self.routes[u], lock.leave)

    def _take_out(self, u: int) -> None:
        """End the shift of a unit where it is."""
        unit = self.problem.units[u]
        self.hit.append(u)
        if self.at >= unit.end:
            self.notes.append(f"{unit.callsign} is off duty already")
            return
        past = self.pasts[u] = so_far(self.ways[u], self.routes[u], self.at, called=True)
        if not past.stops:
            self.units[u] = None
            self.notes.append(f"{unit.callsign} does not begin its shift")
            return
        pause = unit.break_
        begun = [s for s in past.stops if s.kind == "break"]
        if pause is not None:
            pause = replace(pause, minutes=begun[0].leave - begun[0].arrive) if begun else None
        place = past.stops[-1].place
        self.units[u] = replace(unit, end=past.free, destination=place, break_=pause)
        self.notes.append(
            f"{unit.callsign} is out of service at {self.names[place]} from {self.times.at(past.free)} on"
        )

    def _delay(self, u: int, minutes: int) -> None:
        """Keep a unit where it is, or where it drives to, for so much longer."""
        unit = self.problem.units[u]
        self.hit.append(u)
        if self.at >= unit.end:
            self.notes.append(f"{unit.callsign} is off duty already")
        elif self.at <= unit.start:
            start = unit.start + minutes
            self.units[u] = replace(unit, start=start, end=max(unit.end, start + self.problem.grid))
            self.notes.append(f"{unit.callsign} begins its shift at {self.times.at(start)}")
        else:
            past = self.pasts[u] = held_up(self.ways[u], self.routes[u], self.at, minutes)
            if past.free > self.problem.minutes:
                wrong = f"{unit.callsign} late by {minutes_text(minutes)} does nothing more before the plan ends"
                raise ReplanError([f"{wrong}; put it out of service"])
            where = self.names[past.stops[-1].place]
            self.notes.append(f"{unit.callsign} can leave {where} at {self.times.at(past.free)}")

    def _send(self, incident: Incident) -> None:
        """Send the units that can be there first; of those equally near, the ones that are on no post."""
        here = self.names.index(incident.place)
        minutes = incident.minutes + -incident.minutes % self.problem.grid
        able = []
        for u, unit in enumerate(self.units):
            if unit is None or u in self.hit or not unit.start <= self.at < unit.end or self._is_bound(u):
                continue
            past = so_far(self.ways[u], self.routes[u], self.at, called=True)
            if not past.stops:
                past = Past((LockedStop(unit.origin, "standby", self.at, self.at),))
            leg = self.ways[u].leg(past.stops[-1].place, here)
            arrive = past.free + max(leg or 0, self.problem.grid)
            if leg is not None and arrive + minutes <= self.problem.minutes and not self._rests(u):
                on_post = any(s.kind == "stint" and s.arrive < self.at < s.leave for s in self.routes[u])
                able.append((arrive, on_post, u, past))
        sent = sorted(able, key=lambda x: x[:3])[: incident.units]
        if sent:
            place = self._new_place(here)
            for arrive, _, u, past in sent:
                self.pasts[u] = at_incident(past, place, arrive, arrive + minutes)
                self.hit.append(u)
                text = f"at {self.times.at(arrive)}, until {self.times.at(arrive + minutes)}"
                self.notes.append(f"{self.problem.units[u].callsign} is sent to {self.names[place]}: there {text}")
            begins = sorted({arrive for arrive, *_ in sent})
            windows = tuple((arrive, arrive) for arrive in begins)
            self.sent.append(Task(place, minutes, 0, windows, available=False))
        if len(sent) < incident.units:
            wanted = f"{incident.units} unit{'s' * (incident.units > 1)}"
            self.notes.append(f"of {wanted} for the incident at {incident.place} only {len(sent)} can be sent")

    def _is_bound(self, u: int) -> bool:
        """Whether a unit is at a task that is locked, such as an incident, or on its way there."""
        locked = [s for lock in self.old[u] if lock.arrive <= self.at < lock.leave for s in lock.stops]
        return any(s.kind == "task" and s.leave > self.at for s in locked)

    def _rests(self, u: int) -> bool:
        """Whether a unit is on its break."""
        return any(s.kind == "break" and s.arrive <= self.at < s.leave for s in self.routes[u])

    def _new_place(self, here: int) -> int:
        """Add a place for an incident where another place is; return its index."""
        problem, old = self.problem, self.problem.places[here]
        name, n = f"incident at {old.name}", 1
        while name in self.names:
            n += 1
            name = f"incident {n} at {old.name}"
        self.problem = problem.replace(
            places=(*problem.places, Place(name, old.lat, old.lon)),
            travel={mode: _doubled(table, here) for mode, table in problem.travel.items()},
            reach={mode: np.vstack([table, table[here : here + 1]]) for mode, table in problem.reach.items()},
        )
        self.names.append(name)
        self.ways = [Way(self.problem, u) for u in range(len(self.ways))]
        return len(self.names) - 1

    def _bring_home(self, u: int) -> None:
        """Let a unit that comes home late do so, and go without the break for which it has no time left."""
        unit, past = self.units[u], self.pasts[u]
        if unit is None or self.at >= unit.end:
            return
        place, free = (past.stops[-1].place, past.free) if past.stops else (unit.origin, unit.start)
        home = self.ways[u].quickest(place, unit.destination)
        if home is None or free + home > self.problem.minutes:
            where = self.names[place]
            self.notes.append(f"{unit.callsign} cannot be home before the plan ends, and stays at {where}")
            unit = replace(unit, destination=place, end=min(max(free, unit.end), self.problem.minutes))
            past = self.pasts[u] = past.staying(unit.end)
        elif free + home > unit.end:
            later = minutes_text(free + home - unit.end)
            self.notes.append(f"{unit.callsign} is home at {self.times.at(free + home)}, {later} after its shift")
            unit = replace(unit, end=free + home)
        if unit.break_ is not None and not any(s.kind == "break" for s in past.stops):
            rest = replace(unit, start=free, origin=place, break_=None)
            if free >= unit.end or not break_choices(self.problem, Spell(u, rest), unit.break_):
                self.notes.append(f"{unit.callsign} has no time left for its break")
                unit = replace(unit, break_=None)
        self.units[u] = unit

    def _kept(self) -> set[int]:
        """Return the units that do as they did, where few may change."""
        if self.changes.helpers is None:
            return set()
        others = [u for u, unit in enumerate(self.units) if unit is not None and u not in self.hit]
        middles = [self.pasts[u].stops[-1].place if self.pasts[u].stops else self._origin(u) for u in self.hit]
        away = {u: min((self.ways[u].minutes(self._place(u), middle) for middle in middles), default=0) for u in others}
        busy = [u for u in others if self.problem.units[u].end > self.at]
        helping = sorted(busy, key=lambda u: (away[u], u))[: self.changes.helpers]
        return {u for u in others if u not in helping}

    def _has_time_to_rest(self, u: int, unit: Unit, locks: list[Lock]) -> bool:
        """Whether a unit has time for its break, if it has one, between its locks."""
        if unit.break_ is None or any(s.kind == "break" for lock in locks for s in lock.stops):
            return True
        begins = [(unit.origin, unit.start), *((lock.stops[-1].place, lock.leave) for lock in locks)]
        ends = [*((lock.stops[0].place, lock.arrive) for lock in locks), (unit.destination, unit.end)]
        return any(
            break_choices(self.problem, Spell(u, replace(unit, origin=a, start=s, destination=b, end=e)), unit.break_)
            for (a, s), (b, e) in zip(begins, ends, strict=True)
        )

    def _end(self, u: int) -> int:
        """Return when a unit's shift ends now, 0 where it has none."""
        unit = self.units[u]
        return 0 if unit is None else unit.end

    def _origin(self, u: int) -> int:
        return self.problem.units[u].origin

    def _place(self, u: int) -> int:
        """Return where a unit is when it is free."""
        return self.pasts[u].stops[-1].place if self.pasts[u].stops else self._origin(u)

    def _locks(self, u: int, index: int, *, whole: bool) -> list[Lock]:
        """Return the locks of a unit, which is unit `index` of the new roster."""
        if whole:
            return [Lock(index, tuple(whole_route(self.routes[u])))]
        past = self.pasts[u]
        unit = self.units[u]
        found = [Lock(index, tuple(past.stops))] if past.stops else []
        dropped = []
        place, now = (past.stops[-1].place, past.free) if past.stops else (self._origin(u), 0)
        for lock in self.old[u]:
            if lock.leave <= past.free and past.stops:
                continue
            leg = self.ways[u].leg(place, lock.stops[0].place)
            home = None if unit is None else self.ways[u].leg(lock.stops[-1].place, unit.destination)
            fits = leg is not None and now + leg <= lock.arrive and home is not None
            if u in self.hit and not (fits and unit is not None and lock.leave + (home or 0) <= unit.end):
                dropped.append(self.names[lock.stops[0].place])
                continue
            found.append(replace(lock, unit=index))
            place, now = lock.stops[-1].place, lock.leave
        first = 1 if past.stops else 0
        if u in self.hit and unit is not None and not self._has_time_to_rest(u, unit, found):
            dropped += [self.names[lock.stops[0].place] for lock in found[first:]]
            del found[first:]
        if dropped:
            callsign = self.problem.units[u].callsign
            self.notes.append(f"what is locked is not kept by {callsign}: {some_of(dropped)}")
        return found


def _doubled(table: IntArray, here: int) -> IntArray:
    """Return travel times with a place more that is where place `here` is."""
    wider = np.hstack([table, table[:, here : here + 1]])
    higher = np.vstack([wider, wider[here : here + 1]])
    higher[-1, -1] = 0
    return higher

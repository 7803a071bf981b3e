"""Planning anew while the shift runs: what has happened stays, what comes is open again.

`replanned` makes of a problem and its plan the problem of the rest of the shift: the same horizon, with everything up
to a minute locked (`solver.problem.Lock`), so that what lingers, is due, was done or manned until then counts as it
did; and with what has changed since: units that are out of service or late, incidents that bind some, and, where the
shift file was edited, all that it says now (`solver.edited_shift`).
``docs/replan.md`` says what each of these means.  Who solves that problem does not have to know of any of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solver.edited_shift import GoingOn, go_on, roles_of
from solver.free_time import Spell, break_choices
from solver.on_call import on_call
from solver.past import Past, Way, at_incident, held_up, so_far, what_breaks, whole_route
from solver.plan import Plan
from solver.problem import IntArray, Lock, LockedStop, Place, Problem, ProblemError, Task, Unit
from solver.shift_changes import Changes, Incident, Late, ReplanError, change_errors
from solver.wording import Times, minutes_text, some_of

__all__ = ["Changes", "Incident", "Late", "ReplanError", "Replanned", "change_errors", "replanned"]


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


def replanned(problem: Problem, plan: Plan, at: int, changes: Changes, edited: Problem | None = None) -> Replanned:
    """Return the problem of what is left after minute `at`.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        A plan of it that keeps every rule.
    at : int
        A minute of the horizon; it is rounded up to the grid.
    changes : Changes
    edited : Problem, optional
        That of the edited shift file, with the same horizon, and with `solver.edited_shift.places_been`.

    Raises
    ------
    ReplanError
        When a change names what is not there, or cannot be made; all that is wrong is listed.
    """
    now, at = edited or problem, at + -at % problem.grid
    going_on = None if edited is None else go_on(problem, plan, at, edited)
    lost = going_on.lost if going_on else ()
    places = [p.name for p in now.places if p.name not in lost]
    errors = change_errors(problem, at, changes, [u.callsign for u in now.units], places)
    errors += going_on.errors if going_on else ()
    if errors:
        raise ReplanError(errors)
    return _Replan(problem, plan, at, changes, going_on).result()


class _Replan:
    """The rest of one shift in the making."""

    def __init__(self, problem: Problem, plan: Plan, at: int, changes: Changes, edited: GoingOn | None) -> None:
        going_on = edited or GoingOn(problem, problem.units)
        self.edited, self.gone, self.lost = edited is not None, going_on.gone, going_on.lost
        self.problem, self.at, self.changes = going_on.problem, at, changes
        self.times, self.names = Times(problem), [p.name for p in self.problem.places]
        newcomers = [unit for unit in going_on.units[len(problem.units) :] if unit is not None]
        given = [*problem.units, *newcomers]
        self.units: list[Unit | None] = [*going_on.units[: len(problem.units)], *newcomers]
        self.roster = [now or was for now, was in zip(self.units, given, strict=True)]
        # What has happened is read on the streets and by the rules of its time: `then`, with its own indices of places.
        self.old_names = [p.name for p in problem.places]
        old = {name: i for i, name in enumerate(self.old_names)}
        now = {name: i for i, name in enumerate(self.names)}
        self.now_at = {i: now[name] for name, i in old.items() if name in now}
        stops = {
            r.callsign: [LockedStop(old[s.place], s.kind, s.arrive, s.leave) for s in r.stops] for r in plan.routes
        }
        self.then = [Way(problem, unit) for unit in given]
        self.routes = [stops.get(unit.callsign, []) for unit in given]
        self.ways = [Way(self.problem, unit) for unit in self.roster]
        self.pasts = [self._so_far(u, at) for u in range(len(given))]
        self.held = [list(problem.locks_of(u)) for u in range(len(given))]
        ahead = {unit.callsign: self.problem.locks_of(u) for u, unit in enumerate(self.problem.units)}
        self.ahead = [list(ahead.get(unit.callsign, ())) for unit in given]
        self.waiting, self.callouts = on_call(problem, plan.routes), going_on.callouts
        self.was = roles_of(problem)
        self.notes = list(going_on.notes)
        self.hit: list[int] = []
        self.sent: list[Task] = []
        self.sent_to: dict[int, LockedStop] = {}

    def result(self) -> Replanned:
        """Return the new problem."""
        callsigns = [u.callsign for u in self.roster]
        for u in range(len(self.pasts)):
            self._hold_old_locks(u)
        self.notes += [f"{callsigns[u]} is on duty again" for u in range(len(self.units)) if self._goes_on(u)]
        on_duty = [u.callsign for u in self.roster if self.at < u.end]
        for callsign in dict.fromkeys([*self.changes.out, *(c for c in self.gone if c in on_duty)]):
            self._take_out(callsigns.index(callsign))
        for late in self.changes.late:
            self._delay(callsigns.index(late.callsign), late.minutes + -late.minutes % self.problem.grid)
        for incident in self.changes.incidents:
            self._send(incident)
        for u in range(len(self.units)) if self.edited else self.hit:
            self._bring_home(u)
        kept = {u for u in self._kept() | self._on_call() if self._can_keep(u)}
        left = [u for u, unit in enumerate(self.units) if unit is not None]
        locks = tuple(lock for i, u in enumerate(left) for lock in self._locks(u, i, whole=u in kept))
        units = tuple(unit for unit in self.units if unit is not None)
        try:
            problem = self.problem.replace(
                units=units, locks=locks, callouts=(), tasks=(*self.problem.tasks, *self.sent)
            )
        except ProblemError as error:
            raise ReplanError(error.errors) from None
        free = tuple(callsigns[u] for u in left if u not in kept and self._end(u) > self.at)
        return Replanned(problem, tuple(self.notes), free)

    def _so_far(self, u: int, at: int, *, called: bool = False) -> Past:
        """Return what stays of the route of a unit at minute `at`."""
        if not self.routes[u]:
            return Past(())
        past, unit = self._now(so_far(self.then[u], self.routes[u], at, called=called)), self.units[u]
        # Whose shift was over, but goes on now, waits where it is.
        again = unit is not None and past.stops and past.free < self.at < unit.end
        return past.staying(self.at) if again else past

    def _now(self, past: Past) -> Past:
        """Return a past that is read in the old problem with the places of the new one."""
        return Past(tuple(replace(s, place=self.now_at[s.place]) for s in past.stops))

    def _hold_old_locks(self, u: int) -> None:
        """Let a lock that is under way run to its end."""
        for lock in self.held[u]:
            past = self.pasts[u]
            if past.stops and lock.arrive < past.free < lock.leave:
                self.pasts[u] = self._so_far(u, lock.leave)

    def _take_out(self, u: int) -> None:
        """End the shift of a unit where it is."""
        unit = self.roster[u]
        self.hit.append(u)
        if self.at >= unit.end:
            self.notes.append(f"{unit.callsign} is off duty already")
            return
        past = self.pasts[u] = self._so_far(u, self.at, called=True)
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
        unit = self.roster[u]
        self.hit.append(u)
        if self.at >= unit.end:
            self.notes.append(f"{unit.callsign} is off duty already")
        elif self.at <= unit.start:
            start = unit.start + minutes
            self.units[u] = replace(unit, start=start, end=max(unit.end, start + self.problem.grid))
            self.notes.append(f"{unit.callsign} begins its shift at {self.times.at(start)}")
        else:
            past = self.pasts[u] = self._now(held_up(self.then[u], self.routes[u], self.at, minutes))
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
            past = self._so_far(u, self.at, called=True)
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
                self.sent_to[u] = self.pasts[u].stops[-1]
                self.hit.append(u)
                text = f"at {self.times.at(arrive)}, until {self.times.at(arrive + minutes)}"
                self.notes.append(f"{self.roster[u].callsign} is sent to {self.names[place]}: there {text}")
            begins = sorted({arrive for arrive, *_ in sent})
            windows = tuple((arrive, arrive) for arrive in begins)
            self.sent.append(Task(place, minutes, 0, windows, available=False))
        if len(sent) < incident.units:
            wanted = f"{incident.units} unit{'s' * (incident.units > 1)}"
            self.notes.append(f"of {wanted} for the incident at {incident.place} only {len(sent)} can be sent")

    def _is_bound(self, u: int) -> bool:
        """Whether a unit is at a task that is locked, such as an incident, or on its way there."""
        locked = [s for lock in self.held[u] if lock.arrive <= self.at < lock.leave for s in lock.stops]
        return any(s.kind == "task" and s.leave > self.at for s in locked)

    def _rests(self, u: int) -> bool:
        """Whether a unit is on its break."""
        return any(s.kind == "break" and s.arrive <= self.at < s.leave for s in self.routes[u])

    def _new_place(self, here: int) -> int:
        """Add a place for an incident where another place is; return its index.

        A place that is there for an incident, and for nothing else yet, is that place.
        """
        problem, old = self.problem, self.problem.places[here]
        taken = here in [task.place for task in self.sent] or old.name in self.was
        if self.edited and not taken and old.name not in roles_of(problem):
            return here
        where = old.name.removeprefix("incident at ")
        name, n = f"incident at {where}", 1
        while name in self.names:
            n += 1
            name = f"incident {n} at {where}"
        self.problem = problem.replace(
            places=(*problem.places, Place(name, old.lat, old.lon)),
            travel={mode: _doubled(table, here) for mode, table in problem.travel.items()},
            reach={mode: np.vstack([table, table[here : here + 1]]) for mode, table in problem.reach.items()},
        )
        self.names.append(name)
        self.ways = [Way(self.problem, unit) for unit in self.roster]
        return len(self.names) - 1

    def _bring_home(self, u: int) -> None:
        """Let a unit that comes home late do so, and go without the break for which it has no time left."""
        unit, past = self.units[u], self.pasts[u]
        if unit is None or self.at >= unit.end:
            return
        place, free = (past.stops[-1].place, past.free) if past.stops else (unit.origin, unit.start)
        # A unit without locks must be able to go straight home.
        way = self.ways[u].quickest if past.stops else self.ways[u].leg
        home = way(place, unit.destination)
        if home is None or free + home > self.problem.minutes:
            where = self.names[place]
            self.notes.append(f"{unit.callsign} cannot be home before the plan ends, and stays at {where}")
            unit = replace(unit, destination=place, end=min(max(free, unit.end), self.problem.minutes))
            past = past if past.stops else Past((LockedStop(place, "standby", free, free),))
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
        if self.edited:
            now = roles_of(self.problem)
            middles += [i for i, name in enumerate(self.names) if name in now and name not in self.was]
        away = {u: min((self.ways[u].minutes(self._place(u), middle) for middle in middles), default=0) for u in others}
        busy = [u for u in others if self.roster[u].end > self.at]
        helping = sorted(busy, key=lambda u: (away[u], u))[: self.changes.helpers]
        return {u for u in others if u not in helping}

    def _on_call(self) -> set[int]:
        """Return the units that were on call and are not called now; they stay so, if no more may go out now."""
        callsigns = [u.callsign for u in self.roster]
        found = {u for u, name in enumerate(callsigns) if name in self.waiting and u not in self.hit and self.units[u]}
        if not self.edited:
            return found
        stay: set[int] = set()
        for members, most in self.callouts:
            group = [u for u, name in enumerate(callsigns) if name in members and self.units[u] is not None]
            waiting = [u for u in group if u in found]
            stay |= set(waiting[max(most - (len(group) - len(waiting)), 0) :])
        return stay

    def _is_done(self, u: int) -> bool:
        """Whether what a unit has done was done under other rules, or on other streets."""
        return self.edited or any(lock.done for lock in self.held[u])

    def _can_keep(self, u: int) -> bool:
        """Whether a unit can do as it did; tell why where it cannot."""
        if not self._is_done(u):
            return True
        wrong = self._what_keeps_it(u)
        if wrong and self.routes[u] and not self._goes_on(u):
            self.notes.append(f"{self.roster[u].callsign} cannot keep to its route: {wrong}")
        return not wrong

    def _what_keeps_it(self, u: int) -> str:
        """Return what keeps a unit from doing what is left of its route, empty if it can."""
        unit, past, rest = self.units[u], self.pasts[u], self._rest(u)
        if unit is None or not (past.stops or rest):
            return "it has none"
        names = [self.old_names[s.place] for s in rest]
        if gone := [name for name in names if name not in self.names or name in self.lost]:
            return f"there is no {gone[0]} any more"
        return what_breaks(self.problem, unit, past, [replace(s, place=self.now_at[s.place]) for s in rest])

    def _rest(self, u: int) -> list[LockedStop]:
        """Return what is left of the route of a unit, at places of the old problem."""
        past = self.pasts[u]
        free = past.free if past.stops else -1
        return [replace(s, arrive=max(s.arrive, free)) for s in whole_route(self.routes[u]) if s.leave > free]

    def _goes_on(self, u: int) -> bool:
        """Whether a unit is on duty again whose shift was over."""
        over = bool(self.routes[u]) and self.then[u].unit.end <= self.at
        return over and self._end(u) > self.at

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
        return self.roster[u].origin

    def _place(self, u: int) -> int:
        """Return where a unit is when it is free."""
        return self.pasts[u].stops[-1].place if self.pasts[u].stops else self._origin(u)

    def _locks(self, u: int, index: int, *, whole: bool) -> list[Lock]:
        """Return the locks of a unit, which is unit `index` of the new roster."""
        past = self.pasts[u]
        unit = self.units[u]
        found = [Lock(index, past.stops)] if past.stops else []
        if past.stops and self._is_done(u):
            done = past.stops[:-1] if u in self.sent_to else past.stops
            found = [Lock(index, done, done=True), *([Lock(index, past.stops[-1:])] if u in self.sent_to else [])]
        if whole and self._is_done(u):
            rest = tuple(replace(s, place=self.now_at[s.place]) for s in self._rest(u))
            if rest and past.stops and past.stops[-1].arrive == rest[0].arrive:
                # Nothing but the place where a leg ends: what is begun there at once stands for it.
                found, rest = [Lock(index, (*past.stops[:-1], rest[0]), done=True)], rest[1:]
            return [*found, Lock(index, rest)] if rest else found
        if whole:
            return [Lock(index, tuple(whole_route(self.routes[u])))]
        bound, first, dropped = u in self.hit or self.edited, len(found), []
        place, now = (past.stops[-1].place, past.free) if past.stops else (self._origin(u), 0)
        rested = any(s.kind == "break" for s in past.stops)
        for lock in self.ahead[u]:
            if lock.done or (lock.leave <= past.free and past.stops):
                continue
            leg = self.ways[u].leg(place, lock.stops[0].place)
            home = None if unit is None else self.ways[u].leg(lock.stops[-1].place, unit.destination)
            fits = leg is not None and now + leg <= lock.arrive and home is not None
            fits = fits and not (rested and any(s.kind == "break" for s in lock.stops))
            if bound and not (fits and unit is not None and lock.leave + (home or 0) <= unit.end):
                dropped.append(self.names[lock.stops[0].place])
                continue
            found.append(replace(lock, unit=index))
            place, now = lock.stops[-1].place, lock.leave
        if bound and unit is not None and not self._has_time_to_rest(u, unit, found):
            dropped += [self.names[lock.stops[0].place] for lock in found[first:]]
            del found[first:]
        if dropped:
            callsign = self.roster[u].callsign
            self.notes.append(f"what is locked is not kept by {callsign}: {some_of(dropped)}")
        return found


def _doubled(table: IntArray, here: int) -> IntArray:
    """Return travel times with a place more that is where place `here` is."""
    wider = np.hstack([table, table[:, here : here + 1]])
    higher = np.vstack([wider, wider[here : here + 1]])
    higher[-1, -1] = 0
    return higher

"""The free time of the units: their shifts, less what is locked.

Locks cut the shift of a unit into *spells*, each from where it is when a lock ends, or its shift begins, to where it
must be when the next lock begins, or its shift ends.  What a unit does in one spell does not matter to what it can do
in another, but for its break, which is given to one of them.  So an engine plans spells as if each were a unit with a
shift of its own, and keeps every lock whatever it does.  Without locks the spells are the units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from solver.plan import Route, Stop
from solver.problem import Break, Problem, Unit
from solver.ways_round import Ways, ways_from


class Spell(NamedTuple):
    """A part of the shift of unit `owner` (its index) that is free.

    `unit` is that unit as if the spell were its shift: with the break, if it is to be taken here.  `passed` says
    whether it begins at the far end of a stretch of street.
    """

    owner: int
    unit: Unit
    passed: bool = False

    @property
    def begin(self) -> int:
        """The minute in which it begins."""
        return self.unit.start

    @property
    def end(self) -> int:
        """The minute in which it ends."""
        return self.unit.end


def spells_of(problem: Problem, routes: Sequence[Route] | None = None, *, loose: bool = False) -> tuple[Spell, ...]:
    """Return the spells of all units, in the order of the roster and of time.

    Parameters
    ----------
    problem : Problem
    routes : sequence of Route, optional
        Where a unit may take its break in several spells, it is that in which it does on these, else the one in which
        it has most choice.
    loose : bool
        Whether a unit that may take its break in several spells has none in any: what it can do then is no less.
    """
    if not problem.locks:
        return tuple(Spell(u, unit) for u, unit in enumerate(problem.units))
    breaks = {r.callsign: [s.arrive for s in r.stops if s.kind == "break"] for r in reversed(routes or ())}
    found: list[Spell] = []
    for u, unit in enumerate(problem.units):
        free = list(_cut(problem, u))
        if unit.break_ is not None and not is_break_locked(problem, u):
            host = _host(problem, free, unit.break_, breaks.get(unit.callsign, []), loose=loose)
            if host is not None:
                free[host] = free[host]._replace(unit=replace(free[host].unit, break_=unit.break_))
        found += free
    return tuple(found)


def is_break_locked(problem: Problem, u: int) -> bool:
    """Whether the break of unit `u` is among what is locked."""
    return any(stop.kind == "break" for lock in problem.locks_of(u) for stop in lock.stops)


def break_choices(problem: Problem, spell: Spell, rule: Break) -> int:
    """Return in how many ways a break can be taken in a spell: places and minutes to begin in."""
    legs, grid, unit = problem.legs(spell.unit.mode), problem.grid, spell.unit
    out, choices = ways_from(problem, legs, unit.origin), 0
    for place in rule.places:
        back = ways_from(problem, legs, place).minutes[unit.destination]
        first = max(unit.start + int(out.minutes[place]), rule.earliest)
        last = min(unit.end - int(back), rule.latest) - rule.minutes
        choices += max((last - (first + -first % grid)) // grid + 1, 0)
    return choices


def within(spell: Spell, route: Route) -> tuple[Stop, ...]:
    """Return the stops of a legal route in a spell, cut to it."""
    cut = [replace(s, arrive=max(s.arrive, spell.begin), leave=min(s.leave, spell.end)) for s in route.stops]
    return tuple(
        new
        for new, old in zip(cut, route.stops, strict=True)
        if new.arrive < new.leave or (new.arrive == new.leave and old == new)
    )


def _cut(problem: Problem, u: int) -> Iterator[Spell]:
    """Yield the spells of one unit, without a break."""
    unit = replace(problem.units[u], break_=None) if problem.locks_of(u) else problem.units[u]
    place, minute, passed = unit.origin, unit.start, False
    for lock in problem.locks_of(u):
        first, last = lock.stops[0], lock.stops[-1]
        if lock.arrive > minute or first.place != place:
            yield Spell(u, replace(unit, start=minute, end=lock.arrive, origin=place, destination=first.place), passed)
        place, minute = last.place, lock.leave
        passed = problem.places[place].exit is not None
    if minute < unit.end or place != unit.destination:
        yield Spell(u, replace(unit, start=minute, origin=place), passed)


def _host(problem: Problem, spells: list[Spell], rule: Break, known: list[int], *, loose: bool) -> int | None:
    """Return in which of a unit's spells it takes its break."""
    if len(spells) == 1:
        return 0
    choices = [break_choices(problem, spell, rule) for spell in spells]
    able = [i for i, n in enumerate(choices) if n]
    if loose and len(able) > 1:
        return None
    for i in able:
        if any(spells[i].begin <= minute < spells[i].end for minute in known):
            return i
    return max(able, key=lambda i: choices[i], default=None)


def ways_of(problem: Problem, spell: Spell) -> Ways:
    """Return the quickest ways from where a spell begins."""
    return ways_from(problem, problem.legs(spell.unit.mode), spell.unit.origin)


def quickest_stops(problem: Problem, spell: Spell) -> Iterator[Stop]:
    """Yield the stops of the quickest way through a spell, by way of other places, with its break if it has one."""
    unit, legs, grid = spell.unit, problem.legs(spell.unit.mode), problem.grid
    out, rule = ways_from(problem, legs, unit.origin), unit.break_

    def passing(ways: Ways, now: int, end: int) -> Iterator[Stop]:
        for place in ways.through(end):
            there = now + int(ways.minutes[place])
            yield Stop(problem.places[place].name, "standby", there, there)

    now, ways = unit.start, out
    yield Stop(problem.places[unit.origin].name, "standby", now, now)
    if rule is not None:
        begins = {}
        for place in rule.places:
            first = max(unit.start + int(out.minutes[place]), rule.earliest)
            begins[place] = first + -first % grid
        back = {place: ways_from(problem, legs, place) for place in rule.places}
        homes = {p: begins[p] + rule.minutes + int(back[p].minutes[unit.destination]) for p in rule.places}
        fits = [p for p in rule.places if begins[p] + rule.minutes <= rule.latest and homes[p] <= unit.end]
        place = min(fits, key=lambda p: homes[p])
        yield from passing(out, now, place)
        now, ways = begins[place] + rule.minutes, back[place]
        yield Stop(problem.places[place].name, "break", begins[place], now)
    yield from passing(ways, now, unit.destination)
    yield Stop(problem.places[unit.destination].name, "standby", unit.end, unit.end)

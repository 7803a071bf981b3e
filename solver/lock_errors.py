"""What makes locks contradict each other, or the rest of the problem, in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from solver.free_time import break_choices, is_break_locked, spells_of, ways_of
from solver.plan import STOP_KINDS, Stop
from solver.problem import Lock, Problem, Unit
from solver.wording import Times, any_of, minutes_text


def lock_errors(p: Problem) -> Iterator[str]:
    """Yield every contradiction: of each lock by itself, then, where those are right, of locks with each other."""
    found = False
    for lock in p.locks:
        for error in _own_errors(p, lock):
            found = True
            yield error
    if found:
        return
    for u in range(len(p.units)):
        for error in _unit_errors(p, u):
            found = True
            yield error
    if not found:
        yield from _time_errors(p)


def _own_errors(p: Problem, lock: Lock) -> Iterator[str]:
    """Yield what is wrong with a lock, whatever else there is: it must be part of a route that keeps the rules."""
    from solver.check import rules_of_stops

    if not 0 <= lock.unit < len(p.units):
        yield f"lock: unit {lock.unit} does not exist (there are {len(p.units)})"
        return
    unit = p.units[lock.unit]
    where = f"lock of {unit.callsign!r}"
    if not lock.stops:
        yield f"{where}: it has no stops"
    if unknown := [s for s in lock.stops if not 0 <= s.place < len(p.places)]:
        yield f"{where}: place {unknown[0].place} does not exist (there are {len(p.places)})"
        return
    if strange := [s for s in lock.stops if s.kind not in STOP_KINDS]:
        yield f"{where}: {strange[0].kind!r} is no kind of stop; use {any_of(STOP_KINDS)}"
        return
    if lock.done and (lock.arrive, lock.stops[0].place) != (unit.start, unit.origin):
        yield f"{where}: what is done must begin where and when its shift does, at {_beginning(p, unit)}"
    if unit.chooses_duty:
        yield f"{where}: a unit that chooses when to be on duty cannot have stops locked; give it a shift of its duty"
        return
    stops = [Stop(p.places[s.place].name, s.kind, s.arrive, s.leave) for s in lock.stops]
    ends = {0, len(stops) - 1}
    for i, s in enumerate(stops):
        if s.arrive == s.leave and s.kind == "standby" and i in ends and p.places[lock.stops[i].place].exit is not None:
            yield f"{where}: {s.place} is a stretch of street; lock a whole visit of it"
    for violation in rules_of_stops(p, unit, stops):
        yield f"{where}: {violation.message}"
    for a, b in pairwise(stops):
        if (a.place, a.kind, a.leave) == (b.place, b.kind, b.arrive) and a.kind in ("visit", "stint", "standby"):
            yield f"{where}: two stops at {a.place} follow each other at once; make them one"


def _unit_errors(p: Problem, u: int) -> Iterator[str]:
    """Yield locks of a unit that lie one in the other, and more breaks than one."""
    times, unit, locks = Times(p), p.units[u], p.locks_of(u)
    names = [place.name for place in p.places]
    for a, b in pairwise(locks):
        if b.arrive < a.leave or (b.arrive, b.leave) == (a.arrive, a.leave):
            yield (
                f"lock of {unit.callsign!r}: it cannot be at {names[a.stops[-1].place]} until {times.at(a.leave)} "
                f"and at {names[b.stops[0].place]} at {times.at(b.arrive)}; leave one out, or lock them as one"
            )
    if sum(lock.done for lock in locks) > 1:
        yield f"lock of {unit.callsign!r}: more than one lock is done; make them one"
    if sum(s.kind == "break" for lock in locks for s in lock.stops) > 1:
        yield f"lock of {unit.callsign!r}: more than one break is locked; leave one"


def _beginning(p: Problem, unit: Unit) -> str:
    """Return where and when a shift begins, in words."""
    known = 0 <= unit.origin < len(p.places)
    return f"{p.places[unit.origin].name if known else unit.origin} at {Times(p).at(unit.start)}"


def _time_errors(p: Problem) -> Iterator[str]:
    """Yield locks that a unit cannot get to in time, or that leave it no time for its break."""
    times, names = Times(p), [place.name for place in p.places]
    open_break = {u for u, x in enumerate(p.units) if x.break_ is not None and not is_break_locked(p, u)}
    choices = dict.fromkeys(open_break, 0)
    late = set()
    for spell in spells_of(p, loose=True):
        u, unit = spell.owner, spell.unit
        if not p.locks_of(u):
            choices[u] = 1
            continue
        minutes = int(ways_of(p, spell).minutes[unit.destination])
        if minutes > unit.end - unit.start:
            late.add(u)
            way = "there is no way" if minutes >= p.minutes else f"the way takes {minutes_text(minutes)}"
            yield (
                f"lock of {unit.callsign!r}: it is at {names[unit.origin]} until {times.at(unit.start)} and must be at "
                f"{names[unit.destination]} at {times.at(unit.end)}, but {way} by {unit.mode}"
            )
        rule = p.units[u].break_
        if u in open_break and rule is not None:
            choices[u] += break_choices(p, spell, rule)
    for u in sorted(open_break - late):
        rule = p.units[u].break_
        if not choices[u] and rule is not None:
            yield (
                f"lock of {p.units[u].callsign!r}: what is locked leaves no time for its break of "
                f"{minutes_text(rule.minutes)} within {times.span(rule.earliest, rule.latest)}"
            )

"""What would let a unit do what none can: changes of what was asked for, each tried on the changed problem.

A change is told only where a plan of the changed problem does it and keeps every rule; its price is that plan's score
beside that of the present plan.  Here one unit's route is changed and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from solver.explaining.access import Access, Work, admitted, wanting
from solver.explaining.answers import Change
from solver.explaining.case import Case, Span
from solver.problem import UNREACHABLE, Problem, ProblemError, Unit
from solver.warm_start import fit

_UNITS = 6
"""Units for which a change is tried, the nearest first."""


class Wish(NamedTuple):
    """A changed problem: a code of `Change`, whom it is about, figures, and which unit may then do it.

    `effort` sorts what is easier to grant first.
    """

    code: str
    callsign: str
    details: Mapping[str, Any]
    problem: Problem
    u: int
    effort: int


def cures(case: Case, work: Work, access: Sequence[Access], span: Span | None) -> list[Change]:
    """Return changes of what was asked for with which a unit can do `work`, the easiest to grant first."""
    found: list[Change] = []
    for wish in sorted(wishes(case.problem, work, access), key=lambda w: w.effort):
        if len(found) >= 2:
            break
        if (change := tried(case, wish, work, span)) is not None:
            found.append(change)
    return found


def tried(case: Case, wish: Wish, work: Work, span: Span | None) -> Change | None:
    """Return a wish as a change, where a route of its unit does the work in the changed problem."""
    there = Case(wish.problem, case.plan.replace(routes=fit(wish.problem, case.plan, case.problem).routes))
    change = there.cheapest([work], units=[wish.u], span=span)
    if change is None or change.plan is None:
        return None
    from solver.score import score

    price = case.price(score(wish.problem, change.plan))
    return replace(change, code=wish.code, callsign=wish.callsign, details=wish.details, price=price)


def wishes(problem: Problem, work: Work, access: Sequence[Access], units: int = 1) -> Iterator[Wish]:
    """Yield changed problems in which one unit more may be able to do `work`."""
    order = sorted(range(len(access)), key=lambda u: (access[u].way is None, access[u].way or 0, u))
    for barrier, make in (
        ("district", _untied),
        ("mode or skill", _skilled),
        ("off duty", _longer),
        ("too far", _longer),
    ):
        those = [u for u in order if access[u].barrier == barrier][:_UNITS]
        for u in those:
            yield from make(problem, work, u)
    yield from more_units(problem, work, units)


def changed_unit(problem: Problem, u: int, **changes: Any) -> Problem | None:
    """Return the problem with unit `u` changed, None where that contradicts something."""
    try:
        return problem.replace(units=tuple(replace(x, **changes) if i == u else x for i, x in enumerate(problem.units)))
    except ProblemError:
        return None


def _untied(problem: Problem, work: Work, u: int) -> Iterator[Wish]:
    """Yield the problem with a unit let into the district."""
    districts = sorted({problem.places[p].district for p in work.places} - {""})
    unit = problem.units[u]
    made = changed_unit(problem, u, districts=(*unit.districts, *districts))
    if made is not None:
        yield Wish("untie", unit.callsign, {"districts": districts}, made, u, 10)


def _skilled(problem: Problem, work: Work, u: int) -> Iterator[Wish]:
    """Yield the problem with a unit given the skills, where its mode will do."""
    unit = problem.units[u]
    asked = {s for x in wanting(problem, work.places) for s in x.skills}
    lacking = sorted(asked - set(unit.skills))
    made = changed_unit(problem, u, skills=(*unit.skills, *lacking))
    if made is not None and lacking and any(admitted(made, made.units[u], p) for p in work.places):
        yield Wish("skill", unit.callsign, {"skills": lacking}, made, u, 20)


def _longer(problem: Problem, work: Work, u: int) -> Iterator[Wish]:
    """Yield the problem with the shift of a unit made longer, at the side where it takes least."""
    from solver.explaining.access import Doors

    unit, doors = problem.units[u], Doors(problem)
    reach = doors.reach(unit.mode)
    found: list[tuple[int, int, int]] = []
    for place in work.places:
        out, home = int(reach.out(unit.origin)[place]), int(reach.home(unit.destination)[place])
        for first, last in work.begins:
            for begin in {first, last, min(max(first, unit.start + out), last)}:
                start, end = min(unit.start, begin - out), max(unit.end, begin + work.minutes + home)
                if start >= 0 and end <= problem.minutes:
                    found.append((unit.start - start + end - unit.end, start, end))
    for minutes, start, end in sorted(found)[:1]:
        made = changed_unit(problem, u, **_shift(unit, start, end))
        if made is not None and minutes:
            details = {"sooner": unit.start - start, "later": end - unit.end}
            yield Wish("longer shift", unit.callsign, details, made, u, 30 + minutes)


def _shift(unit: Unit, start: int, end: int) -> dict[str, Any]:
    """Return a shift as changes of a unit; a longest duty grows with it."""
    longer = (unit.start - start) + (end - unit.end)
    duty = None if unit.longest_duty is None else unit.longest_duty + longer
    return {"start": start, "end": end, "longest_duty": duty}


def more_units(problem: Problem, work: Work, units: int) -> Iterator[Wish]:
    """Yield the problem with `units` more for `work`: of each mode, from the nearest station, for so long."""
    asked = wanting(problem, work.places)
    skills = tuple(sorted({s for x in asked for s in x.skills}))
    districts = tuple(sorted({problem.places[p].district for p in work.places} - {""}))
    taken = {u.callsign for u in problem.units}
    free = (name for n in range(1, len(taken) + units + 1) if (name := f"+{n}") not in taken)
    callsigns = [next(free) for _ in range(units)]
    for mode in sorted(problem.travel):
        if any(x.modes and mode not in x.modes for x in asked) or not work.begins:
            continue
        legs = problem.legs(mode)
        ways = sorted(
            (int(legs[s, p]), int(legs[p, s]), s)
            for s in problem.stations
            for p in work.places
            if legs[s, p] != UNREACHABLE and legs[p, s] != UNREACHABLE
        )
        for out, back, station in ways[:1]:
            first, last = work.begins[0]
            begin = min(max(first, out), last)
            start, end = max(begin - out, 0), min(begin + work.minutes + back, problem.minutes)
            more = [Unit(c, mode, start, end, station, station, None, skills, districts) for c in callsigns]
            try:
                made = problem.replace(units=(*problem.units, *more))
            except ProblemError:
                continue
            details: dict[str, Any] = {
                "mode": mode,
                "station": problem.places[station].name,
                "start": start,
                "end": end,
            }
            details |= {"skills": list(skills), "units": units}
            yield Wish("add unit", callsigns[0], details, made, len(problem.units), 100 + out)

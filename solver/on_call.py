"""Who is on call: the reading of a route that engines, summaries and exports share.

A unit of a callout (see `solver.problem.Callout`) is on call when its route holds nothing but

- standby at its origin, and, once it has gone there, at its destination;
- its break, to which it drives no sooner than it must.

It may drive to its destination as slowly as it likes, which is the same as standing by there.  `solver.check` does not
ask here: it reads the rule for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from solver.plain_text import one_line
from solver.plan import Route, Stop
from solver.wording import units_text

if TYPE_CHECKING:
    from solver.problem import Callout, IntArray, Problem, Unit


def waits(stops: Iterable[tuple[int, str, int, int]], unit: Unit, legs: IntArray) -> bool:
    """Return whether a unit that makes `stops` (place, kind, arrive, leave) is on call; `legs` are of its mode."""
    before: tuple[int, int] | None = None
    left = False
    for place, kind, arrive, leave in stops:
        if kind == "standby":
            if place not in (unit.origin, unit.destination) or (left and place != unit.destination):
                return False
            left = left or place != unit.origin
        elif kind != "break" or not _at_once(before, place, arrive, legs):
            return False
        before = place, leave
    return True


def _at_once(before: tuple[int, int] | None, place: int, arrive: int, legs: IntArray) -> bool:
    """Return whether a unit goes straight to its break, from the place that it left in some minute."""
    return before is None or before[0] == place or arrive - before[1] == legs[before[0], place]


def is_on_call(problem: Problem, unit: Unit, route: Route) -> bool:
    """Return whether a unit of a callout that drives `route`, which may be wrong in any way, is on call."""
    index = {p.name: i for i, p in enumerate(problem.places)}
    if not route.stops or any(s.place not in index for s in route.stops):
        return False
    return waits(((index[s.place], s.kind, s.arrive, s.leave) for s in route.stops), unit, problem.legs(unit.mode))


def group_text(callout: Callout) -> str:
    """Return a callout in words, such as ``the alert level orange of North``."""
    text = f"the alert level {callout.level}" if callout.level else "the callout"
    return f"{text} of {callout.name}" if callout.name else text


def callout_of(problem: Problem) -> dict[str, Callout]:
    """Return the callout of each unit that is in one, by callsign."""
    return {problem.units[u].callsign: c for c in problem.callouts for u in c.units}


def on_call(problem: Problem, routes: Sequence[Route]) -> dict[str, Callout]:
    """Return the units of callouts that are on call in `routes`, by callsign, each with its callout."""
    units = {u.callsign: u for u in problem.units}
    groups = callout_of(problem)
    # Of several routes of one unit the first counts.
    first = {route.callsign: route for route in reversed(routes)}
    return {
        callsign: group
        for callsign, group in groups.items()
        if callsign in first and is_on_call(problem, units[callsign], first[callsign])
    }


def roll_call(problem: Problem, routes: Sequence[Route]) -> list[tuple[Callout, list[str], list[str]]]:
    """Return of each callout which of its units go out in `routes`, and which are on call, by callsign."""
    waiting, known = on_call(problem, routes), {route.callsign for route in routes}
    members = [(c, [problem.units[u].callsign for u in c.units]) for c in problem.callouts]
    return [
        (c, [x for x in units if x in known and x not in waiting], [x for x in units if x in waiting])
        for c, units in members
    ]


def callout_texts(problem: Problem, routes: Sequence[Route]) -> list[str]:
    """Return of each callout in words how many may go out, who does, and who stays on call."""
    found = []
    for callout, out, waiting in roll_call(problem, routes):
        level = f"Alert {one_line(callout.level)}" if callout.level else "Callout"
        where = f" ({one_line(callout.name)})" if callout.name else ""
        allowed = f"{callout.most} of {units_text(len(callout.units))} may go out"
        names = [", ".join(map(one_line, callsigns)) or "nobody" for callsigns in (out, waiting)]
        found.append(f"{level}{where}: {allowed}; out: {names[0]}; on call: {names[1]}")
    return found


def waiting_stops(problem: Problem, unit: Unit) -> tuple[Stop, ...]:
    """Return a route of `unit` on call: its break as early as may be, and home after it.

    Raises
    ------
    AssertionError
        When it has no time for its break, of which `Problem` makes sure.
    """
    legs, names = problem.legs(unit.mode), [p.name for p in problem.places]
    origin, destination = names[unit.origin], names[unit.destination]
    home = int(legs[unit.origin, unit.destination])
    rule = unit.break_
    if rule is None:
        leave = unit.end - home
        stops = [Stop(origin, "standby", unit.start, leave)]
        return tuple(stops if origin == destination else [*stops, Stop(destination, "standby", unit.end, unit.end)])
    for place in rule.places:
        out, back = int(legs[unit.origin, place]), int(legs[place, unit.destination])
        begin = max(unit.start + out, rule.earliest + -rule.earliest % problem.grid)
        end = begin + rule.minutes
        if out >= 0 and back >= 0 and end <= min(rule.latest, unit.end - back):
            return (
                Stop(origin, "standby", unit.start, begin - out),
                Stop(names[place], "break", begin, end),
                Stop(destination, "standby", end + back, unit.end),
            )
    raise AssertionError("a problem whose unit has no time for its break is refused when it is made")

"""What one plan does otherwise than another from some minute on: unit by unit what falls away and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from solver.clock import Clock
from solver.plain_text import one_line
from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.wording import Times


@dataclass(frozen=True)
class Difference:
    """What changes for one unit: stops that fall away and stops that are new, in order of time.

    `gone` says that the unit is on the roster no more.
    """

    callsign: str
    falls_away: tuple[Stop, ...]
    new: tuple[Stop, ...]
    gone: bool = False


def differences(old: Plan, new: Plan, at: int) -> tuple[Difference, ...]:
    """Return the units whose stops after minute `at` are not the same in two plans of one horizon.

    Stops under way at that minute are looked at from then on; of standby only that with a length counts.
    """
    after = {route.callsign: _later(route, at) for route in new.routes}
    found = []
    for route in old.routes:
        before, now = _later(route, at), after.get(route.callsign, ())
        falls = tuple(s for s in before if s not in now)
        more = tuple(s for s in now if s not in before)
        gone = route.callsign not in after
        if falls or more or gone:
            found.append(Difference(route.callsign, falls, more, gone))
    known = {route.callsign for route in old.routes}
    found += [Difference(c, (), stops) for c, stops in after.items() if c not in known]
    return tuple(found)


def _later(route: Route, at: int) -> tuple[Stop, ...]:
    """Return the stops of a route after a minute, cut to what comes after it, adjoining ones of a kind made one."""
    stops: list[Stop] = []
    for s in route.stops:
        if s.leave <= at or (s.arrive == s.leave and s.kind == "standby"):
            continue
        cut = Stop(s.place, s.kind, max(s.arrive, at), s.leave)
        last = stops[-1] if stops else None
        if last is not None and (last.place, last.kind, last.leave) == (cut.place, cut.kind, cut.arrive):
            stops[-1] = Stop(last.place, last.kind, last.arrive, cut.leave)
        else:
            stops.append(cut)
    return tuple(stops)


def difference_lines(problem: Problem, found: Sequence[Difference], at: int, units: int) -> list[str]:
    """Return the differences as lines of text: ``-`` falls away, ``+`` is new.

    Parameters
    ----------
    problem : Problem
    found : sequence of Difference
    at : int
        The minute from which on they are.
    units : int
        How many units there are in all.
    """
    times = Times(problem)
    if not found:
        return [f"From {times.at(at)} on nothing changes."]
    lines = [
        f"From {times.at(at)} on {len(found)} of {units} unit{'s' * (units != 1)} do{'es' * (units == 1)} otherwise:"
    ]
    for difference in found:
        lines += ["", one_line(difference.callsign) + (" (on the roster no more)" if difference.gone else "")]
        stops = [*((s, "-") for s in difference.falls_away), *((s, "+") for s in difference.new)]
        for stop, sign in sorted(stops, key=lambda x: (x[0].arrive, x[1] == "+", x[0].leave)):
            lines.append(f"  {sign} {times.span(stop.arrive, stop.leave)} {stop.kind} {one_line(stop.place)}")
    return lines


def differences_json(problem: Problem, found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the differences as plain JSON values."""
    clock = Clock.of(problem)

    def stop(s: Stop) -> dict[str, Any]:
        return {
            "place": s.place,
            "kind": s.kind,
            "arrive": s.arrive,
            "leave": s.leave,
            "arrive_time": clock.iso(s.arrive),
            "leave_time": clock.iso(s.leave),
        }

    return [
        {
            "callsign": d.callsign,
            "falls_away": [stop(s) for s in d.falls_away],
            "new": [stop(s) for s in d.new],
            "gone": d.gone,
        }
        for d in found
    ]

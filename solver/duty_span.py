"""When a unit is on duty that chooses that within its shift (see `solver.problem.Unit`), as judges and exports tell it.

`solver.check` does not ask here: it reads the rule for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from solver.plan import Route, Stop
from solver.problem import Problem, Unit


def duty_span(stops: Sequence[Stop], origin: str, destination: str) -> tuple[int, int] | None:
    """Return the minutes from when a unit sets out to when it is back for good; None where it never does anything.

    Parameters
    ----------
    stops : sequence of Stop
        In order.
    origin, destination : str
        Names of the places where it sets out from, and is back: standby there before and after is no duty.
    """
    out = next((i for i in range(len(stops)) if not _waits(stops[i], origin)), None)
    home = next((i for i in range(len(stops) - 1, -1, -1) if not _waits(stops[i], destination)), None)
    if out is None or home is None:
        return None
    begin = stops[out].arrive if out == 0 or stops[out].place == origin else stops[out - 1].leave
    end = stops[home].leave if home == len(stops) - 1 or stops[home].place == destination else stops[home + 1].arrive
    return begin, max(begin, end)


def route_duty(problem: Problem, unit: Unit, route: Route) -> tuple[int, int] | None:
    """Return from when to when a unit is on duty: its shift, unless it chooses its duty; None where it has none."""
    if not unit.chooses_duty:
        return unit.start, unit.end
    return duty_span(route.stops, problem.places[unit.origin].name, problem.places[unit.destination].name)


def is_off_duty(unit: Unit, duty: tuple[int, int] | None, stop: Stop) -> bool:
    """Whether a unit that is on duty from when to when it is waits at `stop` before or after that."""
    if not unit.chooses_duty or stop.kind != "standby":
        return False
    return duty is None or stop.leave <= duty[0] or stop.arrive >= duty[1]


def _waits(stop: Stop, place: str) -> bool:
    """Whether a stop is nothing but standby at `place`."""
    return stop.kind == "standby" and stop.place == place

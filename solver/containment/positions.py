"""Where the units of a plan are in some second, what they do, and whether they may leave for something urgent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Leg, Streets
from solver.whereabouts import Stay, Whereabouts, whereabouts

Held = Literal["", "off duty", "on a break", "on a post", "on its way to a post", "on a task", "no route"]
"""Why a unit may not leave; empty where it may."""


@dataclass(frozen=True)
class Position:
    """Where a unit is.

    Parameters
    ----------
    unit : int
        Index in the roster.
    lonlat : tuple of float
        WGS-84 degrees, longitude first; meaningless where it is off duty.
    doing : str
        A kind of stop, ``driving`` or ``off duty``.
    place : str
        The place where it is, or to which it drives.
    held : str
        Why it may not leave, empty where it may.
    known : bool
        False where it is on a way whose streets are not known, so that it is taken to be on the straight line.
    """

    unit: int
    lonlat: tuple[float, float]
    doing: str
    place: str
    held: Held = ""
    known: bool = True


def positions(
    problem: Problem, plan: Plan, streets: Streets, second: int, *, leave_posts: bool = False
) -> tuple[Position, ...]:
    """Return where each unit of the roster is, in the order of the roster.

    Parameters
    ----------
    problem, plan : Problem, Plan
    streets : Streets
        Legs that it does not know are straight.
    second : int
        Counted from the start of the plan.
    leave_posts : bool
        Whether units on posts may leave.
    """
    routes = {route.callsign for route in plan.routes}
    found = []
    for index, who in enumerate(whereabouts(problem, plan.routes)):
        position = _position(problem, who, streets, second, index)
        if who.unit.callsign not in routes:
            position = replace(position, held="no route")
        elif position.held in ("on a post", "on its way to a post") and leave_posts:
            position = replace(position, held="")
        found.append(position)
    return tuple(found)


def moves_at(problem: Problem, plan: Plan, second: int) -> tuple[tuple[str, str, str], ...]:
    """Return the legs on which units are, as (mode, name of the place left, name of the place reached)."""
    names = [place.name for place in problem.places]
    found: dict[tuple[str, str, str], None] = {}
    for who in whereabouts(problem, plan.routes):
        before, after = _around(who, second)
        if before is not None and after is not None and before.place != after.place:
            found[who.unit.mode, names[before.place], names[after.place]] = None
    return tuple(found)


def _around(who: Whereabouts, second: int) -> tuple[Stay | None, Stay | None]:
    """Return the stop that a unit has left and the one to which it drives; the same twice where it stands."""
    before: Stay | None = None
    for stay in who.stays:
        if second < 60 * stay.arrive:
            return before, stay
        if second < 60 * stay.leave:
            return stay, stay
        before = stay
    return before, None


def _position(problem: Problem, who: Whereabouts, streets: Streets, second: int, index: int) -> Position:
    """Return where one unit is."""
    begin, end = who.duty
    before, after = _around(who, second)
    if not 60 * begin <= second < 60 * end:
        return Position(index, (0.0, 0.0), "off duty", "", "off duty")
    if before is None or after is None:
        at = who.unit.origin if before is None else before.place
        place = problem.places[at]
        lat, lon = place.exit if before is not None and place.exit is not None else (place.lat, place.lon)
        return Position(index, (lon, lat), "standby", place.name)
    place = problem.places[after.place]
    if before is after:
        return _standing(problem, who, streets, second, index, after)
    held: Held = "on its way to a post" if after.kind == "stint" else ""
    left = problem.places[before.place]
    begun = second - 60 * before.leave
    allowed = 60 * (after.arrive - before.leave)
    leg = streets.leg(who.unit.mode, left.name, place.name)
    if before.place == after.place:
        return Position(index, (place.lon, place.lat), "driving", place.name, held)
    if leg is not None and leg.seconds[-1] > 0:
        # Who should take longer than the plan allows is drawn together to be on time, as on all maps.
        return Position(index, _along(leg, begun / min(1.0, allowed / leg.seconds[-1])), "driving", place.name, held)
    lat, lon = left.exit if left.exit is not None else (left.lat, left.lon)
    needed = int(problem.travel[who.unit.mode][before.place, after.place])
    straight = _straight((lon, lat), (place.lon, place.lat), begun / (min(needed, allowed) if needed > 0 else allowed))
    return Position(index, straight, "driving", place.name, held, known=False)


def _standing(problem: Problem, who: Whereabouts, streets: Streets, second: int, index: int, stay: Stay) -> Position:
    """Return where a unit is that makes a stop."""
    place = problem.places[stay.place]
    held: Held = ""
    if stay.kind == "break":
        held = "on a break"
    elif stay.kind == "stint":
        held = "on a post"
    elif stay.kind == "task" and not any(k.available for k in problem.tasks if k.place == stay.place):
        held = "on a task"
    if place.exit is None:
        return Position(index, (place.lon, place.lat), stay.kind, place.name, held)
    share = (second - 60 * stay.arrive) / (60 * (stay.leave - stay.arrive))
    leg = streets.leg(who.unit.mode, place.name, place.name)
    if leg is not None and leg.seconds[-1] > 0:
        return Position(index, _along(leg, share * float(leg.seconds[-1])), stay.kind, place.name, held)
    end = (place.exit[1], place.exit[0])
    return Position(index, _straight((place.lon, place.lat), end, share), stay.kind, place.name, held, known=False)


def _along(leg: Leg, seconds: float) -> tuple[float, float]:
    """Return the place on a leg after so many seconds."""
    lon, lat = (float(np.interp(seconds, leg.seconds, leg.lonlat[:, k])) for k in (0, 1))
    return lon, lat


def _straight(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    """Return the place at a share of a straight line, the short way round the globe."""
    share = min(max(share, 0.0), 1.0)
    east = (end[0] - start[0] + 180.0) % 360.0 - 180.0
    lon = (start[0] + share * east + 180.0) % 360.0 - 180.0
    return lon, start[1] + share * (end[1] - start[1])

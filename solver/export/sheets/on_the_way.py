"""How long a unit is on the way to each of its stops, as the scorecard counts it: early where the plan leaves time."""

from __future__ import annotations

from solver.export.itinerary import Itinerary
from solver.problem import UNREACHABLE, Problem


def minutes_to(problem: Problem, tour: Itinerary) -> dict[int, int]:
    """Return the minutes of the way to each stop, by its number; none to where the unit already is."""
    legs, index = problem.legs(tour.unit.mode), {p.name: i for i, p in enumerate(problem.places)}
    found = {}
    for start, end in tour.moves():
        allowed = end.stop.arrive - start.stop.leave
        leg = int(legs[index[start.place.name], index[end.place.name]])
        found[end.number] = allowed if leg == UNREACHABLE else min(leg, allowed)
    return found

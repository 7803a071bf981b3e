"""An edited shift file against the plan that is running: the same horizon, and the places that it must have besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from instances.place_snaps import Site
from instances.shift import Origin, Shift
from solver.edited_shift import places_been
from solver.plan import Plan
from solver.problem import Problem
from solver.wording import Times


def horizon_errors(shift: Shift, problem: Problem) -> list[str]:
    """Return in what the horizon of an edited file is not that of the plan, in words."""
    horizon, times = shift.horizon, Times(problem)
    errors = []
    start = horizon.start.isoformat(timespec="seconds")
    if (start, horizon.minutes) != (problem.start, problem.minutes):
        span = f"{times.span(0, problem.minutes)} from {problem.start[:10]} on"
        errors.append(f"the file is for {horizon}, but the plan runs {span}; make 'from' and 'to' those of the plan")
    for field, now, was in (
        ("grid", horizon.grid, problem.grid),
        ("timezone", horizon.zone.key, problem.timezone),
    ):
        if now != was:
            errors.append(f"the file has {field} {now}, but the plan has {was}; leave it as it was")
    return [f"{shift.file}: {error}" for error in errors]


def from_now_on(shift: Shift, at: int) -> Shift:
    """Return an edited shift without what it locks before minute `at`: that is past, as it was or as it was not."""
    return replace(shift, locks=tuple(held for held in shift.locks if held.start >= at))


def as_busy(shift: Shift, problem: Problem) -> Shift:
    """Return an edited shift with units as busy as in the plan, where the file says nothing of it.

    How busy they are may have come from the command line, which an edited file does not know of.
    """
    if shift.response.busy or shift.horizon.slots != problem.slots:
        return shift
    return replace(shift, response=replace(shift.response, busy=problem.busy))


def sites_beside(problem: Problem, plan: Plan, at: int, points: Mapping[str, tuple[float, float]]) -> list[Site]:
    """Return the places where units have been by minute `at`, and those of incidents, by name.

    Incidents come first, at (latitude, longitude).
    """
    incidents = [Site("incident", name, *latlon, Origin("--incident")) for name, latlon in points.items()]
    been = places_been(problem, plan, at)
    return [*incidents, *(Site("earlier place", p.name, p.lat, p.lon, None, p.district, p.exit) for p in been)]

"""Who stands on which post when, takes its break when, and does what else hard rules ask for.

`staff` leaves as few unit-minutes missing as it can find, and says how few that can be; the rest of the units'
time is for whoever asks.  What hard rules ask for is in `solver.staffing.duties`, the search in
`solver.staffing.search`, the model for CP-SAT in `solver.staffing.model`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solver.free_time import Spell, spells_of, within
from solver.plan import Route, Stop, StopKind
from solver.problem import Problem
from solver.staffing.duties import Duties, Job, Means, Work, duties_of
from solver.staffing.search import Search
from solver.staffing.trim import trimmed

__all__ = ["Assignment", "routes", "staff"]


@dataclass(frozen=True)
class Assignment:
    """What the units do for hard rules.

    Parameters
    ----------
    stops : tuple of tuple of Stop
        By unit, in the order of the roster (where stops are locked, by spell of its free time): stints, required
        tasks, visits of hotspots that must be visited again and again, and its break.  There is time for the ways
        from its origin, between them and to its destination, at times by way of other places.
    missing : int
        Unit-minutes that are missing then.
    least : int
        No plan lacks fewer.
    """

    stops: tuple[tuple[Stop, ...], ...]
    missing: int
    least: int


def staff(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    start: Sequence[Route] = (),
    stop: Callable[[], bool] | None = None,
    spells: Sequence[Spell] | None = None,
) -> Assignment | None:
    """Return what the units do so that as little as possible is missing; None when nothing hard is asked for.

    Parameters
    ----------
    problem : Problem
    seconds : float
        Deterministic time allowed, about that of the clock: the same seed gives the same result.
    seed : int
    start : sequence of Route
        Legal routes of all units to begin from, if there are any; what is in order in them is changed little.
    stop : callable, optional
        Asked several times a second; when it returns True the best that was found is returned.
    spells : sequence of Spell, optional
        The spells of the units' free time, each of which gets work, where stops are locked.
    """
    spells = spells_of(problem) if spells is None else spells
    duties = duties_of(problem, spells)
    if not problem.units or not duties.missing(duties.needs):
        return None
    search = Search(duties, seconds, seed, _works(duties, spells, start), stop)
    search.run()
    works = trimmed(duties, search.works)
    stops = tuple(tuple(_stop(problem, job) for job in work) for work in works)
    # Which spell a break is taken in was chosen, so where there was a choice nothing is proved of all plans.
    chosen = spells_of(problem, loose=True) != tuple(spells)
    return Assignment(stops, search.missing, 0 if chosen else search.least)


def routes(problem: Problem, assignment: Assignment) -> tuple[Route, ...]:
    """Return whole routes of the stops of `assignment`: a unit drives on at once and waits where it is needed next."""
    duties = duties_of(problem)
    return tuple(
        Route(unit.callsign, tuple(_filled(duties, means, stops)))
        for unit, means, stops in zip(problem.units, duties.units, assignment.stops, strict=True)
    )


def _works(duties: Duties, spells: Sequence[Spell], routes: Sequence[Route]) -> list[Work]:
    """Return what the units do for hard rules on their routes, in each of the spells."""
    by_callsign = {route.callsign: route for route in routes}
    return [_work(duties, within(x, by_callsign[x.unit.callsign])) for x in spells] if routes else []


def _work(duties: Duties, stops: Sequence[Stop]) -> Work:
    """Return what one unit does for hard rules in its stops, and its break."""
    problem = duties.problem
    kinds: dict[tuple[str, int], tuple[StopKind, int]] = {(s.kind, s.place): (s.kind, s.row) for s in duties.sites}
    kinds |= {("task", t.place): ("task", k) for k, t in enumerate(problem.tasks) if t.required}
    kinds |= {("break", p): ("break", -1) for p in range(len(problem.places))}
    index = {p.name: i for i, p in enumerate(problem.places)}
    return tuple(
        Job(*kinds[s.kind, index[s.place]], index[s.place], s.arrive // problem.grid, s.leave // problem.grid)
        for s in stops
        if (s.kind, index[s.place]) in kinds
    )


def _stop(problem: Problem, job: Job) -> Stop:
    """Return a job as a stop."""
    return Stop(problem.places[job.place].name, job.kind, job.begin * problem.grid, job.end * problem.grid)


def _filled(duties: Duties, means: Means, stops: tuple[Stop, ...]) -> list[Stop]:
    """Return stops with standby at both ends, where the unit passes through, and where it waits.

    For a visit of a stretch of street it waits on the road.
    """
    problem = duties.problem
    index = {p.name: i for i, p in enumerate(problem.places)}
    start, end = means.start * problem.grid, means.end * problem.grid
    ends = Stop(problem.places[means.destination].name, "standby", end, end)
    filled = [Stop(problem.places[means.origin].name, "standby", start, start)]
    for stop in (*stops, ends):
        before, now = index[filled[-1].place], filled[-1].leave
        for place, steps in duties.way(means.mode, before, index[stop.place]):
            passed = now + steps * problem.grid
            filled.append(Stop(problem.places[place].name, "standby", passed, passed))
        there = now + int(duties.away(means.mode, before, [index[stop.place]])[0]) * problem.grid
        waits = there < stop.arrive and problem.places[index[stop.place]].exit is None
        if waits or stop is ends:
            filled.append(Stop(stop.place, "standby", there, stop.arrive))
        if stop is not ends:
            filled.append(stop)
    return filled

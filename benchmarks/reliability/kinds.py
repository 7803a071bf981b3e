"""Random problems by kind: together they hold every rule of ``docs/model.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from solver.problem import Callout, Problem, ProblemError
from solver.replan import Changes, Incident, Late, ReplanError, replanned
from tests.locked_plans import random_locks
from tests.problems import tiny_problem, town_problem, with_busy_units
from tests.random_plans import random_plan
from tests.visit_problems import visit_problem

Pick = Callable[[int, int], int]
"""``pick(low, high)`` is an integer from low to high, both included."""

CLOCKS = (
    ("Europe/London", "2020-10-25T01:57:00+01:00"),
    ("Europe/Berlin", "2021-03-28T01:57:00+01:00"),
    ("America/New_York", "2020-11-01T01:57:00-04:00"),
    ("Australia/Lord_Howe", "2021-04-04T01:57:00+11:00"),
)
"""Three minutes before a change of the clocks: an hour that comes twice, one that is skipped, and half of one."""

NAMES = ("人民广场", "<b>&amp;", 'a "b", c', "=1+1", "Ω/∑\\", "ملعب", "🚓 7", "x" * 200)
"""Names that a format may stumble over."""


def pick_from(rng: np.random.Generator) -> Pick:
    """Return a function that makes random choices."""
    return lambda low, high: int(rng.integers(low, high + 1))


def _tiny(pick: Pick) -> Problem:
    return tiny_problem(pick, units=2, steps=9)


def _plain(pick: Pick) -> Problem:
    return tiny_problem(pick, units=2, steps=10, rules=False)


def _midnight(pick: Pick) -> Problem:
    return tiny_problem(pick, units=2, steps=9).replace(
        start="2020-11-20T23:57:00+08:00", timezone="Asia/Shanghai", name="夜班"
    )


def _clocks(pick: Pick) -> Problem:
    zone, start = CLOCKS[pick(0, len(CLOCKS) - 1)]
    return tiny_problem(pick, units=2, steps=9).replace(start=start, timezone=zone)


def _names(pick: Pick) -> Problem:
    """Return a problem whose names are hard on formats, on both sides of the 180th meridian."""
    problem = tiny_problem(pick, units=2, steps=9)
    named = [f"{NAMES[pick(0, len(NAMES) - 1)]} {i}" for i in range(len(problem.places) + len(problem.units))]
    east = (179.99, -179.99)
    places = tuple(
        replace(
            place,
            name=name,
            lon=east[pick(0, 1)] - 0.001 * i,
            exit=None if place.exit is None else (place.lat + 0.001, east[pick(0, 1)]),
        )
        for i, (place, name) in enumerate(zip(problem.places, named, strict=False))
    )
    callsigns = named[len(places) :]
    units = tuple(replace(u, callsign=c) for u, c in zip(problem.units, callsigns, strict=True))
    return problem.replace(places=places, units=units)


def _locks(pick: Pick) -> Problem:
    problem = tiny_problem(pick, units=2, steps=9)
    return problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick))


def _callouts(pick: Pick) -> Problem:
    """Return a problem of an alert: of all units but perhaps the last, only some go out."""
    problem = tiny_problem(pick, units=3, steps=7)
    group = tuple(range(max(len(problem.units) - pick(0, 1), 1)))
    return problem.replace(callouts=(Callout(group, pick(0, len(group)), "Centre", "orange"),))


def _replanned(pick: Pick) -> Problem:
    """Return the rest of a shift after something has happened: what was done is locked as done."""
    problem = tiny_problem(pick, units=3, steps=10)
    plan = random_plan(problem, pick)
    place = problem.places[pick(0, len(problem.places) - 1)].name
    callsign = problem.units[0].callsign
    changes = (
        Changes(),
        Changes(out=(callsign,)),
        Changes(late=(Late(callsign, pick(1, 20)),)),
        Changes(incidents=(Incident(place, 1, pick(1, 20)),)),
    )[pick(0, 3)]
    try:
        return replanned(problem, plan, pick(0, problem.minutes), changes).problem
    except ReplanError:
        return replanned(problem, plan, pick(0, problem.minutes), Changes()).problem


def _busy(pick: Pick) -> Problem:
    """Return a problem whose units are busy with calls, in each slot as much as may be."""
    return with_busy_units(tiny_problem(pick, units=3, steps=8), pick)


def _tasks(pick: Pick) -> Problem:
    return visit_problem(pick, tasks=pick(0, 7), units=3)


def _duties(pick: Pick) -> Problem:
    return visit_problem(pick, tasks=pick(1, 6), units=2, duties=True)


def _town(pick: Pick) -> Problem:
    """Return a town of up to five units by car, motorcycle and on foot, some late, some with a break."""
    hours = (4, 6, 8)[pick(0, 2)]
    problem = town_problem(
        pick(0, 10**6), units=pick(2, 5), hotspots=pick(4, 10), demand=8, posts=pick(0, 2), minutes=60 * hours, grid=5
    )
    return _with_duties(problem, pick)


def _days(pick: Pick) -> Problem:
    """Return a town over two or three days."""
    problem = town_problem(
        pick(0, 10**6), units=3, hotspots=5, demand=4, posts=1, minutes=1440 * pick(2, 3), grid=(15, 30)[pick(0, 1)]
    )
    return _with_duties(problem, pick)


def _with_duties(problem: Problem, pick: Pick) -> Problem:
    """Return the problem with hotspots that ask for visits again and again, some of them hard."""
    spots = tuple(
        replace(h, every=60 * pick(1, 3), required=bool(pick(0, 1))) if pick(0, 2) == 0 else h for h in problem.hotspots
    )
    try:
        return problem.replace(hotspots=spots, goals={**problem.goals, "revisit": 100})
    except ProblemError:  # More minutes than hard rules may ask for.
        return problem


KINDS: dict[str, Callable[[Pick], Problem]] = {
    "every rule": _tiny,
    "risk, demand, posts": _plain,
    "over midnight": _midnight,
    "change of clocks": _clocks,
    "hard names, 180°": _names,
    "locks": _locks,
    "alert": _callouts,
    "replanned": _replanned,
    "tasks alone": _tasks,
    "longest duties": _duties,
    "town": _town,
    "two or three days": _days,
    "units busy with calls": _busy,
}
"""How to make a problem of each kind."""

BRUTE = (
    "every rule",
    "risk, demand, posts",
    "over midnight",
    "change of clocks",
    "hard names, 180°",
    "locks",
    "alert",
    "units busy with calls",
)
"""Kinds of which the best plan can be found by going through all of them, most of the time."""

TASKS_ALONE = ("tasks alone", "longest duties")
"""Kinds of which it can be found by going through all orders of tasks."""


def problem_of(kind: str, seed: int) -> Problem:
    """Return the problem of a kind and a seed."""
    return KINDS[kind](pick_from(np.random.default_rng([sorted(KINDS).index(kind), seed])))


def features(problem: Problem) -> Iterator[str]:
    """Yield what there is in a problem, in words."""
    units, places = problem.units, problem.places
    found = {
        "several modes": len({u.mode for u in units}) > 1,
        "breaks": any(u.break_ for u in units),
        "shifts of different hours": len({(u.start, u.end) for u in units}) > 1,
        "ends at another station": any(u.origin != u.destination for u in units),
        "posts": bool(problem.posts),
        "tasks": bool(problem.tasks),
        "stretches of street": any(p.exit for p in places),
        "windows": any(h.windows for h in problem.hotspots),
        "visits again and again": any(h.every for h in problem.hotspots),
        "required visits or tasks": any(x.required for x in problem.hotspots) or any(x.required for x in problem.tasks),
        "tied units": any(u.tied for u in units),
        "legs without a way": any((t < 0).any() for t in problem.travel.values()),
        "locks": bool(problem.locks),
        "callouts": bool(problem.callouts),
        "busy units": bool(problem.busy),
        "chosen duties": any(u.chooses_duty for u in units),
    }
    yield from (name for name, there in found.items() if there)

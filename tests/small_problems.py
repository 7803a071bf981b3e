"""Small towns with something of everything: too large for brute force, small enough for `tests.arc_flow`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.problem import Break, Hotspot, Post, Problem, ProblemError, Staffing, Task, Unit
from tests.problems import town_problem

SKILL = "first aid"
DISTRICTS = ("east", "west")


def small_problem(
    seed: int,
    *,
    units: int = 3,
    hotspots: int = 5,
    posts: int = 1,
    minutes: int = 120,
    grid: int = 5,
    rules: bool = True,
) -> Problem:
    """Return a town of few units, hotspots and hours, in which posts, breaks and all else come close together.

    Parameters
    ----------
    seed : int
    units, hotspots, posts, minutes, grid : int
        Its size; there are two stations, and with rules four hotspots at least.
    rules : bool
        Whether there are a task, revisits, windows, districts, a stretch of street, a hotspot that the post watches,
        skills, and shifts of different times and stations.
    """
    rng = np.random.default_rng([seed, units, hotspots, minutes])
    # A task and the way back along a stretch take the places of two hotspots more.
    town = town_problem(
        seed, units=units, hotspots=hotspots + 2 * rules, demand=6, posts=posts, stations=2, minutes=minutes, grid=grid
    )
    stint = _between(rng, 10, 20, grid)
    problem = town.replace(
        hotspots=tuple(
            replace(h, dwell=_on_grid(10, grid), linger=_between(rng, 10, 30, grid)) for h in town.hotspots[:hotspots]
        ),
        posts=tuple(replace(q, staffing=_staffing(rng, minutes, grid), stint=stint) for q in town.posts),
        units=tuple(_unit(u, rng, minutes, grid) for u in town.units),
    )
    if not rules:
        return problem
    task, back = (h.place for h in town.hotspots[hotspots:])
    problem = _with_stretch(_with_rules(problem, task, rng), back, rng)
    for i in range(units):
        problem = _with_shift(problem, i, rng)
    return problem


def _on_grid(minutes: int, grid: int) -> int:
    """Return minutes rounded up to the grid."""
    return -(-minutes // grid) * grid


def _between(rng: np.random.Generator, low: int, high: int, grid: int) -> int:
    """Return minutes on the grid, from `low` to `high`."""
    return _on_grid(int(rng.integers(low, high + 1)), grid)


def _staffing(rng: np.random.Generator, minutes: int, grid: int) -> tuple[Staffing, ...]:
    """Return one window of one unit, every third time with one of two units within it."""
    start = _between(rng, 10, minutes // 2, grid)
    end = start + _between(rng, 20, minutes // 2, grid)
    second = (Staffing(start + 2 * grid, start + 4 * grid, 2),) if rng.integers(3) == 0 else ()
    return Staffing(start, min(end, minutes - 2 * grid), 1), *second


def _unit(unit: Unit, rng: np.random.Generator, minutes: int, grid: int) -> Unit:
    """Return the unit by car or motorcycle, every other time with a break near the middle."""
    middle = minutes // 2 // grid * grid
    rule = Break(_on_grid(10, grid), middle - 4 * grid, middle + 4 * grid, (unit.origin,)) if rng.integers(2) else None
    return replace(unit, mode="car" if unit.mode == "foot" else unit.mode, start=0, end=minutes, break_=rule)


def _with_rules(problem: Problem, task: int, rng: np.random.Generator) -> Problem:
    """Return the problem with a task at place `task`, and one each of the other rules."""
    grid, minutes = problem.grid, problem.minutes
    begin = _between(rng, 10, minutes // 2, grid)
    hotspots: list[Hotspot] = list(problem.hotspots)
    hotspots[0] = replace(hotspots[0], every=_on_grid(minutes // 2, grid), required=bool(rng.integers(2)))
    hotspots[1] = replace(hotspots[1], windows=((0, begin), (begin + grid, minutes)))
    hotspots[2] = replace(hotspots[2], every=_on_grid(minutes // 3, grid))
    places = [replace(p, district=DISTRICTS[int(rng.integers(2))] if rng.integers(4) else "") for p in problem.places]
    places[task] = replace(places[task], name="Task")
    here = tuple(d for d in DISTRICTS if any(p.district == d for p in places))[:1]
    able = tuple(SKILL for _ in range(int(rng.integers(2))))
    return problem.replace(
        places=tuple(places),
        hotspots=tuple(hotspots),
        posts=tuple(_post(q, rng, len(hotspots)) for q in problem.posts),
        tasks=(
            Task(
                task,
                _on_grid(10, grid),
                profit=1,
                windows=((begin, begin + 4 * grid), (begin + 6 * grid, begin + 7 * grid)),
                required=bool(rng.integers(2)),
                skills=able,
                available=bool(rng.integers(2)),
            ),
        ),
        # The first belongs to a district, the second is tied to it; both have the skill, the others roam.
        units=tuple(
            replace(u, districts=here, tied=i == 1, skills=(SKILL,)) if i < 2 else u
            for i, u in enumerate(problem.units)
        ),
        goals={**problem.goals, "revisit": 100, "tasks": 200, "district": 50},
    )


def _post(post: Post, rng: np.random.Generator, hotspots: int) -> Post:
    """Return the post watching the last hotspot, perhaps for some units only, and perhaps not to be called from."""
    return replace(
        post,
        watches=(hotspots - 1,),
        modes=("car",) if rng.integers(4) == 0 else (),
        skills=(SKILL,) if rng.integers(4) == 0 else (),
        available=bool(rng.integers(2)),
    )


def _with_stretch(problem: Problem, back: int, rng: np.random.Generator) -> Problem:
    """Return the problem with hotspot 3 a stretch of street, every other time driven back along from place `back`."""
    h = problem.hotspots[3]
    both = bool(rng.integers(2))
    places = list(problem.places)
    ends = places[h.place], places[back]
    places[h.place] = replace(ends[0], exit=(ends[1].lat, ends[1].lon))
    places[back] = replace(ends[1], name="Back", exit=(ends[0].lat, ends[0].lon) if both else None)
    travel = {}
    for mode, seconds in problem.travel.items():
        # Whoever leaves a place of the stretch leaves it where the other one is.
        table = np.array(seconds)
        table[h.place], table[back] = seconds[back], seconds[h.place if both else back]
        np.fill_diagonal(table, 0)
        travel[mode] = table
    hotspots = list(problem.hotspots)
    hotspots[3] = replace(h, reverse=back if both else None)
    return problem.replace(places=tuple(places), hotspots=tuple(hotspots), travel=travel)


def _with_shift(problem: Problem, i: int, rng: np.random.Generator) -> Problem:
    """Return the problem with unit `i` beginning late, ending early, or ending elsewhere, where it may."""
    unit, grid = problem.units[i], problem.grid
    for change in (
        {"start": 3 * grid * int(rng.integers(2))},
        {"end": problem.minutes - 3 * grid * int(rng.integers(2))},
        {"destination": problem.stations[int(rng.integers(2))]},
    ):
        changed = replace(unit, **change)
        try:
            problem = problem.replace(units=tuple(changed if u == unit else u for u in problem.units))
        except ProblemError:
            continue
        unit = changed
    return problem

"""Small towns with something of everything: too large for brute force, small enough for `tests.arc_flow`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.problem import Break, Hotspot, Post, Problem, Staffing, Task, Unit
from tests.problems import town_problem


def small_problem(
    seed: int, *, units: int = 2, hotspots: int = 5, minutes: int = 90, grid: int = 5, rules: bool = True
) -> Problem:
    """Return a town of few units, hotspots and hours, in which a post, breaks and all else come close together.

    Parameters
    ----------
    seed : int
    units, hotspots, minutes, grid : int
        Its size.
    rules : bool
        Whether there are a task, revisits, windows, districts, and a hotspot that the post watches.
    """
    rng = np.random.default_rng([seed, units, hotspots, minutes])
    # A task takes the place of a hotspot more.
    town = town_problem(
        seed, units=units, hotspots=hotspots + rules, demand=6, posts=1, stations=1, minutes=minutes, grid=grid
    )
    problem = town.replace(
        hotspots=tuple(
            replace(h, dwell=_on_grid(10, grid), linger=_between(rng, 10, 30, grid)) for h in town.hotspots[:hotspots]
        ),
        posts=tuple(_post(q, rng, minutes, grid) for q in town.posts),
        units=tuple(_unit(u, rng, minutes, grid) for u in town.units),
    )
    return _with_rules(problem, town.hotspots[-1].place, rng) if rules else problem


def _on_grid(minutes: int, grid: int) -> int:
    """Return minutes rounded up to the grid."""
    return -(-minutes // grid) * grid


def _between(rng: np.random.Generator, low: int, high: int, grid: int) -> int:
    """Return minutes on the grid, from `low` to `high`."""
    return _on_grid(int(rng.integers(low, high + 1)), grid)


def _post(post: Post, rng: np.random.Generator, minutes: int, grid: int) -> Post:
    """Return the post with one short window of staffing."""
    start = _between(rng, 10, minutes // 2, grid)
    length = _between(rng, 15, minutes // 3, grid)
    return replace(post, staffing=(Staffing(start, start + length, 1),), stint=_on_grid(15, grid))


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
    places = list(problem.places)
    places[task] = replace(places[task], name="Task")
    districts = ("east", "west")
    places = [replace(p, district=districts[int(rng.integers(2))] if rng.integers(4) else "") for p in places]
    here = tuple(d for d in districts if any(p.district == d for p in places))[:1]
    units = [replace(u, districts=here, tied=bool(i)) for i, u in enumerate(problem.units)]
    return problem.replace(
        places=tuple(places),
        hotspots=tuple(hotspots),
        posts=tuple(replace(q, watches=(len(hotspots) - 1,)) for q in problem.posts),
        tasks=(
            Task(
                task,
                _on_grid(10, grid),
                profit=1,
                windows=((begin, begin + 4 * grid),),
                required=bool(rng.integers(2)),
                available=bool(rng.integers(2)),
            ),
        ),
        units=tuple(units),
        goals={**problem.goals, "revisit": 100, "tasks": 200, "district": 50},
    )

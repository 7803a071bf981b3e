"""Small problems of tasks alone, and their exact optimum by going through all orders of all tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.problem import Break, Place, Problem, Task, Unit

Pick = Callable[[int, int], int]


def visit_problem(
    source: np.random.Generator | Pick,
    *,
    tasks: int = 6,
    units: int = 2,
    side: int = 12,
    rules: bool = True,
    duties: bool = False,
) -> Problem:
    """Return a problem of so many tasks and units on a square with `side` minutes of driving along each side.

    Parameters
    ----------
    source : numpy.random.Generator or callable
        Where the choices come from; a callable ``pick(low, high)`` may be hypothesis drawing.
    tasks, units, side : int
    rules : bool
        Whether there may be several windows, required tasks, skills, modes, breaks, districts and a coarser grid.
    duties : bool
        Whether most units have a longest duty, many of which are shorter than their shifts.
    """
    pick: Pick = source if callable(source) else lambda low, high: int(source.integers(low, high + 1))  # type: ignore[union-attr]
    grid = (1, 5)[pick(0, 1)] if rules else 1
    minutes = 120 - 120 % grid
    stations = 1 + pick(0, 1)
    at = [(pick(0, side), pick(0, side)) for _ in range(stations + tasks)]
    districts = ("", "north", "south")[: (1, 3)[pick(0, 1)]] if rules else ("",)
    places = tuple(
        Place(f"P{i}", 51 + 0.001 * x, 0.001 * y, districts[pick(0, len(districts) - 1)]) for i, (x, y) in enumerate(at)
    )
    modes = ("car", "foot")[: pick(1, 2)] if rules else ("car",)
    way = np.array([[np.hypot(x - u, y - v) for u, v in at] for x, y in at])
    problem = Problem(
        name="visits",
        timezone="UTC",
        start="2020-11-20T18:00:00+00:00",
        minutes=minutes,
        grid=grid,
        slots=(0, minutes),
        places=places,
        stations=tuple(range(stations)),
        hotspots=(),
        posts=(),
        demand=(),
        units=(),
        goals={"tasks": 1},
        travel={m: np.ceil(60 * way * (1 + 2 * (m == "foot"))).astype(np.int32) for m in modes},
        reach={m: np.zeros((len(at), 0), dtype=np.int32) for m in modes},
        tasks=tuple(_task(stations + i, pick, grid, minutes, rules=rules) for i in range(tasks)),
    )
    for i in range(pick(1, units)):
        unit = _unit(i, problem, modes, pick, rules=rules)
        problem = problem.replace(units=(*problem.units, _choosing(unit, problem, pick) if duties else unit))
    return problem


def _choosing(unit: Unit, problem: Problem, pick: Pick) -> Unit:
    """Return a unit with a longest duty in which it can serve, most of the time."""
    if pick(0, 4) == 0:
        return unit
    longest = problem.grid * pick(2, (unit.end - unit.start) // problem.grid)
    try:
        return problem.replace(units=(replace(unit, longest_duty=longest),)).units[0]
    except ValueError:
        return unit


def _task(place: int, pick: Pick, grid: int, minutes: int, *, rules: bool) -> Task:
    """Return a task with one window or several."""
    length, windows, at = grid * pick(1, max(15 // grid, 1)), [], 0
    for _ in range(pick(1, 3) if rules else 1):
        first = at + grid * pick(0, 60 // grid)
        last = first + grid * pick(0, 40 // grid)
        if last + length <= minutes:
            windows.append((first, last))
        at = last + grid
    return Task(
        place,
        length,
        pick(0, 20),
        tuple(windows),
        required=rules and pick(0, 5) == 0,
        skills=("armed",) if rules and pick(0, 4) == 0 else (),
    )


def _unit(i: int, problem: Problem, modes: tuple[str, ...], pick: Pick, *, rules: bool) -> Unit:
    """Return a unit that can serve its shift, perhaps with a break, a skill, or tied to its district."""
    grid, minutes = problem.grid, problem.minutes
    ends = len(problem.stations) - 1
    origin, destination = pick(0, ends), pick(0, ends)
    start, end = grid * pick(0, 20 // grid), minutes - grid * pick(0, 20 // grid)
    unit = Unit(f"U{i}", modes[pick(0, len(modes) - 1)], start, end, origin, destination)
    if not rules:
        return unit
    known = sorted({p.district for p in problem.places} - {""})
    if known and pick(0, 3) == 0:
        unit = replace(unit, districts=(known[pick(0, len(known) - 1)],), tied=True)
    rest = None
    if pick(0, 2) == 0:
        rest = Break(grid * pick(1, max(15 // grid, 1)), pick(20, 50), pick(75, 110), tuple({origin, destination}))
    unit = replace(unit, break_=rest, skills=("armed",) if pick(0, 1) else ())
    try:
        problem.replace(units=(unit,))
    except ValueError:
        unit = replace(unit, break_=None, destination=origin)
    return unit


def optimum(problem: Problem) -> tuple[int, int]:
    """Return the fewest minutes of required tasks that are not done, and the highest profit with so few."""
    return min(best_by_lack(problem).items())


def best_by_lack(problem: Problem) -> dict[int, int]:
    """Return the highest profit of plans that leave so many minutes of required tasks undone, for each number."""
    done = {0}
    for unit in problem.units:
        own = _sets_on_duty(problem, unit)
        done = {a | b for a in done for b in own}
    found: dict[int, int] = {}
    for mask in done:
        lack = sum(k.minutes for i, k in enumerate(problem.tasks) if k.required and not mask >> i & 1)
        profit = sum(k.profit for i, k in enumerate(problem.tasks) if mask >> i & 1)
        found[lack] = max(found.get(lack, 0), profit)
    return found


def _sets_on_duty(problem: Problem, unit: Unit) -> set[int]:
    """Return which sets of tasks a unit can do: of one that chooses its duty, whenever it may set out."""
    if unit.longest_duty is None:
        return _sets(problem, unit)
    begins = range(unit.start, unit.end + 1, problem.grid)
    shifts = [replace(unit, start=b, end=min(unit.end, b + unit.longest_duty)) for b in begins]
    return {done for shift in shifts for done in _sets(problem, shift)}


def _sets(problem: Problem, unit: Unit) -> set[int]:
    """Return which sets of tasks a unit can do, in some order, with its break somewhere between."""
    step = 60 * problem.grid
    seconds = problem.travel[unit.mode].tolist()
    found: set[int] = set()
    seen: dict[tuple[int, int, bool], int] = {}

    def leg(a: int, b: int) -> int:
        return 0 if a == b else max(-(-seconds[a][b] // step), 1) * problem.grid

    def go(place: int, time: int, mask: int, rested: bool) -> None:
        if seen.get((place, mask, rested), 10**9) <= time:
            return
        seen[place, mask, rested] = time
        if rested and time + leg(place, unit.destination) <= unit.end:
            found.add(mask)
        if not rested and unit.break_ is not None:
            for there in unit.break_.places:
                begin = max(time + leg(place, there), unit.break_.earliest + -unit.break_.earliest % problem.grid)
                if begin + unit.break_.minutes <= min(unit.break_.latest, unit.end):
                    go(there, begin + unit.break_.minutes, mask, rested=True)
        for i, k in enumerate(problem.tasks):
            district = problem.places[k.place].district
            if mask >> i & 1 or not set(k.skills) <= set(unit.skills):
                continue
            if unit.tied and district and district not in unit.districts:
                continue
            arrive = time + leg(place, k.place)
            for first, last in k.windows or ((0, problem.minutes - k.minutes),):
                begin = max(arrive, first)
                if begin <= last and begin + k.minutes <= unit.end:
                    go(k.place, begin + k.minutes, mask | 1 << i, rested)
                    break

    go(unit.origin, unit.start, 0, unit.break_ is None)
    return found

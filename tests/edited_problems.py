"""A problem as an edited shift file may make it while a plan of it runs: other streets, rules, places and units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.problem import Hotspot, Place, Problem

Pick = Callable[[int, int], int]


def edited(problem: Problem, pick: Pick) -> Problem:
    """Return the problem with some of these: slower and closed streets, longer visits, fewer hotspots, other units.

    Its places come in another order, and there is a new one, which may be a hotspot.
    """
    problem = _with_new_place(_without_hotspot(problem, pick), pick)
    grid, minutes = problem.grid, problem.minutes
    spots = tuple(
        replace(h, dwell=h.dwell + grid * pick(0, 1), windows=h.windows if pick(0, 1) else (), every=h.every)
        for h in problem.hotspots
    )
    posts = tuple(replace(q, stint=q.stint + grid * pick(0, 1), skills=()) for q in problem.posts)
    travel = {mode: _slower(table, problem, pick) for mode, table in problem.travel.items()}
    units = problem.units[pick(0, 1) :] if len(problem.units) > 1 else problem.units
    first = units[0]
    if pick(0, 1):
        units = (*units, replace(first, callsign="new", break_=None, start=0, end=minutes))
    return reordered(problem.replace(hotspots=spots, posts=posts, travel=travel, units=units))


def reordered(problem: Problem) -> Problem:
    """Return the problem with its places the other way round."""
    last = len(problem.places) - 1
    turn = lambda i: last - i  # noqa: E731
    return problem.replace(
        places=problem.places[::-1],
        stations=tuple(map(turn, problem.stations)),
        hotspots=tuple(
            replace(h, place=turn(h.place), reverse=None if h.reverse is None else turn(h.reverse))
            for h in problem.hotspots
        ),
        posts=tuple(replace(q, place=turn(q.place)) for q in problem.posts),
        tasks=tuple(replace(k, place=turn(k.place)) for k in problem.tasks),
        units=tuple(
            replace(
                u,
                origin=turn(u.origin),
                destination=turn(u.destination),
                break_=u.break_ and replace(u.break_, places=tuple(map(turn, u.break_.places))),
            )
            for u in problem.units
        ),
        travel={mode: table[::-1, ::-1] for mode, table in problem.travel.items()},
        reach={mode: table[::-1] for mode, table in problem.reach.items()},
    )


def _without_hotspot(problem: Problem, pick: Pick) -> Problem:
    """Return the problem, perhaps without its first hotspot, whose places are then nothing."""
    if not problem.hotspots or pick(0, 1):
        return problem
    gone = problem.hotspots[0].places
    return problem.replace(
        hotspots=problem.hotspots[1:],
        posts=tuple(replace(q, watches=tuple(i - 1 for i in q.watches if i)) for q in problem.posts),
        places=tuple(replace(p, exit=None) if i in gone else p for i, p in enumerate(problem.places)),
    )


def _with_new_place(problem: Problem, pick: Pick) -> Problem:
    """Return the problem with one more place, near the first one."""
    n, minutes = len(problem.places), problem.minutes
    spot = Hotspot(n, (9,) * (len(problem.slots) - 1), problem.grid, 0, 50, windows=((0, minutes),))
    return problem.replace(
        places=(*problem.places, Place("new", 51.51, -0.11)),
        hotspots=(*problem.hotspots, *(spot,)[: pick(0, 1)]),
        travel={
            mode: np.pad(table, ((0, 1), (0, 1)), constant_values=60) * (1 - np.eye(n + 1, dtype=np.int32))
            for mode, table in problem.travel.items()
        },
        reach={mode: np.pad(table, ((0, 1), (0, 0)), constant_values=-1) for mode, table in problem.reach.items()},
    )


def _slower(table: np.ndarray, problem: Problem, pick: Pick) -> np.ndarray:
    """Return travel times of streets that are slower, some of them closed."""
    slow = np.where(table > 0, table * pick(1, 3), table)
    if pick(0, 1):
        start, end = pick(0, len(table) - 1), pick(0, len(table) - 1)
        slow[start, end] = -1 if start != end else 0
    return slow

"""The same town changed a little, so that a search finds a plan unlike those known.

Two changes leave every plan of the changed problem a plan of the true one.  Where plans so far have units the *risk* is
scaled down; then values differ, and plans must be scored by the true problem.  Or times are *closed*: a visit within a
window of the narrowed problem is within one of the true problem, and is worth as much in both, as windows say when a
visit may be made, not what it is worth.  Hotspots to be visited *every* so many minutes are never closed, since visits
are due within their windows, nor are required tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solver.draws.quarters import Quarters
from solver.problem import Hotspot, Problem, Task

Floats = NDArray[np.float64]

_FINER, _MOST_RISK = 1000, 10**9
"""Scaled risk is counted in thousandths, or in what keeps all of it below the most that a problem may have."""


def less_worth(
    problem: Problem, quarters: Quarters, used: Floats, strength: float, rng: np.random.Generator
) -> Problem:
    """Return `problem` with less risk at hotspots, and tasks closed at random, where plans so far have units.

    Parameters
    ----------
    problem : Problem
    quarters : Quarters
    used : float array of shape (spots, B)
        In how many plans a unit is at a spot in each quarter, a part of a quarter counted in part.
    strength : float
        From 0 to 1: by so much the risk of a quarter falls for each plan that has a unit there, and so likely a quarter
        is closed to tasks.
    rng : numpy.random.Generator
    """
    closed = closures(used, strength, rng)
    closed[: len(problem.hotspots)] = False
    return less_risk(narrowed(problem, quarters, closed), quarters, used, strength)


def less_risk(problem: Problem, quarters: Quarters, used: Floats, strength: float) -> Problem:
    """Return `problem` with the risk of a quarter scaled by 1 - `strength` for each plan that has a unit there.

    Risk is counted in finer units, so that rounding does not undo it.
    """
    if not problem.hotspots:
        return problem
    edges = np.unique(np.concatenate([problem.slots, quarters.edges]))
    slot = np.searchsorted(problem.slots, edges[:-1], side="right") - 1
    quarter = np.searchsorted(quarters.edges, edges[:-1], side="right") - 1
    risk = np.array([h.risk for h in problem.hotspots], dtype=np.int64)
    total = int((risk * np.diff(problem.slots)).sum())
    finer = min(_FINER, _MOST_RISK // max(total, 1))
    scaled = np.floor(risk[:, slot] * finer * (1 - strength) ** used[: len(risk), quarter]).astype(np.int64)
    hotspots = (replace(h, risk=tuple(row)) for h, row in zip(problem.hotspots, scaled.tolist(), strict=True))
    demand = (replace(d, demand=tuple(np.array(d.demand)[slot].tolist())) for d in problem.demand)
    busy = tuple(np.array(problem.busy)[slot].tolist()) if problem.busy else ()
    return problem.replace(slots=tuple(edges.tolist()), hotspots=tuple(hotspots), demand=tuple(demand), busy=busy)


def closures(seen: Floats, strength: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which quarters to close at which spots, at random: the more plans have a unit there, the likelier.

    Parameters
    ----------
    seen : float array of shape (spots, B)
        In how many plans a unit is there, a part of a quarter counted in part.
    strength : float
        From 0 to 1: the probability with which a quarter is closed in which one plan has a unit there.
    rng : numpy.random.Generator
    """
    closed: NDArray[np.bool_] = rng.random(seen.shape) < 1 - (1 - strength) ** seen
    return closed


def narrowed(problem: Problem, quarters: Quarters, closed: NDArray[np.bool_]) -> Problem:
    """Return `problem` without visits, and without tasks begun, in quarters that are `closed`.

    Where nothing would be left of when a spot may be visited, it stays as it is.
    """
    shut = np.repeat(closed, np.diff(quarters.edges), axis=1)
    hotspots = [_hotspot(problem, h, row) for h, row in zip(problem.hotspots, shut, strict=False)]
    tasks = [_task(problem, k, row) for k, row in zip(problem.tasks, shut[len(hotspots) :], strict=True)]
    return problem.replace(hotspots=tuple(hotspots), tasks=tuple(tasks))


def _hotspot(problem: Problem, hotspot: Hotspot, shut: NDArray[np.bool_]) -> Hotspot:
    """Return a hotspot that is open only in minutes that are not `shut`, as far as its dwell fits in."""
    if hotspot.every or not shut.any():
        return hotspot
    windows = []
    for start, end in hotspot.open(problem.minutes):
        for first, last in _runs(~shut[start:end]):
            # Only windows on the grid are windows.
            begin = -(-(start + first) // problem.grid) * problem.grid
            stop = (start + last) // problem.grid * problem.grid
            if stop - begin >= hotspot.dwell:
                windows.append((begin, stop))
    return replace(hotspot, windows=tuple(windows)) if windows else hotspot


def _task(problem: Problem, task: Task, shut: NDArray[np.bool_]) -> Task:
    """Return a task that is begun only in minutes that are not `shut`."""
    if task.required or not shut.any():
        return task
    windows = []
    for first, last in task.begins(problem.minutes):
        begins = np.arange(-(-first // problem.grid) * problem.grid, last + 1, problem.grid)
        begins = begins[begins + task.minutes <= problem.minutes]
        # A task may begin in the last minute of its window, so the runs are of minutes on the grid themselves.
        for a, b in _runs(~shut[begins]):
            windows.append((int(begins[a]), int(begins[b - 1])))
    return replace(task, windows=tuple(windows)) if windows else task


def _runs(open_: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where runs of True begin and end."""
    steps = np.diff(np.concatenate([[0], open_.astype(np.int8), [0]]))
    yield from zip(np.nonzero(steps == 1)[0].tolist(), np.nonzero(steps == -1)[0].tolist(), strict=True)

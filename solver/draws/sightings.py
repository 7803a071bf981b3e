"""When units are seen at the places of a town, as one watches who notes what comes by there; and how plans differ.

The *spots* watched are the hotspots and the tasks of a problem, in this order.  A unit is seen at a hotspot while it
visits it, or stands on a post that watches it, and at a task while it does it.  What a unit is called does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from solver.draws.quarters import Quarters
from solver.plan import Route
from solver.problem import Problem
from solver.weights import weights
from solver.whereabouts import stints, tasks_done, visits, whereabouts

Floats = NDArray[np.float64]


def spots(problem: Problem) -> tuple[str, ...]:
    """Return the names of the places watched: hotspots, then tasks."""
    at = [*(h.place for h in problem.hotspots), *(k.place for k in problem.tasks)]
    return tuple(problem.places[place].name for place in at)


def seen(problem: Problem, routes: Iterable[Route]) -> NDArray[np.bool_]:
    """Return by spot and minute whether a unit is there, shape (spots, minutes)."""
    there = np.zeros((len(problem.hotspots) + len(problem.tasks), problem.minutes), dtype=np.bool_)
    for who in whereabouts(problem, routes):
        for h, arrive, leave in visits(problem, who):
            there[h, arrive:leave] = True
        for q, arrive, leave in stints(problem, who):
            there[list(problem.posts[q].watches), arrive:leave] = True
        for k, arrive, leave in tasks_done(problem, who):
            there[len(problem.hotspots) + k, arrive:leave] = True
    return there


def stakes(problem: Problem, quarters: Quarters) -> Floats:
    """Return what is at stake at each spot in each quarter, shape (spots, B), all together 1; all 0 where nothing is.

    That is what a unit there all the time is worth: the risk of a hotspot, and the profit of a task for each of its
    minutes, in units of value.
    """
    worth = weights(problem).multipliers
    minutes = np.diff(quarters.edges)
    risk = problem.by_minute([h.risk for h in problem.hotspots])
    hotspots = quarters.sums(risk) * float(100 * worth["presence"])
    profit = np.array([k.profit / k.minutes for k in problem.tasks], dtype=np.float64)[:, None]
    found = np.vstack([hotspots, profit * minutes * worth["tasks"]])
    total = float(found.sum())
    return found / total if total else found


def parts_of(there: NDArray[np.bool_], quarters: Quarters) -> Floats:
    """Return the part of each quarter in which a unit is at each spot, from 0 to 1, shape (spots, B); see `seen`."""
    return quarters.sums(there) / np.diff(quarters.edges)


def distance(stake: Floats, one: Floats, other: Floats) -> float:
    """Return how different two plans are: 0 where units are seen at the same spots and times, 1 where at none alike.

    It is 1 less what both have in common of what either has (the distance of Jaccard and Ruzicka, a metric), by
    spot and quarter, each counted by its stake.

    Parameters
    ----------
    stake : float array of shape (spots, B)
        From `stakes`.
    one, other : float array of shape (spots, B)
        Part of each quarter in which a unit is there, from `parts_of`.
    """
    either = float((stake * np.maximum(one, other)).sum())
    return 1 - float((stake * np.minimum(one, other)).sum()) / either if either else 0.0


def distances(stake: Floats, plans: Sequence[Floats]) -> Floats:
    """Return the distances of all pairs of plans, shape (plans, plans)."""
    found = np.zeros((len(plans), len(plans)))
    for i, one in enumerate(plans):
        for j in range(i):
            found[i, j] = found[j, i] = distance(stake, one, plans[j])
    return found

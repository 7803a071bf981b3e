"""What one unit of weight is worth: the objective of the model as exact integers.

The value of a plan is the weighted mean of the layers' covered shares.  To keep it exact, every layer has
an integer multiplier, and the value is the sum over layers of multiplier times covered weight.  This is
part of the statement of the problem, so engine, bound and score share it, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.busy import parts_of
from solver.problem import LAYERS, Problem

FULL = 10**14
"""Value of a plan that covers every cell of every layer, up to rounding of the multipliers."""


@dataclass(frozen=True)
class Weights:
    """Multipliers and totals by layer.

    `totals` are weights: presence counts 100 a unit of risk (so that rho is exact), backup counts 2 a unit
    of demand (one for each of the two units), both a thousand times that where units are busy (see `solver.busy`),
    revisit counts the minutes in which a visit is due though not
    required, tasks their profits, district the minutes on duty of the units that belong to districts without
    being tied to them.  `multipliers` turn weight into units of value.  A layer without weight has
    multiplier 0 and the others share its goal.
    """

    totals: dict[str, int]
    multipliers: dict[str, int]

    @property
    def full(self) -> int:
        """The value of a plan that covers everything."""
        return sum(self.multipliers[layer] * self.totals[layer] for layer in LAYERS)

    def value(self, covered: dict[str, int]) -> int:
        """Return the value of covered weights by layer."""
        return sum(self.multipliers[layer] * covered[layer] for layer in LAYERS)


def goal_shares(problem: Problem) -> dict[str, float | None]:
    """Return which share of the whole goal each layer has, among those that count anything; None of the others."""
    totals = weights(problem).totals
    counting = sum(problem.goals[layer] for layer in LAYERS if totals[layer])
    return {layer: problem.goals[layer] / counting if totals[layer] and counting else None for layer in LAYERS}


def weights(problem: Problem) -> Weights:
    """Return multipliers and totals of the layers of `problem`."""
    length = np.diff(problem.slots).tolist()
    risk = sum(sum(r * n for r, n in zip(h.risk, length, strict=True)) for h in problem.hotspots)
    demand = sum(sum(w * n for w, n in zip(d.demand, length, strict=True)) for d in problem.demand)
    due = sum(end - start for h in problem.hotspots if not h.required for start, end in h.due(problem.minutes))
    totals = {
        "presence": 100 * risk,
        "response": demand * parts_of(problem),
        "backup": 2 * demand * parts_of(problem),
        "revisit": due,
        "tasks": sum(task.profit for task in problem.tasks),
        "district": sum(u.end - u.start for u in problem.units if u.districts and not u.tied),
    }
    goals = {layer: problem.goals[layer] if totals[layer] else 0 for layer in LAYERS}
    shares = sum(goals.values())
    multipliers = {layer: FULL * goals[layer] // (shares * totals[layer]) if goals[layer] else 0 for layer in LAYERS}
    return Weights(totals, multipliers)

"""Random patrol: whoever is free drives to a hotspot drawn at random, visits it, and draws again."""

from __future__ import annotations

import numpy as np

from solver.baselines.clerk import Choices, Clerk
from solver.baselines.duties import settle
from solver.baselines.filling import plan_of
from solver.baselines.gaps import Gap
from solver.plan import Plan
from solver.problem import Problem


def random_patrol(problem: Problem, rng: np.random.Generator) -> Plan:
    """Return a plan of random patrols.

    A hotspot is as likely as it has risk when the unit would arrive; where all are quiet, all are alike.  A unit that
    belongs to districts stays in them as long as there is anything for it; nobody knows where the others have been.
    Tasks go before hotspots, each as likely as the other.
    """
    duties = settle(problem)
    clerk = Clerk(problem, duties)
    return plan_of(problem, duties, clerk.walk(_Draw(clerk, rng)), "random")


class _Draw:
    """Draws where to go next."""

    def __init__(self, clerk: Clerk, rng: np.random.Generator) -> None:
        self.clerk, self.rng = clerk, rng
        problem, targets = clerk.problem, clerk.targets
        districts = [problem.places[p].district for p in targets.place.tolist()]
        self.home = np.array([[d in unit.districts for d in districts] for unit in problem.units], dtype=np.bool_)
        # A hotspot that is driven either way is no likelier than others.
        self.ways = np.array([len(h.places) for h in problem.hotspots], dtype=np.float64)

    def choose(self, gap: Gap, here: int, choices: Choices) -> int | None:
        """Return a target drawn at random."""
        targets = self.clerk.targets
        able = choices.able
        for preferred in (targets.task, targets.place != here, self.home[gap.unit]):
            able = able & preferred if (able & preferred).any() else able
        found = np.flatnonzero(able)
        weight = np.zeros(found.size)
        if not targets.task[found].any():
            weight = self.clerk.risk_at(choices.begin)[found] / self.ways[targets.row[found]]
        if weight.sum() <= 0:
            weight = np.ones(found.size)
        drawn = self.rng.random() * weight.sum()
        return int(found[min(np.searchsorted(np.cumsum(weight), drawn, side="right"), found.size - 1)])

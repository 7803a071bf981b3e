"""Hottest first: whoever is free drives to the hottest hotspot that is not covered, visits it, and drives on."""

from __future__ import annotations

import numpy as np

from solver.baselines.clerk import Choices, Clerk
from solver.baselines.duties import settle
from solver.baselines.filling import plan_of
from solver.baselines.gaps import Duties, Gap
from solver.plan import Plan
from solver.problem import Problem


def hottest(problem: Problem, rng: np.random.Generator) -> Plan:  # noqa: ARG001
    """Return the plan in which each unit always goes where the risk is highest when it would arrive.

    Only hotspots count that no visit, made or under way, covers then.  One that must be visited again and again goes
    first when half of that time has passed; a task goes before all hotspots, the one with most profit first.
    """
    duties = settle(problem)
    clerk = Clerk(problem, duties)
    return plan_of(problem, duties, clerk.walk(_Hottest(clerk, duties)), "hottest")


class _Hottest:
    """Knows until when hotspots are covered by the visits that are made, under way or locked."""

    def __init__(self, clerk: Clerk, duties: Duties) -> None:
        problem = duties.problem
        self.clerk, self.row = clerk, np.where(clerk.targets.task, -1, clerk.targets.row)
        self.linger = np.array([h.linger for h in problem.hotspots], dtype=np.int64)
        self.every = np.array([h.every if h.required else 0 for h in problem.hotspots], dtype=np.int64)
        self.profit = np.array([k.profit for k in problem.tasks], dtype=np.int64)
        self.until = np.zeros(len(problem.hotspots), dtype=np.int64)
        self.seen = np.zeros(len(problem.hotspots), dtype=np.int64)
        self.locked = np.zeros((len(problem.hotspots), problem.minutes + 1), dtype=np.bool_)
        hotspot_at = {place: i for i, h in enumerate(problem.hotspots) for place in h.places}
        for stop in (s for x in problem.locks for s in x.stops if s.kind == "visit"):
            i = hotspot_at[stop.place]
            self.locked[i, stop.arrive : stop.leave + problem.hotspots[i].linger] = True

    def choose(self, gap: Gap, here: int, choices: Choices) -> int | None:  # noqa: ARG002
        """Return the task with most profit, else the hotspot most in need, of equal ones the nearest."""
        able, begin, there = choices
        tasks = able & self.clerk.targets.task
        if tasks.any():
            profit = np.where(tasks, self.profit[np.where(tasks, self.clerk.targets.row, 0)], -1)
            return int(np.lexsort((there, -profit))[0])
        spots = np.flatnonzero(able)
        row, when = self.row[spots], begin[spots]
        spots = spots[(self.until[row] <= when) & ~self.locked[row, np.minimum(when, self.locked.shape[1] - 1)]]
        if not spots.size:
            return None
        row, when = self.row[spots], begin[spots]
        calm = ~((self.every[row] > 0) & (2 * (when - self.seen[row]) >= self.every[row]))
        best = int(spots[np.lexsort((there[spots], -self.clerk.risk_at(begin)[spots], calm))[0]])
        h = int(self.row[best])
        self.seen[h] = begin[best] + self.clerk.targets.minutes[best]
        self.until[h] = self.seen[h] + self.linger[h]
        return best

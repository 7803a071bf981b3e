"""Hottest first: each unit drives to the hottest hotspot that is not covered, visits it, and drives on."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from benchmarks.cover.duties import Gap, settle
from benchmarks.cover.filling import Stay, plan_of
from solver.plan import Plan
from solver.problem import Problem

WAIT = 6
"""Minutes after which a unit that finds nothing to do looks again."""


def hottest_first(problem: Problem) -> Plan:
    """Return the plan in which each unit always goes where the risk is highest when it would arrive.

    Only hotspots count that no visit, made or under way, covers then, and from which it can be where it is due next
    in time.
    """
    duties = settle(problem)
    patrol = _Patrol(problem)
    filled: dict[Gap, list[Stay]] = {gap: [] for gap in duties.gaps()}
    free = [(gap.start, gap, gap.start_place) for gap in filled]
    heapq.heapify(free)
    wait = -(-WAIT // problem.grid) * problem.grid
    while free:
        now, gap, here = heapq.heappop(free)
        stay = patrol.next_visit(gap, here, now)
        if stay is not None:
            filled[gap].append(stay)
            heapq.heappush(free, (stay.begin + stay.least, gap, stay.place))
        elif now + wait < gap.end:
            heapq.heappush(free, (now + wait, gap, here))
    return plan_of(problem, duties, filled)


class _Patrol:
    """Which hotspots are covered until when, by the visits that are made or under way."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.place = np.array([h.place for h in problem.hotspots], dtype=np.int64)
        self.dwell = np.array([-(-h.dwell // problem.grid) * problem.grid for h in problem.hotspots], dtype=np.int64)
        self.linger = np.array([h.linger for h in problem.hotspots], dtype=np.int64)
        self.risk = np.array([h.risk for h in problem.hotspots], dtype=np.int64)
        self.legs = {unit.mode: problem.legs(unit.mode) for unit in problem.units}
        self.may = [self._allowed(i) for i in range(len(problem.units))]
        self.until = np.zeros(len(problem.hotspots), dtype=np.int64)

    def next_visit(self, gap: Gap, here: int, now: int) -> Stay | None:
        """Return the visit that the unit makes next, or None where there is none to make."""
        legs = self.legs[self.problem.units[gap.unit].mode]
        there, onward = legs[here, self.place], legs[self.place, gap.end_place]
        arrive = now + there
        open_ = (there >= 0) & (onward >= 0) & self.may[gap.unit]
        open_ &= (self.until <= arrive) & (arrive + self.dwell + onward <= gap.end)
        if not open_.any():
            return None
        slot = self.problem.slot_of[np.minimum(arrive, self.problem.minutes - 1)]
        risk = np.where(open_, self.risk[np.arange(len(slot)), slot], -1)
        h = int(np.lexsort((there, -risk))[0])
        self.until[h] = arrive[h] + self.dwell[h] + self.linger[h]
        return Stay(int(self.place[h]), "visit", int(arrive[h]), int(self.dwell[h]))

    def _allowed(self, i: int) -> NDArray[np.bool_]:
        """Return at which hotspots the i-th unit may make visits."""
        unit = self.problem.units[i]
        return np.array([self.problem.may_work(unit, h.place) for h in self.problem.hotspots], dtype=np.bool_)

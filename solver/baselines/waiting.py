"""Waiting: units that neither stand on a post nor do a required task stand by at their own stations."""

from __future__ import annotations

import numpy as np

from solver.baselines.duties import settle
from solver.baselines.filling import Stay, plan_of
from solver.baselines.gaps import Gap, legs_by_mode
from solver.plan import Plan
from solver.problem import Problem


def waiting(problem: Problem, rng: np.random.Generator) -> Plan:  # noqa: ARG001
    """Return the plan in which units wait at their stations.

    A unit that has just been elsewhere goes home, when there is time for that: to where its shift began, or where it
    ends when it has nothing else to do before that.
    """
    duties, legs = settle(problem), legs_by_mode(problem)
    filled: dict[Gap, list[Stay]] = {}
    for gap in duties.gaps():
        unit = problem.units[gap.unit]
        home = unit.destination if (gap.end_place, gap.end) == (unit.destination, unit.end) else unit.origin
        there, onward = (int(legs[unit.mode][a, b]) for a, b in ((gap.start_place, home), (home, gap.end_place)))
        minutes = gap.end - gap.start - there - onward
        if gap.start_place != unit.origin and there >= 0 and onward >= 0 and minutes > 0:
            filled[gap] = [Stay(home, "standby", gap.start + there, minutes)]
    return plan_of(problem, duties, filled, "waiting")

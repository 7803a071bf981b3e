"""From a problem, a plan and calls to what happened: prepares the arrays, and runs the loop of events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.plan import Plan
from solver.problem import Problem
from solver.simulation.calls import Calls
from solver.simulation.events import NEVER, CallArrays, Case, Outcome, State, Timetable, Town, run
from solver.simulation.rules import Rules
from solver.simulation.timetable import timetable
from solver.simulation.ways import Ways

CHUNK = 500
"""Replications between which Ctrl-C is heard."""


@dataclass(frozen=True, eq=False)
class Run:
    """A plan with what has happened to it, and what that rests on."""

    problem: Problem
    plan: Plan
    calls: Calls
    table: Timetable
    outcome: Outcome


def simulate(problem: Problem, plan: Plan, calls: Calls, ways: Ways, rules: Rules | None = None) -> Run:
    """Return what happens to `plan` when these calls come in.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Any plan, also one that breaks rules; what of it does not count is passed over, as by the score.
    calls : Calls
        The demand points that they name are those of `problem`.
    ways : Ways
    rules : Rules, optional
        How units are sent.
    """
    rules = rules or Rules()
    table, town = timetable(problem, plan, ways, rules)
    state, out = _state(table, town, calls), _outcome(table, town, calls)
    arrays = CallArrays(calls.first, calls.second, calls.point, calls.serious.astype(np.uint8), calls.service)
    case = Case(_uniform(table), _uniform(town), _uniform(arrays), state, out, rules.reserve, rules.after == "resume")
    if len(table.mode):
        for begin in range(0, calls.replications, CHUNK):
            run(case, begin, min(begin + CHUNK, calls.replications))
    return Run(problem, plan, calls, table, out)


T = TypeVar("T", bound=tuple[Any, ...])


def _uniform(arrays: T) -> T:
    """Return arrays in one piece that may be written to: for any others all is compiled anew."""
    return type(arrays)(*(np.require(x, requirements=["C", "W"]) if isinstance(x, np.ndarray) else x for x in arrays))


def _state(table: Timetable, town: Town, calls: Calls) -> State:
    """Return arrays for one replication."""
    stops, units = len(table.place), len(table.mode)
    most = int(np.diff(calls.first).max(initial=0))

    def ints(*shape: int) -> NDArray[Any]:
        return np.zeros(shape, dtype=np.int64)

    def flags(*shape: int) -> NDArray[Any]:
        return np.zeros(shape, dtype=np.uint8)

    return State(
        begin=ints(stops),
        end=ints(stops),
        kept=flags(stops),
        served=flags(stops),
        at=ints(units),
        origin=ints(units),
        left=ints(units),
        there=ints(units),
        leg=ints(units),
        busy=flags(units),
        free=ints(units),
        node=ints(units),
        present=flags(*town.risk.shape),
        lingering=flags(*town.risk.shape),
        manned=ints(*town.wanted.shape),
        done=flags(len(town.profit)),
        queue=ints(2 * most + 1, 2),
        over=np.full(len(calls.second), NEVER, dtype=np.int64),
    )


def _outcome(table: Timetable, town: Town, calls: Calls) -> Outcome:
    """Return arrays for what will have happened."""
    count, units, minutes = len(calls.second), len(table.mode), town.risk.shape[1]
    runs = calls.replications
    return Outcome(
        sent=np.full((count, 2), -1, dtype=np.int64),
        there=np.full((count, 2), -1, dtype=np.int64),
        unit=np.full((count, 2), -1, dtype=np.int64),
        presence=np.zeros(runs, dtype=np.int64),
        missing=np.zeros((runs, len(town.wanted)), dtype=np.int64),
        profit=np.zeros(runs, dtype=np.int64),
        lost=np.zeros(runs, dtype=np.int64),
        overtime=np.zeros(runs, dtype=np.int64),
        busy=np.zeros((runs, units), dtype=np.int64),
        delivered=np.zeros(town.risk.shape, dtype=np.float64),
        busy_by_minute=np.zeros((units, minutes), dtype=np.int64),
    )

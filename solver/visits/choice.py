"""Choosing among known tours with CP-SAT: no more of each kind than there are vehicles, so that they earn most.

A visit that several of the chosen tours would do earns once; whoever takes the choice up leaves it out of the others.
Nothing of OR-Tools leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor

from ortools.sat.python import cp_model

from solver.cp_sat import FOUND, run


def choose_tours(
    tours: Sequence[tuple[int, Sequence[int]]],
    vehicles: Mapping[int, int],
    profit: Sequence[int],
    start: Sequence[int],
    *,
    lacks: Sequence[int] = (),
    spare: int = 0,
    seconds: float,
    limit: float = float("inf"),
    seed: int,
    stop: Callable[[], bool] | None = None,
) -> tuple[list[int], int]:
    """Return the tours chosen, as indices, and what no choice among them that lacks no more than it may exceeds.

    Parameters
    ----------
    tours : sequence of (int, sequence of int)
        Kind of vehicles and visits of each.
    vehicles : mapping of int to int
        Vehicles of each kind.
    profit : sequence of int
        What each visit earns.
    start : sequence of int
        A choice known to be good.
    lacks : sequence of int
        What is lacked without each visit; nothing by default.
    spare : int
        What may be lacked in all.
    seconds : float
        Deterministic time allowed, in CP-SAT's units of about a second.
    limit : float
        Seconds by the clock after which it ends all the same.
    seed : int
    stop : callable, optional
        Asked several times a second whether to stop.
    """
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in tours]
    doing: dict[int, list[cp_model.IntVar]] = {}
    for variable, (_, visits) in zip(take, tours, strict=True):
        for x in set(visits):
            doing.setdefault(x, []).append(variable)
    for kind, number in vehicles.items():
        own = [variable for variable, (k, _) in zip(take, tours, strict=True) if k == kind]
        if len(own) > number:
            model.add(sum(own) <= number)
    done_by = {}
    for x, variables in doing.items():
        done_by[x] = variables[0] if len(variables) == 1 else model.new_bool_var("")
        if len(variables) > 1:
            model.add(sum(variables) >= done_by[x])
    if not done_by:
        return [], 0
    model.maximize(sum(profit[x] * done for x, done in done_by.items()))
    if any(lacks):
        model.add(sum(lacks[x] * done for x, done in done_by.items() if lacks[x]) >= sum(lacks) - spare)
    begin = set(start)
    for r, variable in enumerate(take):
        model.add_hint(variable, r in begin)
    solver, status = run(model, seconds=seconds, seed=seed, limit=limit, stop=stop, linearization_level=2)
    if status == cp_model.INFEASIBLE:
        return [], 0
    if status not in FOUND:
        return list(start), sum(profit)
    return [r for r, variable in enumerate(take) if solver.boolean_value(variable)], floor(
        solver.best_objective_bound + 1e-6
    )

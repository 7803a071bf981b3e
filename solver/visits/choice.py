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
    seconds: float,
    limit: float = float("inf"),
    seed: int,
    stop: Callable[[], bool] | None = None,
) -> tuple[list[int], int]:
    """Return the tours chosen, as indices, and what no choice among them exceeds.

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
    earned = []
    for x, variables in doing.items():
        done = variables[0] if len(variables) == 1 else model.new_bool_var("")
        if len(variables) > 1:
            model.add(sum(variables) >= done)
        earned.append(profit[x] * done)
    if not earned:
        return [], 0
    model.maximize(sum(earned))
    begin = set(start)
    for r, variable in enumerate(take):
        model.add_hint(variable, r in begin)
    solver, status = run(model, seconds=seconds, seed=seed, limit=limit, stop=stop, linearization_level=2)
    if status not in FOUND:
        return list(start), sum(profit)
    return [r for r, variable in enumerate(take) if solver.boolean_value(variable)], floor(
        solver.best_objective_bound + 1e-6
    )

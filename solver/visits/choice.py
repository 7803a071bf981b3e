"""Choosing among known tours with CP-SAT: no more of each kind than there are vehicles, so that they earn most.

A visit that several of the chosen tours would do earns once; whoever takes the choice up leaves it out of the others.
Nothing of OR-Tools leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import floor
from threading import Event, Thread

from ortools.sat.python import cp_model

_LOOK = 0.05
"""Seconds between two looks whether to stop."""


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
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = seconds
    if limit < float("inf"):
        solver.parameters.max_time_in_seconds = max(limit, 0.0)
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    # CP-SAT would take Ctrl-C for itself, and leave a process that the next one kills at once.
    solver.parameters.catch_sigint_signal = False
    with _watched(solver, stop):
        status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(start), sum(profit)
    return [r for r, variable in enumerate(take) if solver.boolean_value(variable)], floor(
        solver.best_objective_bound + 1e-6
    )


@contextmanager
def _watched(solver: cp_model.CpSolver, stop: Callable[[], bool] | None) -> Iterator[None]:
    """Stop `solver` soon after `stop` says so, meanwhile in a thread of its own, as CP-SAT asks at solutions alone."""
    over = Event()

    def watch() -> None:
        while stop is not None and not over.wait(_LOOK):
            if stop():
                solver.stop_search()

    watcher = Thread(target=watch, name="stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()

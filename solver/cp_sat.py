"""CP-SAT as it is run here: for so much deterministic time, told to stop from outside, and Ctrl-C left to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ortools.sat.python import cp_model

from solver.beside import watching

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
"""The statuses of a run that has found something."""


def run(
    model: cp_model.CpModel,
    *,
    seconds: float,
    seed: int,
    limit: float = float("inf"),
    workers: int = 1,
    stop: Callable[[], bool] | None = None,
    **settings: Any,
) -> tuple[cp_model.CpSolver, int]:
    """Solve `model`; return the solver, which knows the solution, and the status.

    Parameters
    ----------
    model : CpModel
    seconds : float
        Deterministic time allowed, in CP-SAT's units of about a second.
    seed : int
    limit : float
        Seconds by the clock after which it ends all the same.
    workers : int
        Threads of the solver.
    stop : callable, optional
        Asked several times a second whether to stop.
    **settings
        Further parameters of CP-SAT by name.
    """
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = seconds
    if limit < float("inf"):
        solver.parameters.max_time_in_seconds = max(limit, 0.0)
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    for name, value in settings.items():
        setattr(solver.parameters, name, value)
    # CP-SAT would take Ctrl-C for itself, and leave a process that the next one kills at once.
    solver.parameters.catch_sigint_signal = False
    with watching(stop, solver.stop_search):
        return solver, solver.solve(model)

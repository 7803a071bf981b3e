"""Integer programs for MathOpt: arrays in, the best point and a bound out.  Nothing of OR-Tools leaves this module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Thread

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_array

from solver.sites.problem import Bools, Floats

LOOK = 0.05
"""Seconds between two looks at whether to end."""


@dataclass(frozen=True, eq=False)
class Program:
    """Make ``objective @ x`` as large as can be where ``low <= rows @ x <= high`` and ``0 <= x <= upper``.

    N variables, M rows; `whole` of shape (N,) says which variables are whole numbers; `start` is a point to begin
    with, of shape (N,).
    """

    objective: Floats
    rows: csr_array
    low: Floats
    high: Floats
    upper: Floats
    whole: Bools
    start: Floats | None = None


@dataclass(frozen=True, eq=False)
class Solved:
    """What was found.

    `point` has shape (N,), or is None where none was found.  `bound` is one on the objective: minus infinity where no
    point is allowed, infinity where nothing is known.
    """

    point: Floats | None
    bound: float


def solve_program(
    program: Program, *, seconds: float, gap: float = 0.0, stop: Callable[[], bool] | None = None
) -> Solved:
    """Return what SCIP finds.

    Parameters
    ----------
    program : Program
    seconds : float
        By the clock.
    gap : float
        Share of the objective that the bound may lie above it.
    stop : callable, optional
        Asked now and then whether to end. What was found by then is lost, as MathOpt cannot end SCIP: it is left to
        itself until its time is over.
    """
    model = mathopt.Model.from_model_proto(_proto(program))
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(seconds, 0.0)), threads=1, relative_gap_tolerance=gap, random_seed=1
    )
    hints = mathopt.ModelSolveParameters()
    if program.start is not None:
        variables = list(model.variables())
        values = dict(zip(variables, program.start.tolist(), strict=True))
        hints.solution_hints.append(mathopt.SolutionHint(variable_values=values))
    done: SimpleQueue[mathopt.SolveResult | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            done.put(mathopt.solve(model, mathopt.SolverType.GSCIP, params=parameters, model_params=hints))
        except BaseException as error:  # told to whoever waits
            done.put(error)

    Thread(target=run, daemon=True).start()
    while True:
        try:
            result = done.get(timeout=LOOK)
        except Empty:
            if stop is not None and stop():
                return Solved(None, np.inf)
            continue
        if isinstance(result, BaseException):
            raise result
        return _solved(result, len(program.objective))


def _solved(result: mathopt.SolveResult, variables: int) -> Solved:
    """Return what matters of a result."""
    reason = result.termination.reason.name
    if reason in ("INFEASIBLE", "INFEASIBLE_OR_UNBOUNDED"):
        return Solved(None, -np.inf)
    if reason not in ("OPTIMAL", "FEASIBLE", "NO_SOLUTION_FOUND"):
        raise RuntimeError(f"the integer program ended as {reason}: {result.termination.detail}")
    bound = float(result.termination.objective_bounds.dual_bound)
    if not result.has_primal_feasible_solution():
        return Solved(None, bound)
    point = np.zeros(variables)
    for variable, value in result.variable_values().items():
        point[variable.id] = value
    return Solved(point, bound)


def _proto(program: Program) -> model_pb2.ModelProto:
    """Return the program as MathOpt reads it; made from whole arrays, as its Python objects take seconds."""
    proto = model_pb2.ModelProto()
    n, m = len(program.objective), len(program.low)
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend(np.zeros(n))
    proto.variables.upper_bounds.extend(program.upper)
    proto.variables.integers.extend(program.whole)
    proto.objective.maximize = True
    priced = np.flatnonzero(program.objective)
    proto.objective.linear_coefficients.ids.extend(priced)
    proto.objective.linear_coefficients.values.extend(program.objective[priced])
    proto.linear_constraints.ids.extend(range(m))
    proto.linear_constraints.lower_bounds.extend(program.low)
    proto.linear_constraints.upper_bounds.extend(program.high)
    rows = program.rows
    rows.sum_duplicates()
    rows.sort_indices()
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(np.repeat(np.arange(m), np.diff(rows.indptr)))
    matrix.column_ids.extend(rows.indices)
    matrix.coefficients.extend(rows.data)
    return proto

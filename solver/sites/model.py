"""Integer programs for MathOpt: arrays in, the best point and a bound out.  Nothing of OR-Tools leaves this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_array

Floats = NDArray[np.float64]


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
    whole: NDArray[np.bool_]
    start: Floats | None = None


@dataclass(frozen=True, eq=False)
class Solved:
    """The best point found, of shape (N,), or None; a bound on the objective, minus infinity where there is none."""

    point: Floats | None
    bound: float


def solve_program(program: Program, *, seconds: float, gap: float = 0.0) -> Solved:
    """Return what SCIP finds; it takes Ctrl-C for itself, and ends with what it has.

    Parameters
    ----------
    program : Program
    seconds : float
        By the clock.
    gap : float
        Share of the objective that the bound may lie above it.
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
    result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=parameters, model_params=hints)
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

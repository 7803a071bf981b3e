"""The engines side by side: each builds its model from a matrix of distances and solves it, both on the clock."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.sites.published import Case

OURS, SPOPT = "patrolplan", "spopt"


@dataclass(frozen=True)
class Outcome:
    """What an engine found: value, bound (None where it tells none), and seconds by the clock and of all processors.

    `build_cpu` is what it took to make the model, `cpu` that and solving it, processes started for it included.
    """

    value: int
    bound: int | None
    seconds: float
    build_cpu: float
    cpu: float


def run(engine: str, case: Case) -> Outcome:
    """Return what `engine` makes of `case`."""
    solve = {OURS: _ours, SPOPT: _spopt}[engine]
    begun, used = time.monotonic(), _cpu()
    built: list[float] = []
    value, bound = solve(case, lambda: built.append(_cpu() - used))
    spent = _cpu() - used
    return Outcome(value, bound, time.monotonic() - begun, built[0], spent)


def warm_up(engine: str, case: Case) -> None:
    """Import what an engine needs, so that no run pays for it."""
    run(engine, case)


def _ours(case: Case, built: Callable[[], None]) -> tuple[int, int]:
    """Solve by this project."""
    from solver.sites import SiteProblem, fewest_points, most_covered

    problem = SiteProblem(case.metres <= case.radius, case.demand[None, :])
    built()
    if case.model == "MCLP":
        found = most_covered(problem, case.points)
        return found.value, found.bound
    fewest = fewest_points(problem)
    if case.model == "LSCP":
        return fewest.value, fewest.bound
    found = most_covered(replace(problem, cover_all=True, backup_parts=100), fewest.value)
    return found.value, found.bound


def _spopt(case: Case, built: Callable[[], None]) -> tuple[int, None]:
    """Solve by spopt with its default solver; what it proves is that the solver says optimal."""
    import pulp
    from spopt.locate import LSCP, LSCPB, MCLP

    solver = pulp.PULP_CBC_CMD(msg=False)
    weights = case.demand.astype(np.float64)
    if case.model == "MCLP":
        model: Any = MCLP.from_cost_matrix(case.metres, weights, case.radius, p_facilities=case.points)
    elif case.model == "LSCP":
        model = LSCP.from_cost_matrix(case.metres, case.radius)
    else:
        # It looks for the fewest points while it makes the model.
        model = LSCPB.from_cost_matrix(case.metres, case.radius, solver)
    built()
    model = model.solve(solver)
    if pulp.LpStatus[model.problem.status] != "Optimal":
        raise RuntimeError(f"spopt ended as {pulp.LpStatus[model.problem.status]}")
    return round(model.problem.objective.value()), None


def _cpu() -> float:
    """Return seconds of processors of this process and those it has started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)

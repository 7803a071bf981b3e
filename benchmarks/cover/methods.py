"""The methods that are compared: patrolplan's engine, simpler ways to plan, and other people's engines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from solver import Plan, Problem, solve

Watch = Callable[[int, int | None, int], None]
"""Told value, bound and missing unit-minutes while a method runs, if it can."""

Method = Callable[[Problem, float, int, Watch], Plan]
"""From a problem, a time limit in seconds and a seed to a plan."""


def patrolplan(problem: Problem, seconds: float, seed: int, watch: Watch) -> Plan:
    """Return the plan of patrolplan's own engine, with its bound."""
    return solve(problem, time_limit=seconds, seed=seed, progress=lambda now: watch(now.value, now.bound, now.missing))


def hottest(problem: Problem, seconds: float, seed: int, watch: Watch) -> Plan:  # noqa: ARG001
    """Return the plan of units that always drive to the hottest hotspot, as `patrol baseline` does."""
    import numpy as np

    from solver.baselines import BASELINES

    return BASELINES["hottest"](problem, np.random.default_rng(seed))


def waiting(problem: Problem, seconds: float, seed: int, watch: Watch) -> Plan:  # noqa: ARG001
    """Return the plan of units that wait where they cover most."""
    from benchmarks.cover.waiting import waiting

    return waiting(problem, seconds, seed)


def routing(problem: Problem, seconds: float, seed: int, watch: Watch) -> Plan:
    """Return the plan of OR-Tools' routing library; no bound is worked out beside it."""
    options: dict[str, Any] = {"engine": "routing"}
    return solve(
        problem,
        time_limit=seconds,
        seed=seed,
        bound=False,
        progress=lambda now: watch(now.value, None, now.missing),
        **options,
    )


def pyvrp(problem: Problem, seconds: float, seed: int, watch: Watch) -> Plan:  # noqa: ARG001
    """Return the plan of PyVRP on visits split by the hour."""
    from benchmarks.cover.hourly import hourly_visits

    return hourly_visits(problem, seconds, seed)


OURS = "patrolplan"

METHODS: dict[str, Method] = {
    OURS: patrolplan,
    "hottest first": hottest,
    "waiting": waiting,
    "PyVRP": pyvrp,
}
"""The methods by the name that tables have for them."""

if "engine" in inspect.signature(solve).parameters:
    METHODS["OR-Tools routing"] = routing

"""Both engines, the bound, check and score held against optima that are known by other means.

Of tiny problems every plan is gone through (`tests.brute_force`), of small ones the optimum is that of an integer
program over arcs of space and time (`tests.arc_flow`); the two are held against each other as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from solver import check, score, solve
from solver.plan import Plan
from solver.shortfalls import find_shortfalls
from tests.arc_flow import least_missing, optimum
from tests.brute_force import best
from tests.many_problems import GENERAL, outcome
from tests.problems import tiny_problem
from tests.small_problems import small_problem

SMALL = (
    [{"seed": seed, "units": 2, "hotspots": 4, "minutes": 90} for seed in (0, 3)]
    + [{"seed": seed, "units": 3, "hotspots": 4, "minutes": 75} for seed in (3, 4)]
    + [{"seed": 1, "units": 2, "hotspots": 4, "minutes": 80, "rules": False}]
)
"""Small problems of which the program proves the optimum in a few seconds."""


@pytest.mark.parametrize("seed", range(12))
def test_the_program_finds_what_brute_force_finds(seed: int) -> None:
    """On tiny problems with every rule the two oracles agree to the last unit, and the program's plan is right."""
    problem = tiny_problem(np.random.default_rng(seed), steps=9)
    missing, value, _ = best(problem)
    found = optimum(problem)
    assert (found.missing, found.value) == (missing, value)
    assert found.proved
    assert least_missing(problem) == missing
    plan = Plan(problem.fingerprint(), found.routes, find_shortfalls(problem, found.routes), value)
    assert check(problem, plan) == ()


@pytest.mark.parametrize("seed", range(500, 508))
def test_engines_bound_check_and_score_agree_with_brute_force(seed: int) -> None:
    """Plans keep the rules and are worth what they say, none is better than the best, and no bound is below it."""
    found = outcome(seed)
    assert found.wrong == ()
    lacks, gap = found.short["paths"]
    assert lacks == 0
    assert gap < 0.05


@pytest.mark.parametrize("size", SMALL, ids=str)
def test_engines_and_bound_enclose_the_optimum_of_small_problems(size: dict[str, int]) -> None:
    """No engine's plan is better than the optimum, and no bound is below it, as far as it is proved."""
    problem = small_problem(**size)
    proved = optimum(problem)
    assert proved.proved
    for engine in GENERAL:
        plan = solve(problem, engine=engine, time_limit=None, work_limit={"paths": 200, "routing": 10}[engine])
        card = score(problem, plan)
        assert check(problem, plan) == ()
        assert (card.missing, -card.value) >= (proved.missing, -proved.value)
        assert plan.bound is not None
        assert plan.bound >= proved.value
        if plan.status == "optimal":
            assert (card.missing, card.value) == (proved.missing, proved.value)
        if engine == "paths":
            assert card.missing == proved.missing
            assert card.value >= 0.93 * proved.value


HARD: list[dict[str, int]] = [
    *({"seed": seed, "units": 3, "hotspots": 4} for seed in range(6)),
    *({"seed": seed, "units": 4, "hotspots": 4, "posts": 2, "minutes": 150} for seed in range(2)),
]


@pytest.mark.parametrize("size", HARD, ids=str)
def test_no_more_is_missing_than_must_be(size: dict[str, int]) -> None:
    """With posts, breaks, tasks, due visits, shifts and skills, a plan lacks as little as any after few moves."""
    problem = small_problem(**size)
    plan = solve(problem, time_limit=None, work_limit=60, bound=False)
    assert check(problem, plan) == ()
    assert score(problem, plan).missing == least_missing(problem)

"""The engine for visits and its bound: held against all orders of all tasks, and `check` as another judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Problem, check, score, solve
from solver.visits.adapter import visits_only
from solver.weights import weights
from tests.problems import town_problem
from tests.random_plans import random_plan
from tests.visit_problems import optimum, visit_problem


def solved(problem: Problem, moves: int = 1500, seed: int = 0):
    """Return a plan by the engine for visits, made in the same way every time."""
    return solve(problem, engine="visits", time_limit=None, work_limit=moves, seed=seed)


@pytest.mark.parametrize("seed", range(40))
def test_plan_and_bound_meet_at_the_optimum(seed: int) -> None:
    """On small problems with every rule the plan is a best one, is right, and no bound is below it."""
    problem = visit_problem(np.random.default_rng(seed))
    plan = solved(problem)
    missing, profit = optimum(problem)
    card = score(problem, plan)
    assert check(problem, plan) == ()
    assert (card.missing, card.covered["tasks"]) == (missing, profit)
    assert plan.bound is not None
    assert plan.bound >= card.value


@pytest.mark.parametrize("seed", range(40))
def test_units_that_choose_their_duty(seed: int) -> None:
    """Where duties must be shorter than shifts the plan is a best one, is right, and no bound is below it."""
    problem = visit_problem(np.random.default_rng(700 + seed), duties=True)
    plan = solved(problem)
    missing, profit = optimum(problem)
    card = score(problem, plan)
    assert check(problem, plan) == ()
    assert (card.missing, card.covered["tasks"]) == (missing, profit)
    assert plan.bound is not None
    assert plan.bound >= card.value


@pytest.mark.parametrize("seed", range(12))
def test_without_rules_the_bound_is_proved_to_be_met(seed: int) -> None:
    """Where tasks have one window and units are alike, the bound of small problems is the optimum, or just above it."""
    problem = visit_problem(np.random.default_rng(100 + seed), tasks=7, rules=False)
    plan = solved(problem)
    _, profit = optimum(problem)
    multiplier = weights(problem).multipliers["tasks"]
    assert plan.value == profit * multiplier
    assert plan.bound is not None
    assert plan.value <= plan.bound <= plan.value + 2 * multiplier


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_plan_keeps_every_rule(data: st.DataObject) -> None:
    """Whatever windows, breaks, skills, districts and shifts, `check` has nothing to report after a short search."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    problem = visit_problem(pick, tasks=data.draw(st.integers(1, 9)), units=3)
    plan = solved(problem, moves=30)
    assert check(problem, plan) == ()


def test_the_same_seed_and_work_give_the_same_plan() -> None:
    """Where work alone is limited nothing depends on the clock."""
    problem = visit_problem(np.random.default_rng(7), tasks=30, units=3, side=30)
    first, second, other = solved(problem, 400, 3), solved(problem, 400, 3), solved(problem, 400, 4)
    assert (first.routes, first.bound) == (second.routes, second.bound)
    assert check(problem, other) == ()


def test_an_earlier_plan_is_no_worse_to_start_from() -> None:
    """A plan to start from is kept when nothing better is found."""
    problem = visit_problem(np.random.default_rng(9), tasks=40, units=3, side=30)
    good = solved(problem, 3000)
    again = solve(problem, engine="visits", start=good, time_limit=None, work_limit=1, bound=False)
    assert again.value >= good.value
    assert check(problem, again) == ()


def test_a_task_that_is_done_twice_is_begun_from_once() -> None:
    """A plan to start from may do a task twice, which earns no more; what is made of it is worth what it says."""
    seen = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        pick = lambda low, high, rng=rng: int(rng.integers(low, high + 1))  # noqa: E731
        problem = visit_problem(pick, tasks=3, units=2, side=4)
        start = random_plan(problem, pick)
        done = [stop.place for route in start.routes for stop in route.stops if stop.kind == "task"]
        seen += len(done) > len(set(done))
        plan = solve(problem, engine="visits", start=start, time_limit=None, work_limit=20, bound=False)
        assert [str(v) for v in check(problem, plan)] == []
        lacks, lacked = (sum(s.minutes for s in p.shortfalls) for p in (plan, start))
        assert (lacks, -plan.value) <= (lacked, -start.value)
    assert seen > 5


def test_a_required_task_out_of_reach_leaves_the_rest_to_be_proved() -> None:
    """What nobody is in time for every plan lacks; beside it the plan is told to be optimal, with its shortfall."""
    problem = visit_problem(np.random.default_rng(103), tasks=4, rules=False)
    last = problem.minutes - problem.tasks[0].minutes
    never = replace(problem.tasks[0], required=True, windows=((last, last),))
    units = tuple(replace(u, end=problem.minutes - 10, start=0) for u in problem.units)
    problem = problem.replace(tasks=(never, *problem.tasks[1:]), units=units)
    plan = solved(problem)
    missing, profit = optimum(problem)
    assert missing == never.minutes
    assert plan.status == "optimal"
    assert plan.value == plan.bound == profit * weights(problem).multipliers["tasks"]
    assert [s.place for s in plan.shortfalls] == [problem.places[never.place].name]
    assert check(problem, plan) == ()


def test_problems_of_tasks_alone_are_given_to_it() -> None:
    """By itself the engine takes what it can, and refuses what it cannot."""
    problem = visit_problem(np.random.default_rng(1), tasks=3)
    town = town_problem(3, units=1, hotspots=4, posts=0)
    assert visits_only(problem)
    assert not visits_only(town)
    assert solve(problem, time_limit=None, work_limit=10).parameters["engine"] == "visits"
    with pytest.raises(ValueError, match="problems of tasks alone"):
        solve(town, engine="visits", time_limit=1)

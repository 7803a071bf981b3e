"""Claims about the bound: it holds for every plan, and it comes down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.bound import Bound
from solver.problem import Hotspot, Staffing, Task
from solver.search import Search
from solver.weights import weights
from tests.brute_force import solved
from tests.problems import tiny_problem, tiny_problems, town_problem
from tests.small_town import BRIDGE, MARKET, lonely_car


def _bounded(problem, steps: int) -> tuple[Search, Bound]:
    """Return a search after its first plan, and a bound after some steps."""
    search = Search(problem, np.random.default_rng(0))
    search.greedy()
    bound = Bound(problem)
    bound.start_from(search.counts, search.value)
    for _ in range(steps):
        bound.step(search.value)
    bound.finish()
    return search, bound


@pytest.mark.parametrize("seed", range(60))
def test_no_plan_is_worth_more_than_the_bound(seed):
    """On tiny problems the bound, whatever posts lack, is at least the value that brute force finds."""
    problem, missing, value = solved(seed)
    _, bound = _bounded(problem, 40)
    assert value <= bound.best + missing * bound.a_missing_minute


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(), seed=st.integers(0, 1000))
def test_the_bound_of_any_prices_holds(problem, seed):
    """The bound does not depend on good prices: it holds for every plan at random ones."""
    search = Search(problem, np.random.default_rng(seed))
    search.greedy()
    search.anneal(20, 0.01, 0.0)
    bound = Bound(problem)
    rng = np.random.default_rng(seed)
    bound._prices = [rng.random(p.shape) * 2 * p for p in bound._prices]
    bound.step(0)
    bound.finish()
    assert search.value <= bound.best + search.missing * bound.a_missing_minute


def test_the_bound_comes_down():
    """On a town a hundred steps bring the bound within a tenth of the value of the first plan."""
    search, bound = _bounded(town_problem(2, units=6, hotspots=20, demand=40, posts=1, stations=1, minutes=240), 150)
    assert search.missing == 0
    assert search.value <= bound.best <= 1.1 * search.value


def test_the_bound_begins_near_the_plan():
    """In most towns ten steps, the first ones all with few arcs, bring it nearer to the plan than to all there is."""
    near = 0
    for seed in range(10):
        problem = town_problem(seed, units=6, hotspots=20, demand=40, posts=1, stations=1, minutes=240)
        search, bound = _bounded(problem, 10)
        assert search.value <= bound.best + search.missing * bound.a_missing_minute
        near += bound.best - search.value < weights(problem).full - bound.best
    assert near >= 6


def test_steps_over_few_arcs_bound_nothing():
    """Among many places most steps leave arcs out and move prices only; the bound weighed now and then holds."""
    problem = town_problem(6, units=2, hotspots=40, demand=40, posts=0, stations=2, minutes=240)
    search = Search(problem, np.random.default_rng(0))
    search.greedy()
    bound = Bound(problem)
    for _ in range(5):
        bound.step(search.value)
    assert bound.best == weights(problem).full
    for _ in range(60):
        bound.step(search.value)
    assert search.value <= bound.best < weights(problem).full


def test_a_step_given_up_changes_nothing():
    """A step that is stopped leaves the bound and the number of steps as they were."""
    _, bound = _bounded(tiny_problem(np.random.default_rng(1)), 3)
    before = (bound.best, bound.steps)
    bound.step(0, stop=lambda: True)
    assert (bound.best, bound.steps) == before


def test_prices_whose_weighing_is_stopped_are_weighed_at_the_end():
    """A run that ends while prices are weighed gives the bound that they would have given."""
    problem = town_problem(6, units=2, hotspots=20, demand=40, posts=0, stations=2, minutes=240)
    _, bound = _bounded(problem, 0)
    bound.step(0)
    bound._weigh(lambda: True)
    assert bound.best == weights(problem).full
    bound.finish()
    assert bound.best < weights(problem).full


def test_prices_too_dear_over_few_arcs_are_not_weighed():
    """What few arcs give is no more than every arc gives, so no work is spent on prices that cannot be the best."""
    _, bound = _bounded(town_problem(6, units=2, hotspots=20, demand=40, posts=0, stations=2, minutes=240), 60)
    best = bound.best
    bound._prices = [0.0 * price for price in bound._prices]
    bound.step(0)
    bound._evaluate = None
    bound.finish()
    assert bound.best == best


def test_what_hard_rules_ask_for_does_not_become_dearer_without_end():
    """Where one car must do one task, the bound is one that holds after any number of steps."""
    problem = lonely_car(
        80, hotspots=(Hotspot(MARKET, (3,), 20, 20, 20),), tasks=(Task(BRIDGE, 30, 0, ((30, 50),), required=True),)
    ).replace(grid=10)
    search, bound = _bounded(problem, 500)
    assert search.missing == 0
    assert search.value <= bound.best < weights(problem).full


@pytest.mark.parametrize(
    ("change", "most"), [({"skills": ("none",)}, 1.02), ({"staffing": (Staffing(0, 240, 5),)}, 1.2)]
)
def test_what_nobody_can_do_does_not_spoil_the_bound(change, most):
    """Where nobody may man a post, or it wants more units than there are, the bound stays near the plan."""
    problem = town_problem(2, units=3, hotspots=12, demand=20, posts=1, stations=1, minutes=240)
    problem = problem.replace(posts=(replace(problem.posts[0], **change),))
    plan = solve(problem, time_limit=None, work_limit=300)
    assert plan.shortfalls
    assert plan.value <= plan.bound <= most * plan.value


def test_a_plan_carries_its_bound():
    """The plan's bound is not below its value, `check` agrees, and without one there is none."""
    problem = town_problem(2, units=6, hotspots=20, demand=40, posts=1, stations=1, minutes=240)
    plan = solve(problem, time_limit=2)
    assert plan.bound is not None
    assert plan.value <= plan.bound < 1.2 * plan.value
    assert check(problem, plan) == ()
    assert solve(problem, time_limit=None, work_limit=5, bound=False).bound is None


def test_the_same_work_gives_the_same_bound():
    """With a work limit the bound keeps pace with the search, so two runs end with equal plans and bounds."""
    problem = town_problem(4, units=4, hotspots=12, demand=20, posts=1, stations=1, minutes=240)
    one, two = (solve(problem, time_limit=None, work_limit=100, seed=3) for _ in range(2))
    assert (one.routes, one.bound) == (two.routes, two.bound)


def test_a_gap_limit_ends_the_search():
    """The search ends as soon as the bound is near enough, and says so."""
    problem = town_problem(2, units=6, hotspots=20, demand=40, posts=1, stations=1, minutes=240)
    plan = solve(problem, time_limit=120, gap=0.5)
    assert plan.status == "gap limit"
    assert plan.bound is not None
    assert plan.bound - plan.value <= 0.5 * plan.value


def test_where_everything_can_be_covered_the_plan_is_proven_best():
    """A bound that meets the value ends the search: nothing can be better."""
    problem = tiny_problem(np.random.default_rng(0), rules=False).replace(hotspots=())
    problem = problem.replace(posts=(), demand=(), reach={m: np.zeros((len(problem.places), 0)) for m in problem.reach})
    plan = solve(problem, time_limit=60)
    assert plan.status == "optimal"
    assert plan.bound == plan.value == score(problem, plan).value

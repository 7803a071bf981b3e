"""Claims about starting from an earlier plan: what is left of it keeps every rule, and no search ends below it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Plan, Route, Stop, check, score, solve
from solver.problem import Break
from solver.shortfalls import find_shortfalls
from solver.warm_start import fit
from tests.problems import tiny_problem, tiny_problems, town_problem
from tests.random_plans import random_plan
from tests.small_town import CENTRAL, NORTH, small_plan, small_town
from tests.visit_problems import visit_problem


def judged(problem, routes):
    """Return the plan of `routes` with all that it claims."""
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(), data=st.data())
def test_a_plan_that_fits_stays_as_it_is(problem, data):
    """Of a plan that keeps every rule nothing is left out, and it is worth the same."""
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    start = fit(problem, plan)
    assert start.notes == ()
    assert check(problem, judged(problem, start.routes)) == ()
    assert score(problem, judged(problem, start.routes)).value == plan.value


@settings(max_examples=60, deadline=None)
@given(old=tiny_problems(), seed=st.integers(0, 2**31), data=st.data())
def test_whatever_is_left_of_a_plan_keeps_every_rule(old, seed, data):
    """What is left of a plan in another problem, with other places, legs, units, shifts and breaks, is a right plan."""
    problem = tiny_problem(np.random.default_rng(seed))
    plan = random_plan(old, lambda low, high: data.draw(st.integers(low, high)))
    start = fit(problem, plan, old)
    assert check(problem, judged(problem, start.routes)) == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_units_that_choose_their_duty_keep_what_fits_into_it(data):
    """A plan that keeps the longest duties stays as it is; of one made without them, what is left keeps them."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    problem = visit_problem(pick, duties=True)
    plan = random_plan(problem, pick)
    assert fit(problem, plan).notes == ()
    free = problem.replace(units=tuple(replace(u, longest_duty=None) for u in problem.units))
    for routes in (plan.routes, random_plan(free, pick).routes):
        start = fit(problem, Plan(problem.fingerprint(), routes))
        assert check(problem, judged(problem, start.routes)) == ()


@pytest.fixture
def town():
    """Return the small town that is worked out by hand."""
    return small_town()


def test_units_that_are_gone_or_new_are_told(town):
    """A unit that is not on the roster any more is left out, a new one begins with nothing but its break, both told."""
    a1, b2 = town.units
    other = town.replace(units=(replace(a1, callsign="Z9"), b2))
    start = fit(other, small_plan(town))
    assert start.notes == (
        "left out, as they are not on the roster: routes of A1",
        "without a route to start from: Z9",
    )
    assert [s.kind for s in start.routes[0].stops] == ["standby", "break", "standby"]
    assert start.routes[1] == small_plan(town).routes[1]


def test_a_shorter_shift_costs_what_lies_beyond_it(town):
    """What lies after the new end of a shift, or leaves no time to be home by then, is left out, and told."""
    a1, b2 = town.units
    other = town.replace(units=(replace(a1, end=100), b2))
    start = fit(other, small_plan(town))
    assert start.notes == ("without the stops that do not fit any more: routes of A1",)
    assert [(s.place, s.arrive, s.leave) for s in start.routes[0].stops][1:4] == [
        ("Market", 4, 20),
        ("Gate", 25, 55),
        ("Central", 58, 78),
    ]
    assert check(other, judged(other, start.routes)) == ()


def test_a_break_that_does_not_fit_is_moved(town):
    """When the window of a break has changed, the break is another one, and as much work as possible stays."""
    a1, b2 = town.units
    other = town.replace(units=(replace(a1, break_=Break(15, 60, 120, (CENTRAL, NORTH))), b2))
    start = fit(other, small_plan(town))
    assert check(other, judged(other, start.routes)) == ()
    kinds = [s.kind for s in start.routes[0].stops]
    assert kinds.count("break") == 1
    assert "stint" in kinds
    assert kinds.count("visit") == 2


def test_stops_keep_their_time_of_the_day(town):
    """In a problem that begins half an hour earlier, on another day, stops are half an hour further from its start."""
    earlier = town.replace(
        start="2020-11-27T17:30:00+00:00", units=tuple(replace(u, start=30, end=120, break_=None) for u in town.units)
    )
    stop = Stop("Market", "visit", 20, 40)
    plan = Plan(town.fingerprint(), (Route("A1", (stop,)), Route("B2", ())))
    assert Stop("Market", "visit", 50, 70) in fit(earlier, plan, town).routes[0].stops
    assert stop in fit(town.replace(units=(replace(town.units[0], break_=None), town.units[1])), plan).routes[0].stops


def test_no_search_ends_below_its_start():
    """A plan to start from is a lower limit of what comes out, whatever the engine."""
    problem = town_problem(2, units=4, hotspots=12, demand=20, posts=1, stations=1, minutes=240, grid=5)
    good = solve(problem, time_limit=None, work_limit=400, bound=False)
    for engine in ("paths", "routing"):
        plan = solve(problem, engine=engine, start=good, time_limit=None, work_limit=1, bound=False)
        assert plan.value >= good.value
        assert check(problem, plan) == ()
        assert plan.parameters["start"] == good.fingerprint


def test_a_poor_start_costs_nothing():
    """Starting from routes that do nothing ends no lower than starting from nothing."""
    problem = town_problem(2, units=4, hotspots=12, demand=20, posts=1, stations=1, minutes=240, grid=5)
    poor = Plan(problem.fingerprint(), ())
    for engine in ("paths", "routing"):
        first = solve(problem, engine=engine, time_limit=0, bound=False)
        assert solve(problem, engine=engine, start=poor, time_limit=0, bound=False).value >= first.value


def test_a_start_that_lacks_something_is_mended():
    """What posts lack in a plan to start from is found, and who need not help keeps to the plan."""
    problem = town_problem(3, units=8, hotspots=30, demand=60, posts=2, stations=2, minutes=360, grid=5)
    good = solve(problem, time_limit=None, work_limit=300, bound=False)
    assert good.shortfalls == ()
    off_duty = next(r.callsign for r in good.routes if any(s.kind == "stint" for s in r.stops))
    bare = good.replace(routes=tuple(r for r in good.routes if r.callsign != off_duty))
    plan = solve(problem, start=bare, time_limit=None, work_limit=0, bound=False)
    assert plan.shortfalls == ()
    assert check(problem, plan) == ()

"""Claims about locks: what contradicts itself is refused, no engine's plan breaks one, and the bound holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.plan import Plan, Route
from solver.problem import Break, Lock, LockedStop, ProblemError
from solver.problem_json import problem_from_json, problem_to_json
from solver.search import Search
from solver.shortfalls import find_shortfalls
from solver.solve import UnfitEngineError
from solver.warm_start import fit
from tests.brute_force import TooLargeError, best
from tests.locked_plans import random_locks
from tests.problems import tiny_problem, tiny_problems, town_problem
from tests.random_plans import random_plan
from tests.small_town import BRIDGE, CENTRAL, GATE, MARKET, NORTH, busy_plan, busy_town, small_plan, small_town
from tests.visit_problems import visit_problem


def judged(problem, routes):
    """Return the plan of `routes` with all that it claims."""
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def locked(problem, *stops, unit=0):
    """Return the problem with one lock."""
    return problem.replace(locks=(*problem.locks, Lock(unit, tuple(LockedStop(*s) for s in stops))))


def codes(problem, routes):
    """Return the codes of what `routes` break."""
    return [v.code for v in check(problem, judged(problem, routes))]


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(), data=st.data())
def test_what_a_plan_does_can_be_locked_and_is_kept(problem, data):
    """Any stops of a right plan can be locked; that plan then is right, is what is left of itself, and is no loss."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    with_locks = problem.replace(locks=random_locks(problem, plan, pick))
    assert check(with_locks, judged(with_locks, plan.routes)) == ()
    start = judged(with_locks, fit(with_locks, plan).routes)
    assert check(with_locks, start) == ()
    assert start.value == plan.value
    assert problem_from_json(problem_to_json(with_locks)) == with_locks


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(), seed=st.integers(0, 1000), data=st.data())
def test_no_step_of_the_search_breaks_a_lock(problem, seed, data):
    """After hot moves, a choice, mending and simplifying, locks are kept and the objective is what `score` counts."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    problem = problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick))
    search = Search(problem, np.random.default_rng(seed))
    search.greedy()
    if search.free:
        search.anneal(20, 1.0, 0.1)
        search.remember()
        search.anneal(10, 0.0, 0.0)
        search.remember()
        search.recombine(2, 0.1)
    search.mend(0.1)
    search.simplify()
    assert codes(problem, search.routes()) == []
    card = score(problem, Plan(problem.fingerprint(), search.routes()))
    assert (search.value, search.missing) == (card.value, card.missing)


@settings(max_examples=60, deadline=None)
@given(old=tiny_problems(), seed=st.integers(0, 2**31), data=st.data())
def test_whatever_is_left_of_another_plan_keeps_the_locks(old, seed, data):
    """What is left of a plan of another problem, where stops are locked, is a right plan with those stops."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    problem = tiny_problem(np.random.default_rng(seed))
    problem = problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick))
    assert codes(problem, fit(problem, random_plan(old, pick), old).routes) == []


@pytest.mark.parametrize("seed", range(40, 56))
def test_engine_and_bound_enclose_the_optimum_with_locks(seed):
    """Held against brute force: the search finds the best plan there is, and no bound is below it."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, steps=9)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    problem = problem.replace(locks=random_locks(problem, plan, lambda low, high: int(rng.integers(low, high + 1))))
    with suppress(TooLargeError):
        missing, value, routes = best(problem)
        assert codes(problem, routes) == []
        made = solve(problem, time_limit=None, work_limit=100)
        card = score(problem, made)
        assert check(problem, made) == ()
        assert card.missing == missing
        assert 0.95 * value <= card.value <= value
        assert made.bound is not None
        assert made.bound >= value
        if made.status == "optimal":
            assert card.value == value


@pytest.mark.parametrize("seed", range(8))
def test_a_search_goes_on_from_a_plan_whose_break_is_on_the_other_side_of_a_lock(seed):
    """Where a break may be before a lock or after it, a search from a plan keeps it on that plan's side, and once."""
    problem = tiny_problem(np.random.default_rng(seed), steps=16)
    unit, grid = problem.units[0], problem.grid
    rule = Break(grid, unit.start, unit.end, (unit.origin,))
    middle = (unit.start + unit.end) // 2 // grid * grid
    free = problem.replace(units=(replace(unit, break_=rule), *problem.units[1:]))
    held = locked(free, (unit.origin, "standby", middle, middle + grid))
    sides = [replace(rule, latest=middle), replace(rule, earliest=middle + grid)]
    for side in sides:
        with suppress(ProblemError):  # Some have no time for a break on one side.
            one_sided = held.replace(units=(replace(unit, break_=side), *problem.units[1:]))
            start = solve(one_sided, time_limit=None, work_limit=40, bound=False)
            made = solve(held, start=start, time_limit=None, work_limit=200, bound=False)
            assert check(held, made) == ()
            before, after = score(held, start), score(held, made)
            assert (after.missing, -after.value) <= (before.missing, -before.value)


def test_locks_bring_the_bound_down():
    """Where units are locked to their stations for half their shifts, the bound knows of it."""
    town = town_problem(5, units=4, hotspots=12, demand=20, posts=0, stations=1, minutes=240, grid=5)
    town = town.replace(units=tuple(replace(u, start=0, end=240, break_=None) for u in town.units))
    half = tuple(Lock(u, (LockedStop(0, "standby", 0, 120),)) for u in range(4))
    free, kept = (solve(p, time_limit=None, work_limit=100) for p in (town, town.replace(locks=half)))
    assert free.bound is not None
    assert kept.bound is not None
    assert kept.value <= kept.bound < 0.8 * free.bound


def test_a_plan_of_nothing_but_locks_is_the_plan():
    """Where whole routes are locked there is nothing to search for."""
    problem = busy_town()
    plan = busy_plan(problem)
    names = [p.name for p in problem.places]
    locks = tuple(
        Lock(u, tuple(LockedStop(names.index(s.place), s.kind, s.arrive, s.leave) for s in route.stops))
        for u, route in enumerate(plan.routes)
    )
    made = solve(problem.replace(locks=locks), time_limit=1)
    assert made.routes == plan.routes
    assert (made.status, made.value, made.bound) == ("optimal", plan.value, plan.value)


def test_a_problem_without_locks_is_written_as_before():
    """Without locks there is no such field, so fingerprints of old problems stay."""
    problem = small_town()
    assert "locks" not in problem_to_json(problem)
    assert problem.replace(locks=()).fingerprint() == problem.fingerprint()
    assert locked(problem, (MARKET, "visit", 4, 20)).fingerprint() != problem.fingerprint()


EDITS = {
    "moved": {"arrive": 5, "leave": 21},
    "shorter": {"leave": 19},
    "later": {"arrive": 5},
    "of another kind": {"kind": "standby"},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_locked_stop_that_is_edited_is_told(edit):
    """A locked stop that was moved, made shorter or something else breaks its lock, and the message says what was."""
    problem = locked(small_town(), (MARKET, "visit", 4, 20))
    a1, b2 = small_plan(problem).routes
    stops = (a1.stops[0], replace(a1.stops[1], **edit), *a1.stops[2:])
    found = [v for v in check(problem, judged(problem, (Route("A1", stops), b2))) if v.code == "lock_broken"]
    assert [(v.callsign, v.place, v.minute) for v in found] == [("A1", "Market", 4)]
    assert "visit at Market 18:04-18:20" in found[0].message
    assert "by 12 minutes or more" in found[0].message


def test_a_longer_stop_holds_a_locked_one_if_the_rest_is_a_stop():
    """A visit may go on after the locked one for its dwell or longer, not for less; standby for any time."""
    problem = small_town()
    for leave, right in ((40, True), (28, True), (29, False)):  # B2 is there until 40, and the dwell is 12.
        changed = locked(problem, (MARKET, "visit", 12, leave), unit=1)
        assert (codes(changed, small_plan(problem).routes) == []) == right
    twice = locked(locked(problem, (MARKET, "visit", 12, 24), unit=1), (MARKET, "visit", 28, 40), unit=1)
    assert codes(twice, small_plan(problem).routes) == ["lock_broken"] * 2
    assert codes(locked(problem, (CENTRAL, "standby", 60, 61), unit=1), small_plan(problem).routes) == []
    assert codes(locked(problem, (MARKET, "standby", 24, 24), unit=1), small_plan(problem).routes) == []
    assert codes(locked(problem, (MARKET, "standby", 13, 13), unit=1), small_plan(problem).routes) == ["lock_broken"]


def test_nothing_comes_between_stops_locked_as_one():
    """Stops of one lock follow each other; where they are locked by themselves, there may be others between them."""
    problem = small_town()
    as_one = locked(problem, (MARKET, "visit", 4, 20), (GATE, "stint", 25, 55))
    assert codes(as_one, small_plan(problem).routes) == []
    apart = locked(problem, (MARKET, "visit", 4, 20), (CENTRAL, "break", 58, 78))
    assert codes(apart, small_plan(problem).routes) == ["lock_broken"]
    each = locked(locked(problem, (MARKET, "visit", 4, 20)), (CENTRAL, "break", 58, 78))
    assert codes(each, small_plan(problem).routes) == []


WRONG = {
    "unit 7 does not exist": ((7, (MARKET, "visit", 4, 20)),),
    "place 99 does not exist": ((0, (99, "visit", 4, 20)),),
    "'lunch' is no kind of stop": ((0, (MARKET, "lunch", 4, 20)),),
    "it has no stops": ((0,),),
    "A1 visits Market 18:04-18:10": ((0, (MARKET, "visit", 4, 10)),),
    "outside its shift": ((1, (MARKET, "standby", 80, 100)),),
    "B2 (foot) is on a stint at Gate": ((1, (GATE, "stint", 25, 55)),),
    "the way takes 5 minutes by car; arrive": ((0, (MARKET, "visit", 4, 20), (GATE, "stint", 21, 50)),),
    "must be at Market at 18:03": ((0, (MARKET, "visit", 3, 20)),),
    "must be at Central at 19:30": ((1, (MARKET, "visit", 60, 85)),),
    "there is no way by foot": ((1, (NORTH, "standby", 20, 30)),),
    "cannot be at Market until 18:20 and at Bridge": ((0, (MARKET, "visit", 4, 20)), (0, (BRIDGE, "visit", 15, 30))),
    "two stops at Market follow each other": ((0, (MARKET, "visit", 4, 20), (MARKET, "visit", 20, 40)),),
    "no time for its break of 20 minutes": ((0, (MARKET, "visit", 20, 95)),),
    "only one": ((0, (CENTRAL, "break", 30, 50)), (0, (CENTRAL, "break", 60, 80))),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_locks_that_contradict_something_are_refused(wrong):
    """Each contradiction is told in words: of a lock by itself, with the shift, with another lock, with the break."""
    locks = tuple(Lock(unit, tuple(LockedStop(*s) for s in stops)) for unit, *stops in WRONG[wrong])
    with pytest.raises(ProblemError) as caught:
        small_town().replace(locks=locks)
    text = " | ".join(caught.value.errors)
    assert wrong in text or (wrong == "only one" and "more than one break is locked" in text)


def test_a_stretch_is_locked_as_a_whole_visit():
    """Nobody waits at a stretch of street, so a point there cannot be locked; a visit ends at its far end."""
    problem = busy_town()
    with pytest.raises(ProblemError, match="lock a whole visit"):
        locked(problem, (BRIDGE, "standby", 60, 60))
    made = solve(locked(problem, (BRIDGE, "visit", 60, 75)), time_limit=None, work_limit=100)
    assert check(locked(problem, (BRIDGE, "visit", 60, 75)), made) == ()


def test_units_that_choose_their_duty_have_no_locks():
    """A lock of a unit that chooses when to be on duty is refused with the reason."""
    rng = np.random.default_rng(3)
    problem = visit_problem(lambda low, high: int(rng.integers(low, high + 1)), duties=True)
    unit = next(i for i, u in enumerate(problem.units) if u.chooses_duty)
    u = problem.units[unit]
    with pytest.raises(ProblemError, match="chooses when to be on duty"):
        locked(problem, (u.origin, "standby", u.start, u.start + problem.grid), unit=unit)


@pytest.mark.parametrize("engine", ["routing", "visits"])
def test_other_engines_refuse_locks(engine):
    """An engine that does not know of locks says so and names the one that does."""
    with pytest.raises(UnfitEngineError, match="use 'paths'"):
        solve(locked(small_town(), (MARKET, "visit", 4, 20)), engine=engine, time_limit=1)


def test_a_post_without_units_for_locks_sake_says_so():
    """Where what is locked leaves a post without the only unit that may man it, the plan says so."""
    problem = locked(small_town(), (MARKET, "visit", 20, 60))
    made = solve(problem, time_limit=None, work_limit=50)
    assert check(problem, made) == ()
    assert [(s.place, s.start, s.end, s.reason) for s in made.shortfalls] == [
        ("Gate", 25, 55, "locks keep units elsewhere")
    ]
    assert "unlock A1" in made.shortfalls[0].cure

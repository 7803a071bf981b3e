"""Claims about `solve`: every plan keeps the rules, is worth what it says, and is as good as is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.search import Search
from solver.solve import Progress
from tests.brute_force import best, solved
from tests.hidden_plans import hidden_plan_problem
from tests.problems import tiny_problem, tiny_problems, town_problem
from tests.small_town import small_town


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(), seed=st.integers(0, 2**31))
def test_every_plan_keeps_the_rules_and_is_worth_what_it_says(problem, seed):
    """On random problems with every feature, `check` finds nothing and `score` agrees to the last unit."""
    plan = solve(problem, time_limit=None, work_limit=30, seed=seed)
    card = score(problem, plan)
    assert check(problem, plan) == ()
    assert (card.value, card.missing) == (plan.value, sum(s.minutes for s in plan.shortfalls))


@pytest.mark.parametrize("seed", range(40))
def test_brute_force_finds_nothing_much_better(seed):
    """No plan lacks fewer unit-minutes, none is claimed better than the best, and most are the best."""
    problem, missing, value = solved(seed)
    card = score(problem, solve(problem, time_limit=None, work_limit=200))
    assert card.missing == missing
    assert 0.95 * value <= card.value <= value


def test_most_tiny_problems_are_solved_to_the_optimum():
    """At least 9 of 10 tiny problems end at the value that brute force finds."""
    hits = 0
    for seed in range(100, 130):
        problem, _, value = solved(seed)
        hits += solve(problem, time_limit=None, work_limit=200).value == value
    assert hits >= 27


@pytest.mark.parametrize("seed", [47, 55, 60, 66, 97, 196, 211])
def test_what_looking_at_values_alone_misses_is_found(seed):
    """Where the best path goes by a state that another path reaches with more, whims find it."""
    problem = tiny_problem(np.random.default_rng(seed))
    plan = solve(problem, time_limit=None, work_limit=2000, bound=False)
    assert (score(problem, plan).missing, plan.value) == best(problem)[:2]


@pytest.mark.parametrize("seed", range(3))
def test_whoever_can_be_relieved_is(seed):
    """With breaks, tasks, rounds and little time to spare, nothing is missing where nothing need be."""
    problem = hidden_plan_problem(seed, units=8, posts=3, lines=7, grid=5, tasks=2, patrols=1).problem
    plan = solve(problem, time_limit=None, work_limit=0, bound=False)
    assert plan.shortfalls == ()
    assert check(problem, plan) == ()


def test_a_plan_that_must_lack_something_can_be_proved_the_best():
    """Where as little is missing as must be, and nothing else is worth anything, the plan is known to be optimal."""
    town = small_town()
    alone = town.replace(
        hotspots=(), demand=(), reach={m: a[:, :0] for m, a in town.reach.items()}, units=town.units[1:]
    )
    plan = solve(alone, time_limit=None, work_limit=100)
    assert plan.status == "optimal"
    assert sum(s.minutes for s in plan.shortfalls) == 30


def test_mending_is_the_same_in_every_run():
    """Also where something stays missing, the same seed and work give the same plan."""
    problem = hidden_plan_problem(3, units=8, posts=3, lines=7, grid=5).problem
    problem = problem.replace(units=problem.units[1:])
    one, two = (solve(problem, time_limit=None, work_limit=20, seed=3, bound=False) for _ in range(2))
    assert one.shortfalls
    assert one.routes == two.routes


def test_a_stop_ends_mending():
    """Told to stop while posts are staffed, the search returns what it has."""
    problem = hidden_plan_problem(5, units=20, posts=4, lines=18).problem
    asked = []

    def stop() -> bool:
        asked.append(0)
        return len(asked) > 1

    plan = solve(problem, time_limit=60, stop=stop, bound=False)
    assert plan.status == "interrupted"
    assert check(problem, plan) == ()


@pytest.fixture(scope="module")
def town():
    """Return a town of 8 units, 30 hotspots and 2 posts for 6 hours."""
    return town_problem(3, units=8, hotspots=30, demand=60, posts=2, stations=2, minutes=360, grid=1)


def test_the_same_seed_and_work_give_the_same_plan(town):
    """Two runs with a work limit and no time limit return equal routes; another seed returns others."""
    one, two, other = (solve(town, time_limit=None, work_limit=120, seed=s) for s in (5, 5, 6))
    assert one.routes == two.routes
    assert one.routes != other.routes


def test_more_work_makes_a_better_plan(town):
    """Moves raise the value of the first plan."""
    first, later = (solve(town, time_limit=None, work_limit=w) for w in (0, 400))
    assert first.status == later.status == "work limit"
    assert later.value > 1.005 * first.value


def test_progress_never_gets_worse(town):
    """The value told while the search runs never falls, and the last one told is the plan's, or less."""
    told: list[Progress] = []
    plan = solve(town, time_limit=None, work_limit=100, progress=told.append)
    values = [(-p.missing, p.value) for p in told]
    assert values == sorted(values)
    assert told[0].note == "first plan"
    assert told[0].work == 0
    assert told[-1].value <= plan.value


def test_a_stop_gives_the_best_plan_so_far(town):
    """When told to stop at once, the first plan is returned, whole and right."""
    plan = solve(town, time_limit=60, stop=lambda: True)
    assert plan.status == "interrupted"
    assert check(town, plan) == ()
    assert plan.value > 0


def test_a_time_limit_of_nothing_still_gives_a_plan(town):
    """The first plan is always finished."""
    plan = solve(town, time_limit=0)
    assert plan.status == "time limit"
    assert check(town, plan) == ()


def test_a_run_without_an_end_is_refused(town):
    """With neither limit nor stop nothing would end the run."""
    with pytest.raises(ValueError, match="give a time limit, a work limit, a patience or a way to stop"):
        solve(town, time_limit=None)
    with pytest.raises(ValueError, match="0 or more"):
        solve(town, time_limit=-1)


@pytest.mark.parametrize("nothing", ["units", "hotspots", "posts", "demand"])
def test_parts_may_be_missing(town, nothing):
    """A problem without units, hotspots, posts or demand has a plan too."""
    nowhere = {mode: np.zeros((len(town.places), 0)) for mode in town.reach}
    problem = town.replace(**{nothing: ()}, reach=nowhere if nothing == "demand" else town.reach)
    plan = solve(problem, time_limit=None, work_limit=10)
    assert check(problem, plan) == ()
    assert len(plan.routes) == len(problem.units)


def test_posts_come_before_all_else():
    """A post nobody needs but for its rule is manned, and relieved without a hole, whatever it costs."""
    problem = town_problem(1, units=6, hotspots=20, demand=40, posts=3, stations=2, minutes=480, grid=5)
    plan = solve(problem, time_limit=None, work_limit=100)
    assert plan.shortfalls == ()
    assert score(problem, plan).missing == 0


def test_a_first_plan_that_was_told_to_end_keeps_all_rules():
    """Its paths lead through few places, it is made plainer no more, and it is a whole plan all the same."""
    problem = town_problem(4, units=6, hotspots=30, demand=40, posts=1, stations=2, minutes=240)
    search = Search(problem, np.random.default_rng(0))
    search.greedy(lambda: True)
    before = search.routes()
    search.simplify(lambda: True)
    assert search.routes() == before
    plan = solve(problem, time_limit=60, bound=False, stop=lambda: True)
    assert check(problem, plan) == ()
    assert plan.value >= search.value > 0

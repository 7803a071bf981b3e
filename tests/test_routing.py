"""Claims about the routing engine: right plans, the best by true value, stopped when told to, and no rule lost."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.plan import Route, Stop
from solver.problem import Place, Problem, Staffing, Task
from solver.routing.jobs import choices
from solver.routing.ways import ways_of
from solver.routing.worth import Worth
from solver.solve import Progress
from solver.staffing import staff
from solver.whereabouts import overdue_minutes, whereabouts
from tests.brute_force import solved
from tests.hidden_plans import hidden_plan_problem
from tests.problems import tiny_problem, tiny_problems, town_problem

ROOT = Path(__file__).parents[1]


def by_routing(problem: Problem, **options):
    """Return the plan of the routing engine, without a bound unless it is asked for."""
    return solve(problem, engine="routing", **{"time_limit": None, "bound": False, **options})


@pytest.fixture(scope="module")
def town() -> Problem:
    """Return a town of 6 units, 20 hotspots and 2 posts for 5 hours."""
    return town_problem(3, units=6, hotspots=20, demand=40, posts=2, stations=2, minutes=300, grid=5)


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(), seed=st.integers(0, 2**31))
def test_every_plan_keeps_the_rules_and_is_worth_what_it_says(problem, seed):
    """On random problems with every rule, `check` finds nothing and `score` agrees to the last unit."""
    plan = by_routing(problem, work_limit=3, seed=seed)
    card = score(problem, plan)
    assert check(problem, plan) == ()
    assert (card.value, card.missing) == (plan.value, sum(s.minutes for s in plan.shortfalls))
    assert plan.parameters["engine"] == "routing"


@pytest.mark.parametrize("seed", range(200, 220))
def test_posts_revisits_and_tasks_of_tiny_problems_lack_only_what_they_must(seed):
    """On tiny problems no plan lacks fewer unit-minutes, and none is claimed better than the best."""
    problem, missing, value = solved(seed)
    card = score(problem, by_routing(problem, work_limit=10))
    assert card.missing == missing
    assert card.value <= value


@pytest.mark.parametrize("seed", range(4))
def test_posts_are_manned_and_relieved_without_a_hole(seed):
    """Posts that want one or two units lack no minute that any plan can give them, across breaks too."""
    problem = town_problem(seed, units=8, hotspots=15, demand=20, posts=2, stations=2, minutes=360, grid=5)
    first, second = problem.posts
    problem = problem.replace(posts=(replace(first, staffing=(Staffing(60, 300, 2),)), second))
    plan = by_routing(problem, work_limit=100)
    assert check(problem, plan) == ()
    # Of the first town one post is wanted from the first minute on, and nobody's shift begins there.
    least = staff(problem, seconds=10).least
    assert score(problem, plan).missing == least == (5 if seed == 0 else 0)


@pytest.mark.parametrize(
    "town",
    [
        {"units": 6, "posts": 2, "lines": 6},
        {"units": 6, "posts": 2, "lines": 5, "tasks": 3, "patrols": 1},
        {"units": 6, "posts": 3, "lines": 5, "grid": 5, "staggered": True},
    ],
    ids=str,
)
def test_nothing_is_missing_where_stints_of_equal_length_leave_something(town):
    """Where only stints, breaks, tasks and due visits of the right times fit together, they are found."""
    problem = hidden_plan_problem(5, **town).problem
    plan = by_routing(problem, work_limit=5)
    assert check(problem, plan) == ()
    assert plan.shortfalls == ()


def test_a_post_for_a_shorter_time_than_a_stint_is_manned(town):
    """A post wanted for ten minutes is on a stint of half an hour that holds them."""
    problem = town.replace(posts=(replace(town.posts[0], staffing=(Staffing(100, 110, 1),)), town.posts[1]))
    plan = by_routing(problem, work_limit=20)
    assert check(problem, plan) == ()
    assert plan.shortfalls == ()


def test_required_visits_come_soon_enough_one_after_the_other(town):
    """Hotspots with a required revisit are never overdue, also where they open late and close early."""
    asked = tuple(
        replace(h, every=90, required=True, windows=((60, 280),) if i == 0 else ())
        for i, h in enumerate(town.hotspots[:4])
    )
    problem = town.replace(hotspots=(*asked, *town.hotspots[4:]))
    plan = by_routing(problem, work_limit=150)
    assert check(problem, plan) == ()
    assert not overdue_minutes(problem, whereabouts(problem, plan.routes)).any()


def test_tasks_are_done_in_their_windows(town):
    """A required task is done whatever it costs, in its window, by a unit with the skill; one that pays is done too."""
    problem = with_tasks(
        town,
        Task(0, 40, 0, windows=((50, 60), (200, 210)), required=True, skills=("first aid",)),
        Task(0, 15, 5, windows=((0, 280),)),
    )
    problem = problem.replace(
        units=tuple(replace(u, skills=("first aid",) if i == 2 else ()) for i, u in enumerate(problem.units))
    )
    plan = by_routing(problem, work_limit=100)
    assert check(problem, plan) == ()
    assert plan.shortfalls == ()
    assert score(problem, plan).covered["tasks"] == 5


def with_tasks(problem: Problem, *tasks: Task) -> Problem:
    """Return `problem` with tasks at places of their own, as far from all else as the first hotspot is."""
    like = problem.hotspots[0].place
    size = len(problem.places)
    old = [*range(size), *[like] * len(tasks)]
    travel = {}
    for mode, seconds in problem.travel.items():
        travel[mode] = np.array(seconds)[np.ix_(old, old)]
        np.fill_diagonal(travel[mode], 0)
    return problem.replace(
        places=(*problem.places, *(Place(f"Task {i}", 51.5, -0.1) for i in range(len(tasks)))),
        tasks=tuple(replace(task, place=size + i) for i, task in enumerate(tasks)),
        goals={**problem.goals, "tasks": 100},
        travel=travel,
        reach={mode: np.array(seconds)[old] for mode, seconds in problem.reach.items()},
    )


def test_the_library_makes_the_first_plan_better(town):
    """After some moves the plan is worth more than the first one."""
    first, later = (by_routing(town, work_limit=w) for w in (0, 400))
    assert first.status == later.status == "work limit"
    assert later.value > 1.005 * first.value


def test_what_others_cover_is_not_worth_a_visit(town):
    """Beside a unit that is at a hotspot all the time a visit there is worth no more than being near to demand."""
    found = [c for c in choices(town, ways_of(town), Worth(town)) if c.jobs[0].place == town.hotspots[0].place]
    there, unit = town.places[town.hotspots[0].place].name, town.units[0]
    stays = Route(unit.callsign, (Stop(there, "visit", unit.start, unit.end),))
    blind = town.replace(goals={**town.goals, "response": 0, "backup": 0})
    assert all(c.value > 0 for c in found)
    assert all(c.value == 0 for c in Worth(blind).beside((stays,), found, [1]))
    beside = Worth(town).beside((stays,), found, [1])
    assert all(b.value < 0.7 * c.value for b, c in zip(beside, found, strict=True))


def test_models_are_freed(town):
    """Of the models that a search made none is kept, or a long search would fill the memory."""
    by_routing(town, work_limit=300)
    gc.collect()
    assert [x for x in gc.get_objects() if type(x).__name__ == "RoutingModel"] == []


@pytest.mark.parametrize("work", [7, 130])
def test_no_more_work_is_done_than_is_allowed(town, work):
    """The limit of work ends a search also while the library runs."""
    assert by_routing(town, work_limit=work).parameters["moves"] == work


def test_the_same_seed_and_work_give_the_same_plan():
    """Two runs with a work limit and no time limit return equal routes."""
    problem = town_problem(4, units=8, hotspots=20, demand=20, posts=1, stations=1, minutes=240, grid=5)
    one, two = (by_routing(problem, work_limit=300, seed=5) for _ in range(2))
    assert one.routes == two.routes


def test_progress_never_gets_worse_and_ends_at_the_plan(town):
    """The value told while the search runs never falls, and the last one told is the plan's."""
    told: list[Progress] = []
    plan = by_routing(town, work_limit=300, progress=told.append)
    values = [(-p.missing, p.value) for p in told]
    assert values == sorted(values)
    assert (told[0].note, told[0].work) == ("first plan", 0)
    assert len(told) > 2
    assert values[-1] == (-score(town, plan).missing, plan.value)


@pytest.mark.parametrize("asked", [1, 3, 300, 2000])
def test_a_stop_gives_the_best_plan_so_far(town, asked):
    """Told to stop at once, while jobs are handed out, or while the library runs, a right plan is returned."""
    times = 0

    def stop() -> bool:
        nonlocal times
        times += 1
        return times >= asked

    plan = by_routing(town, time_limit=600, stop=stop)
    assert plan.status == "interrupted"
    assert check(town, plan) == ()
    # It is not asked on and on when it has said so.
    assert times < asked + 20


def test_what_a_stop_raises_is_raised(town):
    """An interrupt while the library runs is not swallowed by it."""
    times = 0

    def stop() -> bool:
        nonlocal times
        times += 1
        if times == 500:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        by_routing(town, time_limit=600, stop=stop)


def test_nothing_to_do_is_done_at_once(town):
    """Without hotspots, posts and tasks there is nothing to search for, and the breaks are taken."""
    plan = by_routing(town.replace(hotspots=(), posts=()), time_limit=600)
    assert plan.status == "no improvement"
    assert check(town.replace(hotspots=(), posts=()), plan) == ()


def test_patience_ends_the_search(town):
    """When nothing better was found for so many moves the search ends, long before its work is done."""
    plan = by_routing(town, work_limit=10**6, patience=100)
    assert plan.status == "no improvement"
    assert plan.parameters["moves"] < 10**5


def test_the_bound_beside_it_holds(town):
    """With a bound the plan says that no plan is worth more than something not below its value."""
    plan = by_routing(town, work_limit=100, bound=True)
    assert plan.bound is not None
    assert plan.value <= plan.bound < score(town, plan).full


def test_numba_is_not_needed_without_a_bound():
    """The engine plans without compiling anything, unless a bound is asked for."""
    program = (
        "import sys\n"
        "from solver import solve\n"
        "from tests.problems import town_problem\n"
        "problem = town_problem(1, units=2, hotspots=5, demand=5, posts=1, stations=1, minutes=120)\n"
        "plan = solve(problem, engine='routing', bound=False, time_limit=None, work_limit=5)\n"
        "print(plan.status, 'numba' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert (run.stdout, run.stderr) == ("work limit False\n", "")


def test_an_engine_there_is_not_is_refused(town):
    """The error names the engines there are."""
    with pytest.raises(ValueError, match="there is no engine 'magic'; engines are auto, paths, routing, visits"):
        solve(town, engine="magic", time_limit=1)


def test_where_there_is_no_way_ways_never_arrive() -> None:
    """Places without a way stay so where legs fit 16 bits too, in which numpy makes 0 minutes of never."""
    problem = tiny_problem(np.random.default_rng(175), units=2, steps=9)
    for ways in ways_of(problem).values():
        apart = ~np.eye(len(problem.places), dtype=np.bool_)
        assert (ways.minutes[apart] >= problem.grid).all()
    assert check(problem, by_routing(problem, work_limit=20, seed=175)) == ()

"""Simple rules: their plans keep every rule on every kind of problem, and do what the rule says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.baselines import BASELINES
from solver.check import check
from solver.on_call import on_call
from solver.plan import Plan, Route, Stop
from solver.problem import Callout, Hotspot, Place, Post, Problem, ProblemError, Staffing, Task, Unit
from solver.replan import Changes, ReplanError, replanned
from solver.score import score
from solver.shortfalls import find_shortfalls
from tests.edited_problems import edited
from tests.locked_plans import random_locks
from tests.problems import tiny_problem, town_problem
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import BRIDGE, CENTRAL, GATE, MARKET, NORTH, busy_town, lonely_car, small_town
from tests.visit_problems import visit_problem

Pick = Callable[[int, int], int]
RULES = tuple(BASELINES)
MOVING = ("random", "beats", "hottest")


def plan_by(rule: str, problem: Problem, seed: int = 0) -> Plan:
    return BASELINES[rule](problem, np.random.default_rng(seed))


def tiny(rng: np.random.Generator, pick: Pick) -> Problem:
    return tiny_problem(rng, units=3, steps=14)


def tiny_with_callouts(rng: np.random.Generator, pick: Pick) -> Problem:
    problem = tiny_problem(rng, units=3)
    return problem.replace(callouts=(Callout(tuple(range(len(problem.units))), pick(0, 2)),))


def tiny_with_locks(rng: np.random.Generator, pick: Pick) -> Problem:
    problem = tiny_problem(rng, units=3)
    return problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick))


def tasks_alone(rng: np.random.Generator, pick: Pick) -> Problem:
    return visit_problem(rng, units=3)


def tasks_with_chosen_duties(rng: np.random.Generator, pick: Pick) -> Problem:
    return visit_problem(rng, units=3, duties=True)


def small(rng: np.random.Generator, pick: Pick) -> Problem:
    return small_problem(pick(0, 2**31))


def town(rng: np.random.Generator, pick: Pick) -> Problem:
    return town_problem(pick(0, 2**31), units=pick(1, 8), hotspots=pick(1, 20), posts=pick(0, 3), minutes=300)


def running(rng: np.random.Generator, pick: Pick) -> Problem:
    """Return the rest of a shift, what was done until then locked as done, perhaps with another roster and streets."""
    problem = tiny_problem(rng, units=3)
    at = pick(1, problem.minutes // problem.grid - 1) * problem.grid
    plan = random_plan(problem, pick)
    try:
        return replanned(problem, plan, at, Changes(), edited(problem, pick)).problem
    except (ProblemError, ReplanError):  # what was drawn contradicts itself, or what a unit is in the middle of
        return replanned(problem, plan, at, Changes()).problem


KINDS = (tiny, tiny_with_callouts, tiny_with_locks, running, tasks_alone, tasks_with_chosen_duties, small, town)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_plan_keeps_every_rule(kind: Callable[[np.random.Generator, Pick], Problem], seed: int) -> None:
    """`check` has nothing to report, and the value claimed is what the plan's routes cover."""
    rng = np.random.default_rng(seed)
    problem = kind(rng, lambda low, high: int(rng.integers(low, high + 1)))
    for rule in RULES:
        plan = plan_by(rule, problem)
        assert [str(v) for v in check(problem, plan)] == [], rule
        assert plan.value == score(problem, plan).value
        assert (plan.status, plan.bound, plan.parameters["rule"]) == ("simple rule", None, rule)


@pytest.mark.parametrize("kind", KINDS)
def test_the_problems_above_have_what_they_are_for(kind: Callable[[np.random.Generator, Pick], Problem]) -> None:
    """Among twenty of each kind there are locks, callouts, tasks and chosen duties where the kind says so."""
    found = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        problem = kind(rng, lambda low, high, rng=rng: int(rng.integers(low, high + 1)))  # type: ignore[misc]
        found |= {"locks"} if problem.locks else set()
        found |= {"done"} if any(lock.done for lock in problem.locks) else set()
        found |= {"callouts"} if problem.callouts else set()
        found |= {"duties"} if any(u.chooses_duty for u in problem.units) else set()
        found |= {"tasks"} if problem.tasks else set()
        found |= {"stretches"} if problem.stretches.any() else set()
    wanted = {
        tiny: {"tasks", "stretches"},
        tiny_with_callouts: {"callouts"},
        tiny_with_locks: {"locks", "stretches"},
        running: {"locks", "done"},
        tasks_alone: {"tasks"},
        tasks_with_chosen_duties: {"duties"},
        small: {"tasks", "stretches"},
        town: set(),
    }
    assert wanted[kind] <= found


def alone(problem: Problem, u: int) -> bool:
    """Return whether unit `u` can man the one post throughout, in one stint with its break before or after."""
    (post,), unit = problem.posts, problem.units[u]
    legs, grid = problem.legs(unit.mode), problem.grid
    first, last = min(w.start for w in post.staffing), max(w.end for w in post.staffing)
    out, back = int(legs[unit.origin, post.place]), int(legs[post.place, unit.destination])
    home = problem.places[unit.destination].name
    if min(out, back) < 0 or not problem.may_work(unit, post.place):
        return False
    stands = [(s, max(last, s + post.stint)) for s in range(max(first - post.stint, 0), first + 1, grid)]
    for begin, end in stands:
        stint = Stop(problem.places[post.place].name, "stint", begin, end)
        pauses: list[Stop | None] = [None]
        if unit.break_ is not None:
            begins = range(unit.break_.earliest, unit.break_.latest - unit.break_.minutes + 1)
            pauses = [
                Stop(problem.places[p].name, "break", t, t + unit.break_.minutes)
                for p in unit.break_.places
                for t in begins
                if t % grid == 0
            ]
        for pause in pauses:
            middle = sorted([stint, *([pause] if pause else [])], key=lambda s: s.arrive)
            start = Stop(problem.places[unit.origin].name, "standby", unit.start, unit.start)
            stops = (start, *middle, Stop(home, "standby", unit.end, unit.end))
            routes = (Route(unit.callsign, stops),)
            found = check(problem, Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes)))
            mine = [v for v in found if v.callsign == unit.callsign and v.code != "missing_route"]
            if not mine:
                return True
    return False


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_a_post_that_one_unit_could_man_alone_is_manned(seed: int) -> None:
    """Where the only post wants one unit at a time, and some unit could stand there throughout, none is missing."""
    problem = tiny_problem(np.random.default_rng(seed), units=3, steps=16)
    if not problem.posts:
        return
    post = problem.posts[0]
    post = replace(post, staffing=tuple(replace(w, units=1) for w in post.staffing))
    problem = problem.replace(posts=(post,))
    if any(alone(problem, u) for u in range(len(problem.units))):
        for rule in RULES:
            assert not [s for s in plan_by(rule, problem).shortfalls if s.rule == "post"], rule


def test_some_posts_of_the_test_above_can_be_manned_by_one_unit() -> None:
    """In a fair part of the problems there is such a post and such a unit."""
    found = 0
    for seed in range(60):
        problem = tiny_problem(np.random.default_rng(seed), units=3, steps=16)
        found += len(problem.posts) == 1 and any(alone(problem, u) for u in range(len(problem.units)))
    assert found >= 8


def test_two_short_windows_are_one_stint() -> None:
    """A car alone mans a post that is wanted for ten minutes and, after a pause of two, for eight more."""
    post = Post(GATE, (Staffing(20, 30, 1), Staffing(32, 40, 1)), 15)
    problem = lonely_car(120, grid=1, posts=(post,))
    plan = plan_by("waiting", problem)
    assert plan.shortfalls == ()
    assert [(s.arrive, s.leave) for s in plan.routes[0].stops if s.kind == "stint"] == [(20, 40)]


def test_a_second_unit_is_another_one() -> None:
    """Where two are wanted for a time, two stand there; with one car alone one is missing then, and never more."""
    cars = tuple(Unit(f"A{i}", "car", 0, 120, CENTRAL, CENTRAL) for i in range(2))
    post = Post(GATE, (Staffing(20, 80, 1), Staffing(40, 50, 2)), 20)
    problem = lonely_car(120, grid=1, posts=(post,), units=cars)
    assert plan_by("waiting", problem).shortfalls == ()
    alone = problem.replace(units=cars[:1])
    assert [(s.start, s.end, s.missing) for s in plan_by("waiting", alone).shortfalls] == [(40, 50, 1)]


def test_a_turn_that_nobody_can_take_whole_is_shared() -> None:
    """Two cars, one from 18:00 to 19:00, one from 19:00, man a post from 18:03 on but for their ways."""
    early, late = (Unit(name, "car", a, a + 60, CENTRAL, CENTRAL) for name, a in (("A1", 0), ("A2", 60)))
    post = Post(GATE, (Staffing(0, 120, 1),), 20)
    problem = lonely_car(120, grid=1, posts=(post,), units=(early, late))
    plan = plan_by("waiting", problem)
    assert check(problem, plan) == ()
    assert [(s.start, s.end) for s in plan.shortfalls] == [(0, 3), (57, 63), (117, 120)]


@pytest.mark.parametrize("rule", RULES)
def test_the_same_seed_gives_the_same_plan(rule: str) -> None:
    """Of random patrol another seed gives another plan, of the other rules the same."""
    problem = town_problem(5, units=5, hotspots=15)
    assert plan_by(rule, problem, 3) == plan_by(rule, problem, 3)
    assert (plan_by(rule, problem, 4) != plan_by(rule, problem, 3)) == (rule == "random")


def stops_of(plan: Plan, callsign: str) -> list[tuple[str, str, int, int]]:
    (route,) = [r for r in plan.routes if r.callsign == callsign]
    return [(s.place, s.kind, s.arrive, s.leave) for s in route.stops]


def test_waiting_by_hand() -> None:
    """The car leaves its station for the post in time and takes its break on its return; the foot patrol stays."""
    plan = plan_by("waiting", small_town())
    assert stops_of(plan, "A1") == [
        ("Central", "standby", 0, 22),
        ("Gate", "stint", 25, 55),
        ("Central", "break", 58, 78),
        ("Central", "standby", 78, 120),
    ]
    assert stops_of(plan, "B2") == [("Central", "standby", 0, 90)]


def test_hottest_by_hand() -> None:
    """Whoever is free goes to the hotter Market where nobody has been for half an hour, else to Bridge."""
    plan = plan_by("hottest", small_town())
    assert stops_of(plan, "A1") == [
        ("Central", "standby", 0, 0),
        ("Market", "visit", 4, 20),
        ("Gate", "stint", 25, 55),
        ("Central", "break", 58, 78),
        # Market is covered until 88 by the foot patrol, which was there from 46 on.
        ("Bridge", "visit", 85, 95),
        ("Market", "visit", 100, 116),
        ("Central", "standby", 120, 120),
    ]
    assert stops_of(plan, "B2") == [
        ("Central", "standby", 0, 0),
        ("Bridge", "visit", 21, 31),
        ("Market", "visit", 46, 78),
        ("Central", "standby", 90, 90),
    ]


def test_beats_by_hand() -> None:
    """The foot patrol has the near Market to itself, the car Bridge, where it has no time to go before its post."""
    plan = plan_by("beats", small_town())
    assert stops_of(plan, "A1") == [
        ("Central", "standby", 0, 22),
        ("Gate", "stint", 25, 55),
        ("Central", "break", 58, 78),
        ("Bridge", "visit", 85, 113),
        ("Central", "standby", 120, 120),
    ]
    assert stops_of(plan, "B2") == [
        ("Central", "standby", 0, 0),
        ("Market", "visit", 12, 78),
        ("Central", "standby", 90, 90),
    ]


def four_corners(**changes: object) -> Problem:
    """Return a town of one car whose station lies before four hotspots in a square, ten minutes long each side."""
    minutes = np.array([[0, 5, 15, 25, 15]] + [[5 + 10 * min(i, 4 - i), 0, 0, 0, 0] for i in range(4)])
    for i in range(4):
        for j in range(4):
            minutes[1 + i, 1 + j] = 10 * min((i - j) % 4, (j - i) % 4)
    problem = lonely_car(300, grid=1)
    problem = problem.replace(
        places=tuple(Place(name, 51.5, -0.1) for name in ("Station", "North", "East", "South", "West")),
        stations=(0,),
        hotspots=tuple(Hotspot(1 + i, (1 + i,), 12, 30, 70) for i in range(4)),
        units=(Unit("A1", "car", 0, 300, 0, 0),),
        travel={"car": (60 * minutes).astype(np.int32)},
        reach={"car": np.zeros((5, 0), dtype=np.int32)},
    )
    return problem.replace(**changes)


def visited(route: Route) -> list[str]:
    return [s.place for s in route.stops if s.kind == "visit"]


def test_beats_are_driven_round() -> None:
    """A car alone goes round the square from the corner that is nearest to its station, in the same order each time."""
    names = visited(plan_by("beats", four_corners()).routes[0])
    assert names[0] == "North"
    assert names[:4] in (["North", "East", "South", "West"], ["North", "West", "South", "East"])
    assert len(names) >= 12
    assert names == [names[i % 4] for i in range(len(names))]


def test_a_round_passes_by_what_is_closed() -> None:
    """A corner that opens after two hours is left out of the first rounds, and then has its place in the order."""
    corners = four_corners().hotspots
    problem = four_corners(hotspots=(corners[0], replace(corners[1], windows=((120, 300),)), *corners[2:]))
    stops = [s for s in plan_by("beats", problem).routes[0].stops if s.kind == "visit"]
    assert [s.place for s in stops[:3]] in (["North", "South", "West"], ["North", "West", "South"])
    assert min(s.arrive for s in stops if s.place == "East") >= 120
    assert check(problem, plan_by("beats", problem)) == ()


def test_beats_are_nobody_elses() -> None:
    """No hotspot is visited by two units, all hotspots are visited, and each unit's visits follow one order."""
    problem = town_problem(11, units=4, hotspots=24, posts=0, stations=2)
    plan = plan_by("beats", problem)
    visits = [visited(route) for route in plan.routes]
    assert sum(len(set(names)) for names in visits) == len({n for names in visits for n in names}) == 24
    for names in visits:
        order = list(dict.fromkeys(names))
        steps = [(order.index(b) - order.index(a)) % len(order) for a, b in pairwise(names)]
        assert steps.count(1) >= 0.8 * len(steps)


def test_beats_are_balanced() -> None:
    """Cars with the same shift from the same station have beats of about as many minutes and as much risk."""
    problem = town_problem(4, units=4, hotspots=40, posts=0, stations=1)
    problem = problem.replace(
        units=tuple(Unit(f"A{i}", "car", 0, problem.minutes, 0, 0) for i in range(4)), reach=problem.reach
    )
    sizes = [len(set(visited(route))) for route in plan_by("beats", problem).routes]
    assert sum(sizes) == 40
    assert max(sizes) <= 2 * min(sizes)


def test_random_patrol_goes_where_risk_is() -> None:
    """The corners have one to four tenths of the risk, and of two hundred first visits about as many."""
    first = [visited(plan_by("random", four_corners(), seed).routes[0])[0] for seed in range(200)]
    for corner, tenths in (("North", 1), ("East", 2), ("South", 3), ("West", 4)):
        expected = 20 * tenths
        assert abs(first.count(corner) - expected) < 3 * np.sqrt(expected * (1 - tenths / 10))


def test_random_patrol_drives_on() -> None:
    """Whoever ends a visit goes elsewhere, as long as there is time for that."""
    names = visited(plan_by("random", four_corners()).routes[0])
    assert all(a != b for a, b in pairwise(names))


def test_random_patrol_stays_in_its_district() -> None:
    """A unit that belongs to the north goes nowhere else, though it is not tied; others go everywhere."""
    problem = four_corners()
    places = tuple(replace(p, district="north" if p.name in ("North", "East") else "south") for p in problem.places)
    roaming = problem.replace(places=places)
    bound = roaming.replace(units=(replace(problem.units[0], districts=("north",)),))
    assert set(visited(plan_by("random", bound).routes[0])) == {"North", "East"}
    assert len(set(visited(plan_by("random", roaming).routes[0]))) > 2


@pytest.mark.parametrize("rule", RULES)
def test_required_tasks_are_done(rule: str) -> None:
    """The busy town's task is for whoever goes on foot; every rule sends the foot patrol there."""
    problem = busy_town()
    plan = plan_by(rule, problem)
    assert check(problem, plan) == ()
    assert [s for s in plan.shortfalls if s.rule == "task"] == []
    assert any(s.kind == "task" for s in plan.routes[1].stops)


@pytest.mark.parametrize("rule", MOVING)
def test_tasks_are_done_once(rule: str) -> None:
    """Tasks that are merely worth something are done as well, none of them twice."""
    problem = visit_problem(np.random.default_rng(2), tasks=8, units=3, rules=False)
    plan = plan_by(rule, problem)
    done = [s.place for route in plan.routes for s in route.stops if s.kind == "task"]
    assert len(done) == len(set(done)) >= 2


@pytest.mark.parametrize("rule", RULES)
def test_no_more_go_out_than_may(rule: str) -> None:
    """Of five units of which two may go out, two do, and man the post; those that just wait do not go out at all."""
    problem = town_problem(8, units=5, hotspots=12, posts=1, stations=2, minutes=240)
    problem = problem.replace(callouts=(Callout((0, 1, 2, 3, 4), 2),))
    plan = plan_by(rule, problem)
    assert check(problem, plan) == ()
    out = {u.callsign for u in problem.units} - set(on_call(problem, plan.routes))
    on_posts = {r.callsign for r in plan.routes if any(s.kind == "stint" for s in r.stops)}
    assert on_posts
    assert plan.shortfalls == ()
    assert out == on_posts if rule == "waiting" else len(out) == 2
    assert on_posts <= out


@pytest.mark.parametrize("rule", MOVING)
def test_a_unit_that_chooses_its_duty_is_home_in_time(rule: str) -> None:
    """A car with an hour of duty in three does the two tasks that lie within one of these, and no third."""
    tasks = (Task(MARKET, 10, 3, ((0, 40),)), Task(GATE, 10, 4, ((0, 100),)), Task(BRIDGE, 10, 5, ((150, 170),)))
    car = Unit("A1", "car", 0, 180, CENTRAL, CENTRAL, longest_duty=60)
    problem = lonely_car(180, grid=1, tasks=tasks, units=(car,), goals={"tasks": 1})
    plan = plan_by(rule, problem)
    assert check(problem, plan) == ()
    assert {s.place for s in plan.routes[0].stops if s.kind == "task"} == {"Market", "Gate"}


def test_waiting_units_go_home_after_a_post() -> None:
    """One that is relieved in the middle of its shift waits at its own station, and not where it stood."""
    town = small_town()
    unit = Unit("A1", "car", 0, 120, NORTH, NORTH)
    problem = town.replace(units=(unit,))
    assert stops_of(plan_by("waiting", problem), "A1") == [
        ("North", "standby", 0, 17),
        ("Gate", "stint", 25, 55),
        ("North", "standby", 63, 120),
    ]

"""Claims about the search: its counts are right whatever moves were made, and routes survive the arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score
from solver.paths import roads_of
from solver.plan import Plan, Route, Stop
from solver.problem import Break, DemandPoint, Hotspot, Place, Post, Problem, Staffing, Unit
from solver.route_arrays import arrange, idle, roster_of, routes_of
from solver.search import Search
from solver.shortfalls import find_shortfalls
from tests.hidden_plans import hidden_plan_problem
from tests.problems import tiny_problems, town_problem
from tests.small_town import NORTH, small_town


@pytest.fixture(scope="module")
def town():
    """Return a town of 6 units and 20 hotspots for 4 hours."""
    return town_problem(5, units=6, hotspots=20, demand=40, posts=1, stations=2, minutes=240, grid=1)


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(), seed=st.integers(0, 1000))
def test_the_objective_stays_exact(problem, seed):
    """After hot moves, cold moves, a choice, mending and simplifying, value and missing are what `score` counts."""
    search = Search(problem, np.random.default_rng(seed))
    search.greedy()
    search.anneal(20, 1.0, 0.1)
    search.remember()
    search.anneal(10, 0.0, 0.0)
    search.remember()
    search.recombine(2, 0.1)
    search.mend(0.1)
    search.simplify()
    card = score(problem, Plan(problem.fingerprint(), search.routes()))
    assert (search.value, search.missing) == (card.value, card.missing)


def test_a_plan_taken_back_is_the_same(town):
    """Routes given back to a search are worth the same and come out the same."""
    search = Search(town, np.random.default_rng(1))
    search.greedy()
    search.anneal(50, 0.001, 0.0)
    again = Search(town, np.random.default_rng(2))
    again.take(search.routes())
    assert again.value == search.value
    assert again.routes() == search.routes()


def test_a_worse_plan_taken_does_not_replace_the_best(town):
    """`take` goes on from a plan without forgetting a better one."""
    search = Search(town, np.random.default_rng(1))
    search.greedy()
    first = search.routes()
    search.anneal(100, 0.001, 0.0)
    value = search.value
    search.take(first)
    assert search.value == value


def test_simplifying_costs_nothing_and_leaves_fewer_stops(town):
    """Stops of no length become fewer, and the value does not fall."""
    search = Search(town, np.random.default_rng(1))
    search.greedy()
    search.anneal(150, 0.001, 0.0)
    value, stops = search.value, sum(len(r.stops) for r in search.routes())
    search.simplify()
    assert search.value >= value
    assert sum(len(r.stops) for r in search.routes()) < stops


def test_a_unit_that_saves_time_before_its_break_waits_for_it():
    """Where a place passed through is dropped before a break, which begins when it did, the value is still exact."""
    town = small_town()
    reach = np.full_like(town.reach["car"], 900)
    reach[NORTH] = 50
    problem = town.replace(reach={"car": reach, "foot": reach})
    a1 = (
        Stop("Central", "standby", 0, 30),
        Stop("Bridge", "standby", 37, 37),
        Stop("North", "break", 40, 60),
        Stop("Central", "standby", 65, 120),
    )
    search = Search(problem, np.random.default_rng(0))
    search.take((Route("A1", a1), Route("B2", (Stop("Central", "standby", 0, 90),))))
    search.simplify()
    assert search.value == score(problem, Plan("", search.routes())).value
    assert Stop("North", "standby", 35, 40) in search.routes()[0].stops


def test_a_break_is_taken_where_there_is_time_for_it_whatever_promises_more():
    """Of many places for a break only the one behind the unit's back is near enough, and no move leaves it out."""
    at = np.array([0.0, 40.0, -4.0, *np.linspace(36, 44, 40)])
    away = (np.abs(np.subtract.outer(at, at)) * 60).astype(np.int32)
    pauses = tuple(range(2, len(at)))
    problem = Problem(
        name="line",
        timezone="UTC",
        start="2020-11-20T18:00:00+00:00",
        minutes=240,
        grid=1,
        slots=(0, 240),
        places=tuple(Place(f"P{i}", 51.5, -0.1) for i in range(len(at))),
        stations=(0, 1),
        hotspots=tuple(Hotspot(i, (1,), 10, 0, 0) for i in pauses),
        posts=(),
        demand=(DemandPoint("far end", 51.5, -0.1, "core", 600, 600, (1,)),),
        units=(Unit("A1", "car", 0, 240, 0, 1, Break(30, 10, 60, pauses)),),
        goals={"response": 1},
        travel={"car": away},
        reach={"car": away[:, 1:2]},
    )
    search = Search(problem, np.random.default_rng(0))
    search.greedy()
    search.anneal(150, 0.001, 0.0)
    plan = Plan(problem.fingerprint(), search.routes(), (), search.value)
    assert check(problem, plan) == ()


def test_a_choice_among_routes_is_never_worse(town):
    """Choosing among remembered routes keeps the value or raises it."""
    search = Search(town, np.random.default_rng(3))
    search.greedy()
    for _ in range(6):
        search.anneal(40, 0.003, 0.003)
        search.remember()
    value = search.value
    better = search.recombine(6, 2.0)
    assert search.value >= value
    assert better == (search.value > value)


def test_the_largest_staffing_is_counted_without_overflow(town):
    """Posts that ask for as much as a problem may, and get next to nothing, lack exactly the rest."""
    place = town.posts[0].place
    asked = 80_000 // 240
    problem = town.replace(posts=(Post(place, (Staffing(0, 240, asked),), 30),))
    search = Search(problem, np.random.default_rng(1))
    search.greedy()
    card = score(problem, Plan(problem.fingerprint(), search.routes()))
    assert (search.value, search.missing) == (card.value, card.missing)
    assert card.missing > 70_000


def judged(problem, search):
    """Return the best plan of a search with its shortfalls."""
    routes = search.routes()
    return Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes), search.value)


@pytest.mark.parametrize("seed", range(3))
def test_mending_finds_who_relieves_whom(seed):
    """Where greedy paths leave posts without relief, mending leaves nothing missing, and every rule is kept."""
    problem = hidden_plan_problem(seed, units=8, posts=3, lines=7, grid=5, tasks=2, patrols=1).problem
    search = Search(problem, np.random.default_rng(1))
    search.greedy()
    assert search.missing > 0
    assert search.mend(5.0)
    assert search.missing == search.least_missing == 0
    assert check(problem, judged(problem, search)) == ()


def test_mending_tells_what_must_be_missing(town):
    """Of a post that wants more units than there are, the rest is known to be missing in every plan."""
    problem = town.replace(posts=(Post(town.posts[0].place, (Staffing(60, 120, 7),), 30),))
    search = Search(problem, np.random.default_rng(1))
    search.greedy()
    search.mend(5.0)
    assert search.missing >= search.least_missing >= 60


def test_mending_keeps_what_it_need_not_change(town):
    """A good plan that lacks one unit at a post for a while keeps most of its visits."""
    search = Search(town, np.random.default_rng(1))
    search.greedy()
    search.anneal(4000, 0.0005, 0.0)

    def cut(stop):
        if stop.kind != "stint" or stop.leave - stop.arrive < 60:
            return (stop,)
        return (replace(stop, leave=stop.leave - 20), replace(stop, arrive=stop.leave - 20, kind="standby"))

    bare = tuple(replace(r, stops=tuple(part for s in r.stops for part in cut(s))) for r in search.routes())
    visits = {(r.callsign, s) for r in bare for s in r.stops if s.kind == "visit"}
    again = Search(town, np.random.default_rng(1))
    again.take(bare)
    assert again.missing >= 20
    assert again.mend(2.0)
    assert again.missing == 0
    kept = {(r.callsign, s) for r in again.routes() for s in r.stops if s.kind == "visit"}
    assert len(kept & visits) > 0.8 * len(visits)


def test_what_a_unit_does_besides_stays_where_there_is_time():
    """Stops that duties leave the time for stay, others and breaks go, and gaps are where something else followed."""
    problem = small_town()
    roads = roads_of(problem.legs("car")[None], np.zeros(len(problem.places), dtype=np.int32))
    arrays = idle(roster_of(problem, ("car", "foot")), problem.minutes)
    duties = (Stop("Gate", "stint", 25, 55), Stop("Central", "break", 58, 78))
    market, late = Stop("Market", "visit", 4, 20), Stop("Market", "visit", 60, 75)
    bridge, home = Stop("Bridge", "visit", 85, 95), Stop("Central", "standby", 102, 120)
    others = (market, Stop("Central", "break", 30, 50), late, bridge, home)
    gaps = arrange(problem, roads.least[0], arrays, 0, "car", duties, others)
    (route, _) = routes_of(problem, arrays)
    start = Stop("Central", "standby", 0, 0)
    assert route.stops == (start, market, *duties, bridge, home)
    assert gaps == [0, 1, 2, 3, 5]


def test_where_a_unit_takes_its_time_there_is_a_gap():
    """Where the next of the stops that stay begins later than the leg takes, the time between is left to be filled."""
    problem = small_town()
    roads = roads_of(problem.legs("car")[None], np.zeros(len(problem.places), dtype=np.int32))
    arrays = idle(roster_of(problem, ("car", "foot")), problem.minutes)
    others = (Stop("Market", "visit", 4, 20), Stop("Bridge", "visit", 25, 35), Stop("Market", "visit", 45, 60))
    assert arrange(problem, roads.least[0], arrays, 0, "car", (), others) == [0, 2, 3]


def test_routes_can_be_driven_where_legs_are_longer_than_ways_round():
    """Among many places, of which few are looked at, the only way may lead by any of them."""
    rng = np.random.default_rng(4)
    town = town_problem(2, units=4, hotspots=40, demand=30, posts=1, stations=2, minutes=240, grid=5)
    travel = {}
    for mode, seconds in town.travel.items():
        travel[mode] = np.where(rng.random(seconds.shape) < 0.85, -1, seconds)
        np.fill_diagonal(travel[mode], 0)
        travel[mode][np.arange(42), np.arange(1, 43)] = 60
        travel[mode][np.arange(1, 43), np.arange(42)] = 60
    problem = town.replace(travel=travel)
    search = Search(problem, np.random.default_rng(1))
    search.greedy()
    search.anneal(300, 0.01, 0.0)
    assert check(problem, judged(problem, search)) == ()

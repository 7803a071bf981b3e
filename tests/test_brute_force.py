"""Brute force: its optimum keeps the rules, is scored as it says, and no plan beats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from solver.check import check
from solver.plan import Plan, Route, Stop
from solver.problem import Hotspot, Problem, Task
from solver.score import score
from solver.shortfalls import find_shortfalls
from solver.weights import weights
from tests import brute_force
from tests.brute_force import TooLargeError, best
from tests.naive_score import is_visit
from tests.problems import tiny_problem, town_problem
from tests.random_plans import random_plan
from tests.small_town import BRIDGE, CENTRAL, MARKET, NORTH, lonely_car, small_town


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_the_optimum_keeps_the_rules_and_no_random_plan_beats_it(seed: int) -> None:
    """The optimum passes check with the value it says, and random plans lack no less and are worth no more."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, steps=9)
    try:
        missing, value, routes = best(problem)
    except TooLargeError:
        reject()
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes), value)
    assert [str(v) for v in check(problem, plan)] == []
    assert score(problem, plan).missing == missing
    for _ in range(10):
        card = score(problem, random_plan(problem, lambda low, high: int(rng.integers(low, high + 1))))
        assert (card.missing, -card.value) >= (missing, -value)


def test_an_optimum_by_hand() -> None:
    """One car with time for one hotspot goes where the risk is and stays as long as it can."""
    town = small_town()
    problem = town.replace(
        minutes=30,
        slots=(0, 30),
        posts=(),
        hotspots=tuple(type(h)(h.place, (risk,), 10, 0, 0) for h, risk in zip(town.hotspots, (5, 3), strict=True)),
        units=(type(town.units[0])("A1", "car", 0, 30, CENTRAL, CENTRAL),),
        demand=(),
        reach={m: a[:, :0] for m, a in town.reach.items()},
    )
    # Market is 4 minutes away: 22 minutes of risk 5 are 110, and no two hotspots fit.
    missing, value, routes = best(problem)
    card = score(problem, Plan("", routes))
    assert (missing, value, card.covered["presence"]) == (0, card.value, 100 * 5 * 22)
    assert Stop("Market", "visit", 4, 26) in routes[0].stops
    assert problem.hotspots[0].place == MARKET


def test_a_way_through_another_place_is_found_where_it_is_shorter() -> None:
    """Where the direct leg is longer than two legs by way of another place, the optimum drives through it."""
    town = small_town()
    travel = {m: a.copy() for m, a in town.travel.items()}
    travel["car"][CENTRAL, MARKET] = travel["car"][MARKET, CENTRAL] = 900
    travel["car"][NORTH, MARKET] = travel["car"][MARKET, NORTH] = 60
    problem = town.replace(
        minutes=30,
        slots=(0, 30),
        posts=(),
        hotspots=(type(town.hotspots[0])(MARKET, (5,), 10, 0, 0),),
        units=(type(town.units[0])("A1", "car", 0, 30, CENTRAL, CENTRAL),),
        demand=(),
        reach={m: a[:, :0] for m, a in town.reach.items()},
        travel=travel,
    )
    _, _, (route,) = best(problem)
    assert [s.place for s in route.stops] == ["Central", "North", "Market", "North", "Central"]
    assert (route.stops[2].arrive, route.stops[2].leave) == (6, 24)


def test_manning_a_post_comes_before_any_value() -> None:
    """The optimum mans the post in every minute, though each minute there costs value elsewhere."""
    town = small_town()
    problem = town.replace(
        minutes=60,
        slots=(0, 30, 60),
        units=(type(town.units[0])("A1", "car", 0, 60, CENTRAL, CENTRAL),),
        goals={"presence": 1, "response": 0, "backup": 0},
        grid=5,
        hotspots=tuple(type(h)(h.place, h.risk, 15, 30, 70) for h in town.hotspots),
    )
    missing, _, routes = best(problem)
    assert missing == 0
    assert Stop("Gate", "stint", 25, 55) in routes[0].stops


def test_the_more_profitable_of_two_tasks_is_done_where_only_one_can_be() -> None:
    """Of two tasks that begin at the same time, the one of less profit is left undone, unless it is required."""
    tasks = (Task(MARKET, 10, 3, ((10, 15),)), Task(BRIDGE, 10, 4, ((10, 15),)))
    (route,) = best(lonely_car(40, tasks=tasks))[2]
    assert [s.place for s in route.stops if s.kind == "task"] == ["Bridge"]
    required = (replace(tasks[0], required=True), tasks[1])
    missing, value, (route,) = best(lonely_car(40, tasks=required))
    assert [s.place for s in route.stops if s.kind == "task"] == ["Market"]
    assert missing == 0
    assert value == weights(lonely_car(40, tasks=required)).multipliers["tasks"] * 3


def test_a_required_task_that_cannot_be_done_is_missing_in_full() -> None:
    """Its minutes are missing, and nothing else is."""
    assert best(lonely_car(20, tasks=(Task(BRIDGE, 10, 4, required=True),)))[0] == 10


def test_visits_come_in_every_window_of_one_stay() -> None:
    """A unit that stays at a hotspot over a time in which it is closed visits it before and after."""
    market = Hotspot(MARKET, (5,), 10, 0, 0, windows=((0, 20), (25, 50)))
    (route,) = best(lonely_car(50, hotspots=(market,)))[2]
    assert [(s.arrive, s.leave) for s in route.stops if s.kind == "visit"] == [(5, 20), (25, 45)]


def test_a_revisit_that_is_required_comes_before_value() -> None:
    """The unit leaves the hotspot where it earns most for one that must be visited every 15 minutes."""
    market, bridge = Hotspot(MARKET, (0,), 5, 0, 0, every=15, required=True), Hotspot(BRIDGE, (9,), 5, 0, 0)
    problem = lonely_car(45, hotspots=(market, bridge))
    missing, _, (route,) = best(problem)
    assert missing == 0
    times = [(s.arrive, s.leave) for s in route.stops if s.place == "Market"]
    assert times[0][0] <= 15
    assert times[-1][1] >= 30


def test_a_stretch_of_street_may_be_entered_at_either_end() -> None:
    """A hotspot whose way in is too far is visited from behind."""
    market = Hotspot(MARKET, (5,), 10, 0, 0, reverse=BRIDGE)
    travel = {m: a.copy() for m, a in small_town().travel.items()}
    travel["car"][np.arange(5) != MARKET, MARKET] = -1
    (route,) = best(lonely_car(40, hotspots=(market,), travel=travel))[2]
    assert [s.place for s in route.stops if s.kind == "visit"] == ["Bridge"]


def test_a_unit_that_is_tied_stays_in_its_district() -> None:
    """It visits the hotspot of its own district, though another earns more."""
    near, far = Hotspot(MARKET, (1,), 10, 0, 0), Hotspot(BRIDGE, (9,), 10, 0, 0)
    districts = ("", "", "south", "north", "")
    places = tuple(replace(p, district=d) for p, d in zip(small_town().places, districts, strict=True))
    free = lonely_car(40, hotspots=(near, far), places=places)
    tied = free.replace(units=(replace(free.units[0], districts=("south",), tied=True),))
    visited = [[s.place for s in best(p)[2][0].stops if s.kind == "visit"] for p in (free, tied)]
    assert visited == [["Bridge"], ["Market"]]


def test_a_roster_of_nobody_has_an_optimum() -> None:
    """Without units everything is missing and nothing covered."""
    assert best(small_town().replace(units=())) == (30, 0, ())


def test_a_problem_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brute force says so rather than run for hours."""
    monkeypatch.setattr(brute_force, "MOST", 100)
    with pytest.raises(ValueError, match="too large for brute force: more than 100 ways"):
        best(town_problem(1, units=1, hotspots=4, demand=4, posts=0, minutes=120, grid=5))


def test_the_optimum_of_one_unit_is_that_of_all_orders_and_waits() -> None:
    """On a grid of few steps, all routes there are (each minute standing or driving) beat the optimum in nothing."""
    rng = np.random.default_rng(11)
    compared = 0
    while compared < 12:
        problem = tiny_problem(rng, units=1, steps=8)
        routes = list(islice(_all_routes(problem), 1001))
        if len(routes) > 1000:
            continue
        missing, value, _ = best(problem)
        cards = [score(problem, Plan("", (route,))) for route in routes]
        assert min((card.missing, -card.value) for card in cards) == (missing, -value)
        compared += value > 0


def _all_routes(problem: Problem) -> Iterator[Route]:
    """Yield every route of the only unit, stop by stop, without any thought of which may be better."""
    (unit,) = problem.units
    legs, grid = problem.legs(unit.mode), problem.grid
    kinds = {p: ["standby"] if place.exit is None else [] for p, place in enumerate(problem.places)}
    for place in (place for h in problem.hotspots for place in h.places):
        kinds[place].append("visit")
    for q in problem.posts:
        kinds[q.place].append("stint")
    for place in unit.break_.places if unit.break_ else ():
        kinds[place].append("break")
    for k in problem.tasks:
        kinds[k.place].append("task")
    exact = {("task", k.place): k.minutes for k in problem.tasks}
    least = {("visit", place): h.dwell for h in problem.hotspots for place in h.places}
    least |= {("stint", q.place): q.stint for q in problem.posts}

    def extend(now: int, place: int, stops: list[Stop], done: bool, came: bool) -> Iterator[Route]:
        if stops and place == unit.destination and now == unit.end and done:
            yield Route(unit.callsign, tuple(stops))
        for kind in kinds[place] if came or problem.places[place].exit is None else ():
            for leave in range(now + (0 if came and kind == "standby" else grid), unit.end + 1, grid):
                length, rule = leave - now, unit.break_
                if kind == "break" and (done or length != rule.minutes or now < rule.earliest or leave > rule.latest):
                    continue
                if length < least.get((kind, place), 0) or length != exact.get((kind, place), length):
                    continue
                if problem.places[place].exit is not None and not any(
                    is_visit(problem, unit, i, place, now, leave) for i in range(len(problem.hotspots))
                ):
                    continue  # A stretch is no place to stand.
                if kind == "standby" and stops and not came and stops[-1].kind == "standby":
                    continue  # Two standbys in a row are one.
                more = [*stops, Stop(problem.places[place].name, kind, now, leave)]
                after = done or kind == "break"
                if leave > now:
                    yield from extend(leave, place, more, after, False)
                elif place == unit.destination and now == unit.end and after:
                    yield Route(unit.callsign, tuple(more))
                for to in range(len(problem.places)):
                    if to != place and legs[place, to] >= 0:
                        for arrive in range(leave + int(legs[place, to]), unit.end + 1, grid):
                            yield from extend(arrive, to, more, after, True)

    yield from extend(unit.start, unit.origin, [], unit.break_ is None, True)

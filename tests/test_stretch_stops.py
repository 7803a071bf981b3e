"""Stretches of street in plans: entered at one end, left at the other, and in between a visit or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from solver import check, score, solve
from solver.plan import Plan, Route, Stop
from solver.problem import Hotspot, Problem
from solver.routing.ways import Ways
from solver.search import Search
from solver.shortfalls import find_shortfalls
from solver.staffing import routes, staff
from solver.warm_start import fit
from tests.brute_force import best
from tests.small_town import BRIDGE, CENTRAL, MARKET, NORTH, lonely_car, small_town

EXIT = (51.6, -0.1)


def along_market(hotspots: tuple[Hotspot, ...], minutes: int = 60, **travel: int) -> Problem:
    """Return a town of one car in which Market is a stretch of street, its hotspots and some legs in minutes given.

    Places are Central, North, Market, Bridge and Gate; ``market_bridge=5`` is the leg from Market to Bridge.
    """
    town = small_town()
    names = [p.name.lower() for p in town.places]
    car = town.travel["car"].copy()
    for leg, length in travel.items():
        start, end = (names.index(name) for name in leg.split("_"))
        car[start, end] = 60 * length
    places = tuple(replace(p, exit=EXIT) if p.name == "Market" else p for p in town.places)
    return lonely_car(minutes, places=places, hotspots=hotspots, travel={**town.travel, "car": car})


def plan_of(problem: Problem, *stops: Stop) -> Plan:
    """Return the plan of the only unit that makes `stops`, with what it claims made true."""
    made = (Route(problem.units[0].callsign, stops),)
    plan = Plan(problem.fingerprint(), made, find_shortfalls(problem, made))
    return plan.replace(value=score(problem, plan).value)


MARKET_SPOT, BRIDGE_SPOT = Hotspot(MARKET, (1,), 10, 0, 0), Hotspot(BRIDGE, (9,), 10, 0, 0)


@pytest.mark.parametrize("engine", ["paths", "routing"])
def test_nobody_drives_through_a_stretch_in_no_time(engine: str) -> None:
    """Where a stretch would be a short cut, plans keep to the long way round, or visit the stretch on the way."""
    far = {f"{a}_{b}": 40 for a in ("north", "gate") for b in ("bridge",)} | {"bridge_north": 40, "bridge_gate": 40}
    problem = along_market((MARKET_SPOT, BRIDGE_SPOT), central_bridge=20, bridge_central=25, **far)
    plan = solve(problem, engine=engine, time_limit=None, work_limit=40)
    assert check(problem, plan) == ()
    # Ways by Market would take 10 minutes; they take 20, with a visit of it.
    assert {s.place: s.kind for s in plan.routes[0].stops} == {
        "Central": "standby",
        "Market": "visit",
        "Bridge": "visit",
    }
    assert plan.value == best(problem)[1]


@pytest.mark.parametrize("direct", [25, 30])
def test_a_visit_that_costs_no_time_is_made(direct: int) -> None:
    """A stretch along which a unit is there no later than by any other way is visited by the routing engine."""
    problem = along_market((MARKET_SPOT,), central_north=direct, gate_north=60, bridge_north=60)
    problem = problem.replace(units=(replace(problem.units[0], destination=NORTH),))
    plan = solve(problem, engine="routing", time_limit=None, work_limit=0, bound=False)
    assert check(problem, plan) == ()
    assert "visit" in [s.kind for s in plan.routes[0].stops]


def test_a_unit_waits_on_the_road_for_its_visit_to_begin() -> None:
    """Before a stretch opens the unit is on its way there, counts at its near end, and visits it as long as it can."""
    problem = along_market((replace(MARKET_SPOT, windows=((20, 40),)),))
    plan = solve(problem, time_limit=None, work_limit=20)
    assert Stop("Market", "visit", 20, 40) in plan.routes[0].stops
    assert all(s.place != "Market" or s.kind == "visit" for s in plan.routes[0].stops)
    assert check(problem, plan) == ()
    assert plan.value == best(problem)[1]


def test_a_stretch_is_visited_again_from_its_near_end() -> None:
    """Between two visits of a one-way stretch the unit drives to another place, whatever the engine."""
    problem = along_market((replace(MARKET_SPOT, windows=((5, 20), (25, 60))),))
    twice = plan_of(
        problem,
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 5, 20),
        Stop("Market", "visit", 25, 55),
        Stop("Central", "standby", 60, 60),
    )
    assert [v.code for v in check(problem, twice)] == ["no_way"]
    for engine in ("paths", "routing"):
        plan = solve(problem, engine=engine, time_limit=None, work_limit=40)
        assert check(problem, plan) == ()
        places = [s.place for s in plan.routes[0].stops]
        assert places.count("Market") > 1
        assert all(before != after for before, after in pairwise(places))


def test_no_visit_needs_a_break_or_a_wait_at_a_stretch() -> None:
    """A break at a stretch is none of its places, and standby there is not allowed, also for no time."""
    problem = along_market((MARKET_SPOT,))
    for kind, leave, codes in (("standby", 5, ["standby_wrong_place"]), ("visit", 15, [])):
        stops = Stop("Central", "standby", 0, 0), Stop("Market", kind, 5, leave), Stop("Central", "standby", 30, 60)
        assert [v.code for v in check(problem, plan_of(problem, *stops))] == codes


def test_a_plan_that_takes_its_time_is_counted_as_score_does() -> None:
    """Legs that are given longer than they take, to a stretch and to other places, are worth the same to the search."""
    town = small_town()
    problem = along_market((MARKET_SPOT, BRIDGE_SPOT), minutes=90)
    problem = problem.replace(
        demand=tuple(replace(d, demand=(d.demand[0],)) for d in town.demand),
        reach=town.reach,
        goals={"presence": 1, "response": 1, "backup": 1},
    )
    plan = plan_of(
        problem,
        Stop("Central", "standby", 0, 5),
        Stop("Market", "visit", 25, 40),
        Stop("Bridge", "visit", 65, 75),
        Stop("Central", "standby", 90, 90),
    )
    assert check(problem, plan) == ()
    search = Search(problem, np.random.default_rng(0))
    search.take(plan.routes)
    assert search.value == plan.value
    again = search.routes()
    assert plan_of(problem, *again[0].stops).value == plan.value
    assert check(problem, plan_of(problem, *again[0].stops)) == ()


def test_a_plan_to_start_from_comes_round_to_the_near_end() -> None:
    """Of two visits of a stretch with nothing between them, one is left."""
    problem = along_market((MARKET_SPOT,))
    old = plan_of(
        problem,
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 5, 20),
        Stop("Market", "visit", 20, 50),
        Stop("Central", "standby", 60, 60),
    )
    (route,) = fit(problem, old).routes
    assert [(s.place, s.arrive, s.leave) for s in route.stops if s.kind == "visit"] == [("Market", 20, 50)]
    assert check(problem, plan_of(problem, *route.stops)) == ()


def test_ways_of_the_routing_engine_lead_round_a_stretch() -> None:
    """The way through is not taken, and the one from a stretch to itself is there and back."""
    problem = along_market((MARKET_SPOT, BRIDGE_SPOT), central_bridge=60)
    ways = Ways(problem, "car")
    assert ways.minutes[CENTRAL, BRIDGE] == 10
    assert list(ways.passed(CENTRAL, BRIDGE)) == [1]
    assert ways.minutes[MARKET, MARKET] == 10
    assert list(ways.passed(MARKET, MARKET)) != []


def test_staffing_comes_round_to_visit_a_stretch_again() -> None:
    """Visits that are due every 20 minutes are made from the near end, and none of them is missing."""
    spot = replace(MARKET_SPOT, dwell=5, every=25, required=True)
    problem = along_market((spot,), minutes=90)
    found = staff(problem, seconds=2)
    assert found is not None
    made = routes(problem, found)
    assert check(problem, plan_of(problem, *made[0].stops)) == ()
    assert found.missing == found.least == best(problem)[0]

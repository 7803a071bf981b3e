"""Who stands on which post when: nothing is missing where nothing need be, and the least where something must."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.check import check
from solver.plan import Plan, Route
from solver.problem import Break, Post, Problem, Staffing, Unit
from solver.score import score
from solver.shortfalls import find_shortfalls
from solver.staffing import Assignment, routes, staff
from solver.staffing.duties import duties_of
from tests.brute_force import solved
from tests.hidden_plans import hidden_plan_problem
from tests.problems import town_problem
from tests.small_town import CENTRAL, GATE, small_town


def _lacks(problem: Problem, made: tuple[Route, ...]) -> int:
    """Return the unit-minutes that routes leave missing, after having checked them."""
    plan = Plan(problem.fingerprint(), made, find_shortfalls(problem, made))
    plan = plan.replace(value=score(problem, plan).value)
    assert [str(v) for v in check(problem, plan)] == []
    return score(problem, plan).missing


def _staffed(problem: Problem, seconds: float = 5.0) -> Assignment:
    """Return who stands where, after having checked that whole routes of it lack what it says."""
    found = staff(problem, seconds=seconds)
    assert found is not None
    assert _lacks(problem, routes(problem, found)) == found.missing
    assert found.least <= found.missing
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_tiny_problems_lack_as_little_as_can_be_and_that_is_proved(seed: int) -> None:
    """With every rule of the model, what is missing is the least there is, by going through all plans.

    Where some place is quicker to reach by visiting a stretch of street on the way, it claims less.
    """
    problem, least, _ = solved(seed, steps=9)
    found = staff(problem, seconds=2)
    if found is None:
        assert least == 0
        return
    assert _lacks(problem, routes(problem, found)) == found.missing
    assert found.least <= least <= found.missing
    assert found.least == found.missing or not duties_of(problem).complete


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "town",
    [
        {"units": 3, "posts": 1, "lines": 3},
        {"units": 6, "posts": 2, "lines": 6},
        {"units": 6, "posts": 3, "lines": 5, "grid": 5, "staggered": True},
        {"units": 10, "posts": 3, "lines": 9},
        {"units": 6, "posts": 2, "lines": 5, "tasks": 3, "patrols": 1},
    ],
    ids=str,
)
def test_nothing_is_missing_where_a_plan_without_shortfall_exists(town: dict[str, int], seed: int) -> None:
    """With little time to spare and breaks to take, a plan without shortfall is found where one was hidden."""
    hidden = hidden_plan_problem(seed, **town)
    assert _lacks(hidden.problem, hidden.routes) == 0
    assert 0.05 < hidden.spare < 0.35
    assert _staffed(hidden.problem).missing == 0


@pytest.mark.parametrize("seed", range(2))
def test_the_least_is_proved_where_units_are_too_few(seed: int) -> None:
    """Of a problem that a unit was taken from, as little is missing as is proved that must be."""
    problem = hidden_plan_problem(seed, units=4, posts=2, lines=4, grid=5).problem
    found = _staffed(problem.replace(units=problem.units[1:]))
    assert found.missing == found.least > 0


@pytest.mark.parametrize(("latest", "least"), [(166, 0), (165, 1), (150, 16)])
def test_two_units_at_one_post_take_their_breaks_in_turn(latest: int, least: int) -> None:
    """The second of two breaks begins when the first unit is back at the post, if it may; else the post waits."""
    town = small_town()
    problem = town.replace(
        minutes=240,
        slots=(0, 240),
        hotspots=(),
        demand=(),
        reach={m: a[:, :0] for m, a in town.reach.items()},
        posts=(Post(GATE, (Staffing(30, 210, 1),), stint=20),),
        units=tuple(
            Unit(f"A{i}", "car", 0, 240, CENTRAL, CENTRAL, Break(30, 100, latest, (CENTRAL,))) for i in range(2)
        ),
    )
    # Gate is 3 minutes away: a break from 100 to 130, back at 133, and the other one from 136 to 166.
    found = _staffed(problem)
    assert (found.missing, found.least) == (least, least)


def test_no_more_than_is_needed_is_done() -> None:
    """Every stint is needed: without it something would be missing, and nobody stands where nobody is wanted."""
    problem = town_problem(3, units=12, posts=4, grid=1)
    found = _staffed(problem)
    assert found.missing == 0
    wanted = sum((w.end - w.start) * w.units for q in problem.posts for w in q.staffing)
    stood = sum(stop.leave - stop.arrive for stops in found.stops for stop in stops if stop.kind == "stint")
    assert stood == wanted


def test_every_unit_with_a_break_takes_it() -> None:
    """Units that are needed at no post are given their break all the same."""
    problem = town_problem(3, units=12, posts=1, grid=5)
    found = _staffed(problem)
    for unit, stops in zip(problem.units, found.stops, strict=True):
        assert sum(stop.kind == "break" for stop in stops) == (unit.break_ is not None)


def test_where_nothing_hard_is_asked_for_there_is_nothing_to_do() -> None:
    """Without posts, required tasks and required revisits, or without units, there is no answer."""
    assert staff(small_town().replace(posts=()), seconds=1) is None
    assert staff(small_town().replace(units=()), seconds=1) is None


def test_the_same_seed_gives_the_same() -> None:
    """The search looks at no clock."""
    problem = hidden_plan_problem(5, units=10, posts=3, lines=9).problem
    assert staff(problem, seconds=1, seed=3) == staff(problem, seconds=1, seed=3)


def test_a_stop_ends_it_with_what_was_found() -> None:
    """Told to stop at once it gives the greedy work, which can be driven."""
    problem = hidden_plan_problem(5, units=20, posts=4, lines=18).problem
    begin = time.perf_counter()
    found = staff(problem, seconds=1000, stop=lambda: time.perf_counter() - begin > 0.2)
    assert found is not None
    assert _lacks(problem, routes(problem, found)) == found.missing


def test_a_way_by_another_place_is_taken_where_it_is_shorter() -> None:
    """Where only a chain of legs leads to a post, the routes pass through the places between."""
    town = small_town()
    travel = {m: a.copy() for m, a in town.travel.items()}
    others = [i for i in range(len(town.places)) if i not in (CENTRAL, GATE)]
    travel["car"][CENTRAL, GATE] = travel["car"][GATE, CENTRAL] = -1
    travel["car"][CENTRAL, others[0]] = travel["car"][others[0], GATE] = 60
    travel["car"][GATE, others[0]] = travel["car"][others[0], CENTRAL] = 60
    problem = town.replace(travel=travel, units=tuple(u for u in town.units if u.mode == "car"))
    found = _staffed(problem)
    made = routes(problem, found)
    at_gate = [r for r in made if any(s.kind == "stint" for s in r.stops)]
    assert at_gate
    assert all(town.places[others[0]].name in [s.place for s in r.stops] for r in at_gate)


def test_it_begins_with_what_is_done_already() -> None:
    """Routes that leave nothing missing are answer enough."""
    hidden = hidden_plan_problem(5, units=10, posts=3, lines=9, tasks=2, patrols=1)
    found = staff(hidden.problem, seconds=0, start=hidden.routes)
    assert found is not None
    assert found.missing == 0
    by_callsign = {r.callsign: r.stops for r in hidden.routes}
    for unit, stops in zip(hidden.problem.units, found.stops, strict=True):
        done = {(s.place, s.kind, t) for s in by_callsign[unit.callsign] for t in range(s.arrive, s.leave)}
        assert {(s.place, s.kind, t) for s in stops for t in range(s.arrive, s.leave)} <= done

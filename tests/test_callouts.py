"""Callouts: only some units go out, who that is comes out best, and every judge and output knows who is on call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.bound import Bound
from solver.check import check
from solver.export.gpx import route_gpx
from solver.export.ics import unit_ics
from solver.export.map.content import map_content
from solver.export.sheets.of_plan import sheets_of
from solver.languages import Language
from solver.on_call import is_on_call, on_call, waiting_stops
from solver.plan import Plan, Route, Stop
from solver.problem import Callout, Post, Problem, ProblemError, Staffing, Unit
from solver.problem_json import problem_from_json, problem_to_json
from solver.recombine import Layer, choose
from solver.score import score
from solver.score_text import score_lines
from solver.shortfalls import find_shortfalls
from solver.solve import UnfitEngineError, solve
from solver.staffing import staff
from solver.streets import Streets
from solver.summary import summary
from solver.warm_start import fit
from tests.brute_force import best
from tests.problems import tiny_problem, town_problem
from tests.random_plans import random_plan
from tests.small_town import CENTRAL, GATE, MARKET, NORTH, small_plan, small_town
from tests.visit_problems import visit_problem

ONE = Callout((0, 1), 1, "Centre", "green")


def called_out(problem: Problem, *callouts: Callout) -> Problem:
    """Return the problem with callouts."""
    return problem.replace(callouts=callouts)


def tiny(seed: int, most: int) -> Problem:
    """Return a tiny problem of which at most so many units go out, all but the last one in one callout."""
    problem = tiny_problem(np.random.default_rng(seed), units=3, steps=7)
    return called_out(problem, Callout(tuple(range(max(len(problem.units) - 1, 1))), most))


@pytest.mark.parametrize(("seed", "most"), [(1, 0), (2, 1), (4, 1), (7, 0), (12, 1), (13, 1), (17, 0), (21, 1)])
def test_the_search_finds_the_optimum_and_no_bound_is_below_it(seed: int, most: int) -> None:
    """On tiny problems the plan is as good as the best of all plans, keeps the rules, and is below its bound."""
    problem = tiny(seed, most)
    missing, value, _ = best(problem)
    plan = solve(problem, time_limit=None, work_limit=1000, seed=1)
    assert [str(v) for v in check(problem, plan)] == []
    assert (sum(s.minutes for s in plan.shortfalls), plan.value) == (missing, value)
    assert plan.bound is not None
    assert plan.bound >= value


def test_callouts_matter_to_the_optima_that_were_compared() -> None:
    """In most of the problems of the test above the best plan of all is not allowed."""
    cases = [(1, 0), (2, 1), (4, 1), (7, 0), (12, 1), (13, 1), (17, 0), (21, 1)]
    free = [best(tiny(*case).replace(callouts=()))[:2] for case in cases]
    assert sum(best(tiny(*case))[:2] != found for case, found in zip(cases, free, strict=True)) >= 4


def test_the_bound_comes_down_with_the_number_that_goes_out() -> None:
    """Against the same number of steps, one of four units out is bounded below two, and these below all."""
    town = town_problem(6, units=4, hotspots=12, demand=20, posts=0, stations=2, minutes=180)
    bounds = []
    for most in (1, 2, 4):
        bound = Bound(called_out(town, Callout((0, 1, 2, 3), most)))
        for _ in range(40):
            bound.step(0)
        bound.finish()
        bounds.append(bound.best)
    assert bounds[0] < bounds[1] < bounds[2]
    free = Bound(town)
    for _ in range(40):
        free.step(0)
    free.finish()
    assert free.best == bounds[2]


def test_the_same_work_gives_the_same_plan() -> None:
    """With a work limit two runs end with the same routes."""
    town = town_problem(4, units=5, hotspots=12, demand=20, posts=1, stations=2, minutes=240)
    problem = called_out(town, Callout((0, 1, 2), 1), Callout((3, 4), 1))
    one, two = (solve(problem, time_limit=None, work_limit=900, seed=3) for _ in range(2))
    assert one.routes == two.routes
    assert check(problem, one) == ()
    assert len(on_call(problem, one.routes)) == 3


def test_posts_are_manned_by_as_many_as_may_go_out() -> None:
    """Two posts at the same time and one unit that may go out: half is missing, proved, and one is on call."""
    town = small_town()
    window = (Staffing(40, 80, 1),)
    problem = town.replace(
        posts=(Post(GATE, window, 20), Post(MARKET, window, 20)),
        hotspots=(),
        units=tuple(Unit(f"C{i}", "car", 0, 120, CENTRAL, CENTRAL) for i in range(3)),
        callouts=(Callout((0, 1, 2), 1),),
    )
    found = staff(problem, seconds=5)
    assert found is not None
    assert (found.missing, found.least) == (40, 40)
    assert sum(any(s.kind == "stint" for s in stops) for stops in found.stops) == 1
    plan = solve(problem, time_limit=None, work_limit=200)
    assert check(problem, plan) == ()
    assert sum(s.minutes for s in plan.shortfalls) == 40
    assert plan.shortfalls[0].cure.startswith("let C")
    assert "go out, now on call by the callout" in plan.shortfalls[0].cure


def test_what_is_lacking_is_mended_within_what_may_go_out() -> None:
    """A town whose posts ask for more than greedy paths give is mended, and no more units go out than may."""
    town = town_problem(3, units=6, hotspots=10, demand=20, posts=4, stations=2, minutes=240)
    problem = called_out(town, Callout((0, 1, 2, 3, 4, 5), 3))
    plan = solve(problem, time_limit=None, work_limit=300, bound=False)
    assert [str(v) for v in check(problem, plan)] == []


def test_too_many_units_out_are_a_violation() -> None:
    """The hand-made plan sends out both units; with one on call it keeps the rules."""
    problem = called_out(small_town(), ONE)
    plan = small_plan(small_town()).replace(fingerprint=problem.fingerprint())
    (found,) = check(problem, plan)
    assert found.code == "too_many_out"
    assert "A1, B2 go out, 2 units; the alert level green of Centre lets 1 of 2 units out" in found.message
    routes = (plan.routes[0], Route("B2", waiting_stops(problem, problem.units[1])))
    kept = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    assert check(problem, kept.replace(value=score(problem, kept).value)) == ()


@pytest.mark.parametrize(
    ("stops", "waits"),
    [
        ([("Central", "standby", 0, 40), ("Central", "break", 40, 60), ("Central", "standby", 60, 120)], True),
        ([("Central", "standby", 0, 40), ("North", "break", 45, 65), ("Central", "standby", 70, 120)], True),
        ([("Central", "standby", 0, 40), ("North", "break", 45, 65), ("Central", "standby", 90, 120)], True),
        ([("Central", "standby", 0, 40), ("North", "break", 50, 70), ("Central", "standby", 75, 120)], False),
        ([("Central", "standby", 0, 30), ("North", "standby", 35, 40), ("North", "break", 40, 60)], False),
        ([("Central", "standby", 0, 40), ("Market", "standby", 44, 44), ("Central", "standby", 48, 120)], False),
        ([("Central", "standby", 0, 40), ("Market", "visit", 44, 64), ("Central", "standby", 68, 120)], False),
        ([("Central", "standby", 0, 40), ("Nowhere", "break", 44, 64)], False),
    ],
)
def test_what_a_unit_on_call_may_do(stops: list[tuple[str, str, int, int]], waits: bool) -> None:
    """It stands by at its station and drives to its break as late as it can."""
    problem = called_out(small_town(), Callout((0,), 0))
    route = Route("A1", tuple(Stop(*stop) for stop in stops))
    assert is_on_call(problem, problem.units[0], route) == waits
    plan = Plan(problem.fingerprint(), (route, Route("B2", ())))
    assert ("too_many_out" in {v.code for v in check(problem, plan)}) == (not waits)


def test_a_unit_that_ends_elsewhere_goes_there_once() -> None:
    """It may stand by at either station, but not go back to the first."""
    town = small_town()
    unit = replace(town.units[0], destination=NORTH, break_=None)
    problem = town.replace(units=(unit,), callouts=(Callout((0,), 0),))
    there = [("Central", "standby", 0, 40), ("North", "standby", 45, 120)]
    back = [("Central", "standby", 0, 40), ("North", "standby", 45, 50), ("Central", "standby", 55, 60), *there[1:]]
    for stops, waits in ((there, True), (back, False)):
        route = Route("A1", tuple(Stop(*stop) for stop in stops))
        assert is_on_call(problem, unit, route) == waits
        assert any(v.code == "too_many_out" for v in check(problem, Plan("", (route,)))) == (not waits)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_check_and_outputs_read_alike_who_is_on_call(seed: int) -> None:
    """Random routes, those of units on call, and these with a stop moved or another kind are read alike."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=2)
    problem = called_out(problem, *(Callout((i,), 0) for i in range(len(problem.units))))
    routes = list(random_plan(problem, lambda low, high: int(rng.integers(low, high + 1))).routes)
    for i, unit in enumerate(problem.units):
        if rng.integers(3):
            stops = list(waiting_stops(problem, unit))
            k, grid = int(rng.integers(len(stops))), problem.grid
            changes = ({}, {"arrive": stops[k].arrive - grid}, {"leave": stops[k].leave - grid}, {"kind": "visit"})
            stops[k] = replace(stops[k], **changes[int(rng.integers(4))])
            routes[i] = Route(unit.callsign, tuple(stops))
    out = [v.message.split()[0] for v in check(problem, Plan("", tuple(routes))) if v.code == "too_many_out"]
    waiting = on_call(problem, routes)
    assert sorted(out) == sorted(u.callsign for u in problem.units if u.callsign not in waiting)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_any_unit_can_stay_on_call(seed: int) -> None:
    """The plainest route on call keeps every rule, whatever the unit."""
    problem = tiny_problem(np.random.default_rng(seed), units=2)
    problem = called_out(problem, Callout(tuple(range(len(problem.units))), 0))
    routes = tuple(Route(unit.callsign, waiting_stops(problem, unit)) for unit in problem.units)
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    assert [str(v) for v in check(problem, plan.replace(value=score(problem, plan).value))] == []


def test_callouts_travel_as_json_and_leave_other_problems_as_they_were() -> None:
    """They come back as they were; a problem without any does not speak of them, so its fingerprint is the old one."""
    problem = called_out(small_town(), ONE)
    assert problem_from_json(problem_to_json(problem)).callouts == (ONE,)
    assert problem.fingerprint() != small_town().fingerprint()
    assert "callouts" not in problem_to_json(small_town())


def test_callouts_that_cannot_be_are_refused() -> None:
    """Units that there are not, units in two callouts, a negative number, a unit that chooses its duty."""
    wrong = (Callout((0, 7), 1, "East"), Callout((0,), -1, "West"))
    with pytest.raises(ProblemError) as caught:
        called_out(small_town(), *wrong)
    assert caught.value.errors == [
        "callout 'East': unit 7 does not exist (there are 2)",
        "callout 'West': most (-1) must be 0 or more",
        "callout 'West': unit 'A1' is named twice in callouts; name each once",
    ]
    tasks = visit_problem(np.random.default_rng(1), units=1)
    choosing = replace(tasks.units[0], longest_duty=tasks.grid)
    with pytest.raises(ProblemError, match="has a longest duty shorter than its shift, so it cannot stay on call"):
        tasks.replace(units=(choosing,), callouts=(Callout((0,), 1),))


def test_engines_that_send_all_units_out_say_so() -> None:
    """They name the engine that does not, and for tasks alone that one is chosen."""
    tasks = visit_problem(np.random.default_rng(1), units=2)
    problem = called_out(tasks, Callout(tuple(range(len(tasks.units))), 1))
    for engine in ("routing", "visits"):
        with pytest.raises(UnfitEngineError, match="lets only some go; use 'paths'"):
            solve(problem, engine=engine, work_limit=5)
    plan = solve(problem, time_limit=None, work_limit=200)
    assert plan.parameters["engine"] == "paths"
    assert check(problem, plan) == ()


def test_a_plan_to_start_from_keeps_back_those_with_the_least_work() -> None:
    """Of both units that go out in it the one with less work stays on call, and that is said."""
    problem = called_out(small_town(), ONE)
    start = fit(problem, small_plan(small_town()))
    assert list(on_call(problem, start.routes)) == ["B2"]
    assert start.notes == ("on call now, as no more may go out: B2",)


def test_among_candidates_no_more_are_chosen_than_may_be() -> None:
    """Of two units' better routes only one may be taken: the one that covers more."""
    covers = np.array([[True, False, False], [False, False, False], [False, True, True], [False, False, False]])
    layer = Layer(np.array([5, 2, 2]), np.ones(3, dtype=np.int64), covers)
    unit_of, start = [0, 0, 1, 1], [1, 3]
    assert choose(unit_of, start, [layer], seconds=1, seed=0, at_most=[([0, 2], 2)]) == [0, 2]
    assert choose(unit_of, start, [layer], seconds=1, seed=0, at_most=[([0, 2], 1)]) == [0, 3]


@pytest.fixture(name="quiet")
def one_on_call() -> tuple[Problem, Plan]:
    """Return a town of which A1 goes out, and B2 is on call."""
    problem = called_out(small_town(), ONE)
    plan = small_plan(problem)
    routes = (plan.routes[0], Route("B2", waiting_stops(problem, problem.units[1])))
    return problem, plan.replace(routes=routes, shortfalls=find_shortfalls(problem, routes))


def test_summary_and_gpx_say_who_is_on_call(quiet: tuple[Problem, Plan]) -> None:
    """The summary and the scorecard list who is out and who on call; the unit's own files tell it to stay."""
    problem, plan = quiet
    card = score(problem, plan)
    text = summary(problem, plan, card)
    called = "Alert green (Centre): 1 of 2 units may go out; out: A1; on call: B2"
    assert f"{called}\n" in text
    assert called in [line.text for line in score_lines(problem, plan, card)]
    assert "B2, foot, 18:00-19:30, on call\n" in text
    gpx = route_gpx(problem, plan, Streets({}, ""), "B2").decode()
    assert "18:00 Stay on call at Central until 19:30 (1 h 30 min)" in gpx
    assert "19:30 Europe/London, on call." in gpx
    assert "on call" not in route_gpx(problem, plan, Streets({}, ""), "A1").decode()
    ics = unit_ics(problem, plan, Streets({}, ""), "B2").decode()
    assert "SUMMARY:B2: on call\r\n" in ics
    assert "SUMMARY:B2-01 Stay on call at Central\r\n" in ics


@pytest.mark.parametrize(
    ("language", "said", "order", "fact"),
    [
        (
            "en",
            "Alert green (Centre): 1 of 2 may go out; out: A1; on call: B2.",
            "Stay on call",
            "Alert green (Centre)",
        ),
        ("zh", "绿色警戒（Centre）：2 个警组中至多 1 个外出；外出：A1；备勤：B2。", "备勤", "绿色警戒（Centre）"),
    ],
)
def test_sheets_say_who_is_on_call(
    quiet: tuple[Problem, Plan], language: Language, said: str, order: str, fact: str
) -> None:
    """The sheet of the shift lists who goes out; that of a unit on call says so, and tells it to stay."""
    problem, plan = quiet
    sheets = sheets_of(problem, plan, score(problem, plan), Streets({}, ""), language)
    shift, out, waits = (" | ".join(sorted(replace(sheets, sheets=(sheet,)).texts())) for sheet in sheets.sheets)
    assert said in shift
    assert order in waits
    assert fact in waits
    assert fact not in out


def test_the_map_knows_who_is_on_call(quiet: tuple[Problem, Plan]) -> None:
    """The unit that stays is marked for the page, and no other."""
    problem, plan = quiet
    content = map_content(problem, plan, Streets({}, ""), score(problem, plan))
    assert {unit["callsign"]: unit["onCall"] for unit in content["units"]} == {"A1": False, "B2": True}

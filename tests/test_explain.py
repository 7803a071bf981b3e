"""Explanations: each reason where it is known, prices that plans have, and nothing called impossible that is not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from solver import Plan, check, score, solve
from solver.explaining import REASONS, Case, Explanation, Subject, every_subject, explain, named
from solver.explaining.access import Work
from solver.plan import Route, Stop
from solver.problem import Break, DemandPoint, Hotspot, Post, Problem, Staffing, Task, Unit
from solver.weights import FULL
from tests.brute_force import TooLargeError, best
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import BRIDGE, CENTRAL, GATE, MARKET, NORTH, SCHOOL, busy_plan, busy_town, lonely_car

PROVED = {
    "no units",
    "closed",
    "windows too short",
    "mode or skill",
    "district",
    "no way",
    "off duty",
    "too far",
    "too few",
    "no place within standard",
}
"""Reasons that say that it cannot be."""

CAR = Unit("A1", "car", 0, 60, CENTRAL, CENTRAL)
FOOT = replace(CAR, mode="foot")
MARKET_RISK = Hotspot(MARKET, (1,), 10, 0, 0)
NORTH_RISK = Hotspot(NORTH, (1,), 10, 0, 0)
GATE_POST = Post(GATE, (Staffing(20, 40, 1),), 10)
GATE_TASK = Task(GATE, 10, 1)


def town(**changes: object) -> Problem:
    """Return an hour of a town of one car, on a grid of five minutes; nothing is worth anything but by `changes`."""
    return lonely_car(60, **changes)


def idle(problem: Problem, *routes: Route) -> Plan:
    """Return the plan in which all units but those of `routes` wait at their stations."""
    waiting = {
        u.callsign: Route(u.callsign, (Stop(problem.places[u.origin].name, "standby", u.start, u.end),))
        for u in problem.units
    }
    case = Case(problem, Plan(problem.fingerprint(), ()))
    return case.with_routes(list((waiting | {r.callsign: r for r in routes}).values()))


def asked(problem: Problem, plan: Plan, name: str, span: tuple[int, int] | None = None) -> Explanation:
    """Return the only explanation of a name, after the price of its changes has been held against their plans."""
    case = Case(problem, plan)
    (subject,) = named(problem, name)
    told = explain(case, subject, span)
    assert told.reason in REASONS
    expect_prices(problem, plan, told)
    return told


def expect_prices(problem: Problem, plan: Plan, told: Explanation) -> None:
    """Demand of each change within the problem that its plan passes and is worth what is said."""
    before = score(problem, plan)
    for change in told.changes:
        if change.code in ("insert", "replan"):
            assert change.plan is not None
            assert check(problem, change.plan) == ()
            after = score(problem, change.plan)
            assert change.price.missing == after.missing - before.missing
            assert change.price.value == after.value - before.value
            assert sum(change.price.layers.values()) == change.price.value


def works_of(problem: Problem) -> list[Work]:
    """Return everything that can be asked for: a visit, a stint, a task, and waiting, each at any time."""
    end, grid = problem.minutes, problem.grid
    works = [
        Work("visit", h.places, h.dwell, tuple((a, b - h.dwell) for a, b in h.open(end))) for h in problem.hotspots
    ]
    works += [Work("stint", (q.place,), q.stint, ((0, end - q.stint),)) for q in problem.posts]
    works += [Work("task", (k.place,), k.minutes, k.begins(end)) for k in problem.tasks]
    return works + [Work("standby", (place,), grid, ((0, end - grid),)) for place in problem.stations]


@pytest.mark.parametrize("seed", range(4))
def test_what_a_changed_route_brings_is_the_difference_of_scores(seed: int) -> None:
    """Of routes with one stop more, the board knows to the last unit what `score` finds, and `check` lets them pass."""
    problem = small_problem(seed)
    case = Case(problem, solve(problem, time_limit=None, work_limit=20, bound=False, seed=seed))
    found = list(case.routes_around(works_of(problem)))
    for i in np.random.default_rng(seed).choice(len(found), min(40, len(found)), replace=False):
        worth, u, new, stays = found[i]
        plan = case.changed(u, stays)
        card = score(problem, plan)
        assert (case.card.missing - card.missing, card.value - case.card.value) == worth
        assert check(problem, plan) == ()
        assert any(s.place == new.place and s.kind == new.kind and s.arrive <= new.arrive < s.leave for s in stays)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_said_to_be_impossible_is_impossible(seed: int) -> None:
    """Whatever cannot be, brute force does not find either; and whatever is priced is a plan that passes."""
    problem = tiny_problem(np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    case = Case(problem, plan)
    for subject in every_subject(problem):
        told = explain(case, subject)
        assert told.reason in REASONS
        expect_prices(problem, plan, told)
        if told.reason in PROVED and subject.kind in ("hotspot", "task", "demand", "post"):
            with suppress(TooLargeError):
                expect_impossible(problem, subject, told)


def expect_impossible(problem: Problem, subject: Subject, told: Explanation) -> None:
    """Demand that no plan does anything for `subject`, or that every plan leaves a post short, where it is one."""
    slots = len(problem.slots) - 1
    only = {kind: subject.number if subject.kind == kind else -1 for kind in ("hotspot", "task", "demand", "post")}
    if told.reason == "off duty" and subject.kind == "demand":
        return  # that speaks of one spell alone
    small = problem.replace(
        hotspots=tuple(
            replace(h, risk=(int(i == only["hotspot"]),) * slots, every=0, required=False)
            for i, h in enumerate(problem.hotspots)
        ),
        demand=tuple(replace(d, demand=(int(i == only["demand"]),) * slots) for i, d in enumerate(problem.demand)),
        tasks=tuple(replace(k, required=False, profit=int(i == only["task"])) for i, k in enumerate(problem.tasks)),
        posts=tuple(
            replace(q, staffing=q.staffing if i == only["post"] else (), watches=())
            for i, q in enumerate(problem.posts)
        ),
        goals={"presence": 1, "response": 1, "tasks": 1},
    )
    missing, value, _ = best(small)
    assert missing > 0 if subject.kind == "post" else value == 0


def test_a_price_worked_out_by_hand() -> None:
    """Ten minutes of Market, worth 1 each, cost ten of Bridge, worth 3 each: 20 of 240, 8 points and a third."""
    problem = town(hotspots=(MARKET_RISK, Hotspot(BRIDGE, (3,), 10, 0, 0)))
    stops = (
        Stop("Central", "standby", 0, 0),
        Stop("Bridge", "visit", 10, 50),
        Stop("Central", "standby", 60, 60),
    )
    told = asked(problem, idle(problem, Route("A1", stops)), "Market")
    (change,) = told.changes
    unit = FULL // 24000
    assert told.reason == "costs more"
    assert (change.callsign, change.end - change.start) == ("A1", 10)  # type: ignore[operator]
    assert (change.price.missing, change.price.value, change.gained) == (0, -2000 * unit, 1000 * unit)
    assert told.points(change.price.value) == pytest.approx(-100 / 12)
    ((place, was, now),) = [(s.place, s.was, s.now) for s in change.shifts if s.kind == "visit"]
    assert (place, was) == ("Bridge", (10, 50))
    assert now is not None
    assert now[1] - now[0] == 30


HOTSPOTS = {
    "search missed it": town(hotspots=(MARKET_RISK,)),
    "nothing at stake": town(hotspots=(replace(MARKET_RISK, risk=(0,)),)),
    "no units": town(hotspots=(MARKET_RISK,), units=()),
    "windows too short": town(hotspots=(replace(MARKET_RISK, dwell=65),)),
    "closed": town(hotspots=(replace(MARKET_RISK, windows=((0, 15),)),)),
    "no way": town(hotspots=(NORTH_RISK,), stations=(CENTRAL,), units=(FOOT,)),
    "off duty": town(hotspots=(MARKET_RISK,), units=(replace(CAR, end=15),)),
    "too far": town(hotspots=(MARKET_RISK,), units=(replace(CAR, start=20, end=35),)),
}


@pytest.mark.parametrize("reason", HOTSPOTS)
def test_why_a_hotspot_is_not_visited(reason: str) -> None:
    """Each reason for which a hotspot is not visited between 18:20 and 18:45 is found where it holds."""
    problem = HOTSPOTS[reason]
    name = problem.places[problem.hotspots[0].place].name
    told = asked(problem, idle(problem), name, (20, 45))
    assert told.reason == reason
    assert bool(told.changes) == (reason in ("search missed it", "no way", "off duty", "too far"))


def test_a_hotspot_in_another_district() -> None:
    """Where all units are tied to other districts, letting one in is tried first and told with what it brings."""
    places = tuple(replace(p, district="south" if p.name == "Market" else "north") for p in town().places)
    problem = town(places=places, hotspots=(MARKET_RISK,), units=(replace(CAR, districts=("north",), tied=True),))
    told = asked(problem, idle(problem), "Market")
    assert told.reason == "district"
    untie, more = told.changes
    assert (untie.code, untie.callsign, untie.details) == ("untie", "A1", {"districts": ["south"]})
    assert more.code == "add unit"
    # On the spot from 18:05 to 18:55, of 60 minutes.
    assert untie.price.value == 5000 * (FULL // 6000)


def test_a_shift_too_short_is_made_longer_by_no_more_than_it_takes() -> None:
    """A unit with 15 minutes on duty for a way of 5 to either side and a visit of 10 lacks 5."""
    problem = HOTSPOTS["too far"]
    told = asked(problem, idle(problem), "Market")
    assert (told.changes[0].code, told.changes[0].details) == ("longer shift", {"sooner": 0, "later": 5})
    assert told.changes[0].price.value == 1000 * (FULL // 6000)


def test_a_hotspot_that_is_covered_all_the_time() -> None:
    """Nothing more is looked for where a visit and its lingering cover everything."""
    hotspot = replace(MARKET_RISK, risk=(1,), linger=60, rho=100, windows=((5, 60),))
    problem = town(hotspots=(hotspot,))
    stops = (Stop("Central", "standby", 0, 0), Stop("Market", "visit", 5, 20), Stop("Central", "standby", 25, 60))
    told = asked(problem, idle(problem, Route("A1", stops)), "Market", (10, 60))
    assert (told.reason, told.facts["share"]) == ("covered", 1.0)


def test_units_bound_by_what_is_required() -> None:
    """A visit that can only be had by leaving a post is told with the unit-minutes that would be missing."""
    problem = town(hotspots=(MARKET_RISK,), posts=(replace(GATE_POST, staffing=(Staffing(5, 55, 1),)),))
    stops = (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 5, 55), Stop("Central", "standby", 60, 60))
    told = asked(problem, idle(problem, Route("A1", stops)), "Market")
    assert told.reason == "bound by rules"
    # A visit first, and 5 minutes to Gate: manned from 18:20 instead of 18:05; or the other way round.
    assert told.changes[0].price.missing == 15


def test_an_overdue_hotspot_is_told_with_its_spells() -> None:
    """A hotspot to be visited every 20 minutes and never visited is overdue from then on."""
    problem = town(hotspots=(replace(MARKET_RISK, risk=(0,), every=20),))
    told = asked(problem, idle(problem), "Market")
    assert (told.reason, told.facts["overdue"]) == ("search missed it", [[20, 60]])
    assert told.changes[0].gained == told.changes[0].price.value > 0


def test_a_stretch_goes_by_both_its_names() -> None:
    """Of a stretch of street that is driven both ways either name is that of the hotspot, and it is told as one."""
    problem = busy_town()
    told = [explain(Case(problem, busy_plan(problem)), *named(problem, name)) for name in ("Bridge", "Bridge back")]
    assert told[0] == told[1]
    assert told[0].facts["stretch"]
    assert told[0].facts["visits"] == [{"callsign": "A1", "start": 102, "end": 114}]
    assert told[0].facts["cannot"] == {"district": ["B2"]}


POSTS = {
    "nothing at stake": town(posts=(replace(GATE_POST, staffing=()),)),
    "no units": town(posts=(GATE_POST,), units=()),
    "mode or skill": town(posts=(replace(GATE_POST, skills=("dog",)),)),
    "no way": town(posts=(replace(GATE_POST, place=NORTH),), stations=(CENTRAL,), units=(FOOT,)),
    "too few": town(posts=(replace(GATE_POST, staffing=(Staffing(20, 40, 2),)),)),
    "search missed it": town(posts=(GATE_POST,)),
}


@pytest.mark.parametrize("reason", POSTS)
def test_why_a_post_is_short(reason: str) -> None:
    """Each reason for which a post is short is found where it holds."""
    problem = POSTS[reason]
    name = problem.places[problem.posts[0].place].name
    plan = idle(problem)
    if reason == "too few":
        manning = (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 20, 40), Stop("Central", "standby", 45, 60))
        plan = idle(problem, Route("A1", manning))
    assert asked(problem, plan, name).reason == reason


def test_a_post_whose_units_are_at_another() -> None:
    """Of two posts to be manned at once by one car the other lacks it, and that cannot be had for less elsewhere."""
    problem = town(posts=(GATE_POST, replace(GATE_POST, place=MARKET)))
    stops = (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 20, 40), Stop("Central", "standby", 45, 60))
    told = asked(problem, idle(problem, Route("A1", stops)), "Market")
    assert (told.reason, told.facts["can"]) == ("bound by rules", ["A1"])
    assert told.facts["instead"] == [{"callsign": "A1", "kind": "stint", "place": "Gate"}]
    assert [c.code for c in told.changes] == ["add unit", "fewer wanted"]


def test_a_post_in_another_district() -> None:
    """Where the units that a post admits are tied to other districts, letting one in mans it."""
    places = tuple(replace(p, district="south" if p.name == "Gate" else "north") for p in town().places)
    problem = town(places=places, posts=(GATE_POST,), units=(replace(CAR, districts=("north",), tied=True),))
    told = asked(problem, idle(problem), "Gate")
    assert told.reason == "district"
    assert (told.changes[0].code, told.changes[0].price.missing) == ("untie", -20)


def test_a_post_that_is_manned() -> None:
    """A post that lacks nothing is told with who mans it."""
    problem = busy_town()
    told = asked(problem, busy_plan(problem), "Gate")
    assert told.reason == "manned"
    assert told.facts["manned"] == [{"callsign": "A1", "start": 25, "end": 55}]


def test_a_cure_of_a_post_is_a_plan_of_the_changed_problem() -> None:
    """A skill for a unit that has the mode mans the post, and so does one more unit; the first comes first."""
    told = asked(POSTS["mode or skill"], idle(POSTS["mode or skill"]), "Gate")
    skill, more, fewer = told.changes
    assert [c.code for c in told.changes] == ["skill", "add unit", "fewer wanted"]
    assert (skill.callsign, skill.details) == ("A1", {"skills": ["dog"], "left": 0})
    assert [c.price.missing for c in (skill, more, fewer)] == [-20, -20, -20]


def test_two_units_are_asked_for_where_two_are_missing() -> None:
    """A post that wants two more units is cured by two, found by planning the changed problem."""
    problem = town(posts=(replace(GATE_POST, staffing=(Staffing(20, 40, 2),)),), units=())
    problem = problem.replace(units=(replace(CAR, start=0, end=10),))

    def resolve(changed: Problem, start: Plan) -> Plan:
        return solve(changed, start=start, time_limit=None, work_limit=20, bound=False)

    told = explain(Case(problem, idle(problem), resolve), *named(problem, "Gate"))
    more = next(c for c in told.changes if c.code == "add unit")
    assert (more.details["units"], more.details["left"], more.price.missing) == (2, 0, -40)


def test_a_break_that_keeps_a_unit_from_its_post_may_move() -> None:
    """Where a break must be taken while the post is to be manned, a wider window for it is tried and cures it."""
    unit = replace(CAR, break_=Break(15, 20, 40, (CENTRAL,)))
    problem = town(posts=(replace(GATE_POST, staffing=(Staffing(20, 40, 1),), stint=20),), units=(unit,))
    stops = (
        Stop("Central", "standby", 0, 20),
        Stop("Central", "break", 20, 35),
        Stop("Central", "standby", 35, 60),
    )
    told = asked(problem, idle(problem, Route("A1", stops)), "Gate")
    assert told.reason == "too few"
    assert (told.changes[0].code, told.changes[0].details["left"]) == ("move break", 0)


TASKS = {
    "search missed it": town(tasks=(GATE_TASK,)),
    "no units": town(tasks=(GATE_TASK,), units=()),
    "mode or skill": town(tasks=(replace(GATE_TASK, modes=("foot",)),)),
    "no way": town(tasks=(replace(GATE_TASK, place=NORTH),), stations=(CENTRAL,), units=(FOOT,)),
    "off duty": town(tasks=(replace(GATE_TASK, windows=((40, 45),)),), units=(replace(CAR, end=30),)),
    "too far": town(tasks=(replace(GATE_TASK, windows=((0, 0),)),)),
    "closed": town(tasks=(replace(GATE_TASK, windows=((50, 50),)),)),
}


@pytest.mark.parametrize("reason", TASKS)
def test_why_a_task_is_not_done(reason: str) -> None:
    """Each reason for which a task is not begun by 18:50 is found where it holds."""
    problem = TASKS[reason]
    name = problem.places[problem.tasks[0].place].name
    assert asked(problem, idle(problem), name, (0, 50)).reason == reason


def test_a_task_that_would_cost_more_than_it_brings() -> None:
    """Between two tasks of which one unit can do one only, the other one would cost the difference."""
    tasks = (replace(GATE_TASK, profit=3, windows=((20, 20),)), Task(MARKET, 10, 1, windows=((20, 20),)))
    problem = town(tasks=tasks)
    stops = (Stop("Central", "standby", 0, 15), Stop("Gate", "task", 20, 30), Stop("Central", "standby", 35, 60))
    told = asked(problem, idle(problem, Route("A1", stops)), "Market")
    assert told.reason == "costs more"
    assert told.points(told.changes[0].price.value) == pytest.approx(-50)
    assert told.points(told.changes[0].gained) == pytest.approx(25)


def test_a_task_that_is_done() -> None:
    """A task that is done is told with who does it and when."""
    problem = busy_town()
    told = asked(problem, busy_plan(problem), "School")
    assert problem.tasks[0].place == SCHOOL
    assert (told.reason, told.facts["done_by"], told.facts["start"]) == ("done", "B2", 42)


SQUARE = DemandPoint("Square", 51.52, -0.1, "core", 60, 300, (1,))


def demanding(*seconds: int, **changes: object) -> Problem:
    """Return the town with one demand point, so many seconds from each place by car and nowhere on foot."""
    reach = np.array(seconds, dtype=np.int32)[:, None]
    there = {"car": reach, "foot": np.full_like(reach, -1)}
    return town(demand=(SQUARE,), reach=there, goals={"response": 1}, **changes)


DEMAND = {
    "covered": demanding(30, 30, 30, 30, 30),
    "no place within standard": demanding(90, 90, 90, 90, 90),
    "off duty": demanding(30, 30, 30, 30, 30, units=(replace(CAR, end=30),)),
    "search missed it": demanding(90, 90, 30, 90, 90),
    "no units": demanding(30, 30, 30, 30, 30, units=()),
}


@pytest.mark.parametrize("reason", DEMAND)
def test_why_a_demand_point_is_out_of_reach(reason: str) -> None:
    """Each reason for which a demand point is not within its standard from 18:35 to 18:45 is found where it holds."""
    told = asked(DEMAND[reason], idle(DEMAND[reason]), "Square", (35, 45))
    assert told.reason == reason
    if reason == "search missed it":
        assert (told.changes[0].kind, told.changes[0].place) == ("standby", "Market")
        assert told.facts["nearest"][0]["late"] == 30


def test_a_demand_point_that_is_not_worth_a_unit() -> None:
    """A unit that covers more where it waits stays there, and going elsewhere is priced by what is lost."""
    reach = np.array([[30, 90], [90, 90], [90, 30], [90, 90], [90, 90]], dtype=np.int32)
    problem = town(
        demand=(replace(SQUARE, name="Much", demand=(3,)), replace(SQUARE, name="Little")),
        reach={"car": reach, "foot": reach},
        goals={"response": 1},
    )
    told = asked(problem, idle(problem), "Little", (35, 40))
    assert told.reason == "costs more"
    # On the road of 5 minutes either end counts for half of it: 3 minutes at Central, 2 at Market, and back.
    assert told.changes[0].price.value == (10 - 3 * 10) * (FULL // 240)


def test_what_standby_is_worth() -> None:
    """A unit that waits where it alone covers demand is idle for that, and its spell is worth what would be lost."""
    problem = demanding(30, 90, 90, 90, 90)
    told = asked(problem, idle(problem), "A1")
    assert told.reason == "gives cover"
    assert told.facts["idle"] == [{"place": "Central", "start": 0, "end": 60, "brings": 60 * (FULL // 60)}]
    assert told.facts["without"]["value"] == -60 * (FULL // 60)


def test_an_idle_unit_that_could_do_something() -> None:
    """Where a visit would bring something, it is said that the search missed it, and how much it is."""
    told = asked(HOTSPOTS["search missed it"], idle(HOTSPOTS["search missed it"]), "A1")
    assert told.reason == "search missed it"
    assert told.changes[0].price.value == 5000 * (FULL // 6000)


def test_idle_for_nothing() -> None:
    """Where nothing at all can be gained, standing there is told to be worth nothing."""
    told = asked(HOTSPOTS["nothing at stake"], idle(HOTSPOTS["nothing at stake"]), "A1")
    assert (told.reason, told.facts["idle"][0]["brings"]) == ("nothing better", 0)


def test_what_a_unit_is_worth_in_a_plan_made_anew() -> None:
    """Without one of two units that share a town, the plan that remains loses more than one made anew."""
    problem = town(hotspots=(MARKET_RISK,), units=(CAR, replace(CAR, callsign="A2")))
    stops = (Stop("Central", "standby", 0, 0), Stop("Market", "visit", 5, 55), Stop("Central", "standby", 60, 60))

    def resolve(changed: Problem, start: Plan) -> Plan:
        return solve(changed, start=start, time_limit=None, work_limit=20, bound=False)

    told = explain(Case(problem, idle(problem, Route("A1", stops)), resolve), *named(problem, "A1"))
    assert told.reason == "busy"
    assert told.facts["without"]["value"] == -5000 * (FULL // 6000)
    assert told.facts["without"]["replanned"]["value"] == 0


def test_replanning_around_a_visit() -> None:
    """Where a plan can be made anew, a hotspot without a visit is also priced by a plan that has one."""
    problem = small_problem(1, rules=False)
    problem = problem.replace(units=tuple(replace(u, break_=None) for u in problem.units))
    plan = idle(problem)

    def resolve(changed: Problem, start: Plan) -> Plan:
        return solve(changed, start=start, time_limit=None, work_limit=50, bound=False)

    told = explain(Case(problem, plan, resolve), Subject("hotspot", "", 0))
    expect_prices(problem, plan, told)
    assert [c.code for c in told.changes] == ["insert", "replan"]
    assert told.changes[1].price.value >= told.changes[0].price.value


def test_what_deserves_an_explanation_is_what_is_lost_most() -> None:
    """Of an idle plan the list names the task, the hotspots by risk, the unit, and what the posts lack, once each."""
    problem = busy_town()
    told = explain(Case(problem, idle(problem)), Subject("plan", problem.name, 0))
    names = [(item["what"], item["name"]) for item in told.facts["items"]]
    assert set(names[:3]) == {("short", "Gate"), ("short", "Market"), ("short", "School")}
    assert [item["minutes"] for item in told.facts["items"][:3]] == [30, 30, 15]
    assert {("hotspot", "Market"), ("hotspot", "Bridge"), ("idle", "A1"), ("idle", "B2")} <= set(names)
    assert len(names) == len(set(names))


def test_problems_without_much_in_them() -> None:
    """Without units, hotspots or anything else there is still an answer."""
    for problem in (town(), town(units=()), town(hotspots=(MARKET_RISK,), units=())):
        case = Case(problem, idle(problem))
        for subject in [*every_subject(problem), Subject("plan", "", 0), Subject("moment", "", 0)]:
            assert explain(case, subject).reason in REASONS


def test_plans_edited_by_hand() -> None:
    """Of a plan that breaks any rule there is an answer to everything, and no change of a route that is wrong."""
    problem = busy_town()
    plan = busy_plan(problem)
    stops = (
        Stop("Nowhere", "visit", 0, 10),
        Stop("Gate", "visit", 10, 30),
        Stop("Market", "task", 40, 60),
        Stop("Bridge", "standby", 60, 500),
    )
    for routes in (
        (),
        plan.routes[1:],
        (plan.routes[0], *plan.routes),
        (Route("ZZ", ()), Route("A1", ()), plan.routes[1]),
        (Route("A1", stops), plan.routes[1]),
    ):
        case = Case(problem, plan.replace(routes=routes))
        for subject in [*every_subject(problem), Subject("plan", "", 0), Subject("moment", "", 0)]:
            told = explain(case, subject, (30, 31))
            assert told.reason in REASONS
            assert not any(c.callsign == "A1" for c in told.changes if c.code == "insert") or routes[0] in plan.routes

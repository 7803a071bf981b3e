"""Claims about going on with an edited shift file: the past stays as it was, what comes keeps the rules of now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.edited_shift import places_been, streets_since
from solver.plan import Plan, Route, Stop
from solver.problem import Callout, Lock, LockedStop, Place, ProblemError, Staffing, Task, Unit
from solver.problem_json import problem_from_json, problem_to_json
from solver.replan import Changes, Incident, Late, ReplanError, replanned
from solver.search import Search
from solver.shortfalls import find_shortfalls
from solver.streets import Leg, Streets
from solver.warm_start import fit
from tests.edited_problems import edited, reordered
from tests.problems import tiny_problems
from tests.random_plans import random_plan
from tests.small_town import BRIDGE, GATE, MARKET, busy_plan, busy_town, small_plan, small_town


def judged(problem, routes):
    """Return the plan of `routes` with all that it claims."""
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def doings(plan, callsign, at):
    """Return what a unit does where in each minute before `at` in which it is at a stop."""
    (route,) = [r for r in plan.routes if r.callsign == callsign]
    return {t: (s.place, s.kind) for s in route.stops for t in range(s.arrive, min(s.leave, at))}


@settings(max_examples=100, deadline=None)
@given(problem=tiny_problems(units=3), data=st.data())
def test_the_past_stays_whatever_the_file_says_now(problem, data):
    """Streets, rules, places and units may change: the past is that of the plan, and check finds the rest right.

    The rest may be anything that keeps the rules of now; the search counts what the score counts.
    """
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    at = pick(0, problem.minutes // problem.grid) * problem.grid
    try:
        now = edited(problem, pick)
    except ProblemError:
        assume(False)
    place = now.places[pick(0, len(now.places) - 1)].name
    changes = (
        Changes(),
        Changes(helpers=pick(0, 1)),
        Changes(late=(Late(now.units[0].callsign, pick(1, 20)),), helpers=(None, 0)[pick(0, 1)]),
        Changes(incidents=(Incident(place, pick(1, 2), pick(1, 20)),)),
    )[pick(0, 3)]
    with suppress(ReplanError):
        rest = replanned(problem, plan, at, changes, now)
        assert problem_from_json(problem_to_json(rest.problem)) == rest.problem
        search = Search(rest.problem, np.random.default_rng(1))
        search.greedy()
        if search.free:
            search.anneal(20, 1.0, 0.1)
        made = judged(rest.problem, search.routes())
        known = judged(rest.problem, fit(rest.problem, plan).routes)
        for some in (made, known):
            assert check(rest.problem, some) == ()
        card = score(rest.problem, made)
        assert (search.value, search.missing) == (card.value, card.missing)
        sent = {note.split(" ")[0] for note in rest.notes if "is sent to" in note or "out of service" in note}
        for unit in rest.problem.units:
            if unit.callsign in {u.callsign for u in problem.units} - sent:
                before, after = doings(plan, unit.callsign, at), doings(made, unit.callsign, at)
                assert {t: after.get(t) for t in before} == before


def now(problem, **changes):
    """Return the small town as its file says it now, with its places in another order."""
    return reordered(problem.replace(**changes))


def test_what_was_done_under_other_rules_counts():
    """A visit shorter than the dwell of now, by streets that are closed now, counts as it did; a new one would not."""
    problem = small_town()
    plan = small_plan(problem)
    market, bridge = problem.hotspots
    car = problem.travel["car"].copy()
    car[0, MARKET] = -1
    later = now(problem, hotspots=(replace(market, dwell=30), bridge), travel={**problem.travel, "car": car})
    rest = replanned(problem, plan, 45, Changes(), later).problem
    made = judged(rest, fit(rest, plan).routes)
    assert check(rest, made) == ()
    market, as_planned = score(rest, made).hotspots[0], score(problem, plan).hotspots[0]
    assert (market.place, market.visits) == ("Market", 2)
    assert (market.covered, market.total) == (as_planned.covered, as_planned.total)
    assert {"visit_too_short", "no_way"} <= {v.code for v in check(rest.replace(locks=()), made)}


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        (Lock(0, (LockedStop(MARKET, "visit", 4, 10),), done=True), "must begin where and when its shift does"),
        (Lock(0, (LockedStop(0, "standby", 0, 5), LockedStop(GATE, "visit", 8, 20)), done=True), "which is no hotspot"),
    ],
)
def test_what_cannot_have_been_done_is_refused(lock, said):
    """What is done begins with the shift, and each stop is at a place of its kind."""
    with pytest.raises(ProblemError, match=said):
        small_town().replace(locks=(lock,))


def test_a_place_where_units_have_been_stays_when_the_file_drops_it():
    """It is worth nothing and nobody can go there, but who is there goes on from there."""
    problem = small_town()
    plan = small_plan(problem)
    places = tuple(replace(p, exit=None) for p in problem.places)
    later = now(problem, hotspots=problem.hotspots[1:], places=places)
    rest = replanned(problem, plan, 10, Changes(), later).problem
    names = [p.name for p in rest.places]
    assert (rest.travel["car"][:, names.index("Market")] > 0).sum() == 0
    assert {rest.places[h.place].name: sum(h.risk) for h in rest.hotspots}["Market"] == 0
    made = solve(rest, start=plan, time_limit=None, work_limit=20)
    assert check(rest, made) == ()
    assert made.routes[0].stops[1:2] == (Stop("Market", "visit", 4, made.routes[0].stops[1].leave),)
    assert "Market" not in {s.place for s in made.routes[1].stops if s.arrive > 12}


def test_a_place_that_is_no_hotspot_any_more_may_still_be_one_for_breaks():
    """Units have been there and rest there later, by the edited file: it is not closed to them."""
    problem = small_town()
    plan = small_plan(problem)
    places = tuple(replace(p, exit=None) for p in problem.places)
    car, foot = problem.units
    resting = replace(car, break_=replace(car.break_, places=(MARKET,)))
    later = now(problem, hotspots=problem.hotspots[1:], places=places, units=(resting, foot))
    rest = replanned(problem, plan, 10, Changes(), later).problem
    made = solve(rest, start=plan, time_limit=None, work_limit=20)
    assert check(rest, made) == ()
    assert [s.place for s in made.routes[0].stops if s.kind == "break"] == ["Market"]


def test_a_stretch_that_the_file_drops_is_left_at_its_far_end():
    """Who is on a stretch of street that is a hotspot no more drives on from its exit."""
    problem = busy_town()
    plan = busy_plan(problem)
    later = problem.replace(
        places=tuple(replace(p, exit=None) for p in problem.places),
        hotspots=problem.hotspots[:1],
    )
    rest = replanned(problem, plan, 110, Changes(), later)
    made = solve(rest.problem, start=plan, time_limit=None, work_limit=20)
    assert check(rest.problem, made) == ()
    assert Stop("Bridge back", "visit", 102, 114) in made.routes[0].stops
    assert {p.name for p in rest.problem.places if p.exit} == {"Bridge back"}


def test_what_is_wanted_changes_from_that_time_on():
    """Posts want what they did until then; a new post, visit or task is wanted from then on, not from the start."""
    problem = small_town()
    plan = small_plan(problem)
    market, bridge = problem.hotspots
    school = Place("School", 51.55, -0.1)
    wide = {m: np.pad(t, ((0, 1), (0, 1)), constant_values=100) * (1 - np.eye(6)) for m, t in problem.travel.items()}
    gate = replace(problem.posts[0], staffing=(Staffing(0, 120, 2),))
    later = now(
        problem.replace(
            places=(*problem.places, school),
            travel=wide,
            reach={m: np.pad(t, ((0, 1), (0, 0)), constant_values=-1) for m, t in problem.reach.items()},
        ),
        posts=(gate,),
        hotspots=(replace(market, every=20, required=True), bridge),
        tasks=(Task(5, 10, 5, required=True),),
    )
    rest = replanned(problem, plan, 30, Changes(), later).problem
    assert rest.posts[0].staffing == (Staffing(25, 30, 1), Staffing(30, 120, 2))
    (due,) = (h for h in rest.hotspots if h.every)
    assert due.due(120) == ((50, 120),)
    assert rest.tasks[0].windows == ((30, 110),)
    made = solve(rest, start=plan, time_limit=None, work_limit=20)
    assert min(s.start for s in made.shortfalls) >= 30


def test_units_come_and_go_with_the_file():
    """A unit that it lacks ends its shift where it is, a new one begins then, one whose shift is longer stays."""
    problem = small_town()
    plan = small_plan(problem)
    a1, b2 = problem.units
    new = Unit("N3", "car", 0, 120, 0, 0)
    rest = replanned(problem, plan, 22, Changes(), now(problem, units=(replace(b2, end=120), new)))
    assert "A1 is out of service at Gate from 18:25 on" in rest.notes
    assert "N3 begins its shift at 18:22" in rest.notes
    shifts = [(u.callsign, u.start, u.end) for u in rest.problem.units]
    assert shifts == [("A1", 0, 25), ("B2", 0, 120), ("N3", 22, 120)]
    again = replanned(problem, plan, 100, Changes(), now(problem, units=(a1, replace(b2, end=120))))
    assert "B2 is on duty again" in again.notes
    made = solve(again.problem, start=plan, time_limit=None, work_limit=20)
    assert check(again.problem, made) == ()


def test_a_mode_that_nobody_has_any_more_is_no_hindrance():
    """The last unit on foot leaves the file: it stays where it is, and its past with it."""
    problem = small_town()
    plan = small_plan(problem)
    later = now(
        problem,
        units=problem.units[:1],
        travel={"car": problem.travel["car"]},
        reach={"car": problem.reach["car"]},
    )
    rest = replanned(problem, plan, 26, Changes(), later).problem
    made = solve(rest, start=plan, time_limit=None, work_limit=20)
    assert check(rest, made) == ()
    assert doings(made, "B2", 26) == doings(plan, "B2", 26)


def test_units_keep_to_their_routes_if_they_can():
    """With helpers 0 routes stay, but for those that the streets of now do not allow; each of these is told."""
    problem = small_town()
    plan = small_plan(problem)
    same = replanned(problem, plan, 22, Changes(helpers=0), now(problem))
    assert same.free == ()
    assert solve(same.problem, time_limit=None, work_limit=1).routes == plan.routes
    car = problem.travel["car"].copy()
    car[0, BRIDGE] *= 3
    slow = replanned(problem, plan, 22, Changes(helpers=0), now(problem, travel={**problem.travel, "car": car}))
    assert slow.free == ("A1",)
    assert "A1 cannot keep to its route: " in slow.notes[0]


def test_a_plan_with_units_on_call_goes_on():
    """Who is on call stays so, until an edited file lets more go out, or all."""
    problem = small_town()
    problem = problem.replace(posts=(), callouts=(Callout((0, 1), 1),))
    a1 = small_plan(small_town()).routes[0]
    waits = Route("B2", (Stop("Central", "standby", 0, 90),))
    out = Route("A1", tuple(replace(s, kind="standby") if s.kind == "stint" else s for s in a1.stops))
    plan = judged(problem, (out, waits))
    assert check(problem, plan) == ()
    assert replanned(problem, plan, 30, Changes()).free == ("A1",)
    assert replanned(problem, plan, 30, Changes(), now(problem)).free == ("A1",)
    more = now(problem, callouts=(Callout((0, 1), 2),))
    for later in (more, now(problem, callouts=())):
        rest = replanned(problem, plan, 30, Changes(), later)
        assert rest.free == ("A1", "B2")
        assert check(rest.problem, solve(rest.problem, start=plan, time_limit=None, work_limit=20)) == ()


def test_going_on_twice():
    """A plan made with an edited file is planned anew without one: what is done stays done."""
    problem = small_town()
    plan = small_plan(problem)
    car = problem.travel["car"] * 3
    first = replanned(problem, plan, 22, Changes(), now(problem, travel={**problem.travel, "car": car})).problem
    made = solve(first, start=plan, time_limit=None, work_limit=20)
    for helpers in (None, 0):
        changes = Changes(incidents=(Incident("Bridge", 1, 10),), helpers=helpers)
        second = replanned(first, made, 60, changes).problem
        again = solve(second, start=made, time_limit=None, work_limit=20)
        assert check(second, again) == ()
        assert doings(again, "A1", 22) == doings(plan, "A1", 22)


def test_all_that_contradicts_the_past_is_told_at_once():
    """Another mode, a shift that should be over, a place that is something else or elsewhere, changes."""
    problem = small_town()
    plan = small_plan(problem)
    a1, b2 = problem.units
    market, bridge = problem.hotspots
    later = problem.replace(
        units=(replace(a1, mode="foot"), replace(b2, end=15)),
        hotspots=(bridge, replace(market, place=GATE)),
        posts=(replace(problem.posts[0], place=MARKET),),
        places=tuple(replace(p, lat=p.lat + 0.001) if p.name == "Central" else p for p in problem.places),
    )
    with pytest.raises(ReplanError) as caught:
        replanned(problem, plan, 22, Changes(late=(Late("Q", 5),)), later)
    text = " | ".join(caught.value.errors)
    for wrong in ("by car", "shift ends at 18:15", "'Market', where", "'Central', where units have been, lies", "'Q'"):
        assert wrong in text
    gone = problem.replace(units=(a1,), hotspots=(bridge,))
    with pytest.raises(ReplanError) as caught:
        replanned(problem, plan, 22, Changes(late=(Late("B2", 5),), incidents=(Incident("Market", 1, 9),)), gone)
    assert "'B2' cannot be late" in str(caught.value)
    assert "there is no place 'Market'" in str(caught.value)


def test_streets_are_those_of_the_time():
    """A leg that was driven and is not driven again keeps its streets; all that comes is on the streets of now."""
    problem = small_town()
    plan = small_plan(problem)
    leg = lambda *points: Leg(np.array(points, dtype=np.float64), np.arange(len(points)) * 30.0, 9.0)  # noqa: E731
    was, is_ = leg((0, 51), (1, 51)), leg((0, 51), (0, 52), (1, 51))
    ways = (("Central", "Market"), ("Market", "Gate"), ("Central", "Bridge"))
    old, new = (Streets({("car", a, b): x for a, b in ways}) for x in (was, is_))
    found = streets_since(problem, plan, 22, old, new).legs
    assert [found["car", a, b] is was for a, b in ways] == [True, True, False]
    again = (Stop("Central", "standby", 24, 30), Stop("Market", "visit", 34, 50))
    back = plan.replace(routes=(Route("A1", (*plan.routes[0].stops[:2], *again)),))
    assert streets_since(problem, back, 22, old, new).legs["car", "Central", "Market"] is is_
    assert [p.name for p in places_been(problem, plan, 10)] == ["Central", "Market", "Gate"]

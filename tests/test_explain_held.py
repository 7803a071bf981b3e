"""Explanations of plans with locks and under an alert: no change breaks a lock, or sends out more than may go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import Plan, check, solve
from solver.explaining import Case, every_subject, explain, named
from solver.explaining.words import words
from solver.on_call import on_call
from solver.plan import Route, Stop
from solver.problem import Callout, Hotspot, Lock, LockedStop, Problem
from tests.locked_plans import random_locks
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import GATE, MARKET, lonely_car
from tests.test_explain import CAR, GATE_POST, MARKET_RISK, expect_prices, idle, works_of


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), data=st.data())
def test_no_change_breaks_a_lock(seed: int, data: st.DataObject) -> None:
    """Whatever is locked of a right plan, all changes that are told of within the problem pass `check`."""

    def pick(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    problem = tiny_problem(np.random.default_rng(seed))
    plan = random_plan(problem, pick)
    locked = problem.replace(locks=random_locks(problem, plan, pick))
    case = Case(locked, plan)
    plan = case.with_routes(plan.routes)
    for subject in every_subject(locked):
        expect_prices(locked, plan, explain(Case(locked, plan), subject))


@pytest.mark.parametrize("seed", range(3))
def test_routes_around_something_keep_what_is_held(seed: int) -> None:
    """Under an alert no route that is looked at sends out one more, and some of those that go out are looked at."""
    plain = small_problem(seed)
    problem = plain.replace(callouts=(Callout(tuple(range(len(plain.units))), len(plain.units) - 1, "", "red"),))
    plan = solve(problem, time_limit=None, work_limit=20, bound=False, seed=seed)
    case = Case(problem, plan)
    assert len(on_call(problem, plan.routes)) == 1
    found = list(case.routes_around(works_of(problem)))
    assert found
    for i in np.random.default_rng(seed).choice(len(found), min(40, len(found)), replace=False):
        _, u, _, stays = found[i]
        assert [str(v) for v in check(problem, case.changed(u, stays))] == []


def two_cars(**changes: object) -> Problem:
    """Return an hour of a town of two cars of which one may go out."""
    units = (CAR, replace(CAR, callsign="A2"))
    return lonely_car(60, units=units, callouts=(Callout((0, 1), 1, "North", "green"),), **changes)


def test_a_unit_on_call_is_said_to_be() -> None:
    """Who stays at its station under an alert is not idle for want of anything better, and not listed as idle."""
    problem = two_cars(hotspots=(MARKET_RISK,))
    out = Route(
        "A1", (Stop("Central", "standby", 0, 0), Stop("Market", "visit", 5, 55), Stop("Central", "standby", 60, 60))
    )
    plan = idle(problem, out)
    (subject,) = named(problem, "A2")
    told = explain(Case(problem, plan), subject)
    assert told.reason == "on call"
    assert words(problem, [told])[0] == (
        "A2 is on call: the alert level green of North lets 1 of 2 units out, and these are A1."
    )
    listed = explain(Case(problem, plan), named(problem, "A1")[0]._replace(kind="plan", number=0))
    assert not [item for item in listed.facts["items"] if item["what"] == "idle"]


def test_a_hotspot_that_only_units_on_call_could_visit() -> None:
    """Where all that could go are on call, that is the reason, not that nothing was found."""
    problem = two_cars(hotspots=(MARKET_RISK,))
    problem = problem.replace(units=(replace(CAR, mode="foot", end=30), problem.units[1]))
    stops = (Stop("Central", "standby", 0, 0), Stop("Gate", "standby", 10, 20), Stop("Central", "standby", 30, 30))
    plan = idle(problem, Route("A1", stops))
    assert check(problem, plan) == ()
    told = explain(Case(problem, plan), named(problem, "Market")[0])
    assert (told.facts["can"], told.facts["on_call"]) == (["A2"], ["A2"])
    assert told.reason == "on call"
    assert "because the units that could are on call, and no more may go out." in " ".join(words(problem, [told]))


def test_a_short_post_is_cured_by_letting_one_more_out() -> None:
    """Two posts at once and one unit that may go out: a plan of the problem in which both may mans both."""
    posts = (replace(GATE_POST, place=GATE), replace(GATE_POST, place=MARKET))
    problem = two_cars(posts=posts)
    out = Route(
        "A1", (Stop("Central", "standby", 0, 15), Stop("Gate", "stint", 20, 40), Stop("Central", "standby", 45, 60))
    )
    plan = idle(problem, out)
    assert check(problem, plan) == ()
    (subject,) = [s for s in named(problem, "Market") if s.kind == "post"]
    told = explain(Case(problem, plan), subject)
    cure = next(c for c in told.changes if c.code == "more out")
    more = problem.replace(callouts=(replace(problem.callouts[0], most=2),))
    assert cure.plan is not None
    assert check(more, cure.plan) == ()
    assert cure.price.missing == -20
    text = " ".join(" ".join(words(problem, [told])).split())
    assert "let 2 of 2 units out, where the alert level green of North lets 1; then A2 would man Market" in text


def test_a_lock_does_not_hide_what_else_a_unit_could_do() -> None:
    """Of a hundred visits that would bring more none keeps the lock; told is the best of those that do."""
    market = Hotspot(MARKET, (9, 1), 10, 0, 0)
    lock = Lock(0, (LockedStop(GATE, "standby", 5, 60),))
    problem = lonely_car(120, grid=1, slots=(0, 60, 120), hotspots=(market,), locks=(lock,))
    stops = (Stop("Central", "standby", 0, 0), Stop("Gate", "standby", 3, 117), Stop("Central", "standby", 120, 120))
    plan = Case(problem, Plan(problem.fingerprint(), ())).with_routes([Route("A1", stops)])
    assert check(problem, plan) == ()
    told = explain(Case(problem, plan), named(problem, "Market")[0])
    expect_prices(problem, plan, told)
    assert told.reason == "search missed it"
    assert (told.changes[0].start or 0) > 60


def test_a_part_of_the_name_of_a_stretch_of_street_will_do() -> None:
    """A stretch has two names, one for each way along it; a part of both is a part of one hotspot's name."""
    problem = next(p for p in map(small_problem, range(20)) if any(h.reverse is not None for h in p.hotspots))
    i, stretch = next((i, h) for i, h in enumerate(problem.hotspots) if h.reverse is not None)
    there, back = (problem.places[place].name for place in stretch.places)
    places = [replace(p, name={there: "Quay", back: "Quay (reverse)"}.get(p.name, p.name)) for p in problem.places]
    named_so = problem.replace(places=tuple(places))
    assert [(s.kind, s.number) for s in named(named_so, "qua")] == [("hotspot", i)]

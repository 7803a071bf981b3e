"""Check: every code of the vocabulary, and its verdict held against an independent reading of the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.check import VIOLATIONS, Violation, check
from solver.comparing.comparison import Subject, compare
from solver.comparing.text import comparison_lines
from solver.plan import STOP_KINDS, Plan, Reason, Route, Rule, Shortfall, Stop
from solver.problem import Lock, Problem, Unit
from solver.score import score
from solver.score_text import score_lines
from solver.shortfalls import find_shortfalls
from solver.streets import Streets
from tests.locked_plans import random_locks
from tests.naive_score import is_due, is_task, is_visit, leg_minutes, may_work, naive_score, wanted_at
from tests.plan_mutations import broken
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, small_plan, small_town
from tests.visit_problems import visit_problem

Mutation = Callable[[Plan], Plan]


def edit(callsign: str, stop: int, **changes: Any) -> Mutation:
    """Return a mutation that changes one stop of one unit."""

    def mutate(plan: Plan) -> Plan:
        return on_route(plan, callsign, lambda s: (*s[:stop], replace(s[stop], **changes), *s[stop + 1 :]))

    return mutate


def on_route(plan: Plan, callsign: str, change: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> Plan:
    """Return the plan with the stops of one unit changed."""
    return plan.replace(
        routes=tuple(Route(r.callsign, change(r.stops)) if r.callsign == callsign else r for r in plan.routes)
    )


def stops(callsign: str, *changed: Stop) -> Mutation:
    """Return a mutation that gives one unit other stops."""
    return lambda plan: on_route(plan, callsign, lambda _: changed)


def shortfall(
    place: str, start: int, end: int, missing: int, reason: str = "cannot reach in time", rule: str = "post"
) -> Mutation:
    """Return a mutation that declares a shortfall."""
    return lambda plan: plan.replace(shortfalls=(Shortfall(place, start, end, missing, reason, "a cure", rule),))


def rescored(problem: Problem, plan: Plan) -> Plan:
    """Return the plan with the value that its routes cover."""
    return plan.replace(value=score(problem, plan).value)


HOME = Stop("Central", "standby", 0, 90)
A1_TAIL = (
    Stop("Gate", "stint", 25, 55),
    Stop("Central", "break", 58, 78),
    Stop("Bridge", "visit", 85, 100),
    Stop("Central", "standby", 107, 120),
)

CASES: list[tuple[str, Mutation, str]] = [
    ("wrong_problem", lambda p: p.replace(fingerprint="sha256:0"), "fingerprint sha256:0"),
    (
        "unknown_unit",
        lambda p: p.replace(routes=(*p.routes, Route("C3", (HOME,)))),
        "'C3', which is not on the roster; units are A1 or B2",
    ),
    ("duplicate_route", lambda p: p.replace(routes=(*p.routes, p.routes[1])), "B2 has 2 routes"),
    ("missing_route", lambda p: p.replace(routes=p.routes[:1]), "B2 has no route"),
    ("missing_route", stops("B2"), "B2's route has no stops; the least is standby at its station for its shift"),
    ("unknown_place", edit("B2", 1, place="Markt", kind="standby"), "B2 stops at 'Markt' 18:12-18:40"),
    ("unknown_kind", edit("B2", 1, kind="lunch"), "is a 'lunch'; use visit, stint, break, standby or task"),
    ("wrong_place", edit("B2", 2, kind="visit"), "B2 visits Central 18:52-19:30, which is no hotspot; make it standby"),
    ("wrong_place", edit("B2", 1, kind="stint"), "B2 is on a stint at Market 18:12-18:40, which is no post"),
    (
        "wrong_start",
        edit("B2", 0, place="Market"),
        "B2's route begins at Market at 18:00; it must begin at Central at 18:00",
    ),
    ("wrong_end", edit("B2", 2, leave=80), "B2's route ends at Central at 19:20; it must end at Central at 19:30"),
    ("outside_shift", edit("B2", 2, leave=100), "Central 18:52-19:40, outside its shift 18:00-19:30"),
    (
        "times_out_of_order",
        edit("B2", 1, kind="standby", arrive=41),
        "B2 leaves Market at 18:40, before it arrives at 18:41",
    ),
    (
        "times_out_of_order",
        stops("B2", Stop("Central", "standby", 0, 60), replace(HOME, arrive=50)),
        "arrives at Central at 18:50, before it leaves Central at 19:00",
    ),
    (
        "too_fast",
        edit("B2", 1, arrive=11),
        "B2 leaves Central at 18:00 and arrives at Market at 18:11, but the way takes 12 minutes by foot; "
        "arrive at 18:12 or later",
    ),
    (
        "no_way",
        stops("B2", replace(HOME, leave=0), Stop("North", "standby", 40, 40), replace(HOME, arrive=80)),
        "B2 has no way from Central to North by foot",
    ),
    (
        "visit_too_short",
        edit("B2", 1, leave=22),
        "18:12-18:22, 10 minutes; a visit there takes 12 minutes or more: stay until 18:24",
    ),
    (
        "stint_too_short",
        edit("A1", 2, leave=44),
        "18:25-18:44, 19 minutes; a stint there takes 20 minutes or more: stay until 18:45",
    ),
    (
        "post_not_admitted",
        stops("B2", replace(HOME, leave=0), Stop("Gate", "stint", 25, 55), replace(HOME, arrive=64)),
        "B2 (foot) is on a stint at Gate, which asks for car or motorcycle",
    ),
    ("break_missing", edit("A1", 3, kind="standby"), "one of 20 minutes within 18:30-19:40"),
    ("break_extra", edit("B2", 2, kind="break"), "B2 takes a break at Central 18:52-19:30, but it has none"),
    ("break_extra", edit("A1", 5, kind="break"), "A1 takes a break at Central 19:47-20:00, but it has only one"),
    ("break_length", edit("A1", 3, leave=77), "lasts 19 minutes; it must last 20 minutes"),
    (
        "break_outside_window",
        stops(
            "A1",
            Stop("Central", "standby", 0, 0),
            *A1_TAIL[:1],
            Stop("Central", "standby", 58, 90),
            Stop("Central", "break", 90, 110),
            Stop("Central", "standby", 110, 120),
        ),
        "A1's break at Central 19:30-19:50 must lie within 18:30-19:40",
    ),
    (
        "break_wrong_place",
        stops("A1", Stop("Central", "standby", 0, 0), A1_TAIL[0], Stop("Market", "break", 60, 80), A1_TAIL[3]),
        "A1's break at Market 19:00-19:20 must be at Central or North",
    ),
    ("post_shortfall", edit("A1", 2, arrive=30), "Gate lacks 1 unit 18:25-18:30 and the plan declares none"),
    ("post_shortfall", edit("A1", 2, kind="standby"), "Gate lacks 1 unit 18:25-18:55 and the plan declares none"),
    ("false_shortfall", shortfall("Gate", 25, 30, 1), "declares that Gate lacks 1 unit 18:25-18:30, but it lacks none"),
    ("false_shortfall", shortfall("Gate", 110, 130, 1), "must lie within 0 to 120"),
    ("false_shortfall", shortfall("Gate", 25, 30, 0), "of 0 units is none"),
    ("unknown_place", shortfall("Gat", 25, 30, 1), "'Gat', which is no post; posts are Gate"),
    (
        "unknown_reason",
        shortfall("Gate", 25, 30, 1, "rain"),
        "'rain'; use no unit has the mode or skill, no unit may work",
    ),
    ("wrong_value", lambda p: p.replace(value=p.value + 1), "but its routes cover"),
    ("bound_below_value", lambda p: p.replace(bound=p.value - 1), "no plan is worth more than"),
]

BUSY_A1, BUSY_B2 = (r.stops for r in busy_plan(busy_town()).routes)

BUSY_CASES: list[tuple[str, Mutation, str]] = [
    ("wrong_place", edit("B2", 1, kind="task"), "B2 does a task at Market 18:12-18:30, where there is none"),
    ("wrong_place", edit("B2", 2, kind="visit"), "B2 visits School 18:42-18:57, which is no hotspot"),
    (
        "visit_outside_window",
        edit("B2", 1, leave=61),
        "B2 visits Market 18:12-19:01; a visit there must lie within 18:00-19:00 or 19:10-20:00",
    ),
    ("task_length", edit("B2", 2, leave=56), "School 18:42-18:56, 14 minutes; it takes exactly 15 minutes"),
    (
        "task_outside_window",
        stops("B2", *BUSY_B2[:2], Stop("School", "task", 39, 54), BUSY_B2[3]),
        "B2 begins the task at School at 18:39; it must begin within 18:40-19:00, or make it standby",
    ),
    (
        "task_not_admitted",
        stops("A1", BUSY_B2[0], Stop("School", "task", 40, 55), BUSY_A1[3], BUSY_A1[6]),
        "A1 (car) does the task at School, which asks for foot",
    ),
    (
        "outside_district",
        stops("B2", BUSY_B2[0], Stop("Bridge", "visit", 21, 40), Stop("Central", "standby", 61, 90)),
        "B2's visit at Bridge 18:21-18:40 is in district north, but it is tied to south; send another unit",
    ),
    (
        "revisit_shortfall",
        edit("A1", 4, kind="standby"),
        "the visit every 40 minutes of Market lacks 1 unit 19:50-20:00 and the plan declares none",
    ),
    (
        "task_shortfall",
        edit("B2", 2, kind="standby"),
        "the required task at School lacks 1 unit 18:40-18:55 and the plan declares none",
    ),
    (
        "false_shortfall",
        shortfall("Market", 100, 110, 1, rule="revisit"),
        "declares that the visit every 40 minutes of Market lacks 1 unit 19:40-19:50, but it lacks none",
    ),
    (
        "false_shortfall",
        shortfall("School", 40, 55, 1, rule="task"),
        "declares that the required task at School lacks 1 unit 18:40-18:55, but it lacks none",
    ),
    (
        "unknown_place",
        shortfall("Bridge", 60, 70, 1, rule="revisit"),
        "'Bridge', which is no required hotspot; required hotspots are Market",
    ),
    (
        "unknown_place",
        shortfall("Market", 60, 70, 1, rule="task"),
        "'Market', which is no required task; required tasks are School",
    ),
    ("unknown_rule", shortfall("Gate", 25, 30, 1, rule="dog"), "Gate is of rule 'dog'; use post, revisit or task"),
    (
        "standby_wrong_place",
        edit("A1", 5, kind="standby"),
        "A1 is on standby at Bridge back 19:42-19:54, a stretch of street that units go along on visits only",
    ),
    (
        "no_way",
        stops("A1", *BUSY_A1[:5], replace(BUSY_A1[5], leave=112), Stop("Bridge back", "visit", 112, 114), BUSY_A1[6]),
        "A1 stops at Bridge back twice in a row, but leaves this stretch of street at its far end; let it drive",
    ),
    (
        "visit_too_short",
        edit("A1", 5, leave=110),
        "a visit there takes 10 minutes or more: stay until 19:52 or leave it out",
    ),
]


@pytest.mark.parametrize(("code", "mutate", "text"), CASES, ids=[f"{c}-{i}" for i, (c, _, _) in enumerate(CASES)])
def test_each_violation_is_found_and_told(code: str, mutate: Mutation, text: str) -> None:
    """A right plan with one thing wrong has that violation, in words that say what would be right."""
    problem = small_town()
    found = check(problem, mutate(small_plan(problem)))
    assert code in {v.code for v in found}
    assert any(text in v.message for v in found if v.code == code), [str(v) for v in found]


@pytest.mark.parametrize(
    ("code", "mutate", "text"), BUSY_CASES, ids=[f"{c}-{i}" for i, (c, _, _) in enumerate(BUSY_CASES)]
)
def test_each_violation_of_the_further_rules_is_found_and_told(code: str, mutate: Mutation, text: str) -> None:
    """A right plan of a town with every kind of rule, with one thing wrong, has that violation in such words."""
    problem = busy_town()
    found = check(problem, mutate(busy_plan(problem)))
    assert any(text in v.message for v in found if v.code == code), [str(v) for v in found]


def test_a_right_plan_under_all_rules_has_no_violation() -> None:
    """The hand-made plan of the busy town keeps every rule."""
    problem = busy_town()
    assert [str(v) for v in check(problem, busy_plan(problem))] == []


def test_the_vocabulary_is_closed_and_each_word_of_it_has_a_case() -> None:
    """Every code of the vocabulary has a case (some have tests of their own), and no case another."""
    elsewhere = {"off_grid", "duty_too_long", "lock_broken", "too_many_out"}
    assert {code for code, _, _ in (*CASES, *BUSY_CASES)} | elsewhere == set(VIOLATIONS)


def test_a_right_plan_has_no_violation() -> None:
    """The hand-made plan of the small town keeps every rule."""
    problem = small_town()
    assert check(problem, small_plan(problem)) == ()


def test_a_declared_shortfall_is_no_violation() -> None:
    """A plan that lacks units and says so keeps the rules."""
    problem = small_town()
    plan = on_route(small_plan(problem), "A1", lambda s: (*s[:2], replace(s[2], arrive=30), *s[3:]))
    plan = plan.replace(shortfalls=find_shortfalls(problem, plan.routes))
    assert [(s.start, s.end, s.missing) for s in plan.shortfalls] == [(25, 30, 1)]
    assert check(problem, rescored(problem, plan)) == ()


def test_times_off_the_grid_are_found() -> None:
    """On a grid of five minutes, minute 12 is a violation and minute 15 is none."""
    problem = small_town().replace(
        grid=5,
        hotspots=tuple(replace(h, dwell=10, linger=30) for h in small_town().hotspots),
    )

    def plan(arrive: int) -> Plan:
        visit = Stop("Market", "visit", arrive, 40)
        route = Route("B2", (replace(HOME, leave=0), visit, replace(HOME, arrive=55)))
        a1 = Route("A1", (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 25, 55), *A1_TAIL[1:]))
        return Plan(problem.fingerprint(), (a1, route))

    told = [v for v in check(problem, plan(12)) if v.code == "off_grid" and v.callsign == "B2"]
    assert [v.message for v in told] == ["B2 is at Market 18:12-18:40; minutes 12 and 40 must be multiples of 5"]
    assert not [v for v in check(problem, plan(15)) if v.callsign == "B2"]


def test_legs_are_recomputed_from_the_seconds() -> None:
    """A leg of 61 seconds takes two minutes, one of 0 seconds between two places takes one."""
    problem = small_town()
    travel = {mode: array.copy() for mode, array in problem.travel.items()}
    for seconds, needed in ((0, 1), (1, 1), (60, 1), (61, 2), (120, 2), (121, 3)):
        travel["foot"][0, 2] = seconds
        changed = problem.replace(travel=travel)
        for minutes in (needed - 1, needed):
            plan = edit("B2", 1, arrive=minutes)(small_plan(problem))
            codes = [v.code for v in check(changed, plan) if v.callsign == "B2"]
            assert codes == (["too_fast"] if minutes < needed else [])


def test_all_violations_are_reported_at_once() -> None:
    """A plan with five things wrong has five violations, each with its unit, place and minute."""
    problem = small_town()
    plan = small_plan(problem)
    for mutate in (
        edit("B2", 1, leave=22),
        edit("A1", 3, leave=77),
        edit("A1", 4, place="Brige"),
        lambda p: p.replace(fingerprint="x"),
    ):
        plan = mutate(plan)
    found = {(v.code, v.callsign, v.place, v.minute) for v in check(problem, rescored(problem, plan))}
    assert found == {
        ("visit_too_short", "B2", "Market", 12),
        ("break_length", "A1", "Central", 58),
        ("unknown_place", "A1", "Brige", 85),
        ("wrong_problem", None, None, None),
    }


def test_units_may_relieve_each_other_at_a_post() -> None:
    """A post is manned when the relief begins in the minute in which the relieved unit leaves."""
    town = small_town()
    problem = town.replace(units=(town.units[0], replace(town.units[1], mode="car")))
    relief = Route("B2", (replace(HOME, leave=0), Stop("Gate", "stint", 45, 65), replace(HOME, arrive=70)))
    a1 = Route("A1", (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 25, 45), *A1_TAIL[1:]))
    plan = Plan(problem.fingerprint(), (a1, relief))
    assert check(problem, rescored(problem, plan)) == ()
    late = Plan(problem.fingerprint(), (a1, replace(relief, stops=edit_stops(relief.stops, 1, arrive=46, leave=66))))
    assert {(v.code, v.minute) for v in check(problem, rescored(problem, late))} == {("post_shortfall", 45)}


def edit_stops(route: tuple[Stop, ...], stop: int, **changes: Any) -> tuple[Stop, ...]:
    """Return the stops with one of them changed."""
    return (*route[:stop], replace(route[stop], **changes), *route[stop + 1 :])


def test_overlapping_windows_want_the_larger_number() -> None:
    """Windows of one and two units that overlap want two units there, not three."""
    town = small_town()
    windows = (*town.posts[0].staffing, replace(town.posts[0].staffing[0], start=40, end=60, units=2))
    problem = town.replace(posts=(replace(town.posts[0], staffing=windows),))
    plan = small_plan(problem)
    lacks = [(v.minute, re.findall(r"lacks (\d)", v.message)) for v in check(problem, plan)]
    assert lacks == [(40, ["1"]), (55, ["2"])]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_random_plans_that_keep_the_rules_are_found_right(data: st.DataObject) -> None:
    """Whatever a random walk under the rules does, check finds no fault with it."""
    pick = _picker(data)
    problem = _problem(pick)
    plan = random_plan(problem, pick)
    assert [str(v) for v in check(problem, plan)] == []
    assert keeps_rules(problem, plan)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_plan_is_right_for_check_exactly_when_it_is_by_an_independent_reading(data: st.DataObject) -> None:
    """After random changes of stops, check finds violations exactly when the rules, read literally, are broken."""
    pick = _picker(data)
    problem, plan = _with_locks(*_planned(pick), pick)
    for _ in range(pick(1, 2)):
        plan = _changed(problem, plan, pick)
    plan = plan.replace(shortfalls=find_shortfalls(problem, plan.routes) if pick(0, 3) else plan.shortfalls)
    plan = rescored(problem, plan) if pick(0, 3) else plan
    found = check(problem, plan)
    assert keeps_rules(problem, plan) == (not found), [str(v) for v in found]


def test_a_plan_broken_on_purpose_is_found_broken_under_the_right_code() -> None:
    """Every rule that a random plan gives occasion to break is broken, and check says so with the code of that rule."""
    seen: Counter[str] = Counter()
    for seed in range(40):
        rng = np.random.default_rng(seed)

        def pick(low: int, high: int, rng: np.random.Generator = rng) -> int:
            return int(rng.integers(low, high + 1))

        problem, plan = _with_locks(*_planned(pick), pick)
        for code, changed in broken(problem, plan, pick):
            found = {v.code for v in check(problem, changed)}
            assert code in found, (seed, code, changed)
            seen[code] += 1
    # How many go out is for `tests.test_callouts`.
    assert set(seen) == set(VIOLATIONS) - {"too_many_out"}
    assert min(seen.values()) > 1


def test_every_single_change_of_a_plan_is_judged_as_by_an_independent_reading() -> None:
    """Each stop dropped, doubled, swapped, shifted, stretched, or with another kind or place; each claim changed."""
    problem = busy_town()
    plan = busy_plan(problem)
    broken = 0
    for changed in (*_stop_changes(problem, plan), *_claim_changes(problem, plan)):
        found = check(problem, changed)
        assert keeps_rules(problem, changed) == (not found), (changed, [str(v) for v in found])
        broken += bool(found)
    assert broken > 300


def _stop_changes(problem: Problem, plan: Plan) -> Iterator[Plan]:
    """Yield the plan with one stop of one route changed, what it claims made true of the rest."""
    for route in plan.routes:
        stops = route.stops
        for k, stop in enumerate(stops):
            others = (
                (),
                (stop, stop),
                *((replace(stop, kind=kind),) for kind in STOP_KINDS if kind != stop.kind),
                *((replace(stop, place=p.name),) for p in problem.places if p.name != stop.place),
                *((replace(stop, arrive=stop.arrive + by, leave=stop.leave + by),) for by in (-5, -1, 1, 5)),
                *((replace(stop, arrive=stop.arrive + by),) for by in (-5, -1, 1, 5)),
                *((replace(stop, leave=stop.leave + by),) for by in (-5, -1, 1, 5)),
            )
            changed = [(*stops[:k], *other, *stops[k + 1 :]) for other in others]
            swapped = [(*stops[:k], stops[k + 1], stop, *stops[k + 2 :])] if k + 1 < len(stops) else []
            for new in (*changed, *swapped):
                edited = on_route(plan, route.callsign, lambda _, new=new: new)
                yield edited
                yield rescored(problem, edited.replace(shortfalls=find_shortfalls(problem, edited.routes)))


def _claim_changes(problem: Problem, plan: Plan) -> Iterator[Plan]:
    """Yield the plan with one of its claims changed."""
    for by in (-1, 1):
        yield plan.replace(value=plan.value + by)
        yield plan.replace(bound=plan.value + by)
    yield plan.replace(fingerprint="")
    yield plan.replace(routes=plan.routes[::-1][:1])
    for place, rule in (("Gate", "post"), ("Market", "revisit"), ("School", "task"), ("Bridge", "revisit")):
        yield shortfall(place, 40, 55, 1, rule=rule)(plan)
    lacking = rescored(problem, on_route(plan, "B2", lambda stops: (*stops[:2], stops[-1])))
    declared = Shortfall("School", 40, 55, 1, "units are needed elsewhere", "a cure", "task")
    assert check(problem, lacking.replace(shortfalls=(declared,))) == ()
    for said in (declared, replace(declared, start=41), replace(declared, end=56), replace(declared, missing=2)):
        yield lacking.replace(shortfalls=(said,))
    yield lacking.replace(shortfalls=(declared, declared))


def _planned(pick: Callable[[int, int], int]) -> tuple[Problem, Plan]:
    """Return a tiny problem and a plan that keeps its rules."""
    problem = _problem(pick)
    return problem, random_plan(problem, pick)


def _with_locks(problem: Problem, plan: Plan, pick: Callable[[int, int], int]) -> tuple[Problem, Plan]:
    """Return the same with some of what the plan does locked, where that may be and at every other time."""
    if pick(0, 1) or any(u.chooses_duty for u in problem.units):
        return problem, plan
    problem = problem.replace(locks=random_locks(problem, plan, pick))
    shortfalls = find_shortfalls(problem, plan.routes)
    return problem, plan.replace(fingerprint=problem.fingerprint(), shortfalls=shortfalls)


def _problem(pick: Callable[[int, int], int]) -> Problem:
    """Return a tiny problem of any kind, or one of tasks alone whose units may choose their duty."""
    return visit_problem(pick, duties=True) if pick(0, 2) == 0 else tiny_problem(pick)


def _picker(data: st.DataObject) -> Callable[[int, int], int]:
    """Return a source of choices that hypothesis can shrink."""
    return lambda low, high: data.draw(st.integers(low, high))


def _changed(problem: Problem, plan: Plan, pick: Callable[[int, int], int]) -> Plan:
    """Return the plan with one random change of one route."""
    i = pick(0, len(plan.routes) - 1)
    route = plan.routes[i]
    k = pick(0, len(route.stops) - 1)
    stop, step = route.stops[k], problem.grid * pick(-2, 2)
    name = problem.places[pick(0, len(problem.places) - 1)].name
    new = (
        (replace(stop, arrive=stop.arrive + step),),
        (replace(stop, leave=stop.leave + step),),
        (replace(stop, arrive=stop.arrive + step, leave=stop.leave + step),),
        (replace(stop, leave=stop.leave + 1),),
        (replace(stop, place=name),),
        (replace(stop, kind=STOP_KINDS[pick(0, 4)]),),
        (),
        (stop, stop),
        (*route.stops[k + 1 : k + 2], stop),
    )[pick(0, 8)]
    changed = Route(route.callsign, (*route.stops[:k], *new, *route.stops[k + 1 :]))
    return plan.replace(routes=(*plan.routes[:i], changed, *plan.routes[i + 1 :]))


def keeps_rules(problem: Problem, plan: Plan) -> bool:
    """Whether a plan with known units keeps the rules of ``docs/model.md``, read literally."""
    if [r.callsign for r in plan.routes] != [u.callsign for u in problem.units]:
        return False
    if not all(_route_keeps_rules(problem, r) for r in plan.routes):
        return False
    if not all(_holds_locks(problem, u, r) for u, r in enumerate(plan.routes)):
        return False
    _, value, _ = naive_score(problem, plan.routes)
    declared: Counter[tuple[str, str, int]] = Counter()
    for s in plan.shortfalls:
        declared.update({(s.rule, s.place, t): s.missing for t in range(s.start, s.end)})
    return (
        plan.fingerprint == problem.fingerprint()
        and plan.value == value
        and (plan.bound is None or plan.bound >= value)
        and declared == _lacking(problem, plan)
    )


def _minutes_on_duty(unit: Unit, route: Route, index: dict[str, int]) -> int:
    """Return the minutes without those of standby at the origin that come first, and at the destination, last."""
    begin, end = unit.start, unit.end
    for s in route.stops:
        begin = s.leave if s.kind == "standby" and index[s.place] == unit.origin else begin
        if s.kind != "standby" or index[s.place] != unit.origin:
            begin = s.arrive if index[s.place] == unit.origin else begin
            break
    for s in reversed(route.stops):
        end = s.arrive if s.kind == "standby" and index[s.place] == unit.destination else end
        if s.kind != "standby" or index[s.place] != unit.destination:
            end = s.leave if index[s.place] == unit.destination else end
            break
    return end - begin


def _route_keeps_rules(problem: Problem, route: Route) -> bool:
    """Whether the route of a known unit keeps its rules."""
    unit = next(u for u in problem.units if u.callsign == route.callsign)
    index = {p.name: i for i, p in enumerate(problem.places)}
    if not route.stops or any(s.place not in index or s.kind not in STOP_KINDS for s in route.stops):
        return False
    first, last = route.stops[0], route.stops[-1]
    if (index[first.place], first.arrive) != (unit.origin, unit.start):
        return False
    if (index[last.place], last.leave) != (unit.destination, unit.end):
        return False
    for before, after in zip(route.stops, route.stops[1:], strict=False):
        leg = leg_minutes(problem, unit, index[before.place], index[after.place])
        if leg is None or after.arrive - before.leave < leg:
            return False
        if before.place == after.place and problem.places[index[after.place]].exit is not None:
            return False
    if unit.longest_duty is not None and _minutes_on_duty(unit, route, index) > unit.longest_duty:
        return False
    for s in route.stops:
        length, place = s.leave - s.arrive, index[s.place]
        if s.kind != "visit" and problem.places[place].exit is not None:
            return False
        least = {"standby": 0, "break": 0}.get(s.kind)
        if s.kind == "stint" and may_work(problem, unit, place):
            least = next((q.stint for q in problem.posts if q.place == place), None)
        if s.kind == "visit" and any(
            is_visit(problem, unit, i, place, s.arrive, s.leave) for i in range(len(problem.hotspots))
        ):
            least = 1
        if s.kind == "task" and any(
            is_task(problem, unit, i, place, s.arrive, s.leave) for i in range(len(problem.tasks))
        ):
            least = 1
        if least is None or length < least or s.arrive % problem.grid or s.leave % problem.grid:
            return False
        if s.arrive < unit.start or s.leave > unit.end:
            return False
    breaks = [s for s in route.stops if s.kind == "break"]
    if unit.break_ is None:
        return not breaks
    rule = unit.break_
    return [
        (s.leave - s.arrive, s.arrive >= rule.earliest, s.leave <= rule.latest, index[s.place] in rule.places)
        for s in breaks
    ] == [(rule.minutes, True, True, True)]


def _holds_locks(problem: Problem, u: int, route: Route) -> bool:
    """Whether a route is still one that keeps its rules, with all that is locked, when it is cut at every lock."""
    index = {p.name: i for i, p in enumerate(problem.places)}
    least = {p: h.dwell for h in problem.hotspots for p in h.places} | {q.place: q.stint for q in problem.posts}
    locks = problem.locks_of(u)
    cuts = sorted({t for lock in locks for s in lock.stops for t in (s.arrive, s.leave)})
    parts: list[tuple[int, str, int, int]] = []
    for s in route.stops:
        here = {t for lock in locks for x in lock.stops for t in (x.arrive, x.leave) if index[s.place] == x.place}
        ends = [s.arrive, *(t for t in cuts if s.arrive < t < s.leave and t in here), s.leave]
        parts += [(index[s.place], s.kind, a, b) for a, b in pairwise(ends)]
    held = {(x.place, x.kind, x.arrive, x.leave) for lock in locks for x in lock.stops}
    for place, kind, a, b in parts:
        task = next((k.minutes for k in problem.tasks if k.place == place and kind == "task"), b - a)
        pause = problem.units[u].break_
        length = pause.minutes if pause is not None and kind == "break" else task
        short = b - a < least.get(place, 0) and kind in ("visit", "stint")
        if (short or b - a != length) and (place, kind, a, b) not in held:
            return False
    return all(_is_run(lock, parts) for lock in locks)


def _is_run(lock: Lock, parts: list[tuple[int, str, int, int]]) -> bool:
    """Whether the parts of a route hold the stops of a lock one right after the other."""
    wanted = [(s.place, s.kind, s.arrive, s.leave) for s in lock.stops]
    ends = [wanted[:1] if wanted[0][2] == wanted[0][3] else [], wanted[-1:] if wanted[-1][2] == wanted[-1][3] else []]
    inner = wanted[len(ends[0]) : len(wanted) - len(ends[1]) * (len(wanted) > 1)]
    for i in range(len(parts) - len(inner) + 1):
        if parts[i : i + len(inner)] == inner:
            before, after = parts[max(i - 1, 0) : i + 1], parts[max(i + len(inner) - 1, 0) : i + len(inner) + 1]
            alone = len(wanted) == 1
            first = all(
                any(p == x[0] and a <= x[2] <= b and (alone or x[2] == b) for p, _, a, b in before) for x in ends[0]
            )
            last = all(
                any(p == x[0] and a <= x[2] <= b and (alone or x[2] == a) for p, _, a, b in after) for x in ends[1]
            )
            if first and last:
                return True
    return False


def _lacking(problem: Problem, plan: Plan) -> dict[tuple[str, str, int], int]:
    """Return what hard rules lack by (rule, place, minute), under routes that keep their rules."""
    lacking = {}
    names = [p.name for p in problem.places]
    stops = [(names.index(s.place), s) for r in plan.routes for s in r.stops]
    for i, q in enumerate(problem.posts):
        for t in range(problem.minutes):
            there = sum(s.kind == "stint" and p == q.place and s.arrive <= t < s.leave for p, s in stops)
            if there < wanted_at(problem, i, t):
                lacking["post", names[q.place], t] = wanted_at(problem, i, t) - there
    for i, h in enumerate(problem.hotspots):
        visits = [s for p, s in stops if s.kind == "visit" and p in (h.place, h.reverse)]
        for t in range(problem.minutes if h.required else 0):
            if is_due(problem, i, t) and not any(s.arrive <= t < s.leave + h.every for s in visits):
                lacking["revisit", names[h.place], t] = 1
    for k in problem.tasks:
        if k.required and not any(s.kind == "task" and p == k.place for p, s in stops):
            first = k.windows[0][0] if k.windows else 0
            lacking |= {("task", names[k.place], t): 1 for t in range(first, first + k.minutes)}
    return lacking


NAMES = (
    st.sampled_from(
        ["Central", "North", "Market", "Bridge", "Gate", "School", "Bridge back", "", "Nowhere", "市场", "\ud800"]
    )
    | st.text()
)
TIMES = st.integers(-10, 130) | st.integers() | st.integers(-(10**30), 10**30)
GARBAGE_STOPS = st.builds(Stop, NAMES, st.sampled_from(STOP_KINDS) | st.text(), TIMES, TIMES)
GARBAGE_PLANS = st.builds(
    Plan,
    st.text(),
    st.lists(
        st.builds(Route, st.sampled_from(["A1", "B2", "C3", ""]), st.lists(GARBAGE_STOPS, max_size=6).map(tuple)),
        max_size=4,
    ).map(tuple),
    st.lists(
        st.builds(
            Shortfall,
            NAMES,
            TIMES,
            TIMES,
            TIMES,
            st.sampled_from(get_args(Reason)) | st.text(),
            st.text(),
            st.sampled_from(get_args(Rule)) | st.text(),
        ),
        max_size=3,
    ).map(tuple),
    value=TIMES,
    bound=st.none() | TIMES,
)


@settings(max_examples=200, deadline=None)
@given(GARBAGE_PLANS)
def test_no_plan_however_wrong_raises(plan: Plan) -> None:
    """Any plan is judged: unknown names, empty routes, times before the start or far beyond the end."""
    problem = busy_town()
    found = check(problem, plan)
    assert found
    assert {v.code for v in found} <= set(VIOLATIONS)
    assert all(v.message and str(v).startswith(v.code) for v in found)
    assert all(v.message.encode() for v in found)  # No half characters, which cannot be written anywhere.
    assert score_lines(problem, plan, score(problem, plan))
    assert comparison_lines(compare([Subject("x", problem, other, Streets()) for other in (plan, busy_plan(problem))]))
    assert all(s.cure for s in find_shortfalls(problem, plan.routes))


def test_a_violation_reads_as_code_and_message() -> None:
    """A violation printed shows its code, then its message."""
    assert str(Violation("too_fast", "slow down")) == "too_fast: slow down"

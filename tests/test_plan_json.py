"""The plan as JSON: round trips, edits by hand, every error with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.document_errors import DocumentError
from solver.plan import Mark, Plan, Route, Shortfall, Stop
from solver.plan_json import gap, plan_from_json, plan_schema, plan_to_json
from solver.problem import LAYERS, Problem
from solver.score import score
from solver.weights import weights
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import small_plan, small_town

DELETE = object()


def text_of(problem: Problem, plan: Plan) -> str:
    """Return a plan as JSON text."""
    return plan_to_json(problem, plan, score(problem, plan).covered)


def full_plan() -> Plan:
    """Return the small town's plan with a bound, a shortfall, parameters and versions."""
    plan = small_plan(small_town())
    lack = Shortfall("Gate", 25, 30, 1, "cannot reach in time", "start A1 earlier")
    return plan.replace(
        bound=plan.value * 2,
        shortfalls=(lack,),
        status="gap limit",
        seed=7,
        history=(Mark(0.5, 3, 5, 20, None), Mark(None, 7, 9, 0, 12)),
        parameters={"engine": "paths", "time_limit": 30.0, "work_limit": None},
        versions={"patrolplan": "0.1.0"},
    )


def document() -> dict[str, Any]:
    """Return that plan's document."""
    plain: dict[str, Any] = json.loads(text_of(small_town(), full_plan()))
    return plain


def visit(**changes: object) -> str:
    """Return the document as text with A1's first visit changed; DELETE takes a field out."""
    plain = document()
    stop = plain["routes"][0]["stops"][1]
    stop.update(changes)
    for key in [k for k, v in stop.items() if v is DELETE]:
        del stop[key]
    return json.dumps(plain)


def errors(text: str | bytes) -> list[str]:
    """Return the errors of a document that must be refused."""
    with pytest.raises(DocumentError) as caught:
        plan_from_json(text, small_town())
    return caught.value.errors


def test_a_plan_survives_the_way_to_json_and_back() -> None:
    """Everything that a plan holds is read back as it was written."""
    assert plan_from_json(text_of(small_town(), full_plan()), small_town()) == full_plan()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_plan_survives_the_way_to_json_and_back(data: st.DataObject) -> None:
    """Random plans of random problems are read back as they were written."""
    pick: Callable[[int, int], int] = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    problem = tiny_problem(pick)
    plan = random_plan(problem, pick)
    assert plan_from_json(text_of(problem, plan), problem) == plan


def test_value_bound_gap_and_score_are_shares() -> None:
    """Value and bound are shares of the full value, the gap is of the value, layers have share and goal."""
    plain, problem = document(), small_town()
    full = weights(problem).full
    assert plain["value"] == pytest.approx(plain["value_units"] / full)
    assert plain["bound"] == pytest.approx(2 * plain["value"])
    assert plain["gap"] == 1.0
    assert plain["full_units"] == full
    assert list(plain["score"]) == list(LAYERS)
    assert plain["score"]["presence"] == {"covered": 42000, "total": 126000, "share": 42000 / 126000, "goal": 0.5}


def test_without_a_bound_there_is_no_gap() -> None:
    """Bound and gap are null where none was computed, and the gap where the value is nothing."""
    plain = json.loads(text_of(small_town(), small_plan(small_town())))
    assert (plain["bound"], plain["bound_units"], plain["gap"]) == (None, None, None)
    assert gap(0, 100) is None
    assert gap(100, 100) == 0


def test_a_problem_without_weight_has_a_plan_of_value_nothing() -> None:
    """Where nothing can be covered, shares are 0 and nothing is divided by it."""
    town = small_town()
    problem = town.replace(hotspots=(), demand=(), reach={m: a[:, :0] for m, a in town.reach.items()})
    plain = json.loads(text_of(problem, small_plan(problem).replace(bound=0)))
    assert (plain["value"], plain["bound"], plain["score"]["response"]["share"]) == (0.0, None, 0.0)


def test_stops_carry_local_times_with_offset() -> None:
    """Each stop and shortfall has its times besides the minutes."""
    plain = document()
    assert plain["routes"][0]["stops"][1] == {
        "place": "Market",
        "kind": "visit",
        "arrive": 4,
        "leave": 20,
        "arrive_time": "2020-11-20T18:04:00+00:00",
        "leave_time": "2020-11-20T18:20:00+00:00",
    }
    assert plain["shortfalls"][0]["end_time"] == "2020-11-20T18:30:00+00:00"


def test_each_stop_is_one_line() -> None:
    """A plan is written for people too: one line a stop."""
    lines = text_of(small_town(), full_plan()).splitlines()
    assert sum('"arrive_time"' in line for line in lines) == 9


def test_an_edit_of_the_minute_alone_is_enough() -> None:
    """With the time deleted, the minute counts."""
    plan = plan_from_json(visit(arrive=6, arrive_time=DELETE), small_town())
    assert plan.routes[0].stops[1] == Stop("Market", "visit", 6, 20)


def test_an_edit_of_the_time_alone_is_enough() -> None:
    """With the minute deleted, the time counts, in any offset."""
    plan = plan_from_json(visit(arrive=DELETE, arrive_time="2020-11-20T19:06:00+01:00"), small_town())
    assert plan.routes[0].stops[1].arrive == 6


def test_names_and_kinds_are_read_as_they_are() -> None:
    """Unknown places and kinds are read: they are for check to find."""
    plan = plan_from_json(visit(place="Nowhere", kind="nap"), small_town())
    assert (plan.routes[0].stops[1].place, plan.routes[0].stops[1].kind) == ("Nowhere", "nap")


EDITS: list[tuple[dict[str, object], str]] = [
    (
        {"arrive": 6},
        "A1, stop 2: arrive is minute 6 (2020-11-20T18:06:00+00:00) but arrive_time says 2020-11-20T18:04:00+00:00; "
        "change both, or delete the one you did not mean",
    ),
    ({"leave": 10**30}, f"A1, stop 2: leave is minute {10**30} but leave_time says"),
    (
        {"leave": DELETE, "leave_time": DELETE},
        "A1, stop 2: give leave (a minute) or leave_time (a time such as '2020-11-20T18:00:00+00:00')",
    ),
    (
        {"leave": DELETE, "leave_time": "18:20"},
        "A1, stop 2: leave_time: Invalid isoformat string: '18:20'; write a time such as '2020-11-20T18:00:00+00:00'",
    ),
    (
        {"leave": DELETE, "leave_time": "2020-11-20T18:20:00"},
        "A1, stop 2: leave_time: '2020-11-20T18:20:00' has no offset from UTC",
    ),
    (
        {"leave": DELETE, "leave_time": "2020-11-20T18:20:30+00:00"},
        "A1, stop 2: leave_time 2020-11-20T18:20:30+00:00 is not on a whole minute",
    ),
    ({"arrive": "4"}, "routes[0].stops[1].arrive: Input should be a valid integer; found '4'"),
    ({"arrive": 4.5}, "routes[0].stops[1].arrive: Input should be a valid integer"),
    ({"place": DELETE}, "routes[0].stops[1].place: Field required"),
    ({"until": 20}, "routes[0].stops[1].until: Extra inputs are not permitted; found 20"),
]


@pytest.mark.parametrize(("changes", "message"), EDITS, ids=range(len(EDITS)))
def test_each_wrong_edit_of_a_stop_is_told(changes: dict[str, object], message: str) -> None:
    """A stop edited wrongly is refused with the unit, the stop, what is wrong and what to do."""
    (error,) = errors(visit(**changes))
    assert message in error


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("patrolplan", "plan/9", "patrolplan: Input should be 'plan/1'; found 'plan/9'"),
        ("fingerprint", DELETE, "fingerprint: Field required"),
        ("value_units", "many", "value_units: Input should be a valid integer; found 'many'"),
        ("shortfalls", None, "shortfalls: Input should be a valid array; found None"),
        ("routes", {}, "routes: Input should be a valid array; found {}"),
        ("note", "x", "note: Extra inputs are not permitted; found 'x'"),
    ],
)
def test_each_wrong_field_is_told(key: str, value: object, message: str) -> None:
    """A document with a field wrong is refused with the field, what is wrong and what was found."""
    plain = document()
    plain[key] = value
    if value is DELETE:
        del plain[key]
    assert errors(json.dumps(plain)) == [message]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_text_that_is_no_document_is_refused(text: str) -> None:
    """Empty text, broken JSON, and JSON of another shape are refused as a whole."""
    (error,) = errors(text)
    assert error.startswith("document: ")


def test_all_wrong_stops_are_told_at_once() -> None:
    """Errors of several stops come together, each with its unit and stop."""
    plain = document()
    plain["routes"][0]["stops"][1]["arrive"] = 5
    plain["routes"][1]["stops"][2]["leave"] = 91
    assert [e.split(":")[0] for e in errors(json.dumps(plain))] == ["A1, stop 2", "B2, stop 3"]


def test_the_schema_describes_every_field_and_is_one() -> None:
    """The schema names each field of a document, closed to others, and accepts a document."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = plan_schema()
    assert set(schema["properties"]) == set(document())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document(), schema)
    wrong = deepcopy(document())
    wrong["routes"][0]["stops"][0]["until"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_callsigns_in_any_script_survive() -> None:
    """A callsign in Chinese or with quotes is written and read as it is."""
    problem = small_town()
    plan = Plan(problem.fingerprint(), (Route('巡逻"1"\\', (Stop("Central", "standby", 0, 1),)),))
    text = text_of(problem, plan)
    assert "巡逻" in text
    assert plan_from_json(text, problem).routes == plan.routes


def test_a_name_that_stands_twice_is_told() -> None:
    """An edit that writes a field anew without deleting the old one is refused: readers would keep the last."""
    problem = small_town()
    text = text_of(problem, small_plan(problem)).replace('"kind":', '"kind": "standby", "kind":', 1)
    with pytest.raises(DocumentError, match="'kind' stands more than once in one object; delete all but one"):
        plan_from_json(text, problem)

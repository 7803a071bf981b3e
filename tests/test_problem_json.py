"""The problem as JSON: round trips, every error with its place, and no exception but the one promised."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.document_errors import DocumentError
from solver.problem import Place, Problem
from solver.problem_json import problem_from_json, problem_schema, problem_to_json
from tests.problems import tiny_problems, town_problem
from tests.small_town import busy_town, small_town

DELETE = object()


def document() -> dict[str, Any]:
    """Return the small town's document without its fingerprint."""
    plain: dict[str, Any] = json.loads(problem_to_json(small_town()))
    del plain["fingerprint"]
    return plain


def changed(path: tuple[str | int, ...], value: object) -> str:
    """Return the document with one value changed or deleted, as text."""
    plain = document()
    inner: Any = plain
    for key in path[:-1]:
        inner = inner[key]
    if value is DELETE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return json.dumps(plain)


def errors(text: str | bytes) -> list[str]:
    """Return the errors of a document that must be refused."""
    with pytest.raises(DocumentError) as caught:
        problem_from_json(text)
    assert str(caught.value) == "\n".join(caught.value.errors)
    return caught.value.errors


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tiny_problems())
def test_a_problem_survives_the_way_to_json_and_back(problem: Problem) -> None:
    """A problem written and read is the same problem, with the same fingerprint and the same text."""
    text = problem_to_json(problem)
    again = problem_from_json(text)
    assert again == problem
    assert again.fingerprint() == problem.fingerprint() == json.loads(text)["fingerprint"]
    assert problem_to_json(again) == text
    assert (again.units, again.posts, again.hotspots) == (problem.units, problem.posts, problem.hotspots)


def test_a_town_survives_the_way_to_json_and_back() -> None:
    """A larger problem does too, also read as bytes."""
    problem = town_problem(1)
    assert problem_from_json(problem_to_json(problem).encode()) == problem


def test_names_in_any_script_survive() -> None:
    """Names are written as they are, not as escapes."""
    town = small_town()
    problem = town.replace(places=(Place("中央 “Ærø” 🚓", 1, 2), *town.places[1:]))
    text = problem_to_json(problem)
    assert "中央 “Ærø” 🚓".replace('"', '\\"') in text
    assert problem_from_json(text).places[0].name == "中央 “Ærø” 🚓"


def test_whole_degrees_are_the_same_as_integers_or_floats() -> None:
    """A latitude of 1 is that of 1.0: the fingerprint does not depend on how it was written."""
    town = small_town()
    one = town.replace(places=(Place("Central", 1, 2), *town.places[1:]))
    other = town.replace(places=(Place("Central", 1.0, 2.0), *town.places[1:]))
    assert one.fingerprint() == other.fingerprint()
    assert problem_from_json(problem_to_json(one)).fingerprint() == one.fingerprint()


def test_whole_degrees_of_an_exit_are_the_same_as_integers_or_floats() -> None:
    """The same holds for where a unit leaves a stretch of street."""
    town = small_town()
    market = next(h.place for h in town.hotspots if town.places[h.place].name == "Market")

    def leaving(exit_: tuple[float, float]) -> Problem:
        places = [replace(p, exit=exit_) if i == market else p for i, p in enumerate(town.places)]
        return town.replace(places=tuple(places))

    one, other = leaving((1, 2)), leaving((1.0, 2.0))
    assert one.fingerprint() == other.fingerprint() != town.fingerprint()
    assert problem_from_json(problem_to_json(one)) == one


def test_rules_beyond_risk_demand_and_posts_survive() -> None:
    """Districts, exits, windows, revisits, stretches of street, watching posts and tasks are read back."""
    problem = busy_town()
    read = problem_from_json(problem_to_json(problem))
    assert read == problem
    assert (read.tasks, read.hotspots, read.posts) == (problem.tasks, problem.hotspots, problem.posts)
    assert (read.places, read.units) == (problem.places, problem.units)


def test_a_break_is_written_break() -> None:
    """The break of a unit is the field ``break``, null where there is none."""
    units = document()["units"]
    assert units[0]["break"] == {"minutes": 20, "earliest": 30, "latest": 100, "places": [0, 1]}
    assert units[1]["break"] is None


ERRORS: list[tuple[tuple[str | int, ...], object, str]] = [
    (("patrolplan",), "problem/2", "patrolplan: Input should be 'problem/1'; found 'problem/2'"),
    (("name",), DELETE, "name: Field required"),
    (("colour",), "red", "colour: Extra inputs are not permitted; found 'red'"),
    (("minutes",), "120", "minutes: Input should be a valid integer; found '120'"),
    (("minutes",), 120.5, "minutes: Input should be a valid integer"),
    (("units", 0, "mode"), 3, "units[0].mode: Input should be a valid string; found 3"),
    (("units", 0, "break", "minutes"), None, "units[0].break.minutes: Input should be a valid integer; found None"),
    (("units", 1, "skils"), [], "units[1].skils: Unexpected keyword argument; found []"),
    (("hotspots", 1, "risk", 0), "5", "hotspots[1].risk[0]: Input should be a valid integer; found '5'"),
    (("posts", 0, "staffing", 0, "units"), DELETE, "posts[0].staffing[0].units: Field required"),
    (("travel", "car", 1, 2), 1.5, "travel.car[1][2]: Input should be a valid integer"),
    (("travel", "car", 1), [0, 1], "travel, reach: rows must be of equal length"),
    (("travel", "car", 1, 2), 2**31, "travel, reach: seconds must be below 2**31"),
    (("travel", "car"), DELETE, "unit 'A1': no travel times for mode 'car'"),
    (("grid",), 7, "minutes (120) must be a positive multiple of the grid (7)"),
    (("demand", 0, "demand"), [1], "demand point 'Square': demand must be 2 numbers of 0 or more"),
    (("fingerprint",), "sha256:0", "the problem was changed by hand: delete the fingerprint if that was meant"),
]


@pytest.mark.parametrize(("path", "value", "message"), ERRORS, ids=range(len(ERRORS)))
def test_each_error_says_where_and_what(path: tuple[str | int, ...], value: object, message: str) -> None:
    """A document with one thing wrong is refused, with the place in the document and what was found."""
    found = errors(changed(path, value))
    assert any(message in e for e in found), found


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "\x00", b"\xff\xfe{"])
def test_text_that_is_no_document_is_refused(text: str | bytes) -> None:
    """Empty text, broken JSON, and JSON of another shape are refused as a whole."""
    (error,) = errors(text)
    assert error.startswith("document: ")


def test_all_errors_come_at_once() -> None:
    """Three fields wrong are three errors."""
    plain = document()
    plain["minutes"], plain["grid"] = "x", None
    del plain["slots"]
    assert len(errors(json.dumps(plain))) == 3


def test_long_values_are_cut_in_messages() -> None:
    """What was found is shown in at most 60 characters."""
    (error,) = errors(changed(("minutes",), "9" * 500))
    assert error.endswith("999...")
    assert len(error) < 120


def test_a_fingerprint_that_was_deleted_is_not_missed() -> None:
    """A problem edited by hand without its fingerprint is read, and has its own."""
    problem = problem_from_json(changed(("name",), "edited"))
    assert problem.name == "edited"
    assert problem.fingerprint() != small_town().fingerprint()


def test_the_schema_describes_every_field_and_is_one() -> None:
    """The schema names each field of a document, closed to others, and accepts a document."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = problem_schema()
    assert set(schema["properties"]) == set(document()) | {"fingerprint", "locks", "callouts", "busy"}
    assert schema["additionalProperties"] is False
    assert all("description" in p for p in schema["properties"].values())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(problem_to_json(small_town())), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document(), "colour": "red"}, schema)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [p for key, v in inner for p in _paths(v, (*path, key))]


PATHS = _paths(document())
ODD = [None, -1, 0, 1, 10**12, 10**30, 1.5, "", "x", [], {}, True, [1], -(10**6), "Europe", "2020-01-01", DELETE]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_any_document_is_read_or_refused_in_words(changes: list[tuple[tuple[str | int, ...], object]]) -> None:
    """Whatever values are put anywhere in a document, it is a problem or a DocumentError, nothing else."""
    plain = deepcopy(document())
    for path, value in changes:
        inner: Any = plain
        try:
            for key in path[:-1]:
                inner = inner[key]
            if value is DELETE:
                del inner[path[-1]]
            else:
                inner[path[-1]] = deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # An earlier change took the place away.
    try:
        problem = problem_from_json(json.dumps(plain))
    except DocumentError as error:
        told = error.errors
    else:
        told = ["none"]
        assert problem_from_json(problem_to_json(problem)) == problem
    assert told
    assert all(told)

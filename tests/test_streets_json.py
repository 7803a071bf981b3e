"""Streets as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from solver.document_errors import DocumentError
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Leg, Streets
from solver.streets_json import streets_from_json, streets_schema, streets_to_json
from tests.tours import CREDIT, MARKET, STATION, sample_streets, tours


def document(**changes: Any) -> str:
    """Return the sample's streets as JSON, with changes to its only leg."""
    plain = json.loads(streets_to_json(sample_streets()))
    plain["legs"][0] |= changes
    return json.dumps(plain)


def faults(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        streets_from_json(text)
    return caught.value.errors


def test_round_trip() -> None:
    """Streets come back as they were, to a centimetre and a hundredth of a second."""
    read = streets_from_json(streets_to_json(sample_streets()))
    assert read.attribution == CREDIT
    assert list(read.legs) == [("car", STATION, MARKET)]
    leg, written = read.legs["car", STATION, MARKET], sample_streets().legs["car", STATION, MARKET]
    assert np.allclose(leg.lonlat, written.lonlat, rtol=0, atol=5.1e-8)
    assert np.allclose(leg.seconds, written.seconds, rtol=0, atol=0.0051)
    assert leg.metres == written.metres


@settings(max_examples=40, deadline=None)
@given(tours())
def test_any_streets_come_back(tour: tuple[Problem, Plan, Streets]) -> None:
    """Any legs come back under their own names, and writing them again gives the same text."""
    _, _, streets = tour
    if any("\ud800" <= c <= "\udfff" for key in streets.legs for c in "".join(key)):
        streets = Streets({}, streets.attribution)
    text = streets_to_json(streets)
    read = streets_from_json(text)
    assert set(read.legs) == set(streets.legs)
    assert read.attribution == one_line(streets.attribution)
    assert streets_to_json(read) == text
    for key, leg in streets.legs.items():
        assert np.allclose(read.legs[key].lonlat, leg.lonlat, rtol=0, atol=5.1e-8)


def test_it_is_small() -> None:
    """A point of a winding street takes less than 20 bytes."""
    rng = np.random.default_rng(0)
    lonlat = np.cumsum(rng.normal(0, 2e-4, (1000, 2)), axis=0)
    text = streets_to_json(Streets({("car", "A", "B"): Leg(lonlat, np.cumsum(rng.uniform(0, 3, 1000)), 1.0)}))
    assert len(text) < 20_000


def test_no_streets() -> None:
    """No streets are written and read as none."""
    assert streets_from_json(streets_to_json(Streets())) == Streets()


WHERE = f"legs[0] (car, {STATION} to {MARKET})"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "boat"}, f"legs[0] (boat, {STATION} to {MARKET}): mode: there is no 'boat'; use one of"),
        ({"metres": -1.0}, f"{WHERE}: metres: -1.0 must be 0 or more"),
        ({"lon": [1, 2]}, f"{WHERE}: lon, lat, time: 2, 4 and 4 numbers; give as many of each"),
        ({"lon": [1], "lat": [1], "time": [0]}, f"{WHERE}: lon, lat, time: a leg has two points or more"),
        ({"lon": [0, 0, 0, 1_800_000_001]}, f"{WHERE}: lon: the sums must lie in -180 to 180 degrees"),
        ({"lat": [10**30, 0, 0, 0]}, f"{WHERE}: lat: the sums must lie in -90 to 90 degrees"),
        ({"time": [1, 0, 0, 0]}, f"{WHERE}: time: must be 0 and then differences of 0 or more"),
        ({"time": [0, 5, -1, 0]}, f"{WHERE}: time: must be 0 and then differences of 0 or more"),
        ({"lon": "x"}, "legs[0].lon: Input should be a valid array; found 'x'"),
        ({"speed": 5}, "legs[0].speed: Extra inputs are not permitted; found 5"),
    ],
)
def test_faults(changes: dict[str, Any], message: str) -> None:
    """What is wrong with a leg is said with its place in the document and what would be right."""
    assert [e[: len(message)] for e in faults(document(**changes))] == [message]


def test_all_faults_at_once() -> None:
    """Everything wrong is said at once."""
    assert len(faults(document(mode="boat", metres=-1.0, lon=[1], time=[0, -1, 0, 0]))) == 5


def test_the_same_leg_twice() -> None:
    """A leg that is there twice is refused."""
    plain = json.loads(document())
    plain["legs"] *= 2
    assert faults(json.dumps(plain)) == [f"legs[1] (car, {STATION} to {MARKET}): the same leg twice; keep one"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"patrolplan": "plan/1", "attribution": "", "legs": []}'])
def test_other_documents_are_refused(text: str) -> None:
    """What is no JSON, or another document, is refused."""
    assert faults(text)


def test_schema_describes_what_is_written() -> None:
    """The JSON Schema accepts what is written and refuses a leg without a mode."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema validates documents")
    plain = json.loads(document())
    jsonschema.validate(plain, streets_schema())
    del plain["legs"][0]["mode"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, streets_schema())

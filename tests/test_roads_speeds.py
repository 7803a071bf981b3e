"""What speed limits say, in all the forms that occur."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.roads.speeds import MILE, NO_LIMIT, WALKING_PACE, speed_limit

FORMS = {
    "50": 50,
    " 50 ": 50,
    "50 km/h": 50,
    "50kmh": 50,
    "7.5": 7.5,
    "30 mph": 30 * MILE,
    "30mph": 30 * MILE,
    "20 MPH": 20 * MILE,
    "5 knots": 5 * 1.852,
    "none": NO_LIMIT,
    "walk": WALKING_PACE,
    "GB:nsl_single": 60 * MILE,
    "UK:nsl_dual": 70 * MILE,
    "gb:motorway": 70 * MILE,
    "RO:urban": 50,
    "RO:rural": 90,
    "RU:urban": 60,
    "DE:rural": 100,
    "DE:motorway": NO_LIMIT,
    "BE-VLG:rural": 70,
    "DE:zone:30": 30,
    "DE:zone30": 30,
    "FR:30": 30,
    "GB:zone:20": 20 * MILE,
    "IT:living_street": 10,
    "50;30": 30,
    "50; 40": 40,
    "80; 50": 50,
    "50|30": 30,
    "60,50": 50,
    "signals;50": 50,
    "30 mph; 20 mph": 20 * MILE,
}


@pytest.mark.parametrize(("text", "kmh"), FORMS.items())
def test_limits_in_all_their_forms(text: str, kmh: float) -> None:
    """Each form that occurs in OpenStreetMap is read as km/h."""
    assert speed_limit(text) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "text", ["", "signals", "variable", "fast", "-50", "0", "1000", "50 parsecs", "sign", ";", "XX:"]
)
def test_what_states_no_limit(text: str) -> None:
    """What cannot be read, or cannot be so, states no limit; the class default is then used and reported."""
    assert speed_limit(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_sane_limit_or_none(text: str) -> None:
    """No text breaks the reading or gives a speed that is not one."""
    limit = speed_limit(text)
    assert limit is None or 0 < limit <= 200

"""Durations, distances and shares are read as planners write them, and nothing else is."""

from __future__ import annotations

import contextlib
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.quantities import QuantityError, counts_of, duration_text, metres_of, minutes_of, seconds_of, share_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90),
        ("12 min", 720),
        ("12min", 720),
        ("1 h", 3600),
        ("1.5 h", 5400),
        (".5 h", 1800),
        ("1 h 30 min", 5400),
        ("1h30min", 5400),
        ("1 h, 30 min", 5400),
        ("2 Hours", 7200),
        ("90 days", 90 * 86400),
        ("2 weeks", 14 * 86400),
        ("１２ min", 720),
        (" 12 min ", 720),
    ],
)
def test_durations_are_read(text: str, seconds: int) -> None:
    """A duration with its unit is read in seconds."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "12", "min", "12 moons", "-12 min", "12 min extra", "1e3 s", "12,5 min", "0.1 s", "∞ s"]
)
def test_other_text_is_no_duration(text: str) -> None:
    """Text without a number, a known unit or whole seconds is refused with what would be right."""
    with pytest.raises(QuantityError) as caught:
        seconds_of(text)
    assert caught.value.wrong
    assert caught.value.right


@given(st.integers(min_value=1, max_value=100_000))
def test_a_duration_is_written_as_it_is_read(minutes: int) -> None:
    """Minutes written in words are read back."""
    assert minutes_of(duration_text(minutes)) == minutes


@given(st.integers(min_value=0, max_value=100_000), st.sampled_from([("s", 1), ("min", 60), ("h", 3600)]))
def test_units_multiply(number: int, unit: tuple[str, int]) -> None:
    """A number of units is that many times the unit."""
    assert seconds_of(f"{number} {unit[0]}") == number * unit[1]


def test_seconds_are_no_whole_minutes() -> None:
    """Where minutes are wanted, the nearest whole ones are proposed."""
    with pytest.raises(QuantityError, match="write '1 min' or '2 min'"):
        minutes_of("90 s")
    with pytest.raises(QuantityError, match=r"write '1 min'$"):
        minutes_of("30 s")


@pytest.mark.parametrize(("text", "metres"), [("250 m", 250), ("0.5 km", 500), ("1 km 200 m", 1200), ("0 m", 0)])
def test_distances_are_read(text: str, metres: int) -> None:
    """A distance with its unit is read in metres."""
    assert metres_of(text) == metres


@pytest.mark.parametrize(
    ("text", "share"), [("0.3", (3, 10)), ("30 %", (3, 10)), ("1", (1, 1)), ("0", (0, 1)), (".7", (7, 10))]
)
def test_shares_are_exact(text: str, share: tuple[int, int]) -> None:
    """A share is an exact fraction."""
    assert share_of(text) == Fraction(*share)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings about anything but a quantity or a refusal in words."""
    for read in (seconds_of, minutes_of, metres_of, share_of):
        with contextlib.suppress(QuantityError):
            assert read(text) >= 0


@pytest.mark.parametrize(
    ("text", "numbers"), [("6", (6,)), ("1..4", (1, 2, 3, 4)), ("２ .. ３", (2, 3)), ("1..1", (1,))]
)
def test_numbers_and_ranges_are_read(text: str, numbers: tuple[int, ...]) -> None:
    """A whole number is itself, and a range is all numbers from the first to the last."""
    assert counts_of(text) == numbers


@pytest.mark.parametrize("text", ["", "0", "0..3", "3..1", "1..", "..4", "1.5", "-2", "1...3", "many"])
def test_what_is_no_number_of_points_is_refused(text: str) -> None:
    """Anything else is refused with what would be right."""
    with pytest.raises(QuantityError, match=re.escape("such as 1..12")):
        counts_of(text)

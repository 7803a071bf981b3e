"""Whole numbers as short text."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.varints import LIMIT, differences, pack, unpack
from tests.map_reading import unpacked

numbers = st.lists(st.integers(-LIMIT + 1, LIMIT - 1) | st.integers(-70, 70))


@given(numbers)
def test_any_numbers_come_back(values: list[int]) -> None:
    """Any numbers come back, and a reader that goes byte by byte reads them too."""
    text = pack(values)
    assert unpack(text).tolist() == values
    assert unpacked(text) == values


def test_small_numbers_take_a_byte() -> None:
    """A number from -64 to 63 takes one byte, the next ones two."""
    assert [len(base64.b64decode(pack([n]))) for n in (0, 63, -64, 64, -65)] == [1, 1, 1, 2, 2]


def test_numbers_that_a_browser_cannot_count_to_are_refused() -> None:
    """Numbers beyond doubles are refused in either direction."""
    for value in (LIMIT, -LIMIT):
        with pytest.raises(ValueError, match="must lie below"):
            pack([value])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A", "is not base64"),
        ("ü===", "is not base64"),
        (base64.b64encode(b"\x05\x80").decode(), "ends within a number"),
        (base64.b64encode(b"\x80" * 8 + b"\x01").decode(), "too long"),
    ],
)
def test_what_is_no_number_is_refused(text: str, message: str) -> None:
    """Broken text is refused, with what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        unpack(text)


def test_differences_do_not_add_up_errors() -> None:
    """The sums of differences are the values, each rounded for itself."""
    steps = differences([0.14, 0.28, 0.42, 0.56], 10)
    assert steps.tolist() == [1, 2, 1, 2]

"""Shares in words: one way to round them, in every table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.wording import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.742, "74.2 %"),
        (1, "100.0 %"),
        (0.9996, "99.9 %"),
        (0.99949, "99.9 %"),
        (0, "0.0 %"),
        (None, "-"),
        (1.2, "120.0 %"),
    ],
)
def test_shares_in_per_cent(share: float | None, text: str) -> None:
    """One decimal, a dash for nothing, and 100 for nothing but all."""
    assert percent(share) == text


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 3))
def test_what_is_not_all_is_never_a_hundred(share: float, digits: int) -> None:
    """Whatever the number of decimals, only 1 is 100 %, and otherwise it is within a step of the share."""
    text = percent(share, digits)
    assert not text.startswith("100")
    assert abs(float(text.removesuffix(" %")) - 100 * share) <= 10**-digits + 1e-9

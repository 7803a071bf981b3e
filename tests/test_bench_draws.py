"""The benchmark of draws: other ways of making plans differ are of the same problem, and a row says what it should."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.draws import HEAD, WAYS, other_seeds, row
from solver.draws.quarters import Quarters
from tests.small_problems import small_problem
from tests.small_town import small_town


def test_other_seeds_change_nothing() -> None:
    """The way that others are held against plans the problem as it is."""
    town = small_town()
    quarters = Quarters.of(town)
    assert other_seeds(town, quarters, np.ones((2, len(quarters))), 0.5, np.random.default_rng(0)) is town


@pytest.mark.parametrize("way", WAYS)
def test_a_row_has_every_column(way: str) -> None:
    """Every way makes plans that keep the rules, and the row says so many things as the head."""
    problem = small_problem(7, units=3, hotspots=8)
    assert len(row("small", problem, way, Fraction(1, 5), 0.5)) == len(HEAD)

"""The benchmark of draws: other ways of making plans differ are of the same problem, and a row says what it should."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.draws import HEAD, WAYS, less_risk, other_seeds, row
from solver.quarters import Quarters
from tests.small_problems import small_problem
from tests.small_town import small_town


def test_less_risk_is_risk_scaled_by_quarter() -> None:
    """A quarter that two plans use keeps a quarter of its risk at strength one half; demand stays as it is."""
    town = small_town()
    quarters = Quarters.of(town)
    used = np.zeros((2, len(quarters)))
    used[0, 1] = 2
    changed = less_risk(town, quarters, used, 0.5, np.random.default_rng(0))
    before, after = (np.array(p.hotspots[0].risk)[p.slot_of] for p in (town, changed))
    assert after[15:30].tolist() == [round(5 / 4)] * 15
    assert after[:15].tolist() == before[:15].tolist()
    for old, new in zip(town.demand, changed.demand, strict=True):
        assert (np.array(old.demand)[town.slot_of] == np.array(new.demand)[changed.slot_of]).all()
    assert other_seeds(town, quarters, used, 0.5, np.random.default_rng(0)) is town


@pytest.mark.parametrize("way", WAYS)
def test_a_row_has_every_column(way: str) -> None:
    """Every way makes plans that keep the rules, and the row says so many things as the head."""
    problem = small_problem(7, units=3, hotspots=8)
    assert len(row("small", problem, way, Fraction(1, 5), 0.5)) == len(HEAD)

"""The benchmark of cover: its problems have what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cover import towns
from benchmarks.cover.sizes import SIZES, Size
from solver import Problem

TINY = Size("tiny", town=12, units=5, hotspots=8, demand=20, stations=1, posts=1, grid=2, hours=8)


@pytest.fixture(scope="module")
def tiny() -> Problem:
    return towns.make(TINY, 1)


def test_a_problem_has_what_its_size_says(tiny: Problem) -> None:
    """Units, hotspots, demand points, stations, posts, hours and grid are exactly those asked for."""
    found = len(tiny.units), len(tiny.hotspots), len(tiny.demand), len(tiny.stations), len(tiny.posts)
    assert found == (5, 8, 20, 1, 1)
    assert (tiny.minutes, tiny.grid) == (480, 2)


def test_rosters_are_mixed(tiny: Problem) -> None:
    """Most units are cars; whoever works a full shift has a break of half an hour, and some come late."""
    modes = [unit.mode for unit in tiny.units]
    assert 2 * modes.count("car") > len(modes) > modes.count("car")
    assert {unit.start for unit in tiny.units} == {0, 120}
    assert all((unit.break_ is not None) == (unit.end - unit.start == tiny.minutes) for unit in tiny.units)


def test_defaults_are_the_planners(tiny: Problem) -> None:
    """Goals, dwell, linger and rho are those of a shift file that does not say."""
    assert [tiny.goals[layer] for layer in ("presence", "response", "backup")] == [500, 350, 150]
    assert {(h.dwell, h.linger, h.rho) for h in tiny.hotspots} == {(12, 60, 70)}


def test_a_problem_is_kept_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call reads what the first one wrote, and another seed is another problem."""
    monkeypatch.setitem(SIZES, "tiny", TINY)
    first, other = (towns.problem("tiny", seed, folder=tmp_path) for seed in (1, 2))
    monkeypatch.setattr(towns, "make", None)
    assert towns.problem("tiny", 1, folder=tmp_path) == first != other


def test_an_unknown_size_is_told() -> None:
    """The message names the sizes that there are."""
    with pytest.raises(ValueError, match="'XL'; sizes are S, M, L"):
        towns.problem("XL", 1)


def test_a_town_that_is_too_small_is_told() -> None:
    """A problem with fewer hotspots than its size says is refused."""
    greedy = Size("greedy", town=10, units=1, hotspots=900, demand=9, stations=1, posts=1)
    with pytest.raises(ValueError, match="hotspots, not 900"):
        towns.make(greedy, 1)

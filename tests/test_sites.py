"""Siting: the best choices, proved, against brute force on tiny problems, and what must hold on larger ones."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.sites import NoSitingError, SiteProblem, SiteProblemError, covered_curve, fewest_points, most_covered
from solver.sites.cells import cells_for_fewest, cells_for_most, earned, meets_needs, reduced
from solver.sites.fewer import fewer_columns
from solver.sites.prices import find_prices, priced
from solver.sites.search import Exchange, smallest_cover
from solver.sites.siting import WHOLE
from tests.site_oracle import best_worth, choices, covers_all, fewest, random_problem, worth

SEEDS = st.integers(0, 10**9)


def town(seed: int, *, points: int = 120, candidates: int = 60, near: float = 0.16, hours: int = 3) -> SiteProblem:
    """Return a problem on points in a square, with demand by hour."""
    rng = np.random.default_rng(seed)
    demand, places = rng.random((points, 2)), rng.random((candidates, 2))
    far = np.hypot(*(demand[:, None] - places[None]).transpose(2, 0, 1))
    return SiteProblem(far <= near, rng.integers(0, 30, (hours, points)).astype(np.int64), backs=far <= 2 * near)


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_most_covered_is_the_best_there_is(seed: int) -> None:
    """The value is that of the best choice by brute force, the bound equals it, and what is fixed is kept."""
    rng = np.random.default_rng(seed)
    problem, points = random_problem(rng), int(rng.integers(1, 5))
    best = best_worth(problem, points)
    if best is None:
        with pytest.raises(NoSitingError):
            most_covered(problem, points)
        return
    found = most_covered(problem, points)
    assert len(found.chosen) <= points
    assert {*problem.given} <= {*found.chosen}
    assert not {*problem.forbidden} & {*found.chosen}
    assert not problem.cover_all or covers_all(problem, found.chosen)
    assert found.status == "optimal"
    if problem.hours == "worst":
        assert float(best - worth(problem, found.chosen)) < 2e-6
        parts = 1 if problem.backup_parts in (0, 100) else 100
        assert found.value / (WHOLE * parts) == pytest.approx(float(best), abs=1e-6)
    else:
        assert worth(problem, found.chosen) == best
        assert found.value == found.bound == best * (1 if problem.backup_parts in (0, 100) else 100)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_the_fewest_points_are_the_fewest(seed: int) -> None:
    """As few points as brute force needs cover all that can be covered, as many of them preferred as can be."""
    problem = replace(random_problem(np.random.default_rng(seed)), cover_all=False)
    found = fewest_points(problem)
    points, liked = fewest(problem)
    assert found.value == found.bound == len(found.chosen) == points
    assert covers_all(problem, found.chosen)
    assert len({*found.chosen} & {*problem.preferred}) == liked
    assert {*problem.given} <= {*found.chosen}


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_preferred_candidates_go_first(seed: int) -> None:
    """Of the best choices one with fewest points that are not preferred, counted twice, and preferred ones is taken."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng)
    problem = replace(problem, hours="mean", cover_all=False, preferred=tuple(range(0, problem.candidates, 2)))
    points = int(rng.integers(len(problem.given), 5))

    def cost(chosen: tuple[int, ...]) -> int:
        return sum(1 if c in problem.preferred else 2 for c in chosen)

    best = best_worth(problem, points)
    cheapest = min(cost(chosen) for chosen in choices(problem, points) if worth(problem, chosen) == best)
    assert cost(most_covered(problem, points).chosen) == cheapest


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_reductions_change_nothing(seed: int) -> None:
    """The best choice of the reduced cells earns as much as the best of all of them, and what must be covered is."""
    rng = np.random.default_rng(seed)
    problem, points = random_problem(rng), int(rng.integers(1, 4))
    cells = cells_for_most(problem)
    left = reduced(cells)

    def best(these: Any) -> int | None:
        rows = range(len(these.cost))
        every = (np.array(c, dtype=np.int64) for n in range(points + 1) for c in combinations(rows, n))
        return max((earned(these, c) for c in every if meets_needs(these, c)), default=None)

    assert best(left) == best(cells)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_prices_bound_every_choice(seed: int) -> None:
    """No choice earns more than the bound of any prices, and none that is better lacks or has a column against them."""
    rng = np.random.default_rng(seed)
    problem = replace(random_problem(rng), hours="mean", cover_all=False, given=())
    cells, points = reduced(cells_for_most(problem)), int(rng.integers(1, 4))
    if not cells.covers.size:
        return
    every = [np.array(c, dtype=np.int64) for n in range(points + 1) for c in combinations(range(len(cells.cost)), n)]
    values = [earned(cells, c) - int(cells.base[0]) for c in every]
    for prices in (
        find_prices(cells, points, 0, better=lambda _: 0, steps=60),
        rng.random(len(cells.covers)) * cells.gains[0].sum(axis=1),
    ):
        value = int(rng.integers(0, max(values) + 1))
        shown = priced(cells, points, value, prices)
        assert max(values) <= shown.bound
        for choice, worth_ in zip(every, values, strict=True):
            if worth_ > value:
                assert {*np.flatnonzero(shown.inside)} <= {*choice.tolist()}
                assert not {*np.flatnonzero(shown.outside)} & {*choice.tolist()}


def test_more_points_cover_no_less() -> None:
    """Along a curve values rise, each is proved, and no point is added that covers nothing more."""
    problem = town(1, near=0.25)
    curve = list(covered_curve(problem, range(1, 16)))
    values = [found.value for found in curve]
    assert values == sorted(values)
    assert all(found.value == found.bound for found in curve)
    whole = [len(found.chosen) for found in curve if found.covered[problem.coverable].all()]
    assert whole
    assert len(set(whole)) == 1


def test_the_curve_meets_the_fewest_points() -> None:
    """The first number of points that covers everything is the fewest, and one point less does not."""
    problem = town(2)
    least = fewest_points(problem)
    full = int(problem.total[problem.coverable].sum())
    assert least.value == least.bound
    assert most_covered(problem, least.value).value == full > most_covered(problem, least.value - 1).value


def test_a_bound_holds_where_the_time_is_short() -> None:
    """Without any time for an integer program there is an answer, and its bound is no less than the best value."""
    problem = town(3, points=400, candidates=200, near=0.09)
    short, long = most_covered(problem, 12, seconds=0.0), most_covered(problem, 12)
    assert long.status == "optimal"
    assert short.value <= long.value <= short.bound
    liked = replace(problem, preferred=tuple(range(0, 200, 3)))
    assert fewest_points(liked, seconds=0.0).bound <= fewest_points(problem).value
    few = fewest_points(problem, seconds=0.0)
    assert few.bound <= fewest_points(problem).value <= few.value
    assert few.covered[problem.coverable].all()


def test_a_gap_ends_it() -> None:
    """With a gap asked for, the answer is within it, and says so unless it is the best anyway."""
    problem = town(4, points=400, candidates=200, near=0.09)
    found = most_covered(problem, 12, gap=0.05)
    assert found.status in ("gap limit", "optimal")
    assert found.gap <= 0.05


def test_what_stops_it_is_told() -> None:
    """Stopped at once there is an answer with a bound."""
    found = most_covered(town(5, points=400, candidates=200, near=0.09), 12, stop=lambda: True)
    assert found.status in ("interrupted", "optimal")
    assert found.value <= found.bound


def test_the_fewest_points_can_be_stopped() -> None:
    """Stopped while the integer program runs there is a choice that covers all, and a bound that holds."""
    problem = town(13, points=900, candidates=700, near=0.07)
    begun = time.monotonic()
    found = fewest_points(problem, seconds=60, stop=lambda: time.monotonic() - begun > 0.5)
    assert time.monotonic() - begun < 20
    assert 1 <= found.bound <= found.value == len(found.chosen)
    assert found.covered[problem.coverable].all()


def test_the_worst_hour_is_better_than_with_the_mean() -> None:
    """Chosen for the worst hour, the worst hour is covered no less than when chosen for the mean, here more."""
    problem = town(6, hours=8)
    worst, mean = most_covered(replace(problem, hours="worst"), 5), most_covered(problem, 5)
    assert min(worst.hourly) > min(mean.hourly)
    assert worst.share <= mean.share
    assert worst.value / WHOLE == pytest.approx(min(worst.hourly), abs=1e-6)


def test_the_two_forms_of_backup() -> None:
    """Where all must be covered none is left open; the more parts of the value double cover has, the more there is."""
    problem = replace(town(7), backs=None)
    points = fewest_points(problem).value + 1
    first = most_covered(replace(problem, cover_all=True, backup_parts=100), points)
    assert first.covered[problem.coverable].all()
    shares = [most_covered(replace(problem, backup_parts=parts), 8).doubly for parts in (10, 50, 90)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]


def test_figures_are_recomputed() -> None:
    """Shares of an answer are those of its choice by plain counting."""
    problem = town(8)
    found = most_covered(problem, 4)
    total = int(problem.demand.sum())
    assert found.share == pytest.approx(float(worth(problem, found.chosen) / total))
    double = replace(problem, backup_parts=100)
    assert found.doubly == pytest.approx(float(worth(double, found.chosen) / total))
    hours = [worth(replace(problem, demand=row[None]), found.chosen) / int(row.sum()) for row in problem.demand]
    assert found.hourly == pytest.approx([float(share) for share in hours])


def test_exchanges_never_lose() -> None:
    """Greedy, exchanges and shaking each end with a choice worth no less, within the number of points."""
    cells = reduced(cells_for_most(town(9)))
    search = Exchange(cells, 6)
    greedy = search.greedy([])
    exchanged = search.exchanged(greedy)
    shaken = search.shaken(exchanged, 5, np.random.default_rng(1))
    assert 0 < search.worth(greedy) <= search.worth(exchanged) <= search.worth(shaken)
    assert len(set(shaken)) == len(shaken) == 6
    assert search.worth(shaken) == earned(cells, np.array(shaken)) - int(cells.base[0])


def test_fewer_columns_still_cover() -> None:
    """The search for fewer columns ends with a cover that is no larger, and stops at the least it is told."""
    cells = reduced(cells_for_fewest(town(10, points=400, candidates=200, near=0.09)))
    start = smallest_cover(cells)
    found = fewer_columns(cells, start, np.random.default_rng(1), least=0, steps=500)
    assert len(found) <= len(start)
    assert meets_needs(cells, found)
    assert len(fewer_columns(cells, start, np.random.default_rng(1), least=len(start), steps=500)) == len(start)


def test_the_same_problem_gives_the_same_answer() -> None:
    """Two runs choose the same points."""
    problem = town(11)
    assert most_covered(problem, 6).chosen == most_covered(problem, 6).chosen
    assert fewest_points(problem).chosen == fewest_points(problem).chosen


def test_nothing_to_cover() -> None:
    """Without demand, candidates or room there is an answer, worth nothing."""
    nothing = SiteProblem(np.zeros((3, 2), dtype=np.bool_), np.ones((1, 3), dtype=np.int64))
    assert (most_covered(nothing, 2).chosen, fewest_points(nothing).chosen) == ((), ())
    empty = SiteProblem(np.zeros((0, 0), dtype=np.bool_), np.zeros((1, 0), dtype=np.int64))
    assert (most_covered(empty, 1).share, fewest_points(empty).value) == (1.0, 0)
    quiet = SiteProblem(np.ones((2, 2), dtype=np.bool_), np.zeros((2, 2), dtype=np.int64), hours="worst")
    assert most_covered(quiet, 1).status == "optimal"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"covers": np.ones((2, 2))}, "covers: must be truth values"),
        ({"demand": np.ones((1, 3), dtype=np.int64)}, "demand: must be numbers by hour"),
        ({"demand": np.array([[1, -1]])}, "demand: must be whole numbers of 0 or more"),
        ({"demand": np.array([[10**12, 1]])}, "demand: must come to 1,000,000,000,000 at most"),
        ({"backs": np.ones((1, 2), dtype=np.bool_)}, "backs: must have the shape of covers"),
        ({"backup_parts": 101}, "backup_parts: must be 0 to 100"),
        ({"hours": "median"}, "hours: must be 'mean' or 'worst'"),
        ({"given": (2,)}, "given: must be candidates, each once"),
        ({"preferred": (1, 1)}, "preferred: must be candidates, each once"),
        ({"given": (1,), "forbidden": (1,)}, "both given and forbidden"),
    ],
)
def test_contradictions_are_refused(changes: dict[str, Any], said: str) -> None:
    """A problem that contradicts itself is refused with the field that is wrong."""
    right: dict[str, Any] = {"covers": np.ones((2, 2), dtype=np.bool_), "demand": np.ones((1, 2), dtype=np.int64)}
    with pytest.raises(SiteProblemError, match=said):
        SiteProblem(**right | changes)


def test_too_few_points_are_refused() -> None:
    """More points given than asked for, or too few to cover what must be covered, are errors that say so."""
    problem = town(12)
    with pytest.raises(NoSitingError, match="2 candidates are given, more than 1 points"):
        most_covered(replace(problem, given=(0, 1)), 1)
    with pytest.raises(NoSitingError, match="no choice of 2 points covers everything"):
        most_covered(replace(problem, cover_all=True), 2)


def test_the_oracle_knows_a_worked_example() -> None:
    """Three points in a row, each near to its neighbours: one in the middle covers all, two back what both are near."""
    row = SiteProblem(
        np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=np.bool_), np.array([[2, 1, 4]]), backup_parts=50
    )
    assert worth(row, (1,)) == Fraction(7, 2)
    assert worth(row, (1, 2)) == Fraction(7, 2) + Fraction(5, 2)
    assert best_worth(row, 2) == 6
    assert fewest(row) == (1, 0)

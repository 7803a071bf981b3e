"""The parts of a draw: times closed, plans chosen, chances given."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver.check import check
from solver.draws.chances import WHOLE, best_chances, equal_chances
from solver.draws.choosing import most_unlike
from solver.draws.quarters import Quarters
from solver.draws.sightings import seen, stakes
from solver.draws.unlike import closures, less_risk, less_worth, narrowed
from solver.score import score
from solver.shortfalls import find_shortfalls
from tests.problems import with_busy_units
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import busy_town, small_town


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.1, 0.5, 0.9]))
def test_a_plan_of_the_narrowed_problem_is_one_of_the_true_problem(seed: int, share: float) -> None:
    """It keeps every rule there, is worth as much, and lacks the same."""
    problem = small_problem(seed % 60)
    rng = np.random.default_rng(seed)
    quarters = Quarters.of(problem)
    closed = rng.random((len(problem.hotspots) + len(problem.tasks), len(quarters))) < share
    narrow = narrowed(problem, quarters, closed)
    plan = random_plan(narrow, lambda a, b: int(rng.integers(a, b + 1)))
    assert check(narrow, plan) == ()
    true = plan.replace(fingerprint=problem.fingerprint())
    assert check(problem, true) == ()
    assert score(problem, true).value == score(narrow, plan).value
    assert find_shortfalls(problem, true.routes) == plan.shortfalls


def test_less_risk_is_risk_scaled_by_quarter() -> None:
    """A quarter that two plans use keeps a quarter of its risk at strength one half; demand and who is busy stay."""
    town = small_town()
    town = town.replace(busy=tuple(100 * i for i, _ in enumerate(town.slots[1:])))
    quarters = Quarters.of(town)
    used = np.zeros((2, len(quarters)))
    used[0, 1] = 2
    changed = less_risk(town, quarters, used, 0.5)
    before, after = (np.array(p.hotspots[0].risk)[p.slot_of] for p in (town, changed))
    assert (4 * after[15:30] == 1000 * before[15:30]).all()
    assert (after[:15] == 1000 * before[:15]).all()
    assert (after[30:] == 1000 * before[30:]).all()
    for old, new in zip(town.demand, changed.demand, strict=True):
        assert (np.array(old.demand)[town.slot_of] == np.array(new.demand)[changed.slot_of]).all()
    assert (np.array(town.busy)[town.slot_of] == np.array(changed.busy)[changed.slot_of]).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), strength=st.sampled_from([0.02, 0.5, 0.95]))
def test_a_plan_where_less_is_at_stake_is_one_of_the_true_problem(seed: int, strength: float) -> None:
    """Whatever plans have used, and wherever quarters begin, it keeps every rule there and lacks the same."""
    problem = small_problem(seed % 60).replace(
        start="2020-11-20T18:07:00+00:00" if seed % 2 else "2020-11-20T18:00:00+00:00"
    )
    rng = np.random.default_rng(seed)
    problem = with_busy_units(problem, rng)
    quarters = Quarters.of(problem)
    used = rng.uniform(0, 4, (len(problem.hotspots) + len(problem.tasks), len(quarters)))
    changed = less_worth(problem, quarters, used, strength, rng)
    plan = random_plan(changed, lambda a, b: int(rng.integers(a, b + 1)))
    true = plan.replace(fingerprint=problem.fingerprint(), value=score(problem, plan).value)
    assert check(problem, true) == ()
    assert find_shortfalls(problem, true.routes) == plan.shortfalls


def test_nobody_visits_while_it_is_closed() -> None:
    """Windows lie outside of what is closed and take the dwell; what may not be closed stays open."""
    town = small_town()
    quarters = Quarters.of(town)
    closed = np.zeros((2, len(quarters)), dtype=np.bool_)
    closed[0, [2, 3, 5]] = True
    closed[1, :] = True
    market, bridge = narrowed(town, quarters, closed).hotspots
    assert market.windows == ((0, 30), (60, 75), (90, 120))
    assert bridge.windows == ()
    busy = busy_town()
    everything = np.ones((3, len(Quarters.of(busy))), dtype=np.bool_)
    assert narrowed(busy, Quarters.of(busy), everything) == busy


def test_the_more_plans_are_there_the_likelier_it_is_closed() -> None:
    """Where no plan has a unit nothing is closed; where one has, so often as asked; where three have, more often."""
    used = np.repeat([[0.0], [1.0], [3.0]], 4000, axis=1)
    shares = closures(used, 0.3, np.random.default_rng(1)).mean(axis=1)
    assert shares[0] == 0
    assert abs(shares[1] - 0.3) < 0.05
    assert abs(shares[2] - (1 - 0.7**3)) < 0.05


def apart(distances: NDArray[np.float64], chosen: tuple[int, ...]) -> float:
    pairs = [distances[i, j] for i, j in combinations(chosen, 2)]
    return float(np.mean(pairs) + min(pairs))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), plans=st.integers(2, 8), number=st.integers(2, 4))
def test_those_chosen_are_far_apart(seed: int, plans: int, number: int) -> None:
    """The first is kept, no exchange of one makes them farther apart, and they reach four fifths of the best choice."""
    points = np.random.default_rng(seed).random((plans, 3))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    chosen = most_unlike(distances, number)
    assert chosen[0] == 0
    assert list(chosen) == sorted(set(chosen))
    assert len(chosen) == min(number, plans)
    best = max(apart(distances, (0, *others)) for others in combinations(range(1, plans), len(chosen) - 1))
    assert apart(distances, chosen) >= 0.8 * best
    for left in chosen[1:]:
        for other in set(range(plans)) - set(chosen):
            exchanged = tuple(other if i == left else i for i in chosen)
            assert apart(distances, exchanged) <= apart(distances, chosen) + 1e-9


def test_the_same_plan_is_not_chosen_twice() -> None:
    """Of plans that are alike one is chosen, though more are asked for."""
    distances = np.array([[0, 0, 0.5], [0, 0, 0.5], [0.5, 0.5, 0]], dtype=np.float64)
    assert most_unlike(distances, 3) == (0, 2)
    assert most_unlike(np.zeros((1, 1)), 3) == (0,)


def edge(there: NDArray[np.bool_], stake: NDArray[np.float64], quarters: Quarters, p: NDArray[np.float64]) -> float:
    """Return by how much an observer's guesses are better than blind ones, hour by hour."""
    met = np.tensordot(p, there, axes=1)
    total = 0.0
    for hour in range(len(quarters.starts)):
        of_hour = quarters.hour == hour
        spread = met[:, of_hour].max(axis=1) - met[:, of_hour].min(axis=1)
        total += float((stake[:, of_hour].sum(axis=1) * spread).sum())
    return total


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), plans=st.integers(2, 6))
def test_no_chances_tell_an_observer_less(seed: int, plans: int) -> None:
    """Of a thousand other chances that are allowed none gives the observer less, but for rounding."""
    rng = np.random.default_rng(seed)
    problem = small_problem(seed % 50)
    quarters = Quarters.of(problem)
    stake = stakes(problem, quarters)
    there = rng.random((plans, *stake.shape)) < rng.uniform(0.1, 0.6)
    there[-1] = there[0]
    losses = np.sort(rng.uniform(0, 0.02, plans))
    chances = best_chances(there, stake, quarters, losses.tolist())
    p = np.array(chances) / WHOLE
    assert sum(chances) == WHOLE
    assert (p >= 0.5 / plans - 2e-4).all()
    assert (p <= 2 / plans + 2e-4).all()
    assert p @ losses <= losses.mean() + 1e-5
    mine = edge(there, stake, quarters, p)
    for other in rng.dirichlet(np.full(plans, 3.0), 1000):
        if other.min() >= 0.5 / plans and other.max() <= 2 / plans and other @ losses <= losses.mean():
            assert mine <= edge(there, stake, quarters, other) + 1e-3


def test_twins_share_a_chance() -> None:
    """Of four plans two of which are the same, each of these is drawn less often than the others."""
    problem = small_town()
    quarters = Quarters.of(problem)
    there = np.zeros((4, 2, len(quarters)), dtype=np.bool_)
    for plan, quarter in enumerate([0, 1, 2, 2]):
        there[plan, :, [quarter, quarter + 4]] = True
    chances = best_chances(there, stakes(problem, quarters), quarters, [0.0] * 4)
    assert sum(chances[2:]) < 0.75 * sum(chances[:2])


def test_chances_without_choice_are_equal() -> None:
    """Where plans differ in nothing, or there is one, chances are equal and add up."""
    problem = small_town()
    quarters = Quarters.of(problem)
    nowhere = np.zeros((3, 2, len(quarters)), dtype=np.bool_)
    assert best_chances(nowhere, stakes(problem, quarters), quarters, [0.0] * 3) == equal_chances(3)
    assert equal_chances(7) == (1429, 1429, 1429, 1429, 1428, 1428, 1428)
    assert best_chances(nowhere[:1], stakes(problem, quarters), quarters, [0.0]) == (WHOLE,)


def test_seen_is_by_spot_and_minute() -> None:
    """An empty plan is seen nowhere."""
    problem = small_town()
    assert seen(problem, ()).shape == (2, problem.minutes)
    assert not seen(problem, ()).any()

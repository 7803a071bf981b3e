"""Claims about plans that count on units being busy: value, search and bound, held against other programs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.bound import Bound
from solver.busy import MOST_BUSY, MOST_UNITS, PARTS, steps_of, worth_by_units
from solver.cover import Cells, cells_of
from solver.explaining.board import Ledger
from solver.headline import headline
from solver.plan import Plan
from solver.problem import LAYERS, Problem, ProblemError
from solver.problem_json import problem_from_json, problem_to_json
from solver.recombine import Layer, choose
from solver.score_text import score_lines
from solver.search import Search
from solver.weights import weights
from solver.whereabouts import whereabouts
from tests.arc_flow import optimum
from tests.brute_force import TooLargeError, best
from tests.locked_plans import random_locks
from tests.many_problems import GENERAL, outcome
from tests.naive_score import naive_score
from tests.problems import tiny_problem, town_problem, with_busy_units
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import small_plan, small_town

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _pick(seed: int) -> Callable[[int, int], int]:
    """Return a function that draws integers."""
    rng = np.random.default_rng(seed)
    return lambda low, high: int(rng.integers(low, high + 1))


def _busy_problem(seed: int, *, units: int = 3) -> Problem:
    """Return a tiny problem in which units are busy in every slot."""
    pick = _pick(seed)
    problem = tiny_problem(pick, units=units)
    return problem.replace(busy=tuple(pick(1, MOST_BUSY) for _ in problem.slots[1:]))


def _one_slot(busy: int) -> Problem:
    """Return the small town with units that are busy for one share of their time."""
    town = small_town()
    return town.replace(busy=(busy,) * (len(town.slots) - 1))


@pytest.mark.parametrize("busy", [1, 50, 300, 500, 900])
def test_steps_are_what_all_ways_of_being_busy_are_worth_on_the_mean(busy: int) -> None:
    """What so many units are worth is the mean over all ways in which some are busy, in whole parts, rounded down."""
    steps, share = steps_of(_one_slot(busy)), Fraction(busy, 1000)
    for rows, layer, most in ((steps.response, "response", 1), (steps.backup, "backup", 2)):
        worth = worth_by_units(rows)[:, 0]
        assert len(worth) == MOST_UNITS[layer] + 1
        for units, found in enumerate(worth):
            mean = Fraction(0)
            for away in product((True, False), repeat=units):
                chance = Fraction(1)
                for one in away:
                    chance *= share if one else 1 - share
                mean += chance * min(units - sum(away), most)
            assert found == int(PARTS * mean)


def test_steps_fall_with_every_unit_and_what_units_are_worth_falls_with_every_share() -> None:
    """For every share that there may be each further unit adds no more; a larger share is worth no more."""
    before = None
    for busy in range(1, MOST_BUSY + 1):
        steps = steps_of(_one_slot(busy))
        worth = [worth_by_units(rows)[:, 0] for rows in (steps.response, steps.backup)]
        for rows in (steps.response, steps.backup):
            assert (np.diff(rows, axis=0) <= 0).all()
            assert (rows >= 0).all()
        if before is not None:
            assert all((now <= then).all() for now, then in zip(worth, before, strict=True))
        before = worth


def test_a_share_of_nothing_changes_nothing() -> None:
    """A problem whose units are busy for none of their time is the same problem, cells and fingerprint included."""
    town = small_town()
    idle = town.replace(busy=(0,) * (len(town.slots) - 1))
    assert idle == town
    assert idle.busy == ()
    assert "busy" not in problem_to_json(idle)
    assert weights(idle) == weights(town)
    for one, other in zip(cells_of(idle, ("car",)), cells_of(town, ("car",)), strict=True):
        assert np.array_equal(one, other)


def test_a_slot_without_busy_units_counts_as_ever() -> None:
    """Where units are busy in some slots, a minute of another slot is worth all of its demand, or nothing."""
    problem = tiny_problem(_pick(0))
    while len(problem.slots) < 3:
        problem = tiny_problem(_pick(problem.minutes))
    steps = steps_of(problem.replace(busy=(0, 400)))
    assert steps.response[:, 0].tolist() == [PARTS] + [0] * (MOST_UNITS["response"] - 1)
    assert steps.backup[:, 0].tolist() == [PARTS] * 2 + [0] * (MOST_UNITS["backup"] - 2)


@settings(SLOW, max_examples=200)
@given(st.integers(0, 2**32))
def test_score_is_the_model_read_literally(seed: int) -> None:
    """Covered weights and value equal those of a plain loop over minutes and over all ways of being busy."""
    pick = _pick(seed)
    problem = with_busy_units(tiny_problem(pick, units=6), pick)
    plan = random_plan(problem, pick)
    card = score(problem, plan)
    assert (card.missing, card.value, card.covered) == naive_score(problem, plan.routes)


@SLOW
@given(st.integers(0, 2**32))
def test_a_plan_is_worth_no_more_with_busier_units(seed: int) -> None:
    """Shares of response and backup fall as units are busier, and are at most what they are if none is busy."""
    pick = _pick(seed)
    problem = tiny_problem(pick, units=4)
    plan = random_plan(problem, pick)
    shares = sorted(pick(1, MOST_BUSY) for _ in range(3))
    cards = [score(problem.replace(busy=(share,) * (len(problem.slots) - 1)), plan) for share in shares]
    plain = score(problem, plan)
    for layer in ("response", "backup"):
        found = [card.share(layer) or 0.0 for card in cards]
        assert found == sorted(found, reverse=True)
        for card in cards:
            assert card.share_if_free(layer) == plain.share(layer)
            assert card.totals[layer] == PARTS * plain.totals[layer]
            assert card.covered[layer] <= card.if_free[layer]
    assert all(x.covered["presence"] == plain.covered["presence"] for x in cards)
    values = [Fraction(card.value, card.full) for card in cards if card.full]
    # Multipliers are rounded down, so values are compared with those of busy units alone.
    assert values == sorted(values, reverse=True)


@SLOW
@given(st.integers(0, 2**32))
def test_parts_of_the_scorecard_add_up(seed: int) -> None:
    """Zones add up to the whole, demand is that of the problem, and no hour has more than with free units."""
    pick = _pick(seed)
    problem = _busy_problem(seed)
    plan = random_plan(problem, pick)
    card, plain = score(problem, plan), score(problem.replace(busy=()), plan)
    assert [z.demand for z in card.zones] == [z.demand for z in plain.zones]
    covered = sum((z.response or 0) * z.demand for z in card.zones)
    assert covered * PARTS == pytest.approx(card.covered["response"])
    for now, then in zip(card.hours, plain.hours, strict=True):
        assert (now.response or 0) <= (then.response or 0)
        assert now.presence == then.presence
    worst = [(s.start, s.response) for s in card.worst_response]
    assert all(0 <= share <= 0.999 for _, share in worst)


@pytest.mark.parametrize("seed", range(700, 708))
def test_engines_bound_check_and_score_agree_with_brute_force(seed: int) -> None:
    """Plans keep the rules and are worth what they say, none is better than the best, and no bound is below it."""
    found = outcome(seed, busy=True)
    assert found.wrong == ()
    lacks, gap = found.short["paths"]
    assert lacks == 0
    assert gap < 0.05


@pytest.mark.parametrize("seed", [0, 3, 5, 6])
def test_the_program_finds_what_brute_force_finds(seed: int) -> None:
    """On tiny problems the two oracles agree to the last unit."""
    problem = tiny_problem(np.random.default_rng(seed), steps=9)
    problem = problem.replace(busy=(350,) * (len(problem.slots) - 1))
    missing, value, _ = best(problem)
    found = optimum(problem)
    assert (found.missing, found.value) == (missing, value)
    assert found.proved


def test_engines_and_bound_enclose_the_optimum_of_a_small_town() -> None:
    """No engine's plan is better than the optimum that a mixed-integer program proves, and no bound is below it."""
    problem = small_problem(seed=4, units=3, hotspots=4, minutes=75)
    problem = problem.replace(busy=(300,) * (len(problem.slots) - 1))
    proved = optimum(problem)
    assert proved.proved
    for engine in GENERAL:
        plan = solve(problem, engine=engine, time_limit=None, work_limit={"paths": 200, "routing": 10}[engine])
        card = score(problem, plan)
        assert check(problem, plan) == ()
        assert (card.missing, -card.value) >= (proved.missing, -proved.value)
        assert plan.bound is not None
        assert plan.bound >= proved.value


@settings(SLOW, max_examples=25)
@given(st.integers(0, 2**32))
def test_the_search_keeps_what_one_more_unit_would_earn(seed: int) -> None:
    """After many moves the sums that the search steers by are those worked out anew from its counts."""
    problem = _busy_problem(seed)
    search = Search(problem, np.random.default_rng(seed))
    search.greedy()
    search.anneal(30, 0.01, 0.0)
    cells, counts = search._cells, search._counts
    assert np.array_equal(counts.standing, _standing(cells, counts.response, counts.backup))
    assert int(search._objective[0]) <= search.best_objective + search._missing_cost * search._wanted


def _standing(cells: Cells, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return what one more available unit would earn at each place, minute by minute, point by point."""
    modes, places, minutes = cells.first_at.shape[0], cells.row_of.size, first.shape[1]
    found = np.zeros((modes * places, minutes), dtype=np.int64)
    for m, p, t in product(range(modes), range(places), range(minutes)):
        for d in cells.first[cells.first_at[m, p] : cells.first_at[m, p + 1]]:
            units = min(first[d, t], len(cells.first_steps) - 1)
            found[m * places + p, t] += cells.response[d, t] * cells.first_steps[units, t]
        for d in cells.second[cells.second_at[m, p] : cells.second_at[m, p + 1]]:
            units = min(second[t, d], len(cells.second_steps) - 1)
            found[m * places + p, t] += cells.backup[t, d] * cells.second_steps[units, t]
    return found


@settings(SLOW, max_examples=40)
@given(st.integers(0, 2**32))
def test_the_bound_of_any_prices_holds(seed: int) -> None:
    """At random prices, some above what the first unit adds, no plan is worth more than the bound."""
    problem = _busy_problem(seed, units=2)
    search, rng = Search(problem, np.random.default_rng(seed)), np.random.default_rng(seed)
    search.greedy()
    search.anneal(20, 0.01, 0.0)
    bound = Bound(problem)
    bound._prices = [rng.random(p.shape) * 2.5 * p for p in bound._prices]
    bound.step(0)
    bound.finish()
    assert search.value <= bound.best + search.missing * bound.a_missing_minute


def test_the_bound_comes_down() -> None:
    """On a town a hundred steps bring the bound within a tenth of the value of the first plan."""
    town = town_problem(2, units=6, hotspots=20, demand=40, posts=1, stations=1, minutes=240)
    problem = town.replace(busy=(300,) * (len(town.slots) - 1))
    search = Search(problem, np.random.default_rng(0))
    search.greedy()
    bound = Bound(problem)
    bound.start_from(search.counts, search.value)
    for _ in range(150):
        bound.step(search.value)
    bound.finish()
    assert search.value <= bound.best <= 1.1 * search.value


@pytest.mark.parametrize("seed", range(6))
def test_with_locks_no_plan_is_worth_more_than_the_bound(seed: int) -> None:
    """What locked stops cover counts first, and what others add after them; the bound holds for the best plan."""
    problem = _locked(seed)
    missing, value, _ = best(problem)
    plan = solve(problem, time_limit=None, work_limit=40)
    assert check(problem, plan) == ()
    assert plan.bound is not None
    assert (score(problem, plan).missing, -plan.value) >= (missing, -value)
    assert plan.bound >= value


def _locked(seed: int) -> Problem:
    """Return a tiny problem with busy units and stops of one unit locked, small enough for brute force."""
    pick = _pick(seed)
    while True:
        problem = tiny_problem(pick, units=3, steps=8)
        if len(problem.units) < 2 or not problem.demand or not problem.goals["response"]:
            continue
        problem = problem.replace(busy=(400,) * (len(problem.slots) - 1))
        with suppress(ProblemError, TooLargeError):
            problem = problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick)[:1])
            best(problem)
            if problem.locks:
                return problem


@pytest.mark.parametrize("seed", range(8))
def test_the_choice_among_routes_is_the_best_of_all(seed: int) -> None:
    """Where each further unit adds less, the routes chosen are those of the highest value among all choices."""
    rng = np.random.default_rng(seed)
    units, each, cells = 3, 3, 30
    worth = np.sort(rng.integers(0, 50, (3, cells)), axis=0)[::-1]
    layer = Layer(worth, np.full(cells, 3), rng.random((units * each, cells)) < 0.4)

    def total(chosen: tuple[int, ...]) -> int:
        counts = layer.covers[list(chosen)].sum(axis=0)
        return sum(int(worth[:n, c].sum()) for c, n in enumerate(counts))

    unit_of = [r // each for r in range(units * each)]
    chosen = choose(unit_of, [0, each, 2 * each], [layer], seconds=5, seed=seed)
    assert total(tuple(chosen)) == max(map(total, product(*(range(u * each, (u + 1) * each) for u in range(units)))))


@SLOW
@given(st.integers(0, 2**32))
def test_explanations_add_up_to_the_score(seed: int) -> None:
    """What a route is worth beside the others, as explanations reckon it, is what the score loses without it."""
    pick = _pick(seed)
    problem = _busy_problem(seed)
    plan = random_plan(problem, pick)
    units = whereabouts(problem, plan.routes)
    ledger, card = Ledger(problem, units), score(problem, plan)
    for u, who in enumerate(units):
        others = Plan("", tuple(r for r in plan.routes if r.callsign != who.unit.callsign))
        less = score(problem, others)
        worth = ledger.board(u).worth(who.stays)
        assert (worth.mends, worth.value) == (less.missing - card.missing, card.value - less.value)


def test_the_same_seed_gives_the_same_plan() -> None:
    """With busy units, too, the same work gives the same plan and the same bound."""
    problem = _busy_problem(11)
    one, other = (solve(problem, time_limit=None, work_limit=60, seed=3) for _ in range(2))
    assert (one.routes, one.value, one.bound) == (other.routes, other.value, other.bound)


def test_a_problem_keeps_its_shares_in_json() -> None:
    """A problem is read as it was written, and its fingerprint tells the shares apart."""
    problem = _one_slot(250)
    assert problem_from_json(problem_to_json(problem)) == problem
    assert problem_from_json(problem_to_json(problem)).busy == problem.busy
    assert problem.fingerprint() not in (small_town().fingerprint(), _one_slot(251).fingerprint())


@pytest.mark.parametrize("busy", [(901,), (-1,), (300, 300, 300, 300, 300, 300)])
def test_shares_that_cannot_be_are_refused(busy: tuple[int, ...]) -> None:
    """One share a slot, none above nine tenths nor below nothing."""
    with pytest.raises(ProblemError, match="busy must be"):
        small_town().replace(busy=busy)


def test_demand_that_is_too_much_in_parts_is_refused() -> None:
    """Where units are busy demand may add up to a tenth of what it may else, so that value stays fine enough."""
    town = small_town()
    slots = np.diff(town.slots)
    heavy = 2 * 10**8 // int(slots.sum())
    first = town.demand[0]
    many = town.replace(demand=(replace(first, demand=(heavy,) * len(slots)), *town.demand[1:]))
    with pytest.raises(ProblemError, match="demand over all minutes"):
        many.replace(busy=(300,) * len(slots))


def test_both_shares_are_told() -> None:
    """The sentence, in either language, and the tables say what is expected and what it would be with free units."""
    problem = _one_slot(400)
    plan = small_plan(small_town()).replace(fingerprint=problem.fingerprint())
    card = score(problem, plan)
    assert "of a free unit (" in headline(problem, plan, card)
    assert "空闲警力" in headline(problem, plan, card, "zh")
    table = [line.text for line in score_lines(problem, plan, card) if line.text.startswith(("layer", "response"))]
    assert "if none were busy" in table[0]
    layers = [line.text for line in score_lines(problem, plan, card, bars="ascii") if line.text.startswith(LAYERS)]
    assert {text.index("#") for text in layers} == {len(table[0]) + 2}
    assert layers[0].startswith("presence")
    assert card.to_json()["if_free"] == card.if_free
    assert score(small_town(), small_plan(small_town())).if_free == {}

"""The loop of events does what its rules say: held against them read second by second, and against the score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.plan import Plan, Stop
from solver.problem import Problem
from solver.score import score
from solver.simulation.calls import CallModel, Calls, draw_calls
from solver.simulation.rules import AFTER, POSTS, Rules
from solver.simulation.simulate import Run, simulate
from solver.simulation.ways import estimated_ways
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.slow_simulation import calls_of, slow_replication
from tests.small_problems import small_problem
from tests.small_town import busy_plan, busy_town, small_plan, small_town


def assert_as_slow(problem: Problem, plan: Plan, calls: Calls, rules: Rules) -> None:
    """Demand that one replication is what the rules say, read second by second."""
    ways = estimated_ways(problem)
    run = simulate(problem, plan, calls, ways, rules)
    slow = slow_replication(problem, plan, calls, ways, rules, 0)
    out = run.outcome
    sent = {
        (c, i): (int(out.sent[c, i]), problem.units[out.unit[c, i]].callsign)
        for c, i in zip(*np.nonzero(out.sent >= 0), strict=True)
    }
    assert sent == slow.sent
    assert {key: int(out.there[key]) for key in sent} == slow.there
    assert (out.presence[0], out.missing[0].tolist(), out.profit[0]) == (slow.presence, slow.missing, slow.profit)
    assert (out.lost[0], out.overtime[0]) == (slow.lost, slow.overtime)
    busy = {u.callsign: int(b) for u, b in zip(problem.units, out.busy[0], strict=True) if b}
    assert busy == {callsign: b for callsign, b in slow.busy.items() if b}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_loop_does_what_the_rules_say(seed: int) -> None:
    """Whatever the problem, the plan, the calls and the rules: every call and what is left of the plan is the same."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=3)
    if problem.demand and problem.units and not any(u.longest_duty for u in problem.units):
        assert_as_slow(problem, *a_case(problem, rng))


def a_case(problem: Problem, rng: np.random.Generator) -> tuple[Plan, Calls, Rules]:
    """Return a plan at random, up to nine calls, many at once or soon over, and rules."""

    def pick(low: int, high: int) -> int:
        return int(rng.integers(low, high + 1))

    plan = random_plan(problem, pick)
    end, points = 60 * problem.minutes - 1, len(problem.demand) - 1
    rows = [
        (
            pick(0, end) * pick(0, 2) // 2,
            pick(0, points),
            bool(pick(0, 1)),
            pick(1, 20 * problem.minutes) if pick(0, 1) else 1,
            pick(1, 20 * problem.minutes) if pick(0, 1) else 1,
        )
        for _ in range(pick(0, 9))
    ]
    return plan, calls_of(rows), Rules(POSTS[pick(0, 2)], pick(0, 1), AFTER[pick(0, 1)])


@pytest.mark.parametrize("seed", range(30))
def test_the_loop_does_what_the_rules_say_in_small_towns(seed: int) -> None:
    """So it is with every feature that a problem may have, in towns where much is going on."""
    problem = small_problem(seed, units=3, minutes=90)
    assert_as_slow(problem, *a_case(problem, np.random.default_rng(seed)))


@pytest.mark.parametrize("after", AFTER)
def test_all_that_may_happen_to_a_tiny_town_is_added_up_rightly(after: str) -> None:
    """All pairs of calls at six times and two points, one replication each: every mean is that of the slow reading."""
    problem = busy_town()
    plan, ways, rules = busy_plan(problem), estimated_ways(problem), Rules("leave", 0, after)  # type: ignore[arg-type]
    single = [(60 * m + 7, d) for m in (2, 13, 31, 47, 60, 95) for d in (0, 1)]
    pairs = [sorted([a, b]) for a in single for b in single]
    rows = np.array([(s, d, 0, 900, 900) for pair in pairs for s, d in pair])
    calls = Calls(
        np.arange(0, 2 * len(pairs) + 1, 2), rows[:, 0], rows[:, 1], rows[:, 2].astype(bool), rows[:, 3:].copy()
    )
    out = simulate(problem, plan, calls, ways, rules).outcome
    slow = [slow_replication(problem, plan, calls, ways, rules, r) for r in range(len(pairs))]
    assert out.presence.tolist() == [x.presence for x in slow]
    assert out.missing.sum(axis=1).tolist() == [sum(x.missing) for x in slow]
    assert out.profit.tolist() == [x.profit for x in slow]
    assert out.overtime.tolist() == [x.overtime for x in slow]
    there = [x.there.get((i, 0), -1) for x in slow for i in (0, 1)]
    assert out.there[:, 0].tolist() == there
    assert len(set(out.presence.tolist())) > 5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_without_calls_a_plan_delivers_what_it_promises(seed: int) -> None:
    """Where nothing happens, presence, posts and tasks are those of the scorecard, also of plans that break rules."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=3)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    cut = int(rng.integers(0, 3))
    routes = tuple(
        replace(
            r, stops=tuple(replace(s, leave=max(s.arrive, s.leave - cut * (i == 1))) for i, s in enumerate(r.stops))
        )
        for r in plan.routes
    )
    plan = plan.replace(routes=routes)
    nothing = calls_of([])
    out = simulate(problem, plan, nothing, estimated_ways(problem)).outcome
    card = score(problem, plan)
    assert out.presence.tolist() == [card.covered["presence"]]
    assert out.delivered.sum() == card.covered["presence"]
    assert out.missing[0].tolist() == [q.missing for q in card.posts]
    assert out.profit.tolist() == [card.covered["tasks"]]
    assert not out.busy.any()
    assert not out.overtime.any()


def a_run(seed: int, replications: int = 50, rules: Rules | None = None) -> Run:
    """Return a simulation of the small town."""
    problem = small_town()
    calls = draw_calls(problem, CallModel(4.0), replications, seed)
    return simulate(problem, small_plan(problem), calls, estimated_ways(problem), rules)


def test_equal_seeds_give_equal_results_and_others_do_not() -> None:
    """A simulation can be repeated to the bit."""
    one, again, other = a_run(1).outcome, a_run(1).outcome, a_run(2).outcome
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one.there, other.there)


def test_a_longer_simulation_begins_with_the_shorter_one() -> None:
    """The calls of a replication depend on nothing but the seed and its number."""
    short, long = a_run(3, 130), a_run(3, 270)
    calls = len(short.calls.second)
    assert np.array_equal(long.calls.second[:calls], short.calls.second)
    assert np.array_equal(long.calls.service[:calls], short.calls.service)
    assert np.array_equal(long.outcome.there[:calls], short.outcome.there)
    assert np.array_equal(long.outcome.presence[:130], short.outcome.presence)


def test_calls_come_where_and_when_the_demand_is() -> None:
    """Counts by point and slot are as Poisson counts of their shares are (chi-square, 4 sigma)."""
    problem = small_town()
    calls = draw_calls(problem, CallModel(6.0, serious=0.25), 4000, 5)
    weight = np.array([d.demand for d in problem.demand]) * np.diff(problem.slots)
    expected = 6.0 * 4000 * weight / weight.sum()
    found = np.zeros_like(expected)
    np.add.at(found, (calls.point, calls.second // 3600), 1)
    assert (np.abs(found - expected) < 4 * np.sqrt(expected)).all()
    counts = np.diff(calls.first)
    assert abs(counts.var() - 6.0) < 0.6
    assert abs(calls.serious.mean() - 0.25) < 0.01
    within = calls.second % 3600
    assert abs(within.mean() - 1800) < 4 * 3600 / np.sqrt(12 * len(within))
    assert all((np.diff(calls.second[a:b]) >= 0).all() for a, b in zip(calls.first, calls.first[1:], strict=False))


@pytest.mark.parametrize("spread", ["exponential", "lognormal", "fixed"])
def test_times_of_service_have_the_mean_that_is_asked_for(spread: str) -> None:
    """Whatever their spread."""
    calls = draw_calls(small_town(), CallModel(6.0, 1200.0, spread), 2000, 5)  # type: ignore[arg-type]
    assert abs(calls.service.mean() - 1200) < 4 * max(calls.service.std(), 1) / np.sqrt(calls.service.size)


def test_who_keeps_posts_loses_none_of_their_minutes() -> None:
    """With posts kept nothing is missing that was not, with posts left something is."""
    kept, left = a_run(1, 200, Rules("keep")).outcome, a_run(1, 200, Rules("leave")).outcome
    planned = sum(q.missing for q in score(small_town(), small_plan(small_town())).posts)
    # A unit that is late for its post because of a call before it loses minutes of it as well.
    assert planned <= kept.missing.sum() / 200 < left.missing.sum() / 200


def test_a_problem_without_demand_has_no_calls() -> None:
    """Nobody knows where calls come from."""
    problem = small_town()
    with pytest.raises(ValueError, match="no demand"):
        draw_calls(
            problem.replace(demand=tuple(replace(d, demand=(0, 0)) for d in problem.demand)), CallModel(1.0), 1, 0
        )


def test_who_is_not_in_the_plan_any_more_is_not_sent() -> None:
    """A unit whose route ends early, or that has none, is free as long as the score says so."""
    problem = small_town()
    a1, b2 = small_plan(problem).routes
    plan = Plan(problem.fingerprint(), (replace(a1, stops=a1.stops[:3]), replace(b2, stops=())))
    calls = calls_of([(60 * m, 0, False, 60, 60) for m in (10, 54, 55, 70)])
    out = simulate(problem, plan, calls, estimated_ways(problem), Rules("leave")).outcome
    assert (out.sent[:, 0] >= 0).tolist() == [True, True, False, False]


def test_of_two_that_are_equally_near_the_first_of_the_roster_goes() -> None:
    """And the other to the next call."""
    problem = small_town()
    problem = problem.replace(units=(problem.units[0], replace(problem.units[0], callsign="A2")))
    stand = tuple(replace(r, stops=(Stop("Central", "standby", 0, 120),)) for r in small_plan(problem).routes)
    plan = Plan(problem.fingerprint(), (stand[0], replace(stand[1], callsign="A2")))
    out = simulate(problem, plan, calls_of([(0, 0, False, 600, 1), (1, 1, False, 600, 1)]), estimated_ways(problem))
    assert out.outcome.unit[:, 0].tolist() == [0, 1]

"""The programs that try to break plans, at a small size, and that they would find what is broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.reliability import problems
from benchmarks.reliability.edits import Edits
from benchmarks.reliability.judging import judged
from benchmarks.reliability.kinds import KINDS, pick_from, problem_of
from benchmarks.reliability.mutations import as_it_is, verdict, verdicts
from benchmarks.reliability.round_trips import not_the_same
from solver.check import check
from solver.problem import Problem
from solver.solve import solve
from tests.naive_check import naive_faults
from tests.plan_mutations import broken
from tests.problems import tiny_problems
from tests.random_plans import random_plan
from tests.small_town import small_plan, small_town

FEW = {way: problems.WAYS[way] for way in ("paths", "visits", "stopped", "from another plan")}


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "two or three days"])
def test_every_plan_of_every_kind_is_right(kind: str) -> None:
    """Whatever rules, engine and moment of stopping: plans are right, worth what they say, and below every bound."""
    found = problems.outcome(kind, 3, FEW)
    assert found.wrong == ()
    assert len(found.ways) >= 3


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "two or three days"])
def test_no_edit_that_breaks_a_rule_is_missed(kind: str) -> None:
    """Of edits of right plans `check` finds those that the model read literally finds, and no other."""
    found = list(verdicts(kind, 2, 40))
    assert [v for v in found if v.verdict in ("missed", "refused")] == []
    assert sum(v.verdict == "caught" for v in found) > len(found) / 2


@pytest.mark.parametrize("kind", ["tasks alone", "longest duties", "alert"])
def test_no_plan_to_start_from_spoils_a_search(kind: str) -> None:
    """Begun from plans edited in any way, also from one of another problem, searches end with right plans."""
    for seed in (0, 4):
        problem, pick = problem_of(kind, seed), pick_from(np.random.default_rng(seed))
        edited = [plan for _, plan in Edits(problem, random_plan(problem.replace(callouts=()), pick), pick).of_routes()]
        other = problem_of(kind, seed + 1).replace(callouts=())
        starts = [edited[pick(0, len(edited) - 1)] for _ in range(6)] + [random_plan(other, pick)]
        for start in starts:
            made = solve(problem, start=start, time_limit=None, work_limit=5, bound=False)
            assert judged(problem, made).wrong == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problem=tiny_problems(), data=st.data())
def test_the_model_read_literally_finds_every_broken_rule(problem: Problem, data: st.DataObject) -> None:
    """Plans broken on purpose, one for each rule, break the model as well; the plan that they are made of does not."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    assert naive_faults(problem, plan) == []
    for code, changed in broken(problem, plan, pick):
        assert naive_faults(problem, changed), code


def test_the_programs_find_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong value, a bound below it and a lost stop are told; a check that finds nothing is caught missing."""
    problem = small_town()
    plan = small_plan(problem)
    assert judged(problem, plan).wrong == ()
    for wrong in (plan.replace(value=1), plan.replace(bound=1), plan.replace(routes=plan.routes[1:])):
        assert judged(problem, wrong).wrong
        assert verdict(problem, "edit", wrong).verdict == "caught"
    assert list(not_the_same(problem, plan)) == []
    monkeypatch.setattr("benchmarks.reliability.mutations.check", lambda *_: ())
    assert verdict(problem, "edit", plan.replace(value=1)).verdict == "missed"
    monkeypatch.setattr("benchmarks.reliability.mutations.check", lambda *_: ("wrong",))
    assert verdict(problem, "edit", plan).verdict == "refused"


def test_a_bound_below_another_plan_is_told() -> None:
    """What one engine proves is held against what others find: nothing may be better than a bound or an optimum."""
    problem = small_town()
    plan = small_plan(problem).replace(status="optimal")
    own = judged(problem, plan)
    better = own._replace(value=own.value + 1)
    made = {"one": plan.replace(bound=plan.value), "other": plan}
    told = list(problems._beaten(made, {"one": own, "other": own, "best": better}))
    assert sum("is below" in text for text in told) == 1
    assert sum("called optimal" in text for text in told) == 2


def test_an_edit_that_tells_the_truth_is_judged_by_its_routes() -> None:
    """A plan that says of itself what is so is refused for what its routes break alone."""
    problem = problem_of("every rule", 1)
    plan = random_plan(problem, pick_from(np.random.default_rng(1)))
    first = plan.routes[0]
    cut = plan.replace(routes=(first.__class__(first.callsign, first.stops[:-1]), *plan.routes[1:]))
    told = {v.code for v in check(problem, as_it_is(problem, cut))}
    assert told
    assert not told & {"wrong_value", "post_shortfall", "revisit_shortfall", "task_shortfall", "false_shortfall"}

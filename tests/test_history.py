"""The history of a search in its plan: true at both ends, small, the same from the same seed and work."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from solver import solve
from solver.history import MOST, History
from solver.plan import Plan
from solver.plan_json import plan_from_json, plan_to_json
from solver.problem import LAYERS
from solver.run import Progress
from tests.small_town import small_town


def test_it_ends_with_the_plan() -> None:
    """The last mark is the plan: its value and bound; before it values never fall where nothing more is missing."""
    plan = solve(small_town(), time_limit=None, work_limit=60)
    last = plan.history[-1]
    assert (last.value, last.bound) == (plan.value, plan.bound)
    assert last.missing == sum(s.minutes for s in plan.shortfalls)
    for a, b in pairwise(plan.history):
        assert (-a.missing, a.value) <= (-b.missing, b.value)
        assert a.bound is None or b.bound is None or b.bound <= a.bound
        assert a.moves <= b.moves


def test_the_same_from_the_same_seed_and_work() -> None:
    """Limited by moves alone a search takes down no seconds, and two of the same seed have the same history."""
    one, other = (solve(small_town(), time_limit=None, work_limit=60, seed=4).history for _ in range(2))
    assert one == other
    assert {mark.seconds for mark in one} == {None}


def test_seconds_where_time_is_limited() -> None:
    """Where time is limited there are seconds, which rise."""
    history = solve(small_town(), time_limit=0.3).history
    seconds = [mark.seconds for mark in history]
    assert seconds == sorted(s for s in seconds if s is not None)


def test_progress_is_still_told() -> None:
    """Who wants to be told of every step is, also of steps that change nothing."""
    told: list[Progress] = []
    history = History(timed=True)
    listener = history.listen(told.append)
    for value in (3, 3, 4):
        listener(Progress(1.0, 1, value, 10, 0, None, "improving"))
    assert [step.value for step in told] == [3, 3, 4]
    assert [mark.value for mark in history.marks()] == [3, 4]


@given(st.lists(st.integers(0, 5), max_size=1000))
def test_it_stays_small(values: list[int]) -> None:
    """However many changes there are, so many marks stay; the first and the last are among them, in order."""
    history = History(timed=True)
    for i, value in enumerate(values):
        history.add(i, i, value, 0, None)
    changes = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    moves = [mark.moves for mark in history.marks()]
    assert len(moves) == min(len(changes), MOST)
    assert moves[:1] + moves[-1:] == changes[:1] + changes[-1:]
    assert moves == sorted(set(moves) & set(changes))


def test_it_goes_through_json() -> None:
    """A plan read back has the history that was written; one without has none."""
    problem = small_town()
    plan = solve(problem, time_limit=None, work_limit=20)
    assert plan_from_json(plan_to_json(problem, plan, dict.fromkeys(LAYERS, 0)), problem).history == plan.history
    bare = Plan(problem.fingerprint(), plan.routes)
    text = plan_to_json(problem, bare, dict.fromkeys(LAYERS, 0))
    assert "history" not in text
    assert plan_from_json(text, problem).history == ()

"""Curves over units and posts: what they promise, beside the exact optimum of tiny problems."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from lxml import etree

from solver.check import check
from solver.export.sizing_plot import sizing_plot
from solver.plain_text import width
from solver.plan import Plan
from solver.problem import Problem
from solver.score import score
from solver.score_text import COLUMNS
from solver.search import Search
from solver.sizing.curve import Sizing, SizingError, size
from solver.sizing.jobs import Job, run_job
from solver.sizing.options import fewer_units, more_units, unit_label
from solver.sizing.text import CSV_COLUMNS, sizing_json, sizing_lines, sizing_rows
from solver.warm_start import fit
from solver.weights import weights
from tests.brute_force import best, solved
from tests.locked_plans import random_locks
from tests.problems import tiny_problem, town_problem
from tests.random_plans import random_plan
from tests.small_town import busy_town
from tests.visit_problems import visit_problem


class AtOnce(Executor):
    """Does what is submitted at once, and counts it."""

    submitted = 0

    def submit(self, function: Any, /, *args: Any, **named: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        future.set_result(function(*args, **named))
        return future


def town(units: int = 3, posts: int = 1, seed: int = 1) -> Problem:
    return town_problem(seed, units=units, hotspots=6, demand=8, posts=posts, minutes=120)


def few_moves(job: Job) -> Plan:
    """Do a search that does not depend on the clock."""
    if job.time_limit is None:
        return run_job(job)
    from solver.solve import solve

    start = None if job.start is None else job.start.replace(routes=fit(job.problem, job.start).routes)
    return solve(job.problem, start=start, time_limit=None, work_limit=60, seed=job.seed)


@pytest.fixture(scope="module")
def curve() -> Sizing:
    """Give a curve from one to five units of a roster of three."""
    return size(town(), range(1, 6), AtOnce(), run=few_moves)


def test_more_units_are_never_worth_less(curve: Sizing) -> None:
    """Every number has a right plan; with more units less is lacking, or as little and no less covered."""
    assert [p.number for p in curve.points] == [len(p.problem.units) for p in curve.points] == [1, 2, 3, 4, 5]
    assert curve.complete
    assert curve.given == 3
    for point in curve.points:
        card = score(point.problem, point.plan)
        assert check(point.problem, point.plan) == ()
        assert (card.value, card.missing, card.full) == (point.plan.value, point.missing, point.full)
        assert point.plan.fingerprint == point.problem.fingerprint()
        assert point.plan.bound is not None
        assert point.plan.bound >= point.plan.value
    for fewer, more in pairwise(curve.points):
        assert (fewer.missing, -fewer.plan.value) >= (more.missing, -more.plan.value)
        if fewer.missing == more.missing:
            assert fewer.plan.bound <= more.plan.bound  # type: ignore[operator]


def test_rosters_are_nested(curve: Sizing) -> None:
    """Each roster is the one before and one unit more; the given one is there as it was; callsigns stay unique."""
    assert curve.points[2].problem == town()
    for fewer, more in pairwise(curve.points):
        assert set(fewer.problem.units) < set(more.problem.units)
        (unit,) = set(more.problem.units) - set(fewer.problem.units)
        assert more.more == (unit_label(more.problem, unit),)
    classes = {replace(u, callsign="") for u in town().units}
    assert {replace(u, callsign="") for u in curve.points[-1].problem.units} == classes


def test_the_best_of_every_class_is_taken(curve: Sizing) -> None:
    """At each step every class was tried, the trials are sorted, and the best is what the next roster has."""
    assert [(s.start, s.end) for s in curve.steps] == [(2, 1), (3, 2), (3, 4), (4, 5)]
    for step in curve.steps:
        assert list(step.trials) == sorted(step.trials, key=lambda t: (t.missing, -t.value))
        upper = max(step.start, step.end)
        point = next(p for p in curve.points if p.number == upper)
        assert point.more == (step.trials[0].label,)
    assert curve.following is not None
    assert (curve.following.start, curve.following.end) == (5, 6)
    assert {t.label for t in curve.following.trials} == {unit_label(town(), u) for u in town().units}


def test_the_next_unit_never_brings_less_than_nothing() -> None:
    """What one unit more brings is told beside the plan of the last row, that which its own search made."""

    def idle_first(job: Job) -> Plan:
        return few_moves(job) if job.start is not None else few_moves(job).replace(routes=(), value=0)

    found = size(town(), (4,), AtOnce(), run=idle_first)
    (last,) = found.points
    assert found.following is not None
    assert all((t.missing, -t.value) <= (last.missing, -(last.value or 0)) for t in found.following.trials)


def test_a_unit_that_brings_nothing_is_not_said_to_help(curve: Sizing) -> None:
    """Where the next unit brings nothing it is not told which class helps most; small gains have their digits."""
    assert curve.following is not None
    last = curve.points[-1]
    for gain, said in ((0.0, "One unit more than 5 brings nothing that was found."), (0.0003, ": +0.03 points.")):
        trials = tuple(replace(t, value=(last.value or 0) + gain, missing=last.missing) for t in curve.following.trials)
        lines = [x.text for x in sizing_lines(replace(curve, following=replace(curve.following, trials=trials)))]
        assert any(text.endswith(said) for text in lines[:5])


def test_nothing_to_cover_has_no_shares() -> None:
    """With posts alone there is no share of everything to be told, only what is lacking."""
    problem = town().replace(hotspots=(), demand=(), reach={m: a[:, :0] for m, a in town().reach.items()})
    found = size(problem, (1, 3), AtOnce(), run=few_moves)
    assert not any("covers" in line.text for line in sizing_lines(found))


def test_bounds_hold_for_the_exact_optimum() -> None:
    """For tiny problems no plan found is worth more than the exact optimum, and no bound less."""
    seen = 0
    for seed in range(30):
        problem, _, _ = solved(seed)
        if not 1 < len(problem.units) <= 2 or not problem.hotspots:
            continue
        found = size(problem, [1, 2], AtOnce(), run=few_moves)
        for point in found.points:
            missing, value, _ = best(point.problem)
            assert (point.missing, -point.plan.value) >= (missing, -value)
            if point.missing == missing:
                assert point.plan.bound is not None
                assert point.plan.bound >= value
                seen += 1
        if seen >= 4:
            break
    assert seen >= 4


def test_only_numbers_asked_for_have_points() -> None:
    """Numbers in between are gone through, but get no search of their own."""
    executor = AtOnce()
    found = size(town(), [5, 1], executor, run=few_moves)
    assert [p.number for p in found.points] == [1, 5]
    assert len(found.points[1].more) == 4
    classes = 3
    # The plan of the file, three classes tried up and again for the next unit, fewer down, and two searches.
    assert executor.submitted == 1 + 3 * classes + (3 + 2) + 2


def test_any_executor_gives_the_same_curve() -> None:
    """However many searches run side by side, the same work gives the same curve."""
    with ThreadPoolExecutor(2) as executor:
        found = size(town(), [3, 4], executor, run=few_moves)
    alone = size(town(), [3, 4], AtOnce(), run=few_moves)
    assert sizing_json(found) == sizing_json(alone)


def test_posts_are_given_up_one_by_one() -> None:
    """With fewer posts nothing more is lacking and, where none watches a hotspot, nothing less is covered."""
    problem = town(units=4, posts=3)
    found = size(problem, range(4), AtOnce(), dial="posts", run=few_moves)
    assert [p.number for p in found.points] == [len(p.problem.posts) for p in found.points] == [0, 1, 2, 3]
    assert found.following is None
    for fewer, more in pairwise(found.points):
        assert set(fewer.problem.posts) < set(more.problem.posts)
        assert (fewer.missing, -fewer.plan.value) <= (more.missing, -more.plan.value)
        assert check(fewer.problem, fewer.plan) == ()
    assert found.points[-1].problem == problem


def test_only_units_that_are_admitted_change() -> None:
    """With one mode admitted the others stay, and copies are of that mode."""
    problem = town(units=4)
    found = size(problem, [3, 5], AtOnce(), admits=lambda u: u.mode == "car", run=few_moves)
    others = {u for u in problem.units if u.mode != "car"}
    assert others
    for point in found.points:
        assert {u for u in point.problem.units if u.mode != "car"} == others


@pytest.mark.parametrize(
    ("numbers", "dial", "mode", "words"),
    [
        ([], "units", None, "no number"),
        ([0], "units", None, "of 3 units 3 may be left out; ask for 1 or more"),
        ([1], "units", "car", "of 3 units 1 may be left out; ask for 2 or more"),
        ([2], "units", "horse", "no unit of the roster is of this kind"),
        ([2], "posts", None, "the file has 1 post; ask for 0 to 1"),
    ],
)
def test_numbers_that_cannot_be_reached(numbers: list[int], dial: Any, mode: str | None, words: str) -> None:
    """Numbers below what may be left out, and posts that the file has not, are refused before any search."""
    executor = AtOnce()
    with pytest.raises(SizingError, match=words):
        size(town(), numbers, executor, dial=dial, admits=lambda u: mode in (None, u.mode))
    assert not executor.submitted


@pytest.mark.parametrize("done", [1, 3, 8, 12, 14])
def test_what_is_done_is_kept(done: int) -> None:
    """Told to stop, it returns the points that are reached, each a right plan, and says that it is not complete."""
    executor = AtOnce()

    def run(job: Job) -> Plan:
        if executor.submitted > done:
            raise AssertionError("begun after it was told to stop")
        return few_moves(job)

    class Lazy(AtOnce):
        """Begins a search only when somebody waits for it, so that it can be cancelled."""

        def submit(self, function: Any, /, *args: Any, **named: Any) -> Future[Any]:
            if executor.submitted >= done:
                return Future()
            executor.submitted += 1
            return super().submit(function, *args, **named)

    found = size(town(), range(1, 6), Lazy(), run=run, stop=lambda: executor.submitted >= done)
    assert not found.complete
    assert all(check(p.problem, p.plan) == () for p in found.points)
    assert [p.number for p in found.points] == [p.number for p in found.points if p.number in range(1, 6)]
    assert 3 in [p.number for p in found.points]
    assert "stopped before its end" in "\n".join(line.text for line in sizing_lines(found))


@pytest.mark.parametrize("seed", [131, 154, 157])
def test_a_new_unit_gets_its_path_beside_locks(seed: int) -> None:
    """Where stops are locked, a unit that is added is planned, and no other one in its place."""
    rng = np.random.default_rng(seed)

    def pick(low: int, high: int) -> int:
        return int(rng.integers(low, high + 1))

    problem = tiny_problem(rng, steps=12)
    problem = problem.replace(locks=random_locks(problem, random_plan(problem, pick), pick))
    start = run_job(Job(problem, None))
    wider = problem.replace(units=(*problem.units, replace(problem.units[0], callsign="new")))
    made = run_job(Job(wider, start, (len(problem.units),)))
    assert check(wider, made) == ()
    before = score(wider, start.replace(routes=fit(wider, start).routes))
    after = score(wider, made)
    assert (after.missing, -after.value) <= (before.missing, -before.value)


def test_a_trial_does_the_same_whenever_it_is_done() -> None:
    """The same trial gives the same plan."""
    problem = town()
    plan = run_job(Job(problem, None))
    more, fewer = (
        list(more_units(problem, problem, plan, lambda _: True)),
        list(fewer_units(problem, plan, lambda _: True)),
    )
    for option in (more[0], fewer[0]):
        job = Job(option.problem, option.start, option.new)
        assert run_job(job).routes == run_job(job).routes


def test_a_new_unit_gets_a_day_beside_the_others() -> None:
    """A unit that is employed in a plan leaves the others' routes as they are, and never costs anything."""
    problem = town(units=4)
    plan = run_job(Job(problem.replace(units=problem.units[:3]), None))
    routes = fit(problem, plan).routes
    search = Search(problem, np.random.default_rng(0))
    search.take(routes)
    idle = search.value
    search.employ(routes, [3])
    found = Plan(problem.fingerprint(), search.routes())
    card = score(problem, found)
    assert (card.value, card.missing) == (search.value, search.missing)
    assert card.value > idle
    for before, after in zip(routes[:3], found.routes[:3], strict=True):
        work = [[s for s in r.stops if s.kind not in ("standby",)] for r in (before, after)]
        assert work[0] == work[1]


def test_districts_change_what_there_is_to_cover() -> None:
    """Where units that belong to districts change the weights, each point is still right for its own problem."""
    problem = busy_town()
    found = size(problem, [1, 2, 3], AtOnce(), run=few_moves)
    assert len({p.full for p in found.points} | {tuple(weights(p.problem).totals.values()) for p in found.points}) > 1
    for point in found.points:
        card = score(point.problem, point.plan)
        assert (card.value, card.missing) == (point.plan.value, point.missing)
        assert point.plan.bound is not None
        assert point.plan.bound >= card.value


def test_tasks_alone_have_a_curve_too() -> None:
    """Where only tasks are planned, one unit more does no fewer of them."""
    problem = visit_problem(np.random.default_rng(3))
    number = len(problem.units)
    found = size(problem, [number, number + 1], AtOnce(), run=few_moves)
    assert [p.number for p in found.points] == [number, number + 1]
    assert found.points[0].plan.value <= found.points[1].plan.value


@pytest.fixture
def named(curve: Sizing) -> Sizing:
    """Give the curve with labels of any length and script."""
    label = "car, 中央派出所" * 20
    points = tuple(replace(p, more=(label,) * len(p.more), missing=7) for p in curve.points)
    assert curve.following is not None
    trials = tuple(replace(t, label=label, missing=3) for t in curve.following.trials)
    return replace(curve, points=points, following=replace(curve.following, trials=trials))


def test_the_table_fits_the_page(curve: Sizing, named: Sizing) -> None:
    """No line takes more than 100 columns, and what matters comes first."""
    for found in (curve, named):
        lines = sizing_lines(found)
        assert max(width(line.text) for line in lines) <= COLUMNS
    texts = [line.text for line in sizing_lines(curve)]
    assert any(text.startswith("The next unit after 5 helps most as ") for text in texts[:4])
    assert texts[0].startswith("With ")
    assert sum(text.startswith("3*") for text in texts) == 1
    some = replace(curve, points=tuple(replace(p, missing=3 * (p.number == 1)) for p in curve.points))
    first = sizing_lines(some)[0].text
    assert first == "With 1 unit hard rules lack 3 unit-minutes, with 2 or more nothing."
    assert sizing_lines(named)[0].text.startswith("With 5 units hard rules lack 7 unit-minutes.")


def test_tables_and_values_say_the_same(curve: Sizing) -> None:
    """Rows for spreadsheet programs and JSON have the points' figures."""
    document = json.loads(json.dumps(sizing_json(curve)))
    rows = [dict(zip(CSV_COLUMNS, row, strict=True)) for row in sizing_rows(curve)]
    for point, row, plain in zip(curve.points, rows, document["points"], strict=True):
        assert row["number"] == plain["number"] == point.number
        assert row["value"] == pytest.approx(plain["value"], abs=1e-6)
        assert row["lacking"] == plain["lacking"] == point.missing
    assert rows[0]["points_each"] == ""
    gain = 100 * (curve.points[1].value - curve.points[0].value)  # type: ignore[operator]
    assert rows[1]["points_each"] == pytest.approx(gain, abs=1e-4)
    assert document["next"]["to"] == 6


def test_pictures_are_the_same_every_time(curve: Sizing, named: Sizing) -> None:
    """The same curve gives the same bytes; SVG is XML with text as text, PNG has its signature."""
    for found in (named, replace(curve, points=curve.points[:1])):
        svg, png = sizing_plot(found, "svg"), sizing_plot(found, "png")
        assert (svg, png) == (sizing_plot(found, "svg"), sizing_plot(found, "png"))
        words = "".join(etree.fromstring(svg).itertext())
        assert "units on the roster" in words
        assert png.startswith(b"\x89PNG\r\n\x1a\n")


def test_a_running_search_is_waited_for() -> None:
    """What runs when it is told to stop is not lost: its plan is used."""
    begun, told = threading.Event(), threading.Event()

    def run(job: Job) -> Plan:
        begun.set()
        assert told.wait(20)
        return few_moves(job)

    def stop() -> bool:
        if begun.is_set():
            told.set()
        return told.is_set()

    with ThreadPoolExecutor(1) as executor:
        found = size(town(), [3], executor, run=run, stop=stop)
    assert [p.number for p in found.points] == [3]
    assert not found.complete

"""The bound by time on duty, and bounds that are told to end: held against all orders of all tasks, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest

from solver import Problem, solve
from solver.beside import watching
from solver.visits.bounding import TaskBounding
from solver.visits.budget import budget_bound
from solver.visits.closing import SPANS, list_tours
from solver.visits.columns import Columns
from solver.visits.ground import Grounds, spans_of
from solver.visits.labels import BITS, Halt, grow, labels_of
from solver.visits.search import TaskSearch, VisitSearch
from solver.visits.terms import Rest, Vehicle, Visit, Visiting
from tests.visit_problems import best_by_lack, visit_problem

# Three places in a row, 5 ticks apart.
ROW = np.array([[0, 5, 10], [5, 0, 5], [10, 5, 0]], dtype=np.int32)


def budget(*visits: Visit, vehicles: tuple[Vehicle, ...], spare: int | None = None) -> int:
    """Return the bound by time on duty of visits along the row."""
    terms = VisitSearch(Visiting((ROW,), (ROW,), visits, vehicles), np.random.default_rng(0)).terms
    return budget_bound(terms, sum(x.lack for x in visits) if spare is None else spare)


def test_visits_share_the_time_on_duty() -> None:
    """Each visit takes its ticks and the way to it, the way home comes on top; what is left goes to a part of one."""
    one, two = Visit(1, 10, 30, ((0, 99),)), Visit(2, 10, 20, ((0, 99),))
    assert budget(one, two, vehicles=(Vehicle(0, 0, 0, 0, 35, 35),)) == 50
    assert budget(one, two, vehicles=(Vehicle(0, 0, 0, 0, 99, 30),)) == 30 + 20 * 10 // 15
    rest = Rest((0,), 15, 0, 99)
    assert budget(one, two, vehicles=(Vehicle(0, 0, 0, 0, 35, 35, rest),)) == 30 + 20 * 5 // 15


def test_what_is_required_takes_its_time_first() -> None:
    """Without it there is less for what earns; as much as may be lacked is left out."""
    idle, paid = Visit(1, 10, 0, ((0, 99),), lack=10), Visit(2, 10, 20, ((0, 99),))
    vehicles = (Vehicle(0, 0, 0, 0, 30, 30),)
    assert budget(idle, paid, vehicles=vehicles) == 20
    assert budget(idle, paid, vehicles=vehicles, spare=0) == 20 * 10 // 15
    assert budget(idle, paid, vehicles=vehicles, spare=5) == 20
    assert budget(idle, paid, vehicles=vehicles, spare=1) == 20 * 12 // 15


def test_a_way_that_comes_too_late_leads_nowhere() -> None:
    """A visit that must begin before another can end is reached from the start alone."""
    early, late = Visit(2, 10, 20, ((0, 12),)), Visit(1, 10, 30, ((10, 99),))
    # From the start the early one is 10 ticks away; the late one ends too late for it.
    assert budget(early, late, vehicles=(Vehicle(0, 0, 0, 0, 30, 30),)) == 30 + 20 * 10 // 20


@pytest.mark.parametrize("seed", range(30))
def test_no_plan_earns_more_than_its_time_on_duty(seed: int) -> None:
    """Whatever the rules, the best plan earns no more."""
    problem = visit_problem(np.random.default_rng(700 + seed), tasks=7, units=1, side=25)
    problem = problem.replace(tasks=tuple(replace(k, required=i % 3 == 0) for i, k in enumerate(problem.tasks)))
    search = TaskSearch(problem, np.random.default_rng(0))
    best = best_by_lack(problem)
    for lack in best:
        profit = max(p for other, p in best.items() if other <= lack)
        assert profit <= budget_bound(search.search.terms, lack - search.least_missing)


def round_the_clock() -> Problem:
    """Return a problem with tasks at any time, for which a step of the bound takes seconds."""
    problem = visit_problem(np.random.default_rng(5), tasks=150, units=3, side=12, rules=False)
    return problem.replace(
        minutes=960,
        slots=(0, 960),
        units=tuple(replace(u, start=0, end=960, destination=u.origin) for u in problem.units),
        tasks=tuple(replace(k, minutes=5 + i % 9, profit=10 + i % 37, windows=()) for i, k in enumerate(problem.tasks)),
    )


def many() -> TaskSearch:
    """Return a search on it that has a plan."""
    search = TaskSearch(round_the_clock(), np.random.default_rng(0))
    search.search.anneal(100, 0.3)
    return search


def test_a_bound_beside_a_search_ends_at_once() -> None:
    """However long its step would take, it is over soon after it was told so, and the bound so far holds."""
    search = many()
    bounding = TaskBounding(search)
    bounding.begin(beside=True)
    time.sleep(1.5)
    begun = time.perf_counter()
    bounding.end()
    assert time.perf_counter() - begun < 30.0
    assert bounding.least >= search.value


def test_a_turn_of_the_bound_ends_with_the_run() -> None:
    """A part of a step that would take longer than the run is given up."""
    search = many()
    bounding = TaskBounding(search)
    bounding.begin(beside=False)
    begun = time.perf_counter()
    bounding.take_turn(lambda: False, lambda: time.perf_counter() - begun > 1.0)
    assert time.perf_counter() - begun < 30.0  # Of hours; machines are busy at times.
    assert bounding.least >= search.value


def ended(work: Callable[[], object], halt: Halt) -> list[object]:
    """Return what `work` gives when it is halted soon after its beginning; fail when it goes on all the same."""
    given: list[object] = []
    halt[0] = 1
    work()  # Compiled, or read from disk, before.
    halt[0] = 0
    thread = Thread(target=lambda: given.append(work()), daemon=True)
    thread.start()
    thread.join(0.05)
    halt[0] = 1
    thread.join(60.0)
    assert not thread.is_alive()
    return given


def test_kernels_end_when_they_are_told_to() -> None:
    """Growing ways, before their room is full, and listing tours, which would take hours, end in the middle."""
    terms = many().search.terms
    ground = Grounds(terms, 0, spans_of(terms, 0)[0])
    ground.remember(BITS)
    gain = terms.earns[ground.visits] * 1_000
    halt = np.zeros(1, dtype=np.uint8)
    labels = labels_of(len(ground.nodes), 5_000_000, 200_000)
    count, until = len(ground.nodes), ground.horizon
    assert ended(lambda: grow(ground.forward, labels, gain, until, 0, True, count, halt), halt) == [False]
    assert labels.used[0] < len(labels.label)
    ahead, found = np.full((count, SPANS), 2**40, dtype=np.int64), np.zeros((10, count + 1), dtype=np.int16)
    listing = lambda: list_tours(ground.forward, gain, ahead, until, 2**39, False, found, 2**60, halt)  # noqa: E731
    assert ended(listing, halt) == [-1]


def test_what_is_halted_tells_nothing_wrong() -> None:
    """A bound that is told to end in the middle of its work neither falls nor is settled."""
    columns = Columns(many().search.terms)
    before = columns.bound
    columns.halt()
    columns.step()
    assert (columns.bound, columns.steps, columns.settled) == (before, 0, False)
    assert columns.close(0) is None


def test_parts_come_to_whole_steps() -> None:
    """Made in parts, steps settle at the same bound as at once."""
    terms = TaskSearch(visit_problem(np.random.default_rng(3), tasks=7), np.random.default_rng(0)).search.terms
    whole, parts = Columns(terms), Columns(terms)
    while not whole.settled:
        whole.step()
    for _ in range(10_000):
        if parts.settled:
            break
        parts.advance()
    assert parts.settled
    assert parts.bound == whole.bound


def test_what_is_watched_is_ended_when_it_is_time() -> None:
    """The end is called while the work goes on, and not any more after it."""
    calls: list[int] = []
    with watching(lambda: True, lambda: calls.append(1)):
        time.sleep(0.3)
    seen = len(calls)
    assert seen
    time.sleep(0.2)
    assert len(calls) == seen
    with watching(None, Thread.start):  # nothing asks, nothing is called
        pass


def test_a_large_round_keeps_its_time_limit() -> None:
    """With search and bound on one core or two, a run ends when its time is over."""
    problem = round_the_clock()
    for threads in (1, 2):
        begun = time.perf_counter()
        plan = solve(problem, engine="visits", time_limit=2.0, threads=threads)
        assert time.perf_counter() - begun < 30.0
        assert plan.bound is not None
        assert plan.bound >= plan.value

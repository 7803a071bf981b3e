"""Claims about moves in several spans of the shift at once: together they count as one after the other would."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score, span_search
from solver.bounding import Bounding
from solver.cover import LAYERS
from solver.plan import Plan
from solver.problem import Place, Problem, Task
from solver.search import Search
from solver.shortfalls import find_shortfalls
from solver.span_search import _ALONE, _ROUNDS, SpanSearch
from tests.problems import tiny_problems, town_problem


@pytest.fixture(scope="module")
def town() -> Problem:
    """Return a town of 6 units and 20 hotspots for 8 hours, long enough for three spans."""
    return town_problem(5, units=6, hotspots=20, demand=40, posts=1, stations=2, minutes=480, grid=1)


def exact(problem: Problem, search: Search) -> None:
    """Claim that value and missing are what `score` counts, and the counts those of the routes that it stands at."""
    card = score(problem, Plan(problem.fingerprint(), search.routes()))
    assert (search.value, search.missing) == (card.value, card.missing)
    kept = {layer: getattr(search.counts, layer).copy() for layer in (*LAYERS, "standing")}
    search._load(type(search._routes)(*(a.copy() for a in search._routes)))
    for layer, counts in kept.items():
        assert np.array_equal(getattr(search.counts, layer), counts)


def moved(problem: Problem, threads: int, seed: int = 1) -> SpanSearch:
    """Return a search after hot and cold moves by so many threads."""
    search = SpanSearch(problem, np.random.default_rng(seed))
    search.greedy()
    search.threads = threads
    for heat in (0.01, 0.003, 0.0, 0.0):
        search.anneal(200, heat, heat)
    return search


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_spans_leave_the_objective_exact(town, threads):
    """Value, missing and all counts are right after moves in spans, and the plan keeps the rules."""
    search = moved(town, threads)
    exact(town, search)
    routes = search.routes()
    plan = Plan(town.fingerprint(), routes, find_shortfalls(town, routes)).replace(value=search.value)
    assert check(town, plan) == ()
    assert search.moves == 800


def test_spans_leave_the_objective_exact_where_units_are_busy(town):
    """The same where each unit is busy for a part of its time."""
    busy = town.replace(busy=(300,) * (len(town.slots) - 1))
    exact(busy, moved(busy, 3))


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(units=3, steps=16), seed=st.integers(0, 1000), threads=st.integers(2, 4))
def test_spans_of_any_rules_leave_the_objective_exact(problem, seed, threads):
    """The same for tiny problems with tasks, revisits, breaks and posts, cut into spans of a step or more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span_search, "_SLACK", problem.grid)
        patch.setattr(span_search, "_LEAST", problem.grid)
        patch.setattr(span_search, "_ALONE", 0.1)
        search = moved(problem.replace(hotspots=tuple(replace(h, linger=0) for h in problem.hotspots)), threads, seed)
    exact(search._problem, search)


def test_equal_seeds_give_equal_plans(town):
    """What the threads do does not depend on who is first."""
    assert moved(town, 3).routes() == moved(town, 3).routes()


def test_moves_in_spans_make_plans_better(town):
    """Also without any moves of the whole shift."""
    search = SpanSearch(town, np.random.default_rng(2))
    search.greedy()
    before = search.value
    search.threads = 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span_search, "_ALONE", 0.0)
        for _ in range(10):
            search.anneal(100, 0.0, 0.0)
    assert search.value > before


def test_a_task_is_done_once(town):
    """Tasks that several spans could do are done by one of them, and count once."""
    near = town.places[3]
    n = len(town.places)
    tasks = tuple(Task(n + i, 10, 50) for i in range(6))
    places = (*town.places, *(Place(f"task {i}", near.lat, near.lon) for i in range(6)))
    wide = {m: np.pad(t, ((0, 6), (0, 6)), constant_values=120) for m, t in town.travel.items()}
    for table in wide.values():
        np.fill_diagonal(table, 0)
    reach = {m: np.pad(t, ((0, 6), (0, 0)), constant_values=-1) for m, t in town.reach.items()}
    problem = town.replace(places=places, tasks=tasks, travel=wide, reach=reach, goals={**town.goals, "tasks": 500})
    search = moved(problem, 3)
    exact(problem, search)
    done = [s.place for r in search.routes() for s in r.stops if s.kind == "task"]
    assert len(done) == len(set(done)) == 6


def test_a_short_shift_is_not_cut():
    """Where the shift has no room for two spans, the moves are those of one thread."""
    problem = town_problem(5, units=4, hotspots=10, demand=20, posts=1, stations=1, minutes=180, grid=1)
    assert moved(problem, 4).routes() == moved(problem, 1).routes()


def test_a_settled_bound_leaves_its_core(town):
    """A bound that is settled takes steps only while the search has a core to spare, and ends when told to."""
    search = Search(town, np.random.default_rng(1))
    search.greedy()
    spare = Event()
    bounding = Bounding(town, search, spare=spare)
    assert not bounding.resting
    bounding.begin(beside=True)
    assert waited_for(lambda: bounding.resting)
    bounding._beside.over.wait(0.5)  # the step it is at
    steps = bounding._bound.steps
    assert not waited_for(lambda: bounding._bound.steps > steps, seconds=0.5)
    spare.set()
    assert waited_for(lambda: bounding._bound.steps > steps + 3)
    bounding.end()
    assert search.value <= bounding.least < bounding._full


def waited_for(what, seconds=60.0):
    """Return whether something comes about within some time."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def test_threads_that_idle_are_told_of(town):
    """While fewer threads make moves than may, the search says that a core is to spare."""
    search = SpanSearch(town, np.random.default_rng(1))
    search.greedy()
    told = []
    for search.threads in (1, 2):
        for _ in range(2 * _ROUNDS):
            search.anneal(20, 0.001, 0.001)
            told.append(search.spare.is_set())
    assert not any(told[: 2 * _ROUNDS])
    assert sum(told[2 * _ROUNDS :]) == 2 * _ROUNDS * _ALONE

"""Claims about the best path of one unit."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, settings

from solver.paths import FAR, chains_of, roads_of
from solver.pricing import arcs_of
from solver.search import Search
from tests.brute_force import best
from tests.problems import tiny_problems


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(units=1, steps=10))
def test_one_units_path_is_the_longest(problem):
    """Where nothing lingers, tasks and due visits included, and roads cover nothing, it equals brute force."""
    problem = problem.replace(
        hotspots=tuple(dataclasses.replace(h, linger=0, every=0, required=False) for h in problem.hotspots),
        tasks=(),
        demand=(),
        reach={mode: np.zeros((len(problem.places), 0)) for mode in problem.reach},
    )
    search = Search(problem, np.random.default_rng(0))
    search.greedy()
    assert (search.missing, search.value) == best(problem)[:2]


def test_arcs_by_way_of_a_place_no_longer_are_needless():
    """Of places on a line each needs its neighbours only."""
    legs = 2 * np.abs(np.subtract.outer(np.arange(9), np.arange(9)))[None].astype(np.int32)
    few, every, fewest = (arcs_of(legs, np.zeros(9, dtype=bool), detour) for detour in (0, None, 2))
    assert few.leg.tolist() == [2] * 9
    assert few.origin.tolist() == [1, 0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 8, 7]
    assert every.origin.size == every.first[-1] == 72
    assert fewest.origin.tolist() == few.origin.tolist()  # All places are reached still.


def test_the_nearest_places_come_first():
    """The order of places is by their legs, and a third of the lengths of near legs holds all."""
    roads = roads_of(np.array([[[0, 3, 1], [3, 0, -1], [1, 2, 0]]], dtype=np.int32), np.zeros(3, dtype=np.int32))
    assert roads.order[0].tolist() == [[0, 2, 1], [1, 0, 2], [2, 0, 1]]
    assert roads.near[0, -1] == FAR


def test_along_a_stretch_the_least_time_is_that_of_a_visit():
    """A way by a stretch of street takes as long as the legs to and from it and the least of visits between."""
    roads = roads_of(np.array([[[0, 1, 9], [1, 0, 1], [9, 1, 0]]], dtype=np.int32), np.array([0, 5, 0], dtype=np.int32))
    assert roads.least[0].tolist() == [[0, 1, 7], [1, 0, 1], [7, 1, 0]]


def test_chains_of_legs_lead_round_a_stretch():
    """No chain of legs leads through a stretch of street, and one leads from its far end back to its near end."""
    roads = roads_of(np.array([[[0, 1, 9], [1, 0, 1], [9, 1, 0]]], dtype=np.int32), np.array([0, 5, 0], dtype=np.int32))
    chains = chains_of(roads, np.array([False, True, False]))
    assert chains[0].tolist() == [[0, 1, 9], [1, 2, 1], [9, 1, 0]]


def test_least_times_go_by_way_of_any_place():
    """A leg longer than a way round it, or missing, is bridged by the way round."""
    roads = roads_of(np.array([[[0, 1, 9], [1, 0, 1], [-1, 1, 0]]], dtype=np.int32), np.zeros(3, dtype=np.int32))
    assert roads.least[0].tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    assert roads.legs[0, 2, 0] == FAR

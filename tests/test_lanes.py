"""Claims about the lanes of the bound's kernel: vector code does what plain code would, and only open lanes matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.bound import Bound
from solver.compiled import compiled
from solver.lanes import best_of_8, best_of_16
from solver.pricing import WIDTH
from tests.problems import tiny_problems, town_problem


@compiled
def _raise_8(fresh, out, origin, standing, where, gain):
    best_of_8(fresh, out, origin, standing, where, gain)


@compiled
def _raise_16(fresh, out, origin, standing, where, gain):
    best_of_16(fresh, out, origin, standing, where, gain)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("width", "function"), [(8, _raise_8), (16, _raise_16)])
def test_vector_code_does_what_plain_code_would(seed, width, function):
    """It raises so many values to the best of the arcs' and leaves all others, also where values are below 0."""
    rng = np.random.default_rng(seed)
    fresh = rng.integers(-(2**30), 2**30, (3, 5, 32)).astype(np.int32)
    out, standing = (rng.integers(-(2**28), 2**28, shape).astype(np.int32) for shape in ((5, 32), (4, 5)))
    origin = rng.permutation(5).astype(np.int32)
    begin, end = sorted(rng.choice(6, 2, replace=False))
    s, q, t = int(rng.integers(3)), int(rng.integers(5)), int(rng.integers(4))
    lane, gain = int(rng.integers(32 - width + 1)), np.int32(rng.integers(0, 2**20))
    wanted, lanes, places = fresh.copy(), slice(lane, lane + width), origin[begin:end]
    best = (out[places, lanes] + standing[t, places][:, None]).max(axis=0)
    wanted[s, q, lanes] = np.maximum(wanted[s, q, lanes], best + gain)
    where = tuple(np.uint64(x) for x in ((s * 5 + q) * 32 + lane, lane, 32, begin, end, t * 5))
    function(fresh, out, origin, standing, where, gain)
    np.testing.assert_array_equal(fresh, wanted)


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(units=3), seed=st.integers(0, 1000))
def test_lanes_that_are_not_open_do_not_matter(problem, seed):
    """Where all lanes are open all the time, prices give the same bound."""
    bound = Bound(problem)
    rng = np.random.default_rng(seed)
    prices = bound._whole([rng.random(p.shape) * p for p in bound._prices])
    found = bound._evaluate(prices, bound._every, None)
    bound._blocks = [
        block._replace(opens=np.zeros_like(block.opens), closes=np.full_like(block.closes, problem.minutes))
        for block in bound._blocks
    ]
    assert bound._evaluate(prices, bound._every, None) == found


def test_lanes_before_a_break_lie_before_those_after_it():
    """A break leads from a lane of the same unit; lanes in use fill groups, and paths begin and end in one of each."""
    problem = town_problem(2, units=12, hotspots=10, demand=10, posts=0, stations=2, minutes=480)
    _check_lanes(Bound(problem))


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(units=4))
def test_lanes_hold_units_of_one_home(problem):
    """The same of tiny problems, in which some units belong to districts."""
    _check_lanes(Bound(problem))


def _check_lanes(bound):
    """Look at all blocks."""
    units = []
    for block in bound._blocks:
        assert block.unit.size % WIDTH == 0
        for lane, before in enumerate(block.before):
            if before >= 0:
                assert block.unit[before] == block.unit[lane]
                assert before < lane
                assert not block.ends[before]
                assert block.ends[lane]
        used = block.unit >= 0
        assert (bound._fleet.belongs[block.unit[used]] == block.belongs).all()
        assert not block.ends[~used].any()
        assert sorted(block.unit[block.ends]) == sorted(set(block.unit[used]))
        units += block.unit[block.ends].tolist()
    assert sorted(units) == list(range(len(bound._units)))
    assert sum((block.before >= 0).sum() for block in bound._blocks) == bound._fleet.has_pause.sum()

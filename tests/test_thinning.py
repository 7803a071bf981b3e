"""Which points of a line matter most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import LineString

from solver.export.thinning import METRES_PER_DEGREE, local_metres, significance

lines = st.integers(2, 30).flatmap(lambda n: arrays(np.float64, (n, 2), elements=st.floats(0, 0.02), unique=True))


def test_a_corner_counts_by_its_distance() -> None:
    """A corner 100 m off the line between the ends has 100 m, a point on the line none, the ends are infinite."""
    degree = METRES_PER_DEGREE
    line = np.array([[0.0, 0.0], [100 / degree, 100 / degree], [200 / degree, 0.0], [300 / degree, 0.0]])
    assert significance(line) == pytest.approx([np.inf, 100.0, 100 * np.cos(np.arctan(0.5)) * 0.5, np.inf])


def test_points_beyond_the_ends_count_by_the_distance_to_the_end() -> None:
    """A dead end driven to and back counts with its whole length, though it lies on the line prolonged."""
    line = np.array([[0.0, 0.0], [0.0, 300.0], [0.0, 100.0]]) / METRES_PER_DEGREE
    assert significance(line)[1] == pytest.approx(200.0)
    loop = np.array([[0.0, 0.0], [0.0, 300.0], [0.0, 0.0]]) / METRES_PER_DEGREE
    assert significance(loop)[1] == pytest.approx(300.0)


def test_degrees_of_longitude_shrink_with_latitude() -> None:
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    metres = local_metres(np.array([[10.0, 60.0], [11.0, 60.0], [10.0, 61.0]]))
    assert metres[1:] == pytest.approx(np.array([[METRES_PER_DEGREE / 2, 0], [0, METRES_PER_DEGREE]]))


@given(lines, st.floats(1, 1500))
def test_it_is_the_method_of_douglas_and_peucker(line: np.ndarray, tolerance: float) -> None:
    """The points above a tolerance are those that shapely keeps at it."""
    weight = significance(line)
    if np.abs(weight - tolerance).min() < 1e-6:
        return
    simple = LineString(local_metres(line)).simplify(tolerance, preserve_topology=False)
    kept = local_metres(line)[weight > tolerance]
    assert np.array(simple.coords) == pytest.approx(kept)


def test_two_points() -> None:
    """A line of two points has its ends only."""
    assert significance(np.array([[0.0, 0.0], [0.0, 0.0]])).tolist() == [np.inf, np.inf]

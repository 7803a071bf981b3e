"""Claims about moves of prices: they do what is told of them, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from solver.price_moves import move, turned, whole


def _cells(seed: int):
    """Return tables of a layer with prices at, between and beyond their limits."""
    rng = np.random.default_rng(seed)
    shape = (4, 11)
    top = rng.integers(0, 4, shape) * 10.0**9
    prices = np.clip(rng.uniform(-0.5, 1.5, shape), 0, 1) * top
    used, room = rng.integers(0, 5, shape).astype(np.int16), rng.integers(0, 4, shape).astype(np.int32)
    direction, square = (rng.uniform(low, 2, shape).astype(np.float32) for low in (-2, 0))
    return prices, top, used, room, direction, square


@pytest.mark.parametrize("seed", range(10))
def test_a_direction_is_the_slope_and_a_share_of_the_last_one(seed):
    """Not where a price is at its limit; cells go less far the larger the mean square of their slopes is."""
    prices, top, used, room, direction, square = _cells(seed)
    slope = used - room.astype(float)
    stuck = (prices <= 0) & (slope > 0) | (prices >= top) & (slope < 0)
    turn, mean = np.where(stuck, 0, slope + 0.5 * direction), 0.99 * square + 0.01 * slope**2
    far = top / (0.1 + np.sqrt(mean))
    reach = np.zeros_like(square)
    length = turned(prices, used, room, top, top, direction, square, reach, 0.5)
    assert stuck.any()
    np.testing.assert_allclose(direction, turn, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(square, mean, rtol=1e-5)
    np.testing.assert_allclose(reach, far, rtol=1e-5)
    assert length == pytest.approx((far * turn**2).sum(), rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_prices_stay_within_their_limits(seed):
    """They move against the direction, and no farther than to 0 and to the top."""
    prices, top, _, _, direction, _ = _cells(seed)
    reach = (top / 2).astype(np.float32)
    wanted = np.clip(prices - 0.7 * reach.astype(float) * direction, 0, top)
    move(prices, top, direction, reach, 0.7)
    np.testing.assert_allclose(prices, wanted, rtol=1e-5, atol=1e3)
    assert ((prices >= 0) & (prices <= top)).all()


@pytest.mark.parametrize("unit", [1, 7, 1000])
def test_whole_prices_are_rounded_down(unit):
    """And what cells are worth beyond them is exact."""
    prices, top, _, room, _, _ = _cells(unit)
    soft, numbers = top.astype(np.int64), np.empty(prices.shape, dtype=np.int64)
    beyond = whole(prices, soft, room, unit, numbers)
    assert (numbers == np.floor(prices / unit)).all()
    assert beyond == sum((w - n * unit) * r for w, n, r in zip(soft.flat, numbers.flat, room.flat, strict=True))

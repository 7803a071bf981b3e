"""Moving the prices of one layer of cells against a subgradient, without tables in between.

A cell that was covered too often or too seldom in many steps, now this, now that, moves less far than one that hardly
ever was: its way is divided by the root of the mean square of its slopes (as in AdaGrad; Duchi, Hazan and Singer
2011, https://jmlr.org/papers/v12/duchi11a.html).  The loops write one table each, so that they become vector code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.compiled import allocating, compiled
from solver.cover import Ints, Small

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_KEPT = np.float32(0.99)
"""Share of the mean square of a cell's slopes that a step keeps."""

_LEAST = np.float32(0.1)
"""Added to its root, so that what was never covered too often nor too seldom does not move without limit."""


@allocating
def turned(
    prices: Floats,
    used: NDArray[np.int16],
    room: Small,
    scale: Floats,
    top: Floats,
    direction: Singles,
    square: Singles,
    reach: Singles,
    deflection: float,
) -> float:
    """Turn `direction` to the slope, plus `deflection` of what it was; return the square of its length.

    Parameters
    ----------
    prices, scale, top : float64 arrays of shape (R, C)
        Of each cell the price, how far it moves as a rule, and the highest price.
    used, room : int16 and int32 arrays of shape (R, C)
        How many units are paid for a cell, and how many count: their difference is the slope.
    direction, square, reach : float32 arrays of shape (R, C)
        The direction, the mean square of the slopes so far, and how far a cell moves in this step; all are written.
    deflection : float
    """
    rows, columns = prices.shape
    kept, sums = np.float32(deflection), np.zeros(columns, dtype=np.float64)
    for r in range(rows):
        for c in range(columns):
            slope = np.float32(used[r, c] - room[r, c])
            square[r, c] = _KEPT * square[r, c] + (np.float32(1) - _KEPT) * slope * slope
        for c in range(columns):
            reach[r, c] = np.float32(scale[r, c]) / (_LEAST + np.sqrt(square[r, c]))
        for c in range(columns):
            slope = np.float32(used[r, c] - room[r, c])
            # What the limits of the price would stop has no part in the direction.
            stuck = ((prices[r, c] <= 0) & (slope > 0)) | ((prices[r, c] >= top[r, c]) & (slope < 0))
            direction[r, c] = np.float32(0) if stuck else slope + kept * direction[r, c]
        for c in range(columns):
            sums[c] += np.float64(reach[r, c] * direction[r, c] * direction[r, c])
    length: float = sums.sum()
    return length


@compiled
def move(prices: Floats, top: Floats, direction: Singles, reach: Singles, length: float) -> None:
    """Move `prices` against `direction` by `length` times their `reach`, between 0 and `top`."""
    rows, columns = prices.shape
    for r in range(rows):
        for c in range(columns):
            moved = prices[r, c] - length * np.float64(reach[r, c] * direction[r, c])
            prices[r, c] = min(max(moved, 0.0), top[r, c])


@compiled
def whole_stepped(
    prices: Floats,
    weight: Ints,
    steps: Ints,
    before: Small,
    by_row: bool,
    unit: int,
    room: Small,
    numbers: Ints,
) -> int:
    """Do the same as `whole` where each further unit earns less, and write to `room` how many earn more than the price.

    Parameters
    ----------
    prices, weight, numbers : float64 and int64 arrays of shape (R, C)
    steps : int64 array of shape (K + 2, T)
        By how much the weight counts for each further unit, by minute; the last two rows are 0.
    before, room : int32 arrays of shape (R, C)
        How many units there are before the first one that is paid; how many count.
    by_row : bool
        Whether minutes are the rows, else the columns.
    unit : int
    """
    rows, columns = prices.shape
    total = 0
    for r in range(rows):
        for c in range(columns):
            number = np.int64(prices[r, c] / unit)
            numbers[r, c] = number
            minute, counted = r if by_row else c, 0
            for k in range(before[r, c], steps.shape[0]):
                beyond = weight[r, c] * steps[k, minute] - number * unit
                if beyond <= 0:
                    break
                total += beyond
                counted += 1
            room[r, c] = counted
    return total


@compiled
def whole(prices: Floats, soft: Ints, room: Small, unit: int, numbers: Ints) -> int:
    """Write `prices` as whole `numbers` of `unit`, rounded down; return what cells are worth beyond them."""
    rows, columns = prices.shape
    total = 0
    for r in range(rows):
        for c in range(columns):
            numbers[r, c] = np.int64(prices[r, c] / unit)
        for c in range(columns):
            total += (soft[r, c] - numbers[r, c] * unit) * np.int64(room[r, c])
    return total

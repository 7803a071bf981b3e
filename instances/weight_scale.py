"""Risk and demand as integers a minute, fine enough that nothing is lost and small enough that sums stay exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOTAL = 10_000_000
"""What all cells of a layer are worth together, about."""


def whole_weights(weight: NDArray[np.float64], slots: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return weights as integers a minute whose sum over all cells is about `TOTAL`.

    A weight above 0 stays above 0, so that no place drops out by rounding.

    Parameters
    ----------
    weight : float64 array of shape (N, S)
        0 or more, in any unit.
    slots : sequence of int
        S + 1 boundaries in minutes.
    """
    if not weight.any():
        return tuple((0,) * weight.shape[1] for _ in range(len(weight)))
    relative = weight / weight.max()
    total = float((relative @ np.diff(np.asarray(slots))).sum())
    scaled = np.rint(relative * (TOTAL / total)).astype(np.int64)
    return tuple(map(tuple, np.where(weight > 0, np.maximum(scaled, 1), 0).tolist()))

"""How far a figure would move in other weeks: the bootstrap over blocks of time (Efron 1979), of ratios of sums.

Percentiles of few blocks are too narrow; they are taken farther out, as Hesterberg (2015, section 3.4) has it, so that
the range of a mean is about as wide as that of Student.  doi:10.1080/00031305.2015.1089789
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 4000
COVER = 0.95


@dataclass(frozen=True)
class Interval:
    """A figure, and the range in which 95 of 100 others would lie; `low` and `high` are NaN where it is unknown."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Tell whether there is a range at all."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    def scaled(self, factor: float) -> Interval:
        """Return all three times `factor`."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    def to_json(self) -> dict[str, float | None]:
        """Return plain JSON values; what is unknown is null."""
        return {name: _plain(getattr(self, name)) for name in ("value", "low", "high")}


class Draws:
    """The same blocks drawn anew many times, with replacement, so that figures of them can be compared.

    Parameters
    ----------
    blocks : int
        How many there are; fewer than three give no ranges.
    rng : numpy.random.Generator
    """

    def __init__(self, blocks: int, rng: np.random.Generator) -> None:
        self._drawn: Floats | None = None
        if blocks >= 3:
            drawn = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=DRAWS)
            self._drawn, self._tail = drawn.astype(np.float64), _tail(blocks)

    def ratio(self, sums: Floats, sizes: Floats) -> Interval:
        """Return ``sum(sums) / sum(sizes)``, each of shape (blocks,), with its range."""
        total = sizes.sum()
        value = float(sums.sum() / total) if total > 0 else float("nan")
        size = np.zeros(0) if self._drawn is None else self._drawn @ sizes
        if self._drawn is None or not (size > 0).any():
            return Interval(value, float("nan"), float("nan"))
        ratios = (self._drawn @ sums)[size > 0] / size[size > 0]
        low, high = np.quantile(ratios, [self._tail, 1 - self._tail]).tolist()
        return Interval(value, low, high)


def _tail(blocks: int) -> float:
    """Return what is cut off at either end for a range of `COVER` from so many blocks."""
    from scipy.special import ndtr, stdtrit

    return float(ndtr(math.sqrt(blocks / (blocks - 1)) * stdtrit(blocks - 1, (1 - COVER) / 2)))


def _plain(value: float) -> float | None:
    """Return a number with six digits, or None where there is none."""
    return float(f"{value:.6g}") if np.isfinite(value) else None

"""Estimates from replications, with confidence intervals: shares and means, differences of two plans, percentiles.

Replications are independent and the calls within one are not, so every interval is worked out from what differs
between replications.  A share is a ratio of two sums (of calls within standard to calls), whose error is that of its
linear approximation (Cochran, Sampling Techniques, 3rd ed. 1977, section 6.4); a percentile has the interval in which
the share of calls below it would not differ (Woodruff 1952, https://doi.org/10.1080/01621459.1952.10483443).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
"""Of all intervals."""


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval in which it lies with a confidence of `CONFIDENCE`; None where it is not known."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def half(self) -> float | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


NOTHING = Estimate(None)


@dataclass(frozen=True, eq=False)
class Ratio:
    """A figure as a ratio of two sums over replications: what was counted, of how much, shape (R,) each."""

    counted: Floats
    of: Floats

    @property
    def value(self) -> float | None:
        """The ratio; None where there is nothing to divide by."""
        whole = float(self.of.sum())
        return float(self.counted.sum()) / whole if whole else None

    @property
    def residuals(self) -> Floats:
        """How much each replication moves the ratio, shape (R,); they add up to nothing."""
        found: Floats = (self.counted - (self.value or 0.0) * self.of) / self.of.mean()
        return found

    def estimate(self) -> Estimate:
        """Return the ratio with its interval."""
        return NOTHING if self.value is None else _interval(self.value, self.residuals)

    def less(self, other: Ratio) -> Estimate:
        """Return by how much this ratio is above another one of the same calls, replication by replication."""
        if self.value is None or other.value is None:
            return NOTHING
        return _interval(self.value - other.value, self.residuals - other.residuals)


def mean(values: NDArray[np.int64] | Floats) -> Ratio:
    """Return the mean of a figure over replications, as a ratio."""
    return Ratio(values.astype(np.float64), np.ones(len(values)))


def percentile(values: NDArray[np.int64], replication: NDArray[np.int64], replications: int, share: float) -> Estimate:
    """Return the value below which so large a share of all values lies, with its interval.

    Parameters
    ----------
    values : int64 array of shape (N,)
    replication : int64 array of shape (N,)
        Where each comes from.
    replications : int
        How many there are, also those that no value comes from.
    share : float
        0.5 for the median.
    """
    if not len(values):
        return NOTHING
    ordered = np.sort(values)
    found = _at(ordered, share)
    below = np.bincount(replication[values <= found], minlength=replications)
    of = np.bincount(replication, minlength=replications)
    half = Ratio(below.astype(np.float64), of.astype(np.float64)).estimate().half
    if half is None:
        return Estimate(found)
    return Estimate(found, _at(ordered, share - half), _at(ordered, share + half))


def _at(ordered: NDArray[np.int64], share: float) -> float:
    """Return the smallest value that at least so large a share of `ordered` does not exceed."""
    # What rounding adds to a product that is whole must not lead to the next value.
    i = int(np.ceil(len(ordered) * share - 1e-9)) - 1
    return float(ordered[min(max(i, 0), len(ordered) - 1)])


def _interval(value: float, residuals: Floats) -> Estimate:
    """Return an estimate from what its replications add to it."""
    count = len(residuals)
    if count < 2:
        return Estimate(value)
    from scipy.special import stdtrit

    error = float(np.sqrt((residuals**2).sum() / (count - 1) / count))
    half = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * error
    return Estimate(value, value - half, value + half)

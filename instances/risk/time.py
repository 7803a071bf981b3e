"""Risk over the clock and the week: how long was looked at, hours of the day, days of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from instances.incidents import EPOCH, Incidents, weekday_of
from instances.risk.metric_grid import Floats
from instances.risk.space import Gridded, binned

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """How hours and weekdays are smoothed; the defaults are the best of those tried in ``docs/risk.md``.

    `sigma` is the standard deviation in hours of the kernel over the clock.  A cell with `cell_prior`
    incidents lies half-way between its own day and the town's.  An hour of the week for which `week_prior`
    incidents are expected lies half-way between what was found and the mean day.
    """

    sigma: float = 1.0
    cell_prior: float = 24.0
    week_prior: float = 10.0


@dataclass(frozen=True, eq=False)
class Exposure:
    """The days in which the incidents were gathered.

    `days` is their number, each weighted by its age as the incidents are; `share` is how much of it falls on
    each weekday, shape (7,), Monday first.
    """

    days: float
    share: Floats

    @classmethod
    def of(cls, incidents: Incidents, until: date, since: timedelta | None, half_life: timedelta | None) -> Exposure:
        """Return the days from `since` (or the first incident) to the last incident, both included."""
        last = (until - EPOCH).days
        month = incidents.day.astype("M8[D]").astype("M8[M]")
        month_end = (month + 1).astype("M8[D]").astype(np.int64) - 1
        newest = int(np.where(incidents.month_only, month_end, incidents.day).max())
        oldest = int(incidents.day.min())
        first = oldest if since is None else min(max(oldest, last - since // DAY), newest)
        day = np.arange(first, newest + 1, dtype=np.int64)
        value = decay((last - day).astype(np.float64), half_life)
        share = binned(weekday_of(day), value, 7)
        return cls(float(value.sum()), share / value.sum())


def decay(age: Floats, half_life: timedelta | None) -> Floats:
    """Return the weight of incidents of `age` days."""
    if half_life is None:
        return np.ones(len(age))
    # A half-life of nothing leaves nothing, also of what happened today.
    return 0.5 ** (age / (half_life / DAY)) if half_life else np.zeros(len(age))


def circular(values: Floats, sigma: float) -> Floats:
    """Return `values` smoothed along the last axis, whose ends meet, by a Gaussian of `sigma` steps."""
    if sigma <= 0:
        return values
    reach = int(4 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    out = np.zeros_like(values)
    for step, share in zip(range(-reach, reach + 1), kernel, strict=True):
        out += share * np.roll(values, step, axis=-1)
    return out


def day_profile(incidents: Incidents, weight: Floats, told: Sequence[float] | None, sigma: float) -> tuple[Floats, str]:
    """Return the share of each hour of the clock for incidents without one, shape (24,), and where it is from."""
    if told is not None:
        profile = np.array(told, dtype=np.float64)
        if profile.shape != (24,) or not np.isfinite(profile).all() or profile.min() < 0 or profile.sum() <= 0:
            raise ValueError("hour_profile must be 24 numbers of 0 or more, not all 0")
        return profile / profile.sum(), "are spread over the day as told"
    known = incidents.hour >= 0
    if weight[known].sum() > 0:
        profile = binned(incidents.hour[known].astype(np.int64), weight[known], 24)
        return circular(profile / profile.sum(), sigma), "are spread over the day like those with one"
    return np.full(24, 1 / 24), "are spread evenly over the day, as no incident has one"


def by_hour(cells: Gridded, incidents: Incidents, weight: Floats, profile: Floats, sigma: float) -> Floats:
    """Return the weight in each cell and hour of the clock, shape (C, 24)."""
    known = incidents.hour >= 0
    size = len(cells.ix) * 24
    flat = binned(cells.cell[known] * 24 + incidents.hour[known], weight[known], size)
    open_hour = binned(cells.cell[~known], weight[~known], len(cells.ix))
    return circular(flat.reshape(-1, 24), sigma) + open_hour[:, None] * profile


def shrunk(hours: Floats, prior: float) -> Floats:
    """Return `hours` of shape (C, 24) with each cell's day drawn towards the town's, totals of cells unchanged.

    A cell with `prior` weight lies half-way between its own day and the town's.
    """
    town = hours.sum(axis=0) / hours.sum()
    total = hours.sum(axis=1, keepdims=True)
    return np.asarray(total * (hours + prior * town) / (total + prior))


def week_factors(
    incidents: Incidents, weight: Floats, exposure: Exposure, profile: Floats, *, sigma: float, prior: float
) -> Floats:
    """Return how much each hour of the week differs from that hour on the mean day, shape (7, 24), mean 1 over days.

    Each is the ratio of weight found to weight expected, both with `prior` added, so that thin data stay near 1.
    """
    dated = ~incidents.month_only
    known = dated & (incidents.hour >= 0)
    weekday = weekday_of(incidents.day)
    flat = binned(weekday[known] * 24 + incidents.hour[known], weight[known], 168)
    found = circular(flat, sigma).reshape(7, 24)
    vague = dated & ~known
    found += binned(weekday[vague], weight[vague], 7)[:, None] * profile
    expected = exposure.share[:, None] * found.sum(axis=0)
    factors = (found + prior) / (expected + prior)
    return np.asarray(factors / factors.mean(axis=0))

"""How much of the clock the data bear, from a flat day to each cell's own hours; each foretells from the past alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from instances.backtest.forecasts import Setting, cells_at
from instances.backtest.periods import Period
from instances.backtest.study import Study, days
from instances.incidents import EPOCH, weekday_of
from instances.risk.estimate import CLOCK
from instances.risk.space import Gridded, smoothed
from instances.risk.time import Exposure, by_hour, day_profile, decay, shrunk, week_factors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
"""Parts of the day, in hours of the clock."""

RUNGS = ("flat", "parts", "hours", "weekdays", "cells")
"""Each with more detail than the one before: one slot, parts of the day, hours, hours of each weekday over the town,
and each cell's own hours as well, which is what `patrol risk` makes."""

ANYWHEN = 0.01
"""Share of the probability spread evenly over the day, so that no surprise is infinite."""


@dataclass(frozen=True, eq=False)
class ClockMap:
    """What the past says of the clock.

    Parameters
    ----------
    town : float64 array of shape (24,)
        Share of each hour.
    week : float64 array of shape (7, 24)
        How much each hour of the week differs from that hour on the mean day.
    hours : float64 array of shape (C, 24)
        Risk of each cell of the area by hour.
    """

    town: Floats
    week: Floats
    hours: Floats


def clock_map(study: Study, day: int, area: Ints, setting: Setting, *, train: int | None) -> ClockMap | None:
    """Return what is known of the clock on the morning of `day`; None where no past incident has an hour.

    It is made as `instances.risk.risk_surface` makes it.
    """
    past = np.flatnonzero(study.before(day, train))
    chosen = study.incidents.select(past)
    weight = study.weight[past] * decay(study.age(day)[past], setting.half_life)
    if not ((chosen.hour >= 0) & (weight > 0)).any():
        return None
    own, index = np.unique(study.cell[past], return_inverse=True)
    some = cells_at(study, own)
    cells = Gridded(some.grid, some.ix, some.iy, index.reshape(-1), some.x, some.y)
    exposure = Exposure.of(chosen, EPOCH + timedelta(days=day), days(train), setting.half_life)
    profile, _ = day_profile(chosen, weight, None, CLOCK.sigma)
    unit = float((weight**2).sum() / weight.sum())
    hours = smoothed(cells, by_hour(cells, chosen, weight, profile, CLOCK.sigma), setting.bandwidth)
    hours = shrunk(hours, CLOCK.cell_prior * unit)
    week = week_factors(chosen, weight, exposure, profile, sigma=CLOCK.sigma, prior=CLOCK.week_prior * unit)
    every = np.zeros((len(study.ix), 24))
    every[own] = hours
    return ClockMap(profile, week, every[area])


def clock_gains(known: ClockMap, period: Period, cell: Ints, day: Ints, hour: Ints) -> Floats:
    """Return by rung how much likelier than on a flat day each incident's hour was, as a logarithm, shape (5, N).

    Which days the period has is known beforehand, so each rung gives a probability to every hour of these days.

    Parameters
    ----------
    known : ClockMap
    period : Period
    cell, day, hour : int64 arrays of shape (N,)
        Index into the area, day from 1970-01-01, hour of the clock.
    """
    dates = np.arange(period.begin, period.end)
    present = np.bincount(weekday_of(dates), minlength=7).astype(np.float64)
    slots = 24 * present.sum()
    weekday = weekday_of(day)
    parts = np.concatenate([np.full(e - b, known.town[b:e].mean()) for b, e in PARTS])
    own = known.hours[cell]
    total = own.sum(axis=1, keepdims=True)
    own = np.where(total > 0, own / np.where(total > 0, total, 1), known.town)
    flat = np.full(len(hour), 1 / slots)
    by_day = [flat, parts[hour] / present.sum(), known.town[hour] / present.sum()]
    week = (present[:, None] * known.week).sum(axis=0)  # of each hour over the days of the period
    factor = known.week[weekday, hour]
    town = known.town[hour] * factor / (known.town * week).sum()
    cells = own[np.arange(len(hour)), hour] * factor / (own * week).sum(axis=1)
    chances = np.stack([*by_day, town, cells])
    return np.asarray(np.log(((1 - ANYWHEN) * chances + ANYWHEN / slots) * slots))

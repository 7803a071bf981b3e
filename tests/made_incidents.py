"""Incidents drawn from a surface, a clock and a course of time that are known, to see whether they are found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from instances.incidents import EPOCH, Incidents
from instances.risk import MetricGrid

FIRST = date(2024, 1, 1)  # a Monday
GRID = MetricGrid.at(54.7, 2.4, 200)
CORNER = (2000, 30_300)

Rates = Callable[[int], NDArray[np.float64]]
"""The rate of each cell, shape (side, side), on a day counted from the first."""


def incidents_at(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    day: NDArray[np.int64],
    hour: NDArray[np.int64],
    *,
    months: bool = False,
) -> Incidents:
    """Return incidents at cells east and north of a corner, days from `FIRST`, hours (-1: not known)."""
    lat, lon = GRID.degrees((CORNER[0] + np.asarray(x)) * 200.0, (CORNER[1] + np.asarray(y)) * 200.0)
    since = (FIRST - EPOCH).days + np.asarray(day, dtype=np.int64)
    if months:
        since = since.astype("M8[D]").astype("M8[M]").astype("M8[D]").astype(np.int64)
    n = len(since)
    return Incidents(
        lat=lat,
        lon=lon,
        day=since,
        hour=np.full(n, -1, dtype=np.int8) if months else np.asarray(hour, dtype=np.int8),
        month_only=np.full(n, months),
        kind=np.zeros(n, dtype=np.int32),
        kinds=("theft",),
        source="incidents.csv",
    )


def drawn(
    rates: Rates,
    *,
    days: int,
    a_day: float,
    hours: NDArray[np.float64] | None = None,
    seed: int = 1,
    months: bool = False,
) -> Incidents:
    """Return incidents drawn from rates by cell and shares by hour, `a_day` on average."""
    rng = np.random.default_rng(seed)
    columns: list[NDArray[np.float64]] = []
    profile = np.full(24, 1 / 24) if hours is None else hours / hours.sum()
    for day in range(days):
        rate = rates(day)
        n = rng.poisson(a_day)
        cell = rng.choice(rate.size, size=n, p=(rate / rate.sum()).ravel())
        x, y = cell % rate.shape[1] + rng.random(n), cell // rate.shape[1] + rng.random(n)
        columns.append(np.stack([x, y, np.full(n, day), rng.choice(24, size=n, p=profile)]))
    x, y, day, hour = np.concatenate(columns, axis=1)
    return incidents_at(x, y, day.astype(np.int64), hour.astype(np.int64), months=months)

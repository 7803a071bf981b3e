"""Maps made from the past alone: our risk under several settings, and the plain ones that it must beat.

Each is weight by cell of the area, of any scale.  Risk is worked out as `instances.risk.risk_surface` does it, but
for the hours, which leave the total of a cell as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from instances.backtest.periods import Period
from instances.backtest.study import Study
from instances.errors import Fault, InputError
from instances.risk.estimate import HALF_LIFE, SMOOTHING
from instances.risk.space import MOST_REACH, REACH, Gridded, smoothed
from instances.risk.time import DAY, decay

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Setting:
    """How risk is made: metres over which it spreads, and the age at which an incident counts half."""

    bandwidth: float
    half_life: timedelta | None

    def __str__(self) -> str:
        return f"smoothing {self.bandwidth:g} m, half-life {half_life_text(self.half_life)}"


DEFAULT = Setting(SMOOTHING, HALF_LIFE)
"""What `patrol risk` does unless told."""

UNIFORM, LAST, PAST, STATIONS, USUAL, RISK = "uniform", "last period", "all past", "stations", "usual", "risk"
"""Names of maps: `USUAL` is risk as it is made unless told, `RISK` with the setting that the past speaks for."""


def half_life_text(half_life: timedelta | None) -> str:
    """Return a half-life as it is written for `patrol risk`."""
    return "none" if half_life is None else f"{half_life / DAY:g}days"


def settings_of(bandwidths: tuple[float, ...], half_lives: tuple[timedelta | None, ...]) -> tuple[Setting, ...]:
    """Return all settings, those of one bandwidth together."""
    return tuple(Setting(b, h) for b in dict.fromkeys(bandwidths) for h in dict.fromkeys(half_lives))


def refuse_too_wide(study: Study, bandwidths: tuple[float, ...]) -> None:
    """Raise where the cells are too small for a bandwidth.

    Raises
    ------
    InputError
        When an incident would spread over more cells than can be worked out.
    """
    extent = int(max(np.ptp(study.ix), np.ptp(study.iy)))
    wide = [b for b in bandwidths if min(REACH * b / study.grid.cell, extent) > MOST_REACH]
    if wide:
        wrong = f"cells of {study.grid.cell:g} m are too small for a smoothing of {max(wide):g} m"
        raise InputError([Fault(study.incidents.source, 0, 0, "bandwidth", wrong, "use larger cells, or smooth less")])


def risk_maps(
    study: Study,
    day: int,
    area: Ints,
    bandwidths: tuple[float, ...],
    half_lives: tuple[timedelta | None, ...],
    *,
    train: int | None,
) -> Floats:
    """Return risk by cell of `area` as known on the morning of `day`, shape (bandwidths x half-lives, C)."""
    past = study.before(day, train)
    age = study.age(day)
    sums = np.stack([study.sums(past, study.weight * decay(age, h)) for h in half_lives], axis=1)
    own = np.flatnonzero(study.sums(past, np.ones(len(past))) > 0)
    if not len(own):
        return np.zeros((len(bandwidths) * len(half_lives), len(area)))
    cells = cells_at(study, own)
    out = np.zeros((len(bandwidths), len(half_lives), len(study.ix)))
    for b, bandwidth in enumerate(bandwidths):
        out[b][:, own] = smoothed(cells, sums[own], bandwidth).T
    return out[:, :, area].reshape(-1, len(area))


def cells_at(study: Study, which: Ints) -> Gridded:
    """Return some of the cells, without the incidents in them."""
    none = np.zeros(0)
    return Gridded(study.grid, study.ix[which], study.iy[which], none.astype(np.int64), none, none)


def last_map(study: Study, period: Period, area: Ints, *, months: int | None) -> Floats:
    """Return what the time just before `period` holds by cell; it is as long as the period, or so many months."""
    begin = period.begin - period.days
    if months is not None:
        month = np.datetime64(period.begin, "D").astype("M8[M]") - months
        begin = int(month.astype("M8[D]").astype(np.int64))
    return study.sums(study.before(period.begin) & (study.incidents.day >= begin))[area]


def past_map(study: Study, period: Period, area: Ints) -> Floats:
    """Return what all the past holds by cell."""
    return study.sums(study.before(period.begin))[area]


def station_map(study: Study, period: Period, area: Ints, nearest: Ints) -> Floats:
    """Return what the past holds by station, spread evenly over the cells nearest to it.

    Parameters
    ----------
    nearest : int64 array of shape (U,)
        The station nearest to each cell.
    """
    held = np.bincount(nearest, weights=study.sums(study.before(period.begin)), minlength=int(nearest.max()) + 1)
    share = held / np.maximum(np.bincount(nearest[area], minlength=len(held)), 1)
    return np.asarray(share[nearest[area]])


def nearest_stations(study: Study, latlon: Floats) -> Ints:
    """Return the station nearest to each cell as the crow flies, shape (U,); stations (S, 2), latitude first."""
    from scipy.spatial import KDTree

    x, y = study.grid.metres(latlon[:, 0], latlon[:, 1])
    side = study.grid.cell
    centres = np.stack([(study.ix + 0.5) * side, (study.iy + 0.5) * side], axis=1)
    return np.asarray(KDTree(np.stack([x, y], axis=1)).query(centres)[1], dtype=np.int64)

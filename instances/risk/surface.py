"""The risk surface and the report on how it was made, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.risk.metric_grid import FARTHEST, MetricGrid

Floats = NDArray[np.float64]
Slot = tuple[int, int]
"""Day of the week (0 is Monday) and hour of the clock (0 to 23)."""


@dataclass(frozen=True, eq=False)
class RiskSurface:
    """Expected weighted incidents an hour in C cells and S slots.

    Parameters
    ----------
    grid : MetricGrid
    ix, iy : int64 arrays of shape (C,)
        Column and row of each cell; cells stand in order of column and row.
    name : tuple of str
        Name of each cell, the same from day to day.
    lat, lon : float64 arrays of shape (C,)
        Centre of each cell, WGS-84 degrees.
    at_lat, at_lon : float64 arrays of shape (C,)
        Where in the cell a unit should stand: the place of the incident nearest to their weighted centre.
    slots : tuple of (weekday, hour)
    risk : float64 array of shape (C, S)
    """

    grid: MetricGrid
    ix: NDArray[np.int64]
    iy: NDArray[np.int64]
    name: tuple[str, ...]
    lat: Floats
    lon: Floats
    at_lat: Floats
    at_lon: Floats
    slots: tuple[Slot, ...]
    risk: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.ix)

    @property
    def total(self) -> Floats:
        """Risk of each cell over all slots, shape (C,)."""
        return np.asarray(self.risk.sum(axis=1))


@dataclass(frozen=True)
class RiskReport:
    """What a surface was made of.

    `incidents` were used; `before` and `after` lie outside the time looked at, `weightless` have weight 0,
    `far` ones lie too far from the middle of all.
    The `no_hour` were spread over the day in the way `hour_source` says; the `month_only` count for every
    day of the week alike.  `effective` is how many incidents of equal weight the used ones are worth (Kish);
    `weekly` is the weighted incidents expected a week; `top_share` is the share of the risk in the 5 per
    cent of the cells with the most of it; `weights` by type, and `absent` those that no incident is of.
    """

    incidents: int
    before: int
    after: int
    weightless: int
    far: int
    month_only: int
    no_hour: int
    hour_source: str
    first: str
    last: str
    until: str
    half_life_days: float | None
    cell_metres: float
    smoothing_metres: float
    cells: int
    effective: float
    weekly: float
    top_share: float
    absent: tuple[str, ...]
    weights: Mapping[str, float]

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines of text."""
        left = (
            (self.before, "too old"),
            (self.after, "not before the day planned for"),
            (self.weightless, "weight 0"),
            (self.far, f"more than {FARTHEST / 1000:,.0f} km from the middle of the others"),
        )
        out = [f"risk from {self.incidents:,} incidents, {self.first} to {self.last}, in {self.cells:,} cells"]
        out += [f"  left out: {count:,} ({why})" for count, why in left if count]
        decay = f"half-life {self.half_life_days:g} days" if self.half_life_days else "all ages alike"
        out.append(
            f"  cells of {self.cell_metres:g} m, smoothed over {self.smoothing_metres:g} m; {decay}; "
            f"worth {self.effective:,.0f} incidents of equal weight"
        )
        if self.absent:
            out.append(f"  no incident is of the type {', '.join(map(repr, self.absent))}, which has a weight")
        if self.no_hour:
            out.append(f"  {self.no_hour:,} incidents without an hour {self.hour_source}")
        if self.month_only:
            out.append(f"  {self.month_only:,} incidents without a day count for every day of the week alike")
        top = f"5% of the cells hold {self.top_share:.0%} of the risk"
        return (*out, f"  {self.weekly:,.1f} weighted incidents a week; {top}")

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "absent": list(self.absent),
            "weights": dict(self.weights),
        }

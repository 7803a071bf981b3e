"""What a backtest is made on: incidents in cells, when each was known, and the area that is foretold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.backtest.periods import Period
from instances.errors import Fault, InputError
from instances.incidents import Incidents
from instances.risk.metric_grid import MetricGrid
from instances.risk.space import binned

if TYPE_CHECKING:
    from instances.roads import RoadNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_CELLS = 1_000_000
"""Cells beyond which all settings at once take more memory than there is."""

AMONG = 5
"""A cell without incidents is among those with some when so many of its eight neighbours have."""

STEP = 0.25
"""Streets are followed in steps of this part of a cell."""


@dataclass(frozen=True, eq=False)
class Study:
    """N incidents in some of U cells.

    Parameters
    ----------
    incidents : Incidents
        In an order that is not the file's.
    weight : float64 array of shape (N,)
        By type.
    grid : MetricGrid
    ix, iy : int64 arrays of shape (U,)
        Column and row of each cell, in order.
    cell : int64 array of shape (N,)
        The cell of each incident.
    known : int64 array of shape (N,)
        The first day, from 1970-01-01, on which it counts as past: the next, or the first of the next month.
    near : int64 array of shape (U, 8) or None
        Neighbours, -1 where there is none; None where the area is where streets are.
    left_out : mapping
        Incidents that are not used, by reason.
    """

    incidents: Incidents
    weight: Floats
    grid: MetricGrid
    ix: Ints
    iy: Ints
    cell: Ints
    known: Ints
    near: Ints | None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_streets(self) -> bool:
        """Tell whether the area is where streets are."""
        return self.near is None

    @property
    def months(self) -> bool:
        """Tell whether most incidents have a month but no day, so that only whole months can be told apart."""
        return bool(self.incidents.month_only.mean() > 0.5)

    def sums(self, which: NDArray[np.bool_], weight: Floats | None = None) -> Floats:
        """Return the weight of some incidents by cell, shape (U,)."""
        weight = self.weight if weight is None else weight
        return binned(self.cell[which], weight[which], len(self.ix))

    def before(self, day: int, since: int | None = None) -> NDArray[np.bool_]:
        """Return which incidents are past on the morning of `day`, and at most `since` days old."""
        past = self.known <= day
        return past if since is None else past & (self.age(day) <= since)

    def age(self, day: int) -> Floats:
        """Return the age of all in days; a month is as old as its middle."""
        return day - (self.incidents.day + np.where(self.incidents.month_only, 15, 0)).astype(np.float64)

    def within(self, period: Period) -> NDArray[np.bool_]:
        """Return which incidents happened in a period; those without a day only where periods are months."""
        inside = (self.incidents.day >= period.begin) & (self.incidents.day < period.end)
        return inside if self.months else inside & ~self.incidents.month_only

    def area(self, day: int) -> Ints:
        """Return the cells of the area, as known on the morning of `day`: those with streets, or with a past.

        Without streets it is where something has happened before, and among such cells: the future has no say.
        """
        if self.near is None:
            return np.arange(len(self.ix))
        some = self.sums(self.before(day), np.ones(len(self.cell))) > 0
        around = np.where(self.near >= 0, some[self.near], False).sum(axis=1)
        return np.flatnonzero(some | (around >= AMONG))


def in_new_squares(study: Study, day: int, rows: Ints, times: int) -> int:
    """Return how many of some incidents lie in squares of `times` x `times` cells that had none before `day`."""
    column, row = study.ix[study.cell] // times, study.iy[study.cell] // times
    squares, which = np.unique(np.stack([column, row], axis=1), axis=0, return_inverse=True)
    which = which.reshape(-1)
    known = np.zeros(len(squares), dtype=np.bool_)
    known[which[study.before(day)]] = True
    return int((~known[which[rows]]).sum())


def make_study(
    incidents: Incidents,
    *,
    cell: float,
    weights: Mapping[str, float] | None = None,
    network: RoadNetwork | None = None,
) -> Study:
    """Return the study of `incidents` on squares of `cell` metres, where streets are if a network is given.

    Raises
    ------
    InputError
        When nothing is left.
    """
    from instances.risk.estimate import weigh
    from instances.risk_files import day_after

    weighed = weigh(incidents, until=day_after(incidents), weights=weights)
    chosen, weight = weighed.incidents, weighed.weight
    middle = network.middle if network else (float(np.median(chosen.lat)), float(np.median(chosen.lon)))
    grid = MetricGrid.at(*middle, cell)
    column, row = grid.cells(chosen.lat, chosen.lon)
    left_out = {"of weight 0": weighed.left_out["weightless"]}
    if network is not None:
        ix, iy = _cells_with_streets(grid, network)
        index = _index(ix, iy, column, row)
        inside = index >= 0
        left_out["in no cell with a street"] = int((~inside).sum())
        if not inside.any():
            wrong = "none of its incidents lies in a cell with a street"
            raise InputError([Fault(incidents.source, 0, 0, "roads", wrong, "take the roads of the same town")])
        chosen, weight, index = chosen.select(inside), weight[inside], index[inside]
        near = None
    else:
        ix, iy = _cells_among(column, row)
        index = _index(ix, iy, column, row)
        near = np.stack([_index(ix, iy, ix + dx, iy + dy) for dx, dy in _AROUND], axis=1)
    if len(ix) > MOST_CELLS:
        wrong = f"the area has {len(ix):,} cells of {cell:g} m; at most {MOST_CELLS:,} can be worked out"
        raise InputError([Fault(incidents.source, 0, 0, "cell", wrong, "use larger cells")])
    left_out = {why: count for why, count in left_out.items() if count}
    return Study(chosen, weight, grid, ix, iy, index, _known(chosen), near, left_out)


_AROUND = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)


def _known(incidents: Incidents) -> Ints:
    """Return the day on which each incident counts as past."""
    month = (incidents.day.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64)
    return np.where(incidents.month_only, month, incidents.day + 1)


def _cells_among(column: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Return the cells with incidents, and those with at least `AMONG` such around them, in order."""
    own = np.unique(np.stack([column, row], axis=1), axis=0)
    ring = np.concatenate([own + np.array(step) for step in _AROUND])
    beside, times = np.unique(ring, axis=0, return_counts=True)
    cells = np.unique(np.concatenate([own, beside[times >= AMONG]]), axis=0)
    return cells[:, 0].copy(), cells[:, 1].copy()


def _cells_with_streets(grid: MetricGrid, network: RoadNetwork) -> tuple[Ints, Ints]:
    """Return the cells that some street runs through, in order; a corner cut by less than a step may be missed."""
    x, y = grid.metres(network.points[:, 1], network.points[:, 0])
    begin = np.ones(len(x), dtype=np.bool_)
    begin[network.point_starts[1:-1] - 1] = False  # from the last point of a street nothing leads to the next
    begin[-1] = False
    at = np.flatnonzero(begin)
    dx, dy = x[at + 1] - x[at], y[at + 1] - y[at]
    steps = np.maximum(np.ceil(np.hypot(dx, dy) / (STEP * grid.cell)).astype(np.int64), 1)
    nth = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    part = nth / np.repeat(steps, steps)
    along_x = np.repeat(x[at], steps) + part * np.repeat(dx, steps)
    along_y = np.repeat(y[at], steps) + part * np.repeat(dy, steps)
    column, row = grid.cells_of(np.concatenate([along_x, x]), np.concatenate([along_y, y]))
    cells = np.unique(np.stack([column, row], axis=1), axis=0)
    return cells[:, 0].copy(), cells[:, 1].copy()


def _index(ix: Ints, iy: Ints, column: Ints, row: Ints) -> Ints:
    """Return the index of each cell (column, row) among (ix, iy), which are in order; -1 where it is none of them."""
    low, high = int(min(iy.min(), row.min())), int(max(iy.max(), row.max()))
    width = high - low + 1
    keys, asked = ix * width + iy - low, column * width + row - low
    found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[found] == asked, found, -1).astype(np.int64)


def span_of(study: Study) -> tuple[int, int]:
    """Return the first day of the file and the one after its last; firsts of months where periods are months."""
    first, end = int(study.incidents.day.min()), int(study.known.max())
    if study.months:
        first = int(np.datetime64(first, "D").astype("M8[M]").astype("M8[D]").astype(np.int64))
        month = np.datetime64(end - 1, "D").astype("M8[M]") + 1
        end = int(month.astype("M8[D]").astype(np.int64))
    return first, end


def days(count: int | None) -> timedelta | None:
    """Return a number of days as a duration."""
    return None if count is None else timedelta(days=count)

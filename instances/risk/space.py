"""Incidents in cells: gridding, and a Gaussian kernel that keeps the total and knows where streets are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.incidents import Incidents
from instances.risk.metric_grid import Floats, MetricGrid

MOST_REACH = 200
"""Cells beyond which spreading takes minutes and more memory than there is, and the cells are needlessly small."""

REACH = 3.0
"""The kernel is cut off at this many standard deviations."""


@dataclass(frozen=True, eq=False)
class Gridded:
    """N incidents in the C cells that have any.

    `ix`, `iy` of shape (C,) are the cells in order of column and row; `cell` of shape (N,) is the cell of
    each incident; `x`, `y` of shape (N,) their metres.
    """

    grid: MetricGrid
    ix: NDArray[np.int64]
    iy: NDArray[np.int64]
    cell: NDArray[np.int64]
    x: Floats
    y: Floats

    @classmethod
    def of(cls, grid: MetricGrid, incidents: Incidents) -> Gridded:
        """Return `incidents` in the cells of `grid`."""
        x, y = grid.metres(incidents.lat, incidents.lon)
        column, row = grid.cells_of(x, y)
        cells, index = np.unique(np.stack((column, row), axis=1), axis=0, return_inverse=True)
        return cls(grid, cells[:, 0], cells[:, 1], index.reshape(-1), x, y)

    def sums(self, weight: Floats) -> Floats:
        """Return the weight in each cell, shape (C,)."""
        return binned(self.cell, weight, len(self.ix))

    def standing_points(self, incidents: Incidents, weight: Floats) -> tuple[Floats, Floats]:
        """Return latitude and longitude of the incident nearest to the weighted centre of each cell.

        The place of an incident, unlike a mean, is where something happened, so it is on or near a street.
        """
        total = self.sums(weight)
        mean_x, mean_y = self.sums(weight * self.x) / total, self.sums(weight * self.y) / total
        away = np.hypot(self.x - mean_x[self.cell], self.y - mean_y[self.cell])
        # Millimetres, so that rounding in the sums cannot change who is nearest.
        order = np.lexsort((incidents.lon, incidents.lat, np.round(away, 3), self.cell))
        first = order[np.searchsorted(self.cell[order], np.arange(len(self.ix)))]
        return incidents.lat[first], incidents.lon[first]


def binned(index: NDArray[np.int64], weight: Floats, size: int) -> Floats:
    """Return the sum of `weight` at each of `size` indices, as floats even where there is nothing to sum."""
    return np.bincount(index, weights=weight, minlength=size).astype(np.float64)


def reach_of(cells: Gridded, sigma: float) -> int:
    """Return how many cells away from its own an incident spreads: no farther than the cells lie apart."""
    extent = int(max(np.ptp(cells.ix), np.ptp(cells.iy)))
    return int(min(REACH * sigma / cells.grid.cell, extent))


def smoothed(cells: Gridded, values: Floats, sigma: float) -> Floats:
    """Return `values` of shape (C, ...) spread over neighbouring cells by a Gaussian of `sigma` metres.

    Only cells with incidents receive anything, each cell gives away exactly what it had, so the total stays
    and no risk is put into rivers and fields.
    """
    if sigma <= 0:
        return values
    side = cells.grid.cell
    reach = reach_of(cells, sigma)
    span = int(cells.iy.max() - cells.iy.min()) + 2 * reach + 1
    key = (cells.ix - cells.ix.min()) * span + (cells.iy - cells.iy.min())
    steps = np.arange(-reach, reach + 1)
    pairs: list[tuple[float, NDArray[np.int64], NDArray[np.int64]]] = []
    norm = np.zeros(len(key))
    for dx in steps.tolist():
        for dy in steps.tolist():
            square = (dx * dx + dy * dy) * side * side
            if square > (REACH * sigma) ** 2:
                continue
            share = float(np.exp(-square / (2 * sigma * sigma)))
            target = np.searchsorted(key, key + dx * span + dy)
            found = np.flatnonzero(key[np.minimum(target, len(key) - 1)] == key + dx * span + dy)
            norm[found] += share
            pairs.append((share, found, target[found]))
    given = values / norm.reshape(-1, *([1] * (values.ndim - 1)))
    out = np.zeros_like(values)
    for share, source, target in pairs:
        out[target] += share * given[source]
    return out

"""Prices of cells for the bound to begin with, made from a plan: what is bought must pay a unit's time.

In the best prices, visits of the hotspots that are worth returning to all cost about the same: what a unit earns
elsewhere in the time they take.  So each lingering cell begins with such a share of its weight that a visit in the
midst of those around it earns as much, and with all of it where even that is less.  What is missing at posts begins
at the price of that time as well.  Presence is hardly ever covered twice and begins with its weight, while what one
unit responds to others can mostly respond to as well, so that little is paid for it.  Any prices give a bound that
holds; these are near the best ones after a few steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.cover import LAYERS, nth_worth, stepped

if TYPE_CHECKING:
    from solver.cover import Cells, Counts, Ints, Small

_SHARES = {"response": (0.7, 0.2, 0.03), "backup": (0.7, 0.2, 0.03), "revisit": (0.9, 0.5, 0.15)}
"""Shares of their weight that cells begin with which a plan covers too little, as often as counts, and once more than
that; those covered more often begin with 0."""

_BETWEEN = 0.2
"""Where each further unit earns less, a cell begins so far from what one more would earn to what the last one does."""

_NEAREST = 5
"""A visit takes its own minutes and a leg from a place that is among so many nearest ones."""


def first_prices(
    cells: Cells, counts: Counts, legs: Small, layers: dict[str, tuple[Ints, Ints, Ints]], minute: float
) -> list[np.ndarray]:
    """Return prices for each of `LAYERS`.

    Parameters
    ----------
    cells : Cells
    counts : Counts
        What the plan covers.
    legs : int32 array of shape (M, P, P)
        Minutes, `solver.paths.FAR` where there is no way.
    layers : dict of str to (room, hard, soft)
        Of each layer how many units count in a cell, and the two parts of its weight.
    minute : float
        What a minute of a unit's time is to cost.
    """
    prices, falling = [], stepped(cells)
    for layer in LAYERS:
        room, hard, soft = layers[layer]
        if layer in falling:
            steps, by_row = falling[layer]
            weight, before = getattr(cells, layer), getattr(counts, layer)
            last, more = (nth_worth(weight, steps, np.maximum(before - k, 0), by_row=by_row) for k in (1, 0))
            prices.append(np.minimum(np.where(before > 0, more + _BETWEEN * (last - more), 0.7 * more), soft))
            continue
        if layer == "linger":
            share = _shares_of_visits(cells, legs, soft, minute)
        elif layer in _SHARES:
            spare = getattr(counts, layer) - room
            share = np.select([spare < 0, spare == 0, spare == 1], _SHARES[layer], 0.0)
        else:
            share = np.ones(soft.shape)
        prices.append(np.where(hard > 0, minute * hard, soft * share))
    return prices


def _shares_of_visits(cells: Cells, legs: Small, soft: Ints, minute: float) -> np.ndarray:
    """Return the share of each lingering cell's weight with which a visit around it pays a unit's time."""
    minutes = soft.shape[1]
    shares = np.ones(soft.shape)
    near = np.sort(legs, axis=2)[:, :, 1 : 1 + _NEAREST]
    leg = float(near[near < legs.max()].mean()) if (near < legs.max()).any() else 0.0
    middle = np.arange(minutes)
    for place, row in enumerate(cells.row_of):
        if row < 0:
            continue
        work, reach = int(cells.shortest[place]), int(cells.shortest[place] + cells.lingers[place])
        first, last = np.maximum(middle - reach // 2, 0), np.minimum(middle + (reach + 1) // 2, minutes)
        lingering = _between(soft[row], first, last)
        presence = _between(cells.presence[row], first, last) * (work / np.maximum(last - first, 1))
        shares[row] = np.clip((minute * (work + leg) - presence) / np.maximum(lingering, 1.0), 0.0, 1.0)
    return shares


def _between(row: Ints, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the sums of `row` over each of the spans from `first` to `last`."""
    totals = np.concatenate([[0.0], np.cumsum(row, dtype=np.float64)])
    sums: np.ndarray = totals[last] - totals[first]
    return sums

"""How well a map foretold where incidents happened: shares, and what chance and the best map would have had.

A map gives each cell of the area a number; its marked cells are those with the largest, as many as a share of the
area allows.  Cells with equal numbers are marked alike, each by a part: that is the mean over all ways to choose
among them, so nothing depends on their order, and a share of the area is met to the letter.  What the measures are
and who gave them stands in ``docs/backtest.md``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def marked(values: Floats, share: float) -> Floats:
    """Return how much of each cell is marked, from 0 to 1, shape (C,); the sum is `share` of the cells."""
    order, ends = _tied(values)
    begins = np.concatenate([[0], ends[:-1]])
    part = np.clip((share * len(values) - begins) / (ends - begins), 0.0, 1.0)
    out = np.empty(len(values))
    out[order] = np.repeat(part, ends - begins)
    return out


def best_hits(counts: Floats, share: float) -> float:
    """Return what falls into `share` of the cells if they are chosen knowing `counts`, shape (C,)."""
    return float(marked(counts, share) @ counts)


def hits_by_area(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return shares of the area from 0 to 1 and what of `counts` falls into the cells marked there.

    Between neighbouring points the curve is straight, as within cells of equal numbers.
    """
    order, ends = _tied(values)
    found = np.concatenate([[0.0], np.cumsum(counts[order])[ends - 1]])
    return np.concatenate([[0.0], ends / len(values)]), found


def area_under_hits(values: Floats, counts: Floats) -> float:
    """Return the area under the curve of hits against area, in units of `counts`: half their sum is chance."""
    area, found = hits_by_area(values, counts)
    return float(((found[1:] + found[:-1]) / 2 * np.diff(area)).sum())


def log_gain(values: Floats, anywhere: Floats, at: NDArray[np.int64] | None = None) -> Floats:
    """Return the logarithm of how many times likelier than anywhere each cell is, shape (K, C).

    Parameters
    ----------
    values : float64 array of shape (C,)
        Of any scale; 0 or more.
    anywhere : float64 array of shape (K,)
        Shares above 0 of the probability that are spread evenly over the cells; a row is returned for each.
    at : int64 array of shape (L,), optional
        The cells wanted, all by default.
    """
    total = values.sum()
    wanted = values if at is None else values[at]
    relative = wanted * (len(values) / total) if total > 0 else np.ones(len(wanted))
    share = anywhere[:, None]
    return np.asarray(np.log((1 - share) * relative + share))


def _tied(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return cells by falling value, and where in that order each run of equal values ends."""
    order = np.argsort(-values, kind="stable")
    falling = values[order]
    # What differs by rounding alone is equal.
    apart = falling[:-1] - falling[1:] > 1e-12 * np.abs(falling[:-1])
    return order, np.concatenate([np.flatnonzero(apart) + 1, [len(values)]])

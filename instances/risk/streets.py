"""Risk by street: that of each cell shared out among the streets on which its incidents happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from instances.incidents import Incidents
from instances.risk.surface import Floats, RiskSurface


def street_risk(
    surface: RiskSurface, incidents: Incidents, weight: Floats, street: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """Return the K streets with incidents, and their risk, shape (K, S); it adds up to that of the surface.

    Parameters
    ----------
    surface : RiskSurface
        Made of these incidents: each lies in one of its cells.
    incidents : Incidents
        N of them.
    weight : float64 array of shape (N,)
        What each weighs.
    street : int64 array of shape (N,)
        The street on which each happened.
    """
    cell = _cell_of(surface, incidents)
    held = np.bincount(cell, weights=weight, minlength=len(surface))
    # A cell whose incidents weigh nothing has no risk to share.
    share = np.divide(weight, held[cell], out=np.zeros(len(weight)), where=held[cell] > 0)
    streets, which = np.unique(street, return_inverse=True)
    risk = np.zeros((len(streets), surface.risk.shape[1]))
    np.add.at(risk, which.reshape(-1), share[:, None] * surface.risk[cell])
    return streets, risk


def _cell_of(surface: RiskSurface, incidents: Incidents) -> NDArray[np.int64]:
    """Return the index of the cell in which each incident lies."""
    ix, iy = surface.grid.cells(incidents.lat, incidents.lon)
    low, width = int(min(surface.iy.min(), iy.min())), int(np.ptp(np.concatenate([surface.iy, iy]))) + 1
    # Cells stand in order of column and row, so their numbers rise.
    found: NDArray[np.int64] = np.searchsorted(surface.ix * width + surface.iy - low, ix * width + iy - low)
    return found

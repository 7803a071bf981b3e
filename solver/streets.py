"""The streets of a plan: the geometry of its legs, for exports only.

`Streets` travels beside `Problem` and `Plan` and is never read by a search, a check or a score.  It is made
from the road network by `instances`, for the legs that a plan uses, and holds no network itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Leg:
    """The way from one place to another.

    Parameters
    ----------
    lonlat : float64 array of shape (K, 2)
        Points along the streets, WGS-84 degrees, longitude first; K is at least 2.
    seconds : float64 array of shape (K,)
        Driving time from the start of the leg to each point, rising from 0.
    metres : float
        Length of the leg.
    """

    lonlat: NDArray[np.float64]
    seconds: NDArray[np.float64]
    metres: float


@dataclass(frozen=True)
class Streets:
    """Legs by (mode, name of the place left, name of the place reached), and whom to credit for the map."""

    legs: Mapping[tuple[str, str, str], Leg] = field(default_factory=dict)
    attribution: str = ""

    def leg(self, mode: str, start: str, end: str) -> Leg | None:
        """Return the leg, or None where its streets are not known."""
        return self.legs.get((mode, start, end))

"""The streets of a plan: the geometry of its legs, for exports only.

`Streets` travels beside `Problem` and `Plan` and is never read by a search, a check or a score.  It is made
from the road network by `instances`, for the legs that a plan uses; of the network itself it holds no more than
what is drawn behind them.
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


RANKS = ("main", "through", "local", "path")
"""How much a street matters on a map: across the town, through a quarter, to the door, for feet."""


@dataclass(frozen=True, eq=False)
class StreetLines:
    """The streets of a town, to be drawn behind a plan.

    Parameters
    ----------
    lonlat : float64 array of shape (N, 2)
        The points of all lines, WGS-84 degrees, longitude first.
    starts : int64 array of shape (L + 1,)
        Where the points of each line begin; a line has two or more.
    rank : int64 array of shape (L,)
        Index into `RANKS`.
    name : int64 array of shape (L,)
        Index into `names`.
    names : tuple of str
        Names of streets; the first is empty, for those without.
    """

    lonlat: NDArray[np.float64]
    starts: NDArray[np.int64]
    rank: NDArray[np.int64]
    name: NDArray[np.int64]
    names: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Streets:
    """Legs by (mode, name of the place left, name of the place reached), and whom to credit for the map.

    `network` are the streets of the whole town, where they are known.
    """

    legs: Mapping[tuple[str, str, str], Leg] = field(default_factory=dict)
    attribution: str = ""
    network: StreetLines | None = None

    def leg(self, mode: str, start: str, end: str) -> Leg | None:
        """Return the leg, or None where its streets are not known."""
        return self.legs.get((mode, start, end))

"""How long it takes from anywhere that a unit may be to anywhere: between places and demand points, and on the road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.problem import UNREACHABLE, IntArray, Problem

EARTH = 6371008.8
NEAREST = 16
"""Places nearest to a demand point by way of which ways between demand points are looked for."""


class LegKey(NamedTuple):
    """A leg: its mode, and the indices of the places that it leads from and to."""

    mode: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Ways:
    """Seconds between *nodes*: the P places, and after them the D demand points.

    Parameters
    ----------
    seconds : mapping of mode to int32 array of shape (P + D, P + D)
        -1 where there is no way.
    along : mapping of `LegKey` to int32 array of shape (K, D)
        Seconds to the demand points from K points (2 or more) on a leg, both ends among them, equally long apart.
        Where a leg is not there, a unit on it goes on to its end or back to its start.
    source : str
        ``streets``, or ``estimate`` where they come from the tables of a problem alone.
    """

    seconds: Mapping[str, IntArray]
    along: Mapping[LegKey, IntArray] = field(default_factory=dict)
    source: str = "estimate"


def estimated_ways(problem: Problem) -> Ways:
    """Return the ways as far as the problem's own tables tell.

    From places they are exact.  The way back from a demand point is taken as long as the way there.  From one demand
    point to another it leads by way of the place, among those nearest to the first, that makes it shortest, or straight
    at the usual speed (seconds a metre as the crow flies, the median of all ways from places) where that is less.
    """
    found = {}
    for mode in {u.mode for u in problem.units}:
        reach = problem.reach[mode]
        between = _between(problem, reach)
        found[mode] = np.block([[problem.travel[mode], reach], [reach.T, between]]).astype(np.int32)
    return Ways(found)


def _between(problem: Problem, reach: IntArray) -> NDArray[np.int64]:
    """Return estimated seconds from demand point to demand point."""
    far = np.iinfo(np.int32).max
    known: NDArray[np.int64] = np.where(reach < 0, far, reach).astype(np.int64)
    count = len(problem.demand)
    straight = _straight(problem, reach)
    table = np.full((count, count), UNREACHABLE, dtype=np.int64)
    for d in range(count):
        near = np.argsort(known[:, d], kind="stable")[:NEAREST]
        ways = (known[near, d][:, None] + known[near]).min(axis=0, initial=far)
        table[d] = np.where(ways < far, np.minimum(ways, straight[d]), UNREACHABLE)
        table[d, d] = 0
    return table


def _straight(problem: Problem, reach: IntArray) -> NDArray[np.int64]:
    """Return seconds between demand points at the usual speed as the crow flies."""
    points = np.array([(d.lat, d.lon) for d in problem.demand], dtype=np.float64).reshape(-1, 2)
    places = np.array([(p.lat, p.lon) for p in problem.places], dtype=np.float64).reshape(-1, 2)
    metres = _metres(places, points)
    usable = (reach > 0) & (metres > 50)
    if not usable.any():
        return np.full((len(points), len(points)), np.iinfo(np.int32).max, dtype=np.int64)
    rate = float(np.median(reach[usable] / metres[usable]))
    return np.ceil(_metres(points, points) * rate).astype(np.int64)


def _metres(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle distances between points given as latitude and longitude, shape (A, B)."""
    (lat1, lon1), (lat2, lon2) = np.radians(a.T)[:, :, None], np.radians(b.T)[:, None, :]
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    return metres

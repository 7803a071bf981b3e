"""Stretches of street that are driven along: where a mode enters and leaves one, and the way between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.roads.journeys import crossings
from instances.roads.legs import leg_streets
from instances.roads.network import RoadNetwork
from instances.roads.snapping import Snaps, snap, to_crossings
from instances.roads.street_parts import part
from solver.problem import MODES
from solver.streets import Leg

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

AT_CROSSING = 20.0
"""Metres along a street from a crossing within which an end that was drawn by hand means the crossing."""


@dataclass(frozen=True, eq=False)
class Run:
    """How one mode drives along a stretch in one direction: from `entry` to `exit` (one place each) along `leg`."""

    entry: Snaps
    exit: Snaps
    leg: Leg

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return float(self.leg.seconds[-1])


def runs_between(network: RoadNetwork, mode: str, starts: Floats, ends: Floats, *, limit: float) -> list[Run | None]:
    """Return the fastest way of `mode` from each start to the end of the same index.

    Parameters
    ----------
    network : RoadNetwork
    mode : str
    starts, ends : float64 arrays of shape (N, 2)
        Latitude and longitude.
    limit : float
        Metres beyond which a point is not taken to lie on a street.

    Returns
    -------
    list of N Run or None
        None where an end lies on no street, or both lie on the same place.
    """
    entries, exits = apart(network, *(snap(network, points, mode, limit=limit) for points in (starts, ends)))
    same = (entries.street == exits.street) & (entries.fraction == exits.fraction)
    node = crossings(network, entries)
    same |= (node >= 0) & (node == crossings(network, exits))
    which = np.flatnonzero(entries.snapped & exits.snapped & ~same)
    legs = leg_streets(network, mode, entries[which], exits[which])
    found: list[Run | None] = [None] * len(entries)
    for i, leg in zip(which.tolist(), legs, strict=True):
        found[i] = Run(entries[[i]], exits[[i]], leg)
    return found


def runs_along(network: RoadNetwork, mode: str, darts: Ints) -> list[Run | None]:
    """Return how `mode` drives along each dart, from crossing to crossing; None where it may not or cannot go."""
    row = MODES.index(mode)
    return [_run(network, mode, dart) if network.connected[row, dart] else None for dart in darts.tolist()]


def apart(network: RoadNetwork, starts: Snaps, ends: Snaps) -> tuple[Snaps, Snaps]:
    """Return the ends of ways, each on the crossing that it is near, but never both ends of one on the same."""
    moved, arrived = (to_crossings(network, snaps, within=AT_CROSSING) for snaps in (starts, ends))
    node = crossings(network, moved)
    joined = (node >= 0) & (node == crossings(network, arrived))
    return moved.where(~joined, starts), arrived.where(~joined, ends)


def _run(network: RoadNetwork, mode: str, dart: int) -> Run:
    """Return how `mode` drives along a dart."""
    begin, end = (1.0, 0.0) if dart & 1 else (0.0, 1.0)
    lonlat, metres = part(network, dart, begin, end)
    seconds = metres * 3.6 / network.kmh[MODES.index(mode), dart]
    entry, exit_ = (_place(mode, dart >> 1, share, point) for share, point in ((begin, lonlat[0]), (end, lonlat[-1])))
    return Run(entry, exit_, Leg(lonlat, seconds, float(metres[-1])))


def _place(mode: str, street: int, fraction: float, lonlat: Floats) -> Snaps:
    """Return the place at a share of a street as one that a point lies on exactly."""
    return Snaps(
        mode=mode,
        street=np.array([street], dtype=np.int32),
        fraction=np.array([fraction]),
        metres=np.zeros(1),
        lonlat=lonlat.reshape(1, 2),
        detached=np.full(1, np.inf),
    )

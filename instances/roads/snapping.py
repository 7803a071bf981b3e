"""Finds the place on the streets that is nearest to a point: anywhere along a street, not only at its ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from instances.roads.geometry import great_circle, mercator
from instances.roads.network import RoadNetwork
from instances.roads.street_parts import place_along, street_lines
from solver.problem import MODES

LIMIT = 250.0
"""Metres from a street beyond which a point is not taken to lie on it."""

_AT_NODE = 0.5
"""Metres from the end of a street within which a point counts as standing on the crossing itself."""


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where N points lie on the streets of one mode.

    Parameters
    ----------
    mode : str
    street : int32 array of shape (N,)
        The nearest street, or -1 where it is farther than the limit.
    fraction : float64 array of shape (N,)
        Share of the street's length from its tail to the place.
    metres : float64 array of shape (N,)
        From the point to the nearest street, also beyond the limit; infinite where the mode has no street.
    lonlat : float64 array of shape (N, 2)
        The place on the street, WGS-84 degrees; of the point itself where it is not snapped.
    detached : float64 array of shape (N,)
        Of points not snapped, metres to the nearest street that the mode may use but that is not connected
        with the rest (an island, a closed estate); infinite where there is none and for snapped points.
    """

    mode: str
    street: NDArray[np.int32]
    fraction: NDArray[np.float64]
    metres: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    detached: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.street)

    @property
    def snapped(self) -> NDArray[np.bool_]:
        """Whether each point lies within the limit of a street, shape (N,)."""
        return self.street >= 0

    def where(self, keep: NDArray[np.bool_], others: Snaps) -> Snaps:
        """Return the places of which `keep` holds, and those of `others` elsewhere."""
        return Snaps(
            mode=self.mode,
            street=np.where(keep, self.street, others.street),
            fraction=np.where(keep, self.fraction, others.fraction),
            metres=np.where(keep, self.metres, others.metres),
            lonlat=np.where(keep[:, None], self.lonlat, others.lonlat),
            detached=np.where(keep, self.detached, others.detached),
        )

    def followed_by(self, others: Sequence[Snaps]) -> Snaps:
        """Return the places and after them those of others, of the same mode."""
        every = (self, *others)
        names = ("street", "fraction", "metres", "lonlat", "detached")
        return Snaps(self.mode, *(np.concatenate([getattr(s, name) for s in every]) for name in names))

    def replaced(self, others: Mapping[int, Snaps | None]) -> Snaps:
        """Return the places, some of them (by index) replaced by others, one each, or by none on any street."""
        street, fraction, lonlat = self.street.copy(), self.fraction.copy(), self.lonlat.copy()
        for i, other in others.items():
            street[i] = -1
            if other is not None:
                street[i], fraction[i], lonlat[i] = other.street[0], other.fraction[0], other.lonlat[0]
        return replace(self, street=street, fraction=fraction, lonlat=lonlat)

    def __getitem__(self, which: slice | NDArray[np.int64] | NDArray[np.bool_] | list[int]) -> Snaps:
        """Return some of the places, in the order asked for."""
        return Snaps(
            mode=self.mode,
            street=self.street[which],
            fraction=self.fraction[which],
            metres=self.metres[which],
            lonlat=self.lonlat[which],
            detached=self.detached[which],
        )


def snap(network: RoadNetwork, points: NDArray[np.float64], mode: str, *, limit: float = LIMIT) -> Snaps:
    """Return the nearest places on the streets that `mode` can use and get back from.

    Parameters
    ----------
    network : RoadNetwork
    points : float64 array of shape (N, 2)
        Latitude and longitude, WGS-84 degrees, in this order.
    mode : str
    limit : float
        Metres beyond which a point is left unsnapped (street -1); who asked says so to the planner.

    Raises
    ------
    ValueError
        When a point is not on the globe, or the mode is unknown.
    """
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    on_globe = (np.abs(points[:, 0]) <= 90) & (np.abs(points[:, 1]) <= 180)
    if not on_globe.all():
        i = int(np.flatnonzero(~on_globe)[0])
        raise ValueError(f"point {i} at {points[i].tolist()} is not a latitude and longitude in degrees")
    lonlat = points[:, ::-1].copy()
    row = MODES.index(mode)
    connected = network.connected[row].reshape(-1, 2).any(axis=1)
    street, fraction, place, metres = nearest_streets(network, np.flatnonzero(connected), lonlat)
    far = metres > limit
    others = np.flatnonzero((network.kmh[row] > 0).reshape(-1, 2).any(axis=1) & ~connected)
    detached = np.full(len(points), np.inf)
    detached[far] = nearest_streets(network, others, lonlat[far])[3]
    return Snaps(
        mode=mode,
        street=np.where(far, -1, street).astype(np.int32),
        fraction=np.where(far, 0.0, fraction),
        metres=metres,
        lonlat=np.where(far[:, None], lonlat, place),
        detached=detached,
    )


def to_crossings(network: RoadNetwork, snaps: Snaps, *, within: float) -> Snaps:
    """Return the places, those within so many metres along their street from a crossing moved onto it.

    Who draws a line from crossing to crossing does not hit them to the metre, and the nearest street may then be
    one that only begins there.
    """
    metres = network.metres[snaps.street]
    from_tail, from_head = snaps.fraction * metres, (1.0 - snaps.fraction) * metres
    near = snaps.snapped & (np.minimum(from_tail, from_head) <= within)
    fraction = np.where(near, np.where(from_tail <= from_head, 0.0, 1.0), snaps.fraction)
    lonlat = snaps.lonlat.copy()
    lonlat[near] = place_along(network, snaps.street[near].astype(np.int64), fraction[near])
    return replace(snaps, fraction=fraction, lonlat=lonlat)


def nearest_streets(
    network: RoadNetwork, usable: NDArray[np.int64], lonlat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return for each place the nearest usable street, the share of its length, the place there, and its distance."""
    if not len(usable) or not len(lonlat):
        count = len(lonlat)
        return np.full(count, -1), np.zeros(count), lonlat, np.full(count, np.inf)
    import shapely

    # Mercator keeps shapes: what is nearest on the map is nearest on the ground.  Each street is in the tree
    # once, whatever its directions, so no twin can be missed.
    lines = street_lines(network, usable, mercator(network.points))
    points = shapely.points(mercator(lonlat))
    asked, found = shapely.STRtree(lines).query_nearest(points, all_matches=True)
    # Of streets equally near the first is taken, so that the answer does not depend on the tree.
    order = np.lexsort((found, asked))
    _, first = np.unique(asked[order], return_index=True)
    line = found[order][first]
    street = usable[line]
    fraction = shapely.line_locate_point(lines[line], points, normalized=True)
    along = fraction * network.metres[street]
    fraction = np.where(along <= _AT_NODE, 0.0, fraction)
    fraction = np.where((along > _AT_NODE) & (network.metres[street] - along <= _AT_NODE), 1.0, fraction)
    place = place_along(network, street, fraction)
    return street, fraction, place, great_circle(lonlat, place)

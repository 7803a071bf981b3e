"""The track of a unit: where it is in which second of its shift.

It drives at once when it leaves a halt, so it arrives early where the plan's whole minutes leave seconds
over, and stands there.  Times are whole seconds and rise strictly, as receivers and converters want.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.export.drive import Drive
from solver.export.itinerary import Halt, Itinerary
from solver.export.thinning import local_metres, significance

LONGEST = 10_000
"""Track points that receivers hold; some hold no more."""


SAME = 1.0
"""Metres between a place and the end of a leg below which the two are one point."""


@dataclass(frozen=True)
class Track:
    """Points of shape (N, 2), WGS-84 degrees, longitude first, and seconds from the start of the problem, (N,)."""

    lonlat: NDArray[np.float64]
    seconds: NDArray[np.int64]


def track(itinerary: Itinerary, drives: Sequence[Drive], *, longest: int = LONGEST) -> Track:
    """Return the track of a unit that makes `drives`.

    A halt has up to three points: when the unit gets there, when it should be there, and when it leaves.
    On the way, one point a second at most is kept, the one that matters most for the line, and the line
    begins and ends on the street where the leg does.  When there are more than `longest` points, those on
    the way that matter least are left out, never those of the halts.
    """
    by_start = {d.start.number: d for d in drives}
    parts: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]] = []
    for halt in itinerary.halts:
        arrival = by_start.get(halt.number - 1)
        parts.append(_standing(halt, arrival.arrival if arrival else 60 * halt.stop.arrive))
        if halt.number in by_start:
            parts.append(_driving(by_start[halt.number]))
    lonlat, seconds, weight = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    _, first = np.unique(seconds, return_index=True)
    kept = np.sort(_heaviest(first, weight, longest))
    return Track(lonlat[kept], seconds[kept])


def _standing(halt: Halt, arrival: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights of a halt."""
    seconds = np.unique(np.array([arrival, 60 * halt.stop.arrive, 60 * halt.stop.leave], dtype=np.int64))
    place = np.array([[halt.place.lon, halt.place.lat]])
    return np.repeat(place, len(seconds), axis=0), seconds, np.full(len(seconds), np.inf)


def _driving(drive: Drive) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights between two halts: in each second the point that matters most."""
    first, last = 60 * drive.start.stop.leave + 1, drive.arrival - 1
    if last < first:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64), np.empty(0)
    seconds = np.clip(np.rint(drive.seconds).astype(np.int64), first, last)
    weight = np.minimum(significance(drive.lonlat), np.finfo(np.float64).max)
    weight[_at_its_places(drive)] = -1.0
    order = np.lexsort((-weight, seconds))
    best = order[np.unique(seconds[order], return_index=True)[1]]
    best = best[weight[best] >= 0.0]
    return drive.lonlat[best], seconds[best], weight[best]


def _at_its_places(drive: Drive) -> NDArray[np.bool_]:
    """Return for each point whether it is an end of the line that says no more than the place does, shape (K,)."""
    same = np.zeros(len(drive.lonlat), dtype=np.bool_)
    for end, halt in ((0, drive.start), (-1, drive.end)):
        pair = np.array([[halt.place.lon, halt.place.lat], drive.lonlat[end]])
        same[end] = bool(np.hypot(*local_metres(pair)[1]) < SAME)
    return same


def _heaviest(points: NDArray[np.int64], weight: NDArray[np.float64], longest: int) -> NDArray[np.int64]:
    """Return at most `longest` of `points`, the heaviest, but all of infinite weight."""
    if len(points) <= longest:
        return points
    order = points[np.argsort(-weight[points], kind="stable")]
    halts = int(np.isinf(weight[points]).sum())
    return order[: max(longest, halts)]

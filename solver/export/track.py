"""The track of a unit: where it is in which second of its shift.

It drives at once when it leaves a halt, so it arrives early where the plan's whole minutes leave seconds
over, and stands there.  Times are whole seconds and rise strictly, as receivers and converters want.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.export.drive import Drive, Patrol
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


def track(
    itinerary: Itinerary, drives: Sequence[Drive], patrols: Sequence[Patrol] = (), *, longest: int = LONGEST
) -> Track:
    """Return the track of a unit that makes `drives` and `patrols`.

    A halt has up to three points: when the unit gets there, when it should be there, and when it leaves.
    Between the last two it stands there, or drives along the stretch of street that it visits.  On the way, one
    point a second at most is kept, the one that matters most for the line, and the line begins and ends on the
    street where the leg does.  When there are more than `longest` points, those on the way that matter least are
    left out, never those of the halts.
    """
    by_start = {d.start.number: d for d in drives}
    by_halt = {p.halt.number: p for p in patrols}
    parts: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]] = []
    for halt in itinerary.halts:
        arrival = by_start.get(halt.number - 1)
        parts.append(_standing(halt, arrival.arrival if arrival else 60 * halt.stop.arrive))
        if halt.number in by_halt:
            parts.append(_patrolling(by_halt[halt.number]))
        if halt.number in by_start:
            parts.append(_driving(by_start[halt.number]))
    lonlat, seconds, weight = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    _, first = np.unique(seconds, return_index=True)
    kept = _heaviest(first, weight, longest)
    kept = kept[np.argsort(seconds[kept])]
    return Track(lonlat[kept], seconds[kept])


def _standing(halt: Halt, arrival: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights of a halt."""
    seconds = np.unique(np.array([arrival, 60 * halt.stop.arrive, 60 * halt.stop.leave], dtype=np.int64))
    lonlat = np.array([halt.end if s == 60 * halt.stop.leave else halt.begin for s in seconds.tolist()])
    return lonlat, seconds, np.full(len(seconds), np.inf)


def _driving(drive: Drive) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights between two halts: in each second the point that matters most."""
    first, last = 60 * drive.start.stop.leave + 1, drive.arrival - 1
    return _moving(drive.lonlat, drive.seconds, (drive.start.end, drive.end.begin), first, last)


def _patrolling(patrol: Patrol) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights on the way along a stretch of street."""
    halt = patrol.halt
    first, last = 60 * halt.stop.arrive + 1, 60 * halt.stop.leave - 1
    return _moving(patrol.lonlat, patrol.seconds, (halt.begin, halt.end), first, last)


def _moving(
    lonlat: NDArray[np.float64],
    times: NDArray[np.float64],
    ends: tuple[tuple[float, float], tuple[float, float]],
    first: int,
    last: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the points, seconds and weights of a way between two ends, from second `first` to `last`."""
    if last < first:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64), np.empty(0)
    seconds = np.clip(np.rint(times).astype(np.int64), first, last)
    weight = np.minimum(significance(lonlat), np.finfo(np.float64).max)
    weight[_at_its_ends(lonlat, ends)] = -1.0
    order = np.lexsort((-weight, seconds))
    best = order[np.unique(seconds[order], return_index=True)[1]]
    best = best[weight[best] >= 0.0]
    return lonlat[best], seconds[best], weight[best]


def _at_its_ends(
    lonlat: NDArray[np.float64], ends: tuple[tuple[float, float], tuple[float, float]]
) -> NDArray[np.bool_]:
    """Return for each point whether it is an end of the line that says no more than the place there, shape (K,)."""
    same = np.zeros(len(lonlat), dtype=np.bool_)
    for i, end in ((0, ends[0]), (-1, ends[1])):
        pair = np.array([end, lonlat[i]])
        same[i] = bool(np.hypot(*local_metres(pair)[1]) < SAME)
    return same


def _heaviest(points: NDArray[np.int64], weight: NDArray[np.float64], longest: int) -> NDArray[np.int64]:
    """Return at most `longest` of `points`, the heaviest, but all of infinite weight."""
    if len(points) <= longest:
        return points
    order = points[np.argsort(-weight[points], kind="stable")]
    halts = int(np.isinf(weight[points]).sum())
    return order[: max(longest, halts)]

"""Thinning of lines: which points matter most for the shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on a sphere of 6,371 km."""


def significance(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each point of a line how far, in metres, the line would move without it, shape (N,).

    It is the distance at which the method of Douglas and Peucker would drop the point
    (doi:10.3138/FM57-6770-U75U-7727), never more than that of the point that splits the line above it; so
    keeping all points above a tolerance gives what that method gives with it.  The ends are infinite.
    """
    # As complex numbers, points take half the calls of numpy, which is what this costs.
    xy = local_metres(lonlat) @ np.array([1.0, 1.0j])
    result = np.full(len(xy), np.inf)
    stack = [(0, len(xy) - 1, np.inf)]
    while stack:
        first, last, above = stack.pop()
        if last - first < 2:
            continue
        distance = _distance(xy[first + 1 : last], complex(xy[first]), complex(xy[last]))
        farthest = int(distance.argmax())
        split, value = first + 1 + farthest, min(above, float(distance[farthest]))
        result[split] = value
        stack += [(first, split, value), (split, last, value)]
    return result


def local_metres(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points in metres east and north of the first one, shape (N, 2); good for a city."""
    offset = np.asarray(lonlat, dtype=np.float64) - lonlat[:1]
    scale = np.cos(np.radians(lonlat[:1, 1]))
    offset[:, 0] *= scale
    return offset * METRES_PER_DEGREE


def _distance(points: NDArray[np.complex128], a: complex, b: complex) -> NDArray[np.float64]:
    """Return the distance of each point, east + north i, to the segment from `a` to `b`, shape (N,)."""
    along, offset = b - a, points - a
    square = abs(along) ** 2
    if square > 0.0:
        share = (offset * (along.conjugate() / square)).real
        np.minimum(share, 1.0, out=share)
        np.maximum(share, 0.0, out=share)
        offset -= share * along
    distance: NDArray[np.float64] = np.abs(offset)
    return distance

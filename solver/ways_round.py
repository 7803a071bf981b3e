"""The quickest ways by chains of legs, for when the direct leg does not do.

Rounded legs need not keep the triangle inequality, and none leads from a stretch of street back to itself.  A stretch
of street is entered and left on a visit alone, so no way leads through one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.problem import UNREACHABLE, IntArray, Problem

FAR = 10**6
"""Minutes to places without a way."""


class Ways(NamedTuple):
    """From one place: the least `minutes` (P,) to each, `FAR` where there is no way, and the place `before` (P,) it."""

    source: int
    minutes: NDArray[np.int64]
    before: NDArray[np.int64]

    def through(self, place: int) -> list[int]:
        """Return the places passed on the way to `place`, in order."""
        passed: list[int] = []
        at = int(self.before[place])
        while at != self.source:
            passed.insert(0, at)
            at = int(self.before[at])
        return passed


def ways_from(problem: Problem, legs: IntArray, source: int) -> Ways:
    """Return the quickest ways from `source`; `legs` are those of a mode of `problem` (Dijkstra's algorithm)."""
    stretch = problem.stretches
    far = np.where(legs == UNREACHABLE, FAR, legs).astype(np.int64)
    minutes = far[source].copy()
    if stretch[source]:
        minutes[source] = FAR
    before = np.full(minutes.size, source, dtype=np.int64)
    left = ~stretch
    left[source] = False
    while left.any():
        q = int(np.argmin(np.where(left, minutes, FAR)))
        if minutes[q] >= FAR or not left[q]:
            break
        left[q] = False
        better = minutes[q] + far[q] < minutes
        better[q] = False
        minutes[better] = minutes[q] + far[q, better]
        before[better] = q
    return Ways(source, minutes, before)

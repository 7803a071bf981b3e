"""What a containment is asked about: a car, where it may go and when, and when units can close which crossings.

Times are whole seconds from when the incident is reported; the car's are rounded down and the units' up, so that what
is said to be in time is in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver.containment.ground import Bools, Ground, Ints, earliest, least_by_crossing

NEVER = 2**40
"""The second in which somebody is where he cannot be."""

TOLERANCE = 1e-6
"""Seconds by which a sum of floating-point numbers may miss a whole second; who is in time is so by a second."""


@dataclass(frozen=True, eq=False)
class Pursuit:
    """A car on the run, and who may close crossings.

    Parameters
    ----------
    ground : Ground
    starts : tuple of (vertex, second)
        Where the car comes first, and when; seconds may be negative, as it may have left before it is reported.
    begun : tuple of int
        Streets on which it begins.
    outside : bool array of shape (V,)
        Vertices at which the car is out.  Arcs from there are not looked at.
    arrive : int64 array of shape (U, C)
        Second in which each unit can stand on each crossing, `NEVER` where it cannot.
    delay : int
        Second in which units learn of it; an additional unit that stands on a crossing has closed it then.
    """

    ground: Ground
    starts: tuple[tuple[int, float], ...]
    begun: tuple[int, ...]
    outside: Bools
    arrive: Ints
    delay: int

    @property
    def units(self) -> int:
        """Number of units, U."""
        return len(self.arrive)

    @cached_property
    def car(self) -> Ints:
        """The earliest second, rounded down, in which the car can be at each crossing, shape (C,)."""
        seconds = least_by_crossing(self.ground, earliest(self.ground, self._shifted)) + self.first
        known = np.isfinite(seconds)
        return np.where(known, np.floor(np.where(known, seconds, 0.0) + TOLERANCE), NEVER).astype(np.int64)

    @property
    def first(self) -> float:
        """The first second of all."""
        return min(second for _, second in self.starts)

    @property
    def _shifted(self) -> list[tuple[int, float]]:
        """The starts, counted from the first of them."""
        return [(vertex, second - self.first) for vertex, second in self.starts]

    @cached_property
    def slack(self) -> Ints:
        """Seconds by which each unit is at each crossing before the car, shape (U, C); 0 or less is too late."""
        return np.where(self.arrive == NEVER, -NEVER, self.car[None, :] - self.arrive)

    @cached_property
    def closable(self) -> Bools:
        """Which units can close which crossings in time, shape (U, C): strictly before the car can be there."""
        found: Bools = (self.slack > 0) & (self.car[None, :] < NEVER)
        return found

    @cached_property
    def closable_by_any(self) -> Bools:
        """Which crossings some unit can close in time, shape (C,)."""
        found: Bools = np.any(self.closable, axis=0)
        return found

    @cached_property
    def ringed(self) -> Bools:
        """Which crossings an additional unit could close, if it stood there when it learned of it, shape (C,)."""
        return (self.delay < self.car) & (self.car < NEVER)

    def without(self, units: Sequence[int]) -> Pursuit:
        """Return the same without some units."""
        return self.replaced(np.delete(self.arrive, list(units), axis=0), self.delay)

    def sooner(self, seconds: int) -> Pursuit:
        """Return the same with units that learn of it so many seconds earlier, where they are."""
        arrive = np.where(self.arrive == NEVER, NEVER, self.arrive - seconds)
        return self.replaced(arrive, self.delay - seconds)

    def replaced(self, arrive: Ints, delay: int) -> Pursuit:
        """Return the same with other units."""
        return Pursuit(self.ground, self.starts, self.begun, self.outside, arrive, delay)


@dataclass(frozen=True, eq=False)
class Region:
    """Where the car may be when crossings are closed.

    Parameters
    ----------
    vertices : bool array of shape (V,)
        What it can reach.
    streets : bool array of shape (S,)
        Streets on which it may be.
    metres : int
        Their length.
    out : bool
        Whether it can get out.
    """

    vertices: Bools
    streets: Bools
    metres: int
    out: bool


def region_of(pursuit: Pursuit, closed: Sequence[int]) -> Region:
    """Return where the car may be when crossings are closed, whoever closes them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    ground = pursuit.ground
    shut = np.isin(ground.crossing, np.array(closed, dtype=np.int64))
    open_ = ~pursuit.outside[ground.tail] & ~shut[ground.tail] & ~shut[ground.head]
    starts = np.array([v for v, _ in pursuit.starts if not shut[v]], dtype=np.int64)
    size = ground.vertices + 1
    tail = np.concatenate([ground.tail[open_], np.full(len(starts), ground.vertices)])
    head = np.concatenate([ground.head[open_], starts])
    matrix = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size)).tocsr()
    found = breadth_first_order(matrix, ground.vertices, return_predecessors=False)
    vertices = np.zeros(size, dtype=np.bool_)
    vertices[found] = True
    vertices = vertices[:-1]
    streets = np.zeros(len(ground.metres), dtype=np.bool_)
    streets[ground.street[(vertices & ~pursuit.outside)[ground.tail]]] = True
    streets[list(pursuit.begun)] = True
    return Region(vertices, streets, int(ground.metres[streets].sum()), bool((vertices & pursuit.outside).any()))

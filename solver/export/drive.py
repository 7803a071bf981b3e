"""The drives of a unit, from halt to halt and along the stretches that it visits: along which points, and when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.export.itinerary import Halt, Itinerary
from solver.problem import Problem
from solver.streets import Streets


@dataclass(frozen=True)
class Drive:
    """A drive from `start` to `end`, begun when the unit leaves the one.

    Parameters
    ----------
    start, end : Halt
    lonlat : float64 array of shape (K, 2)
        Points along the way, WGS-84 degrees, longitude first.
    seconds : float64 array of shape (K,)
        When the unit is at each point, counted from the start of the problem.
    arrival : int
        The second in which the unit is at the place of `end`; not after the minute in which it should be.
    known : bool
        False where the streets are not known, and the line is straight.
    metres : float or None
        Length of the way; None where the streets are not known.
    needed : float
        Seconds that the streets take, also where the plan allows fewer.
    """

    start: Halt
    end: Halt
    lonlat: NDArray[np.float64]
    seconds: NDArray[np.float64]
    arrival: int
    known: bool
    metres: float | None
    needed: float

    @property
    def allowed(self) -> int:
        """Seconds that the plan allows."""
        return 60 * (self.end.stop.arrive - self.start.stop.leave)

    @property
    def too_slow(self) -> bool:
        """Whether the streets take longer than the plan allows; the times are then drawn together."""
        return self.needed > self.allowed


@dataclass(frozen=True)
class Patrol:
    """A visit of a stretch of street: the way along it, driven as slowly as the visit lasts.

    Parameters
    ----------
    halt : Halt
    lonlat : float64 array of shape (K, 2)
        Points along the way, WGS-84 degrees, longitude first.
    seconds : float64 array of shape (K,)
        When the unit is at each point, counted from the start of the problem.
    known : bool
        False where the street is not known, and the line is straight.
    metres : float or None
        Length of the way; None where the street is not known.
    """

    halt: Halt
    lonlat: NDArray[np.float64]
    seconds: NDArray[np.float64]
    known: bool
    metres: float | None


def patrols(streets: Streets, itinerary: Itinerary) -> Iterator[Patrol]:
    """Yield the ways of a unit along stretches of street, in order."""
    for halt in itinerary.halts:
        if not halt.along:
            continue
        leg = streets.leg(itinerary.unit.mode, halt.place.name, halt.place.name)
        if leg is None or leg.seconds[-1] <= 0:
            lonlat, share, metres = np.array([halt.begin, halt.end]), np.array([0.0, 1.0]), None
        else:
            lonlat, share, metres = leg.lonlat, leg.seconds / leg.seconds[-1], leg.metres
        seconds = 60 * (halt.stop.arrive + share * halt.minutes)
        yield Patrol(halt, lonlat, seconds, leg is not None, metres)


def drives(problem: Problem, streets: Streets, itinerary: Itinerary) -> Iterator[Drive]:
    """Yield the drives of a unit, in order; there is none between halts at the same place."""
    index = {p.name: i for i, p in enumerate(problem.places)}
    mode = itinerary.unit.mode
    for start, end in itinerary.moves():
        allowed = 60 * (end.stop.arrive - start.stop.leave)
        leg = streets.leg(mode, start.place.name, end.place.name)
        if leg is not None:
            lonlat, seconds, metres = leg.lonlat, leg.seconds, leg.metres
        else:
            travel = int(problem.travel[mode][index[start.place.name], index[end.place.name]])
            lonlat = np.array([start.end, end.begin])
            seconds = np.array([0.0, float(travel if travel >= 0 else allowed)])
            metres = None
        needed = float(seconds[-1])
        pace = min(1.0, allowed / needed) if needed > 0 else 1.0
        begin = 60 * start.stop.leave
        yield Drive(
            start,
            end,
            lonlat,
            begin + seconds * pace,
            begin + min(allowed, max(1, math.ceil(needed))),
            leg is not None,
            metres,
            needed,
        )

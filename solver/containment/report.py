"""A containment as it is told: plain values with names, places and times, for words, maps and JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]
"""Points of shape (K, 2), WGS-84 degrees, longitude first."""


@dataclass(frozen=True)
class Closing:
    """A unit closes a crossing.

    `source` says where it leaves from; `start` is that point and `lat`, `lon` the crossing, WGS-84 degrees.  `slack` is
    in seconds.  `delays` says that the crossing is not one around the region, but puts off the car's way out.
    """

    callsign: str
    mode: str
    crossing: str
    lat: float
    lon: float
    source: str
    leaves: datetime
    there: datetime
    car: datetime
    slack: int
    delays: bool
    start: tuple[float, float]
    route: Line = field(repr=False)


@dataclass(frozen=True)
class OpenCrossing:
    """A crossing that would have to be closed as well, and when the car can be there."""

    crossing: str
    lat: float
    lon: float
    car: datetime


@dataclass(frozen=True)
class WaysOut:
    """How the car gets out: when at the earliest, and through how many crossings; and if nothing were closed."""

    earliest: datetime
    without: datetime
    crossings: int
    crossings_without: int


@dataclass(frozen=True)
class Report:
    """What is told of a containment.

    Parameters
    ----------
    place : tuple of float
        Latitude and longitude where the car leaves, on a street, and `street` its name.
    reported, learned : datetime
        When it happened as far as is known, and when units learn of it.
    until : datetime
        The car is said to be out when it is not enclosed by then.
    metres, least_metres : int
        Streets on which the car may be; no choice leaves it fewer.
    by : str
        The mode by which it flees; whatever that is, it is called a car here.
    proven : bool
        Whether no choice is better.
    hopeless : bool
        Whether it could not even be enclosed by a unit on every crossing.
    closings : tuple of Closing
    open : tuple of OpenCrossing
        With these closed as well the car would be enclosed.
    least_open : int
        Fewer additional units are not enough.
    out : WaysOut or None
        None where it is enclosed.
    soon_enough : int or None
        Where it is not: seconds of delay with which a way to enclose it was found.
    units : int
        Units that may leave.
    held : mapping of str to int
        How many others may not, by reason.
    region : tuple of Line
        The streets on which the car may be.
    streets : tuple of Line
        The other streets around.
    clocks_change : bool
        Whether times are told with their offset from UTC, as an hour may come twice in the plan.
    notes : tuple of str
    attribution : str
    """

    place: tuple[float, float]
    street: str
    reported: datetime
    learned: datetime
    until: datetime
    metres: int
    least_metres: int
    by: str
    proven: bool
    hopeless: bool
    closings: tuple[Closing, ...]
    open: tuple[OpenCrossing, ...]
    least_open: int
    out: WaysOut | None
    soon_enough: int | None
    units: int
    held: dict[str, int]
    region: tuple[Line, ...] = field(repr=False)
    streets: tuple[Line, ...] = field(repr=False)
    clocks_change: bool = False
    notes: tuple[str, ...] = ()
    attribution: str = ""

    @property
    def enclosed(self) -> bool:
        """Whether the car is enclosed."""
        return self.out is None

    @property
    def around(self) -> tuple[Closing, ...]:
        """The closings around the region."""
        return tuple(c for c in self.closings if not c.delays)

    def clock(self, time: datetime) -> str:
        """Return a time of day to the second."""
        return time.strftime("%H:%M:%S %z" if self.clocks_change else "%H:%M:%S")

    @property
    def done(self) -> datetime:
        """When the last of the crossings around the region is closed."""
        return max((c.there for c in self.around), default=self.learned)


def report_json(report: Report) -> dict[str, Any]:
    """Return the report as plain JSON values, without lines."""
    closings = [_plain(asdict(c), "route", "start") for c in report.closings]
    for row, closing in zip(closings, report.closings, strict=True):
        row["from_lat"], row["from_lon"] = round(closing.start[1], 7), round(closing.start[0], 7)
    return {
        "enclosed": report.enclosed,
        "by": _iso(report.done) if report.enclosed else None,
        "metres": report.metres if report.enclosed or report.open else None,
        "least_metres": report.least_metres if report.enclosed or report.open else None,
        "by_mode": report.by,
        "proven": report.proven,
        "place": {"lat": round(report.place[0], 7), "lon": round(report.place[1], 7), "street": report.street},
        "reported": _iso(report.reported),
        "learned": _iso(report.learned),
        "until": _iso(report.until),
        "closings": closings,
        "open": [_plain(asdict(o)) for o in report.open],
        "least_open": None if report.hopeless else report.least_open,
        "hopeless": report.hopeless,
        "out": None if report.out is None else _plain(asdict(report.out)),
        "soon_enough": report.soon_enough,
        "units": report.units,
        "held": dict(report.held),
        "notes": list(report.notes),
        "attribution": report.attribution,
    }


def _plain(values: dict[str, Any], *left_out: str) -> dict[str, Any]:
    """Return values with times as text and degrees to a centimetre."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in left_out:
            continue
        if isinstance(value, datetime):
            found[name] = _iso(value)
        else:
            found[name] = round(value, 7) if isinstance(value, float) else value
    return found


def _iso(time: datetime) -> str:
    """Return a time to the second with its offset."""
    return time.isoformat(timespec="seconds")

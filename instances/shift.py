"""A shift as its planner means it: names looked up, times as minutes, files read, everything checked.

Made by `instances.shift_file.read_shift`, turned into a problem by `instances.build`.  What needs the streets
or the incidents is not known here yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from instances.errors import Fault
from instances.quantities import duration_text
from solver.problem import MODES, Staffing


@dataclass(frozen=True, order=True)
class Origin:
    """Where in the planner's files something was said."""

    file: str
    line: int = 0
    column: int = 0
    field: str = ""

    def fault(self, wrong: str, right: str = "") -> Fault:
        """Return a fault at this place."""
        return Fault(self.file, self.line, self.column, self.field, wrong, right)


@dataclass(frozen=True)
class Horizon:
    """The time planned for, and how minutes are counted in it.

    `start` is aware and local; `slots` are boundaries in minutes, one slot a clock hour, and `hours` the
    weekday (0 is Monday) and hour of each slot.
    """

    zone: ZoneInfo
    start: datetime
    minutes: int
    grid: int
    slots: tuple[int, ...]
    hours: tuple[tuple[int, int], ...]

    def at(self, minute: int) -> datetime:
        """Return the local time of `minute`."""
        return (self.start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(self.zone)

    def clock(self, minute: int) -> str:
        """Return ``HH:MM`` of `minute`, with the day where it is not that of the start."""
        local = self.at(minute)
        return f"{local:%H:%M}" if local.date() == self.start.date() else f"{local:%H:%M} on {local:%Y-%m-%d}"

    def span(self, start: int, end: int) -> str:
        """Return ``HH:MM-HH:MM``."""
        return f"{self.at(start):%H:%M}-{self.at(end):%H:%M}"

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.at(self.minutes):%Y-%m-%d %H:%M}, {duration_text(self.minutes)}"


@dataclass(frozen=True)
class StreetSource:
    """Where streets come from: a file, or a place to be fetched by name."""

    file: Path | None
    place: str | None
    overpass: str | None
    nominatim: str | None
    origin: Origin


@dataclass(frozen=True)
class Called:
    """All streets of a name."""

    name: str


@dataclass(frozen=True)
class Around:
    """All streets that come within so many metres of a point."""

    lat: float
    lon: float
    metres: int


@dataclass(frozen=True)
class Between:
    """The streets on the way from one point (latitude, longitude) to another."""

    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Inside:
    """All streets that touch polygons: those of a file, or one with these corners (latitude, longitude)."""

    area: Path | tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Closure:
    """Streets closed to some modes for the whole time."""

    where: Called | Around | Between | Inside
    modes: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Station:
    """A station; `district` is empty where the planner did not say it, here and below."""

    name: str
    lat: float
    lon: float
    origin: Origin
    district: str = ""


@dataclass(frozen=True)
class Visits:
    """What a visit is: `dwell` and `linger` in minutes, `rho` in per cent.

    With `every` above 0 a visit is due so many minutes after the last one, as a hard rule where that is `required`.
    """

    dwell: int
    linger: int
    rho: int
    every: int = 0
    required: bool = False


@dataclass(frozen=True)
class Spot:
    """A hotspot that the planner gave: `risk` is one number a slot, relative to the others.

    `windows` are when it may be visited, in minutes; empty: any time.  With an `end` (latitude, longitude) it is a
    stretch of street that is driven along from the point to there; `street` is which one of the network, if that
    is known.
    """

    name: str
    lat: float
    lon: float
    risk: tuple[float, ...]
    visits: Visits
    origin: Origin
    windows: tuple[tuple[int, int], ...] = ()
    district: str = ""
    end: tuple[float, float] | None = None
    street: int | None = None


@dataclass(frozen=True)
class Call:
    """A demand point that the planner gave: `demand` is one number a slot; `zone` is None where not said."""

    name: str
    lat: float
    lon: float
    demand: tuple[float, ...]
    zone: str | None
    origin: Origin


@dataclass(frozen=True)
class Incidents:
    """Where incidents come from and how they are to be read."""

    file: Path
    since: timedelta | None
    until: date
    columns: Mapping[str, str]
    dates: Literal["auto", "day first", "month first"]
    utc: bool
    origin: Origin
    origins: Mapping[str, Origin]


@dataclass(frozen=True)
class RiskRules:
    """How risk is made from incidents; `hotspots` is how many to make, points or (`as_streets`) stretches of street."""

    cell: int
    smoothing: int
    half_life: timedelta | None
    weights: Mapping[str, float]
    hotspots: int
    as_streets: bool
    spacing: int | None
    demand_points: int
    origins: Mapping[str, Origin]


@dataclass(frozen=True)
class Response:
    """Response standards in seconds by zone, strictest first, and how zones are found.

    `shares` gives zones shares of the demand, densest first, the last zone taking the rest; `areas` is a
    file of polygons instead.  `busy` says for what share of their time units are busy with calls, per mille
    and by slot; nothing where they never are.
    """

    standards: Mapping[str, int]
    backup: Mapping[str, int]
    shares: Mapping[str, Fraction]
    areas: Path | None
    origin: Origin
    busy: tuple[int, ...] = ()


@dataclass(frozen=True)
class Break:
    """A break of `minutes` in [earliest, latest]; `at` is a word or names of places."""

    minutes: int
    earliest: int
    latest: int
    at: str | tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Patrol:
    """A unit of the roster; `shift` is the name of its shift, `crew` that of its crew, both empty where not said."""

    callsign: str
    station: str
    end_station: str
    mode: str
    start: int
    end: int
    break_: Break | None
    skills: tuple[str, ...]
    origin: Origin
    districts: tuple[str, ...] = ()
    tied: bool = False
    longest_duty: int | None = None
    shift: str = ""
    crew: str = ""

    @property
    def duty(self) -> int:
        """The most minutes that it may be on duty."""
        shift = self.end - self.start
        return shift if self.longest_duty is None else min(self.longest_duty, shift)


@dataclass(frozen=True)
class Point:
    """A post; `watches` are names of hotspots, or the metres within which all are watched."""

    name: str
    lat: float
    lon: float
    staffing: tuple[Staffing, ...]
    stint: int
    modes: tuple[str, ...]
    skills: tuple[str, ...]
    available: bool
    origin: Origin
    watches: tuple[str, ...] | int = ()
    district: str = ""


@dataclass(frozen=True)
class Job:
    """A task: `profit` is relative to the others; `windows` are the first and last minutes in which it may begin."""

    name: str
    lat: float
    lon: float
    minutes: int
    profit: float
    windows: tuple[tuple[int, int], ...]
    required: bool
    modes: tuple[str, ...]
    skills: tuple[str, ...]
    available: bool
    origin: Origin
    district: str = ""


@dataclass(frozen=True)
class Held:
    """A stop that is locked: a unit is at a place in ``[start, end)``; `kind` is empty where the place says it."""

    callsign: str
    place: str
    start: int
    end: int
    kind: str
    origin: Origin


@dataclass(frozen=True)
class Candidate:
    """A place where a point could be."""

    name: str
    lat: float
    lon: float
    origin: Origin


@dataclass(frozen=True)
class SiteRules:
    """Where points could be, and what is wanted of them.

    `candidates` is ``junctions``, ``grid`` or ``stations``, or those that the planner gave; `spacing` is in metres,
    `standard` in seconds, `backup` in per cent of the value.  The names of candidates have their places in the file.
    """

    points: int | None
    candidates: str | tuple[Candidate, ...]
    spacing: int
    mode: str
    standard: int | None
    backup: int
    cover_all: bool
    hours: Literal["mean", "worst"]
    given: tuple[tuple[str, Origin], ...]
    forbidden: tuple[tuple[str, Origin], ...]
    preferred: tuple[tuple[str, Origin], ...]
    origin: Origin


@dataclass(frozen=True)
class Alert:
    """Levels of alert: that of all districts (None: all units go out), those of some; which share goes out by level."""

    level: str | None
    districts: Mapping[str, str]
    shares: Mapping[str, Fraction]

    @property
    def is_set(self) -> bool:
        """Whether there is a level for any unit."""
        return self.level is not None or bool(self.districts)


GivenPlace = Station | Spot | Point | Job
"""A place that the planner named."""


@dataclass(frozen=True)
class Shift:
    """A shift file, read and checked; `notes` say what its planner should know."""

    file: str
    name: str
    horizon: Horizon
    snap: int
    streets: StreetSource
    closed: tuple[Closure, ...]
    stations: tuple[Station, ...]
    spots: tuple[Spot, ...]
    calls: tuple[Call, ...] | None
    incidents: Incidents | None
    risk: RiskRules
    visits: Visits
    response: Response
    units: tuple[Patrol, ...]
    posts: tuple[Point, ...]
    jobs: tuple[Job, ...]
    districts: Path | None
    goals: Mapping[str, int]
    sites: SiteRules
    locks: tuple[Held, ...] = ()
    alert: Alert | None = None
    notes: tuple[str, ...] = ()

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that units have."""
        return tuple(mode for mode in MODES if any(unit.mode == mode for unit in self.units))

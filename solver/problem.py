"""The problem: what a shift planner asks for, as one plain frozen value.

A `Problem` holds integers, names and small arrays and nothing else: whoever has one needs no road
network, no files and no solver.  It is made by `instances.build`, read and written by
`solver.problem_json`, solved by `solver.solve`, and its rules are enforced by `solver.check`.

Conventions, once for all: a *minute* is counted from `Problem.start` (elapsed time, so a change of the
clocks changes nothing here); minute ``t`` is the interval ``[t, t + 1)``; intervals are half open;
travel is in whole seconds, -1 where there is no way; weights (risk, demand) are integers a minute.
The rules and the formulation are in ``docs/model.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]

MODES = ("car", "motorcycle", "bicycle", "foot")
LAYERS = ("presence", "response", "backup")
UNREACHABLE = -1

_STRICT = {"extra": "forbid", "strict": True, "alias_generator": lambda name: name.rstrip("_")}
"""How `solver.problem_json` validates the parts below: no unknown field, no silent conversion."""


class ProblemError(ValueError):
    """A problem that contradicts itself; `errors` lists every contradiction found."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors))


@dataclass(frozen=True)
class Place:
    """A point where a unit can stand. Its `name` is unique in the problem; lat, lon in WGS-84 degrees."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Hotspot:
    """A place worth visiting.

    `risk` is the weight of each minute, one integer a slot.  A visit of at least `dwell` minutes covers
    ``(100 - rho)`` per cent of the risk of its own minutes and ``rho`` per cent of those up to `linger`
    minutes after it.
    """

    __pydantic_config__: ClassVar = _STRICT

    place: int
    risk: tuple[int, ...]
    dwell: int
    linger: int
    rho: int


@dataclass(frozen=True)
class Staffing:
    """At least `units` units are wanted on stints in every minute of ``[start, end)``."""

    __pydantic_config__: ClassVar = _STRICT

    start: int
    end: int
    units: int


@dataclass(frozen=True)
class Post:
    """A place that must be manned.

    A stint lasts at least `stint` minutes.  Only units whose mode is in `modes` (empty: any) and that
    have all of `skills` may stand on it.  `available` says whether a unit on a stint here counts for
    response and backup.
    """

    __pydantic_config__: ClassVar = _STRICT

    place: int
    staffing: tuple[Staffing, ...]
    stint: int
    modes: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    available: bool = True

    def admits(self, unit: Unit) -> bool:
        """Whether `unit` has the mode and the skills to stand here."""
        return (not self.modes or unit.mode in self.modes) and set(self.skills) <= set(unit.skills)


@dataclass(frozen=True)
class DemandPoint:
    """Where trouble may arise; not a place where units stand.

    `demand` is the weight of each minute, one integer a slot; `standard` and `backup` are the seconds
    within which a first and a second unit should be there; `zone` is the planner's name of the standard
    (``core``, ``town``, ``elsewhere``).
    """

    __pydantic_config__: ClassVar = _STRICT

    name: str
    lat: float
    lon: float
    zone: str
    standard: int
    backup: int
    demand: tuple[int, ...]


@dataclass(frozen=True)
class Break:
    """A pause of exactly `minutes`, begun and ended within ``[earliest, latest]``, at one of `places`."""

    __pydantic_config__: ClassVar = _STRICT

    minutes: int
    earliest: int
    latest: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Unit:
    """One patrol unit: on duty from `start` to `end`, from place `origin` to place `destination`."""

    __pydantic_config__: ClassVar = _STRICT

    callsign: str
    mode: str
    start: int
    end: int
    origin: int
    destination: int
    break_: Break | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Everything a plan depends on.

    Parameters
    ----------
    name : str
        The planner's name of the shift.
    timezone : str
        IANA name of the zone in which times are shown.
    start : str
        ISO 8601 date and time with offset of minute 0.
    minutes : int
        Length of the horizon; all times lie in ``[0, minutes]``.
    grid : int
        Times of a plan are multiples of this many minutes.
    slots : tuple of int
        Boundaries in minutes of the slots of risk and demand, from 0 to `minutes`; S slots have S + 1.
    places : tuple of Place
        P places; all indices of places refer to it.
    stations : tuple of int
        The places that are stations.
    hotspots, posts, demand, units
        H hotspots, Q posts, D demand points, U units.  A place is at most one of station, hotspot, post.
    goals : mapping of str to int
        Relative importance of the layers ``presence``, ``response``, ``backup``.
    travel : mapping of str to int32 array of shape (P, P)
        Seconds from place to place for each mode in use; -1 where there is no way.
    reach : mapping of str to int32 array of shape (P, D)
        Seconds from place to demand point for each mode in use; -1 where there is no way.

    Raises
    ------
    ProblemError
        When the parts contradict each other; it lists every contradiction.
    """

    name: str
    timezone: str
    start: str
    minutes: int
    grid: int
    slots: tuple[int, ...]
    places: tuple[Place, ...]
    stations: tuple[int, ...]
    hotspots: tuple[Hotspot, ...]
    posts: tuple[Post, ...]
    demand: tuple[DemandPoint, ...]
    units: tuple[Unit, ...]
    goals: Mapping[str, int]
    travel: Mapping[str, IntArray] = field(repr=False)
    reach: Mapping[str, IntArray] = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("travel", "reach"):
            arrays = {m: _frozen(a) for m, a in getattr(self, name).items()}
            object.__setattr__(self, name, arrays)
        object.__setattr__(self, "goals", dict(self.goals))
        errors = list(_contradictions(self))
        if not errors:
            errors = [e for u in self.units for e in _duty_errors(self, u)]
        if errors:
            raise ProblemError(errors)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated anew."""
        return replace(self, **changes)

    def fingerprint(self) -> str:
        """Return ``sha256:…`` over the canonical JSON of the problem: equal problems, equal fingerprints."""
        cached: str | None = self.__dict__.get("_fingerprint")
        if cached is None:
            from solver.problem_json import problem_fingerprint

            cached = problem_fingerprint(self)
            object.__setattr__(self, "_fingerprint", cached)
        return cached

    @property
    def slot_of(self) -> NDArray[np.int64]:
        """The slot of each minute, shape (minutes,)."""
        return np.repeat(np.arange(len(self.slots) - 1), np.diff(self.slots))

    def legs(self, mode: str) -> IntArray:
        """Return minutes from place to place on the grid, shape (P, P); -1 where there is no way.

        Travel is rounded up to the grid, and a move between two different places takes at least one grid
        step, so a plan on the grid can be driven.
        """
        step = 60 * self.grid
        seconds = self.travel[mode]
        steps = np.maximum(-(-seconds // step), 1)
        legs = np.where(seconds < 0, UNREACHABLE, steps * self.grid).astype(np.int32)
        np.fill_diagonal(legs, 0)
        return legs


def _frozen(values: Any) -> IntArray:
    """Return a read-only int32 array."""
    array = np.array(values, dtype=np.int32)
    array.setflags(write=False)
    return array


def _contradictions(p: Problem) -> Iterator[str]:
    """Yield every way in which the parts of a problem contradict each other."""
    yield from _time_errors(p)
    if p.grid < 1:
        return  # Nothing else can be judged without a grid.
    yield from _name_errors(p)
    n, s = len(p.places), len(p.slots) - 1
    roles: dict[int, str] = {}
    for role, indices in (
        ("station", p.stations),
        ("hotspot", [h.place for h in p.hotspots]),
        ("post", [q.place for q in p.posts]),
    ):
        for i in indices:
            if not 0 <= i < n:
                yield f"{role}: place {i} does not exist (there are {n})"
            elif i in roles:
                yield f"place {p.places[i].name!r} is both {roles[i]} and {role}; give each its own place"
            roles[i] = role
    for h in p.hotspots:
        yield from _hotspot_errors(p, h, s)
    for q in p.posts:
        yield from _post_errors(p, q)
    for d in p.demand:
        if len(d.demand) != s or min(d.demand, default=0) < 0:
            yield f"demand point {d.name!r}: demand must be {s} numbers of 0 or more"
        if d.standard <= 0 or d.backup <= 0:
            yield f"demand point {d.name!r}: standard and backup must be above 0 seconds"
    for u in p.units:
        yield from _unit_errors(p, u)
    yield from _matrix_errors(p)
    if set(p.goals) != set(LAYERS):
        yield f"goals must name exactly {', '.join(LAYERS)}"
    elif min(p.goals.values()) < 0 or sum(p.goals.values()) <= 0:
        yield "goals must be 0 or more and not all 0"


def _time_errors(p: Problem) -> Iterator[str]:
    """Yield contradictions of horizon, grid and slots."""
    if p.grid < 1 or p.minutes < 1 or p.minutes % p.grid:
        yield f"minutes ({p.minutes}) must be a positive multiple of the grid ({p.grid})"
    yield from _calendar_errors(p)
    ends = p.slots[:1] + p.slots[-1:]
    if ends != (0, p.minutes) or any(b <= a for a, b in zip(p.slots, p.slots[1:], strict=False)):
        yield f"slots must rise from 0 to {p.minutes}"


def _calendar_errors(p: Problem) -> Iterator[str]:
    """Yield a zone that is unknown, or a start that is no time."""
    try:
        zone = ZoneInfo(p.timezone)
    except (KeyError, ValueError, OSError):
        yield f"timezone: {p.timezone!r} is not known; use a name such as 'Europe/London'"
        zone = ZoneInfo("UTC")
    try:
        start = datetime.fromisoformat(p.start)
        good = start.tzinfo is not None
        if good:
            (start + timedelta(minutes=p.minutes)).astimezone(zone)
    except (ValueError, OverflowError):
        good = False
    if not good:
        yield f"start: {p.start!r} is no time with offset; write it as '2020-11-20T18:00:00+00:00'"


def _name_errors(p: Problem) -> Iterator[str]:
    """Yield names that are empty or used twice."""
    for what, names in (
        ("place", [x.name for x in p.places]),
        ("unit", [x.callsign for x in p.units]),
        ("demand point", [x.name for x in p.demand]),
    ):
        seen: set[str] = set()
        for name in names:
            if not name:
                yield f"a {what} has no name"
            elif name in seen:
                yield f"two of the {what}s are called {name!r}"
            seen.add(name)


def _hotspot_errors(p: Problem, h: Hotspot, slots: int) -> Iterator[str]:
    """Yield contradictions of one hotspot."""
    where = f"hotspot at place {h.place}"
    if len(h.risk) != slots or min(h.risk, default=0) < 0:
        yield f"{where}: risk must be {slots} numbers of 0 or more"
    if h.dwell < 1 or h.dwell % p.grid or h.linger < 0 or h.linger % p.grid:
        yield f"{where}: dwell and linger must be multiples of the grid ({p.grid}), dwell above 0"
    if not 0 <= h.rho <= 100:
        yield f"{where}: rho must be 0 to 100 per cent"


def _post_errors(p: Problem, q: Post) -> Iterator[str]:
    """Yield contradictions of one post."""
    where = f"post at place {q.place}"
    if q.stint < 1 or q.stint % p.grid:
        yield f"{where}: stint must be a positive multiple of the grid ({p.grid})"
    for w in q.staffing:
        if not (0 <= w.start < w.end <= p.minutes) or w.start % p.grid or w.end % p.grid or w.units < 1:
            yield (f"{where}: staffing {w.start}-{w.end} must lie in 0-{p.minutes} on the grid, with a unit or more")


def _unit_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield contradictions of one unit."""
    where = f"unit {u.callsign!r}"
    if not (0 <= u.start < u.end <= p.minutes) or u.start % p.grid or u.end % p.grid:
        yield f"{where}: shift {u.start}-{u.end} must lie in 0-{p.minutes} on the grid"
    if u.mode not in p.travel or u.mode not in p.reach:
        yield f"{where}: no travel times for mode {u.mode!r}"
    for i in (u.origin, u.destination):
        if i not in p.stations:
            yield f"{where}: place {i} is not a station"
    b = u.break_
    if b is None:
        return
    if b.minutes < 1 or b.minutes % p.grid or b.earliest + b.minutes > b.latest:
        yield f"{where}: a break of {b.minutes} minutes does not fit in {b.earliest}-{b.latest}"
    if not b.places or any(not 0 <= i < len(p.places) for i in b.places):
        yield f"{where}: break places must be known and at least one"


def _duty_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield what keeps a unit from serving its shift at all: no way home, or no time for its break."""
    where, legs, b = f"unit {u.callsign!r}", p.legs(u.mode), u.break_
    home = int(legs[u.origin, u.destination])
    if home < 0 or u.start + home > u.end:
        yield f"{where}: cannot get from its first station to its last within its shift"
    if b is None:
        return
    for i in b.places:
        out, back = int(legs[u.origin, i]), int(legs[i, u.destination])
        begin = max(u.start + out, b.earliest + -b.earliest % p.grid)
        if out >= 0 and back >= 0 and begin + b.minutes <= min(b.latest, u.end - back):
            return
    yield (
        f"{where}: no time for its break of {b.minutes} minutes in {b.earliest}-{b.latest} "
        f"within its shift {u.start}-{u.end} at any of its break places"
    )


def _matrix_errors(p: Problem) -> Iterator[str]:
    """Yield matrices of the wrong shape or content."""
    n, d = len(p.places), len(p.demand)
    for what, arrays, shape in (("travel", p.travel, (n, n)), ("reach", p.reach, (n, d))):
        for mode, array in arrays.items():
            if mode not in MODES:
                yield f"{what}: unknown mode {mode!r}; modes are {', '.join(MODES)}"
            if array.shape != shape:
                yield f"{what}[{mode}]: shape {array.shape}, wanted {shape}"
            elif array.size and array.min() < UNREACHABLE:
                yield f"{what}[{mode}]: seconds must be 0 or more, or -1 where there is no way"
            elif what == "travel" and array.size and np.diagonal(array).any():
                yield f"{what}[{mode}]: a place must be 0 seconds from itself"

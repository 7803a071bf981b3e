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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]

MODES = ("car", "motorcycle", "bicycle", "foot")
LAYERS = ("presence", "response", "backup", "revisit", "tasks", "district")
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
    """A point where a unit can stand. Its `name` is unique in the problem; lat, lon in WGS-84 degrees.

    `district` is the planner's name of the part of the town that it lies in, empty where that is not said.
    `exit` is (lat, lon) where a unit leaves it, when that is not where it arrives: at a stretch of street that
    is driven along.  Legs to it lead to where it is entered, legs from it begin at its exit, and units stop there
    for visits only.
    """

    __pydantic_config__: ClassVar = _STRICT

    name: str
    lat: float
    lon: float
    district: str = ""
    exit: tuple[float, float] | None = None


@dataclass(frozen=True)
class Hotspot:
    """A place worth visiting.

    `risk` is the weight of each minute, one integer a slot.  A visit of at least `dwell` minutes covers
    ``(100 - rho)`` per cent of the risk of its own minutes and ``rho`` per cent of those up to `linger`
    minutes after it.

    A hotspot that is a stretch of street is driven along, from one end to the other; `reverse` is then a
    second place, which stands for driving along it the other way.  Visits at either place are visits of the
    hotspot.  Every visit lies within one of `windows` ((start, end) in minutes; empty: any time).

    With `every` above 0 there should be a visit at most every so many minutes: each minute of `due` in which
    none is under way or ended less than `every` minutes ago counts against the plan, as a missing
    unit-minute where that is `required`, else in the layer ``revisit``.
    """

    __pydantic_config__: ClassVar = _STRICT

    place: int
    risk: tuple[int, ...]
    dwell: int
    linger: int
    rho: int
    reverse: int | None = None
    windows: tuple[tuple[int, int], ...] = ()
    every: int = 0
    required: bool = False

    @property
    def places(self) -> tuple[int, ...]:
        """The one or two places at which it is visited."""
        return (self.place,) if self.reverse is None else (self.place, self.reverse)

    def open(self, minutes: int) -> tuple[tuple[int, int], ...]:
        """Return when it may be visited, within a horizon of so many minutes."""
        return self.windows or ((0, minutes),)

    def due(self, minutes: int) -> tuple[tuple[int, int], ...]:
        """Return the spans in which a visit not longer than `every` minutes ago is asked for.

        Whenever the hotspot opens there are `every` minutes for the first visit.
        """
        if not self.every:
            return ()
        return tuple((start + self.every, end) for start, end in self.open(minutes) if start + self.every < end)


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
    response and backup; `watches` are the hotspots (indices) around it for which it counts as present
    (presence, not lingering).
    """

    __pydantic_config__: ClassVar = _STRICT

    place: int
    staffing: tuple[Staffing, ...]
    stint: int
    modes: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    available: bool = True
    watches: tuple[int, ...] = ()

    def admits(self, unit: Unit) -> bool:
        """Whether `unit` has the mode and the skills to stand here."""
        return _able(unit, self.modes, self.skills)


@dataclass(frozen=True)
class Task:
    """Something to be done once: by one unit, at `place`, for exactly `minutes`.

    It is begun within one of `windows` ((first, last) minute in which it may begin, both included; empty: any
    time), by a unit whose mode is in `modes` (empty: any) and that has all of `skills`.  Done, it earns
    `profit` in the layer ``tasks``; done twice it earns no more.  A task that is `required` and not done
    counts as `minutes` missing unit-minutes.  `available` says whether the unit counts for response and backup
    meanwhile.
    """

    __pydantic_config__: ClassVar = _STRICT

    place: int
    minutes: int
    profit: int
    windows: tuple[tuple[int, int], ...] = ()
    required: bool = False
    modes: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    available: bool = True

    def admits(self, unit: Unit) -> bool:
        """Whether `unit` has the mode and the skills for it."""
        return _able(unit, self.modes, self.skills)

    def begins(self, minutes: int) -> tuple[tuple[int, int], ...]:
        """Return the first and last minutes in which it may begin, so that it ends within the horizon."""
        spans = self.windows or ((0, minutes),)
        return tuple((first, min(last, minutes - self.minutes)) for first, last in spans)


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
    """One patrol unit: on duty from `start` to `end`, from place `origin` to place `destination`.

    With a `longest_duty` of fewer minutes it chooses when to be on duty within that shift: no more than so many minutes
    lie between when it leaves its origin, or begins something other than standby there, and when it is at its
    destination for nothing but standby.  Only problems of tasks alone may have such units.

    A unit with `districts` belongs there: minutes in which it stands, available, at a place of them count in
    the layer ``district``.  If it is `tied` it makes no visit, stint or task at a place of another district,
    and the layer does not count it.
    """

    __pydantic_config__: ClassVar = _STRICT

    callsign: str
    mode: str
    start: int
    end: int
    origin: int
    destination: int
    break_: Break | None = None
    skills: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    tied: bool = False
    longest_duty: int | None = None
    crew: str = ""

    @property
    def duty(self) -> int:
        """The most minutes that it may be on duty: those of its shift, or its longest duty where that is shorter."""
        shift = self.end - self.start
        return shift if self.longest_duty is None else min(self.longest_duty, shift)

    @property
    def chooses_duty(self) -> bool:
        """Whether its longest duty is shorter than its shift."""
        return self.duty < self.end - self.start


@dataclass(frozen=True)
class LockedStop:
    """A stop that a plan must hold: what `solver.plan.Stop` is, with the index of its place."""

    __pydantic_config__: ClassVar = _STRICT

    place: int
    kind: str
    arrive: int
    leave: int


@dataclass(frozen=True)
class Lock:
    """Stops that unit `unit` (its index) makes, one right after the other, with nothing between them.

    Each is made in exactly its minutes.  Before the first and after the last the unit may be there as well, doing the
    same, for as long as makes a stop of its own.  A first or last stop of no length only says where the unit is then.

    What is `done` was done under the rules and on the streets of its time: its stops count as they are, and neither
    their lengths, windows and skills nor the legs between them are judged by those of the problem.  A unit has one
    such lock at most, which begins with its shift.
    """

    __pydantic_config__: ClassVar = _STRICT

    unit: int
    stops: tuple[LockedStop, ...]
    done: bool = False

    @property
    def arrive(self) -> int:
        """The minute in which it begins."""
        return self.stops[0].arrive

    @property
    def leave(self) -> int:
        """The minute in which it ends."""
        return self.stops[-1].leave


@dataclass(frozen=True)
class Callout:
    """At most `most` of `units` (indices) go out; the others stay on call at their stations.

    A unit is on call when all it does is stand by at the station where its shift begins, go to the one where it ends
    when that is another, and take its break (see `solver.on_call`).  `name` is the planner's name of the group, such
    as a district, and `level` that of its alert, such as ``orange``; both may be empty.
    """

    __pydantic_config__: ClassVar = _STRICT

    units: tuple[int, ...]
    most: int
    name: str = ""
    level: str = ""


def _able(unit: Unit, modes: tuple[str, ...], skills: tuple[str, ...]) -> bool:
    """Return whether `unit` is of one of the modes, if any are asked for, and has all skills."""
    return (not modes or unit.mode in modes) and set(skills) <= set(unit.skills)


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
    hotspots, posts, demand, units, tasks
        H hotspots, Q posts, D demand points, U units, K tasks.  A place is at most one of station, hotspot,
        post, task.
    goals : mapping of str to int
        Relative importance of the `LAYERS`; 0 where one is left out.
    travel : mapping of str to int32 array of shape (P, P)
        Seconds from place to place for each mode in use; -1 where there is no way.
    reach : mapping of str to int32 array of shape (P, D)
        Seconds from place to demand point for each mode in use; -1 where there is no way.
    locks : tuple of Lock
        Stops that every plan must hold.
    callouts : tuple of Callout
        Groups of units of which only some go out; no unit is in two of them.
    busy : tuple of int
        For what share of its time a unit that stands available is busy with calls, per mille, one number a slot (see
        `solver.busy`); empty where none ever is, and made so where all are 0.

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
    tasks: tuple[Task, ...] = ()
    locks: tuple[Lock, ...] = ()
    callouts: tuple[Callout, ...] = ()
    busy: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.busy == (0,) * (len(self.slots) - 1):
            object.__setattr__(self, "busy", ())
        for name in ("travel", "reach"):
            arrays = {m: _frozen(a) for m, a in getattr(self, name).items()}
            object.__setattr__(self, name, arrays)
        object.__setattr__(self, "goals", dict.fromkeys(LAYERS, 0) | dict(self.goals))
        from solver.problem_errors import contradictions

        if errors := list(contradictions(self)):
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

    def without_unit(self, u: int) -> Self:
        """Return the problem without unit `u` (its index) and its locks; its callout lets as many go out as before."""
        left = {old: new for new, old in enumerate(i for i in range(len(self.units)) if i != u)}
        return self.replace(
            units=tuple(self.units[i] for i in left),
            locks=tuple(replace(x, unit=left[x.unit]) for x in self.locks if x.unit in left),
            callouts=tuple(replace(c, units=tuple(left[i] for i in c.units if i in left)) for c in self.callouts),
        )

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

    def by_minute(self, rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Return weights a minute, by row and slot, as weights by row and minute, shape (R, minutes)."""
        table: NDArray[np.int64] = np.array(rows, dtype=np.int64).reshape(len(rows), len(self.slots) - 1)
        return table[:, self.slot_of]

    @property
    def stretches(self) -> NDArray[np.bool_]:
        """Which places are stretches of street, shape (P,)."""
        return np.array([place.exit is not None for place in self.places], dtype=np.bool_)

    def may_work(self, unit: Unit, place: int) -> bool:
        """Whether `unit` may make visits, stints or tasks at `place`: mode, skills and district allow it."""
        district = self.places[place].district
        if unit.tied and district and district not in unit.districts:
            return False
        return all(x.admits(unit) for x in self._wanting.get(place, ()))

    def locks_of(self, unit: int) -> tuple[Lock, ...]:
        """Return what unit `unit` must do, in order of time."""
        return tuple(sorted((x for x in self.locks if x.unit == unit), key=lambda x: (x.arrive, x.leave)))

    def done_until(self, callsign: str) -> int:
        """Return the minute until which a unit's stops are locked as done, -1 where none are."""
        return self._done.get(callsign, -1)

    @cached_property
    def least_stops(self) -> Mapping[int, int]:
        """The least minutes of a stop, by place: of a visit its dwell, of a stint on a post that of the post."""
        return {p: h.dwell for h in self.hotspots for p in h.places} | {q.place: q.stint for q in self.posts}

    @cached_property
    def _done(self) -> dict[str, int]:
        """The end of what is locked as done, by callsign."""
        done = [x for x in self.locks if x.done and x.stops and 0 <= x.unit < len(self.units)]
        return {self.units[x.unit].callsign: x.leave for x in done}

    @cached_property
    def _wanting(self) -> dict[int, tuple[Post | Task, ...]]:
        """What is asked of units by place: the posts and tasks there."""
        found: dict[int, tuple[Post | Task, ...]] = {}
        wanting: tuple[Post | Task, ...] = (*self.posts, *self.tasks)
        for x in wanting:
            found[x.place] = (*found.get(x.place, ()), x)
        return found

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

"""The plan: a route for every unit, what it claims to cover, and what it cannot.

A `Plan` is a plain frozen value.  Engines make it, `solver.plan_json` reads and writes it, `solver.check`
and `solver.score` judge it, `solver.export` turns it into files.  A plan may also come from a hand-edited
file, so nothing here assumes that it is right: places and units are names, and may be wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

StopKind = Literal["visit", "stint", "break", "standby", "task"]
STOP_KINDS: tuple[StopKind, ...] = ("visit", "stint", "break", "standby", "task")

Rule = Literal["post", "revisit", "task"]

Status = Literal["optimal", "gap limit", "time limit", "work limit", "no improvement", "interrupted", "simple rule"]

Reason = Literal[
    "no unit has the mode or skill",
    "no unit may work in the district",
    "too few units on duty",
    "cannot reach in time",
    "locks keep units elsewhere",
    "units are needed elsewhere",
]


@dataclass(frozen=True)
class Mark:
    """How far a search was after `seconds` and `moves`: the value of its best plan, what that lacked, and the bound.

    `seconds` is None in a run that is limited by moves alone, as the same seed then gives the same marks.  `missing`
    are unit-minutes of hard rules, as `Shortfall.minutes`; `bound` is None where there was none.
    """

    seconds: float | None
    moves: int
    value: int
    missing: int
    bound: int | None


@dataclass(frozen=True)
class Stop:
    """A unit stands at `place` (its name) in ``[arrive, leave)``, minutes from the start of the problem.

    ``visit``: at a hotspot, at least its dwell.  ``stint``: on a post, at least its stint.  ``break``: off
    duty.  ``standby``: waiting, ready for a call; at any place, any length, also 0 at the ends of a shift.
    ``task``: doing a task, for exactly its minutes.
    """

    place: str
    kind: str
    arrive: int
    leave: int


@dataclass(frozen=True)
class Route:
    """What one unit does, from the start of its shift at its origin to the end of it at its destination.

    The first stop arrives at the start of the shift and the last one leaves at its end; between two stops
    the unit is on the road from the leave of the one to the arrive of the next.
    """

    callsign: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Shortfall:
    """What a hard rule lacks; why, and what would cure it.

    ``post``: the post at `place` lacks `missing` units in every minute of ``[start, end)``.  ``revisit``: the
    required visit of the hotspot at `place` is overdue in these minutes, and `missing` is 1.  ``task``: the
    required task at `place` is not done; it would take the minutes from `start`, the first in which it may
    begin, to `end`, and `missing` is 1.
    """

    place: str
    start: int
    end: int
    missing: int
    reason: str
    cure: str
    rule: str = "post"

    @property
    def minutes(self) -> int:
        """Missing unit-minutes."""
        return (self.end - self.start) * self.missing


@dataclass(frozen=True)
class Plan:
    """All routes, and what is claimed of them.

    Parameters
    ----------
    fingerprint : str
        `Problem.fingerprint` of the problem it was made for.
    routes : tuple of Route
        One a unit, in the order of the roster.
    shortfalls : tuple of Shortfall
        Every minute of every post that lacks units, of every required revisit that is overdue, and every required
        task not done; posts first, then hotspots, then tasks, each in the problem's order and by start.
    value : int
        Covered weight in the units of `solver.weights`.
    bound : int or None
        No plan with as few shortfall minutes is worth more than this; None where none was computed.
    status : str
        Why the search stopped; ``simple rule`` where there was none.
    seed : int
    parameters : mapping
        What the engine was told: engine, limits, counts of work done.
    versions : mapping
        Versions of the programs that made it.
    history : tuple of Mark
        How the search went, from its first plan to this one; empty where that is not known.
    """

    fingerprint: str
    routes: tuple[Route, ...]
    shortfalls: tuple[Shortfall, ...] = ()
    value: int = 0
    bound: int | None = None
    status: str = "time limit"
    seed: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Mark, ...] = ()

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

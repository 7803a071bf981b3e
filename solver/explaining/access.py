"""Who may do something at a place, and from when to when each unit can be there at all.

What is said here to be impossible is impossible: times are those of a unit that has nothing to do but that and its
break, on the shortest chains of legs, and where a rule is not looked at, it is left out to the unit's advantage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.problem import UNREACHABLE, Post, Problem, Task, Unit

Barrier = Literal["district", "mode or skill", "no way", "off duty", "too far", ""]

_FAR = 1 << 40
"""More minutes than any plan has: there is no way."""


class Work(NamedTuple):
    """What is to be done: a `kind` of stop at one of `places`, begun in one of `begins`, for `minutes` at least.

    `begins` are (first, last) minutes, both included.
    """

    kind: str
    places: tuple[int, ...]
    minutes: int
    begins: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Access:
    """Whether one unit can do some work in the time asked for.

    Parameters
    ----------
    callsign : str
    barrier : str
        What forbids it: ``district`` (tied to others), ``mode or skill``, ``no way`` there or home, ``off duty`` (its
        shift holds none of the times), ``too far`` (its shift does, but with the ways and its break there is no time);
        empty where nothing does.
    way : int or None
        Minutes from its origin, None where there is no way.
    earliest, latest : int or None
        First and last minute in which it could begin.
    """

    callsign: str
    barrier: Barrier
    way: int | None = None
    earliest: int | None = None
    latest: int | None = None

    @property
    def can(self) -> bool:
        """Whether nothing forbids it."""
        return not self.barrier


def wanting(problem: Problem, places: Sequence[int]) -> list[Post | Task]:
    """Return the posts and tasks at some places."""
    found: tuple[Post | Task, ...] = (*problem.posts, *problem.tasks)
    return [x for x in found if x.place in places]


def admitted(problem: Problem, unit: Unit, place: int) -> bool:
    """Whether a unit has the mode and the skills that posts and tasks at a place ask for."""
    return all(x.admits(unit) for x in wanting(problem, (place,)))


class Reach:
    """Shortest ways by one mode, by way of any places.

    Where a stretch of street is passed through, its visit takes time; its windows are not looked at.
    """

    def __init__(self, problem: Problem, mode: str) -> None:
        legs = problem.legs(mode).astype(np.int64)
        legs[legs == UNREACHABLE] = _FAR
        through = np.zeros(len(problem.places), dtype=np.int64)
        for h in problem.hotspots:
            for place in h.places:
                if problem.places[place].exit is not None:
                    through[place] = h.dwell
        self._legs, self._through = legs, through
        self._out: dict[int, NDArray[np.int64]] = {}
        self._home: dict[int, NDArray[np.int64]] = {}

    def out(self, place: int) -> NDArray[np.int64]:
        """Return the minutes from leaving `place` to every place; more than any plan has where there is no way."""
        if place not in self._out:
            self._out[place] = _shortest(self._legs, self._through, place)
        return self._out[place]

    def home(self, place: int) -> NDArray[np.int64]:
        """Return the minutes from leaving every place to being at `place`."""
        if place not in self._home:
            self._home[place] = _shortest(self._legs.T, self._through, place)
        return self._home[place]


def _shortest(legs: NDArray[np.int64], through: NDArray[np.int64], start: int) -> NDArray[np.int64]:
    """Return the shortest ways from `start` (Dijkstra on a full table); a place passed through takes its minutes."""
    found = np.full(legs.shape[0], _FAR, dtype=np.int64)
    found[start] = 0
    best = found.copy()
    left = np.ones(legs.shape[0], dtype=np.bool_)
    for _ in range(legs.shape[0]):
        place = int(np.argmin(np.where(left, best, 2 * _FAR)))
        if best[place] >= _FAR:
            break
        left[place] = False
        after = best[place] + (0 if place == start else through[place])
        np.minimum(best, after + legs[place], out=best)
    return np.minimum(best, _FAR)


class Doors:
    """When units can begin some work, had they nothing else to do.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._reach: dict[str, Reach] = {}

    def reach(self, mode: str) -> Reach:
        """Return the ways of a mode."""
        if mode not in self._reach:
            self._reach[mode] = Reach(self._problem, mode)
        return self._reach[mode]

    def access(self, unit: Unit, work: Work) -> Access:
        """Return whether `unit` can do `work`, and if not, why not: the strongest barrier."""
        problem = self._problem
        able = [p for p in work.places if work.kind == "standby" or admitted(problem, unit, p)]
        if not able:
            return Access(unit.callsign, "mode or skill")
        may = [p for p in able if work.kind == "standby" or problem.may_work(unit, p)]
        if not may:
            return Access(unit.callsign, "district")
        reach = self.reach(unit.mode)
        out, home = reach.out(unit.origin), reach.home(unit.destination)
        linked = [p for p in may if out[p] < _FAR and home[p] < _FAR]
        if not linked:
            return Access(unit.callsign, "no way")
        way = int(min(out[p] for p in linked))
        on_duty = [t for span in work.begins for t in _within(span, unit.start, unit.end - work.minutes, problem.grid)]
        if not on_duty:
            return Access(unit.callsign, "off duty", way)
        times = [t for p in linked for t in self.times(unit, p, work)]
        if not times:
            return Access(unit.callsign, "too far", way)
        return Access(unit.callsign, "", way, min(times), max(times))

    def times(self, unit: Unit, place: int, work: Work) -> list[int]:
        """Return the minutes in which `unit` can begin `work` at `place`, with the ways and its break."""
        spans = self._spans(unit, place, work.minutes)
        grid = self._problem.grid
        found = {t for a, b in work.begins for c, d in spans for t in _within((a, b), c, d, grid)}
        return sorted(found)

    def _spans(self, unit: Unit, place: int, minutes: int) -> list[tuple[int, int]]:
        """Return the spans in which something of so many minutes can begin at `place`: before and after its break."""
        reach, rule, grid = self.reach(unit.mode), unit.break_, self._problem.grid
        out, home = int(reach.out(unit.origin)[place]), int(reach.home(unit.destination)[place])
        pause = rule.minutes if rule else 0
        if unit.chooses_duty and out + minutes + home + pause > unit.duty:
            return []
        if rule is None:
            return [(unit.start + out, unit.end - home - minutes)]
        to, since = reach.home, reach.out
        before, after = [], []
        for p in rule.places:
            there, back = int(since(unit.origin)[p]), int(to(unit.destination)[p])
            # The last break that still leads home, begun so late, and the first one, ended so early.
            latest = min(rule.latest, unit.end - back) - pause
            latest -= latest % grid
            earliest = max(rule.earliest, unit.start + there)
            earliest += -earliest % grid
            if earliest > latest or there >= _FAR or back >= _FAR:
                continue
            before.append(latest - int(since(place)[p]) - minutes)
            after.append(earliest + pause + int(since(p)[place]))
        spans = [(unit.start + out, max(before, default=-_FAR))]
        return [*spans, (min(after, default=_FAR), unit.end - home - minutes)]


def _within(span: tuple[int, int], first: int, last: int, grid: int) -> range:
    """Return the minutes of the grid within a span and from `first` to `last`, all included."""
    begin, end = max(span[0], first), min(span[1], last)
    return range(begin + -begin % grid, end + 1, grid)

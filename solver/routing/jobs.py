"""What a routing solver can be asked to do for a problem: jobs with a window, a length and a worth.

A routing solver knows of single stops, each of which is made or left out, so everything that a problem asks
for is cut into such stops beforehand: hotspots into visits by the hour, posts into stints one after the other,
required revisits into visits that follow each other soon enough.  What cannot be cut so (the lingering that two
visits share) is not in their worth; ``docs/design.md`` says what that costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.problem import Hotspot, Post, Problem, Task, Unit
from solver.weights import weights
from solver.whereabouts import wanted_units

if TYPE_CHECKING:
    from solver.plan import Stop, StopKind
    from solver.routing.ways import Ways
    from solver.routing.worth import Worth

_HOUR = 60
"""Minutes in which a hotspot is visited once for all that a visit covers; further visits in them cover less."""

_FREE = 3
"""The begin of a visit that is due may vary by one part in so many of the time between two."""

_DEAR = 0.7
"""A further visit in an hour is offered when its minutes are worth this share of the dearest visit left out."""

_WAY = 4
"""Grid steps that the way to a visit is taken to need, where it is asked for how many visits there is time."""

_CHEAP = 0.3
"""A visit is not offered when its minutes are worth less than this share of the dearest visit left out."""


class Job(NamedTuple):
    """A stop of so many `minutes` at a place, begun from `first` to `last`, by one of `units` (indices)."""

    place: int
    kind: StopKind
    first: int
    last: int
    minutes: int
    units: tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """Jobs of which at most one is done.

    When none is, `missing` unit-minutes are missing and `value` units of value are not earned, `own` of them
    whatever other units do; lingering counts for `lingers` minutes from its begin.  A `must` is a break, without
    which no route is legal.
    """

    jobs: tuple[Job, ...]
    missing: int
    value: int
    must: bool = False
    own: int = 0
    lingers: int = 0

    @property
    def minutes(self) -> int:
        """How long it takes to do."""
        return self.jobs[0].minutes


def choices(
    problem: Problem, ways: Mapping[str, Ways], worth: Worth, staffed: Iterable[Stop] | None = None
) -> tuple[Choice, ...]:
    """Return what there is to do, that some unit can do, and that is worth its minutes; `ways` are by mode.

    With `staffed`, the stints of posts and the visits that are due are those in it, at its times.
    """
    planner = _Planner(problem, ways, staffed)
    asked = tuple(planner.asked())
    visits, further = (worth.alone(found) for found in planner.visits())
    # What the minutes of the fleet are worth: those of the dearest visit for which there is no time any more.
    rate = planner.marginal_rate(asked, visits)
    return (
        *asked,
        *(c for c in visits if c.missing or c.value >= max(_CHEAP * rate * c.minutes, 1)),
        *(c for c in further if c.value >= max(_DEAR * rate * c.minutes, 1)),
    )


class _Planner:
    """Cuts one problem into jobs."""

    def __init__(self, problem: Problem, ways: Mapping[str, Ways], staffed: Iterable[Stop] | None) -> None:
        self.problem, self.grid, self.ways = problem, problem.grid, ways
        self.staffed = None if staffed is None else tuple(staffed)
        self.multipliers = weights(problem).multipliers

    def asked(self) -> Iterator[Choice]:
        """Yield breaks, stints and tasks, and visits that are due where their times are given."""
        for i, unit in enumerate(self.problem.units):
            yield from self._break(i, unit)
        if self.staffed is not None:
            yield from self._fixed(self.staffed)
        else:
            for post, wanted in zip(self.problem.posts, wanted_units(self.problem), strict=True):
                yield from self._stints(post, wanted)
        for task in self.problem.tasks:
            yield from self._task(task)

    def visits(self) -> tuple[list[Choice], list[Choice]]:
        """Return the first visits of each hour, and further ones, which add presence only; all not yet valued."""
        visits: list[Choice] = []
        further: list[Choice] = []
        for hotspot in self.problem.hotspots:
            lingers = min(hotspot.dwell + hotspot.linger, max(_HOUR, hotspot.dwell))
            for start, end in hotspot.open(self.problem.minutes):
                for first, last, due in self._windows(hotspot, start, end):
                    jobs = [self._job(place, "visit", first, last, hotspot.dwell) for place in hotspot.places]
                    missing, revisit = (due, 0) if hotspot.required else (0, due * self.multipliers["revisit"])
                    able = tuple(job for job in jobs if job.units)
                    if able:
                        visits.append(Choice(able, missing, revisit, own=revisit, lingers=lingers))
                        further += [Choice(able, 0, 0)] * ((last - first) // hotspot.dwell)
        return visits, further

    def marginal_rate(self, asked: Sequence[Choice], visits: Sequence[Choice]) -> float:
        """Return what a minute of the dearest visit is worth for which the units have no time, 0 where they have it."""
        time = sum(u.end - u.start for u in self.problem.units) - sum(c.minutes for c in asked)
        for choice in sorted(visits, key=lambda c: c.value / c.minutes, reverse=True):
            time -= choice.minutes + self.grid * _WAY
            if time < 0:
                return choice.value / choice.minutes
        return 0.0

    def _choice(
        self, jobs: Iterator[Job] | Sequence[Job], missing: int, value: int, must: bool = False
    ) -> Iterator[Choice]:
        """Yield a choice among those of `jobs` that a unit can do, if there are any and they are worth it."""
        able = tuple(job for job in jobs if job.units)
        if able and (missing or value or must):
            yield Choice(able, missing, value, must, own=value)

    def _job(self, place: int, kind: StopKind, first: int, last: int, minutes: int, unit: int | None = None) -> Job:
        """Return a job, its window on the grid, with the units that can do it within their shifts."""
        first, last = -(-first // self.grid) * self.grid, last // self.grid * self.grid
        who = range(len(self.problem.units)) if unit is None else (unit,)
        able = tuple(
            u for u in who if self._can_do(self.problem.units[u], place, first, last, minutes, pause=kind == "break")
        )
        return Job(place, kind, first, last, minutes, able)

    def _can_do(self, unit: Unit, place: int, first: int, last: int, minutes: int, *, pause: bool) -> bool:
        """Whether a unit that had nothing else to do could do it: admitted, there in time and home in time."""
        in_time = self.ways[unit.mode].in_time(unit, place, first, last, minutes)
        return in_time and (pause or self.problem.may_work(unit, place))

    def _break(self, i: int, unit: Unit) -> Iterator[Choice]:
        """Yield the break of a unit: at one of its places."""
        rule = unit.break_
        if rule is not None:
            jobs = [
                self._job(place, "break", rule.earliest, rule.latest - rule.minutes, rule.minutes, i)
                for place in rule.places
            ]
            yield from self._choice(jobs, 0, 0, must=True)

    def _stints(self, post: Post, wanted: NDArray[np.int64]) -> Iterator[Choice]:
        """Yield the stints that man a post, as many side by side as units are wanted."""
        for rank in range(1, int(wanted.max(initial=0)) + 1):
            for start, end in _runs(wanted >= rank):
                for begin, until in self._cut(post, start, end):
                    length = max(until - begin, post.stint)
                    # A span shorter than the least stint may lie anywhere within one.
                    first = max(until - length, 0)
                    last = min(begin, self.problem.minutes - length)
                    yield from self._choice([self._job(post.place, "stint", first, last, length)], until - begin, 0)

    def _fixed(self, staffed: Iterable[Stop]) -> Iterator[Choice]:
        """Yield the stints and visits among stops, each begun when it is."""
        index = {place.name: i for i, place in enumerate(self.problem.places)}
        posts = {q.place: row for q, row in zip(self.problem.posts, wanted_units(self.problem), strict=True)}
        hotspots = {place: h for h in self.problem.hotspots for place in h.places}
        for stop in staffed:
            place, minutes = index[stop.place], stop.leave - stop.arrive
            if stop.kind == "stint":
                job = self._job(place, "stint", stop.arrive, stop.arrive, minutes)
                yield from self._choice([job], int((posts[place][stop.arrive : stop.leave] > 0).sum()), 0)
            elif stop.kind == "visit":
                hotspot = hotspots[place]
                jobs = [self._job(p, "visit", stop.arrive, stop.arrive, minutes) for p in hotspot.places]
                yield from self._choice(jobs, hotspot.every, 0)

    def _cut(self, post: Post, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield spans one after the other that fill ``[start, end)``, each little longer than the least stint."""
        parts = max((end - start) // post.stint, 1)
        steps = (end - start) // self.grid
        yield from pairwise(start + steps * k // parts * self.grid for k in range(parts + 1))

    def _task(self, task: Task) -> Iterator[Choice]:
        """Yield a task: in one of its windows."""
        windows = task.begins(self.problem.minutes)
        jobs = [self._job(task.place, "task", first, last, task.minutes) for first, last in windows if first <= last]
        missing = task.minutes if task.required else 0
        yield from self._choice(jobs, missing, task.profit * self.multipliers["tasks"])

    def _windows(self, hotspot: Hotspot, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (first, last, due) of visits in ``[start, end)``: when each begins, and how much is overdue without it.

        Visits that are due begin in windows so far apart that whatever the begins, each is soon enough after the
        one before; those between and beside them, an hour at most each, are for the value alone.
        """
        now, last = start, end - hotspot.dwell
        if hotspot.every and not (hotspot.required and self.staffed is not None):
            reach = hotspot.dwell + hotspot.every
            free = reach // _FREE // self.grid * self.grid
            first, covered = start + max(hotspot.every - free, 0), start + hotspot.every
            while covered < end and first <= last:
                yield from self._hours(now, first - self.grid)
                yield first, min(first + free, last), min(reach - free, end - covered)
                now, covered = first + free + self.grid, first + reach
                first += reach - free
        yield from self._hours(now, last)

    def _hours(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of each hour in the minutes from `start` to `end`, both included."""
        while start <= end:
            until = min((start // _HOUR + 1) * _HOUR - self.grid, end)
            yield start, max(until, start), 0
            start = max(until, start) + self.grid


def _runs(on: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the maximal spans ``[start, end)`` in which `on` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)

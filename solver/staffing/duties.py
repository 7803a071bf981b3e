"""What hard rules ask of the units, on the grid: a problem without all that is merely worth something.

Time is counted in *steps* of the grid here.  What hard rules ask for is done at few places: stints and visits
at *sites*, where a unit may stay as long as it likes once it has stayed the least; breaks and tasks as *errands*
of a fixed length.  Between any two of these places a unit takes the shortest chain of legs, so that in time
nothing is gained by passing through a third.  A stretch of street cannot be passed through, and whoever has visited
one must come round to its near end to visit it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from solver.free_time import Spell, spells_of
from solver.plan import StopKind
from solver.problem import UNREACHABLE, Problem, Unit
from solver.whereabouts import wanted_units

FAR = 10**6
"""Steps between places where there is no way: more than any horizon has."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Job(NamedTuple):
    """A stop that counts for a hard rule, or a break, in steps ``[begin, end)``.

    `row` is the index of its post, hotspot or task; -1 of a break.
    """

    kind: StopKind
    row: int
    place: int
    begin: int
    end: int


Work = tuple[Job, ...]
"""What one unit does, in order."""


class Site(NamedTuple):
    """Where a unit is on a stint or visit for `least` steps or longer, within the steps that are `open` (N,)."""

    kind: StopKind
    row: int
    place: int
    least: int
    open: Flags


class Errand(NamedTuple):
    """A break or task of so many steps at one of `places`, begun within one of the spans (first, last step)."""

    kind: StopKind
    row: int
    places: tuple[int, ...]
    length: int
    begins: tuple[tuple[int, int], ...]


class Means(NamedTuple):
    """What one unit can do: its shift in steps, its ends, its break, and the sites and tasks that admit it."""

    start: int
    end: int
    origin: int
    destination: int
    mode: str
    pause: Errand | None
    sites: tuple[int, ...]
    tasks: tuple[int, ...]


class Needs(NamedTuple):
    """What is still asked for: units by post and step (Q, N), a visit by hotspot and step (H, N), tasks (K,)."""

    posts: Ints
    due: Flags
    tasks: Flags

    def minus(self, duties: Duties, jobs: Iterable[Job]) -> Needs:
        """Return what is still asked for when `jobs` are done; more units than wanted at a post count as none."""
        posts, due, tasks = self.posts.copy(), self.due.copy(), self.tasks.copy()
        for job in jobs:
            if job.kind == "stint":
                posts[job.row, job.begin : job.end] -= 1
            elif job.kind == "visit":
                due[job.row, job.begin : job.end + duties.every[job.row]] = False
            elif job.kind == "task":
                tasks[job.row] = False
        return Needs(np.maximum(posts, 0), due, tasks)

    def less(self, missing: Needs) -> Needs:
        """Return what is asked for here and not `missing`."""
        return Needs(self.posts - missing.posts, self.due & ~missing.due, self.tasks & ~missing.tasks)


@dataclass(frozen=True)
class Duties:
    """The hard rules of a problem and what its units can do about them.

    `tasks` holds an errand for each task of the problem, asked for or not; `every` (H,) the steps for which a
    visit of each hotspot is good after it.
    """

    problem: Problem
    steps: int
    sites: tuple[Site, ...]
    tasks: tuple[Errand, ...]
    units: tuple[Means, ...]
    needs: Needs
    every: tuple[int, ...]

    def missing(self, needs: Needs) -> int:
        """Return the unit-minutes of `needs`."""
        grid = self.problem.grid
        tasks = sum(errand.length for errand, asked in zip(self.tasks, needs.tasks, strict=True) if asked)
        return grid * (int(needs.posts.sum()) + int(needs.due.sum()) + tasks)

    def left(self, works: Iterable[Work]) -> Needs:
        """Return what is still asked for when `works` are done."""
        return self.needs.minus(self, chain.from_iterable(works))

    @cached_property
    def _ways(self) -> dict[str, tuple[Ints, NDArray[np.int32], Ints]]:
        """Steps and predecessors of the shortest chains of legs by mode, and the rows of the places they begin at."""
        return self._chains(along=False)

    @cached_property
    def _quickest(self) -> dict[str, tuple[Ints, NDArray[np.int32], Ints]]:
        """The same where any unit may at any time visit a stretch of street on its way."""
        return self._chains(along=True) if self.problem.stretches.any() else self._ways

    @cached_property
    def complete(self) -> bool:
        """Whether no way is quicker by visiting a stretch of street, so that work on chains of legs is all there is."""
        for mode, (steps, _, rows) in self._ways.items():
            places = np.flatnonzero(rows >= 0)
            if (self._quickest[mode][0][:, places] < steps[:, places]).any():
                return False
        return True

    def _chains(self, *, along: bool) -> dict[str, tuple[Ints, NDArray[np.int32], Ints]]:
        """Return the shortest chains of legs; `along` says whether visits of stretches of street may be among them.

        A stretch of street is two nodes: legs to it end at the place's own, and legs from it begin at one that comes
        after those of all places.
        """
        places = {i for u in self.units for i in (u.origin, u.destination, *(u.pause.places if u.pause else ()))}
        places |= {s.place for s in self.sites} | {p for errand in self.tasks for p in errand.places}
        begin = sorted(places)
        number, stretches = len(self.problem.places), np.flatnonzero(self.problem.stretches)
        rows = np.full(number, -1, dtype=np.int64)
        rows[begin] = np.arange(len(begin))
        node = np.arange(number)
        node[stretches] = number + np.arange(stretches.size)
        ways = {}
        for mode in {u.mode for u in self.units}:
            legs = self.problem.legs(mode)
            graph = np.zeros((number + stretches.size, number + stretches.size), dtype=np.int64)
            graph[node, :number] = np.where(legs == UNREACHABLE, 0, legs // self.problem.grid)
            for h in self.problem.hotspots if along else ():
                for place in h.places:
                    if node[place] != place:
                        graph[place, node[place]] = h.dwell // self.problem.grid
            steps, before = dijkstra(csgraph_from_dense(graph), indices=node[begin], return_predecessors=True)
            ways[mode] = (np.where(np.isinf(steps), FAR, steps).astype(np.int64), before, rows)
        return ways

    def away(self, mode: str, start: int, ends: Sequence[int]) -> Ints:
        """Return the steps from a place to others."""
        steps, _, rows = self._ways[mode]
        return steps[rows[start], list(ends)]

    def at_least(self, mode: str, start: int, end: int) -> int:
        """Return steps without which no unit gets from a place to another, whatever it does on the way."""
        steps, _, rows = self._quickest[mode]
        return int(steps[rows[start], end])

    def way(self, mode: str, start: int, end: int) -> list[tuple[int, int]]:
        """Return the places passed on the shortest chain of legs to `end`, each with the steps to it."""
        steps, before, rows = self._ways[mode]
        row = rows[start]
        legs = self.problem.legs(mode)
        if legs[start, end] == steps[row, end] * self.problem.grid:
            return []
        passed = []
        place = int(before[row, end])
        while steps[row, place] > 0:
            passed.append((place, int(steps[row, place])))
            place = int(before[row, place])
        return passed[::-1]


def duties_of(problem: Problem, spells: Sequence[Spell] | None = None) -> Duties:
    """Return what the hard rules of `problem` ask of its units, beside what is locked.

    `spells` are those of the units' free time, which stand for units here; if left out, they are found anew.
    """
    spells = spells_of(problem) if spells is None else spells
    grid, steps = problem.grid, problem.minutes // problem.grid
    posts = wanted_units(problem)[:, ::grid]
    due = np.zeros((len(problem.hotspots), steps), dtype=np.bool_)
    for row, h in zip(due, problem.hotspots, strict=True):
        for begin, end in h.due(problem.minutes) if h.required else ():
            row[begin // grid : end // grid] = True
    sites = (*_post_sites(problem, posts), *_hotspot_sites(problem, steps))
    tasks = tuple(
        Errand("task", k, (task.place,), task.minutes // grid, _on_grid(task.begins(problem.minutes), grid))
        for k, task in enumerate(problem.tasks)
    )
    asked = np.array([task.required for task in problem.tasks], dtype=np.bool_)
    means = tuple(_means(problem, spell.unit, sites) for spell in spells)
    every = tuple(h.every // grid for h in problem.hotspots)
    duties = Duties(problem, steps, sites, tasks, means, Needs(posts, due, asked), every)
    return replace(duties, needs=duties.needs.minus(duties, _locked(problem))) if problem.locks else duties


def _locked(problem: Problem) -> Iterable[Job]:
    """Yield the stints, visits and tasks that are locked."""
    rows = {("visit", place): i for i, h in enumerate(problem.hotspots) for place in h.places}
    rows |= {("stint", q.place): i for i, q in enumerate(problem.posts)}
    rows |= {("task", k.place): i for i, k in enumerate(problem.tasks)}
    for lock in problem.locks:
        for s in lock.stops:
            if (s.kind, s.place) in rows:
                row = rows[s.kind, s.place]
                yield Job(cast(StopKind, s.kind), row, s.place, s.arrive // problem.grid, s.leave // problem.grid)


def _post_sites(problem: Problem, wanted: Ints) -> Iterable[Site]:
    """Yield a site for each post that wants units, open where a stint can hold a minute that is wanted."""
    for row, (post, units) in enumerate(zip(problem.posts, wanted, strict=True)):
        if units.any():
            least = post.stint // problem.grid
            yield Site("stint", row, post.place, least, near(units > 0, least))


def _hotspot_sites(problem: Problem, steps: int) -> Iterable[Site]:
    """Yield a site for each place of a hotspot that must be visited again and again, and each of its windows."""
    grid = problem.grid
    for row, h in enumerate(problem.hotspots):
        if not h.required:
            continue
        for begin, end in h.open(problem.minutes):
            if begin + h.every >= end:
                continue  # Nothing is due within a window that is not longer than that.
            within = np.zeros(steps, dtype=np.bool_)
            within[begin // grid : end // grid] = True
            for place in h.places:
                yield Site("visit", row, place, h.dwell // grid, within)


def near(asked: Flags, least: int) -> Flags:
    """Return the steps of all runs of `least` steps that hold one that is asked for."""
    edges = np.zeros(asked.size + 1, dtype=np.int64)
    at = np.flatnonzero(asked)
    np.add.at(edges, np.maximum(at - least + 1, 0), 1)
    np.add.at(edges, np.minimum(at + least, asked.size), -1)
    return np.cumsum(edges[:-1]) > 0


def _means(problem: Problem, unit: Unit, sites: Sequence[Site]) -> Means:
    """Return what one unit can do."""
    grid, b = problem.grid, unit.break_
    pause = None
    if b is not None:
        pause = Errand("break", -1, b.places, b.minutes // grid, _on_grid([(b.earliest, b.latest - b.minutes)], grid))
    return Means(
        unit.start // grid,
        unit.end // grid,
        unit.origin,
        unit.destination,
        unit.mode,
        pause,
        tuple(i for i, site in enumerate(sites) if problem.may_work(unit, site.place)),
        tuple(k for k, task in enumerate(problem.tasks) if task.required and problem.may_work(unit, task.place)),
    )


def _on_grid(spans: Iterable[tuple[int, int]], grid: int) -> tuple[tuple[int, int], ...]:
    """Return the steps (first, last) within spans of minutes (first, last) that hold any."""
    rounded = ((-(-max(first, 0) // grid), last // grid) for first, last in spans)
    return tuple((first, last) for first, last in rounded if first <= last)

"""The search for work that leaves the least missing: greedy stints, then some units' work chosen anew together.

Candidate times are coarse first and become finer as long as something is missing that need not be.  A model of
all units on every step of the grid proves what is least, where it is small enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solver.plan import StopKind
from solver.staffing.duties import Duties, Flags, Ints, Work, goes_out
from solver.staffing.greedy import best_stints
from solver.staffing.least import least_missing
from solver.staffing.model import choose

Floats = NDArray[np.float64]

_COARSE, _FINE = 15, 5
"""Minutes between candidate times, about; the last level is the grid itself."""

_TINY = 1_000
"""Units times sites times steps up to which candidate times need not be coarse."""

_SMALL = 4_000
"""Units times sites times blocks up to which the work of all units is chosen at once."""

_PART = 0.1
"""Deterministic time for choosing the work of some units."""

_TEAM = (4, 10)
"""Fewest and most units whose work is chosen anew together, where all are too many."""

_SINGLES = 12
"""How many units are tried one by one before some are together."""

_BESIDE, _FREE = 6, 4
"""How much more often units at work beside something missing, or free then, are chosen than others."""


class Search:
    """Work in the making.

    Parameters
    ----------
    duties : Duties
    seconds : float
        Deterministic time allowed.
    seed : int
    start : list of Work
        Work of all units to begin from, and to keep to where that costs nothing; empty where there is none.
    stop : callable, optional
        Ends the search when it returns True.

    Attributes
    ----------
    works : list of Work
        The best work found, by unit.
    missing, least : int
        Unit-minutes that it leaves missing, and that all work does.
    """

    def __init__(
        self, duties: Duties, seconds: float, seed: int, start: list[Work], stop: Callable[[], bool] | None
    ) -> None:
        self._duties, self._start, self._stop = duties, start, stop
        self._rng = np.random.default_rng(seed)
        self._left = seconds
        self.least, self._lacks = least_missing(duties)
        grid = duties.problem.grid
        fine = max(1, _FINE // grid)
        # Each level holds the times of the one before, so that what was found there is known here.
        self._levels = tuple(dict.fromkeys((fine * max(1, _COARSE // (fine * grid)), fine, 1)))
        if self._size(self._times(1)) <= _TINY:
            self._levels = (1,)
        self.works = self._greedy(self._times(self._levels[0]))
        self.missing = duties.missing(duties.left(self.works))

    def run(self) -> None:
        """Look for work that leaves less missing until none can, or the time is over."""
        self._improve()
        for u, work in enumerate(self._start):
            self._take([*self.works[:u], work, *self.works[u + 1 :]])

    def _improve(self) -> None:
        """Go through the levels of candidate times; first change little of the start, if there is one."""
        if self._start:
            greedy, lacks = self.works, self.missing
            self.works, self.missing = self._start, self._duties.missing(self._duties.left(self._start))
            self._one_by_one(self._times(self._levels[0]), self._left / 4)
            if lacks < self.missing:
                self._take(greedy)
        for step in self._levels:
            if self._over():
                return
            times, last = self._times(step), step == self._levels[-1]
            seconds = self._left if last else self._left / 2
            small = self._size(times) <= _SMALL
            if not (small and self._all(times, seconds if last else seconds / 2, proves=step == 1)):
                self._some(times, seconds)

    def _over(self) -> bool:
        """Return whether nothing is left to find, or no time to find it in."""
        return self.missing <= self.least or self._left <= 0 or (self._stop is not None and self._stop())

    def _times(self, step: int) -> Ints:
        """Return candidate times so many steps apart, and all at which what is asked for changes."""
        duties = self._duties
        windows = [s.open for s in duties.sites if s.kind == "visit"]
        rows = (*duties.needs.posts, *windows, self._lacks)
        changes = [np.flatnonzero(np.diff(row.astype(np.int64))) + 1 for row in rows]
        known = [
            t for work in self._start for job in work if job.kind in ("stint", "visit") for t in (job.begin, job.end)
        ]
        return np.unique([*range(0, duties.steps, step), duties.steps, *np.concatenate(changes), *known]).astype(
            np.int64
        )

    def _size(self, times: Ints) -> int:
        """Return how large a model of all units is."""
        return (times.size - 1) * sum(len(u.sites) for u in self._duties.units)

    def _greedy(self, times: Ints) -> list[Work]:
        """Return the best stints of the units one after the other, those with the fewest places to be first."""
        duties = self._duties
        works: list[Work] = [() for _ in duties.units]
        needs, left = duties.needs, list(duties.problem.callouts)
        order = sorted(range(len(works)), key=lambda u: (len(duties.units[u].sites), duties.units[u].start))
        nothing = needs.less(needs)
        for u in order:
            full = any(not c.most for c in left if u in c.units)
            works[u] = best_stints(duties, u, nothing if full else needs, times.tolist())
            needs = needs.minus(duties, works[u])
            if goes_out(works[u]):
                left = [replace(c, most=c.most - (u in c.units)) for c in left]
        return works

    def _all(self, times: Ints, seconds: float, *, proves: bool) -> bool:
        """Choose the work of all units at once; return whether none on these times is better.

        On every step of the grid the least is proved as well, unless stretches of street lead somewhere quicker.
        """
        duties = self._duties
        found = choose(
            duties,
            range(len(duties.units)),
            duties.needs,
            times.tolist(),
            room=duties.room({}),
            seconds=seconds,
            seed=int(self._rng.integers(2**31)),
            stop=self._stop,
        )
        self._left -= found.seconds
        if found.works is not None:
            self._take(list(found.works))
        if proves and duties.complete:
            self.least = max(self.least, found.least * duties.problem.grid)
        return found.best

    def _one_by_one(self, times: Ints, seconds: float) -> None:
        """Choose the work of single units anew: of those at work beside something missing first, then of those free."""
        end = self._left - seconds
        if self._over():
            return
        for u in np.argsort(-self._weights(), kind="stable")[:_SINGLES].tolist():
            if self._left <= end or self._over():
                return
            self._renew([u], times)

    def _some(self, times: Ints, seconds: float) -> None:
        """Choose the work of some units anew, again and again, around something that is missing."""
        end = max(self._left - seconds, 0.0)
        size = _TEAM[0]
        while self._left > end and not self._over():
            weights = self._weights()
            chosen = self._rng.choice(
                weights.size, min(size, weights.size), replace=False, p=weights / weights.sum()
            ).tolist()
            better = self._renew(chosen, times)
            size = max(size - 1, 2) if better is None else min(size + (not better), _TEAM[1])

    def _renew(self, team: list[int], times: Ints) -> bool | None:
        """Choose the work of a team anew; return whether less is missing then, None where time did not suffice."""
        duties = self._duties
        needs = duties.left(w for u, w in enumerate(self.works) if u not in team)
        found = choose(
            duties,
            team,
            needs,
            times.tolist(),
            room=duties.room({u: w for u, w in enumerate(self.works) if u not in team}),
            kept=needs.less(duties.left(self.works)),
            seconds=_PART,
            seed=int(self._rng.integers(2**31)),
            stop=self._stop,
        )
        self._left -= found.seconds
        if found.works is None:
            return None
        works = list(self.works)
        for u, work in zip(team, found.works, strict=True):
            works[u] = work
        return self._take(works)

    def _weights(self) -> Floats:
        """Return how often to choose each unit, around something missing: more if at work on it or free then."""
        kind, row, begin, end = self._gap()
        weight = np.ones(len(self.works))
        for u, (means, work) in enumerate(zip(self._duties.units, self.works, strict=True)):
            if any((j.kind, j.row) == (kind, row) and j.begin <= end and begin <= j.end for j in work):
                weight[u] = _BESIDE
            elif means.start < end and begin < means.end and not any(j.begin < end and begin < j.end for j in work):
                weight[u] = _FREE
        return weight

    def _gap(self) -> tuple[StopKind, int, int, int]:
        """Return something missing, at random: kind and row of the job that is, and the steps to do it in."""
        duties = self._duties
        lacking = duties.left(self.works)
        posts, due, tasks = np.argwhere(lacking.posts), np.argwhere(lacking.due), np.flatnonzero(lacking.tasks)
        i = int(self._rng.integers(len(posts) + len(due) + len(tasks)))
        if i < len(posts):
            row, t = posts[i].tolist()
            return "stint", row, *_run(lacking.posts[row] > 0, t)
        i -= len(posts)
        if i < len(due):
            row, t = due[i].tolist()
            begin, end = _run(lacking.due[row], t)
            return "visit", row, begin - duties.every[row], end
        task = int(tasks[i - len(due)])
        errand = duties.tasks[task]
        begins = errand.begins or ((0, 0),)
        return "task", task, begins[0][0], begins[-1][1] + errand.length

    def _take(self, works: list[Work]) -> bool:
        """Go on from `works` when they leave no more missing; return whether it is less."""
        if not self._duties.allows(works):
            return False
        missing = self._duties.missing(self._duties.left(works))
        if missing > self.missing:
            return False
        better = missing < self.missing
        self.works, self.missing = works, missing
        return better


def _run(asked: Flags, t: int) -> tuple[int, int]:
    """Return the longest span of steps around `t` that are all asked for."""
    begin, end = t, t + 1
    while begin and asked[begin - 1]:
        begin -= 1
    while end < asked.size and asked[end]:
        end += 1
    return begin, end

"""Who does which jobs in which order: kept legal, and filled by cheapest insertion.

An agenda is the jobs of one unit in order.  It is legal when every job can be begun within its window by a unit that
drives at once and waits where it is early.  For every gap between two jobs the first minute in which the unit is
free, and the last in which it must be at the next job, say whether another job fits, without looking at the rest
(Solomon 1987, doi:10.1287/opre.35.2.254).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from solver.plan import Route, Stop
    from solver.problem import Problem
    from solver.routing.jobs import Choice, Job
    from solver.routing.ways import Ways

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Gaps(NamedTuple):
    """The gaps of an agenda, G of them: free at `place` from `free` on, to be at `after` by `due`."""

    place: Ints
    free: Ints
    after: Ints
    due: Ints


class Agendas:
    """The agendas of all units in the making.

    Parameters
    ----------
    problem : Problem
    choices : sequence of Choice
    ways : mapping of str to Ways
        By mode.

    Attributes
    ----------
    jobs : tuple of Job
        The jobs of all choices, one after the other.
    agendas : list of list of int
        Indices of the jobs of each unit, in order.
    """

    def __init__(self, problem: Problem, choices: Sequence[Choice], ways: Mapping[str, Ways]) -> None:
        self.choices = tuple(choices)
        self.jobs: tuple[Job, ...] = tuple(job for choice in choices for job in choice.jobs)
        self.agendas: list[list[int]] = [[] for _ in problem.units]
        self._problem = problem
        self._ways = ways
        self._choice_of = np.repeat(np.arange(len(choices)), [len(choice.jobs) for choice in choices])
        self._place, self._first, self._last, self._minutes = (
            np.array([getattr(job, name) for job in self.jobs], dtype=np.int64)
            for name in ("place", "first", "last", "minutes")
        )
        self._able = np.zeros((len(problem.units), len(self.jobs)), dtype=np.bool_)
        for j, job in enumerate(self.jobs):
            self._able[list(job.units), j] = True
        self._open = np.ones(len(choices), dtype=np.bool_)

    def fill(self, stop: Callable[[], bool]) -> None:
        """Insert breaks, then what hard rules ask for, then what is worth most a minute, until told to stop.

        Breaks are inserted whatever `stop` says: without them no plan is legal.
        """
        for c, choice in enumerate(self.choices):
            if choice.must and self._open[c]:
                self._insert(c)
        hard = [c for c, choice in enumerate(self.choices) if choice.missing and self._open[c]]
        for c in sorted(hard, key=self._freedom):
            if stop():
                return
            self._insert(c)
        self._insert_dearest(stop)

    def follow(self, routes: Iterable[Route]) -> None:
        """Take over from legal routes what is a job in them, as far as it fits; breaks are in already or come later."""
        index = {place.name: i for i, place in enumerate(self._problem.places)}
        by_callsign = {route.callsign: route for route in routes}
        at: dict[tuple[int, str], list[int]] = {}
        for j, job in enumerate(self.jobs):
            at.setdefault((job.place, job.kind), []).append(j)
        for u, unit in enumerate(self._problem.units):
            stops = by_callsign[unit.callsign].stops if unit.callsign in by_callsign else ()
            # The break first, so that nothing takes its place.
            for stop in sorted(stops, key=lambda s: s.kind != "break"):
                for j in at.get((index[stop.place], stop.kind), ()):
                    job = self.jobs[j]
                    if job.first <= stop.leave - job.minutes and stop.arrive <= job.last:
                        self._insert_for(u, j)

    def adopt(self, stops: Sequence[Sequence[Stop]]) -> None:
        """Give all units agendas of `stops`, each of which is a job; no two are the same choice."""
        index = {place.name: i for i, place in enumerate(self._problem.places)}
        for u, own in enumerate(stops):
            agenda = []
            for stop in own:
                place, minutes = index[stop.place], stop.leave - stop.arrive
                fits = (self._place == place) & (self._minutes == minutes) & self._able[u]
                fits &= (self._first <= stop.arrive) & (stop.arrive <= self._last) & self._open[self._choice_of]
                agenda.append(next(j for j in np.flatnonzero(fits).tolist() if self.jobs[j].kind == stop.kind))
                self._open[self._choice_of[agenda[-1]]] = False
            self.agendas[u] = agenda

    def replace(self, units: Sequence[int], agendas: Sequence[Sequence[int]]) -> None:
        """Give `units` other agendas."""
        for u in units:
            self._open[self._choice_of[self.agendas[u]]] = True
        for u, agenda in zip(units, agendas, strict=True):
            self.agendas[u] = list(agenda)
            self._open[self._choice_of[self.agendas[u]]] = False

    def choice_of(self, j: int) -> int:
        """Return the choice that job `j` belongs to."""
        return int(self._choice_of[j])

    def jobs_of(self, c: int) -> range:
        """Return the jobs of choice `c`."""
        first = int(np.searchsorted(self._choice_of, c))
        return range(first, first + len(self.choices[c].jobs))

    def open_to(self, units: Sequence[int]) -> list[int]:
        """Return the choices that no one does and some of `units` can do."""
        able = np.unique(self._choice_of[self._able[list(units)].any(axis=0)])
        return [int(c) for c in able if self._open[c]]

    def legs(self, u: int) -> Ints:
        """Return minutes from place to place for unit `u`, `NEVER` where there is no way."""
        return self._ways[self._problem.units[u].mode].minutes

    def spots(self, u: int, minutes: Sequence[int]) -> list[int]:
        """Return the place of the job that unit `u` began last in each of `minutes`, its origin before the first."""
        places = [self._problem.units[u].origin, *(self.jobs[j].place for j in self.agendas[u])]
        return [places[i] for i in np.searchsorted(self.begins(u), minutes, side="right")]

    def _insert_for(self, u: int, j: int) -> None:
        """Insert job `j` for unit `u` where that costs least, if it fits at all."""
        if self._able[u, j] and self._open[self._choice_of[j]]:
            cost, at = self._costs(u, np.array([j]))
            if np.isfinite(cost[0]):
                self._put(u, j, int(at[0]))

    def _freedom(self, c: int) -> tuple[int, int]:
        """Return how few units can do a choice, and when: those with the fewest are inserted first."""
        jobs = self.choices[c].jobs
        return len({u for job in jobs for u in job.units}), jobs[0].first

    def _insert(self, c: int) -> None:
        """Insert one of the jobs of choice `c` where that costs least, if any fits."""
        jobs = np.flatnonzero(self._choice_of == c)
        best: tuple[float, int, int, int] | None = None
        for u in np.flatnonzero(self._able[:, jobs].any(axis=1)).tolist():
            cost, at = self._costs(u, jobs)
            k = int(np.argmin(cost))
            if np.isfinite(cost[k]) and (best is None or cost[k] < best[0]):
                best = float(cost[k]), u, int(jobs[k]), int(at[k])
        if best is not None:
            self._put(*best[1:])

    def _insert_dearest(self, stop: Callable[[], bool]) -> None:
        """Insert, one after the other, the job that is worth most for the minutes that it costs."""
        value = np.array([choice.value for choice in self.choices], dtype=np.float64)[self._choice_of]
        jobs = np.flatnonzero(value > 0)
        if not jobs.size or not self.agendas:
            return
        worth = np.zeros((len(self.agendas), jobs.size))
        at = np.zeros(worth.shape, dtype=np.int64)

        def look(u: int) -> None:
            cost, at[u] = self._costs(u, jobs)
            worth[u] = value[jobs] / np.maximum(cost, 0.5)  # A job on the way may cost no time at all.

        for u in range(len(self.agendas)):
            look(u)
        worth[:, ~self._open[self._choice_of[jobs]]] = 0.0
        while not stop():
            u, k = divmod(int(np.argmax(worth)), jobs.size)
            if worth[u, k] <= 0.0:
                return
            self._put(u, int(jobs[k]), int(at[u, k]))
            look(u)
            worth[:, ~self._open[self._choice_of[jobs]]] = 0.0

    def _put(self, u: int, j: int, at: int) -> None:
        """Insert job `j` into the agenda of unit `u`."""
        self.agendas[u].insert(at, j)
        self._open[self._choice_of[j]] = False

    def _costs(self, u: int, jobs: Ints) -> tuple[Floats, Ints]:
        """Return the minutes that inserting each job costs where it costs least, infinite where it fits nowhere.

        The second array says where.
        """
        legs, gaps = self.legs(u), self._gaps(u)
        place, minutes = self._place[jobs], self._minutes[jobs]
        out = legs[gaps.place[:, None], place]
        back = legs[place[:, None], gaps.after].T
        begin = np.maximum(gaps.free[:, None] + out, self._first[jobs])
        fits = (begin <= self._last[jobs]) & (begin + minutes + back <= gaps.due[:, None]) & self._able[u, jobs]
        cost = np.where(fits, out + minutes + back - legs[gaps.place, gaps.after][:, None], np.inf)
        at = np.argmin(cost, axis=0)
        return cost[at, np.arange(jobs.size)], at

    def _gaps(self, u: int) -> _Gaps:
        """Return the gaps of an agenda: before, between and after its jobs."""
        unit, agenda = self._problem.units[u], self.agendas[u]
        places = [unit.origin, *(self.jobs[j].place for j in agenda), unit.destination]
        due = [unit.end]
        legs = self.legs(u)
        for k in range(len(agenda) - 1, -1, -1):
            job = self.jobs[agenda[k]]
            due.append(min(job.last, due[-1] - int(legs[places[k + 1], places[k + 2]]) - job.minutes))
        free = [unit.start, *(begin + self.jobs[j].minutes for begin, j in zip(self.begins(u), agenda, strict=True))]
        return _Gaps(*(np.array(x, dtype=np.int64) for x in (places[:-1], free, places[1:], due[::-1])))

    def begins(self, u: int) -> list[int]:
        """Return when unit `u` begins each of its jobs at the earliest."""
        unit = self._problem.units[u]
        legs, place, now, found = self.legs(u), unit.origin, unit.start, []
        for j in self.agendas[u]:
            job = self.jobs[j]
            found.append(max(now + int(legs[place, job.place]), job.first))
            place, now = job.place, found[-1] + job.minutes
        return found

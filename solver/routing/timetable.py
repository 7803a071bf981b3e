"""From agendas to routes: every job begun at the earliest, and the minutes to spare spent where they cover more.

A unit that would be early waits where it is or where it goes next.  A visit goes on while its unit waits there, a stint
goes on while its post lacks units; all other waiting is standby.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solver.busy import steps_of
from solver.plan import Route, Stop, StopKind
from solver.problem import UNREACHABLE
from solver.weights import weights
from solver.whereabouts import wanted_units

if TYPE_CHECKING:
    from solver.problem import Problem, Unit
    from solver.routing.agendas import Agendas
    from solver.routing.ways import Ways

Ints = NDArray[np.int64]


@dataclass
class _Stay:
    """A stop in the making."""

    place: int
    kind: StopKind
    arrive: int
    leave: int


class Timetable:
    """Turns agendas of `problem` into routes."""

    def __init__(self, problem: Problem, ways: Mapping[str, Ways]) -> None:
        self._problem, self._ways = problem, ways
        worth, slot = weights(problem), problem.slot_of
        self._a_missing_minute = worth.full + 1
        self._hotspots = {place: h for h in problem.hotspots for place in h.places}
        self._posts = {q.place: i for i, q in enumerate(problem.posts)}
        self._closed = {q.place for q in problem.posts if not q.available}
        self._closed |= {k.place for k in problem.tasks if not k.available}
        self._present = {
            place: np.array(h.risk, dtype=np.int64)[slot] * (100 - h.rho) * worth.multipliers["presence"]
            for place, h in self._hotspots.items()
        }
        demand = np.array([d.demand for d in problem.demand], dtype=np.int64).reshape(-1, len(problem.slots) - 1)
        first = steps_of(problem).response[0]
        self._demand = np.ascontiguousarray((demand.T * first[:, None])[slot] * worth.multipliers["response"])
        standard = np.array([d.standard for d in problem.demand], dtype=np.int64)
        self._near = {
            mode: [np.flatnonzero((row != UNREACHABLE) & (row <= standard)) for row in reach]
            for mode, reach in problem.reach.items()
        }
        # What the stops of the plan in hand leave uncovered: response (T, D), and units that posts lack (Q, T).
        self._open, self._lacking = self._demand, wanted_units(problem)

    def routes(self, agendas: Agendas) -> tuple[Route, ...]:
        """Return the routes of all units."""
        units = self._problem.units
        stays = [self._stays(agendas, u) for u in range(len(units))]
        self._open, self._lacking = self._demand.copy(), wanted_units(self._problem)
        for unit, own in zip(units, stays, strict=True):
            for stay in own:
                self._cover(unit, stay)
        return tuple(
            Route(unit.callsign, tuple(self._stop(s) for s in self._with_passed(unit, _joined(self._wait(unit, own)))))
            for unit, own in zip(units, stays, strict=True)
        )

    def _stays(self, agendas: Agendas, u: int) -> list[_Stay]:
        """Return what a unit does, each job begun at the earliest, from one end of its shift to the other."""
        unit = self._problem.units[u]
        jobs = [agendas.jobs[j] for j in agendas.agendas[u]]
        return [
            _Stay(unit.origin, "standby", unit.start, unit.start),
            *(_Stay(x.place, x.kind, t, t + x.minutes) for x, t in zip(jobs, agendas.begins(u), strict=True)),
            _Stay(unit.destination, "standby", unit.end, unit.end),
        ]

    def _wait(self, unit: Unit, stays: list[_Stay]) -> list[_Stay]:
        """Return `stays` with the minutes to spare between two spent at one of them."""
        ways = self._ways[unit.mode]
        found = [stays[0]]
        for before, after in pairwise(stays):
            leg = int(ways.minutes[before.place, after.place])
            spare = after.arrive - before.leave - leg
            if spare > 0:
                here = self._waits(before, before.leave, before.leave + spare)
                there = self._waits(after, after.arrive - spare, after.arrive)
                if self._gain(unit, here) >= self._gain(unit, there):
                    found += here
                    waits = here
                else:
                    found += there
                    waits = there
                for stay in waits:
                    self._cover(unit, stay)
            found.append(after)
        return found

    def _with_passed(self, unit: Unit, stays: list[_Stay]) -> Iterator[_Stay]:
        """Yield `stays` with the places that are passed through between them."""
        ways = self._ways[unit.mode]
        for before, after in pairwise(stays):
            yield before
            for place in ways.passed(before.place, after.place):
                passes = before.leave + int(ways.minutes[before.place, place])
                yield _Stay(place, "standby", passes, passes)
        yield stays[-1]

    def _waits(self, beside: _Stay, start: int, end: int) -> list[_Stay]:
        """Return what waiting next to a stop is: more of the same as far as it may be, and standby.

        Next to a visit of a stretch of street that is time on the road.
        """
        place, kind = beside.place, beside.kind
        first, last = self._goes_on(beside, start, end)
        kinds: tuple[StopKind, StopKind, StopKind] = ("standby", kind, "standby")
        spans = pairwise((start, first, last, end))
        parts = [_Stay(place, what, *span) for what, span in zip(kinds, spans, strict=True)]
        no_standby = self._problem.places[place].exit is not None
        return [p for p in parts if p.arrive < p.leave and not (no_standby and p.kind == "standby")]

    def _goes_on(self, stay: _Stay, start: int, end: int) -> tuple[int, int]:
        """Return in which of the minutes next to a stop it goes on: all while a visit may, a stint is asked for."""
        after = start == stay.leave
        if stay.kind == "standby":
            return start, end
        if stay.kind == "visit":
            spans = self._hotspots[stay.place].open(self._problem.minutes)
            opens, closes = next(s for s in spans if s[0] <= stay.arrive and stay.leave <= s[1])
            return max(start, opens), min(end, closes)
        if stay.kind == "stint":
            lacking = np.flatnonzero(self._lacking[self._posts[stay.place], start:end] > 0)
            if lacking.size:
                return (start, start + int(lacking[-1]) + 1) if after else (start + int(lacking[0]), end)
        return (start, start) if after else (end, end)

    def _gain(self, unit: Unit, stays: list[_Stay]) -> int:
        """Return what waiting covers that nothing else does yet."""
        gain = 0
        for s in stays:
            if s.kind == "visit":
                gain += int(self._present[s.place][s.arrive : s.leave].sum())
            elif s.kind == "stint":
                lacking = self._lacking[self._posts[s.place], s.arrive : s.leave]
                gain += int((lacking > 0).sum()) * self._a_missing_minute
            if self._available(s):
                gain += int(self._open[s.arrive : s.leave, self._near[unit.mode][s.place]].sum())
        return gain

    def _cover(self, unit: Unit, stay: _Stay) -> None:
        """Take what a stop covers off what is uncovered."""
        if self._available(stay):
            self._open[stay.arrive : stay.leave, self._near[unit.mode][stay.place]] = 0
        if stay.kind == "stint":
            self._lacking[self._posts[stay.place], stay.arrive : stay.leave] -= 1

    def _available(self, stay: _Stay) -> bool:
        """Whether the unit is available there."""
        return stay.kind != "break" and not (stay.kind in ("stint", "task") and stay.place in self._closed)

    def _stop(self, stay: _Stay) -> Stop:
        """Return a stop in words."""
        return Stop(self._problem.places[stay.place].name, stay.kind, stay.arrive, stay.leave)


def _joined(stays: list[_Stay]) -> list[_Stay]:
    """Return `stays` with those that adjoin at one place, doing the same, made one, and needless standby dropped."""
    joined: list[_Stay] = []
    for stay in stays:
        last = joined[-1] if joined else None
        adjoins = last is not None and last.place == stay.place and last.leave == stay.arrive
        if last is not None and adjoins and last.kind == stay.kind and stay.kind in ("visit", "stint", "standby"):
            last.leave = stay.leave
        elif adjoins and stay.kind == "standby" and stay.arrive == stay.leave:
            continue
        else:
            joined.append(stay)
    return joined

"""From a problem whose plans are worth what tasks they do to visits in ticks, and from tours back to routes.

A tick is a minute here: the times of a plan are whole minutes.  All legs, lengths and windows are multiples of the
grid, and so is every time that comes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from solver.plan import Route, Stop
from solver.routing.ways import ways_of
from solver.visits.departures import departure
from solver.visits.terms import NO_WAY, Rest, Terms, Vehicle, Visit, Visiting
from solver.visits.tours import begin
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem, Task, Unit
    from solver.routing.ways import Ways


def visits_only(problem: Problem) -> bool:
    """Whether plans are worth nothing but the tasks they do, and there is no other rule to keep than those of tasks."""
    if not problem.tasks or problem.hotspots or problem.posts or problem.demand or problem.locks or problem.callouts:
        return False
    return not any(x for layer, x in weights(problem).multipliers.items() if layer != "tasks")


def _can_do(unit: Unit, task: Task, ways: Ways, minutes: int) -> bool:
    """Return whether a unit that may do a task is in time for it, and home in time, had it nothing else to do."""
    out, back = int(ways.minutes[unit.origin, task.place]), int(ways.minutes[task.place, unit.destination])
    begins = task.begins(minutes) if out + task.minutes + back <= unit.duty else ()
    return any(ways.in_time(unit, task.place, first, last, task.minutes) for first, last in begins)


class Adapter:
    """The visits of `problem`.

    Attributes
    ----------
    visiting : Visiting
        Visit i is the task ``tasks[i]``; vehicles are units in the order of the roster.
    tasks : list of int
        Tasks that are worth anything and that some unit can do.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        modes = sorted({u.mode for u in problem.units})
        ways = ways_of(problem)
        legs = [problem.legs(mode) for mode in modes]
        allowed = [
            frozenset(v for v, u in enumerate(problem.units) if problem.may_work(u, k.place)) for k in problem.tasks
        ]
        counts = weights(problem).multipliers["tasks"] > 0
        self.tasks = [
            i
            for i, k in enumerate(problem.tasks)
            if (k.required or (k.profit and counts))
            and any(_can_do(problem.units[v], k, ways[problem.units[v].mode], problem.minutes) for v in allowed[i])
        ]
        self.visiting = Visiting(
            travel=tuple(np.where(leg < 0, NO_WAY, leg).astype(np.int32) for leg in legs),
            quickest=tuple(np.minimum(ways[mode].minutes, NO_WAY).astype(np.int32) for mode in modes),
            visits=tuple(self._visit(i, allowed[i], counts=counts) for i in self.tasks),
            vehicles=tuple(self._vehicle(u, modes.index(u.mode)) for u in problem.units),
        )

    def _visit(self, i: int, allowed: frozenset[int], *, counts: bool) -> Visit:
        """Return a task as a visit; required, it lacks its minutes where it is not done."""
        k = self._problem.tasks[i]
        windows = tuple((a, b) for a, b in k.begins(self._problem.minutes) if a <= b)
        everyone = len(allowed) == len(self._problem.units)
        return Visit(
            k.place,
            k.minutes,
            k.profit if counts else 0,
            windows,
            None if everyone else allowed,
            k.minutes if k.required else 0,
        )

    def _vehicle(self, u: Unit, mode: int) -> Vehicle:
        """Return a unit as a vehicle."""
        rest, grid = None, self._problem.grid
        if u.break_ is not None:
            b = u.break_
            first, last = -(-max(b.earliest, 0) // grid) * grid, (b.latest - b.minutes) // grid * grid
            rest = Rest(b.places, b.minutes, first, last)
        return Vehicle(mode, u.origin, u.destination, u.start, u.end, u.duty, rest)

    def value(self, profit: int) -> int:
        """Return what plans are worth that earn `profit`."""
        return weights(self._problem).multipliers["tasks"] * profit

    def routes(self, terms: Terms, tours: Sequence[Sequence[int]]) -> tuple[Route, ...]:
        """Return routes, one a unit, that stop at the nodes of `tours`; every stop as early as it may be."""
        rests = [place for u in self._problem.units if u.break_ for place in u.break_.places]
        return tuple(
            Route(u.callsign, tuple(self._stops(terms, u, nodes, rests, departure(terms, v, nodes))))
            for v, (u, nodes) in enumerate(zip(self._problem.units, tours, strict=True))
        )

    def _stops(self, terms: Terms, u: Unit, nodes: Sequence[int], rests: Sequence[int], leave: int) -> Iterable[Stop]:
        """Yield the stops of a unit: it sets out from `leave` on in time for the first, and waits where it goes."""
        names = [place.name for place in self._problem.places]
        legs = self._problem.legs(u.mode)
        here, ready, first = u.origin, leave, True
        for node in nodes:
            task = self._problem.tasks[self.tasks[node]] if node < terms.visits else None
            place = rests[node - terms.visits] if task is None else task.place
            there = ready + int(legs[here, place])
            at = int(begin(terms, node, there))
            if first:
                yield Stop(names[here], "standby", u.start, at - int(legs[here, place]))
                there, first = at, False
            elif there < at:
                yield Stop(names[place], "standby", there, at)
            minutes = u.break_.minutes if task is None and u.break_ else task.minutes if task else 0
            yield Stop(names[place], "break" if task is None else "task", at, at + minutes)
            here, ready = place, at + minutes
        if first:
            if u.origin == u.destination:
                yield Stop(names[here], "standby", u.start, u.end)
                return
            yield Stop(names[here], "standby", u.start, u.start)
        yield Stop(names[u.destination], "standby", ready + int(legs[here, u.destination]), u.end)

    def tours(self, routes: Iterable[Route]) -> list[list[int]]:
        """Return what the units do in `routes`, as nodes; what is no visit, or done before, is left out."""
        place = {p.name: i for i, p in enumerate(self._problem.places)}
        visit = {self._problem.tasks[t].place: i for i, t in enumerate(self.tasks)}
        node, known = len(self.tasks), {}
        for v, u in enumerate(self._problem.units):
            for p in u.break_.places if u.break_ else ():
                known[v, p] = node
                node += 1
        given = {route.callsign: route for route in routes}
        found = []
        done = set()
        for v, u in enumerate(self._problem.units):
            own = []
            for stop in given[u.callsign].stops if u.callsign in given else ():
                p = place.get(stop.place, -1)
                if stop.kind == "task" and p in visit and p not in done:
                    done.add(p)
                    own.append(visit[p])
                elif stop.kind == "break" and (v, p) in known:
                    own.append(known[v, p])
            found.append(own)
        return found

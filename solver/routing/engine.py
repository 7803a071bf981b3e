"""The routing engine: a plan in the making that OR-Tools' routing library improves, a few neighbouring units at a time.

The library judges a plan by what jobs are worth each by itself.  What the engine keeps is judged by `solver.score`: the
best plan is the best of all that the library came upon, whatever the library thought of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from solver.plan import Plan, Route
from solver.routing.agendas import Agendas
from solver.routing.jobs import choices
from solver.routing.timetable import Timetable
from solver.routing.ways import NEVER, ways_of
from solver.routing.worth import Worth
from solver.score import score
from solver.staffing import staff

if TYPE_CHECKING:
    from solver.cover import Counts
    from solver.problem import Problem

_UNITS = 4
"""Units whose agendas are improved together."""

_MOVES = 50
"""Moves of the library for them at first."""

_STAFFING = 3.0
"""Deterministic seconds for finding who mans what, where inserting one job after the other leaves something missing."""

_STEP = 30
"""Minutes between two looks at where units are, to find which are near each other."""

_SPARE = 20
"""Jobs that nobody does which the library is told of at least; where there are more, as many as are done."""


class RoutingSearch:
    """A plan in the making.

    Parameters
    ----------
    problem : Problem
    rng : numpy.random.Generator
        Source of all randomness.

    Attributes
    ----------
    value, missing : int
        Value of the best plan found, and the unit-minutes that its hard rules lack.
    least_missing : int
        Unit-minutes that every plan lacks, as far as is known.
    moves : int
        Moves made; one is a thousand looks of the library at its limit.
    """

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self._problem, self._rng = problem, rng
        self._ways = ways_of(problem)
        self._worth = Worth(problem)
        self._agendas = Agendas(problem, choices(problem, self._ways, self._worth), self._ways)
        self._timetable = Timetable(problem, self._ways)
        self._routes: tuple[Route, ...] = ()
        self._known: tuple[Route, ...] = ()
        self.value, self.missing, self.least_missing, self.moves = -1, NEVER, 0, 0
        self._budget = _MOVES

    @property
    def counts(self) -> Counts:
        """What the best plan covers, in the cells of the bound."""
        from solver.search import Search

        search = Search(self._problem, np.random.default_rng(0))
        search.take(self._routes)
        return search.counts

    def routes(self) -> tuple[Route, ...]:
        """Return the best plan's routes."""
        return self._routes

    def take(self, routes: Iterable[Route]) -> None:
        """Begin with legal `routes`: they are a plan, and what is a job in them is on the agendas."""
        self._known = tuple(routes)
        self._keep(self._known)
        self._agendas.follow(self._known)

    def greedy(self, stop: Callable[[], bool]) -> None:
        """Give units what is worth most for its minutes, one job after the other; told to stop, leave out the rest."""
        self._agendas.fill(stop)
        lack, _ = self._keep(self._timetable.routes(self._agendas))
        if lack < 0 and not stop():
            self._staff(-lack, stop)

    def _staff(self, missing: int, stop: Callable[[], bool]) -> None:
        """Begin with other agendas when there are such that leave less than `missing` missing."""
        found = staff(self._problem, seconds=_STAFFING, seed=int(self._rng.integers(2**31)), stop=stop)
        if found is None or found.missing >= missing:
            return
        stops = [stop for own in found.stops for stop in own]
        agendas = Agendas(self._problem, choices(self._problem, self._ways, self._worth, stops), self._ways)
        agendas.adopt(found.stops)
        agendas.follow(self._known)
        agendas.fill(stop)
        self._agendas = agendas
        self._keep(self._timetable.routes(agendas))

    def improve(self, stop: Callable[[], bool]) -> bool:
        """Let the library improve the agendas of some units; return whether there is anything to improve."""
        from solver.routing.library import Block

        agendas = self._agendas
        if all(choice.must for choice in agendas.choices):
            # Breaks alone: one order of them is as good as another to the library.
            return False
        units = self._neighbours()
        chosen = self._choices(units)
        if all(agendas.choices[c].must for c in chosen):
            self.moves += 1
            return True
        numbers = [j for c in chosen for j in agendas.jobs_of(c)]
        index = {j: i for i, j in enumerate(numbers)}
        best = before = [list(agendas.agendas[u]) for u in units]
        routes = self._timetable.routes(agendas)
        record = self._keep(routes)

        def found(indices: list[list[int]]) -> None:
            nonlocal best, record
            now = [[numbers[i] for i in agenda] for agenda in indices]
            agendas.replace(units, now)
            objective = self._keep(self._timetable.routes(agendas))
            if objective >= record:
                best, record = now, objective

        def over(moves: int) -> bool:
            self.moves = begun + moves
            return stop()

        begun = self.moves
        others = [route for u, route in enumerate(routes) if u not in units]
        offered = self._worth.beside(others, [agendas.choices[c] for c in chosen], units)
        block = Block(self._problem, self._ways, units, offered)
        indices = [[index[j] for j in agenda] for agenda in before]
        self.moves = begun + block.improve(indices, self._budget, found, over)
        agendas.replace(units, best)
        # Short searches find what is easily found sooner; where they find nothing, only longer ones can.
        self._budget = self._budget * 2 if best == before else max(self._budget // 2, _MOVES)
        return True

    def _keep(self, routes: tuple[Route, ...]) -> tuple[int, int]:
        """Judge `routes`, keep them when they are the best, and return their objective: the greater, the better."""
        card = score(self._problem, Plan(self._problem.fingerprint(), routes))
        if (-card.missing, card.value) > (-self.missing, self.value):
            self._routes, self.missing, self.value = routes, card.missing, card.value
        return -card.missing, card.value

    def _neighbours(self) -> list[int]:
        """Return a random unit and those whose agendas lead them nearest to it."""
        agendas = self._agendas
        centre = int(self._rng.integers(len(agendas.agendas)))
        legs = agendas.legs(centre)
        spots = np.array(
            [agendas.spots(u, range(0, self._problem.minutes, _STEP)) for u in range(len(agendas.agendas))]
        )
        away = np.minimum(legs[spots[centre], spots], self._problem.minutes).sum(axis=1)
        away[centre] = -1
        return sorted(int(u) for u in np.argsort(away, kind="stable")[:_UNITS])

    def _choices(self, units: list[int]) -> list[int]:
        """Return the choices on the agendas of `units`, and the most promising that no one does."""
        agendas = self._agendas
        own = [agendas.choice_of(j) for u in units for j in agendas.agendas[u]]
        places = {agendas.jobs[j].place for u in units for j in agendas.agendas[u]}
        places |= {self._problem.units[u].origin for u in units}
        near = np.min([agendas.legs(u)[sorted(places)].min(axis=0) for u in units], axis=0)

        def promise(c: int) -> tuple[int, float]:
            choice = agendas.choices[c]
            way = min(int(near[job.place]) for job in choice.jobs)
            return choice.missing, choice.value / (choice.minutes + 2 * way)

        free = sorted(agendas.open_to(units), key=promise, reverse=True)
        return [*own, *free[: max(len(own), _SPARE)]]

"""The search for tours: annealing by ruin and recreate, and choices among tours that were met and those of the bound.

The state of a search as `solver.run` looks at it, and its steps; their order is in `solver.solve`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from solver.plan import Route
from solver.visits.adapter import Adapter
from solver.visits.anneal import anneal
from solver.visits.chance import chance_of
from solver.visits.choice import choose_tours
from solver.visits.pool import pool_of
from solver.visits.recreate import NOWHERE, PLACES, cheapest_in_duty
from solver.visits.terms import DESTINATION, KIND, Terms, terms_of
from solver.visits.tours import FREE, NODE, insert, retime, tours_of
from solver.visits.work import BEST, MOVES, PROFIT, WORTH, Settings, copied, put_back, work_of

if TYPE_CHECKING:
    from solver.problem import Problem
    from solver.visits.terms import Visiting

LEG_PRICE = 0.03
"""What a leg of usual length costs in the objective, as a share of the mean profit."""

_ROWS = 1_500
"""Tours that are remembered."""


class VisitSearch:
    """Tours in the making.

    Parameters
    ----------
    visiting : Visiting
    rng : numpy.random.Generator
        Source of all randomness.

    Attributes
    ----------
    terms : Terms
    usual_worth : float
        What a usual visit is worth in the objective, in ticks; temperatures count in it.
    """

    def __init__(self, visiting: Visiting, rng: np.random.Generator) -> None:
        self.terms: Terms = terms_of(visiting, LEG_PRICE)
        self._rng, self._chance = rng, chance_of(rng)
        self._tours = tours_of(self.terms)
        self._rests = self._rest()
        self._work = work_of(self.terms, self._tours)
        mean = int(self.terms.earns.sum()) // max(self.terms.visits, 1)
        self._pool = pool_of(self.terms, _ROWS, mean, rng)
        # Required visits are worth so much more that with them in the mean the search would never cool.
        worth = self.terms.worth[: self.terms.visits]
        usual = worth[self.terms.lacks[: self.terms.visits] == 0]
        self.usual_worth = float(np.mean(usual if usual.any() else worth)) if len(worth) else 0.0

    def _rest(self) -> list[list[int]]:
        """Give every vehicle its break where it is least out of its way; return the nodes of breaks, the best first."""
        terms, tours, found = self.terms, self._tours, []
        for v in range(len(terms.fleet)):
            own = np.flatnonzero(terms.allowed[v, terms.visits : terms.stops]) + terms.visits
            offers = sorted((int(cheapest_in_duty(terms, tours, v, int(x), -1)), int(x)) for x in own)
            if offers and offers[0][0] < NOWHERE:
                code, node = offers[0]
                insert(terms, tours, v, code & (PLACES - 1), node)
            found.append([x for code, x in offers if code < NOWHERE])
        return found

    @property
    def moves(self) -> int:
        """Moves made."""
        return int(self._work.figures[MOVES])

    @property
    def profit(self) -> int:
        """What the best tours earn, in `Terms.profit`."""
        return int(self._work.figures[BEST])

    def best(self) -> list[list[int]]:
        """Return the nodes that each vehicle stops at in the best tours, in order."""
        best = self._work.best
        return [best.stop[v, 1 : best.size[v] + 1, NODE].tolist() for v in range(len(self.terms.fleet))]

    def anneal(self, moves: int, heat: float) -> None:
        """Make so many moves at a temperature given in what a usual visit is worth."""
        settings = Settings()
        heat *= self.usual_worth
        anneal(self.terms, self._tours, self._work, self._pool, settings, self._chance, moves, heat)

    def restart(self) -> None:
        """Go on from the best tours."""
        self.take(self.best())

    def take(self, tours: Sequence[Sequence[int]]) -> None:
        """Go on from `tours`, nodes by vehicle; where a vehicle would be late, it leaves out what it does last."""
        terms, work = self.terms, self._work
        self._tours.vehicle[:] = FREE
        for v, nodes in enumerate(tours):
            self._put(v, list(nodes))
        done = self._tours.vehicle[: terms.visits] != FREE
        work.figures[PROFIT] = int(terms.profit[: terms.visits][done].sum())
        work.figures[WORTH] = int(terms.worth[: terms.visits][done].sum())
        if work.figures[PROFIT] > work.figures[BEST]:
            work.figures[BEST] = work.figures[PROFIT]
            put_back(self._tours, work.best)

    def _put(self, v: int, nodes: list[int]) -> None:
        """Let vehicle `v` stop at `nodes`, or at as many of them as it can."""
        terms, tours = self.terms, self._tours
        nodes = [x for x in nodes if tours.vehicle[x] == FREE and terms.allowed[v, x]]
        if self._rests[v] and not any(x >= terms.visits for x in nodes):
            self._put_around_rest(v, nodes)
            return
        while True:
            tours.stop[v, 1 : len(nodes) + 1, NODE] = nodes
            tours.stop[v, len(nodes) + 1, NODE] = terms.fleet[v, DESTINATION]
            tours.size[v] = len(nodes)
            if retime(terms, tours, v):
                break
            visits = [x for x in nodes if x < terms.visits]
            if not visits:
                break
            nodes.remove(visits[-1])
        tours.vehicle[nodes] = v

    def _put_around_rest(self, v: int, visits: list[int]) -> None:
        """Let vehicle `v` take its break and make as many of `visits`, in their order, as it can."""
        self._put(v, self._rests[v][:1])
        for x in visits:
            code = int(cheapest_in_duty(self.terms, self._tours, v, x, -1))
            if code < NOWHERE:
                insert(self.terms, self._tours, v, code & (PLACES - 1), x)

    def remembered(self) -> list[tuple[int, list[int]]]:
        """Return the tours that were met in good plans: a vehicle and its visits."""
        pool = self._pool
        return [(int(pool.vehicle[r]), pool.stops[r, : pool.size[r]].tolist()) for r in range(int(pool.used[0]))]

    def choose(
        self,
        tours: Iterable[tuple[int, Sequence[int]]],
        seconds: float,
        limit: float = float("inf"),
        stop: Callable[[], bool] | None = None,
        *,
        go_on: bool = False,
    ) -> bool:
        """Choose among the best tours and `tours`, vehicles and where they stop; return whether it pays.

        `seconds` of CP-SAT's deterministic time are allowed, `limit` by the clock.  What is better is kept as the best;
        `go_on` says whether to go on from where the search was all the same.
        """
        terms = self.terms
        kinds = terms.fleet[:, KIND].tolist()
        best = self.best()
        found: dict[tuple[int, frozenset[int]], tuple[int, list[int]]] = {}
        for v, nodes in (*enumerate(best), *tours):
            visits = list(dict.fromkeys(nodes))
            key = kinds[v], frozenset(visits)
            if visits:
                found.setdefault(key, (v, visits))
        keys = list(found)
        start = [keys.index((kinds[v], frozenset(n))) for v, n in enumerate(best) if n]
        listed = [(kind, [x for x in found[kind, nodes][1] if x < terms.visits]) for kind, nodes in keys]
        chosen, _ = choose_tours(
            listed,
            {kind: kinds.count(kind) for kind in kinds},
            terms.profit.tolist(),
            start,
            seconds=seconds,
            limit=limit,
            seed=int(self._rng.integers(2**31)),
            stop=stop,
        )
        before = self.profit
        free: dict[int, list[int]] = {}
        for v, kind in enumerate(kinds):
            free.setdefault(kind, []).append(v)
        plan: list[list[int]] = [[] for _ in terms.fleet]
        done: set[int] = set()
        for r in chosen:
            kind, key = keys[r][0], keys[r]
            own = [x for x in found[key][1] if x not in done]
            done.update(x for x in own if x < terms.visits)
            plan[free[kind].pop()] = own
        now = copied(self._tours)
        figures = self._work.figures[[PROFIT, WORTH]]
        self.take(plan)
        paid = self.profit > before
        if go_on or not paid:
            put_back(now, self._tours)
            self._work.figures[[PROFIT, WORTH]] = figures
        return paid


class TaskSearch:
    """A plan of tasks in the making: a search for tours seen as `solver.run` asks for.

    Parameters
    ----------
    problem : Problem
    rng : numpy.random.Generator

    Attributes
    ----------
    least_missing : int
        Minutes of the required tasks that nobody can do.
    """

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self.adapter = Adapter(problem)
        self.search = VisitSearch(self.adapter.visiting, rng)
        self._asked = sum(k.minutes for k in problem.tasks if k.required)
        self.least_missing = self._asked - int(self.search.terms.lacks.sum())

    @property
    def moves(self) -> int:
        """Moves made."""
        return self.search.moves

    def _sums(self) -> tuple[int, int]:
        """Return what the best plan earns, and the minutes of required tasks that it does."""
        base = int(self.search.terms.earns.sum()) + 1
        minutes, earned = divmod(self.search.profit, base)
        return earned, minutes

    @property
    def earned(self) -> int:
        """What the best plan earns."""
        return self._sums()[0]

    @property
    def value(self) -> int:
        """Value of the best plan."""
        return self.adapter.value(self.earned)

    @property
    def missing(self) -> int:
        """Minutes of required tasks that the best plan does not do."""
        return self._asked - self._sums()[1]

    @property
    def lacking(self) -> int:
        """Minutes of required tasks that the best plan does not do, though somebody can."""
        return self.missing - self.least_missing

    def routes(self) -> tuple[Route, ...]:
        """Return the best plan's routes."""
        return self.adapter.routes(self.search.terms, self.search.best())

    def take(self, routes: Iterable[Route]) -> None:
        """Begin with `routes`."""
        self.search.take(self.adapter.tours(routes))

"""The search: a first plan by greedy best paths, then moves that improve it, and choices among its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from solver.cover import (
    LAYERS,
    Cells,
    Counts,
    Ints,
    Small,
    cells_of,
    counts_of,
    hard_and_soft,
    nth_worth,
    rooms_of,
    stand_nowhere,
    stepped,
)
from solver.free_time import spells_of, within
from solver.moves import ADD, TAKE, anneal, count_all, count_part, crew_of, fill, place_at, undoing_of
from solver.paths import chains_of, roads_of, workspace_of
from solver.plan import Route, Stop
from solver.route_arrays import (
    BREAK,
    STANDBY,
    TASK,
    Roster,
    Routes,
    arrange,
    arrays_of,
    idle,
    locked_routes,
    roster_of,
    routes_of,
)
from solver.weights import weights

if TYPE_CHECKING:
    from threading import Event

    from solver.problem import Problem
    from solver.recombine import Layer


_CELLS_A_SECOND = 15e6
"""Cells of candidates that `Search.recombine` goes through in a second."""


class Search:
    """A plan in the making: routes, what they cover, and the moves that improve them.

    Parameters
    ----------
    problem : Problem
    rng : numpy.random.Generator
        Source of all randomness.
    known : sequence of Route, optional
        Routes to be taken later; where a unit's break may be in several spells of its free time, it is where they have
        it.

    Where only some units go out, `solver.callout_search` stands in its place.

    Attributes
    ----------
    value, missing : int
        Value of the best plan found, and the unit-minutes its posts lack.
    least_missing : int
        Unit-minutes that every plan lacks, as far as is known.
    moves : int
        Moves made.
    """

    first_places = 60
    """Through how many places the paths of the first plan may lead."""

    fewest_places = 8
    """Through how many when the search has been told to end."""

    pool_size = 8
    """How many routes a unit are remembered."""

    threads = 1
    """How many may make moves at once, where the search can do that."""

    spare: Event | None = None
    """Set while fewer do so; None where the search knows of one alone."""

    def __init__(self, problem: Problem, rng: np.random.Generator, known: Sequence[Route] | None = None) -> None:
        modes = tuple(sorted(problem.travel))
        self._problem, self._rng = problem, rng
        self._cells = cells_of(problem, modes)
        through = self._cells.stretch * self._cells.shortest
        self._roads = roads_of(np.stack([problem.legs(m) for m in modes]), through)
        self._spells = spells_of(problem, known)
        self._roster = roster_of(problem, modes, [spell.unit for spell in self._spells])
        self._locked = locked_routes(problem, modes)
        self._moved = self._roster
        self._space = workspace_of(self._cells)
        self._crew = crew_of(len(self._spells))
        self._counts = counts_of(self._cells)
        self._undoing = undoing_of(self._cells, self._counts)
        self._routes, self._spare, self._best = self._idle(), self._idle(), self._idle()
        self._objective = np.zeros(2, dtype=np.int64)
        self._pool: list[list[Small]] = [[] for _ in self._spells]
        self._missing_cost = weights(problem).full + 1
        hard, _ = hard_and_soft(self._cells)
        self._wanted = sum(int((hard[layer] * room).sum()) for layer, room in rooms_of(self._cells).items())
        self.least_missing = 0
        self.moves = 0

    def _idle(self) -> Routes:
        """Return routes of nothing but their ends."""
        return idle(self._roster, self._problem.minutes, [spell.passed for spell in self._spells])

    @property
    def free(self) -> bool:
        """Whether any unit has any time that is not locked."""
        return bool(self._spells)

    @property
    def counts(self) -> Counts:
        """What the routes that the search stands at cover."""
        return self._counts

    @property
    def best_objective(self) -> int:
        """The best objective: value, less what missing units cost."""
        return int(self._objective[1]) - self._missing_cost * self._wanted

    @property
    def missing(self) -> int:
        """Unit-minutes that hard rules lack in the best plan."""
        return -(self.best_objective // self._missing_cost)

    @property
    def value(self) -> int:
        """Value of the best plan."""
        return self.best_objective + self.missing * self._missing_cost

    def greedy(self, stop: Callable[[], bool] | None = None) -> None:
        """Give the units their best paths one after the other, those of the longest shifts first.

        Once `stop` returns True, the paths of the others lead through few places.
        """
        self._load(self._idle())
        order = np.argsort(self._roster.start - self._roster.end, kind="stable")
        for unit in order:
            self._fill(unit, 0, few=stop is not None and stop())
        self._keep()

    def mend(self, seconds: float, *, keep: bool = True, stop: Callable[[], bool] | None = None) -> bool:
        """Look for a plan that lacks less, with CP-SAT; return whether there was one.

        What hard rules ask for is assigned first.  Around it stands what the best plan does besides, as far as there
        is time for it, or nothing; best paths fill the gaps.

        Parameters
        ----------
        seconds : float
            Deterministic time allowed for the assignment.
        keep : bool
            Whether to change as little of the best plan as may be; where not much in it is good, that costs time.
        stop : callable, optional
            Ends it when it returns True.
        """
        from solver.staffing import staff

        seed = int(self._rng.integers(2**31))
        known = self.routes()
        found = staff(
            self._problem, seconds=seconds, seed=seed, start=known if keep else (), stop=stop, spells=self._spells
        )
        before = self.missing
        if found is None:
            return False
        self.least_missing = max(self.least_missing, found.least)
        if found.missing < before:
            stops = {route.callsign: route for route in known}
            kept = tuple(within(spell, stops[spell.unit.callsign]) for spell in self._spells)
            for others in (kept, ((),) * len(kept)):
                self._surround(found.stops, others)
        self.restart()
        return self.missing < before

    def _surround(self, duties: Sequence[Sequence[Stop]], others: Sequence[Sequence[Stop]]) -> None:
        """Make a plan of the stops in `duties`, those of `others` that there is time for, and best paths between."""
        arrays = self._idle()
        chains = chains_of(self._roads, self._cells.stretch)
        gaps = [
            arrange(
                self._problem, chains[self._roster.mode[u]], arrays, u, self._spells[u].unit.mode, duties[u], others[u]
            )
            for u in range(len(duties))
        ]
        self._load(arrays)
        for u, opened in enumerate(gaps):
            for after in reversed(opened):
                self._fill(u, after)
        self._keep()

    def _fill(self, u: int, after: int, *, few: bool = False) -> None:
        """Fill the gap after a stop of unit `u` by its best path, through few places if time is short."""
        self._objective[0] += fill(
            self._cells,
            self._counts,
            self._roads,
            self._problem.grid,
            self._roster,
            self._routes,
            self._space,
            u,
            after,
            self.fewest_places if few else self.first_places,
            self._rng,
        )

    def anneal(self, moves: int, hot: float, cold: float) -> None:
        """Make `moves` moves while the temperature falls from `hot` to `cold`, in shares of the value a unit."""
        anneal(
            self._cells,
            self._counts,
            self._roads,
            self._problem.grid,
            self._moved,
            self._routes,
            self._spare,
            self._best,
            self._space,
            self._crew,
            self._undoing,
            self._objective,
            self._rng,
            moves,
            self._in_value(hot),
            self._in_value(cold),
            0,
            self._problem.minutes,
        )
        self.moves += moves

    def _in_value(self, heat: float) -> float:
        """Return a temperature that is a share of the value a unit."""
        return heat * (max(self.value, 1) / len(self._problem.units))

    def remember(self) -> None:
        """Add the current routes to the candidates that `recombine` chooses from."""
        for u in range(len(self._pool)):
            route = self._routes.stops[u, : self._routes.lengths[u]].copy()
            known = [r for r in self._pool[u] if not np.array_equal(r, route)]
            self._pool[u] = [*known, route][-self.pool_size :]

    def recombine(
        self, size: int, seconds: float, limit: float = float("inf"), stop: Callable[[], bool] | None = None
    ) -> bool:
        """Choose among the remembered routes of `size` units with CP-SAT; return whether that was better.

        The units are a random one and its nearest; all others keep their best routes.  `seconds` are deterministic,
        `limit` is by the clock.
        """
        from solver.recombine import choose

        self.restart()
        self.remember()
        units = self._neighbours(size)
        before = int(self._objective[1])
        candidates = [(u, route) for u in units for route in self._pool[u]]
        start = [
            i
            for i, (u, route) in enumerate(candidates)
            if np.array_equal(route, self._best.stops[u, : len(route)]) and len(route) == self._best.lengths[u]
        ]
        for u in units:
            self._remove(u)
        chosen = choose(
            [u for u, _ in candidates],
            start,
            self._layers(candidates),
            seconds=seconds,
            limit=limit,
            seed=int(self._rng.integers(2**31)),
            stop=stop,
            at_most=self._at_most(candidates),
        )
        for i in chosen:
            self._put(*candidates[i])
        self._keep()
        better = int(self._objective[1]) > before
        self.restart()
        return better

    def choice_seconds(self, size: int) -> float:
        """Return about how long `recombine` takes to find out what the routes of `size` units cover."""
        cells = sum(int(getattr(self._cells, layer).size) for layer in LAYERS)
        return cells * min(size, len(self._pool)) * self.pool_size / _CELLS_A_SECOND

    def _at_most(self, candidates: list[tuple[int, Small]]) -> list[tuple[list[int], int]]:  # noqa: ARG002
        """Return of which candidate routes at most how many may be chosen, beside one a unit."""
        return []

    def _neighbours(self, size: int) -> list[int]:
        """Return a random unit and those whose routes pass nearest to it."""
        centre = int(self._rng.integers(len(self._pool)))
        least = self._roads.least[self._roster.mode[centre]]
        minutes = range(0, self._problem.minutes, 30)
        away = [
            sum(
                min(int(least[place_at(self._best, centre, t), place_at(self._best, u, t)]), self._problem.minutes)
                for t in minutes
            )
            for u in range(len(self._pool))
        ]
        away[centre] = -1
        return [int(u) for u in np.argsort(away, kind="stable")[:size]]

    def _remove(self, u: int) -> None:
        """Make unit `u` idle."""
        gain = count_part(
            self._cells, self._counts, self._roster, self._routes, u, 1, self._routes.lengths[u] - 2, TAKE
        )
        self._objective[0] += gain
        self._routes.stops[u, 1] = self._routes.stops[u, self._routes.lengths[u] - 1]
        self._routes.lengths[u] = 2

    def _put(self, u: int, route: Small) -> None:
        """Give unit `u`, whose old route has been removed, a route."""
        self._routes.stops[u, : len(route)] = route
        self._routes.lengths[u] = len(route)
        self._objective[0] += count_part(
            self._cells, self._counts, self._roster, self._routes, u, 1, len(route) - 2, ADD
        )

    def _layers(self, candidates: list[tuple[int, Small]]) -> list[Layer]:
        """Return the layers of cells with the room that the routes not chosen anew leave."""
        from solver.recombine import Layer

        alone = [self._alone(u, route) for u, route in candidates]
        parts, falling = hard_and_soft(self._cells), stepped(self._cells)
        layers = []
        for name, cap in rooms_of(self._cells).items():
            if name in falling:
                layers.append(self._falling(name, *falling[name], alone))
                continue
            room = np.maximum(cap - getattr(self._counts, name).astype(np.int64), 0).ravel()
            covers = np.stack([getattr(a, name).ravel() > 0 for a in alone])
            for part, hard in zip(parts, (True, False), strict=True):
                weight = part[name].ravel()
                used = np.nonzero((room > 0) & (weight > 0) & covers.any(axis=0))[0]
                layers.append(Layer(weight[used], room[used], covers[:, used], hard=hard))
        return layers

    def _falling(self, name: str, steps: Ints, by_row: bool, alone: list[Counts]) -> Layer:
        """Return a layer whose cells earn less with each unit."""
        from solver.recombine import Layer

        weight, before = getattr(self._cells, name), getattr(self._counts, name)
        covers = np.stack([getattr(a, name).ravel() > 0 for a in alone])
        used = np.nonzero(covers.any(axis=0) & (weight.ravel() > 0))[0]
        worth = [
            nth_worth(weight, steps, before + more, by_row=by_row).ravel()[used] for more in range(steps.shape[0] - 2)
        ]
        return Layer(np.stack(worth), np.full(used.size, len(worth), dtype=np.int64), covers[:, used])

    def _alone(self, u: int, route: Small) -> Counts:
        """Return what a route covers by itself."""
        counts = counts_of(self._cells, standing=False)
        routes = Routes(route[None, :, :], np.array([len(route)], dtype=np.int32))
        roster = Roster._make(column[u : u + 1] for column in self._roster)
        count_all(self._cells, counts, roster, routes)
        return counts

    def restart(self) -> None:
        """Go on from the best plan."""
        self._load(self._best)

    def take(self, routes: tuple[Route, ...]) -> None:
        """Go on from `routes`, and keep them when they are the best."""
        arrays = self._idle()
        arrays_of(self._problem, routes, arrays, self._spells)
        self._load(arrays)
        self._keep()

    def employ(self, routes: tuple[Route, ...], units: Sequence[int]) -> None:
        """Go on from `routes`, but with new best paths for `units`, one after the other; keep that when it is best."""
        arrays, fresh = self._idle(), self._idle()
        arrays_of(self._problem, routes, arrays, self._spells)
        rows = [i for i, spell in enumerate(self._spells) if spell.owner in units]
        for i in rows:
            arrays.stops[i], arrays.lengths[i] = fresh.stops[i], fresh.lengths[i]
        self._load(arrays)
        for i in rows:
            self._fill(i, 0)
        self._keep()

    def simplify(self, stop: Callable[[], bool] | None = None) -> None:
        """Drop from the best plan the places that are only passed through, where that costs nothing.

        The unit then takes the direct leg, and begins its next stop as much earlier as that saves.  Routes not looked
        at when `stop` returns True stay as they are.
        """
        self.restart()
        for u in self._movable():
            if stop is not None and stop():
                break
            legs = self._roads.legs[self._roster.mode[u]]
            s = 1
            while s < self._routes.lengths[u] - 1:
                route = self._routes.stops[u, : self._routes.lengths[u]].copy()
                had = int(self._objective[0])
                direct = _direct(route, s, legs, self._cells)
                if direct is not None:
                    self._remove(u)
                    self._put(u, direct)
                    if self._objective[0] >= had:
                        continue
                    self._remove(u)
                    self._put(u, route)
                s += 1
        self._keep()

    def _movable(self) -> Iterable[int]:
        """Return the units whose routes may change."""
        return range(self._roster.mode.size)

    def routes(self) -> tuple[Route, ...]:
        """Return the best plan's routes."""
        return routes_of(self._problem, self._best, self._spells)

    def _load(self, routes: Routes) -> None:
        """Make `routes` the current ones and count what they cover."""
        self._routes.stops[...] = routes.stops
        self._routes.lengths[...] = routes.lengths
        for layer in LAYERS:
            getattr(self._counts, layer)[...] = 0
        stand_nowhere(self._cells, self._counts)
        self._objective[0] = count_all(self._cells, self._counts, self._roster, self._routes)
        if self._problem.locks:
            self._objective[0] += count_all(self._cells, self._counts, *self._locked)

    def _keep(self) -> None:
        """Keep the current routes when they are the best."""
        if self._objective[0] >= self._objective[1]:
            self._objective[1] = self._objective[0]
            self._best.stops[...] = self._routes.stops
            self._best.lengths[...] = self._routes.lengths


def _direct(route: Small, s: int, legs: Small, cells: Cells) -> Small | None:
    """Return `route` without stop `s`, or None when the unit does more there than pass through.

    What comes next begins as much earlier as that saves, where it may; else the unit waits for it.
    """
    before, (_, kind, arrive, leave), after = route[s - 1 : s + 2]
    reach = before[3] + legs[before[0], after[0]]
    if kind != STANDBY or arrive != leave or reach > after[2]:
        return None
    if before[0] == after[0] and cells.stretch[after[0]]:
        return None  # It must come back to the near end.
    direct = np.delete(route, s, axis=0)
    may_begin = after[3] <= cells.open_until[after[0], reach] and after[1] not in (BREAK, TASK)
    if s + 2 < len(route) and (after[1] == STANDBY or may_begin):
        direct[s, 2] = reach
    elif reach < after[2]:
        direct = np.insert(direct, s, (after[0], STANDBY, reach, after[2]), axis=0)
    return direct

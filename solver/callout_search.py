"""The search where only some of the units go out: who does, and who stays on call, is part of the plan.

Routes of units that are out are improved by the moves of `solver.search`; units on call are shown to these moves as
off duty, so that they are left alone.  In between a unit on call and one that is out change places, under the same
annealing: the one takes over the other's stops, or takes the best path it finds, and the other does the best that a
unit on call can do (`solver.best_waits`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.best_waits import best_wait, places_of, totals
from solver.cover import Small
from solver.on_call import waits
from solver.paths import FAR, chains_of
from solver.plan import STOP_KINDS, Stop
from solver.route_arrays import BREAK, Routes, arrange, idle, kinds_of
from solver.search import Search

if TYPE_CHECKING:
    from solver.problem import Problem

_EVERY = 200
"""Moves between two exchanges, each of which takes as long as some sixty moves."""

_POLISH = 40
"""Moves for the route of a unit that has just gone out."""

_TAKE_OVER = 0.7
"""Share of exchanges in which the stops of the other unit are taken over."""

_OTHERWISE, _BLIND = 0.3, 0.5
"""Share of moves in which nobody changes places, but a unit on call does something else; and of time that it then
takes to be worth nothing."""

_NEAR = 0.5
"""Share of exchanges with one of the units whose station is nearest."""

_FEW = 4
"""How many these are; and how many units on call are looked at anew with each exchange."""


class _Group(NamedTuple):
    """Units of which at most `most` go out."""

    units: list[int]
    most: int


class CalloutSearch(Search):
    """A plan in the making of which some units stay on call; see `solver.search.Search`."""

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self._groups = [_Group(list(c.units), c.most) for c in problem.callouts if c.most < len(c.units)]
        self._members = [u for group in self._groups for u in group.units]
        self._out = np.ones(len(problem.units), dtype=np.bool_)
        self._since = 0
        super().__init__(problem, rng)
        self._kinds = kinds_of(self._roster)
        self._chains = chains_of(self._roads, self._cells.stretch)
        self._legs_of = {mode: problem.legs(mode) for mode in {unit.mode for unit in problem.units}}

    def greedy(self, stop: Callable[[], bool] | None = None) -> None:
        """Put all units of callouts on call, give the others their best paths, then send out who adds most.

        Once `stop` returns True, paths lead through few places and the first units of each callout go out.
        """
        self._load(idle(self._roster, self._problem.minutes))
        for u in self._members:
            self._remove(u)
            self._wait(u)
        members = set(self._members)
        for u in np.argsort(self._roster.start - self._roster.end, kind="stable").tolist():
            if u not in members:
                self._fill(u, 0, few=stop is not None and stop())
        for group in self._groups:
            self._send_out(group.units, group.most, stop)
        self._keep()

    def _send_out(self, units: Sequence[int], number: int, stop: Callable[[], bool] | None = None) -> None:
        """Send out so many of `units`, now on call, one after the other those that add most.

        What the others add only becomes less with each that goes out, so whoever is first when looked at anew is.
        """
        gains: dict[int, float] = dict.fromkeys(units, math.inf)
        fresh: set[int] = set()
        while number and gains:
            u = max(gains, key=lambda u: gains[u])
            over = stop is not None and stop()
            if not over and u not in fresh:
                gains[u] = self._gain(u)
                fresh.add(u)
                continue
            if gains.pop(u) > 0:
                self._remove(u)
                self._go(u, few=over)
                number -= 1
                fresh.clear()

    def _gain(self, u: int) -> int:
        """Return about how much it adds that unit `u` goes out."""
        route, before = self._route(u), int(self._objective[0])
        self._remove(u)
        self._go(u, few=True)
        gain = int(self._objective[0]) - before
        self._remove(u)
        self._put(u, route)
        self._show(u, out=False)
        return gain

    def anneal(self, moves: int, hot: float, cold: float) -> None:
        """Make moves, with an exchange now and then."""
        done = 0
        while done < moves:
            span = min(_EVERY - self._since, moves - done)
            begin, end = (hot + (cold - hot) * n / moves for n in (done, done + span))
            super().anneal(span, begin, end)
            done += span
            self._since += span
            if self._since >= _EVERY:
                self._since = 0
                self._wait_anew()
                temperature = end * max(self.value, 1) / len(self._roster.mode)
                if self._rng.random() < _OTHERWISE:
                    self._wait_otherwise(temperature)
                else:
                    self._exchange(temperature)

    def _wait_anew(self) -> None:
        """Let a few units on call do the best that they can beside what all others do now."""
        waiting = [u for u in self._members if not self._out[u]]
        for _ in range(min(_FEW, len(waiting))):
            u = waiting[int(self._rng.integers(len(waiting)))]
            self._remove(u)
            self._wait(u)
        if self._objective[0] > self._objective[1]:
            self._keep()

    def _wait_otherwise(self, temperature: float) -> None:
        """Let a unit on call do something else, and one that is out make the best of it, if that is accepted."""
        waiting, out = ([u for u in range(self._out.size) if self._out[u] == which] for which in (False, True))
        if not waiting or not out:
            return
        u, other = (them[int(self._rng.integers(len(them)))] for them in (waiting, out))
        before, saved = int(self._objective[0]), self._saved((u, other))
        self._remove(u)
        self._wait(u, whim=True)
        self._polish(other)
        self._settle(before, saved, temperature)

    def _exchange(self, temperature: float) -> None:
        """Let a unit on call go out, for another one where no more may, if that is accepted."""
        pair = self._pair()
        if pair is None:
            return
        u, other = pair
        before, saved = int(self._objective[0]), self._saved(pair)
        for v, _, _ in saved:
            self._remove(v)
        if other >= 0 and self._rng.random() < _TAKE_OVER:
            self._take_over(u, saved[0][1], saved[1][1])
        else:
            self._go(u, few=True)
        if other >= 0:
            self._wait(other)
        self._polish(u)
        self._settle(before, saved, temperature)

    def _saved(self, units: Sequence[int]) -> list[tuple[int, Small, bool]]:
        """Return of each of `units` its route, and whether it is out."""
        return [(v, self._route(v), bool(self._out[v])) for v in units if v >= 0]

    def _settle(self, before: int, saved: list[tuple[int, Small, bool]], temperature: float) -> None:
        """Keep the present routes, where they are accepted after what there was before, or take back those saved."""
        gain = int(self._objective[0]) - before
        if gain < 0 and (temperature <= 0 or self._rng.random() >= math.exp(gain / temperature)):
            for v, _, _ in saved:
                self._remove(v)
            for v, route, out in saved:
                self._put(v, route)
                self._show(v, out=out)
        elif self._objective[0] > self._objective[1]:
            self._keep()

    def _polish(self, u: int) -> None:
        """Improve the route of unit `u` alone: one just made does not stand up to others that have been improved."""
        self._moved.start[:] = FAR
        self._moved.start[u] = self._roster.start[u]
        super().anneal(_POLISH, 0.0, 0.0)
        self._moved.start[:] = np.where(self._out, self._roster.start, FAR)

    def _pair(self) -> tuple[int, int] | None:
        """Return a unit on call and one that is out and not like it, or -1 where one more may go out; None for none."""
        open_ = [g for g in self._groups if g.most and not all(self._out[g.units])]
        if not open_:
            return None
        group = open_[int(self._rng.integers(len(open_)))]
        waiting = [u for u in group.units if not self._out[u]]
        u = waiting[int(self._rng.integers(len(waiting)))]
        if len(group.units) - len(waiting) < group.most:
            return u, -1
        others = [v for v in group.units if self._out[v] and self._kinds[v] != self._kinds[u]]
        if not others:
            return None
        if self._rng.random() < _NEAR:
            least, origin = self._roads.least[self._roster.mode[u]], self._roster.origin
            others = sorted(others, key=lambda v: int(least[origin[u], origin[v]]))[:_FEW]
        return u, others[int(self._rng.integers(len(others)))]

    def _take_over(self, u: int, own: Small, route: Small) -> None:
        """Let unit `u`, now without a route, make the stops of `route` that it may and has the time for.

        Its break stays where it was in its `own`.
        """
        unit, places = self._problem.units[u], self._problem.places
        wanted = [row for row in route.tolist() if row[2] < row[3] and self._problem.may_work(unit, row[0])]
        breaks = [row for row in own.tolist() if row[1] == BREAK]
        duties, others = (
            [Stop(places[p].name, STOP_KINDS[kind], arrive, leave) for p, kind, arrive, leave in rows]
            for rows in (breaks, wanted)
        )
        gaps = arrange(self._problem, self._chains[self._roster.mode[u]], self._routes, u, unit.mode, duties, others)
        self._put(u, self._route(u))
        for after in reversed(gaps):
            self._fill(u, after, few=True)
        self._show(u, out=True)

    def _go(self, u: int, *, few: bool = False) -> None:
        """Let unit `u`, now without a route, take its best path."""
        self._put(u, self._route(u))
        self._fill(u, 0, few=few)
        self._show(u, out=True)

    def _wait(self, u: int, *, whim: bool = False) -> None:
        """Put unit `u`, now without a route, on call as well as may be, or on a whim as if places were worth other."""
        mode, places = int(self._roster.mode[u]), self._cells.row_of.size
        worth = {p: self._counts.standing[mode * places + p] for p in places_of(self._roster, u)}
        if whim:
            blind = self._rng.random((len(worth), self._problem.minutes // self._problem.grid + 1)) < _BLIND
            spans = np.repeat(blind, self._problem.grid, axis=1)[:, : self._problem.minutes]
            worth = {p: np.where(span, 0, row) for (p, row), span in zip(worth.items(), spans, strict=True)}
        standing = totals(worth, self._roster.belongs[u])
        found = best_wait(self._roster, u, self._roads.legs[mode], self._problem.grid, standing)
        ends = self._route(u)
        self._put(u, np.concatenate([ends[:1], found.stops, ends[-1:]]))
        self._show(u, out=False)

    def _route(self, u: int) -> Small:
        """Return a copy of the stops of unit `u`."""
        return self._routes.stops[u, : self._routes.lengths[u]].copy()

    def _show(self, u: int, *, out: bool) -> None:
        """Note whether unit `u` is out, and show it to the moves as off duty where it is not."""
        self._out[u] = out
        self._moved.start[u] = self._roster.start[u] if out else FAR
        self._moved.end[u] = self._roster.end[u]

    def _load(self, routes: Routes) -> None:
        """Make `routes` the current ones, and find out who is on call in them."""
        super()._load(routes)
        if self._moved is self._roster:
            self._moved = self._roster._replace(start=self._roster.start.copy(), end=self._roster.end.copy())
        for u in self._members:
            self._show(u, out=not self._is_waiting(u, self._route(u)))

    def _is_waiting(self, u: int, route: Small) -> bool:
        """Return whether unit `u` is on call on a route."""
        unit = self._problem.units[u]
        stops = [(p, STOP_KINDS[kind], arrive, leave) for p, kind, arrive, leave in route.tolist()]
        return waits(stops, unit, self._legs_of[unit.mode])

    def _surround(self, duties: Sequence[Sequence[Stop]], others: Sequence[Sequence[Stop]]) -> None:
        """Make a plan of the stops in `duties`: who has any but a break goes out, and of the others who was out."""
        arrays = idle(self._roster, self._problem.minutes)
        busy = {u for u, stops in enumerate(duties) if any(s.kind != "break" for s in stops)}
        gaps: dict[int, list[int]] = {}
        waiting: list[int] = []
        for group in self._groups:
            was_out = [u for u in group.units if u not in busy and any(s.kind not in _IDLE for s in others[u])]
            room = group.most - sum(u in busy for u in group.units)
            waiting += [u for u in group.units if u not in busy and u not in was_out[: max(room, 0)]]
        for u in range(len(duties)):
            if u not in waiting:
                chains = self._chains[self._roster.mode[u]]
                mode = self._problem.units[u].mode
                gaps[u] = arrange(self._problem, chains, arrays, u, mode, duties[u], others[u])
        self._load(arrays)
        for u in waiting:
            self._remove(u)
            self._wait(u)
        for u, opened in gaps.items():
            for after in reversed(opened):
                self._fill(u, after)
            self._show(u, out=True)
        for group in self._groups:
            room = group.most - int(self._out[group.units].sum())
            self._send_out([u for u in group.units if not self._out[u]], max(room, 0))
        self._keep()

    def _movable(self) -> Iterable[int]:
        """Return the units that are out."""
        found: list[int] = np.flatnonzero(self._out).tolist()
        return found

    def _at_most(self, candidates: list[tuple[int, Small]]) -> list[tuple[list[int], int]]:
        """Return of which candidate routes at most how many may be chosen."""
        chosen = {u for u, _ in candidates}
        found = []
        for group in self._groups:
            out = [i for i, (u, r) in enumerate(candidates) if u in group.units and not self._is_waiting(u, r)]
            elsewhere = sum(bool(self._out[u]) for u in group.units if u not in chosen)
            found.append((out, group.most - elsewhere))
        return found


_IDLE = ("standby", "break")
"""Kinds of stops that are no reason to go out."""

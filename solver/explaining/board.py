"""What the route of one unit is worth beside the routes of all others, exactly and at once.

An explanation looks at tens of thousands of changed routes.  While the others stay as they are, what a route adds is a
sum over its stops of what is still to be had there, which a `Board` keeps as sums along time.  It follows
``docs/model.md`` as `solver.score` does and shares the reading of plans with it (`solver.whereabouts`); what is told of
a change in the end is scored by `solver.score`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.busy import steps_of
from solver.problem import IntArray, Problem
from solver.score import places_in_reach
from solver.weights import weights
from solver.whereabouts import Stay, Whereabouts, stands, stints, tasks_done, visits, wanted_units

Ints = NDArray[np.int64]


class Worth(NamedTuple):
    """What a route adds: unit-minutes that hard rules lack without it, and value; more of the first is better."""

    mends: int
    value: int


_NOTHING = Worth(0, 0)

_KEPT = 8
"""Boards that are kept: each takes some megabytes in a large town."""


class _Rule(NamedTuple):
    """Least and most minutes of a stop, and when it lies, or if so only `begins`."""

    least: int
    most: int
    spans: tuple[tuple[int, int], ...]
    begins: bool


class _Own(NamedTuple):
    """What one unit covers: hotspots by minute, demand points by minute, posts by minute, tasks."""

    present: NDArray[np.bool_]
    lingering: NDArray[np.bool_]
    visited: NDArray[np.bool_]
    near: NDArray[np.int16]
    wide: NDArray[np.int16]
    manned: NDArray[np.int16]
    done: frozenset[int]


class Ledger:
    """What all units of a plan cover together, from which the board of each is made.

    Parameters
    ----------
    problem : Problem
    units : sequence of Whereabouts
        One for each unit of the roster, in its order.
    """

    def __init__(self, problem: Problem, units: Sequence[Whereabouts]) -> None:
        self.problem, self.units = problem, tuple(units)
        self.multipliers = weights(problem).multipliers
        self.legs: dict[str, IntArray] = {mode: problem.legs(mode) for mode in {u.mode for u in problem.units}}
        self.near, self.wide = places_in_reach(problem)
        self.demand = problem.by_minute([d.demand for d in problem.demand])
        self.risk = problem.by_minute([h.risk for h in problem.hotspots])
        self.due = np.zeros((len(problem.hotspots), problem.minutes), dtype=np.bool_)
        for row, h in zip(self.due, problem.hotspots, strict=True):
            for start, end in h.due(problem.minutes):
                row[start:end] = True
        steps = steps_of(problem)
        # What the n-th further unit near a demand point is worth, by number of units before it and minute.
        self._steps = {
            layer: np.concatenate((rows, np.zeros_like(rows[:1])))[:, problem.slot_of]
            for layer, rows in (("near", steps.response), ("wide", steps.backup))
        }
        self.wanted = wanted_units(problem)
        self._own = [self._covers(who) for who in self.units]
        nobody = self._nobody()
        self._sums: dict[str, NDArray[Any]] = {
            layer: np.asarray(np.sum([getattr(own, layer) for own in (nobody, *self._own)], axis=0, dtype=np.int16))
            for layer in _Own._fields
            if layer != "done"
        }
        self._boards: dict[int, Board] = {}
        self._open: dict[tuple[str, str], Ints] = {}

    def _nobody(self) -> _Own:
        """Return what nobody covers: nothing."""
        problem, minutes = self.problem, self.problem.minutes
        present, lingering, visited = (np.zeros((len(problem.hotspots), minutes), dtype=np.bool_) for _ in range(3))
        near, wide = (np.zeros((minutes, len(problem.demand)), dtype=np.int16) for _ in range(2))
        manned = np.zeros((len(problem.posts), minutes), dtype=np.int16)
        return _Own(present, lingering, visited, near, wide, manned, frozenset())

    def _covers(self, who: Whereabouts) -> _Own:
        """Return what one unit covers."""
        problem, minutes = self.problem, self.problem.minutes
        present, lingering, visited, _, _, manned, _ = self._nobody()
        change = np.zeros((2, minutes + 1, len(problem.demand)), dtype=np.int16)
        for i, arrive, leave in visits(problem, who):
            present[i, arrive:leave] = True
            lingering[i, arrive : leave + problem.hotspots[i].linger] = True
            visited[i, arrive : leave + problem.hotspots[i].every] = True
        for i, arrive, leave in stints(problem, who):
            present[list(problem.posts[i].watches), arrive:leave] = True
            manned[i, arrive:leave] += 1
        mode = who.unit.mode
        for s in stands(problem, who, self.legs[mode]):
            for step, within in zip(change, (self.near[mode][s.place], self.wide[mode][s.place]), strict=True):
                step[s.start] += within
                step[s.end] -= within
        near, wide = np.cumsum(change, axis=1, dtype=np.int16)[:, :-1]
        return _Own(
            present, lingering, visited, near, wide, manned, frozenset(i for i, _, _ in tasks_done(problem, who))
        )

    def counts(self, layer: str) -> NDArray[Any]:
        """Return how many units cover each cell: ``near`` and ``wide`` by (minute, demand point)."""
        return self._sums[layer]

    def own(self, u: int, layer: str) -> NDArray[Any]:
        """Return what unit `u` covers of a layer."""
        found: NDArray[Any] = np.asarray(getattr(self._own[u], layer))
        return found

    def done_by_others(self, u: int) -> frozenset[int]:
        """Return the tasks that the other units do."""
        return frozenset().union(*(own.done for i, own in enumerate(self._own) if i != u))

    def open(self, layer: str, u: int) -> Ints:
        """Return the demand around each place that nobody but unit `u` covers, by place and minute.

        `layer` is ``near``, where one unit is enough, or ``wide``, where two are.  Where units are busy it is what one
        more adds.
        """
        from scipy.sparse import csr_array

        if self.problem.busy:
            return self._open_in_part(layer, u)
        mode, counts, room = self.problem.units[u].mode, self.counts(layer), 1 if layer == "near" else 2
        within = (self.near if layer == "near" else self.wide)[mode]
        if (layer, mode) not in self._open:
            # Sums of demand lie far below 2^53, so that products of floats are exact.
            lacking = (counts < room).T * self.demand
            product = within.astype(np.float64) @ lacking.astype(np.float64)
            self._open[layer, mode] = np.rint(product).astype(np.int64)
        own = self.own(u, layer)
        alone = csr_array(((counts >= room) & (counts - own < room)).T * self.demand)
        found: Ints = self._open[layer, mode] + (alone.T @ within.T.astype(np.int64)).T
        return found

    def _open_in_part(self, layer: str, u: int) -> Ints:
        """Return the same where each further unit adds less."""
        steps, others = self._steps[layer], self.counts(layer) - self.own(u, layer)
        more = steps[np.minimum(others, len(steps) - 1), np.arange(self.problem.minutes)[:, None]].T * self.demand
        within = (self.near if layer == "near" else self.wide)[self.problem.units[u].mode]
        # Sums of demand in parts lie far below 2^53, so that products of floats are exact.
        found: Ints = np.rint(within.astype(np.float64) @ more.astype(np.float64)).astype(np.int64)
        return found

    def board(self, u: int) -> Board:
        """Return the board of unit `u`; the last few are kept."""
        if u not in self._boards:
            while len(self._boards) >= _KEPT:
                del self._boards[next(iter(self._boards))]
            self._boards[u] = Board(self, u)
        return self._boards[u]


class Board:
    """What the routes of one unit are worth beside all others.

    Parameters
    ----------
    ledger : Ledger
    u : int
        Index of the unit in the roster.
    """

    def __init__(self, ledger: Ledger, u: int) -> None:
        problem = ledger.problem
        self.problem, self.unit, self.legs = problem, problem.units[u], ledger.legs[problem.units[u].mode]
        self.leg: list[list[int]] = self.legs.tolist()
        by = ledger.multipliers
        left = {
            layer: np.asarray(ledger.counts(layer)) - ledger.own(u, layer)
            for layer in ("present", "lingering", "visited", "manned")
        }
        rho = np.array([[h.rho] for h in problem.hotspots], dtype=np.int64).reshape(-1, 1)
        self._present = _Rows((100 - rho) * ledger.risk * (left["present"] == 0) * by["presence"])
        self._lingering = _Rows(rho * ledger.risk * (left["lingering"] == 0) * by["presence"])
        self._visited = _Rows((ledger.due & (left["visited"] == 0)).astype(np.int64))
        self._manned = _Rows((ledger.wanted > left["manned"]).astype(np.int64))
        self._revisit = by["revisit"]
        done = ledger.done_by_others(u)
        self._tasks = {
            k.place: Worth(k.minutes if k.required else 0, k.profit * by["tasks"])
            for i, k in enumerate(problem.tasks)
            if i not in done
        }
        self._stand = self._standing(ledger, u, by)
        self.hotspot = {place: i for i, h in enumerate(problem.hotspots) for place in h.places}
        self._known: dict[Stay, tuple[Worth, int | None]] = {}
        self._post = {q.place: i for i, q in enumerate(problem.posts)}
        self._rules = self._rules_of()
        self._closed = {("stint", q.place) for q in problem.posts if not q.available}
        self._closed |= {("task", k.place) for k in problem.tasks if not k.available}

    def _standing(self, ledger: Ledger, u: int, by: dict[str, int]) -> _Rows | list[list[int]]:
        """Return what standing available at each place is worth, as sums along time."""
        problem, belongs = self.problem, bool(self.unit.districts) and not self.unit.tied
        if not problem.demand and not belongs:
            return [[0] * (problem.minutes + 1)] * len(problem.places)
        total = by["response"] * ledger.open("near", u) + by["backup"] * ledger.open("wide", u)
        if belongs:
            total[np.array([place.district in self.unit.districts for place in problem.places])] += by["district"]
        return _Rows(total)

    def worth(self, stays: Sequence[Stay]) -> Worth:
        """Return what a route adds to what the others cover; a stop that breaks a rule of its own covers nothing."""
        return Course(self, ()).gain(0, stays, 0)

    def stop(self, s: Stay) -> tuple[Worth, int | None]:
        """Return what a stop adds by itself, but for what outlasts it and for tasks, and the hotspot that it visits."""
        found = self._known.get(s)
        if found is None:
            visited = self.hotspot[s.place] if s.kind == "visit" and self.counts(s) else None
            found = self._known[s] = self._alone(s, visited), visited
        return found

    def _alone(self, s: Stay, visited: int | None) -> Worth:
        """Return what a stop adds by itself."""
        place, kind, arrive, leave = s
        mends = value = 0
        if kind != "break" and (kind, place) not in self._closed:
            value = self._stand[place][leave] - self._stand[place][arrive]
        if visited is not None:
            row = self._present[visited]
            value += row[leave] - row[arrive]
        elif kind == "stint" and self.counts(s):
            i = self._post[place]
            mends = self._manned[i][leave] - self._manned[i][arrive]
            for h in set(self.problem.posts[i].watches):
                value += self._present[h][leave] - self._present[h][arrive]
        return Worth(mends, value)

    def road(self, before: Stay, after: Stay) -> int:
        """Return the value of the road between two stops: at the nearer end, and there early with time to spare."""
        if before.leave >= after.arrive:
            return 0
        leg, allowed = self.leg[before.place][after.place], after.arrive - before.leave
        near = before.leave + ((leg if 0 <= leg < allowed else allowed) + 1) // 2
        here, there = self._stand[before.place], self._stand[after.place]
        return here[near] - here[before.leave] + there[after.arrive] - there[near]

    def lasting(self, i: int, times: Sequence[tuple[int, int]]) -> Worth:
        """Return what visits of hotspot `i` add by lingering and by keeping it from being overdue; in order of time."""
        h, end = self.problem.hotspots[i], self.problem.minutes
        mends = value = until = since = 0
        row, due = self._lingering[i], self._visited[i]
        for arrive, leave in times:
            begin, last = max(arrive, until), min(leave + h.linger, end)
            if last > begin:
                value += row[last] - row[begin]
                until = last
            begin, last = max(arrive, since), min(leave + h.every, end)
            if h.every and last > begin:
                mends += due[last] - due[begin] if h.required else 0
                value += 0 if h.required else (due[last] - due[begin]) * self._revisit
                since = last
        return Worth(mends, value)

    def task(self, place: int) -> Worth:
        """Return what doing the task at a place adds."""
        return self._tasks.get(place, Worth(0, 0))

    def counts(self, s: Stay) -> bool:
        """Whether a visit, stint or task keeps the rules of its own."""
        rule = self._rules.get((s.kind, s.place))
        if rule is None:
            return False
        least, most, spans, begins = rule
        last = s.arrive if begins else s.leave
        return least <= s.leave - s.arrive <= most and any(a <= s.arrive and last <= b for a, b in spans)

    def _rules_of(self) -> dict[tuple[str, int], _Rule]:
        """Return the rules of visits, stints and tasks at the places where the unit may work."""
        problem, unit, end = self.problem, self.unit, self.problem.minutes
        rules: dict[tuple[str, int], _Rule] = {}
        for h in problem.hotspots:
            rules |= {("visit", place): _Rule(h.dwell, end, h.open(end), False) for place in h.places}
        rules |= {("stint", q.place): _Rule(q.stint, end, ((0, end),), False) for q in problem.posts}
        rules |= {("task", k.place): _Rule(k.minutes, k.minutes, k.begins(end), True) for k in problem.tasks}
        return {key: rule for key, rule in rules.items() if problem.may_work(unit, key[1])}


class Course:
    """A route of a unit, of which parts are replaced to see what that brings.

    Parameters
    ----------
    board : Board
    stays : sequence of Stay
    """

    def __init__(self, board: Board, stays: Sequence[Stay]) -> None:
        self._board, self._stays = board, tuple(stays)
        self._mends, self._value, self._roads = [0], [0], [0]
        self._visits: dict[int, list[tuple[int, int, int]]] = {}
        self._doing: dict[int, list[int]] = {}
        for k, s in enumerate(self._stays):
            worth, visited = board.stop(s)
            road = board.road(self._stays[k - 1], s) if k else 0
            self._mends.append(self._mends[-1] + worth.mends)
            self._value.append(self._value[-1] + worth.value)
            self._roads.append(self._roads[-1] + road)
            if visited is not None:
                self._visits.setdefault(visited, []).append((k, s.arrive, s.leave))
            elif s.kind == "task" and board.counts(s):
                self._doing.setdefault(s.place, []).append(k)
        self._lasting = {i: board.lasting(i, [x[1:] for x in times]) for i, times in self._visits.items()}
        self._hotspots = [board.stop(s)[1] for s in self._stays]

    def gain(self, first: int, stops: Sequence[Stay], after: int) -> Worth:
        """Return what is gained when the stops from `first` up to `after` (not included) are replaced by `stops`."""
        board, n = self._board, len(self._stays)
        mends = self._mends[first] - self._mends[after]
        value = self._value[first] - self._value[after]
        # Roads to each stop that goes, and to the one after them.
        value -= self._roads[min(after + 1, n)] - self._roads[max(first, 0)]
        before = self._stays[first - 1] if first else None
        for s in (*stops, *self._stays[after : after + 1]):
            if before is not None:
                value += board.road(before, s)
            before = s
        visits: dict[int, list[tuple[int, int]]] = {i: [] for i in self._hotspots[first:after] if i is not None}
        done: set[int] = set()
        for s in stops:
            worth, visited = board.stop(s)
            mends, value = mends + worth.mends, value + worth.value
            if visited is not None:
                visits.setdefault(visited, []).append((s.arrive, s.leave))
            elif s.kind == "task" and board.counts(s):
                done.add(s.place)
        for i, times in visits.items():
            old = self._visits.get(i)
            if old is not None:
                times = [*[x[1:] for x in old if x[0] < first], *times, *[x[1:] for x in old if x[0] >= after]]
            then, now = board.lasting(i, times), self._lasting.get(i, _NOTHING)
            mends, value = mends + then.mends - now.mends, value + then.value - now.value
        for place in done | {s.place for s in self._stays[first:after] if s.kind == "task"}:
            was = self._doing.get(place, [])
            then_done = place in done or any(not first <= k < after for k in was)
            sign = then_done - bool(was)
            mends, value = mends + sign * board.task(place).mends, value + sign * board.task(place).value
        return Worth(mends, value)


class _Rows(dict[int, list[int]]):
    """Sums of each row along time: of minutes ``[a, b)`` it is the b-th less the a-th; rows are lists once used."""

    def __init__(self, values: Ints) -> None:
        super().__init__()
        self._sums = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.int64)
        np.cumsum(values, axis=1, out=self._sums[:, 1:])

    def __missing__(self, row: int) -> list[int]:
        """Return a row that was not used before."""
        found: list[int] = self._sums[row].tolist()
        self[row] = found
        return found

"""A bound on the profit of all plans, by column generation.

Of all tours that some plan could contain the best mix is looked for, in which a visit may be done in halves by two
tours: no plan earns more.  The tours are found as they are needed, by `solver.visits.labels`, against the prices that
the master gives to visits.  Whatever the prices ``p``, no plan earns more than

    sum of p over visits  +  sum over kinds of vehicles of  vehicles * most that a tour of that kind earns less prices,

so every exact look gives a bound, also before the prices have settled; they are drawn towards those of the best bound
so far [W 1999].  Prices and profits are whole numbers of a small unit there, so that the bound holds exactly.  The
price of a visit that is required may be below 0: then the bound speaks of plans that lack no more than a known one; see
``docs/model.md``.

[W 1999] P. Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming", International
Transactions in Operational Research 4 (1997) 151-162, doi:10.1016/S0969-6016(97)00001-4.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

from solver.visits.budget import budget_bound
from solver.visits.closing import list_tours, outlook
from solver.visits.departures import within_duty
from solver.visits.ground import Grounds, spans_of
from solver.visits.labels import AT, PARENT, UNRESTED, Labels, grow, join, labels_of
from solver.visits.master import Master, Real
from solver.visits.terms import KIND, TIGHT, Large, Small, Terms

_EXACT = 10**13
"""What all profits add up to in the small unit, about; and what a required visit pays for being done, at most."""

_FIRST_MEMORY = 8
"""Neighbours that a node remembers at first."""

_EASY, _MOST = 200_000, 3_000_000
"""Labels that there is room for at first, and at most."""

_EACH = 4_000
"""Labels kept at a node at most."""

_FAR = (10, 30)
"""Nodes that are looked at after each where haste is enough, and then with more care."""

_FEW = 5
"""Tours found in haste for each kind that are too few to go on so."""

_TOURS, _FEWEST, _TOGETHER = 100, 10, 400
"""Tours of one kind of vehicles that are added to the master at once, at most and at least: as many as come to this
number together."""

_PATIENCE, _MORE = 0.1, 1.2
"""Seconds that the master may take in the first part of a step, and how much longer in each that goes on with it."""

_LISTED, _LISTING = 150_000, 60_000_000
"""Tours that are listed at most, and steps that may take."""

_THIN, _THINNED, _WORTH = 1_000, 6, 0.9
"""Listed tours that are few enough, times that they are thinned out at most, and the share that may stay each time."""

_DRAWN = 0.5
"""How far prices are drawn towards those of the best bound."""


class Columns:
    """A bound that comes down step by step.

    Parameters
    ----------
    terms : Terms
    tours : iterable of (int, sequence of int)
        Known tours to begin with: a vehicle and the nodes that it stops at.
    spare : int, optional
        What plans may lack of which the bound speaks; as much as there is, if left out.

    Attributes
    ----------
    bound : int
        No plan that lacks no more than it may earns more profit.
    steps : int
        Steps taken.
    settled : bool
        Whether the bound is that of the best mix of all tours, and nothing brings it lower.
    tours : list of (int, tuple of int)
        All tours of the master: kind of vehicles and visits in order.
    """

    def __init__(self, terms: Terms, tours: Iterable[tuple[int, Sequence[int]]] = (), spare: int | None = None) -> None:
        self._terms = terms
        self._lacks = terms.lacks[: terms.visits]
        self.spare = int(self._lacks.sum()) if spare is None else spare
        kinds, first, count = np.unique(terms.fleet[:, KIND], return_index=True, return_counts=True)
        self._kind_of = {int(k): i for i, k in enumerate(kinds)}
        self._vehicles = [int(n) for n in count]
        self._first = [int(v) for v in first]
        self._spans = [(kind, span) for kind, v in enumerate(self._first) for span in spans_of(terms, v)]
        self._kinds = [kind for kind, _ in self._spans]
        self._grounds: list[Grounds] = []
        self._added = min(_TOURS, max(_FEWEST, _TOGETHER // max(len(first), 1)))
        profit = terms.earns[: terms.visits]
        self._step_of_profit = max(gcd(*map(int, profit)) if len(profit) else 1, 1)
        self.bound = int(profit.sum())
        self._lower_by_budget()
        required = self._lacks[self._lacks > 0]
        # Dear enough for no plan to gain by lacking more, be it for a task of the fewest minutes.
        self._dearest = (int(profit.sum()) + 1) / int(required.min() if len(required) else 1)
        largest = max(self.bound, int(self._dearest * int(required.max(initial=0))), 1)
        self._unit = max(_EXACT // largest, 1)
        self._master = self._new_master()
        self.tours: list[tuple[int, tuple[int, ...]]] = []
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self.add(tours)
        self._room, self._nodes = _EASY, 0
        self._middle: list[int] = []
        self._labels: tuple[Labels, Labels] | None = None
        self._centre: Large | None = None
        self._best_prices: Large | None = None
        self._best_most = [0] * len(self._vehicles)
        self._most = [0] * len(self._vehicles)
        self._best = self.bound * self._unit
        # Where duties are chosen, spans of time may allow all visits though no plan does: any prices do at first.
        self._no_prices = bool(terms.fleet[:, TIGHT].any())
        self._care = 0
        self.steps, self.settled = 0, False
        self._halt = np.zeros(1, dtype=np.uint8)
        self._step: Generator[None, None, None] | None = None

    def _new_master(self) -> Master:
        """Return a master without tours."""
        return Master(self._vehicles, self._lacks.tolist(), self.spare, self._dearest)

    def _lower_by_budget(self) -> None:
        """Take up what the time on duty alone says."""
        whole = budget_bound(self._terms, self.spare) // self._step_of_profit * self._step_of_profit
        self.bound = min(self.bound, whole)

    def allow(self, spare: int, tours: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Speak from now on of plans alone that lack so much at most, less than before; `tours` make one."""
        self.spare, self.settled = spare, False
        self._lower_by_budget()
        self._master.allow(spare)
        self.add(tours)

    def halt(self) -> None:
        """End what goes on in another thread at once, and for good; the bound so far holds."""
        self._halt[0] = 1
        self._master.interrupt()

    @property
    def size(self) -> int:
        """How large a problem is for a bound: visits of all kinds of vehicles."""
        return len(self._kinds) * self._terms.visits

    def halted(self) -> bool:
        """Return whether it was told to end."""
        return bool(self._halt[0])

    def add(self, tours: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Add known tours, each a vehicle and the nodes that it stops at."""
        for v, nodes in tours:
            visits = tuple(int(x) for x in nodes if x < self._terms.visits)
            self._add(self._kind_of[int(self._terms.fleet[v, KIND])], visits)

    def promising(self, tours: Iterable[tuple[int, Sequence[int]]], profit: int) -> list[tuple[int, Sequence[int]]]:
        """Return which of `tours`, vehicles and their nodes, a plan with more than `profit` can have, the best first.

        A tour that lacks more of what the best of its kind earns, against the prices of the best bound, than that bound
        is above the profit, is in none of them.  Without a bound nobody knows that, and all are returned.
        """
        if self._best_prices is None:
            return list(tours)
        prices, room = self._best_prices, self._best - (profit + self._step_of_profit) * self._unit
        gain = self._terms.earns[: self._terms.visits] * self._unit - prices
        kinds = self._terms.fleet[:, KIND]
        kept: list[tuple[int, int, Sequence[int]]] = []
        for v, nodes in tours:
            earned = sum(int(gain[x]) for x in dict.fromkeys(nodes) if x < self._terms.visits and gain[x] > 0)
            lacking = self._best_most[self._kind_of[int(kinds[v])]] - earned
            if lacking <= room:
                kept.append((lacking, v, nodes))
        return [(v, nodes) for _, v, nodes in sorted(kept, key=lambda tour: tour[0])]

    def found(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return all tours found, each a vehicle that may do it and its visits, some perhaps twice.

        Those that are too long for its duty are left out.
        """
        tours = list(self.tours)
        good = np.ones(len(tours), dtype=np.bool_)
        for kind, v in enumerate(self._first):
            if self._terms.fleet[v, TIGHT]:
                own = [i for i, (k, _) in enumerate(tours) if k == kind]
                rows = np.full((len(own), max((len(tours[i][1]) for i in own), default=0) + 1), -1, dtype=np.int32)
                for row, i in zip(rows, own, strict=True):
                    row[: len(tours[i][1])] = tours[i][1]
                good[own] = self._within_duty(v, rows, self._terms.travel)
        return [(self._first[kind], visits) for (kind, visits), kept in zip(tours, good, strict=True) if kept]

    def _within_duty(self, v: int, tours: Small, travel: Small) -> NDArray[np.bool_]:
        """Return which of `tours` (R, L), nodes with -1 behind the last, vehicle `v` can make within its duty."""
        good = np.zeros(len(tours), dtype=np.bool_)
        within_duty(self._terms, travel, v, tours, good)
        return good

    def _add(self, kind: int, visits: tuple[int, ...]) -> bool:
        """Add a tour to the master, if it is new."""
        if (kind, visits) in self._known:
            return False
        self._known.add((kind, visits))
        self.tours.append((kind, visits))
        self._master.add(kind, visits, float(self._terms.earns[list(visits)].sum()))
        return True

    def step(self) -> None:
        """Solve the master and look for tours that earn more than its prices, first in haste, then exactly."""
        if self._step is None:
            self._step = self._parts(float("inf"))
        while self._step is not None:
            self.advance()

    def advance(self) -> None:
        """Do a part of a step, such as a look for tours of one kind of vehicles; a step is begun where none is."""
        if self._step is None:
            self._step = self._parts(_PATIENCE)
        try:
            next(self._step)
        except StopIteration:
            self._step = None

    def _parts(self, patience: float) -> Generator[None, None, None]:
        """Make a step; what takes long is done in parts, of which the master's take so many seconds or a bit more."""
        yield from self._survey()
        while True:
            solved = self._master.solve(patience)
            if solved is not None or not self._master.unfinished or self.halted():
                break
            patience *= _MORE
            yield
        if self.halted():
            return
        self.steps += 1
        if solved is None:
            self.settled = True
            return
        value, prices, rents = solved
        whole = self._whole(prices)
        hasty = 0
        while self._care < len(_FAR):
            hasty += (yield from self._price(whole, rents, far=_FAR[self._care]))[0]
            if hasty > _FEW * len(self._grounds):
                return
            self._care += 1
        target = whole
        if self._centre is not None:
            target = (_DRAWN * self._centre + (1 - _DRAWN) * whole).astype(np.int64)
        added, total = yield from self._price(target, rents, far=None)
        if self.halted():
            return
        added += hasty
        if total is not None and (total < self._best or self._no_prices):
            self._best, self._centre, self._best_prices = total, target, target
            self._best_most, self._no_prices = list(self._most), False
            self.bound = min(self.bound, total // self._unit // self._step_of_profit * self._step_of_profit)
        near_enough = self._best <= (value + 1e-6) * self._unit * (1 + 1e-9) or self.bound <= value
        if near_enough or (not added and np.array_equal(target, whole)):
            self._widen()
        elif not added:
            self._centre = None
        self._care = 0

    def _survey(self) -> Generator[None, None, None]:
        """Prepare the grounds of all kinds of vehicles, one after the other."""
        for kind, span in self._spans[len(self._grounds) :]:
            ground = Grounds(self._terms, self._first[kind], span)
            ground.remember(_FIRST_MEMORY)
            self._grounds.append(ground)
            self._middle.append(ground.horizon // 2)
            self._nodes = max(self._nodes, len(ground.nodes))
            yield

    def close(self, profit: int) -> list[tuple[int, tuple[int, ...]]] | None:
        """Return all tours that plans with more than `profit` can have, each a vehicle and its visits.

        None where they are too many to be listed, or that is not known yet.
        """
        if self._best_prices is None:
            return None
        prices, room = self._best_prices, self._best - (profit + self._step_of_profit) * self._unit
        listed: dict[tuple[int, frozenset[int]], tuple[int, tuple[int, ...]]] = {}
        most = [0] * len(self._vehicles)
        for g, kind in enumerate(self._kinds):
            looked = self._best_ways(g, self._gain(self._grounds[g], prices), far=None)
            if looked is None:
                return None
            most[kind] = max(most[kind], looked[0])
        for kind, ground in zip(self._kinds, self._grounds, strict=True):
            gain = self._gain(ground, prices)
            count = len(ground.nodes)
            behind = labels_of(count, _MOST, _EACH)
            memory = UNRESTED if ground.rests else 0
            if not grow(ground.backward, behind, gain, ground.horizon, memory, True, count, self._halt):
                return None
            ahead = outlook(ground.forward, behind, ground.horizon, self._halt)
            found = np.zeros((_LISTED, count + 1), dtype=np.int16)
            least = most[kind] - room
            number = list_tours(
                ground.forward, gain, ahead, ground.horizon, least, ground.rests, found, _LISTING, self._halt
            )
            if number < 0 or self.halted():
                return None
            found = found[:number]
            if self._terms.fleet[self._first[kind], TIGHT]:
                # A span holds some that are too long.  What a tour of a plan takes by the quickest ways is no longer.
                rows = np.where(found < 0, -1, np.append(ground.nodes, 0)[found]).astype(np.int32)
                found = found[self._within_duty(self._first[kind], rows, self._terms.quickest)]
            for row in found:
                visits = tuple(ground.nodes[i] for i in row[: int(np.argmin(row))] if i < len(ground.visits))
                listed[kind, frozenset(visits)] = (self._first[kind], visits)
        return self._thinned([(kind, self._first[kind], own) for (kind, _), (_, own) in listed.items()], profit)

    def _thinned(self, tours: list[tuple[int, int, tuple[int, ...]]], profit: int) -> list[tuple[int, tuple[int, ...]]]:
        """Return which of `tours` (kind, vehicle, visits) a plan with more than `profit` of them alone can have.

        What the best mix of these alone earns bounds such plans; with its prices the argument of `close` holds again.
        """
        earns, kinds = self._terms.earns, range(len(self._vehicles))
        for _ in range(_THINNED):
            if len(tours) <= _THIN:
                break
            master = self._new_master()
            for kind, _, visits in tours:
                master.add(kind, visits, float(earns[list(visits)].sum()))
            solved = master.solve()
            if solved is None:
                break
            prices = self._whole(solved[1])
            gain = earns[: self._terms.visits] * self._unit - prices
            earned = [int(gain[list(visits)].sum()) for _, _, visits in tours]
            own = [[e for e, (kind, _, _) in zip(earned, tours, strict=True) if kind == k] for k in kinds]
            most = [max([0, *values]) for values in own]
            total = self._paid(prices) + sum(n * m for n, m in zip(self._vehicles, most, strict=True))
            room = total - (profit + self._step_of_profit) * self._unit
            left = [tour for e, tour in zip(earned, tours, strict=True) if most[tour[0]] - e <= room]
            if len(left) > _WORTH * len(tours):
                break
            tours = left
        return [(v, visits) for _, v, visits in tours]

    def lower(self, bound: int) -> None:
        """Take up that no plan earns more than `bound`, found by other means."""
        self.bound = min(self.bound, bound)

    def _whole(self, prices: Real) -> Large:
        """Return prices in the small unit."""
        return np.rint(prices * self._unit).astype(np.int64)

    def _paid(self, prices: Large) -> int:
        """Return the prices of all visits, less those below 0 of as much as a plan may lack, at the dearest."""
        paying = (self._lacks > 0) & (prices < 0)
        pairs = zip(prices[paying].tolist(), self._lacks[paying].tolist(), strict=True)
        return int(prices.sum()) + max((-(self.spare * price // lack) for price, lack in pairs), default=0)

    def _gain(self, ground: Grounds, prices: Large) -> Large:
        """Return what each node earns less its price."""
        gain = np.zeros(len(ground.nodes), dtype=np.int64)
        gain[: len(ground.visits)] = self._terms.earns[ground.visits] * self._unit - prices[ground.visits]
        return gain

    def _widen(self) -> None:
        """Let nodes remember what tours of the best mix do twice; the bound is settled when they do nothing twice."""
        new = set()
        for index, share in enumerate(self._master.shares()):
            if share > 1e-6:
                kind, visits = self.tours[index]
                new |= {(kind, x, y) for x, between in circles(visits) for y in between}
        grown = [
            ground.remembers(y, x)
            for kind, x, y in new
            for own, ground in zip(self._kinds, self._grounds, strict=True)
            if own == kind
        ]
        self.settled = not any(grown)
        for index, (kind, visits) in enumerate(self.tours):
            if any(all((kind, x, y) in new for y in between) for x, between in circles(visits)):
                self._master.drop(index)

    def _price(self, prices: Large, rents: Real, *, far: int | None) -> Generator[None, None, tuple[int, int | None]]:
        """Add tours that earn more than `rents` against `prices`; return how many, and the bound where there is one.

        `far` is how many nodes are looked at after each, in haste; None for an exact look.
        """
        added, total = 0, self._paid(prices)
        complete = far is None
        self._most = [0] * len(self._vehicles)
        for g, kind in enumerate(self._kinds):
            found = self._best_ways(g, self._gain(self._grounds[g], prices), far=far)
            yield
            if found is None:
                complete = False
                continue
            most, ways = found
            self._most[kind] = max(self._most[kind], most)
            least = rents[kind] * self._unit
            for worth, visits in ways:
                if worth > least + 1e-7 * self._unit or far is None:
                    added += self._add(kind, visits)
        total += sum(n * most for n, most in zip(self._vehicles, self._most, strict=True))
        return added, total if complete else None

    def _best_ways(
        self, g: int, gain: Large, *, far: int | None
    ) -> tuple[int, list[tuple[int, tuple[int, ...]]]] | None:
        """Return the most that a way on ground `g` earns, and some of the best; None where labels find no room."""
        ground = self._grounds[g]
        count = len(ground.nodes)
        memory = UNRESTED if ground.rests else 0
        while True:
            middle = self._middle[g]
            self._labels = ahead, behind = self._labels or self._new_labels()
            room, exact, reach = len(ahead.label), far is None, count if far is None else far
            full = grow(ground.forward, ahead, gain, middle, memory, exact, reach, self._halt)
            full = full and grow(
                ground.backward, behind, gain, ground.horizon - middle - 1, memory, exact, reach, self._halt
            )
            self._balance(g, int(ahead.used[0]), int(behind.used[0]))
            if full:
                break
            if room >= _MOST or self.halted():
                return None
            self._room = min(room * 4, _MOST)
            self._labels = None
        found = np.full((count + 1, 3), -1, dtype=np.int64)
        most = int(join(ground.forward, ahead, ground.backward, behind, ground.horizon, 0, found, self._halt))
        if self.halted():
            return None
        order = np.argsort(-found[:, 0], kind="stable")[: self._added]
        return most, [
            (int(found[i, 0]), self._visits(ground, ahead, behind, int(found[i, 1]), int(found[i, 2])))
            for i in order
            if found[i, 0] > 0
        ]

    def _new_labels(self) -> tuple[Labels, Labels]:
        """Return room for the labels of both directions, of whatever kind."""
        return labels_of(self._nodes, self._room, _EACH), labels_of(self._nodes, self._room, _EACH)

    def _balance(self, g: int, ahead: int, behind: int) -> None:
        """Move the time at which ways are joined so that there are about as many labels on both sides of it."""
        step = self._grounds[g].horizon // 25
        if ahead > 1.5 * behind:
            self._middle[g] = max(self._middle[g] - step, step)
        elif behind > 1.5 * ahead:
            self._middle[g] = min(self._middle[g] + step, self._grounds[g].horizon - step)

    @staticmethod
    def _visits(ground: Grounds, ahead: Labels, behind: Labels, first: int, second: int) -> tuple[int, ...]:
        """Return the visits of a way that two labels make."""
        before, after = [], []
        while first >= 0:
            before.append(int(ahead.label[first, AT]))
            first = int(ahead.label[first, PARENT])
        while second >= 0:
            after.append(int(behind.label[second, AT]))
            second = int(behind.label[second, PARENT])
        return tuple(ground.nodes[i] for i in (*reversed(before), *after) if i < len(ground.visits))


def circles(visits: Sequence[int]) -> list[tuple[int, Sequence[int]]]:
    """Return what a tour does twice, each with what it does between."""
    last: dict[int, int] = {}
    found = []
    for b, x in enumerate(visits):
        if x in last:
            found.append((x, visits[last[x] + 1 : b]))
        last[x] = b
    return found

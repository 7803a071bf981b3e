"""The bound: how much no plan can exceed, by pricing the cells.

Every cell of the cover is given a price between 0 and its weight.  A plan is worth at most the sum over
units of the prices that each unit's path collects, plus what cells are worth beyond their price; so the
longest paths against the prices bound every plan (Lagrangian relaxation; Geoffrion 1974,
doi:10.1007/BFb0120690).  ``docs/model.md`` has the proof.  Prices are improved by subgradient steps towards
the best plan's value (Polyak 1969), deflected as by Camerini, Fratta and Maffioli (1975,
doi:10.1007/BFb0120697) and measured in shares of the weights.  All sums are integers, so the bound is exact
whatever the prices are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.cover import Counts, Ints, cells_of, counts_of, rooms_of
from solver.moves import bound_path
from solver.paths import roads_of, workspace_of
from solver.route_arrays import Roster, Routes, idle, roster_of
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem

_LAYERS = ("response", "backup", "presence", "linger", "posts")

_DEFLECTION = 0.9
"""Share of the last direction in the next."""

_PATIENCE = 12
"""Steps in vain after which the step length shrinks."""

_SHRINK = 0.8

_MANY = 4
"""With as many classes for each mode, the first steps are drafts."""

_DRAFTS = 30
"""How many."""


class _Fleet(NamedTuple):
    """One unit of each class, how many units it stands for, and room for its path."""

    roster: Roster
    units: Ints
    routes: Routes


class Bound:
    """A bound in the making: prices, and the least bound that any of them has given.

    Parameters
    ----------
    problem : Problem

    Attributes
    ----------
    best : int
        No plan without missing units at posts is worth more.
    a_missing_minute : int
        By how much the bound rises with each unit-minute that the posts lack.
    steps : int
    """

    def __init__(self, problem: Problem) -> None:
        modes = tuple(sorted(problem.travel))
        self._grid = problem.grid
        self._cells = cells_of(problem, modes)
        self._roads = roads_of(np.stack([problem.legs(m) for m in modes]), every=True)
        roster = roster_of(problem, modes)
        self._classes = _fleet(roster, _classes(roster), problem.minutes)
        rough = _fleet(roster, _rough_classes(roster), problem.minutes)
        drafts = len(self._classes.units) >= _MANY * len(rough.units)
        self._drafts, self._draft = (_DRAFTS, rough) if drafts else (0, self._classes)
        self._space = workspace_of(self._cells, self._roads)
        self._used = counts_of(self._cells)
        self._none = counts_of(self._cells)
        self._room = tuple(rooms_of(self._cells)[layer] for layer in _LAYERS)
        full = weights(problem).full
        self._prices = [np.asarray(getattr(self._cells, layer) * 0.5) for layer in _LAYERS]
        # A minute at a post costs what a unit covers elsewhere in it; the first guess is the mean.
        self._prices[4] = np.where(self._cells.wanted > 0, full / (problem.minutes * max(len(problem.units), 1)), 0.0)
        self._top = [*(getattr(self._cells, layer).astype(np.float64) for layer in _LAYERS[:4]), np.inf]
        # Heavy cells move farther: a step is measured in shares of the weight.
        self._scale = [*self._top[:4], self._prices[4].copy()]
        self._direction = [np.zeros_like(p) for p in self._prices]
        self._step, self._vain = 1.0, 0
        self.best, self.a_missing_minute, self.steps = full, 0, 0

    def start_from(self, counts: Counts) -> None:
        """Begin with prices that suit a plan: high where it covers nothing, low where it covers twice."""
        for i, layer in enumerate(_LAYERS[:4]):
            spare = getattr(counts, layer) - self._room[i]
            weight = getattr(self._cells, layer)
            self._prices[i] = weight * np.select([spare < 0, spare == 0], [1.0, 0.5], 0.0)

    def step(self, value: int, stop: Callable[[], bool] | None = None) -> None:
        """Find the bound of the present prices, and move them; `value` is that of the best plan.

        A step is given up, and changes nothing, when `stop` says so between two classes of units.  Of a fleet of
        many classes the first steps look at one class a mode, to find good prices soon; they bound nothing.
        """
        drafting = self.steps < self._drafts
        prices = [np.floor(p).astype(np.int64) for p in self._prices]
        found = self._evaluate(prices, self._draft if drafting else self._classes, stop)
        if found is None:
            return
        self.steps += 1
        if not drafting:
            self._note(found, int(prices[4].max(initial=0)))
        self._move(found, value)

    def _note(self, found: int, a_missing_minute: int) -> None:
        """Keep the least bound, and shorten the steps when too many have been in vain."""
        if found < self.best:
            self.best, self.a_missing_minute, self._vain = found, a_missing_minute, 0
            return
        self._vain += 1
        if self._vain == _PATIENCE:
            self._step, self._vain = self._step * _SHRINK, 0

    def _evaluate(self, prices: list[Ints], fleet: _Fleet, stop: Callable[[], bool] | None) -> int | None:
        """Return the bound of `prices`, or None when stopped, and count in ``self._used`` what its paths cover."""
        cells = self._cells._replace(
            response=prices[0], backup=prices[1], presence=prices[2], linger=prices[3], posts=prices[4]
        )
        for table in self._used:
            table[...] = 0
        total = -int((prices[4] * self._room[4]).sum())
        for layer, price, room in zip(_LAYERS[:4], prices[:4], self._room[:4], strict=True):
            total += int(((getattr(self._cells, layer) - price) * room).sum())
        for u, units in enumerate(fleet.units):
            if stop is not None and stop():
                return None
            value = bound_path(
                cells,
                self._none,
                self._used,
                self._roads,
                self._grid,
                fleet.roster,
                fleet.routes,
                self._space,
                u,
                units,
            )
            total += int(value) * int(units)
        return total

    def _move(self, found: int, value: int) -> None:
        """Move the prices against the subgradient."""
        square = 0.0
        for i, layer in enumerate(_LAYERS):
            slope = getattr(self._used, layer) - self._room[i].astype(np.float64)
            # What the limits of the price would stop has no part in the direction.
            stuck = (self._prices[i] <= 0) & (slope > 0) | (self._prices[i] >= self._top[i]) & (slope < 0)
            direction = np.where(stuck, 0.0, slope + _DEFLECTION * self._direction[i])
            self._direction[i] = direction
            square += float((self._scale[i] * direction**2).sum())
        if square == 0.0:
            return
        length = self._step * (found - value) / square
        for i, price in enumerate(self._prices):
            moved = price - length * self._scale[i] * self._direction[i]
            self._prices[i] = np.clip(moved, 0.0, self._top[i])


def _fleet(roster: Roster, classes: dict[int, int], minutes: int) -> _Fleet:
    """Return the fleet of `classes`: a unit of each, and how many it stands for."""
    chosen = Roster._make(column[list(classes)] for column in roster)
    return _Fleet(chosen, np.array(list(classes.values()), dtype=np.int64), idle(chosen, minutes))


def _classes(roster: Roster) -> dict[int, int]:
    """Return the first unit of each class of equal ones, and how many there are."""
    rows = [tuple(np.asarray(column[u]).tobytes() for column in roster) for u in range(roster.mode.size)]
    return {rows.index(row): count for row, count in Counter(rows).items()}


def _rough_classes(roster: Roster) -> dict[int, int]:
    """Return for each mode a unit of its largest class, and how many units have the mode."""
    modes = Counter(roster.mode.tolist())
    largest: dict[int, tuple[int, int]] = {}
    for unit, count in _classes(roster).items():
        mode = int(roster.mode[unit])
        largest[mode] = max(largest.get(mode, (0, 0)), (count, -unit))
    return {-unit: modes[mode] for mode, (_, unit) in largest.items()}

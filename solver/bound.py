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

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.allotment import Allotment, Choice
from solver.best_waits import best_wait, places_of
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
    repriced,
    rooms_of,
    stepped,
)
from solver.first_prices import first_prices
from solver.free_time import spells_of
from solver.moves import count_all, count_trip
from solver.paths import drivable
from solver.price_moves import Floats, move, turned, whole, whole_stepped
from solver.pricing import (
    MOST,
    Arcs,
    Offers,
    States,
    arcs_of,
    blocks_of,
    gains_of,
    offers_of,
    price_lanes,
    states_of,
    trace,
)
from solver.route_arrays import Roster, idle, kinds_of, locked_routes, roster_of
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem

_DEFLECTION = 0.9
"""Share of the last direction in the next."""

_LOOK_BACK = 12
"""Steps after which it is asked whether they brought the bound down enough, or the step length shrinks."""

_ENOUGH = 0.05
"""What is enough: so much of the way from the bound down to the best plan's value."""

_SHRINK = 0.85

_SHORTEST, _AGAIN = 0.01, 0.4
"""A step length below the first begins anew at the second, from the best prices there were."""

_SETTLED = 0.03
"""A bound is settled when the steps from one new beginning to the next have closed so little of the gap."""

_BEGIN = 0.5
"""The step length to begin with."""

_TRIED = (0.2, 0.3, 0.45)
"""Prices of a unit's minute to begin with, as shares of what it covers in the plan on the mean; the best is taken."""

_DRAFTS, _OTHERS = 12, 3
"""Steps over few arcs for each one over every arc, which is what bounds: at least so many, and so many that they look
at that many times as many arcs as it does."""

_DEAREST = 8
"""How many times as dear as at first what hard rules ask for gets at most while the best plan lacks some of it."""

_FIRST_SQUARE = 0.3
"""Mean square of a cell's slopes before there were any."""


class _Whole(NamedTuple):
    """Prices as whole `numbers` of a `unit`, and what cells are worth `beyond` them, all together."""

    unit: int
    numbers: list[Ints]
    beyond: int


class _Falling(NamedTuple):
    """A layer whose cells earn less with each unit: `weight` times `steps`, after the units `before`.

    Shapes are as in `solver.price_moves.whole_stepped`.
    """

    weight: Ints
    steps: Ints
    before: Small
    by_row: bool


class Bound:
    """A bound in the making: prices, and the least bound that any of them has given.

    Most steps look at few arcs only, and the first ones at the fewest: their paths are nearly the best, good enough to
    move the prices, but bound nothing.  Now and then the best prices since are weighed with every arc.

    Parameters
    ----------
    problem : Problem

    Attributes
    ----------
    best : int
        No plan without missing unit-minutes is worth more.
    a_missing_minute : int
        By how much the bound rises with each unit-minute that hard rules lack.
    steps : int
    settled : bool
        Whether more steps bring little.
    """

    def __init__(self, problem: Problem) -> None:
        modes = tuple(sorted(problem.travel))
        self._grid = problem.grid
        self._cells = cells_of(problem, modes)
        self._legs = drivable(np.stack([problem.legs(m) for m in modes]))
        roster = roster_of(problem, modes, [spell.unit for spell in spells_of(problem, loose=True)])
        kinds = kinds_of(roster)
        self._fleet = Roster._make(column[list(dict.fromkeys(kinds))] for column in roster)
        self._allotment = Allotment(kinds, problem.callouts)
        self._units = self._allotment.free
        self._routes = idle(self._fleet, problem.minutes)
        self._blocks = blocks_of(self._fleet)
        self._every, self._few, self._fewest = (
            arcs_of(self._legs, problem.stretches, detour) for detour in (None, 0, problem.grid)
        )
        lanes = {block.unit.size for block in self._blocks}
        self._states = {n: states_of(len(problem.places), problem.minutes, problem.grid, n) for n in lanes}
        steps = (problem.minutes // problem.grid + 1, len(problem.places))
        self._offers = Offers(*(np.zeros(steps, dtype=np.int32) for _ in range(3)))
        self._used = counts_of(self._cells, standing=False)
        rooms, (hard, soft) = rooms_of(self._cells), hard_and_soft(self._cells)
        self._all_room = [rooms[layer] for layer in LAYERS]
        self._hard, self._soft = [hard[layer] for layer in LAYERS], [soft[layer] for layer in LAYERS]
        self._sure, self._room = self._beside_locks(problem, modes)
        self._falling = self._falling_layers()
        for i, layer in self._falling.items():
            self._soft[i] = nth_worth(layer.weight, layer.steps, layer.before, by_row=layer.by_row)
        self._full = full = weights(problem).full
        # A missing minute costs what a unit covers elsewhere in it; the first guess is the mean.
        guess = full / (problem.minutes * max(len(problem.units), 1))
        self._prices = [0.5 * s + guess * h for s, h in zip(self._soft, self._hard, strict=True)]
        self._most_missing = 0.0
        self._top = self._highest(float(full))
        # Heavy cells move farther: a step is measured in shares of the weight.
        self._scale = [s + guess * h for s, h in zip(self._soft, self._hard, strict=True)]
        self._weightless = [not scale.any() for scale in self._scale]
        self._counted = [
            np.ascontiguousarray(np.broadcast_to(room, p.shape), dtype=np.int32)
            for room, p in zip(self._room, self._prices, strict=True)
        ]
        self._direction, self._reach = ([np.zeros(p.shape, dtype=np.float32) for p in self._prices] for _ in range(2))
        self._square = [np.full(p.shape, _FIRST_SQUARE, dtype=np.float32) for p in self._prices]
        self._step, self._since, self._before = _BEGIN, 0, full
        self._drafts = self._fewest
        self._most_soft = _most_a_path_earns(repriced(self._cells, self._soft), self._fleet)
        self._draft, self._waiting = full, 0
        self._drafted: tuple[int, _Whole] | None = None
        self._best_draft: _Whole | None = None
        self._at_beginning = full
        self.best, self.a_missing_minute, self.steps, self.settled = full, 0, 0, False

    def _beside_locks(self, problem: Problem, modes: tuple[str, ...]) -> tuple[int, list[Ints]]:
        """Return what the locked stops are worth by themselves, and the room that they leave in each cell."""
        if not problem.locks:
            return 0, self._all_room
        locked = counts_of(self._cells, standing=False)
        sure, rooms = count_all(self._cells, locked, *locked_routes(problem, modes)), []
        for layer, room, hard in zip(LAYERS, self._all_room, self._hard, strict=True):
            taken = np.minimum(getattr(locked, layer), room)
            sure -= self._cells.missing * int((hard * taken).sum())
            rooms.append(room - taken)
        return int(sure), rooms

    def _falling_layers(self) -> dict[int, _Falling]:
        """Return the layers whose cells earn less with each unit, by their place among all."""
        found = {}
        for name, (steps, by_row) in stepped(self._cells).items():
            i = LAYERS.index(name)
            shape = getattr(self._cells, name).shape
            before = np.broadcast_to(self._all_room[i] - self._room[i], shape).astype(np.int32)
            found[i] = _Falling(self._soft[i], steps, np.ascontiguousarray(before), by_row)
        return found

    def _highest(self, missing: float) -> list[Floats]:
        """Return the highest prices: what cells are worth, and `missing` for each unit-minute that hard rules ask for.

        What nobody can do would become dearer without end; above everything there is, prices do not matter.
        """
        return [np.where(h > 0, s + missing * h, s) for s, h in zip(self._soft, self._hard, strict=True)]

    def start_from(
        self, counts: Counts, value: int, stop: Callable[[], bool] | None = None, *, missing: int = 0
    ) -> None:
        """Begin with prices that suit a plan worth `value`, which covers `counts`; any will do when `stop` says so.

        Where hard rules lack `missing` unit-minutes of the plan, the bound for plans that lack as many rises with the
        dearest of them.  So all that it lacks is as dear as anything may get, which then costs nothing.
        """
        on_duty = int(((self._fleet.end - self._fleet.start) * self._allotment.units).sum())
        layers = dict(zip(LAYERS, zip(self._all_room, self._hard, self._soft, strict=True), strict=True))
        least = None
        for share in _TRIED:
            minute = share * (value - self._sure) / max(on_duty, 1)
            prices = first_prices(self._cells, counts, self._legs, layers, minute)
            dearest = _DEAREST * minute if missing else 0.0
            top = self._highest(dearest or float(self._full))
            if dearest:
                for i, layer in enumerate(LAYERS):
                    lacking = (self._hard[i] > 0) & (getattr(counts, layer) < self._all_room[i])
                    prices[i] = np.where(lacking, top[i], np.minimum(prices[i], top[i]))
            found = self._evaluate(self._whole(prices), self._drafts, stop)
            if found is None:
                continue
            found += int(missing * dearest)
            if least is None or found < least:
                least, self._prices, self._top, self._most_missing = found, prices, top, dearest

    def step(self, value: int, stop: Callable[[], bool] | None = None, *, missing: int = 0) -> None:
        """Find what the present prices give, and move them; `value` is that of the best plan, which lacks `missing`.

        A step is given up, and changes nothing, when `stop` says so.
        """
        if self._most_missing and not missing:
            self._top, self._most_missing = self._highest(float(self._full)), 0.0
        # Prices give what plans are worth that lack nothing: of this one, what is left when its lacks are paid for.
        value -= int(missing * self._most_missing)
        prices = self._whole(self._prices)
        found = self._evaluate(prices, self._drafts, stop)
        if found is None:
            return
        self.steps += 1
        self._waiting += 1
        if found < self._draft:
            self._draft, self._best_draft = found, prices
        if self._drafted is None or found < self._drafted[0]:
            self._drafted = found, prices
        self._shorten(value)
        self._move(found, value)
        due = max(_DRAFTS, _OTHERS * self._every.origin.size // max(self._drafts.origin.size, 1))
        if self._waiting >= due:
            self._weigh(stop)

    def _shorten(self, value: int) -> None:
        """Make steps shorter when they bring too little, and long again when they have become too short."""
        self._since += 1
        if self._since < _LOOK_BACK:
            return
        if self._before - self._draft < _ENOUGH * max(self._draft - value, 1):
            if self._drafts is self._fewest:
                # What so few arcs give is below what more would: the best is to be found anew.
                self._drafts, self._draft, self._drafted = self._few, self._full, None
            else:
                self._step *= _SHRINK
        self._before, self._since = self._draft, 0
        if self._step < _SHORTEST:
            self._step = _AGAIN
            self.settled = self._at_beginning - self._draft < _SETTLED * (self._draft - value)
            self._at_beginning = self._draft
            if self._best_draft is not None:
                self._prices = [np.float64(self._best_draft.unit) * n for n in self._best_draft.numbers]
            for direction in self._direction:
                direction[...] = 0

    def finish(self) -> None:
        """Weigh the best prices that were not weighed yet."""
        self._weigh(None)

    def _weigh(self, stop: Callable[[], bool] | None) -> None:
        """Find the bound of the best prices since the last time, over every arc, and keep it when it is the least.

        Over few arcs they give no more than over all, so where that is too much already nothing is to be found.
        Prices whose weighing is stopped wait for the next.
        """
        if self._drafted is None:
            return
        draft, prices = self._drafted
        found = self._evaluate(prices, self._every, stop) if draft < self.best else draft
        if found is None:
            return
        self._drafted, self._waiting = None, 0
        if found >= self.best:
            return
        self.best, self.a_missing_minute = found, 0
        for price, soft, hard in zip(prices.numbers, self._soft, self._hard, strict=True):
            above = np.maximum(price * prices.unit - soft, 0)
            rises = -(-above // np.maximum(hard, 1))
            self.a_missing_minute = max(self.a_missing_minute, int(rises.max(initial=0, where=hard > 0)))

    def _whole(self, prices: list[Floats]) -> _Whole:
        """Return prices as whole numbers of a unit of price that keeps every path below `MOST`."""
        hard = sum(float(p.sum(where=h > 0)) for p, h in zip(prices, self._hard, strict=True) if h.any())
        unit, beyond = int((self._most_soft + hard) // MOST) + 1, 0
        numbers = [np.empty(p.shape, dtype=np.int64) for p in prices]
        for i, (price, soft, counted, number) in enumerate(
            zip(prices, self._soft, self._counted, numbers, strict=True)
        ):
            falling = self._falling.get(i)
            if falling is None:
                beyond += int(whole(price, soft, counted, unit, number))
            else:
                beyond += int(whole_stepped(price, *falling, unit, counted, number))
        return _Whole(unit, numbers, beyond)

    def _evaluate(self, prices: _Whole, arcs: Arcs, stop: Callable[[], bool] | None) -> int | None:
        """Return what `prices` give over `arcs`, or None when stopped; ``self._used`` then counts their paths."""
        unit, cells, total = prices.unit, repriced(self._cells, prices.numbers), prices.beyond + self._sure
        for layer in LAYERS:
            getattr(self._used, layer)[...] = 0
        gains = gains_of(cells)
        choices: dict[int, Choice] = {}
        for block in self._blocks:
            if stop is not None and stop():
                return None
            states = self._states[block.unit.size]
            belongs = block.belongs // unit
            left_over = block.belongs - belongs * unit
            minutes = np.arange(gains.standing.shape[1], dtype=np.int32)[:, None]
            standing = gains.standing[block.mode] + minutes * belongs.astype(np.int32)[None, :]
            offers_of(cells, gains, standing, self._grid, self._offers)
            price_lanes(cells, self._offers, arcs, self._grid, self._fleet, block, standing, states)
            for lane in range(block.unit.size):
                if not block.ends[lane]:
                    continue
                u = block.unit[lane]
                if arcs is not self._every and self._is_cut_off(states, u, lane):
                    self._drafts = self._few if arcs is self._fewest else self._every
                    return self._evaluate(prices, self._drafts, stop)
                value, n = trace(
                    cells, self._offers, self._legs, self._grid, self._fleet, block, standing, states, lane
                )
                shift = int(self._fleet.end[u] - self._fleet.start[u])
                more = shift * int(left_over.max(initial=0))
                worth, units = int(value) * unit + more, self._units[u]
                if units:
                    self._count(cells, u, states.stops, n, units)
                    total += worth * int(units)
                if self._allotment.called[u]:
                    wait = best_wait(self._fleet, u, self._legs[block.mode], self._grid, self._standing(u, standing))
                    choices[u] = Choice(worth, states.stops[:n].copy(), wait.worth * unit + more, wait.stops)
        for u, stops, units, worth in self._allotment.best(choices):
            self._count(cells, u, stops, len(stops), units)
            total += worth * int(units)
        return total

    def _is_cut_off(self, states: States, u: int, lane: int) -> bool:
        """Whether a class of units has no time for the detours that few arcs ask for."""
        end = int(self._fleet.end[u]) // self._grid, int(self._fleet.destination[u]), lane
        return bool(max(states.done[end], states.fresh[end]) < 0)

    def _count(self, cells: Cells, u: int, stops: Small, n: int, units: np.int64) -> None:
        """Count for so many units of class `u` what the first `n` of `stops` cover."""
        count_trip(cells, self._used, self._fleet, self._routes, u, stops, n, units)

    def _standing(self, u: int, standing: Small) -> dict[int, Ints]:
        """Return what it is worth to have stood where a unit of class `u` may be on call, from minute 0 on."""
        return {place: standing[:, place].astype(np.int64) for place in places_of(self._fleet, u)}

    def _move(self, found: int, value: int) -> None:
        """Move the prices against the subgradient."""
        layers = [i for i, weightless in enumerate(self._weightless) if not weightless]
        square = 0.0
        for i in layers:
            square += turned(
                self._prices[i],
                getattr(self._used, LAYERS[i]),
                self._counted[i],
                self._scale[i],
                self._top[i],
                self._direction[i],
                self._square[i],
                self._reach[i],
                _DEFLECTION,
            )
        if square == 0.0:
            return
        length = self._step * (found - value) / square
        for i in layers:
            move(self._prices[i], self._top[i], self._direction[i], self._reach[i], length)


def _most_a_path_earns(cells: Cells, fleet: Roster) -> float:
    """Return more than any path can earn from `cells`, in whatever order it visits what and however often."""
    places, minutes = cells.row_of.size, cells.presence.shape[1]
    standing = counts_of(cells).standing.reshape(-1, places, minutes)
    watched = int(np.diff(cells.watched_at).max(initial=0))
    total = _tops(standing.max(axis=0, initial=0)) + (1 + watched) * _tops(cells.presence)
    for layer, reach in ((cells.linger, cells.lingers), (cells.revisit, cells.everys)):
        # A visit is paid for its own minutes and those it reaches; the next may begin when it has ended.
        visits = [
            -(-(minutes + 1) // int(work)) * _most_within(layer[row], int(far + work))
            for row, work, far in zip(cells.row_of, cells.shortest, reach, strict=True)
            if row >= 0
        ]
        total += max(visits, default=0.0) + _tops(layer)
    most: float = 1.01 * (total + minutes * float(fleet.belongs.max(initial=0))) + 1.0
    return most


def _tops(layer: Ints) -> float:
    """Return the sum over minutes of the heaviest cell in each."""
    total: float = layer.max(axis=0, initial=0).sum(dtype=np.float64)
    return total


def _most_within(row: Ints, minutes: int) -> float:
    """Return the most that so many minutes in a row add up to."""
    sums = np.concatenate([[0.0], np.cumsum(row.astype(np.float64))])
    length = min(max(minutes, 0), row.size)
    most: float = (sums[length:] - sums[: sums.size - length]).max(initial=0.0)
    return most

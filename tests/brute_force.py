"""The exact optimum of a tiny problem, by going through all routes: the oracle of the engines' tests.

Which routes suffice
--------------------
A route is a chain of *stays*: the unit reaches a place, is there in ``[a, b)``, and drives on for exactly
the leg.  Every route that keeps the rules covers no more than one of these:

- Driving for longer than the leg covers the same as driving for the leg and standing by at its end
  (that is how the model places a unit on the road), so legs take their exact time.
- At a hotspot, one visit for all of ``[a, b)`` that lies in one of its windows covers whatever visits and standby
  there do: presence is a superset, lingering and the time until the next visit is due are for a longer visit,
  availability is the same.  Outside the windows, or too short for the dwell, it is standby.  The same goes for a
  stint at a post whose units are available.
- At a post whose units are not available, a stint and standby cover different things, so every way to cut
  the stay into stints and standby is tried (two stints in a row are one).
- A task is done once.  If the unit is available meanwhile it does not matter when in its stay, and it may as well be
  done; if not, every beginning is tried, and not to do it.
- A break splits its stay in two; each part is as above.
- A stretch of street is entered and left on one visit, so a stay there is one visit that ends it, begun as early as it
  may be; until then the unit is on the road, at the end of its leg.
- Locks cut a shift: the unit is where a lock begins when it begins, makes its stops, and goes on from where it ends.
- Stays of no length (a place driven through, which a stretch cannot be) are tried too: legs need not keep the triangle
  inequality, and on the road a unit counts from the nearer end of each leg.

What a route covers only ever adds to what the others cover, so among routes with the same place, time and
break behind them, one whose cells are a subset of another's can be dropped: the other can go on in the same
way.  Routes of different units are then combined by depth-first search, cut off where even the best route of
every unit left, counted in full, cannot beat the best found (cover is submodular).  Where only some units go out, the
routes of a unit on call are found apart and kept beside all others, and choices of too many others are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache

import numpy as np

from solver.plan import Route, Stop
from solver.problem import Problem, Unit
from solver.weights import weights
from tests.naive_score import (
    Cell,
    cell_steps,
    is_task,
    is_visit,
    leg_cells,
    leg_minutes,
    may_work,
    naive_score,
    stop_cells,
)
from tests.problems import tiny_problem

MOST = 60_000
"""Chains of stays of one unit beyond which a problem is too large: few have as many, and take a minute and more."""

Piece = tuple[str, int, int]
"""(kind, arrive, leave) of a stop within a stay."""

Chain = tuple["Chain", int, tuple[Piece, ...]] | None
"""Stays so far, the last one first: (those before, place, its stops)."""

States = dict[tuple[int, int, bool, int], dict[int, Chain]]
"""Chains by the cells that they cover, at each (minute, place, break taken, locks held)."""


class TooLargeError(ValueError):
    """The problem is too large for brute force."""


def best(problem: Problem) -> tuple[int, int, tuple[Route, ...]]:
    """Return the fewest unit-minutes missing, the highest value with so few, and routes that reach both.

    Raises
    ------
    TooLargeError
        When the problem is too large for this.
    """
    if not problem.units:
        return (*naive_score(problem, ())[:2], ())
    cells = _Cells(problem)
    group_of = {u: g for g, callout in enumerate(problem.callouts) for u in callout.units}
    fleets = [_Routes(problem, unit, cells).all() for unit in problem.units]
    waiting = [_Waits(problem, unit, cells).all() if u in group_of else [] for u, unit in enumerate(problem.units)]
    out = [[u in group_of] * len(fleet) + [False] * len(waiting[u]) for u, fleet in enumerate(fleets)]
    fleets = [[*fleet, *more] for fleet, more in zip(fleets, waiting, strict=True)]
    rows, steps = cells.table([[mask for mask, _ in fleet] for fleet in fleets])
    chosen = _combine(rows, steps, _Quota(out, group_of, [callout.most for callout in problem.callouts]))
    routes = tuple(
        Route(unit.callsign, fleet[i][1]) for unit, fleet, i in zip(problem.units, fleets, chosen, strict=True)
    )
    missing, value, _ = naive_score(problem, routes)
    return missing, value, routes


@cache
def solved(seed: int, *, steps: int = 12) -> tuple[Problem, int, int]:
    """Return the first tiny problem drawn from `seed` that is not too large, with its best missing and value."""
    rng = np.random.default_rng(seed)
    while True:
        problem = tiny_problem(rng, steps=steps)
        with suppress(TooLargeError):
            missing, value, _ = best(problem)
            return problem, missing, value


class _Cells:
    """Numbers the cells, so that a set of them is the bits of an integer."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.worth = weights(problem)
        self.index: dict[Cell, int] = {}
        self.steps: dict[Cell, list[int]] = {}

    def mask(self, cells: Iterator[Cell]) -> int:
        """Return the bits of the cells that are worth anything."""
        bits = 0
        for cell in cells:
            if any(self._steps(cell)):
                bits |= 1 << self.index.setdefault(cell, len(self.index))
        return bits

    def _steps(self, cell: Cell) -> list[int]:
        """Return what each unit that covers a cell adds to the objective, the first, the second and so on."""
        if cell not in self.steps:
            layer, steps = cell_steps(self.problem, cell, len(self.problem.units))
            # One missing unit-minute is worth more than all else together.
            factor = self.worth.full + 1 if layer == "missing" else self.worth.multipliers[layer]
            self.steps[cell] = [step * factor for step in steps]
        return self.steps[cell]

    def table(self, fleets: list[list[int]]) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the routes' cells as 0 and 1, by fleet (R, K), and what each unit that covers one adds (units, K).

        Cells that the same routes cover are one column.
        """
        size = len(self.index)
        rows = [[[mask >> k & 1 for k in range(size)] for mask in fleet] for fleet in fleets]
        tables = [np.array(fleet, dtype=np.int64).reshape(len(fleet), size) for fleet in rows]
        steps = np.array([self._steps(cell) for cell in self.index], dtype=object).reshape(size, len(fleets))
        groups: dict[bytes, list[int]] = {}
        joined = np.concatenate(tables).T
        for k in range(size):
            groups.setdefault(joined[k].tobytes(), []).append(k)
        first = [ks[0] for ks in groups.values()]
        summed = [steps[ks].sum(axis=0) for ks in groups.values()]
        # Exact: every step is an integer, and all together stay below 2**63.
        if sum(int(step) for row in summed for step in row) >= 2**63:
            raise TooLargeError("too large for brute force: the weights overflow")
        table = np.array(summed, dtype=np.int64).reshape(len(first), len(fleets)).T
        return [t[:, first] for t in tables], table


class _Routes:
    """All routes of one unit that may be needed, by dynamic programming over (time, place, break taken)."""

    def __init__(self, problem: Problem, unit: Unit, cells: _Cells) -> None:
        self.problem, self.unit, self.cells = problem, unit, cells
        self.hotspot = {place: i for i, h in enumerate(problem.hotspots) for place in h.places}
        self.post = {q.place: q for q in problem.posts if may_work(problem, unit, q.place)}
        self.task = {k.place: i for i, k in enumerate(problem.tasks)}
        self.stop_mask = lru_cache(None)(self._stop_mask)
        self.leg_mask = lru_cache(None)(self._leg_mask)
        self.chains = 0
        self.locks = problem.locks_of(problem.units.index(unit))

    def all(self) -> list[tuple[int, tuple[Stop, ...]]]:
        """Return cells and stops of the routes, those dropped that another covers."""
        unit, problem = self.unit, self.problem
        paused = unit.break_ is None or any(s.kind == "break" for lock in self.locks for s in lock.stops)
        states: States = {(unit.start, unit.origin, paused, 0): {0: None}}
        final: dict[int, Chain] = {}
        self._hold(states, final, 0, unit.start, unit.origin, paused, 0, None)
        for t in range(unit.start, unit.end + 1, problem.grid):
            for n in range(len(self.locks) + 1):
                for place in range(len(problem.places)):
                    for done in (True, False):
                        here = _undominated(states.pop((t, place, done, n), {}))
                        for mask, chain in here.items():
                            self._go_on(states, final, n, t, place, done, mask, chain)
        found = _undominated(final)
        return [(mask, self._stops(chain)) for mask, chain in found.items()]

    def _go_on(
        self,
        states: States,
        final: dict[int, Chain],
        n: int,
        t: int,
        place: int,
        done: bool,
        mask: int,
        chain: Chain,
    ) -> None:
        """Extend one chain, which holds `n` locks, by every stay and every leg after it, until the next lock."""
        end = self.locks[n].arrive if n < len(self.locks) else self.unit.end
        for leave in range(t, end + 1, self.problem.grid):
            for pieces, taken in self._stays(place, t, leave, done, end if n < len(self.locks) else None):
                stayed = mask
                for piece in pieces:
                    stayed |= self.stop_mask(place, piece)
                link: Chain = (chain, place, pieces)
                self.chains += 1
                if self.chains > MOST:
                    raise TooLargeError(f"too large for brute force: more than {MOST} ways to begin one unit's shift")
                along = self.problem.places[place].exit is not None
                waited, visited = (along and bool(pieces) and pieces[-1][0] == kind for kind in ("standby", "visit"))
                if leave == end and not visited:  # A lock at a stretch begins at its near end.
                    self._hold(states, final, n, leave, place, taken, stayed, link)
                if not waited:
                    self._drive(states, n, leave, place, taken, stayed, link)

    def _drive(self, states: States, n: int, leave: int, place: int, taken: bool, mask: int, link: Chain) -> None:
        """Extend one chain by every leg that ends before the next lock begins."""
        end = self.locks[n].arrive if n < len(self.locks) else self.unit.end
        for to in range(len(self.problem.places)):
            leg = leg_minutes(self.problem, self.unit, place, to)
            if to == place or leg is None or leave + leg > end:
                continue
            road = self.leg_mask(place, to, leave, leave + leg)
            states.setdefault((leave + leg, to, taken, n), {}).setdefault(mask | road, link)

    def _hold(
        self,
        states: States,
        final: dict[int, Chain],
        n: int,
        now: int,
        place: int,
        taken: bool,
        mask: int,
        chain: Chain,
    ) -> None:
        """Extend one chain by the next lock, if it begins here and now, or end it where there is none."""
        if n == len(self.locks):
            if now == self.unit.end and place == self.unit.destination and taken:
                final.setdefault(mask, chain)
            return
        lock = self.locks[n]
        if (now, place) != (lock.arrive, lock.stops[0].place):
            return
        for i, s in enumerate(lock.stops):
            pieces: tuple[Piece, ...] = ((s.kind, s.arrive, s.leave),)
            if i:
                leg = leg_minutes(self.problem, self.unit, place, s.place)
                assert leg is not None
                if s.place != place:
                    mask |= self.leg_mask(place, s.place, now, now + leg)
                if now + leg < s.arrive:
                    pieces = (("slack", now + leg, s.arrive), *pieces)
            for kind, a, b in pieces:
                mask |= self.stop_mask(s.place, ("standby" if kind == "slack" else kind, a, b))
            chain = (chain, s.place, pieces)
            now, place = s.leave, s.place
        if self.problem.places[place].exit is not None:
            self._drive(states, n + 1, now, place, taken, mask, chain)
        elif now < self.unit.end:
            states.setdefault((now, place, taken, n + 1), {}).setdefault(mask, chain)
        self._hold(states, final, n + 1, now, place, taken, mask, chain)

    def _stays(
        self, place: int, start: int, end: int, done: bool, lock: int | None
    ) -> Iterator[tuple[tuple[Piece, ...], bool]]:
        """Yield the stops that fill ``[start, end)`` at a place, and whether the break is taken then.

        `lock` is when the next lock begins; for one at a stretch the unit waits at its near end.
        """
        if self.problem.places[place].exit is not None:
            if end == lock:
                yield ((("standby", start, end),) if start < end else ()), done
            yield from ((pieces, done) for pieces in self._along(place, start, end))
            return
        for pieces in self._fill(place, start, end):
            yield pieces, done
        rule = self.unit.break_
        if done or rule is None or place not in rule.places:
            return
        for begin in range(start, end - rule.minutes + 1, self.problem.grid):
            after = begin + rule.minutes
            if begin < rule.earliest or after > rule.latest:
                continue
            for first in self._fill(place, start, begin):
                for last in self._fill(place, after, end):
                    yield (*first, ("break", begin, after), *last), True

    def _along(self, place: int, start: int, end: int) -> Iterator[tuple[Piece, ...]]:
        """Yield the visit of a stretch that ends a stay, after the time on the road to it."""
        i = self.hotspot[place]
        for opens, closes in self.problem.hotspots[i].windows or ((start, end),):
            begin = max(start, opens)
            if end <= closes and is_visit(self.problem, self.unit, i, place, begin, end):
                yield tuple(p for p in (("standby", start, begin), ("visit", begin, end)) if p[1] < p[2])

    def _fill(self, place: int, start: int, end: int) -> Iterator[tuple[Piece, ...]]:
        """Yield the stops, none of them a break, that fill ``[start, end)`` at a place."""
        if start == end:
            yield ()
            return
        post = self.post.get(place)
        if post is not None and not post.available:
            yield from self._cut(post.stint, start, end, None)
        elif post is not None and end - start >= post.stint:
            yield (("stint", start, end),)
        elif place in self.hotspot:
            yield self._visits(place, start, end)
        elif place in self.task:
            yield from self._around_task(place, start, end)
        else:
            yield (("standby", start, end),)

    def _visits(self, place: int, start: int, end: int) -> tuple[Piece, ...]:
        """Return the longest visits that fit in ``[start, end)``, with standby between them."""
        i, now = self.hotspot[place], start
        pieces: list[Piece] = []
        for opens, closes in self.problem.hotspots[i].windows or ((start, end),):
            arrive, leave = max(start, opens), min(end, closes)
            if is_visit(self.problem, self.unit, i, place, arrive, leave):
                pieces += [("standby", now, arrive), ("visit", arrive, leave)]
                now = leave
        return tuple(p for p in (*pieces, ("standby", now, end)) if p[1] < p[2])

    def _around_task(self, place: int, start: int, end: int) -> Iterator[tuple[Piece, ...]]:
        """Yield the stops that fill ``[start, end)`` at a task, done or not."""
        i = self.task[place]
        task = self.problem.tasks[i]
        for begin in range(start, end - task.minutes + 1, self.problem.grid):
            done = begin + task.minutes
            if is_task(self.problem, self.unit, i, place, begin, done):
                pieces = (("standby", start, begin), ("task", begin, done), ("standby", done, end))
                yield tuple(p for p in pieces if p[1] < p[2])
                if task.available:
                    return
        yield (("standby", start, end),)

    def _cut(self, stint: int, start: int, end: int, before: str | None) -> Iterator[tuple[Piece, ...]]:
        """Yield every way to cut ``[start, end)`` into stints and standby, no two of a kind in a row."""
        if start == end:
            yield ()
            return
        for kind, least in (("standby", self.problem.grid), ("stint", stint)):
            if kind != before:
                for until in range(start + least, end + 1, self.problem.grid):
                    for rest in self._cut(stint, until, end, kind):
                        yield ((kind, start, until), *rest)

    def _stop_mask(self, place: int, piece: Piece) -> int:
        """Return the cells of one stop."""
        return self.cells.mask(stop_cells(self.problem, self.unit, place, *piece))

    def _leg_mask(self, start: int, end: int, leave: int, arrive: int) -> int:
        """Return the cells of one leg."""
        return self.cells.mask(leg_cells(self.problem, self.unit, start, end, leave, arrive))

    def _stops(self, chain: Chain) -> tuple[Stop, ...]:
        """Return the stops of a chain; a stay of no length is standby, standby at a stretch is on the road to it."""
        stays = []
        while chain is not None:
            stays.append(chain)
            chain = chain[0]
        stops: list[Stop] = []
        now = self.unit.start
        before: int | None = None
        for _, place, pieces in reversed(stays):
            if before is not None:
                leg = leg_minutes(self.problem, self.unit, before, place)
                assert leg is not None
                now += leg
            for kind, arrive, leave in pieces or (("standby", now, now),):
                at_near_end = kind == "standby" and self.problem.places[place].exit is not None
                if kind != "slack" and not at_near_end:
                    stops.append(Stop(self.problem.places[place].name, kind, arrive, leave))
                now = leave
            before = place
        return tuple(stops)


class _Waits:
    """The routes of one unit on call: standby where its shift begins, then where it ends, and its break.

    To a break elsewhere it drives as late as it can, and from there to one of its stations.  All are gone through.
    """

    def __init__(self, problem: Problem, unit: Unit, cells: _Cells) -> None:
        self.problem, self.unit, self.cells = problem, unit, cells
        self.found: dict[int, tuple[Stop, ...]] = {}

    def all(self) -> list[tuple[int, tuple[Stop, ...]]]:
        """Return cells and stops of the routes, those dropped that another covers."""
        self._go_on(self.unit.start, self.unit.origin, self.unit.break_ is None, 0, ())
        return [(mask, stops) for mask, stops in _undominated(self.found).items()]  # type: ignore[arg-type, misc]

    def _go_on(self, now: int, place: int, done: bool, mask: int, stops: tuple[Stop, ...]) -> None:
        """Stand by at a station for any time, and then do any of what may come next."""
        unit = self.unit
        for until in range(now, unit.end + 1, self.problem.grid):
            here = mask | self._cells(place, "standby", now, until)
            waited = (*stops, Stop(self.problem.places[place].name, "standby", now, until))
            if until == unit.end and place == unit.destination and done:
                self.found.setdefault(here, waited)
            for there, covered in self._drive(place, unit.destination, until):
                if place != unit.destination:
                    self._go_on(there, unit.destination, done, here | covered, waited)
            if not done:
                self._pause(until, place, here, waited)

    def _pause(self, now: int, place: int, mask: int, stops: tuple[Stop, ...]) -> None:
        """Go to the break, begun on arrival, and on to the station from which it came, or to its last."""
        rule = self.unit.break_
        assert rule is not None
        for at in rule.places:
            for begin, out in self._drive(place, at, now):
                end = begin + rule.minutes
                if begin < rule.earliest or end > rule.latest:
                    continue
                taken = (*stops, Stop(self.problem.places[at].name, "break", begin, end))
                for home in {place, self.unit.destination}:
                    for there, back in self._drive(at, home, end):
                        self._go_on(there, home, True, mask | out | back, taken)

    def _drive(self, start: int, end: int, leave: int) -> Iterator[tuple[int, int]]:
        """Yield when it is there and the cells on the way, if there is a way, and time for it."""
        leg = 0 if start == end else leg_minutes(self.problem, self.unit, start, end)
        if leg is not None and leave + leg <= self.unit.end:
            cells = leg_cells(self.problem, self.unit, start, end, leave, leave + leg) if leg else iter(())
            yield leave + leg, self.cells.mask(cells)

    def _cells(self, place: int, kind: str, arrive: int, leave: int) -> int:
        """Return the cells of one stop."""
        return self.cells.mask(stop_cells(self.problem, self.unit, place, kind, arrive, leave))


class _Quota:
    """Of which routes of each unit at most how many may be chosen: `out` says by unit and route whether it counts."""

    def __init__(self, out: list[list[bool]], group_of: dict[int, int], most: list[int]) -> None:
        self.out, self.group_of, self.most = out, group_of, most

    def allows(self, picks: list[int]) -> bool:
        """Return whether routes of the first units keep to it."""
        counts = [0] * len(self.most)
        for u, i in enumerate(picks):
            if self.out[u][i]:
                counts[self.group_of[u]] += 1
        return all(count <= most for count, most in zip(counts, self.most, strict=True))


def _undominated(chains: dict[int, Chain]) -> dict[int, Chain]:
    """Return the chains whose cells are no subset of another's."""
    kept: dict[int, Chain] = {}
    words = max(-(-max(map(int.bit_length, chains), default=0) // 64), 1)
    lacking = np.empty((len(chains), words), dtype=np.uint64)
    for mask in sorted(chains, key=int.bit_count, reverse=True):
        cells = np.frombuffer(mask.to_bytes(8 * words, "little"), dtype=np.uint64)
        covered_by = ~(lacking[: len(kept)] & cells).any(axis=1)
        if not covered_by.any():
            lacking[len(kept)] = ~cells
            kept[mask] = chains[mask]
    return kept


def _combine(rows: list[np.ndarray], steps: np.ndarray, quota: _Quota) -> list[int]:
    """Return one route a unit, such that together they cover the most."""
    columns = np.arange(steps.shape[1])
    alone = [r @ steps[0] for r in rows]
    rest = [sum(int(a.max()) for a in alone[i:]) for i in range(len(rows) + 1)]
    record, chosen = -1, [0] * len(rows)

    def search(unit: int, counts: np.ndarray, value: int, picks: list[int]) -> None:
        nonlocal record, chosen
        gains = rows[unit] @ steps[counts, columns]
        for i in np.argsort(-gains, kind="stable").tolist():
            if value + int(gains[i]) + rest[unit + 1] <= record:
                return
            if not quota.allows([*picks, i]):
                continue
            if unit + 1 == len(rows):
                record, chosen = value + int(gains[i]), [*picks, i]
                return
            search(unit + 1, counts + rows[unit][i], value + int(gains[i]), [*picks, i])

    search(0, np.zeros_like(columns), 0, [])
    return chosen

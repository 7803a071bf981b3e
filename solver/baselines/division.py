"""Beats: hotspots and tasks divided among the units by travel time and risk.

Beats grow: the unit that has least, by minutes of work and by risk, takes what is nearest to its beat by its own mode,
until all is given out.  Each begins with a hotspot near its unit's station and far from the beats of the others, those
of the slowest first.  Then units exchange what lies nearer to each other's beats, as long as neither has more to do for
that.  It is not the best division that there is, but one such as is drawn up on a map in an afternoon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.baselines.clerk import NEVER, Clerk
from solver.problem import UNREACHABLE, IntArray

CATCHMENT = 2
"""A beat begins with one of the hotspots nearest to its station: so many times as a beat has on average."""

SLACK = 1.1
"""An exchange may make neither beat heavier than the heavier of both was, but for so much."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def divide(clerk: Clerk) -> list[list[int]]:
    """Return the beat of each unit: targets (see `solver.baselines.clerk`).

    What no unit may work at, or can be at and home in time, is in no beat; units that stay on call have none.  A
    hotspot that can be driven along either way is one, its first target.
    """
    division = _Division(clerk)
    division.grow()
    division.exchange()
    return division.beats()


def far_legs(legs: IntArray) -> Ints:
    """Return legs with `NEVER` where there is no way."""
    return np.where(legs == UNREACHABLE, NEVER, legs).astype(np.int64)


class _Division:
    """Whose each target is (`owner`, -1 for nobody's), and how much that makes a unit's `load`."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, targets, units = clerk, clerk.targets, clerk.problem.units
        between = {mode: far_legs(legs[np.ix_(targets.place, targets.place)]) for mode, legs in clerk.legs.items()}
        self.apart = {mode: legs + legs.T for mode, legs in between.items()}
        self.modes = [unit.mode for unit in units]
        shape = len(units), targets.place.size
        self.out = np.array([far_legs(clerk.legs[u.mode][u.origin, targets.place]) for u in units]).reshape(shape)
        home = np.array([far_legs(clerk.legs[u.mode][targets.place, u.destination]) for u in units]).reshape(shape)
        shift = np.array([u.duty for u in units], dtype=np.int64)
        self.able = clerk.may & (self.out + targets.minutes + home <= shift[:, None]) & _first(clerk) & ~clerk.done
        patrols = {gap.unit for gap in clerk.duties.gaps()}
        self.able[[u for u in range(len(units)) if u not in patrols]] = False
        # Half of a target's burden is its share of the time that all take, half that of all risk.
        self.burden = (targets.minutes / max(targets.minutes.sum(), 1) + _shares(clerk)) / 2
        self.worth = np.maximum(shift, 1) / max(shift.max(initial=1), 1)
        self.owner = np.full(shape[1], -1)
        self.load = np.zeros(shape[0])

    def beats(self) -> list[list[int]]:
        """Return the targets of each unit."""
        return [np.flatnonzero(self.owner == u).tolist() for u in range(len(self.modes))]

    def grow(self) -> None:
        """Give everything out."""
        left: Flags = np.asarray(self.able.any(axis=0))
        near = np.full(self.able.shape, 2 * NEVER + 1)
        pace = {mode: float(np.median(apart)) if apart.size else 0.0 for mode, apart in self.apart.items()}
        many = -(-CATCHMENT * int(left.sum()) // max(int(self.able.any(axis=1).sum()), 1))
        for u in sorted(range(len(self.modes)), key=lambda u: -pace[self.modes[u]]):
            mine = np.flatnonzero(self.able[u] & left)
            if mine.size:
                nearest = mine[np.argsort(self.out[u, mine], kind="stable")[:many]]
                begun = np.flatnonzero(self.owner >= 0)
                away = self.apart[self.modes[u]][begun][:, nearest].min(axis=0, initial=2 * NEVER)
                self._give(u, int(nearest[np.argmax(away)]), left, near)
        while left.any():
            u = int(np.argmin(np.where((self.able & left).any(axis=1), self.load, np.inf)))
            self._give(u, int(np.argmin(np.where(self.able[u] & left, near[u], 2 * NEVER + 2))), left, near)

    def _give(self, u: int, i: int, left: Flags, near: Ints) -> None:
        """Give target `i`, one of those `left`, to unit `u`; `near` (U, N) is how near targets are to beats."""
        self.owner[i], left[i] = u, False
        self.load[u] += self.burden[i] / self.worth[u]
        near[u] = np.minimum(near[u], self.apart[self.modes[u]][i])

    def exchange(self) -> None:
        """Exchange targets, those first by which most is won, until nothing is won."""
        given = np.flatnonzero(self.owner >= 0)
        for _ in range(given.size):
            won = np.triu(self._won(given))
            pairs = np.argwhere(won > 0)
            if not pairs.size:
                return
            changed: set[int] = set()
            for i, j in pairs[np.argsort(-won[won > 0], kind="stable")].tolist():
                a, b = int(given[i]), int(given[j])
                both = {int(self.owner[a]), int(self.owner[b])}
                # What others win by is known anew when these two have changed.
                if not changed & both:
                    changed |= both
                    self._swap(a, b)

    def _swap(self, a: int, b: int) -> None:
        """Let two targets change places."""
        for one, other in ((a, b), (b, a)):
            u = self.owner[one]
            self.load[u] += (self.burden[other] - self.burden[one]) / self.worth[u]
        self.owner[a], self.owner[b] = self.owner[b], self.owner[a]

    def _won(self, given: Ints) -> Ints:
        """Return the minutes between the targets of beats that are won when two change places, by both; 0 if not."""
        owner = self.owner[given]
        member = owner[:, None] == np.arange(len(self.modes))
        into = np.zeros((given.size, given.size), dtype=np.int64)
        pair = np.zeros_like(into)
        for mode, apart in self.apart.items():
            theirs = np.array([self.modes[u] == mode for u in owner.tolist()], dtype=np.bool_)
            mine = apart[np.ix_(given, given)]
            # Minutes from each target to all of the beat that another one is in, and to that other one.
            into[:, theirs] = (mine.astype(np.float64) @ member)[:, owner[theirs]]
            pair[:, theirs] = mine[:, theirs]
        own = np.diagonal(into)
        won: Ints = own[:, None] + own[None, :] - (into - pair) - (into - pair).T
        able = self.able[owner][:, given]
        won[~(able & able.T) | (owner[:, None] == owner[None, :])] = 0
        load, worth, burden = self.load[owner], self.worth[owner], self.burden[given]
        after = load[:, None] + (burden[None, :] - burden[:, None]) / worth[:, None]
        won[np.maximum(after, after.T) > SLACK * np.maximum(load[:, None], load[None, :])] = 0
        return won


def _first(clerk: Clerk) -> Flags:
    """Return which targets are the first of their hotspot or task, shape (N,)."""
    task, row = clerk.targets.task, clerk.targets.row
    first = np.ones(row.size, dtype=np.bool_)
    first[1:] = (task[1:] != task[:-1]) | (row[1:] != row[:-1])
    return first


def _shares(clerk: Clerk) -> Floats:
    """Return the share of each target of all risk or, where there is none, of all profit, shape (N,)."""
    problem, targets = clerk.problem, clerk.targets
    length = np.diff(problem.slots)
    risk = np.array([float(length @ np.array(h.risk)) for h in problem.hotspots])
    profit = np.array([float(k.profit) for k in problem.tasks])
    shares = np.zeros(targets.row.size)
    for worth, mine in ((risk, ~targets.task), (profit, targets.task)):
        if mine.any() and worth.sum() > 0:
            shares[mine] = worth[targets.row[mine]] / worth.sum()
    return shares

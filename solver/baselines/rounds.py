"""Beats: hotspots and tasks divided among the units by travel time and risk, each beat in the order of a short round.

Beats grow: the unit that has least, by minutes of work and by risk, takes what is nearest to its beat by its own mode,
until all is given out.  Each begins with a hotspot near its unit's station and far from the beats of the others, those
of the slowest first.  The order of the round is made by cheapest insertion (Rosenkrantz, Stearns and Lewis 1977,
doi:10.1137/0206041).  It is not the best division that there is, but one that is drawn up in a minute.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solver.baselines.clerk import NEVER, Clerk
from solver.problem import UNREACHABLE

CATCHMENT = 2
"""A beat begins with one of the hotspots nearest to its station: so many times as a beat has on average."""


def rounds(clerk: Clerk) -> list[list[int]]:
    """Return the beat of each unit: targets (see `solver.baselines.clerk`) in the order in which it drives them.

    What no unit may work at, or can be at and home in time, is in no beat; units that stay on call have none.
    """
    growth = _Growth(clerk)
    growth.run()
    return [_in_order(clerk, u, beat) for u, beat in enumerate(growth.beats)]


class _Growth:
    """The beats as they grow; a hotspot that can be driven along either way is one, its first target."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, problem, targets = clerk, clerk.problem, clerk.targets
        units = problem.units
        self.legs = [_far(clerk.legs[u.mode][np.ix_(targets.place, targets.place)]) for u in units]
        out = [_far(clerk.legs[u.mode][u.origin, targets.place]) for u in units]
        home = [_far(clerk.legs[u.mode][targets.place, u.destination]) for u in units]
        self.out = np.array(out, dtype=np.int64).reshape(len(units), -1)
        spare = self.out + targets.minutes + np.array(home, dtype=np.int64).reshape(len(units), -1)
        shift = np.array([u.duty for u in units], dtype=np.int64)
        patrols = {gap.unit for gap in clerk.duties.gaps()}
        first = np.ones(targets.place.size, dtype=np.bool_)
        first[1:] = (targets.task[1:] != targets.task[:-1]) | (targets.row[1:] != targets.row[:-1])
        self.able = clerk.may & (spare <= shift[:, None]) & first & ~clerk.done
        self.able[[u for u in range(len(units)) if u not in patrols]] = False
        self.weight = self._weights()
        self.shift = np.maximum(shift, 1)
        self.load = np.zeros(len(units))
        self.near = np.full(self.out.shape, NEVER, dtype=np.int64)
        self.beats: list[list[int]] = [[] for _ in units]

    def _weights(self) -> NDArray[np.float64]:
        """Return the share of each target of all risk, or of all profit."""
        problem, task = self.clerk.problem, self.clerk.targets.task
        length = np.diff(problem.slots)
        risk = np.array([float(length @ np.array(h.risk)) for h in problem.hotspots])
        profit = np.array([float(k.profit) for k in problem.tasks])
        row = self.clerk.targets.row
        weight = np.zeros(row.size)
        for worth, mine in ((risk, ~task), (profit, task)):
            weight[mine] = worth[row[mine]] / max(worth.sum(), 1.0) if mine.any() else 0.0
        return weight

    def run(self) -> None:
        """Give everything out."""
        left: NDArray[np.bool_] = np.asarray(self.able.any(axis=0))
        many = -(-CATCHMENT * int(left.sum()) // max(int(self.able.any(axis=1).sum()), 1))
        begun: list[int] = []
        for u in sorted(range(len(self.beats)), key=lambda u: -float(np.median(self.out[u])) if left.any() else 0):
            mine = np.flatnonzero(self.able[u] & left)
            if mine.size:
                nearest = mine[np.argsort(self.out[u, mine], kind="stable")[:many]]
                apart = self.legs[u][begun][:, nearest].min(axis=0, initial=NEVER)
                self._give(u, int(nearest[np.argmax(apart)]), left)
                begun.append(self.beats[u][0])
        while left.any():
            able = (self.able & left).any(axis=1)
            u = int(np.argmin(np.where(able, self.load, np.inf)))
            near = np.where(self.able[u] & left, self.near[u], NEVER + 1)
            self._give(u, int(np.argmin(near)), left)

    def _give(self, u: int, i: int, left: NDArray[np.bool_]) -> None:
        """Give target `i` to unit `u`."""
        beat, minutes = self.beats[u], self.clerk.targets.minutes
        leg = int(self.near[u, i]) if beat else 0
        share = self.weight[i] * left.size
        self.load[u] += (min(leg, int(self.shift[u])) + int(minutes[i])) / self.shift[u] * (1 + share)
        beat.append(i)
        left[i] = False
        self.near[u] = np.minimum(self.near[u], self.legs[u][i])


def _in_order(clerk: Clerk, u: int, beat: Sequence[int]) -> list[int]:
    """Return the targets of a beat in the order of a short round, begun where the unit is first."""
    targets, unit = clerk.targets, clerk.problem.units[u]
    legs = clerk.legs[unit.mode]
    far = _far(legs)
    order: list[int] = []
    for i in beat:
        ways = np.flatnonzero((targets.task == targets.task[i]) & (targets.row == targets.row[i]))
        best: tuple[int, int, int] | None = None
        for way in ways.tolist():
            if not clerk.may[u, way]:
                continue
            here = targets.place[order]
            into, onward = far[here, targets.place[way]], far[targets.place[way], np.roll(here, -1)]
            longer = into + onward - far[here, np.roll(here, -1)] if len(order) > 1 else into + onward
            at = int(np.argmin(longer)) if order else 0
            option = (int(longer[at]) if order else 0, at, way)
            best = option if best is None or option < best else best
        if best is not None:
            order.insert(best[1] + 1, best[2])
    if not order:
        return order
    begin = int(np.argmin(far[unit.origin, targets.place[order]]))
    return [*order[begin:], *order[:begin]]


def _far(legs: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return legs with `NEVER` where there is no way."""
    return np.where(legs == UNREACHABLE, NEVER, legs).astype(np.int64)

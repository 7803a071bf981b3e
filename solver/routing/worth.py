"""What visits are worth beside what other units do: what a unit covers on them that nobody else does.

The routing library gives a stop one worth, whenever it is made and whatever else its units do.  So it is the mean over
the begins of the stop's window.  What units that the library plans together cover twice is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.busy import steps_of
from solver.weights import weights
from solver.whereabouts import stands, stints, visits, whereabouts

if TYPE_CHECKING:
    from solver.plan import Route
    from solver.problem import Problem
    from solver.routing.jobs import Choice

Floats = NDArray[np.float64]

_LAYERS = ("response", "backup")


class _Sums(NamedTuple):
    """What is earned before each minute: by presence and lingering (H, T + 1), by being at a place (P, T + 1)."""

    presence: Floats
    lingering: Floats
    place: Floats


class Worth:
    """What the minutes of visits are worth in `problem`."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        multipliers, slot, slots = weights(problem).multipliers, problem.slot_of, len(problem.slots) - 1
        self._hotspot = {place: i for i, h in enumerate(problem.hotspots) for place in h.places}
        risk = np.array([h.risk for h in problem.hotspots], dtype=np.float64).reshape(-1, slots)[:, slot]
        rho = np.array([h.rho for h in problem.hotspots], dtype=np.float64)[:, None]
        self._presence = (100 - rho) * risk * multipliers["presence"]
        self._lingering = rho * risk * multipliers["presence"]
        demand = np.array([d.demand for d in problem.demand], dtype=np.float64).reshape(-1, slots)[:, slot]
        self._demand = {layer: demand * multipliers[layer] for layer in _LAYERS}
        steps = steps_of(problem)._asdict()
        # What the n-th further unit near a demand point adds, by number of units before it and minute.
        self._steps = {
            layer: np.concatenate((steps[layer], np.zeros_like(steps[layer][:1])))[:, slot] for layer in _LAYERS
        }
        within = {"response": [d.standard for d in problem.demand], "backup": [d.backup for d in problem.demand]}
        # By layer and mode, whether a unit at a place is near enough to a demand point (P, D).
        self._near = {
            (layer, mode): ((reach >= 0) & (reach <= np.array(within[layer], dtype=np.int64))).astype(np.float64)
            for layer in _LAYERS
            for mode, reach in problem.reach.items()
        }

    def alone(self, choices: Sequence[Choice]) -> list[Choice]:
        """Return `choices` with what they are worth while nobody does anything, being near to demand left out.

        All units would go to where most demand is, if that counted for each of them.
        """
        sums = self._sums((), ())
        return [replace(c, value=c.own + self._covers(c, sums)) for c in choices]

    def beside(self, routes: Iterable[Route], choices: Sequence[Choice], units: Sequence[int]) -> list[Choice]:
        """Return `choices` with what they are worth, done by `units`, beside `routes` of other units."""
        sums = self._sums(routes, units)
        return [replace(c, value=c.own + self._covers(c, sums)) for c in choices]

    def _covers(self, choice: Choice, sums: _Sums) -> int:
        """Return what a choice covers on the mean over its begins; of what is no visit that is not asked."""
        job = choice.jobs[0]
        if job.kind != "visit":
            return 0
        begins = np.arange(job.first, job.last + 1, self._problem.grid)
        hotspot = self._hotspot[job.place]

        def mean(row: Floats, minutes: int) -> float:
            return float((row[np.minimum(begins + minutes, row.size - 1)] - row[begins]).mean())

        covers = mean(sums.presence[hotspot], job.minutes) + mean(sums.lingering[hotspot], choice.lingers)
        return int(covers + max(mean(sums.place[job.place], job.minutes), 0.0))

    def _sums(self, routes: Iterable[Route], units: Sequence[int]) -> _Sums:
        """Return what is earned before each minute by `units` beside `routes`."""
        problem = self._problem
        minutes = problem.minutes
        present, lingering = (np.zeros((len(problem.hotspots), minutes), dtype=np.bool_) for _ in range(2))
        changes = {layer: np.zeros((minutes + 1, len(problem.demand))) for layer in _LAYERS}
        for who in whereabouts(problem, routes):
            for h, arrive, leave in visits(problem, who):
                present[h, arrive:leave] = True
                lingering[h, arrive : leave + problem.hotspots[h].linger] = True
            for q, arrive, leave in stints(problem, who):
                present[list(problem.posts[q].watches), arrive:leave] = True
            for s in stands(problem, who, problem.legs(who.unit.mode)):
                for layer, change in changes.items():
                    near = self._near[layer, who.unit.mode][s.place]
                    change[s.start] += near
                    change[s.end] -= near
        return _Sums(
            _before(self._presence * ~present),
            _before(self._lingering * ~lingering),
            _before(self._of_places(changes, units)),
        )

    def _of_places(self, changes: dict[str, Floats], units: Sequence[int]) -> Floats:
        """Return what a unit at a place covers by being there, more than at others, by place and minute (P, T).

        `changes` (T + 1, D) are those of the number of other units that are near each demand point.
        """
        modes = [self._problem.units[u].mode for u in units]
        earned: Floats = np.zeros((len(self._problem.places), self._problem.minutes))
        for layer, change in changes.items():
            near = np.cumsum(change, axis=0)[:-1].T
            steps = self._steps[layer]
            count = np.clip(np.rint(near).astype(np.int64), 0, len(steps) - 1)
            uncovered = self._demand[layer] * steps[count, np.arange(steps.shape[1])]
            for mode in sorted(set(modes)):
                earned += self._near[layer, mode] @ uncovered * (modes.count(mode) / len(modes))
        # A unit is somewhere at all times, on the road too.
        earned -= earned.mean(axis=0)
        return earned


def _before(earned: Floats) -> Floats:
    """Return the sums of what is earned before each minute (T + 1 of them) by row."""
    return np.concatenate((np.zeros((earned.shape[0], 1)), np.cumsum(earned, axis=1)), axis=1)

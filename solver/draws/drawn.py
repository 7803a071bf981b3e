"""A draw: plans to choose tonight's from by lot, with their chances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solver.draws.chances import equal_chances
from solver.draws.guessing import Forecast, forecast
from solver.plan import Plan
from solver.problem import Problem


@dataclass(frozen=True)
class Draw:
    """Plans of one problem, the best first, that differ from each other.

    Parameters
    ----------
    plans : tuple of Plan
        Of falling value; each has the bound that holds for all.
    chances : tuple of int
        Chance of each, together `solver.draws.chances.WHOLE`.
    seen : tuple of bool arrays of shape (spots, minutes)
        When units are where, of each plan; see `solver.draws.sightings`.
    distances : float array of shape (plans, plans)
        How different they are; see `solver.draws.sightings.distance`.
    within : Fraction
        The loss allowed.
    seed : int
    made : int
        How many plans these were chosen from.
    """

    plans: tuple[Plan, ...]
    chances: tuple[int, ...]
    seen: tuple[NDArray[np.bool_], ...]
    distances: NDArray[np.float64]
    within: Fraction
    seed: int
    made: int

    @cached_property
    def losses(self) -> tuple[float, ...]:
        """What each plan is worth less than the best one, as a share of that."""
        best = self.plans[0].value
        return tuple(1 - plan.value / best if best else 0.0 for plan in self.plans)

    @property
    def below(self) -> tuple[float | None, ...]:
        """How much less than any plan could be each may be worth, at most, as a share of that; None without a bound."""
        return tuple(1 - p.value / p.bound if p.bound else None for p in self.plans)

    @property
    def shares(self) -> tuple[float, ...]:
        """The chances from 0 to 1."""
        whole = sum(self.chances)
        return tuple(chance / whole for chance in self.chances)

    @property
    def expected_loss(self) -> float:
        """The loss to be expected of a draw."""
        return sum(share * loss for share, loss in zip(self.shares, self.losses, strict=True))

    @property
    def mean_distance(self) -> float | None:
        """The mean distance of two plans; None of one plan."""
        return float(self._pairs.mean()) if len(self._pairs) else None

    @property
    def least_distance(self) -> float | None:
        """The distance of the two plans that are most alike; None of one plan."""
        return float(self._pairs.min()) if len(self._pairs) else None

    @property
    def _pairs(self) -> NDArray[np.float64]:
        """The distances of pairs."""
        return self.distances[np.triu_indices(len(self.plans), 1)]

    def forecasts(self, problem: Problem) -> Mapping[str, Forecast]:
        """Return what an observer knows of the best plan alone, of a draw with equal chances, and of this one."""
        return {
            "best_plan": forecast(problem, self.seen[:1], (1,)),
            "equal_chances": forecast(problem, self.seen, equal_chances(len(self.plans))),
            "draw": forecast(problem, self.seen, self.chances),
        }

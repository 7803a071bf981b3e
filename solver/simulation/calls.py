"""The calls of all replications: drawn at random by demand, or given.

The calls of a replication depend on the seed and on its number and on nothing else, so that plans are compared on the
same calls (common random numbers) and a longer simulation begins with the calls of a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from solver.problem import Problem

Ints = NDArray[np.int64]

Spread = Literal["exponential", "lognormal", "fixed"]
SPREADS: tuple[Spread, ...] = ("exponential", "lognormal", "fixed")

LOGNORMAL_CV = 0.7
"""Standard deviation of a lognormal time of service, as a share of its mean."""

PER_UNIT_HOUR = 0.5
"""Calls for each hour that a unit is on duty, where nobody says how many there are."""


@dataclass(frozen=True)
class CallModel:
    """How many calls there are, and what they take.

    Parameters
    ----------
    expected : float
        Calls over the horizon, on average.
    service : float
        Mean seconds that a unit is at the scene.
    spread : str
        ``exponential``, ``lognormal`` with a standard deviation of `LOGNORMAL_CV` of the mean, or ``fixed``.
    serious : float
        Share of the calls that need two units, and come first.
    """

    expected: float
    service: float = 1800.0
    spread: Spread = "lognormal"
    serious: float = 0.1

    def __post_init__(self) -> None:
        if not (0 <= self.expected < np.inf and 0 < self.service < np.inf and 0 <= self.serious <= 1):
            raise ValueError("calls must be 0 or more, the time of service above 0, the share of serious calls 0 to 1")
        if self.spread not in SPREADS:
            raise ValueError(f"spread must be one of {SPREADS}, not {self.spread!r}")


@dataclass(frozen=True, eq=False)
class Calls:
    """The C calls of R replications, one after the other, by time within each.

    Parameters
    ----------
    first : int64 array of shape (R + 1,)
        Where the calls of each replication begin.
    second : int64 array of shape (C,)
        When each comes in, seconds from the start of the problem.
    point : int64 array of shape (C,)
        Its demand point.
    serious : bool array of shape (C,)
        Whether it needs two units.
    service : int64 array of shape (C, 2)
        Seconds that the first and the second unit are at the scene.
    """

    first: Ints
    second: Ints
    point: Ints
    serious: NDArray[np.bool_]
    service: Ints

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self.first) - 1

    @property
    def replication(self) -> Ints:
        """The replication of each call, shape (C,)."""
        return np.repeat(np.arange(self.replications), np.diff(self.first))


def usual_calls(problem: Problem) -> float:
    """Return how many calls are expected where nobody says: `PER_UNIT_HOUR`."""
    return PER_UNIT_HOUR * sum(u.duty for u in problem.units) / 60


def draw_calls(problem: Problem, model: CallModel, replications: int, seed: int) -> Calls:
    """Return calls at random: a Poisson process, as dense in time and place as the demand.

    Raises
    ------
    ValueError
        When the problem has no demand, so that nobody knows where calls would come from.
    """
    slots = np.array(problem.slots, dtype=np.int64) * 60
    weight = np.array([d.demand for d in problem.demand], dtype=np.float64).reshape(len(problem.demand), len(slots) - 1)
    cells = np.cumsum((weight * np.diff(slots)).ravel())
    if not len(cells) or cells[-1] <= 0:
        raise ValueError("the problem has no demand, so nobody knows where calls come from")

    def block(rng: np.random.Generator, _first: int) -> _Block:
        counts = rng.poisson(model.expected, BLOCK)
        count = int(counts.sum())
        cell = np.searchsorted(cells, rng.random(count) * cells[-1], side="right")
        point, slot = np.divmod(np.minimum(cell, len(cells) - 1), len(slots) - 1)
        second = slots[slot] + (rng.random(count) * np.diff(slots)[slot]).astype(np.int64)
        order = np.lexsort((second, np.repeat(np.arange(BLOCK), counts)))
        return counts, second[order], point[order]

    return _calls(block, model, replications, seed)


def replay_calls(days: Sequence[tuple[Ints, Ints]], model: CallModel, replications: int, seed: int) -> Calls:
    """Return the calls of past days, each day a replication, and the first one again where there are more of these.

    Parameters
    ----------
    days : sequence of (seconds, points)
        When calls came in, in order, and at which demand points, by day.
    model : CallModel
        What they take; how many there are is as it was.
    replications, seed : int
    """

    def block(_rng: np.random.Generator, first: int) -> _Block:
        chosen = [days[r % len(days)] for r in range(first, first + BLOCK)]
        second, point = (np.concatenate([day[i] for day in chosen]).astype(np.int64) for i in (0, 1))
        return np.array([len(day[0]) for day in chosen], dtype=np.int64), second, point

    return _calls(block, model, replications, seed)


BLOCK = 100
"""Replications whose calls are drawn at once."""

_Block = tuple[Ints, Ints, Ints]
"""How many calls each replication of a block has, when they come in, and at which demand points."""


def _calls(
    block: Callable[[np.random.Generator, int], _Block], model: CallModel, replications: int, seed: int
) -> Calls:
    """Return the calls of blocks of replications, each with a stream of random numbers of its own."""
    counts, parts = [], []
    for first in range(0, replications, BLOCK):
        rng = np.random.default_rng([seed, first // BLOCK])
        count, second, point = block(rng, first)
        serious, service = _demands(model, len(second), rng)
        kept = min(BLOCK, replications - first)
        end = int(count[:kept].sum())
        counts.append(count[:kept])
        parts.append((second[:end], point[:end], serious[:end], service[:end]))
    firsts = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
    return Calls(firsts, *(np.concatenate(part) for part in zip(*parts, strict=True)))


def _demands(model: CallModel, count: int, rng: np.random.Generator) -> tuple[NDArray[np.bool_], Ints]:
    """Return whether calls are serious, and the seconds of service of both units."""
    serious = rng.random(count) < model.serious
    if model.spread == "exponential":
        share = rng.standard_exponential((count, 2))
    elif model.spread == "lognormal":
        variance = np.log1p(LOGNORMAL_CV**2)
        share = np.exp(np.sqrt(variance) * rng.standard_normal((count, 2)) - variance / 2)
    else:
        share = np.ones((count, 2))
    return serious, np.rint(share * model.service).astype(np.int64)

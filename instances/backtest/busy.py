"""The nights that came, played as calls: units are sent, are busy, and go on with their plans (`solver.simulation`).

An incident has an hour; the same night is played many times, each time with other minutes and times at the scene.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.backtest.came import Came
from solver.plan import Plan
from solver.simulation.calls import CallModel, Calls, replay_calls
from solver.simulation.simulate import simulate
from solver.simulation.ways import Ways, estimated_ways

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PLAYS = 50
"""How many times each night is played."""

SERVICE = 1800.0
"""Mean seconds that a unit is at the scene, where nobody says."""


@dataclass(frozen=True, eq=False)
class Nights:
    """The calls of all nights of a period, each played many times; `incident` of shape (C,) is whose call each is."""

    came: Came
    calls: Calls
    incident: Ints
    ways: Ways


def nights_of(came: Came, *, service: float = SERVICE, seed: int = 0, plays: int = PLAYS) -> Nights:
    """Return the incidents that came as calls, the same for every plan.

    Parameters
    ----------
    came : Came
    service : float
        Mean seconds that a unit is at the scene.
    seed : int
        Of minutes and times at the scene.
    plays : int
        How many times each night is played.
    """
    which, rng = came.which, np.random.default_rng(seed)
    bounds = 60 * np.array(came.problem.slots, dtype=np.int64)
    begin, length = bounds[which.slot], np.diff(bounds)[which.slot]
    days: list[tuple[Ints, Ints]] = []
    rows: list[Ints] = []
    for night in np.unique(which.night).tolist():
        here = np.flatnonzero(which.night == night)
        for _ in range(plays):
            # Of an hour that the shift has half of, an incident was in the shift half of the times.
            some = here[rng.random(len(here)) < which.part[here]]
            second = begin[some] + (rng.random(len(some)) * length[some]).astype(np.int64)
            order = np.argsort(second, kind="stable")
            days.append((second[order], came.point[some][order]))
            rows.append(some[order])
    model = CallModel(_mean_length(days), service)
    calls = replay_calls(days, model, len(days), seed)
    return Nights(came, calls, np.concatenate(rows), estimated_ways(came.problem))


def met_when_busy(nights: Nights, plan: Plan) -> Floats:
    """Return how often the first unit was in time at each of N incidents, while units are busy with others."""
    came, calls = nights.came, nights.calls
    there = simulate(came.problem, plan, calls, nights.ways).outcome.there[:, 0]
    standard = np.array([d.standard for d in came.problem.demand], dtype=np.int64)[calls.point]
    in_time = (there >= 0) & (there - calls.second <= standard)
    count = len(came.which.row)
    played = np.bincount(nights.incident, minlength=count)
    found = np.bincount(nights.incident, weights=in_time, minlength=count)
    return np.asarray(found / np.maximum(played, 1))


def _mean_length(days: Sequence[tuple[Ints, Ints]]) -> float:
    """Return how many calls a night has."""
    return sum(len(second) for second, _ in days) / max(len(days), 1)

"""Queues whose answers are known, and simulations of them: Erlang's and Larson's."""

from __future__ import annotations

from itertools import product
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.plan import Plan, Route, Stop
from solver.problem import DemandPoint, IntArray, Place, Problem, Unit
from solver.simulation.calls import CallModel, Spread, draw_calls
from solver.simulation.simulate import Run, simulate
from solver.simulation.ways import Ways

Floats = NDArray[np.float64]

DAYS, WARM = 20, 1440
"""Days of a replication, and minutes at both ends of it that are left out, as the queue is not yet what it will be."""

SERVICE = 1200.0


def queue(reach: IntArray, weights: tuple[int, ...], load: float, spread: Spread, replications: int) -> Run:
    """Return a simulation of as many units as `reach` has rows, each waiting at a place of its own for `DAYS` days.

    `load` is the share of the time for which a unit is busy; `weights` the demand of the points.
    """
    units, points = reach.shape
    minutes = DAYS * 1440
    travel = np.zeros((units, units), dtype=np.int32)
    problem = Problem(
        name="queue",
        timezone="UTC",
        start="2024-01-01T00:00:00+00:00",
        minutes=minutes,
        grid=1,
        slots=(0, minutes),
        places=tuple(Place(f"P{i}", 0.0, i / 100) for i in range(units)),
        stations=tuple(range(units)),
        hotspots=(),
        posts=(),
        demand=tuple(DemandPoint(f"D{i}", 0.1, i / 100, "town", 60, 600, (weights[i],)) for i in range(points)),
        units=tuple(Unit(f"U{i}", "car", 0, minutes, i, i) for i in range(units)),
        goals={"response": 1},
        travel={"car": travel},
        reach={"car": reach},
    )
    routes = tuple(Route(f"U{i}", (Stop(f"P{i}", "standby", 0, minutes),)) for i in range(units))
    expected = load * units * minutes * 60 / SERVICE
    calls = draw_calls(problem, CallModel(expected, SERVICE, spread, 0.0), replications, 7)
    # The way back takes no time: a unit that is free is where it waits.
    nodes = units + points
    seconds = np.zeros((nodes, nodes), dtype=np.int32)
    seconds[:units, units:] = reach
    return simulate(problem, Plan(problem.fingerprint(), routes), calls, Ways({"car": seconds}))


def settled(run: Run) -> NDArray[np.bool_]:
    """Return which calls came when the queue was what it is in the long run."""
    return (run.calls.second >= 60 * WARM) & (run.calls.second < 60 * (DAYS * 1440 - WARM))


def by_replication(run: Run, values: NDArray[Any]) -> tuple[float, float]:
    """Return the mean of a value of settled calls, and its standard error from what differs between replications."""
    which = settled(run)
    groups = run.calls.replication[which]
    means = np.bincount(groups, weights=values[which]) / np.bincount(groups)
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(len(means)))


def erlang_c(servers: int, load: float) -> float:
    """Return the chance that a call must wait, with `load` of each server."""
    a = servers * load
    last = a**servers / factorial(servers) / (1 - load)
    return last / (sum(a**k / factorial(k) for k in range(servers)) + last)


def hypercube(reach: IntArray, weights: tuple[int, ...], load: float) -> tuple[Floats, Floats]:
    """Return the workload of each unit, and the share of all calls that it takes at each point.

    Larson's hypercube queueing model with an infinite queue, 1974 (https://doi.org/10.1016/0305-0548(74)90076-8):
    the balance equations of all states of n units solved directly; when all are busy, calls queue, first come first
    served, and go to whoever is free first.
    """
    n = len(reach)
    states = list(product((0, 1), repeat=n))
    index = {s: i for i, s in enumerate(states)}
    share = np.array(weights) / sum(weights)
    rate = load * n  # calls for each time of service
    flow = np.zeros((2**n, 2**n))
    for s in states:
        for u in range(n):
            if s[u]:
                flow[index[s], index[(*s[:u], 0, *s[u + 1 :])]] += 1.0
        free = [u for u in range(n) if not s[u]]
        for d, part in enumerate(share):
            if free:
                u = min(free, key=lambda u: (reach[u, d], u))
                flow[index[s], index[(*s[:u], 1, *s[u + 1 :])]] += rate * part
    balance = flow.T - np.diag(flow.sum(axis=1))
    balance[-1] = 1.0
    p = np.linalg.solve(balance, np.eye(2**n)[-1])
    tail = p[index[(1,) * n]] * load / (1 - load)
    p = p / (1 + tail)
    tail = tail / (1 + tail)
    full = p[index[(1,) * n]] + tail
    workload = np.array([sum(p[index[s]] for s in states if s[u]) + tail for u in range(n)])
    taken = np.zeros((n, len(share)))
    for s in states:
        free = [u for u in range(n) if not s[u]]
        for d, part in enumerate(share):
            if free:
                taken[min(free, key=lambda u: (reach[u, d], u)), d] += part * p[index[s]]
    return workload, taken + share * full / n


HYPERCUBES = [
    (np.array([[0, 2], [1, 0]], dtype=np.int32), (3, 1), 0.5),
    (np.array([[0, 1, 2], [1, 0, 1], [2, 2, 0]], dtype=np.int32), (5, 2, 1), 0.6),
    (np.array([[0, 3, 1, 2], [2, 0, 3, 1], [1, 2, 0, 3]], dtype=np.int32), (1, 4, 2, 3), 0.4),
]

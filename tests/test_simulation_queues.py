"""The simulation against queues whose answers are known: Erlang, Pollaczek and Khinchine, and Larson's hypercube."""

from __future__ import annotations

from itertools import product
from math import factorial

import numpy as np
import pytest

from solver.plan import Plan, Route, Stop
from solver.problem import DemandPoint, IntArray, Place, Problem, Unit
from solver.simulation.calls import CallModel, draw_calls
from solver.simulation.simulate import Run, simulate
from solver.simulation.ways import Ways

DAYS, WARM = 20, 1440
"""Days of a replication, and minutes at both ends of it that are left out, as the queue is not yet what it will be."""

SERVICE = 1200.0


def queue(reach: IntArray, weights: tuple[int, ...], load: float, spread: str, replications: int) -> Run:
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
    calls = draw_calls(problem, CallModel(expected, SERVICE, spread, 0.0), replications, 7)  # type: ignore[arg-type]
    # The way back takes no time: a unit that is free is where it waits.
    nodes = units + points
    seconds = np.zeros((nodes, nodes), dtype=np.int32)
    seconds[:units, units:] = reach
    return simulate(problem, Plan(problem.fingerprint(), routes), calls, Ways({"car": seconds}))


def settled(run: Run) -> np.ndarray:
    """Return which calls came when the queue was what it is in the long run."""
    return (run.calls.second >= 60 * WARM) & (run.calls.second < 60 * (DAYS * 1440 - WARM))


def by_replication(run: Run, values: np.ndarray) -> tuple[float, float]:
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


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 0.7), (8, 0.8)])
def test_waiting_is_as_erlang_has_it(servers: int, load: float) -> None:
    """M/M/c: the share of calls that wait, how long they wait on average, and how busy units are."""
    run = queue(np.zeros((servers, 1), dtype=np.int32), (1,), load, "exponential", 40)
    wait = run.outcome.sent[:, 0] - run.calls.second
    chance = erlang_c(servers, load)
    for found, exact in (
        (by_replication(run, wait > 0), chance),
        (by_replication(run, wait), chance * SERVICE / servers / (1 - load)),
    ):
        assert abs(found[0] - exact) < 4 * found[1], (found, exact)
        assert found[1] < 0.05 * exact
    busy = run.outcome.busy_by_minute[:, WARM:].sum() / (40 * 60 * (DAYS * 1440 - WARM) * servers)
    assert abs(busy - load) < 0.01


@pytest.mark.parametrize(("spread", "cv2"), [("fixed", 0.0), ("exponential", 1.0), ("lognormal", 0.49)])
def test_waiting_for_one_unit_is_as_pollaczek_and_khinchine_have_it(spread: str, cv2: float) -> None:
    """M/G/1: the mean wait depends on mean and variance of the service alone."""
    run = queue(np.zeros((1, 1), dtype=np.int32), (1,), 0.6, spread, 60)
    mean, error = by_replication(run, run.outcome.sent[:, 0] - run.calls.second)
    exact = 0.6 * SERVICE * (1 + cv2) / 2 / (1 - 0.6)
    assert abs(mean - exact) < 4 * error, (mean, exact, error)
    assert error < 0.05 * exact


def hypercube(reach: IntArray, weights: tuple[int, ...], load: float) -> tuple[np.ndarray, np.ndarray]:
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


@pytest.mark.parametrize(("reach", "weights", "load"), HYPERCUBES)
def test_workloads_and_dispatches_are_as_larson_has_them(
    reach: IntArray, weights: tuple[int, ...], load: float
) -> None:
    """How busy each unit is, and which share of all calls it takes where, within four standard errors.

    Units take a few seconds to a call, so that it matters who is nearest but hardly adds to the 20 minutes of service.
    """
    run = queue(reach, weights, load, "exponential", 60)
    workload, taken = hypercube(reach, weights, load)
    minutes = DAYS * 1440 - WARM
    busy = run.outcome.busy_by_minute[:, WARM:].sum(axis=1) / (60 * 60 * minutes)
    assert np.abs(busy - workload).max() < 0.01, (busy, workload)
    for u, d in np.ndindex(*taken.shape):
        found, error = by_replication(run, (run.outcome.unit[:, 0] == u) & (run.calls.point == d))
        assert abs(found - taken[u, d]) < 4 * error + 0.002, (u, d, found, taken[u, d], error)

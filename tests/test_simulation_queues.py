"""The simulation against queues whose answers are known: Erlang, Pollaczek and Khinchine, and Larson's hypercube."""

from __future__ import annotations

import numpy as np
import pytest

from solver.problem import IntArray
from tests.known_queues import DAYS, HYPERCUBES, SERVICE, WARM, by_replication, erlang_c, hypercube, queue


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

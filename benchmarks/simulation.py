"""The simulation: how fast it is, how far from queues known in closed form, and what estimates of ways cost.

    python -m benchmarks.simulation [--quick]

Towns are made up; their plans come from a search of some seconds.  Times are CPU seconds of this process, without
compiling.  What is printed stands in ``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.build import Built, build
from instances.shift_file import read_shift
from instances.street_ways import street_ways
from instances.towns import make_town
from solver import Plan, solve
from solver.problem import MODES
from solver.simulation.calls import CallModel, Spread, draw_calls, usual_calls
from solver.simulation.results import SimulationResult, results_of
from solver.simulation.simulate import simulate
from solver.simulation.ways import LegKey, Ways, estimated_ways
from tests.known_queues import DAYS, HYPERCUBES, SERVICE, WARM, by_replication, erlang_c, hypercube, queue

SIZES = ((12, 40), (20, 100), (60, 300))
"""Units and hotspots of the towns."""


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the smallest town alone")
    parser.add_argument("--seconds", type=float, default=10.0, help="of search for each plan")
    options = parser.parse_args()
    _table(("queue", "figure", "exact", "simulated", "standard error"), _queues())
    speeds: list[Sequence[object]] = []
    ways: list[Sequence[object]] = []
    for units, hotspots in SIZES[: 1 if options.quick else None]:
        built, plan = _planned(units, hotspots, options.seconds)
        speeds.append(_speed(built, plan))
        if units == SIZES[0][0]:
            ways += _estimates(built, plan)
    _table(("units", "hotspots", "demand points", "calls a shift", "CPU s for 1,000 shifts", "figures, CPU s"), speeds)
    _table(("ways", "mode", "streets, mean s", "estimate, mean error", "mean absolute", "95 % within"), ways)


def _table(head: Sequence[str], rows: Iterator[Sequence[object]] | list[Sequence[object]]) -> None:
    """Print rows as Markdown."""
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def _planned(units: int, hotspots: int, seconds: float) -> tuple[Built, Plan]:
    """Return a made-up town and a plan for it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in make_town(1, hotspots=hotspots, units=units).files.items():
            (Path(folder) / name).write_bytes(content)
        built = build(read_shift(next(Path(folder).glob("*.yaml"))), cache=None)
    return built, solve(built.problem, time_limit=seconds)


def _simulated(built: Built, plan: Plan, ways: Ways, replications: int = 1000) -> tuple[SimulationResult, float, float]:
    """Return the figures of a plan, and the CPU seconds of the simulation and of the figures."""
    problem = built.problem
    begun = time.process_time()
    run = simulate(problem, plan, draw_calls(problem, CallModel(usual_calls(problem)), replications, 0), ways)
    simulated = time.process_time()
    result = results_of("plan", run)
    return result, simulated - begun, time.process_time() - simulated


def _speed(built: Built, plan: Plan) -> Sequence[object]:
    """Return a row of the speed of a town."""
    problem = built.problem
    ways = estimated_ways(problem)
    _simulated(built, plan, ways, 1)
    _, simulating, telling = _simulated(built, plan, ways)
    sizes = (len(problem.units), len(problem.hotspots), len(problem.demand))
    return (*sizes, f"{usual_calls(problem):.0f}", f"{simulating:.2f}", f"{telling:.2f}")


def _queues() -> Iterator[Sequence[object]]:
    """Yield rows of queues in closed form."""
    none = np.zeros((1, 1), dtype=np.int32)
    for servers, load in ((1, 0.5), (3, 0.7), (8, 0.8)):
        run = queue(np.repeat(none, servers, axis=0), (1,), load, "exponential", 100)
        wait = run.outcome.sent[:, 0] - run.calls.second
        chance = erlang_c(servers, load)
        name = f"M/M/{servers}, load {load}"
        yield (name, "share that waits", f"{chance:.4f}", *_figures(by_replication(run, wait > 0), 4))
        exact = chance * SERVICE / servers / (1 - load)
        yield (name, "mean wait, s", f"{exact:.1f}", *_figures(by_replication(run, wait), 1))
    spreads: tuple[tuple[Spread, float], ...] = (("fixed", 0.0), ("lognormal", 0.49))
    for spread, cv2 in spreads:
        run = queue(none, (1,), 0.6, spread, 100)
        exact = 0.6 * SERVICE * (1 + cv2) / 2 / (1 - 0.6)
        wait = run.outcome.sent[:, 0] - run.calls.second
        yield (f"M/G/1, {spread}", "mean wait, s", f"{exact:.1f}", *_figures(by_replication(run, wait), 1))
    for reach, weights, load in HYPERCUBES:
        run = queue(reach, weights, load, "exponential", 100)
        workload, taken = hypercube(reach, weights, load)
        name = f"hypercube, {len(reach)} units, load {load}"
        busy = run.outcome.busy_by_minute[:, WARM:].sum(axis=1) / (100 * 60 * (DAYS * 1440 - WARM))
        u = int(np.argmax(np.abs(busy - workload)))
        yield (name, f"busy, unit {u + 1} (worst)", f"{workload[u]:.4f}", f"{busy[u]:.4f}", "")
        u, d = divmod(int(np.argmax(taken)), taken.shape[1])
        found = by_replication(run, (run.outcome.unit[:, 0] == u) & (run.calls.point == d))
        yield (name, f"calls at {d + 1} to unit {u + 1} (most)", f"{taken[u, d]:.4f}", *_figures(found, 4))


def _figures(found: tuple[float, float], digits: int) -> tuple[str, str]:
    return f"{found[0]:.{digits}f}", f"{found[1]:.{digits}f}"


def _estimates(built: Built, plan: Plan) -> Iterator[Sequence[object]]:
    """Yield rows of how far estimated ways are from those on the streets, and what that does to the figures."""
    problem = built.problem
    rough, exact = estimated_ways(problem), street_ways(built, problem, [plan], cache=None)
    places = len(problem.places)
    for mode in sorted(rough.seconds, key=MODES.index):
        a, b = rough.seconds[mode], exact.seconds[mode]
        yield ("back from calls", mode, *_errors(a[places:, :places], b[places:, :places]))
        yield ("from call to call", mode, *_errors(a[places:, places:], b[places:, places:]))
        legs = {key: table for key, table in exact.along.items() if key.mode == mode}
        yield ("from within legs", mode, *_errors(*_within(problem.travel[mode], problem.reach[mode], legs)))
    for name, ways in (("estimate", rough), ("streets", exact)):
        result, _, _ = _simulated(built, plan, ways, 5000)
        within, presence = result.measure("within standard"), result.measure("presence")
        shown = [f"{100 * (e.value or 0):.2f} % ± {100 * (e.half or 0):.2f}" for e in (within, presence)]
        yield (f"figures with {name}", "all", f"within standard {shown[0]}", f"presence {shown[1]}", "", "")


def _within(
    travel: NDArray[np.int32], reach: NDArray[np.int32], legs: dict[LegKey, NDArray[np.int32]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return seconds from points inside legs, by going on or turning round, and on the streets."""
    rough: list[NDArray[Any]] = [np.zeros((0, reach.shape[1]))]
    exact: list[NDArray[Any]] = [np.zeros((0, reach.shape[1]))]
    for key, table in legs.items():
        gone = np.linspace(0, travel[key.start, key.end], len(table))[1:-1, None]
        ahead = travel[key.start, key.end] - gone
        rough.append(np.minimum(gone + reach[key.start], ahead + reach[key.end]))
        exact.append(table[1:-1])
    return np.concatenate(rough), np.concatenate(exact)


def _errors(rough: NDArray[Any], exact: NDArray[Any]) -> tuple[str, ...]:
    """Return mean seconds on the streets, and mean, mean absolute and 95th percentile of the errors of an estimate."""
    there = (exact > 0) & (rough >= 0)
    error = rough[there].astype(np.float64) - exact[there]
    return (
        f"{exact[there].mean():.0f}",
        f"{error.mean():+.1f}",
        f"{np.abs(error).mean():.1f}",
        f"{np.percentile(np.abs(error), 95):.0f}",
    )


if __name__ == "__main__":
    main()

"""One run of one method on one case, measured in a process of its own.

    python -m benchmarks.toptw.measure FILE TOURS METHOD SECONDS SEED

prints the figures as JSON.  Kernels are compiled before the clock starts.  The plan counts for what `solver.score`
finds, and for nothing where `solver.check` finds a rule broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.toptw.files import Case
from benchmarks.toptw.methods import METHODS
from benchmarks.toptw.plans import plan_of
from benchmarks.toptw.runs import Run
from solver import check, score
from solver.weights import weights


def measure(case: Case, method: str, seconds: float, seed: int) -> Run:
    """Return the figures of a run in a process of its own.

    Raises
    ------
    subprocess.CalledProcessError
        When the run fails; what it said is on stderr.
    """
    module = [sys.executable, "-m", "benchmarks.toptw.measure"]
    words = [str(case.file), str(case.tours), method, str(seconds), str(seed)]
    done = subprocess.run([*module, *words], check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    known = -1 if case.known is None else case.known
    return Run(case=case.name, method=method, limit=seconds, seed=seed, known=known, **figures)


def _figures(case: Case, method: str, seconds: float, seed: int) -> dict[str, Any]:
    """Run the method here, and return its figures."""
    from solver.preparation import prepare_visits

    problem = case.problem()
    if method in ("patrolplan", "without bound"):
        prepare_visits()
    clock, cpu = time.perf_counter(), time.process_time()
    found = METHODS[method](problem, seconds, seed)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    plan = found.plan if found.plan is not None else plan_of(problem, found.tours or [[] for _ in problem.units])
    violations = len(check(problem, plan))
    multiplier = max(weights(problem).multipliers["tasks"], 1)
    return {
        "profit": 0 if violations else score(problem, plan).covered["tasks"],
        "bound": -1 if plan.bound is None else plan.bound // multiplier,
        "cpu": round(cpu, 2),
        "seconds": round(clock, 2),
        "violations": violations,
        "status": plan.status if found.plan is not None else "ended",
    }


def main() -> None:
    """Run one method and print what is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("tours", type=int)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
    case = Case(arguments.file, arguments.tours, None)
    print(json.dumps(_figures(case, arguments.method, arguments.seconds, arguments.seed)))


if __name__ == "__main__":
    main()

"""One run of one method on one problem, measured in a process of its own.

    python -m benchmarks.cover.measure PROBLEM.json METHOD SECONDS SEED

prints the figures as JSON.  Kernels are compiled before the clock starts; peak memory is that of the process, and so
includes Python, its packages and the compiled kernels.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.cover.methods import METHODS, OURS
from benchmarks.cover.runs import TARGETS, Run, Sample
from solver import check, problem_from_json, score

CORES = 2
"""Cores that a run may use, where the system lets us say so."""

THIN = 1.05
"""A curve keeps a sample when so many times the seconds of the one before have gone by."""


def measure(problem: str, file: Path, method: str, seconds: float, seed: int) -> tuple[Run, list[Sample]]:
    """Return figures and curve of a run in a process of its own; `problem` is what it is called.

    Raises
    ------
    subprocess.CalledProcessError
        When the run fails; what it said is on stderr.
    """
    module = [sys.executable, "-m", "benchmarks.cover.measure"]
    done = subprocess.run(
        [*module, str(file), method, str(seconds), str(seed)], check=True, stdout=subprocess.PIPE, text=True
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    curve = [Sample(*sample) for sample in figures.pop("curve")]
    reached = {float(target): after for target, after in figures.pop("reached").items()}
    return Run(problem=problem, seed=seed, method=method, limit=seconds, reached=reached, **figures), curve


class Stopwatch:
    """Notes where a run is: all that is needed to say when it reached which gap, and a thinned curve."""

    def __init__(self) -> None:
        self._begin = time.perf_counter()
        self.curve: list[Sample] = []
        self.reached: dict[float, float] = {}
        self._last: Sample | None = None

    def __call__(self, value: int, bound: int | None, missing: int) -> None:
        """Take note of value, bound and missing unit-minutes as they are now."""
        sample = Sample(round(time.perf_counter() - self._begin, 3), value, bound, missing)
        gap = sample.gap
        if gap is not None:
            for target in TARGETS:
                if 100 * gap <= target:
                    self.reached.setdefault(target, sample.seconds)
        if not self.curve or sample.seconds >= THIN * self.curve[-1].seconds:
            self.curve.append(sample)
        self._last = sample

    def end(self) -> float:
        """Return the seconds gone by, and end the curve with the last sample."""
        if self._last is not None and self._last is not self.curve[-1]:
            self.curve.append(self._last)
        return round(time.perf_counter() - self._begin, 3)


def _figures(file: Path, method: str, seconds: float, seed: int) -> dict[str, Any]:
    """Run the method here, and return its figures."""
    problem = problem_from_json(file.read_bytes())
    if method == OURS:
        from solver.preparation import prepare

        prepare()
    before, watch = _cpu(), Stopwatch()
    plan = METHODS[method](problem, seconds, seed, watch)
    took = watch.end()
    cpu, memory = _cpu() - before, _memory()
    card = score(problem, plan)
    run = Run(
        problem="",
        seed=seed,
        method=method,
        limit=seconds,
        value=card.value,
        full=card.full,
        bound=plan.bound,
        first=watch.curve[0].seconds if watch.curve else took,
        seconds=took,
        cpu=round(cpu, 2),
        memory=round(memory, 1),
        missing=card.missing,
        violations=len(check(problem, plan)),
        reached=watch.reached,
    )
    told = {name: value for name, value in asdict(run).items() if name not in ("problem", "seed", "method", "limit")}
    return told | {"curve": watch.curve}


def _cpu() -> float:
    """Return the seconds that this process and those it has started have worked, on all cores."""
    return sum(usage.ru_utime + usage.ru_stime for usage in _usage())


def _memory() -> float:
    """Return the peak memory in MB of the largest process."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, started = (usage.ru_maxrss * unit for usage in _usage())
    # On Linux the figure of a process is not below that of the one that started it, so the peak is read elsewhere.
    status = Path("/proc/self/status")
    if status.exists():
        peak = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), None)
        own = own if peak is None else 1024 * int(peak.split()[1])
    return max(own, started) / 1e6


def _usage() -> list[resource.struct_rusage]:
    """Return what this process has used, and those it has started."""
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def main() -> None:
    """Run one method and print what is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", type=Path)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    print(json.dumps(_figures(arguments.problem, arguments.method, arguments.seconds, arguments.seed)))


if __name__ == "__main__":
    main()

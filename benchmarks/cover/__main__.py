"""Plans made-up towns by every method, and prints how near each comes to the bound.

    python -m benchmarks.cover --sizes S,M,L --seeds 1,2,3 --seconds 60

Every run is a process of its own; figures go into a table as they come, in place of earlier runs of the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.cover import towns
from benchmarks.cover.methods import METHODS
from benchmarks.cover.runner import RESULTS, Job, names_of, numbers, run_all
from benchmarks.cover.sizes import SIZES
from solver import problem_to_json


def main() -> None:
    """Run every method on every problem."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=names_of(SIZES), default="S,M,L", help=f"some of {', '.join(SIZES)}")
    parser.add_argument("--seeds", type=numbers, default="1,2,3", help="towns to be drawn")
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=float, default=60.0, help="time limit of a run")
    limit.add_argument("--minutes", type=float, help="time limit of a run")
    parser.add_argument("--methods", type=names_of(METHODS), default=",".join(METHODS), help="some of the methods")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the table of runs")
    parser.add_argument("--folder", type=Path, default=user_cache_path("patrolplan") / "towns", help="kept problems")
    options = parser.parse_args()
    seconds = options.seconds if options.minutes is None else 60 * options.minutes
    with tempfile.TemporaryDirectory() as scratch:
        jobs = []
        for name in options.sizes:
            for seed in options.seeds:
                file = Path(scratch) / f"{name}-{seed}.json"
                made = towns.problem(name, seed, folder=options.folder)
                file.write_text(problem_to_json(made), encoding="utf-8")
                jobs += [Job(name, file, method, seconds, seed) for method in options.methods]
        sys.exit(run_all(jobs, options.out))


if __name__ == "__main__":
    main()

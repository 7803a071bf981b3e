"""Real places: how near the engine's plans for the City of London and Malta come to the bound, and how fast.

    python -m benchmarks.cover.cities --data DIR --seconds 60

The shift files are those of `benchmarks.cities`, with rosters of 12 and of 60 units.  DIR holds ``roads/``,
``incidents/`` and ``stations/``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks import cities
from benchmarks.cover.methods import OURS
from benchmarks.cover.runner import RESULTS, Job, run_all
from instances.build import build
from instances.cache import Cache
from instances.shift_file import read_shift
from solver import Problem, problem_to_json

HOTSPOTS = {("City of London", 12): 40, ("City of London", 60): 60, ("Malta", 12): 40, ("Malta", 60): 200}
"""How many hotspots by place and roster; the City has no more than some 60 cells far enough apart."""


def problems(data: Path, folder: Path, cache: Path) -> Iterator[tuple[str, Problem]]:
    """Yield names and problems of the places."""
    for (place, units), hotspots in HOTSPOTS.items():
        if place == "Malta":
            text = cities.malta(data, folder, units=units, hotspots=hotspots)
        else:
            text = cities.london(data, units=units, hotspots=hotspots)
        shift = folder / "shift.yaml"
        shift.write_text(text, encoding="utf-8")
        yield f"{place}, {units} units", build(read_shift(shift), cache=Cache(cache)).problem


def main() -> None:
    """Plan every place with every roster."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="directory of roads, incidents and stations")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of a run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS, help="the table of runs")
    parser.add_argument("--folder", type=Path, default=user_cache_path("patrolplan"), help="kept travel times")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, jobs = Path(scratch), []
        for number, (name, problem) in enumerate(problems(options.data.resolve(), folder, options.folder)):
            file = folder / f"{number}.json"
            file.write_text(problem_to_json(problem), encoding="utf-8")
            jobs.append(Job(name, file, OURS, options.seconds, options.seed))
        sys.exit(run_all(jobs, options.out))


if __name__ == "__main__":
    main()

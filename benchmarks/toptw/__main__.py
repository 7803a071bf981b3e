"""Team orienteering with time windows, several methods side by side on one core.

    python -m benchmarks.toptw --data DIR --seconds 1,3,10,30,60 --seeds 1,2,3,4,5

    python -m benchmarks.toptw --cases towns --seconds 10,30,60 --seeds 1,2

DIR is the collection of files (see ``docs/benchmarks.md``), which made-up towns do not need.  Every run
is a process of its own; figures go into a table as they come, and runs that are in it already are not made again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.cover.runner import names_of
from benchmarks.toptw.files import QUICK, TOWNS, Case, cases, town_cases
from benchmarks.toptw.measure import measure
from benchmarks.toptw.methods import METHODS, SEEDLESS
from benchmarks.toptw.runs import RESULTS, keep, read_runs
from benchmarks.toptw.tables import first_50_table, gap_table, town_table
from benchmarks.toptw.towns import BEGIN

MADE = Path("out") / "toptw-towns"
"""Where made-up towns are kept."""


def main() -> None:
    """Run every method on every case, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the collection of files")
    parser.add_argument("--seconds", type=_numbers, default="10", help="limits, with commas between")
    parser.add_argument("--seeds", type=_numbers, default="1", help="seeds, with commas between")
    parser.add_argument(
        "--methods", type=names_of(METHODS), default=",".join(METHODS), help=f"some of {', '.join(METHODS)}"
    )
    parser.add_argument(
        "--cases",
        default="",
        help="beginnings of names such as r104-2 or pr; quick for a few; each for every file once, with one to four "
        f"tours in turn; towns for made-up towns, or names such as {BEGIN}20x600-1, the last figure a seed",
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="the table of runs")
    parser.add_argument("--made", type=Path, default=MADE, help="where made-up towns are kept")
    parser.add_argument("--report", action="store_true", help="print the tables of the runs there are, and make none")
    options = parser.parse_args()
    in_towns = options.cases == "towns" or options.cases.startswith(BEGIN)
    if not options.report and not in_towns and options.data is None:
        parser.error("--data is needed for published files")
    failed = 0
    if not options.report:
        listed = _towns(options.made, options.cases) if in_towns else _chosen(options.data, options.cases)
        for seconds in options.seconds:
            failed += _run(listed, options, seconds)
    runs = read_runs(options.out)
    print("", *gap_table(runs), "", *first_50_table(runs), "", *town_table(runs), sep="\n")
    sys.exit(1 if failed else 0)


def _chosen(data: Path, names: str) -> list[Case]:
    """Return the cases that `names` stand for; all but those of 50 customers where none are given."""
    listed = cases(data)
    usual = [case for case in listed if not case.name.startswith("50_")]
    if names == "each":
        files = sorted({case.file.stem for case in usual})
        return [case for case in usual if case.tours == files.index(case.file.stem) % 4 + 1]
    begins = QUICK if names == "quick" else tuple(name.strip() for name in names.split(",") if name.strip())
    return [case for case in listed if case.name.startswith(begins)] if begins else usual


def _towns(folder: Path, names: str) -> list[Case]:
    """Return the made-up towns with these names, with commas between; all of the comparison for ``towns``."""
    return town_cases(folder, TOWNS if names == "towns" else [name.strip() for name in names.split(",")])


def _run(listed: list[Case], options: argparse.Namespace, seconds: float) -> int:
    """Make the runs that are not there yet; return how many failed."""
    made, failed = {run.key for run in read_runs(options.out)}, 0
    for seed in options.seeds:
        for case in listed:
            for method in options.methods:
                if (method in SEEDLESS and seed != options.seeds[0]) or (case.name, method, seconds, int(seed)) in made:
                    continue
                print(f"{case.name}, {method}, {seconds:g} s, seed {seed:g}: ", end="", flush=True)
                try:
                    run = measure(case, method, seconds, int(seed))
                except subprocess.CalledProcessError as error:
                    print(f"failed, exit code {error.returncode}", flush=True)
                    failed += 1
                    continue
                keep(options.out, [run])
                gap = "" if run.gap is None else f", {run.gap:.2%} below {run.known}"
                bound = "" if run.bound < 0 else f", bound {run.bound}"
                broken = f", {run.violations} rules broken" if run.violations else ""
                print(f"{run.profit}{gap}{bound}{broken}, {run.cpu} CPU s", flush=True)
    return failed


def _numbers(text: str) -> list[float]:
    """Return the numbers of a list with commas between."""
    return [float(word) for word in text.split(",")]


if __name__ == "__main__":
    main()

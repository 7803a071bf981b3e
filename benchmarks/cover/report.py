"""Prints the tables of ``docs/benchmarks.md`` from the table of runs, and draws its figures.

python -m benchmarks.cover.report --draw docs
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cover.figures import draw
from benchmarks.cover.runner import RESULTS, curves_of
from benchmarks.cover.runs import Run, read_curves, read_runs
from benchmarks.cover.sizes import BASE, SIZES
from benchmarks.cover.tables import gap_table, method_table

GROWTH = (BASE.name, "hotspots", "units", "hours", "grid")
"""The sizes of the table of cost against size."""

TOWNS = tuple(name for name in SIZES if name not in GROWTH)


FIGURES = {"Towns": "gap_towns.svg", "Cities": "gap_cities.svg", "Cost against size": "gap_sizes.svg"}
"""The files of the figures by the part of the report."""


def parts(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Return the runs by the part of the report that they belong to."""
    return {
        "Towns": [run for run in runs if run.problem in TOWNS],
        "Cities": [run for run in runs if run.problem not in SIZES],
        "Cost against size": [run for run in runs if run.problem in GROWTH],
    }


def main() -> None:
    """Print the tables, and draw the figures where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=RESULTS, help="the table of runs")
    parser.add_argument("--draw", type=Path, help="the directory to put figures into")
    options = parser.parse_args()
    sections = parts(read_runs(options.runs))
    for title, runs in sections.items():
        for table in (gap_table(runs), method_table(runs)):
            if len(table) > 2:
                print("", f"{title}:", "", *table, sep="\n")
    if options.draw is not None:
        curves = read_curves(curves_of(options.runs))
        for title, runs in sections.items():
            known = [(run, curves[run.key]) for run in runs if run.key in curves]
            if known:
                draw(options.draw / FIGURES[title], known)
                print("", f"drawn: {options.draw / FIGURES[title]}", sep="\n")


if __name__ == "__main__":
    main()

"""Runs one after the other, each measured, kept and told."""

from __future__ import annotations

import subprocess
from argparse import ArgumentTypeError
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.cover.measure import measure
from benchmarks.cover.methods import OURS
from benchmarks.cover.runs import Run, keep_curve, keep_runs
from benchmarks.cover.tables import gap_table, method_table

RESULTS = Path(__file__).parents[1] / "results" / "cover.csv"
"""The table of runs that ``docs/benchmarks.md`` shows."""

WARM_UP = 2.0
"""Seconds of a run that is not kept, so that what is compiled when it is first used is so before any clock runs."""


class Job(NamedTuple):
    """A run to be made: what the problem is called, its file, and how to plan it."""

    problem: str
    file: Path
    method: str
    seconds: float
    seed: int


def curves_of(table: Path) -> Path:
    """Return where the curves of the runs in `table` are kept."""
    return table.with_stem(f"{table.stem}_curves")


def run_all(jobs: Sequence[Job], out: Path) -> int:
    """Make all runs, print and keep what is measured, and return how many failed.

    Curves are kept beside the table `out`.
    """
    ours = [job for job in jobs if job.method == OURS]
    if ours:
        print("compiling kernels, if they are not yet", flush=True)
        measure(*ours[0]._replace(seconds=WARM_UP))
    made: list[Run] = []
    for job in jobs:
        print(f"{job.problem}, seed {job.seed}, {job.method}, {job.seconds:g} s: ", end="", flush=True)
        try:
            run, curve = measure(*job)
        except subprocess.CalledProcessError as error:
            print(f"failed, exit code {error.returncode}", flush=True)
            continue
        print(_told(run), flush=True)
        made.append(run)
        keep_runs(out, [run])
        if curve:
            keep_curve(curves_of(out), run, curve)
    for table in (gap_table(made), method_table(made)):
        if len(table) > 2:
            print("", *table, sep="\n")
    return len(jobs) - len(made)


def _told(run: Run) -> str:
    """Return a run in a line."""
    gap = "" if run.gap is None else f", gap {run.gap:.2%}"
    broken = f", {run.violations} rules broken" if run.violations else ""
    return f"value {run.value / run.full:.2%}{gap}, {run.missing} unit-minutes missing, {run.seconds:.1f} s{broken}"


def names_of(known: Collection[str]) -> Callable[[str], list[str]]:
    """Return what reads a list of some of the names `known`, with commas between."""

    def names(text: str) -> list[str]:
        found = [name.strip() for name in text.split(",")]
        odd = [name for name in found if name not in known]
        if odd:
            raise ArgumentTypeError(f"{odd[0]!r} is none of {', '.join(known)}")
        return found

    return names


def numbers(text: str) -> list[int]:
    """Return a list of whole numbers with commas between."""
    return [int(number) for number in text.split(",")]

"""The runs on disk, and the tables in Markdown that ``docs/benchmarks.md`` shows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import groupby
from pathlib import Path

from benchmarks.tables import markdown, write_table


@dataclass(frozen=True)
class Run:
    """One engine on one problem; `optimum` and `bound` are empty where none is known, `points` where none are set."""

    source: str
    instance: str
    model: str
    radius: str
    points: str
    engine: str
    value: int
    bound: str
    optimum: str
    seconds: float
    build_cpu: float
    cpu: float

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from other runs."""
        return self.source, self.instance, self.model, self.radius, self.points, self.engine

    @property
    def gap(self) -> float | None:
        """How far the bound lies from the value, as a share of it; None without a bound."""
        return None if not self.bound or not self.value else abs(int(self.bound) - self.value) / self.value


def keep(path: Path, runs: Iterable[Run]) -> None:
    """Put runs into a table on disk, in place of earlier ones of the same."""
    kept = {run.key: run for run in read(path)} if path.exists() else {}
    kept |= {run.key: run for run in runs}
    write_table(path, [f.name for f in fields(Run)], map(astuple, kept.values()))


def read(path: Path) -> list[Run]:
    """Return the runs of a table on disk."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Run(
                row["source"],
                row["instance"],
                row["model"],
                row["radius"],
                row["points"],
                row["engine"],
                value=int(row["value"]),
                bound=row["bound"],
                optimum=row["optimum"],
                seconds=float(row["seconds"]),
                build_cpu=float(row["build_cpu"]),
                cpu=float(row["cpu"]),
            )
            for row in csv.DictReader(file)
        ]


def side_by_side(runs: Sequence[Run]) -> list[str]:
    """Return totals of each engine on each published set and model, and how many optima it found and proved."""
    head = ["set", "model", "problems", "engine", "optimum found", "proved by its bound"]
    head += ["CPU s: models", "CPU s: all", "s by the clock"]
    known = sorted((run for run in runs if run.optimum), key=lambda r: (r.source, r.model, r.engine))
    rows = [
        _totals(list(mine), source, model, engine)
        for (source, model, engine), mine in groupby(known, key=lambda r: (r.source, r.model, r.engine))
    ]
    by_engine = sorted(known, key=lambda r: r.engine)
    rows += [_totals(list(mine), "all", "", engine) for engine, mine in groupby(by_engine, key=lambda r: r.engine)]
    return markdown(head, rows, lined_up=False)


def _totals(runs: Sequence[Run], source: str, model: str, engine: str) -> list[str]:
    """Return a row of totals."""
    found = sum(run.value == int(run.optimum) for run in runs)
    proved = sum(run.bound == run.optimum == str(run.value) for run in runs)
    told = any(run.bound for run in runs)
    sums = [sum(figures) for figures in zip(*((r.build_cpu, r.cpu, r.seconds) for r in runs), strict=True)]
    counts = [str(len(runs)), engine, str(found), str(proved) if told else "-"]
    return [source, model, *counts, *(f"{figure:.1f}" for figure in sums)]


def at_scale(runs: Sequence[Run]) -> list[str]:
    """Return the runs at the size of a city."""
    head = ["problem", "model", "standard", "points", "value", "bound", "gap", "CPU s", "s by the clock"]
    rows = [
        [
            *(run.instance, run.model, run.radius, run.points or "-", f"{run.value:,}", f"{int(run.bound):,}"),
            *("0" if not run.gap else f"{run.gap:.3%}", f"{run.cpu:.1f}", f"{run.seconds:.1f}"),
        ]
        for run in runs
        if not run.optimum and run.bound
    ]
    return markdown(head, rows, lined_up=False)

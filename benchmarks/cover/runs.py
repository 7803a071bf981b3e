"""What is known of each run, and the table on disk that keeps it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.tables import write_table

TARGETS = (5.0, 3.0, 2.0, 1.5, 1.0)
"""Gaps in per cent; a run tells after how many seconds it had come so near to its bound."""


class Sample(NamedTuple):
    """Where a run was after so many seconds: value, bound, and missing unit-minutes."""

    seconds: float
    value: int
    bound: int | None
    missing: int

    @property
    def gap(self) -> float | None:
        """How much better any plan could be, as a share of the value; None where nothing is known."""
        if self.bound is None or self.missing or self.value <= 0:
            return None
        return (self.bound - self.value) / self.value


@dataclass(frozen=True)
class Run:
    """One method on one problem.

    Parameters
    ----------
    problem : str
        The name of its size, or of the city.
    seed : int
        What the problem, if it is made up, and the method's choices are drawn from.
    method : str
    limit : float
        Seconds that it was given.
    value, full : int
        What the plan is worth, and what covering everything would be.
    bound : int or None
        No plan is worth more.
    first : float
        Seconds until there was a plan.
    seconds, cpu : float
        Seconds by the clock, and of all cores.
    memory : float
        Peak, in MB; the largest process where there are several.
    missing : int
        Unit-minutes that posts lack.
    violations : int
        Rules that `solver.check` finds broken.
    reached : dict of float to float
        Seconds until the gap was at most so many per cent, of those that were reached.
    """

    problem: str
    seed: int
    method: str
    limit: float
    value: int
    full: int
    bound: int | None
    first: float
    seconds: float
    cpu: float
    memory: float
    missing: int
    violations: int
    reached: dict[float, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, str, float]:
        """What tells it from other runs."""
        return self.problem, self.seed, self.method, self.limit

    @property
    def gap(self) -> float | None:
        """How much better any plan could be, as a share of the value; None where nothing is known."""
        return Sample(self.seconds, self.value, self.bound, self.missing).gap


_COLUMNS = [f.name for f in fields(Run) if f.name != "reached"]
_TARGET_COLUMNS = {target: f"seconds to {target:g} %" for target in TARGETS}
_TYPES: dict[str, type] = dict.fromkeys(("problem", "method"), str)
_TYPES |= dict.fromkeys(("limit", "first", "seconds", "cpu", "memory"), float)


def read_runs(path: Path) -> list[Run]:
    """Return the runs kept in the table at `path`; none where there is no table yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [_run(row) for row in csv.DictReader(file)]


def keep_runs(path: Path, runs: Sequence[Run]) -> None:
    """Put `runs` into the table at `path`, in place of earlier runs of the same."""
    kept = {run.key: run for run in (*read_runs(path), *runs)}
    lines = [
        [*(getattr(run, name) for name in _COLUMNS), *(run.reached.get(target, "") for target in TARGETS)]
        for run in kept.values()
    ]
    write_table(path, [*_COLUMNS, *_TARGET_COLUMNS.values()], lines)


def keep_curve(path: Path, run: Run, samples: Iterable[Sample]) -> None:
    """Put where `run` was when into the table at `path`, in place of an earlier curve of the same."""
    kept = {key: curve for key, curve in read_curves(path).items() if key != run.key}
    kept[run.key] = list(samples)
    lines = [[*key, *sample] for key, curve in kept.items() for sample in curve]
    write_table(path, ["problem", "seed", "method", "limit", *Sample._fields], lines)


def read_curves(path: Path) -> dict[tuple[str, int, str, float], list[Sample]]:
    """Return the curves kept in the table at `path` by the key of their run."""
    curves: dict[tuple[str, int, str, float], list[Sample]] = {}
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = row["problem"], int(row["seed"]), row["method"], float(row["limit"])
                bound = int(row["bound"]) if row["bound"] else None
                sample = Sample(float(row["seconds"]), int(row["value"]), bound, int(row["missing"]))
                curves.setdefault(key, []).append(sample)
    return curves


def _run(row: dict[str, str]) -> Run:
    """Return a run from its line."""
    values: dict[str, Any] = {name: _TYPES.get(name, int)(row[name]) for name in _COLUMNS if name != "bound"}
    reached = {target: float(row[column]) for target, column in _TARGET_COLUMNS.items() if row[column]}
    return Run(**values, bound=int(row["bound"]) if row["bound"] else None, reached=reached)

"""What is known of each run, and the table on disk that keeps it; runs that are there are not made again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from benchmarks.tables import write_table

RESULTS = Path(__file__).parents[1] / "results" / "toptw.csv"
"""The table of runs that ``docs/benchmarks.md`` shows."""


@dataclass(frozen=True)
class Run:
    """One method on one case.

    `limit` and `cpu` are seconds of the processor, `seconds` by the clock; `known` is the best profit of the
    literature, -1 where there is none; no plan earns more than `bound`, -1 where none was worked out.
    """

    case: str
    method: str
    limit: float
    seed: int
    profit: int
    bound: int
    known: int
    cpu: float
    seconds: float
    violations: int
    status: str

    @property
    def key(self) -> tuple[str, str, float, int]:
        """What tells it from other runs."""
        return self.case, self.method, self.limit, self.seed

    @property
    def gap(self) -> float | None:
        """How far it is below the best that is known, as a share of that."""
        return None if self.known <= 0 else (self.known - self.profit) / self.known

    @property
    def certified(self) -> float | None:
        """How much better any plan could be, as a share of the profit."""
        return None if self.bound < 0 or self.profit <= 0 else (self.bound - self.profit) / self.profit


_TYPES = {"int": int, "float": float, "str": str}


def read_runs(path: Path) -> list[Run]:
    """Return the runs kept in the table at `path`; none where there is no table yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Run(**{f.name: _TYPES[str(f.type)](row[f.name]) for f in fields(Run)}) for row in rows]


def keep(path: Path, runs: Iterable[Run]) -> None:
    """Add `runs` to the end of the table at `path`."""
    write_table(path, [f.name for f in fields(Run)], map(astuple, [*read_runs(path), *runs]))

"""The published files, how many tours each is solved for, and what the literature has found."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.toptw import towns
from instances.published.rounds import problem_of
from instances.published.toptw import read_toptw
from solver import Problem

FOLDERS = ("solomon_c1r1rc1_100", "cordeau_pr01_10")
"""The 39 files of the comparison."""

FIRST_50 = "solomon_first50"
"""The files with 50 customers, of which optima are known for one tour."""

QUICK = ("c103-2", "r104-2", "r109-4", "rc104-4", "pr03-2", "pr05-2")
"""A few that are not easy."""


class Case(NamedTuple):
    """A file, the number of tours, and the best profit that is known, if any is.

    Where the number of tours is 0 the file is one of `benchmarks.toptw.towns`, which says itself who is on duty.
    """

    file: Path
    tours: int
    known: int | None

    @property
    def name(self) -> str:
        """Return what tables call it."""
        return f"{self.file.stem}-{self.tours}" if self.tours else self.file.stem

    def problem(self) -> Problem:
        """Read it."""
        if not self.tours:
            return towns.read(self.file)
        return problem_of(read_toptw(self.file, self.tours))


TOWNS = tuple(f"{towns.BEGIN}{size}-1" for size in towns.ROUNDS)
"""The made-up rounds of the comparison."""


def family(name: str) -> str:
    """Return the family of a case: c, r, rc, or pr."""
    return name.removeprefix("50_").rstrip("0123456789-")


def cases(data: Path) -> list[Case]:
    """Return all 39 files for 1 to 4 tours, and those of 50 customers for one; `data` is the folder of the collection.

    Raises
    ------
    FileNotFoundError
        When it is not such a folder.
    """
    known: dict[tuple[str, int], int] = {}
    for table, column in (("bks_toptw.csv", "bks"), ("optimal_first50_m1.csv", "optimal_trunc1")):
        with (data / table).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row[column]:
                    known[row["instance"], int(row["m"])] = int(row[column])
    listed = [(file, m) for folder in FOLDERS for file in _files(data / folder) for m in (1, 2, 3, 4)]
    listed += [(file, 1) for file in _files(data / FIRST_50)]
    return [Case(file, m, known.get((file.stem, m))) for file, m in listed]


def town_cases(folder: Path, names: Iterable[str] = TOWNS) -> list[Case]:
    """Return made-up rounds by name; what is not in `folder` yet is made."""
    return [Case(towns.town_file(name, folder), 0, None) for name in names]


def _files(folder: Path) -> Iterable[Path]:
    """Return the files of a folder in order of their names."""
    return sorted(folder.glob("*.txt"))

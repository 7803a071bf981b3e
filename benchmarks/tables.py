"""Tables of figures: in Markdown, as ``docs/benchmarks.md`` shows them, and on disk."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], *, lined_up: bool = True) -> list[str]:
    """Return a table in Markdown; its columns are lined up, or as narrow as can be."""
    widths = [max(len(row[i]) for row in (head, *rows)) if lined_up else 1 for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return [line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]


def write_table(path: Path, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write a table as CSV, whole or not at all, so that a benchmark that is stopped leaves what it has found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)
    os.replace(unfinished, path)

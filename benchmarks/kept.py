"""Made-up problems that are kept on disk, and made anew when what makes them has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from instances.cache import content_key
from solver import Problem, problem_to_json


def kept_problem(file: Path, make: Callable[[], Problem]) -> Path:
    """Return `file`; where it is not there yet the problem that `make` makes is written to it, whole or not at all."""
    if not file.exists():
        made = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(problem_to_json(made), encoding="utf-8")
        unfinished.replace(file)
    return file


def made_by(files: Iterable[Path]) -> str:
    """Return a digest of all that makes problems: `instances`, what a problem is, and `files`."""
    home = Path(__file__).parents[1]
    shared = [*home.glob("instances/**/*.py"), *home.glob("solver/problem*.py")]
    return content_key([file.read_bytes() for file in [*sorted(shared), *files]])

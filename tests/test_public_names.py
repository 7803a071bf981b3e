"""The public names of the package: lazy, complete, and functions whatever was imported before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(code: str) -> str:
    """Return what `code` prints in a fresh interpreter."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("before", ["", "import solver.score, solver.check", "from solver.check import check"])
def test_check_score_and_solve_are_functions(before: str) -> None:
    """The names that are also modules mean the functions, also after the modules were imported."""
    code = f"{before}\nfrom solver import check, score, solve\nprint(callable(check), callable(score), callable(solve))"
    assert run(code) == "True True True"


def test_every_public_name_can_be_imported() -> None:
    """Each name in ``__all__`` is there, and another one is an AttributeError."""
    code = (
        "import solver\n"
        "print(all(callable(getattr(solver, name)) for name in solver.__all__), hasattr(solver, 'nothing'))"
    )
    assert run(code) == "True False"


def test_importing_the_package_loads_nothing_heavy() -> None:
    """The package alone loads neither numpy nor pydantic, OR-Tools or numba."""
    code = "import sys, solver\nprint([m for m in ('numpy', 'pydantic', 'ortools', 'numba') if m in sys.modules])"
    assert run(code) == "[]"


def test_judging_a_plan_needs_no_engine() -> None:
    """Check and score load neither OR-Tools nor numba, nor any engine's module."""
    code = (
        "import sys\nfrom solver import check, score, problem_from_json, plan_from_json\n"
        "print([m for m in ('ortools', 'numba', 'solver.solve', 'solver.search', 'solver.paths') if m in sys.modules])"
    )
    assert run(code) == "[]"

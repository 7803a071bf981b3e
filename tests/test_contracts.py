"""The rules of import in pyproject.toml speak of every module that there is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

MIXED = ("containment", "draws", "sites", "sizing")
"""Folders of `solver` that hold some of either kind, so that their modules are named one by one."""


def contract(begin: str) -> dict[str, Any]:
    """Return the contract whose name begins so."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (found,) = [rule for rule in rules if rule["name"].startswith(begin)]
    return found


def test_every_module_of_the_solver_judges_or_searches() -> None:
    """Each is on the list of what knows no engine, or on that of the engines, and no list names what is not there."""
    rule = contract("What judges and writes plans")
    judges, engines = set(rule["source_modules"]), {m for m in rule["forbidden_modules"] if m.startswith("solver.")}
    there = {f"solver.{p.stem}" for p in (ROOT / "solver").glob("[!_]*.py")}
    there |= {f"solver.{p.parent.name}" for p in (ROOT / "solver").glob("*/__init__.py")}
    inside = {f"solver.{folder}.{p.stem}" for folder in MIXED for p in (ROOT / "solver" / folder).glob("[!_]*.py")}
    assert not judges & engines
    assert judges | engines == (there - {f"solver.{folder}" for folder in MIXED}) | inside


def test_what_reads_files_knows_no_engine_that_judges_may_not_know() -> None:
    """Both contracts name the same engines, so that neither list grows old alone."""
    engines = {m for m in contract("What judges and writes plans")["forbidden_modules"] if m.startswith("solver.")}
    assert engines <= set(contract("The instance builder knows nothing of how a plan is found")["forbidden_modules"])

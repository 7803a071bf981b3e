"""Claims about machine code kept on disk."""

from __future__ import annotations

import importlib
import os
import pkgutil

import numba.core.caching
from numba.core import types

import solver
from solver import solve
from solver.compiled import _forget_stale, compiled
from solver.moves import count_part
from solver.preparation import prepare, prepare_visits
from tests.problems import town_problem


def test_who_returns_arrays_to_python_counts_them():
    """Functions called from Python that return arrays count references, or the arrays would be freed too soon."""
    prepare()
    prepare_visits()
    returning, others = set(), set()
    for module in pkgutil.walk_packages(solver.__path__, "solver."):
        for name, function in vars(importlib.import_module(module.name)).items():
            for signature in getattr(function, "nopython_signatures", ()):
                result = signature.return_type
                parts = list(result) if isinstance(result, types.BaseTuple) else [result]
                found = returning if any(isinstance(part, types.Array) for part in parts) else others
                found.add((name, function.targetoptions["_nrt"]))
    assert {name for name, counts in returning if not counts} <= {"_trip"}, returning  # it goes to no one but `_find`
    assert {"needed_arcs", "gains_of"} <= {name for name, _ in returning}
    assert "anneal" in {name for name, _ in others}


def test_nothing_large_is_compiled_in_a_run():
    """What ends a run is compiled beforehand too, so that no run takes seconds longer than it may."""
    prepare()
    known = len(count_part.nopython_signatures)
    solve(town_problem(2, units=3, hotspots=12, minutes=240), time_limit=None, work_limit=300)
    assert len(count_part.nopython_signatures) == known


def test_machine_code_older_than_a_source_is_forgotten(tmp_path):
    """Code kept before a source changed goes, code kept after it stays, and so does everything else."""
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    (tmp_path / "paths.py").write_text("from solver.compiled import compiled")
    for name in ("old.nbi", "old.nbc", "new.nbi", "old.pyc"):
        (cache / name).write_text("")
    os.utime(tmp_path / "paths.py", (1000, 1000))
    for name, age in (("old.nbi", 900), ("old.nbc", 900), ("new.nbi", 1100), ("old.pyc", 900)):
        os.utime(cache / name, (age, age))
    _forget_stale(tmp_path)
    assert sorted(p.name for p in cache.iterdir()) == ["new.nbi", "old.pyc"]


def test_where_nothing_can_be_kept_it_compiles_all_the_same(monkeypatch):
    """With no place to write machine code to, a function is compiled and works."""
    caching = numba.core.caching
    implementation = caching.CacheImpl if hasattr(caching, "CacheImpl") else caching._CacheImpl  # its older name
    monkeypatch.setattr(implementation, "_locator_classes", [])
    assert compiled(_twice)(4) == 8


def _twice(number: int) -> int:
    return 2 * number

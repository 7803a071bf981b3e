"""Claims about machine code kept on disk."""

from __future__ import annotations

import os

import numba.core.caching

from solver.compiled import _forget_stale, compiled


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

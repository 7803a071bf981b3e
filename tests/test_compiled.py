"""Claims about machine code kept on disk."""

from __future__ import annotations

import os

from solver.compiled import _forget_stale


def test_machine_code_older_than_a_source_is_forgotten(tmp_path):
    """Code kept before a source changed goes, code kept after it stays, and so does everything else."""
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    (tmp_path / "paths.py").write_text("")
    for name in ("old.nbi", "old.nbc", "new.nbi", "old.pyc"):
        (cache / name).write_text("")
    os.utime(tmp_path / "paths.py", (1000, 1000))
    for name, age in (("old.nbi", 900), ("old.nbc", 900), ("new.nbi", 1100), ("old.pyc", 900)):
        os.utime(cache / name, (age, age))
    _forget_stale(tmp_path)
    assert sorted(p.name for p in cache.iterdir()) == ["new.nbi", "old.pyc"]

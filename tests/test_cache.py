"""The store of arrays: found again, never half written, rebuilt when damaged, bounded, shared by runs."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from instances import cache as cache_module
from instances.cache import Cache, content_key

ENTRY = {"file": np.arange(5), "b": np.array([[1.5, np.nan]]), "empty": np.zeros((0, 3), dtype=np.int32)}

parts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


def test_an_entry_is_found_again_as_it_was(tmp_path: Path) -> None:
    """What is put is got, whatever the names, shapes and types of its arrays."""
    assert Cache(tmp_path).put("things", "k", ENTRY)
    found = Cache(tmp_path).get("things", "k")
    assert found is not None
    assert found.keys() == ENTRY.keys()
    for name, array in ENTRY.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_an_unknown_key_is_absent(tmp_path: Path) -> None:
    """A key never put, also in a directory that does not exist, gives nothing and makes nothing."""
    store = Cache(tmp_path / "none")
    assert store.get("things", "k") is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("keep", [0, 1, 30, 0.5, -1])
def test_a_truncated_entry_is_absent_and_can_be_put_again(tmp_path: Path, keep: float) -> None:
    """An entry cut anywhere is no entry; it is removed, and a new one takes its place."""
    store = Cache(tmp_path)
    store.put("things", "k", ENTRY)
    (path,) = tmp_path.glob("*.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if isinstance(keep, float) else keep])
    assert store.get("things", "k") is None
    assert not path.exists()
    assert store.put("things", "k", ENTRY)
    assert store.get("things", "k") is not None


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """A change of any byte of the numbers is found by the checksum."""
    store = Cache(tmp_path)
    numbers = np.arange(1000)
    store.put("things", "k", {"numbers": numbers})
    (path,) = tmp_path.glob("*.npz")
    content = bytearray(path.read_bytes())
    at = content.find(numbers.tobytes()) + 500
    content[at] ^= 4
    path.write_bytes(content)
    assert store.get("things", "k") is None


def test_objects_are_never_loaded(tmp_path: Path) -> None:
    """A file that holds pickled objects is treated as damaged, and its code does not run."""
    np.savez(tmp_path / "things-k.npz", bad=np.array([{"a": 1}], dtype=object))
    assert Cache(tmp_path).get("things", "k") is None


def test_a_failed_write_leaves_the_old_entry_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the entry is not kept, the caller is told, and what was there stays."""
    store = Cache(tmp_path)
    store.put("things", "k", {"a": np.array([1])})

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    assert not store.put("things", "k", {"a": np.array([2])})
    monkeypatch.undo()
    found = store.get("things", "k")
    assert found is not None
    assert found["a"].tolist() == [1]
    assert [p.name for p in tmp_path.iterdir()] == ["things-k.npz"]


def test_a_store_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    """A cache below a file cannot be written; the work goes on without it."""
    (tmp_path / "file").write_text("")
    store = Cache(tmp_path / "file" / "cache")
    assert not store.put("things", "k", ENTRY)
    assert store.get("things", "k") is None
    assert store.describe().entries == 0


def test_the_store_keeps_its_limit_and_forgets_what_is_longest_unused(tmp_path: Path) -> None:
    """Beyond the limit the entry not used for longest goes, and the one just put stays."""
    block = {"a": np.zeros(1000)}
    store = Cache(tmp_path, limit=20_000)
    for i, key in enumerate(("old", "used", "new")):
        store.put("things", key, block)
        if key != "new":
            os.utime(tmp_path / f"things-{key}.npz", (i, i))
        if key == "used":
            assert store.get("things", "old") is not None
    assert store.get("things", "used") is None
    assert store.get("things", "old") is not None
    assert store.get("things", "new") is not None


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    """An unfinished file is removed once it is old, and left alone while another run may be writing it."""
    old, fresh = tmp_path / ".old.unfinished", tmp_path / ".fresh.unfinished"
    for path in (old, fresh):
        path.write_text("half")
    os.utime(old, (0, 0))
    Cache(tmp_path).put("things", "k", ENTRY)
    assert not old.exists()
    assert fresh.exists()


def test_the_report_counts_by_kind_and_clearing_empties_it(tmp_path: Path) -> None:
    """Entries and bytes are told by kind, in text and JSON; clearing removes them and nothing else."""
    store = Cache(tmp_path)
    for kind, key in (("network", "a"), ("travel", "a"), ("travel", "b")):
        store.put(kind, key, ENTRY)
    (tmp_path / "notes.txt").write_text("mine")
    report = store.describe()
    size = sum(p.stat().st_size for p in tmp_path.glob("*.npz"))
    assert (report.entries, report.bytes) == (3, size)
    assert {k: n for k, (n, _) in report.kinds.items()} == {"network": 1, "travel": 2}
    assert report.to_json()["kinds"]["travel"] == {"entries": 2, "bytes": size * 2 // 3}
    assert report.lines()[0] == f"cache {tmp_path}: 3 entries, {size / 1e6:.1f} MB"
    assert store.clear() == 3
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_the_default_directory_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a directory the user's cache directory is taken."""
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "user")
    assert Cache().directory == tmp_path / "user"


def _put_and_get(directory: str, worker: int) -> bool:
    """Write and read one entry many times; whether every read gave a whole one."""
    store = Cache(Path(directory))
    whole = True
    for i in range(20):
        store.put("things", "k", {"a": np.full(2000, worker * 100 + i)})
        found = store.get("things", "k")
        whole = whole and found is not None and len(set(found["a"].tolist())) == 1
    return whole


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_runs_at_once_never_see_half_an_entry(tmp_path: Path, pool: Any) -> None:
    """Two writers and readers of the same entry always find one that is whole."""
    with pool(2) as workers:
        assert all(workers.map(_put_and_get, [str(tmp_path)] * 2, range(2)))


@given(parts, parts)
def test_different_parts_have_different_keys(one: object, two: object) -> None:
    """Keys agree exactly where the parts agree in type and value."""
    same = repr(one) == repr(two)
    assert (content_key(one) == content_key(two)) is same


@given(st.text(), st.text())
def test_parts_do_not_run_into_each_other(one: str, two: str) -> None:
    """Moving a character from one part to the next changes the key."""
    assert content_key(one + "x", two) != content_key(one, "x" + two)


@given(arrays(np.float64, (2, 3)))
def test_shape_and_type_of_arrays_are_in_the_key(array: np.ndarray) -> None:
    """The same bytes in another shape or type have another key."""
    assert len({content_key(x) for x in (array, array.reshape(3, 2), array.view(np.int64))}) == 3
    assert content_key(array) == content_key(array.copy(order="F"))


def test_unknown_types_have_no_key() -> None:
    """What cannot be told for sure is refused, not guessed by its name."""
    with pytest.raises(TypeError, match="cannot make a key of object"):
        content_key(object())


def test_file_digest_is_of_the_content(tmp_path: Path) -> None:
    """Files of equal content have equal digests whatever their names."""
    for name, content in (("a", b"x"), ("b", b"x"), ("c", b"y")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (cache_module.file_digest(tmp_path / n) for n in "abc")
    assert a == b != c

"""Outputs are written whole or not at all."""

from __future__ import annotations

import errno
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances import outputs
from instances.outputs import OutputRefusedError, Outputs, write_file

NAMES = ("plan.json", "summary.txt", "gpx")
OLD = {"plan.json": b"old", "summary.txt": b"old", "gpx/A1.gpx": b"old", "gpx/A2.gpx": b"old"}
NEW = {"plan.json": b"new", "summary.txt": b"new", "gpx/A1.gpx": b"new"}


def put(directory: Path, files: dict[str, bytes], *, force: bool = False) -> None:
    with Outputs(directory, NAMES, what="a plan", force=force) as out:
        out.commit(files)


def tree(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def test_files_are_written_into_new_directories(tmp_path: Path) -> None:
    """Missing directories are made, and exactly the given files are in them."""
    put(tmp_path / "a" / "b", NEW)
    assert tree(tmp_path / "a" / "b") == NEW


def test_commit_returns_the_paths(tmp_path: Path) -> None:
    """The paths that `commit` returns are those of the files."""
    with Outputs(tmp_path, NAMES, what="a plan") as out:
        written = out.commit(NEW)
    assert {str(p.relative_to(tmp_path)): p.read_bytes() for p in written} == NEW


def test_an_existing_plan_is_refused(tmp_path: Path) -> None:
    """Without force a directory that holds such outputs is refused on entering, by name, and stays as it was."""
    put(tmp_path, OLD)
    with pytest.raises(OutputRefusedError, match=r"already holds plan\.json, summary\.txt, gpx; give --force"):
        put(tmp_path, NEW)
    assert tree(tmp_path) == OLD


def test_force_replaces_everything_that_is_ours(tmp_path: Path) -> None:
    """With force nothing of the old plan is left, not even the route of a unit that is no longer there."""
    put(tmp_path, OLD)
    put(tmp_path, NEW, force=True)
    assert tree(tmp_path) == NEW


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Other files of the directory are neither moved nor refused."""
    (tmp_path / "night.yaml").write_bytes(b"mine")
    put(tmp_path, OLD)
    put(tmp_path, NEW, force=True)
    assert tree(tmp_path) == {**NEW, "night.yaml": b"mine"}


def test_force_does_not_take_a_strange_directory_for_a_plan(tmp_path: Path) -> None:
    """A folder gpx without a plan beside it is the planner's own and is refused even with force."""
    (tmp_path / "gpx").mkdir()
    (tmp_path / "gpx" / "holiday.gpx").write_bytes(b"mine")
    with pytest.raises(OutputRefusedError, match=r"holds gpx but no plan\.json"):
        put(tmp_path, NEW, force=True)
    assert tree(tmp_path) == {"gpx/holiday.gpx": b"mine"}


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    """A target that is a file is refused."""
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(OutputRefusedError, match="out is a file; choose a directory"):
        put(tmp_path / "out", NEW)


def test_a_target_below_a_file_is_refused(tmp_path: Path) -> None:
    """A target that cannot be made is refused on entering, with the system's reason."""
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(OutputRefusedError, match=r"cannot write to .*not a directory"):
        put(tmp_path / "file" / "out", NEW)


def test_a_symbolic_link_to_a_directory_is_followed(tmp_path: Path) -> None:
    """A link stays a link, and the files are where it points."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "real") == NEW


def test_a_failed_run_leaves_nothing(tmp_path: Path) -> None:
    """Directories made for a run that failed are gone, with their parents."""
    with pytest.raises(ZeroDivisionError), Outputs(tmp_path / "a" / "b", NAMES, what="a plan"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")])
def test_an_interruption_while_writing_keeps_the_old_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: BaseException | type[BaseException]
) -> None:
    """A full disk or Ctrl-C in the middle of writing leaves the old plan whole and nothing else."""
    put(tmp_path, OLD)
    write, count = os.write, 0

    def full(handle: int, content: bytes) -> int:
        nonlocal count
        count += 1
        if count == 2:
            raise interruption
        return write(handle, content)

    monkeypatch.setattr(outputs.os, "write", full)
    with pytest.raises(interruption if isinstance(interruption, type) else OSError):
        put(tmp_path, NEW, force=True)
    monkeypatch.undo()
    assert tree(tmp_path) == OLD


@given(step=st.integers(1, 7), after=st.booleans())
def test_an_interruption_while_moving_keeps_the_old_plan(
    tmp_path_factory: pytest.TempPathFactory, step: int, after: bool
) -> None:
    """Whichever rename is the last one, and whether it took place, the target holds one whole plan."""
    tmp_path = tmp_path_factory.mktemp("out")
    put(tmp_path, OLD)
    rename, count = os.rename, 0

    def interrupted(source: Path, goal: Path) -> None:
        nonlocal count
        count += 1
        if count == step and not after:
            raise KeyboardInterrupt
        rename(source, goal)
        if count == step:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs.os, "rename", interrupted)
        if step <= 6:
            with pytest.raises(KeyboardInterrupt):
                put(tmp_path, NEW, force=True)
        else:
            put(tmp_path, NEW, force=True)
    assert tree(tmp_path) == (OLD if step <= 6 else NEW)


def test_a_disk_that_fills_up_keeps_the_old_plan(tmp_path: Path) -> None:
    """When the system itself refuses more bytes, the run fails and the old plan is whole."""
    pytest.importorskip("resource", reason="limits on file size need a Unix system")
    put(tmp_path, OLD)
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from instances.outputs import Outputs\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with Outputs(Path(sys.argv[1]), ('plan.json', 'summary.txt', 'gpx'), what='a plan', force=True) as out:\n"
        "    out.commit({'summary.txt': b'new', 'plan.json': b'x' * 5000})\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "File too large" in run.stderr
    assert tree(tmp_path) == OLD


def test_a_second_run_without_force_does_not_lose_its_plan(tmp_path: Path) -> None:
    """Of two runs into one new directory the later one is refused, and its files are kept apart, whole."""
    with Outputs(tmp_path, NAMES, what="a plan") as late:
        put(tmp_path, OLD)
        with pytest.raises(OutputRefusedError, match=r"another run has written .* whole in .*second-run"):
            late.commit(NEW)
    assert tree(tmp_path / "second-run") == NEW
    assert {k: v for k, v in tree(tmp_path).items() if not k.startswith("second-run")} == OLD


def _put_marked(directory: Path, mark: int) -> None:
    put(directory, {"plan.json": b"%d" % mark, **{f"gpx/{i}.gpx": b"%d" % mark for i in range(9)}}, force=True)


def test_runs_at_once_never_mix(tmp_path: Path) -> None:
    """After many runs into one directory at once, all files are of one run and nothing else is there."""
    _put_marked(tmp_path, 0)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_put_marked, [(tmp_path, mark) for mark in range(1, 31)])
    found = tree(tmp_path)
    assert len(found) == 10
    assert len(set(found.values())) == 1


def test_set_aside_never_replaces(tmp_path: Path) -> None:
    """What is set aside gets a free name each time, and survives the end of the run."""
    kept = []
    for content in (b"1", b"2"):
        with Outputs(tmp_path, NAMES, what="a plan") as out:
            kept.append(out.set_aside("rejected-plan", {"plan.json": content}))
    assert [p.name for p in kept] == ["rejected-plan", "rejected-plan-2"]
    assert [(p / "plan.json").read_bytes() for p in kept] == [b"1", b"2"]


def test_one_file_is_refused_where_there_is_one(tmp_path: Path) -> None:
    """A single file is replaced only with force."""
    write_file(tmp_path / "x", b"old")
    with pytest.raises(OutputRefusedError, match="x is there already; give --force"):
        write_file(tmp_path / "x", b"new")
    write_file(tmp_path / "x", b"new", force=True)
    assert tree(tmp_path) == {"x": b"new"}


def test_one_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """A written file is readable for whom the user's mask says, not only for the user."""
    mask = os.umask(0o022)
    try:
        write_file(tmp_path / "x", b"new")
    finally:
        os.umask(mask)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644


def test_one_file_survives_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a single file cannot be written, the old one is whole and nothing else is there."""
    write_file(tmp_path / "x", b"old")

    def full(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outputs.os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        write_file(tmp_path / "x", b"new", force=True)
    assert tree(tmp_path) == {"x": b"old"}


def test_one_file_is_not_written_to_a_directory(tmp_path: Path) -> None:
    """A directory, or a missing one, is refused where a file is wanted."""
    with pytest.raises(OutputRefusedError, match="is a directory; name a file"):
        write_file(tmp_path, b"new")
    with pytest.raises(OutputRefusedError, match=r"cannot write to .*no such file or directory"):
        write_file(tmp_path / "missing" / "x", b"new")


def test_a_device_is_written_not_replaced() -> None:
    """The null device takes the content and stays a device."""
    write_file(Path(os.devnull), b"new")
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_device_is_named() -> None:
    """The error of a device that takes nothing names it, as that of a file does."""
    with pytest.raises(OSError) as caught:
        write_file(Path("/dev/full"), b"route", force=True)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "/dev/full")

"""A run that is killed at any moment leaves one whole plan, and nothing that the next run stumbles over."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import main
from instances import outputs
from instances.leftovers import settle
from instances.outputs import OutputRefusedError, Outputs, write_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes and locks of Unix")

ROOT = Path(__file__).parents[1]
NAMES = ("plan.json", "summary.txt", "gpx")
OLD = {"plan.json": b"old", "summary.txt": b"old", "gpx/A1.gpx": b"old", "gpx/A2.gpx": b"old"}
NEW = {"plan.json": b"new", "summary.txt": b"new", "gpx/A1.gpx": b"new"}
CALLS = ("open", "write", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir", "close", "listdir")


def put(directory: Path, files: dict[str, bytes]) -> None:
    with Outputs(directory, NAMES, what="a plan", force=True) as out:
        out.commit(files)


def tree(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def shown(directory: Path) -> dict[str, bytes]:
    """Return what is not hidden."""
    return {name: content for name, content in tree(directory).items() if not name.startswith(".")}


def killed_at(call: int, work: object) -> bool:
    """Do some work in a process that is killed just before so many calls of the system; tell whether it was."""
    child = os.fork()
    if child == 0:
        count = 0

        def dying(function):
            def counted(*arguments, **named):
                nonlocal count
                count += 1
                if count == call:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **named)

            return counted

        for name in CALLS:
            setattr(os, name, dying(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_before_any_call_a_plan_is_whole(tmp_path: Path) -> None:
    """Before whichever call of the system a run is killed, its target never holds files of two plans.

    Whoever looks at it next finds one whole plan, and the next run works and leaves nothing hidden.
    """
    call, ends = 0, []
    while True:
        call += 1
        target = tmp_path / str(call)
        put(target, OLD)
        killed = killed_at(call, lambda target=target: put(target, NEW))
        seen = shown(target)
        assert seen.items() <= OLD.items() or seen.items() <= NEW.items()
        settle(target)
        ends.append(shown(target))
        assert tree(target) in (OLD, NEW)
        put(target, {**NEW, "summary.txt": b"next"})
        assert tree(target) == {**NEW, "summary.txt": b"next"}
        if not killed:
            break
    assert ends == [OLD] * ends.count(OLD) + [NEW] * ends.count(NEW)
    assert ends.count(OLD) > 5
    assert ends.count(NEW) > 5


def test_killed_before_any_call_a_file_is_whole(tmp_path: Path) -> None:
    """The same of a single file; what is left hidden goes with the next one that is written there."""
    call, ends = 0, set()
    path = tmp_path / "plan.csv"
    while True:
        call += 1
        write_file(path, b"old", force=True)
        killed = killed_at(call, lambda: write_file(path, b"new", force=True))
        ends.add(path.read_bytes())
        write_file(tmp_path / "other.csv", b"x", force=True)
        assert {p.name for p in tmp_path.iterdir()} == {"plan.csv", "other.csv"}
        if not killed:
            break
    assert ends == {b"old", b"new"}
    assert call > 5


@pytest.mark.parametrize("broken", [False, True], ids=["once", "from then on"])
def test_whichever_call_fails_a_plan_is_whole(tmp_path: Path, broken: bool) -> None:
    """Whichever call of the system fails, alone or with all after it, one whole plan is there, and errors are told."""
    call, told = 0, 0
    while True:
        call += 1
        target = tmp_path / str(call)
        put(target, OLD)
        with pytest.MonkeyPatch.context() as patch:
            count = failing_at(patch, call, broken=broken)
            try:
                put(target, NEW)
                done = True
            except (OSError, OutputRefusedError):
                done, told = False, told + 1
        if done:
            assert shown(target) == NEW
        settle(target)
        assert tree(target) in (OLD, NEW)
        if count() < call:
            break
    assert told > 10


def failing_at(patch: pytest.MonkeyPatch, call: int, *, broken: bool) -> Callable[[], int]:
    """Let so many calls of the system work and the next one fail; return what tells how many there were."""
    count = 0

    def failing(function: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == call or (broken and count > call):
                raise OSError(errno.ENOSPC, "No space left on device")
            return function(*arguments, **named)

        return counted

    for name in ("open", "write", "fsync", "rename", "replace", "mkdir"):
        patch.setattr(os, name, failing(getattr(os, name)))
    return lambda: count


def test_what_a_living_run_has_is_left_alone(tmp_path: Path) -> None:
    """Another run, and whoever reads, leave the hidden directory of a run that goes on as it is."""
    with Outputs(tmp_path, NAMES, what="a plan", force=True) as late:
        put(tmp_path, OLD)
        settle(tmp_path)
        late.commit(NEW)
    assert tree(tmp_path) == NEW


def test_what_others_call_alike_is_left_alone(tmp_path: Path) -> None:
    """Hidden files and directories that no run made stay."""
    for name in (".patrol-settings", ".patrol-abc.run", ".patrol-ABCDEFGH.run"):
        (tmp_path / name).write_bytes(b"mine")
    settle(tmp_path)
    put(tmp_path, OLD)
    assert len(list(tmp_path.glob(".patrol-*"))) == 3


@pytest.mark.parametrize(
    "note", ['{"present": ["../mine"]}', '{"present": [".."]}', '{"present": "mine"}', "{}", "[1", '{"present": [""]}']
)
def test_a_note_moves_nothing_from_elsewhere(tmp_path: Path, note: str) -> None:
    """A note that names what no run writes, or is none, has nothing moved."""
    target = tmp_path / "out"
    left = target / ".patrol-abcdefgh.run"
    for name in ("new", "old"):
        (left / name).mkdir(parents=True)
    (left / "new" / "plan.json").write_bytes(b"new")
    (left / "moves.json").write_text(note)
    (tmp_path / "mine").write_bytes(b"mine")
    settle(target)
    assert tree(tmp_path) == {"mine": b"mine"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Where the new files would come from elsewhere by a link, nothing is moved."""
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    (elsewhere / "mine").write_bytes(b"mine")
    left = target / ".patrol-abcdefgh.run"
    (left / "old").mkdir(parents=True)
    (left / "new").symlink_to(elsewhere)
    (left / "moves.json").write_text('{"present": []}')
    settle(target)
    assert tree(tmp_path) == {"elsewhere/mine": b"mine"}


def test_moves_that_can_be_neither_made_nor_undone_are_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails in the middle of moving and moving back, nothing is lost: the next one moves on."""
    put(tmp_path, OLD)
    rename, count = os.rename, 0

    def failing(source: Path, goal: Path) -> None:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError(5, "Input/output error")
        rename(source, goal)

    monkeypatch.setattr(outputs.os, "rename", failing)
    with pytest.raises(OSError, match="Input/output error"):
        put(tmp_path, NEW)
    monkeypatch.undo()
    settle(tmp_path)
    assert tree(tmp_path) == NEW


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_moving_is_too_late(tmp_path: Path, number: int) -> None:
    """A run that is interrupted while its files are moved into place has written them, and does not say otherwise."""
    put(tmp_path, OLD)
    program = (
        "import os, sys; from pathlib import Path; import cli\n"
        "from instances import outputs\n"
        "rename = os.rename\n"
        "def told(source, goal):\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    rename(source, goal)\n"
        "outputs.os.rename = told\n"
        "import click\n"
        "@click.command('put')\n"
        "@click.argument('target')\n"
        "def put(target):\n"
        f"    with outputs.Outputs(Path(target), {NAMES!r}, what='a plan', force=True) as out:\n"
        f"        out.commit({NEW!r})\n"
        "cli.main.add_command(put)\n"
        "cli.main(['put', sys.argv[1]])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert tree(tmp_path) == NEW


def test_readers_wait_until_a_plan_is_whole(tmp_path: Path) -> None:
    """A plan is read as the killed run would have left it."""
    from instances.documents import read_problem
    from solver.problem_json import problem_to_json
    from tests.small_town import small_town

    text = problem_to_json(small_town()).encode()
    target = tmp_path / "out"
    names = ("problem.json", "plan.json")

    def write() -> None:
        with Outputs(target, names, what="a plan", force=True) as out:
            out.commit(dict.fromkeys(names, text))

    write()

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        outputs.os.rename = die
        write()
    os.waitpid(child, 0)
    (target / "problem.json").unlink()  # as after the first move
    assert read_problem(target / "problem.json") == small_town()
    assert not list(target.glob(".patrol-*"))


def test_an_interrupt_while_the_result_is_shown_does_not_say_that_nothing_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever interrupts when files are in place and the result is shown is told so; the exit code is 130."""
    echo = click.echo

    def interrupted(text: object, *, err: bool = False, **named: object) -> None:
        if not err:
            raise KeyboardInterrupt
        echo(text, err=err, **named)

    monkeypatch.setattr("instances.commands.streams.click.echo", interrupted)
    result = CliRunner().invoke(main, ["schema", "plan"])
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "\npatrol: interrupted while the result was shown; files are written whole\n"

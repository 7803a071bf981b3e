"""Runs of `patrol`, each in a process of its own that may be killed, and what they left.

Processes are forked from this one, in which everything is imported, so that a run begins at once and most of its time
is its work; a few are started from nothing.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
CALLS = ("open", "write", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")
"""What a program asks of the system when it writes; those that take something away come last."""

Tree = dict[str, bytes]
Prepare = Callable[[], None]


class Run(NamedTuple):
    """How a run ended (exit code, or minus the number of the signal) and what it said on standard error."""

    code: int
    said: str


class Started:
    """A run that is on its way."""

    def __init__(self, arguments: list[str], *, prepare: Prepare | None = None, fresh: bool = False) -> None:
        self._said = os.memfd_create("stderr")
        self._begun = time.monotonic()
        if fresh:
            program = [sys.executable, "-c", "import cli; cli.main()", *arguments]
            popen = subprocess.Popen(
                program, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=self._said, preexec_fn=_heed_signals
            )
            self.pid = popen.pid
            popen.returncode = 0  # it is waited for here
        else:
            self.pid = os.fork()
            if self.pid == 0:
                self._be(arguments, prepare)

    def _be(self, arguments: list[str], prepare: Prepare | None) -> None:
        """Be the run; never return."""
        _heed_signals()
        os.dup2(self._said, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout, sys.stderr = (io.TextIOWrapper(os.fdopen(n, "wb"), line_buffering=True) for n in (1, 2))
        code = 99
        try:
            import cli

            if prepare is not None:
                prepare()
            cli.main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        except KeyboardInterrupt:
            code = 128 + signal.SIGINT
        finally:
            os._exit(code)

    def wait(self, seconds: float) -> None:
        """Let time pass until so many seconds after the run began."""
        time.sleep(max(self._begun + seconds - time.monotonic(), 0.0))

    def send(self, number: int, after: float) -> None:
        """Send a signal so many seconds after the run began, if it still goes on."""
        self.wait(after)
        os.kill(self.pid, number)

    def end(self) -> Run:
        """Wait until the run has ended."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        said = os.pread(self._said, 10**6, 0).decode(errors="replace")
        os.close(self._said)
        return Run(code, said)


def _heed_signals() -> None:
    """Heed what ends a program, also where whoever began this one has told to ignore it, as ``&`` does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def run(arguments: list[str], *, prepare: Prepare | None = None) -> Run:
    """Run `patrol` to its end."""
    return Started(arguments, prepare=prepare).end()


def tree(path: Path, *, hidden: bool = True) -> Tree:
    """Return the files below a directory, or the one file, without what tells the seconds of a search."""
    if path.is_file():
        return {"": path.read_bytes()}
    found = {}
    for file in sorted(path.rglob("*")):
        name = str(file.relative_to(path))
        if file.is_file() and (hidden or not name.startswith(".")):
            found[name] = re.sub(rb'"seconds": [0-9.e-]+', b'"seconds": 0', file.read_bytes())
    return found


def put_back(source: Path, target: Path) -> None:
    """Make `target` a copy of `source`."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)


class Calls:
    """The calls of the system that a run makes from when it begins to write, counted also if the run is killed."""

    def __init__(self) -> None:
        self._count = RawValue("i", 0)
        self._writing = False

    @property
    def made(self) -> int:
        """How many calls there were."""
        return int(self._count.value)

    def prepare(self, before: Callable[[int], None]) -> Prepare:
        """Return what makes a run do `before`, with the number of the call, before each."""

        def prepare() -> None:
            from instances import outputs

            # What is asked of the system before that has nothing to do with the target.
            outputs.Outputs.commit = self._begins(outputs.Outputs.commit)  # type: ignore[method-assign]
            outputs._held_file = self._begins(outputs._held_file)
            for name in CALLS:
                setattr(os, name, self._counted(getattr(os, name), before))

        return prepare

    def _begins(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function with which writing begins."""

        def begins(*arguments: object, **named: object) -> Any:
            self._writing = True
            return function(*arguments, **named)

        return begins

    def _counted(self, function: Callable[..., Any], before: Callable[[int], None]) -> Callable[..., Any]:
        """Return a call of the system that is counted."""

        def counted(*arguments: object, **named: object) -> Any:
            if self._writing:
                self._count.value += 1
                before(self._count.value)
            return function(*arguments, **named)

        return counted


@contextmanager
def small_disk(path: Path, kilobytes: int) -> Iterator[bool]:
    """Mount a disk of that size at `path`, where this user may; tell whether it is there."""
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(path)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(path)], check=True)

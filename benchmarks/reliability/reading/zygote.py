"""A process that has loaded everything once, and runs each command in a copy of itself under limits.

    python -m benchmarks.reliability.reading.zygote

Reads a request a line from standard input, as JSON, and answers each with a line (see `sandbox`). A copy costs some ten
milliseconds instead of the seconds that a new interpreter takes to import solvers and map readers, and whatever a
command does to itself ends with it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

ESCAPED = 99
"""Exit code of a command out of which an error escaped."""

_ONE_NAME = frozenset({"os.remove", "os.rmdir", "os.mkdir"})
"""Events that name a file, and last the open directory that it lies in, or -1; what lies in one is noted by that."""

_GRACE = 0.002
"""Seconds between two looks at whether a command has ended."""


def main() -> None:
    """Load everything, say so, and serve requests until there are no more."""
    _load()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with answers:
        answers.write("ready\n")
        answers.flush()
        for line in sys.stdin:
            answers.write(json.dumps(_served(json.loads(line))) + "\n")
            answers.flush()


def _load() -> None:
    """Import what commands import when they are used, and load the compiled search."""
    import matplotlib.pyplot  # noqa: F401, ICN001
    import osmium  # noqa: F401
    import osmnx  # noqa: F401
    import reportlab.pdfgen.canvas  # noqa: F401
    import shapely  # noqa: F401
    from ortools.sat.python import cp_model  # noqa: F401

    import instances
    import solver
    from solver.preparation import prepare, prepare_visits

    for package in (solver, instances):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    import cli  # noqa: F401

    prepare()
    prepare_visits()


def _served(request: dict[str, Any]) -> dict[str, Any]:
    """Run one command in a copy of this process; return what it used and how it ended."""
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        _run(request)
    late = False
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > request["wall"]:
            late = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        time.sleep(_GRACE)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "late": late,
        "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss * 1024,
        "wall": time.monotonic() - begun,
    }


def _run(request: dict[str, Any]) -> None:
    """Run the command of a request, and end this process."""
    code = ESCAPED
    try:
        os.setsid()
        _limit(request)
        _redirect(request)
        os.chdir(request["cwd"])
        os.environ.update(request["environment"])
        written = _watched()
        code = _called(request["arguments"])
        Path(request["written"]).write_text(json.dumps(sorted(written)))
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        os._exit(code)


def _limit(request: dict[str, Any]) -> None:
    """Take away more time and memory than the request grants, on top of what this process has already."""
    have = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (have + request["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (request["cpu"], request["cpu"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (request["file"],) * 2)


def _redirect(request: dict[str, Any]) -> None:
    """Let the streams of this process be files."""
    for number, name, how in (
        (0, request["stdin"], os.O_RDONLY),
        (1, request["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(name, how, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115


def _watched() -> set[str]:
    """Return a set that gathers every file that this process makes, writes or moves, as absolute names."""
    written: set[str] = set()

    def note(name: Any) -> None:
        if isinstance(name, bytes | str | os.PathLike):
            with contextlib.suppress(OSError, ValueError):
                written.add(os.path.abspath(os.fsdecode(name)))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _, mode, flags = arguments
            writes = any(c in mode for c in "wax+") if mode else bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if writes:
                note(arguments[0])
        elif event in _ONE_NAME and arguments[-1] == -1:
            note(arguments[0])
        elif event in ("os.rename", "os.link", "os.symlink"):
            for name in arguments[:2]:
                note(name)

    sys.addaudithook(hook)
    return written


def _called(arguments: list[str]) -> int:
    """Run a command, or a reader that no command calls, and return its exit code."""
    if arguments[0] == "read-published":
        from benchmarks.reliability.reading.published import read

        return read(arguments[1], arguments[2])
    import cli

    try:
        cli.main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ESCAPED
    return 0


if __name__ == "__main__":
    main()

"""Runs commands of `patrol` under limits of time and memory, many a second, and says how each ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[3]

MOST_CPU = 40
"""Seconds of the processor after which a command is ended."""

MOST_WALL = 120.0
"""Seconds after which a command is ended, whatever it waits for."""

MOST_MEMORY = 3 * 2**30
"""Bytes of address space that a command may take on top of what it begins with."""

MOST_FILE = 2**28
"""Bytes of the largest file that a command may write."""


@dataclass(frozen=True)
class Run:
    """How a command ended.

    `code` is its exit code, negative where a signal ended it; `late` whether it was ended after `MOST_WALL`; `cpu`
    seconds of the processor; `memory` bytes at most, beyond what a command takes that does nothing; `written` the files
    that it made, wrote, moved or removed, as absolute names.
    """

    arguments: tuple[str, ...]
    code: int
    late: bool
    cpu: float
    memory: int
    out: str
    err: str
    written: tuple[str, ...]


class Sandbox:
    """A process that runs commands, one after the other; used as a context."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._base = 0

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="patrol-sandbox-")
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "default", "MPLBACKEND": "agg"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.reliability.reading.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        if self._answer() != "ready":
            raise RuntimeError("the process that runs commands did not start")
        self._base = self.run(["--version"], Path(self._scratch.name)).memory
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            self._process.communicate()
        if self._scratch is not None:
            self._scratch.cleanup()

    def run(
        self,
        arguments: Sequence[str],
        directory: Path,
        *,
        stdin: Path | str = os.devnull,
        environment: Mapping[str, str] | None = None,
        wall: float = MOST_WALL,
    ) -> Run:
        """Run ``patrol ARGUMENTS`` in a directory, and wait for its end."""
        if self._process is None or self._process.stdin is None or self._scratch is None:
            raise RuntimeError("a sandbox is used as a context")
        scratch = Path(self._scratch.name)
        out, err, written = (scratch / name for name in ("out", "err", "written"))
        written.unlink(missing_ok=True)
        request = {
            "arguments": list(arguments),
            "cwd": str(directory),
            "stdin": str(stdin),
            "stdout": str(out),
            "stderr": str(err),
            "written": str(written),
            "environment": dict(environment or {}),
            "cpu": MOST_CPU,
            "wall": wall,
            "memory": MOST_MEMORY,
            "file": MOST_FILE,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._answer())
        mine = {str(path) for path in (out, err, written)}
        return Run(
            tuple(arguments),
            answer["code"],
            answer["late"],
            answer["cpu"],
            answer["rss"] - self._base,
            out.read_bytes().decode("utf-8", "replace"),
            err.read_bytes().decode("utf-8", "replace"),
            tuple(w for w in json.loads(written.read_text()) if w not in mine) if written.exists() else (),
        )

    def _answer(self) -> str:
        """Return the next line that the process says."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that runs commands has ended")
        return line.rstrip("\n")

"""What must hold of every command, whatever it was given to read; each thing that does not is a finding."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.reliability.reading.sandbox import Run
from instances.commands.failures import DONE, INVALID, NO_ROADS, SHORT, USAGE, VIOLATED

CODES = frozenset({DONE, USAGE, INVALID, SHORT, VIOLATED, NO_ROADS})
"""Exit codes of ``docs/outputs.md`` that a file may lead to; never that of an internal error."""

MOST_SECONDS = 10.0
"""Seconds of the processor that a command may take beyond what it takes for the file as it was."""

MOST_MEMORY = 2**30
"""Bytes that a command may take beyond what it takes to do nothing."""

_TALK = re.compile(
    r"Traceback|internal error|Warning:|<class |<built-in|NoneType| object at 0x|dtype|pydantic|"
    r"Exception ignored"
)
"""What a planner should never read on standard error."""

_TALK_SHOWN = re.compile(r"Traceback|internal error|<class |NoneType| object at 0x")
"""Nor on standard output, where a plan tells the versions of what made it."""

_COMPILED = re.compile(r"/__pycache__/[^/]+\.nb[ic](\.tmp\.[^/]*)?$")
"""Machine code of the search, which is kept beside it (`solver.compiled`)."""

Snapshot = Mapping[str, str]


@dataclass(frozen=True)
class Allowed:
    """Where a command may write: the folders `out` and those below, and nowhere else but what is compiled."""

    directory: Path
    out: tuple[str, ...]

    def holds(self, name: str) -> bool:
        """Tell whether a file of this absolute name may be written."""
        path = Path(os.path.realpath(os.path.dirname(name))) / os.path.basename(name)
        if _COMPILED.search(name):
            return True
        return any(path.is_relative_to(self.directory / part) for part in self.out) or name.startswith("/dev/")


def snapshot(directory: Path) -> Snapshot:
    """Return what stands where below a directory: the kind of each entry, and the digest of its content."""
    found: dict[str, str] = {}
    for base, folders, files in os.walk(directory):
        for name in (*folders, *files):
            path = Path(base) / name
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_size < 2**26 and os.access(path, os.R_OK):
                found[str(path.relative_to(directory))] = sha256(path.read_bytes()).hexdigest()
            else:
                found[str(path.relative_to(directory))] = oct(stat.S_IFMT(status.st_mode))
    return found


def findings(
    run: Run, *, base: float, names: tuple[str, ...], allowed: Allowed, before: Snapshot, codes: frozenset[int] = CODES
) -> Iterator[str]:
    """Yield everything that is wrong with the end of a run.

    Parameters
    ----------
    run : Run
    base : float
        Seconds of the processor that the command takes for the files as they were.
    names : tuple of str
        Names of files, one of which a message must hold where the input was refused.
    allowed : Allowed
    before : Snapshot
        Of the directory before the run.
    codes : frozenset of int
        The exit codes that may be.
    """
    if run.late:
        yield "hangs"
    elif run.code not in codes:
        yield f"exit code {run.code}"
    if run.cpu > base + MOST_SECONDS:
        yield f"takes {run.cpu:.0f} s of the processor"
    if run.memory > MOST_MEMORY:
        yield f"takes {run.memory >> 20} MB"
    if found := _TALK.search(run.err) or _TALK_SHOWN.search(run.out):
        yield f"says {found[0].strip()!r}"
    if run.code in (INVALID, NO_ROADS) and not _named(run, names, allowed.directory):
        yield "does not name the file"
    if run.code not in (DONE, SHORT) and not run.late and not (run.err.strip() or run.out.strip()):
        yield "says nothing"
    if "--json" in run.arguments and run.out:
        try:
            json.loads(run.out, parse_constant=_no_json)
        except ValueError:
            yield "prints no JSON"
    for name in run.written:
        if not allowed.holds(name):
            yield f"writes {name}"
    after = snapshot(allowed.directory)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    failed = run.code not in (DONE, SHORT, VIOLATED)
    for name in changed:
        inside = allowed.holds(str(allowed.directory / name))
        if not inside or (failed and name in before):
            yield f"changes {name}"
        elif failed and not name.startswith("rejected"):
            yield f"leaves {name} behind"


def _named(run: Run, names: tuple[str, ...], directory: Path) -> bool:
    """Tell whether a message names one of these files, or begins with one that there is."""
    told = re.match(r"\s*patrol: ([^:\n]+)", run.err)
    there = told is not None and os.path.lexists(directory / told[1])
    return there or any(name in run.err + run.out for name in names)


def _no_json(name: str) -> float:
    """Refuse what JSON does not have."""
    raise ValueError(name)

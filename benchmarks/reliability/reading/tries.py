"""Tries cases: puts their files into a folder, runs their commands, and says what was wrong with each run."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from pathlib import Path

from benchmarks.reliability.reading.judge import Allowed, findings, snapshot
from benchmarks.reliability.reading.kinds import Case, Command
from benchmarks.reliability.reading.samples import Samples
from benchmarks.reliability.reading.sandbox import Run, Sandbox
from instances.commands.failures import DONE, SHORT


class Tries:
    """Tries cases, each in a folder of its own."""

    def __init__(self, sandbox: Sandbox, samples: Samples, scratch: Path) -> None:
        self._sandbox = sandbox
        self._samples = samples
        self._scratch = scratch
        self._base: dict[Command, float] = {}

    def run(self, case: Case) -> list[tuple[Run, list[str]]]:
        """Run the commands of a case until one fails; return each run with what is wrong with it."""
        folder = self._scratch / "case"
        self._fill(folder, case)
        ends: list[tuple[Run, list[str]]] = []
        stdin = folder / case.stdin if case.stdin else os.devnull
        try:
            for command in case.commands:
                before = snapshot(folder)
                run = self._sandbox.run(command, folder, stdin=stdin, environment=_homes(folder))
                wrong = findings(
                    run,
                    base=self._seconds(command) if case.files else 0.0,
                    names=case.names,
                    allowed=Allowed(folder, ("made", "home", *_targets(command))),
                    codes=case.codes,
                    before=before,
                )
                told = list(wrong)
                count = sum(path.is_file() for path in (folder / "made").rglob("*"))
                if case.made is not None and run.code == 0 and count != case.made:
                    told.append(f"makes {count} files, not {case.made}")
                ends.append((run, told))
                if run.code not in (0, 4):
                    break
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return ends

    def _fill(self, folder: Path, case: Case) -> None:
        """Put the files of a case into its folder."""
        folder.mkdir()
        for name in ("home", "made"):
            (folder / name).mkdir()
        for name in case.needs:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._samples.folder / name, target)
        for name, put in case.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(put, bytes):
                target.write_bytes(put)
            else:
                target.unlink(missing_ok=True)
                put(target)

    def _seconds(self, command: Command) -> float:
        """Return how long a command takes for the files as they were, which it must take."""
        if command not in self._base:
            folder = self._scratch / "base"
            shutil.copytree(self._samples.folder, folder)
            if "made/plan" in command[1:2]:
                shutil.copytree(folder / "out", folder / "made" / "plan")
            else:
                (folder / "made").mkdir()
            (folder / "home").mkdir()
            run = self._sandbox.run(command, folder, environment=_homes(folder))
            if command[-1] != "-" and run.code not in (DONE, SHORT):
                raise RuntimeError(f"{command} does not take the samples as they are: {run.code}, {run.err}")
            self._base[command] = run.cpu
            shutil.rmtree(folder)
        return self._base[command]


def _targets(command: Command) -> tuple[str, ...]:
    """Return the folders that a command is told to write to."""
    pairs = pairwise(command)
    return tuple(value.split("/")[0] for option, value in pairs if option in ("-o", "--cache-dir", "--ics"))


def _homes(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of the user's is read or written."""
    home = str(folder / "home")
    return {"HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": home, "MPLCONFIGDIR": home}

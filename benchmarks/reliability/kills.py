"""Runs over an old plan that are killed, interrupted, out of room, or several at once: is a whole plan there.

``python -m benchmarks.reliability.kills --times 200`` does each part as often as it says in the table it prints; parts
can be named, such as ``--parts calls,disks``.  After each run the target must hold the old files or the new ones, all
of one run; files of two runs are never there, not even before anybody has looked; a plan passes `patrol check`, and the
next run works and leaves nothing hidden.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.reliability import at_once, failing
from benchmarks.reliability.jobs import Job, each_call, ended_badly, jobs
from benchmarks.reliability.runs import Started, run

Case = tuple[str, str, list[str]]
"""The row of the table, what was found, and what is wrong."""


def killed_at_random(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Kill runs at random moments: of the whole run, or of its end; some of them are started from nothing."""
    for n in range(times):
        job = every[n % 3] if n % 4 else every[n % len(every)]
        fresh = n % 10 == 0
        late, whole = job.seconds * chance.uniform(0.8, 1.3), job.seconds * chance.uniform(0.0, 1.1)
        after = (whole if n % 2 else late) + 1.5 * fresh * chance.random()
        job.begin()
        started = Started(job.command(2), fresh=fresh)
        started.send(signal.SIGKILL, after)
        ended = started.end()
        found, wrong = job.left(ended.code)
        if n % 3 == 0:
            wrong += job.next_run()
        yield "killed at a random moment", found if ended.code < 0 else "had ended", _of(job, ended.code, wrong)


def killed_at_calls(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Kill runs just before a call of the system from when they begin to write: any call, or some of a slow command."""
    for job in every:
        for call, calls in each_call(job, times, chance):
            job.begin()
            ended = run(job.command(2), prepare=calls.prepare(_dying(call)))
            found, wrong = job.left(ended.code)
            if chance.random() < times / 1000:
                wrong += job.next_run()
            yield f"{job.name}, killed before a call", found, _of(job, call, wrong)


def _dying(call: int) -> Callable[[int], None]:
    """Return what is killed at a call."""
    return lambda n: os.kill(os.getpid(), signal.SIGKILL) if n == call else None


def interrupted(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Interrupt runs politely at random moments."""
    for n in range(times // 2):
        job, number = every[n % len(every)], (signal.SIGINT, signal.SIGTERM)[n // 2 % 2]
        job.begin()
        # Some of the searches go on until they are interrupted.
        command = [x if x != "20" or n % 3 else "1000000" for x in job.command(2)]
        started = Started(command)
        started.send(number, job.seconds * chance.uniform(0.0, 1.2))
        ended = started.end()
        _, wrong = _left_by_interrupt(job, ended.code, command != job.command(2))
        wrong += ended_badly(ended)
        what = {0: "new plan", 4: "new plan", 130: "nothing"}.get(ended.code, "ended by the signal")
        yield f"interrupted by {number.name}", what, _of(job, ended.code, wrong)


def _left_by_interrupt(job: Job, code: int, endless: bool) -> tuple[str, list[str]]:
    """Return what is left; a search that was ended early has a plan of its own, which passes `check`."""
    found, wrong = job.left(code)
    own = code in (0, 4) and (endless or job.name in ("plan", "replan", "draw"))
    if own and found == "partly":
        wrong = [w for w in wrong if w.startswith("check")]
        if job.target.joinpath("plan.json").exists() and run(["check", str(job.target)]).code:
            wrong.append("the plan breaks rules")
        if list(job.target.glob(".patrol-*")):
            wrong.append("something hidden is left")
    return found, wrong


def _of(job: Job, what: object, wrong: list[str]) -> list[str]:
    """Return what is wrong, with the command and how it ended."""
    return [f"{job.name} ({what}): {text}" for text in wrong]


Part = Callable[[list[Job], int, random.Random], Iterator[Case]]
PARTS: dict[str, Part] = {
    "random": killed_at_random,
    "calls": killed_at_calls,
    "signals": interrupted,
    "faults": failing.failed_at_calls,
    "disks": failing.full_disks,
    "once": at_once.runs_at_once,
    "caches": at_once.broken_caches,
}


def main() -> int:
    """Run all parts; return 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="runs that are killed at random moments")
    parser.add_argument("--parts", default=",".join(PARTS), help="which parts, with commas between them")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    _import_everything()
    table: dict[str, Counter[str]] = {}
    begun, faults = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        every = list(jobs(Path(folder)))
        print(*(f"{job.name} takes {job.seconds:.1f} s" for job in every), sep=", ", file=sys.stderr, flush=True)
        for part in options.parts.split(","):
            for row, found, wrong in PARTS[part](every, options.times, random.Random(options.seed)):
                table.setdefault(row, Counter())[found] += 1
                table[row]["wrong"] += bool(wrong)
                faults += bool(wrong)
                for text in wrong:
                    print(f"{row}: {text}", flush=True)
            print(f"{part}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print("| What | Runs | What was there | Wrong |\n|---|---:|---|---:|")
    for row, counts in table.items():
        wrong_ones = counts.pop("wrong")
        found = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        print(f"| {row} | {counts.total():,} | {found} | {wrong_ones} |")
    return int(faults > 0)


def _import_everything() -> None:
    """Import and load what runs need, so that those that are forked begin with their work."""
    import importlib
    import pkgutil

    import instances
    import solver
    import solver.preparation

    for package in (solver, instances):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "map_page" not in module.name:
                importlib.import_module(module.name)


if __name__ == "__main__":
    sys.exit(main())

"""The commands that are killed: what each writes over what it has written before."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.reliability.runs import Calls, Run, Tree, put_back, run, tree
from instances.leftovers import settle
from instances.towns import make_town, write_town

_SLOW = 2.0
"""Seconds of a command that is not run once for each of its calls of the system."""


class Job(NamedTuple):
    """A command that writes `target` by seed; `old` and `new` are what it leaves with seeds 1 and 2."""

    name: str
    arguments: list[str]
    seeds: tuple[list[str], list[str]]
    target: Path
    old: Path
    new: Path
    seconds: float

    def command(self, seed: int) -> list[str]:
        """Return the command line for seed 1 or 2."""
        return [*self.arguments, *self.seeds[seed - 1], "-o", str(self.target), "--force"]

    def begin(self) -> None:
        """Put the old files where the command writes."""
        put_back(self.old, self.target)

    def left(self, code: int, *, told: bool = True) -> tuple[str, list[str]]:
        """Return what a run that ended so has left, and all that is wrong with that.

        It is ``old``, ``new``, or ``partly`` one of them, which whoever looks next makes whole.  `told` is whether
        a run that has failed has surely left the old files.
        """
        old, new = tree(self.old), tree(self.new)
        seen, wrong = self._seen(), []
        found = "old" if seen == old else "new" if seen == new else "partly"
        if not (seen.items() <= old.items() or seen.items() <= new.items()):
            wrong.append("files of two runs")
        settle(self.target.parent if self.old.is_file() else self.target)
        after = self._seen()
        if after not in (old, new):
            wrong.append("neither the old files nor the new ones")
        if code in (0, 4) and after != new:
            wrong.append(f"exit code {code}, and not the new files")
        if told and code in (1, 2, 130) and after != old:
            wrong.append(f"exit code {code}, and not the old files")
        if "plan.json" in after:
            checked = run(["check", str(self.target)])
            if checked.code:
                wrong.append(f"check says: {checked.said}")
        return found, wrong

    def next_run(self) -> list[str]:
        """Return what is wrong with the next run over what was left."""
        ended = run(self.command(1))
        wrong = [] if ended.code in (0, 4) else [f"the next run ended with {ended.code}: {ended.said[-300:]}"]
        if tree(self.target) != tree(self.old):
            wrong.append("the next run left something else")
        around = self.target if self.target.is_dir() else self.target.parent
        wrong += [f"{path.name} is left" for path in around.glob(".patrol-*")]
        return wrong

    def _seen(self) -> Tree:
        """Return what is there and not hidden."""
        return tree(self.target, hidden=False) if self.target.exists() else {}


def jobs(folder: Path) -> Iterator[Job]:
    """Yield the commands, each run twice to know what it leaves."""
    town, cache = folder / "town", str(folder / "cache")
    write_town(make_town(3, hotspots=10, units=3), town)
    night = str(town / "night.yaml")
    plan = ["plan", night, "--cache-dir", cache, "--work-limit", "20"]
    seeds = (["--seed", "1"], ["--seed", "2"])
    made = [folder / "plans" / str(n) for n in (1, 2)]
    for seed, path in zip(seeds, made, strict=True):
        assert run([*plan, *seed, "-o", str(path)]).code in (0, 4)
    plans = ([str(made[0])], [str(made[1])])
    draw = ["draw", night, "--cache-dir", cache, "--plans", "2", "--within", "10%", "--work-limit", "60"]
    at = ["--at", "20:00", "--work-limit", "10"]
    yield _job(folder, "plan", plan, seeds, "out")
    yield _job(folder, "replan", ["replan", str(made[0]), *at], (["--late", "C1 20min"], ["--late", "C1 40min"]), "out")
    yield _job(folder, "draw", draw, seeds, "draws")
    yield _job(folder, "export gpx", ["export", "gpx"], plans, "gpx")
    yield _job(folder, "export kml", ["export", "kml"], plans, "plan.kml")


def _job(folder: Path, name: str, arguments: list[str], seeds: tuple[list[str], list[str]], target: str) -> Job:
    """Return a command with what it leaves by seed."""
    around = folder / "targets" / name.replace(" ", "-")
    around.mkdir(parents=True)
    old, new = folder / "left" / f"{name}-1", folder / "left" / f"{name}-2"
    job = Job(name, arguments, seeds, around / target, old, new, 0.0)
    begun = 0.0
    for seed, kept in ((1, old), (2, new)):
        begun = time.monotonic()
        ended = run(job.command(seed))
        assert ended.code in (0, 4), f"{name}: {ended}"
        seconds = time.monotonic() - begun
        kept.parent.mkdir(parents=True, exist_ok=True)
        put_back(job.target, kept)
    assert tree(old) != tree(new), f"{name}: seeds make no difference"
    return job._replace(seconds=seconds)


def each_call(job: Job, times: int, chance: random.Random) -> Iterator[tuple[int, Calls]]:
    """Yield the calls of the system that a command makes from when it begins to write, by number, to try something at.

    Those of a quick command all and one more, so that nothing happens once; of a slow one the last, and a tenth of
    `times` others, drawn at random.
    """
    undisturbed = Calls()
    job.begin()
    run(job.command(2), prepare=undisturbed.prepare(lambda _: None))
    numbers = list(range(1, undisturbed.made + 2))
    if job.seconds > _SLOW and len(numbers) > times // 10:
        numbers = sorted([*chance.sample(numbers[:-1], times // 10), numbers[-1]])
    for number in numbers:
        yield number, Calls()


def ended_badly(ended: Run) -> list[str]:
    """Return what no run may say or end with that was not killed."""
    wrong = [f"exit code {ended.code}"] if ended.code not in (0, 1, 2, 4, 130, -2, -15) else []
    if "Traceback" in ended.said or "internal error" in ended.said:
        wrong.append(ended.said[-600:])
    return wrong

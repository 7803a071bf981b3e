"""Runs at once into one cache and one target, and caches that are broken, read-only, or taken away."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reliability.jobs import Job, ended_badly
from benchmarks.reliability.runs import Run, Started, run, small_disk, tree
from instances.cache import Cache

Case = tuple[str, str, list[str]]

WAYS = ("bytes flipped", "cut", "empty", "a directory", "garbage", "another entry")
"""How an entry of a cache is damaged."""


def runs_at_once(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Begin two and four runs at once, with one empty cache, into targets of their own and into one."""
    job = every[0]
    for n in range(max(times // 10, 6)):
        number, one, force = (2, 4)[n % 2], n // 2 % 3 > 0, n // 2 % 3 > 1
        folder = job.target.parent / f"at-once-{n}"
        targets = [folder / ("out" if one else f"out-{k}") for k in range(number)]
        begun = []
        for k, target in enumerate(targets):
            begun.append(Started(_command(job, k % 2 + 1, target, folder / "cache", force=force)))
            begun[-1].wait(chance.uniform(0, 0.1))
        ended = [started.end() for started in begun]
        wrong = [text for run_ in ended for text in ended_badly(run_)]
        wrong += _whole_cache(folder / "cache")
        wrong += _wrong_targets(job, folder, ended, one=one, force=force)
        codes = sorted(run_.code for run_ in ended)
        told = f"{sum(c in (0, 4) for c in codes)} of {number} wrote" + (", others told" if codes[-1] == 2 else "")
        where = "one target" if one else "targets of their own"
        yield f"at once into one cache and {where}{', --force' if force and one else ''}", told, wrong
        shutil.rmtree(folder)


def _command(job: Job, seed: int, target: Path, cache: Path, *, force: bool = True) -> list[str]:
    """Return a command line with another target and cache."""
    words = [*job.arguments, *job.seeds[seed - 1], "-o", str(target)]
    words[words.index("--cache-dir") + 1] = str(cache)
    return [*words, "--force"] if force else words


def _wrong_targets(job: Job, folder: Path, ended: list[Run], *, one: bool, force: bool) -> Iterator[str]:
    """Yield what is wrong with the files of runs at once."""
    right = [tree(job.old), tree(job.new)]
    found = sorted({path.parent for path in folder.rglob("plan.json")})
    for path in found:
        if {name: content for name, content in tree(path).items() if "second-run" not in name} not in right:
            yield f"{path.name} holds files that no single run makes"
    wrote = sum(run_.code in (0, 4) for run_ in ended)
    if not one and wrote != len(ended):
        yield f"only {wrote} of {len(ended)} wrote, though nothing was in their way"
    if one and force and wrote != len(ended):
        yield f"only {wrote} of {len(ended)} wrote with --force"
    if one and not force:
        # Whoever comes late keeps its files apart, or was refused before its work.
        kept = sum("second-run" in run_.said for run_ in ended)
        if wrote != 1 or kept + 1 != len(found):
            yield f"{wrote} wrote, {kept} say they are apart, {len(found)} plans are there"
    if list(folder.rglob(".patrol-*")):
        yield "something hidden is left"


def _whole_cache(directory: Path) -> Iterator[str]:
    """Yield entries of a cache that are not whole, and files that are none."""
    cache = Cache(directory)
    for path in directory.iterdir():
        kind, _, key = path.stem.partition("-")
        if path.suffix != ".npz" or cache.get(kind, key) is None:
            yield f"{path.name} in the cache is no whole entry"


def broken_caches(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Run with caches that are damaged in some way; the plan is the same."""
    job = every[0]
    whole, cache = job.target.parent / "whole", job.target.parent / "cache"
    run(_command(job, 1, job.target, whole))
    entries = sorted(path.name for path in whole.iterdir())
    for n in range(max(times // 4, 12)):
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(whole, cache)
        k, way = n // len(WAYS) % len(entries), WAYS[n % len(WAYS)]
        _damage(cache / entries[k], way, whole / entries[k - 1], chance)
        yield _same_plan(job, cache, f"cache: {way}")
    for _ in range(max(times // 10, 4)):
        shutil.rmtree(cache, ignore_errors=True)
        if chance.random() < 0.5:
            shutil.copytree(whole, cache)
        started = Started(_command(job, 2, job.target, cache))
        started.wait(job.seconds * chance.random())
        shutil.rmtree(cache, ignore_errors=True)
        yield _judged(job, started.end(), "cache: taken away during the run")
    yield from _unwritable(job, cache, whole)


def _damage(path: Path, way: str, other: Path, chance: random.Random) -> None:
    """Damage one file of a cache."""
    content = bytearray(path.read_bytes())
    if way == "bytes flipped":
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    elif way == "cut":
        del content[chance.randrange(len(content)) :]
    elif way == "garbage":
        content = bytearray(chance.randbytes(len(content)))
    elif way == "another entry":
        content = bytearray(other.read_bytes())
    path.write_bytes(b"" if way == "empty" else content)
    if way == "a directory":
        path.unlink()
        path.mkdir()


def _unwritable(job: Job, cache: Path, whole: Path) -> Iterator[Case]:
    """Run with a cache on a disk that cannot be written, or is full, and with one that is a file."""
    for filled in (False, True):
        shutil.rmtree(cache, ignore_errors=True)
        with small_disk(cache, 8000) as there:
            if not there:
                yield "cache: read-only", "cannot be mounted here", []
                continue
            if filled:
                shutil.copytree(whole, cache, dirs_exist_ok=True)
            subprocess.run(["mount", "-o", "remount,ro", str(cache)], check=True)
            yield _same_plan(job, cache, "cache: read-only")
    with small_disk(cache, 4) as there:
        if there:
            yield _same_plan(job, cache, "cache: full disk")
    shutil.rmtree(cache, ignore_errors=True)
    cache.write_text("mine")
    ended = run(_command(job, 2, job.target, cache))
    refused = ended.code == 2 and "is a file" in ended.said and cache.read_text() == "mine"
    yield "cache: a file", "refused" if refused else "not refused", [] if refused else [ended.said]
    cache.unlink()


def _same_plan(job: Job, cache: Path, row: str) -> Case:
    """Run with a cache and hold what was written against what it should be."""
    return _judged(job, run(_command(job, 2, job.target, cache)), row)


def _judged(job: Job, ended: Run, row: str) -> Case:
    """Return what a run that must have worked has done."""
    wrong = ended_badly(ended)
    if ended.code not in (0, 4) or tree(job.target) != tree(job.new):
        wrong.append(f"exit code {ended.code}, another plan or none: {ended.said[-300:]}")
    return row, "the same plan" if not wrong else "not the same plan", wrong

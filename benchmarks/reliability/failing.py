"""Runs over an old plan whose disk fails at each call in turn, or is full."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
from collections.abc import Callable, Iterator

from benchmarks.reliability.jobs import Job, each_call, ended_badly
from benchmarks.reliability.runs import run, small_disk, tree

Case = tuple[str, str, list[str]]


def failed_at_calls(every: list[Job], times: int, chance: random.Random) -> Iterator[Case]:
    """Let a call of the system fail, alone or with all after it, as `kills` does."""
    for job, ever in ((job, ever) for job in every for ever in (False, True)):
        for call, calls in each_call(job, times, chance):
            job.begin()
            ended = run(job.command(2), prepare=calls.prepare(_failing(call, ever=ever)))
            found, wrong = job.left(ended.code, told=False)
            wrong += ended_badly(ended)
            if ended.code and "no space left" not in ended.said:
                wrong.append(f"no reason is told: {ended.said}")
            if chance.random() < times / 2000:
                wrong += job.next_run()
            row = f"{job.name}, {'all calls from one on fail' if ever else 'a call fails'}"
            told = "told" if ended.code else "no matter"
            yield row, f"{told}, {found}", [f"{job.name} ({call}, {ended.code}): {w}" for w in wrong]


def _failing(call: int, *, ever: bool) -> Callable[[int], None]:
    """Return what fails at a call, or from it on."""

    def fail(n: int) -> None:
        if n == call or (ever and n > call):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fail


def full_disks(every: list[Job], times: int, _: random.Random) -> Iterator[Case]:
    """Write to disks with room for a part of the new files, and with a limit on the size of a file."""
    steps = max(times // 20, 4)
    for job in every:
        # A disk gives room by pages of 4 kB, also to directories.
        size = sum(4 * (len(x) // 4096 + 2) for x in tree(job.new).values()) + 64
        for n in range(steps + 1):
            yield _on_small_disk(job, size, n / steps)
    for job in every:
        largest = max(len(x) for x in tree(job.new).values())
        for n in range(1, steps + 1):
            yield _with_small_files(job, largest * n // steps + (n == steps))


def _on_small_disk(job: Job, size: int, share: float) -> Case:
    """Write where there is room for the old files and a share of the new ones (twice, as they are in pages)."""
    disk = job.target.parent / "disk"
    with small_disk(disk, 2 * size + 64 + int(2 * size * share)) as there:
        if not there:
            return "full disk", "cannot be mounted here", []
        moved = job._replace(target=disk / job.target.name)
        moved.begin()
        room = os.statvfs(disk)
        filler = disk / "filler"
        spare = int((room.f_bavail * room.f_frsize) - 2 * 1024 * size * share)
        filler.write_bytes(bytes(max(spare, 0)))
        ended = run(moved.command(2))
        found, wrong = moved.left(ended.code)
        wrong += ended_badly(ended)
        if ended.code and "no space left" not in ended.said:
            wrong.append(f"no reason is told: {ended.said}")
        filler.unlink()
        wrong += moved.next_run()
        return (
            "full disk",
            f"{'told' if ended.code else 'fits'}, {found}",
            [f"{job.name} ({share}): {w}" for w in wrong],
        )


def _with_small_files(job: Job, most: int) -> Case:
    """Write where no file may be larger than so many bytes."""

    def prepare() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    job.begin()
    ended = run(job.command(2), prepare=prepare)
    found, wrong = job.left(ended.code)
    wrong += [*ended_badly(ended), *job.next_run()]
    if ended.code and "file too large" not in ended.said:
        wrong.append(f"no reason is told: {ended.said}")
    return (
        "limit on files",
        f"{'told' if ended.code else 'fits'}, {found}",
        [f"{job.name} ({most}): {w}" for w in wrong],
    )

"""Searches side by side: processes of their own by default, which end when they are told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from solver.plan import Plan
    from solver.sizing.jobs import Job


_OF_TERMINALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name))
"""What a terminal sends to all processes at once: Ctrl-C, and that it was closed."""


def cores() -> int:
    """Return how many cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers(NamedTuple):
    """An executor, what it is to call, and how its searches are told to end with the best they have."""

    executor: Executor
    run: Callable[[Job], Plan]
    end: Callable[[], None]


@contextlib.contextmanager
def workers(number: int) -> Iterator[Workers]:
    """Give so many processes; one is a thread of this process."""
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing import get_context

    from solver.sizing.jobs import run_job

    if number == 1:
        told = threading.Event()
        found = Workers(ThreadPoolExecutor(1), partial(run_job, stop=told.is_set), told.set)
    else:
        context = get_context("spawn")  # a fork would copy threads' locks in whatever state they are
        event = context.Event()
        pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin, initargs=(event,))
        with _deaf():
            for _ in range(number):
                pool.submit(int)  # what is submitted begins the processes
        found = Workers(pool, _run, event.set)
    try:
        yield found
    finally:
        found.end()
        # What the workers still wait for, such as the event, must be there until they have begun and ended.
        found.executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ignore what a terminal sends, as programs do that begin meanwhile: one still importing would die of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _OF_TERMINALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_told: Event | None = None
"""In a worker's process: whether it is told to stop.  An event can be handed to a process only when it begins."""


def _begin(event: Event) -> None:
    """Begin a worker: what a terminal sends reaches all processes, but what to do then is for the first one to say."""
    global _told
    _told = event
    for number in _OF_TERMINALS:
        signal.signal(number, signal.SIG_IGN)


def _run(job: Job) -> Plan:
    """Do a search in a worker's process."""
    from solver.sizing.jobs import run_job

    return run_job(job, None if _told is None else _told.is_set)

"""Ctrl-C, polite kills and closed terminals: they end a search with its best plan, or interrupt."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from instances.commands.talk import Talk


@contextlib.contextmanager
def polite_kills() -> Iterator[None]:
    """Let a polite kill (SIGTERM) and a terminal that is closed (SIGHUP) interrupt as Ctrl-C does, and clean up.

    What the caller has told to ignore, as nohup does, stays ignored.
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    with handled(interrupt, KILLS):
        yield


KILLS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def handled(handler: Callable[[int, object], None], numbers: Sequence[signal.Signals]) -> Iterator[None]:
    """Let `handler` take these signals for a while, where this is the thread that may say so."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        ignored = [n for n in KILLS if signal.getsignal(n) is signal.SIG_IGN]
        before = {n: signal.signal(n, handler) for n in numbers if n not in ignored}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextlib.contextmanager
def stop_on_interrupt(talk: Talk) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed; pressed again, it interrupts.

    A polite kill (SIGTERM) counts as Ctrl-C, so that a scheduler that ends a job still gets the best plan, and so does
    the end of a terminal (SIGHUP).  That it was understood is said at once, also where the search takes a while to ask.
    """
    pressed, told = 0, False
    words = "\nstopping: the best plan so far will be checked and written; Ctrl-C again gives up"

    def press(_number: int, _frame: object) -> None:
        nonlocal pressed, told
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt
        told = talk.quiet or _said_at_once(f"{words}\n")

    def stopped() -> bool:
        nonlocal told
        if pressed and not told:
            told = True
            talk.note(words)
        return pressed > 0

    with handled(press, (signal.SIGINT, *KILLS)):
        yield stopped


def _said_at_once(text: str) -> bool:
    """Write to standard error past its buffer, which may be in use when a signal comes; tell whether that could be."""
    try:
        os.write(sys.stderr.fileno(), text.encode(sys.stderr.encoding or "ascii", "backslashreplace"))
    except (AttributeError, OSError, ValueError):
        return False
    return True

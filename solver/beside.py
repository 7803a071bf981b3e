"""Work beside a search, in a thread of its own; what goes wrong there is told to whoever ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

_LOOK = 0.05
"""Seconds between two questions whether to stop."""


@contextmanager
def watching(stop: Callable[[], bool] | None, end: Callable[[], object]) -> Iterator[None]:
    """Call `end` from a thread of its own as soon as `stop` says so, for what asks nothing while it works.

    `end` is called again and again until the work is over.
    """
    if stop is None:
        yield
        return
    ended = Event()

    def watch() -> None:
        while not ended.wait(_LOOK):
            if stop():
                end()

    thread = Thread(target=watch, name="stop", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Beside:
    """A thread that may be begun once.

    Attributes
    ----------
    over : threading.Event
        Set when the work is to end; whoever does it looks at that now and then.
    """

    def __init__(self) -> None:
        self.over = Event()
        self._thread: Thread | None = None
        self._failure: Exception | None = None

    @property
    def begun(self) -> bool:
        """Whether it was begun."""
        return self._thread is not None

    @property
    def ended(self) -> bool:
        """Whether it was begun and works no more."""
        return self._thread is not None and not self._thread.is_alive()

    def begin(self, work: Callable[[], None]) -> None:
        """Let `work` be done from now on."""

        def run() -> None:
            try:
                work()
            except Exception as error:  # raised again by `end`, in the thread that can tell of it
                self._failure = error

        self._thread = Thread(target=run, name="beside", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the work end, wait for that, and raise what went wrong, if anything did."""
        self.over.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

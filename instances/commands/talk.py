"""Talk and progress on standard error."""

from __future__ import annotations

import math
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instances.commands.streams import say

if TYPE_CHECKING:
    from solver.sizing.curve import Told
    from solver.solve import Progress


_WIPE = "\r\x1b[K"
"""Begins a terminal's line anew; no colour, so --color has no say in it."""


@dataclass(frozen=True)
class Talk:
    """What is said on standard error: nothing, what matters, or everything."""

    quiet: bool = False
    verbose: bool = False

    def note(self, text: str) -> None:
        """Say `text` unless asked to be quiet."""
        if not self.quiet:
            say(text)

    def detail(self, text: str) -> None:
        """Say `text` only when asked for details."""
        if self.verbose:
            say(text)


class ProgressLine:
    """One line on a terminal, rewritten at most five times a second; nothing where there is no terminal.

    With a limit of seconds, or else of moves, it tells of a search how much of that is left.
    """

    def __init__(self, talk: Talk, *, time_limit: float | None = None, work_limit: int | None = None) -> None:
        self._limits = time_limit, work_limit
        self._shown = not talk.quiet and sys.stderr is not None and sys.stderr.isatty()
        self._next = 0.0

    def prepare(self) -> None:
        """Show that the search is not under way yet."""
        self._show("preparing the search")
        self._next = 0.0

    def search(self, progress: Progress) -> None:
        """Show how far the search is."""
        self._show(progress_text(progress, *self._limits))

    def travel(self, mode: str, done: int, total: int) -> None:
        """Show how far the travel times of a mode are."""
        self._show(f"travel times by {mode}: {done} of {total} places")

    def say(self, text: str) -> None:
        """Show how far something else is."""
        self._show(text)

    def count(self, told: Told) -> None:
        """Show how many of several searches are done."""
        self._show(f"{told.note}: {told.done} of {told.total}")

    def _show(self, text: str) -> None:
        """Rewrite the line."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + 0.2
            width = shutil.get_terminal_size().columns - 1
            say(_WIPE + text[:width], nl=False, color=True)

    def clear(self) -> None:
        """Wipe the line."""
        if self._shown:
            say(_WIPE, nl=False, color=True)
            self._next = 0.0


def progress_text(progress: Progress, time_limit: float | None = None, work_limit: int | None = None) -> str:
    """Return one line: seconds, what is left, value, what posts lack, bound and gap as far as known, and the note."""
    full = progress.full or 1
    parts = [
        f"{progress.seconds:6.1f} s{_left(progress, time_limit, work_limit)}",
        f"value {progress.value / full:7.2%}",
    ]
    parts.append(f"posts lack {progress.missing} min" if progress.missing else "posts manned")
    if progress.bound is not None:
        gap = (progress.bound - progress.value) / progress.value if progress.value > 0 else float("inf")
        parts += [f"bound {progress.bound / full:.2%}", f"gap {gap:.2%}"]
    return "  ".join([*parts, progress.note] if progress.note else parts)


def _left(progress: Progress, time_limit: float | None, work_limit: int | None) -> str:
    """Return what is left of the limit of time, else of moves, such as ``, 26 s left``; nothing without a limit."""
    if time_limit is not None:
        seconds = max(math.ceil(time_limit - progress.seconds), 0)
        minutes, rest = divmod(seconds, 60)
        return f", {minutes}:{rest:02d} min left" if minutes else f", {rest} s left"
    return "" if work_limit is None else f", {max(work_limit - progress.work, 0):,} moves left"

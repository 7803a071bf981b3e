"""Talk and progress on standard error."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instances.commands.streams import say

if TYPE_CHECKING:
    from solver.solve import Progress


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
    """One line on a terminal, rewritten at most five times a second; nothing where there is no terminal."""

    def __init__(self, talk: Talk) -> None:
        self._shown = not talk.quiet and sys.stderr is not None and sys.stderr.isatty()
        self._next = 0.0

    def prepare(self) -> None:
        """Show that the search is not under way yet."""
        self._show("preparing the search")
        self._next = 0.0

    def search(self, progress: Progress) -> None:
        """Show how far the search is."""
        self._show(progress_text(progress))

    def travel(self, mode: str, done: int, total: int) -> None:
        """Show how far the travel times of a mode are."""
        self._show(f"travel times by {mode}: {done} of {total} places")

    def say(self, text: str) -> None:
        """Show how far something else is."""
        self._show(text)

    def _show(self, text: str) -> None:
        """Rewrite the line."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + 0.2
            width = shutil.get_terminal_size().columns - 1
            say("\r\x1b[K" + text[:width], nl=False)

    def clear(self) -> None:
        """Wipe the line."""
        if self._shown:
            say("\r\x1b[K", nl=False)
            self._next = 0.0


def progress_text(progress: Progress) -> str:
    """Return one line: seconds, value, what posts lack, bound and gap as far as known, and the note."""
    full = progress.full or 1
    parts = [f"{progress.seconds:6.1f} s", f"value {progress.value / full:7.2%}"]
    parts.append(f"posts lack {progress.missing} min" if progress.missing else "posts manned")
    if progress.bound is not None:
        gap = (progress.bound - progress.value) / progress.value if progress.value > 0 else float("inf")
        parts += [f"bound {progress.bound / full:.2%}", f"gap {gap:.2%}"]
    return "   ".join([*parts, progress.note] if progress.note else parts)

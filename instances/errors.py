"""Errors of a planner's input: where, what is wrong, what would be right, and all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with one input.

    `file` as the planner wrote it, `line` and `column` from 1 (0: unknown), `field` such as
    ``units[2].mode``, `wrong` what is wrong, `right` what would be right.
    """

    file: str
    line: int
    column: int
    field: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        where = self.file
        if self.line:
            where += f":{self.line}"
            if self.column:
                where += f":{self.column}"
        parts = [where, self.field, self.wrong]
        text = ": ".join(p for p in parts if p)
        return f"{text}; {self.right}" if self.right else text


class InputError(ValueError):
    """Input that cannot be used; `faults` lists everything that is wrong, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(f) for f in self.faults))


class RoadDataError(InputError):
    """Road data that is missing or cannot be read or fetched."""


def nearest(word: str, words: Iterable[str], otherwise: str = "") -> str:
    """Return ``did you mean 'x'?`` for the nearest of `words`, else `otherwise`, or the list of what is allowed."""
    allowed = sorted(words)
    folded = {w.lower(): w for w in allowed}
    close = get_close_matches(word.lower(), folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    return otherwise or "use one of " + ", ".join(repr(w) for w in allowed)

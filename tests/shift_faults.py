"""A fault of a shift file: how to bring it about, and the place and the words in which it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """`old` in the right shift file becomes `new`; `said` is then all that is told, one fault a line.

    With `file` the fault lies in a table, which becomes `text`; `grid` is another grid than one minute.
    """

    old: str
    new: str
    said: str
    file: str = ""
    text: str = ""
    grid: str = "1 min"


def table(file: str, text: str, said: str, *, old: str = "", new: str = "") -> Sample:
    """Return a sample whose fault lies in a table."""
    return Sample(old, new, said, file, text)

"""Names as plain text: one line, nothing that a file format or a terminal would trip over, and its width.

The planner's names may hold any Unicode.  `one_line` takes out what cannot be shown or stored anywhere;
`width`, `clip` and `fill` measure text in terminal columns, where a Chinese character takes two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_REPLACEMENT = "�"

_SPACES = re.compile(r"[\s\u2028\u2029\x85]+")
"""Runs of white space, line ends of any kind among them."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 (section 2.2) forbids or discourages, and what steers a terminal: control characters,
surrogates without a partner, and two non-characters."""


def one_line(text: str) -> str:
    """Return `text` on one line, without control characters.

    White space of any kind becomes one space, and each control character, unpaired surrogate or
    non-character becomes U+FFFD, so that the reader sees that something was there.
    """
    return _FORBIDDEN.sub(_REPLACEMENT, _SPACES.sub(" ", text)).strip()


def width(text: str) -> int:
    """Return the columns `text` takes in a terminal (Unicode Standard Annex #11).

    Wide and full-width characters take two columns, combining marks and invisible ones none.  Characters
    of ambiguous width count as one, as terminals outside East Asian legacy encodings show them.
    """
    return sum(_columns(c) for c in text)


def clip(text: str, columns: int) -> str:
    """Return `text` cut to at most `columns` columns (1 or more), with an ellipsis where it was cut."""
    if width(text) <= columns:
        return text
    kept, room = "", columns - 1
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept += character
    return kept + "…"


def fill(text: str, columns: int) -> str:
    """Return `text` cut or filled with spaces to exactly `columns` columns."""
    text = clip(text, columns)
    return text + " " * (columns - width(text))


def wrap(text: str, columns: int, *, first: str = "", indent: str = "") -> list[str]:
    """Return `text` broken at spaces into lines of at most `columns` columns.

    The first line begins with `first` and the others with `indent`.  A word longer than a line is broken
    where the line ends, as Chinese and Japanese have no spaces.
    """
    lines, line, start = [], first, first
    for word in text.split(" "):
        joined = f"{line} {word}" if line != start else line + word
        if width(joined) > columns and line != start:
            lines.append(line)
            line, start = indent, indent
            joined = line + word
        while width(joined) > columns:
            head = _head(joined, columns)
            lines.append(head)
            joined, start = indent + joined[len(head) :], indent
        line = joined
    return [*lines, line]


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int | None = 40, figures: bool = True
) -> list[str]:
    """Return a table as lines, aligned in terminal columns: the first one flush left, the others right if `figures`.

    Cells of the first column are cut at `widest` columns, where that is given.
    """
    cells = [[row[0] if widest is None else clip(row[0], widest), *row[1:]] for row in (head, *rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    others = _flush_right if figures else fill
    return ["  ".join([fill(row[0], widths[0]), *map(others, row[1:], widths[1:])]).rstrip() for row in cells]


def _flush_right(text: str, columns: int) -> str:
    """Return `text` filled with spaces on the left."""
    return " " * (columns - width(text)) + text


def _head(text: str, columns: int) -> str:
    """Return the longest beginning of `text` that fits in `columns` columns."""
    used = 0
    for i, character in enumerate(text):
        used += _columns(character)
        if used > columns:
            return text[:i]
    return text


def _columns(character: str) -> int:
    """Return the columns of one character."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

"""Shares as small bars of text, in eighths of a column where the output takes them, else in plain ASCII."""

from __future__ import annotations

from typing import Literal

BarStyle = Literal["blocks", "ascii"]

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


def bar(share: float | None, columns: int, style: BarStyle = "blocks") -> str:
    """Return a bar as long as `share` (0 to 1) of so many columns, filled with spaces to that width.

    What is not nothing shows, and only what is everything fills the bar; None, of nothing to cover, is empty.
    """
    if share is None or share <= 0:
        return " " * columns
    steps = 8 if style == "blocks" else 1
    length = min(max(round(share * columns * steps), 1), columns * steps)
    if share < 1:
        length = min(length, max(columns * steps - 1, 1))
    whole, part = divmod(length, steps)
    text = _FULL * whole + (_EIGHTHS[part] if part else "") if style == "blocks" else "#" * whole
    return text + " " * (columns - len(text))


def takes_blocks(encoding: str | None) -> bool:
    """Whether an output of this encoding can show the bars' blocks."""
    try:
        (_FULL + _EIGHTHS).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True

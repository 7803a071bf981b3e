"""iCalendar as text (RFC 5545): lines folded and ended as it asks, and text escaped; what they say is for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LINE = 75
"""Bytes of a line at most (section 3.1)."""


def document(lines: Iterable[str]) -> bytes:
    """Return lines as a document in UTF-8, each folded and ending in CR LF."""
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 bytes of UTF-8, the second and later ones beginning with a space.

    No character is cut.
    """
    piece, room = "", LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            yield piece
            piece, room = " ", LINE - 1
        piece += character
        room -= size
    yield piece


def escaped(text: str) -> str:
    """Return a value of the type TEXT (section 3.3.11)."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")

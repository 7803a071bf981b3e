"""Type for PDF: which font shows which character, how wide text is, and where its lines break.

Fonts are handed in, as bytes.  What none of them has is left to the fonts for Chinese, Japanese and Korean that PDF
knows by name (reportlab's "CID fonts"): readers bring those, so the file holds none of it.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from solver.plain_text import width as columns

MOST_LINES = 60
"""Lines of one text; what is longer than that is cut, so that every text fits on a page."""

LEADING = 1.22
"""From base line to base line, in sizes of type."""

_BY_NAME = (
    ("STSong-Light", "gb18030"),
    ("HYSMyeongJo-Medium", "euc_kr"),
    ("HeiseiMin-W3", "shift_jis"),
    ("MSung-Light", "big5"),
)
"""Fonts that readers bring, and an encoding whose characters they have."""


@dataclass(frozen=True)
class Typeface:
    """A TrueType font, regular and bold, as the bytes of files; `characters` are the code points that it has."""

    regular: bytes
    bold: bytes
    characters: frozenset[int]


class Type:
    """The fonts of a document: of `faces` the first that has a character shows it.

    Parameters
    ----------
    faces : sequence of Typeface
        At least one; the first also stands in for what nothing has, with an empty box.
    """

    def __init__(self, faces: Sequence[Typeface]) -> None:
        self._faces = [(face.characters, _registered(face.regular), _registered(face.bold)) for face in faces]
        self._known: dict[tuple[str, bool], str] = {}

    def runs(self, text: str, *, bold: bool = False) -> list[tuple[str, str]]:
        """Return `text` in pieces, each with the name of its font."""
        return [(font, "".join(piece)) for font, piece in groupby(text, key=lambda c: self._font(c, bold))]

    def _font(self, character: str, bold: bool) -> str:
        """Return the name of the font that shows a character."""
        key = character, bold
        if key not in self._known:
            self._known[key] = self._found(character, bold)
        return self._known[key]

    def _found(self, character: str, bold: bool) -> str:
        for characters, regular, heavy in self._faces:
            if ord(character) in characters:
                return heavy if bold else regular
        if unicodedata.east_asian_width(character) in "WF" and ord(character) <= 0xFFFF:
            for name, encoding in _BY_NAME:
                if _encodes(encoding, character):
                    return _by_name(name)
        _, regular, heavy = self._faces[0]
        return heavy if bold else regular

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line of text in points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(sum(stringWidth(piece, font, size) for font, piece in self.runs(text, bold=bold)))

    def lines(self, text: str, size: float, room: float, *, bold: bool = False, most: int = MOST_LINES) -> list[str]:
        """Return `text` broken into lines of at most `room` points: at spaces, and beside wide characters.

        Of more than `most` lines the last one is an ellipsis.
        """
        lines, line, used = [], "", 0.0
        for word in _words(text):
            wide = self.width(word.rstrip(" "), size, bold=bold)
            if line and used + wide > room:
                lines.append(line.rstrip(" "))
                line, used = "", 0.0
            if wide > room:
                *full, word = self._broken(word, size, room, bold=bold)
                lines += full
            line += word
            used = self.width(line, size, bold=bold)
        lines.append(line.rstrip(" "))
        return lines if len(lines) <= most else [*lines[: most - 1], "…"]

    def _broken(self, word: str, size: float, room: float, *, bold: bool) -> list[str]:
        """Return a word that is longer than a line in pieces; there is one character on a line at least."""
        pieces, used = [""], 0.0
        for character in word:
            wide = self.width(character, size, bold=bold)
            if pieces[-1] and used + wide > room:
                pieces.append("")
                used = 0.0
            pieces[-1] += character
            used += wide
        return pieces

    def draw(
        self,
        canvas: Any,
        at: tuple[float, float],
        text: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        shift: float = 0.0,
    ) -> None:
        """Draw a line of text on a canvas; `shift` of its width lies on the left of where it is drawn."""
        if not text:
            return
        x, y = at
        line = canvas.beginText(x - shift * self.width(text, size, bold=bold) if shift else x, y)
        line.setFillColor(colour)
        for font, piece in self.runs(text, bold=bold):
            line.setFont(font, size)
            line.textOut(piece)
        canvas.drawText(line)


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break; the spaces after a word belong to it."""
    words, word = [], ""
    for character in text:
        if word and (word.endswith(" ") or columns(character) == 2 or columns(word[-1]) == 2) and character != " ":
            words.append(word)
            word = ""
        word += character
    return [*words, word]


def _encodes(encoding: str, character: str) -> bool:
    """Return whether an encoding has a character."""
    try:
        return len(character.encode(encoding)) <= 2
    except UnicodeEncodeError:
        return False


def _registered(content: bytes) -> str:
    """Return the name under which reportlab knows a font; equal fonts have equal names.

    Fonts that call themselves alike are one to reportlab, so what is cut from one font in two ways gets two names.
    """
    from reportlab.pdfbase import pdfmetrics, ttfonts

    name = f"font-{hashlib.sha256(content).hexdigest()[:16]}"
    if name not in pdfmetrics.getRegisteredFontNames():
        font = ttfonts.TTFont(name, io.BytesIO(content))
        font.face.name = type(font.face.name)(bytes(font.face.name) + b"-" + name[-8:].encode())
        pdfmetrics.registerFont(font)
    return name


def _by_name(name: str) -> str:
    """Return the name of a font that readers bring, registered."""
    from reportlab.pdfbase import cidfonts, pdfmetrics

    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(name))
    return name

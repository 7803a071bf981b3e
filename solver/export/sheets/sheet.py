"""What a sheet of paper says, as plain values: text, tables and drawings, for any form to show.

All text is on one line and holds nothing that a file format trips over.  Lengths are in points, 72 an inch, as
printers count; y grows downwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from solver.export.colours import INK
from solver.plain_text import one_line

Tone = Literal["plain", "good", "alarm", "quiet"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

WIDTH = 527.0
"""Width in points of what is on a sheet: that of A4 without margins of 12 mm."""

GAP = 14.0
"""Points between what is beside each other."""

_DIRECTION = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Invisible marks, most of which turn the direction of writing around, also of what stands beside a name."""


def clean(text: str) -> str:
    """Return a name or a sentence as it goes on paper: on one line, without controls and invisible marks."""
    return one_line(_DIRECTION.sub("", text))


@dataclass(frozen=True)
class Line:
    """A line through `points`; `dash` are lengths of what is drawn and left out in turn."""

    points: tuple[Point, ...]
    colour: str = INK
    width: float = 0.6
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Area:
    """A polygon, filled, and with an outline where `stroke` is a colour."""

    points: tuple[Point, ...]
    fill: str
    stroke: str = ""
    width: float = 0.5


@dataclass(frozen=True)
class Dot:
    """A disc around `centre`, with an outline where `stroke` is a colour."""

    centre: Point
    radius: float
    fill: str
    stroke: str = ""
    width: float = 0.6


@dataclass(frozen=True)
class Label:
    """Text that begins, is centred or ends `at` a point of its base line; with a `halo` it can be read on lines."""

    at: Point
    text: str
    size: float = 7.0
    colour: str = INK
    anchor: Anchor = "start"
    bold: bool = False
    halo: bool = False


Shape = Line | Area | Dot | Label


@dataclass(frozen=True)
class Picture:
    """A drawing of `width` by `height` points; what is `clipped` lies below the rest and ends at the edges.

    `title` says in words what it shows.
    """

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    clipped: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading within a sheet."""

    text: str


@dataclass(frozen=True)
class Note:
    """A sentence or two."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Facts:
    """Things by name, such as (``station``, ``Central``); those without text leave room for a pen."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether its cells are flush right."""

    head: str
    share: float
    right: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `tones` has one tone a row, or is empty."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone, ...] = ()

    def tone(self, row: int) -> Tone:
        """Return the tone of a row."""
        return self.tones[row] if self.tones else "plain"


@dataclass(frozen=True)
class Room:
    """Room for notes by hand, of so many lines."""

    title: str
    lines: int


Part = Heading | Note | Facts | Table | Picture | Room


@dataclass(frozen=True)
class Beside:
    """Parts beside others; those on the left take `share` of the width, less half of the `GAP`."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    share: float = 0.5

    @property
    def widths(self) -> tuple[float, float]:
        """The widths of both sides in points."""
        return self.share * WIDTH - GAP / 2, (1 - self.share) * WIDTH - GAP / 2


@dataclass(frozen=True)
class Sheet:
    """A sheet: its header, which stands on every page of it, and what is below.

    Parameters
    ----------
    key : str
        What it is called in links and bookmarks: the callsign; empty for the shift.
    title, subtitle, corner : str
        The header: whose it is, of what shift, and, on the right, when.
    parts : tuple of Part or Beside
    """

    key: str
    title: str
    subtitle: str
    corner: str
    parts: tuple[Part | Beside, ...]


@dataclass(frozen=True)
class Sheets:
    """All sheets of a plan in a language.

    Parameters
    ----------
    title : str
        Of the document.
    language : str
        As HTML and PDF name it, such as ``en`` or ``zh-CN``.
    page : str
        How pages are numbered, with ``{page}`` and ``{pages}``.
    credit : str
        Whom to thank for the map, and what the plan was made for; at the foot of every page.
    sheets : tuple of Sheet
        The one of the shift first.
    """

    title: str
    language: str
    page: str
    credit: str
    sheets: tuple[Sheet, ...] = field(default=())

    def texts(self) -> set[str]:
        """Return every text that is shown, the digits of page numbers among them."""
        found = {self.title, self.credit, self.page, "0123456789"}
        for sheet in self.sheets:
            found |= {sheet.title, sheet.subtitle, sheet.corner}
            for part in sheet.parts:
                for piece in (*part.left, *part.right) if isinstance(part, Beside) else (part,):
                    found |= set(_texts(piece))
        return found


def _texts(part: Part) -> list[str]:
    """Return the texts of a part."""
    match part:
        case Heading() | Note():
            return [part.text]
        case Facts():
            return [text for row in part.rows for text in row]
        case Table():
            return [c.head for c in part.columns] + [cell for row in part.rows for cell in row]
        case Picture():
            return [part.title, *(s.text for s in part.shapes if isinstance(s, Label))]
        case Room():
            return [part.title]


def columns_of(text: str) -> float:
    """Return about how wide a text is, in widths of its type size."""
    from solver.plain_text import width

    return 0.56 * width(text)

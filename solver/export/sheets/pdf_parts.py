"""The parts of a sheet as reportlab's flowables: text, tables, drawings, room for a pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.platypus import Flowable, Spacer
from reportlab.platypus import Table as PdfTable

from solver.export.colours import GREEN, GREY, INK, PALE, PAPER, VERMILION
from solver.export.sheets.pdf_type import LEADING, Type
from solver.export.sheets.sheet import (
    GAP,
    WIDTH,
    Area,
    Beside,
    Dot,
    Facts,
    Heading,
    Label,
    Line,
    Note,
    Part,
    Picture,
    Room,
    Shape,
    Table,
)

SIZE = 8.0
"""Size of type of the text in points."""

HEAD = 7.0
"""Size of type of the headings of columns."""

LINE = 20.0
"""Points between the lines to write on."""

_SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


class Text(Flowable):  # type: ignore[misc]
    """A text, broken into lines; with a `bar` of some colour on its left."""

    def __init__(
        self,
        kind: Type,
        text: str,
        size: float = SIZE,
        colour: str = INK,
        *,
        bold: bool = False,
        right: bool = False,
        bar: str = "",
        after: float = 0.0,
        keep: bool = False,
    ) -> None:
        super().__init__()
        self._type, self._text, self._size, self._colour = kind, text, size, colour
        self._bold, self._right, self._bar, self._after = bold, right, bar, after
        self._lines: list[str] = []
        self.keepWithNext = int(keep)

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return width and height."""
        self.width = width
        inner = width - (8.0 if self._bar else 0.0)
        self._lines = self._type.lines(self._text, self._size, inner, bold=self._bold)
        self.height = len(self._lines) * self._size * LEADING + (4.0 if self._bar else 0.0) + self._after
        return width, self.height

    def draw(self) -> None:
        """Draw the lines."""
        left, y = 0.0, self.height - 0.98 * self._size
        if self._bar:
            self.canv.setStrokeColor(self._bar)
            self.canv.setLineWidth(2.5)
            self.canv.line(1.2, self._after, 1.2, self.height)
            left, y = 8.0, y - 2.0
        for line in self._lines:
            at, shift = (self.width, 1.0) if self._right else (left, 0.0)
            self._type.draw(self.canv, (at, y), line, self._size, self._colour, bold=self._bold, shift=shift)
            y -= self._size * LEADING


class Ruled(Flowable):  # type: ignore[misc]
    """Lines to write on, below a title."""

    def __init__(self, kind: Type, room: Room) -> None:
        super().__init__()
        self._type, self._room = kind, room

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return width and height."""
        self.width, self.height = width, 10.0 + LINE * self._room.lines
        return self.width, self.height

    def draw(self) -> None:
        """Draw title and lines."""
        self._type.draw(self.canv, (0.0, self.height - 8.0), self._room.title, SIZE, GREY)
        self.canv.setStrokeColor(PALE)
        self.canv.setLineWidth(0.5)
        for i in range(self._room.lines):
            y = self.height - 10.0 - LINE * (i + 1) + 0.5
            self.canv.line(0.0, y, self.width, y)


class Drawing(Flowable):  # type: ignore[misc]
    """A drawing, in the directions of paper: y grows upwards there."""

    def __init__(self, kind: Type, picture: Picture) -> None:
        super().__init__()
        self._type, self._picture = kind, picture
        self.width, self.height = picture.width, picture.height + 6.0

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return width and height."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw what is clipped, then the rest."""
        self.canv.saveState()
        self.canv.setLineJoin(1)
        if self._picture.clipped:
            self.canv.saveState()
            edges = self.canv.beginPath()
            edges.rect(0, 6.0, self._picture.width, self._picture.height)
            self.canv.clipPath(edges, stroke=0)
            self._all(self._picture.clipped)
            self.canv.restoreState()
        self._all(self._picture.shapes)
        self.canv.restoreState()

    def _all(self, shapes: Sequence[Shape]) -> None:
        """Draw shapes."""
        for shape in shapes:
            match shape:
                case Line():
                    self.canv.setStrokeColor(shape.colour)
                    self.canv.setLineWidth(shape.width)
                    self.canv.setDash(list(shape.dash))
                    self.canv.drawPath(self._path(shape.points), stroke=1, fill=0)
                    self.canv.setDash([])
                case Area():
                    self._outline(shape.fill, shape.stroke, shape.width)
                    self.canv.drawPath(self._path(shape.points, close=True), stroke=int(bool(shape.stroke)), fill=1)
                case Dot():
                    self._outline(shape.fill, shape.stroke, shape.width)
                    x, y = shape.centre
                    self.canv.circle(x, self._y(y), shape.radius, stroke=int(bool(shape.stroke)), fill=1)
                case Label():
                    self._label(shape)

    def _y(self, y: float) -> float:
        return self.height - y

    def _path(self, points: Sequence[tuple[float, float]], *, close: bool = False) -> Any:
        """Return a path through points."""
        path = self.canv.beginPath()
        path.moveTo(points[0][0], self._y(points[0][1]))
        for x, y in points[1:]:
            path.lineTo(x, self._y(y))
        if close:
            path.close()
        return path

    def _outline(self, fill: str, stroke: str, width: float) -> None:
        """Set the colours of what is filled."""
        self.canv.setFillColor(fill)
        if stroke:
            self.canv.setStrokeColor(stroke)
            self.canv.setLineWidth(width)

    def _label(self, label: Label) -> None:
        """Draw a text, on a pale ground where it should be read on lines."""
        x, y = label.at
        if label.halo:
            wide = self._type.width(label.text, label.size, bold=label.bold)
            self.canv.saveState()
            self.canv.setFillColor(PAPER)
            self.canv.setFillAlpha(0.75)
            left = x - _SHIFT[label.anchor] * wide - 0.8
            self.canv.rect(left, self._y(y) - 1.2, wide + 1.6, label.size, stroke=0, fill=1)
            self.canv.restoreState()
        self._type.draw(
            self.canv,
            (x, self._y(y)),
            label.text,
            label.size,
            label.colour,
            bold=label.bold,
            shift=_SHIFT[label.anchor],
        )


def flowables(kind: Type, parts: Sequence[Part | Beside]) -> list[Any]:
    """Return the parts of a sheet, one below the other."""
    found: list[Any] = []
    for part in parts:
        found += [_beside(kind, part)] if isinstance(part, Beside) else _PARTS[type(part)](kind, part, WIDTH)
    return found


def _beside(kind: Type, beside: Beside) -> Any:
    """Return parts beside others."""
    left, right = beside.widths
    sides = [
        [f for part in parts for f in _PARTS[type(part)](kind, part, width)]
        for parts, width in ((beside.left, left), (beside.right, right))
    ]
    style = [*_BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (1, 0), (1, 0), GAP)]
    return PdfTable([sides], colWidths=[left, right + GAP], style=style, hAlign="LEFT")


_BARE = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


def _heading(kind: Type, heading: Heading, _width: float) -> list[Any]:
    return [Spacer(1, 5), Text(kind, heading.text, 10, bold=True, after=2, keep=True)]


def _note(kind: Type, note: Note, _width: float) -> list[Any]:
    colour = {"quiet": GREY, "alarm": VERMILION}.get(note.tone, INK)
    bar = {"good": GREEN, "alarm": VERMILION}.get(note.tone, "")
    return [Text(kind, note.text, SIZE, colour, bold=bool(bar), bar=bar, after=4, keep=note.tone == "alarm")]


def _facts(kind: Type, facts: Facts, width: float) -> list[Any]:
    names = max((kind.width(name, SIZE) for name, _ in facts.rows), default=0.0) + 8
    rows = [[Text(kind, name, colour=GREY), Text(kind, text)] for name, text in facts.rows]
    empty = [i for i, (_, text) in enumerate(facts.rows) if not text]
    style = [
        *_BARE,
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        *(("LINEBELOW", (1, i), (1, i), 0.5, GREY) for i in empty),
        *(("BOTTOMPADDING", (0, i), (-1, i), 7) for i in empty),
    ]
    return [PdfTable(rows, colWidths=[names, width - names], style=style, hAlign="LEFT"), Spacer(1, 5)]


def _table(kind: Type, table: Table, width: float) -> list[Any]:
    whole = sum(c.share for c in table.columns)
    head = [Text(kind, c.head, HEAD, GREY, right=c.right) for c in table.columns]
    rows = [
        [
            Text(kind, cell, SIZE, {"alarm": VERMILION, "quiet": GREY}.get(table.tone(i), INK), right=c.right)
            for c, cell in zip(table.columns, row, strict=True)
        ]
        for i, row in enumerate(table.rows)
    ]
    style = [
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 0.7),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.9),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, PALE),
    ]
    widths = [width * c.share / whole for c in table.columns]
    return [PdfTable([head, *rows], colWidths=widths, style=style, repeatRows=1, hAlign="LEFT"), Spacer(1, 5)]


def _picture(kind: Type, picture: Picture, _width: float) -> list[Any]:
    return [Drawing(kind, picture)]


def _room(kind: Type, room: Room, _width: float) -> list[Any]:
    return [Ruled(kind, room)]


_PARTS: dict[type[Part], Callable[[Type, Any, float], list[Any]]] = {
    Heading: _heading,
    Note: _note,
    Facts: _facts,
    Table: _table,
    Picture: _picture,
    Room: _room,
}
"""How each part is made: with type, the part, and the width that it has."""

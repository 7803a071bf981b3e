"""Sheets as PDF on A4: the same text as in HTML, a header and a page number on every page, a bookmark a sheet.

Made with reportlab, in its invariant mode: the same sheets and fonts give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from solver.export.colours import GREY, INK
from solver.export.sheets.pdf_type import LEADING, Type, Typeface
from solver.export.sheets.sheet import WIDTH, Sheet, Sheets

A4 = (595.28, 841.89)
"""Width and height of the paper in points."""

LEFT, TOP, BOTTOM = (A4[0] - WIDTH) / 2, 30.0, 40.0
"""Margins in points."""

TITLE, SUBTITLE = 15.0, 8.0
"""Sizes of type of the header."""

_TITLE_SHARE = 0.43
"""Share of the width that the title has."""

_MOST = 5
"""Lines of title and subtitle."""


def sheets_pdf(sheets: Sheets, faces: Sequence[Typeface]) -> bytes:
    """Return all sheets as one PDF.

    Parameters
    ----------
    sheets : Sheets
    faces : sequence of Typeface
        Fonts, the best first; at least one.
    """
    from reportlab.platypus import BaseDocTemplate, NextPageTemplate, PageBreak, PageTemplate

    from solver.export.sheets.pdf_parts import flowables

    kind, buffer = Type(faces), io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        title=sheets.title,
        author="patrol",
        lang=sheets.language,
        pageCompression=1,
    )
    document.addPageTemplates(
        [PageTemplate(f"sheet {i}", [_frame(kind, s)], onPage=_header(kind, s)) for i, s in enumerate(sheets.sheets)]
    )
    story: list[Any] = []
    for i, sheet in enumerate(sheets.sheets):
        story += [] if i == 0 else [NextPageTemplate(f"sheet {i}"), PageBreak()]
        story += [_Bookmark(f"sheet {i}", sheet.title), *flowables(kind, sheet.parts)]
    document.build(story, canvasmaker=_numbered(kind, sheets))
    return buffer.getvalue()


def _title_lines(kind: Type, sheet: Sheet) -> tuple[list[str], list[str], list[str]]:
    """Return the lines of title, corner and subtitle."""
    return (
        kind.lines(sheet.title, TITLE, _TITLE_SHARE * WIDTH, bold=True, most=_MOST),
        kind.lines(sheet.corner, SUBTITLE, (1 - _TITLE_SHARE) * WIDTH, bold=True, most=_MOST),
        kind.lines(sheet.subtitle, SUBTITLE, (1 - _TITLE_SHARE) * WIDTH, most=_MOST),
    )


def _header_height(kind: Type, sheet: Sheet) -> float:
    """Return the height of a header."""
    title, corner, subtitle = _title_lines(kind, sheet)
    return max(len(title) * TITLE, (len(corner) + len(subtitle)) * SUBTITLE) * LEADING + 4.0


def _frame(kind: Type, sheet: Sheet) -> Any:
    """Return where the parts of a sheet go, below its header."""
    from reportlab.platypus import Frame

    height = A4[1] - TOP - BOTTOM - _header_height(kind, sheet) - 6.0
    return Frame(LEFT, BOTTOM, WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _header(kind: Type, sheet: Sheet) -> Any:
    """Return what draws the header of a sheet on each of its pages."""
    title, corner, subtitle = _title_lines(kind, sheet)
    foot = A4[1] - TOP - _header_height(kind, sheet)

    def draw(canvas: Any, _document: Any) -> None:
        y = foot + 5.0 + (len(title) - 1) * TITLE * LEADING
        for line in title:
            kind.draw(canvas, (LEFT, y), line, TITLE, INK, bold=True)
            y -= TITLE * LEADING
        y = foot + 5.0 + (len(corner) + len(subtitle) - 1) * SUBTITLE * LEADING
        for line, bold in [(t, True) for t in corner] + [(t, False) for t in subtitle]:
            kind.draw(canvas, (LEFT + WIDTH, y), line, SUBTITLE, INK if bold else GREY, bold=bold, shift=1.0)
            y -= SUBTITLE * LEADING
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.5)
        canvas.line(LEFT, foot, LEFT + WIDTH, foot)

    return draw


def _Bookmark(key: str, title: str) -> Any:  # noqa: N802
    """Return a flowable without size that puts a bookmark."""
    from reportlab.platypus import Flowable

    class Bookmark(Flowable):  # type: ignore[misc]
        def wrap(self, _width: float, _height: float) -> tuple[float, float]:
            return 0.0, 0.0

        def draw(self) -> None:
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(title, key)

    return Bookmark()


def _numbered(kind: Type, sheets: Sheets) -> Any:
    """Return a canvas that keeps its pages until their number is known, and writes it on each."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = self._pages
            for i, page in enumerate(pages):
                self.__dict__.update(page)
                number = sheets.page.format(page=i + 1, pages=len(pages))
                kind.draw(self, (LEFT, BOTTOM - 16), sheets.credit, 6.5, GREY)
                kind.draw(self, (LEFT + WIDTH, BOTTOM - 16), number, 6.5, GREY, shift=1.0)
                super().showPage()
            super().save()

    return Numbered

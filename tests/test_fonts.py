"""Fonts for print: every character that some font has is in one of those chosen, as TrueType."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from instances.fonts import faces_for
from solver.export.sheets.pdf_type import Type


def font(characters: str, *, cubic: bool) -> TTFont:
    """Return a font whose every glyph is a round thing 600 wide, its outlines cubic (CFF) or quadratic."""
    names = {ord(c): f"u{ord(c):04X}" for c in characters}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)

    def drawn(pen: Any) -> Any:
        pen.moveTo((100, 0))
        pen.curveTo((100, 300), (500, 300), (500, 0)) if cubic else pen.qCurveTo((300, 400), (500, 0))
        pen.closePath()
        return pen.getCharString() if cubic else pen.glyph()

    if cubic:
        glyphs = {name: drawn(T2CharStringPen(600, None)) for name in order}
        builder.setupCFF("Test", {"FullName": "Test"}, glyphs, {})
    else:
        builder.setupGlyf({name: drawn(TTGlyphPen(None)) for name in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(sTypoAscender=800)
    builder.setupNameTable({"familyName": "Test", "styleName": "Regular", "psName": "Test"})
    builder.setupPost()
    return builder.font


@pytest.mark.parametrize("cubic", [False, True])
@pytest.mark.parametrize("collection", [False, True])
def test_a_font_fills_the_hole(tmp_path: Path, cubic: bool, collection: bool) -> None:
    """A font of the machine, also one of cubic outlines in a collection, gives what is lacking, and no more."""
    file = tmp_path / ("a.ttc" if collection else "a.otf")
    if collection:
        fonts = TTCollection()
        fonts.fonts = [font("x", cubic=cubic), font("总局号", cubic=cubic)]
        fonts.save(file)
    else:
        font("总局号", cubic=cubic).save(file)
    base, other = faces_for(["Old Town 总局"], [tmp_path / "missing.ttf", file])
    assert base.characters == {ord(c) for c in "Old Town"}
    assert other.characters == {ord(c) for c in "总局"}
    with TTFont(io.BytesIO(other.regular)) as cut:
        assert {chr(c) for c in cut.getBestCmap()} - {" "} == set("总局")
        assert "glyf" in cut
        glyph = cut["glyf"][cut.getBestCmap()[ord("总")]]
        assert (glyph.xMin, glyph.xMax, glyph.yMin) == (100, 500, 0)
    assert Type([base, other]).width("总局", 10.0) == pytest.approx(12.0)


def test_a_broken_font_is_passed_over(tmp_path: Path) -> None:
    """A file that is no font, or a broken one, is as if it were not there."""
    for i, content in enumerate((b"", b"ttcf\0\0\0\0\0\0\0\1", b"\0\1\0\0" + b"\xff" * 100)):
        (tmp_path / f"{i}.ttf").write_bytes(content)
    font("总", cubic=False).save(tmp_path / "whole.ttf")
    (_, other) = faces_for(["总"], sorted(tmp_path.iterdir()))
    assert other.characters == {ord("总")}


def test_bold_text_is_bold() -> None:
    """Bold text is in another font than plain text, and wider."""
    kind = Type(faces_for(["Market"], []))
    assert kind.width("Market", 10, bold=True) > kind.width("Market", 10)


def test_cut_fonts_know_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut from a font has the same bytes whenever it is cut."""
    one = faces_for(["Market"], [])
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert faces_for(["Market"], []) == one

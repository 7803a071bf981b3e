"""Sheets as HTML that prints: one page of A4 or more for each sheet, its header on every page of it.

No script, and nothing from elsewhere; a policy in the file forbids both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from solver.export.colours import BLUE, GREEN, GREY, INK, PALE, PAPER, VERMILION
from solver.export.sheets.sheet import (
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
    Point,
    Room,
    Shape,
    Sheet,
    Sheets,
    Table,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'"

STYLE = f"""
@page {{ size: A4; margin: 11mm 12mm 13mm; @bottom-right {{ content: counter(page) " / " counter(pages);
  font: 7.5pt sans-serif; color: {GREY}; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; color: {INK}; background: #e8e8e8; font: 8pt/1.24 "DejaVu Sans", "Noto Sans", "Helvetica Neue",
  Arial, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei", sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
.sheet {{ width: 186mm; border-collapse: collapse; table-layout: fixed; margin: 0 auto; background: {PAPER};
  page-break-after: always; break-after: page; }}
.sheet:last-child {{ page-break-after: auto; break-after: auto; }}
.sheet > * > tr > td {{ padding: 0; }}
header {{ display: flex; align-items: flex-end; gap: 4mm; border-bottom: 1.5pt solid {INK}; padding-bottom: 1mm;
  margin-bottom: 2.5mm; }}
h1 {{ font-size: 15pt; line-height: 1.15; margin: 0; overflow-wrap: anywhere; flex: 1 1 37%; }}
header p {{ text-align: right; margin: 0; flex: 0 1 auto; max-width: 63%; }}
footer {{ color: {GREY}; font-size: 7pt; margin-top: 2mm; }}
h2 {{ font-size: 10pt; margin: 2mm 0 .6mm; break-after: avoid; }}
p {{ margin: .5mm 0 1mm; overflow-wrap: anywhere; }}
.quiet {{ color: {GREY}; }}
p.good, p.alarm {{ font-weight: bold; padding: 1mm 2mm; border-left: 2.5pt solid {GREEN}; }}
p.alarm {{ border-color: {VERMILION}; color: {VERMILION}; }}
.beside {{ display: flex; gap: 14pt; align-items: flex-start; break-inside: avoid; }}
.beside > * {{ min-width: 0; margin-top: 0; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .6mm 3mm; margin: 0 0 2mm; }}
dt {{ color: {GREY}; }}
dd {{ margin: 0; overflow-wrap: anywhere; }}
dd:empty {{ border-bottom: .5pt solid {GREY}; min-height: 5mm; }}
.table {{ border-collapse: collapse; width: 100%; table-layout: fixed; margin: .5mm 0 1.2mm; }}
.table th {{ text-align: left; font-size: 7.5pt; color: {GREY}; font-weight: normal; border-bottom: .8pt solid {INK};
  padding: .4mm 1mm; vertical-align: bottom; overflow-wrap: anywhere; }}
.table td {{ border-bottom: .4pt solid {PALE}; padding: .2mm 1mm; vertical-align: top; overflow-wrap: anywhere;
  unicode-bidi: isolate; }}
.table tr {{ break-inside: avoid; }}
.table .right {{ text-align: right; font-variant-numeric: tabular-nums; }}
.table tr.alarm td {{ color: {VERMILION}; }}
svg {{ display: block; max-width: 100%; height: auto; margin: .5mm 0 1mm; break-inside: avoid; }}
.room {{ break-inside: avoid; color: {GREY}; }}
.room div {{ border-bottom: .5pt solid {PALE}; height: 7mm; }}
@media screen {{ .sheet {{ margin: 6mm auto; box-shadow: 0 0 3mm #888; }}
  .sheet > * > tr > td {{ padding: 0 6mm; }} .sheet > thead > tr > td {{ padding-top: 6mm; }}
  .sheet > tbody > tr > td {{ padding-bottom: 6mm; }} .sheet {{ width: 198mm; }}
  nav {{ max-width: 198mm; margin: 4mm auto 0; }} nav a {{ color: {BLUE}; margin-right: 1em; }} }}
@media print {{ body {{ background: none; }} nav {{ display: none; }} }}
"""


def sheets_html(sheets: Sheets) -> bytes:
    """Return all sheets as one HTML document in UTF-8."""
    links = "".join(f'<a href="#sheet-{i}">{_text(s.title)}</a>\n' for i, s in enumerate(sheets.sheets))
    nav = f"<nav>\n{links}</nav>\n" if len(sheets.sheets) > 1 else ""
    body = "".join(_sheet(s, f"sheet-{i}", sheets.credit) for i, s in enumerate(sheets.sheets))
    return f"""<!DOCTYPE html>
<html lang="{_text(sheets.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(sheets.title)}</title>
<style>{STYLE}</style>
</head>
<body>
{nav}{body}</body>
</html>
""".encode()


def _text(text: str) -> str:
    """Return text as HTML."""
    return escape(text, quote=True)


def _sheet(sheet: Sheet, anchor: str, credit: str) -> str:
    """Return one sheet; browsers repeat the head of a table on every page that it takes."""
    header = f"<h1>{_text(sheet.title)}</h1><p><b>{_text(sheet.corner)}</b><br>{_text(sheet.subtitle)}</p>"
    parts = "\n".join(_beside(p) if isinstance(p, Beside) else _part(p) for p in sheet.parts)
    return (
        f'<table class="sheet" id="{anchor}" role="presentation">\n'
        f"<thead><tr><td><header>{header}</header></td></tr></thead>\n"
        f"<tbody><tr><td>\n{parts}\n<footer>{_text(credit)}</footer>\n</td></tr></tbody>\n</table>\n"
    )


def _beside(beside: Beside) -> str:
    """Return parts beside others."""
    sides = zip((beside.left, beside.right), beside.widths, strict=True)
    cells = "".join(
        f'<div style="flex: 0 1 {width:.1f}pt">{"".join(map(_part, parts))}</div>' for parts, width in sides
    )
    return f'<div class="beside">{cells}</div>'


def _part(part: Part) -> str:
    """Return a part of a sheet."""
    match part:
        case Heading():
            return f"<h2>{_text(part.text)}</h2>"
        case Note():
            return f'<p class="{part.tone}">{_text(part.text)}</p>'
        case Facts():
            rows = "".join(f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>" for name, text in part.rows)
            return f"<dl>{rows}</dl>"
        case Table():
            return _table(part)
        case Picture():
            return _picture(part)
        case Room():
            return f'<div class="room">{_text(part.title)}{"<div></div>" * part.lines}</div>'


def _table(table: Table) -> str:
    """Return a table."""
    whole = sum(c.share for c in table.columns)
    widths = "".join(f'<col style="width: {100 * c.share / whole:.1f}%">' for c in table.columns)
    sides = [' class="right"' if c.right else "" for c in table.columns]
    heads = "".join(f"<th{side}>{_text(c.head)}</th>" for side, c in zip(sides, table.columns, strict=True))
    rows = "\n".join(
        f'<tr class="{table.tone(i)}">'
        + "".join(f"<td{side}>{_text(cell)}</td>" for side, cell in zip(sides, row, strict=True))
        + "</tr>"
        for i, row in enumerate(table.rows)
    )
    head = f"<colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead>"
    return f'<table class="table">{head}<tbody>\n{rows}\n</tbody></table>'


def _picture(picture: Picture) -> str:
    """Return a drawing as SVG; what lies outside its edges is not shown."""
    shapes = "\n".join(_shapes((*picture.clipped, *picture.shapes)))
    title = _text(picture.title)
    return (
        f'<svg width="{picture.width:g}pt" height="{picture.height:g}pt" '
        f'viewBox="0 0 {picture.width:g} {picture.height:g}" role="img" aria-label="{title}">\n{shapes}\n</svg>'
    )


def _shapes(shapes: Iterable[Shape]) -> Iterator[str]:
    """Yield shapes as elements of SVG."""
    for shape in shapes:
        match shape:
            case Line():
                dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in shape.dash)}"' if shape.dash else ""
                yield (
                    f'<polyline points="{_points(shape.points)}" fill="none" stroke="{shape.colour}" '
                    f'stroke-width="{shape.width:g}" stroke-linejoin="round"{dash}/>'
                )
            case Area():
                line = f' stroke="{shape.stroke}" stroke-width="{shape.width:g}"' if shape.stroke else ""
                yield f'<polygon points="{_points(shape.points)}" fill="{shape.fill}"{line}/>'
            case Dot():
                line = f' stroke="{shape.stroke}" stroke-width="{shape.width:g}"' if shape.stroke else ""
                x, y = shape.centre
                yield f'<circle cx="{x:g}" cy="{y:g}" r="{shape.radius:g}" fill="{shape.fill}"{line}/>'
            case Label():
                yield _label(shape)


def _label(label: Label) -> str:
    """Return a text of a drawing."""
    x, y = label.at
    more = f' text-anchor="{label.anchor}"' if label.anchor != "start" else ""
    more += ' font-weight="bold"' if label.bold else ""
    if label.halo:
        more += f' stroke="{PAPER}" stroke-width="2" stroke-linejoin="round" paint-order="stroke"'
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{label.size:g}" fill="{label.colour}"{more}>{_text(label.text)}</text>'
    )


def _points(points: Iterable[Point]) -> str:
    """Return points as SVG writes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)

"""A containment as a page with a map: one HTML file that loads nothing from anywhere.

The map is drawn as SVG and needs no script to be seen; a script of a few lines lets it be moved and enlarged, and a
policy allows the browser that script and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape

import numpy as np

from solver.containment.report import Line, Report
from solver.containment.words import closing_row, columns, legend, open_row, sentence, title, words
from solver.export.colours import BLUE, GREEN, INK, PALE, PAPER, PURPLE, VERMILION
from solver.languages import Language
from solver.plain_text import one_line

_STYLE = f"""
body {{ font: 14px/1.4 system-ui, "Noto Sans CJK SC", sans-serif; color: {INK}; margin: 1em; background: {PAPER} }}
h1 {{ font-size: 1.25em; margin: 0 0 .5em }}
svg {{ width: 100%; height: 70vh; border: 1px solid {PALE}; touch-action: none; cursor: grab }}
path {{ fill: none; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke }}
.around {{ stroke: {PALE}; stroke-width: 1 }} .region {{ stroke: {VERMILION}; stroke-width: 3 }}
.way {{ stroke: {BLUE}; stroke-width: 2.5; stroke-dasharray: 6 4 }}
.place {{ fill: {VERMILION} }} .closed {{ fill: {GREEN} }} .open {{ fill: {PAPER}; stroke: {PURPLE} }}
.unit {{ fill: {BLUE} }}
text {{ font-weight: 600; paint-order: stroke; stroke: {PAPER}; fill: {INK} }}
table {{ border-collapse: collapse; margin: 1em 0 }} th, td {{ text-align: left; padding: .15em .8em .15em 0 }}
tr + tr td {{ border-top: 1px solid {PALE} }} li {{ list-style: none; display: inline; margin-right: 1.2em }}
ul {{ padding: 0 }} svg.key {{ width: .9em; height: .9em; border: 0; vertical-align: -.1em }}
@media print {{ svg {{ height: 60vh }} }}
"""

_SCRIPT = """
const svg = document.querySelector("svg"), first = svg.getAttribute("viewBox").split(" ").map(Number);
let box = [...first], held = null;
const marks = [...svg.querySelectorAll("g.mark")];
function show() {
  svg.setAttribute("viewBox", box.join(" "));
  const size = box[2] / first[2];
  for (const mark of marks) mark.setAttribute("transform", mark.dataset.at + " scale(" + size + ")");
}
function at(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
}
svg.addEventListener("wheel", event => {
  event.preventDefault();
  const [x, y] = at(event), size = Math.exp(Math.sign(event.deltaY) * 0.2);
  if (box[2] * size > first[2] * 4 || box[2] * size < first[2] / 200) return;
  box = [x - (x - box[0]) * size, y - (y - box[1]) * size, box[2] * size, box[3] * size];
  show();
}, {passive: false});
svg.addEventListener("pointerdown", event => { held = at(event); svg.setPointerCapture(event.pointerId); });
svg.addEventListener("pointermove", event => {
  if (!held) return;
  const [x, y] = at(event);
  box[0] += held[0] - x; box[1] += held[1] - y; show();
});
svg.addEventListener("pointerup", () => { held = null; });
"""


def report_page(report: Report, language: Language = "en") -> bytes:
    """Return the report as an HTML page in UTF-8."""
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (_STYLE, _SCRIPT))
    policy = f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'"
    head, open_head, open_title = columns(language)
    tables = [_table(head, [closing_row(report, c, language) for c in report.closings])] if report.closings else []
    if report.open:
        tables += [f"<p>{escape(open_title)}</p>", _table(open_head, [open_row(report, o) for o in report.open])]
    lines = words(report, language)
    more = lines[len(lines) - lines[::-1].index("") :] if "" in lines else []
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{escape(title(language))}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(sentence(report, language))}</h1>",
        _drawing(report),
        _legend(language),
        *tables,
        *(f"<p>{escape(one_line(line))}</p>" for line in more),
        f"<p>{escape(one_line(report.attribution))}</p>" if report.attribution else "",
        f"<script>{_SCRIPT}</script></body></html>\n",
    ]
    return "\n".join(parts).encode()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = ["".join(f"<th>{escape(cell)}</th>" for cell in head)]
    lines += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    return "<table>" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _legend(language: Language) -> str:
    """Return what the colours mean."""
    colours = (VERMILION, VERMILION, GREEN, PURPLE, BLUE)
    items = (
        f'<li><svg class="key" viewBox="0 0 10 10"><rect width="10" height="10" fill="{colour}"/></svg> '
        f"{escape(text)}</li>"
        for colour, text in zip(colours, legend(language), strict=True)
    )
    return f"<ul>{''.join(items)}</ul>"


def _drawing(report: Report) -> str:
    """Return the map as SVG: metres east and south of the place, marks in shares of its width."""
    lat, lon = report.place
    scale = np.array([math.cos(math.radians(lat)), -1.0]) * 111_320.0

    def flat(line: Line) -> Line:
        apart = line - np.array([lon, lat])
        apart[:, 0] = (apart[:, 0] + 180.0) % 360.0 - 180.0
        metres: Line = apart * scale
        return metres

    region = [flat(line) for line in report.region]
    ways = [flat(c.route) for c in report.closings]
    points = flat(
        np.array([[lon, lat], *([o.lon, o.lat] for o in report.open), *([c.lon, c.lat] for c in report.closings)])
    )
    shown = np.concatenate([points, *region, *ways])
    low, high = shown.min(axis=0), shown.max(axis=0)
    margin = 0.06 * float((high - low).max()) + 50.0
    x, y = (low - margin).tolist()
    wide, tall = (high - low + 2 * margin).tolist()
    unit = max(wide, tall) / 100
    parts = [f'<svg viewBox="{x:.0f} {y:.0f} {wide:.0f} {tall:.0f}" role="img">']
    parts += [_path("around", [flat(line) for line in report.streets]), _path("region", region), _path("way", ways)]
    for closing, way in zip(report.closings, ways, strict=True):
        parts += _mark(
            way[0],
            f'<rect class="unit" x="{-unit / 2:.1f}" y="{-unit / 2:.1f}" width="{unit:.1f}" height="{unit:.1f}"/>',
            closing.callsign,
            unit,
        )
        where = flat(np.array([[closing.lon, closing.lat]]))[0]
        told = f"{closing.callsign}: {closing.crossing}, {report.clock(closing.there)} < {report.clock(closing.car)}"
        parts += _mark(where, f'<circle class="closed" r="{unit * 0.7:.1f}"/>', "", unit, told)
    for crossing in report.open:
        where = flat(np.array([[crossing.lon, crossing.lat]]))[0]
        circle = f'<circle class="open" r="{unit * 0.7:.1f}" stroke-width="{unit * 0.3:.1f}"/>'
        parts += _mark(where, circle, "", unit, f"{crossing.crossing}, {report.clock(crossing.car)}")
    parts += _mark(np.zeros(2), f'<circle class="place" r="{unit:.1f}"/>', "", unit, report.street)
    return "\n".join([*parts, "</svg>"])


def _path(name: str, lines: Sequence[Line]) -> str:
    """Return lines as one path, to a decimetre."""
    drawn = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line.tolist()) for line in lines)
    return f'<path class="{name}" d="{drawn}"/>'


def _mark(where: Line, shape: str, label: str, unit: float, told: str = "") -> Iterator[str]:
    """Yield a mark that keeps its size."""
    at = f"translate({where[0]:.1f} {where[1]:.1f})"
    tip = f"<title>{escape(one_line(told or label))}</title>"
    text = (
        f'<text x="{unit * 0.9:.1f}" y="{unit * 0.5:.1f}" font-size="{unit * 1.6:.1f}">{escape(one_line(label))}</text>'
    )
    yield f'<g class="mark" data-at="{at}" transform="{at}">{tip}{shape}{text if label else ""}</g>'

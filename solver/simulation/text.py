"""What a simulation has shown, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.comparing.text import letter
from solver.plain_text import clip, one_line, wrap
from solver.score_text import COLUMNS, Line, fitted
from solver.simulation.intervals import Estimate
from solver.simulation.results import Difference, Group, Kind, SimulationResult, differences
from solver.simulation.setting import Setting
from solver.wording import percent

GROUP = ("hour", "calls", "within standard", "median", "90 % within")
"""What is told of the calls of an hour or a zone."""

WORST = 5
"""How many hotspots are told of."""

BESIDE = 4
"""Plans beside the first one in a table."""


def simulation_lines(setting: Setting, results: Sequence[SimulationResult]) -> list[Line]:
    """Return the figures of one plan, or of several side by side; the first is what the others differ from."""
    lines = [Line(part) for text in setting.lines() for part in wrap(text, COLUMNS, indent="  ")]
    if len(results) > 1:
        lines += [Line(clip(f"{letter(i)}: {one_line(r.name)}", COLUMNS)) for i, r in enumerate(results)]
        for first in range(1, len(results), BESIDE):
            shown = {0: results[0], **dict(enumerate(results[first : first + BESIDE], first))}
            lines += [Line(""), *_beside(shown), Line(""), *_differences(shown)]
        return lines
    return [*lines, *(line for table in _alone(results[0]) for line in (Line(""), *table) if table)]


def _alone(found: SimulationResult) -> Iterator[list[Line]]:
    """Yield the tables of one plan."""
    yield _beside({0: found})
    hours = [[*_group_cells(g), percent(g.busy), percent(g.presence_planned), percent(g.presence)] for g in found.hours]
    yield fitted((*GROUP, "busy", "presence planned", "delivered"), hours)
    yield fitted(("zone", *GROUP[1:]), [_group_cells(g, _standard(g)) for g in found.zones])
    posts = [(q.place, q.wanted, q.planned, estimate_text(q.missing, "minutes")) for q in found.posts]
    yield fitted(("post", "unit-minutes", "missing as planned", "missing"), posts)
    worst = sorted(found.hotspots, key=lambda h: -h.lost)[:WORST]
    spots = [(h.place, percent(h.planned), percent(h.delivered), percent(h.lost)) for h in worst if h.lost > 0]
    yield fitted(("hotspots that lose most", "planned", "delivered", "of all risk"), spots)
    units = [(u.callsign, u.on_duty, estimate_text(u.busy, "share"), f"{u.sent:.1f}") for u in found.units]
    yield fitted(("unit", "minutes on duty", "busy", "sent"), units)


def _beside(shown: Mapping[int, SimulationResult]) -> list[Line]:
    """Return the figures of plans by number: of one simulated beside planned, of several in rows."""
    results, alone = list(shown.values()), len(shown) == 1
    head = ["", "simulated", "planned"] if alone else ["", *map(letter, shown)]
    rows: list[list[str]] = []
    for measure in results[0].measures:
        found = [r.find(measure.name) for r in results]
        planned = [_plain(None if m is None else m.planned, measure.kind) for m in found]
        simulated = ["-" if m is None else estimate_text(m.ratio.estimate(), m.kind) for m in found]
        if alone:
            rows.append([measure.name, *simulated, *planned])
        else:
            rows += [[f"{measure.name}, planned", *planned]] if measure.planned is not None else []
            rows.append([measure.name, *simulated])
        if measure.name == "mean response":
            for key, words in (("p50", "median response"), ("p90", "90 % of responses within")):
                times = [estimate_text(r.percentiles[key], "seconds") for r in results]
                rows.append([words, *times, *([""] if alone else [])])
    return fitted(head, rows)


def _differences(shown: Mapping[int, SimulationResult]) -> list[Line]:
    """Return by how much the figures of the later plans are above those of the first, in the same calls."""
    (_, first), *others = shown.items()
    found = [{d.name: d for d in differences(first, other)} for _, other in others]
    head = [f"more than {letter(0)}", *(letter(i) for i, _ in others)]
    rows = [[m.name, *(_change(of[m.name]) if m.name in of else "-" for of in found)] for m in first.measures]
    return fitted(head, rows)


def _change(change: Difference) -> str:
    """Return a difference, with a star where its interval holds no 0."""
    if change.difference.value is None:
        return "-"
    low, high = change.difference.low, change.difference.high
    clear = low is not None and high is not None and (low > 0 or high < 0)
    text = estimate_text(change.difference, change.kind, sign=True)
    return f"{text} *" if clear else f"{text}  "


def estimate_text(found: Estimate, kind: Kind, *, sign: bool = False) -> str:
    """Return a figure and how far it may be off, such as ``93.1 % ± 0.4``."""
    if found.value is None:
        return "-"
    scale = 100 if kind == "share" else 1
    digits = 0 if kind == "seconds" else 2 if kind == "number" else 1
    if sign:
        text = f"{scale * found.value:+.{digits}f}" + (" pt" if kind == "share" else "")
    else:
        text = _plain(found.value, kind)
    unit = " s" if kind == "seconds" and sign else ""
    return text + unit if found.half is None else f"{text}{unit} ± {scale * found.half:.{digits}f}"


def _plain(value: float | None, kind: Kind) -> str:
    """Return a figure without an interval."""
    if value is None:
        return ""
    if kind == "share":
        return percent(value)
    if kind == "seconds":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02}"
    return f"{value:.1f}" if kind == "minutes" else f"{value:.2f}"


def _group_cells(group: Group, name: str | None = None) -> list[str]:
    """Return the cells of an hour or a zone."""
    return [
        one_line(group.name if name is None else name),
        f"{group.calls:.1f}",
        estimate_text(group.within, "share"),
        _plain(group.median.value, "seconds") or "-",
        _plain(group.ninetieth.value, "seconds") or "-",
    ]


def _standard(group: Group) -> str:
    """Return a zone with its standard."""
    return f"{group.name}, {(group.standard or 0) / 60:g} min"

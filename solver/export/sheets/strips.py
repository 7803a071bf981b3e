"""Drawings over the hours of a shift: what each unit does, who stands on each post, and what is covered.

Time runs to the right; hours of the clock are marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from solver.clock import Clock
from solver.export.colours import FAINT, GREY, INK, KINDS, LAYERS, PALE, PAPER, VERMILION
from solver.export.sheet_words import Words
from solver.export.sheets.sheet import WIDTH, Area, Label, Line, Picture, Point, Shape, columns_of
from solver.plain_text import clip
from solver.problem import Problem
from solver.scorecard import Hour

ROW = 11.0
"""Height in points of the row of a unit."""

NAMES = 76.0
"""Width in points of the names on the left."""

MOST_ROWS = 48
"""Rows of a strip that one drawing holds, so that it fits on a page."""

HEAD = 12.0
"""Height in points of the times above the rows."""

_HEIGHTS = {"visit": 7.0, "stint": 9.0, "task": 9.0, "break": 7.0, "standby": 3.0, "driving": 1.0}
"""Height of what a unit does, so that it can be told apart also in grey."""

_APART = 26.0
"""Points between the labels of two hours at least."""

_ORDER = ("visit", "stint", "task", "break", "standby", "driving")


@dataclass(frozen=True)
class Bar:
    """Minutes ``[start, end)`` of doing something (see `KINDS`; ``lack``: nobody does), with a text where it fits."""

    start: int
    end: int
    kind: str
    text: str = ""


Rows = Sequence[tuple[str, Sequence[Bar]]]
"""Rows of a strip: a name, and its bars."""


class _Axis:
    """Where minutes lie on paper."""

    def __init__(self, problem: Problem, left: float, right: float) -> None:
        self.left, self.right, self.minutes = left, right, problem.minutes
        self._clock = Clock.of(problem)

    def x(self, minute: float) -> float:
        """Return where a minute is."""
        return round(self.left + (self.right - self.left) * minute / self.minutes, 1)

    def hours(self) -> list[tuple[int, str]]:
        """Return whole hours of the clock, so many that their labels have room, and their labels."""
        first = -self._clock.local(0).minute % 60
        every = next(h for h in (1, 2, 3, 4, 6, 12, 24, 48, 96, 10**6) if 60 * h * self._pace >= _APART or h == 10**6)
        marks = [(t, self._clock.local(t)) for t in range(first, self.minutes + 1, 60)]
        shown: list[tuple[int, str]] = []
        for t, local in marks:
            # Where the clocks change two marks may come closer together than their labels have room for.
            near = bool(shown) and (t - shown[-1][0]) * self._pace < _APART
            if local.hour % min(every, 24) == 0 and not near:
                shown.append((t, local.strftime("%H:%M")))
        return shown

    @property
    def _pace(self) -> float:
        return (self.right - self.left) / self.minutes


def strips(problem: Problem, title: str, rows: Rows, words: Words, *, key: bool) -> Iterator[Picture]:
    """Yield drawings of rows of bars, as many as pages need; with a `key` to what units do below the last one."""
    parts = [rows[i : i + MOST_ROWS] for i in range(0, len(rows), MOST_ROWS)]
    for part in parts:
        picture = _strip(problem, title, part)
        yield _with_key(picture, part, words) if key and part is parts[-1] else picture


def _strip(problem: Problem, title: str, rows: Rows) -> Picture:
    """Return one drawing."""
    axis = _Axis(problem, NAMES, WIDTH - 12)
    height = HEAD + ROW * len(rows) + 3
    shapes: list[Shape] = []
    for minute, label in axis.hours():
        x = axis.x(minute)
        shapes += [Line(((x, HEAD - 2), (x, height - 2)), PALE, 0.4), Label((x, 8), label, 6.5, GREY, "middle")]
    for i, (name, bars) in enumerate(rows):
        top = HEAD + ROW * i
        shapes.append(Line(((0.0, round(top + ROW, 1)), (axis.right, round(top + ROW, 1))), FAINT, 0.4))
        shapes.append(Label((0.0, round(top + 8, 1)), clip(name, int((NAMES - 4) / 0.56 / 7.5)), 7.5, bold=True))
        for bar in bars:
            shapes += _bar(axis, bar, top + ROW / 2)
    return Picture(title, WIDTH, round(height, 1), tuple(shapes))


def _bar(axis: _Axis, bar: Bar, middle: float) -> list[Shape]:
    """Return a bar; its text is left out where it does not fit."""
    x0, x1 = axis.x(bar.start), axis.x(bar.end)
    lacking = bar.kind == "lack"
    half = (8.0 if lacking else _HEIGHTS.get(bar.kind, 7.0)) / 2
    top, bottom = round(middle - half, 1), round(middle + half, 1)
    fill = PAPER if lacking else KINDS.get(bar.kind, GREY)
    corners = ((x0, top), (x1, top), (x1, bottom), (x0, bottom))
    shapes: list[Shape] = [
        Area(corners, fill, VERMILION if lacking else PAPER if half > 1 else "", 1.2 if lacking else 0.4)
    ]
    if bar.text and columns_of(bar.text) * 6.5 <= x1 - x0 - 1:
        dark = bar.kind in ("visit", "stint", "task")
        at = (round((x0 + x1) / 2, 1), round(middle + 2.4, 1))
        shapes.append(
            Label(at, bar.text, 6.5, PAPER if dark else VERMILION if lacking else INK, "middle", bold=lacking)
        )
    return shapes


def _with_key(picture: Picture, rows: Rows, words: Words) -> Picture:
    """Return a drawing with what its bars mean below it."""
    used = {bar.kind for _, bars in rows for bar in bars}
    x, y, shapes = NAMES, picture.height + 9, list(picture.shapes)
    for kind in _ORDER:
        if kind not in used:
            continue
        half = _HEIGHTS[kind] / 2
        top, bottom = round(y - 2.5 - half, 1), round(y - 2.5 + half, 1)
        shapes.append(Area(((x, top), (x + 14, top), (x + 14, bottom), (x, bottom)), KINDS[kind]))
        shapes.append(Label((round(x + 17, 1), round(y, 1)), words.kinds[kind], 7))
        x = round(x + 17 + columns_of(words.kinds[kind]) * 7 + 14, 1)
    return replace(picture, height=round(picture.height + 14, 1), shapes=tuple(shapes))


def cover_chart(problem: Problem, hours: Sequence[Hour], words: Words, width: float, height: float) -> Picture:
    """Return the covered share by hour of each layer that counts anything."""
    axis = _Axis(problem, 20.0, width - 14)
    low, high = height - 26, 6.0

    def y(share: float) -> float:
        return round(low + (high - low) * share, 1)

    shapes: list[Shape] = []
    for per_cent in (0, 25, 50, 75, 100):
        at = y(per_cent / 100)
        shapes += [Line(((axis.left, at), (axis.right, at)), PALE if per_cent else GREY, 0.4)]
        shapes += [Label((axis.left - 3, at + 2.3), str(per_cent), 6.5, GREY, "end")]
    for minute, label in axis.hours():
        x = axis.x(minute)
        shapes += [Line(((x, low), (x, low + 2)), GREY, 0.4), Label((x, low + 9), label, 6.5, GREY, "middle")]
    x = axis.left
    for layer, dash in (("presence", ()), ("backup", (1.5, 2.0)), ("response", (5.0, 2.0))):
        shares = [(h, getattr(h, layer)) for h in hours]
        if all(share is None for _, share in shares):
            continue
        colour = LAYERS[layer]
        steps = [(axis.x(h.start), axis.x(h.end), y(share)) for h, share in shares if share is not None]
        shapes += [Line(line, colour, 1.6, dash) for line in _joined(steps)]
        shapes += [Line(((x, height - 5), (x + 18, height - 5)), colour, 1.6, dash)]
        shapes.append(Label((round(x + 21, 1), height - 2.5), words.layers[layer], 7))
        x = round(x + 21 + columns_of(words.layers[layer]) * 7 + 12, 1)
    return Picture(words.by_hour, width, height, tuple(shapes))


def _joined(steps: Iterable[tuple[float, float, float]]) -> Iterator[tuple[Point, ...]]:
    """Yield stairs of steps (from, to, height) that follow each other; a line for each run without a hole."""
    run: list[Point] = []
    for x0, x1, height in steps:
        if run and run[-1][0] != x0:
            yield tuple(run)
            run = []
        run += [(x0, height), (x1, height)]
    if run:
        yield tuple(run)

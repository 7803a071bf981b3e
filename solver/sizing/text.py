"""A curve over units or posts in words, as a table, and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from solver.bars import BarStyle, bar
from solver.plain_text import clip, fill, table, width, wrap
from solver.score_text import COLUMNS, Line, fitted
from solver.wording import percent

if TYPE_CHECKING:
    from solver.sizing.curve import Point, Sizing, Step, Trial

CSV_COLUMNS = ("number", "value", "bound", "gap", "lacking", "points_each", "more", "status")
"""Columns of the table for spreadsheet programs."""

TRIALS = 12
"""Classes of units that are shown as the next one."""

_BAR = 8


def sizing_lines(found: Sizing, *, bars: BarStyle = "blocks") -> list[Line]:
    """Return the curve as lines of at most `COLUMNS` columns: what matters, the table, where the next unit helps."""
    lines = [Line(text, "title") for said in _said(found) for text in wrap(said, COLUMNS, indent="  ")]
    if not found.complete:
        lines += [
            Line("This was stopped before its end: numbers without a bound have had no search of their own.", "bad")
        ]
    lines += [Line(""), *_table(found, bars)]
    if found.following is not None:
        lines += [Line(""), *_following(found, found.following)]
    return lines


def sizing_rows(found: Sizing) -> list[tuple[object, ...]]:
    """Return a row a point, with the cells of `CSV_COLUMNS`; shares from 0 to 1, ``points_each`` in per cent of all."""
    return [
        (
            p.number,
            _cell(p.value),
            _cell(p.bound),
            _cell(p.gap),
            p.missing,
            "" if each is None else round(each, 4),
            "; ".join(_counted(p.more)),
            p.plan.status,
        )
        for p, each in zip(found.points, _each(found.points), strict=True)
    ]


def sizing_json(found: Sizing) -> dict[str, Any]:
    """Return the curve as plain JSON values."""

    def step(s: Step) -> dict[str, Any]:
        return {"from": s.start, "to": s.end, "trials": [asdict(trial) for trial in s.trials]}

    return {
        "of": found.dial,
        "given": found.given,
        "complete": found.complete,
        "points": [
            {
                "number": p.number,
                "value": p.value,
                "bound": p.bound,
                "gap": p.gap,
                "lacking": p.missing,
                "points_each": each,
                "more": list(p.more),
                "status": p.plan.status,
            }
            for p, each in zip(found.points, _each(found.points), strict=True)
        ],
        "steps": [step(s) for s in found.steps],
        "next": None if found.following is None else step(found.following),
    }


def _cell(value: float | None) -> object:
    """Return a share as a cell, empty where there is none."""
    return "" if value is None else round(value, 6)


def _each(points: Sequence[Point]) -> list[float | None]:
    """Return by how many points each point is worth more than the one before, for each unit or post more."""
    each: list[float | None] = [None] if points else []
    for before, after in pairwise(points):
        comparable = before.value is not None and after.value is not None
        gain = (after.value or 0.0) - (before.value or 0.0)
        each.append(100 * gain / (after.number - before.number) if comparable else None)
    return each


def _said(found: Sizing) -> list[str]:
    """Return what matters in sentences."""
    first, last = found.points[0], found.points[-1]
    noun = found.dial
    said = []
    lacking = [p for p in found.points if p.missing]
    if lacking:
        # Of units the most that are not enough, of posts the fewest that are too many.
        worst = lacking[-1] if noun == "units" else lacking[0]
        right = [p.number for p in found.points if not p.missing]
        enough = f"with {min(right)} or more" if noun == "units" and right else f"with {max(right, default=0)} or fewer"
        things = noun if worst.number != 1 else noun[:-1]
        text = f"With {worst.number} {things} hard rules lack {worst.missing} unit-minutes"
        said.append(f"{text}, {enough} nothing." if right else f"{text}.")
    if len(found.points) > 1 and first.value is not None:
        shares = f"{percent(first.value)} to {percent(last.value)}"
        said.append(f"With {first.number} to {last.number} {noun} the plan covers {shares} of everything.")
    if found.following is not None:
        best = found.following.trials[0]
        gain = _gain(last, best)
        helps = f"The next unit after {last.number} helps most as {best.label}"
        if best.missing < last.missing:
            said.append(f"{helps}: {best.missing} unit-minutes lacking.")
        elif gain < 0.005:
            said.append(f"One unit more than {last.number} brings nothing that was found.")
        else:
            said.append(f"{helps}: {gain:+.{1 if gain >= 0.05 else 2}f} points.")
    return said


def _gain(point: Point, trial: Trial) -> float:
    """Return by how many points a trial is worth more than a point."""
    return 100 * (trial.value - (point.value or 0.0))


def _table(found: Sizing, bars: BarStyle) -> list[Line]:
    """Return the table of points; what each has more than the one before it comes last, cut to fit."""
    points = found.points
    columns: dict[str, list[str]] = {
        found.dial: [f"{p.number}{'*' if p.number == found.given else ' '}" for p in points],
        "value": [percent(p.value) for p in points],
        " " * _BAR: [bar(p.value, _BAR, bars) for p in points],
        "bound": [percent(p.bound) for p in points],
        "gap": [percent(p.gap) for p in points],
        "lacking": [str(p.missing) for p in points],
        "points": ["" if each is None else f"{each:+.2f}" for each in _each(points)],
    }
    if not any(p.missing for p in points):
        del columns["lacking"]
    head, *rows = table(tuple(columns), list(zip(*columns.values(), strict=True)))
    more = ["; ".join(_counted(p.more)) for p in points]
    room = COLUMNS - max(map(width, (head, *rows))) - 2
    lines = [Line(f"{fill(head, COLUMNS - room - 2)}  more than before", "head")]
    for text, label, point in zip(rows, more, points, strict=True):
        shown = f"{fill(text, COLUMNS - room - 2)}  {clip(label, room)}".rstrip()
        lines.append(Line(shown, "bad" if point.missing else "plain"))
    return [*lines, *([Line("* as in the file")] if any(p.number == found.given for p in points) else [])]


def _counted(labels: Sequence[str]) -> list[str]:
    """Return labels, those that come several times once with how often."""
    return [label if number == 1 else f"{number} x {label}" for label, number in Counter(labels).items()]


def _following(found: Sizing, step: Step) -> list[Line]:
    """Return the table of what one unit more brings, by class."""
    last, trials = found.points[-1], step.trials[:TRIALS]
    columns: dict[str, list[object]] = {
        f"unit {step.end} as": [t.label for t in trials],
        "value": [percent(t.value) for t in trials],
        "points": [f"{_gain(last, t):+.2f}" for t in trials],
        "lacking": [t.missing for t in trials],
    }
    if not last.missing:
        del columns["lacking"]
    lines = fitted(tuple(columns), list(zip(*columns.values(), strict=True)))
    if len(step.trials) > TRIALS:
        lines.append(Line(f"and {len(step.trials) - TRIALS} classes more"))
    return lines

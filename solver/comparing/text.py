"""Plans side by side in words: what matters first, then a table that fits the page, as text and for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from solver.comparing.comparison import Balance, Change, Comparison, PlanFigures
from solver.comparing.problem_differences import Parts
from solver.plain_text import clip, one_line, wrap
from solver.problem import LAYERS
from solver.score_text import COLUMNS, Line, fitted
from solver.wording import all_of, percent

NAMED = 6
"""How many names of a list are said."""

NAME = 40
"""Columns of a name in a list."""

Cell = float | int | str | None


class Row(NamedTuple):
    """One figure of all plans: its section and name, one cell a plan, and how a cell is written for readers."""

    section: str
    what: str
    cells: tuple[Cell, ...]
    text: Callable[[Cell], str] = lambda cell: "-" if cell is None else str(cell)
    bad: bool = False


def letter(index: int) -> str:
    """Return how a plan is called in tables: A, B, C and so on."""
    return chr(ord("A") + index)


def comparison_lines(found: Comparison) -> list[Line]:
    """Return the comparison as lines; of at most `COLUMNS` columns for up to four plans."""
    lines = _wrapped(*(f"{letter(i)}: {_name(p.name)}, {_name(p.problem)}" for i, p in enumerate(found.plans)))
    lines += [Line(""), *(line for change in found.changes for line in _said(found, change))]
    rows = list(comparison_rows(found))
    for section in dict.fromkeys(row.section for row in rows):
        head = [section, *(letter(i) for i in range(len(found.plans)))]
        shown = [row for row in rows if row.section == section]
        cells = [[row.what, *(row.text(cell) for cell in row.cells)] for row in shown]
        lines += [Line(""), *fitted(head, cells, bad=lambda i, shown=shown: shown[i].bad)]  # type: ignore[misc]
    for change in found.changes:
        lines += _changed(change)
    return lines


def comparison_rows(found: Comparison) -> Iterator[Row]:
    """Yield every figure that all plans have, in the order in which it is told."""
    plans = found.plans

    def row(
        what: str, cell: Callable[[PlanFigures], Cell], text: Callable[[Cell], str] = _plain, *, bad: bool = False
    ) -> Row:
        cells = tuple(cell(p) for p in plans)
        return Row("plan", what, cells, text, bad=bad and any(cells))

    yield row("value", lambda p: p.figures.value, _percent)
    yield row("bound", lambda p: p.figures.bound, _percent)
    yield row("gap", lambda p: p.figures.better, _percent)
    if any(p.violations for p in plans):
        yield row("rules broken", lambda p: p.violations, bad=True)
    yield row("unit-minutes lacking", lambda p: p.lacking, bad=True)
    for layer in LAYERS:
        if any(p.layers[layer] is not None for p in plans):
            yield row(layer, lambda p, layer=layer: p.layers[layer], _percent)  # type: ignore[misc]
    for i in range(max((len(p.worst) for p in plans), default=0)):
        which = ("least", "second least", "third least")[i]
        yield row(f"{which} response", lambda p, i=i: p.worst[i].response if i < len(p.worst) else None, _percent)  # type: ignore[misc]
        yield row(f"{which} response at", lambda p, i=i: p.worst[i].at if i < len(p.worst) else None)  # type: ignore[misc]
    if any(p.figures.posts for p in plans):
        yield row("posts", lambda p: p.figures.posts)
        yield row("posts staffed throughout", lambda p: p.figures.posts_staffed)
    if any(p.figures.tasks for p in plans):
        yield row("tasks in all", lambda p: p.figures.tasks)
        yield row("tasks done", lambda p: p.figures.tasks_done)
    yield row("hotspots", lambda p: p.hotspots)
    yield row("hotspots visited", lambda p: p.hotspots_visited)
    yield row("visits", lambda p: p.visits)
    yield row("units", lambda p: p.units)
    yield row("minutes driven", lambda p: p.driving)
    if any(p.metres is not None for p in plans):
        yield row("metres driven", lambda p: p.metres)
    for what in ("visits", "driving", "standby"):
        yield row(f"{what} of a unit", lambda p, what=what: _spread(p.balance.get(what)))  # type: ignore[misc]
    for layer in ("presence", "response", "backup"):
        if any(p.layers[layer] is not None for p in plans):
            for hour in found.hours:
                yield Row(f"{layer} by hour", hour.label, getattr(hour, layer), _percent)


def _plain(cell: Cell) -> str:
    """Return a cell as it is."""
    return "-" if cell is None else str(cell)


def _percent(cell: Cell) -> str:
    """Return a share in per cent."""
    return percent(float(cell)) if cell is not None else "-"


def _spread(balance: Balance | None) -> str | None:
    """Return how something is spread over units, such as ``38-89, mean 55.3``."""
    return None if balance is None else f"{balance.least}-{balance.most}, mean {balance.mean:.1f}"


def _said(found: Comparison, change: Change) -> list[Line]:
    """Return what matters of a change: what lacks, then what it is worth."""
    first, second = found.plans[0], found.plans[change.second]
    a, b = letter(0), letter(change.second)
    lines = []
    if first.lacking != second.lacking:
        more, less = (b, a) if second.lacking > first.lacking else (a, b)
        minutes = abs(first.lacking - second.lacking)
        lines += _wrapped(f"{more} lacks {minutes} unit-minutes more than {less}.", tone_bad=True)
    lines += _wrapped(f"{_worth(a, b, first, second)}{_layers(first, second)}.")
    if not change.same_problem:
        whole = "though there is the same to cover" if change.same_whole else "and these are shares of different wholes"
        lines += _wrapped(f"{a} and {b} answer different problems, {whole}.")
    return lines


def _worth(a: str, b: str, first: PlanFigures, second: PlanFigures) -> str:
    """Return which plan is worth more, and how much."""
    values = first.figures.value, second.figures.value
    if values[0] is None or values[1] is None:
        return f"The values of {a} and {b} cannot be compared, as there is nothing to cover"
    points = 100 * (values[1] - values[0])
    if abs(points) < 0.05:
        return f"{b} is worth as much as {a}" if not points else f"{b} is worth as much as {a}, to a tenth of a point"
    more = "more" if points > 0 else "less"
    return f"{b} is worth {abs(points):.1f} points {more} than {a} ({percent(values[1])}, not {percent(values[0])})"


def _layers(first: PlanFigures, second: PlanFigures) -> str:
    """Return how the layers change, in points."""
    told = []
    for layer in LAYERS:
        before, after = first.layers[layer], second.layers[layer]
        if before is not None and after is not None and abs(after - before) >= 0.0005:
            told.append(f"{layer} {100 * (after - before):+.1f}")
    return f": {', '.join(told)}" if told else ""


def _changed(change: Change) -> list[Line]:
    """Return in what the problems differ, which hotspots only one plan visits, and how stops change, unit by unit."""
    a, b = letter(0), letter(change.second)
    lines = [Line("")]
    for s in change.differences.settings:
        lines += _wrapped(f"{s.what}: {_name(str(s.first))} in {a}, {_name(str(s.second))} in {b}")
    for parts in change.differences.parts:
        lines += _parts(parts, a, b)
    for names, only in ((change.gone, a), (change.new, b)):
        if names:
            lines += _wrapped(f"visited only in {only}: {_names(names)}")
    if not change.gone and not change.new:
        lines += _wrapped(f"{a} and {b} visit the same hotspots")
    rows = [(s.callsign, s.kept, s.moved, s.new, s.gone) for s in change.stops]
    total = ["all", *(sum(row[i] for row in rows) for i in range(1, 5))]  # type: ignore[misc]
    head = (f"stops, {a} to {b}", "kept", "at other times", "new", "gone")
    return [*lines, Line(""), *fitted(head, [*rows, total] if rows else [])]


def _parts(parts: Parts, a: str, b: str) -> list[Line]:
    """Return which parts of one kind the problems have not alike."""
    lines = []
    for names, where in ((parts.gone, f"only in {a}"), (parts.new, f"only in {b}"), (parts.changed, "not alike")):
        if names:
            lines += _wrapped(f"{parts.what} {where}: {_names(names)}")
    return lines


def _names(names: Sequence[str]) -> str:
    """Return names in words, of many the first ones and how many more."""
    shown = [_name(name) for name in names[:NAMED]]
    return all_of(shown if len(names) <= NAMED else [*shown, f"{len(names) - NAMED} more"])


def _name(text: str) -> str:
    """Return a name, fit for a line."""
    return clip(one_line(text), NAME)


def _wrapped(*texts: str, tone_bad: bool = False) -> list[Line]:
    """Return texts as lines that fit the page."""
    return [Line(line, "bad" if tone_bad else "plain") for text in texts for line in wrap(text, COLUMNS, indent="  ")]

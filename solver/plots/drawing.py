"""Style and bytes of plots: readable at half their size, told apart in grey, the same file from the same plan."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from solver.clock import Clock
from solver.export.colours import FAINT, GREY, INK
from solver.problem import Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Form = Literal["svg", "png"]

SIZE = (8.0, 4.5)
"""Width and height of a figure in inches."""

DOTS = 150
"""Dots an inch of a PNG."""

_WIDEST = 200
"""Marks of hours that an axis has room for to be looked at."""


@contextmanager
def style(families: Sequence[str] = ()) -> Iterator[None]:
    """Draw in the style of the house; `families` are the fonts, the best first, before matplotlib's own."""
    import matplotlib as mpl

    options: dict[str, Any] = {
        "font.family": [*families, "DejaVu Sans"],
        "font.size": 11,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.titlesize": 12,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": False,
        "grid.color": FAINT,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.2,
        "legend.frameon": False,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "patrol",
    }
    with mpl.rc_context(options):
        yield


def figure(rows: int = 1, *, height: float = SIZE[1], heights: Sequence[float] | None = None) -> tuple[Figure, Any]:
    """Return a figure and its axes, one below the other with a common axis of time where there are several."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(SIZE[0], height), layout="constrained")
    options = {"height_ratios": heights} if heights else {}
    return made, made.subplots(rows, 1, sharex=True, gridspec_kw=options)


def hours_below(axes: Axes, problem: Problem, label: str) -> None:
    """Mark whole hours of the clock on an axis of minutes, as many as have room."""
    clock = Clock.of(problem)
    first = -clock.local(0).minute % 60
    hours = range(first, problem.minutes + 1, 60)
    every = next((h for h in (1, 2, 3, 4, 6, 12, 24) if len(hours) / h <= 13), 24)
    shown = [t for t in hours if clock.local(t).hour % every == 0][:_WIDEST]
    axes.set_xticks(shown, [clock.hhmm(t) for t in shown])
    axes.set_xlim(0, problem.minutes)
    axes.set_xlabel(label)


def stairs(axes: Axes, values: Sequence[float | None], edges: Sequence[int], **options: Any) -> Any:
    """Draw values, each from one edge to the next, as a line with steps; nothing where a value is None."""
    shown = [float("nan") if value is None else value for value in values]
    (line,) = axes.plot(list(edges), [*shown, shown[-1]], drawstyle="steps-post", **options)
    return line


def content(made: Figure, form: Form) -> bytes:
    """Return a figure as the bytes of a file; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    if form == "svg":
        made.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "patrol"})
    else:
        made.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": "patrol"})
    return buffer.getvalue()


def texts(made: Figure) -> Iterable[str]:
    """Yield the texts of a figure."""
    from matplotlib.text import Text

    for text in made.findobj(Text):
        yield text.get_text()

"""The figures of the benchmark: the gap against time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.cover.runs import Run, Sample
from benchmarks.cover.sizes import LABELS

EARLIEST = 0.1
"""Seconds at which the axis of time begins."""

WIDEST = 20.0
"""Per cent at which the axis of gaps ends; a bound begins far above."""


def draw(file: Path, curves: Sequence[tuple[Run, Sequence[Sample]]]) -> None:
    """Draw the gaps of runs against time into the SVG `file`, a colour for each problem.

    Of runs of the same problem and seed the one with the longest limit is drawn.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # Text as text, and no date nor random names, so that the same runs give the same small file.
    options = {"svg.fonttype": "none", "svg.hashsalt": file.stem, "font.size": 9, "font.family": "sans-serif"}
    with plt.rc_context(options):
        figure, axes = plt.subplots(figsize=(6.4, 3.6))
        colours: dict[str, str] = {}
        for run, curve in _longest(curves):
            points = [(s.seconds, 100 * s.gap) for s in curve if s.gap is not None]
            new = run.problem not in colours
            colour = colours.setdefault(run.problem, f"C{len(colours)}")
            label = LABELS.get(run.problem, run.problem) if new else None
            axes.step(*zip(*points, strict=True), where="post", color=colour, linewidth=1.2, label=label)
        axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="gap (%)")
        axes.set_xlim(left=EARLIEST)
        axes.set_ylim(top=WIDEST)
        for axis, marks in (
            (axes.xaxis, (0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600)),
            (axes.yaxis, (0.5, 1, 2, 3, 5, 10, 20)),
        ):
            low, high = axis.get_view_interval()
            ticks = [mark for mark in marks if low <= mark <= high]
            axis.set_ticks(ticks, [f"{mark:g}" for mark in ticks])
            axis.set_ticks([], minor=True)
        axes.grid(visible=True, linewidth=0.4)
        axes.legend(frameon=False)
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)


def _longest(curves: Sequence[tuple[Run, Sequence[Sample]]]) -> list[tuple[Run, Sequence[Sample]]]:
    """Return the curves that have a gap, of each problem and seed that with the longest limit."""
    chosen: dict[tuple[str, int], tuple[Run, Sequence[Sample]]] = {}
    for run, curve in curves:
        key = run.problem, run.seed
        if any(s.gap is not None for s in curve) and (key not in chosen or run.limit > chosen[key][0].limit):
            chosen[key] = run, curve
    return list(chosen.values())

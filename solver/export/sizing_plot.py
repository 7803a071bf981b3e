"""A curve over units or posts as a picture: value and bound against their number, as SVG and PNG.

Names of units and places are left out, as no font has every script.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from solver.export.colours import BLUE, VERMILION

if TYPE_CHECKING:
    from solver.sizing.curve import Sizing

_VALUE, _BOUND, _LACKING = BLUE, VERMILION, "#cc0000"


def sizing_plot(found: Sizing, form: Literal["svg", "png"]) -> bytes:
    """Return the picture; the same curve gives the same bytes."""
    import matplotlib as mpl

    # The salt makes the names within the SVG the same every time; text stays text.
    with mpl.rc_context({"svg.hashsalt": "patrolplan", "svg.fonttype": "none"}):
        figure = _figure(found)
        out = io.BytesIO()
        metadata: dict[str, Any] = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=150, metadata=metadata)
    return out.getvalue()


def _figure(found: Sizing) -> Any:
    """Return the figure."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    numbers = [p.number for p in found.points]
    values = _percent([p.value for p in found.points])
    bounds = _percent([p.bound for p in found.points])
    axes.plot(numbers, bounds, linestyle="--", marker=".", color=_BOUND, label="bound: no plan covers more")
    axes.plot(numbers, values, marker="o", color=_VALUE, label="value of the plan")
    axes.fill_between(numbers, values, bounds, color=_BOUND, alpha=0.12, linewidth=0)
    lacking = [(n, v) for n, v, p in zip(numbers, values, found.points, strict=True) if p.missing]
    if lacking:
        at, height = zip(*lacking, strict=True)
        words = "hard rules lack something"
        axes.scatter(at, height, s=90, facecolors="none", edgecolors=_LACKING, linewidths=1.6, zorder=3, label=words)
    if numbers[0] <= found.given <= numbers[-1]:
        axes.axvline(found.given, color="#888888", linestyle=":", label=f"as in the file: {found.given}")
    axes.set_xlabel("units on the roster" if found.dial == "units" else "posts to be manned")
    axes.set_ylabel("covered, per cent of everything")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(frameon=False)
    return figure


def _percent(shares: Sequence[float | None]) -> list[float]:
    """Return shares in per cent; what is not known is no number, and leaves a hole."""
    return [float("nan") if share is None else 100 * share for share in shares]

"""A backtest as a picture: hits against area for each map, as SVG and PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instances.backtest.scores import CURVE, Backtest
from instances.backtest.words import CALLED
from solver.export.colours import BLUE, GREY, VERMILION
from solver.plots.drawing import content, figure, style

if TYPE_CHECKING:
    from solver.plots.drawing import Form

_LINES: tuple[dict[str, Any], ...] = (
    {"color": VERMILION, "linestyle": "-"},
    {"color": BLUE, "linestyle": "--"},
    {"color": "#009e73", "linestyle": "-."},
    {"color": "#cc79a7", "linestyle": ":"},
    {"color": "#e69f00", "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    {"color": GREY, "linestyle": (0, (1, 2)), "linewidth": 1.4},
)
"""Of the maps in the order of `CALLED`: told apart in grey as well."""


def backtest_plot(made: Backtest, form: Form) -> bytes:
    """Return the picture; the same backtest gives the same bytes."""
    with style():
        drawn, axes = figure()
        size = made.size.sum() or 1.0
        for (name, text), line in zip(CALLED.items(), _LINES, strict=True):
            if name in made.maps:
                axes.plot(100 * CURVE, 100 * made.maps[name].curve / size, label=text, **line)
        axes.axvline(100 * made.main, color=GREY, linewidth=0.8)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_xlabel("marked share of the area, per cent")
        axes.set_ylabel("incidents that came there, per cent")
        axes.set_title(f"{made.count:,} incidents, {made.rolling.test[0].first} to {made.rolling.test[-1].last}")
        axes.legend(loc="lower right")
        return content(drawn, form)

"""The kinds of plots: what is covered by hour, how the search went, how risk and demand change, what units do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.export.colours import BLUE, GREEN, GREY, INK, KINDS, LAYERS, VERMILION
from solver.export.itinerary import itineraries
from solver.export.sheet_words import Words
from solver.export.sheets.sheet import clean
from solver.export.sheets.shift_sheet import bars_of
from solver.plots.drawing import SIZE, figure, hours_below, stairs
from solver.whereabouts import stands, whereabouts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from solver.plan import Plan
    from solver.problem import Problem
    from solver.scorecard import Scorecard

DASHES = {"presence": "-", "response": "--", "backup": ":"}
"""How the line of each layer is drawn, so that they can be told apart in grey."""


class NothingToPlotError(ValueError):
    """The plan has nothing of what should be plotted; the message says what and why."""


def cover(problem: Problem, plan: Plan, card: Scorecard, words: Words) -> Figure:  # noqa: ARG001
    """Return the covered share by hour of each layer that counts anything, in per cent."""
    made, axes = figure()
    edges = [*(hour.start for hour in card.hours), problem.minutes]
    shown = [x for x in LAYERS if any(getattr(h, x) is not None for h in card.hours)]
    if not shown:
        raise NothingToPlotError("the problem has neither risk nor demand, so there is no cover to plot")
    for layer in shown:
        shares = [getattr(hour, layer) for hour in card.hours]
        values = [None if share is None else 100 * share for share in shares]
        stairs(axes, values, edges, color=LAYERS[layer], linestyle=DASHES[layer], label=words.layers[layer])
    axes.set_ylim(0, 103)
    axes.set_ylabel(words.share)
    hours_below(axes, problem, words.time)
    _finish(axes, words.joined(words.by_hour, clean(problem.name)), columns=3)
    return made


def search(problem: Problem, plan: Plan, card: Scorecard, words: Words) -> Figure:
    """Return value and bound over the search, in per cent of everything; plans that lack more are dotted."""
    if not plan.history or not card.full:
        if plan.status == "simple rule":
            raise NothingToPlotError("the plan was made by a simple rule, without a search")
        raise NothingToPlotError("the plan does not say how its search went; plans made with this version do")
    made, axes = figure()
    timed = all(mark.seconds is not None for mark in plan.history)
    at = [float(mark.seconds or 0.0) if timed else float(mark.moves) for mark in plan.history]
    least = plan.history[-1].missing

    def shares(values: list[int | None]) -> list[float]:
        return [float("nan") if value is None else 100 * value / card.full for value in values]

    full = shares([m.value if m.missing <= least else None for m in plan.history])
    short = shares([m.value if m.missing > least else None for m in plan.history])
    bounds = shares([m.bound for m in plan.history])
    options: dict[str, Any] = {"drawstyle": "steps-post"}
    if not np.isnan(short).all():
        axes.plot(at, short, color=BLUE, linewidth=1.0, linestyle=":", label=words.lacking_more, **options)
    axes.plot(at, full, color=BLUE, marker="o", markersize=3, label=words.value, **options)
    if not np.isnan(bounds).all():
        axes.plot(at, bounds, color=VERMILION, linestyle="--", label=words.no_plan_is_worth_more, **options)
        if np.isfinite(bounds[-1]):
            axes.axhspan(full[-1], bounds[-1], color=VERMILION, alpha=0.08, linewidth=0)
    axes.set_ylim(*_around([*full, *[b for b in bounds if b < 100]]))  # a bound of everything says nothing
    axes.set_xlim(0, max(at[-1], 1e-9))
    axes.set_ylabel(words.value_axis)
    axes.set_xlabel(words.seconds if timed else words.moves)
    _finish(axes, words.joined(words.search_title, clean(problem.name)), columns=3)
    return made


def _around(values: list[float]) -> tuple[float, float]:
    """Return the ends of an axis that shows values, none below 0."""
    known = [value for value in values if np.isfinite(value)]
    low, high = min(known), max(known)
    room = max(0.08 * (high - low), 0.5)
    return max(low - room, 0.0), high + room


def risk(problem: Problem, plan: Plan, card: Scorecard, words: Words) -> Figure:  # noqa: ARG001
    """Return the risk of all hotspots and all demand, by slot, and below how many units are on duty and available."""
    made, (above, middle, below) = figure(3, height=6.0)
    edges = list(problem.slots)
    for axes, name, rows, colour in (
        (above, words.risk, [h.risk for h in problem.hotspots], BLUE),
        (middle, words.demand, [d.demand for d in problem.demand], VERMILION),
    ):
        sums = [sum(row[i] for row in rows) for i in range(len(edges) - 1)]
        stairs(axes, sums, edges, color=colour)
        axes.set_ylim(0, max(1.1 * max(sums, default=0), 1))
        axes.set_ylabel(f"{name}\n({words.weight_a_minute})")
    on_duty, free = units_by_minute(problem, plan)
    minutes = list(range(problem.minutes + 1))
    stairs(below, on_duty, minutes, color=GREY, linestyle="--", label=words.on_duty)
    stairs(below, free, minutes, color=GREEN, linewidth=1.4, label=words.on_patrol)
    below.set_ylim(0, max(max(on_duty, default=0), 1) * 1.35)
    below.set_ylabel(words.units)
    below.legend(loc="upper left", ncols=2)
    hours_below(below, problem, words.time)
    above.set_title(words.joined(words.risk_title, clean(problem.name)))
    return made


def units_by_minute(problem: Problem, plan: Plan) -> tuple[list[int], list[int]]:
    """Return how many units are on duty in each minute, and how many of them are available for a call."""
    on_duty, free = np.zeros(problem.minutes, dtype=np.int64), np.zeros(problem.minutes, dtype=np.int64)
    for who in whereabouts(problem, plan.routes):
        on_duty[who.duty[0] : who.duty[1]] += 1
        for stand in stands(problem, who, problem.legs(who.unit.mode)):
            free[stand.start : stand.end] += 1
    return on_duty.tolist(), free.tolist()


def units(problem: Problem, plan: Plan, card: Scorecard, words: Words) -> Figure:  # noqa: ARG001
    """Return what each unit does, minute by minute, as a row of bars.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    tours = itineraries(problem, plan)
    if not tours:
        raise NothingToPlotError("the plan has no units")
    made, axes = figure(height=max(SIZE[1] - 1.5, 1.6 + 0.27 * len(tours)))
    heights = {"visit": 0.6, "stint": 0.8, "task": 0.8, "break": 0.6, "standby": 0.3, "driving": 0.1}
    bars = [bars_of(tour) for tour in tours]
    for kind, tall in heights.items():
        spans = [(i, bar.start, bar.end - bar.start) for i, row in enumerate(bars) for bar in row if bar.kind == kind]
        if spans:
            rows, starts, lengths = zip(*spans, strict=True)
            axes.barh(rows, lengths, tall, starts, color=KINDS[kind], label=words.kinds[kind], linewidth=0)
    axes.set_yticks(range(len(tours)), [clean(tour.unit.callsign)[:20] for tour in tours])
    axes.set_ylim(len(tours) - 0.4, -0.6)
    axes.tick_params(axis="y", colors=INK)
    axes.grid(visible=False, axis="y")
    hours_below(axes, problem, words.time)
    _finish(axes, words.joined(words.units_title, clean(problem.name)), columns=6)
    return made


def _finish(axes: Any, title: str, *, columns: int) -> None:
    """Give a plot its title, and below it what is what."""
    axes.set_title(title)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=columns)


KINDS_OF_PLOTS: dict[str, Callable[[Problem, Plan, Scorecard, Words], Figure]] = {
    "cover": cover,
    "search": search,
    "risk": risk,
    "units": units,
}
"""The kinds by the name with which they are asked for."""

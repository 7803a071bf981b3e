"""A draw as text: its plans, how different they are, what an observer can tell, and the holes that all plans share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solver.draws.drawn import Draw
from solver.draws.guessing import Forecast, SpotGuess
from solver.plain_text import one_line, table, wrap
from solver.problem import Problem
from solver.weights import weights
from solver.wording import Times, percent

COLUMNS = 100
HOLES = 8
"""How many of the longest holes are told."""

SUREST = 5
"""How many of the spots are told that an observer knows best."""


def draw_summary(problem: Problem, draw: Draw) -> str:
    """Return the summary of a draw as text, lines of at most 100 columns."""
    known = draw.forecasts(problem)
    times = Times(problem)
    lines = [
        *wrap(one_line(problem.name), COLUMNS),
        *wrap(_found(draw), COLUMNS, indent="  "),
        "",
        *_plans(problem, draw),
        "",
        *_difference(draw),
        "",
        *_observer(known),
        "",
        *_surest(known["draw"].spots),
        *_holes(known, times),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _found(draw: Draw) -> str:
    """Return how many plans there are, and what is guaranteed of them."""
    within = f"{100 * float(draw.within):.3g} %"
    if len(draw.plans) == 1:
        return f"One plan only: of {draw.made} made, no other differs from it and is worth at most {within} less."
    said = f"{len(draw.plans)} plans of {draw.made} made; each is worth at most {within} less than the best of them"
    worst = max((b for b in draw.below if b is not None), default=None)
    return said + ("." if worst is None else f", and at most {100 * worst:.1f} % less than any plan can be.")


def _plans(problem: Problem, draw: Draw) -> list[str]:
    """Return the table of plans."""
    full = weights(problem).full
    rows = [
        (
            f"plan-{number}",
            percent(share),
            percent(plan.value / full if full else None),
            percent(loss, 2),
            percent(below, 2),
            percent(_nearest(draw, number - 1)),
        )
        for number, (plan, share, loss, below) in enumerate(
            zip(draw.plans, draw.shares, draw.losses, draw.below, strict=True), 1
        )
    ]
    head = ("plan", "chance", "value", "below the best", "below any, at most", "differs, at least")
    return table(head, rows)


def _nearest(draw: Draw, plan: int) -> float | None:
    """Return how much a plan differs from the one most like it."""
    others = [float(d) for i, d in enumerate(draw.distances[plan]) if i != plan]
    return min(others, default=None)


def _difference(draw: Draw) -> list[str]:
    """Return how much the plans differ, and what a draw costs."""
    if draw.mean_distance is None:
        return ["There is nothing to draw."]
    return [
        f"Two plans differ in {percent(draw.mean_distance)} of where units are and when, on the mean; "
        f"in {percent(draw.least_distance)} at least.",
        f"A draw is worth {percent(draw.expected_loss, 2)} less than the best plan, on the mean.",
    ]


def _observer(known: Mapping[str, Forecast]) -> list[str]:
    """Return what an observer can tell, beside one plan night after night and blind guesses."""
    alone, drawn = known["best_plan"].overall, known["draw"].overall
    rows = (
        ("a unit is there in the quarter-hour named", alone.met, drawn.met, drawn.met_by_chance),
        ("nobody is there in the one named for that", alone.missed, drawn.missed, drawn.missed_by_chance),
        ("better than blind guesses by, in all", alone.edge, drawn.edge, 0.0),
    )
    cells = [(what, *map(percent, figures)) for what, *figures in rows]
    cells.append(("uncertainty, bits of 1", f"{alone.uncertainty:.2f}", f"{drawn.uncertainty:.2f}", "-"))
    said = "Of an observer who has seen every plan, and names quarter-hours for each place and hour:"
    return [said, *table(("how often", "one plan", "this draw", "blindly"), cells, widest=50)]


def _surest(spots: Sequence[SpotGuess]) -> list[str]:
    """Return the places that are told best."""
    found = sorted((s for s in spots if s.stake > 0), key=lambda s: (s.guess.uncertainty, -s.stake))[:SUREST]
    rows = [
        (one_line(s.place), f"{s.guess.uncertainty:.2f}", percent(s.guess.met), percent(s.guess.missed)) for s in found
    ]
    return ["Least uncertain:", *table(("place", "bits", "met", "missed"), rows)] if rows else []


def _holes(known: Mapping[str, Forecast], times: Times) -> list[str]:
    """Return the longest spans in which a hotspot is visited in no plan, beside those of the best plan alone."""
    alone = {s.place: s.hole for s in known["best_plan"].spots}
    holes = [(s.hole, s.place) for s in known["draw"].spots if s.hole is not None]
    if not holes:
        return ["", "At no hotspot is there a time at which no plan ever visits it."]
    holes.sort(key=lambda x: (x[0][0] - x[0][1], x[0][0]))
    lines = ["", "Times that repeat in every plan:"]
    for (start, end), place in holes[:HOLES]:
        before = alone[place]
        one = f" (with plan-1 alone {times.span(*before)})" if before is not None else ""
        said = f"{one_line(place)}: never visited {times.span(start, end)}{one}"
        lines += wrap(said, COLUMNS, first="  ", indent="    ")
    if len(holes) > HOLES:
        lines.append(f"  and shorter times at {len(holes) - HOLES} more")
    return lines

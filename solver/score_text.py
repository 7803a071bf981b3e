"""The scorecard as text: the sentence that matters, then tables with small bars, in lines of at most 100 columns.

Each line has a tone, which whoever prints it may show as a colour; the text says everything without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from solver.bars import BarStyle, bar
from solver.headline import bound_of, headline, sentence_lines
from solver.languages import Language
from solver.on_call import callout_texts
from solver.plain_text import clip, fill, one_line, table, width, wrap
from solver.plan_json import gap
from solver.problem import LAYERS
from solver.scorecard import share
from solver.weights import goal_shares
from solver.wording import percent

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.scorecard import Scorecard

COLUMNS = 100
"""Width of the text, in columns of a terminal."""

HOTSPOTS = 10
"""Hotspots that are named as having the most risk left."""

NAME = 20
"""Columns of a name that is not in the first column; a longer one is cut."""

_LAYER_BAR, _HOUR_BAR = 40, 16

Tone = Literal["plain", "title", "head", "bad"]
"""What a line is: text, the sentence, the head of a table, or something that hard rules lack."""


class Line(NamedTuple):
    """One line and its tone."""

    text: str
    tone: Tone = "plain"


def score_lines(
    problem: Problem, plan: Plan, card: Scorecard, *, bars: BarStyle = "blocks", lang: Language = "en"
) -> list[Line]:
    """Return the scorecard of `plan` as lines of at most `COLUMNS` columns.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    bars : str
        What bars are made of: ``blocks`` or ``ascii``.
    lang : str
        Language of the sentence; the tables are in English.
    """
    sections = (
        _sentence(problem, plan, card, lang),
        _worth(problem, plan, card),
        _layers(problem, card, bars),
        _hours(card, bars),
        _handovers(card),
        _zones(card),
        _districts(card),
        _posts(card),
        _revisits(card),
        _tasks(card),
        _callouts(problem, plan),
        _units(card),
        _hotspots(card),
    )
    lines: list[Line] = []
    for section in filter(None, sections):
        lines += [Line(""), *section] if lines else section
    return lines


def fitted(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, bad: Callable[[int], bool] = lambda _row: False
) -> list[Line]:
    """Return a table of at most `COLUMNS` columns, its first column cut to fit; none where it has no rows.

    `bad` says of which rows, counted from 0, something is lacking.
    """
    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    if not cells:
        return []
    others = [max(width(row[i]) for row in (head, *cells)) for i in range(1, len(head))]
    lines = table(head, cells, widest=max(COLUMNS - sum(others) - 2 * len(others), 1))
    return [Line(lines[0], "head"), *(Line(text, "bad" if bad(i) else "plain") for i, text in enumerate(lines[1:]))]


def _sentence(problem: Problem, plan: Plan, card: Scorecard, lang: Language) -> list[Line]:
    """Return the sentence that matters."""
    tone: Tone = "bad" if card.missing else "title"
    return [Line(text, tone) for text in sentence_lines(headline(problem, plan, card, lang), COLUMNS)]


def _worth(problem: Problem, plan: Plan, card: Scorecard) -> list[Line]:
    """Return the value and the bound, and what hard rules lack."""
    if not card.full:
        value = "value: there is nothing to cover but what is required"
    else:
        value = f"value {percent(share(card.value, card.full))} of what could be covered"
        bound = bound_of(problem, plan, card)
        if bound is not None:
            distance = gap(card.value, bound)
            value += f"; no plan is worth more than {percent(share(bound, card.full))}"
            value += "" if distance is None else f" (gap {percent(distance)})"
    lack = card.lack()
    return [Line(value), *(Line(text, "bad") for text in (wrap(lack, COLUMNS, indent="  ") if lack else []))]


def _layers(problem: Problem, card: Scorecard, bars: BarStyle) -> list[Line]:
    """Return the layers that count anything, and the spells with the least response."""
    lines = fitted(*layer_rows(problem, card))
    shares = [None, *(card.share(layer) for layer in LAYERS if card.totals[layer])]
    wide = max((width(line.text) for line in lines), default=0)
    shown = [
        Line(f"{fill(line.text, wide)}  {bar(part, _LAYER_BAR, bars)}".rstrip(), line.tone)
        for line, part in zip(lines, shares if lines else [], strict=True)
    ]
    worst = ", ".join(f"{s.label} {percent(s.response)}" for s in card.worst_response if s.response < 1)
    return shown + [Line(text) for text in (wrap(f"least response: {worst}", COLUMNS, indent="  ") if worst else [])]


def layer_rows(problem: Problem, card: Scorecard) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows of the table of layers; where units are busy, also what would be covered if none were."""
    goals = goal_shares(problem)
    rows: list[tuple[str, ...]] = [(x, percent(goals[x]), percent(card.share(x))) for x in LAYERS if card.totals[x]]
    if not card.if_free:
        return ("layer", "goal", "covered"), rows
    return ("layer", "goal", "covered", "if none were busy"), [
        (*row, percent(card.share_if_free(row[0])) if row[0] in card.if_free else "") for row in rows
    ]


def _hours(card: Scorecard, bars: BarStyle) -> list[Line]:
    """Return the layers that count by minute, by hour of the clock, with bars."""
    layers = [layer for layer in ("presence", "response", "backup") if card.totals[layer]]
    head = ["hour", *(f"{layer}{' ' * (_HOUR_BAR + 9 - len(layer))}" for layer in layers)]
    rows = [
        [hour.label, *(f"{percent(part):>7}  {bar(part, _HOUR_BAR, bars)}" for part in parts)]
        for hour in card.hours
        for parts in [[getattr(hour, layer) for layer in layers]]
    ]
    lines = table(head, rows) if layers else []
    return [Line(text, "plain" if i else "head") for i, text in enumerate(lines)]


def _handovers(card: Scorecard) -> list[Line]:
    """Return the table of changes of shift."""
    return fitted(*handover_rows(card))


def handover_rows(card: Scorecard) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows of the table of changes of shift, with the response of the whole plan beside."""
    head = ("change of shift", "going", "coming", "response", "least", "whole plan", "posts lack")
    mean = percent(card.share("response"))
    rows: list[tuple[str, ...]] = [
        (h.label, str(h.going), str(h.coming), percent(h.response), percent(h.least), mean, str(h.missing))
        for h in card.handovers
    ]
    return head, rows


def _zones(card: Scorecard) -> list[Line]:
    """Return the table of zones."""
    rows = [
        (clip(one_line(z.zone), NAME), _standard(z.standard), z.points, percent(z.response), percent(z.backup))
        for z in card.zones
    ]
    return fitted(("zone", "standard", "points", "response", "backup"), rows)


def _standard(seconds: int) -> str:
    """Return a response standard in minutes."""
    return f"{seconds / 60:g} min"


def _districts(card: Scorecard) -> list[Line]:
    """Return the table of districts."""
    rows = [(d.district, d.hotspots, percent(d.presence), d.unit_minutes) for d in card.districts]
    return fitted(("district", "hotspots", "presence", "unit-minutes there"), rows)


def _posts(card: Scorecard) -> list[Line]:
    """Return the table of posts."""
    rows = [(q.place, q.minutes, q.minutes_manned, q.missing) for q in card.posts]
    head = ("post", "minutes", "manned", "unit-minutes missing")
    return fitted(head, rows, bad=lambda i: card.posts[i].missing > 0)


def _revisits(card: Scorecard) -> list[Line]:
    """Return the hotspots that should be visited again and again, with the longest time without a visit."""
    rows = [(r.place, r.every, r.longest, r.due, r.overdue) for r in card.revisits]
    head = ("revisit", "every", "longest without", "due", "overdue")
    return fitted(head, rows, bad=lambda i: card.revisits[i].missing > 0)


def _tasks(card: Scorecard) -> list[Line]:
    """Return the tasks, done or not."""
    rows = [
        (
            k.place,
            k.minutes,
            k.profit,
            "yes" if k.required else "no",
            k.label or "no",
            "-" if k.callsign is None else clip(one_line(k.callsign), NAME),
        )
        for k in card.tasks
    ]
    head = ("task", "minutes", "profit", "required", "done", "by")
    return fitted(head, rows, bad=lambda i: card.tasks[i].missing > 0)


def _callouts(problem: Problem, plan: Plan) -> list[Line]:
    """Return of each group of units of which only some go out who does, and who stays on call."""
    return [Line(text) for said in callout_texts(problem, plan.routes) for text in wrap(said, COLUMNS, indent="  ")]


def _units(card: Scorecard) -> list[Line]:
    """Return the table of units; columns of tasks, districts and minutes off duty only where there are any."""
    columns: dict[str, list[object]] = {
        "unit": [u.callsign for u in card.units],
        "visits": [u.visits for u in card.units],
        "hotspots": [u.hotspots for u in card.units],
        "visiting": [u.visiting for u in card.units],
        "on posts": [u.stints for u in card.units],
        "on tasks": [u.tasks for u in card.units],
        "driving": [u.driving for u in card.units],
        "standby": [u.standby for u in card.units],
        "break": [u.on_break for u in card.units],
        "off duty": [u.off_duty for u in card.units],
        "in district": ["-" if u.in_district is None else u.in_district for u in card.units],
    }
    hidden = ["on tasks"] * (not card.tasks) + ["in district"] * (not card.totals["district"])
    hidden += ["off duty"] * (not any(u.off_duty for u in card.units))
    shown = {head: cells for head, cells in columns.items() if head not in hidden}
    return fitted(tuple(shown), list(zip(*shown.values(), strict=True)))


def _hotspots(card: Scorecard) -> list[Line]:
    """Return the hotspots with the most risk left uncovered."""
    if not card.hotspots:
        return []
    worst = sorted(card.hotspots, key=lambda h: h.covered - h.total)[:HOTSPOTS]
    visited = sum(h.visits > 0 for h in card.hotspots)
    rows = [(h.place, percent(h.share), h.visits, h.minutes) for h in worst]
    said = f"{visited} of {len(card.hotspots)} hotspots are visited; the most risk is left at"
    return [Line(said), *fitted(("hotspot", "covered", "visits", "minutes"), rows)]

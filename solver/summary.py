"""A plan in words: the sentence that matters, what it lacks, its worth, and what each unit does, on a page of text.

It is printed by ``patrol plan`` and written as ``summary.txt``.  What it says is taken from the plan and its
scorecard as they are, right or wrong; whether rules are kept is for `solver.check` to say.
"""

from __future__ import annotations

from collections.abc import Iterable

from solver.clock import Clock
from solver.duty_span import is_off_duty, route_duty
from solver.handovers import AROUND
from solver.headline import bound_of, headline, sentence_lines
from solver.on_call import callout_texts, on_call
from solver.plain_text import one_line, table, width, wrap
from solver.plan import Plan, Route, Shortfall, Stop
from solver.plan_json import gap
from solver.problem import Problem, Unit
from solver.score_text import handover_rows, layer_rows
from solver.scorecard import Scorecard, TaskScore
from solver.wording import Times, all_of, percent, units_text

COLUMNS = 100
"""Width of the page, in columns of a terminal."""

LOSSES = 5
"""Hotspots that are named as left without cover."""

_ASIDE = {"stint": " (post)", "task": " (task)", "break": " (break)", "standby": " (standby)"}
"""What is said of a stop that is no visit."""


def summary(problem: Problem, plan: Plan, card: Scorecard) -> str:
    """Return `plan` as text, the sentence and the shortfalls first, in lines of at most `COLUMNS` columns.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    """
    times = Times(problem)
    sections = (
        _title(problem),
        sentence_lines(headline(problem, plan, card), COLUMNS),
        _shortfalls(plan.shortfalls, card, times),
        _worth(problem, plan, card),
        _layers(problem, card),
        _hours(card),
        _handovers(card),
        _districts(card),
        _posts(card),
        _revisits(card),
        _tasks(card),
        _uncovered(card),
        _callouts(problem, plan),
        _units(card),
        _routes(problem, plan, times),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _title(problem: Problem) -> list[str]:
    """Return what the plan is for."""
    clock = Clock.of(problem)
    begin, end = (clock.local(m).strftime("%Y-%m-%d %H:%M") for m in (0, problem.minutes))
    counts = [
        _count(len(problem.units), "unit"),
        _count(len(problem.hotspots), "hotspot"),
        _count(len(problem.posts), "post"),
        _count(len(problem.demand), "demand point"),
        *([_count(len(problem.tasks), "task")] if problem.tasks else []),
    ]
    title = f"{one_line(problem.name)}: {begin} to {end}, {problem.timezone}"
    return [*wrap(title, COLUMNS), ", ".join(counts)]


def _shortfalls(shortfalls: Iterable[Shortfall], card: Scorecard, times: Times) -> list[str]:
    """Return what hard rules lack, why, and what would cure it."""
    lines = []
    for s in shortfalls:
        what = f"{times.span(s.start, s.end)} {_lacking(s)}: {s.reason}"
        lines += wrap(one_line(what), COLUMNS, first="  ", indent="    ")
        lines += wrap(f"Cure: {one_line(s.cure)}", COLUMNS, first="    ", indent="      ")
    if lines or card.missing:
        lack = card.lack() or "the plan declares some, but nothing is lacking"
        return [*wrap(f"SHORTFALLS: {lack}", COLUMNS, indent="  "), *lines]
    kept = {
        "every post is manned as asked": card.posts,
        "every required visit is made in time": any(r.required for r in card.revisits),
        "every required task is done": any(k.required for k in card.tasks),
    }
    said = all_of([text for text, asked in kept.items() if asked])
    return wrap(f"{said[0].upper()}{said[1:]}.", COLUMNS) if any(kept.values()) else []


def _lacking(s: Shortfall) -> str:
    """Return what a shortfall lacks, such as ``Gate lacks 1 unit``."""
    if s.rule == "revisit":
        return f"{s.place} should have been visited again"
    if s.rule == "task":
        return f"the task at {s.place} is not done"
    return f"{s.place} lacks {units_text(s.missing)}"


def _worth(problem: Problem, plan: Plan, card: Scorecard) -> list[str]:
    """Return the value of the plan and how much better any plan could be."""
    if not card.full:
        return ["Value: there is nothing to cover but what is required", *_search(plan)]
    value = f"Value: {_percent(card.value, card.full)} of everything that could be covered"
    if (bound := bound_of(problem, plan, card)) is not None:
        distance = gap(card.value, bound)
        value += f"; no plan is worth more than {_percent(bound, card.full)}"
        value += "" if distance is None else f" (gap {percent(distance)})"
    return [value, *_search(plan)]


def _search(plan: Plan) -> list[str]:
    """Return why the search ended, or by which rule the plan was made without one."""
    if plan.status == "simple rule":
        rule = one_line(str(plan.parameters.get("rule", "unknown")))
        return wrap(f"Rule: {rule}, seed {plan.seed}; no search", COLUMNS, indent="  ")
    return wrap(f"Search: {one_line(plan.status)}, seed {plan.seed}", COLUMNS, indent="  ")


def _layers(problem: Problem, card: Scorecard) -> list[str]:
    """Return the covered share of each layer, and the spells of the shift with the least response."""
    head, rows = layer_rows(problem, card)
    lines = table(head, rows) if rows else []
    worst = ", ".join(f"{s.label} {percent(s.response)}" for s in card.worst_response if s.response < 1)
    return [*lines, *(wrap(f"Least response: {worst}", COLUMNS, indent="  ") if worst else [])]


def _hours(card: Scorecard) -> list[str]:
    """Return the covered shares by hour of the clock."""
    rows = [(h.label, percent(h.presence), percent(h.response), percent(h.backup)) for h in card.hours]
    if all(part is None for h in card.hours for part in (h.presence, h.response, h.backup)):
        return []
    return table(("hour", "presence", "response", "backup"), rows)


def _handovers(card: Scorecard) -> list[str]:
    """Return how well the changes of shift are covered."""
    if not card.handovers:
        return []
    return [f"Changes of shift, from {AROUND} minutes before to {AROUND} after", *table(*handover_rows(card))]


def _districts(card: Scorecard) -> list[str]:
    """Return what is covered by district."""
    rows = [(one_line(d.district), str(d.hotspots), percent(d.presence), str(d.unit_minutes)) for d in card.districts]
    return table(("district", "hotspots", "presence", "unit-minutes there"), rows) if rows else []


def _posts(card: Scorecard) -> list[str]:
    """Return how the posts are manned."""
    rows = [
        (one_line(q.place), str(q.minutes), str(q.minutes_manned), str(q.wanted), str(q.missing)) for q in card.posts
    ]
    head = ("post", "minutes", "manned in full", "unit-minutes wanted", "missing")
    return table(head, rows) if rows else []


def _revisits(card: Scorecard) -> list[str]:
    """Return how the hotspots that should be visited again and again are, in minutes."""
    head = ("revisit", "every", "longest without", "due", "overdue")
    rows = [(one_line(r.place), *map(str, (r.every, r.longest, r.due, r.overdue))) for r in card.revisits]
    return table(head, rows) if rows else []


def _tasks(card: Scorecard) -> list[str]:
    """Return which tasks are done, when and by whom."""
    rows = [
        (one_line(k.place), str(k.minutes), k.label or ("no, though required" if k.required else "no"), _by(k))
        for k in card.tasks
    ]
    return table(("task", "minutes", "done", "by"), rows) if rows else []


def _by(task: TaskScore) -> str:
    """Return who does a task, a dash for nobody."""
    return "-" if task.callsign is None else one_line(task.callsign)


def _uncovered(card: Scorecard) -> list[str]:
    """Return how many hotspots are visited, and which have the most risk left uncovered."""
    if not card.hotspots:
        return []
    visited = sum(h.visits > 0 for h in card.hotspots)
    left = [h for h in card.hotspots if h.covered < h.total]
    worst = sorted(left, key=lambda h: h.covered - h.total)[:LOSSES]
    rows = [(one_line(h.place), percent(h.share), str(h.visits), str(h.minutes)) for h in worst]
    said = f"{visited} of {_count(len(card.hotspots), 'hotspot')} visited"
    if not rows:
        return [f"{said}; all risk is covered"]
    return [f"{said}; the most risk is left uncovered at", *table(("hotspot", "covered", "visits", "minutes"), rows)]


def _callouts(problem: Problem, plan: Plan) -> list[str]:
    """Return of each group of units of which only some go out who does, and who stays on call."""
    return [line for said in callout_texts(problem, plan.routes) for line in wrap(said, COLUMNS, indent="  ")]


def _units(card: Scorecard) -> list[str]:
    """Return how each unit spends its shift, in minutes; a column of tasks, or off duty, only where there are any."""
    head = ["unit", "visits", "visiting", "on posts", "driving", "standby", "break"]
    rows = [
        [one_line(u.callsign), *map(str, (u.visits, u.visiting, u.stints, u.driving, u.standby, u.on_break))]
        for u in card.units
    ]
    if card.tasks:
        for row, cell in zip([head, *rows], ["on tasks", *(str(u.tasks) for u in card.units)], strict=True):
            row.insert(4, cell)
    if any(u.off_duty for u in card.units):
        head.append("off duty")
        for row, u in zip(rows, card.units, strict=True):
            row.append(str(u.off_duty))
    return ["Minutes of each unit", *table(head, rows)] if rows else []


def _routes(problem: Problem, plan: Plan, times: Times) -> list[str]:
    """Return what each unit does."""
    units, waiting = {u.callsign: u for u in problem.units}, on_call(problem, plan.routes)
    lines = ["Routes (stops without a word are visits, places with one time are passed)"]
    for route in plan.routes:
        unit = units.get(route.callsign)
        duty = None if unit is None else route_duty(problem, unit, route)
        lines += _route(route, unit, duty, times, on_call=route.callsign in waiting)
    return lines if plan.routes else []


def _route(route: Route, unit: Unit | None, duty: tuple[int, int] | None, times: Times, *, on_call: bool) -> list[str]:
    """Return what one unit does: its stops in order, broken between stops where the line ends."""
    head = one_line(route.callsign)
    if unit is not None:
        head += f" (crew {one_line(unit.crew)})" if unit.crew else ""
        head += f", {unit.mode}, {'not on duty' if duty is None else times.span(*duty)}"
        head += ", on call" if on_call else ""
    lines, line = wrap(head, COLUMNS, indent="  "), ""
    for i, stop in enumerate(route.stops):
        free = unit is not None and is_off_duty(unit, duty, stop)
        text = _stop(stop, times, free=free) + ("" if i == len(route.stops) - 1 else " >")
        if line and width(f"{line} {text}") <= COLUMNS:
            line += f" {text}"
            continue
        lines += [line] if line else []
        *full, line = wrap(text, COLUMNS, first="  ", indent="    ")
        lines += full
    return [*lines, line] if line else lines


def _stop(stop: Stop, times: Times, *, free: bool) -> str:
    """Return a stop in short, such as ``18:12-18:27 Market Square``; `free` says that the unit is off duty."""
    when = times.at(stop.arrive) if stop.arrive == stop.leave else times.span(stop.arrive, stop.leave)
    aside = "" if stop.arrive == stop.leave else " (off duty)" if free else _ASIDE.get(stop.kind, "")
    return f"{when} {one_line(stop.place)}{aside}"


def _count(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 post`` or ``12 units``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _percent(part: int, whole: int) -> str:
    """Return `part` of `whole` in per cent."""
    return percent(part / whole if whole else None)

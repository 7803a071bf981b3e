"""Why a task is not done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from solver.explaining.access import Work
from solver.explaining.answers import Change, Explanation
from solver.explaining.case import Case, Span
from solver.explaining.cures import cures
from solver.explaining.hotspots import lasting_barrier, nothing_found
from solver.explaining.nearness import nearest_by_hour
from solver.score import score


def explain_task(case: Case, i: int, span: Span | None = None) -> Explanation:
    """Return why task `i` is not done, or who does it; with `span`, why it is not begun in these minutes."""
    problem, task = case.problem, case.problem.tasks[i]
    name, row = case.name(task.place), case.card.tasks[i]
    begins = [(a, b) for a, b in task.begins(problem.minutes) if a <= b]
    if span is not None:
        begins = [(max(a, span[0]), min(b, span[1] - 1)) for a, b in begins]
    begins = [(a + -a % problem.grid, b - b % problem.grid) for a, b in begins]
    work = Work("task", (task.place,), task.minutes, tuple((a, b) for a, b in begins if a <= b))
    access = [case.doors.access(unit, work) for unit in problem.units]
    worth = 0 if row.done else task.profit * case.weights.multipliers["tasks"]
    facts: dict[str, Any] = {
        "minutes": task.minutes,
        "profit": task.profit,
        "worth": task.profit * case.weights.multipliers["tasks"],
        "required": task.required,
        "windows": [list(w) for w in task.windows],
        "modes": list(task.modes),
        "skills": list(task.skills),
        "district": problem.places[task.place].district,
        "done_by": row.callsign,
        "start": row.start,
        "can": [a.callsign for a in access if a.can],
        "on_call": case.held.staying(a.callsign for a in access if a.can),
        "cannot": {},
        "nearest": nearest_by_hour(case, (task.place,), span),
    }
    for a in access:
        if not a.can:
            facts["cannot"].setdefault(a.barrier, []).append(a.callsign)
    if row.done:
        return case.explained("task", name, span, ["done"], facts)
    if not access:
        return case.explained("task", name, span, ["no units"], facts)
    if not work.begins:
        reason = "closed" if span is not None else "windows too short"
        return case.explained("task", name, span, [reason], facts)
    if barrier := lasting_barrier(access):
        return case.explained("task", name, span, [barrier], facts, cures(case, work, access, None))
    found = case.cheapest([work]) or _replanned(case, i)
    if found is None:
        return case.explained("task", name, span, [nothing_found(facts)], facts)
    found = replace(found, gained=worth)
    return case.explained("task", name, span, [found.price.reason], facts, [found])


def _replanned(case: Case, i: int) -> Change | None:
    """Return a plan that does a task, with the whole plan searched anew: the search is told that it is required."""
    problem = case.problem
    if case.resolve is None:
        return None
    tasks = tuple(replace(k, required=True) if j == i else k for j, k in enumerate(problem.tasks))
    made = case.resolve(problem.replace(tasks=tasks), case.plan)
    if made is None:
        return None
    plan = case.with_routes(made.routes)
    card = score(problem, plan)
    if not card.tasks[i].done or case.breaks_more(plan):
        return None
    return Change("replan", "", case.name(problem.tasks[i].place), "task", None, None, case.price(card), plan=plan)

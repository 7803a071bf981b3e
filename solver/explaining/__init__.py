"""Why a plan is as it is: `explain` answers for a hotspot, a post, a task, a unit, a demand point, a minute.

An answer is a value (`solver.explaining.answers`): facts, a reason of a closed vocabulary, and changes that would help,
each tried and priced by `solver.score`.  `solver.explaining.words` says it in English.  Nothing here imports an engine:
whoever asks may give a function that makes plans (`solver.explaining.case.Resolve`).
"""

from __future__ import annotations

from collections.abc import Callable

from solver.explaining.answers import REASONS, Change, Explanation, Price
from solver.explaining.case import Case, Resolve, Span
from solver.explaining.demand import explain_demand, explain_moment
from solver.explaining.hotspots import explain_hotspot
from solver.explaining.overview import explain_district, explain_plan, explain_station
from solver.explaining.posts import explain_post
from solver.explaining.subjects import Subject, UnknownNameError, every_subject, named
from solver.explaining.tasks import explain_task
from solver.explaining.units import explain_unit

__all__ = [
    "REASONS",
    "Case",
    "Change",
    "Explanation",
    "Price",
    "Resolve",
    "Span",
    "Subject",
    "UnknownNameError",
    "every_subject",
    "explain",
    "named",
]


def explain(case: Case, subject: Subject, span: Span | None = None) -> Explanation:
    """Return the explanation of one thing.

    Parameters
    ----------
    case : Case
        The problem and its plan.
    subject : Subject
        From `named`.
    span : (int, int), optional
        The minutes asked about; all without it.
    """
    return _EXPLAINED[subject.kind](case, subject.number, span)


_EXPLAINED: dict[str, Callable[[Case, int, Span | None], Explanation]] = {
    "hotspot": explain_hotspot,
    "post": explain_post,
    "task": explain_task,
    "unit": explain_unit,
    "demand": explain_demand,
    "station": explain_station,
    "district": explain_district,
    "moment": explain_moment,
    "plan": explain_plan,
}

"""Explanations in English: the answer in the first sentence, then the facts, in lines of at most 100 columns.

Everything that is said is in the `Explanation`; another language is another module like this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from solver.explaining import words_asked as asked
from solver.explaining import words_told as told
from solver.explaining.answers import Explanation
from solver.explaining.phrases import Phrases
from solver.plain_text import one_line, wrap
from solver.problem import Problem

COLUMNS = 100
"""Width of the text, in columns of a terminal."""


def words(problem: Problem, explanations: Sequence[Explanation], out: str = "OUT") -> list[str]:
    """Return explanations as lines of text, with a blank line between two.

    Parameters
    ----------
    problem : Problem
        For times, as the planner says them.
    explanations : sequence of Explanation
    out : str
        What the plan goes by on the command line.
    """
    lines: list[str] = []
    for explanation in explanations:
        if lines:
            lines.append("")
        lines += _lines(Phrases(problem, explanation, out))
    return lines


def _lines(say: Phrases) -> list[str]:
    """Return one explanation as lines."""
    head, *facts = told.plan(say) if say.told.kind == "plan" else _SAID[say.told.kind](say)
    lines = wrap(one_line(head), COLUMNS, indent="  ")
    for fact in facts:
        # A line that begins with a space is about the one before it.
        first = "    " if fact.startswith(" ") else "  "
        lines += wrap(one_line(fact), COLUMNS, first=first, indent=first + "  ")
    return lines


_SAID: dict[str, Callable[[Phrases], Iterator[str]]] = {
    "hotspot": asked.hotspot,
    "post": told.post,
    "task": told.task,
    "unit": told.unit,
    "demand": told.demand,
    "station": told.station,
    "district": told.district,
    "moment": told.moment,
}


def as_json(problem: Problem, explanations: Sequence[Explanation], out: str = "OUT") -> list[dict[str, Any]]:
    """Return explanations as plain JSON values, each with its words."""
    return [{**e.to_json(), "words": words(problem, [e], out)} for e in explanations]

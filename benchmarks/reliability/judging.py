"""What is wrong with a plan, by judges that share nothing with those of the package."""

from __future__ import annotations

from typing import NamedTuple

from solver.check import check
from solver.plan import Plan
from solver.problem import Problem
from solver.score import score
from tests.naive_check import naive_faults, naive_shortfalls
from tests.naive_score import naive_score


class Judged(NamedTuple):
    """What a plan lacks and is worth by the model read literally, and what is wrong with it."""

    missing: int
    value: int
    wrong: tuple[str, ...]


def judged(problem: Problem, plan: Plan) -> Judged:
    """Hold a plan that should be right against `check`, `score` and the model read literally."""
    wrong = [f"check: {violation}" for violation in check(problem, plan)]
    wrong += [f"the model: {fault}" for fault in naive_faults(problem, plan)]
    if wrong:
        return Judged(-1, -1, tuple(wrong))
    missing, value, covered = naive_score(problem, plan.routes)
    card = score(problem, plan)
    if (card.missing, card.value, card.covered) != (missing, value, covered):
        wrong.append(f"score says {card.missing, card.value, card.covered}, the model {missing, value, covered}")
    if sum(naive_shortfalls(problem, plan).values()) != sum(s.minutes for s in plan.shortfalls):
        wrong.append("the shortfalls do not add up")
    if plan.value != value:
        wrong.append(f"the plan says {plan.value}, the model {value}")
    if plan.bound is not None and plan.bound < value:
        wrong.append(f"the bound {plan.bound} is below the value {value}")
    return Judged(missing, value, tuple(wrong))

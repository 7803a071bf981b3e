"""Explanations: their prices are those of plans that can be made, and what cannot be cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from solver import check, score, solve
from solver.explaining.access import Work
from solver.explaining.case import Case
from solver.problem import Problem
from tests.small_problems import small_problem


def works_of(problem: Problem) -> list[Work]:
    """Return everything that can be asked for: a visit, a stint, a task, and waiting, each at any time."""
    end, grid = problem.minutes, problem.grid
    works = [
        Work("visit", h.places, h.dwell, tuple((a, b - h.dwell) for a, b in h.open(end))) for h in problem.hotspots
    ]
    works += [Work("stint", (q.place,), q.stint, ((0, end - q.stint),)) for q in problem.posts]
    works += [Work("task", (k.place,), k.minutes, k.begins(end)) for k in problem.tasks]
    return works + [Work("standby", (place,), grid, ((0, end - grid),)) for place in problem.stations]


@pytest.mark.parametrize("seed", range(4))
def test_what_a_changed_route_brings_is_the_difference_of_scores(seed: int) -> None:
    """Of routes with one stop more, the board knows to the last unit what `score` finds, and `check` lets them pass."""
    problem = small_problem(seed)
    case = Case(problem, solve(problem, time_limit=None, work_limit=20, bound=False, seed=seed))
    found = list(case.routes_around(works_of(problem)))
    for i in np.random.default_rng(seed).choice(len(found), min(40, len(found)), replace=False):
        worth, u, new, stays = found[i]
        plan = case.changed(u, stays)
        card = score(problem, plan)
        assert (case.card.missing - card.missing, card.value - case.card.value) == worth
        assert check(problem, plan) == ()
        assert any(s.place == new.place and s.kind == new.kind and s.arrive <= new.arrive < s.leave for s in stays)

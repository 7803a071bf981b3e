"""One search of many, as a value that can be sent to another process, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.shortfalls import find_shortfalls
from solver.solve import solve
from solver.visits.adapter import visits_only
from solver.warm_start import fit

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem

TRIAL_MOVES = 200
"""Moves after a unit or a post is left out, so that the others take over what it did."""

TRIAL_MOVES_OF_TASKS = 2000
"""The same where only tasks are planned, whose moves are smaller."""


@dataclass(frozen=True)
class Job:
    """A search: a problem, a plan to start from, and how long.

    Without a time limit it is a trial, which does the same whenever it is done: units that are `new` get their best
    paths beside the others' routes, or the plan is improved by a few moves.
    """

    problem: Problem
    start: Plan | None
    new: tuple[int, ...] = ()
    time_limit: float | None = None
    gap: float | None = None
    seed: int = 0
    threads: int = 1


def run_job(job: Job, stop: Callable[[], bool] | None = None) -> Plan:
    """Return the best plan found; one for no fewer units, or no more posts, than `start` is worth no less than it."""
    start = None if job.start is None else job.start.replace(routes=fit(job.problem, job.start).routes)
    tasks_alone = visits_only(job.problem)
    if start is not None and job.new and not tasks_alone:
        start = _with_new(job, start)
        if job.time_limit is None:
            return start
    moves = TRIAL_MOVES_OF_TASKS if tasks_alone else TRIAL_MOVES
    trial = job.time_limit is None
    return solve(
        job.problem,
        start=start,
        time_limit=job.time_limit,
        work_limit=moves if trial else None,
        gap=job.gap,
        bound=not trial,
        seed=job.seed,
        stop=stop,
        threads=job.threads,
    )


def _with_new(job: Job, start: Plan) -> Plan:
    """Return the plan in which the new units have their best paths, given what all others do."""
    from solver.preparation import prepare
    from solver.search import Search

    prepare()
    search = Search(job.problem, np.random.default_rng(job.seed))
    search.take(start.routes)
    search.employ(start.routes, job.new)
    routes = search.routes()
    return start.replace(
        fingerprint=job.problem.fingerprint(),
        routes=routes,
        shortfalls=find_shortfalls(job.problem, routes),
        value=search.value,
        bound=None,
        status="work limit",
    )

"""Solving: from a problem to a plan.

`solve` reads as the method does: greedy best paths, then rounds of annealed moves, each ended by a choice
among the round's routes with CP-SAT, and beside them a bound; at the end routes are made plainer where that
costs nothing, and the reasons are found for what posts lack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.limits import Limits
from solver.plan import Plan, Route, Status
from solver.shortfalls import find_shortfalls
from solver.versions import versions
from solver.weights import weights

if TYPE_CHECKING:
    from solver.bounding import Bounding
    from solver.problem import Problem
    from solver.search import Search

_HOT = 0.0015
"""Temperature at the start of a round, as a share of the value a unit."""

_ROUNDS = 2
_SNAPSHOTS = 12
"""How often in a round its routes are remembered for the choice at its end."""

_BLOCK = 8
"""Units whose routes are chosen anew together."""

_CHOICE_SECONDS = 1.0
"""CP-SAT's deterministic time for the choice."""

_CHOICE = 0.04
"""Share of a round for the choice."""


@dataclass(frozen=True)
class Progress:
    """How far a search is: seconds and moves so far, and the best plan's figures.

    `value` of `full` is covered, no plan covers more than `bound` (None where none is worked out); posts lack
    `missing` unit-minutes;
    `note` says what the search is at.
    """

    seconds: float
    work: int
    value: int
    full: int
    missing: int
    bound: int | None
    note: str


def solve(
    problem: Problem,
    *,
    time_limit: float | None = 30.0,
    work_limit: int | None = None,
    gap: float | None = None,
    bound: bool = True,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Return the best plan found for `problem`.

    Parameters
    ----------
    problem : Problem
    time_limit : float, optional
        Seconds after which the search ends; None for no limit.  The first plan is always finished.
    work_limit : int, optional
        Moves after which the search ends.  With it and without a time limit, the same seed gives the same
        plan.
    gap : float, optional
        The search ends when the bound is above the value by no more than this share of the value.
    bound : bool
        Whether to work out a bound beside the search, on a second core where there is one.
    seed : int
        Seed of all randomness.
    stop : callable, optional
        Asked several times a second; when it returns True the best plan so far is returned.
    progress : callable, optional
        Told of every step.

    Returns
    -------
    Plan
        Its `shortfalls` say what posts lack, with reason and cure.

    Raises
    ------
    ValueError
        When neither limit nor `stop` is given, or a limit is negative.
    """
    from solver.bounding import Bounding
    from solver.preparation import prepare
    from solver.search import Search

    if not problem.units:
        return _plan(problem, (), 0, 0, 0, "optimal", seed, Limits(time_limit, work_limit, stop))
    prepare()
    limits = Limits(time_limit, work_limit, stop)
    search = Search(problem, np.random.default_rng(seed))
    full = weights(problem).full
    bounding = Bounding(problem, search) if bound else None

    def report(note: str) -> None:
        if progress is not None:
            least = None if bounding is None else bounding.least
            progress(Progress(limits.seconds, search.moves, search.value, full, search.missing, least, note))

    search.greedy()
    report("first plan")
    if bounding is not None:
        bounding.begin(beside=work_limit is None)
    try:
        status = _improve(search, bounding, limits, gap, report)
    finally:
        if bounding is not None:
            bounding.end()
    search.simplify()
    least = None if bounding is None else bounding.least
    return _plan(problem, search.routes(), search.value, least, search.moves, status, seed, limits)


def _plan(
    problem: Problem,
    routes: tuple[Route, ...],
    value: int,
    bound: int | None,
    moves: int,
    status: Status,
    seed: int,
    limits: Limits,
) -> Plan:
    """Return the plan of `routes`, with what posts lack and the record of how it was made."""
    return Plan(
        fingerprint=problem.fingerprint(),
        routes=routes,
        shortfalls=find_shortfalls(problem, routes),
        value=value,
        bound=bound,
        status=status,
        seed=seed,
        parameters={
            "engine": "paths",
            "time_limit": limits.time_limit,
            "work_limit": limits.work_limit,
            "moves": moves,
            "seconds": round(limits.seconds, 1),
        },
        versions=versions(),
    )


def _improve(
    search: Search, bounding: Bounding | None, limits: Limits, gap: float | None, report: Callable[[str], None]
) -> Status:
    """Improve the plan in rounds until a limit is reached; return which."""
    chunk = 1
    for number in range(_ROUNDS):
        share = number / _ROUNDS
        snapshot = share
        while (share := limits.share(search.moves)) < (number + 1 - _CHOICE) / _ROUNDS:
            if (status := _reached(search, bounding, limits, gap)) is not None:
                return status
            heat = _HOT * (number + 1 - share * _ROUNDS)
            before = limits.seconds
            search.anneal(chunk, heat, heat)
            report("improving")
            chunk = limits.chunk(chunk, limits.seconds - before)
            if bounding is not None:
                bounding.keep_pace(share)
            if share >= snapshot:
                search.remember()
                snapshot += 1 / (_ROUNDS * _SNAPSHOTS)
        search.recombine(_BLOCK, _CHOICE_SECONDS, limits.stopped)
        report("choosing")
    while (status := _reached(search, bounding, limits, gap)) is None:
        search.anneal(chunk, 0.0, 0.0)
        report("improving")
    return status


def _reached(search: Search, bounding: Bounding | None, limits: Limits, gap: float | None) -> Status | None:
    """Return what ends the search now, if anything does."""
    if bounding is not None and search.missing == 0:
        above = bounding.least - search.value
        if above <= 0:
            return "optimal"
        if gap is not None and above <= gap * search.value:
            return "gap limit"
    return limits.reached(search.moves)

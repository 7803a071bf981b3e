"""The order of steps of a search for visits: cool quickly, begin hot again, choose now and then, cool to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.plan import Status
    from solver.run import Run
    from solver.visits.bounding import TaskBounding
    from solver.visits.search import TaskSearch

_HOT, _COLD = 0.6, 0.06
"""Temperature at the start and at the end, in mean profits."""

_QUICK = 0.1
"""Share of the run for the first, quick cooling."""

_FIRST = 200
"""Moves of the first plan."""

_CHOICES = 15
"""How often tours are chosen anew in a run, at most."""

_CHOICE_SECONDS = 0.7
"""CP-SAT's deterministic time for a choice."""

_CHOICE = 0.1
"""Share of what is left of the run that a choice may take, and of what is over that all choices may have taken."""

_OFFERED = 1_500
"""Tours to choose among, at most."""

_BOUND, _LARGE = 0.3, 1_500
"""Share of the time that the bound has where it takes turns with the search, and how large a problem may be for that.
In one that is twice as large it has half of that: what it finds would not make up for what the search would lose."""

_SETTLED = 0.5
"""Share of the run after which the search goes on from what a choice has found."""


def improve(run: Run, search: TaskSearch, bounding: TaskBounding | None) -> Status:
    """Search until a limit is reached; return which."""
    limits, tours = run.limits, search.search
    tours.anneal(_FIRST, _HOT)
    run.begin()
    chunk, due, told, spent, chosen = 100, _QUICK, False, 0.0, 0.0
    while (status := run.reached()) is None:
        share = limits.share(search.moves)
        before = limits.seconds
        tours.anneal(chunk, _heat(share))
        run.report("improving")
        chunk = limits.chunk(chunk, limits.seconds - before)
        if limits.work_limit is not None:
            run.keep_pace(share)
        elif bounding is not None and not run.beside and not bounding.settled:
            begun, turn = limits.seconds, _bound_share(bounding.size) * limits.seconds - spent
            if turn > 0:
                bounding.take_turn(
                    lambda begun=begun, turn=turn: limits.seconds - begun >= turn,  # type: ignore[misc]
                    lambda: limits.remaining <= 0 or limits.stopped(),
                )
            spent += limits.seconds - begun
        settled = bounding is not None and bounding.settled and not told
        if (share >= due and (chosen <= _CHOICE * limits.seconds or limits.work_limit is not None)) or settled:
            told = told or settled
            due = share + 1.0 / _CHOICES
            room = _CHOICE * limits.remaining
            met = tours.remembered() if bounding is None or search.lacking else bounding.tours()
            begun = limits.seconds
            if tours.choose(met[:_OFFERED], min(_CHOICE_SECONDS, room), room, limits.stopped, go_on=share < _SETTLED):
                run.report("choosing")
            chosen += limits.seconds - begun
    return status


def _heat(share: float) -> float:
    """Return the temperature when `share` of the run is over: it falls by the same factor in the same time."""
    part = share / _QUICK if share < _QUICK else (share - _QUICK) / (1 - _QUICK)
    return float(_HOT * (_COLD / _HOT) ** part)


def _bound_share(size: int) -> float:
    """Return the share of the time that the bound of a problem of this size has."""
    return _BOUND * min(_LARGE / max(size, 1), 1.0)

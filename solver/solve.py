"""Solving: from a problem to a plan.

`solve` gives the problem to an engine.  ``paths`` reads as its method does: greedy best paths, what they lack mended,
annealed moves, and a choice among their routes with CP-SAT; at the end routes are made plainer where that costs
nothing.  ``routing`` leaves the search to OR-Tools' routing library.  Beside either a bound is worked out, and in the
end the reasons are found for what hard rules lack.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from solver.history import History
from solver.limits import Limits
from solver.plan import Plan, Route, Status
from solver.run import Progress, Run
from solver.shortfalls import find_shortfalls
from solver.versions import versions
from solver.warm_start import fit
from solver.wording import some_of

if TYPE_CHECKING:
    from threading import Event

    from solver.bounding import Bounding
    from solver.problem import Problem
    from solver.run import CoveringPlan
    from solver.search import Search

__all__ = ["ENGINES", "Engine", "Progress", "solve"]

Engine = Literal["auto", "paths", "routing", "visits"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

_HOT, _USUAL, _HOTTER = 0.0015, 200.0, 0.2
"""Temperature at the start, as a share of the value a unit, where there are the usual number of moves for each hour of
a unit's duty.  Where there are ten times as many it pays to begin one and a half times as hot: ten to that power."""

_QUICK = 0.1
"""Share of the run for the first, quick cooling."""

_SNAPSHOTS = 24
"""How often routes are remembered for the choice at the end."""

_MENDS = 0.5
"""Share of the run after which to look once more for a plan that lacks less, if one may be."""

_BLOCK = 8
"""Units whose routes are chosen anew together."""

_FIRST_MENDING = 1.0
"""Seconds for mending the first plan: of CP-SAT's deterministic time, and twice that by the clock where it counts."""

_MENDING, _MOVE, _LONGEST_LEFT = 0.25, 0.001, 120.0
"""Share of what is left of a run for mending again; a move is taken to last so many seconds, and no run to go on for
more than so many."""

_CHOICE_SECONDS = 1.0
"""CP-SAT's deterministic time for the choice."""

_CHOICE = 0.03
"""Share of the run for the choice."""

_PLAINER = 1.0
"""Seconds for making routes plainer when time is over."""

_TELL = 10
"""Moves of the routing library between two reports."""


class UnfitEngineError(ValueError):
    """An engine that was asked for and is not for the problem; the message says which one is."""


def solve(
    problem: Problem,
    *,
    engine: Engine = "auto",
    start: Plan | None = None,
    time_limit: float | None = 30.0,
    work_limit: int | None = None,
    patience: float | None = None,
    gap: float | None = None,
    bound: bool = True,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
    clock: Callable[[], float] | None = None,
    threads: int = 2,
) -> Plan:
    """Return the best plan found for `problem`.

    Parameters
    ----------
    problem : Problem
    engine : str
        ``paths``, ``routing``, or, where plans are worth nothing but tasks, ``visits``; see
        ``docs/design.md``.  ``auto`` is ``visits`` where it can be, else ``paths``.
    start : Plan, optional
        A plan to begin from, also of another problem: what does not fit in this one is left out (see
        `solver.warm_start`).  The plan returned is worth no less than what is left of it.
    time_limit : float, optional
        Seconds after which the search ends; None for no limit.  The first plan is always finished.
    work_limit : int, optional
        Moves after which the search ends.  With it and without a time limit, the same seed gives the same
        plan.
    patience : float, optional
        The search ends when nothing better was found for so many seconds; for so many moves where there is a work
        limit and no time limit.
    gap : float, optional
        The search ends when the bound is above the value by no more than this share of the value.
    bound : bool
        Whether to work out a bound.
    seed : int
        Seed of all randomness.
    stop : callable, optional
        Asked several times a second; when it returns True the best plan so far is returned.
    progress : callable, optional
        Told of every step.
    clock : callable, optional
        What seconds are read from, by the clock if nothing else; `time.process_time` counts those that the processors
        work.
    threads : int
        With one alone, or a work limit, search and bound take turns; else the bound is worked out beside the search, by
        the engine ``paths`` with as many threads as there are (see `solver.span_search`).

    Returns
    -------
    Plan
        Its `shortfalls` say what hard rules lack, with reason and cure.

    Raises
    ------
    UnfitEngineError
        When the engine is not for this problem.
    ValueError
        When there is no such engine; when nothing would ever end the search, or a limit is negative.
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; engines are {', '.join(ENGINES)}")
    engine = _fitting(problem, engine)
    if problem.units and engine == "visits":
        from solver.preparation import prepare_visits

        prepare_visits()
    elif problem.units and (bound or engine == "paths"):
        from solver.preparation import prepare

        prepare()
    limits = Limits(time_limit, work_limit, stop, patience, clock)
    history = History(timed=work_limit is None or time_limit is not None)

    if not problem.units:
        found = _Found((), 0, 0, 0, "optimal")
    else:
        known = None if start is None else fit(problem, start).routes
        run_of = partial(Run, problem, limits=limits, gap=gap, progress=history.listen(progress), threads=threads)
        found = _SEARCHES[engine](problem, np.random.default_rng(seed), known, run_of, bound=bound)
    shortfalls = find_shortfalls(problem, found.routes)
    history.add(limits.seconds, found.moves, found.value, sum(s.minutes for s in shortfalls), found.bound)
    return Plan(
        fingerprint=problem.fingerprint(),
        routes=found.routes,
        shortfalls=shortfalls,
        value=found.value,
        bound=found.bound,
        status=found.status,
        seed=seed,
        parameters={
            "engine": engine,
            "start": None if start is None else start.fingerprint,
            "time_limit": time_limit,
            "work_limit": work_limit,
            "patience": patience,
            "moves": found.moves,
            "seconds": round(limits.seconds, 1),
        },
        versions=versions(),
        history=history.marks(),
    )


class _Found(NamedTuple):
    """What a search ended with."""

    routes: tuple[Route, ...]
    value: int
    bound: int | None
    moves: int
    status: Status


_NOT_ALL = "and an alert level lets only some go"

_RunOf = Callable[..., Run]
"""Makes the run of a search, given that and what bounds it."""

_Routes = tuple[Route, ...] | None
"""Routes to begin from, if there are any."""


def _fitting(problem: Problem, engine: Engine) -> Engine:
    """Return the engine for `problem`."""
    if problem.locks:
        if engine not in ("auto", "paths"):
            raise UnfitEngineError(f"the engine {engine!r} does not know of locked stops; use 'paths'")
        return "paths"
    if engine not in ("auto", "visits"):
        if choosing := [u.callsign for u in problem.units if u.chooses_duty]:
            raise UnfitEngineError(
                f"the engine {engine!r} does not know of a longest duty shorter than the shift, which "
                f"{some_of(choosing)} must keep; use 'visits'"
            )
        if engine == "routing" and problem.callouts:
            raise UnfitEngineError(f"the engine 'routing' sends all units out, {_NOT_ALL}; use 'paths'")
        return engine
    from solver.visits.adapter import visits_only

    if engine == "visits" and problem.callouts:
        raise UnfitEngineError(f"the engine 'visits' sends all units out, {_NOT_ALL}; use 'paths'")
    fits = visits_only(problem)
    if engine == "visits" and not fits:
        raise UnfitEngineError(
            "the engine 'visits' is for problems of tasks alone, without hotspots, posts, demand points and a goal for "
            "districts; use 'paths'"
        )
    return "visits" if fits else "paths"


def _cell_bound(problem: Problem, search: CoveringPlan, *, bound: bool, spare: Event | None = None) -> Bounding | None:
    """Return what works out a bound from prices of cells, if one is wanted; `spare` is that of `Bounding`."""
    if not bound:
        return None
    from solver.bounding import Bounding

    return Bounding(problem, search, spare=spare)


def _by_paths(problem: Problem, rng: np.random.Generator, known: _Routes, run_of: _RunOf, *, bound: bool) -> _Found:
    """Search by best paths."""
    from solver.callout_search import CalloutSearch
    from solver.span_search import SpanSearch

    search = CalloutSearch(problem, rng) if problem.callouts else SpanSearch(problem, rng, known)
    if not search.free:
        search.greedy()
        return _Found(search.routes(), search.value, search.value, 0, "optimal")
    with run_of(search, bounding=_cell_bound(problem, search, bound=bound, spare=search.spare)) as run:
        limits = run.limits
        search.greedy(lambda: limits.stopped() or limits.remaining < 0)
        if known is not None:
            search.take(known)
            search.restart()
        run.begin()
        _mend(run, search, keep=known is not None)
        status = _anneal(run, search, sum(unit.end - unit.start for unit in problem.units) / 60)
        end = limits.seconds + _PLAINER
        search.simplify(lambda: limits.seconds > end and (limits.time_limit is not None or limits.stopped()))
    return _Found(search.routes(), search.value, run.least, search.moves, status)


def _mend(run: Run, search: Search, *, keep: bool) -> None:
    """Look for a plan that lacks less, where there may be one: the first one is mended also when time is over."""
    limits = run.limits
    if search.missing <= search.least_missing or limits.stopped():
        return
    left = min(limits.remaining, _MOVE * (limits.work_limit - search.moves) if limits.work_limit else _LONGEST_LEFT)
    again = _MENDING * max(left, 0)
    seconds = again if search.moves else _FIRST_MENDING
    end = limits.seconds + max(again, 0 if search.moves else 2 * _FIRST_MENDING)

    def over() -> bool:
        return limits.stopped() or (limits.time_limit is not None and limits.seconds > end)

    search.mend(seconds, keep=keep, stop=over)
    run.report("mending")


def _anneal(run: Run, search: Search, unit_hours: float) -> Status:
    """Improve the plan twice while it cools, choose among its routes, and go on until a limit is reached; return which.

    It cools quickly at first, so that there is a good plan soon, and then from as hot as a run of that length is worth.
    """
    limits, chunk, remembered, mended = run.limits, 1, 0, False
    while (share := limits.share(search.moves)) < 1 - _CHOICE:
        if (status := run.reached()) is not None:
            return status
        heat = _heat(limits.expected(search.moves) / unit_hours, share)
        before = limits.seconds
        search.threads = run.search_threads
        search.anneal(chunk, heat, heat)
        run.report("improving")
        chunk = limits.chunk(chunk, limits.seconds - before)
        run.keep_pace(share)
        if share * _SNAPSHOTS >= remembered:
            search.remember()
            remembered += 1
        if share >= _MENDS and not mended:
            mended = True
            _mend(run, search, keep=True)
    if search.choice_seconds(_BLOCK) < limits.remaining:
        search.recombine(_BLOCK, _CHOICE_SECONDS, limits.remaining, limits.stopped)
        run.report("choosing")
    while (status := run.reached()) is None:
        search.threads = run.search_threads
        search.anneal(chunk, 0.0, 0.0)
        run.report("improving")
    return status


def _heat(moves: float, share: float) -> float:
    """Return the temperature when `share` of a run is over that has so many moves for each hour of a unit's duty."""
    if share < _QUICK:
        return _HOT * (1 - share / _QUICK)
    return _HOT * float(np.clip((moves / _USUAL) ** _HOTTER, 0.5, 4.0)) * (1 - share) / (1 - _QUICK)


def _by_routing(problem: Problem, rng: np.random.Generator, known: _Routes, run_of: _RunOf, *, bound: bool) -> _Found:
    """Search by OR-Tools' routing library."""
    from solver.routing.engine import RoutingSearch

    search = RoutingSearch(problem, rng)
    told = 0
    with run_of(search, bounding=_cell_bound(problem, search, bound=bound)) as run:

        def over() -> bool:
            nonlocal told
            if search.moves >= told + _TELL:
                told = search.moves
                run.report("improving")
            return run.reached() is not None

        if known is not None:
            search.take(known)
        search.greedy(run.limits.stopped)
        run.begin()
        while (status := run.reached()) is None:
            if not search.improve(over):
                status = "no improvement"
                break
            run.report("improving")
            run.keep_pace(run.limits.share(search.moves))
    return _Found(search.routes(), search.value, run.least, search.moves, status)


def _by_visits(problem: Problem, rng: np.random.Generator, known: _Routes, run_of: _RunOf, *, bound: bool) -> _Found:
    """Search for visits."""
    from solver.visits.bounding import TaskBounding
    from solver.visits.schedule import improve
    from solver.visits.search import TaskSearch

    search = TaskSearch(problem, rng)
    bounding = TaskBounding(search) if bound else None
    with run_of(search, bounding=bounding) as run:
        if bounding is not None:
            bounding.remaining = lambda: run.limits.remaining
        if known is not None:
            search.take(known)
        status = improve(run, search, bounding)
    return _Found(search.routes(), search.value, run.least, search.moves, status)


_SEARCHES = {"paths": _by_paths, "routing": _by_routing, "visits": _by_visits}

"""Locks made of plans, so that some plan keeps them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from solver.plan import Plan
from solver.problem import Lock, LockedStop, Problem

Pick = Callable[[int, int], int]


def random_locks(problem: Problem, plan: Plan, pick: Pick) -> tuple[Lock, ...]:
    """Return some of the stops of a plan that keeps the rules as locks: single ones, runs of them, whole routes."""
    index = {place.name: i for i, place in enumerate(problem.places)}
    locks = []
    for u, route in enumerate(plan.routes):
        stops = [LockedStop(index[s.place], s.kind, s.arrive, s.leave) for s in route.stops]
        for run in _runs(stops, pick):
            if _is_lockable(problem, run) and not (locks and locks[-1].unit == u and _touch(locks[-1], run)):
                locks.append(Lock(u, tuple(run)))
    return tuple(locks)


def _runs(stops: list[LockedStop], pick: Pick) -> list[list[LockedStop]]:
    """Return some runs of stops in order, none in the other."""
    cuts = sorted({0, len(stops), *(pick(0, len(stops)) for _ in range(3))})
    return [stops[a:b] for a, b in pairwise(cuts) if pick(0, 1)]


def _is_lockable(problem: Problem, run: list[LockedStop]) -> bool:
    """Whether no two stops of a run are one."""
    return not any((a.place, a.kind, a.leave) == (b.place, b.kind, b.arrive) for a, b in pairwise(run))


def _touch(lock: Lock, run: list[LockedStop]) -> bool:
    """Whether two locks are both nothing but the same minute."""
    return (lock.arrive, lock.leave) == (run[0].arrive, run[-1].leave)

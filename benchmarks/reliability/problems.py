"""Random problems of every kind, solved in every way: is each plan right, and worth what it says.

``python -m benchmarks.reliability.problems --seeds 500`` goes through as many problems, says what is wrong with each,
and how many of which kind there were.  Every plan is held against `check`, `score` and the model read literally
(`tests.naive_check`, `tests.naive_score`), its bound against all plans of the problem that lack no more, and what is
exported is read again by other programs.  Where a problem is small enough the best of all its plans is found by going
through them, and no bound may be below it.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.reliability.judging import Judged, judged
from benchmarks.reliability.kinds import BRUTE, KINDS, TASKS_ALONE, features, pick_from, problem_of
from benchmarks.reliability.round_trips import not_the_same
from solver.plan import Plan
from solver.problem import LAYERS, Problem, ProblemError
from solver.solve import UnfitEngineError, solve
from solver.warm_start import fit
from tests.brute_force import TooLargeError, best
from tests.naive_score import naive_score, naive_value
from tests.random_plans import random_plan
from tests.visit_problems import optimum

Way = Callable[[Problem, int], Plan]
"""How to make a plan of a problem, with a seed."""


def _paths(problem: Problem, seed: int) -> Plan:
    return solve(problem, engine="paths", time_limit=None, work_limit=60, seed=seed)


def _routing(problem: Problem, seed: int) -> Plan:
    return solve(problem, engine="routing", time_limit=None, work_limit=4, seed=seed)


def _visits(problem: Problem, seed: int) -> Plan:
    return solve(problem, engine="visits", time_limit=None, work_limit=300, seed=seed)


def _stopped(problem: Problem, seed: int) -> Plan:
    """Return what the usual engine has when it is told to stop, after so many times of asking."""
    left = int(np.random.default_rng(seed).integers(0, 30))

    def stop() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    return solve(problem, time_limit=None, work_limit=100, seed=seed, stop=stop)


def _from_another(problem: Problem, seed: int) -> Plan:
    """Return a plan that begins with a random one, or with what is left of it under locks and callouts."""
    return solve(problem, start=_another(problem, seed), time_limit=None, work_limit=20, seed=seed)


def _another(problem: Problem, seed: int) -> Plan:
    """Return a random plan that knows of no locks and callouts; of no unit, where these alone make it possible."""
    try:
        free = problem.replace(locks=(), callouts=())
    except ProblemError:
        return Plan("", ())
    return random_plan(free, pick_from(np.random.default_rng(seed)))


def _in_no_time(problem: Problem, seed: int) -> Plan:
    return solve(problem, time_limit=0.0, seed=seed, threads=1)


WAYS: dict[str, Way] = {
    "paths": _paths,
    "routing": _routing,
    "visits": _visits,
    "stopped": _stopped,
    "from another plan": _from_another,
    "no time": _in_no_time,
}
"""The ways to make a plan; an engine that is not for a problem says so, and is passed over."""


class Outcome(NamedTuple):
    """What was found of one problem: the plans by way, whether the best one is known, and all that is wrong."""

    kind: str
    seed: int
    ways: tuple[str, ...]
    bounds: int
    best_known: bool
    features: tuple[str, ...]
    wrong: tuple[str, ...]


def outcome(kind: str, seed: int, ways: dict[str, Way] = WAYS) -> Outcome:
    """Return what plans and judges make of the problem of a kind and a seed."""
    problem = problem_of(kind, seed)
    made = dict(_plans(problem, seed, ways))
    found = {way: judged(problem, plan) for way, plan in made.items()}
    wrong = [f"{way}: {text}" for way, verdict in found.items() for text in verdict.wrong]
    truth = _best(problem, kind)
    if truth is not None:
        found["best"] = Judged(*truth, ())
    if not wrong:
        wrong += _beaten(made, found)
        for plan in list(made.values())[:1]:
            wrong += not_the_same(problem, plan)
        wrong += [f"from another plan: {text}" for text in _lost(problem, seed, found)]
    bounds = sum(plan.bound is not None for plan in made.values())
    return Outcome(kind, seed, tuple(made), bounds, truth is not None, tuple(features(problem)), tuple(wrong))


def _plans(problem: Problem, seed: int, ways: dict[str, Way]) -> Iterator[tuple[str, Plan]]:
    """Yield the plans of all ways that are for the problem."""
    for name, way in ways.items():
        try:
            yield name, way(problem, seed)
        except UnfitEngineError:
            continue


def _best(problem: Problem, kind: str) -> tuple[int, int] | None:
    """Return what the best plan of all lacks and is worth, None where there are too many to go through."""
    if kind in TASKS_ALONE:
        missing, profit = optimum(problem)
        return missing, naive_value(problem, {**dict.fromkeys(LAYERS, 0), "tasks": profit})
    if kind not in BRUTE:
        return None
    try:
        missing, value, _ = best(problem)
    except TooLargeError:
        return None
    return missing, value


def _beaten(made: dict[str, Plan], found: dict[str, Judged]) -> Iterator[str]:
    """Yield the bounds that are below a plan they speak of, and plans that are called or found better than the best."""
    for way, plan in made.items():
        own = found[way]
        for other, verdict in found.items():
            if plan.bound is not None and verdict.missing <= own.missing and plan.bound < verdict.value:
                yield f"{way}: the bound {plan.bound} is below {verdict.value} of {other}"
            if plan.status == "optimal" and (verdict.missing, -verdict.value) < (own.missing, -own.value):
                yield f"{way}: called optimal, but {other} is better"
        if "best" in found and (own.missing, -own.value) < (found["best"].missing, -found["best"].value):
            yield f"{way}: better than the best of all plans"


def _lost(problem: Problem, seed: int, found: dict[str, Judged]) -> Iterator[str]:
    """Yield where a search from another plan ended with less than what of it is left."""
    left = Plan(problem.fingerprint(), fit(problem, _another(problem, seed)).routes)
    missing, value, _ = naive_score(problem, left.routes)
    own = found.get("from another plan")
    if own is not None and (own.missing, -own.value) > (missing, -value):
        yield f"{own.missing, own.value} is worse than what it began from, {missing, value}"


def main() -> int:
    """Go through many problems; return 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many problems in all, evenly by kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first problem")
    parser.add_argument("--kind", choices=sorted(KINDS), help="of one kind alone")
    options = parser.parse_args()
    kinds = [options.kind] if options.kind else list(KINDS)
    begun, faulty = time.monotonic(), 0
    tally: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    there: Counter[str] = Counter()
    for n in range(options.first, options.first + options.seeds):
        kind, seed = kinds[n % len(kinds)], n // len(kinds)
        try:
            found = outcome(kind, seed)
        except Exception:
            found = Outcome(kind, seed, (), 0, False, (), (traceback.format_exc(),))
        for text in found.wrong:
            print(f"{kind}, seed {seed}: {text}", flush=True)
        tally[kind].update(problems=1, plans=len(found.ways), bounds=found.bounds, best=found.best_known)
        tally[kind]["wrong"] += bool(found.wrong)
        there.update(found.features)
        there.update(f"way: {way}" for way in found.ways)
        faulty += bool(found.wrong)
        if n % 100 == 99:
            print(f"{n + 1} problems, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(_table(tally)))
    print(", ".join(f"{name} {count}" for name, count in there.most_common()))
    return int(faulty > 0)


def _table(tally: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the lines of the table of ``docs/reliability.md``."""
    columns = ("problems", "plans", "bounds", "best", "wrong")
    yield "| Kind | Problems | Plans | With a bound | Best plan known | Wrong |"
    yield "|---|---:|---:|---:|---:|---:|"
    total: Counter[str] = Counter()
    for kind, counts in tally.items():
        total.update(counts)
        yield f"| {kind} | " + " | ".join(f"{counts[c]:,}" for c in columns) + " |"
    yield "| all | " + " | ".join(f"{total[c]:,}" for c in columns) + " |"


if __name__ == "__main__":
    sys.exit(main())

"""Both engines, the bound, check and score held against brute force on many tiny problems.

``python -m tests.many_problems --first 0 --seeds 500`` goes through as many, says what is wrong with each, and how
often each engine found the best; `tests.test_optima` goes through a few.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from solver import check, score, solve
from solver.plan import Plan
from solver.problem import Problem
from solver.solve import Engine
from tests.brute_force import TooLargeError, best
from tests.naive_score import naive_score
from tests.problems import tiny_problem, with_busy_units

GENERAL: tuple[Engine, ...] = ("paths", "routing")
"""The engines for all problems."""

WORK: dict[Engine, int] = {"paths": 60, "routing": 4}
"""Moves that each engine makes."""


class Outcome(NamedTuple):
    """What was found of one problem: everything that is wrong, and by engine what its plan lacks and falls short of.

    `short` is by engine (unit-minutes missing that need not be, share of the best value not reached, -1 where
    something is missing that need not be); it is empty where the problem is too large for brute force.
    """

    seed: int
    wrong: tuple[str, ...]
    short: dict[str, tuple[int, float]]


def outcome(seed: int, *, units: int = 2, steps: int = 9, busy: bool = False) -> Outcome:
    """Return what the engines and judges make of the tiny problem of a seed, in which units may be `busy`."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=units, steps=steps)
    if busy:
        problem = with_busy_units(problem, rng)
    try:
        missing, value, routes = best(problem)
    except TooLargeError:
        return Outcome(seed, (), {})
    wrong = [f"best: {w}" for w in _misjudged(problem, Plan(problem.fingerprint(), routes, value=value))]
    short = {}
    for engine in GENERAL:
        plan = solve(problem, engine=engine, time_limit=None, work_limit=WORK[engine], seed=seed)
        lacks = score(problem, plan).missing
        wrong += [f"{engine}: {w}" for w in (*map(str, check(problem, plan)), *_misjudged(problem, plan))]
        wrong += [f"{engine}: {w}" for w in _wrong(plan, lacks, missing, value)]
        gap = 1 - plan.value / value if value and lacks == missing else -float(lacks > missing)
        short[engine] = (lacks - missing, gap)
    return Outcome(seed, tuple(wrong), short)


def _misjudged(problem: Problem, plan: Plan) -> Iterator[str]:
    """Yield where `score`, the model read literally, and the plan differ."""
    card = score(problem, plan)
    lacks, value, covered = naive_score(problem, plan.routes)
    if (card.missing, card.value, card.covered) != (lacks, value, covered):
        yield f"score says {card.missing, card.value, card.covered}, the model {lacks, value, covered}"
    if plan.value != value:
        yield f"the plan says {plan.value}, the model {value}"


def _wrong(plan: Plan, lacks: int, missing: int, value: int) -> Iterator[str]:
    """Yield what cannot be so, where the best plan lacks `missing` and is worth `value`."""
    if (lacks, -plan.value) < (missing, -value):
        yield f"{lacks, plan.value} is better than the best, {missing, value}"
    # The bound speaks of plans that lack as little as this one.
    if plan.bound is not None and plan.bound < value:
        yield f"the bound {plan.bound} is below the best value {value}"
    if plan.status == "optimal" and (lacks, plan.value) != (missing, value):
        yield f"{lacks, plan.value} is called optimal, but {missing, value} is"


def main() -> int:
    """Go through many problems; return 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--units", type=int, default=2)
    parser.add_argument("--busy", action="store_true", help="units are busy with calls for some of their time")
    options = parser.parse_args()
    last = options.first + options.seeds - 1
    tally: Counter[str] = Counter()
    with ProcessPoolExecutor(options.workers) as pool:
        judged = partial(outcome, units=options.units, busy=options.busy)
        for found in pool.map(judged, range(options.first, options.first + options.seeds)):
            for text in found.wrong:
                print(f"seed {found.seed}: {text}", flush=True)  # noqa: T201
            if found.seed % 50 == 49 and found.seed < last:
                print(f"up to seed {found.seed}: {dict(tally)}", flush=True)  # noqa: T201
            tally["wrong"] += bool(found.wrong)
            tally["too large"] += not found.short
            for engine, (lacks, gap) in found.short.items():
                tally[f"{engine}: best"] += lacks == 0 and gap == 0
                tally[f"{engine}: within 2 %"] += lacks == 0 and gap < 0.02
                if lacks > 0:
                    print(f"seed {found.seed}: {engine} lacks {lacks} unit-minutes more than it must", flush=True)  # noqa: T201
                    tally[f"{engine}: lacks more than it must"] += 1
    print(dict(tally))  # noqa: T201
    return int(tally["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main())

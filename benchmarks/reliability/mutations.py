"""Right plans, edited in every small way: does `check` catch each edit that breaks a rule, and no other.

``python -m benchmarks.reliability.mutations --plans 300`` edits as many plans, of problems of every kind.  What breaks
a rule is told by the model read literally (`tests.naive_check`), which shares nothing with `check`.  An edit of routes
is judged twice: with what the plan said of itself before, and with value and shortfalls as they are after the edit, as
whoever cheats would write them; the second is caught by the rules of routes or not at all.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.reliability.edits import Edits
from benchmarks.reliability.kinds import KINDS, Pick, pick_from, problem_of
from solver.check import check
from solver.plan import Plan
from solver.problem import Problem
from solver.score import score
from solver.shortfalls import find_shortfalls
from solver.solve import solve
from tests.naive_check import naive_faults
from tests.random_plans import random_plan

VERDICTS = ("caught", "right", "missed", "refused")
"""What becomes of an edit: `check` and the model both find something, neither does, the model alone, `check` alone."""

SPARE = "(claims as they are)"
"""What is said of an edit of routes after which the plan says of itself what is so."""


class Verdict(NamedTuple):
    """What became of one edit; `why` is what either judge says where they differ."""

    edit: str
    verdict: str
    why: str


def right_plan(problem: Problem, seed: int, pick: Pick) -> Plan:
    """Return a plan that keeps the rules: a random one where that can be, a quickly searched one else."""
    if not problem.locks and not problem.callouts and pick(0, 1):
        return random_plan(problem, pick)
    return solve(problem, time_limit=None, work_limit=10, seed=seed)


def verdicts(kind: str, seed: int, most: int) -> Iterator[Verdict]:
    """Yield what becomes of the edits of the plan of a kind and a seed, `most` of them, drawn at random."""
    problem = problem_of(kind, seed)
    rng = np.random.default_rng(seed)
    pick = pick_from(rng)
    plan = right_plan(problem, seed, pick)
    assert not check(problem, plan)
    assert not naive_faults(problem, plan)
    edits = Edits(problem, plan, pick)
    made = [(name, edited, False) for name, edited in edits.of_claims()]
    made += [(name, edited, honest) for name, edited in edits.of_routes() for honest in (False, True)]
    # Judging minute by minute takes as long as the plan does.
    most = max(most * 480 // max(problem.minutes * len(problem.units), 480), 20)
    chosen = range(len(made)) if len(made) <= most else rng.permutation(len(made))[:most].tolist()
    for n in chosen:
        name, edited, honest = made[n]
        yield (
            verdict(problem, f"{name} {SPARE}", as_it_is(problem, edited)) if honest else verdict(problem, name, edited)
        )


def as_it_is(problem: Problem, plan: Plan) -> Plan:
    """Return a plan, right or not, that says of itself what `score` makes of it."""
    told = plan.replace(shortfalls=find_shortfalls(problem, plan.routes), bound=None)
    return told.replace(value=score(problem, told).value)


def verdict(problem: Problem, edit: str, plan: Plan) -> Verdict:
    """Return what becomes of an edited plan."""
    ours, theirs = [str(v) for v in check(problem, plan)], naive_faults(problem, plan)
    name = {(True, True): "caught", (False, False): "right", (False, True): "missed", (True, False): "refused"}
    what = name[bool(ours), bool(theirs)]
    why = "" if what in ("caught", "right") else "; ".join((ours or theirs)[:2])
    return Verdict(edit, what, why)


def main() -> int:
    """Edit many plans; return 1 when an edit is missed, or refused although it is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=300, help="how many plans in all, evenly by kind of problem")
    parser.add_argument("--first", type=int, default=0, help="number of the first plan")
    parser.add_argument(
        "--most", type=int, default=300, help="edits of a plan at most, drawn at random; fewer of a long one"
    )
    options = parser.parse_args()
    begun, kinds = time.monotonic(), list(KINDS)
    tally: dict[str, Counter[str]] = {}
    wrong = 0
    for n in range(options.first, options.first + options.plans):
        kind, seed = kinds[n % len(kinds)], n // len(kinds)
        try:
            for edit, what, why in verdicts(kind, seed, options.most):
                tally.setdefault(edit, Counter())[what] += 1
                if why:
                    print(f"{kind}, seed {seed}, {edit}: {what}: {why}", flush=True)
                    wrong += 1
        except Exception:
            print(f"{kind}, seed {seed}: {traceback.format_exc()}", flush=True)
            wrong += 1
        if n % 50 == 49:
            print(f"{n + 1} plans, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(table(tally)))
    return int(wrong > 0)


def table(tally: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the lines of the table of ``docs/reliability.md``."""
    yield "| Edit | Plans | Caught | Still right | Missed | Refused though right |"
    yield "|---|---:|---:|---:|---:|---:|"
    total: Counter[str] = Counter()
    for edit in sorted(tally):
        total.update(tally[edit])
        yield f"| {edit} | {tally[edit].total():,} | " + " | ".join(f"{tally[edit][v]:,}" for v in VERDICTS) + " |"
    yield f"| all | {total.total():,} | " + " | ".join(f"{total[v]:,}" for v in VERDICTS) + " |"


if __name__ == "__main__":
    sys.exit(main())

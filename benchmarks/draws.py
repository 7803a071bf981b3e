"""How much plans of a draw differ, and what an observer can still tell, by the loss allowed and the way they are made.

    python -m benchmarks.draws --seconds 20

The demo town, and a made-up town of size M (`benchmarks.cover.towns`).  Seconds are those that the processor works, for
a whole draw; one plan is made at a time.  *Less risk* scales down the risk of hotspots in quarters in which plans so
far have units, as `patrol draw` does; *closed times* closes such quarters at random; *other seeds* plans the same town
again and again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cover import towns
from benchmarks.tables import markdown
from instances.build import build
from instances.shift_file import read_shift
from instances.towns import write_town
from instances.towns.demo import make_demo
from solver import Problem, check
from solver.draws.draw import Change, draw
from solver.draws.quarters import Quarters
from solver.draws.unlike import closures, less_worth, narrowed

HEAD = (
    "town",
    "plans made by",
    "within",
    "plans of made",
    "distance, mean",
    "least",
    "mean loss",
    "met: one plan",
    "draw",
    "blindly",
    "missed: one plan",
    "draw",
    "blindly",
    "bits",
)


def closed_at_random(
    problem: Problem, quarters: Quarters, used: NDArray[np.float64], strength: float, rng: np.random.Generator
) -> Problem:
    """Return `problem` with quarters closed at random, by `closures`, and with as much risk as before."""
    return narrowed(problem, quarters, closures(used, strength, rng))


def other_seeds(
    problem: Problem, quarters: Quarters, used: NDArray[np.float64], strength: float, rng: np.random.Generator
) -> Problem:
    """Return the problem as it is."""
    del quarters, used, strength, rng
    return problem


WAYS: dict[str, Change] = {"less risk": less_worth, "closed times": closed_at_random, "other seeds": other_seeds}


def row(town: str, problem: Problem, way: str, within: Fraction, seconds: float) -> list[str]:
    """Return one row of the table.

    Raises
    ------
    RuntimeError
        When a plan breaks a rule, or is worth less than it may.
    """
    drawn = draw(problem, within=within, time_limit=seconds, seed=1, clock=time.process_time, change=WAYS[way])
    for plan in drawn.plans:
        if check(problem, plan) or plan.value < (1 - within) * drawn.plans[0].value:
            raise RuntimeError(f"{town}, {way}: a plan breaks a rule, or is worth too little")
    known = drawn.forecasts(problem)
    one, all_ = known["best_plan"].overall, known["draw"].overall
    return [
        town,
        way,
        f"{float(within):.0%}",
        f"{len(drawn.plans)} of {drawn.made}",
        *(_percent(x) for x in (drawn.mean_distance, drawn.least_distance)),
        f"{100 * drawn.expected_loss:.2f} %",
        *(_percent(x) for x in (one.met, all_.met, all_.met_by_chance)),
        *(_percent(x) for x in (one.missed, all_.missed, all_.missed_by_chance)),
        f"{all_.uncertainty:.2f}",
    ]


def _percent(share: float | None) -> str:
    """Return a share in per cent."""
    return "-" if share is None else f"{100 * share:.0f} %"


def demo() -> Problem:
    """Return the problem of the demo town."""
    with tempfile.TemporaryDirectory() as scratch:
        write_town(make_demo(), Path(scratch))
        return build(read_shift(Path(scratch) / "night.yaml"), cache=None).problem


def main() -> None:
    """Print the table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="processor seconds of each draw")
    parser.add_argument("--quick", action="store_true", help="the demo town alone, with one loss allowed")
    options = parser.parse_args()
    problems = {"demo": demo()} | ({} if options.quick else {"M": towns.problem("M", 1)})
    runs = [("demo", way, 2) for way in WAYS]
    if not options.quick:
        runs = [(town, way, loss) for town in problems for way in ("less risk", "closed times") for loss in (1, 2)]
        runs += [(town, way, loss) for town in problems for way, loss in (("less risk", 5), ("other seeds", 2))]
    rows = []
    for town, way, loss in runs:
        rows.append(row(town, problems[town], way, Fraction(loss, 100), options.seconds))
        print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
    print("\n".join(markdown(HEAD, rows, lined_up=False)))


if __name__ == "__main__":
    main()

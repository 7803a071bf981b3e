"""Simple rules (`solver.baselines`) in the towns of the benchmark of cover, beside the plans that the engine made.

    python -m benchmarks.baselines --sizes S,M,L --seeds 1,2,3

makes the plan of every rule in each town, random patrol in five draws, and prints a table.  The engine's plans and the
least bounds are those of `benchmarks/results/cover.csv`; they are not made again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np
from platformdirs import user_cache_path

from benchmarks.cover import towns
from benchmarks.cover.methods import OURS
from benchmarks.cover.runner import RESULTS as COVER
from benchmarks.cover.runner import names_of, numbers
from benchmarks.cover.runs import Run, read_runs
from benchmarks.cover.sizes import SIZES
from benchmarks.tables import markdown, write_table
from solver import Problem, check, score
from solver.baselines import BASELINES

RESULTS = COVER.with_name("baselines.csv")
"""The table of plans that ``docs/benchmarks.md`` shows."""

LIMIT = 60.0
"""Seconds that the engine had for the plan that is beside the rules."""

DRAWS = 5
"""Plans of random patrol in each town."""

HEAD = (
    "problem",
    "plan",
    "value",
    "least",
    "most",
    "share of the bound",
    "of ours",
    "presence",
    "response",
    "missing",
    "seconds",
    "check",
)


class Row(NamedTuple):
    """The plan of one rule in one town: what it covers as shares, unit-minutes missing, rules broken, seconds."""

    problem: str
    seed: int
    rule: str
    draw: int
    value: float
    presence: float
    response: float
    backup: float
    missing: int
    violations: int
    seconds: float


def row_of(name: str, seed: int, problem: Problem, rule: str, draw: int) -> Row:
    """Return the row of a plan; its seconds are those of the rule, with shortfalls and value."""
    begin = time.perf_counter()
    plan = BASELINES[rule](problem, np.random.default_rng(draw))
    seconds = time.perf_counter() - begin
    card = score(problem, plan)
    presence, response, backup = (round(card.share(layer) or 0.0, 6) for layer in ("presence", "response", "backup"))
    value, broken = round(card.value / card.full, 6), len(check(problem, plan))
    return Row(name, seed, rule, draw, value, presence, response, backup, card.missing, broken, round(seconds, 3))


def rows_of(name: str, seed: int, problem: Problem) -> list[Row]:
    """Return the rows of all rules in one town."""
    draws = [(rule, draw) for rule in BASELINES for draw in range(DRAWS if rule == "random" else 1)]
    return [row_of(name, seed, problem, rule, draw) for rule, draw in draws]


def table(rows: Sequence[Row], runs: Sequence[Run]) -> list[str]:
    """Return the rules side by side, a row for each size and rule over all towns; the best of them first.

    `runs` are those of the benchmark of cover, for what the engine made of the same towns, and the least bounds.
    """
    bounds: dict[tuple[str, int], float] = {}
    for run in runs:
        if run.bound is not None and not run.missing:
            key = run.problem, run.seed
            bounds[key] = min(bounds.get(key, 1.0), run.bound / run.full)
    ours = {(r.problem, r.seed): r.value / r.full for r in runs if (r.method, r.limit) == (OURS, LIMIT)}
    lines = []
    for name in dict.fromkeys(row.problem for row in rows):
        found = []
        for rule in BASELINES:
            mine = [row for row in rows if (row.problem, row.rule) == (name, rule)]
            found.append((mean(row.value for row in mine), _line(name, rule, mine, bounds, ours)))
        keys = {(row.problem, row.seed) for row in rows if row.problem == name}
        if keys <= set(ours) & set(bounds):
            lines.append(_our_line(name, [(ours[key], bounds[key]) for key in sorted(keys)]))
        lines += [line for _, line in sorted(found, key=lambda pair: -pair[0])]
    return markdown(HEAD, lines)


def _line(
    name: str, rule: str, mine: Sequence[Row], bounds: dict[tuple[str, int], float], ours: dict[tuple[str, int], float]
) -> list[str]:
    """Return the line of a rule at one size."""
    values = [row.value for row in mine]

    def beside(known: dict[tuple[str, int], float]) -> str:
        shares = [row.value / known[key] for row in mine if (key := (row.problem, row.seed)) in known]
        return _percent(mean(shares)) if len(shares) == len(mine) else "-"

    return [
        name,
        rule,
        *map(_percent, (mean(values), min(values), max(values))),
        beside(bounds),
        beside(ours),
        *(_percent(mean(getattr(row, layer) for row in mine)) for layer in ("presence", "response")),
        str(sum(row.missing for row in mine)),
        f"{max(row.seconds for row in mine):.1f}",
        "broken" if any(row.violations for row in mine) else "ok",
    ]


def _our_line(name: str, pairs: Sequence[tuple[float, float]]) -> list[str]:
    """Return the line of the engine at one size, from its values and the bounds."""
    values = [value for value, _ in pairs]
    told = [_percent(x) for x in (mean(values), min(values), max(values), mean(v / b for v, b in pairs), 1.0)]
    return [name, OURS, *told, "", "", "", f"{LIMIT:.1f}", ""]


def _percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.1f} %"


def main() -> None:
    """Make the plans and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=names_of(SIZES), default=["S", "M", "L"], help="sizes, with commas between")
    parser.add_argument("--seeds", type=numbers, default=[1, 2, 3], help="towns of each size")
    parser.add_argument("--folder", type=Path, default=user_cache_path("patrolplan") / "towns", help="kept problems")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the table of plans")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.sizes:
        for seed in options.seeds:
            rows += rows_of(name, seed, towns.problem(name, seed, folder=options.folder))
            print(f"{name}, town {seed}: done", file=sys.stderr, flush=True)
    write_table(options.out, Row._fields, rows)
    print(*table(rows, read_runs(COVER)), sep="\n")


if __name__ == "__main__":
    main()

"""`patrol backtest --shift`: plans made on the past, held against what came; the one place where they are made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.commands.interrupts import stop_on_interrupt
from instances.commands.searching import tell_of_compiling
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk

if TYPE_CHECKING:
    from instances.cache import Cache
    from solver.plan import Plan
    from solver.problem import Problem

PLANNED = "planned"
"""What the plan of the engine is called beside those of simple rules."""

SEED = 0


def backtest_plans(
    incidents: Path, shift_file: Path, cache: Cache | None, talk: Talk, options: Mapping[str, Any]
) -> None:
    """Plan each period from what lay before it, and tell what the plan had for what came.

    `options` are `time_limit`, `work_limit`, `test`, `periods`, `near`, `service` and `as_json`.
    """
    import numpy as np

    from instances.backtest.plans import play
    from instances.backtest.plans_words import played_json, played_lines
    from instances.shift_file import read_shift

    shift = read_shift(shift_file)
    line = ProgressLine(talk)
    tell_of_compiling(talk.note)
    names = {"test": "days", "periods": "count", "near": "near", "service": "service"}
    given = {name: options[option] for option, name in names.items() if options[option] is not None}
    with stop_on_interrupt(talk) as stopped:

        def planner(problem: Problem, _: int) -> dict[str, Plan]:
            from solver.baselines import BASELINES
            from solver.solve import solve

            limits = {"time_limit": options["time_limit"], "work_limit": options["work_limit"]}
            made = {PLANNED: solve(problem, bound=False, seed=SEED, stop=stopped, **limits)}
            if stopped():
                raise KeyboardInterrupt  # plans cut short say nothing of those that would have been made
            made |= {name: rule(problem, np.random.default_rng(SEED)) for name, rule in BASELINES.items()}
            return made

        try:
            played = play(
                shift,
                incidents,
                planner,
                cache=cache,
                note=talk.detail,
                progress=lambda done, total: line.say(f"period {done + 1} of {total}"),
                **given,
            )
        finally:
            line.clear()
    shares = played.shares(np.random.default_rng(SEED))
    if options["as_json"]:
        show_json(played_json(played, shares))
    else:
        show("\n".join(played_lines(played, shares)))

"""`patrol baseline`: the plan that a simple rule gives, to hold a planned one against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.options import Target, alert_option, cache_of, cache_options, force_option, talk_options
from instances.commands.searching import build_shift
from instances.commands.talk import Talk
from instances.commands.written_plans import PLAN_NAMES, tell_of_plan, write_plan
from instances.outputs import Outputs

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem

RULES = ("waiting", "random", "beats", "hottest")
"""The names in `solver.baselines.BASELINES`, which is not imported before it is needed."""


@click.command(short_help="Make the plan of a simple rule, to compare with.")
@click.argument("shift_file", metavar="SHIFT.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for the outputs.")
@click.option(
    "--rule",
    type=click.Choice(RULES),
    required=True,
    help="waiting: at one's station; random: to hotspots drawn at random; beats: round one's own hotspots in a fixed "
    "order; hottest: to the hottest hotspot that is not covered.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of random patrol.")
@alert_option
@force_option
@cache_options
@talk_options
@click.pass_context
def baseline(
    ctx: click.Context, /, shift_file: Path, out: Path, rule: str, seed: int, force: bool, as_json: bool, **options: Any
) -> None:
    """Make the plan that a service has today if it goes by a simple rule, to hold a planned one against.

    Posts are manned, required tasks done and breaks taken as far as that is simple, alike for all rules; between these
    units do as the rule says. Writes to OUT what 'patrol plan' writes, so every other command takes it.

    \b
    Examples:
      patrol baseline night.yaml -o today --rule beats
      patrol baseline night.yaml -o patrol --rule random --seed 7
      patrol compare today out
    """
    talk = Talk(options["quiet"], options["verbose"])
    with Outputs(out, PLAN_NAMES, what="a plan", force=force) as outputs:
        cache = cache_of(options["cache_dir"], options["no_cache"])
        problem, streets_of, report = build_shift(shift_file, cache, talk, options["alert"])
        written = write_plan(outputs, problem, _made(problem, rule, seed), streets_of)
    ctx.exit(tell_of_plan(written, out, report, talk, as_json=as_json))


def _made(problem: Problem, rule: str, seed: int) -> Plan:
    """Return the plan of a rule, with its seed and the versions of what made it."""
    import numpy as np

    from solver.baselines import BASELINES
    from solver.versions import versions

    return BASELINES[rule](problem, np.random.default_rng(seed)).replace(seed=seed, versions=versions())

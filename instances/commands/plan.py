"""`patrol plan`: from a shift file to routes for all units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from instances.commands.options import (
    Target,
    alert_option,
    busy_options,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.searching import build_shift, read_start, search, search_options
from instances.commands.talk import Talk
from instances.commands.written_plans import PLAN_NAMES, tell_of_plan, write_plan
from instances.outputs import Outputs


@click.command(short_help="Make a plan from a shift file: routes for all units.")
@click.argument("shift_file", metavar="SHIFT.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for the outputs.")
@alert_option
@busy_options
@search_options
@force_option
@cache_options
@talk_options
@click.pass_context
def plan(ctx: click.Context, /, shift_file: Path, out: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Make a plan from a shift file: routes for all units, checked, as GPX and JSON.

    Writes plan.json, problem.json, streets.json, summary.txt, map.html and one GPX file a unit to OUT, and
    prints the summary. The map opens in any browser, without a network. Ctrl-C ends the search and writes the
    best plan so far; a second Ctrl-C gives up.

    \b
    Examples:
      patrol plan night.yaml -o out --time-limit 1min
      patrol plan night.yaml -o out --gap 2% --patience 20s
      patrol plan night.yaml -o new --start-from out
      patrol plan night.yaml -o out --alert orange --alert North=red
      patrol plan night.yaml -o out --busy 30%
    """
    talk = Talk(options["quiet"], options["verbose"])
    with Outputs(out, PLAN_NAMES, what="a plan", force=force) as outputs:
        earlier = read_start(options["start_from"])
        cache = cache_of(options["cache_dir"], options["no_cache"])
        given = options["alert"], options["busy"], options["busy_from"]
        problem, streets_of, report = build_shift(shift_file, cache, talk, *given)
        made = search(problem, earlier, talk, options)
        written = write_plan(outputs, problem, made, streets_of)
    ctx.exit(tell_of_plan(written, out, report, talk, as_json=as_json))

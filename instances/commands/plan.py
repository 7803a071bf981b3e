"""`patrol plan`: from a shift file to routes for all units."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from instances.commands.colours import on_terminal, painted_summary
from instances.commands.failures import DONE, SHORT
from instances.commands.options import (
    Target,
    alert_option,
    busy_options,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.searching import build_shift, checked, read_start, search, search_options
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import Outputs

PLAN_NAMES = ("plan.json", "problem.json", "streets.json", "summary.txt", "map.html", "gpx")


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
    from solver.export.plan_files import plan_files
    from solver.headline import headline

    talk = Talk(options["quiet"], options["verbose"])
    with Outputs(out, PLAN_NAMES, what="a plan", force=force) as outputs:
        earlier = read_start(options["start_from"])
        cache = cache_of(options["cache_dir"], options["no_cache"])
        given = options["alert"], options["busy"], options["busy_from"]
        problem, streets_of, report = build_shift(shift_file, cache, talk, *given)
        made = search(problem, earlier, talk, options)
        card = checked(problem, made, outputs)
        files = plan_files(problem, made, card, streets_of(made))
        written = outputs.commit(files)
    talk.detail("\n".join(f"wrote {path}" for path in written))
    if as_json:
        sentence = headline(problem, made, card)
        show_json(
            {
                "files": [str(p) for p in written],
                "sentence": sentence,
                **_plan_json(files["plan.json"]),
                "build": report,
            }
        )
    else:
        summary = files["summary.txt"]
        show(painted_summary(summary.decode()) if on_terminal(sys.stdout) else summary)
        talk.note(f"wrote {out}: {len(written)} files")
    ctx.exit(SHORT if made.shortfalls else DONE)


def _plan_json(content: bytes) -> dict[str, Any]:
    """Return what plan.json says, but for the routes."""
    return {key: value for key, value in json.loads(content).items() if key != "routes"}

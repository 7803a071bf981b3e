"""`patrol site`: where to put the quick-response points."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.failures import DONE, SHORT
from instances.commands.interrupts import stop_on_interrupt
from instances.commands.options import (
    POINTS,
    SHARE,
    Duration,
    Target,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk
from instances.outputs import Outputs

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.site_build import BuiltSites


@click.command(short_help="Choose places for quick-response points.")
@click.argument("file", metavar="FILE.yaml", type=click.Path(path_type=Path))
@click.option("--points", type=POINTS, help="How many points at most, such as 6, or 1..12 for a curve.")
@click.option("-o", "--out", type=Target(), help="Directory for the points as JSON, GeoJSON, CSV and posts.")
@click.option(
    "--time-limit",
    type=Duration(),
    default="60s",
    show_default=True,
    help="How long to look, for each number of points.",
)
@click.option("--gap", type=SHARE, help="End when no choice can be better by more than this, such as 1%.")
@force_option
@cache_options
@talk_options
@click.pass_context
def site(ctx: click.Context, /, file: Path, points: tuple[int, ...] | None, out: Path | None, **options: Any) -> None:
    """Choose places for quick-response points, from a shift file or one without units.

    With --points (or 'points' in the file's 'sites') as much demand as possible is covered within its standard;
    else all of it by as few points as possible. Prints the points; OUT also gets posts.yaml, which a shift file
    takes as it is. Exit code 4 when not everything can be covered that must be.

    \b
    Examples:
      patrol site night.yaml
      patrol site night.yaml --points 4 -o points
      patrol site night.yaml --points 1..12
    """
    from instances.site_files import NAMES, curve_lines, site_files, site_json, site_lines, uncovered
    from solver.sites import NoSitingError, answer

    talk = Talk(options["quiet"], options["verbose"])
    target = Outputs(out, NAMES, what="these files", force=options["force"]) if out is not None else None
    with target or contextlib.nullcontext():
        built = _built_sites(file, cache_of(options["cache_dir"], options["no_cache"]), talk)
        numbers = points or ((built.shift.sites.points,) if built.shift.sites.points else ())
        limits: dict[str, Any] = {"seconds": options["time_limit"], "gap": float(options["gap"] or 0)}
        with stop_on_interrupt(talk) as stopped:
            try:
                sited = answer(built.problem, numbers, stop=stopped, **limits)
            except NoSitingError as error:
                raise click.UsageError(str(error)) from error
        found, shown = sited.found, sited.curve if len(sited.curve) > 1 else ()
        if target is not None:
            written = target.commit(site_files(built, found, shown, fewest=not numbers))
            talk.note(f"wrote {', '.join(str(path) for path in written)}")
    if options["as_json"]:
        show_json(site_json(built, found, shown, fewest=not numbers))
    else:
        parts = [sited.lacking] if sited.lacking else []
        parts += ["\n".join(curve_lines(shown))] if shown else []
        show("\n\n".join([*parts, "\n".join(site_lines(built, found, fewest=not numbers))]))
    unmet = bool(uncovered(built)) and (not numbers or built.problem.cover_all)
    ctx.exit(SHORT if sited.lacking or unmet else DONE)


def _built_sites(path: Path, cache: Cache | None, talk: Talk) -> BuiltSites:
    """Return the siting problem of a file."""
    from instances.shift_file import read_sites
    from instances.site_build import build_sites

    progress = ProgressLine(talk)
    try:
        built = build_sites(read_sites(path), cache=cache, note=talk.detail, progress=progress.travel)
    finally:
        progress.clear()
    for line in built.lines:
        talk.note(line)
    return built

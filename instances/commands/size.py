"""`patrol size`: value and bound against the number of units or posts."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.colours import painted
from instances.commands.interrupts import stop_on_interrupt
from instances.commands.options import (
    SHARE,
    Duration,
    Parsed,
    Target,
    alert_option,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.searching import build_shift, read_start
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk
from instances.commands.workers import cores, workers
from instances.outputs import Outputs

if TYPE_CHECKING:
    from solver.bars import BarStyle
    from solver.plan import Plan
    from solver.problem import Problem, Unit
    from solver.sizing.curve import Sizing

NAMES = ("size.csv", "size.svg", "size.png", "plans")
"""What is written."""

AROUND = 2
"""How many units fewer and more than in the file are looked at when no numbers are given."""

COUNTS = Parsed("numbers", "instances.count_lists:count_list_of")


@click.command(short_help="Say what fewer or more units would bring, and where.")
@click.argument("shift_file", metavar="SHIFT.yaml", type=click.Path(path_type=Path))
@click.option("--units", type=COUNTS, help="Numbers of units, such as 4..20 or 4,8,12; else two fewer to two more.")
@click.option("--posts", type=COUNTS, help="Numbers of the file's posts to be manned, such as 0..3, instead of units.")
@click.option("--station", help="Add and leave out only units of this station.")
@click.option("--mode", help="Add and leave out only units of this mode, such as car.")
@alert_option
@click.option("-o", "--out", type=Target(), help="Directory for size.csv, size.svg, size.png and the plans.")
@click.option(
    "--time-limit", type=Duration(), default="10s", show_default=True, help="How long to search, for each number."
)
@click.option("--gap", type=SHARE, help="End a search when no plan can be better by more than this, such as 2%.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all randomness.")
@click.option(
    "--workers", "number", type=click.IntRange(1, 64), default=2, show_default=True, help="Searches side by side."
)
@click.option("--start-from", type=click.Path(path_type=Path), metavar="OUT", help="Begin with an earlier plan.")
@force_option
@cache_options
@talk_options
def size(
    shift_file: Path,
    units: tuple[int, ...] | None,
    posts: tuple[int, ...] | None,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say what fewer or more units would cover, and where the next one helps most.

    The file's roster is the pattern. Units are left out one by one, always the one that can be spared best, and added
    one by one, each a copy of the one in the file that helps most. With --posts it is the file's posts that are given
    up, one by one. Ctrl-C keeps what is done.

    \b
    Examples:
      patrol size night.yaml --units 4..20 -o size
      patrol size night.yaml --units 12,13,14 --station "Central Station"
      patrol size night.yaml --posts 0..2
    """
    from solver.sizing.text import sizing_json, sizing_lines

    if units and posts:
        raise click.UsageError("give --units or --posts, not both")
    talk = Talk(options["quiet"], options["verbose"])
    target = Outputs(out, NAMES, what="these files", force=options["force"]) if out is not None else None
    with target or contextlib.nullcontext():
        earlier = read_start(options["start_from"])
        cache = cache_of(options["cache_dir"], options["no_cache"])
        problem, _, _ = build_shift(shift_file, cache, talk, options["alert"])
        given = len(problem.units)
        numbers = posts or units or tuple(range(max(given - AROUND, 1), given + AROUND + 1))
        found = _sized(problem, numbers, "posts" if posts else "units", earlier, talk, options)
        if target is not None:
            written = target.commit(_files(found))
            talk.note(f"wrote {out}: {len(written)} files")
    if as_json:
        show_json(sizing_json(found))
    else:
        from solver.bars import takes_blocks

        bars: BarStyle = "blocks" if takes_blocks(getattr(sys.stdout, "encoding", None)) else "ascii"
        show(painted(sizing_lines(found, bars=bars)))


def _sized(
    problem: Problem,
    numbers: tuple[int, ...],
    dial: Any,
    earlier: tuple[Problem, Plan] | None,
    talk: Talk,
    options: Mapping[str, Any],
) -> Sizing:
    """Return the curve, as far as it comes before Ctrl-C."""
    from concurrent.futures import BrokenExecutor

    from solver.sizing.curve import SizingError, refuse
    from solver.sizing.curve import size as size_curve
    from solver.warm_start import fit

    admits = _admits(problem, options["station"], options["mode"])
    try:
        refuse(problem, numbers, dial, admits)
    except SizingError as error:
        raise click.UsageError(str(error)) from None
    start = None
    if earlier is not None:
        start = earlier[1].replace(routes=fit(problem, earlier[1], earlier[0]).routes)
    line = ProgressLine(talk)
    with stop_on_interrupt(talk) as stopped, workers(options["number"]) as crew:
        limit, count = f"{options['time_limit']:g} s", len(numbers)
        talk.note(f"searching up to {limit} for each of {count} numbers of {dial}; Ctrl-C keeps what is done")

        def stop() -> bool:
            if stopped():
                crew.end()
                return True
            return False

        try:
            return size_curve(
                problem,
                numbers,
                crew.executor,
                dial=dial,
                admits=admits,
                start=start,
                time_limit=options["time_limit"],
                gap=None if options["gap"] is None else float(options["gap"]),
                seed=options["seed"],
                threads=max(cores() // options["number"], 1),
                run=crew.run,
                stop=stop,
                progress=line.count,
            )
        except BrokenExecutor as error:
            if stopped():
                raise KeyboardInterrupt from error  # whoever ended this ended the workers too
            raise MemoryError from error  # the system ends processes where memory runs out
        finally:
            line.clear()


def _admits(problem: Problem, station: str | None, mode: str | None) -> Callable[[Unit], bool]:
    """Return which units may be copied and left out."""
    from instances.errors import nearest

    names = {problem.places[u.origin].name for u in problem.units}
    modes = {u.mode for u in problem.units}
    for option, value, known in (("--station", station, names), ("--mode", mode, modes)):
        if value is not None and value not in known:
            raise click.UsageError(f"{option}: no unit of the roster has {value!r}; {nearest(value, sorted(known))}")

    def admitted(unit: Unit) -> bool:
        return (station is None or problem.places[unit.origin].name == station) and mode in (None, unit.mode)

    return admitted


def _files(found: Sizing) -> dict[str, bytes]:
    """Return what is written, by name."""
    from solver.export.sizing_plot import sizing_plot
    from solver.export.stops_csv import spreadsheet
    from solver.plan_json import plan_to_json
    from solver.problem_json import problem_to_json
    from solver.score import score
    from solver.sizing.text import CSV_COLUMNS, sizing_rows

    files = {
        "size.csv": spreadsheet(CSV_COLUMNS, sizing_rows(found)),
        "size.svg": sizing_plot(found, "svg"),
        "size.png": sizing_plot(found, "png"),
    }
    digits = len(str(found.points[-1].number))
    for point in found.points:
        directory = f"plans/{point.number:0{digits}d}"
        covered = score(point.problem, point.plan).covered
        files[f"{directory}/plan.json"] = plan_to_json(point.problem, point.plan, covered).encode()
        files[f"{directory}/problem.json"] = problem_to_json(point.problem).encode()
    return files

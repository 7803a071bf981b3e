"""`patrol draw`: several plans that differ, so that nobody can tell where units will be."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands import searching
from instances.commands.failures import DONE, SHORT
from instances.commands.interrupts import stop_on_interrupt
from instances.commands.options import (
    SHARE,
    Duration,
    Target,
    alert_option,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.searching import build_shift, checked
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk
from instances.outputs import Outputs

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from solver.draws.drawn import Draw
    from solver.problem import Problem

MOST = 30
"""The most plans of a draw."""

DRAW_NAMES = ("draw.json", "draw.txt", *(f"plan-{number}" for number in range(1, MOST + 1)))

_LONGER = 4
"""A draw takes so many times as long as a plan when nothing is asked for."""

_HANDS = 2
"""How many plans are made at a time."""


@click.command(short_help="Make several plans that differ, so that none can be guessed.")
@click.argument("shift_file", metavar="SHIFT.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for the plans.")
@alert_option
@click.option("--plans", type=click.IntRange(2, MOST), default=7, show_default=True, help="How many plans.")
@click.option(
    "--within", type=SHARE, default="2%", show_default=True, help="How much less than the best each may be worth."
)
@click.option("--time-limit", type=Duration(), help="How long to search in all; 2min unless moves end it.")
@click.option(
    "--work-limit",
    type=click.IntRange(min=1),
    help="How many moves to try in all; without a time limit the same seed then gives the same plans.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the search.")
@force_option
@cache_options
@talk_options
@click.pass_context
def draw(ctx: click.Context, /, shift_file: Path, out: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Make several plans that differ as much as they can, to draw tonight's from with 'patrol pick'.

    Each keeps every rule and is worth nearly as much as the best. Writes draw.json, draw.txt and plan-1, plan-2, …,
    each as 'patrol plan' writes it, and prints how well an observer could tell where units will be. Ctrl-C ends
    the search and writes the plans so far.

    \b
    Examples:
      patrol draw night.yaml -o draws
      patrol draw night.yaml -o draws --plans 12 --within 5% --time-limit 10min
      patrol pick draws --secret-file patrol.secret -o tonight
    """
    from solver.draws.draw_json import draw_to_json
    from solver.draws.draw_summary import draw_summary
    from solver.export.plan_files import plan_files

    talk = Talk(options["quiet"], options["verbose"])
    with Outputs(out, DRAW_NAMES, what="a draw", force=force) as outputs:
        cache = cache_of(options["cache_dir"], options["no_cache"])
        problem, streets_of, report = build_shift(shift_file, cache, talk, options["alert"])
        drawn = _drawn(problem, talk, options)
        files = {
            "draw.json": draw_to_json(problem, drawn).encode(),
            "draw.txt": draw_summary(problem, drawn).encode(),
        }
        for number, made in enumerate(drawn.plans, 1):
            card = checked(problem, made, outputs)
            parts = plan_files(problem, made, card, streets_of(made))
            files |= {f"plan-{number}/{name}": content for name, content in parts.items()}
        written = outputs.commit(files)
    if len(drawn.plans) < options["plans"]:
        found = plans_text(len(drawn.plans))
        talk.note(f"only {found} found: give more time (--time-limit), or allow more loss (--within)")
    talk.detail("\n".join(f"wrote {path}" for path in written))
    if as_json:
        show_json({"files": [str(p) for p in written], **json.loads(files["draw.json"]), "build": report})
    else:
        show(files["draw.txt"])
        talk.note(f"wrote {out}: {plans_text(len(drawn.plans))}")
    ctx.exit(SHORT if drawn.plans[0].shortfalls else DONE)


def plans_text(number: int) -> str:
    """Return a number of plans in words."""
    return f"{number} plan{'s' * (number != 1)}"


def _drawn(problem: Problem, talk: Talk, options: dict[str, Any]) -> Draw:
    """Return the plans; Ctrl-C ends the search."""
    from solver.draws.draw import DrawProgress, NothingToDrawError
    from solver.draws.draw import draw as draw_plans

    seconds, moves, within = options["time_limit"], options["work_limit"], Fraction(options["within"])
    if seconds is None and moves is None:
        seconds = _LONGER * searching.TIME_LIMIT
    limits = [f"{seconds:g} s"] if seconds is not None else []
    limits += [f"{moves} moves"] if moves is not None else []
    line = ProgressLine(talk)

    def told(progress: DrawProgress) -> None:
        line.say(
            f"{progress.seconds:6.1f} s   {progress.made} of {progress.wanted} plans made, {progress.good} good enough"
        )

    with stop_on_interrupt(talk) as stopped, _hands() as (executor, ended):
        talk.note(f"making plans for up to {' or '.join(limits)}; Ctrl-C ends the search and keeps the plans so far")
        searching.tell_of_compiling(talk.note)
        line.prepare()
        try:
            return draw_plans(
                problem,
                number=options["plans"],
                within=within,
                time_limit=seconds,
                work_limit=moves,
                seed=options["seed"],
                stop=lambda: ended() or stopped(),
                progress=line.search,
                told=told,
                executor=executor,
                parallel=_HANDS,
            )
        except NothingToDrawError as error:
            raise click.UsageError(str(error)) from None
        finally:
            line.clear()


@contextlib.contextmanager
def _hands() -> Iterator[tuple[ThreadPoolExecutor, Callable[[], bool]]]:
    """Give threads that make plans, and a function that tells them to end when this is left."""
    from concurrent.futures import ThreadPoolExecutor

    over = False
    executor = ThreadPoolExecutor(_HANDS)
    try:
        yield executor, lambda: over
    finally:
        over = True
        executor.shutdown(cancel_futures=True)

"""From a shift file to a checked plan: build, search until a limit or Ctrl-C, check; and the options for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.failures import REPORT, RejectedPlanError
from instances.commands.interrupts import stop_on_interrupt
from instances.commands.options import SHARE, Duration, Patience
from instances.commands.talk import ProgressLine, Talk
from instances.commands.workers import cores
from instances.leftovers import settle
from instances.outputs import Outputs

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.place_snaps import Site
    from instances.shift import Shift
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.scorecard import Scorecard
    from solver.streets import Streets


TIME_LIMIT = 30.0
"""Seconds of search when nothing is asked for."""


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how to search, and when to end."""
    for option in reversed(
        (
            click.option(
                "--time-limit",
                type=Duration(),
                is_eager=True,
                help="How long to search; 30s unless moves or patience end it.",
            ),
            click.option(
                "--work-limit",
                type=click.IntRange(min=1),
                is_eager=True,
                help="How many moves to try; without a time limit the same seed then gives the same plan.",
            ),
            click.option(
                "--patience",
                type=Patience(),
                help="End when nothing better was found for so long, such as 20s; for so many moves where "
                "there is only a work limit.",
            ),
            click.option("--gap", type=SHARE, help="End when no plan can be better by more than this, such as 2%."),
            click.option(
                "--start-from",
                type=click.Path(path_type=Path),
                metavar="OUT",
                help="Begin with an earlier plan: the directory of its run, or its plan.json. What does not fit any "
                "more is left out, and said.",
            ),
            click.option(
                "--engine",
                type=click.Choice(["auto", "paths", "routing", "visits"]),
                default="auto",
                show_default=True,
                help="visits is for tasks alone and chosen where nothing else is asked for, paths is for everything; "
                "routing gives the problem to OR-Tools' routing library.",
            ),
            click.option(
                "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the search."
            ),
            click.option(
                "--threads",
                type=click.IntRange(min=1, max=256),
                help="How many cores to use, all that there are if left out; one where moves are limited.",
            ),
        )
    ):
        command = option(command)
    return command


def build_shift(
    path: Path,
    cache: Cache | None,
    talk: Talk,
    alert: Sequence[tuple[str | None, str]] = (),
    busy: Fraction | None = None,
    busy_from: Path | None = None,
) -> tuple[Problem, Callable[[Plan], Streets], dict[str, Any]]:
    """Return the problem of a shift file, a function that finds the streets of a plan, and the report.

    `alert` are levels of alert by district (None: everywhere) in place of the file's; `busy` is the share of their time
    that units are busy, `busy_from` a simulation that says it, in place of the file's.
    """
    from instances.alert import with_alert
    from instances.quantities import QuantityError
    from instances.shift_file import read_shift

    shift = read_shift(path)
    try:
        shift = with_alert(shift, alert)
    except QuantityError as error:
        raise click.UsageError(f"--alert: {error.wrong}; {error.right}") from None
    shift = _with_busy(shift, talk, busy, busy_from)
    return build_read(shift, cache, talk)


def _with_busy(shift: Shift, talk: Talk, busy: Fraction | None, busy_from: Path | None) -> Shift:
    """Return `shift` with units as busy as the options say."""
    from instances.busy_shares import with_share, with_simulated
    from instances.quantities import QuantityError

    if busy is not None and busy_from is not None:
        raise click.UsageError("give --busy or --busy-from, not both")
    if busy_from is not None:
        shift, notes = with_simulated(shift, busy_from)
        for note in notes:
            talk.note(note)
    if busy is not None:
        try:
            shift = with_share(shift, busy)
        except QuantityError as error:
            raise click.UsageError(f"--busy: {error.wrong}; {error.right}") from None
    return shift


def build_read(
    shift: Shift, cache: Cache | None, talk: Talk, beside: Sequence[Site] = ()
) -> tuple[Problem, Callable[[Plan], Streets], dict[str, Any]]:
    """Return the same of a shift that has been read, with some places `beside` its own."""
    from instances.build import build

    begun = time.monotonic()
    progress = ProgressLine(talk)
    try:
        built = build(shift, cache=cache, note=talk.detail, progress=progress.travel, beside=beside)
    finally:
        progress.clear()
    for line in built.report.lines():
        talk.note(line)
    talk.detail(f"built in {time.monotonic() - begun:.1f} s")
    return built.problem, built.streets, built.report.to_json()


def read_start(path: Path | None) -> tuple[Problem, Plan] | None:
    """Return an earlier plan to start from, with its problem, if one is named."""
    if path is None:
        return None
    from instances.documents import read_plan, read_problem

    if not path.exists():
        raise click.UsageError(f"--start-from {path}: there is no such file or directory")
    plan_path = path / "plan.json" if path.is_dir() else path
    problem_path = plan_path.with_name("problem.json")
    settle(plan_path.parent)
    if not problem_path.exists():
        raise click.UsageError(
            f"--start-from {path}: {problem_path}, the problem that the plan was made for, is not there"
        )
    problem = read_problem(problem_path)
    return problem, read_plan(plan_path, problem)


def _start(problem: Problem, earlier: tuple[Problem, Plan] | None, talk: Talk) -> Plan | None:
    """Return what is left of the earlier plan, and say what is not."""
    if earlier is None:
        return None
    from solver.warm_start import fit

    old_problem, old = earlier
    start = fit(problem, old, old_problem)
    for note in start.notes:
        talk.note(f"start: {note}")
    return old.replace(routes=start.routes)


def tell_of_compiling(tell: Callable[[str], None]) -> None:
    """Say that the search is compiled first, where it is."""
    from instances.doctor import compiled_files

    if not compiled_files()[0]:
        tell("the search is compiled first, once after an installation; that takes a minute or two")


def search(problem: Problem, earlier: tuple[Problem, Plan] | None, talk: Talk, options: Mapping[str, Any]) -> Plan:
    """Search until a limit or Ctrl-C."""
    from solver.solve import UnfitEngineError, solve

    time_limit, work_limit, gap = options["time_limit"], options["work_limit"], options["gap"]
    patience = options["patience"]
    if time_limit is None and work_limit is None and patience is None:
        time_limit = TIME_LIMIT
    limits = [f"{time_limit:g} s"] if time_limit is not None else []
    limits += [f"{work_limit} moves"] if work_limit is not None else []
    limits += [f"a gap of {float(gap):.3g}"] if gap is not None else []
    if patience is not None:
        unit = "moves" if work_limit is not None and time_limit is None else "s"
        limits.append(f"{patience:g} {unit} without a better plan")
    line = ProgressLine(talk, time_limit=time_limit, work_limit=work_limit)
    start = _start(problem, earlier, talk)
    with stop_on_interrupt(talk) as stopped:
        talk.note(f"searching for up to {' or '.join(limits)}; Ctrl-C ends the search and keeps the best plan")
        tell_of_compiling(talk.note)
        line.prepare()
        try:
            return solve(
                problem,
                engine=options["engine"],
                start=start,
                time_limit=time_limit,
                work_limit=work_limit,
                patience=patience,
                gap=None if gap is None else float(gap),
                seed=options["seed"],
                stop=stopped,
                progress=line.search,
                threads=options.get("threads") or cores(),
            )
        except UnfitEngineError as error:
            raise click.UsageError(f"--engine {options['engine']}: {error}") from None
        finally:
            line.clear()


def checked(problem: Problem, made: Plan, outputs: Outputs) -> Scorecard:
    """Return the score of a plan that keeps every rule.

    Raises
    ------
    RejectedPlanError
        When it does not; the plan is kept apart, without files that a crew could load.
    """
    from solver.check import check as check_plan
    from solver.plan_json import plan_to_json
    from solver.problem_json import problem_to_json
    from solver.score import score as score_plan

    card = score_plan(problem, made)
    violations = check_plan(problem, made)
    if not violations:
        return card
    lines = "\n".join(str(v) for v in violations)
    apart = outputs.set_aside(
        "rejected-plan",
        {
            "violations.txt": f"{lines}\n".encode(),
            "problem.json": problem_to_json(problem).encode(),
            "plan.json": plan_to_json(problem, made, card.covered).encode(),
        },
    )
    count = f"{len(violations)} rule{'s' * (len(violations) != 1)}"
    raise RejectedPlanError(
        f"the search made a plan that breaks {count}; it was not used, but kept in {apart}\n{lines}\n{REPORT}"
    )

"""`patrol explain`: why a hotspot is not visited, a post short, a unit idle, a task not done, a minute bad."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instances.commands.made_plans import named_plan, warn_of_violations
from instances.commands.options import Duration, json_option
from instances.commands.searching import tell_of_compiling
from instances.commands.streams import say, show, show_json

if TYPE_CHECKING:
    from solver.explaining import Resolve, Subject
    from solver.plan import Plan
    from solver.problem import Problem

TIME_LIMIT = 5.0
"""Seconds for planning anew when nothing is asked for."""

CURES = 4
"""Into how many parts that time is cut at most: as many changed problems are planned."""


@click.command(short_help="Say why a plan is as it is, and what would change it.")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("what", metavar="[WHAT]", required=False)
@click.option("--at", metavar="HH:MM", help="One minute, such as 23:10; with no WHAT, what is wrong then.")
@click.option("--from", "begin", metavar="HH:MM", help="From this time on.")
@click.option("--to", "end", metavar="HH:MM", help="Up to this time.")
@click.option(
    "--time-limit",
    type=Duration(),
    help="How long to plan anew to see what a change costs; 5s unless --work-limit is given, 0 for not at all.",
)
@click.option(
    "--work-limit", type=click.IntRange(min=1), help="How many moves each such plan may take: same answer every time."
)
@json_option
def explain(
    out: Path,
    what: str | None,
    at: str | None,
    begin: str | None,
    end: str | None,
    time_limit: float | None,
    work_limit: int | None,
    as_json: bool,
) -> None:
    """Say why the plan in OUT is as it is: why WHAT is not visited, short, idle, not done, uncovered.

    WHAT is the name of a hotspot, post, task, station, demand point or district, or a callsign; a part of a
    name will do. Without it, a list of what most deserves an explanation. Prices are in points: hundredths of
    the value of covering everything.

    \b
    Examples:
      patrol explain out
      patrol explain out "Market Square"
      patrol explain out C3 --from 21:00 --to 23:00
      patrol explain out --at 23:10
    """
    from solver.explaining import Case
    from solver.explaining import explain as explain_subject
    from solver.explaining.words import as_json as json_of
    from solver.explaining.words import words

    problem, made = named_plan((out,))
    warn_of_violations(problem, made)
    span = _span(problem, at, begin, end)
    case = Case(problem, made, _planner(time_limit, work_limit))
    subjects = _subjects(problem, what, span)
    told = [explain_subject(case, subject, span) for subject in subjects]
    if as_json:
        document = {"name": problem.name, "start": problem.start, "timezone": problem.timezone}
        show_json(document | {"explanations": json_of(problem, told, str(out))})
    else:
        show("\n".join(words(problem, told, str(out))))


def _subjects(problem: Problem, what: str | None, span: tuple[int, int] | None) -> list[Subject]:
    """Return what is asked about."""
    from instances.near_names import few, nearest_name
    from solver.explaining import Subject, UnknownNameError, every_subject, named

    if what is None:
        return [Subject("plan" if span is None else "moment", problem.name, 0)]
    try:
        return named(problem, what)
    except UnknownNameError as error:
        if error.names:
            raise click.UsageError(f"{what!r} is part of {len(error.names)} names: {few(error.names)}") from None
        # A hotspot made from incidents is called after its street, with the grid cell in brackets: few write that.
        names = dict.fromkeys(s.name.split(" (")[0] for s in every_subject(problem))
        raise click.UsageError(f"nothing is called {what!r}; {nearest_name(what, names)}") from None


def _span(problem: Problem, at: str | None, begin: str | None, end: str | None) -> tuple[int, int] | None:
    """Return the minutes that are asked about, None for all."""
    if at is not None and (begin is not None or end is not None):
        raise click.UsageError("give either --at, or --from and --to")
    if at is not None:
        minute = _minute(problem, "--at", at)
        if minute == problem.minutes:
            raise click.UsageError(f"--at {at}: the plan ends then")
        return minute, minute + 1
    if begin is None and end is None:
        return None
    first = 0 if begin is None else _minute(problem, "--from", begin)
    last = problem.minutes if end is None else _minute(problem, "--to", end, after=first)
    if first >= last:
        raise click.UsageError(f"--from {begin} --to {end}: no minute of the plan lies between them")
    return first, last


def _minute(problem: Problem, option: str, text: str, after: int = 0) -> int:
    """Return the minute that a time means: the first one at or after the start of the plan, or after minute `after`."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from instances.clock_times import local_time, resolve
    from instances.quantities import QuantityError
    from solver.clock import Clock

    clock = Clock.of(problem)
    try:
        local = local_time(text)
        instant = resolve(local, ZoneInfo(problem.timezone), after=clock.utc(after), strictly=after > 0)
    except QuantityError as error:
        raise click.UsageError(f"{option}: {error}") from None
    minute = (instant - clock.start) // timedelta(minutes=1)
    if not 0 <= minute <= problem.minutes:
        runs = f"{clock.local(0):%Y-%m-%d %H:%M} to {clock.local(problem.minutes):%Y-%m-%d %H:%M}"
        when = f"the first such time after {clock.local(after):%H:%M} lies outside it: " if after else ""
        raise click.UsageError(f"{option} {text}: {when}the plan runs from {runs}")
    return minute


def _planner(time_limit: float | None, work_limit: int | None) -> Resolve | None:
    """Return what plans a changed problem, beginning with a plan, until the time for all of them is over."""
    if time_limit is None and work_limit is None:
        time_limit = TIME_LIMIT
    if time_limit == 0:
        return None
    left, told = time_limit, False

    def resolve(problem: Problem, start: Plan) -> Plan | None:
        nonlocal left, told
        from solver.solve import solve

        if not told:
            tell_of_compiling(say)
        told = True

        seconds = None
        if left is not None and time_limit is not None:
            seconds = min(left, max(time_limit / CURES, 1.0))
            if seconds <= 0:
                return None
            left -= seconds
        return solve(problem, start=start, time_limit=seconds, work_limit=work_limit, bound=False)

    return resolve

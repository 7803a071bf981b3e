"""Arguments that name a plan that was made before, with its problem and its streets."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.streams import say

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.streets import Streets


def plan_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments that name a problem and a plan: a directory that `plan` wrote, or two files."""
    return click.argument(
        "paths", metavar="OUT | PROBLEM PLAN", nargs=-1, required=True, type=click.Path(path_type=Path)
    )(command)


def named_plan(paths: tuple[Path, ...]) -> tuple[Problem, Plan]:
    """Return the problem and the plan that the arguments name."""
    from instances.documents import read_plan, read_problem

    if len(paths) > 2:
        raise click.UsageError("give the directory that 'patrol plan' wrote, or a problem and a plan")
    problem_path, plan_path = paths if len(paths) == 2 else (paths[0] / "problem.json", paths[0] / "plan.json")
    if len(paths) == 1 and paths[0].is_file():
        raise click.UsageError(f"{paths[0]} is a file; give a problem and a plan, or the directory of both")
    problem = read_problem(problem_path)
    return problem, read_plan(plan_path, problem)


def plan_paths(text: str) -> tuple[Path, ...]:
    """Return the directory, or the problem and the plan, that an argument names; a drive letter is no problem."""
    path = Path(text)
    if path.is_dir():
        return (path,)
    if path.is_file():
        problem = path.with_name("problem.json")
        if not problem.exists():
            raise click.UsageError(f"{text}: there is no problem.json beside it; write PROBLEM.json:{text}")
        return problem, path
    for i, character in enumerate(text):
        pair = Path(text[:i]), Path(text[i + 1 :])
        if character == ":" and all(p.is_file() for p in pair):
            return pair
    raise click.UsageError(
        f"{text}: there is no such directory; name the directory that 'patrol plan' wrote, or PROBLEM.json:PLAN.json"
    )


def callsigns(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Return the callsigns of the plan that a command line names so far, for a shell that completes one."""
    from instances.reading import MOST_DOCUMENT, content_of

    found: list[str] = []
    # A shell shows no errors.
    with contextlib.suppress(IndexError, KeyError, OSError, RecursionError, TypeError, ValueError):
        # Where an option still lacks its value, click has not yet given the words before it to the arguments.
        words = ctx.params.get("paths") or ctx.args[1:]  # the first is the form
        paths = tuple(Path(path) for path in words)
        plan = paths[1] if len(paths) == 2 else paths[0] / "plan.json"
        text = content_of(plan, MOST_DOCUMENT).decode("utf-8-sig")
        found = [str(route["callsign"]) for route in json.loads(text)["routes"]]
    return [callsign for callsign in found if callsign.startswith(incomplete)]


def warn_of_violations(problem: Problem, made: Plan) -> None:
    """Say on standard error that a plan, edited by hand, breaks rules."""
    from solver.check import check as check_plan

    count = len(check_plan(problem, made))
    if count:
        say(f"this plan breaks {count} rule{'s' * (count != 1)}; see 'patrol check'")


def named_streets(paths: tuple[Path, ...], streets_path: Path | None) -> Streets:
    """Return the streets named, or those beside the plan, or none."""
    from instances.documents import read_streets
    from solver.streets import Streets

    if streets_path is None:
        beside = (paths[0] if len(paths) == 1 else paths[-1].parent) / "streets.json"
        if str(paths[-1]) == "-" or not beside.exists():
            return Streets()
        streets_path = beside
    return read_streets(streets_path)

"""`patrol check`: whether every rule is kept."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from instances.commands.colours import paint
from instances.commands.failures import DONE, SHORT, VIOLATED
from instances.commands.made_plans import named_plan, plan_arguments
from instances.commands.options import json_option
from instances.commands.streams import show, show_json


@click.command(short_help="Check a plan against every rule, also one edited by hand.")
@plan_arguments
@json_option
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[Path, ...], as_json: bool) -> None:
    """Check a plan against every rule, also one that was edited by hand.

    Prints one line a violation. Exit code 0 when every rule is kept, 4 when posts lack units and the plan
    says so, 5 when a rule is broken.

    \b
    Examples:
      patrol check out
      patrol check out/problem.json edited-plan.json
    """
    from solver.check import check as check_plan

    problem, made = named_plan(paths)
    violations = check_plan(problem, made)
    if as_json:
        show_json(
            {
                "violations": [asdict(v) for v in violations],
                "shortfalls": [asdict(s) for s in made.shortfalls],
            }
        )
    else:
        for violation in violations:
            show(paint(str(violation), "bad"))
        show(
            paint(_verdict(len(violations), len(made.shortfalls)), "bad" if violations or made.shortfalls else "title")
        )
    ctx.exit(VIOLATED if violations else SHORT if made.shortfalls else DONE)


def _verdict(violations: int, shortfalls: int) -> str:
    """Return the last line of a check."""
    if violations:
        return f"{violations} violation{'s' * (violations != 1)}"
    if shortfalls:
        return f"every rule is kept, but the plan declares {shortfalls} shortfall{'s' * (shortfalls != 1)}"
    return "every rule is kept"

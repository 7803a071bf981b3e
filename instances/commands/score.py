"""`patrol score`: what a plan covers."""

from __future__ import annotations

from pathlib import Path

import click

from instances.commands.made_plans import named_plan, plan_arguments
from instances.commands.options import json_option
from instances.commands.streams import show, show_json


@click.command()
@plan_arguments
@json_option
def score(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what a plan covers: by layer, hour, zone, hotspot and unit.

    \b
    Example:
      patrol score out --json
    """
    from solver.score import score as score_plan

    problem, made = named_plan(paths)
    card = score_plan(problem, made)
    if as_json:
        show_json(card.to_json())
    else:
        show("\n".join(card.lines()))

"""`patrol score`: what a plan covers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instances.commands.colours import painted
from instances.commands.made_plans import named_plan, plan_arguments, warn_of_violations
from instances.commands.options import json_option
from instances.commands.streams import show, show_json
from solver.languages import LANGUAGES

if TYPE_CHECKING:
    from solver.bars import BarStyle
    from solver.languages import Language


@click.command(short_help="Say what a plan covers: in one sentence, then in tables.")
@plan_arguments
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of the sentence that comes first.")
@json_option
def score(paths: tuple[Path, ...], lang: Language, as_json: bool) -> None:
    """Say what a plan covers: in one sentence, then by layer, hour, zone, hotspot and unit.

    \b
    Examples:
      patrol score out
      patrol score out --json
    """
    from solver.bars import takes_blocks
    from solver.headline import figures, sentence
    from solver.score import score as score_plan
    from solver.score_text import score_lines

    problem, made = named_plan(paths)
    card = score_plan(problem, made)
    warn_of_violations(problem, made)
    if as_json:
        found = figures(problem, made, card)
        show_json({"sentence": sentence(found, problem, lang), "figures": found.to_json(), **card.to_json()})
    else:
        bars: BarStyle = "blocks" if takes_blocks(getattr(sys.stdout, "encoding", None)) else "ascii"
        show(painted(score_lines(problem, made, card, bars=bars, lang=lang)))

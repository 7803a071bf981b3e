"""`patrol schema`: the JSON Schema of a file."""

from __future__ import annotations

import click

from instances.commands.options import function_of
from instances.commands.streams import show_json

SCHEMAS = {
    "shift": "instances.shift_file:shift_schema",
    "site": "instances.shift_schema:site_schema",
    "problem": "solver.problem_json:problem_schema",
    "plan": "solver.plan_json:plan_schema",
    "draw": "solver.draws.draw_json:draw_schema",
    "streets": "solver.streets_json:streets_schema",
}


@click.command(short_help="Print the JSON Schema of a file.")
@click.argument("document", metavar="|".join(SCHEMAS), type=click.Choice(list(SCHEMAS)))
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON, as it does anyway.")
def schema(document: str) -> None:
    """Print the JSON Schema of a file, with every field, default and unit.

    \b
    Example:
      patrol schema shift > shift.schema.json
    """
    show_json(function_of(SCHEMAS[document])())

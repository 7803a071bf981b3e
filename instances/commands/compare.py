"""`patrol compare`: plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instances.commands.colours import painted
from instances.commands.made_plans import named_plan, named_streets, plan_paths
from instances.commands.options import Target, force_option, json_option
from instances.commands.streams import say, show, show_json
from instances.outputs import refuse_present, write_file

if TYPE_CHECKING:
    from solver.comparing.comparison import Comparison, Subject

MOST = 8
"""Plans that are compared at most."""


@click.command(short_help="Put plans side by side: what they are worth, what differs.")
@click.argument("plans", metavar="OUT|PROBLEM:PLAN ...", nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    "outs",
    type=Target(),
    multiple=True,
    help="File for the difference on a map (.geojson) or the table (.csv); may be given twice.",
)
@force_option
@json_option
def compare(plans: tuple[str, ...], outs: tuple[Path, ...], force: bool, as_json: bool) -> None:
    """Put plans side by side: what each is worth, hour by hour, and what changes from the first to the others.

    Each is the directory that 'patrol plan' wrote, or a problem and a plan as PROBLEM.json:PLAN.json, or a plan beside
    its problem.json. Plans of other days or rosters are compared in shares, and in what the problems differ is said.

    \b
    Examples:
      patrol compare out new
      patrol compare out new -o difference.geojson -o table.csv
      patrol compare out out/problem.json:edited-plan.json
    """
    from solver.comparing.comparison import compare as compare_plans
    from solver.comparing.text import comparison_lines

    if not 2 <= len(plans) <= MOST:
        raise click.UsageError(f"name from 2 to {MOST} plans to compare; {len(plans)} named")
    for out in outs:
        if out.suffix.lower() not in (".geojson", ".json", ".csv"):
            raise click.UsageError(f"-o {out}: the name must end in .geojson or .csv")
        refuse_present(out, force=force)
    subjects = [_subject(text) for text in plans]
    found = compare_plans(subjects)
    for subject, figures in zip(subjects, found.plans, strict=True):
        if figures.violations:
            say(f"{subject.name} breaks {figures.violations} rule{'s' * (figures.violations != 1)}; see 'patrol check'")
    for out in outs:
        write_file(out, _content(out, subjects, found), force=force)
        say(f"wrote {out}")
    if as_json:
        show_json(found.to_json())
    else:
        show(painted(comparison_lines(found)))


def _subject(text: str) -> Subject:
    """Return the plan that an argument names."""
    from solver.comparing.comparison import Subject

    paths = plan_paths(text)
    problem, plan = named_plan(paths)
    return Subject(text, problem, plan, named_streets(paths, None))


def _content(out: Path, subjects: list[Subject], found: Comparison) -> bytes:
    """Return what goes into a file of this name."""
    if out.suffix.lower() == ".csv":
        from solver.comparing.text import comparison_rows
        from solver.export.stops_csv import spreadsheet

        head = ("section", "figure", *(plan.name for plan in found.plans))
        rows = [
            (row.section, row.what, *("" if cell is None else cell for cell in row.cells))
            for row in comparison_rows(found)
        ]
        return spreadsheet(head, rows)
    from solver.export.comparison_geojson import comparison_geojson

    return comparison_geojson(subjects)

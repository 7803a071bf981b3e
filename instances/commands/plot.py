"""`patrol plot`: pictures of a plan's figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instances.commands.made_plans import named_plan, plan_arguments
from instances.commands.options import Target, force_option, json_option
from instances.commands.streams import say, show_json
from instances.outputs import write_file
from solver.languages import LANGUAGES

if TYPE_CHECKING:
    from solver.languages import Language
    from solver.plots.drawing import Form

KINDS = ("cover", "search", "risk", "units")


@click.command(short_help="Draw a plan's figures as SVG or PNG.")
@plan_arguments
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.option("-o", "--out", type=Target(), required=True, help="A file that ends in .svg or .png.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the words.")
@force_option
@json_option
def plot(paths: tuple[Path, ...], kind: str, out: Path, lang: Language, force: bool, as_json: bool) -> None:
    """Draw a plan's figures: KIND is cover, search, risk or units.

    \b
      cover   what is covered by hour, layer by layer
      search  the value of the best plan, and the bound, over the search
      risk    risk and demand over the shift, and how many units are on duty and available
      units   what each unit does when

    \b
    Examples:
      patrol plot out cover -o cover.svg
      patrol plot out search -o search.png
    """
    from instances.plot_files import plot_file
    from solver.plots.kinds import NothingToPlotError

    forms: dict[str, Form] = {".svg": "svg", ".png": "png"}
    form = forms.get(out.suffix.lower())
    if form is None:
        raise click.UsageError(f"-o {out}: the name must end in .svg or .png")
    problem, made = named_plan(paths)
    try:
        drawn, without = plot_file(kind, problem, made, form, lang)
    except NothingToPlotError as error:
        raise click.UsageError(str(error)) from None
    if without:
        say(f"no font on this machine has {without}; install one, such as Noto Sans CJK for Chinese")
    write_file(out, drawn, force=force)
    if as_json:
        show_json({"files": [str(out)]})
    else:
        say(f"wrote {out}")

"""`patrol doctor`: versions, caches, and what is missing for which feature."""

from __future__ import annotations

from pathlib import Path

import click

from instances.commands.failures import DONE, INTERNAL
from instances.commands.options import json_option
from instances.commands.streams import show, show_json


@click.command(short_help="Tell versions, caches, and what is missing for what.")
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path), help="The cache to look at.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, /, cache_dir: Path | None, as_json: bool) -> None:
    """Tell versions, caches, and what is missing for which feature.

    Exit code 1 when something that planning needs is missing.

    \b
    Example:
      patrol doctor
    """
    from instances.doctor import diagnose

    diagnosis = diagnose(cache_dir)
    if as_json:
        show_json(diagnosis.to_json())
    else:
        show("\n".join(diagnosis.lines()))
    ctx.exit(DONE if diagnosis.healthy else INTERNAL)

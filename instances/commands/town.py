"""`patrol town`: the files of a made-up town."""

from __future__ import annotations

from pathlib import Path

import click

from instances.commands.options import Target, force_option, json_option
from instances.commands.streams import show, show_json
from instances.outputs import Outputs


@click.command(short_help="Write the files of a made-up town, to try things out.")
@click.argument("directory", type=Target())
@click.option("--seed", type=click.IntRange(min=0), default=5, show_default=True, help="Another seed, another town.")
@click.option("--hotspots", type=click.IntRange(10, 1000), default=40, show_default=True, help="Size of the town.")
@click.option("--units", type=click.IntRange(1, 1000), default=12, show_default=True, help="Size of the roster.")
@force_option
@json_option
def town(directory: Path, seed: int, hotspots: int, units: int, force: bool, as_json: bool) -> None:
    """Write the files of a made-up town, as a planner has them, for trying things out.

    \b
    Example:
      patrol town demo
    """
    from instances.towns import make_town

    if units > hotspots:
        raise click.UsageError(f"{units} units for {hotspots} hotspots are too many; give more hotspots or fewer units")
    files = make_town(seed, hotspots=hotspots, units=units).files
    with Outputs(directory, sorted(files), what="these files", force=force) as outputs:
        written = outputs.commit(files)
    if as_json:
        show_json({"files": [str(path) for path in written]})
    else:
        show(f"wrote {', '.join(str(path) for path in written)}")

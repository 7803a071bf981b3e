"""`patrol beats`: districts grown from the stations."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from instances.commands.options import SHARE, cache_of, cache_options, force_option, talk_options
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import write_file


@click.command(short_help="Divide the town into beats that weigh about the same.")
@click.argument("file", metavar="FILE.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File for the beats as GeoJSON polygons.")
@click.option(
    "--by",
    type=click.Choice(["risk", "demand", "hotspots", "streets"]),
    default="risk",
    show_default=True,
    help="What is shared alike: the risk of hotspots, demand, how many hotspots, or the length of streets.",
)
@click.option(
    "--balance", type=SHARE, default="20%", show_default=True, help="How far from its fair share a beat may be."
)
@click.option(
    "--beats", "number", type=click.IntRange(1, 1000), help="So many beats; one for each station unless told."
)
@click.option(
    "--mode",
    type=click.Choice(["car", "motorcycle", "bicycle", "foot"]),
    help="Along whose streets they grow; by the first unit of the file unless told, or car.",
)
@force_option
@cache_options
@talk_options
def beats(
    file: Path,
    out: Path | None,
    by: str,
    balance: Fraction,
    number: int | None,
    mode: str | None,
    force: bool,
    cache_dir: Path | None,
    no_cache: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Divide the town into beats that weigh about the same, each in one piece around its station.

    Reads a shift file, or one without units. Prints the figures of each beat; OUT is GeoJSON that a shift file takes
    as its 'districts', and that any map program can edit.

    \b
    Examples:
      patrol beats night.yaml -o beats.geojson
      patrol beats night.yaml --by demand --balance 10% --beats 6 -o beats.geojson
    """
    from instances.beats.files import beats_geojson, beats_json, beats_lines
    from instances.beats.made_beats import make_beats
    from instances.shift_file import read_sites

    talk = Talk(quiet, verbose)
    made = make_beats(
        read_sites(file),
        by=by,  # type: ignore[arg-type] # click has looked
        balance=float(balance),
        number=number,
        mode=mode,
        cache=cache_of(cache_dir, no_cache),
        note=talk.detail,
    )
    for line in made.notes:
        talk.note(line)
    if out is not None:
        write_file(out, beats_geojson(made), force=force)
    if as_json:
        show_json({"files": [str(out)] if out is not None else [], **beats_json(made)})
        return
    show("\n".join(beats_lines(made)))
    if out is not None:
        talk.note(f"wrote {out}")

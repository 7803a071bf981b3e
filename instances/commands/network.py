"""`patrol network`: read a road network and describe it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from instances.commands.options import cache_of, cache_options, talk_options
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk


@click.command(short_help="Read a road network, and describe it.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--place", help="Fetch the roads of this place from OpenStreetMap instead of reading a file.")
@click.option("--refresh", is_flag=True, help="Fetch or read anew what was kept.")
@click.option("--overpass-url", help="Overpass service to fetch a place from.")
@click.option("--nominatim-url", help="Nominatim service that finds a place.")
@cache_options
@talk_options
def network(file: Path | None, place: str | None, refresh: bool, as_json: bool, **options: Any) -> None:
    """Read a road network, keep it for later runs, and describe it.

    FILE is .osm.pbf, .osm, .osm.gz, .graphml or .graphml.gz.

    \b
    Examples:
      patrol network city.osm.pbf
      patrol network --place "City of London"
    """
    from instances.roads import load_network

    if (file is None) == (not place):
        raise click.UsageError("give a FILE or --place NAME")
    if file is not None and (options["overpass_url"] or options["nominatim_url"]):
        raise click.UsageError("--overpass-url and --nominatim-url go with --place; a FILE is fetched from nowhere")
    talk = Talk(options["quiet"], options["verbose"])
    roads = load_network(
        str(place or file),
        place=bool(place),
        cache=cache_of(options["cache_dir"], options["no_cache"]),
        overpass_url=options["overpass_url"],
        nominatim_url=options["nominatim_url"],
        refresh=refresh,
        note=talk.detail,
    )
    report = roads.describe()
    if as_json:
        show_json(report.to_json())
    else:
        show("\n".join(report.lines()))

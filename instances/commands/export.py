"""`patrol export`: a plan for terminals, map programs, spreadsheets and browsers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instances.commands.made_plans import named_plan, named_streets, plan_arguments, warn_of_violations
from instances.commands.options import Target, force_option, json_option
from instances.commands.streams import show, show_json
from instances.outputs import OutputRefusedError, Outputs, write_file

if TYPE_CHECKING:
    from solver.export.datum import Datum
    from solver.export.map import Language
    from solver.export.plan_files import Form


@click.command()
@click.argument("form", metavar="gpx|geojson|csv|map", type=click.Choice(["gpx", "geojson", "csv", "map"]))
@plan_arguments
@click.option("--streets", "streets_path", type=click.Path(path_type=Path), help="The streets of the plan's legs.")
@click.option("--unit", help="Only this callsign (GPX).")
@click.option("--datum", type=click.Choice(["wgs84", "gcj02"]), default="wgs84", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of a map's labels; else that of the browser.")
@click.option("-o", "--out", type=Target(), help="File, or directory of GPX; else standard output.")
@force_option
@json_option
def export(
    form: Form,
    paths: tuple[Path, ...],
    streets_path: Path | None,
    unit: str | None,
    datum: Datum,
    lang: Language | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a plan for a terminal (GPX), a map program (GeoJSON), a spreadsheet (CSV) or a browser (map).

    The streets are read from streets.json beside the plan when it is there; without streets, legs are
    straight lines. The map is one file that needs no network.

    \b
    Examples:
      patrol export geojson out -o night.geojson
      patrol export gpx out --unit A1 -o A1.gpx
      patrol export gpx out -o terminals --datum gcj02
      patrol export map out -o map.html --lang zh
    """
    from instances.errors import nearest
    from solver.export.plan_files import exported_files

    problem, made = named_plan(paths)
    streets = named_streets(paths, streets_path)
    if unit is not None and form != "gpx":
        raise click.UsageError("--unit goes with gpx; geojson, csv and map hold all units")
    if datum != "wgs84" and form in ("csv", "map"):
        raise click.UsageError(f"{form} is always in WGS-84; choose gpx or geojson")
    if lang is not None and form != "map":
        raise click.UsageError("--lang goes with map")
    if unit is not None and unit not in {route.callsign for route in made.routes}:
        raise click.UsageError(f"the plan has no unit {unit!r}; {nearest(unit, (r.callsign for r in made.routes))}")
    warn_of_violations(problem, made)
    files = exported_files(form, problem, made, streets, datum=datum, only=unit, language=lang)
    if form == "gpx" and unit is None:
        written = _write_gpx(out, files, force)
    elif out is None or str(out) == "-":
        content = next(iter(files.values()))
        show(content) if not as_json else show_json({"text": content.decode("utf-8-sig")})
        return
    else:
        write_file(out, next(iter(files.values())), force=force)
        written = (out,)
    if as_json:
        show_json({"files": [str(path) for path in written]})


def _write_gpx(out: Path | None, files: Mapping[str, bytes], force: bool) -> tuple[Path, ...]:
    """Write the GPX of all units to a directory that holds no other, lest a crew loads that of an older plan."""
    if out is None:
        raise click.UsageError("give -o DIRECTORY for the GPX of all units, or --unit CALLSIGN for one")
    others = sorted(path.name for path in out.glob("*.gpx") if path.name not in files)
    if others:
        raise OutputRefusedError(f"{out} holds other GPX files ({', '.join(others)}); choose an empty directory")
    with Outputs(out, sorted(files), what="these files", force=force) as outputs:
        return outputs.commit(files)

"""`patrol export`: a plan for terminals, calendars, map programs, spreadsheets, browsers and paper."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from instances.commands.made_plans import callsigns, named_plan, named_streets, plan_arguments, warn_of_violations
from instances.commands.options import Target, force_option, json_option
from instances.commands.streams import say, show, show_json
from instances.outputs import OutputRefusedError, Outputs, write_file
from solver.languages import LANGUAGES

if TYPE_CHECKING:
    from solver.export.datum import Datum
    from solver.export.gpx import Content, GpxOptions
    from solver.export.plan_files import Form
    from solver.languages import Language
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.streets import Streets

Paper = Literal["sheets", "pdf"]

FORMS = ("gpx", "ics", "geojson", "kml", "kmz", "gpkg", "csv", "map", "sheets", "pdf")
CONTENTS = ("all", "both", "track", "route", "waypoints")


@click.command(short_help="Write GPX, map, sheets, PDF, KML, GeoPackage, calendars, CSV.")
@click.argument("form", metavar="|".join(FORMS), type=click.Choice(FORMS))
@plan_arguments
@click.option("--streets", "streets_path", type=click.Path(path_type=Path), help="The streets of the plan's legs.")
@click.option("--unit", shell_complete=callsigns, help="Only this callsign (gpx, ics, sheets, pdf).")
@click.option(
    "--datum",
    type=click.Choice(["wgs84", "gcj02"]),
    default="wgs84",
    show_default=True,
    help="Datum of coordinates (gpx, geojson, kml, kmz).",
)
@click.option(
    "--content",
    type=click.Choice(CONTENTS),
    help="What GPX holds: route and track ('both'), one thing, or all three, unless told.",
)
@click.option(
    "--points",
    type=click.IntRange(min=2),
    help="Track points of GPX at most, but those of the stops always; 10000 unless told.",
)
@click.option("--route-points", type=click.IntRange(min=2), help="Points of a route in GPX at most; 250 unless told.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Language of map, sheets and pdf; unless told that of the browser, and English.",
)
@click.option("-o", "--out", type=Target(), help="File, or directory of GPX, ICS or sheets; else standard output.")
@force_option
@json_option
def export(
    form: Form | Paper,
    paths: tuple[Path, ...],
    streets_path: Path | None,
    unit: str | None,
    datum: Datum,
    content: Content | None,
    points: int | None,
    route_points: int | None,
    lang: Language | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a plan in a form that other programs open.

    \b
    gpx      a file a unit, for its terminal
    ics      a file a unit, for calendars (iCalendar)
    geojson  for map programs and browsers
    kml      for Google Earth, with its time slider; kmz is the same, compressed
    gpkg     for QGIS and other GIS (GeoPackage)
    csv      the stops as a table, for spreadsheets
    map      the shift played on a map, in any browser, without a network
    pdf      a page for the shift and one for each unit, to print
    sheets   the same as HTML, and a file a unit

    The streets are read from streets.json beside the plan when it is there; without streets, legs are
    straight lines.

    \b
    Examples:
      patrol export geojson out -o night.geojson
      patrol export gpx out --unit A1 -o A1.gpx
      patrol export gpx out -o terminals --datum gcj02 --content both --points 500
      patrol export ics out -o calendars
      patrol export kml out -o night.kml
      patrol export gpkg out -o night.gpkg
      patrol export map out -o map.html --lang zh
      patrol export pdf out -o sheets.pdf --lang zh
    """
    from instances.commands.sheet_files import sheet_files
    from instances.errors import nearest
    from solver.export.plan_files import A_FILE_A_UNIT, exported_files

    gpx = _gpx_options(content, points, route_points)
    single = form not in (*A_FILE_A_UNIT, "sheets") or unit is not None
    target = None if out is None or str(out) == "-" else out
    _refuse_misuse(form, unit, datum, gpx, lang)
    _refuse_to_show(form, unit, target, as_json)
    problem, made = named_plan(paths)
    streets = named_streets(paths, streets_path)
    if unit is not None and unit not in {route.callsign for route in made.routes}:
        raise click.UsageError(f"the plan has no unit {unit!r}; {nearest(unit, (r.callsign for r in made.routes))}")
    warn_of_violations(problem, made)
    if form == "sheets" or form == "pdf":
        files = sheet_files(form, problem, made, streets, language=lang or "en", only=unit)
    else:
        files = exported_files(form, problem, made, streets, datum=datum, only=unit, gpx=gpx, language=lang)
    _warn_of_long_tracks(files, points)
    _warn_of_straight_legs(form, problem, made, streets, unit)
    if not single:
        assert target is not None
        written = _write_directory(form, target, files, force)
    elif target is None:
        (text,) = files.values()
        show(text) if not as_json else show_json({"text": text.decode("utf-8-sig")})
        return
    else:
        write_file(target, next(iter(files.values())), force=force)
        written = (target,)
    if as_json:
        show_json({"files": [str(path) for path in written]})
    else:
        say(f"wrote {target}" + ("" if single else f": {len(written)} files"))


def _gpx_options(content: Content | None, points: int | None, route_points: int | None) -> GpxOptions:
    """Return those of the options of GPX that were given."""
    gpx: GpxOptions = {}
    if content is not None:
        gpx["content"] = content
    if points is not None:
        gpx["longest_track"] = points
    if route_points is not None:
        gpx["longest_route"] = route_points
    return gpx


def _is_paper(form: Form | Paper) -> bool:
    """Whether the form is for paper; such files take fonts of this machine."""
    return form in ("sheets", "pdf")


def _refuse_misuse(form: Form | Paper, unit: str | None, datum: Datum, gpx: GpxOptions, lang: Language | None) -> None:
    """Refuse options that the form does not have."""
    from solver.export.plan_files import A_FILE_A_UNIT, IN_ANY_DATUM

    if unit is not None and form not in A_FILE_A_UNIT and not _is_paper(form):
        raise click.UsageError(f"--unit goes with gpx, ics, sheets and pdf; {form} holds all units")
    if datum != "wgs84" and form not in IN_ANY_DATUM:
        raise click.UsageError(f"{form} is always in WGS-84; choose gpx, geojson, kml or kmz")
    if gpx and form != "gpx":
        raise click.UsageError(f"--content, --points and --route-points go with gpx, not with {form}")
    if lang is not None and form != "map" and not _is_paper(form):
        raise click.UsageError(f"--lang goes with map, sheets and pdf, not with {form}")


def _refuse_to_show(form: Form | Paper, unit: str | None, target: Path | None, as_json: bool) -> None:
    """Refuse a form that standard output does not take."""
    from solver.export.plan_files import A_FILE_A_UNIT, BINARY

    if target is not None:
        return
    if unit is None and (form in A_FILE_A_UNIT or form == "sheets"):
        what = form if form == "sheets" else form.upper()
        raise click.UsageError(f"give -o DIRECTORY for the {what} of all units, or --unit CALLSIGN for one")
    if (form in BINARY or form == "pdf") and (as_json or _is_terminal()):
        raise click.UsageError(f"{form} is no text; give -o FILE, or send standard output to a file")


def _is_terminal() -> bool:
    """Whether standard output is shown to somebody."""
    return sys.stdout is not None and sys.stdout.isatty()


def _warn_of_long_tracks(files: Mapping[str, bytes], points: int | None) -> None:
    """Say on standard error which tracks have more points than asked for, because their stops alone have."""
    long = [name for name, content in files.items() if points is not None and content.count(b"<trkpt ") > points]
    if long:
        say(f"more than {points} track points, as the stops alone have more: {', '.join(long)}")


def _warn_of_straight_legs(
    form: Form | Paper, problem: Problem, made: Plan, streets: Streets, unit: str | None
) -> None:
    """Say on standard error how many legs are straight lines, as their streets are not known."""
    from solver.export.drive import drives
    from solver.export.itinerary import itineraries

    if form in ("csv", "ics"):
        return
    tours = [tour for tour in itineraries(problem, made) if unit in (None, tour.unit.callsign)]
    known = [drive.known for tour in tours for drive in drives(problem, streets, tour)]
    if not all(known):
        say(f"{known.count(False)} of {len(known)} legs are straight lines, as their streets are not known")


def _write_directory(form: Form | Paper, out: Path, files: Mapping[str, bytes], force: bool) -> tuple[Path, ...]:
    """Write the files of all units to a directory that holds no other, lest a crew loads that of an older plan."""
    others = sorted(path.name for path in out.glob(f"*.{form}") if path.name not in files)
    if others:
        raise OutputRefusedError(
            f"{out} holds other {form.upper()} files ({', '.join(others)}); choose an empty directory"
        )
    names = sorted({name.split("/")[0] for name in files})
    with Outputs(out, names, what="these files", force=force) as outputs:
        return outputs.commit(files)

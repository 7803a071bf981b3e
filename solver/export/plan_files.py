"""All files of a plan, as bytes by name: what a run writes, and what each form of export holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from solver.export.datum import Datum
from solver.export.filenames import file_names
from solver.export.geojson import plan_geojson
from solver.export.gpkg import plan_gpkg
from solver.export.gpx import GpxOptions, route_gpx
from solver.export.ics import unit_ics
from solver.export.kml import plan_kml, plan_kmz
from solver.export.map import plan_map
from solver.export.stops_csv import stops_csv
from solver.languages import Language
from solver.plan_json import plan_to_json
from solver.problem_json import problem_to_json
from solver.score import score
from solver.streets_json import streets_to_json
from solver.summary import summary

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.score import Scorecard
    from solver.streets import Streets

Form = Literal["gpx", "ics", "geojson", "kml", "kmz", "gpkg", "csv", "map"]

A_FILE_A_UNIT: frozenset[Form] = frozenset({"gpx", "ics"})
"""The forms that have a file for each unit; the others have one for the whole plan."""

IN_ANY_DATUM: frozenset[Form] = frozenset({"gpx", "geojson", "kml", "kmz"})
"""The forms that can say which datum they are in; of the others WGS-84 is understood, or declared."""

BINARY: frozenset[Form] = frozenset({"kmz", "gpkg"})
"""The forms that are no text."""


def plan_files(problem: Problem, plan: Plan, card: Scorecard, streets: Streets) -> dict[str, bytes]:
    """Return the files of a plan by name, ``/`` between directory and file.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    streets : Streets
        Legs without known streets are drawn straight.
    """
    return {
        "plan.json": plan_to_json(problem, plan, card.covered).encode(),
        "problem.json": problem_to_json(problem).encode(),
        "streets.json": streets_to_json(streets).encode(),
        "summary.txt": summary(problem, plan, card).encode(),
        "map.html": plan_map(problem, plan, streets, card),
        **{f"gpx/{name}": content for name, content in gpx_files(problem, plan, streets).items()},
    }


def gpx_files(
    problem: Problem, plan: Plan, streets: Streets, *, only: str | None = None, **options: Unpack[GpxOptions]
) -> dict[str, bytes]:
    """Return one GPX file a unit by name; that of the callsign `only`, if given.

    A file has the same name whether it is written alone or with the others.
    """
    return {
        f"{name}.gpx": route_gpx(problem, plan, streets, callsign, **options)
        for callsign, name in _names(plan, only).items()
    }


def ics_files(problem: Problem, plan: Plan, streets: Streets, *, only: str | None = None) -> dict[str, bytes]:
    """Return one iCalendar file a unit by name; that of the callsign `only`, if given."""
    return {f"{name}.ics": unit_ics(problem, plan, streets, callsign) for callsign, name in _names(plan, only).items()}


def exported_files(
    form: Form,
    problem: Problem,
    plan: Plan,
    streets: Streets,
    *,
    datum: Datum = "wgs84",
    only: str | None = None,
    gpx: GpxOptions | None = None,
    language: Language | None = None,
) -> dict[str, bytes]:
    """Return a plan in one form, by file name.

    Parameters
    ----------
    form : Form
    problem : Problem
    plan : Plan
    streets : Streets
        Legs without known streets are drawn straight.
    datum : {"wgs84", "gcj02"}
        Heeded by the forms in `IN_ANY_DATUM`.
    only : str or None
        Callsign of the one unit wanted; for the forms in `A_FILE_A_UNIT`.
    gpx : GpxOptions or None
        What GPX holds, and of how many points.
    language : {"en", "zh"} or None
        Of the labels of a map; None for that of the reader's browser.

    Raises
    ------
    ExportError
        When the plan cannot be shown.
    """
    match form:
        case "csv":
            return {"stops.csv": stops_csv(problem, plan)}
        case "geojson":
            return {"plan.geojson": plan_geojson(problem, plan, streets, datum=datum)}
        case "kml":
            return {"plan.kml": plan_kml(problem, plan, streets, datum=datum)}
        case "kmz":
            return {"plan.kmz": plan_kmz(problem, plan, streets, datum=datum)}
        case "gpkg":
            return {"plan.gpkg": plan_gpkg(problem, plan, streets)}
        case "ics":
            return ics_files(problem, plan, streets, only=only)
        case "map":
            return {"map.html": plan_map(problem, plan, streets, score(problem, plan), language=language)}
        case "gpx":
            options: GpxOptions = {"datum": datum, **(gpx or {})}
            return gpx_files(problem, plan, streets, only=only, **options)


def _names(plan: Plan, only: str | None) -> dict[str, str]:
    """Return the file names of all units, or of one, by callsign."""
    names = file_names(route.callsign for route in plan.routes)
    return {callsign: name for callsign, name in names.items() if only in (None, callsign)}

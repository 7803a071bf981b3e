"""All files of a plan, as bytes by name: what a run writes, and the GPX of all units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from solver.export.datum import Datum
from solver.export.filenames import file_names
from solver.export.geojson import plan_geojson
from solver.export.gpx import route_gpx
from solver.export.map import Language, plan_map
from solver.export.stops_csv import stops_csv
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

Form = Literal["gpx", "geojson", "csv", "map"]


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
    problem: Problem, plan: Plan, streets: Streets, *, datum: Datum = "wgs84", only: str | None = None
) -> dict[str, bytes]:
    """Return one GPX file a unit by name; that of the callsign `only`, if given.

    A file has the same name whether it is written alone or with the others.
    """
    names = file_names(route.callsign for route in plan.routes)
    return {
        f"{name}.gpx": route_gpx(problem, plan, streets, callsign, datum=datum)
        for callsign, name in names.items()
        if only in (None, callsign)
    }


def exported_files(
    form: Form,
    problem: Problem,
    plan: Plan,
    streets: Streets,
    *,
    datum: Datum = "wgs84",
    only: str | None = None,
    language: Language | None = None,
) -> dict[str, bytes]:
    """Return a plan in one form, by file name.

    `only` is for GPX, `datum` for GPX and GeoJSON, `language` for the map.

    Raises
    ------
    ExportError
        When the plan cannot be shown.
    """
    if form == "csv":
        return {"stops.csv": stops_csv(problem, plan)}
    if form == "geojson":
        return {"plan.geojson": plan_geojson(problem, plan, streets, datum=datum)}
    if form == "map":
        return {"map.html": plan_map(problem, plan, streets, score(problem, plan), language=language)}
    return gpx_files(problem, plan, streets, datum=datum, only=only)

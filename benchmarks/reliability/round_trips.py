"""What was written, read again by programs that are not ours, and held against what it was."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from solver.export.plan_files import Form, exported_files
from solver.plan import Plan, Route
from solver.plan_json import plan_from_json, plan_to_json
from solver.problem import Problem
from solver.problem_json import problem_from_json, problem_to_json
from solver.score import score
from solver.streets import Streets

Row = tuple[str | int, ...]
"""What a form tells of a stop."""


def not_the_same(problem: Problem, plan: Plan) -> Iterator[str]:
    """Yield what is not as it was when a problem and a plan that keeps its rules are written and read again."""
    again = problem_from_json(problem_to_json(problem))
    if again != problem or problem_to_json(again) != problem_to_json(problem):
        yield "problem.json: another problem"
    if plan_from_json(plan_to_json(problem, plan, score(problem, plan).covered), again) != plan:
        yield "plan.json: another plan"
    for form, (told, read) in READERS.items():
        wanted = sorted(row for route in plan.routes for row in told(problem, route))
        files = exported_files(form, problem, plan, Streets())
        found = sorted(row for name in files for row in read(problem, files[name]))
        if found != wanted:
            yield f"{form}: {sorted(set(found) ^ set(wanted), key=str)[:3] or 'stops more than once'}"


def _every_stop(_: Problem, route: Route) -> Iterator[Row]:
    """Yield all that there is to say of each stop."""
    for s in route.stops:
        yield _name(route.callsign), s.kind, _name(s.place), s.arrive, s.leave


def _arrivals(_: Problem, route: Route) -> Iterator[Row]:
    """Yield what a waypoint says."""
    for n, s in enumerate(route.stops, start=1):
        yield f"{route.callsign}-{n:02d} {s.place}", s.kind, s.arrive


def _events(problem: Problem, route: Route) -> Iterator[Row]:
    """Yield what a calendar says: stops that have a length, but for standby of whoever chooses when to be on duty."""
    chooses = {u.callsign for u in problem.units if u.chooses_duty}
    for s in route.stops:
        if s.arrive < s.leave and not (route.callsign in chooses and s.kind == "standby"):
            yield s.place, s.kind, s.arrive, s.leave


def _from_csv(problem: Problem, content: bytes) -> Iterator[Row]:
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        times = (_minute(problem, row[x]) for x in ("arrive", "leave"))
        yield _name(row["callsign"]), row["kind"], _name(row["place"]), *times


def _from_geojson(problem: Problem, content: bytes) -> Iterator[Row]:
    for feature in json.loads(content)["features"]:
        p = feature["properties"]
        if p["feature"] == "stop":
            times = (_minute(problem, p[x]) for x in ("arrive", "leave"))
            yield _name(p["callsign"]), p["kind"], _name(p["place"]), *times


def _from_gpkg(problem: Problem, content: bytes) -> Iterator[Row]:
    base = sqlite3.connect(":memory:")
    base.deserialize(content)
    for callsign, kind, place, *times in base.execute("SELECT callsign, kind, place, arrive, leave FROM stops"):
        yield _name(callsign), kind, _name(place), *(_minute(problem, t) for t in times)
    base.close()


def _from_gpx(problem: Problem, content: bytes) -> Iterator[Row]:
    import gpxpy

    for point in gpxpy.parse(content.decode()).waypoints:
        yield str(point.name), str(point.type), _minute(problem, point.time)


def _from_ics(problem: Problem, content: bytes) -> Iterator[Row]:
    from icalendar import Calendar

    chooses = {u.callsign for u in problem.units if u.chooses_duty}
    for event in Calendar.from_ical(content).walk("VEVENT"):
        (kind,) = event.decoded("CATEGORIES")
        unit = str(event["SUMMARY"])
        standby = kind == "standby" and any(unit.startswith(f"{callsign}-") for callsign in chooses)
        if kind != "shift" and not standby:
            times = (_minute(problem, event.decoded(x)) for x in ("DTSTART", "DTEND"))
            yield str(event["LOCATION"]), kind, *times


Told = Callable[[Problem, Route], Iterator[Row]]
READERS: dict[Form, tuple[Told, Callable[[Problem, bytes], Iterator[Row]]]] = {
    "csv": (_every_stop, _from_csv),
    "geojson": (_every_stop, _from_geojson),
    "gpkg": (_every_stop, _from_gpkg),
    "gpx": (_arrivals, _from_gpx),
    "ics": (_events, _from_ics),
}
"""By form what it says of a route, and how to read that."""


def _minute(problem: Problem, time: Any) -> int:
    """Return the minute of a time."""
    at = datetime.fromisoformat(time) if isinstance(time, str) else time
    seconds = (at - datetime.fromisoformat(problem.start)).total_seconds()
    assert seconds % 60 == 0
    return int(seconds) // 60


def _name(text: str) -> str:
    """Return a name without the apostrophe that a table puts before what looks like a formula."""
    return text.replace("'", "")

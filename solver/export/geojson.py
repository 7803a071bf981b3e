"""A whole plan as GeoJSON (RFC 7946): places, stops and legs, for maps and geographic information systems."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.export.datum import DATUMS, Datum, from_wgs84
from solver.export.drive import Drive, Patrol, drives, patrols
from solver.export.itinerary import Halt, Itinerary, itineraries
from solver.export.words import order
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets
from solver.wording import Times


def plan_geojson(problem: Problem, plan: Plan, streets: Streets, *, datum: Datum = "wgs84") -> bytes:
    """Return places, stops and legs of `plan` as a GeoJSON document in UTF-8, one feature a line.

    Coordinates are longitude, latitude.  RFC 7946 means WGS-84; another `datum` is on request, and every
    feature names its own.  Legs whose streets are not known are straight, and say so.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    ValueError
        When `datum` is unknown.
    """
    clock, times = Clock.of(problem), Times(problem)
    features = list(_places(problem, datum))
    for tour in itineraries(problem, plan):
        features += [_stop(clock, order(times, tour, halt), tour, halt, datum) for halt in tour.halts]
        features += [_stretch(clock, tour, patrol, datum) for patrol in patrols(streets, tour)]
        features += [_leg(clock, tour, drive, datum) for drive in drives(problem, streets, tour)]
    head = {
        "name": one_line(problem.name),
        "datum": DATUMS[datum],
        "fingerprint": one_line(plan.fingerprint),
        "attribution": one_line(streets.attribution),
    }
    return collection(features, **head).encode()


def collection(features: Iterable[dict[str, Any]], **head: str) -> str:
    """Return a collection of features, one line a feature; `head` stands before them."""
    lines = ",\n".join(_json(f) for f in features)
    return f'{_json({"type": "FeatureCollection", **head})[:-1]}, "features": [\n{lines}\n]}}\n'


def _places(problem: Problem, datum: Datum) -> Iterator[dict[str, Any]]:
    """Yield the places with what they are."""
    roles = dict.fromkeys(problem.stations, "station")
    roles |= {i: "hotspot" for h in problem.hotspots for i in h.places}
    roles |= {q.place: "post" for q in problem.posts}
    roles |= {k.place: "task" for k in problem.tasks}
    for i, place in enumerate(problem.places):
        properties = {"feature": "place", "name": one_line(place.name), "role": roles.get(i, "other")}
        yield _feature("Point", np.array([[place.lon, place.lat]]), properties, datum)


def _stop(clock: Clock, text: str, tour: Itinerary, halt: Halt, datum: Datum) -> dict[str, Any]:
    """Return a stop."""
    stop, place = halt.stop, halt.place
    properties = {
        "feature": "stop",
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": halt.number,
        "kind": stop.kind,
        "place": one_line(place.name),
        "arrive": clock.iso(stop.arrive),
        "leave": clock.iso(stop.leave),
        "minutes": halt.minutes,
        "order": text,
    }
    return _feature("Point", np.array([halt.begin]), properties, datum)


def _stretch(clock: Clock, tour: Itinerary, patrol: Patrol, datum: Datum) -> dict[str, Any]:
    """Return the way along a stretch of street that is visited."""
    halt = patrol.halt
    properties = {
        "feature": "stretch",
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": halt.number,
        "place": one_line(halt.place.name),
        "arrive": clock.iso(halt.stop.arrive),
        "leave": clock.iso(halt.stop.leave),
        "minutes": halt.minutes,
        "metres": None if patrol.metres is None else round(patrol.metres, 1),
        "streets": patrol.known,
    }
    return _feature("LineString", patrol.lonlat, properties, datum)


def _leg(clock: Clock, tour: Itinerary, drive: Drive, datum: Datum) -> dict[str, Any]:
    """Return the way from one stop to the next."""
    properties = {
        "feature": "leg",
        "callsign": one_line(tour.unit.callsign),
        "mode": tour.unit.mode,
        "number": drive.start.number,
        "from": one_line(drive.start.place.name),
        "to": one_line(drive.end.place.name),
        "leave": clock.iso(drive.start.stop.leave),
        "arrive": clock.iso(drive.end.stop.arrive),
        "minutes": drive.allowed // 60,
        "seconds": round(drive.needed, 1),
        "metres": None if drive.metres is None else round(drive.metres, 1),
        "streets": drive.known,
    }
    return _feature("LineString", drive.lonlat, properties, datum)


def _feature(kind: str, lonlat: NDArray[np.float64], properties: dict[str, Any], datum: Datum) -> dict[str, Any]:
    """Return a feature; coordinates to a centimetre."""
    points = np.round(from_wgs84(lonlat, datum), 7).tolist()
    return {
        "type": "Feature",
        "properties": {**properties, "datum": DATUMS[datum]},
        "geometry": {"type": kind, "coordinates": points[0] if kind == "Point" else points},
    }


def _json(value: Any) -> str:
    """Return compact JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

"""A containment as GeoJSON (RFC 7946): the region, crossings, units and their ways.

Colours are in the properties of the simplestyle specification 1.1, which several map programs show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from solver.containment.report import Closing, Line, Report
from solver.containment.words import sentence
from solver.export.colours import BLUE, GREEN, PURPLE, VERMILION
from solver.export.geojson import collection
from solver.plain_text import one_line


def report_geojson(report: Report) -> bytes:
    """Return the report as a GeoJSON document in UTF-8, WGS-84, one feature a line."""
    head = {"name": "containment", "sentence": one_line(sentence(report)), "attribution": one_line(report.attribution)}
    return collection(_features(report), **head).encode()


def _features(report: Report) -> Iterator[dict[str, Any]]:
    """Yield streets first, so that points lie on top."""
    for line in report.region:
        yield _line(line, {"feature": "region", "stroke": VERMILION, "stroke-width": 4})
    for closing in report.closings:
        told = _told(closing)
        yield _line(closing.route, {"feature": "way", **told, "stroke": BLUE, "stroke-width": 3})
        yield _point(*closing.start, {"feature": "unit", **told, "marker-color": BLUE})
        yield _point(closing.lon, closing.lat, {"feature": "closed", **told, "marker-color": GREEN})
    for crossing in report.open:
        properties = {"crossing": one_line(crossing.crossing), "car": crossing.car.isoformat(timespec="seconds")}
        yield _point(crossing.lon, crossing.lat, {"feature": "open", **properties, "marker-color": PURPLE})
    lat, lon = report.place
    properties = {"street": one_line(report.street), "reported": report.reported.isoformat(timespec="seconds")}
    yield _point(lon, lat, {"feature": "place", **properties, "marker-color": VERMILION})


def _told(closing: Closing) -> dict[str, Any]:
    """Return what is said of a closing."""
    times = {name: getattr(closing, name).isoformat(timespec="seconds") for name in ("leaves", "there", "car")}
    words = {name: one_line(getattr(closing, name)) for name in ("callsign", "mode", "crossing", "source")}
    return {**words, **times, "slack": closing.slack, "delays": closing.delays}


def _point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a point; coordinates to a centimetre."""
    geometry = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _line(line: Line, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a line."""
    geometry = {"type": "LineString", "coordinates": np.round(line, 7).tolist()}
    return {"type": "Feature", "properties": properties, "geometry": geometry}

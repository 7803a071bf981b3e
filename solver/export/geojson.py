"""A whole plan as GeoJSON (RFC 7946): places, stops and legs, for maps and geographic information systems."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np

from solver.export.datum import DATUMS, Datum, from_wgs84
from solver.export.features import Feature, plan_features
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets


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
    features = [_feature(f, datum) for f in plan_features(problem, plan, streets)]
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


def _feature(feature: Feature, datum: Datum) -> dict[str, Any]:
    """Return a feature; coordinates to a centimetre."""
    points = np.round(from_wgs84(feature.lonlat, datum), 7).tolist()
    properties = {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in feature.properties.items()
    }
    return {
        "type": "Feature",
        "properties": {"feature": feature.kind, **properties, "datum": DATUMS[datum]},
        "geometry": {"type": "Point", "coordinates": points[0]}
        if len(points) == 1
        else {"type": "LineString", "coordinates": points},
    }


def _json(value: Any) -> str:
    """Return compact JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

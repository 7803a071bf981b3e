"""Streets as JSON: the geometry of a plan's legs, written small, and reading with every error at once.

The streets behind them are told in `solver.street_lines_json`.

Coordinates are integers in units of 1e-7 degrees (about a centimetre) and times integers in hundredths of a
second, both written as differences from the point before: a tenth of the size, and the same digits on every
machine.
"""

from __future__ import annotations

import json
import math
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from solver.document_errors import DocumentError, read_document
from solver.plain_text import one_line
from solver.problem import MODES
from solver.street_lines_json import StreetLinesDocument, lines_from_json, lines_to_json
from solver.streets import Leg, Streets

FORMAT = "streets/1"
PER_DEGREE = 10_000_000
PER_SECOND = 100


class LegDocument(BaseModel):
    """The way from one place to another, for one mode."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    mode: str = Field(description="car, motorcycle, bicycle or foot.")
    from_: str = Field(alias="from", description="Name of the place left.")
    to: str = Field(description="Name of the place reached.")
    metres: float = Field(description="Length.")
    lon: list[int] = Field(description="Longitude of the first point, then differences; 1e-7 degrees, WGS-84.")
    lat: list[int] = Field(description="Latitude, likewise.")
    time: list[int] = Field(description="Time from the start of the leg, likewise; hundredths of a second.")


class StreetsDocument(BaseModel):
    """The streets of a plan's legs, for exports."""

    model_config = ConfigDict(extra="forbid", strict=True, title="streets.json")

    patrolplan: Literal["streets/1"] = Field(description="Format of this document.")
    attribution: str = Field(description="Whom to credit for the map.")
    legs: list[LegDocument] = Field(description="One for each mode and pair of places in use.")
    network: StreetLinesDocument | None = Field(
        default=None, description="The streets of the town, for maps; null where they are not known."
    )


def streets_to_json(streets: Streets) -> str:
    """Return `streets` as JSON text, one line a leg."""
    head = f'"patrolplan": "{FORMAT}", "attribution": {_json(one_line(streets.attribution))}'
    legs = ",\n".join(_json(_leg_values(key, leg)) for key, leg in sorted(streets.legs.items(), key=lambda x: x[0]))
    network = "null" if streets.network is None else _json(lines_to_json(streets.network))
    return f'{{{head}, "legs": [\n{legs}\n], "network":\n{network}\n}}\n'


def streets_from_json(text: str | bytes) -> Streets:
    """Return the streets written in `text`.

    Raises
    ------
    DocumentError
        When the text holds no streets; it lists every error with the place in the document.
    """
    document = read_document(StreetsDocument, text)
    errors: list[str] = []
    legs: dict[tuple[str, str, str], Leg] = {}
    for i, written in enumerate(document.legs):
        key = (written.mode, written.from_, written.to)
        where = f"legs[{i}] ({written.mode}, {written.from_} to {written.to})"
        if key in legs:
            errors.append(f"{where}: the same leg twice; keep one")
        legs[key] = _leg(written, where, errors)
    network = None if document.network is None else lines_from_json(document.network, errors)
    if errors:
        raise DocumentError(errors)
    return Streets(legs, document.attribution, network)


def streets_schema() -> dict[str, Any]:
    """Return the JSON Schema of streets."""
    return StreetsDocument.model_json_schema(by_alias=True)


def _leg_values(key: tuple[str, str, str], leg: Leg) -> dict[str, Any]:
    """Return a leg as plain JSON values."""
    mode, start, end = key
    return {
        "mode": mode,
        "from": start,
        "to": end,
        "metres": round(float(leg.metres), 1),
        "lon": _differences(leg.lonlat[:, 0], PER_DEGREE),
        "lat": _differences(leg.lonlat[:, 1], PER_DEGREE),
        "time": _differences(leg.seconds, PER_SECOND),
    }


def _differences(values: NDArray[np.float64], scale: int) -> list[int]:
    """Return values in units of one part in `scale`: the first, then differences."""
    whole = np.rint(np.asarray(values, dtype=np.float64) * scale).astype(np.int64)
    return [int(v) for v in np.diff(whole, prepend=0)]


def _leg(written: LegDocument, where: str, errors: list[str]) -> Leg:
    """Return a leg, adding to `errors` everything wrong with it."""
    before = len(errors)
    lon, lat, time = (list(accumulate(v)) for v in (written.lon, written.lat, written.time))
    if written.mode not in MODES:
        errors.append(f"{where}: mode: there is no {written.mode!r}; use one of {', '.join(MODES)}")
    if not math.isfinite(written.metres) or written.metres < 0:
        errors.append(f"{where}: metres: {written.metres} must be 0 or more")
    if not len(lon) == len(lat) == len(time):
        errors.append(f"{where}: lon, lat, time: {len(lon)}, {len(lat)} and {len(time)} numbers; give as many of each")
    if min(len(lon), len(lat), len(time)) < 2:
        errors.append(f"{where}: lon, lat, time: a leg has two points or more")
    for name, values, limit in (("lon", lon, 180), ("lat", lat, 90)):
        if any(abs(v) > limit * PER_DEGREE for v in values):
            errors.append(f"{where}: {name}: the sums must lie in -{limit} to {limit} degrees")
    if time[:1] not in ([], [0]) or any(v < 0 for v in written.time) or any(v > 10**12 for v in time[-1:]):
        errors.append(f"{where}: time: must be 0 and then differences of 0 or more")
    if len(errors) > before:
        return Leg(np.zeros((2, 2)), np.zeros(2), 0.0)
    lonlat = np.column_stack((np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64))) / PER_DEGREE
    return Leg(lonlat, np.array(time, dtype=np.float64) / PER_SECOND, written.metres)


def _json(value: Any) -> str:
    """Return compact JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

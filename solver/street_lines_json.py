"""The streets behind a plan as part of ``streets.json``: lines as packed numbers, and reading with every error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from solver.plain_text import one_line
from solver.streets import RANKS, StreetLines
from solver.varints import differences, pack, unpack

PER_DEGREE = 100_000
"""Points are told in units of 1e-5 degrees, about a metre, which no map shows."""


class StreetLinesDocument(BaseModel):
    """The streets of the town, to be drawn behind a plan; numbers are packed as docs/outputs.md says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    names: list[str] = Field(description="Names of streets; the first is empty, for those without.")
    name: str = Field(description="Packed: for each line an index into names.")
    size: str = Field(
        description="Packed: for each line 4 times its number of points plus its rank, from 0 (main) to 3."
    )
    lon: str = Field(description="Packed: longitudes of all points, the first and then differences; 1e-5 degrees.")
    lat: str = Field(description="Packed: latitudes, likewise.")


def lines_to_json(lines: StreetLines) -> dict[str, Any]:
    """Return lines as plain JSON values."""
    return {
        "names": [one_line(name) for name in lines.names],
        "name": pack(lines.name),
        "size": pack(len(RANKS) * np.diff(lines.starts) + lines.rank),
        "lon": pack(differences(lines.lonlat[:, 0], PER_DEGREE)),
        "lat": pack(differences(lines.lonlat[:, 1], PER_DEGREE)),
    }


def lines_from_json(written: StreetLinesDocument, errors: list[str]) -> StreetLines | None:
    """Return the lines written, or None, adding to `errors` everything wrong with them."""
    before = len(errors)
    name, size, lon, lat = (_numbers(written, field, errors) for field in ("name", "size", "lon", "lat"))
    if len(errors) > before:
        return None
    points = size // len(RANKS)
    if len(name) != len(size) or not len(lon) == len(lat) == points.sum():
        errors.append("network: name, size, lon, lat: their numbers do not fit together")
    if (points < 2).any():
        errors.append("network: size: a line has two points or more")
    if len(name) and not 0 <= int(name.min()) <= int(name.max()) < len(written.names):
        errors.append(f"network: name: must be 0 to {len(written.names) - 1}, one of names")
    degrees = [np.cumsum(values) / PER_DEGREE for values in (lon, lat)]
    for field, values, limit in zip(("lon", "lat"), degrees, (180, 90), strict=True):
        if len(values) and float(np.abs(values).max()) > limit:
            errors.append(f"network: {field}: the sums must lie in -{limit} to {limit} degrees")
    if len(errors) > before:
        return None
    starts = np.concatenate([[0], np.cumsum(points)]).astype(np.int64)
    return StreetLines(np.column_stack(degrees), starts, size % len(RANKS), name, tuple(written.names))


def _numbers(written: StreetLinesDocument, field: str, errors: list[str]) -> NDArray[np.int64]:
    """Return the numbers of a field, none where there is something wrong with them."""
    try:
        return unpack(getattr(written, field))
    except ValueError as error:
        errors.append(f"network: {field}: {error}")
        return np.zeros(0, dtype=np.int64)

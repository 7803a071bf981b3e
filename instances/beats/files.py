"""Beats as GeoJSON, which a shift file takes as its `districts`, and told in a table."""

from __future__ import annotations

from typing import Any

from instances.beats.made_beats import Beat, Beats
from solver.export.geojson import collection
from solver.plain_text import one_line, table

PROPERTIES = ("name", "number", "weight", "share", "hotspots", "street_metres", "farthest_seconds", "lat", "lon")
"""What each feature says of its beat."""


def beats_geojson(made: Beats) -> bytes:
    """Return the beats as GeoJSON polygons with their figures, one feature a line."""
    features = [
        {"type": "Feature", "geometry": _geometry(beat.shape), "properties": beat_json(beat)} for beat in made.beats
    ]
    head = {"name": one_line(made.name), "attribution": one_line(made.attribution)}
    return collection(features, **head).encode()


def beat_json(beat: Beat) -> dict[str, Any]:
    """Return the figures of a beat; the name as the planner wrote it."""
    values = (
        beat.name,
        beat.number,
        round(beat.weight, 6),
        round(beat.share, 4),
        beat.hotspots,
        round(beat.metres),
        beat.seconds,
        round(beat.lat, 7),
        round(beat.lon, 7),
    )
    return dict(zip(PROPERTIES, values, strict=True))


def beats_json(made: Beats) -> dict[str, Any]:
    """Return all figures as plain JSON values."""
    return {
        "by": made.by,
        "mode": made.mode,
        "balance": made.balance,
        "off_balance": round(made.off, 4),
        "balanced": made.balanced,
        "beats": [beat_json(beat) for beat in made.beats],
        "notes": list(made.notes),
    }


def beats_lines(made: Beats) -> list[str]:
    """Return the figures as text."""
    fair = 100 / len(made.beats)
    rows = [
        (
            one_line(beat.name),
            str(beat.number),
            f"{100 * beat.share:.1f} %",
            f"{100 * (beat.share * len(made.beats) - 1):+.0f} %",
            str(beat.hotspots),
            f"{beat.metres / 1000:.1f} km",
            "-" if beat.seconds is None else f"{beat.seconds / 60:.1f} min",
        )
        for beat in made.beats
    ]
    head = ("beat", "number", f"share of {made.by}", "off", "hotspots", "streets", f"farthest by {made.mode}")
    asked = f"all are within {100 * made.balance:.0f} % of it"
    reached = asked if made.balanced else f"no way was found to have {asked}, only within {100 * made.off:.0f} %"
    count = f"{len(made.beats)} beat{'s' * (len(made.beats) != 1)}"
    said = f"{count} of {made.by}, a fair share is {fair:.1f} %; {reached}"
    return [said, *table(head, rows)]


def _geometry(shape: Any) -> dict[str, Any]:
    """Return a shape as GeoJSON, corners to a centimetre."""

    def ring(line: Any) -> list[list[float]]:
        return [[round(lon, 7), round(lat, 7)] for lon, lat in line.coords]

    def polygon(part: Any) -> list[list[list[float]]]:
        return [ring(part.exterior), *(ring(hole) for hole in part.interiors)]

    if shape.geom_type == "Polygon":
        return {"type": "Polygon", "coordinates": polygon(shape)}
    return {"type": "MultiPolygon", "coordinates": [polygon(part) for part in shape.geoms]}

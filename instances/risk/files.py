"""Hotspots, demand and cells as CSV and GeoJSON: files that a planner can open, edit and give to a shift file.

The CSV has ``name,lat,lon`` and ``risk`` (or ``demand``), the mean over the slots, and one column an hour of the
clock such as ``risk_18``; where two days have the same hour it holds their mean.  GeoJSON (RFC 7946:
longitude first, WGS-84) carries the same numbers as properties.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from instances.risk.places import DemandRow, HotspotRow
from instances.risk.surface import RiskSurface, Slot
from solver.export.geojson import collection

Row = tuple[str, float, float, tuple[float, ...]]


def hotspots_csv(hotspots: Sequence[HotspotRow], slots: Sequence[Slot]) -> str:
    """Return hotspots as CSV text."""
    return _csv("risk", [(h.name, h.lat, h.lon, h.risk) for h in hotspots], slots)


def demand_csv(points: Sequence[DemandRow], slots: Sequence[Slot]) -> str:
    """Return demand points as CSV text."""
    return _csv("demand", [(d.name, d.lat, d.lon, d.demand) for d in points], slots)


def hotspots_geojson(hotspots: Sequence[HotspotRow], slots: Sequence[Slot]) -> str:
    """Return hotspots as a GeoJSON collection of points."""
    return _points("risk", [(h.name, h.lat, h.lon, h.risk) for h in hotspots], slots)


def demand_geojson(points: Sequence[DemandRow], slots: Sequence[Slot]) -> str:
    """Return demand points as a GeoJSON collection of points."""
    return _points("demand", [(d.name, d.lat, d.lon, d.demand) for d in points], slots)


def cells_geojson(surface: RiskSurface) -> str:
    """Return the cells of a surface as a GeoJSON collection of squares, to look at in a map program."""
    features = []
    for i, name in enumerate(surface.name):
        ring = [_lonlat(lat, lon) for lon, lat in surface.grid.corners(int(surface.ix[i]), int(surface.iy[i]))]
        numbers = _numbers("risk", tuple(surface.risk[i].tolist()), surface.slots)
        features.append(_feature({"type": "Polygon", "coordinates": [ring]}, {"name": name, **numbers}))
    return collection(features)


def _numbers(what: str, values: tuple[float, ...], slots: Sequence[Slot]) -> dict[str, float]:
    """Return the mean over the slots and over each hour of the clock, by column name."""
    hours: dict[int, list[float]] = {}
    for (_, hour), value in zip(slots, values, strict=True):
        hours.setdefault(hour, []).append(value)
    mean = {f"{what}_{hour:02d}": sum(v) / len(v) for hour, v in hours.items()}
    return {name: float(f"{v:.6g}") for name, v in {what: sum(values) / len(values), **mean}.items()}


def _csv(what: str, rows: Sequence[Row], slots: Sequence[Slot]) -> str:
    """Return rows as CSV text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "lat", "lon", *_numbers(what, (0.0,) * len(slots), slots)])
    for name, lat, lon, values in rows:
        writer.writerow([name, f"{lat:.6f}", f"{lon:.6f}", *_numbers(what, values, slots).values()])
    return out.getvalue()


def _points(what: str, rows: Sequence[Row], slots: Sequence[Slot]) -> str:
    """Return rows as GeoJSON points."""
    return collection(
        [
            _feature(
                {"type": "Point", "coordinates": _lonlat(lat, lon)}, {"name": name, **_numbers(what, values, slots)}
            )
            for name, lat, lon, values in rows
        ]
    )


def _lonlat(lat: float, lon: float) -> list[float]:
    """Return a position, longitude first, to a tenth of a metre."""
    return [round(lon, 6), round(lat, 6)]


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}

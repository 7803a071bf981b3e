"""Polygons that a planner drew, from GeoJSON: zones, districts, closed areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from instances.errors import Fault, InputError
from instances.point_tables import read_features


def read_polygons(
    path: Path, *, what: str, label: str = "", check: Callable[[str], tuple[str, str] | None] | None = None
) -> list[tuple[str, Any]]:
    """Return label and shape of each polygon of a file.

    Parameters
    ----------
    path : Path
        GeoJSON polygons in degrees, WGS-84.
    what : str
        What one of them is, such as ``zone``.
    label : str
        The property that names each; none is needed where this is empty.
    check : callable, optional
        Told a label, returns what is wrong with it and what would be right, if anything.

    Raises
    ------
    InputError
        When the file cannot be read, or a polygon or its label is wrong; it lists everything that is wrong.
    """
    import shapely

    faults: list[Fault] = []
    polygons: list[tuple[str, Any]] = []
    features = read_features(path)
    for i, feature in enumerate(features):
        where = f"features[{i}]"
        name = (feature.get("properties") or {}).get(label) if label else ""
        if name is None or (label and not str(name).strip()):
            faults.append(_fault(path, f"{where}.properties", f"there is no property {label!r}", "add it"))
        elif check is not None and (complaint := check(str(name))) is not None:
            faults.append(_fault(path, f"{where}.properties.{label}", *complaint))
        shape = _polygon(feature.get("geometry"))
        if shape is None:
            faults.append(_fault(path, f"{where}.geometry", "is not a polygon", f"draw {what}s as polygons"))
            continue
        faults += [_fault(path, f"{where}.geometry", *complaint) for complaint in _shape_complaints(shape)]
        polygons.append((str(name).strip(), shape))
    if not features:
        faults.append(_fault(path, "features", "there is no polygon in it", f"draw one for each {what}"))
    if faults:
        raise InputError(faults)
    for _, shape in polygons:
        shapely.prepare(shape)
    return polygons


def corners_complaint(corners: Sequence[tuple[float, float]]) -> tuple[str, str] | None:
    """Return what is wrong with the polygon of these corners and what would be right, if anything is wrong."""
    complaints = _shape_complaints(corner_polygon(corners))
    return complaints[0] if complaints else None


def corner_polygon(corners: Sequence[tuple[float, float]]) -> Any:
    """Return the polygon with these corners (latitude, longitude)."""
    import shapely

    return shapely.Polygon([(lon, lat) for lat, lon in corners])


def _polygon(geometry: Any) -> Any:
    """Return a geometry of GeoJSON as a shape, or None where it is no polygon."""
    import shapely

    try:
        shape = shapely.geometry.shape(geometry)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, shapely.errors.ShapelyError):
        return None
    return shape if shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty else None


def _shape_complaints(shape: Any) -> list[tuple[str, str]]:
    """Return what is wrong with a polygon, and what would be right."""
    import shapely

    found = []
    if not shape.is_valid:
        wrong = f"the polygon is not valid ({shapely.is_valid_reason(shape)})"
        found.append((wrong, "let its border not cross itself"))
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        found.append(("is not in degrees", "export it in WGS-84 (EPSG:4326)"))
    return found


def _fault(path: Path, field: str, wrong: str, right: str) -> Fault:
    """Return a fault of the file."""
    return Fault(str(path), 0, 0, field, wrong, right)

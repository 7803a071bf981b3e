"""In which district each place lies: by what the planner said of it, or by polygons; and whose districts there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from instances.errors import Fault, InputError
from instances.near_names import few, nearest_name
from instances.polygons import read_polygons

if TYPE_CHECKING:
    from instances.place_snaps import Site
    from instances.shift import GivenPlace, Origin, Patrol
    from instances.shift_desk import Desk

LABEL = "name"
"""The property of a polygon that names its district."""


def read_districts(desk: Desk, text: str | None, places: Iterable[GivenPlace]) -> tuple[Path | None, list[str] | None]:
    """Return the file of districts and the names of all districts, after noting what is wrong with them.

    The names are None where not all of them are known, because something is wrong.
    """
    given = {place.district: None for place in places if place.district}
    own = desk.is_own("stations", "hotspots", "posts", "tasks", "districts")
    if text is None:
        return None, list(given) if own else None
    path = desk.path(("districts",), text) if desk.is_own("districts") else None
    if path is None:
        return None, None
    try:
        drawn = list(dict.fromkeys(name for name, _ in read_polygons(path, what="district", label=LABEL)))
    except InputError as error:
        desk.faults += error.faults
        return path, None
    for place in places:
        if place.district and place.district not in drawn:
            wrong = f"there is no district called {place.district!r}"
            desk.faults.append(place.origin.fault(wrong, nearest_name(place.district, drawn)))
    return path, drawn


def districts_of(path: Path | None, sites: Sequence[Site]) -> list[str]:
    """Return the district of each place, empty where it lies in none; what the planner said of it goes first.

    Raises
    ------
    InputError
        When the file cannot be read, or a polygon or its name is wrong; it lists everything that is wrong.
    """
    import shapely

    found = [site.district for site in sites]
    if path is None:
        return found
    points = shapely.points(np.array([(site.lon, site.lat) for site in sites], dtype=np.float64).reshape(-1, 2))
    # From the last to the first, so that where districts overlap the one drawn first has the place.
    for name, shape in reversed(read_polygons(path, what="district", label=LABEL)):
        for i in np.flatnonzero(shapely.intersects(shape, points)).tolist():
            found[i] = sites[i].district or name
    return found


def district_notes(path: Path | None, sites: Sequence[Site]) -> list[str]:
    """Return a note of the places to work at that lie in no polygon."""
    outside = [site.name for site in sites if site.role != "station" and not site.district]
    if path is None or not outside:
        return []
    return [f"{path.name}: in no district, so open to units of all: {few(outside)}"]


def empty_district_faults(units: Iterable[Patrol], filled: Collection[str]) -> list[Fault]:
    """Return a fault for each tied unit in whose districts there is nothing to do; `filled` are those with a place."""
    faults: dict[Origin, Fault] = {}
    for unit in units:
        if unit.tied and not set(unit.districts) & set(filled):
            wrong = f"unit {unit.callsign!r}: no place lies in {_listed(unit.districts)}, to which it is tied"
            faults.setdefault(unit.origin, unit.origin.fault(wrong, "give it another district, or do not tie it"))
    return list(faults.values())


def empty_district_notes(units: Iterable[Patrol], filled: Collection[str]) -> list[str]:
    """Return a note of the districts of units in which no place lies."""
    empty: Mapping[str, None] = {d: None for unit in units for d in unit.districts if d not in filled}
    return [f"no place lies in {_listed(empty)}"] if empty else []


def _listed(districts: Iterable[str]) -> str:
    """Return districts in words."""
    return ", ".join(f"district {d!r}" for d in districts)

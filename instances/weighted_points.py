"""The hotspots and the demand points of a shift: those that the planner gave and those made from incidents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.errors import InputError
from instances.made_hotspots import Made, MadeHotspots
from instances.made_risk import MadeRisk
from instances.shift import Origin, Shift, Spot
from instances.zones import zones_by_area, zones_by_demand

MADE = Origin("")
"""The origin of what was made from incidents."""


@dataclass(frozen=True, eq=False)
class Hotspots:
    """H hotspots: those given first, then the `made` ones; `weight` has shape (H, S)."""

    spots: tuple[Spot, ...]
    weight: NDArray[np.float64]
    made: int


@dataclass(frozen=True, eq=False)
class Demand:
    """D demand points with their zones; `source` says where they come from, `notes` what to know of them."""

    points: Made
    zones: list[str]
    source: str
    notes: tuple[str, ...]


def hotspots_of(shift: Shift, risk: MadeRisk | None) -> Hotspots:
    """Return the hotspots.

    Where the planner gave some and has some made as well, those made have a mean risk of 1: a hotspot given
    with a risk of 2 is worth twice the average of them.

    Raises
    ------
    InputError
        When a place that the planner named is called like a hotspot made from incidents.
    """
    slots = len(shift.horizon.hours)
    given = np.array([spot.risk for spot in shift.spots], dtype=np.float64).reshape(-1, slots)
    if risk is None or not risk.hotspots.points.names:
        return Hotspots(shift.spots, given, 0)
    weight = risk.hotspots.points.weight
    if shift.spots and weight.mean() > 0:
        weight = weight / weight.mean()
    taken = set(risk.hotspots.points.names)
    faults = [
        place.origin.fault(f"{place.name!r} is also the name of a hotspot made from incidents", "give it another name")
        for group in (shift.stations, shift.spots, shift.posts, shift.jobs)
        for place in group
        if place.name in taken
    ]
    if faults:
        raise InputError(faults)
    made = _made_spots(shift, risk.hotspots)
    return Hotspots((*shift.spots, *made), np.concatenate([given, weight]), len(made))


def _made_spots(shift: Shift, made: MadeHotspots) -> tuple[Spot, ...]:
    """Return hotspots made from incidents as if they had been given."""
    spots = []
    rows = (made.points.latlon.tolist(), made.streets.tolist(), made.ends.tolist())
    for name, (lat, lon), street, (end_lat, end_lon) in zip(made.points.names, *rows, strict=True):
        stretch = street >= 0
        end = (end_lat, end_lon) if stretch else None
        spots.append(Spot(name, lat, lon, (), shift.visits, MADE, end=end, street=street if stretch else None))
    return tuple(spots)


def demand_of(shift: Shift, risk: MadeRisk | None, hotspots: Hotspots) -> Demand:
    """Return the demand points: those given, else from incidents, else the hotspots with their risk.

    Raises
    ------
    InputError
        When the file of zones cannot be used.
    """
    slots = len(shift.horizon.hours)
    told: list[str | None] = []
    joined = None
    if shift.calls is not None:
        weight = np.array([call.demand for call in shift.calls], dtype=np.float64).reshape(-1, slots)
        latlon = np.array([(call.lat, call.lon) for call in shift.calls], dtype=np.float64).reshape(-1, 2)
        points, source = Made(tuple(call.name for call in shift.calls), latlon, weight), "as given"
        told = [call.zone for call in shift.calls]
    elif risk is not None:
        points, source, joined = risk.demand, "from incidents", risk.joined
    else:
        spots = hotspots.spots
        latlon = np.array([_middle(spot) for spot in spots], dtype=np.float64).reshape(-1, 2)
        points, source = Made(tuple(spot.name for spot in spots), latlon, hotspots.weight), "at the hotspots"
    if joined is None:
        joined = np.zeros(len(points.names), dtype=np.bool_)
    found, notes = _zones(shift, points, joined)
    zones = [f if t is None else t for f, t in zip(found, told or [None] * len(found), strict=True)]
    return Demand(points, zones, source, notes)


def _middle(spot: Spot) -> tuple[float, float]:
    """Return the point of a hotspot, or the one half-way between the ends of a stretch."""
    lat, lon = spot.end or (spot.lat, spot.lon)
    return (spot.lat + lat) / 2, (spot.lon + lon) / 2


def _zones(shift: Shift, points: Made, joined: NDArray[np.bool_]) -> tuple[list[str], tuple[str, ...]]:
    """Return the zone of each point, and what to say about it."""
    rules, zones = shift.response, list(shift.response.standards)
    if rules.areas is None:
        total = points.weight @ np.diff(shift.horizon.slots)
        return zones_by_demand(points.names, total, joined, rules.shares, zones), ()
    found, outside = zones_by_area(rules.areas, points.latlon, zones)
    note = f"{rules.areas.name}: {outside:,} demand points lie in no polygon; they are in zone {zones[-1]!r}"
    return found, (note,) if outside else ()

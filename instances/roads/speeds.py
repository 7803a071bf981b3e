"""How fast each mode goes on each class of street, and what a speed limit says.

The figures and their sources are listed in ``docs/network.md``.  Speeds are km/h throughout.
"""

from __future__ import annotations

import re

CAR_SPEEDS: dict[str, float] = {
    "motorway": 90,
    "motorway_link": 45,
    "trunk": 85,
    "trunk_link": 40,
    "primary": 65,
    "primary_link": 30,
    "secondary": 55,
    "secondary_link": 25,
    "tertiary": 40,
    "tertiary_link": 20,
    "unclassified": 25,
    "residential": 25,
    "living_street": 10,
    "service": 15,
    "road": 25,
    "track": 15,
    "pedestrian": 10,
}
"""Mean speeds where no limit is tagged, from OSRM's car profile; on the last three see ``docs/network.md``."""

LIMIT_SHARE = 0.8
"""Share of a tagged limit that is driven on average (OSRM's car profile, ``speed_reduction``)."""

BICYCLE_SPEEDS: dict[str, float] = {
    "primary": 15,
    "primary_link": 15,
    "secondary": 15,
    "secondary_link": 15,
    "tertiary": 15,
    "tertiary_link": 15,
    "trunk": 15,
    "trunk_link": 15,
    "unclassified": 15,
    "residential": 15,
    "road": 15,
    "living_street": 15,
    "service": 15,
    "cycleway": 15,
    "track": 12,
    "path": 13,
    "bridleway": 12,
}
"""From the bicycle profile of OSRM."""

PUSHING_SPEED = 4.0
"""A bicycle that is pushed (OSRM's bicycle profile)."""

FOOT_SPEED = 5.0
"""From the foot profile of OSRM."""

STEPS_SPEED = 2.5
"""On steps, measured along their plan: half the pace of level ground."""

FOOT_CLASSES = frozenset(
    {
        *(BICYCLE_SPEEDS.keys() - {"cycleway"}),
        "footway",
        "pedestrian",
        "steps",
        "corridor",
    }
)
"""Classes that are walked unless tags say otherwise."""

MILE = 1.609344
KNOT = 1.852
WALKING_PACE = 7.0
"""What ``maxspeed=walk`` means (Germany's Schrittgeschwindigkeit, as in OSRM's ``de:living_street``)."""
NO_LIMIT = 130.0
"""What ``maxspeed=none`` is driven at before `LIMIT_SHARE`: the advisory speed where there is no limit."""

ZONE_LIMITS: dict[str, float] = {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130, "living_street": 10}
"""What ``XX:urban`` and its like mean where `COUNTRY_LIMITS` says nothing else (OSRM ``maxspeed_table_default``)."""

COUNTRY_LIMITS: dict[str, float] = {
    "at:rural": 100,
    "at:trunk": 100,
    "be:motorway": 120,
    "be-bru:rural": 70,
    "be-bru:urban": 30,
    "be-vlg:rural": 70,
    "bg:motorway": 140,
    "by:urban": 60,
    "by:motorway": 110,
    "ca-on:rural": 80,
    "ch:rural": 80,
    "ch:trunk": 100,
    "ch:motorway": 120,
    "de:living_street": WALKING_PACE,
    "de:rural": 100,
    "de:motorway": NO_LIMIT,
    "dk:rural": 80,
    "es:trunk": 90,
    "fr:rural": 80,
    "gb:nsl_single": 60 * MILE,
    "gb:nsl_dual": 70 * MILE,
    "gb:nsl_restricted": 30 * MILE,
    "gb:motorway": 70 * MILE,
    "nl:rural": 80,
    "nl:trunk": 100,
    "no:rural": 80,
    "no:motorway": 110,
    "ph:urban": 40,
    "ph:rural": 80,
    "ph:motorway": 100,
    "pl:rural": 100,
    "pl:expressway": 120,
    "pl:motorway": 140,
    "ro:trunk": 100,
    "ru:living_street": 20,
    "ru:urban": 60,
    "ru:motorway": 110,
    "za:urban": 60,
    "za:rural": 100,
}
"""Exceptions by country (OSRM ``maxspeed_table``); ``uk:`` is read as ``gb:``."""

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|mp/h|mi/h|km/h|kmh|kph|kmph|knots|)")
_ZONE = re.compile(r"(?:[a-z]{2}(?:-[a-z]{2,3})?):(?:zone:?)?(\d{1,3})")
_SPLIT = re.compile(r"[;|,](?=\s*[A-Za-z0-9])")


def speed_limit(text: str) -> float | None:
    """Return the limit in km/h that a ``maxspeed`` tag states, or None where it states none that can be used.

    Understood are numbers in km/h, ``30 mph``, ``5 knots``, ``none``, ``walk``, ``GB:nsl_single``,
    ``RO:urban``, ``DE:zone:30`` and several of these (``50;30``: a limit by lane, part or hour, of which
    the lowest is taken, so that no travel time is promised that only holds at times).
    """
    limits = [_one_limit(part.strip().lower()) for part in _SPLIT.split(text)]
    known = [limit for limit in limits if limit is not None]
    return min(known, default=None)


def _one_limit(text: str) -> float | None:
    """Return the limit one value states."""
    if text in {"none", "unlimited"}:
        return NO_LIMIT
    if text in {"walk", "walking"}:
        return WALKING_PACE
    number = _NUMBER.fullmatch(text)
    if number:
        value = float(number[1])
        unit = KNOT if number[2] == "knots" else MILE if number[2].startswith("m") else 1.0
        return value * unit if 0 < value * unit <= 200 else None
    zone = _ZONE.fullmatch(text)
    if zone:
        country = text[:2]
        value = float(zone[1]) * (MILE if country in {"gb", "uk", "us"} else 1.0)
        return value if 0 < value <= 200 else None
    country, _, place = text.partition(":")
    if not place:
        return None
    country = "gb" if country == "uk" else country
    return COUNTRY_LIMITS.get(f"{country}:{place}", ZONE_LIMITS.get(place))

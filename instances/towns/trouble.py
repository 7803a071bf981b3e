"""The incidents of a synthetic town: a few hot places, a heavy tail of lukewarm ones, and some trouble anywhere.

About half of all crime happens on one street in twenty (Weisburd 2015, doi:10.1111/1745-9125.12070); here
half of the incidents belong to hot places whose shares fall with their rank, and half to the streets at
large.  Each kind of place has its own mix of types, and each type its own hours of the day and week.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from instances.towns.street_details import ON_FOOT
from instances.towns.street_plan import RANK, Street, StreetPlan

HOT_SHARE = 0.5
WEEKS = 26
BLANK_SHARE = 0.005
"""Share of the rows without coordinates, as real exports have them."""

# Relative frequency by hour of the clock (pairs of hour and weight, straight lines between) on working days, and how
# much more of it there is on the nights of Friday and Saturday, and on Sundays.
_HOURS: dict[str, tuple[tuple[tuple[int, float], ...], float, float]] = {
    "violence": (((0, 3), (3, 1), (6, 0.3), (12, 1), (18, 2), (21, 4), (23, 4)), 2.2, 1.1),
    "antisocial behaviour": (((0, 2), (3, 0.6), (7, 0.2), (14, 1.2), (18, 3), (21, 4), (23, 3)), 1.5, 1.0),
    "shop theft": (((0, 0.1), (8, 0.3), (11, 3), (16, 4), (19, 2), (21, 0.4), (23, 0.1)), 1.1, 0.5),
    "burglary": (((0, 1.2), (3, 1), (7, 0.7), (11, 2), (16, 1.6), (19, 2.2), (23, 1.5)), 1.0, 0.8),
    "vehicle crime": (((0, 3), (3, 2.4), (6, 0.8), (12, 0.8), (18, 1.5), (21, 2.5), (23, 3)), 1.1, 0.9),
    "theft from the person": (((0, 3), (2, 2), (5, 0.3), (12, 1.6), (17, 2), (20, 2.5), (23, 3.5)), 1.9, 0.8),
    "criminal damage": (((0, 2.5), (3, 1), (7, 0.4), (15, 1.2), (19, 2.4), (22, 3.2), (23, 3)), 1.6, 1.0),
    "drugs": (((0, 1.6), (4, 0.3), (10, 0.8), (16, 1.8), (20, 2.8), (23, 2.2)), 1.4, 0.9),
}
TYPES = tuple(_HOURS)

_MIX: dict[str, tuple[float, ...]] = {  # in the order of TYPES
    "nightlife": (5, 4, 0.2, 0.4, 0.6, 4, 1.5, 2),
    "shops": (1, 2, 8, 0.8, 0.5, 2.5, 0.8, 0.6),
    "traffic": (2, 3, 1, 0.4, 2, 3, 1, 1.5),
    "homes": (1.6, 2.4, 0.1, 2.6, 3, 0.3, 2, 0.8),
}


@dataclass(frozen=True)
class HotPlace:
    """A street with trouble of one kind around the point at `fraction` of its length, and its share of it all."""

    street: Street
    fraction: float
    kind: str
    share: float


@dataclass(frozen=True)
class Incident:
    """One incident: minutes from the start of the first day, type, place in metres, name of the street."""

    minute: int
    type: str
    x: float
    y: float
    street: str
    located: bool


def draw_hot_places(plan: StreetPlan, rng: np.random.Generator, count: int) -> list[HotPlace]:
    """Return `count` hot places, hottest first, the hottest near the market."""
    streets = [s for s in plan.streets if s.tags.get("name") and (s.highway in RANK or s.highway == "pedestrian")]
    away = np.array([math.hypot(*plan.along(s, 0.5)) for s in streets])
    # Places draw trouble with nearness to the market and with traffic; a Gumbel draw takes them without repeats.
    busy = np.array([2.0 if s.highway in ("primary", "secondary", "pedestrian") else 0.7 for s in streets])
    pull = np.log(busy) - away / (0.45 * plan.ground.radius)
    order = np.argsort(-(pull - np.log(-np.log(rng.random(len(streets))))), kind="stable")[:count]
    share = np.arange(1, len(order) + 1) ** -0.8
    share /= share.sum()
    return [
        HotPlace(streets[s], 0.2 + 0.6 * float(rng.random()), _kind(streets[s], float(away[s]), plan, rng), float(w))
        for s, w in zip(order.tolist(), share, strict=True)
    ]


def draw_incidents(
    plan: StreetPlan, rng: np.random.Generator, hot: list[HotPlace], count: int, first: date
) -> list[Incident]:
    """Return `count` incidents of the `WEEKS` weeks from the Monday `first`, in order of time."""
    if first.weekday() != 0:
        raise ValueError(f"{first} is no Monday")
    streets = [s for s in plan.streets if s.highway not in ON_FOOT and s.tags.get("name")]
    length = np.array([plan.length(s) for s in streets])
    away = np.array([math.hypot(*plan.along(s, 0.5)) for s in streets])
    anywhere = np.cumsum(length * np.exp(-away / (0.8 * plan.ground.radius)))
    hottest = np.cumsum([place.share for place in hot])
    week = {name: np.cumsum(_week(name)) for name in TYPES}
    mixes = {kind: np.cumsum(mix) for kind, mix in _MIX.items()}
    incidents = []
    for u in rng.random((count, 8)).tolist():
        if u[0] < HOT_SHARE:
            place = hot[_pick(hottest, u[1])]
            # Within some 40 m of the hot place, as far as its street goes.
            spread = 40 / max(plan.length(place.street), 80)
            street, kind = place.street, place.kind
            at = min(max(place.fraction + spread * (u[2] + u[3] - 1), 0.02), 0.98)
        else:
            street, at, kind = streets[_pick(anywhere, u[1])], u[2], "homes"
            if street.highway in ("primary", "secondary"):
                kind = "traffic"
        name = TYPES[_pick(mixes[kind], u[4])]
        hour = _pick(week[name], u[5])
        # Clerks write full five minutes.
        minute = (int(u[6] * WEEKS) * 168 + hour) * 60 + 5 * int(u[7] * 12)
        x, y = plan.along(street, at)
        located = float(u[3] * 997 % 1) >= BLANK_SHARE
        incidents.append(Incident(minute, name, x, y, street.tags["name"], located))
    return sorted(incidents, key=lambda i: (i.minute, i.type, i.street, i.x))


def incidents_csv(plan: StreetPlan, incidents: list[Incident], first: date) -> str:
    """Return incidents as the CSV that a records office would export."""
    lines = ["id,occurred,type,street,latitude,longitude"]
    for number, incident in enumerate(incidents, 1):
        days, minute = divmod(incident.minute, 1440)
        when = f"{first + timedelta(days=days)} {minute // 60:02d}:{minute % 60:02d}"
        lat, lon = plan.ground.degrees(incident.x, incident.y)
        place = f"{lat:.6f},{lon:.6f}" if incident.located else ","
        lines.append(f"{number:06d},{when},{incident.type},{incident.street},{place}")
    return "\n".join(lines) + "\n"


def _kind(street: Street, away: float, plan: StreetPlan, rng: np.random.Generator) -> str:
    """Return what draws trouble to a street."""
    u = float(rng.random())
    if away < 0.3 * plan.ground.radius:
        return "nightlife" if u < 0.55 else "shops"
    if street.highway in ("primary", "secondary"):
        return "shops" if u < 0.3 else "nightlife" if u < 0.5 else "traffic"
    return "homes" if u < 0.8 else "nightlife"


def _week(name: str) -> NDArray[np.float64]:
    """Return the relative frequency of a type in each hour of the week, Monday 00:00 first, shape (168,)."""
    knots, party, sunday = _HOURS[name]
    hours = [k[0] for k in knots] + [24]
    day = np.interp(np.arange(24), hours, [k[1] for k in knots] + [knots[0][1]])
    week = np.tile(day, 7).reshape(7, 24)
    week[4, 18:] *= party
    week[5, 18:] *= party
    week[5, :5] *= party
    week[6, :5] *= party
    week[6, 5:] *= sunday
    return week.reshape(-1)


def _pick(cumulated: NDArray[np.float64], u: float) -> int:
    """Return the index that the number u from [0, 1) falls on."""
    return int(np.searchsorted(cumulated, u * cumulated[-1], side="right"))

"""Stations, posts, units and the shift file of a synthetic town."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from instances.towns.names import TOWN
from instances.towns.street_plan import StreetPlan
from instances.towns.trouble import HotPlace

# Shares of the roster by mode, in the order in which a growing roster hires.
_MODES = ("car", "car", "foot", "motorcycle", "car", "bicycle", "car", "car", "foot", "motorcycle", "car", "bicycle")
_LETTERS = {"car": "C", "motorcycle": "M", "bicycle": "B", "foot": "F"}

# Shift and window of the break: the force is largest from 20:00 to 00:00, and only a part of it rests at a time.
_SHIFTS = {
    "car": (
        ("18:00-02:00", "20:00-22:00"),
        ("18:00-02:00", "22:00-00:30"),
        ("20:00-02:00", "22:30-00:30"),
        ("18:00-00:00", "20:00-22:30"),
    ),
    "motorcycle": (("18:00-01:00", "20:30-22:30"), ("19:00-02:00", "21:30-23:30")),
    "bicycle": (("18:00-00:00", "20:00-22:00"), ("19:00-01:00", "21:00-23:00")),
    "foot": (("19:00-02:00", "21:00-23:30"), ("20:00-02:00", "22:00-00:00")),
}


@dataclass(frozen=True)
class Site:
    """A named point in metres."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Crew:
    """A unit as the roster has it."""

    callsign: str
    station: str
    mode: str
    shift: str
    rest: str


def draw_stations(plan: StreetPlan, rng: np.random.Generator, count: int) -> list[Site]:
    """Return `count` stations on main streets: one near the market, the others far from one another."""
    streets = [s for s in plan.streets if s.highway in ("secondary", "tertiary") and s.tags.get("name")]
    middle = np.array([plan.along(s, 0.3 + 0.4 * float(rng.random())) for s in streets])
    away = np.hypot(middle[:, 0], middle[:, 1])
    chosen = [int(np.argmin(np.abs(away - 350)))]
    within = away < 0.8 * plan.ground.radius
    while len(chosen) < count:
        apart = np.min([np.hypot(*(middle - middle[c]).T) for c in chosen], axis=0)
        chosen.append(int(np.argmax(np.where(within, apart, -1))))
    names: list[str] = []
    for c in chosen:
        name = "Central Station" if not names else f"{streets[c].tags['name']} Station"
        names.append(name if name not in names else f"{name} {names.count(name) + 1}")
    return [Site(n, float(middle[c][0]), float(middle[c][1])) for n, c in zip(names, chosen, strict=True)]


def draw_posts(plan: StreetPlan, hot: list[HotPlace], count: int) -> list[Site]:
    """Return `count` posts: the market, the main bridge, then the hottest places far from those."""
    posts = [Site("Market Square", *plan.points[plan.at[0, 0]])]
    bridges = [plan.along(s, 0.0) for s in plan.streets if s.tags.get("bridge") and s.highway == "primary"]
    if bridges:
        posts.append(Site("Old Bridge", *min(bridges, key=lambda p: math.hypot(*p))))
    for place in hot:
        x, y = plan.along(place.street, place.fraction)
        name = f"{place.street.tags['name']} Point"
        if all(math.dist((x, y), (p.x, p.y)) > 0.3 * plan.ground.radius and p.name != name for p in posts):
            posts.append(Site(name, x, y))
    return posts[:count]


def draw_crews(rng: np.random.Generator, stations: list[Site], count: int) -> list[Crew]:
    """Return `count` units of mixed modes and shifts; walkers and cyclists start from the central station."""
    crews: list[Crew] = []
    hired: dict[str, int] = {}
    start = int(rng.random() * len(stations))
    for k in range(count):
        mode = _MODES[k % len(_MODES)]
        number = hired[mode] = hired.get(mode, 0) + 1
        shift, rest = _SHIFTS[mode][(number - 1) % len(_SHIFTS[mode])]
        home = stations[(start + number) % len(stations)] if mode in ("car", "motorcycle") else stations[0]
        crews.append(Crew(f"{_LETTERS[mode]}{number}", home.name, mode, shift, rest))
    return sorted(crews, key=lambda c: (tuple(_LETTERS).index(c.mode), int(c.callsign[1:])))


def stations_csv(plan: StreetPlan, stations: list[Site]) -> str:
    """Return stations as CSV text."""
    rows = [f"{s.name},{lat:.6f},{lon:.6f}" for s in stations for lat, lon in [plan.ground.degrees(s.x, s.y)]]
    return "\n".join(["name,lat,lon", *rows]) + "\n"


def shift_yaml(plan: StreetPlan, day: date, crews: list[Crew], posts: list[Site], hotspots: int) -> str:
    """Return the shift file of the evening of `day`, from 18:00 to 02:00."""
    lines = [
        f"# A Friday night in {TOWN}, an invented town. Every path is relative to this file.",
        "patrolplan: 1",
        f"name: Friday night in {TOWN}",
        "timezone: Europe/London",
        f"from: {day} 18:00",
        f"to:   {day + timedelta(days=1)} 02:00",
        "",
        "network: network.osm.gz",
        "stations: stations.csv",
        "incidents: {file: incidents.csv, since: 182 days}",
        f"risk: {{hotspots: {hotspots}, weights: {{violence: 3, shop theft: 0.5}}}}",
        "",
        "units:",
        *(
            f"  - {{callsign: {c.callsign}, station: {c.station}, mode: {c.mode}, "
            f'shift: "{c.shift}", break: {{minutes: 30, between: "{c.rest}"}}}}'
            for c in crews
        ),
        "",
        "posts:",
    ]
    windows = (("21:00", "01:00"), ("20:00", "00:00"), ("19:00", "23:00"))
    for k, post in enumerate(posts):
        lat, lon = plan.ground.degrees(post.x, post.y)
        start, end = windows[k % len(windows)]
        lines += [
            f"  - name: {post.name}",
            f"    at: [{lat:.6f}, {lon:.6f}]",
            f'    staff: [{{from: "{start}", to: "{end}", units: 1}}]',
            "    stint: 30 min",
        ]
    lines += [
        "",
        "response: {standards: {core: 1 min, town: 3 min, elsewhere: 5 min}, backup: 10 min}",
        "goals: {presence: 0.5, response: 0.35, backup: 0.15}",
    ]
    return "\n".join(lines) + "\n"

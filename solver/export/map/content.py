"""What a map shows, as plain JSON values; ``page/content.js`` reads it.

Places are told once, and by index from there on; minutes count from the start of the problem; coordinates are whole
numbers of 1e-6 degrees (a tenth of a metre), longitude and latitude.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.export.drive import drives, patrols
from solver.export.itinerary import Itinerary, itineraries
from solver.export.map.cover import cover_by_minute, reach_tables, standing
from solver.export.track import track
from solver.headline import bound_of
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import LAYERS, Problem
from solver.scorecard import Scorecard, UnitScore
from solver.street_lines_json import lines_to_json
from solver.streets import Streets
from solver.varints import differences, pack
from solver.whereabouts import Whereabouts, stints, tasks_done, visits, whereabouts

FORMAT = "map/1"
PER_DEGREE = 1_000_000
HOURS = 6 * 60
"""Minutes between two looks at whether the clocks have changed."""


def map_content(problem: Problem, plan: Plan, streets: Streets, card: Scorecard) -> dict[str, Any]:
    """Return all that the page shows.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    tours = {tour.unit.callsign: tour for tour in itineraries(problem, plan)}
    units = whereabouts(problem, plan.routes)
    stood = standing(problem, units)
    bound = bound_of(problem, plan, card)
    return {
        "format": FORMAT,
        "name": one_line(problem.name),
        "zone": problem.timezone,
        "fingerprint": one_line(plan.fingerprint),
        "attribution": one_line(streets.attribution),
        "clock": _clock(problem),
        "minutes": problem.minutes,
        "slots": list(problem.slots),
        "network": None if streets.network is None else lines_to_json(streets.network),
        "places": [[one_line(p.name), *_degrees(p.lon, p.lat), one_line(p.district)] for p in problem.places],
        "stations": list(problem.stations),
        "units": [
            _unit(problem, who, spells, row, tours.get(who.unit.callsign), streets)
            for who, spells, row in zip(units, stood, card.units, strict=True)
        ],
        "hotspots": _hotspots(problem, units, streets, card),
        "posts": _posts(problem, units, card),
        "tasks": _tasks(problem, units),
        "demand": _demand(problem),
        "reach": reach_tables(problem, units, stood),
        "cover": cover_by_minute(problem, units),
        "shortfalls": [
            [one_line(s.place), s.start, s.end, s.missing, s.rule, one_line(s.reason), one_line(s.cure)]
            for s in plan.shortfalls
        ],
        "value": _share(card.value, card.full),
        "bound": None if bound is None else _share(bound, card.full),
        "shares": {layer: card.share_of_plan(layer) for layer in LAYERS if card.totals[layer]},
    }


def _degrees(lon: float, lat: float) -> tuple[int, int]:
    """Return coordinates as whole numbers."""
    return round(lon * PER_DEGREE), round(lat * PER_DEGREE)


def _line(lonlat: NDArray[np.float64]) -> dict[str, str]:
    """Return the points of a line, packed: the first and then differences."""
    return {
        "lon": pack(differences(lonlat[:, 0], PER_DEGREE)),
        "lat": pack(differences(lonlat[:, 1], PER_DEGREE)),
    }


def _share(part: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None


def _clock(problem: Problem) -> list[list[int]]:
    """Return the minutes from which on local time runs evenly, with local seconds since 1970 and the offset from UTC.

    It does so but where the clocks change, which they do not do twice in a few hours.
    """
    clock = Clock.of(problem)

    def offset(minute: int) -> int:
        return int((clock.local(minute).utcoffset() or timedelta()).total_seconds())

    found = [0]
    for start in range(0, problem.minutes, HOURS):
        end = min(start + HOURS, problem.minutes)
        if offset(start) != offset(end):
            found.append(start + bisect_right(range(start, end), False, key=lambda t: offset(t) != offset(found[-1])))
    return [[t, int(clock.local(t).timestamp()) + offset(t), offset(t)] for t in found]


def _unit(
    problem: Problem,
    who: Whereabouts,
    spells: list[list[int]],
    row: UnitScore,
    tour: Itinerary | None,
    streets: Streets,
) -> dict[str, Any]:
    """Return a unit: what it is, what it does, where it is in which second, and where it is available."""
    unit = who.unit
    told: dict[str, Any] = {
        "callsign": one_line(unit.callsign),
        "mode": unit.mode,
        "skills": [one_line(skill) for skill in unit.skills],
        "districts": [one_line(district) for district in unit.districts],
        "crew": one_line(unit.crew),
        "onCall": tour is not None and tour.on_call,
        "start": unit.start,
        "end": unit.end,
        "duty": list(who.duty),
        "origin": unit.origin,
        "destination": unit.destination,
        "stands": spells,
        "spent": {
            "visit": row.visiting,
            "stint": row.stints,
            "task": row.tasks,
            "driving": row.driving,
            "standby": row.standby,
            "break": row.on_break,
        },
        "visits": row.visits,
        "stops": [],
        "track": None,
    }
    if tour is None:
        return told
    place_of = {place.name: i for i, place in enumerate(problem.places)}
    ways = tuple(drives(problem, streets, tour))
    along = tuple(patrols(streets, tour))
    path = track(tour, ways, along)
    told["stops"] = [[place_of[h.place.name], h.stop.kind, h.stop.arrive, h.stop.leave] for h in tour.halts]
    told["track"] = {"seconds": pack(np.diff(path.seconds, prepend=0)), **_line(path.lonlat)}
    told["metres"] = round(sum(x or 0 for x in (*(w.metres for w in ways), *(p.metres for p in along))))
    told["straight"] = sum(not w.known for w in ways) + sum(not p.known for p in along)
    return told


def _hotspots(
    problem: Problem, units: Sequence[Whereabouts], streets: Streets, card: Scorecard
) -> list[dict[str, Any]]:
    """Return the hotspots: risk a minute by slot, who visits them when, and what is covered of them."""
    made: list[list[list[int]]] = [[] for _ in problem.hotspots]
    watched: list[list[list[int]]] = [[] for _ in problem.hotspots]
    for u, who in enumerate(units):
        for h, arrive, leave in visits(problem, who):
            made[h].append([u, arrive, leave])
        for q, arrive, leave in stints(problem, who):
            for h in problem.posts[q].watches:
                watched[h].append([u, arrive, leave])
    return [
        {
            "place": h.place,
            "risk": list(h.risk),
            "dwell": h.dwell,
            "linger": h.linger,
            "rho": h.rho,
            "every": h.every,
            "required": h.required,
            "windows": [list(window) for window in h.windows],
            "visits": sorted(made[i], key=lambda v: v[1:]),
            "watched": sorted(watched[i], key=lambda v: v[1:]),
            "covered": _share(row.covered, row.total),
            "minutes": row.minutes,
            "line": _stretch(problem, h.place, streets),
        }
        for i, (h, row) in enumerate(zip(problem.hotspots, card.hotspots, strict=True))
    ]


def _stretch(problem: Problem, place: int, streets: Streets) -> dict[str, str] | None:
    """Return the line of a stretch of street, straight where its street is not known; None of a point."""
    there = problem.places[place]
    if there.exit is None:
        return None
    legs = (streets.leg(mode, there.name, there.name) for mode in problem.travel)
    known = next((leg.lonlat for leg in legs if leg is not None), None)
    straight = np.array([[there.lon, there.lat], [there.exit[1], there.exit[0]]])
    return _line(straight if known is None else known)


def _posts(problem: Problem, units: Sequence[Whereabouts], card: Scorecard) -> list[dict[str, Any]]:
    """Return the posts: units wanted, who stands there when, and what is missing."""
    stood: list[list[list[int]]] = [[] for _ in problem.posts]
    for u, who in enumerate(units):
        for q, arrive, leave in stints(problem, who):
            stood[q].append([u, arrive, leave])
    return [
        {
            "place": q.place,
            "staffing": [[s.start, s.end, s.units] for s in q.staffing],
            "stints": sorted(stood[i], key=lambda s: s[1:]),
            "wanted": row.wanted,
            "missing": row.missing,
        }
        for i, (q, row) in enumerate(zip(problem.posts, card.posts, strict=True))
    ]


def _tasks(problem: Problem, units: Sequence[Whereabouts]) -> list[dict[str, Any]]:
    """Return the tasks, and who does them when."""
    done: list[list[list[int]]] = [[] for _ in problem.tasks]
    for u, who in enumerate(units):
        for k, arrive, leave in tasks_done(problem, who):
            done[k].append([u, arrive, leave])
    return [
        {
            "place": k.place,
            "minutes": k.minutes,
            "profit": k.profit,
            "required": k.required,
            "windows": [list(window) for window in k.windows],
            "done": sorted(done[i], key=lambda d: d[1:]),
        }
        for i, k in enumerate(problem.tasks)
    ]


def _demand(problem: Problem) -> dict[str, Any]:
    """Return the demand points, column by column; `weight` is packed point by point and slot by slot."""
    zones = list(dict.fromkeys(d.zone for d in problem.demand))
    lonlat = np.array([(d.lon, d.lat) for d in problem.demand], dtype=np.float64).reshape(-1, 2)
    return {
        "names": [one_line(d.name) for d in problem.demand],
        **_line(lonlat),
        "zones": [one_line(zone) for zone in zones],
        "zone": pack([zones.index(d.zone) for d in problem.demand]),
        "standard": pack([d.standard for d in problem.demand]),
        "backup": pack([d.backup for d in problem.demand]),
        "weight": pack([w for d in problem.demand for w in d.demand]),
    }

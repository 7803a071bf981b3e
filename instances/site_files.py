"""What is told and written of quick-response points: text, JSON, GeoJSON, CSV, and posts for a shift file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from instances.site_build import BuiltSites
from solver.export.geojson import collection
from solver.export.stops_csv import spreadsheet
from solver.plain_text import one_line, table
from solver.sites.siting import Siting
from solver.wording import percent, some_of

NAMES = ("sites.json", "sites.geojson", "sites.csv", "posts.yaml", "curve.csv")
"""The files of a run; the last only where there is a curve."""

POINT_COLUMNS = ("point", "name", "lat", "lon", "given", "covers", "alone")
CURVE_COLUMNS = ("points", "covered", "bound", "gap", "doubly", "worst_hour", "status")


def site_lines(built: BuiltSites, found: Siting, *, fewest: bool) -> list[str]:
    """Return what is told of an answer: first what cannot be covered, then the shares, then the points."""
    problem, shift = built.problem, built.shift
    lines = [f"{one_line(shift.name)}: {shift.horizon}", ""]
    missed = uncovered(built)
    if missed and (fewest or problem.cover_all):
        names = some_of([one_line(name) for name in missed])
        lines += [f"No candidate is near enough to {names}.", ""]
    count = _count(len(found.chosen))
    if fewest:
        proof = "no fewer do" if found.status == "optimal" else f"at least {found.bound} are needed"
        lines.append(f"{count} cover all demand that can be covered; {proof} ({found.status})")
    else:
        best = "no choice of as many is better" if found.status == "optimal" else _gap(found)
        lines.append(f"{count} of {problem.candidates:,} candidates; {best} ({found.status})")
    worst = int(np.argmin(found.hourly))
    hour = f"{percent(found.hourly[worst])} in the worst hour, {_hour(built, worst)}"
    lines.append(f"covered: {percent(found.share)} of the demand, {hour}")
    lines.append(f"covered doubly within the time of the second unit: {percent(found.doubly)}")
    lines += [f"  {zone}: {percent(share)} of its demand" for zone, share in _by_zone(built, found).items()]
    rows = [
        (
            f"{p['point']} {one_line(p['name'])}",
            f"{p['lat']:.6f}",
            f"{p['lon']:.6f}",
            f"{percent(p['covers'])}",
            f"{percent(p['alone'])}",
        )
        for p in site_points(built, found)
    ]
    return [*lines, "", *table(("point", "lat", "lon", "covers", "alone"), rows, widest=60)]


def curve_lines(curve: Sequence[tuple[int, Siting]]) -> list[str]:
    """Return the curve of what is covered against the number of points, as a table."""
    rows = [
        (
            str(n),
            f"{percent(s.share)}",
            f"{percent(s.value / (s.full or 1))}",
            f"{percent(s.bound / (s.full or 1))}",
            f"{percent(s.doubly)}",
            f"{percent(min(s.hourly))}",
            s.status,
        )
        for n, s in curve
    ]
    return table(("points", "covered", "value", "at most", "doubly", "worst hour", "status"), rows)


def site_points(built: BuiltSites, found: Siting) -> list[dict[str, Any]]:
    """Return the points: number, name, place, whether given, the shares of the demand it covers and covers alone."""
    problem = built.problem
    total = float(problem.total.sum()) or 1.0
    covers = problem.covers[:, list(found.chosen)]
    once = covers.sum(axis=1) == 1
    return [
        {
            "point": number,
            "name": built.candidates[c].name,
            "lat": built.candidates[c].lat,
            "lon": built.candidates[c].lon,
            "given": c in problem.given,
            "covers": float(problem.total[column].sum()) / total,
            "alone": float(problem.total[column & once].sum()) / total,
        }
        for number, (c, column) in enumerate(zip(found.chosen, covers.T, strict=True), start=1)
    ]


def site_json(built: BuiltSites, found: Siting, curve: Sequence[tuple[int, Siting]], *, fewest: bool) -> dict[str, Any]:
    """Return an answer as plain JSON values."""
    return {
        "patrolplan": "sites/1",
        "name": built.shift.name,
        "goal": "fewest" if fewest else "most",
        "candidates": built.problem.candidates,
        "demand_points": len(built.standard),
        "points": site_points(built, found),
        **_figures(found),
        "zones": _by_zone(built, found),
        "hours": [
            {"from": built.shift.horizon.at(start).isoformat(), "share": share}
            for start, share in zip(built.shift.horizon.slots, found.hourly, strict=False)
        ],
        "cannot_be_covered": uncovered(built),
        "curve": [{"at_most": number, **_figures(one)} for number, one in curve],
        "notes": list(built.lines),
    }


def site_files(
    built: BuiltSites, found: Siting, curve: Sequence[tuple[int, Siting]], *, fewest: bool
) -> dict[str, bytes]:
    """Return the files of an answer by name."""
    document = site_json(built, found, curve, fewest=fewest)
    files = {
        "sites.json": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(),
        "sites.geojson": _geojson(built, found),
        "sites.csv": spreadsheet(POINT_COLUMNS, [_row(point) for point in site_points(built, found)]),
        "posts.yaml": posts_yaml(built, found).encode(),
    }
    if curve:
        files["curve.csv"] = spreadsheet(CURVE_COLUMNS, [_curve_row(number, one) for number, one in curve])
    return files


def posts_yaml(built: BuiltSites, found: Siting) -> str:
    """Return the points as ``posts:`` of a shift file, but for those that are posts of the file already."""
    shift = built.shift
    there = {post.name for post in shift.posts}
    taken = {place.name for group in (shift.stations, shift.spots, shift.jobs) for place in group} | there
    lines = []
    for c in found.chosen:
        place = built.candidates[c]
        if place.name in there:
            continue
        name = place.name
        while name in taken:
            name += " post"
        taken.add(name)
        at = f"[{place.lat:.6f}, {place.lon:.6f}]"
        lines.append(
            f"  - {{name: {json.dumps(name, ensure_ascii=False)}, at: {at}, staff: all shift, stint: 30 min}}\n"
        )
    return "posts:\n" + "".join(lines) if lines else "posts: []\n"


def uncovered(built: BuiltSites) -> list[str]:
    """Return the names of demand points with demand that no candidate covers that may be chosen."""
    problem = built.problem
    return [built.demand.points.names[i] for i in np.flatnonzero(~problem.coverable & (problem.total > 0))]


def _figures(found: Siting) -> dict[str, Any]:
    """Return value, bound and shares of an answer."""
    return {
        "status": found.status,
        "chosen": len(found.chosen),
        "value": found.value,
        "bound": found.bound,
        "full": found.full,
        "gap": found.gap if np.isfinite(found.gap) else None,
        "covered": found.share,
        "doubly": found.doubly,
        "worst_hour": min(found.hourly),
    }


def _by_zone(built: BuiltSites, found: Siting) -> dict[str, float]:
    """Return the share of the demand of each zone that is covered."""
    total, shares = built.problem.total, {}
    for zone in built.shift.response.standards:
        mine = np.array([z == zone for z in built.demand.zones], dtype=np.bool_)
        if total[mine].any():
            shares[zone] = float(total[mine & found.covered].sum()) / float(total[mine].sum())
    return shares


def _geojson(built: BuiltSites, found: Siting) -> bytes:
    """Return points and demand points as GeoJSON, one feature a line."""
    total = float(built.problem.total.sum()) or 1.0
    features = [
        _feature(p["lon"], p["lat"], {"feature": "point", **{k: p[k] for k in p if k not in ("lat", "lon")}})
        for p in site_points(built, found)
    ]
    rows = zip(
        built.demand.points.names,
        built.demand.points.latlon.tolist(),
        built.demand.zones,
        built.standard.tolist(),
        (built.problem.total / total).tolist(),
        found.covered.tolist(),
        found.doubled.tolist(),
        strict=True,
    )
    for name, (lat, lon), zone, standard, share, covered, doubly in rows:
        features.append(
            _feature(
                lon,
                lat,
                {
                    "feature": "demand",
                    "name": name,
                    "zone": zone,
                    "standard": standard,
                    "share": share,
                    "covered": covered,
                    "doubly": doubly,
                },
            )
        )
    return collection(features, name=one_line(built.shift.name)).encode()


def _feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a point with its properties."""
    geometry = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
    shown = {key: one_line(value) if isinstance(value, str) else value for key, value in properties.items()}
    return {"type": "Feature", "properties": shown, "geometry": geometry}


def _row(point: dict[str, Any]) -> list[Any]:
    """Return a point as a row."""
    return [{True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for v in map(point.get, POINT_COLUMNS)]


def _curve_row(number: int, one: Siting) -> list[Any]:
    """Return a number of points as a row."""
    full = one.full or 1
    gap = one.gap if np.isfinite(one.gap) else ""
    return [number, one.share, one.bound / full, gap, one.doubly, min(one.hourly), one.status]


def _hour(built: BuiltSites, hour: int) -> str:
    """Return which hour it is."""
    slots = built.shift.horizon.slots
    start = built.shift.horizon.at(slots[hour])
    day = f"{start:%A} " if built.shift.horizon.minutes > 1440 else ""
    return f"{day}{built.shift.horizon.span(slots[hour], slots[hour + 1])}"


def _gap(found: Siting) -> str:
    """Return how much better any other choice may be."""
    return f"no choice of as many is better by more than {percent(found.gap, 2)}"


def _count(points: int) -> str:
    """Return a number of points in words."""
    return f"{points} point{'s' * (points != 1)}"

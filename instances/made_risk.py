"""Hotspots and demand made from incidents for one shift, kept by content so that it is done once a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.cache import Cache, content_key, file_digest
from instances.errors import Fault, InputError
from instances.made_hotspots import Made, MadeHotspots, made_hotspots
from instances.reading import MOST_TABLE, need_file
from instances.shift import Horizon, Incidents, Origin, RiskRules

if TYPE_CHECKING:
    from instances.incidents import Incidents as Records
    from instances.roads import RoadNetwork

FORMAT = "made risk 2"
KIND = "risk"

METRES_A_DEGREE = 111_000.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Area:
    """Where units can go: within `limit` metres of a street of one of `modes`."""

    network: RoadNetwork
    modes: tuple[str, ...]
    limit: int

    def holds(self, records: Records) -> NDArray[np.bool_]:
        """Return which of N incidents lie in the area, shape (N,)."""
        from instances.roads import snap

        low, high = self.network.points.min(axis=0), self.network.points.max(axis=0)
        # A margin of twice the limit, so that the rough length of a degree leaves nobody out.
        margin = 2 * self.limit / METRES_A_DEGREE
        wide = margin / np.cos(np.radians(np.minimum(np.abs([low[1], high[1]]).max() + margin, 89.0)))
        inside: NDArray[np.bool_] = (records.lon >= low[0] - wide) & (records.lon <= high[0] + wide)
        inside &= (records.lat >= low[1] - margin) & (records.lat <= high[1] + margin)
        # Many incidents share a point: forces publish them moved to the middle of a street.
        rows = np.flatnonzero(inside)
        points, which = np.unique(np.stack([records.lat[rows], records.lon[rows]], axis=1), axis=0, return_inverse=True)
        near = np.zeros(len(points), dtype=np.bool_)
        for mode in self.modes:
            left = np.flatnonzero(~near)
            near[left] = snap(self.network, points[left], mode, limit=float(self.limit)).snapped
        inside[rows] = near[which.ravel()]
        return inside

    def key(self) -> list[object]:
        """Return what the area depends on."""
        return [self.network.key, list(self.modes), self.limit]


@dataclass(frozen=True, eq=False)
class MadeRisk:
    """Hotspots and demand points from incidents, and what was used for them.

    `joined` tells which demand points stand for several quiet cells.
    """

    hotspots: MadeHotspots
    demand: Made
    joined: NDArray[np.bool_]
    lines: tuple[str, ...]
    facts: Mapping[str, Any]


def made_risk(
    source: Incidents,
    rules: RiskRules,
    horizon: Horizon,
    area: Area,
    *,
    cache: Cache | None,
    note: Callable[[str], None],
) -> MadeRisk:
    """Return hotspots and demand from the incidents in `area`.

    Raises
    ------
    InputError
        When the incidents cannot be used.
    """
    key = None if cache is None else _key(source, rules, horizon, area)
    if cache is not None and key is not None:
        arrays = cache.get(KIND, key)
        kept = None if arrays is None else _unpacked(arrays)
        if kept is not None:
            return kept
    note(f"reading {source.file.name}")
    try:
        made = _made(source, rules, horizon, area)
    except InputError as error:
        raise InputError(_placed(fault, {**source.origins, **rules.origins}) for fault in error.faults) from None
    if cache is not None and key is not None:
        cache.put(KIND, key, _packed(made))
    return made


def incident_faults(source: Incidents | None, horizon: Horizon) -> list[Fault]:
    """Return what is wrong with the incidents by themselves, to be told together with other faults."""
    from instances.incidents import read_incidents

    if source is None:
        return []
    try:
        read_incidents(
            source.file, columns=source.columns, timezone=horizon.zone.key, dates=source.dates, utc=source.utc
        )
    except InputError as error:
        return [_placed(fault, source.origins) for fault in error.faults]
    return []


def _made(source: Incidents, rules: RiskRules, horizon: Horizon, area: Area) -> MadeRisk:
    """Read the incidents and make risk of them."""
    from instances.incidents import read_incidents
    from instances.risk import MetricGrid, demand_points, risk_surface, weigh

    incidents, read = read_incidents(
        source.file, columns=source.columns, timezone=horizon.zone.key, dates=source.dates, utc=source.utc
    )
    near = incidents.select(area.holds(incidents))
    outside = len(incidents) - len(near)
    if not len(near):
        wrong = f"none of its {len(incidents):,} incidents lies within {area.limit} m of a street"
        raise InputError([source.origin.fault(wrong, "give incidents and streets of the same town")])
    surface, report = risk_surface(
        near,
        slots=horizon.hours,
        until=source.until,
        since=source.since,
        half_life=rules.half_life,
        weights=rules.weights,
        cell=float(rules.cell),
        smoothing=float(rules.smoothing),
        grid=MetricGrid.at(*area.network.middle, float(rules.cell)),
    )
    weighed = weigh(near, until=source.until, since=source.since, half_life=rules.half_life, weights=rules.weights)
    demand = demand_points(surface, limit=rules.demand_points)
    lines = list(read.lines())
    if outside:
        lines.append(f"  left out: {outside:,} incidents farther than {area.limit} m from every street")
    cells = set(surface.name)
    return MadeRisk(
        hotspots=made_hotspots(area.network, area.modes, surface, weighed, rules),
        demand=_points([(d.name, d.lat, d.lon, d.demand) for d in demand], len(horizon.hours)),
        joined=np.array([d.name not in cells for d in demand], dtype=np.bool_),
        lines=(*lines, *report.lines()),
        facts={"incidents": read.to_json(), "far_from_streets": outside, "risk": report.to_json()},
    )


def _points(rows: list[tuple[str, float, float, tuple[float, ...]]], slots: int) -> Made:
    """Return rows as arrays."""
    return Made(
        names=tuple(name for name, _, _, _ in rows),
        latlon=np.array([(lat, lon) for _, lat, lon, _ in rows], dtype=np.float64).reshape(-1, 2),
        weight=np.array([weight for _, _, _, weight in rows], dtype=np.float64).reshape(-1, slots),
    )


def _placed(fault: Fault, origins: Mapping[str, Origin]) -> Fault:
    """Return a fault about what the shift file says at its place in the shift file."""
    origin = origins.get(fault.field)
    if origin is None or fault.line:
        return fault
    return origin.fault(fault.wrong, fault.right)


def _key(source: Incidents, rules: RiskRules, horizon: Horizon, area: Area) -> str | None:
    """Return a digest of all that hotspots and demand depend on, the program included.

    It is None where the file cannot be read, which is left to its reader to tell.
    """
    try:
        need_file(source.file, MOST_TABLE)
        digest = file_digest(source.file)
    except OSError:
        return None
    return content_key(
        FORMAT,
        _program(),
        digest,
        str(source.file),
        _days(source.since),
        source.until.isoformat(),
        [part for pair in sorted(source.columns.items()) for part in pair],
        source.dates,
        source.utc,
        [rules.cell, rules.smoothing, _days(rules.half_life), rules.demand_points],
        [rules.hotspots, rules.as_streets, rules.spacing],
        [part for pair in sorted(rules.weights.items()) for part in pair],
        horizon.hours,
        horizon.zone.key,
        area.key(),
    )


def _program() -> str:
    """Return a digest of the modules that make risk."""
    here = Path(__file__).parent
    names = ("made_risk", "made_hotspots", "incidents", "incident_columns", "dates", "date_formats", "delimited")
    files = [here / f"{name}.py" for name in names] + sorted((here / "risk").glob("*.py"))
    return content_key([file.read_bytes() for file in files])


def _days(span: timedelta | None) -> float | None:
    """Return a length of time in days."""
    return None if span is None else span / timedelta(days=1)


def _packed(made: MadeRisk) -> dict[str, NDArray[Any]]:
    """Return hotspots and demand as named arrays."""
    text = {
        "hotspots": made.hotspots.points.names,
        "demand": made.demand.names,
        "lines": made.lines,
        "facts": dict(made.facts),
    }
    return {
        "text": np.frombuffer(json.dumps(text).encode(), dtype=np.uint8),
        "hotspot_latlon": made.hotspots.points.latlon,
        "hotspot_weight": made.hotspots.points.weight,
        "hotspot_streets": made.hotspots.streets,
        "hotspot_ends": made.hotspots.ends,
        "demand_latlon": made.demand.latlon,
        "demand_weight": made.demand.weight,
        "joined": made.joined,
    }


def _unpacked(arrays: Mapping[str, NDArray[Any]]) -> MadeRisk | None:
    """Return what `_packed` kept, or None where it is something else."""
    try:
        text = json.loads(arrays["text"].tobytes())
        points = Made(tuple(text["hotspots"]), arrays["hotspot_latlon"], arrays["hotspot_weight"])
        return MadeRisk(
            hotspots=MadeHotspots(points, arrays["hotspot_streets"], arrays["hotspot_ends"]),
            demand=Made(tuple(text["demand"]), arrays["demand_latlon"], arrays["demand_weight"]),
            joined=arrays["joined"],
            lines=tuple(text["lines"]),
            facts=text["facts"],
        )
    except (KeyError, ValueError, TypeError):
        return None

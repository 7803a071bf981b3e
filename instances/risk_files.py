"""From a file of incidents to files of hotspots and demand: the whole way, for planners who want to edit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from instances.incidents import Incidents, read_incidents
from instances.risk import (
    cells_geojson,
    choose_hotspots,
    demand_csv,
    demand_geojson,
    demand_points,
    hotspots_csv,
    hotspots_geojson,
    risk_surface,
)
from instances.risk.estimate import CELL, SMOOTHING

if TYPE_CHECKING:
    from instances.dates import DateOrder
    from instances.incidents import IncidentReport
    from instances.risk import RiskReport, Slot

Form = Literal["csv", "geojson"]


@dataclass(frozen=True)
class RiskFiles:
    """What was written: contents by file name, and how they came about."""

    files: Mapping[str, bytes]
    incidents: IncidentReport
    risk: RiskReport
    hotspots: int
    demand: int

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        counts = f"{self.hotspots} hotspots, {self.demand} demand points"
        return [*self.incidents.lines(), *self.risk.lines(), counts]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "incidents": self.incidents.to_json(),
            "risk": self.risk.to_json(),
            "hotspots": self.hotspots,
            "demand": self.demand,
        }


def risk_files(
    path: Path,
    *,
    forms: Sequence[Form] = ("csv",),
    hotspots: int = 40,
    demand: int | None = None,
    weekdays: Sequence[int] = range(7),
    hours: tuple[int, int] = (0, 24),
    until: date | None = None,
    since: timedelta | None = None,
    half_life: timedelta | None = None,
    weights: Mapping[str, float] | None = None,
    cell: float = CELL,
    smoothing: float = SMOOTHING,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    dates: DateOrder = "auto",
) -> RiskFiles:
    """Return files of hotspots and demand from the incidents in `path`.

    Parameters
    ----------
    path : Path
    forms : sequence of {"csv", "geojson"}
        GeoJSON comes with the cells as well.
    hotspots : int
        How many hotspots at most.
    demand : int, optional
        How many demand points at most; beyond, neighbouring ones are joined.
    weekdays, hours
        The hours wanted: from the first hour to before the last of each day (0 is Monday), into the next
        day where the last is not above the first.
    until : date, optional
        Only incidents before it count; by default all of them.
    since, half_life, weights, cell, smoothing
        See `instances.risk.risk_surface`.
    columns, timezone, dates
        See `instances.incidents.read_incidents`.

    Raises
    ------
    InputError
        When the incidents cannot be read or none is left.
    """
    incidents, read = read_incidents(path, columns=columns, timezone=timezone, dates=dates)
    slots = hours_of_week(weekdays, hours)
    surface, made = risk_surface(
        incidents,
        slots=slots,
        until=until or day_after(incidents),
        since=since,
        half_life=half_life,
        weights=weights,
        cell=cell,
        smoothing=smoothing,
    )
    places = choose_hotspots(surface, hotspots)
    points = demand_points(surface, limit=demand)
    texts: dict[str, str] = {}
    if "csv" in forms:
        texts["hotspots.csv"] = hotspots_csv(places, slots)
        texts["demand.csv"] = demand_csv(points, slots)
    if "geojson" in forms:
        texts["hotspots.geojson"] = hotspots_geojson(places, slots)
        texts["demand.geojson"] = demand_geojson(points, slots)
        texts["cells.geojson"] = cells_geojson(surface)
    files = {name: text.encode() for name, text in texts.items()}
    return RiskFiles(files, read, made, len(places), len(points))


def hours_of_week(weekdays: Sequence[int], hours: tuple[int, int]) -> tuple[Slot, ...]:
    """Return the hours of the week from ``hours[0]`` to before ``hours[1]`` of each day, past midnight if need be.

    >>> hours_of_week([6], (23, 1))
    ((6, 23), (0, 0))
    """
    begin, end = hours
    length = (end - begin) % 24 or 24
    slots = ((day * 24 + begin + i) % 168 for day in weekdays for i in range(length))
    return tuple(sorted({divmod(slot, 24): None for slot in slots}, key=lambda s: _from(s, weekdays, begin)))


def _from(slot: Slot, weekdays: Sequence[int], begin: int) -> int:
    """Return the hours from the begin of the first day wanted to `slot`, for the order of time."""
    return (slot[0] * 24 + slot[1] - weekdays[0] * 24 - begin) % 168


def day_after(incidents: Incidents) -> date:
    """Return the first day after all incidents; a month without days is over on the first of the next."""
    days = [incidents.last]
    if incidents.month_only.any():
        months = incidents.select(incidents.month_only)
        days.append((months.last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
    return max(days) + timedelta(days=1)

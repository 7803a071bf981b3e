"""What a build tells its planner: the streets, how far points lie from them, incidents, hotspots, demand, zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instances.place_snaps import SnapReport


@dataclass(frozen=True)
class ZoneReport:
    """How the demand lies in a zone: points, share of all demand, and its two standards in seconds."""

    points: int
    share: float
    standard: int
    backup: int


@dataclass(frozen=True)
class BuildReport:
    """The report of a build.

    `network` and `risk` are the reports of the streets and of the incidents as plain values, with their text
    beside them; `hotspots` counts hotspots by where they come from, `zones` tells of the demand by zone.
    """

    name: str
    horizon: str
    units: Mapping[str, int]
    network: Mapping[str, Any]
    snaps: SnapReport
    hotspots: Mapping[str, int]
    demand_points: int
    demand_source: str
    zones: Mapping[str, ZoneReport]
    risk: Mapping[str, Any] = field(default_factory=dict)
    risk_lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the report as text."""
        roster = ", ".join(f"{count} {mode}" for mode, count in self.units.items())
        made = ", ".join(f"{count} {source}" for source, count in self.hotspots.items() if count)
        out = [
            f"{self.name}: {self.horizon}; units: {roster}",
            f"streets: {self.network['source']}, {self.network['streets']:,} streets, {self.network['km']:,.0f} km",
            *self.risk_lines,
            f"hotspots: {made or 'none'}",
            f"demand: {_points(self.demand_points)} {self.demand_source}" if self.demand_points else "demand: none",
        ]
        out += [
            f"  {zone}: {_points(z.points)} with {z.share:.0%} of the demand, first unit in {_clock(z.standard)}, "
            f"second in {_clock(z.backup)}"
            for zone, z in self.zones.items()
            if self.demand_points
        ]
        return [*out, *self.snaps.lines(), *self.notes]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "name": self.name,
            "horizon": self.horizon,
            "units": dict(self.units),
            "network": dict(self.network),
            "snapping": self.snaps.to_json(),
            "hotspots": dict(self.hotspots),
            "demand": {"points": self.demand_points, "source": self.demand_source},
            "zones": {
                zone: {"points": z.points, "share": z.share, "standard": z.standard, "backup": z.backup}
                for zone, z in self.zones.items()
            },
            **dict(self.risk),
            "notes": list(self.notes),
        }


def _points(count: int) -> str:
    """Return a number of points in words."""
    return f"{count:,} point" if count == 1 else f"{count:,} points"


def _clock(seconds: int) -> str:
    """Return seconds in words."""
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"

"""What a road network holds, what was guessed, and what was left out, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from instances.roads.network import RoadNetwork
from instances.roads.speeds import CAR_SPEEDS, LIMIT_SHARE
from solver.problem import MODES


@dataclass(frozen=True)
class ModeReport:
    """What one mode can use: its largest strongly connected component, and what was dropped beside it.

    Lengths are of streets, each counted once, in km.  `components_dropped` counts other components of at
    least two crossings; `km_dropped` is the length that is open to the mode and not connected both ways.
    """

    nodes: int
    streets: int
    km: float
    components_dropped: int
    km_dropped: float


@dataclass(frozen=True)
class SpeedReport:
    """Streets of one class open to cars: length with a limit that was read, and length with a guessed speed."""

    km_tagged: float
    km_guessed: float
    guessed_kmh: float


@dataclass(frozen=True)
class NetworkReport:
    """The whole report.

    `nodes`, `streets` and `km` are of everything read, `modes` of what each mode uses, `speeds` of the
    largest component of the car by class; `counts` holds what was read and what could not be used, `notes` what
    a planner should know of the source, in words.
    """

    source: str
    key: str
    attribution: str
    nodes: int
    streets: int
    km: float
    modes: Mapping[str, ModeReport]
    speeds: Mapping[str, SpeedReport]
    counts: Mapping[str, int]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the report as text."""
        lines = [f"{self.source}: {self.nodes:,} nodes, {self.streets:,} streets, {self.km:,.1f} km"]
        lines += [f"  {self.attribution}"] if self.attribution else []
        lines += ["", "  mode           nodes   streets        km   dropped: km  components"]
        for mode, m in self.modes.items():
            lines.append(
                f"  {mode:<11} {m.nodes:>8,} {m.streets:>9,} {m.km:>9,.1f}   {m.km_dropped:>11,.1f}"
                f"  {m.components_dropped:>10,}"
            )
        tagged = sum(s.km_tagged for s in self.speeds.values())
        guessed = sum(s.km_guessed for s in self.speeds.values())
        lines += ["", f"  car speeds: {tagged:,.1f} km at {LIMIT_SHARE:.0%} of the tagged limit, guessed by class:"]
        lines += [
            f"    {name:<16} {s.km_guessed:>9,.1f} km at {s.guessed_kmh:g} km/h, {s.km_tagged:,.1f} km tagged"
            for name, s in self.speeds.items()
        ]
        lines.append(f"    in all           {guessed:>9,.1f} km")
        lines += ["", *(f"  {count:>9,} {what}" for what, count in self.counts.items())]
        return [*lines, *(f"  {note}" for note in self.notes)]


def network_report(network: RoadNetwork) -> NetworkReport:
    """Return the report of `network`."""
    counts = {k: v for k, v in network.counts.items() if ":" not in k and v}
    return NetworkReport(
        source=network.source,
        key=network.key,
        attribution=network.attribution,
        nodes=len(network.lonlat),
        streets=network.streets,
        km=_km(network, np.ones(network.streets, dtype=np.bool_)),
        modes={mode: _mode_report(network, i) for i, mode in enumerate(MODES)},
        speeds=_speed_reports(network),
        counts=counts,
        notes=network.notes,
    )


def _km(network: RoadNetwork, which: Any) -> float:
    """Return the length of some streets in km, to the metre."""
    return round(float(network.metres[which].sum()) / 1000, 3)


def _mode_report(network: RoadNetwork, mode: int) -> ModeReport:
    """Return what one mode uses."""
    used = network.connected[mode].reshape(-1, 2).any(axis=1)
    opened = (network.kmh[mode] > 0).reshape(-1, 2).any(axis=1)
    nodes = np.union1d(network.tail[used], network.head[used])
    return ModeReport(
        nodes=len(nodes),
        streets=int(used.sum()),
        km=_km(network, used),
        components_dropped=network.counts.get(f"{MODES[mode]}: components dropped", 0),
        km_dropped=_km(network, opened & ~used),
    )


def _speed_reports(network: RoadNetwork) -> dict[str, SpeedReport]:
    """Return by class how much of the car's streets has a guessed speed, longest class first."""
    used = network.connected[MODES.index("car")].reshape(-1, 2).any(axis=1)
    reports = {}
    for i, name in enumerate(network.classes):
        of_class = used & (network.street_class == i)
        if of_class.any():
            tagged, guessed = _km(network, of_class & ~network.guessed), _km(network, of_class & network.guessed)
            reports[name] = SpeedReport(tagged, guessed, CAR_SPEEDS[name])
    return dict(sorted(reports.items(), key=lambda item: -(item[1].km_tagged + item[1].km_guessed)))

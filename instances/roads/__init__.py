"""Road networks: from a file or a place name to travel times and the geometry of legs.

`load_network` reads and keeps a network, `snap` puts points on its streets, `travel_seconds` gives travel
times, `leg_streets` the way of single legs, `leg_points` places on it, and `drawn_lines` what a map shows.
Rules and figures are in ``docs/network.md``.
"""

from __future__ import annotations

from instances.roads.drawing import drawn_lines
from instances.roads.legs import leg_points, leg_streets
from instances.roads.loading import load_network
from instances.roads.network import RoadNetwork
from instances.roads.network_report import NetworkReport
from instances.roads.snapping import Snaps, snap
from instances.roads.street_names import street_names
from instances.roads.stretches import Run, runs_along, runs_between
from instances.roads.travel import travel_seconds

__all__ = [
    "NetworkReport",
    "RoadNetwork",
    "Run",
    "Snaps",
    "drawn_lines",
    "leg_points",
    "leg_streets",
    "load_network",
    "runs_along",
    "runs_between",
    "snap",
    "street_names",
    "travel_seconds",
]

"""A synthetic town as a planner's own files, drawn from a seed.

The same seed and size give the same bytes.  The area grows with the hotspots, so that their density stays
that of a town.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from instances.towns.osm_xml import network_xml, packed
from instances.towns.roster import draw_crews, draw_posts, draw_stations, shift_yaml, stations_csv
from instances.towns.street_details import add_details
from instances.towns.street_plan import StreetPlan, draw_streets
from instances.towns.trouble import WEEKS, draw_hot_places, draw_incidents, incidents_csv

DAY = date(2026, 10, 16)
"""The Friday planned for; the incidents end on the Sunday before."""

SMALLEST, LARGEST = 10, 1000
INCIDENTS_PER_HOTSPOT = 60


@dataclass(frozen=True, eq=False)
class Town:
    """A town: its streets, and its files by name.

    `files` are ``network.osm.gz``, ``stations.csv``, ``incidents.csv`` and ``night.yaml``.
    """

    seed: int
    streets: StreetPlan
    files: Mapping[str, bytes]


def make_town(seed: int, *, hotspots: int = 40, units: int = 12) -> Town:
    """Return a town drawn from `seed`.

    Parameters
    ----------
    seed : int
    hotspots : int
        How many hotspots its shift asks for, 10 to 1000; the town is as large as that takes.
    units : int
        How many units are on its roster, 1 to `hotspots`.

    Raises
    ------
    ValueError
        When a size is out of range.
    """
    if not SMALLEST <= hotspots <= LARGEST:
        raise ValueError(f"hotspots must be {SMALLEST} to {LARGEST}, not {hotspots}")
    if not 1 <= units <= hotspots:
        raise ValueError(f"units must be 1 to the number of hotspots ({hotspots}), not {units}")
    rng = np.random.default_rng(seed)
    plan = draw_streets(rng, 1200 * math.sqrt(hotspots / 30))
    add_details(plan, rng)
    hot = draw_hot_places(plan, rng, round(1.5 * hotspots))
    monday = DAY - timedelta(days=DAY.weekday(), weeks=WEEKS)
    incidents = draw_incidents(plan, rng, hot, INCIDENTS_PER_HOTSPOT * hotspots, monday)
    stations = draw_stations(plan, rng, max(1, round(hotspots / 25)))
    posts = draw_posts(plan, hot, min(max(1, round(units / 5)), 8))
    crews = draw_crews(rng, stations, units)
    texts = {
        "stations.csv": stations_csv(plan, stations),
        "incidents.csv": incidents_csv(plan, incidents, monday),
        "night.yaml": shift_yaml(plan, DAY, crews, posts, hotspots),
    }
    files = {"network.osm.gz": packed(network_xml(plan)), **{name: text.encode() for name, text in texts.items()}}
    return Town(seed, plan, files)


def write_town(town: Town, directory: Path) -> tuple[Path, ...]:
    """Write the files of `town` into `directory`, made if need be, and return their paths.

    Raises
    ------
    OSError
        When they cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in town.files.items():
        path = directory / name
        path.write_bytes(content)
        paths.append(path)
    return tuple(paths)

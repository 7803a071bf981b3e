"""Covering problems at the size of a city: made-up towns of some 23,000 streets, with travel times by car along them.

Demand is that of the incidents of a Friday night, in up to 2,700 cells, joined where it is quiet; candidates are 2,700
crossings drawn from the seed.  The same seed gives the same problem.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instances.build import build
from instances.cache import Cache
from instances.roads import snap, travel_seconds
from instances.shift_file import read_shift
from instances.towns import make_town, write_town

SIZE = 2700
"""Demand points, and candidates."""

HOTSPOTS = 1000
"""The size of the town."""


@dataclass(frozen=True, eq=False)
class City:
    """Seconds by car from candidate to demand point (D, C), demand by hour (H, D), and standards in seconds (D,)."""

    seconds: NDArray[np.int32]
    demand: NDArray[np.int64]
    standard: NDArray[np.int64]


def city(seed: int, *, size: int = SIZE, hotspots: int = HOTSPOTS, cache: Cache | None = None) -> City:
    """Return the city drawn from `seed`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_town(make_town(seed, hotspots=hotspots, units=5), folder)
        file = folder / "night.yaml"
        text = file.read_text(encoding="utf-8")
        asked = f"risk: {{hotspots: {hotspots},"
        if asked not in text:
            raise ValueError(f"the town's shift file does not say {asked!r}")
        file.write_text(text.replace(asked, f"risk: {{hotspots: 5, demand_points: {size},"), encoding="utf-8")
        built = build(read_shift(file), cache=cache)
    points, network = built.problem.demand, built.network
    rng = np.random.default_rng(seed)
    nodes = rng.choice(len(network.lonlat), min(size, len(network.lonlat)), replace=False)
    candidates = snap(network, network.lonlat[nodes][:, ::-1], "car")
    places = snap(network, np.array([(point.lat, point.lon) for point in points]), "car")
    return City(
        seconds=travel_seconds(network, "car", candidates, places, cache=cache).T,
        demand=np.array([point.demand for point in points], dtype=np.int64).T,
        standard=np.array([point.standard for point in points], dtype=np.int64),
    )

"""Covering problems at the size of a city: made-up towns of some 23,000 streets, with travel times by car along them.

Demand is that of the incidents of a Friday night, in up to 2,700 cells, joined where it is quiet; candidates are 2,700
crossings drawn from the seed.  Beside it a town with as many demand points spread evenly along its streets, which is
harder: no place stands out.  The same seed gives the same problem.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instances.build import Built, build
from instances.cache import Cache
from instances.roads import RoadNetwork, snap, travel_seconds
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
    built = _built(seed, size, hotspots, cache)
    points, network = built.problem.demand, built.network
    places = np.array([(point.lat, point.lon) for point in points])
    return City(
        seconds=_seconds(network, places, size, np.random.default_rng(seed), cache),
        demand=np.array([point.demand for point in points], dtype=np.int64).T,
        standard=np.array([point.standard for point in points], dtype=np.int64),
    )


def even_town(seed: int, *, size: int = SIZE, hotspots: int = HOTSPOTS, cache: Cache | None = None) -> City:
    """Return the town drawn from `seed` with demand spread evenly; its standard is 3 minutes everywhere."""
    network = _built(seed, size, hotspots, cache).network
    rng = np.random.default_rng(seed)
    streets, along = rng.choice(network.streets, size), rng.random((size, 1))
    ends = network.lonlat[network.tail[streets]], network.lonlat[network.head[streets]]
    places = (ends[0] + along * (ends[1] - ends[0]))[:, ::-1]
    return City(
        seconds=_seconds(network, places, size, rng, cache),
        demand=np.maximum(np.rint(rng.lognormal(2.0, 1.0, (1, size))), 1.0).astype(np.int64),
        standard=np.full(size, 180, dtype=np.int64),
    )


def _built(seed: int, size: int, hotspots: int, cache: Cache | None) -> Built:
    """Return a made-up town with up to `size` demand points."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_town(make_town(seed, hotspots=hotspots, units=5), folder)
        file = folder / "night.yaml"
        text = file.read_text(encoding="utf-8")
        asked = f"risk: {{hotspots: {hotspots},"
        if asked not in text:
            raise ValueError(f"the town's shift file does not say {asked!r}")
        file.write_text(text.replace(asked, f"risk: {{hotspots: 5, demand_points: {size},"), encoding="utf-8")
        return build(read_shift(file), cache=cache)


def _seconds(
    network: RoadNetwork, places: NDArray[np.float64], size: int, rng: np.random.Generator, cache: Cache | None
) -> NDArray[np.int32]:
    """Return seconds by car from `size` crossings to places, shape (D, C)."""
    nodes = rng.choice(len(network.lonlat), min(size, len(network.lonlat)), replace=False)
    candidates = snap(network, network.lonlat[nodes][:, ::-1], "car")
    return travel_seconds(network, "car", candidates, snap(network, places, "car"), cache=cache).T

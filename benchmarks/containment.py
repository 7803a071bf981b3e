"""Containment in made-up towns and on real networks: what is found in ten seconds, and how far it is proved.

    python -m benchmarks.containment [--data DIR]

Units stand at random on the streets around a place; a car leaves it, and units learn of it after one minute or two.
DIR holds ``roads/malta.osm.pbf`` and ``roads/greater_porto.osm.pbf``.  Roads are read before the clock starts, as
the command finds them in its cache.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.tables import markdown
from instances.roads import load_network, snap
from instances.roads.flight import Manner, flight
from instances.roads.geometry import great_circle
from instances.roads.to_crossings import seconds_to_crossings
from instances.towns import make_town
from solver.containment.check import escape, faults
from solver.containment.contain import contain
from solver.containment.pursuit import NEVER, TOLERANCE, Pursuit

if TYPE_CHECKING:
    from instances.roads import RoadNetwork

REAL = (
    ("Malta, Valletta", "malta", (35.8989, 14.5146)),
    ("Greater Porto, centre", "greater_porto", (41.1496, -8.6110)),
)
"""Names, files and places where the car leaves."""

TOWNS = (100, 1000)
"""Hotspots of made-up towns, whose size goes with them."""

WITHIN = 900.0
"""Seconds after which the car is out."""

SPREAD = 4000.0
"""Metres around the place in which units stand."""

HEAD = (
    "roads",
    "units",
    "delay",
    "crossings",
    "search, s",
    "in all, s",
    "enclosed",
    "km",
    "no less than",
    "closings",
    "open",
    "least",
    "out after",
)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="directory with roads/")
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit of each search")
    parser.add_argument("--units", default="20,60", help="numbers of units")
    parser.add_argument("--delays", default="60,120", help="seconds until units learn of it")
    options = parser.parse_args()
    rows = []
    for name, network, place in _cases(options.data):
        for units in map(int, options.units.split(",")):
            for delay in map(int, options.delays.split(",")):
                rows.append(_row(name, network, place, units, delay, options.seconds))
                print(" ".join(rows[-1]), flush=True)
    print("\n".join(markdown(HEAD, rows)))


def _cases(data: Path | None) -> Iterator[tuple[str, RoadNetwork, tuple[float, float]]]:
    """Yield names, roads and places."""
    for hotspots in TOWNS:
        town = make_town(1, hotspots=hotspots, units=10)
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "network.osm.gz"
            path.write_bytes(town.files["network.osm.gz"])
            network = load_network(path)
        yield f"made-up town of {hotspots} hotspots", network, network.middle
    for name, file, place in REAL if data is not None else ():
        assert data is not None
        yield name, load_network(data / "roads" / f"{file}.osm.pbf"), place


def _row(
    name: str, network: RoadNetwork, place: tuple[float, float], units: int, delay: int, seconds: float
) -> tuple[str, ...]:
    """Return the figures of one search."""
    where = _scattered(network, place, units)
    begin = time.perf_counter()
    away = flight(network, place, Manner(within=WITHIN))
    starts = snap(network, where, "car", limit=np.inf)
    drive = seconds_to_crossings(network, "car", starts, away.node, limit=WITHIN)
    there = np.isfinite(drive)
    arrive = np.where(there, delay + np.ceil(np.where(there, drive, 0.0) - TOLERANCE), NEVER).astype(np.int64)
    pursuit = Pursuit(away.ground, away.starts, away.begun, away.outside, arrive, delay)
    middle = time.perf_counter()
    found = contain(pursuit, seconds=seconds)
    end = time.perf_counter()
    if found.enclosed:
        assert faults(pursuit, found.closings, found.metres) == []
    out = escape(pursuit, found.all_closings)
    number = "hopeless" if found.hopeless else str(len(found.open))
    return (
        name,
        str(units),
        f"{delay} s",
        f"{away.ground.crossings:,}",
        f"{end - middle:.1f}",
        f"{end - begin:.1f}",
        "yes" if found.enclosed else "no",
        f"{found.metres / 1000:.1f}" if found.enclosed else "-",
        f"{found.least_metres / 1000:.1f}" if found.enclosed else "-",
        str(len(found.all_closings)),
        number,
        str(found.least_open),
        "-" if out is None else f"{out.second} s",
    )


def _scattered(
    network: RoadNetwork, place: tuple[float, float], units: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return where units stand, latitude first: at the ends of streets, the longer the likelier."""
    rng = np.random.default_rng(1)
    near = great_circle(network.lonlat[network.tail], np.array(place[::-1])) < SPREAD
    weight = network.metres * (network.connected[0].reshape(-1, 2).any(axis=1) & near)
    streets = rng.choice(network.streets, size=units, p=weight / weight.sum())
    found: np.ndarray[tuple[int, int], np.dtype[np.float64]] = network.lonlat[network.tail[streets]][:, ::-1]
    return found


if __name__ == "__main__":
    main()

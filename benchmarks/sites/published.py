"""The published covering problems: the SJC set with proven optima, and the San Francisco stores of spopt.

They may not be put into this repository; they are read from a directory that the caller names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Case:
    """A covering problem with its known optimum.

    `model` is ``MCLP`` (most demand covered by `points`), ``LSCP`` (fewest points that cover all) or ``LSCP-B`` (of
    the fewest, those that cover most demand points doubly); a point at candidate c serves demand point d when
    ``metres[d, c] <= radius``.
    """

    source: str
    instance: str
    model: str
    radius: float
    points: int
    metres: NDArray[np.float64]
    demand: NDArray[np.int64]
    optimum: int


def sjc_cases(folder: Path) -> Iterator[Case]:
    """Yield the 82 maximal covering problems of ``mclp_sjc`` and its set covering ones, one for each radius."""
    with (folder / "optimal_sjc.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    seen = set()
    for row in rows:
        name, radius = row["instance"], float(row["radius"])
        metres, demand = _sjc(folder / "data" / "SJC" / f"{name}.txt")
        if (name, radius) not in seen:
            seen.add((name, radius))
            yield Case("SJC", name, "LSCP", radius, 0, metres, demand, int(row["lscp_opt"]))
        yield Case("SJC", name, "MCLP", radius, int(row["p"]), metres, demand, int(row["obj"]))


def _sjc(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return distances between all nodes of a file, and their demand."""
    lines = path.read_text(encoding="utf-8").splitlines()
    count = int(lines[0].split()[0])
    table = np.array([line.split()[:3] for line in lines[1 : count + 1]], dtype=np.float64)
    x, y = table[:, 0], table[:, 1]
    return np.hypot(x[:, None] - x, y[:, None] - y), table[:, 2].astype(np.int64)


def stores_cases(folder: Path) -> Iterator[Case]:
    """Yield the problems of ``spopt_sf``: 205 tracts, 16 stores, distances along streets."""
    data = folder / "spopt" / "tests" / "test_locate" / "data"
    with (data / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    tracts = {name: i for i, name in enumerate(sorted({row["DestinationName"] for row in rows}))}
    stores = {name: i for i, name in enumerate(sorted({row["name"] for row in rows}))}
    metres = np.zeros((len(tracts), len(stores)))
    demand = np.zeros(len(tracts), dtype=np.int64)
    for row in rows:
        tract = tracts[row["DestinationName"]]
        metres[tract, stores[row["name"]]] = float(row["distance"])
        demand[tract] = int(row["demand"])
    with (folder / "expected.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            # Those doubly covered are counted, not their people.
            weight = np.ones_like(demand) if row["model"] == "LSCP-B" else demand
            points = int(row["p"] or 0)
            optimum = int(row["optimal_value_ours_HiGHS"])
            yield Case("SF stores", "SF", row["model"], float(row["radius_m"]), points, metres, weight, optimum)

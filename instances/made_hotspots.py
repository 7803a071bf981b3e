"""Hotspots made from a risk surface and the streets: a point for each cell, or a stretch of street each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.shift import RiskRules
from solver.problem import MODES

if TYPE_CHECKING:
    from instances.risk import RiskSurface, Weighed
    from instances.roads import RoadNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NAMING = 10.0
"""Metres of the cells after which stretches of street are called: fine enough that hardly two have one name."""


ROADSIDE = 30.0
"""Metres from a street within which an incident happened on it, though a path beside it lies nearer."""


@dataclass(frozen=True, eq=False)
class Made:
    """N points made from incidents: names, latitude and longitude of shape (N, 2), weight of shape (N, S)."""

    names: tuple[str, ...]
    latlon: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class MadeHotspots:
    """H hotspots made from incidents.

    `streets` is which street of the network each is, from its point to its end in `ends` (latitude and longitude,
    shape (H, 2)); -1 for a hotspot that is a point.
    """

    points: Made
    streets: Ints
    ends: Floats


def made_hotspots(
    network: RoadNetwork, modes: Sequence[str], surface: RiskSurface, weighed: Weighed, rules: RiskRules
) -> MadeHotspots:
    """Return the hotspots that `rules` ask for, most risk first.

    Parameters
    ----------
    network : RoadNetwork
    modes : sequence of str
        Those in use: a stretch of street is one that some of them can use.
    surface : RiskSurface
    weighed : Weighed
        The incidents that it was made of.
    rules : RiskRules
    """
    if rules.as_streets and rules.hotspots:
        return _stretches(network, modes, surface, weighed, rules)
    return _cells(network, surface, rules)


def _cells(network: RoadNetwork, surface: RiskSurface, rules: RiskRules) -> MadeHotspots:
    """Return cells with the most risk, called after their streets."""
    from instances.risk import choose_hotspots

    spacing = None if rules.spacing is None else float(rules.spacing)
    rows = choose_hotspots(surface, rules.hotspots, spacing=spacing) if rules.hotspots else ()
    latlon = np.array([(row.lat, row.lon) for row in rows], dtype=np.float64).reshape(-1, 2)
    weight = np.array([row.risk for row in rows], dtype=np.float64).reshape(-1, surface.risk.shape[1])
    points = Made(_called(network, latlon, [row.name for row in rows]), latlon, weight)
    return MadeHotspots(points, np.full(len(rows), -1, dtype=np.int64), latlon)


def _stretches(
    network: RoadNetwork, modes: Sequence[str], surface: RiskSurface, weighed: Weighed, rules: RiskRules
) -> MadeHotspots:
    """Return streets with the most risk, from crossing to crossing."""
    from instances.risk import MetricGrid, spaced, street_risk

    happened = _streets_of(network, modes, weighed)
    streets, risk = street_risk(surface, weighed.incidents, weighed.weight, happened)
    middle = _middles(network, streets)
    x, y = surface.grid.metres(middle[:, 0], middle[:, 1])
    order = np.lexsort((streets, -risk.sum(axis=1)))
    chosen = spaced(x, y, risk, order, rules.hotspots, float(rules.spacing or 0))
    which = np.array([i for i, _ in chosen], dtype=np.int64)
    grid = MetricGrid(surface.grid.zone, surface.grid.north, NAMING)
    corners = zip(*(cells.tolist() for cells in grid.cells_of(x[which], y[which])), strict=True)
    names = _called(network, middle[which], [grid.name(ix, iy) for ix, iy in corners])
    starts, ends = (network.lonlat[nodes[streets[which]]][:, ::-1].copy() for nodes in (network.tail, network.head))
    weight = np.array([held for _, held in chosen]).reshape(-1, surface.risk.shape[1])
    return MadeHotspots(Made(_told_apart(names), starts, weight), streets[which], ends)


def _streets_of(network: RoadNetwork, modes: Sequence[str], weighed: Weighed) -> Ints:
    """Return the street of each incident, shape (N,).

    It is the nearest that all modes can use, where that is near, else the nearest that any can use.
    """
    from instances.roads.snapping import nearest_streets

    usable = network.connected[[MODES.index(mode) for mode in modes]].reshape(len(modes), -1, 2).any(axis=2)
    # Many incidents share a point: forces publish them moved to the middle of a street.
    lonlat = np.stack([weighed.incidents.lon, weighed.incidents.lat], axis=1)
    points, which = np.unique(lonlat, axis=0, return_inverse=True)
    shared, _, _, metres = nearest_streets(network, np.flatnonzero(usable.all(axis=0)), points)
    any_mode = nearest_streets(network, np.flatnonzero(usable.any(axis=0)), points)[0]
    return np.where(metres <= ROADSIDE, shared, any_mode)[which.reshape(-1)].astype(np.int64)


def _middles(network: RoadNetwork, streets: Ints) -> Floats:
    """Return latitude and longitude of the middles of streets, shape (K, 2)."""
    from instances.roads.street_parts import place_along

    return place_along(network, streets, np.full(len(streets), 0.5))[:, ::-1]


def _called(network: RoadNetwork, latlon: Floats, cells: Sequence[str]) -> tuple[str, ...]:
    """Return names of places: of the street there with the cell in brackets, or of the cell alone."""
    from instances.roads import street_names

    streets = street_names(network, latlon)
    return tuple(f"{street} ({cell})" if street else cell for street, cell in zip(streets, cells, strict=True))


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, those that stand there before with a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(found)

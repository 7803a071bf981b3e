"""Places where quick-response points could be: crossings, places of a grid, stations, posts, or those of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.shift import Candidate, Origin, Shift
from solver.problem import MODES

if TYPE_CHECKING:
    from instances.risk import MetricGrid
    from instances.roads import RoadNetwork

MADE = Origin("")
"""The origin of a candidate that was made from the streets."""

NO_WAITING = "motorway"
"""How the classes of street begin on which nobody may wait."""

CROSSING = 3
"""Streets that meet at a crossing, at least."""


def candidates_of(shift: Shift, network: RoadNetwork) -> tuple[Candidate, ...]:
    """Return the posts of the shift, then the candidates that it asks for or lists; none twice."""
    rules = shift.sites
    posts = tuple(Candidate(post.name, post.lat, post.lon, post.origin) for post in shift.posts)
    others: Sequence[Candidate]
    if not isinstance(rules.candidates, str):
        others = rules.candidates
    elif rules.candidates == "stations":
        others = [Candidate(s.name, s.lat, s.lon, s.origin) for s in shift.stations]
    elif rules.candidates == "grid":
        others = _grid(network, rules.mode, rules.spacing)
    else:
        others = _junctions(network, rules.mode, rules.spacing)
    there = {post.name for post in posts}
    return (*posts, *(other for other in others if other.name not in there))


def _junctions(network: RoadNetwork, mode: str, spacing: int) -> list[Candidate]:
    """Return the crossing with most streets of each square of the grid; of such, the one nearest to its middle.

    Streets on which nobody may wait do not count.
    """
    usable = network.connected[MODES.index(mode)].reshape(-1, 2).any(axis=1)
    fast = [number for number, name in enumerate(network.classes) if name.startswith(NO_WAITING)]
    usable &= ~np.isin(network.street_class, fast)
    ends = np.concatenate([network.tail[usable], network.head[usable]])
    meet = np.bincount(ends, minlength=len(network.lonlat))
    nodes = np.flatnonzero(meet >= CROSSING)
    grid = _metric(network, spacing)
    x, y = grid.metres(network.lonlat[nodes, 1], network.lonlat[nodes, 0])
    off = np.hypot(x / spacing % 1 - 0.5, y / spacing % 1 - 0.5)
    order = np.lexsort((nodes, off, -meet[nodes]))
    ix, iy = grid.cells_of(x, y)
    first = _first_of_each(ix[order], iy[order])
    chosen = order[first]
    return _named(network, grid, network.lonlat[nodes[chosen]][:, ::-1], ix[chosen], iy[chosen])


def _grid(network: RoadNetwork, mode: str, spacing: int) -> list[Candidate]:
    """Return, for each square of the grid with a street near its middle, the place on the street nearest to that."""
    from instances.roads import snap

    grid = _metric(network, spacing)
    low, high = network.points.min(axis=0), network.points.max(axis=0)
    corners = np.array([(low[1], low[0]), (low[1], high[0]), (high[1], low[0]), (high[1], high[0])])
    x, y = grid.cells(corners[:, 0], corners[:, 1])
    columns, rows = (np.arange(side.min() - 1, side.max() + 2) for side in (x, y))
    ix, iy = (side.ravel() for side in np.meshgrid(columns, rows))
    middles = np.stack(grid.centres(ix, iy), axis=1)
    found = snap(network, middles, mode, limit=spacing / 2)
    on = np.flatnonzero(found.snapped)
    return _named(network, grid, found.lonlat[on][:, ::-1], ix[on], iy[on])


def _metric(network: RoadNetwork, spacing: int) -> MetricGrid:
    """Return the grid of squares."""
    from instances.risk import MetricGrid

    return MetricGrid.at(*network.middle, float(spacing))


def _first_of_each(ix: NDArray[np.int64], iy: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each square comes first, in the order of the squares."""
    _, first = np.unique(np.stack([ix, iy], axis=1), axis=0, return_index=True)
    return np.asarray(first)


def _named(
    network: RoadNetwork, grid: MetricGrid, latlon: NDArray[np.float64], ix: NDArray[np.int64], iy: NDArray[np.int64]
) -> list[Candidate]:
    """Return places called after their street and their square.

    ``post`` stands before the square, as a hotspot made from incidents is called after the street and square too.
    """
    from instances.roads import street_names

    streets = street_names(network, latlon)
    squares = [f"post {grid.name(x, y)}" for x, y in zip(ix.tolist(), iy.tolist(), strict=True)]
    names = [f"{street} ({square})" if street else square for street, square in zip(streets, squares, strict=True)]
    places = zip(names, latlon.tolist(), strict=True)
    return [Candidate(name, round(lat, 7), round(lon, 7), MADE) for name, (lat, lon) in places]

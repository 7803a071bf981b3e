"""Places from a risk surface: hotspots worth a visit, and demand points where calls arise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from instances.risk.surface import Floats, RiskSurface

Where = Literal["incidents", "centre"]


@dataclass(frozen=True)
class HotspotRow:
    """A place worth a visit; `risk` is expected weighted incidents an hour, one a slot."""

    name: str
    lat: float
    lon: float
    risk: tuple[float, ...]


@dataclass(frozen=True)
class DemandRow:
    """A place where calls arise; `demand` is expected weighted incidents an hour, one a slot."""

    name: str
    lat: float
    lon: float
    demand: tuple[float, ...]


def choose_hotspots(
    surface: RiskSurface, count: int, *, spacing: float | None = None, at: Where = "incidents"
) -> tuple[HotspotRow, ...]:
    """Return the `count` places with the most risk over all slots, most first; fewer when there are fewer.

    Parameters
    ----------
    surface : RiskSurface
    count : int
    spacing : float, optional
        Metres; a cell whose point lies nearer than this to that of a hotspot already chosen joins it with
        its risk, so that one corner cut by the border of two cells is one hotspot.  Half a cell by default.
    at : {"incidents", "centre"}
        Where the hotspot lies in its cell: where things happened, or in the middle.
    """
    if count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    spacing = surface.grid.cell / 2 if spacing is None else spacing
    lat, lon = (surface.at_lat, surface.at_lon) if at == "incidents" else (surface.lat, surface.lon)
    x, y = surface.grid.metres(lat, lon)
    order = np.lexsort((surface.iy, surface.ix, -surface.total))
    return tuple(
        HotspotRow(surface.name[c], float(lat[c]), float(lon[c]), tuple(r.tolist()))
        for c, r in spaced(x, y, surface.risk, order, count, spacing)
    )


def spaced(
    x: Floats, y: Floats, risk: Floats, order: NDArray[np.int64], count: int, spacing: float
) -> list[tuple[int, Floats]]:
    """Return at most `count` of N candidates and their risk; one nearer than `spacing` to one chosen before joins it.

    Parameters
    ----------
    x, y : float64 arrays of shape (N,)
        Metres.
    risk : float64 array of shape (N, S)
    order : int64 array of shape (N,)
        The candidates, the first choice first.
    count : int
    spacing : float
        Metres.
    """
    chosen: list[int] = []
    held: list[Floats] = []
    for i in order.tolist():
        if chosen:
            away = np.hypot(x[chosen] - x[i], y[chosen] - y[i])
            near = int(np.argmin(away))
            if away[near] < spacing:
                held[near] = held[near] + risk[i]
                continue
        if len(chosen) < count:
            chosen.append(i)
            held.append(risk[i])
    return list(zip(chosen, held, strict=True))


def demand_points(surface: RiskSurface, *, limit: int | None = None) -> tuple[DemandRow, ...]:
    """Return every cell with risk as a demand point, in order of column and row of the grid.

    Beyond `limit`, squares of 2 x 2, 4 x 4, … cells are joined into one point at their weighted centre: first
    those where demand times side is least, so that the busy parts of the town stay fine.  Demand is never dropped.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be 1 or more, not {limit}")
    x, y = surface.grid.metres(surface.at_lat, surface.at_lon)
    rows = []
    for level, ix, iy, cells in _squares(surface, limit):
        weight = surface.total[cells]
        weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(cells), 1 / len(cells))
        if len(cells) == 1:
            lat, lon = surface.at_lat[cells[0]], surface.at_lon[cells[0]]
        else:
            lats, lons = surface.grid.degrees((x[cells] @ weight).reshape(1), (y[cells] @ weight).reshape(1))
            lat, lon = lats[0], lons[0]
        name = surface.grid.name(ix << level, iy << level, size=1 << level)
        demand = tuple(surface.risk[cells].sum(axis=0).tolist())
        rows.append(((ix << level, iy << level), DemandRow(name, float(lat), float(lon), demand)))
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


Square = tuple[int, int, int, NDArray[np.int64]]
"""Level, column and row in steps of 2 ** level cells, and the cells in it."""


def _squares(surface: RiskSurface, limit: int | None) -> list[Square]:
    """Return at most `limit` squares that hold every cell once."""
    n = len(surface)
    square: list[tuple[int, int, int]] = [
        (0, ix, iy) for ix, iy in zip(surface.ix.tolist(), surface.iy.tolist(), strict=True)
    ]
    group = np.arange(n)
    left = n
    for level, ix, iy, cells in _parents(surface) if limit is not None and n > limit else ():
        joined = np.unique(group[cells])
        if len(joined) == 1:
            continue
        group[cells] = joined[0]
        square[joined[0]] = (level, ix, iy)
        left -= len(joined) - 1
        if limit is not None and left <= limit:
            break
    return [(*square[g], np.flatnonzero(group == g)) for g in np.unique(group).tolist()]


def _parents(surface: RiskSurface) -> list[Square]:
    """Return all squares of 2 x 2 cells and more, those whose joining costs least first.

    Cost is demand times side; it grows from a square to the one around it, so inner squares come first.
    """
    parents: list[tuple[float, Square]] = []
    total = surface.total
    level, ix, iy = 0, surface.ix, surface.iy
    while len(np.unique(ix)) > 1 or len(np.unique(iy)) > 1:
        level, ix, iy = level + 1, ix >> 1, iy >> 1
        order = np.lexsort((iy, ix))
        edges = np.flatnonzero(np.diff(ix[order]) | np.diff(iy[order])) + 1
        for cells in np.split(order, edges):
            cost = float(total[cells].sum()) * 2**level
            parents.append((cost, (level, int(ix[cells[0]]), int(iy[cells[0]]), cells)))
    return [square for _, square in sorted(parents, key=lambda pair: (pair[0], pair[1][:3]))]

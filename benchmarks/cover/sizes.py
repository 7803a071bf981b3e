"""The sizes of the benchmark: how many units, hotspots, demand points, stations and posts, how long, on which grid."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """What a problem of the benchmark has exactly so many of.

    `town` is how many hotspots its town is made for, which sets its area: two sizes with the same `town` and the
    same seed have the same streets.  `hours` is the length of the horizon, `grid` in minutes.
    """

    name: str
    town: int
    units: int
    hotspots: int
    demand: int
    stations: int
    posts: int
    grid: int = 1
    hours: int = 8

    def __str__(self) -> str:
        return (
            f"{self.units} units, {self.hotspots} hotspots, {self.demand} demand points, {self.stations} stations, "
            f"{self.posts} posts, {self.hours} h in steps of {self.grid} min"
        )


S = Size("S", town=40, units=6, hotspots=40, demand=100, stations=1, posts=1)
M = Size("M", town=100, units=20, hotspots=100, demand=300, stations=4, posts=4)
L = Size("L", town=400, units=60, hotspots=400, demand=1000, stations=9, posts=8, grid=2)

BASE = replace(M, name="base", grid=2)
"""What the others of the table of cost against size vary: M on a grid of two minutes."""

SIZES = {
    size.name: size
    for size in (
        S,
        M,
        L,
        replace(L, name="L1", grid=1),
        BASE,
        replace(BASE, name="hotspots", hotspots=2 * BASE.hotspots),
        replace(BASE, name="units", units=2 * BASE.units),
        replace(BASE, name="hours", hours=2 * BASE.hours),
        replace(BASE, name="grid", grid=1),
    )
}
"""All sizes by name: ``S``, ``M``, ``L``, ``L1`` (L on a grid of one minute), and ``base`` with twice the
``hotspots``, twice the ``units``, twice the ``hours`` or half the ``grid``."""

LABELS = {
    "L1": "L, grid of 1 min",
    "base": "M, grid of 2 min",
    "hotspots": "twice the hotspots",
    "units": "twice the units",
    "hours": "twice the hours",
    "grid": "half the grid",
}
"""What tables and figures call a size, where not by its name."""

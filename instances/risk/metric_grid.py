"""A metric grid over a town whose cells keep their names from day to day.

Cells are squares of the UTM projection, aligned to its origin and not to the data, so that the same square
has the same name in every run.  UTM's scale is between 0.9996 and 1.0010 within a zone, so a cell of 200 m
is 200 m wide to within 20 cm; its sides lean from true north by up to 3 degrees at middle latitudes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FARTHEST = 1_000_000.0
"""Metres from the middle of a town beyond which nothing belongs to it."""

Floats = NDArray[np.float64]
Cells = NDArray[np.int64]


@dataclass(frozen=True)
class MetricGrid:
    """Squares of `cell` metres in UTM zone `zone` (1 to 60), north or south of the equator."""

    zone: int
    north: bool
    cell: float

    @classmethod
    def at(cls, lat: float, lon: float, cell: float) -> MetricGrid:
        """Return the grid for a town around (lat, lon).

        A town across the border of two zones should always pass the same point, such as the middle of its
        road network: cells of two zones do not match.
        """
        if not cell > 0:
            raise ValueError(f"cell must be above 0 metres, not {cell}")
        return cls(min(int((lon + 180) // 6) + 1, 60), lat >= 0, cell)

    def metres(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Return eastings and northings of points in degrees."""
        from pyproj import Transformer

        x, y = Transformer.from_crs("EPSG:4326", self._epsg, always_xy=True).transform(lon, lat)
        return np.asarray(x), np.asarray(y)

    def near(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        """Return which points lie within `FARTHEST` of their middle; far from its zone the projection means nothing."""
        x, y = self.metres(lat, lon)
        middle = self.metres(np.array(np.median(lat)), np.array(np.median(lon)))
        with np.errstate(invalid="ignore"):  # what cannot be projected is infinite
            return np.asarray(np.hypot(x - middle[0], y - middle[1]) <= FARTHEST)

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes of points in metres."""
        from pyproj import Transformer

        lon, lat = Transformer.from_crs(self._epsg, "EPSG:4326", always_xy=True).transform(x, y)
        return np.asarray(lat), np.asarray(lon)

    def cells(self, lat: Floats, lon: Floats) -> tuple[Cells, Cells]:
        """Return the column and the row of the cell that each point lies in."""
        return self.cells_of(*self.metres(lat, lon))

    def cells_of(self, x: Floats, y: Floats) -> tuple[Cells, Cells]:
        """Return the column and the row of the cell of points in metres."""
        return np.floor(x / self.cell).astype(np.int64), np.floor(y / self.cell).astype(np.int64)

    def centres(self, ix: Cells, iy: Cells) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes of the centres of cells."""
        return self.degrees((ix.astype(np.float64) + 0.5) * self.cell, (iy.astype(np.float64) + 0.5) * self.cell)

    def corners(self, ix: int, iy: int) -> list[tuple[float, float]]:
        """Return longitude and latitude of the corners of a cell, anticlockwise, the first one again at the end."""
        x = np.array([ix, ix + 1, ix + 1, ix, ix], dtype=np.float64) * self.cell
        y = np.array([iy, iy, iy + 1, iy + 1, iy], dtype=np.float64) * self.cell
        lat, lon = self.degrees(x, y)
        return list(zip(lon.tolist(), lat.tolist(), strict=True))

    def name(self, ix: int, iy: int, *, size: int = 1) -> str:
        """Return the name of a cell, or of a square of `size` x `size` cells whose lowest cell it is.

        It is the zone and the kilometres east and north of the lower left corner, such as ``30N 699.2
        5711.6``; squares of several cells add their side.
        """
        digits = next((d for d in (0, 1, 2) if self.cell % 10 ** (3 - d) == 0), 3)
        east, north = (f"{i * self.cell / 1000:.{digits}f}" for i in (ix, iy))
        side = f" ({size * self.cell:g} m)" if size > 1 else ""
        return f"{self.zone}{'N' if self.north else 'S'} {east} {north}{side}"

    @property
    def _epsg(self) -> str:
        """The name of the projection in the EPSG registry."""
        return f"EPSG:{(32600 if self.north else 32700) + self.zone}"

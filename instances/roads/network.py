"""The road network as plain arrays.

A *street* is a piece of road between two nodes, stored once whatever the directions in which it may be used,
with its geometry.  A *dart* is a street in one direction: dart ``2 s`` runs along the geometry of street
``s``, dart ``2 s + 1`` against it.  How a network is made is the business of `instances.roads.streets`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from solver.problem import MODES

if TYPE_CHECKING:
    from instances.roads.network_report import NetworkReport
    from instances.roads.snapping import Snaps

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

_TEXT = ("key", "source", "attribution", "classes", "names", "counts", "notes")


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Streets, who may use them, and how fast.

    Parameters
    ----------
    key : str
        Digest of the content it was made from and of the program that made it.
    source : str
        What it was read from, in words.
    attribution : str
        Whom to credit.
    lonlat : float64 array of shape (V, 2)
        Places of the nodes, WGS-84 degrees, in Morton order.
    tail, head : int32 arrays of shape (E,)
        The nodes at which each street's geometry begins and ends; equal for a loop.
    metres : float64 array of shape (E,)
    point_starts : int64 array of shape (E + 1,)
        Where the points of each street begin in `points`.
    points : float64 array of shape (P, 2)
        Geometry, WGS-84 degrees.
    street_class : int16 array of shape (E,)
        Index into `classes`.
    classes : tuple of str
        Values of ``highway``.
    street_name : int32 array of shape (E,)
        Index into `names`.
    names : tuple of str
        Names of streets; the first is empty, for those without.
    kmh : float64 array of shape (4, 2 E)
        Speed by mode (in the order of `solver.problem.MODES`) and dart; 0 where closed.
    connected : bool array of shape (4, 2 E)
        Darts within the mode's largest strongly connected component; only these are used.
    guessed : bool array of shape (E,)
        Whether motor speeds are the class default.
    banned : int32 array of shape (T, 2)
        Pairs of darts: no way from the first into the second.
    banned_modes : bool array of shape (T, 4)
        Who is bound by it.
    counts : mapping of str to int
        What was read and what could not be used.
    notes : tuple of str
        What a planner should know of the source.
    """

    key: str
    source: str
    attribution: str
    lonlat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    metres: NDArray[np.float64]
    point_starts: NDArray[np.int64]
    points: NDArray[np.float64]
    street_class: NDArray[np.int16]
    classes: tuple[str, ...]
    street_name: NDArray[np.int32]
    names: tuple[str, ...]
    kmh: NDArray[np.float64]
    connected: NDArray[np.bool_]
    guessed: NDArray[np.bool_]
    banned: NDArray[np.int32]
    banned_modes: NDArray[np.bool_]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def streets(self) -> int:
        """Number of streets."""
        return len(self.tail)

    @property
    def dart_tail(self) -> NDArray[np.int32]:
        """The node each dart leaves, shape (2 E,)."""
        return np.stack([self.tail, self.head], axis=1).ravel()

    @property
    def dart_head(self) -> NDArray[np.int32]:
        """The node each dart reaches, shape (2 E,)."""
        return np.stack([self.head, self.tail], axis=1).ravel()

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of the box around all nodes."""
        lon, lat = (self.lonlat.min(axis=0) + self.lonlat.max(axis=0)) / 2
        return float(lat), float(lon)

    def dart_seconds(self, mode: str) -> NDArray[np.float64]:
        """Return seconds along each dart, shape (2 E,); infinite where `mode` may not go."""
        kmh = self.kmh[MODES.index(mode)]
        seconds = np.full(len(kmh), np.inf)
        np.divide(np.repeat(self.metres, 2) * 3.6, kmh, out=seconds, where=kmh > 0)
        return seconds

    def snap(self, points: NDArray[np.float64], mode: str, *, limit: float = 250.0) -> Snaps:
        """Return where points (N, 2), latitude first, lie on the streets of `mode`; see `instances.roads.snap`."""
        from instances.roads.snapping import snap

        return snap(self, points, mode, limit=limit)

    def describe(self) -> NetworkReport:
        """Return what the network holds and what was guessed or left out of it."""
        from instances.roads.network_report import network_report

        return network_report(self)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the network as named arrays, for a store."""
        text = {name: getattr(self, name) for name in _TEXT}
        text["counts"] = dict(self.counts)
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _TEXT}
        return {**arrays, "text": np.frombuffer(json.dumps(text).encode(), dtype=np.uint8)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> RoadNetwork:
        """Return the network that `to_arrays` wrote.

        Raises
        ------
        KeyError, ValueError, TypeError
            When the arrays are not those of a network.
        """
        values: dict[str, Any] = {name: array for name, array in arrays.items() if name != "text"}
        values |= json.loads(arrays["text"].tobytes())
        for name in ("classes", "names", "notes"):
            values[name] = tuple(values[name])
        return cls(**values)

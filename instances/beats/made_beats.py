"""From a shift file to beats: seeds and weights on the streets, what grows from them, and its figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from instances.beats.growth import distances, graph_of, grow, spread_seeds
from instances.beats.outlines import outlines
from instances.errors import Fault, InputError
from instances.near_names import few
from instances.shift import Origin
from instances.sources import Note, read_sources
from instances.weighted_points import demand_of, hotspots_of
from solver.problem import MODES, UNREACHABLE

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.roads import RoadNetwork, Snaps
    from instances.shift import Shift

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

By = Literal["risk", "demand", "hotspots", "streets"]


@dataclass(frozen=True, eq=False)
class Beat:
    """A beat: its name, place of origin, `share` of all weight, length of its streets, and its farthest crossing."""

    number: int
    name: str
    lat: float
    lon: float
    weight: float
    share: float
    hotspots: int
    metres: float
    seconds: int | None
    crossings: int
    shape: Any


@dataclass(frozen=True, eq=False)
class Beats:
    """All beats of a town, in the order of their numbers; `off` is how far the worst is from its fair share."""

    name: str
    mode: str
    by: By
    balance: float
    off: float
    attribution: str
    beats: tuple[Beat, ...]
    notes: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Whether all are as near to their fair share as was asked for."""
        return self.off <= self.balance


@dataclass(frozen=True, eq=False)
class _Streets:
    """The streets that a mode can use: S of them, with their crossings numbered anew from 0."""

    network: RoadNetwork
    street: Ints
    node: Ints
    ends: Ints
    length: Ints


def make_beats(
    shift: Shift,
    *,
    by: By,
    balance: float,
    number: int | None = None,
    mode: str | None = None,
    cache: Cache | None,
    note: Note | None = None,
) -> Beats:
    """Return the beats of a shift's town, one for each station, or so many as `number` says.

    Parameters
    ----------
    shift : Shift
        From `instances.shift_file.read_sites`.
    by : str
        What is shared alike: ``risk`` of hotspots, ``demand``, the number of ``hotspots``, or length of ``streets``.
    balance : float
        By which share of its fair share a beat may be lighter or heavier.
    number : int, optional
    mode : str, optional
        Along whose streets beats grow; that of the first unit, or car.
    cache : Cache or None
    note : callable, optional
        Told in words what is being done.

    Raises
    ------
    InputError
        When there is nothing to share, or no place to grow from.
    RoadDataError
        When the streets cannot be read.
    """
    mode = mode or next(iter(shift.modes), "car")
    modes = tuple(m for m in MODES if m in (*shift.modes, mode))
    network, closed, risk = read_sources(shift, modes, cache, note or (lambda _: None))
    streets = _usable(network, mode)
    spots = hotspots_of(shift, risk)
    demand = demand_of(shift, risk, spots)
    minutes = np.diff(np.asarray(shift.horizon.slots))
    latlon = np.array([(s.lat, s.lon) for s in spots.spots], dtype=np.float64).reshape(-1, 2)
    at_spots, spots_far = _crossings(streets, network.snap(latlon, mode, limit=float(shift.snap)))
    notes = list(closed)
    if by == "streets":
        weight = _metres_by_crossing(streets)
    elif by == "demand":
        places = network.snap(demand.points.latlon, mode, limit=float(shift.snap))
        at, far = _crossings(streets, places)
        weight = _summed(streets, at, (demand.points.weight @ minutes)[~far])
        notes += _far("demand points", far)
    else:
        worth = spots.weight @ minutes if by == "risk" else np.ones(len(spots.spots))
        weight = _summed(streets, at_spots, worth[~spots_far])
        notes += _far("hotspots", spots_far)
    if not weight.sum() > 0:
        raise InputError(
            [Origin(shift.file).fault(f"there is no {by} to share", "give incidents, or use --by streets")]
        )
    graph = graph_of(streets.ends[:, 0], streets.ends[:, 1], streets.length, len(streets.node))
    names, seeds = _seeds(shift, streets, mode, number, weight, balance, notes)
    ways = distances(streets.ends[:, 0], streets.ends[:, 1], streets.length, seeds, len(streets.node))
    grown = grow(ways, seeds, weight, graph, balance=balance)
    return Beats(
        name=shift.name,
        mode=mode,
        by=by,
        balance=balance,
        off=grown.off,
        attribution=network.attribution,
        beats=_figures(streets, mode, names, seeds, grown.beat, weight, at_spots, cache),
        notes=tuple(notes),
    )


def _usable(network: RoadNetwork, mode: str) -> _Streets:
    """Return the streets that are connected with the rest for a mode."""
    street = np.flatnonzero(network.connected[MODES.index(mode)].reshape(-1, 2).any(axis=1))
    ends = np.stack([network.tail[street], network.head[street]], axis=1).astype(np.int64)
    node, renamed = np.unique(ends, return_inverse=True)
    seconds = network.dart_seconds(mode).reshape(-1, 2)[street]
    slower = np.where(np.isfinite(seconds), seconds, 0.0).max(axis=1)
    # Hundredths of a second as whole numbers, so that sums are exact.
    length = np.maximum(np.rint(100 * slower), 1).astype(np.int64)
    return _Streets(network, street, node, renamed.reshape(-1, 2), length)


def _crossings(streets: _Streets, snaps: Snaps) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the crossing nearest along the street to each place that is on one, and which places are on none."""
    far = ~snaps.snapped
    row = np.searchsorted(streets.street, snaps.street[~far])
    end = (snaps.fraction[~far] > 0.5).astype(np.int64)
    return streets.ends[row, end], far


def _summed(streets: _Streets, at: Ints, weight: Floats) -> Floats:
    """Return weight by crossing."""
    return np.bincount(at, weights=weight, minlength=len(streets.node)).astype(np.float64)


def _metres_by_crossing(streets: _Streets) -> Floats:
    """Return half the length of all streets that meet at each crossing."""
    half = np.repeat(streets.network.metres[streets.street] / 2, 2)
    return _summed(streets, streets.ends.ravel(), half)


def _far(what: str, far: NDArray[np.bool_]) -> list[str]:
    """Return a note of points that are on no street."""
    return [f"left out: {int(far.sum()):,} {what} that lie on no street"] if far.any() else []


def _seeds(
    shift: Shift, streets: _Streets, mode: str, number: int | None, weight: Floats, balance: float, notes: list[str]
) -> tuple[list[str], Ints]:
    """Return names and crossings from which beats grow: the stations', or so many spread over the town."""
    from instances.roads.geometry import mercator

    if number is not None:
        if number > len(streets.node):
            wrong = f"there are {len(streets.node):,} crossings for {number:,} beats"
            raise InputError([Origin(shift.file).fault(wrong, "ask for fewer")])
        tail, head = streets.ends.T
        xy = mercator(streets.network.lonlat[streets.node])
        seeds = spread_seeds(number, xy, weight, tail, head, streets.length, balance=balance)
        # From north to south, so that the numbers do not hang on how they were found.
        seeds = seeds[np.lexsort((xy[seeds, 0], -xy[seeds, 1]))]
        return [f"Beat {i + 1}" for i in range(number)], seeds
    if not shift.stations:
        raise InputError([Origin(shift.file).fault("there is no station to grow from", "give stations, or --beats 6")])
    latlon = np.array([(s.lat, s.lon) for s in shift.stations], dtype=np.float64)
    at, far = _crossings(streets, streets.network.snap(latlon, mode, limit=float(shift.snap)))
    stations = [s for s, off in zip(shift.stations, far.tolist(), strict=True) if not off]
    lost = [s.name for s, off in zip(shift.stations, far.tolist(), strict=True) if off]
    if lost:
        notes.append(f"without a beat, as no street ({mode}) lies within {shift.snap} m: {few(lost)}")
    if not stations:
        raise InputError([Origin(shift.file).fault("no station lies on any street", "correct them, or give --beats 6")])
    faults: list[Fault] = []
    first: dict[int, str] = {}
    for station, crossing in zip(stations, at.tolist(), strict=True):
        other = first.setdefault(crossing, station.name)
        if other != station.name:
            wrong = f"{station.name!r} and {other!r} have the same nearest crossing, so no border fits between them"
            faults.append(station.origin.fault(wrong, "leave one of them out, or use --beats"))
    if faults:
        raise InputError(faults)
    return [s.name for s in stations], at


def _figures(
    streets: _Streets,
    mode: str,
    names: list[str],
    seeds: Ints,
    beat: Ints,
    weight: Floats,
    at_spots: Ints,
    cache: Cache | None,
) -> tuple[Beat, ...]:
    """Return the beats with their figures and outlines."""
    network, number = streets.network, len(seeds)
    lines = [network.points[a:b] for a, b in _spans(network, streets.street)]
    shapes = outlines(lines, streets.ends, beat, number)
    held = np.bincount(beat, weights=weight, minlength=number)
    metres = np.bincount(beat, weights=_metres_by_crossing(streets), minlength=number)
    spots = Counter(beat[at_spots].tolist())
    seconds = _seconds(streets, mode, seeds, cache)
    found = []
    for b in range(number):
        own = seconds[b, beat == b]
        lon, lat = network.lonlat[streets.node[seeds[b]]].tolist()
        found.append(
            Beat(
                number=b + 1,
                name=names[b],
                lat=lat,
                lon=lon,
                weight=float(held[b]),
                share=float(held[b] / weight.sum()),
                hotspots=spots[b],
                metres=float(metres[b]),
                seconds=None if (own == UNREACHABLE).any() else int(own.max()),
                crossings=int((beat == b).sum()),
                shape=shapes[b],
            )
        )
    return tuple(found)


def _spans(network: RoadNetwork, street: Ints) -> list[tuple[int, int]]:
    """Return where the points of each street begin and end."""
    starts = network.point_starts
    return list(zip(starts[street].tolist(), starts[street + 1].tolist(), strict=True))


def _seconds(streets: _Streets, mode: str, seeds: Ints, cache: Cache | None) -> NDArray[np.int32]:
    """Return the seconds from each seed to each crossing, by the streets as they may be driven."""
    from instances.roads import Snaps, travel_seconds

    ends = streets.ends.ravel()
    node, first = np.unique(ends, return_index=True)
    everywhere = Snaps(
        mode=mode,
        street=streets.street[first // 2].astype(np.int32),
        fraction=(first % 2).astype(np.float64),
        metres=np.zeros(len(node)),
        lonlat=streets.network.lonlat[streets.node],
        detached=np.full(len(node), np.inf),
    )
    return travel_seconds(streets.network, mode, everywhere[seeds], everywhere, cache=cache)

"""Where the places of a shift lie on the streets: snapping in every mode in use, the report, and what is a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault
from instances.shift import Origin, Shift

if TYPE_CHECKING:
    from instances.roads import RoadNetwork, Run, Snaps

FAR = 50.0
"""Metres from a street beyond which a place is named in the report."""

_MOST_NAMED = 20

BESIDE = ("incident", "earlier place")
"""Roles of places that no shift file names: those of incidents, and those where units have been that it lacks."""


@dataclass(frozen=True)
class Site:
    """A place of the problem: its role, its point, and where the planner named it (None: made from incidents).

    `district` is empty where it lies in none.  A stretch that is driven along has its way by mode, for the modes
    that can, and is left at `exit` (latitude, longitude); an earlier place has its exit
    alone.  `reverse_of` is the name of the place whose way back it is.
    """

    role: str
    name: str
    lat: float
    lon: float
    origin: Origin | None
    district: str = ""
    exit: tuple[float, float] | None = None
    runs: Mapping[str, Run] | None = None
    reverse_of: str = ""


@dataclass(frozen=True, eq=False)
class Ends:
    """Where units of one mode arrive at P places and, after them, D demand points, and where they leave the places."""

    arrive: Snaps
    leave: Snaps


@dataclass(frozen=True)
class SnapReport:
    """How far the places lie from the streets.

    Parameters
    ----------
    far : tuple of (role, name, mode, metres)
        Every place beyond 50 m, or beyond the limit, of a street of a mode; beyond the limit it cannot be
        reached in that mode.
    limit : int
        Metres beyond which a point is not taken to lie on a street.
    farthest : mapping of mode to metres
        Of the places within the limit.
    unreached : tuple of (role, name, metres)
        Places that no unit can reach, and how far away there is a street for one of the modes that is not
        connected with the rest (infinite: none).
    demand_unreached : tuple of str
        Demand points that no unit can reach.
    """

    far: tuple[tuple[str, str, str, float], ...]
    limit: int
    farthest: dict[str, float]
    unreached: tuple[tuple[str, str, float], ...]
    demand_unreached: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the report as text."""
        most = ", ".join(f"{mode} {metres:.0f} m" for mode, metres in self.farthest.items())
        out = [f"places on streets: farthest {most}" if most else "places on streets: none"]
        detached = {(role, name): metres for role, name, metres in self.unreached}
        by_place: dict[tuple[str, str], list[tuple[str, float]]] = {}
        for role, name, mode, metres in self.far:
            by_place.setdefault((role, name), []).append((mode, metres))
        for (role, name), each in by_place.items():
            ways = [f"{mode} {_distance(m)}{' (too far)' if m > self.limit else ''}" for mode, m in each]
            if (role, name) in detached:
                nearest = _distance(min(m for _, m in each))
                island = _island(detached[role, name], self.limit)
                out.append(f"  no unit can reach {role} {name!r}: nearest street {nearest}{island}")
            else:
                out.append(f"  {role} {name!r}: nearest street {', '.join(ways)}")
        if self.demand_unreached:
            names = ", ".join(self.demand_unreached[:_MOST_NAMED])
            more = len(self.demand_unreached) - _MOST_NAMED
            rest = f" and {more} more" if more > 0 else ""
            count = len(self.demand_unreached)
            out.append(f"  no unit can reach {count} demand point{'s' * (count != 1)}: {names}{rest}")
        return out

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        far = [
            {"role": role, "name": name, "mode": mode, "metres": round(metres, 1) if np.isfinite(metres) else None}
            for role, name, mode, metres in self.far
        ]
        return {
            "limit_metres": self.limit,
            "farthest_metres": {mode: round(metres, 1) for mode, metres in self.farthest.items()},
            "far": far,
            "unreached": [
                {"role": role, "name": name, "detached_metres": round(metres, 1) if np.isfinite(metres) else None}
                for role, name, metres in self.unreached
            ],
            "demand_unreached": list(self.demand_unreached),
        }


def snap_sites(
    network: RoadNetwork, sites: Sequence[Site], demand: NDArray[np.float64], modes: Sequence[str], limit: int
) -> dict[str, Ends]:
    """Return where units arrive at the places and demand points and leave the places, for each mode.

    Parameters
    ----------
    network : RoadNetwork
    sites : sequence of Site
        P places.
    demand : float64 array of shape (D, 2)
        Latitude and longitude of demand points.
    modes : sequence of str
    limit : int
        Metres.
    """
    from instances.roads import snap

    latlon = np.array([(s.lat, s.lon) for s in sites], dtype=np.float64).reshape(-1, 2)
    points = np.concatenate([latlon, demand])
    found = {mode: _ends(snap(network, points, mode, limit=float(limit)), sites) for mode in modes}
    left = [i for i, s in enumerate(sites) if s.exit is not None and s.runs is None]
    exits = np.array([sites[i].exit for i in left], dtype=np.float64).reshape(-1, 2)
    for mode, ends in found.items() if left else ():
        snaps = snap(network, exits, mode, limit=float(limit))
        leave = ends.leave.replaced({i: snaps[[k]] if snaps.snapped[k] else None for k, i in enumerate(left)})
        found[mode] = Ends(ends.arrive, leave)
    return found


def _ends(snaps: Snaps, sites: Sequence[Site]) -> Ends:
    """Return the ends of places: of a stretch those of the way of the mode, of any other the point itself."""
    runs = {i: site.runs.get(snaps.mode) for i, site in enumerate(sites) if site.runs is not None}
    arrive = snaps.replaced({i: None if run is None else run.entry for i, run in runs.items()})
    leave = snaps[: len(sites)].replaced({i: None if run is None else run.exit for i, run in runs.items()})
    return Ends(arrive, leave)


def report_snaps(shift: Shift, sites: Sequence[Site], demand: Sequence[str], snaps: dict[str, Snaps]) -> SnapReport:
    """Return how far everything lies from the streets."""
    n = len(sites)
    far = [
        (site.role, site.name, mode, float(metres))
        for mode, found in snaps.items()
        for site, metres in zip(sites, found.metres[:n], strict=True)
        if metres > min(FAR, shift.snap) and not site.reverse_of
    ]
    on_street = np.zeros(n + len(demand), dtype=np.bool_)
    for found in snaps.values():
        on_street |= found.snapped
    detached = np.min([found.detached[:n] for found in snaps.values()], axis=0, initial=np.inf).tolist()
    farthest = {mode: float(found.metres[:n][found.snapped[:n]].max(initial=0.0)) for mode, found in snaps.items()}
    return SnapReport(
        far=tuple(sorted(far, key=lambda x: (-x[3], x[1], x[2]))),
        limit=shift.snap,
        farthest=farthest,
        unreached=tuple(
            (s.role, s.name, metres) for s, ok, metres in zip(sites, on_street[:n], detached, strict=True) if not ok
        ),
        demand_unreached=tuple(name for name, ok in zip(demand, on_street[n:], strict=True) if not ok),
    )


def snap_faults(shift: Shift, network: RoadNetwork, sites: Sequence[Site], snaps: dict[str, Snaps]) -> list[Fault]:
    """Return a fault for each point the planner named that cannot be reached by those who need it.

    A station is needed in the modes of the units that begin or end there; a post or a task in one of the modes
    that it admits; a hotspot or demand point in one of the modes in use.  Points made from incidents lie near
    streets.
    """
    faults = []
    choosy = {place.name: place.modes for group in (shift.posts, shift.jobs) for place in group}
    calls = [Site("demand point", c.name, c.lat, c.lon, c.origin) for c in shift.calls or ()]
    for i, site in enumerate([*sites, *calls]):
        users = [u for u in shift.units if site.name in (u.station, u.end_station)]
        lacking = [m for m in dict.fromkeys(u.mode for u in users) if not snaps[m].snapped[i]]
        if site.role in ("post", "task"):
            allowed = [m for m in snaps if not choosy[site.name] or m in choosy[site.name]]
            lacking = [] if not allowed or any(snaps[m].snapped[i] for m in allowed) else allowed
        elif site.role != "station":
            lacking = [] if any(found.snapped[i] for found in snaps.values()) else list(snaps)
        if lacking and site.origin is not None and site.origin.file:
            faults.append(_too_far(shift, network, site, i, lacking, snaps))
    return faults


def _too_far(
    shift: Shift, network: RoadNetwork, site: Site, i: int, lacking: list[str], snaps: dict[str, Snaps]
) -> Fault:
    """Return the fault of a place that is too far from the streets."""
    assert site.origin is not None
    each = [
        f"{mode} {_distance(float(snaps[mode].metres[i]))}{_island(float(snaps[mode].detached[i]), shift.snap)}"
        for mode in lacking
    ]
    wrong = (
        f"{site.role} {site.name!r} is more than {shift.snap} m from the nearest connected street: {', '.join(each)}"
    )
    west, south, east, north = bounds(network)
    if all(snaps[mode].detached[i] <= shift.snap for mode in lacking):
        right = "choose another place or mode; what no road connects with the rest needs its own plan"
    elif west <= site.lat <= east and south <= site.lon <= north:
        right = f"latitude and longitude seem exchanged: [{site.lon:g}, {site.lat:g}]?"
    elif not (west <= site.lon <= east and south <= site.lat <= north):
        right = (
            "it lies outside the road network, which reaches from "
            f"{south:.4f}, {west:.4f} to {north:.4f}, {east:.4f}: correct it, or get road data for it"
        )
    else:
        closed = any(mode in closure.modes for closure in shift.closed for mode in lacking)
        right = "correct its position, "
        right += "set 'snap' higher, or leave more streets open in 'closed'" if closed else "or set 'snap' higher"
    return site.origin.fault(wrong, right)


def bounds(network: RoadNetwork) -> tuple[float, float, float, float]:
    """Return west, south, east and north of the streets, in degrees."""
    low, high = network.points.min(axis=0), network.points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _island(metres: float, limit: int) -> str:
    """Return what is said of a street within the limit that is not connected with the rest, if there is one."""
    return f" (that {_distance(metres)} away is not connected with the rest)" if metres <= limit else ""


def _distance(metres: float) -> str:
    """Return a distance in words."""
    if not np.isfinite(metres):
        return "has none"
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.0f} km"

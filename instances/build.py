"""From a shift to a problem: streets, risk, places, travel times.

`build` reads like the list of what is done.  What is slow (the streets, the incidents, the travel times) is
kept in a cache by content, so that the second build of the same files takes about a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.build_notes import build_notes
from instances.build_report import BuildReport, ZoneReport
from instances.cache import Cache
from instances.districts import districts_of, empty_district_faults
from instances.duty_faults import duty_faults, problem_faults
from instances.errors import Fault, InputError
from instances.given_locks import place_faults
from instances.made_risk import MadeRisk
from instances.place_snaps import Ends, Site, SnapReport, report_snaps, snap_faults, snap_sites
from instances.problem_parts import assemble
from instances.shift import GivenPlace, Shift
from instances.sources import Note, Progress, read_sources
from instances.stretches import with_stretches
from instances.weighted_points import Demand, Hotspots, demand_of, hotspots_of
from solver.problem import UNREACHABLE, IntArray, Problem, ProblemError
from solver.streets import Leg, StreetLines, Streets

if TYPE_CHECKING:
    from instances.roads import RoadNetwork, Snaps
    from solver.plan import Plan


@dataclass(frozen=True, eq=False)
class Built:
    """A problem, the report of how it was made, and the streets it was made from.

    `ends` is by mode where units arrive at and leave the places; `ways` is the way along a stretch of street by mode
    and name of the place.
    """

    problem: Problem
    report: BuildReport
    network: RoadNetwork
    ends: Mapping[str, Ends]
    ways: Mapping[tuple[str, str], Leg]

    def streets(self, plan: Plan) -> Streets:
        """Return the geometry of the legs that `plan` uses, of the stretches along which it drives, and of the town.

        Legs between places that the problem does not have, or between which there is no way, are left out:
        a plan edited by hand may name such.
        """
        mode_of = {unit.callsign: unit.mode for unit in self.problem.units}
        wanted: dict[str, dict[tuple[str, str], None]] = {}
        legs: dict[tuple[str, str, str], Leg] = {}
        for route in plan.routes:
            mode = mode_of.get(route.callsign)
            names = [stop.place for stop in route.stops]
            if mode is not None:
                wanted.setdefault(mode, {}).update(dict.fromkeys((a, b) for a, b in pairwise(names) if a != b))
                legs |= {(mode, name, name): self.ways[mode, name] for name in names if (mode, name) in self.ways}
        for mode, asked in wanted.items():
            legs |= self._legs(mode, list(asked))
        return Streets(legs, self.network.attribution, self._network)

    @cached_property
    def _network(self) -> StreetLines:
        """Return the streets behind the plan."""
        from instances.roads import drawn_lines

        points = [(p.lon, p.lat) for p in self.problem.places] + [(d.lon, d.lat) for d in self.problem.demand]
        return drawn_lines(self.network, np.array(points, dtype=np.float64).reshape(-1, 2))

    def _legs(self, mode: str, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str, str], Leg]:
        """Return the legs of a mode between places by name, those that there are."""
        from instances.roads import leg_streets

        index = {place.name: i for i, place in enumerate(self.problem.places)}
        pairs = [(index[a], index[b]) for a, b in asked if a in index and b in index]
        pairs = [pair for pair in pairs if self.problem.travel[mode][pair] >= 0]
        starts, stops = ([pair[k] for pair in pairs] for k in (0, 1))
        ends = self.ends[mode]
        found = leg_streets(self.network, mode, ends.leave[starts], ends.arrive[stops]) if pairs else []
        names = [(self.problem.places[a].name, self.problem.places[b].name) for a, b in pairs]
        return {(mode, a, b): leg for (a, b), leg in zip(names, found, strict=True)}


def build(
    shift: Shift,
    *,
    cache: Cache | None,
    note: Note | None = None,
    progress: Progress | None = None,
    beside: Sequence[Site] = (),
) -> Built:
    """Return the problem that `shift` states.

    Parameters
    ----------
    shift : Shift
        From `instances.shift_file.read_shift`.
    cache : Cache or None
        Where streets, risk and travel times are looked up and kept.
    note : callable, optional
        Told in words what is being done.
    progress : callable, optional
        Told mode, origins done and origins in all while travel times are worked out.
    beside : sequence of Site
        More places, of roles `instances.place_snaps.BESIDE`; those of a name that the shift has are left out.

    Raises
    ------
    InputError
        When what the shift asks for cannot be built from its files; it lists everything that is wrong.
    RoadDataError
        When the streets cannot be read.
    """
    tell = note or (lambda _: None)
    network, closed, risk = read_sources(shift, shift.modes, cache, tell)
    hotspots = hotspots_of(shift, risk)
    demand = demand_of(shift, risk, hotspots)
    sites, stretched = with_stretches(shift, network, shift.modes, _sites(shift, hotspots), hotspots.spots)
    names = [site.name for site in sites]
    sites = [*sites, *_in_districts(shift, [site for site in beside if site.name not in names])]
    ends = snap_sites(network, sites, demand.points.latlon, shift.modes, shift.snap)
    snaps = {mode: found.arrive for mode, found in ends.items()}
    _refuse(snap_faults(shift, network, sites, snaps))
    travel, reach = _matrices(network, ends, sites, cache, progress)
    _refuse(place_faults(shift, names))
    _refuse([*duty_faults(shift, sites, travel), *empty_district_faults(shift.units, {s.district for s in sites})])
    try:
        problem = assemble(shift, sites, hotspots, demand, travel, reach)
    except ProblemError as error:  # beyond what any problem may ask for; all else is refused above
        raise InputError(problem_faults(shift, error)) from None
    snap_report = report_snaps(shift, sites, demand.points.names, snaps)
    notes = (*shift.notes, *closed, *demand.notes, *stretched, *build_notes(shift, problem, sites, hotspots))
    report = _report(shift, network, risk, hotspots, demand, snap_report, notes)
    return Built(problem, report, network, ends, _ways(sites))


def _refuse(faults: list[Fault]) -> None:
    """Raise when there are faults."""
    if faults:
        raise InputError(faults)


def _sites(shift: Shift, hotspots: Hotspots) -> list[Site]:
    """Return the places of the problem: stations, hotspots, posts, tasks."""
    groups: tuple[tuple[str, Sequence[GivenPlace]], ...] = (
        ("station", shift.stations),
        ("hotspot", hotspots.spots),
        ("post", shift.posts),
        ("task", shift.jobs),
    )
    sites = [Site(role, p.name, p.lat, p.lon, p.origin, p.district) for role, group in groups for p in group]
    return _in_districts(shift, sites)


def _in_districts(shift: Shift, sites: Sequence[Site]) -> list[Site]:
    """Return places with their districts."""
    districts = districts_of(shift.districts, sites)
    return [replace(site, district=district) for site, district in zip(sites, districts, strict=True)]


def _matrices(
    network: RoadNetwork,
    ends: Mapping[str, Ends],
    sites: Sequence[Site],
    cache: Cache | None,
    progress: Progress | None,
) -> tuple[dict[str, IntArray], dict[str, IntArray]]:
    """Return seconds from place to place and from place to demand point, by mode."""
    from instances.roads import travel_seconds

    n = len(sites)
    stretches = np.array([i for i, site in enumerate(sites) if site.exit is not None], dtype=np.int64)
    travel, reach = {}, {}
    for mode, found in ends.items():
        tell = None if progress is None else partial(progress, mode)
        # One search from each place serves both tables.
        seconds = travel_seconds(network, mode, found.leave, found.arrive, cache=cache, progress=tell)
        travel[mode] = seconds[:, :n].copy()
        np.fill_diagonal(travel[mode], 0)
        reach[mode] = seconds[:, n:].copy()
        sure_reach(network, mode, found.arrive[stretches], found.arrive[n:], stretches, reach[mode], cache=cache)
    return travel, reach


def sure_reach(
    network: RoadNetwork,
    mode: str,
    entries: Snaps,
    goals: Snaps,
    stretches: NDArray[np.int64],
    reach: IntArray,
    *,
    cache: Cache | None = None,
) -> None:
    """Make `reach`, seconds from the exits of places to goals, from stretches those from the end that is farther.

    Who drives along a stretch is somewhere between its ends: the farther one is sure.  `entries` are where the places
    `stretches` are entered.
    """
    from instances.roads import travel_seconds

    if not len(stretches):
        return
    entered, left = travel_seconds(network, mode, entries, goals, cache=cache), reach[stretches]
    both = (entered != UNREACHABLE) & (left != UNREACHABLE)
    reach[stretches] = np.where(both, np.maximum(entered, left), UNREACHABLE)


def _ways(sites: Sequence[Site]) -> dict[tuple[str, str], Leg]:
    """Return the way along each stretch by mode and name of the place."""
    return {(mode, site.name): run.leg for site in sites for mode, run in (site.runs or {}).items()}


def _report(
    shift: Shift,
    network: RoadNetwork,
    risk: MadeRisk | None,
    hotspots: Hotspots,
    demand: Demand,
    snap_report: SnapReport,
    notes: tuple[str, ...],
) -> BuildReport:
    """Return the report."""
    weight = demand.points.weight.sum(axis=1) if len(demand.zones) else np.zeros(0)
    total = float(weight.sum()) or 1.0
    zones = {}
    for zone, standard in shift.response.standards.items():
        mine = np.array([z == zone for z in demand.zones], dtype=np.bool_)
        share = float(weight[mine].sum()) / total
        zones[zone] = ZoneReport(int(mine.sum()), share, standard, shift.response.backup[zone])
    return BuildReport(
        name=shift.name,
        horizon=str(shift.horizon),
        units=Counter(unit.mode for unit in shift.units),
        network=network.describe().to_json(),
        snaps=snap_report,
        hotspots={"given": len(shift.spots), "from incidents": hotspots.made},
        demand_points=len(demand.zones),
        demand_source=demand.source,
        zones=zones,
        risk={} if risk is None else risk.facts,
        risk_lines=() if risk is None else risk.lines,
        notes=notes,
    )

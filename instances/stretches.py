"""Hotspots that are driven along: which modes can, in which direction, and the places that stand for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from instances.errors import Fault, InputError
from instances.near_names import few
from instances.place_snaps import Site
from instances.quantities import duration_text
from instances.shift import Shift, Spot

if TYPE_CHECKING:
    from instances.roads import RoadNetwork, Run

    Directions = tuple[dict[str, Run], dict[str, Run]]
    """By mode how a stretch is driven along from its start to its end, and back."""

DETOUR = 1.25
"""How many times longer than the shortest way along a stretch that of another mode or direction may be …"""

SLACK = 30.0
"""… and how many metres longer in any case: beyond both it leads elsewhere, such as round a one-way street."""


def with_stretches(
    shift: Shift, network: RoadNetwork, modes: Sequence[str], sites: Sequence[Site], spots: Sequence[Spot]
) -> tuple[list[Site], list[str]]:
    """Return the places, those of hotspots that are driven along with the way, and notes.

    A place stands for one direction: from the start of the hotspot to its end, or the other way where only that
    can be driven.  Where both can, a place for the way back follows all others.

    Raises
    ------
    InputError
        When a stretch that the planner gave cannot be driven along; it lists everything that is wrong.
    """
    stretches = {spot.name: spot for spot in spots if spot.end is not None}
    if not stretches:
        return list(sites), []
    every = _all_runs(network, modes, list(stretches.values()), shift.snap)
    timely = {name: _timely(stretches[name], runs) for name, runs in every.items()}
    faults = [
        _fault(shift, network, modes, spot, every[name])
        for name, spot in stretches.items()
        if spot.origin.file and not any(timely[name])
    ]
    faults += _name_faults(stretches, sites)
    if faults:
        raise InputError(faults)
    placed = [
        _entered(site, stretches[site.name], *timely[site.name]) if site.name in timely else site for site in sites
    ]
    both = {name: back for name, (there, back) in timely.items() if there and back}
    backs = [_way_back(site, both[site.name]) for site in placed if site.name in both]
    return [*placed, *backs], _notes(modes, every, timely)


def name_back(name: str) -> str:
    """Return the name of the place that stands for driving along a stretch from its end to its start."""
    return f"{name} (reverse)"


def _all_runs(
    network: RoadNetwork, modes: Iterable[str], stretches: Sequence[Spot], limit: int
) -> dict[str, Directions]:
    """Return how each stretch can be driven along, whatever time it takes."""
    from instances.roads import runs_along, runs_between

    drawn = [spot for spot in stretches if spot.street is None]
    made = [spot for spot in stretches if spot.street is not None]
    starts = np.array([(spot.lat, spot.lon) for spot in drawn], dtype=np.float64).reshape(-1, 2)
    ends = np.array([spot.end for spot in drawn], dtype=np.float64).reshape(-1, 2)
    darts = 2 * np.array([spot.street for spot in made], dtype=np.int64)
    found: dict[str, Directions] = {spot.name: ({}, {}) for spot in stretches}
    for mode in modes:
        for way, first, last in ((0, starts, ends), (1, ends, starts)):
            runs = [
                *runs_between(network, mode, first, last, limit=float(limit)),
                *runs_along(network, mode, darts + way),
            ]
            for spot, run in zip([*drawn, *made], runs, strict=True):
                if run is not None:
                    found[spot.name][way][mode] = run
    for spot in drawn:
        found[spot.name] = _direct(found[spot.name])
    return found


def _direct(runs: Directions) -> Directions:
    """Return the runs that go along the stretch and not a long way round."""
    shortest = min((run.leg.metres for way in runs for run in way.values()), default=0.0)
    most = max(DETOUR * shortest, shortest + SLACK)
    there, back = ({mode: run for mode, run in way.items() if run.leg.metres <= most} for way in runs)
    return there, back


def _timely(spot: Spot, runs: Directions) -> Directions:
    """Return the runs that take no longer than the shortest visit."""
    most = 60 * spot.visits.dwell
    there, back = ({mode: run for mode, run in way.items() if run.seconds <= most} for way in runs)
    return there, back


def _entered(site: Site, spot: Spot, there: Mapping[str, Run], back: Mapping[str, Run]) -> Site:
    """Return the place of a stretch: entered at its start, or at its end where it can only be driven from there."""
    assert spot.end is not None
    if there or not back:
        return replace(site, exit=spot.end, runs=there)
    return replace(site, lat=spot.end[0], lon=spot.end[1], exit=(spot.lat, spot.lon), runs=back)


def _way_back(site: Site, runs: Mapping[str, Run]) -> Site:
    """Return the place that stands for driving along a stretch from its end to its start."""
    assert site.exit is not None
    lat, lon = site.exit
    back = (site.lat, site.lon)
    return replace(site, name=name_back(site.name), lat=lat, lon=lon, exit=back, runs=runs, reverse_of=site.name)


def _name_faults(stretches: Mapping[str, Spot], sites: Iterable[Site]) -> list[Fault]:
    """Return a fault for each place that is called like the way back along a stretch."""
    taken = {name_back(name): name for name in stretches}
    return [
        site.origin.fault(f"{site.name!r} is what the way back along {taken[site.name]!r} is called", "rename it")
        for site in sites
        if site.name in taken and site.origin is not None and site.origin.file
    ]


def _fault(shift: Shift, network: RoadNetwork, modes: Sequence[str], spot: Spot, runs: Directions) -> Fault:
    """Return what is wrong with a stretch that nobody can drive along in time."""
    from instances.roads import snap

    times = {mode: min(way[mode].seconds for way in runs if mode in way) for mode in {**runs[0], **runs[1]}}
    if times:
        each = ", ".join(f"{mode} {duration_text(math.ceil(seconds / 60))}" for mode, seconds in times.items())
        dwell = duration_text(spot.visits.dwell)
        wrong = f"the way along {spot.name!r} takes longer than a visit of {dwell}: {each}"
        return spot.origin.fault(wrong, "make 'dwell' longer or the stretch shorter")
    ends = np.array([(spot.lat, spot.lon), spot.end])
    metres = {mode: snap(network, ends, mode, limit=float(shift.snap)).metres for mode in modes}
    if any(float(m.max()) <= shift.snap for m in metres.values()):
        return spot.origin.fault(f"both ends of {spot.name!r} lie at one place of the streets", "choose them apart")
    each = "; ".join(
        f"its {end} " + ", ".join(f"{mode} {metres[mode][i]:,.0f} m" for mode in modes)
        for i, end in enumerate(("start", "end"))
    )
    wrong = f"hotspot {spot.name!r} is more than {shift.snap} m from the nearest connected street: {each}"
    return spot.origin.fault(wrong, "correct its ends, or set 'snap' higher")


def _notes(modes: Iterable[str], every: Mapping[str, Directions], timely: Mapping[str, Directions]) -> list[str]:
    """Return notes for each mode of the stretches along which it cannot go: for want of a way, or of time."""
    notes = []
    for mode in modes:
        lacking = [name for name, runs in timely.items() if not _goes(mode, runs)]
        slow = [name for name in lacking if _goes(mode, every[name])]
        wayless = [name for name in lacking if name not in slow]
        who = f"{'on foot' if mode == 'foot' else f'by {mode}'} nobody can go along"
        if wayless:
            notes.append(f"{who} {few(wayless)}: no way leads from end to end, or only a long way round")
        if slow:
            notes.append(f"{who} {few(slow)} within a visit")
    return notes


def _goes(mode: str, runs: Directions) -> bool:
    """Tell whether a mode can go along a stretch in either direction."""
    return any(mode in way for way in runs)

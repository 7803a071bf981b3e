"""From a shift to a siting problem: demand, candidates, and which of them reach which demand point in time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from instances.cache import Cache
from instances.candidates import candidates_of
from instances.errors import Fault, InputError
from instances.given_sites import ALL
from instances.near_names import nearest_name
from instances.shift import Candidate, Origin, Shift
from instances.sources import Note, Progress, read_sources
from instances.weight_scale import whole_weights
from instances.weighted_points import Demand, demand_of, hotspots_of
from solver.problem import UNREACHABLE
from solver.sites.problem import SiteProblem
from solver.wording import some_of


@dataclass(frozen=True, eq=False)
class BuiltSites:
    """A siting problem and what its numbers stand for.

    Parameters
    ----------
    shift : Shift
    problem : SiteProblem
    candidates : tuple of Candidate
        Those that a unit can leave, in the order of the problem.
    demand : Demand
        D demand points with their zones.
    standard : int64 array of shape (D,)
        Seconds within which the first unit should be there.
    seconds : int32 array of shape (D, C)
        Travel from each candidate, -1 where there is no way.
    lines : tuple of str
        What a planner should know.
    """

    shift: Shift
    problem: SiteProblem
    candidates: tuple[Candidate, ...]
    demand: Demand
    standard: NDArray[np.int64]
    seconds: NDArray[np.int32]
    lines: tuple[str, ...]


def build_sites(
    shift: Shift, *, cache: Cache | None, note: Note | None = None, progress: Progress | None = None
) -> BuiltSites:
    """Return the siting problem that `shift` states.

    Parameters
    ----------
    shift : Shift
        From `instances.shift_file.read_sites`.
    cache : Cache or None
        Where streets, risk and travel times are looked up and kept.
    note : callable, optional
        Told in words what is being done.
    progress : callable, optional
        Told mode, candidates done and candidates in all while travel times are worked out.

    Raises
    ------
    InputError
        When what the shift asks for cannot be built from its files; it lists everything that is wrong.
    RoadDataError
        When the streets cannot be read.
    """
    from instances.roads import snap, travel_seconds

    rules = shift.sites
    mode = rules.mode
    network, closed, risk = read_sources(shift, shift.modes or (mode,), cache, note or (lambda _: None))
    demand = demand_of(shift, risk, hotspots_of(shift, risk))
    every = candidates_of(shift, network)
    found = snap(network, _latlon(every), mode, limit=float(shift.snap))
    places = snap(network, demand.points.latlon, mode, limit=float(shift.snap))
    faults = [
        place.origin.fault(f"{place.name!r} is more than {shift.snap} m from the nearest street ({mode})", _NEARER)
        for place, on in zip(every, found.snapped, strict=True)
        if not on and place.origin.file
    ]
    candidates = tuple(place for place, on in zip(every, found.snapped, strict=True) if on)
    named = [_indices(names, every, candidates, shift, faults) for names in _lists(shift)]
    both = set(named[0]) & set(named[1])
    faults += [
        origin.fault(f"{name!r} is both given and forbidden", "leave it in one of the two")
        for name, origin in rules.forbidden
        if name not in ALL and any(candidates[c].name == name for c in both)
    ]
    if not candidates and not faults:
        faults.append(rules.origin.fault("there is no candidate on any street", "choose other candidates"))
    if faults:
        raise InputError(faults)
    tell = None if progress is None else partial(progress, mode)
    seconds = travel_seconds(network, mode, found[found.snapped], places, cache=cache, progress=tell).T
    standard, backup = _standards(shift, demand)
    near = seconds != UNREACHABLE
    problem = SiteProblem(
        covers=near & (seconds <= standard[:, None]),
        demand=_whole(shift, demand),
        backs=near & (seconds <= backup[:, None]),
        backup_parts=rules.backup,
        hours=rules.hours,
        cover_all=rules.cover_all,
        given=named[0],
        forbidden=tuple(c for c in named[1] if c not in both),
        preferred=named[2],
    )
    lines = (*shift.notes, *closed, *demand.notes, *_told(shift, problem, demand, candidates))
    return BuiltSites(shift, problem, candidates, demand, standard, seconds, lines)


_NEARER = "correct its position, or set 'snap' higher"


def _latlon(candidates: tuple[Candidate, ...]) -> NDArray[np.float64]:
    """Return latitude and longitude, shape (C, 2)."""
    return np.array([(place.lat, place.lon) for place in candidates], dtype=np.float64).reshape(-1, 2)


def _lists(shift: Shift) -> tuple[tuple[tuple[str, Origin], ...], ...]:
    """Return the names of those given, forbidden and preferred."""
    return shift.sites.given, shift.sites.forbidden, shift.sites.preferred


def _indices(
    names: tuple[tuple[str, Origin], ...],
    every: tuple[Candidate, ...],
    candidates: tuple[Candidate, ...],
    shift: Shift,
    faults: list[Fault],
) -> tuple[int, ...]:
    """Return candidates by name, after noting names that none has; some words mean all places of a kind."""
    index = {place.name: c for c, place in enumerate(candidates)}
    known = [place.name for place in every]
    kinds = {"posts": [post.name for post in shift.posts], "stations": [place.name for place in shift.stations]}
    found: dict[int, None] = {}
    for name, origin in names:
        several = kinds[name] if name in ALL and name not in index else [name]
        if several != [name] and not any(one in index for one in several):
            faults.append(origin.fault(f"no candidate is among the {name}", "name candidates, or delete it"))
        elif several == [name] and name not in known:
            faults.append(origin.fault(f"there is no candidate called {name!r}", nearest_name(name, known)))
        found |= {index[one]: None for one in several if one in index}
    return tuple(sorted(found))


def _standards(shift: Shift, demand: Demand) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the seconds for the first and the second unit at each demand point, shape (D,)."""
    rules = shift.response
    first = [rules.standards[zone] if shift.sites.standard is None else shift.sites.standard for zone in demand.zones]
    second = [max(rules.backup[zone], one) for zone, one in zip(demand.zones, first, strict=True)]
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _whole(shift: Shift, demand: Demand) -> NDArray[np.int64]:
    """Return the demand of each hour as whole numbers, shape (H, D)."""
    minutes = np.diff(np.asarray(shift.horizon.slots))
    weight = np.array(whole_weights(demand.points.weight, shift.horizon.slots), dtype=np.int64)
    return (weight.reshape(-1, len(minutes)) * minutes).T


def _told(shift: Shift, problem: SiteProblem, demand: Demand, candidates: tuple[Candidate, ...]) -> list[str]:
    """Return what to say of candidates and demand."""
    rules = shift.sites
    kind = rules.candidates if isinstance(rules.candidates, str) else "listed"
    many = "s" * (len(shift.posts) != 1)
    posts = f", {len(shift.posts)} post{many} of the file among them" if shift.posts else ""
    lines = [
        f"candidates: {len(candidates):,} ({kind}{posts}); by {rules.mode}",
        f"demand: {len(demand.zones):,} points {demand.source}",
    ]
    if rules.preferred and rules.hours == "worst":
        lines.append("where the worst hour counts, 'preferred' changes nothing")
    missed = np.flatnonzero(~problem.coverable & (problem.total > 0))
    if len(missed):
        share = 100 * float(problem.total[missed].sum()) / float(problem.total.sum())
        names = some_of([demand.points.names[i] for i in missed])
        what = f"{len(missed)} demand points with {share:.1f} % of the demand"
        lines.append(f"no candidate is within the standard of {what}: {names}")
    return lines

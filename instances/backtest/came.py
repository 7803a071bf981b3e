"""What came after a plan was made: incidents of the shift's weekdays and hours, and what the plan had for them.

Minutes are often rounded, or not known, so what is asked of an incident is asked of every minute of its hour within the
shift, and the mean is taken.  Where units are and whom they cover is read from the plan as the score reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.build import Built, sure_reach
from instances.errors import Fault, InputError
from instances.incidents import Incidents, weekday_of
from instances.risk.metric_grid import MetricGrid
from instances.shift import Horizon
from solver.plan import Plan
from solver.problem import DemandPoint, IntArray, Problem
from solver.score import units_in_reach
from solver.whereabouts import Whereabouts, stints, visits, whereabouts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ShiftIncidents:
    """Incidents in the hours of a shift: N of them, one that fits two slots twice with half its weight.

    `row` of shape (N,) is the incident, `slot` the slot of the shift, `night` the day on which that shift began, in
    days from 1970-01-01, `part` how much of its hour the shift has, and `weight` what it weighs, times that part.
    """

    row: Ints
    slot: Ints
    night: Ints
    part: Floats
    weight: Floats

    def select(self, keep: NDArray[np.bool_]) -> ShiftIncidents:
        """Return some of them."""
        return ShiftIncidents(*(getattr(self, name)[keep] for name in ("row", "slot", "night", "part", "weight")))


def in_shift(incidents: Incidents, weight: Floats, horizon: Horizon, begin: int, end: int) -> ShiftIncidents:
    """Return the incidents in the hours of shifts that begin on the days from `begin` to before `end`.

    A shift begins on each day that is the weekday of the horizon's first day; those without day or hour are left out.
    """
    weekday = horizon.start.weekday()
    lengths = np.diff(horizon.slots) / 60
    offset = np.array([(horizon.at(s).date() - horizon.start.date()).days for s in horizon.slots[:-1]])
    timed = (incidents.hour >= 0) & ~incidents.month_only
    rows, slots, nights = [], [], []
    for slot, (day, hour) in enumerate(horizon.hours):
        night = incidents.day - offset[slot]
        here = timed & (weekday_of(incidents.day) == day) & (incidents.hour == hour)
        here &= (night >= begin) & (night < end) & (weekday_of(night) == weekday)
        found = np.flatnonzero(here)
        rows.append(found)
        slots.append(np.full(len(found), slot))
        nights.append(night[found])
    row, which, night = (np.concatenate(part).astype(np.int64) for part in (rows, slots, nights))
    # Where the clocks go back an hour comes twice, and nobody knows in which of the two it was.
    times = np.bincount(row, minlength=len(incidents))[row]
    part = np.minimum(lengths[which], 1.0) / times
    return ShiftIncidents(row, which, night, part, weight[row] * part)


@dataclass(frozen=True, eq=False)
class Came:
    """Incidents that came, as a problem sees them.

    Parameters
    ----------
    which : ShiftIncidents
    point : int64 array of shape (N,)
        Where each happened: an index into the demand of `problem`.
    hotspot : int64 array of shape (N,)
        The nearest hotspot within the distance asked for, -1 where there is none.
    problem : Problem
        The one that was planned for, with the places of incidents as its demand.
    """

    which: ShiftIncidents
    point: Ints
    hotspot: Ints
    problem: Problem


def as_seen(built: Built, incidents: Incidents, which: ShiftIncidents, *, snap: int, near: float) -> Came:
    """Return incidents as the problem of `built` sees them: with standards, ways, and hotspots.

    The standards of an incident are those of the nearest demand point.

    Parameters
    ----------
    built : Built
    incidents : Incidents
    which : ShiftIncidents
    snap : int
        Metres within which a street must lie.
    near : float
        Metres within which an incident happened at a hotspot.

    Raises
    ------
    InputError
        When the problem has no demand.
    """
    from scipy.spatial import KDTree

    problem = built.problem
    if not problem.demand:
        wrong = "it has no demand, so nobody knows within what time a unit should be where something happens"
        raise InputError([Fault(problem.name, 0, 0, "demand", wrong, "leave out 'demand: []'")])
    lonlat = np.stack([incidents.lon[which.row], incidents.lat[which.row]], axis=1)
    points, point = np.unique(lonlat, axis=0, return_inverse=True)
    latlon = points[:, ::-1]
    grid = MetricGrid.at(*built.network.middle, 1.0)
    there = np.stack(grid.metres(latlon[:, 0], latlon[:, 1]), axis=1)
    known = np.array([(d.lat, d.lon) for d in problem.demand], dtype=np.float64).reshape(-1, 2)
    nearest = KDTree(np.stack(grid.metres(known[:, 0], known[:, 1]), axis=1)).query(there)[1]
    nothing = (0,) * (len(problem.slots) - 1)
    demand = tuple(
        DemandPoint(f"incident {i}", float(lat), float(lon), d.zone, d.standard, d.backup, nothing)
        for i, ((lat, lon), d) in enumerate(zip(latlon.tolist(), (problem.demand[k] for k in nearest), strict=True))
    )
    seen = problem.replace(demand=demand, reach=_reach(built, latlon, snap))
    hotspot = _nearest_hotspot(problem, grid, there, near)
    return Came(which, point.reshape(-1).astype(np.int64), hotspot[point.reshape(-1)], seen)


def _reach(built: Built, latlon: Floats, snap: int) -> Mapping[str, IntArray]:
    """Return seconds from places to points, by mode, as the build works them out for demand points."""
    from instances.roads import snap as snap_to
    from instances.roads import travel_seconds

    stretches = np.array([i for i, p in enumerate(built.problem.places) if p.exit is not None], dtype=np.int64)
    reach = {}
    for mode, ends in built.ends.items():
        goals = snap_to(built.network, latlon, mode, limit=float(snap))
        seconds = travel_seconds(built.network, mode, ends.leave, goals)
        sure_reach(built.network, mode, ends.arrive[stretches], goals, stretches, seconds)
        reach[mode] = seconds
    return reach


def _nearest_hotspot(problem: Problem, grid: MetricGrid, there: Floats, near: float) -> Ints:
    """Return the nearest hotspot of each point, -1 beyond `near` metres; a stretch is straight between its ends."""
    found, best = np.full(len(there), -1, dtype=np.int64), np.full(len(there), near)
    for h, hotspot in enumerate(problem.hotspots):
        place = problem.places[hotspot.place]
        ends = np.array([(place.lat, place.lon), place.exit or (place.lat, place.lon)])
        a, b = np.stack(grid.metres(ends[:, 0], ends[:, 1]), axis=1)
        along = b - a
        part = np.clip((there - a) @ along / max(float(along @ along), 1e-9), 0, 1)
        away = np.hypot(*(there - a - part[:, None] * along).T)
        closer = away < best
        found[closer], best[closer] = h, away[closer]
    return found


@dataclass(frozen=True, eq=False)
class Met:
    """What a plan had for N incidents, as the share of the minutes of their hours, each of shape (N,).

    `within` is that an available unit was within the first standard, `second` that two were within the second one,
    `seen` that it happened at a hotspot where a unit was on a visit, or at a post that watches it, or while a visit
    lingered.
    """

    within: Floats
    second: Floats
    seen: Floats


def met(came: Came, plan: Plan) -> Met:
    """Return what `plan` had for the incidents that came."""
    problem = came.problem
    units = whereabouts(problem, plan.routes)
    first, second = units_in_reach(problem, units)
    within = _mean(problem, first >= 1, came.which.slot, came.point)
    backed = _mean(problem, second >= 2, came.which.slot, came.point)
    at = np.maximum(came.hotspot, 0)
    covered = _covered(problem, units)
    if not len(problem.hotspots):
        return Met(within, backed, np.zeros(len(at)))
    seen = np.where(came.hotspot >= 0, _mean(problem, covered, came.which.slot, at), 0.0)
    return Met(within, backed, seen)


def _mean(problem: Problem, holds: NDArray[np.bool_], slot: Ints, column: Ints) -> Floats:
    """Return the share of the minutes of slots in which something holds of a column, shape (N,)."""
    sums = np.concatenate([np.zeros((1, holds.shape[1]), dtype=np.int64), np.cumsum(holds, axis=0)])
    bounds = np.array(problem.slots, dtype=np.int64)
    begin, end = bounds[slot], bounds[slot + 1]
    return np.asarray((sums[end, column] - sums[begin, column]) / (end - begin))


def _covered(problem: Problem, units: tuple[Whereabouts, ...]) -> NDArray[np.bool_]:
    """Return by minute and hotspot whether a visit is under way or lingers, or a post watches it."""
    covered = np.zeros((problem.minutes, len(problem.hotspots)), dtype=np.bool_)
    for who in units:
        for h, arrive, leave in visits(problem, who):
            covered[arrive : leave + problem.hotspots[h].linger, h] = True
        for q, arrive, leave in stints(problem, who):
            covered[arrive:leave, list(problem.posts[q].watches)] = True
    return covered

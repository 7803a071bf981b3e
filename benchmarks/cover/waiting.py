"""Waiting where it covers most: every unit stands at one place for its shift, chosen by maximal covering.

The maximal covering location problem with backup (Church and ReVelle 1974, doi:10.1007/BF01942293; Hogan and ReVelle
1986, doi:10.1287/mnsc.32.11.1434), solved by CP-SAT from a greedy start: how many units of each mode wait at which
station or hotspot, so that the demand covered by a first and a second unit, and the risk of the hotspots where they
stand, are worth most.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from solver.baselines.duties import settle
from solver.baselines.filling import Stay, plan_of
from solver.baselines.gaps import Gap
from solver.plan import Plan
from solver.problem import Problem
from solver.weights import weights

PRECISION = 10**9
"""What all weights together come to in CP-SAT; its linear relaxation works in double precision."""

FAR = 10**6


def waiting(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return the plan in which units wait at the places that together cover most."""
    chosen = _sites(problem, seconds, seed)
    duties = settle(problem)
    filled: dict[Gap, list[Stay]] = {}
    dwell = {h.place: -(-h.dwell // problem.grid) * problem.grid for h in problem.hotspots}
    for gap in duties.gaps():
        site = chosen[gap.unit]
        legs = problem.legs(problem.units[gap.unit].mode)
        there, onward = int(legs[gap.start_place, site]), int(legs[site, gap.end_place])
        minutes = gap.end - gap.start - there - onward
        if there >= 0 and onward >= 0 and minutes > 0:
            visit = minutes >= dwell.get(site, FAR)
            filled[gap] = [Stay(site, "visit" if visit else "standby", gap.start + there, minutes)]
    return plan_of(problem, duties, filled)


class _Site(NamedTuple):
    """A unit of `mode` may wait at `place`."""

    mode: str
    place: int


@dataclass(frozen=True)
class _Covering:
    """C sites and R rows that they cover: `covers` (C, R), and what a unit there is worth, to up to `room` units."""

    sites: list[_Site]
    covers: NDArray[np.bool_]
    worth: NDArray[np.int64]
    room: NDArray[np.int64]


def _sites(problem: Problem, seconds: float, seed: int) -> list[int]:
    """Return the place where each unit waits: of those chosen for its mode, so that all have the shortest ways."""
    covering = _covering(problem)
    counts = _choose(problem, covering, seconds, seed)
    chosen = [unit.origin for unit in problem.units]
    for mode in {unit.mode for unit in problem.units}:
        units = [i for i, unit in enumerate(problem.units) if unit.mode == mode]
        picked = zip(covering.sites, counts, strict=True)
        places = [site.place for site, n in picked if site.mode == mode for _ in range(n)]
        far = problem.legs(mode)[np.ix_([problem.units[i].origin for i in units], places)]
        rows, columns = linear_sum_assignment(np.where(far < 0, FAR, far))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            chosen[units[row]] = places[column]
    return chosen


def _covering(problem: Problem) -> _Covering:
    """Return what waiting at a station or hotspot for the whole time covers."""
    places = [*problem.stations, *(h.place for h in problem.hotspots)]
    sites = [_Site(mode, place) for mode in sorted({unit.mode for unit in problem.units}) for place in places]
    reach = np.array([problem.reach[site.mode][site.place] for site in sites]).reshape(len(sites), -1)
    standard, backup = (np.array([getattr(d, name) for d in problem.demand]) for name in ("standard", "backup"))
    there = np.array([[site.place == h.place for h in problem.hotspots] for site in sites], dtype=np.bool_)
    covers = np.hstack([(reach >= 0) & (reach <= standard), (reach >= 0) & (reach <= backup), there])
    length, value = np.diff(problem.slots), weights(problem)
    demand, risk = ([sum((length * row).tolist()) for row in rows] for rows in _weights_by_row(problem))
    worth = [
        *(value.multipliers["response"] * w for w in demand),
        *(value.multipliers["backup"] * w for w in demand),
        *(value.multipliers["presence"] * 100 * w for w in risk),
    ]
    room = np.repeat([1, 2, 1], [len(demand), len(demand), len(risk)])
    return _Covering(
        sites, covers, np.array([w * PRECISION // max(value.full, 1) for w in worth], dtype=np.int64), room
    )


def _weights_by_row(problem: Problem) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return demand and risk by slot."""
    return [d.demand for d in problem.demand], [h.risk for h in problem.hotspots]


def _choose(problem: Problem, covering: _Covering, seconds: float, seed: int) -> list[int]:
    """Return how many units wait at each site."""
    begin = time.perf_counter()
    start = _greedy(problem, covering)
    model = cp_model.CpModel()
    crew = {mode: sum(unit.mode == mode for unit in problem.units) for mode, _ in covering.sites}
    count = [model.new_int_var(0, crew[site.mode], "") for site in covering.sites]
    for mode, units in crew.items():
        mine = [n for n, site in zip(count, covering.sites, strict=True) if site.mode == mode]
        model.add(cp_model.LinearExpr.sum(mine) == units)
    covered = []
    for row, room in enumerate(covering.room.tolist()):
        covered.append(model.new_int_var(0, room, ""))
        near = np.flatnonzero(covering.covers[:, row]).tolist()
        model.add(covered[-1] <= cp_model.LinearExpr.sum([count[i] for i in near]))
        model.add_hint(covered[-1], min(room, int(start[near].sum())))
    for variable, n in zip(count, start.tolist(), strict=True):
        model.add_hint(variable, n)
    model.maximize(cp_model.LinearExpr.weighted_sum(covered, covering.worth.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds - (time.perf_counter() - begin), 0.1)
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = seed
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [int(n) for n in start]
    return [solver.value(variable) for variable in count]


def _greedy(problem: Problem, covering: _Covering) -> NDArray[np.int64]:
    """Return how many units wait at each site when one after the other goes where it adds most."""
    count = np.zeros(len(covering.sites), dtype=np.int64)
    left = covering.room.copy()
    for unit in problem.units:
        mine = np.array([site.mode == unit.mode for site in covering.sites])
        gain = covering.covers @ (covering.worth * (left > 0))
        best = int(np.argmax(np.where(mine, gain, -1)))
        count[best] += 1
        left -= covering.covers[best]
    return count

"""The ways of a simulation on the streets: back from demand points, from one to the next, from the middle of legs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from instances.build import Built
from instances.cache import Cache
from instances.errors import Fault, InputError
from solver.plan import Plan
from solver.problem import IntArray, Problem
from solver.simulation.ways import LegKey, Ways

STEP = 15.0
"""Seconds, at most, from one point of a leg to the next from which ways are worked out."""


def street_ways(built: Built, problem: Problem, plans: Iterable[Plan], *, cache: Cache | None) -> Ways:
    """Return seconds between all places and demand points, and from points on the legs that plans use.

    Parameters
    ----------
    built : Built
        From the shift file of the plans.
    problem : Problem
        What the plans were made for, with the same places, demand points and travel times.
    plans : iterable of Plan
    cache : Cache or None
        Where what was worked out is kept.
    """
    from instances.roads import leg_points, travel_seconds

    seconds: dict[str, IntArray] = {}
    along: dict[LegKey, IntArray] = {}
    used = _legs(problem, plans)
    places = len(problem.places)
    for mode in sorted({u.mode for u in problem.units}):
        ends = built.ends[mode]
        points = ends.arrive[places:]
        from_points = travel_seconds(built.network, mode, points, ends.arrive, cache=cache)
        there = np.hstack([problem.travel[mode], problem.reach[mode]])
        seconds[mode] = np.vstack([there, from_points]).astype(np.int32)
        legs = [key for key in used if key.mode == mode]
        starts, stops = ends.leave[[k.start for k in legs]], ends.arrive[[k.end for k in legs]]
        on_legs = leg_points(built.network, mode, starts, stops, step=STEP) if legs else []
        if on_legs:
            every = points[:0].followed_by(on_legs)
            table = travel_seconds(built.network, mode, every, points, cache=cache)
            cuts = np.cumsum([len(snaps) for snaps in on_legs])[:-1]
            along |= dict(zip(legs, np.split(table, cuts), strict=True))
    return Ways(seconds, along, "streets")


def refuse_other_streets(name: str, problem: Problem, built: Problem, shift: str) -> None:
    """Refuse the plan `name`, of `problem`, where a shift file has built other places or other streets.

    Raises
    ------
    InputError
        When what is the same place here is another one there.
    """
    tables = [(problem.travel[u.mode], built.travel.get(u.mode)) for u in problem.units]
    if (
        [replace(p, district="") for p in problem.places] != [replace(p, district="") for p in built.places]
        or [(d.name, d.lat, d.lon) for d in problem.demand] != [(d.name, d.lat, d.lon) for d in built.demand]
        or not all(there is not None and np.array_equal(here, there) for here, there in tables)
    ):
        wrong = f"its places, demand points or streets are not those of the plan in {name}"
        raise InputError([Fault(shift, 0, 0, "", wrong, "name the shift file that the plan was made from")])


def _legs(problem: Problem, plans: Iterable[Plan]) -> list[LegKey]:
    """Return the legs that plans use, where there is a way."""
    index = {p.name: i for i, p in enumerate(problem.places)}
    mode_of = {u.callsign: u.mode for u in problem.units}
    found: dict[LegKey, None] = {}
    for plan in plans:
        for route in plan.routes:
            mode = mode_of.get(route.callsign)
            for a, b in pairwise(stop.place for stop in route.stops):
                if mode is None or a == b or a not in index or b not in index:
                    continue
                key = LegKey(mode, index[a], index[b])
                if problem.travel[mode][key.start, key.end] >= 0:
                    found[key] = None
    return list(found)

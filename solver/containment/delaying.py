"""What units can do that cannot enclose the car: close crossings on its quickest way out, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.containment.enclosure import Enclosure
from solver.containment.ground import Bools, Floats, earliest
from solver.containment.pursuit import Pursuit

TRIED = 6
"""Crossings on the quickest way out that are tried."""


def delayed(pursuit: Pursuit, found: Enclosure, over: Callable[[], bool]) -> Enclosure:
    """Return the same with the units that have nothing to close sent where they put off the car's way out.

    As long as there is such a unit that can close a crossing on the quickest way out, it closes the one after which the
    next way out is the longest; so this is a good choice and not always the best.
    """
    if found.enclosed or not pursuit.units:
        return found
    free = np.ones(pursuit.units, dtype=np.bool_)
    free[[u for u, _ in found.closings]] = False
    shut = np.zeros(pursuit.ground.crossings, dtype=np.bool_)
    shut[[c for _, c in found.closings]] = True
    chosen: list[tuple[int, int]] = []
    seconds = _seconds(pursuit, shut)
    while free.any() and not over():
        way = _way_out(pursuit, seconds, shut)
        able = [c for c in way if (pursuit.closable[:, c] & free).any()]
        if not able:
            break
        tried = [able[i] for i in np.unique(np.linspace(0, len(able) - 1, TRIED).astype(int)).tolist()]
        results = []
        for crossing in tried:
            shut[crossing] = True
            after = _seconds(pursuit, shut)
            results.append((_out(pursuit, after), -crossing, after))
            shut[crossing] = False
        best = max(results, key=lambda result: result[:2])
        crossing, seconds = -best[1], best[2]
        shut[crossing] = True
        slack = np.where(free & pursuit.closable[:, crossing], pursuit.slack[:, crossing], -1)
        # The unit that is there just in time, so that the faster ones are left for the next crossings.
        unit = int(np.flatnonzero(slack == slack[slack > 0].min())[0])
        free[unit] = False
        chosen.append((unit, crossing))
        if not np.isfinite(best[0]):
            break
    return replace(found, delaying=tuple(sorted(chosen)))


def _seconds(pursuit: Pursuit, shut: Bools) -> Floats:
    """Return when the car can be at each vertex when crossings are shut, shape (V,)."""
    ground = pursuit.ground
    open_ = ~shut[ground.crossing]
    used = open_[ground.tail] & open_[ground.head] & ~pursuit.outside[ground.tail]
    part = replace(
        ground, tail=ground.tail[used], head=ground.head[used], seconds=ground.seconds[used], street=ground.street[used]
    )
    starts = [(v, s - pursuit.first) for v, s in pursuit.starts if open_[v]]
    return earliest(part, starts) if starts else np.full(ground.vertices, np.inf)


def _out(pursuit: Pursuit, seconds: Floats) -> float:
    """Return when the car can be out at the earliest."""
    return float(seconds[pursuit.outside].min(initial=np.inf))


def _way_out(pursuit: Pursuit, seconds: Floats, shut: Bools) -> list[int]:
    """Return the crossings on the quickest way out, without those where the car starts."""
    ground = pursuit.ground
    if not np.isfinite(_out(pursuit, seconds)):
        return []
    outside = np.flatnonzero(pursuit.outside)
    at = int(outside[seconds[outside].argmin()])
    open_ = ~shut[ground.crossing]
    order = np.argsort(ground.head, kind="stable")
    bounds = np.searchsorted(ground.head[order], np.arange(ground.vertices + 1))
    starts = {v for v, s in pursuit.starts if s - pursuit.first >= seconds[v] - 1e-9}
    way = [at]
    while at not in starts:
        arcs = order[bounds[at] : bounds[at + 1]]
        arcs = arcs[open_[ground.tail[arcs]] & ~pursuit.outside[ground.tail[arcs]]]
        at = int(ground.tail[arcs[(seconds[ground.tail[arcs]] + ground.seconds[arcs]).argmin()]])
        way.append(at)
    return list(dict.fromkeys(ground.crossing[way[::-1]].tolist()))

"""The order in which a unit drives round its beat, made by cheapest insertion.

Rosenkrantz, Stearns and Lewis 1977, doi:10.1137/0206041.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.baselines.clerk import Clerk
from solver.baselines.division import far_legs


def round_of(clerk: Clerk, u: int, beat: Sequence[int]) -> list[int]:
    """Return the targets of the beat of unit `u` in the order of a short round, from the one nearest to its station.

    Of a hotspot that can be driven along either way it is the way that makes the round shorter.
    """
    targets, unit = clerk.targets, clerk.problem.units[u]
    far = far_legs(clerk.legs[unit.mode])
    begin = far[unit.origin, targets.place]
    order: list[int] = []
    for i in sorted(beat, key=lambda i: int(begin[i])):
        ways = (targets.task == targets.task[i]) & (targets.row == targets.row[i]) & clerk.may[u]
        options = []
        for way in np.flatnonzero(ways).tolist():
            before, after = targets.place[order], np.roll(targets.place[order], -1)
            longer = far[before, targets.place[way]] + far[targets.place[way], after]
            longer -= far[before, after] if len(order) > 1 else 0
            options.append((int(longer.min(initial=begin[way])), int(np.argmin(longer)) if order else -1, way))
        _, at, way = min(options)
        order.insert(at + 1, way)
    return order

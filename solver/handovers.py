"""Changes of shift: how well demand is covered and posts are manned while some units go off duty and others come on.

A change is a time at which units begin while others end, or end within an hour after.  It is looked at from a quarter
of an hour before to a quarter of an hour after.  Who chooses its duty is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solver.busy import parts_of, steps_of, worth_by_units
from solver.scorecard import Handover, share
from solver.whereabouts import Whereabouts, manning_units, wanted_units
from solver.wording import Times

if TYPE_CHECKING:
    from solver.problem import Problem

AROUND = 15
"""Minutes before and after."""

OVERLAP = 60
"""Minutes for which those who come on and those who go off may be on duty together."""


def changes_of(problem: Problem) -> list[tuple[int, int]]:
    """Return from when to when each change of shift lasts, in order of time: from a begin to the last end after it."""
    units = [unit for unit in problem.units if not unit.chooses_duty]
    begins = {unit.start for unit in units if unit.start > 0}
    ends = {unit.end for unit in units if unit.end < problem.minutes}
    found = []
    for begin in sorted(begins):
        after = [end for end in ends if begin <= end <= begin + OVERLAP]
        if after:
            found.append((begin, max(after)))
    return found


def handovers(problem: Problem, units: Sequence[Whereabouts], first: NDArray[np.int16]) -> tuple[Handover, ...]:
    """Return how well each change of shift is covered.

    Parameters
    ----------
    problem : Problem
    units : sequence of Whereabouts
    first : int16 array of shape (T, D)
        How many available units are within standard, by minute and demand point.
    """
    changes = changes_of(problem)
    if not changes:
        return ()
    demand = problem.by_minute([d.demand for d in problem.demand]).T
    worth = worth_by_units(steps_of(problem).response)
    units_near = np.minimum(first, len(worth) - 1)
    covered = (worth[units_near, problem.slot_of[:, None]] * demand).sum(axis=1)
    total = parts_of(problem) * demand.sum(axis=1)
    missing = np.maximum(wanted_units(problem) - manning_units(problem, units), 0).sum(axis=0)
    times, found = Times(problem), []
    for begin, end in changes:
        a, b = max(begin - AROUND, 0), min(end + AROUND, problem.minutes)
        by_minute = [share(int(c), int(t)) for c, t in zip(covered[a:b], total[a:b], strict=True)]
        found.append(
            Handover(
                start=begin,
                end=end,
                label=times.at(begin) if begin == end else times.span(begin, end),
                coming=sum(u.start == begin for u in problem.units),
                going=sum(begin <= u.end <= end for u in problem.units),
                response=share(int(covered[a:b].sum()), int(total[a:b].sum())),
                least=min((s for s in by_minute if s is not None), default=None),
                missing=int(missing[a:b].sum()),
            )
        )
    return tuple(found)

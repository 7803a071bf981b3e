"""What units near a demand point are worth when each is busy with calls for part of its time.

Expected coverage, as in MEXCLP (Daskin 1983, doi:10.1287/trsc.17.1.48): units are busy independently of each other,
each with the share that `Problem.busy` gives for the slot.  A minute in which so many units are near is worth the
chance that one of them is free, or for backup what two free ones at most are worth.  Both grow the less, the more
units there are, so a minute is a sum of *steps*: what the first unit adds, the second, and so on.  Like
`solver.weights` this is part of the statement of the problem, so engine, bound and score share it.  ``docs/model.md``
has the formulas.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from solver.problem import Problem

Ints = NDArray[np.int64]

PARTS = 1000
"""Parts of a minute's demand in which steps are counted where units are busy at all; else a step is all of it."""

MOST_BUSY = 900
"""The most that units may be busy, per mille."""

MOST_UNITS = {"response": 5, "backup": 6}
"""So many units count at a demand point; what more would add is left out, so that values are lower estimates."""


class Steps(NamedTuple):
    """What each further unit near a demand point adds, in `parts` of the demand, by number of units before it and slot.

    `response` and `backup` are of shape (units that count, slots), each column falling.
    """

    parts: int
    response: Ints
    backup: Ints


def steps_of(problem: Problem) -> Steps:
    """Return the steps of `problem`: where no unit is ever busy, one for response and two for backup."""
    slots = len(problem.slots) - 1
    if not problem.busy:
        return Steps(1, np.ones((1, slots), dtype=np.int64), np.ones((2, slots), dtype=np.int64))
    columns = [_steps(share) for share in problem.busy]
    return Steps(
        PARTS,
        np.array([response for response, _ in columns], dtype=np.int64).T.copy(),
        np.array([backup for _, backup in columns], dtype=np.int64).T.copy(),
    )


def parts_of(problem: Problem) -> int:
    """Return in how many parts a unit of demand is counted."""
    return PARTS if problem.busy else 1


def worth_by_units(steps: Ints) -> Ints:
    """Return what 0, 1, 2, … units near are worth: steps added up, one row more than there are steps."""
    none = np.zeros((1, steps.shape[1]), dtype=np.int64)
    return np.concatenate((none, np.cumsum(steps, axis=0)))


@cache
def _steps(busy: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the steps of response and backup where units are busy so many per mille of their time.

    They are differences of what all units together are worth, rounded down: so values never rise with `busy`.
    """
    totals = (
        [_one_free(units, busy) for units in range(MOST_UNITS["response"] + 1)],
        [_two_free(units, busy) for units in range(MOST_UNITS["backup"] + 1)],
    )
    first, second = (tuple(b - a for a, b in pairwise(x)) for x in totals)
    return first, second


def _one_free(units: int, busy: int) -> int:
    """Return the chance that one of so many units is free, in parts."""
    whole = 1000**units
    found: int = PARTS * (whole - busy**units) // whole
    return found


def _two_free(units: int, busy: int) -> int:
    """Return how many of so many units are free on the mean, counting two at most, in parts."""
    if units == 0:
        return 0
    whole = 1000**units
    one = units * (1000 - busy) * busy ** (units - 1)
    found: int = PARTS * (2 * whole - 2 * busy**units - one) // whole
    return found

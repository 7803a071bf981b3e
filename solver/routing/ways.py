"""The quickest ways from place to place, also by way of others.

Legs rounded to the grid need not be the quickest way, and where there is no leg there may be a way by a third place;
a unit that passes through a place stops there for no time.  No way leads through a stretch of street, as driving along
it takes time, and the way from one to itself leads from its far end to its near end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solver.problem import UNREACHABLE

if TYPE_CHECKING:
    from solver.problem import Problem, Unit

NEVER = 2**30
"""Minutes where there is no way."""


class Ways:
    """The quickest ways by one mode.

    Attributes
    ----------
    minutes : int64 array of shape (P, P)
        From place to place, `NEVER` where there is no way.
    """

    def __init__(self, problem: Problem, mode: str) -> None:
        legs = problem.legs(mode)
        # In 16 bits, where legs are no longer than that, this is twice as fast; never, twice, must fit as well.
        short = int(legs.max(initial=0)) < 2**14 - 1
        blocked = 2**14 - 1 if short else NEVER - 1
        quickest = np.where(legs == UNREACHABLE, blocked, legs).astype(np.int16 if short else np.int32)
        stretches = np.flatnonzero(problem.stretches)
        quickest[stretches, stretches] = blocked
        self._by = np.full(legs.shape, -1, dtype=np.int64)
        round_, quicker = np.empty_like(quickest), np.empty(legs.shape, dtype=np.bool_)
        # Shortest paths after Floyd (1962), doi:10.1145/367766.368168.
        for k in np.flatnonzero(~problem.stretches).tolist():
            np.add(quickest[:, k, None], quickest[k], out=round_)
            np.less(round_, quickest, out=quicker)
            if quicker.any():
                quickest[quicker] = round_[quicker]
                self._by[quicker] = k
        self.minutes: NDArray[np.int64] = np.where(quickest == blocked, NEVER, quickest.astype(np.int64))

    def in_time(self, unit: Unit, place: int, first: int, last: int, minutes: int) -> bool:
        """Whether a unit with nothing else to do can begin what takes `minutes` by `last`, and is home in time."""
        begin = max(first, unit.start + int(self.minutes[unit.origin, place]))
        return begin <= last and begin + minutes + int(self.minutes[place, unit.destination]) <= unit.end

    def passed(self, start: int, end: int) -> Iterator[int]:
        """Yield the places passed through on the way, in order."""
        by = int(self._by[start, end])
        if by >= 0:
            yield from self.passed(start, by)
            yield by
            yield from self.passed(by, end)


def ways_of(problem: Problem) -> dict[str, Ways]:
    """Return the ways of every mode in use."""
    return {mode: Ways(problem, mode) for mode in {u.mode for u in problem.units}}

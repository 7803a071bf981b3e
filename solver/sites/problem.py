"""A siting problem: which candidate covers which demand point, how much demand there is, and what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Hours = Literal["mean", "worst"]

PARTS = 100
"""The value of a demand point is shared between first and double cover in parts of this."""

MOST_DEMAND = 10**12
"""What all demand may come to, so that sums of it, in parts and with prices, stay exact; where some candidates are
preferred, divided by twice the number of candidates and one."""


class SiteProblemError(ValueError):
    """A siting problem contradicts itself; the message says where."""


@dataclass(frozen=True, eq=False)
class SiteProblem:
    """Where points could be, and what they would cover.

    Parameters
    ----------
    covers : bool array of shape (D, C)
        Whether a point at candidate c has demand point d within its standard.
    demand : int64 array of shape (H, D)
        Demand of each point in each of H hours (or any other cases), 0 or more.
    backs : bool array of shape (D, C), optional
        The same for the time of the second line of defence; a demand point is *doubly covered* by two points that
        back it.  As `covers` if left out.
    backup_parts : int
        Of 100 parts of the value of a demand point, those for its double cover; the others are for its first cover.
    hours : {"mean", "worst"}
        Whether the demand of all hours together counts, or the covered share of the hour in which it is least.
    cover_all : bool
        Whether every demand point that some candidate covers must be covered.
    given, forbidden, preferred : tuple of int
        Candidates that are chosen in any case, those that are not, and those that go first where all else is equal.

    Raises
    ------
    SiteProblemError
        When shapes do not fit, a number is out of range, or a candidate is both given and forbidden.
    """

    covers: Bools
    demand: Ints
    backs: Bools | None = None
    backup_parts: int = 0
    hours: Hours = "mean"
    cover_all: bool = False
    given: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    preferred: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        if self.covers.ndim != 2 or self.covers.dtype != np.bool_:
            raise SiteProblemError("covers: must be truth values by demand point and candidate")
        if self.backs is not None and (self.backs.shape != self.covers.shape or self.backs.dtype != np.bool_):
            raise SiteProblemError("backs: must have the shape of covers")
        if self.demand.ndim != 2 or self.demand.shape[1] != self.covers.shape[0] or not len(self.demand):
            raise SiteProblemError("demand: must be numbers by hour and demand point, for one hour at least")
        if self.demand.dtype.kind not in "iu" or (self.demand < 0).any():
            raise SiteProblemError("demand: must be whole numbers of 0 or more")
        most = MOST_DEMAND // (2 * self.candidates + 1 if self.preferred else 1)
        if float(self.demand.sum(dtype=np.float64)) > most:
            raise SiteProblemError(f"demand: must come to {most:,} at most")
        if not 0 <= self.backup_parts <= PARTS:
            raise SiteProblemError(f"backup_parts: must be 0 to {PARTS}")
        if self.hours not in ("mean", "worst"):
            raise SiteProblemError("hours: must be 'mean' or 'worst'")
        for name in ("given", "forbidden", "preferred"):
            named = getattr(self, name)
            if len(set(named)) < len(named) or any(not 0 <= c < self.candidates for c in named):
                raise SiteProblemError(f"{name}: must be candidates, each once")
        if set(self.given) & set(self.forbidden):
            raise SiteProblemError("a candidate is both given and forbidden")

    @property
    def candidates(self) -> int:
        """Number of candidates, C."""
        return int(self.covers.shape[1])

    @cached_property
    def total(self) -> Ints:
        """Demand of each point over all hours, shape (D,)."""
        total: Ints = self.demand.sum(axis=0, dtype=np.int64)
        return total

    @cached_property
    def open(self) -> Bools:
        """Whether each candidate may be chosen, shape (C,)."""
        may = np.ones(self.candidates, dtype=np.bool_)
        may[list(self.forbidden)] = False
        return may

    @cached_property
    def coverable(self) -> Bools:
        """Whether some candidate that may be chosen covers each demand point, shape (D,)."""
        return np.asarray(self.covers[:, self.open].any(axis=1))

    @property
    def backing(self) -> Bools:
        """Which candidate backs which demand point, shape (D, C)."""
        return self.covers if self.backs is None else self.backs

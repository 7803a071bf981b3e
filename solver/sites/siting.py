"""The answer to a siting problem: the points chosen, what they cover, and what is proved of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from solver.sites.problem import PARTS, Bools, Ints, SiteProblem

SitingStatus = Literal["optimal", "gap limit", "time limit", "interrupted"]

WHOLE = 10**9
"""What all the demand of an hour comes to where the worst hour counts."""


@dataclass(frozen=True, eq=False)
class Siting:
    """Points chosen for a `SiteProblem`.

    Parameters
    ----------
    chosen : tuple of int
        The candidates, in rising order.
    value, bound : int
        What was to be made large (`most_covered`) or small (`fewest_points`: the number of points), and what no
        choice can surpass.
    status : str
    full : int
        The value of covering everything.
    share, doubly : float
        Share of all demand that is covered, and of that which is doubly covered.
    hourly : tuple of float
        Share covered in each hour.
    covered, doubled : bool arrays of shape (D,)
        Which demand points are covered, and which doubly.
    """

    chosen: tuple[int, ...]
    value: int
    bound: int
    status: SitingStatus
    full: int
    share: float
    doubly: float
    hourly: tuple[float, ...]
    covered: Bools
    doubled: Bools

    @property
    def gap(self) -> float:
        """|bound - value| / value; infinite where the value is 0 and the bound is not."""
        if self.bound == self.value:
            return 0.0
        return abs(self.bound - self.value) / self.value if self.value else float("inf")


def siting(problem: SiteProblem, chosen: tuple[int, ...], bound: int, status: SitingStatus, value: int) -> Siting:
    """Return the answer with what `chosen` covers, worked out from the problem alone."""
    covered, doubled = covered_by(problem, chosen)
    hours = [(int(row[covered].sum()), int(row.sum())) for row in problem.demand]
    total = int(problem.total.sum())
    return Siting(
        chosen=chosen,
        value=value,
        bound=bound,
        status=status,
        full=full_value(problem),
        share=int(problem.total[covered].sum()) / total if total else 1.0,
        doubly=int(problem.total[doubled].sum()) / total if total else 1.0,
        hourly=tuple(held / of if of else 1.0 for held, of in hours),
        covered=covered,
        doubled=doubled,
    )


def covered_by(problem: SiteProblem, chosen: tuple[int, ...]) -> tuple[Bools, Bools]:
    """Return which demand points `chosen` covers, and which it covers doubly, both of shape (D,)."""
    columns = list(chosen)
    covered = problem.covers[:, columns].any(axis=1)
    doubled = problem.backing[:, columns].sum(axis=1) >= 2
    return np.asarray(covered), np.asarray(doubled)


def value_of(problem: SiteProblem, chosen: tuple[int, ...]) -> int:
    """Return what `chosen` is worth as an answer of `most_covered`.

    Where all hours count together: demand covered, or, where double cover counts, 100 parts of it.  Where the worst
    hour counts: parts of `WHOLE`.
    """
    covered, doubled = covered_by(problem, chosen)
    first, second = parts_of(problem)
    return int((weights_of(problem) @ (first * covered + second * doubled).astype(np.int64)).min())


def full_value(problem: SiteProblem) -> int:
    """Return what covering everything (doubly, where that counts) is worth."""
    return int((weights_of(problem) * sum(parts_of(problem))).sum(axis=1).min())


def parts_of(problem: SiteProblem) -> tuple[int, int]:
    """Return the parts of the value for first and double cover; one part where only one of them counts."""
    second = problem.backup_parts
    if second in (0, PARTS):
        return (1, 0) if not second else (0, 1)
    return PARTS - second, second


def weights_of(problem: SiteProblem) -> Ints:
    """Return the demand whose cover counts: all hours as one row, or, for the worst, a row of parts for each hour.

    Hours without demand are left out; where there are no others, one row of zeros is left.
    """
    if problem.hours == "mean":
        return problem.total[None, :]
    rows = [_parts(row) for row in problem.demand if row.any()]
    return np.array(rows, dtype=np.int64) if rows else np.zeros((1, problem.demand.shape[1]), dtype=np.int64)


def _parts(row: Ints) -> Ints:
    """Return demand as whole parts that come to `WHOLE`, the largest remainders rounded up."""
    total = int(row.sum())
    exact = [divmod(int(d) * WHOLE, total) for d in row]
    parts = np.array([whole for whole, _ in exact], dtype=np.int64)
    lacking = WHOLE - int(parts.sum())
    parts[sorted(range(len(exact)), key=lambda i: (-exact[i][1], i))[:lacking]] += 1
    return parts

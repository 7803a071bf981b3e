"""With which chance each plan of a set is drawn, so that an observer who knows them all gains least by that.

The formulation is in ``docs/draw.md``: a linear program, solved by HiGHS through SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solver.draws.quarters import Quarters

WHOLE = 10_000
"""What the chances of a set add up to: whole numbers, so that a draw is exact."""

_LEAST, _MOST = 0.5, 2.0
"""No plan is drawn less, or more, often than so many times as often as with equal chances."""

_NOTHING = 1e-9
"""Differences below this are none."""


def equal_chances(number: int) -> tuple[int, ...]:
    """Return chances that are equal but for rounding."""
    return _whole(np.full(number, 1 / number))


def best_chances(
    there: NDArray[np.bool_], stake: NDArray[np.float64], quarters: Quarters, losses: Sequence[float]
) -> tuple[int, ...]:
    """Return whole chances, together `WHOLE`, with which the observer's edge over guessing blindly is smallest.

    On the mean no more is lost than with equal chances.  Where the program is not solved, chances are equal.

    Parameters
    ----------
    there : bool array of shape (plans, spots, B)
        Whether a unit is there in some minute of a quarter.
    stake : float array of shape (spots, B)
    quarters : Quarters
    losses : sequence of float
        What each plan is worth less than the best one, as a share of that.
    """
    number = len(there)
    even = equal_chances(number)
    if number < 2:
        return even
    found = _solve(there, stake, quarters, np.asarray(losses, dtype=np.float64))
    return even if found is None else _whole(found)


def _solve(
    there: NDArray[np.bool_], stake: NDArray[np.float64], quarters: Quarters, losses: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return the probabilities, or None where the program is not solved.

    Its variables are the probabilities p, and by spot and hour u, the likeliest quarter to meet a unit, and v, the
    least likely one; it minimises the sum of stake times u - v.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    number = len(there)
    hours = quarters.first_of_hour
    by_hour = np.add.reduceat(stake, hours, axis=1)
    # Where all plans do the same in all quarters of an hour, nothing can be gained there.
    varied = np.logical_or.reduceat(there.any(axis=0), hours, axis=1) & (by_hour > 0)
    spot, hour = np.nonzero(varied)
    pairs = len(spot)
    if not pairs:
        return None
    last = np.append(hours[1:], len(quarters))
    rows = np.concatenate([np.full(last[h] - hours[h], i) for i, h in enumerate(hour)])
    cells = np.concatenate([np.arange(hours[h], last[h]) for h in hour])
    probability = csr_array(there[:, spot[rows], cells].T.astype(np.float64))
    choose = csr_array((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=(len(rows), pairs))
    nothing = csr_array((len(rows), pairs))
    above = hstack([probability, -choose, nothing])
    below = hstack([-probability, nothing, choose])
    loss = csr_array(np.concatenate([losses, np.zeros(2 * pairs)])[None, :])
    worth = by_hour[spot, hour]
    whole = csr_array(np.concatenate([np.ones(number), np.zeros(2 * pairs)])[None, :])
    bounds = [(_LEAST / number, min(_MOST / number, 1.0))] * number + [(0.0, 1.0)] * (2 * pairs)
    found = linprog(
        np.concatenate([np.zeros(number), worth, -worth]),
        A_ub=vstack([above, below, loss]).tocsr(),
        b_ub=np.concatenate([np.zeros(2 * len(rows)), [losses.mean() + _NOTHING]]),
        A_eq=whole,
        b_eq=[1.0],
        bounds=bounds,
        method="highs-ipm",  # five to fifteen times as fast here as the simplex method
    )
    return np.asarray(found.x[:number], dtype=np.float64) if found.status == 0 else None


def _whole(shares: NDArray[np.float64]) -> tuple[int, ...]:
    """Return whole numbers in the ratio of `shares`, together `WHOLE`: the largest remainders are rounded up."""
    exact = np.round(shares / shares.sum() * WHOLE, 6)
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: WHOLE - int(whole.sum())]] += 1
    return tuple(whole.tolist())

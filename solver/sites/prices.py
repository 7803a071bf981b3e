"""A bound by prices of cells, and what it shows about single columns.

Each cell buys its points at a price; columns sell what they cover, and the best `points` of them are taken.  For
any prices what cells keep and columns earn comes to no less than the best choice (Galvão and ReVelle 1996,
doi:10.1016/0377-2217(94)00159-6).  The prices are moved by deflected subgradients (Camerini, Fratta and Maffioli 1975,
doi:10.1007/BFb0120697).  The bound itself is worked out in whole numbers, so it holds to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from solver.sites.cells import Cells
from solver.sites.problem import Bools, Floats, Ints

FINE = 1024
"""Prices are whole numbers of this part of a unit of gain."""

DEFLECTION = 0.7
VAIN = 15
"""Steps without a better bound after which steps become shorter."""
SHORTER = 0.7
SHORTEST = 2e-4

STEPS = 2000
LOOK = 100
"""Steps after which the columns that sell best are tried as a choice."""


@dataclass(frozen=True, eq=False)
class Priced:
    """What prices show of a choice of up to so many columns.

    `bound` holds for every choice.  A choice worth more than a value has all columns `inside` and none `outside`,
    bool arrays of shape (C,).
    """

    bound: int
    inside: Bools
    outside: Bools


def find_prices(
    cells: Cells,
    points: int,
    value: int,
    *,
    better: Callable[[Ints], int],
    steps: int = STEPS,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Floats:
    """Return prices of cells, shape (R,), that give a low bound on choices of up to `points` columns.

    Parameters
    ----------
    cells : Cells
        Of one hour, none of which must be covered.
    points : int
    value : int
        What a known choice earns, without the base; the search ends when the bound shows that none earns more.
    better : callable
        Told the columns that sell best, now and then; returns what the best choice that it knows earns.
    steps : int
        The most steps.
    out_of_time : callable
        Asked in each step whether to end.
    """
    columns = csr_array(cells.covers.T.astype(np.float64))
    rows = csr_array(cells.covers.astype(np.float64))
    first, both = cells.gains[0, :, 0].astype(np.float64), cells.gains[0].sum(axis=1).astype(np.float64)
    cost = cells.cost.astype(np.float64)
    most = np.maximum(first, both)
    best_prices: Floats = most / 2
    prices = best_prices
    best, step, vain = np.inf, 1.0, 0
    direction = np.zeros(len(prices))
    for number in range(1, steps + 1):
        sold = columns @ prices - cost
        taken = _best(sold, points)
        single, double = first - prices, both - 2 * prices
        kept = np.maximum(np.maximum(single, double), 0.0)
        bound = float(kept.sum() + sold[taken].sum())
        if bound < best - 1e-6 * best or number == 1:
            best, best_prices, vain = bound, prices, 0
        else:
            vain += 1
        if number % LOOK == 0:
            value = max(value, better(taken))
        if np.floor(best + 0.5 / FINE) <= value or step < SHORTEST or out_of_time():
            break
        if vain >= VAIN:
            step, vain, prices = step * SHORTER, 0, best_prices
            direction = np.zeros(len(prices))
            continue
        offered = np.zeros(len(cost))
        offered[taken] = 1.0
        bought = np.where(kept > 0, np.where(double > single, 2.0, 1.0), 0.0)
        direction = DEFLECTION * direction + (1 - DEFLECTION) * (rows @ offered - bought)
        free = np.where((prices <= 0) & (direction > 0) | (prices >= most) & (direction < 0), 0.0, direction)
        norm = float(free @ free)
        if norm < 1e-12:
            break
        prices = np.clip(prices - step * (bound - value) / norm * free, 0.0, most)
    return best_prices


def _best(earned: Floats, points: int) -> Ints:
    """Return up to `points` columns that earn most, and something."""
    if points >= len(earned):
        return np.flatnonzero(earned > 0)
    taken = np.argpartition(-earned, points - 1)[:points] if points else np.zeros(0, dtype=np.int64)
    best: Ints = taken[earned[taken] > 0]
    return best


def priced(cells: Cells, points: int, value: int, prices: Floats) -> Priced:
    """Return what `prices` show of choices of up to `points` columns that earn more than `value`, in whole numbers."""
    fine = np.rint(prices * FINE).astype(np.int64)
    gains = cells.gains[0] * FINE
    kept = np.maximum(np.maximum(gains[:, 0] - fine, gains.sum(axis=1) - 2 * fine), 0).sum()
    earned = csr_array(cells.covers.T.astype(np.int64)) @ fine - cells.cost * FINE
    order = np.argsort(-earned, kind="stable")
    taken = order[:points][earned[order[:points]] > 0]
    bound = int(kept + earned[taken].sum())
    last = int(earned[order[points - 1]]) if 0 < points <= len(order) else 0
    last = max(last, 0)
    following = max(int(earned[order[points]]), 0) if points < len(order) else 0
    is_taken = np.zeros(len(earned), dtype=np.bool_)
    is_taken[taken] = True
    needed = (value + 1) * FINE
    return Priced(
        bound=bound // FINE,
        # Without a column that sells well the next one takes its place; with one that does not, the last one goes.
        inside=is_taken & (bound - (earned - following) < needed),
        outside=~is_taken & (bound - (last - earned) < needed),
    )

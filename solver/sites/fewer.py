"""Fewer columns that still cover everything: one is left out, and cells that stay open weigh more and more.

The search with weighted rows for set covering with equal costs of Gao, Weise and Li (2015,
doi:10.1016/j.ejor.2015.05.038): in each step the column goes that leaves least weight open, then one comes that closes
a cell drawn among the open ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from solver.sites.cells import Cells
from solver.sites.problem import Bools, Floats, Ints

STEPS = 20_000
"""Steps in vain after which it is given up."""


def fewer_columns(
    cells: Cells,
    chosen: Ints,
    rng: np.random.Generator,
    *,
    least: int,
    steps: int = STEPS,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Ints:
    """Return columns that cover every cell that must be covered: `chosen`, or fewer.

    Parameters
    ----------
    cells : Cells
    chosen : int64 array of shape (K,)
        Columns that cover every cell that must be covered.
    rng : numpy.random.Generator
    least : int
        No fewer columns than this are looked for.
    steps : int
        Steps in vain after which it is given up.
    out_of_time : callable
        Asked in each step whether to end.
    """
    rows = cells.covers[cells.need]
    columns = csr_array(rows.T.astype(np.float64))
    weight = np.ones(len(rows))
    inside = np.zeros(rows.shape[1], dtype=np.bool_)
    inside[chosen] = True
    held = rows[:, chosen].sum(axis=1)
    moved = np.zeros(rows.shape[1], dtype=np.int64)
    best, vain = np.flatnonzero(inside), 0
    came, step = -1, 0
    while True:
        step += 1
        if not (held == 0).any():
            best, vain = np.flatnonzero(inside), 0
            if len(best) <= max(least, 1):
                return best
            _swap(rows, inside, held, out=_least(columns @ (weight * (held == 1)), inside, moved, -1))
        vain += 1
        if vain > steps or out_of_time():
            return best
        gone = _least(columns @ (weight * (held == 1)), inside, moved, came)
        _swap(rows, inside, held, out=gone)
        open_ = np.flatnonzero(held == 0)
        closing = np.flatnonzero(rows[open_[rng.integers(len(open_))]])
        closing = closing[closing != gone] if len(closing) > 1 else closing
        gain = (columns[closing] @ (weight * (held == 0))).astype(np.float64)
        came = int(closing[np.lexsort((moved[closing], -gain))[0]])
        _swap(rows, inside, held, into=came)
        moved[[gone, came]] = step
        weight[held == 0] += 1.0


def _least(lost: Floats, inside: Bools, moved: Ints, but: int) -> int:
    """Return the column inside, but one, that is missed least; of such, the one that has moved longest ago."""
    own = np.flatnonzero(inside)
    own = own[own != but] if len(own) > 1 else own
    return int(own[np.lexsort((moved[own], lost[own]))[0]])


def _swap(rows: Bools, inside: Bools, held: Ints, *, out: int = -1, into: int = -1) -> None:
    """Take a column out or in."""
    if out >= 0:
        inside[out] = False
        held -= rows[:, out]
    if into >= 0:
        inside[into] = True
        held += rows[:, into]

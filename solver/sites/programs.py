"""The integer programs of siting: maximal, backup and set covering as rows and columns for `solver.sites.model`.

They are stated in ``docs/sites.md``.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver.sites.cells import Cells, gained
from solver.sites.model import Program
from solver.sites.problem import Bools, Floats, Ints


def program_for_most(cells: Cells, points: int, start: Ints | None) -> Program:
    """Return the program of a choice of up to `points` columns that earns most, in its worst hour if there are several.

    Variables: x for each column, y (covered) for each cell, u (doubly covered) for the cells where that is worth
    something, and, for several hours, what the worst of them earns, as a share of `unit_of`.
    """
    r, c = cells.covers.shape
    hours = len(cells.gains)
    twice = np.flatnonzero(cells.gains[:, :, 1].any(axis=0))
    convex = np.flatnonzero((cells.gains[:, :, 1] > cells.gains[:, :, 0]).any(axis=0))
    n, k = c + r + len(twice) + (hours > 1), len(twice)
    pick = csr_array((np.ones(k), (twice, np.arange(k))), shape=(r, k))
    covers = csr_array(cells.covers.astype(np.float64))
    parts = [
        (_wide(hstack([covers, -_identity(r), -pick]), n), 0.0, np.inf),
        (_wide(csr_array(np.ones((1, c))), n), -np.inf, float(points)),
        (_wide(covers[cells.need], n), 1.0, np.inf),
    ]
    if len(convex):  # The first point of such a cell is worth less than the second, so it must be counted whole.
        first = csr_array((np.ones(len(convex)), (np.arange(len(convex)), c + convex)), shape=(len(convex), n))
        place = np.searchsorted(twice, convex)
        second = csr_array((np.ones(len(convex)), (np.arange(len(convex)), c + r + place)), shape=(len(convex), n))
        parts.append((first - second, 0.0, np.inf))
    objective = np.zeros(n)
    upper = np.ones(n)
    gains = [np.concatenate([np.zeros(c), g[:, 0], g[twice, 1]]) for g in cells.gains]
    if hours == 1:
        objective[: len(gains[0])] = gains[0]
        objective[:c] = -cells.cost
    else:
        unit = unit_of(cells)
        earned = csr_array(np.array([np.append(g / unit, -1.0) for g in gains]))
        objective[-1] = 1.0
        upper[-1] = 2.0
        for row, base in zip(range(hours), cells.base, strict=True):
            parts.append((earned[[row]], -float(base) / unit, np.inf))
    whole = np.zeros(n, dtype=np.bool_)
    whole[:c] = True
    whole[c + convex] = True
    return _program(objective, parts, upper, whole, None if start is None else _start(cells, twice, start, n))


def program_for_fewest(cells: Cells, start: Ints) -> Program:
    """Return the program of the cheapest choice of columns that covers every cell that must be."""
    c = len(cells.cost)
    point = np.zeros(c)
    point[start] = 1.0
    covers = csr_array(cells.covers[cells.need].astype(np.float64))
    everything = np.ones(c)
    return _program(-cells.cost.astype(np.float64), [(covers, 1.0, np.inf)], everything, everything > 0, point)


def unit_of(cells: Cells) -> float:
    """Return what the objective of `program_for_most` counts as one."""
    if len(cells.gains) == 1:
        return 1.0
    return float(cells.gains.sum(axis=(1, 2)).max() + cells.base.max()) or 1.0


def _start(cells: Cells, twice: Ints, columns: Ints, n: int) -> Floats:
    """Return the point of a choice of columns."""
    counts = cells.covers[:, columns].sum(axis=1)
    r, c = cells.covers.shape
    point = np.zeros(n)
    point[columns] = 1.0
    point[c : c + r] = counts >= 1
    point[c + r : c + r + len(twice)] = counts[twice] >= 2
    if len(cells.gains) > 1:
        point[-1] = float(gained(cells, counts).min()) / unit_of(cells)
    return point


def _program(
    objective: Floats,
    parts: list[tuple[csr_array, float, float]],
    upper: Floats,
    whole: Bools,
    start: Floats | None,
) -> Program:
    """Return a program of blocks of rows with their limits."""
    return Program(
        objective=objective,
        rows=csr_array(vstack([rows for rows, _, _ in parts])),
        low=np.concatenate([np.full(rows.shape[0], low) for rows, low, _ in parts]),
        high=np.concatenate([np.full(rows.shape[0], high) for rows, _, high in parts]),
        upper=upper,
        whole=whole,
        start=start,
    )


def _wide(rows: csr_array, n: int) -> csr_array:
    """Return rows with empty columns behind, so that there are `n`."""
    wide = csr_array(rows)
    wide.resize(rows.shape[0], n)
    return wide


def _identity(n: int) -> csr_array:
    """Return the identity."""
    return csr_array((np.ones(n), (np.arange(n), np.arange(n))), shape=(n, n))

"""A siting problem as cells that points cover, and what can be left out of it without changing the answer.

A cell is a demand point in one of its covers.  It is worth something for the first point that covers it and something
for the second; further points add nothing.  What is given is counted beforehand, what is forbidden is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solver.sites.problem import Bools, Ints, SiteProblem
from solver.sites.siting import parts_of, weights_of


@dataclass(frozen=True, eq=False)
class Cells:
    """R cells and C columns, the candidates among which a choice is left.

    Parameters
    ----------
    covers : bool array of shape (R, C)
    gains : int64 array of shape (H, R, 2)
        What the first and the second point that cover a cell add, in each hour.
    need : bool array of shape (R,)
        Whether a cell must be covered.
    cost : int64 array of shape (C,)
        What a column costs; less than any difference of gains that counts.
    columns : int64 array of shape (C,)
        The candidate of each column.
    given : tuple of int
        Candidates that are chosen already.
    base : int64 array of shape (H,)
        What these earn in each hour, less what they cost.
    scale : int
        Gains are those of the problem times this, so that costs decide where gains are equal.
    """

    covers: Bools
    gains: Ints
    need: Bools
    cost: Ints
    columns: Ints
    given: tuple[int, ...]
    base: Ints
    scale: int = 1

    @property
    def single(self) -> bool:
        """Whether second points add nothing anywhere."""
        return not self.gains[:, :, 1].any()

    def candidates(self, columns: Ints) -> tuple[int, ...]:
        """Return the candidates of a choice of columns, with those that are given."""
        return tuple(sorted({*self.given, *self.columns[columns].tolist()}))


def cells_for_most(problem: SiteProblem) -> Cells:
    """Return the cells of a choice of some number of candidates that is to be worth most."""
    scale = 2 * problem.candidates + 1 if problem.preferred else 1
    cost = np.zeros(problem.candidates, dtype=np.int64)
    if problem.preferred:
        cost += 2
        cost[list(problem.preferred)] = 1
    first, second = parts_of(problem)
    weights = weights_of(problem) * scale
    none = np.zeros_like(weights)
    groups = [
        (
            problem.covers,
            np.stack([weights * first, none], axis=2),
            problem.coverable & (problem.total > 0) & problem.cover_all,
        )
    ]
    if second and problem.backs is None:
        groups = [(problem.covers, np.stack([weights * first, weights * second], axis=2), groups[0][2])]
    elif second:
        nowhere = np.zeros(len(problem.covers), dtype=np.bool_)
        groups.append((problem.backing, np.stack([none, weights * second], axis=2), nowhere))
    return _open_cells(problem, groups, cost, scale)


def cells_for_fewest(problem: SiteProblem) -> Cells:
    """Return the cells of a choice that covers every demand point with demand that can be covered, at least cost."""
    scale = problem.candidates + 1 if problem.preferred else 1
    cost = np.full(problem.candidates, scale, dtype=np.int64)
    if problem.preferred:
        cost += 1
        cost[list(problem.preferred)] -= 1
    gains = np.zeros((1, len(problem.covers), 2), dtype=np.int64)
    need = problem.coverable & (problem.total > 0)
    return _open_cells(problem, [(problem.covers, gains, need)], cost, scale)


def _open_cells(problem: SiteProblem, groups: list[tuple[Bools, Ints, Bools]], cost: Ints, scale: int) -> Cells:
    """Return the cells of covers, gains and needs, with what is given counted and what is forbidden gone."""
    covers = np.concatenate([rows for rows, _, _ in groups])
    gains = np.concatenate([gain for _, gain, _ in groups], axis=1)
    need = np.concatenate([needed for _, _, needed in groups])
    every = Cells(
        covers, gains, need, cost, np.arange(problem.candidates), (), np.zeros(len(gains), dtype=np.int64), scale
    )
    given = np.zeros(problem.candidates, dtype=np.bool_)
    given[list(problem.given)] = True
    return fixed(every, given, ~problem.open)


def fixed(cells: Cells, inside: Bools, outside: Bools) -> Cells:
    """Return what is left to choose when columns are chosen (`inside`) or ruled out (`outside`), both of shape (C,)."""
    held = cells.covers[:, inside].sum(axis=1)
    gains = np.where((held == 0)[None, :, None], cells.gains, 0)
    gains[:, held == 1, 0] = cells.gains[:, held == 1, 1]
    need = cells.need & (held == 0)
    free = ~inside & ~outside
    left = replace(
        cells,
        covers=cells.covers[:, free],
        gains=gains,
        need=need,
        cost=cells.cost[free],
        columns=cells.columns[free],
        given=cells.candidates(np.flatnonzero(inside)),
        base=gained(cells, held) - int(cells.cost[inside].sum()),
    )
    return _kept(left, gains.any(axis=(0, 2)) | need)


def reduced(cells: Cells) -> Cells:
    """Return cells with the same best choice: like ones joined, idle and dominated ones left out.

    A column is dominated by one that covers the same and more and costs no more; only where second points add
    nothing.  A cell that must be covered and is worth nothing is dominated by one that must be and is covered by
    fewer columns, all of them its own.  (Toregas and ReVelle 1972, doi:10.1111/j.1435-5597.1972.tb00840.x)
    """
    cells = _joined(cells)
    while True:
        if cells.single:
            cells = _joined(_without_dominated_columns(cells))
        fewer = _without_dominated_needs(cells)
        if len(fewer.need) == len(cells.need):
            return cells
        cells = fewer  # With fewer cells more columns may be dominated; joining cells changes nothing of that.


def _kept(cells: Cells, rows: Bools) -> Cells:
    """Return some of the cells, without those that no column covers."""
    rows = rows & cells.covers.any(axis=1)
    return replace(cells, covers=cells.covers[rows], gains=cells.gains[:, rows], need=cells.need[rows])


def earned(cells: Cells, columns: Ints) -> int:
    """Return what a choice of columns earns in its worst hour, with what is given, less what it costs."""
    counts = cells.covers[:, columns].sum(axis=1)
    return int(gained(cells, counts).min() - cells.cost[columns].sum())


def gained(cells: Cells, counts: Ints) -> Ints:
    """Return what is gained in each hour, shape (H,), where `counts` (R,) columns cover each cell, with the base."""
    gains: Ints = cells.base + cells.gains[:, counts >= 1, 0].sum(axis=1) + cells.gains[:, counts >= 2, 1].sum(axis=1)
    return gains


def meets_needs(cells: Cells, columns: Ints) -> bool:
    """Tell whether a choice of columns covers every cell that must be covered."""
    return bool(cells.covers[cells.need][:, columns].any(axis=1).all())


def _joined(cells: Cells) -> Cells:
    """Return the cells with those that the same columns cover made one."""
    if not cells.covers.size:
        return _kept(cells, np.zeros(len(cells.covers), dtype=np.bool_))
    packed = np.ascontiguousarray(np.packbits(cells.covers, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == len(keys):
        return cells
    order = np.argsort(first, kind="stable")  # Cells stay in the order of the demand points.
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    group = rank[which.ravel()]
    gains = np.zeros((len(cells.gains), len(first), 2), dtype=np.int64)
    need = np.zeros(len(first), dtype=np.bool_)
    for hour, gain in zip(gains, cells.gains, strict=True):
        np.add.at(hour, group, gain)
    np.logical_or.at(need, group, cells.need)
    return replace(cells, covers=cells.covers[first[order]], gains=gains, need=need)


def _without_dominated_columns(cells: Cells) -> Cells:
    """Return the cells without columns of which another covers everything and costs no more."""
    counts = cells.covers.astype(np.float32)
    shared = counts.T @ counts
    inside = shared >= np.diag(shared)[:, None]  # [j, k]: k covers all that j covers
    cheaper = cells.cost[None, :] <= cells.cost[:, None]
    dominated = inside & cheaper
    mutual = dominated & dominated.T
    # Of columns that dominate each other the first stays.
    drop = (dominated & ~mutual).any(axis=1) | np.tril(mutual, -1).any(axis=1)
    keep = ~drop & cells.covers.any(axis=0)
    return replace(cells, covers=cells.covers[:, keep], cost=cells.cost[keep], columns=cells.columns[keep])


def _without_dominated_needs(cells: Cells) -> Cells:
    """Return the cells without those that are covered whenever another one is that must be."""
    worthless = cells.need & ~cells.gains.any(axis=(0, 2))
    if not worthless.any():
        return cells
    counts = cells.covers[cells.need].astype(np.float32)
    shared = counts @ counts.T
    contains = shared >= np.diag(shared)[None, :]  # [i, l]: all that covers l covers i
    mutual = contains & contains.T
    implied = (contains & ~mutual).any(axis=1) | np.tril(mutual, -1).any(axis=1)
    drop = np.zeros(len(cells.need), dtype=np.bool_)
    drop[cells.need] = implied
    return _kept(cells, ~(drop & worthless))

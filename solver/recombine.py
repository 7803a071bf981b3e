"""Choosing among known routes with CP-SAT: one route a unit, so that together they cover the most.

This is the restricted master of the cover model in ``docs/model.md``: a 0-1 variable for each candidate
route and one variable for each group of cells that the same candidates cover.  Nothing of OR-Tools leaves
this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from solver.cp_sat import FOUND, run

_PRECISION = 10**9
"""The total of all group weights handed to CP-SAT; its linear relaxation works in double precision."""


@dataclass(frozen=True)
class Layer:
    """One layer of cells for `choose`: C cells, R candidates.

    `weight` (C,) is the value of each unit counted, or (N, C) of the first, the second and so on, each no more than the
    one before it; `room` (C,) how many more units count; `covers` (R, C)
    which candidate covers which cell.  Cells of a `hard` layer must not be covered less than by the start.
    """

    weight: NDArray[np.int64]
    room: NDArray[np.int64]
    covers: NDArray[np.bool_]
    hard: bool = False


def choose(
    unit_of: Sequence[int],
    start: Sequence[int],
    layers: Sequence[Layer],
    *,
    seconds: float,
    limit: float = float("inf"),
    seed: int,
    workers: int = 1,
    stop: Callable[[], bool] | None = None,
    at_most: Sequence[tuple[Sequence[int], int]] = (),
) -> list[int]:
    """Return the candidate chosen for each unit, in the order of `start`.

    Parameters
    ----------
    unit_of : sequence of int
        The unit of each of R candidates.
    start : sequence of int
        A candidate for each unit, known to be good; the choice is at least as good.
    layers : sequence of Layer
    seconds : float
        Deterministic time allowed, in CP-SAT's units of about a second.
    limit : float
        Seconds by the clock after which it ends all the same.
    seed : int
    workers : int
        Threads of the solver.
    stop : callable, optional
        Asked several times a second whether to stop.
    at_most : sequence of (candidates, int)
        Of which candidates at most how many are chosen; the start keeps to it.
    """
    model = cp_model.CpModel()
    take = [model.new_bool_var(f"route {r}") for r in range(len(unit_of))]
    for unit in set(unit_of):
        model.add_exactly_one(take[r] for r in range(len(unit_of)) if unit_of[r] == unit)
    for some, most in at_most:
        model.add(sum(take[r] for r in some) <= most)
    for r, variable in enumerate(take):
        model.add_hint(variable, r in start)
    total = sum(_most(layer) for layer in layers if not layer.hard)
    gains: list[cp_model.LinearExprT] = []
    for layer in layers:
        if layer.weight.ndim > 1:
            for columns, worth in _falling_groups(layer):
                gains += _covered_in_turn(model, take, columns, [w * _PRECISION // max(total, 1) for w in worth])
            continue
        groups = _groups(layer)
        covered = [_covered(model, take, columns, room) for columns, room, _ in groups]
        if layer.hard:
            least = sum(w * min(room, sum(r in start for r in columns)) for columns, room, w in groups)
            model.add(sum(w * y for (_, _, w), y in zip(groups, covered, strict=True)) >= least)
        else:
            gains += [(w * _PRECISION // max(total, 1)) * y for (_, _, w), y in zip(groups, covered, strict=True)]
    model.maximize(sum(gains))
    solver, status = run(model, seconds=seconds, seed=seed, limit=limit, workers=workers, stop=stop)
    if status not in FOUND:
        return list(start)
    chosen = {unit_of[r]: r for r, variable in enumerate(take) if solver.boolean_value(variable)}
    return [chosen[unit_of[r]] for r in start]


def _most(layer: Layer) -> int:
    """Return what covering all of a layer is worth."""
    return int(layer.weight.sum() if layer.weight.ndim > 1 else (layer.weight * layer.room).sum())


def _covered_in_turn(
    model: cp_model.CpModel, take: list[cp_model.IntVar], columns: list[int], worth: list[int]
) -> list[cp_model.LinearExprT]:
    """Return what each further unit in a group of cells earns, `worth` falling from one to the next."""
    if len(columns) == 1:
        return [worth[0] * take[columns[0]]]
    units = [model.new_bool_var("") for _ in range(min(len(worth), len(columns)))]
    model.add(sum(units) <= sum(take[r] for r in columns))
    return [w * unit for w, unit in zip(worth, units, strict=False)]


def _falling_groups(layer: Layer) -> list[tuple[list[int], list[int]]]:
    """Return groups of cells that the same candidates cover: candidates, and what the first, the second … earns."""
    cells = np.nonzero(layer.covers.any(axis=0))[0]
    if not cells.size:
        return []
    covers, group = np.unique(layer.covers[:, cells], axis=1, return_inverse=True)
    worth = np.zeros((covers.shape[1], layer.weight.shape[0]), dtype=np.int64)
    np.add.at(worth, group.ravel(), layer.weight[:, cells].T)
    found = [(np.nonzero(column)[0].tolist(), row) for column, row in zip(covers.T, worth.tolist(), strict=True)]
    return [(columns, row) for columns, row in found if row[0] > 0]


def _covered(
    model: cp_model.CpModel, take: list[cp_model.IntVar], columns: list[int], room: int
) -> cp_model.LinearExprT:
    """Return how many units count in a group of cells: no more than cover it, and no more than its room."""
    if len(columns) == 1:
        return take[columns[0]]
    covered = model.new_int_var(0, min(room, len(columns)), "")
    model.add(covered <= sum(take[r] for r in columns))
    return covered


def _groups(layer: Layer) -> list[tuple[list[int], int, int]]:
    """Return groups of cells that the same candidates cover: candidates, room, and weight of all of them."""
    open_cells = np.nonzero((layer.room > 0) & layer.covers.any(axis=0) & (layer.weight > 0))[0]
    if not open_cells.size:
        return []
    keys = np.vstack([np.packbits(layer.covers[:, open_cells], axis=0), layer.room[open_cells].astype(np.uint8)])
    keys = np.ascontiguousarray(keys.T)
    _, first, group = np.unique(
        keys.view([("", keys.dtype)] * keys.shape[1]).ravel(), return_index=True, return_inverse=True
    )
    weight = np.zeros(first.size, dtype=np.int64)
    np.add.at(weight, group.ravel(), layer.weight[open_cells])
    return [
        (np.nonzero(layer.covers[:, open_cells[i]])[0].tolist(), int(layer.room[open_cells[i]]), int(w))
        for i, w in zip(first, weight, strict=True)
    ]

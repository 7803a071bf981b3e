"""The cover of cells of space and time: what routes cover, kept up to date as they change.

This is the engines' definition of the model in ``docs/model.md``: `Cells` are the weights, fixed for a
problem; `Counts` say how many units cover each cell now.  `stand`, `visit`, `stint` and `drive` add a piece
of a route to the counts or take it off, and return by how much the objective changes.  Minutes are rows'
innermost index throughout, so that all loops run along them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled
from solver.problem import UNREACHABLE
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Whole = int | np.int64


class Cells(NamedTuple):
    """Weights and geometry of the cells; P places, H hotspots, Q posts, D demand points, M modes, T minutes.

    `response`, `backup` (D, T), `presence`, `linger` (H, T) and `posts` (Q, T) are in units of value, each for
    one unit more; a missing unit at a post costs more a minute than all else together.  `wanted` is (Q, T).
    `hotspot_of`, `post_of` (P,) are -1 where a place is none.  `shortest` (P,) is the least length of a visit or stint,
    `lingers` (P,) for how long a visit covers after it (-1 where none), `standing_counts` (P,) whether a unit
    on a visit or stint counts for response and backup.
    `first` and `second` list the demand points within their standard, and within their backup standard, of
    each place: those of mode m and place p are ``first[first_at[m, p]:first_at[m, p + 1]]``.
    """

    response: Ints
    backup: Ints
    presence: Ints
    linger: Ints
    posts: Ints
    wanted: Small
    hotspot_of: Small
    post_of: Small
    shortest: Small
    lingers: Small
    standing_counts: NDArray[np.bool_]
    first: Small
    first_at: Small
    second: Small
    second_at: Small


class Counts(NamedTuple):
    """How many units cover each cell, by layer: shapes as in `Cells`."""

    response: NDArray[np.int16]
    backup: NDArray[np.int16]
    presence: NDArray[np.int16]
    linger: NDArray[np.int16]
    posts: NDArray[np.int16]


def cells_of(problem: Problem, modes: tuple[str, ...]) -> Cells:
    """Return the cells of `problem`; `modes` numbers the modes."""
    w = weights(problem)
    slot = problem.slot_of
    minutes, n_places = problem.minutes, len(problem.places)

    def by_minute(rows: list[tuple[int, ...]], factor: int) -> Ints:
        table = np.array(rows, dtype=np.int64).reshape(len(rows), len(problem.slots) - 1)
        return np.ascontiguousarray(table[:, slot] * factor)

    risk = by_minute([h.risk for h in problem.hotspots], w.multipliers["presence"])
    rho = np.array([h.rho for h in problem.hotspots], dtype=np.int64)[:, None]
    demand = by_minute([d.demand for d in problem.demand], 1)
    wanted = np.zeros((len(problem.posts), minutes), dtype=np.int32)
    hotspot_of = np.full(n_places, -1, dtype=np.int32)
    post_of = np.full(n_places, -1, dtype=np.int32)
    shortest = np.zeros(n_places, dtype=np.int32)
    lingers = np.full(n_places, -1, dtype=np.int32)
    standing_counts = np.ones(n_places, dtype=np.bool_)
    for i, h in enumerate(problem.hotspots):
        hotspot_of[h.place], shortest[h.place], lingers[h.place] = i, h.dwell, h.linger
    for i, q in enumerate(problem.posts):
        post_of[q.place], shortest[q.place], standing_counts[q.place] = i, q.stint, q.available
        for window in q.staffing:
            part = wanted[i, window.start : window.end]
            np.maximum(part, window.units, out=part)
    standard = np.array([d.standard for d in problem.demand], dtype=np.int64)
    second_standard = np.array([d.backup for d in problem.demand], dtype=np.int64)
    first, first_at = _within(problem, modes, standard)
    second, second_at = _within(problem, modes, second_standard)
    return Cells(
        response=demand * w.multipliers["response"],
        backup=demand * w.multipliers["backup"],
        presence=risk * (100 - rho),
        linger=risk * rho,
        posts=np.where(wanted > 0, w.full + 1, 0),
        wanted=wanted,
        hotspot_of=hotspot_of,
        post_of=post_of,
        shortest=shortest,
        lingers=lingers,
        standing_counts=standing_counts,
        first=first,
        first_at=first_at,
        second=second,
        second_at=second_at,
    )


def counts_of(cells: Cells) -> Counts:
    """Return counts of no unit at all."""
    return Counts(
        response=np.zeros(cells.response.shape, dtype=np.int16),
        backup=np.zeros(cells.backup.shape, dtype=np.int16),
        presence=np.zeros(cells.presence.shape, dtype=np.int16),
        linger=np.zeros(cells.linger.shape, dtype=np.int16),
        posts=np.zeros(cells.wanted.shape, dtype=np.int16),
    )


def rooms_of(cells: Cells) -> dict[str, Ints]:
    """Return by layer how many units count in each cell: two for backup, as many as are wanted at posts, else one."""
    one, two = np.array(1, dtype=np.int64), np.array(2, dtype=np.int64)
    wanted = cells.wanted.astype(np.int64)
    return {"response": one, "backup": two, "presence": one, "linger": one, "posts": wanted}


def _within(problem: Problem, modes: tuple[str, ...], standard: Ints) -> tuple[Small, Small]:
    """Return the demand points within `standard` of each place, and where each place's list begins."""
    lists: list[Small] = []
    at = np.zeros((len(modes), len(problem.places) + 1), dtype=np.int32)
    total = 0
    for m, mode in enumerate(modes):
        seconds = problem.reach[mode]
        near = (seconds != UNREACHABLE) & (seconds <= standard)
        at[m, 0] = total
        at[m, 1:] = total + np.cumsum(near.sum(axis=1))
        lists.append(np.nonzero(near)[1].astype(np.int32))
        total = int(at[m, -1])
    return np.concatenate(lists) if lists else np.zeros(0, dtype=np.int32), at


@compiled
def stand(cells: Cells, counts: Counts, mode: int, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Count a unit available at `place` in ``[begin, end)`` for response and backup."""
    gain, alone = 0, max(0, -sign)
    for i in range(cells.first_at[mode, place], cells.first_at[mode, place + 1]):
        row, worth = counts.response[cells.first[i], begin:end], cells.response[cells.first[i], begin:end]
        for t in range(row.size):
            gain += sign * worth[t] if row[t] == alone else 0
            row[t] += sign
    for i in range(cells.second_at[mode, place], cells.second_at[mode, place + 1]):
        row, worth = counts.backup[cells.second[i], begin:end], cells.backup[cells.second[i], begin:end]
        for t in range(row.size):
            gain += sign * worth[t] if row[t] < alone + 2 else 0
            row[t] += sign
    return gain


@compiled
def visit(cells: Cells, counts: Counts, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Count a visit of the hotspot at `place` in ``[begin, end)`` for presence and lingering."""
    gain, alone = 0, max(0, -sign)
    hotspot = cells.hotspot_of[place]
    row, worth = counts.presence[hotspot, begin:end], cells.presence[hotspot, begin:end]
    for t in range(row.size):
        gain += sign * worth[t] if row[t] == alone else 0
        row[t] += sign
    faded = min(end + cells.lingers[place], cells.linger.shape[1])
    row, worth = counts.linger[hotspot, begin:faded], cells.linger[hotspot, begin:faded]
    for t in range(row.size):
        gain += sign * worth[t] if row[t] == alone else 0
        row[t] += sign
    return gain


@compiled
def stint(cells: Cells, counts: Counts, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Count a stint on the post at `place` in ``[begin, end)``."""
    gain: Whole = 0
    alone = max(0, -sign)
    post = cells.post_of[place]
    row, wanted, worth = counts.posts[post, begin:end], cells.wanted[post, begin:end], cells.posts[post, begin:end]
    for t in range(row.size):
        gain += sign * worth[t] if row[t] < alone + wanted[t] else 0
        row[t] += sign
    return int(gain)


@compiled
def drive(
    cells: Cells, counts: Counts, mode: int, origin: int, destination: int, begin: Whole, end: Whole, sign: Whole
) -> int:
    """Count a unit on the road in ``[begin, end)``: it counts from the nearer end of its leg."""
    middle: Whole = begin + (end - begin + 1) // 2
    gain: int = stand(cells, counts, mode, origin, begin, middle, sign)
    return gain + stand(cells, counts, mode, destination, middle, end, sign)

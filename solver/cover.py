"""The cover of cells of space and time: what routes cover, kept up to date as they change.

This is the engines' definition of the model in ``docs/model.md``: `Cells` are the weights, fixed for a
problem; `Counts` say how many units cover each cell now.  `stand`, `visit` and `stint` add a piece
of a route to the counts or take it off, and return by how much the objective changes.  Minutes are rows'
innermost index throughout, so that all loops run along them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.busy import steps_of
from solver.compiled import compiled
from solver.problem import UNREACHABLE
from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Whole = int | np.int64


class Cells(NamedTuple):
    """Weights and geometry of the cells; P places, R rows, Q posts, D demand points, M modes, T minutes.

    A row is a hotspot or, after these, a task.  `response` (D, T), `backup` (T, D), `presence`, `linger`, `revisit`
    (R, T) and `posts` (Q, T) are in units of value, each for one unit more; `wanted` is (Q, T).  Backup has its minutes
    in rows, because almost all of it is covered from everywhere.  A missing
    unit-minute costs `missing`, more than all else together: that is what a minute of a post weighs, a minute
    in which a required visit is due, and a required task for each of its minutes.  A task is one cell: the
    last minute of its row, for which a visit at any time lingers.

    `row_of`, `post_of` (P,) are -1 where a place is none.  `shortest` (P,) is the least length of a visit,
    stint or task, `exact` (P,) whether it is the only one; `lingers` and `everys` (P,) for how long a visit
    covers after it (-1 where none); `standing_counts` (P,) whether a unit at work there counts for response
    and backup; `again` (P,) whether one may work there, wait, and work again: at posts, and at hotspots
    that open more than once; elsewhere staying covers more.  `stretch` (P,) says where a unit only passes on a
    visit: at the entry it may wait for nothing but the visit, from the exit it drives on.  `open_until` (P, T + 1)
    is until when, at the latest, what begins or goes on in a minute must end.
    `first` and `second` list the demand points within their standard, and within their backup standard, of
    each place: those of mode m and place p are ``first[first_at[m, p]:first_at[m, p + 1]]``; `first_near`
    and `second_near` list for each demand point the ``m * P + p`` that it is near to, and `second_of` (M, P, D) is 1
    where it is, else 0.  `watched` lists the rows
    that a unit on the post at place p is present at: ``watched[watched_at[p]:watched_at[p + 1]]``.

    Where units are busy with calls (`expects`) the k-th unit near a demand point earns ``first_steps[k - 1, t]`` times
    the weight in `response`, and ``second_steps[k - 1, t]`` times that in `backup`; both end with two rows of 0.
    ``second_odd[second_odd_at[m * D + d]:second_odd_at[m * D + d + 1]]`` are the places ``m * P + p`` that a demand
    point is near to or, where `second_wide` (M, D) holds, that it is not near to: whichever are fewer.  Elsewhere none
    of these is looked at.
    """

    response: Ints
    backup: Ints
    presence: Ints
    linger: Ints
    revisit: Ints
    posts: Ints
    wanted: Small
    missing: int
    row_of: Small
    post_of: Small
    shortest: Small
    exact: NDArray[np.bool_]
    lingers: Small
    everys: Small
    standing_counts: NDArray[np.bool_]
    again: NDArray[np.bool_]
    stretch: NDArray[np.bool_]
    open_until: Small
    first: Small
    first_at: Small
    second: Small
    second_at: Small
    second_of: NDArray[np.int16]
    first_near: Small
    first_near_at: Small
    second_near: Small
    second_near_at: Small
    watched: Small
    watched_at: Small
    expects: bool
    first_steps: Ints
    second_steps: Ints
    second_wide: NDArray[np.bool_]
    second_odd: Small
    second_odd_at: Small


class Counts(NamedTuple):
    """How many units cover each cell, by layer: shapes as in `Cells`.

    `standing` (M * P, T) is what one more available unit would earn at each place by response and backup, kept
    up to date with the counts, or empty where nobody asks; `change` (T,) and `changes` (M, T) are room for it.
    """

    response: NDArray[np.int16]
    backup: NDArray[np.int16]
    presence: NDArray[np.int16]
    linger: NDArray[np.int16]
    revisit: NDArray[np.int16]
    posts: NDArray[np.int16]
    standing: Ints
    change: Ints
    changes: Ints


LAYERS = ("response", "backup", "presence", "linger", "revisit", "posts")
"""The layers of cells, named as in `Cells` and `Counts`."""


def cells_of(problem: Problem, modes: tuple[str, ...]) -> Cells:
    """Return the cells of `problem`; `modes` numbers the modes."""
    w = weights(problem)
    slot, minutes = problem.slot_of, problem.minutes

    def by_minute(rows: list[tuple[int, ...]], factor: int) -> Ints:
        table = np.array(rows, dtype=np.int64).reshape(len(rows), len(problem.slots) - 1)
        return np.ascontiguousarray(table[:, slot] * factor)

    no_risk = (0,) * (len(problem.slots) - 1)
    risk = by_minute([*(h.risk for h in problem.hotspots), *(no_risk for _ in problem.tasks)], 1)
    risk *= w.multipliers["presence"]
    rho = np.array([*(h.rho for h in problem.hotspots), *(0 for _ in problem.tasks)], dtype=np.int64)[:, None]
    linger, revisit = risk * rho, np.zeros_like(risk)
    missing = w.full + 1
    for i, h in enumerate(problem.hotspots):
        for start, end in h.due(minutes):
            revisit[i, start:end] = missing if h.required else w.multipliers["revisit"]
    for i, k in enumerate(problem.tasks, len(problem.hotspots)):
        linger[i, -1] = k.profit * w.multipliers["tasks"] + (k.minutes * missing if k.required else 0)
    demand = by_minute([d.demand for d in problem.demand], 1)
    wanted = np.zeros((len(problem.posts), minutes), dtype=np.int32)
    for i, q in enumerate(problem.posts):
        for window in q.staffing:
            part = wanted[i, window.start : window.end]
            np.maximum(part, window.units, out=part)
    standard = np.array([d.standard for d in problem.demand], dtype=np.int64)
    second_standard = np.array([d.backup for d in problem.demand], dtype=np.int64)
    first, first_at, first_near, first_near_at = _within(problem, modes, standard)
    second, second_at, second_near, second_near_at = _within(problem, modes, second_standard)
    watched, watched_at = _watched(problem)
    steps = steps_of(problem)
    second_of = _of(second, second_at, len(problem.demand))
    return Cells(
        response=demand * w.multipliers["response"],
        backup=np.ascontiguousarray(demand.T * w.multipliers["backup"]),
        presence=risk * (100 - rho),
        linger=linger,
        revisit=revisit,
        posts=np.where(wanted > 0, missing, 0),
        wanted=wanted,
        missing=missing,
        **_work(problem),
        first=first,
        first_at=first_at,
        second=second,
        second_at=second_at,
        second_of=second_of,
        first_near=first_near,
        first_near_at=first_near_at,
        second_near=second_near,
        second_near_at=second_near_at,
        watched=watched,
        watched_at=watched_at,
        expects=bool(problem.busy),
        first_steps=_steps_by_minute(steps.response, slot),
        second_steps=_steps_by_minute(steps.backup, slot),
        **_odd_places(second_of if problem.busy else second_of[:, :, :0]),
    )


def _odd_places(second_of: NDArray[np.int16]) -> dict[str, NDArray[Any]]:
    """Return the fields of `Cells` that say for each mode and demand point to which places it is near, or is not."""
    modes, places, points = second_of.shape
    near = second_of.transpose(0, 2, 1) > 0
    wide = 2 * near.sum(axis=2) > places
    odd = (near != wide[:, :, None]).reshape(modes * points, places)
    row, place = np.nonzero(odd)
    at = np.cumsum([0, *odd.sum(axis=1)], dtype=np.int32)
    mode = row // max(points, 1)
    return {"second_wide": wide, "second_odd": (mode * places + place).astype(np.int32), "second_odd_at": at}


def _steps_by_minute(steps: Ints, slot: Ints) -> Ints:
    """Return steps by slot as steps by minute, with two rows of 0 for all units that come after."""
    return np.concatenate((steps[:, slot], np.zeros((2, slot.size), dtype=np.int64)))


def _work(problem: Problem) -> dict[str, NDArray[Any]]:
    """Return by place what can be done there: the fields of `Cells` from `row_of` to `open_until`."""
    n_places, minutes = len(problem.places), problem.minutes
    row_of, post_of, lingers, everys = (np.full(n_places, -1, dtype=np.int32) for _ in range(4))
    shortest = np.zeros(n_places, dtype=np.int32)
    exact = np.zeros(n_places, dtype=np.bool_)
    standing_counts = np.ones(n_places, dtype=np.bool_)
    again = np.zeros(n_places, dtype=np.bool_)
    stretch = problem.stretches
    open_until = np.full((n_places, minutes + 1), minutes, dtype=np.int32)
    for i, h in enumerate(problem.hotspots):
        for place in h.places:
            row_of[place], shortest[place], lingers[place] = i, h.dwell, h.linger
            everys[place] = h.every or -1
            again[place] = len(h.windows) > 1 and not stretch[place]
            open_until[place] = 0
            for start, end in h.open(minutes):
                open_until[place, start:end] = end
    for i, q in enumerate(problem.posts):
        post_of[q.place], shortest[q.place], standing_counts[q.place] = i, q.stint, q.available
        again[q.place] = True
    for i, k in enumerate(problem.tasks, len(problem.hotspots)):
        row_of[k.place], shortest[k.place], standing_counts[k.place] = i, k.minutes, k.available
        exact[k.place], lingers[k.place] = True, minutes
        open_until[k.place] = 0
        for begin, last in k.begins(minutes):
            open_until[k.place, begin : last + 1] = minutes
    return {
        "row_of": row_of,
        "post_of": post_of,
        "shortest": shortest,
        "exact": exact,
        "lingers": lingers,
        "everys": everys,
        "standing_counts": standing_counts,
        "again": again,
        "stretch": stretch,
        "open_until": open_until,
    }


def _watched(problem: Problem) -> tuple[Small, Small]:
    """Return the rows that units on posts are present at, and where each place's list begins."""
    lists: list[tuple[int, ...]] = [()] * len(problem.places)
    for q in problem.posts:
        lists[q.place] = q.watches
    at = np.cumsum([0, *map(len, lists)], dtype=np.int32)
    return np.array([row for rows in lists for row in rows], dtype=np.int32), at


def counts_of(cells: Cells, *, standing: bool = True) -> Counts:
    """Return counts of no unit at all; `standing` says whether to keep what one more would earn."""
    modes, places, minutes = cells.first_at.shape[0], cells.row_of.size, cells.open_until.shape[1] - 1
    response, backup, presence, linger, revisit, posts = (
        np.zeros(getattr(cells, layer).shape, dtype=np.int16) for layer in LAYERS
    )
    kept = (modes * places if standing else 0, minutes)
    counts = Counts(
        response,
        backup,
        presence,
        linger,
        revisit,
        posts,
        standing=np.zeros(kept, dtype=np.int64),
        change=np.zeros(minutes, dtype=np.int64),
        changes=np.zeros((modes, minutes), dtype=np.int64),
    )
    if standing:
        stand_nowhere(cells, counts)
    return counts


def standing_left_out(cells: Cells, counts: Counts) -> tuple[Cells, Counts]:
    """Return cells and counts by which pieces of routes are counted but for where units stand.

    Visits and stints are counted in the arrays of `counts` all the same.
    """
    nobody = cells._replace(
        first_at=np.zeros_like(cells.first_at),
        second_at=np.zeros_like(cells.second_at),
        second_of=np.zeros((*cells.second_of.shape[:2], 0), dtype=np.int16),
        expects=False,
    )
    return nobody, counts._replace(backup=np.zeros((counts.backup.shape[0], 0), dtype=np.int16))


def shared(counts: Counts) -> Counts:
    """Return the same counts for another thread, with room of its own to count in."""
    return counts._replace(change=np.zeros_like(counts.change), changes=np.zeros_like(counts.changes))


@compiled
def copy_standing(source: Counts, target: Counts, begin: Whole, end: Whole) -> None:
    """Copy what is counted of where units stand, in minutes ``[begin, end)``."""
    for d in range(source.response.shape[0]):
        for t in range(begin, end):
            target.response[d, t] = source.response[d, t]
    for t in range(begin, end):
        for d in range(source.backup.shape[1]):
            target.backup[t, d] = source.backup[t, d]
    for i in range(source.standing.shape[0]):
        for t in range(begin, end):
            target.standing[i, t] = source.standing[i, t]


@compiled
def stand_nowhere(cells: Cells, counts: Counts) -> None:
    """Make `counts.standing` what an available unit earns where no other is."""
    modes, places = cells.first_at.shape[0], cells.row_of.size
    counts.standing[:] = 0
    for m in range(modes):
        for p in range(places):
            row = counts.standing[m * places + p]
            for i in range(cells.first_at[m, p], cells.first_at[m, p + 1]):
                worth = cells.response[cells.first[i]]
                for t in range(row.size):
                    row[t] += worth[t] * cells.first_steps[0, t]
            for t in range(row.size):
                worth, step = cells.backup[t], cells.second_steps[0, t]
                for i in range(cells.second_at[m, p], cells.second_at[m, p + 1]):
                    row[t] += worth[cells.second[i]] * step


def rooms_of(cells: Cells) -> dict[str, Ints]:
    """Return by layer how many units count in each cell.

    Two for backup, or as many as there are steps where units are busy, as many as are wanted at posts, else one.
    """
    rooms = {layer: np.array(1, dtype=np.int64) for layer in LAYERS} | {"backup": np.array(2, dtype=np.int64)}
    for layer, (steps, _) in stepped(cells).items():
        rooms[layer] = np.array(steps.shape[0] - 2, dtype=np.int64)
    return rooms | {"posts": cells.wanted.astype(np.int64)}


def stepped(cells: Cells) -> dict[str, tuple[Ints, bool]]:
    """Return the steps of the layers whose cells earn less with each unit, and whether minutes are their rows."""
    return {"response": (cells.first_steps, False), "backup": (cells.second_steps, True)} if cells.expects else {}


def nth_worth(weight: Ints, steps: Ints, before: NDArray[Any] | int, *, by_row: bool) -> Ints:
    """Return what one unit more earns in cells of `weight`, near which there are `before` units.

    Parameters
    ----------
    weight : int64 array of shape (D, T), or (T, D) where `by_row`
    steps : int64 array of shape (K + 2, T)
    before : int array of the same shape as `weight`, or int
    by_row : bool
    """
    minute = np.arange(steps.shape[1])
    found: Ints = weight * steps[np.minimum(before, steps.shape[0] - 2), minute[:, None] if by_row else minute[None, :]]
    return found


def repriced(cells: Cells, prices: Sequence[Ints]) -> Cells:
    """Return cells of other weights, given by layer; each unit earns as much as the one before it."""
    response, backup, presence, linger, revisit, posts = prices
    return cells._replace(
        response=response,
        backup=backup,
        presence=presence,
        linger=linger,
        revisit=revisit,
        posts=posts,
        expects=False,
        first_steps=np.ones_like(cells.first_steps),
        second_steps=np.ones_like(cells.second_steps),
    )


def hard_and_soft(cells: Cells) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Return by layer the missing unit-minutes that each cell stands for, and the value that it has besides."""
    parts = {layer: np.divmod(getattr(cells, layer), cells.missing) for layer in LAYERS}
    return {layer: hard for layer, (hard, _) in parts.items()}, {layer: soft for layer, (_, soft) in parts.items()}


def _within(problem: Problem, modes: tuple[str, ...], standard: Ints) -> tuple[Small, Small, Small, Small]:
    """Return the demand points within `standard` of each place, and the places of each, with their begins."""
    n_places, n_demand = len(problem.places), len(problem.demand)
    near = np.zeros((len(modes), n_places, n_demand), dtype=np.bool_)
    for m, mode in enumerate(modes):
        seconds = problem.reach[mode]
        near[m] = (seconds != UNREACHABLE) & (seconds <= standard)
    flat = near.reshape(len(modes) * n_places, n_demand)
    ends = np.cumsum(flat.sum(axis=1)).reshape(len(modes), n_places)
    at = np.zeros((len(modes), n_places + 1), dtype=np.int32)
    at[:, 1:] = ends
    at[1:, 0] = ends[:-1, -1]
    near_at = np.cumsum([0, *flat.sum(axis=0)], dtype=np.int32)
    return np.nonzero(flat)[1].astype(np.int32), at, np.nonzero(flat.T)[1].astype(np.int32), near_at


def _of(within: Small, at: Small, n_demand: int) -> NDArray[np.int16]:
    """Return lists of demand points by mode and place as zeros and ones."""
    modes, places = at.shape[0], at.shape[1] - 1
    table = np.zeros((modes * places, n_demand), dtype=np.int16)
    many = (at[:, 1:] - at[:, :-1]).ravel()
    table[np.repeat(np.arange(modes * places), many), within] = 1
    return table.reshape(modes, places, n_demand)


@compiled
def stand(cells: Cells, counts: Counts, mode: int, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Count a unit available at `place` in ``[begin, end)`` for response and backup.

    Most cells are covered by others as well, so that nothing is earned or lost: `_add` finds out which are not.
    """
    gain, alone = 0, max(0, -sign)
    if begin >= end:
        return gain
    if cells.expects:
        return _stand_expected(cells, counts, mode, place, begin, end, sign)
    for i in range(cells.first_at[mode, place], cells.first_at[mode, place + 1]):
        d = cells.first[i]
        row = counts.response[d, begin:end]
        if _add(row, sign) > alone:
            continue
        worth, now = cells.response[d, begin:end], alone + sign
        for t in range(row.size):
            gain += sign * worth[t] if row[t] == now else 0
        near = cells.first_near[cells.first_near_at[d] : cells.first_near_at[d + 1]]
        _earn_less(counts, near, begin, row, worth, now, sign)
    within, now = cells.second_of[mode, place], alone + 1 + sign
    for t in range(begin, end):
        row = counts.backup[t]
        if _add_within(row, within, sign) > alone + 1:
            continue
        worth = cells.backup[t]
        for i in range(cells.second_at[mode, place], cells.second_at[mode, place + 1]):
            d = cells.second[i]
            gain += sign * worth[d] if row[d] <= now else 0
            if row[d] == now and worth[d] > 0 and counts.standing.shape[0] > 0:
                for j in range(cells.second_near_at[d], cells.second_near_at[d + 1]):
                    counts.standing[cells.second_near[j], t] -= sign * worth[d]
    return gain


@compiled
def _stand_expected(cells: Cells, counts: Counts, mode: int, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Do the same where units are busy: what one earns depends on how many others there are; `sign` is 1 or -1."""
    gain: Whole = 0
    minutes, kept = end - begin, counts.standing.shape[0] > 0
    after, alone, most = max(0, sign), max(0, -sign), cells.first_steps.shape[0] - 2
    change, steps = counts.change[:minutes], cells.first_steps[:, begin:end]
    for i in range(cells.first_at[mode, place], cells.first_at[mode, place + 1]):
        d = cells.first[i]
        row, worth = counts.response[d, begin:end], cells.response[d, begin:end]
        if _add(row, sign) >= most + alone:
            continue
        for t in range(minutes):
            others = min(row[t] - after, most)
            gain += sign * worth[t] * steps[others, t]
            change[t] = sign * worth[t] * (steps[others, t] - steps[others + 1, t])
        if kept:
            near = cells.first_near[cells.first_near_at[d] : cells.first_near_at[d + 1]]
            _earn_change(counts, near, begin, change, np.int64(1))
    within, most, steps = (
        cells.second_of[mode, place],
        cells.second_steps.shape[0] - 2,
        cells.second_steps[:, begin:end],
    )
    modes, places, points = cells.second_of.shape
    open_from: Whole = minutes
    open_to: Whole = 0
    for t in range(minutes):
        if _add_within(counts.backup[begin + t], within, sign) < most + alone:
            open_from, open_to = min(open_from, t), t + 1
    if open_from >= open_to:
        return int(gain)
    changes = counts.changes[:, open_from:open_to]
    changes[:] = 0
    for i in range(cells.second_at[mode, place], cells.second_at[mode, place + 1]):
        d, changed = cells.second[i], False
        for t in range(open_from, open_to):
            others, worth_now = min(counts.backup[begin + t, d] - after, most), sign * cells.backup[begin + t, d]
            gain += worth_now * steps[others, t]
            change[t] = worth_now * (steps[others, t] - steps[others + 1, t])
            changed |= change[t] != 0
        if not kept or not changed:
            continue
        # Most points are near to nearly all places, or to few: so all places earn less first, and some then more again.
        some = change[open_from:open_to]
        for m in range(modes):
            odd = cells.second_odd[cells.second_odd_at[m * points + d] : cells.second_odd_at[m * points + d + 1]]
            if cells.second_wide[m, d]:
                for t in range(some.size):
                    changes[m, t] += some[t]
            _earn_change(counts, odd, begin + open_from, some, 1 - 2 * np.int64(cells.second_wide[m, d]))
    if kept:
        for m in range(modes):
            for p in range(places):
                more = counts.standing[m * places + p, begin + open_from : begin + open_to]
                for t in range(more.size):
                    more[t] -= changes[m, t]
    return int(gain)


@compiled
def _earn_change(counts: Counts, near: Small, begin: Whole, change: Ints, sign: Whole) -> None:
    """Let places `near` earn less by `sign` times `change` in ``counts.standing`` from minute `begin` on."""
    for i in near:
        more = counts.standing[i, begin : begin + change.size]
        for t in range(more.size):
            more[t] -= sign * change[t]


@compiled
def _add_within(row: NDArray[np.int16], within: NDArray[np.int16], sign: Whole) -> int:
    """Add `sign` where `within` is 1, not where it is 0; return the least that was there before."""
    least, step, high = np.int16(2**14), np.int16(sign), np.int16(2**14)
    for d in range(row.size):
        count, one = row[d], within[d]
        least = min(least, np.int16(count + np.int16(high * np.int16(1 - one))))
        row[d] = np.int16(count + np.int16(step * one))
    return int(least)


@compiled
def _earn_less(
    counts: Counts, near: Small, begin: Whole, row: NDArray[np.int16], worth: Ints, now: Whole, sign: Whole
) -> None:
    """Let places `near` earn less in ``counts.standing`` where `row` is `now`, or more where `sign` is below 0."""
    if counts.standing.shape[0] == 0:
        return
    first, last = row.size, 0
    for t in range(row.size):
        if row[t] == now and worth[t] > 0:
            first, last = min(first, t), t + 1
    if first >= last:
        return
    change = counts.change[: last - first]
    for t in range(first, last):
        change[t - first] = sign * worth[t] if row[t] == now else 0
    for i in near:
        more = counts.standing[i, begin + first : begin + last]
        for t in range(more.size):
            more[t] -= change[t]


@compiled
def _add(row: NDArray[np.int16], sign: Whole) -> int:
    """Add `sign` to all of `row`; return the least that was there before."""
    least, step = np.int16(32767), np.int16(sign)
    for t in range(row.size):
        count = row[t]
        least = min(least, count)
        row[t] = np.int16(count + step)
    return int(least)


@compiled
def visit(cells: Cells, counts: Counts, place: int, begin: Whole, end: Whole, sign: Whole) -> int:
    """Count a visit of the hotspot at `place`, or the task there, in ``[begin, end)``."""
    row, horizon = cells.row_of[place], cells.linger.shape[1]
    gain: int = _count(counts.presence[row, begin:end], cells.presence[row, begin:end], sign)
    faded = min(end + cells.lingers[place], horizon)
    gain += _count(counts.linger[row, begin:faded], cells.linger[row, begin:faded], sign)
    if cells.everys[place] > 0:
        faded = min(end + cells.everys[place], horizon)
        gain += _count(counts.revisit[row, begin:faded], cells.revisit[row, begin:faded], sign)
    return gain


@compiled
def _count(row: NDArray[np.int16], worth: Ints, sign: Whole) -> int:
    """Count one unit in cells that count one; return by how much the objective changes."""
    gain, alone = 0, max(0, -sign)
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
    for i in range(cells.watched_at[place], cells.watched_at[place + 1]):
        watched = cells.watched[i]
        gain += _count(counts.presence[watched, begin:end], cells.presence[watched, begin:end], sign)
    return int(gain)

"""The kernel that lists all tours that a better plan could have, once the bound is near enough.

A plan that earns more than what is known has no tour that earns much less, against the prices of a good bound, than
the best of its kind: each may lack no more than what the bound is above the plan.  Where these tours are few they are
listed one by one, and what is the best choice among them is the best of all [BCM 2008].

[BCM 2008] R. Baldacci, N. Christofides, A. Mingozzi, "An exact algorithm for the vehicle routing problem based on the
set partitioning formulation with additional cuts", Mathematical Programming 115 (2008) 351-385,
doi:10.1007/s10107-007-0178-5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.compiled import allocating
from solver.visits.labels import TIME, Ground, Halt, Labels, begins
from solver.visits.terms import Large

SPANS = 512
"""Spans of time for which it is told what can still be earned."""


@allocating
def outlook(ground: Ground, backward: Labels, horizon: int, halt: Halt) -> Large:
    """Return the most that can still be earned after a node by who began there in a span of time, shape (N, spans).

    `backward` are all ways told backwards, to the start of the day.  Told to `halt`, it is of no use.
    """
    nodes, way, label, earned = ground.enter.size, ground.way, backward.label, backward.earned
    width = horizon // SPANS + 1
    best = np.zeros((nodes, SPANS), dtype=np.int64)
    for j in range(nodes):
        if halt[0]:
            break
        for q in range(backward.size[j]):
            y = backward.kept[j, q]
            worth = earned[y]
            for i in range(nodes):
                # Whoever begins at i by then is in time for this way, and so is whoever begins sooner.
                by = horizon - label[y, TIME] - way[i, j]
                if by >= 0:
                    span = min(by // width, SPANS - 1)
                    best[i, span] = max(best[i, span], worth)
    for i in range(nodes):
        for span in range(SPANS - 2, -1, -1):
            best[i, span] = max(best[i, span], best[i, span + 1])
    return best


@allocating
def list_tours(
    ground: Ground,
    gain: Large,
    ahead: Large,
    horizon: int,
    least: int,
    rests: bool,
    found: NDArray[np.int16],
    most_steps: int,
    halt: Halt,
) -> int:
    """List in `found` all tours that earn `least` or more, -1 behind their last node; return how many there are.

    `ahead` is the outlook.  It is given up, and -1 returned, after `most_steps`, when `found` (R, L) is full or
    when it is told to `halt`.
    """
    way, enter, last, at, window = ground.way, ground.enter, ground.last, ground.at, ground.window
    nodes, breaks, width = enter.size, ground.breaks, horizon // SPANS + 1
    longest = found.shape[1]
    path = np.zeros(longest + 1, dtype=np.int32)
    time = np.zeros(longest + 1, dtype=np.int64)
    worth = np.zeros(longest + 1, dtype=np.int64)
    following = np.zeros(longest + 1, dtype=np.int32)
    on = np.zeros(nodes, dtype=np.bool_)
    count, depth, steps, rested_at = 0, 0, 0, 0 if not rests else longest + 5
    # At depth d the nodes path[1..d] are on the tour; following[d] is the next to be tried behind them.
    while depth >= 0:
        j = following[depth]
        if j >= nodes:
            if depth > 0:
                on[path[depth]] = False
                if rested_at == depth:
                    rested_at = longest + 5
            depth -= 1
            continue
        following[depth] += 1
        steps += 1
        if steps > most_steps or halt[0]:
            return -1
        if on[j] or (j >= breaks and rested_at <= depth):
            continue
        there = enter[j] if depth == 0 else time[depth] + way[path[depth], j]
        if there > last[j]:
            continue
        starts = begins(at, window, j, there)
        if starts < 0 or starts > last[j]:
            continue
        value = worth[depth] + (gain[j] if j < breaks else 0)
        if value + ahead[j, min(starts // width, SPANS - 1)] < least:
            continue
        if depth + 1 >= longest:
            return -1
        depth += 1
        path[depth], time[depth], worth[depth], following[depth] = j, starts, value, 0
        on[j] = True
        if j >= breaks:
            rested_at = depth
        if value >= least and rested_at <= depth:
            if count >= found.shape[0]:
                return -1
            for i in range(depth):
                found[count, i] = path[i + 1]
            found[count, depth] = -1
            count += 1
    return count

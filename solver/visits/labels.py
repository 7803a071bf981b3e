"""The kernel of the bound: best ways of a vehicle through space and time against prices of visits.

A *label* is a way that begins at a node or, told backwards in time, ends there: when it is there, what it has earned
less prices, and which visits it remembers.  It remembers those near to all nodes since, so that it goes round in small
circles nowhere [BMR 2011]; what it has forgotten it may do again, and so the best of all labels earns no less than the
best tour.  A label is dropped when another at its node is there no later, has earned no less and remembers nothing that
it does not.  Ways are grown from both ends up to the middle of the time and joined there [RS 2006].

[BMR 2011] R. Baldacci, A. Mingozzi, R. Roberti, "New route relaxation and pricing strategies for the vehicle routing
problem", Operations Research 59 (2011) 1269-1283, doi:10.1287/opre.1110.0975.
[RS 2006] G. Righini, M. Salani, "Symmetry helps: bounded bi-directional dynamic programming for the elementary shortest
path problem with resource constraints", Discrete Optimization 3 (2006) 255-273, doi:10.1016/j.disopt.2006.05.007.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.compiled import compiled, inlined
from solver.visits.terms import Large, Small

BITS = 30
"""Neighbours that a label can remember at a node, itself included."""

UNRESTED = 1 << BITS
"""The bit of a label's memory that says that the break is still to be taken."""

BUCKETS = 1024
"""Spans of time that labels are sorted into: they are extended in this order."""

TIME, MEMORY, AT, PARENT = range(4)
"""Columns of `Labels.label`."""

BLOCK = 64
"""Labels that lie together while they wait."""

_LOW = 2**32 - 1
"""The lower of two numbers in one: a memory, or one more than a parent."""

_FIGURES = 3
"""Numbers of a label that waits."""

_NODE, _TICKS, _BY = np.uint64(0), np.uint64(1), np.uint64(2)
_WORTH, _PACKED, _WHERE = np.uint64(0), np.uint64(1), np.uint64(2)


class Ground(NamedTuple):
    """What ways in one direction of time are grown on; N nodes: visits, then breaks.

    `way` (N, N) is the ticks from the begin at one node to the begin at the next, `enter` (N,) when a way can begin
    at a node at the earliest, `last` (N,) when at the latest.  `after` (N, N) lists all nodes by when, after a node,
    they can be begun, breaks first.  Node j's windows are the rows ``at[j]`` to ``at[j + 1]`` of `window` (W,
    2).  `bit` (N, N) says which bit stands for a node in the memory at another, -1 for none.  `breaks` is the first of
    the nodes that are breaks.
    """

    way: Small
    enter: Small
    last: Small
    after: Small
    at: Small
    window: Small
    bit: NDArray[np.int8]
    member: Small
    breaks: int


Halt = NDArray[np.uint8]
"""Shape (1,); whoever makes it 1 ends a kernel that looks at it, from another thread."""


class Labels(NamedTuple):
    """Room for up to L labels, and the labels that were kept.

    `label` (L, 4) has time, memory, node and parent of those kept; `earned` (L,) what they earned.
    `used` (2,) are all labels that there were, and those kept.  `kept` (N, K) lists by node those kept, from the one
    that earned most, `size` (N,) how many; `rank` (N, K, 2) is what each of these earned, and its time and memory in
    one number, for these are looked through all the time.

    Labels wait in blocks, so that those of a span of time lie together: `queue` (3 L,) has for each what it earned, its
    time and memory in one number, and its node and one more than its parent in another.  `bucket` (B, 2) has for each
    span of time its last block, -1 for none, and how many labels are in that; `below` has for each block the one before
    it in its span, or the next that is free, and last the first that is free; numbers below 0 there count blocks that
    were never used.

    `step` (N, N, 3) lists by node where it may pay to go from there: the node, the ticks to its begin, and when one
    must have begun here; `steps` (N,) how many, -1 where that is not known yet.
    """

    label: Small
    earned: Large
    used: Large
    kept: Small
    rank: Large
    size: Small
    queue: Large
    bucket: Small
    below: Small
    step: Small
    steps: Small


def labels_of(nodes: int, most: int, each: int) -> Labels:
    """Return room for `most` labels, and for keeping `each` at every node."""
    blocks = most // BLOCK + BUCKETS + 1
    return Labels(
        np.zeros((most, 4), dtype=np.int32),
        np.zeros(most, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.zeros((nodes, each), dtype=np.int32),
        np.zeros((nodes, each, 2), dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(blocks * BLOCK * _FIGURES, dtype=np.int64),
        np.zeros((BUCKETS, 2), dtype=np.int32),
        np.zeros(blocks + 1, dtype=np.int32),
        np.zeros((nodes, nodes, 3), dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
    )


@compiled
def begins(at: Small, window: Small, node: int, time: int) -> int:
    """Return when a stop begins for which somebody is there at `time`; -1 where it is too late."""
    for w in range(at[node], at[node + 1]):
        if time <= window[w, 1]:
            return int(max(time, window[w, 0]))
    return -1


@compiled
def carried(bit: NDArray[np.int8], member: Small, here: int, there: int, memory: int) -> int:
    """Return the memory of a label at node `here` as it is at node `there`."""
    new = memory & UNRESTED
    left, b = memory & (UNRESTED - 1), 0
    while left:
        if left & 1:
            k = bit[there, member[here, b]]
            if k >= 0:
                new |= 1 << k
        left >>= 1
        b += 1
    return new


@inlined
def outdone(rank: Large, size: int, value: int, time: int, unknown: int) -> tuple[bool, int]:
    """Return whether a label of a node is there by `time`, has earned `value` and remembers nothing `unknown`.

    If not, the second number is how many have earned as much.
    """
    end = np.uint64(size)
    for k in range(end):
        if rank[k, _WORTH] < value:
            return False, int(np.int64(k))
        packed = rank[k, _PACKED]
        if packed >> 32 <= time and packed & unknown == 0:
            return True, 0
    return False, int(np.int64(end))


@inlined
def wait(labels: Labels, b: int, time: int, memory: int, node: int, parent: int, earned: int) -> None:
    """Let a label wait in bucket `b`, from which the last is taken first."""
    queue, bucket, below = labels.queue, labels.bucket, labels.below
    block, filled = bucket[b, 0], bucket[b, 1]
    if block < 0 or filled == BLOCK:
        free = below[below.size - 1]
        if free >= 0:
            below[below.size - 1] = below[free]
        else:
            free = -1 - free
            below[below.size - 1] = -2 - free
        below[free] = block
        block, filled = free, 0
        bucket[b, 0] = block
    bucket[b, 1] = filled + 1
    at = np.uint64((block * BLOCK + filled) * _FIGURES)
    queue[at + _WORTH] = earned
    queue[at + _PACKED] = np.int64(time) << 32 | memory
    queue[at + _WHERE] = np.int64(node) << 32 | (parent + 1)


@compiled
def _find_steps(ground: Ground, gain: Large, far: int, until: int, i: int, step: Small) -> int:
    """List in `step` (N, 3) where it may pay to go from node `i`, among the first `far` nodes; return how many."""
    count, soonest = 0, ground.window[ground.at[i], 0]
    for a in range(far):
        j = ground.after[i, a]
        way, by = ground.way[i, j], min(until, ground.last[j])
        if j != i and (j >= ground.breaks or gain[j] > 0) and soonest + way <= by:
            step[count, 0], step[count, 1], step[count, 2] = j, way, by - way
            count += 1
    return count


@compiled
def grow(
    ground: Ground, labels: Labels, gain: Large, until: int, memory: int, exact: bool, far: int, halt: Halt
) -> bool:
    """Grow all ways that begin at some node no later than `until`; return whether that was possible.

    `gain` (N,) is what a node earns less its price; nodes that gain nothing are left out, as skipping them is no
    slower. `memory` is that of a way that has not begun.  Not `exact`, a label need not remember less than what it
    replaces: then good ways are found sooner, but not always the best; the same holds where only `far` nodes are
    looked at after each.  It is given up where there is no room for more labels, and when it is told to
    `halt`.
    """
    enter, last, at, window = ground.enter, ground.last, ground.at, ground.window
    label, earned, count, kept, size = labels.label, labels.earned, labels.used, labels.kept, labels.size
    bit, member, nodes, breaks, rank = ground.bit, ground.member, ground.enter.size, ground.breaks, labels.rank
    queue, bucket, below = labels.queue, labels.bucket, labels.below
    step, steps = labels.step, labels.steps
    free, known = below.size - 1, _LOW if exact else 0
    count[0] = count[1] = 0
    room, each = label.shape[0], kept.shape[1]
    size[:] = 0
    bucket[:] = -1
    below[free] = -1
    steps[:] = -1
    width = until // BUCKETS + 1
    for j in range(nodes):
        if (j < breaks and gain[j] <= 0) or (j >= breaks and not memory & UNRESTED):
            continue
        time = begins(at, window, j, enter[j])
        if time < 0 or time > last[j] or time > until:
            continue
        if count[0] >= room:
            return False
        count[0] += 1
        remembered = memory | 1 << bit[j, j] if j < breaks else memory & ~UNRESTED
        wait(labels, time // width, time, remembered, j, -1, gain[j] if j < breaks else 0)
    for b in range(BUCKETS):
        while bucket[b, 0] >= 0:
            if halt[0]:
                return False
            block, left = bucket[b, 0], bucket[b, 1] - 1
            q = np.uint64((block * BLOCK + left) * _FIGURES)
            worth, packed, where = queue[q + _WORTH], queue[q + _PACKED], queue[q + _WHERE]
            time, remembered, i, parent = packed >> 32, packed & _LOW, where >> 32, (where & _LOW) - 1
            if left:
                bucket[b, 1] = left
            else:
                bucket[b, 0], bucket[b, 1] = below[block], BLOCK
                below[block], below[free] = below[free], block
            dropped, place = outdone(rank[i], size[i], worth, time, known & ~remembered)
            if dropped:
                continue
            if size[i] >= each:
                return False
            this = count[1]
            label[this, TIME], label[this, MEMORY], label[this, AT], label[this, PARENT] = time, remembered, i, parent
            earned[this] = worth
            for k in range(size[i], place, -1):
                kept[i, k] = kept[i, k - 1]
                rank[i, k, 0], rank[i, k, 1] = rank[i, k - 1, 0], rank[i, k - 1, 1]
            kept[i, place] = this
            rank[i, place, 0], rank[i, place, 1] = worth, packed
            size[i] += 1
            count[1] += 1
            if steps[i] < 0:
                steps[i] = _find_steps(ground, gain, min(far, nodes), until, i, step[i])
            for a in range(np.uint64(steps[i])):
                j = step[i, a, _NODE]
                if time > step[i, a, _BY] or (j >= breaks and not remembered & UNRESTED):
                    continue
                there = time + step[i, a, _TICKS]
                k = bit[i, j]
                if k >= 0 and remembered >> k & 1:
                    continue
                there = begins(at, window, j, there)
                if there < 0 or there > last[j] or there > until:
                    continue
                value = worth + (gain[j] if j < breaks else 0)
                fresh = carried(bit, member, i, j, remembered)
                fresh = fresh | 1 << bit[j, j] if j < breaks else fresh & ~UNRESTED
                dropped, _ = outdone(rank[j], size[j], value, there, known & ~fresh)
                if dropped:
                    continue
                if count[0] >= room:
                    return False
                count[0] += 1
                wait(labels, there // width, there, fresh, j, this, value)
    return True


@compiled
def join(
    ground: Ground,
    forward: Labels,
    back: Ground,
    backward: Labels,
    horizon: int,
    least: int,
    found: Large,
    halt: Halt,
) -> int:
    """Join ways from both ends; return the most that one earns, and list in `found` the best of each node.

    `found` (N + 1, 3) gets for each node at which a way from the start ends, and last for those that have no such part,
    what is earned and the two labels, -1 for none; what earns `least` or less is not looked for.  Told to `halt`, it
    returns -1.
    """
    way, bit, member, nodes = ground.way, ground.bit, ground.member, ground.enter.size
    ahead, behind, one, other = forward.label, backward.label, forward.earned, backward.earned
    best = least
    for i in range(nodes):
        if halt[0]:
            return -1
        found[i, 0] = least
        for p in range(forward.size[i]):
            x = forward.kept[i, p]
            if not ahead[x, MEMORY] & UNRESTED and ahead[x, TIME] <= ground.last[i]:
                if one[x] > found[i, 0]:
                    found[i, 0], found[i, 1], found[i, 2] = one[x], x, -1
                break
        for j in range(nodes):
            if j == i or not forward.size[i] or not backward.size[j]:
                continue
            if one[forward.kept[i, 0]] + other[backward.kept[j, 0]] <= found[i, 0]:
                continue
            top = other[backward.kept[j, 0]]
            for p in range(forward.size[i]):
                x = forward.kept[i, p]
                if one[x] + top <= found[i, 0]:
                    break
                by, carry = horizon - ahead[x, TIME] - way[i, j], -1
                for q in range(backward.size[j]):
                    y = backward.kept[j, q]
                    if one[x] + other[y] <= found[i, 0]:
                        break
                    if behind[y, TIME] <= by:
                        if carry < 0:
                            carry = carried(bit, member, i, j, ahead[x, MEMORY])
                        if carry & behind[y, MEMORY] == 0:
                            found[i, 0], found[i, 1], found[i, 2] = one[x] + other[y], x, y
                            break
        best = max(best, found[i, 0])
    found[nodes, 0] = least
    for j in range(nodes):
        for q in range(backward.size[j]):
            y = backward.kept[j, q]
            if not behind[y, MEMORY] & UNRESTED and behind[y, TIME] <= back.last[j]:
                if other[y] > found[nodes, 0]:
                    found[nodes, 0], found[nodes, 1], found[nodes, 2] = other[y], -1, y
                break
    return int(max(best, found[nodes, 0]))

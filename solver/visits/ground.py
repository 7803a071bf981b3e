"""What ways are grown on for the bound: the travel of one kind of vehicles, forwards and backwards in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.visits.labels import BITS, Ground
from solver.visits.terms import (
    CLOSES,
    DESTINATION,
    DUTY,
    HOME,
    LEAVE,
    MODE,
    NO_WAY,
    OPENS,
    ORIGIN,
    SERVICE,
    TIGHT,
    WINDOW,
    WINDOWS,
    Terms,
)

_NOT_ABLE = 2**62
"""More than how far away any visit is."""

SPANS = 8
"""Spans of time into which the duties that a vehicle can choose are sorted by when they begin, at most."""


def spans_of(terms: Terms, v: int) -> list[tuple[int, int]]:
    """Return spans of time of which one holds each tour that vehicle `v` can make: its shift, or parts of that.

    Where its duty is shorter than its shift, each span is for those that set out in the same part of the time in which
    it can; they are back a duty after the end of this part at the latest.
    """
    leave, home, duty = (int(terms.fleet[v, column]) for column in (LEAVE, HOME, DUTY))
    if not terms.fleet[v, TIGHT]:
        return [(leave, home)]
    # Whoever sets out after the last of these is bound by its shift alone, and so is the last span.
    begins = home - duty - leave + 1
    width = -(-begins // SPANS)
    return [(begin, min(begin + width - 1 + duty, home)) for begin in range(leave, leave + begins, width)]


class Grounds:
    """Both directions of time for the vehicles of one kind within a span of time; of a break the places are nodes.

    That a duty may be shorter than its shift is looked at only as far as `spans_of` does.  Leaving out the rest of it
    makes more tours possible, and so does taking the quickest chain of legs for a leg: a bound on their worth holds for
    those that are possible.  Where legs are as quick as any chain, leaving a stop out never makes a vehicle late.

    Parameters
    ----------
    terms : Terms
    v : int
        One of the vehicles.
    span : tuple of int
        When it sets out at the earliest, and is back at the latest.

    Attributes
    ----------
    visits : list of int
        The visits that are nodes here, in order; the others are not allowed, or not in time.
    horizon : int
        Time `t` is ``horizon - t`` told backwards.
    rests : bool
        Whether a break must be taken.
    """

    def __init__(self, terms: Terms, v: int, span: tuple[int, int]) -> None:
        own, table, (leave, home) = terms.fleet[v], terms.node, span
        stops = np.arange(terms.stops)
        closed = terms.quickest[own[MODE]]
        service = table[stops, SERVICE].astype(np.int64)
        enter = leave + closed[own[ORIGIN], stops].astype(np.int64)
        leave_by = home - closed[stops, own[DESTINATION]].astype(np.int64) - service
        first = np.maximum(enter, table[stops, OPENS])
        last = np.minimum(leave_by, table[stops, CLOSES])
        good = terms.allowed[v, : terms.stops] & (first <= last)
        self.nodes = [int(j) for j in stops[good]]
        self.visits = [j for j in self.nodes if j < terms.visits]
        self._index = {j: i for i, j in enumerate(self.nodes)}
        self.rests = bool(terms.allowed[v, terms.visits : terms.stops].any())
        self.horizon = home
        here = np.array(self.nodes, dtype=np.int64)
        way = closed[np.ix_(here, here)].astype(np.int64) + service[here, None]
        windows = [
            [
                (int(a), int(b))
                for a, b in terms.window[table[j, WINDOW] : table[j, WINDOW] + table[j, WINDOWS]]
                if b >= enter[j] and a <= leave_by[j]
            ]
            for j in self.nodes
        ]
        back = [[(self.horizon - b, self.horizon - a) for a, b in reversed(w)] for w in windows]
        self.near = self._circles(way, first[here], last[here])
        self.forward = self._ground(way, enter[here], last[here], windows)
        self.backward = self._ground(
            np.ascontiguousarray(way.T), self.horizon - leave_by[here], self.horizon - first[here], back
        )

    def _circles(self, way: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]) -> list[list[int]]:
        """Return by node the visits that can lie between two stops at it, the nearest first, `BITS` at most."""
        count, nodes = len(self.visits), len(self.nodes)
        there = np.maximum(first[:, None] + way, first[None, :])
        able = (there <= last[None, :]) & (there + way.T <= last[:, None])
        able[:, count:] = False
        np.fill_diagonal(able, val=False)
        # Numbers that tell all nodes apart, so that of equally near ones the same is first everywhere.
        away = np.where(able, (way + way.T) * nodes + np.arange(nodes), _NOT_ABLE)
        if nodes > BITS:
            nearest = np.argpartition(away, BITS, axis=1)[:, :BITS]
            away = np.take_along_axis(away, nearest, axis=1)
        else:
            nearest = np.tile(np.arange(nodes), (nodes, 1))
        order = np.argsort(away, axis=1)
        listed, known = np.take_along_axis(nearest, order, axis=1), np.sort(away, axis=1) < _NOT_ABLE
        return [row[good].tolist() for row, good in zip(listed, known, strict=True)]

    def _ground(
        self,
        way: NDArray[np.int64],
        enter: NDArray[np.int64],
        last: NDArray[np.int64],
        windows: list[list[tuple[int, int]]],
    ) -> Ground:
        """Return one direction, without any memory yet."""
        count, visits = len(self.nodes), len(self.visits)
        soonest = np.array([w[0][0] if w else NO_WAY for w in windows], dtype=np.int64).reshape(count)
        begins = np.maximum(enter, soonest)
        after = np.maximum(begins[:, None] + way, begins[None, :]) - begins[:, None]
        after[:, visits:] = -1
        after[begins[:, None] + way > last[None, :]] = NO_WAY
        return Ground(
            way=np.minimum(way, NO_WAY).astype(np.int32),
            enter=np.minimum(enter, NO_WAY).astype(np.int32),
            last=last.astype(np.int32),
            after=np.argsort(_short(after), axis=1, kind="stable").astype(np.int32),
            at=np.cumsum([0, *map(len, windows)], dtype=np.int32),
            window=np.array([w for own in windows for w in own], dtype=np.int32).reshape(-1, 2),
            bit=np.full((count, count), -1, dtype=np.int8),
            member=np.zeros((count, BITS), dtype=np.int32),
            breaks=visits,
        )

    def remember(self, size: int) -> None:
        """Let every node, which remembers nothing yet, remember so many neighbours, itself included."""
        bit, member = self.forward.bit, self.forward.member
        for i, near in enumerate(self.near):
            own = [i, *near][: min(size, BITS)]
            bit[i, own] = np.arange(len(own), dtype=np.int8)
            member[i, : len(own)] = own
        self.backward.bit[...], self.backward.member[...] = bit, member

    def remembers(self, node: int, visit: int) -> bool:
        """Let a node remember a visit too; return whether that is new, there is room, and both are here."""
        if node not in self._index or visit not in self._index:
            return False
        return self._add(self._index[node], self._index[visit])

    def _add(self, i: int, j: int) -> bool:
        bit = self.forward.bit
        used = int((bit[i] >= 0).sum())
        if bit[i, j] >= 0 or used >= BITS:
            return False
        for ground in (self.forward, self.backward):
            ground.bit[i, j] = used
            ground.member[i, used] = j
        return True


def _short(numbers: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int16]:
    """Return numbers to sort by, in 16 bits where they fit into them: those are sorted ten times as fast."""
    most = 2**15 - 1
    fits = numbers[numbers < NO_WAY].max(initial=0) < most
    return np.minimum(numbers, most).astype(np.int16) if fits else numbers

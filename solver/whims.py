"""Whims: what the best path is blinded to in some moves, so that it finds what looking at values alone misses.

Of the labels that meet in a state of `solver.paths` only the one worth most goes on.  Another may have more still to
earn: whoever visited a hotspot lately earns little there, and a task is done once.  On a whim each place is closed to
work for some of the time, or earns nothing then, and so other labels win.  The objective stays exact, and decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.compiled import compiled

if TYPE_CHECKING:
    from solver.cover import Cells, Ints
    from solver.paths import Trip, Workspace

_SPANS, _HIT = 8, 0.3
"""A whim falls upon each place in some of so many spans of a trip, each of them with this probability."""


@compiled
def make_dull(cells: Cells, trip: Trip, space: Workspace, n: int, standing: Ints, rng: np.random.Generator) -> None:
    """Take off the running totals what is earned in spans drawn for each place and layer."""
    begin, end, horizon = trip.begin, trip.end, cells.linger.shape[1]
    for a in range(n):
        p = space.active[a]
        _take_spans(standing[begin : end + 1, a], rng)
        if cells.row_of[p] >= 0 or cells.post_of[p] >= 0:
            _take_spans(space.busy[a, begin : end + 1], rng)
        if cells.row_of[p] >= 0:
            _take_spans(space.linger[a, begin : min(end + cells.lingers[p], horizon) + 1], rng)
            if cells.everys[p] > 0:
                _take_spans(space.revisit[a, begin : min(end + cells.everys[p], horizon) + 1], rng)


@compiled
def close(cells: Cells, trip: Trip, space: Workspace, n: int, rng: np.random.Generator) -> None:
    """Close each active place to work in spans drawn for it."""
    begin, length = trip.begin, trip.end + 1 - trip.begin
    for a in range(n):
        p = space.active[a]
        for i in range(_SPANS):
            first, last = begin + i * length // _SPANS, begin + (i + 1) * length // _SPANS
            hit = rng.random() < _HIT
            for t in range(first, last):
                space.open_until[p, t] = 0 if hit else cells.open_until[p, t]


@compiled
def _take_spans(totals: Ints, rng: np.random.Generator) -> None:
    """Take off running totals what they grow by in spans drawn by `rng`."""
    length, taken, first = totals.size - 1, 0, 0
    for i in range(_SPANS):
        last = (i + 1) * length // _SPANS
        if last == first:
            continue
        if rng.random() < _HIT:
            taken = totals[last] - totals[first]
            totals[first + 1 : last + 1] = totals[first]
        else:
            for t in range(first + 1, last + 1):
                totals[t] -= taken
        first = last

"""Moves in several spans of the shift at once, one thread each.

What a unit does in one hour and what another does some hours later cover no cell in common.  So the shift is cut into
spans, anew each time, with a gap between two of them that is longer than a visit lingers; in each span a thread makes
the moves of `solver.search`, of units whose stops there end before the gap.  Together that is what the moves would have
come to one after the other: the counts of covered cells are the same ones, of which each thread reads and writes the
minutes of its span.  A share of the moves is made of the whole shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.cover import Cells, Counts, Ints, shared
from solver.moves import Crew, Undoing, anneal, crew_of, undoing_of
from solver.paths import FAR, Workspace, workspace_of
from solver.plan import Route
from solver.route_arrays import TASK, Routes
from solver.search import Search

if TYPE_CHECKING:
    from solver.problem import Problem

_SLACK = 15
"""Minutes by which what a unit does in a span may begin before it or end after it."""

_LEAST = 90
"""Minutes of the shortest span worth a thread."""

_ALONE, _ROUNDS = 1 / 3, 12
"""Share of the moves that one thread makes in the whole shift: only those move what is longer than a span, such as a
long stint, or lies across a gap.  They are made together, once in so many calls, so that another has use for the time
of the other threads."""

_NEVER_BEST = 2**62
"""A best objective that no plan reaches, where the best plan is not to be kept."""


class _Span(NamedTuple):
    """A span of minutes, and who may move in it: by unit the stops between which all lies that it does there."""

    opens: int
    closes: int
    movable: dict[int, tuple[int, int]]


class _Bench(NamedTuple):
    """What a thread works with besides what all share; the counts are all the same ones, but for room to count in."""

    routes: Routes
    spare: Routes
    space: Workspace
    crew: Crew
    counts: Counts
    undoing: Undoing
    objective: Ints
    rng: np.random.Generator


class SpanSearch(Search):
    """A plan in the making of which several parts are improved at once; see `solver.search.Search`.

    Attributes
    ----------
    threads : int
        How many threads make moves.
    spare : threading.Event
        Set while fewer do so.
    """

    spare: Event

    def __init__(self, problem: Problem, rng: np.random.Generator, known: Sequence[Route] | None = None) -> None:
        super().__init__(problem, rng, known)
        spots = [i for h in problem.hotspots for i in h.places]
        far = max(self._cells.lingers[spots].max(initial=0), self._cells.everys[spots].max(initial=0))
        self._gap = int(far) + 2 * _SLACK
        self._benches: list[_Bench] = []
        self._most_spans = (problem.minutes + self._gap) // (_LEAST + self._gap)
        self.spare, self._rounds = Event(), 0

    def anneal(self, moves: int, hot: float, cold: float) -> None:
        """Make moves, in as many spans at once as there are threads and the shift is long enough for."""
        n = min(self.threads, self._most_spans, moves)
        self._rounds = (self._rounds + 1) % _ROUNDS
        if self._rounds >= (1 - _ALONE) * _ROUNDS:
            n = 1
        if n < self.threads:
            self.spare.set()
        else:
            self.spare.clear()
        if n < 2:
            super().anneal(moves, hot, cold)
            return
        spans = self._spans(n)
        tasks = self._tasks_of(spans)
        while len(self._benches) < n:
            self._benches.append(self._bench())
        heats = self._in_value(hot), self._in_value(cold)
        shares = [moves // n + (i < moves % n) for i in range(n)]
        with ThreadPoolExecutor(n) as threads:
            done = [
                threads.submit(self._improve, *work, *heats)
                for work in zip(self._benches, spans, tasks, shares, strict=False)
            ]
        gained = sum(each.result() for each in done)
        self._join(spans)
        self._objective[0] += gained
        self._keep()
        self.moves += moves

    def _bench(self) -> _Bench:
        """Return room for the work of one more thread."""
        counts = shared(self._counts)
        return _Bench(
            self._idle(),
            self._idle(),
            workspace_of(self._cells),
            crew_of(len(self._spells)),
            counts,
            undoing_of(self._cells, counts),
            np.zeros(2, dtype=np.int64),
            self._rng.spawn(1)[0],
        )

    def _improve(self, bench: _Bench, span: _Span, tasks: Sequence[int], moves: int, hot: float, cold: float) -> int:
        """Make moves in a span; return what they bring."""
        bench.routes.stops[...] = self._routes.stops
        bench.routes.lengths[...] = self._routes.lengths
        bench.objective[:] = 0, _NEVER_BEST
        start = np.full_like(self._roster.start, FAR)
        movable = list(span.movable)
        start[movable] = self._roster.start[movable]
        anneal(
            self._open_to(tasks),
            bench.counts,
            self._roads,
            self._problem.grid,
            self._roster._replace(start=start),
            bench.routes,
            bench.spare,
            bench.spare,
            bench.space,
            bench.crew,
            bench.undoing,
            bench.objective,
            bench.rng,
            moves,
            hot,
            cold,
            span.opens,
            span.closes,
        )
        return int(bench.objective[0])

    def _spans(self, n: int) -> list[_Span]:
        """Cut the shift into `n` spans and the gaps between them, at random."""
        shares = self._rng.uniform(0.5, 1.5, n)
        free = self._problem.minutes - (n - 1) * self._gap
        ends = np.round(np.cumsum(shares) / shares.sum() * free).astype(int) + np.arange(n) * self._gap
        begins = [0, *(ends[:-1] + self._gap)]
        limits = [*(ends[:-1] + _SLACK), FAR]
        return [
            self._span(int(opens), int(closes), -FAR if i == 0 else opens - _SLACK, int(limits[i]))
            for i, (opens, closes) in enumerate(zip(begins, ends, strict=True))
        ]

    def _span(self, opens: int, closes: int, earliest: int, latest: int) -> _Span:
        """Return a span, with those who begin and end what they do in it within some minutes."""
        movable = {}
        for u in range(self._roster.mode.size):
            if self._roster.start[u] >= closes or self._roster.end[u] <= opens:
                continue
            stops = self._routes.stops[u, : self._routes.lengths[u]]
            before = max(int(np.searchsorted(stops[:, 3], opens, side="right")) - 1, 0)
            after = min(int(np.searchsorted(stops[:, 2], closes)), len(stops) - 1)
            if before < after and stops[before, 3] >= earliest and stops[after, 2] <= latest:
                movable[u] = before, after
        return _Span(opens, closes, movable)

    def _tasks_of(self, spans: Sequence[_Span]) -> list[list[int]]:
        """Return the places of the tasks that are each span's alone: those done in it, and a part of those not done."""
        undone = {k.place for k in self._problem.tasks}
        own: list[list[int]] = [[] for _ in spans]
        for u in range(self._roster.mode.size if undone else 0):
            stops = self._routes.stops[u, : self._routes.lengths[u]]
            for s in np.flatnonzero(stops[:, 1] == TASK):
                undone.discard(int(stops[s, 0]))
                for places, span in zip(own, spans, strict=True):
                    before, after = span.movable.get(u, (0, 0))
                    if before < s < after:
                        places.append(int(stops[s, 0]))
        for place in sorted(undone):
            own[int(self._rng.integers(len(spans)))].append(place)
        return own

    def _open_to(self, tasks: Sequence[int]) -> Cells:
        """Return the cells with no tasks to do but some."""
        closed = [k.place for k in self._problem.tasks if k.place not in tasks]
        if not closed:
            return self._cells
        open_until = self._cells.open_until.copy()
        open_until[closed] = 0
        return self._cells._replace(open_until=open_until)

    def _join(self, spans: Sequence[_Span]) -> None:
        """Put what the threads have made of the spans into the routes, the last span first."""
        lengths = self._routes.lengths.copy()
        for bench, span in reversed(list(zip(self._benches, spans, strict=False))):
            for u, (before, after) in span.movable.items():
                stops, n = self._routes.stops[u], self._routes.lengths[u]
                rest = stops[after:n].copy()
                new = bench.routes.stops[u, before + 1 : bench.routes.lengths[u] - (lengths[u] - after)]
                end = before + 1 + len(new)
                stops[before + 1 : end] = new
                stops[end : end + len(rest)] = rest
                self._routes.lengths[u] = end + len(rest)

"""The clerk walks all units through their gaps, minute by minute; a rule only says where each goes next.

Whenever a unit is free, the clerk works out which hotspots it could visit and which tasks it could do next: those that
it may work at and reach, that are open when it is there or soon after, and from which it can be where it is due in
time.  The rule picks one; where it picks none, or there is none, the unit waits and is asked again some minutes later.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from solver.baselines.filling import Stay
from solver.baselines.gaps import Duties, Gap, legs_by_mode
from solver.problem import Problem

WAIT = 6
"""Minutes after which a unit that finds nothing to do looks again."""

SOON = 10
"""Minutes that a unit waits at most for a hotspot or task to open."""

NEVER = 10**6

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Choices(NamedTuple):
    """What a unit is `able` to do next, when that would `begin`, and the minutes `there`: by target, each (N,)."""

    able: Flags
    begin: Ints
    there: Ints


class Rule(Protocol):
    """Says where a unit goes next."""

    def choose(self, gap: Gap, here: int, choices: Choices) -> int | None:
        """Return the index of one of the targets that the unit, at place `here`, is able to go to; or None."""
        ...


@dataclass(frozen=True)
class Targets:
    """All that units may be sent to: hotspots, one target for each of their places, then tasks; N altogether.

    Parameters
    ----------
    place, row, minutes : int arrays of shape (N,)
        Where it is, the index of its hotspot or task, and how long a stop there is.
    task : bool array of shape (N,)
        Whether it is a task.
    first, last : int arrays of shape (N, W)
        When the stop may begin: within one of up to W spans of minutes, both ends included.
    """

    place: Ints
    row: Ints
    minutes: Ints
    task: Flags
    first: Ints
    last: Ints

    @staticmethod
    def of(problem: Problem) -> Targets:
        """Return the targets of a problem."""
        spans, rows = [], []
        for i, h in enumerate(problem.hotspots):
            for p in h.places:
                rows.append((p, i, h.dwell, 0))
                spans.append([(start, end - h.dwell) for start, end in h.open(problem.minutes)])
        for i, k in enumerate(problem.tasks):
            rows.append((k.place, i, k.minutes, 1))
            spans.append(list(k.begins(problem.minutes)))
        most = max(map(len, spans), default=1)
        padded = [[*own, *[(NEVER, -1)] * (most - len(own))] for own in spans]
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        edges = np.array(padded, dtype=np.int64).reshape(len(rows), most, 2)
        place, row, minutes, task = table[:, 0], table[:, 1], table[:, 2], table[:, 3] > 0
        return Targets(place, row, minutes, task, edges[..., 0], edges[..., 1])

    def opens(self, arrive: Ints) -> Ints:
        """Return the first minutes from `arrive` (N,) on in which stops may begin, `NEVER` where there is none."""
        begin = np.maximum(arrive[:, None], self.first)
        opens: Ints = np.where(begin <= self.last, begin, NEVER).min(axis=1, initial=NEVER)
        return opens


class Clerk:
    """What is possible in the gaps that duties leave.

    `may` (U, N) says who may be sent to which target, `legs` are those of each mode.
    """

    def __init__(self, problem: Problem, duties: Duties) -> None:
        self.problem, self.duties = problem, duties
        self.targets = targets = Targets.of(problem)
        self.legs = legs_by_mode(problem)
        self.may = np.array(
            [[problem.may_work(unit, p) for p in targets.place.tolist()] for unit in problem.units], dtype=np.bool_
        ).reshape(len(problem.units), targets.place.size)
        self.risk = np.array([h.risk for h in problem.hotspots], dtype=np.int64)
        self._slot_of = problem.slot_of
        self.done = np.zeros(targets.place.size, dtype=np.bool_)
        for task in duties.tasks_done():
            self.done |= targets.task & (targets.row == task)

    def choices(self, gap: Gap, here: int, now: int) -> Choices:
        """Return what a unit that is free at place `here` can do next."""
        targets, legs = self.targets, self.legs[self.problem.units[gap.unit].mode]
        there, onward = legs[here, targets.place], legs[targets.place, gap.end_place]
        arrive = now + there.astype(np.int64)
        begin = targets.opens(arrive)
        able = (there >= 0) & (onward >= 0) & self.may[gap.unit] & ~self.done
        able &= (begin <= arrive + SOON) & (begin + targets.minutes + onward <= gap.end)
        return Choices(able, begin, there)

    def risk_at(self, begin: Ints) -> Ints:
        """Return the risk a minute of the targets (N,) when stops there begin; 0 of tasks."""
        spot = ~self.targets.task
        risk = np.zeros(begin.size, dtype=np.int64)
        slot = self._slot_of[np.minimum(begin[spot], self.problem.minutes - 1)]
        risk[spot] = self.risk[self.targets.row[spot], slot] if spot.any() else 0
        return risk

    def walk(self, rule: Rule) -> dict[Gap, Sequence[Stay]]:
        """Return what all units do in their gaps, each asked whenever it is free, in order of time."""
        wait = -(-WAIT // self.problem.grid) * self.problem.grid
        filled: dict[Gap, list[Stay]] = {gap: [] for gap in self.duties.gaps()}
        free = [(gap.start, gap, gap.start_place) for gap in filled]
        heapq.heapify(free)
        while free:
            now, gap, here = heapq.heappop(free)
            choices = self.choices(gap, here, now)
            i = rule.choose(gap, here, choices) if choices.able.any() else None
            if i is not None:
                stay = self._stay(i, int(choices.begin[i]))
                filled[gap].append(stay)
                heapq.heappush(free, (stay.begin + stay.least, gap, stay.place))
            elif now + wait < gap.end:
                heapq.heappush(free, (now + wait, gap, here))
        return {gap: tuple(stays) for gap, stays in filled.items()}

    def _stay(self, i: int, begin: int) -> Stay:
        """Return the stop at target `i`; a task is done then."""
        targets = self.targets
        if targets.task[i]:
            self.done[i] = True
        kind = "task" if targets.task[i] else "visit"
        return Stay(int(targets.place[i]), kind, begin, int(targets.minutes[i]))  # type: ignore[arg-type]

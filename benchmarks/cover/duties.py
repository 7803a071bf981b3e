"""Who stands on which post when, and when breaks are taken: settled first, and alike, for all the simpler methods.

A planner's way: every post is manned in turns of about two hours, each turn by whoever has had least of it and can be
there in time; breaks are spread over their window.  What is left of a unit's shift are its *gaps*, and how to fill
these is what the methods differ in.  Tasks, opening hours and revisits are not known here: the benchmark has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.plan import StopKind
from solver.problem import IntArray, Post, Problem, Unit
from solver.whereabouts import wanted_units

TURN = 120
"""Minutes that one unit stands on a post before another one relieves it, about."""


class Duty(NamedTuple):
    """A stint or a break that is settled."""

    place: int
    kind: StopKind
    arrive: int
    leave: int


class Gap(NamedTuple):
    """A unit (its index) is free from `start` at one place until it has to be at another one at `end`."""

    unit: int
    start_place: int
    start: int
    end_place: int
    end: int


class Turn(NamedTuple):
    """A post (its index) wants a unit in ``[start, end)``."""

    post: int
    start: int
    end: int


@dataclass(frozen=True)
class Duties:
    """What is settled: the duties of each unit, in order."""

    problem: Problem
    by_unit: tuple[tuple[Duty, ...], ...]

    def gaps(self) -> Iterator[Gap]:
        """Yield what is left of all shifts."""
        for i, (unit, duties) in enumerate(zip(self.problem.units, self.by_unit, strict=True)):
            yield from gaps_of(i, unit, duties)


def settle(problem: Problem) -> Duties:
    """Return turns on posts and breaks for every unit; a turn that nobody can take is left out."""
    legs = {unit.mode: problem.legs(unit.mode) for unit in problem.units}
    duties: list[list[Duty]] = [[] for _ in problem.units]
    for turn in sorted(_turns(problem), key=lambda turn: turn.start):
        post = problem.posts[turn.post]
        duty = Duty(post.place, "stint", turn.start, turn.end)
        able = [
            (_on_posts(duties[i]), _way_there(unit, duties[i], duty, legs[unit.mode]), i)
            for i, unit in enumerate(problem.units)
            if problem.may_work(unit, post.place) and _fits(problem, i, [*duties[i], duty], legs)
        ]
        if able:
            _, _, i = min(able)
            duties[i] = sorted([*duties[i], duty], key=lambda d: d.arrive)
    for i, unit in enumerate(problem.units):
        spread = i / max(len(problem.units) - 1, 1)
        pause = _pause(problem, i, duties[i], legs[unit.mode], spread)
        if pause is not None:
            duties[i] = sorted([*duties[i], pause], key=lambda d: d.arrive)
    return Duties(problem, tuple(tuple(mine) for mine in duties))


def gaps_of(i: int, unit: Unit, duties: Sequence[Duty]) -> Iterator[Gap]:
    """Yield what is left of the shift of `unit`, the i-th one, between its `duties`."""
    ends = [(unit.origin, unit.start, unit.start), *((d.place, d.arrive, d.leave) for d in duties)]
    for (place, _, free), (there, due, _) in pairwise([*ends, (unit.destination, unit.end, unit.end)]):
        yield Gap(i, place, free, there, due)


def _turns(problem: Problem) -> Iterator[Turn]:
    """Yield turns that man every post as wanted."""
    for q, (post, wanted) in enumerate(zip(problem.posts, wanted_units(problem).tolist(), strict=True)):
        for level in range(1, max(wanted, default=0) + 1):
            edges = np.flatnonzero(np.diff([0, *(n >= level for n in wanted), 0])).tolist()
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                yield from _cut(problem, q, post, start, end)


def _cut(problem: Problem, q: int, post: Post, start: int, end: int) -> Iterator[Turn]:
    """Yield turns of equal length, none shorter than the post's stint, that together are ``[start, end)`` or more."""
    grid = problem.grid
    start, end = start // grid * grid, -(-end // grid) * grid
    if end - start < post.stint:
        end = min(start + post.stint, problem.minutes)
        start = min(start, end - post.stint)
    parts = max(1, min(round((end - start) / TURN), (end - start) // max(post.stint, 1)))
    cuts = [start + (end - start) // grid * k // parts * grid for k in range(parts + 1)]
    yield from (Turn(q, a, b) for a, b in pairwise(cuts))


def _on_posts(duties: Sequence[Duty]) -> int:
    """Return the minutes of stints."""
    return sum(d.leave - d.arrive for d in duties)


def _way_there(unit: Unit, duties: Sequence[Duty], duty: Duty, legs: IntArray) -> int:
    """Return how long the leg to `duty` is from what comes before it."""
    before = [d.place for d in duties if d.leave <= duty.arrive]
    return int(legs[before[-1] if before else unit.origin, duty.place])


def _fits(problem: Problem, i: int, duties: list[Duty], legs: Mapping[str, IntArray]) -> bool:
    """Whether the i-th unit can do all of `duties`, and have its break besides."""
    unit = problem.units[i]
    mine = legs[unit.mode]
    duties.sort(key=lambda d: d.arrive)
    for gap in gaps_of(i, unit, duties):
        leg = int(mine[gap.start_place, gap.end_place])
        if leg < 0 or gap.start + leg > gap.end:
            return False
    return unit.break_ is None or _pause(problem, i, duties, mine, 0.0) is not None


def _pause(problem: Problem, i: int, duties: Sequence[Duty], legs: IntArray, spread: float) -> Duty | None:
    """Return a break between `duties`, the nearest there is to a share `spread` of its window; None where none fits."""
    unit, grid = problem.units[i], problem.grid
    rule = unit.break_
    if rule is None:
        return None
    wanted = rule.earliest + spread * (rule.latest - rule.minutes - rule.earliest)
    found = []
    for gap in gaps_of(i, unit, duties):
        for place in rule.places:
            there, back = int(legs[gap.start_place, place]), int(legs[place, gap.end_place])
            if there < 0 or back < 0:
                continue
            first = -(-max(gap.start + there, rule.earliest) // grid) * grid
            last = (min(gap.end - back, rule.latest) - rule.minutes) // grid * grid
            if first <= last:
                begin = min(max(round(wanted / grid) * grid, first), last)
                found.append((abs(begin - wanted), there + back, begin, place))
    if not found:
        return None
    _, _, begin, place = min(found)
    return Duty(place, "break", begin, begin + rule.minutes)

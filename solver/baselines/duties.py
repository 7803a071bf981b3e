"""Who stands on which post when, does which required task, takes its break when: settled first, alike for all rules.

A planner's way with a pencil: every post is manned in turns of about two hours, each turn by whoever has had least of
it and can be there in time; a required task is done by whoever is nearest; breaks are spread over their window.  What
nobody can do is left out.  What is left of a unit's shift are its *gaps*, and how to fill these is what rules differ
in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.baselines.gaps import Duties, Duty, gaps_of, legs_by_mode
from solver.free_time import Spell, spells_of
from solver.problem import IntArray, Post, Problem, Task, Unit
from solver.whereabouts import wanted_units

TURN = 120
"""Minutes that one unit stands on a post before another one relieves it, about."""


class Turn(NamedTuple):
    """A post (its index) wants the `level`-th unit in ``[first, last)``; for that it stands there in ``[start, end)``.

    That is longer where the post is wanted for less than a stint.
    """

    post: int
    level: int
    start: int
    end: int
    first: int
    last: int


def settle(problem: Problem) -> Duties:
    """Return turns on posts, required tasks and breaks for every unit, and who stays on call."""
    desk = _Desk(problem)
    for turn in sorted(_turns(problem), key=lambda turn: turn.start):
        desk.man(turn)
    locked = {s.place for x in problem.locks for s in x.stops if s.kind == "task"}
    asked = [k for k in problem.tasks if k.required and k.place not in locked]
    for task in sorted(asked, key=lambda k: k.begins(problem.minutes)[-1][1]):
        desk.do(task)
    return desk.settled()


class _Desk:
    """The duties given out so far, by spell of the units' free time."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.legs = legs_by_mode(problem)
        self.spells = tuple(_on_duty(problem, s, self.legs) if s.unit.chooses_duty else s for s in spells_of(problem))
        self.duties: list[list[Duty]] = [[] for _ in self.spells]
        self.closed = frozenset(i for i in range(len(self.spells)) if not self._fits(i, []))
        self.callout = {u: c for c in problem.callouts for u in c.units}
        self.out: set[int] = set()

    def man(self, turn: Turn) -> None:
        """Give a turn to a unit: whole, else in halves, else as much of it as somebody can take."""
        post = self.problem.posts[turn.post]
        if self._is_manned(turn, [d for mine in self.duties for d in mine]):
            return
        able = list(self._able(post.place))
        ways: tuple[Callable[[int], Iterable[list[Duty]]], ...] = (
            lambda i: [self._with(i, Duty(post.place, "stint", turn.start, turn.end))],
            lambda i: [self._with(i, duty) for duty in _shifted(post, turn, self.problem.grid)],
            lambda i: self._joined(i, turn, Duty(post.place, "stint", turn.first, turn.last)),
        )
        if able and not any(self._give(able, way, turn) for way in ways):
            self._man_in_part(turn, post, able)

    def _man_in_part(self, turn: Turn, post: Post, able: list[int]) -> None:
        """Give the halves of a turn to two units, or leave out as little of it at one end as may be."""
        grid, length = self.problem.grid, turn.end - turn.start
        if length >= 2 * post.stint and length >= 2 * grid:
            middle = turn.start + max(length // grid // 2, -(-post.stint // grid)) * grid
            self.man(_turn(turn, turn.start, middle))
            self.man(_turn(turn, middle, turn.end))
            return
        for cut in range(grid, length - post.stint + 1, grid):
            for start, end in ((turn.start + cut, turn.end), (turn.start, turn.end - cut)):
                duty = Duty(post.place, "stint", start, end)
                if self._give(able, lambda i, d=duty: [self._with(i, d)], _turn(turn, start, end)):  # type: ignore[misc]
                    return

    def _give(self, able: Iterable[int], way: Callable[[int], Iterable[list[Duty]]], turn: Turn) -> bool:
        """Give a turn to the spell, of those `able`, with least of it so far, and then the shortest way."""
        place, options = self.problem.posts[turn.post].place, []
        for i in able:
            for duties in way(i):
                if self._fits(i, duties):
                    options.append((_on_posts(self.duties[i]), self._way_there(i, place, turn.start), i, duties))
                    break
        if options:
            *_, i, duties = min(options, key=lambda option: option[:3])
            self._take(i, duties)
        return bool(options)

    def do(self, task: Task) -> None:
        """Give a required task to whoever has the shortest way to it."""
        options = []
        for i in self._able(task.place):
            for begin, leg in self._begins(i, task):
                duties = self._with(i, Duty(task.place, "task", begin, begin + task.minutes))
                if self._fits(i, duties):
                    options.append((leg, begin, i, duties))
        if options:
            *_, i, duties = min(options, key=lambda option: option[:3])
            self._take(i, duties)

    def settled(self) -> Duties:
        """Return the duties, with breaks, and with those on call that are not needed for any."""
        for callout in self.problem.callouts:
            idle = [u for u in callout.units if u not in self.out]
            self.out |= set(idle[: self._room(callout.units, callout.most)])
        on_call = frozenset(u for u in self.callout if u not in self.out)
        for i, spell in enumerate(self.spells):
            spread = spell.owner / max(len(self.problem.units) - 1, 1)
            pause = None if i in self.closed else self._pause(i, self.duties[i], spread)
            if pause is not None:
                self.duties[i] = self._with(i, pause)
        return Duties(self.problem, self.spells, tuple(map(tuple, self.duties)), self.closed, on_call)

    def _able(self, place: int) -> Iterator[int]:
        """Yield the spells of units that may work at a place, and may go out for it."""
        for i, spell in enumerate(self.spells):
            u = spell.owner
            free = u in self.out or u not in self.callout
            free = free or self._room(self.callout[u].units, self.callout[u].most) > 0
            if i not in self.closed and free and self.problem.may_work(self.problem.units[u], place):
                yield i

    def _room(self, units: Sequence[int], most: int) -> int:
        """Return how many more of a callout's units may go out."""
        return max(most - sum(u in self.out for u in units), 0)

    def _take(self, i: int, duties: list[Duty]) -> None:
        """Let the unit of a spell have these duties, in which adjoining stints are one."""
        self.out.add(self.spells[i].owner)
        merged: list[Duty] = []
        for duty in duties:
            before = merged[-1] if merged else None
            if before is not None and duty[:2] == (before.place, "stint") and before.leave == duty.arrive:
                duty = before._replace(leave=duty.leave)
                merged.pop()
            merged.append(duty)
        self.duties[i] = merged

    def _with(self, i: int, duty: Duty) -> list[Duty]:
        """Return the duties of a spell with one more, in order."""
        return sorted([*self.duties[i], duty], key=lambda d: d.arrive)

    def _joined(self, i: int, turn: Turn, duty: Duty) -> Iterator[list[Duty]]:
        """Yield the duties of a spell with one of its stints made longer, so that it holds a turn as well."""
        others = [d for k, mine in enumerate(self.duties) for d in mine if k != i]
        for old in self.duties[i]:
            if (old.place, old.kind) == (duty.place, duty.kind):
                new = old._replace(arrive=min(old.arrive, duty.arrive), leave=max(old.leave, duty.leave))
                mine = sorted([*(d for d in self.duties[i] if d is not old), new], key=lambda d: d.arrive)
                if self._is_manned(turn, [*others, *mine]):
                    yield mine

    def _is_manned(self, turn: Turn, duties: Sequence[Duty]) -> bool:
        """Whether so many units as a turn is the last of stand on its post throughout, by all `duties`."""
        place = self.problem.posts[turn.post].place
        there = [d for d in duties if (d.place, d.kind) == (place, "stint")]
        minutes = range(turn.first, turn.last, self.problem.grid)
        return all(sum(d.arrive <= t < d.leave for d in there) >= turn.level for t in minutes)

    def _way_there(self, i: int, place: int, arrive: int) -> int:
        """Return how long the leg to a place is from what comes before it."""
        before = [d.place for d in self.duties[i] if d.leave <= arrive]
        unit = self.spells[i].unit
        return int(self.legs[unit.mode][before[-1] if before else unit.origin, place])

    def _begins(self, i: int, task: Task) -> Iterator[tuple[int, int]]:
        """Yield when a task could be begun in the gaps of a spell, first and last, and the minutes to it."""
        unit = self.spells[i].unit
        legs = self.legs[unit.mode]
        for gap in gaps_of(i, unit, self.duties[i]):
            there, onward = int(legs[gap.start_place, task.place]), int(legs[task.place, gap.end_place])
            if there < 0 or onward < 0:
                continue
            for first, last in task.begins(self.problem.minutes):
                begin, latest = max(first, gap.start + there), min(last, gap.end - onward - task.minutes)
                if begin <= latest:
                    yield from ((minute, there) for minute in dict.fromkeys((begin, latest)))

    def _fits(self, i: int, duties: list[Duty]) -> bool:
        """Whether the unit of a spell can do all of `duties`, and have its break besides."""
        unit = self.spells[i].unit
        mine = self.legs[unit.mode]
        for gap in gaps_of(i, unit, duties):
            leg = int(mine[gap.start_place, gap.end_place])
            if leg < 0 or gap.start + leg > gap.end:
                return False
        return unit.break_ is None or self._pause(i, duties, 0.0) is not None

    def _pause(self, i: int, duties: Sequence[Duty], spread: float) -> Duty | None:
        """Return the break between `duties` that is nearest to a share `spread` of its window; None where none fits."""
        unit = self.spells[i].unit
        return pause_of(unit, duties, self.legs[unit.mode], self.problem.grid, spread)


def pause_of(unit: Unit, duties: Sequence[Duty], legs: IntArray, grid: int, spread: float) -> Duty | None:
    """Return the break of a unit between `duties` that is nearest to a share `spread` of its window, if one fits."""
    rule = unit.break_
    if rule is None:
        return None
    wanted = rule.earliest + spread * (rule.latest - rule.minutes - rule.earliest)
    found = []
    for gap in gaps_of(0, unit, duties):
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


def _on_duty(problem: Problem, spell: Spell, legs: dict[str, IntArray]) -> Spell:
    """Return a spell of a unit that chooses its duty as the first duty in which it can take its break."""
    unit = spell.unit
    for begin in range(unit.start, unit.end + 1, problem.grid):
        duty = replace(unit, start=begin, end=min(begin + unit.duty, unit.end), longest_duty=None)
        home = int(legs[unit.mode][unit.origin, unit.destination])
        fits = duty.break_ is None or pause_of(duty, [], legs[unit.mode], problem.grid, 0.0) is not None
        if fits and begin + home <= duty.end:
            return spell._replace(unit=duty)
    raise AssertionError("a problem whose unit has no time for its break is refused when it is made")


def _turns(problem: Problem) -> Iterator[Turn]:
    """Yield turns that man every post as wanted, beside the stints that are locked."""
    for q, wanted in enumerate(_still_wanted(problem).tolist()):
        for level in range(1, max(wanted, default=0) + 1):
            edges = np.flatnonzero(np.diff([0, *(n >= level for n in wanted), 0])).tolist()
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                yield from _cut(problem, Turn(q, level, start, end, start, end))


def _still_wanted(problem: Problem) -> NDArray[np.int64]:
    """Return the units that posts want by minute, less those of locked stints, shape (Q, minutes)."""
    wanted = wanted_units(problem)
    row = {post.place: q for q, post in enumerate(problem.posts)}
    for stop in (s for x in problem.locks for s in x.stops if s.kind == "stint"):
        wanted[row[stop.place], stop.arrive : stop.leave] -= 1
    return np.maximum(wanted, 0)


def _turn(turn: Turn, start: int, end: int) -> Turn:
    """Return the part of a turn from `start` to `end`."""
    return turn._replace(start=start, end=end, first=start, last=end)


def _cut(problem: Problem, turn: Turn) -> Iterator[Turn]:
    """Yield turns of equal length, none shorter than the post's stint, that together are `turn` or more."""
    grid, stint = problem.grid, problem.posts[turn.post].stint
    start, end = turn.first // grid * grid, -(-turn.last // grid) * grid
    if end - start < stint:
        end = min(start + stint, problem.minutes)
        yield turn._replace(start=min(start, end - stint), end=end)
        return
    parts = max(1, min(round((end - start) / TURN), (end - start) // max(stint, 1)))
    cuts = [start + (end - start) // grid * k // parts * grid for k in range(parts + 1)]
    yield from (_turn(turn, a, b) for a, b in pairwise(cuts))


def _shifted(post: Post, turn: Turn, grid: int) -> Iterator[Duty]:
    """Yield the stints, as long as the post asks, that hold a turn which is shorter."""
    if turn.last - turn.first < post.stint:
        for start in range(turn.first, turn.last - post.stint - 1, -grid):
            yield Duty(post.place, "stint", start, start + post.stint)


def _on_posts(duties: Sequence[Duty]) -> int:
    """Return the minutes of stints."""
    return sum(d.leave - d.arrive for d in duties if d.kind == "stint")

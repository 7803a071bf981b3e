"""Whether a plan says what its hard rules lack: no less and no more, in every minute.

What posts, required revisits and required tasks lack is counted here from the stops as they are written, by
``docs/model.md`` and by nothing that `solver.score` or `solver.shortfalls` make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple, get_args

from solver.plan import Plan, Reason, Rule, Shortfall, Stop
from solver.problem import Hotspot, Post, Problem, Task
from solver.violations import Violation
from solver.wording import Times, any_of, minutes_text, units_text

_NOUNS = {"post": "post", "revisit": "required hotspot", "task": "required task"}
"""What the place of a shortfall is, by rule."""


class _Work(NamedTuple):
    """A stop within the shift of a unit that may work there; `place` is the index of its place.

    What is locked as done counts whatever its length and time; a stop that goes on after it is two.
    """

    callsign: str
    place: int
    stop: Stop
    done: bool


def judge_shortfalls(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield every shortfall that `plan` does not declare, and every one that it declares and is none."""
    judge = _Judge(problem, plan)
    for shortfall in plan.shortfalls:
        yield from judge.text(shortfall)
    for post in problem.posts:
        yield from judge.compare("post", post.place, "", judge.lacking(post))
    for hotspot in problem.hotspots:
        if hotspot.required:
            what = f"the visit every {minutes_text(hotspot.every)} of "
            yield from judge.compare("revisit", hotspot.place, what, judge.overdue(hotspot))
    for task in problem.tasks:
        if task.required:
            yield from judge.compare("task", task.place, "the required task at ", judge.undone(task))


class _Judge:
    """One plan held against the hard rules of one problem that may fall short."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.times = Times(problem)
        names = [p.name for p in problem.places]
        self.names: dict[str, list[str]] = {
            "post": [names[q.place] for q in problem.posts],
            "revisit": [names[h.place] for h in problem.hotspots if h.required],
            "task": [names[k.place] for k in problem.tasks if k.required],
        }

    def text(self, s: Shortfall) -> Iterator[Violation]:
        """Demand that a shortfall names a rule, a place and a reason that there are, and an interval of the horizon."""
        at = (None, s.place, s.start)
        if s.rule not in self.names:
            text = f"the shortfall of {s.place} is of rule {s.rule!r}; use {any_of(get_args(Rule))}"
            yield Violation("unknown_rule", text, *at)
        elif s.place not in self.names[s.rule]:
            noun, known = _NOUNS[s.rule], any_of(sorted(self.names[s.rule]))
            text = f"a shortfall is declared of {s.place!r}, which is no {noun}; {noun}s are {known}"
            yield Violation("unknown_place", text, *at)
        if s.reason not in get_args(Reason):
            text = f"the shortfall of {s.place} has reason {s.reason!r}; use {any_of(get_args(Reason))}"
            yield Violation("unknown_reason", text, *at)
        if not 0 <= s.start < s.end <= self.problem.minutes or s.missing < 1:
            text = (
                f"the shortfall of {s.place} in minutes {s.start} to {s.end} of {units_text(s.missing)} is none: "
                f"it must lie within 0 to {self.problem.minutes} and lack a unit or more"
            )
            yield Violation("false_shortfall", text, *at)

    def compare(self, rule: Rule, place: int, what: str, lacking: list[int]) -> Iterator[Violation]:
        """Demand that the plan declares what is lacking; `what` is said before the name of the place."""
        name = self.problem.places[place].name
        for start, end, (lack, said) in _runs(list(zip(lacking, self._declared(rule, name), strict=True))):
            span = self.times.span(start, end)
            if lack > said:
                text = f"{what}{name} lacks {units_text(lack)} {span} and the plan declares {said or 'none'}"
                yield Violation(f"{rule}_shortfall", text, None, name, start)
            elif said > lack:
                text = (
                    f"the plan declares that {what}{name} lacks {units_text(said)} {span}, "
                    f"but it lacks {lack or 'none'}"
                )
                yield Violation("false_shortfall", text, None, name, start)

    def lacking(self, post: Post) -> list[int]:
        """Return by how many units a post falls short of the most that any of its windows wants, by minute."""
        wanted = [0] * self.problem.minutes
        for window in post.staffing:
            for t in range(window.start, window.end):
                wanted[t] = max(wanted[t], window.units)
        present: list[set[str]] = [set() for _ in wanted]
        for callsign, place, s, done in self._work:
            if s.kind == "stint" and place == post.place and (done or s.leave - s.arrive >= post.stint):
                for t in range(s.arrive, s.leave):
                    present[t].add(callsign)
        return [max(n - len(there), 0) for n, there in zip(wanted, present, strict=True)]

    def overdue(self, hotspot: Hotspot) -> list[int]:
        """Return 1 in every minute in which a visit is due and the last one too long ago, else 0."""
        overdue = [0] * self.problem.minutes
        for start, end in hotspot.due(self.problem.minutes):
            overdue[start:end] = [1] * (end - start)
        for _, place, s, before in self._work:
            if s.kind != "visit" or place not in hotspot.places or (not before and s.leave - s.arrive < hotspot.dwell):
                continue
            if before or any(start <= s.arrive and s.leave <= end for start, end in hotspot.open(self.problem.minutes)):
                for t in range(s.arrive, min(s.leave + hotspot.every, self.problem.minutes)):
                    overdue[t] = 0
        return overdue

    def undone(self, task: Task) -> list[int]:
        """Return 1 in the minutes that a task would take if begun as early as it may be, 0 everywhere if it is done."""
        begins = task.begins(self.problem.minutes)
        done = any(
            s.kind == "task" and place == task.place and (before or s.leave - s.arrive == task.minutes)
            for _, place, s, before in self._work
            if before or any(first <= s.arrive <= last for first, last in begins)
        )
        first = begins[0][0]
        return [int(not done and first <= t < first + task.minutes) for t in range(self.problem.minutes)]

    @cached_property
    def _work(self) -> list[_Work]:
        """The stops of each unit's first route that lie in its shift, where it may work."""
        units = {u.callsign: u for u in self.problem.units}
        index = {p.name: i for i, p in enumerate(self.problem.places)}
        found = []
        for route in self.plan.routes:
            # Of several routes of one unit the first counts.
            unit = units.pop(route.callsign, None)
            for s in route.stops if unit else ():
                place = index.get(s.place)
                if unit is None or place is None or s.arrive < unit.start or s.leave > unit.end:
                    continue
                may, done = self.problem.may_work(unit, place), self.problem.done_until(unit.callsign)
                cut = s.arrive < done < s.leave
                parts = (replace(s, leave=done), replace(s, arrive=done)) if cut else (s,)
                found += [_Work(unit.callsign, place, x, x.leave <= done) for x in parts if may or x.leave <= done]
        return found

    def _declared(self, rule: Rule, name: str) -> list[int]:
        """Return how many units the plan says that a rule lacks, by minute."""
        declared = [0] * self.problem.minutes
        for s in self.plan.shortfalls:
            if (s.rule, s.place) == (rule, name):
                for t in range(max(s.start, 0), min(s.end, self.problem.minutes)):
                    declared[t] += s.missing
        return declared


def _runs(values: list[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Yield (start, end, value) of the maximal runs of equal values."""
    start = 0
    for t in range(1, len(values) + 1):
        if t == len(values) or values[t] != values[start]:
            yield start, t, values[start]
            start = t

"""Required revisits that are overdue and required tasks that are not done: the shortfalls, with reason and cure.

Both ask for the same: that one unit begins something at one of some places within some spans of minutes, and
stays for so many.  That is an *errand* here.  Its reason goes from the strongest to the weakest: no unit has the
mode and the skills; those that have are tied to other districts; none is on duty for all of it then; those that are
cannot be there and home in time; else they do something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from solver.plan import Reason, Shortfall
from solver.problem import UNREACHABLE, Hotspot, IntArray, Problem, Task
from solver.shortfall_words import NAMED, elsewhere_text, go_out_text, some_of, stretch_text, untie_text
from solver.whereabouts import Whereabouts, doing, overdue_minutes, tasks_done
from solver.wording import Times, all_of, any_of, minutes_text, whom_it_admits


class _Errand(NamedTuple):
    """What one unit had to begin at one of `places` in one of `begins`, for `minutes`.

    `what` names it, `instead` says how the rule could ask for less; `task` is None where it is a visit.
    """

    places: tuple[int, ...]
    minutes: int
    begins: tuple[tuple[int, int], ...]
    what: str
    instead: str
    task: Task | None

    @property
    def needs(self) -> str:
        """Mode and skills, in brackets, where it asks for any."""
        asks = self.task is not None and (self.task.modes or self.task.skills)
        return f" ({whom_it_admits(self.task)})" if self.task and asks else ""


def find_undone(
    problem: Problem, units: Sequence[Whereabouts], times: Times, waiting: Mapping[str, str]
) -> Iterator[Shortfall]:
    """Yield the shortfalls of required revisits and then of required tasks, in the problem's order and by start.

    `waiting` are the callsigns of units on call, each with its callout in words.
    """
    legs = {mode: problem.legs(mode) for mode in {u.mode for u in problem.units}}
    overdue = overdue_minutes(problem, units)
    for hotspot, row in zip(problem.hotspots, overdue, strict=True):
        ends = np.flatnonzero(np.diff(row, prepend=False, append=False)).tolist() if hotspot.required else []
        for start, end in zip(ends[::2], ends[1::2], strict=True):
            errand = _visit(problem, hotspot, start, end)
            reason, cure = _Cure(problem, units, legs, times, errand, waiting).told()
            yield Shortfall(problem.places[hotspot.place].name, start, end, 1, reason, cure, "revisit")
    done = {i for who in units for i, _, _ in tasks_done(problem, who)}
    for i, task in enumerate(problem.tasks):
        if task.required and i not in done:
            start = task.begins(problem.minutes)[0][0]
            reason, cure = _Cure(problem, units, legs, times, _doing_task(problem, task), waiting).told()
            yield Shortfall(problem.places[task.place].name, start, start + task.minutes, 1, reason, cure, "task")


def _visit(problem: Problem, hotspot: Hotspot, start: int, end: int) -> _Errand:
    """Return the visit that would have kept minute `start` from being overdue."""
    opens, closes = next(w for w in hotspot.open(problem.minutes) if w[0] <= start < w[1])
    # One that has just ended so long ago, or any later one; in a window that is open then.
    earliest = start - hotspot.every - hotspot.dwell + 1
    first = max(opens, earliest + -earliest % problem.grid)
    name = problem.places[hotspot.place].name
    return _Errand(
        hotspot.places,
        hotspot.dwell,
        ((first, min(start, closes - hotspot.dwell)),),
        f"a visit of {name}",
        f"ask for visits of {name} every {minutes_text(hotspot.every + end - start)} only",
        None,
    )


def _doing_task(problem: Problem, task: Task) -> _Errand:
    """Return a task as what was to be begun."""
    name = problem.places[task.place].name
    begins = task.begins(problem.minutes)
    what, instead = f"the task at {name}", f"do without the task at {name}"
    return _Errand((task.place,), task.minutes, begins, what, instead, task)


class _Way(NamedTuple):
    """How a unit could run an errand, had it nothing else to do.

    Minutes that its shift lacks before and after, and that its longest duty lacks.
    """

    lacking: int
    who: Whereabouts
    sooner: int
    later: int
    longer: int


class _Cure:
    """Why an errand was not run, and what would cure that."""

    def __init__(
        self,
        problem: Problem,
        units: Sequence[Whereabouts],
        legs: dict[str, IntArray],
        times: Times,
        errand: _Errand,
        waiting: Mapping[str, str],
    ) -> None:
        self.problem, self.units, self.times, self.errand, self.waiting = problem, units, times, errand, waiting
        task = errand.task
        self.admitted = [w for w in units if task is None or task.admits(w.unit)]
        self.free = [w for w in self.admitted if any(problem.may_work(w.unit, p) for p in errand.places)]
        on_duty = [(w, self._way(w, None)) for w in self.free]
        self.on_duty = [w for w, way in on_duty if way is not None and not way.lacking]
        self.ways = [way for w in self.on_duty if (way := self._way(w, legs[w.unit.mode])) is not None]

    def told(self) -> tuple[Reason, str]:
        """Return the reason and the cure."""
        unit = f"1 {'more ' if self.free else ''}unit{self.errand.needs}"
        add = f"put {unit} on duty to begin {self.errand.what} {self._when()}"
        if not self.admitted and self.units:
            reason: Reason = "no unit has the mode or skill"
            cures = [*self._skill(), add]
        elif not self.free and self.units:
            reason, cures = "no unit may work in the district", [*self._untie(), add]
        elif not self.on_duty:
            reason, cures = "too few units on duty", [add]
        elif all(way.lacking for way in self.ways):
            reason, cures = "cannot reach in time", self._stretch(add)
        else:
            reason, cures = "units are needed elsewhere", self._release(add)
        return reason, f"{', '.join(cures)}, or {self.errand.instead}"

    def _when(self) -> str:
        """Return when it had to begin."""
        return any_of([f"at {self.times.at(a)}" if a == b else self.times.span(a, b) for a, b in self.errand.begins])

    def _way(self, who: Whereabouts, legs: IntArray | None) -> _Way | None:
        """Return the way that lacks least of a shift; None where there is no way, without `legs` as if on the spot."""
        unit, found = who.unit, []
        for place in self.errand.places:
            out = 0 if legs is None else int(legs[unit.origin, place])
            back = 0 if legs is None else int(legs[place, unit.destination])
            if UNREACHABLE in (out, back) or not self.problem.may_work(unit, place):
                continue
            for first, last in self.errand.begins:
                # As early as its shift allows; later only makes it end later.
                begin = min(max(first, unit.start + out), last)
                sooner = max(unit.start + out - begin, 0)
                later = max(begin + self.errand.minutes + back - unit.end, 0)
                most = unit.longest_duty
                longer = 0 if legs is None or most is None else max(out + self.errand.minutes + back - most, 0)
                found.append(_Way(sooner + later + longer, who, sooner, later, longer))
        return min(found, key=lambda way: way.lacking, default=None)

    def _skill(self) -> list[str]:
        """Return whom to give the skill, of the units that have the mode."""
        task = self.errand.task
        fitting = [w.unit.callsign for w in self.units if task and (not task.modes or w.unit.mode in task.modes)]
        return [f"give {some_of(fitting, 1)} the skill {all_of(task.skills)}"] if task and fitting else []

    def _untie(self) -> list[str]:
        """Return whom to let work in the district."""
        districts = [self.problem.places[p].district for p in self.errand.places]
        return [untie_text([w.unit.callsign for w in self.admitted], 1, any_of(list(dict.fromkeys(districts))))]

    def _stretch(self, add: str) -> list[str]:
        """Return by how much a shift must stretch."""
        if self.ways:
            best = min(self.ways, key=lambda way: way.lacking)
            return [stretch_text(best.who.unit.callsign, best.sooner, best.later, best.longer)]
        stranded = [f"{w.unit.callsign} ({w.unit.mode})" for w in self.on_duty]
        return [f"{add} ({all_of(stranded[:NAMED])} cannot get there and back)"]

    def _release(self, add: str) -> list[str]:
        """Return what the units that could run the errand do at its last chance, and which of it could be moved."""
        minute = self.errand.begins[-1][1]
        able = [doing(self.problem, way.who, minute) for way in self.ways if not way.lacking]
        home = [d.callsign for d in able if d.callsign in self.waiting]
        groups = list(dict.fromkeys(self.waiting[callsign] for callsign in home))
        doings = [d for d in able if d.callsign not in home]
        ways = [go_out_text(home, 1, groups)] if home else []
        ways.append(f"{add} (then {elsewhere_text(doings)})" if doings else add)
        breaks = [d.callsign for d in doings if d.kind == "break"]
        return [*ways, f"move the break of {any_of(breaks, most=NAMED)}"] if breaks else ways

"""What hard rules lack, and why: the shortfalls of a plan, each with its reason and what would cure it.

Here are those of posts; those of required revisits and tasks are in `solver.undone`.  The reason is found minute
by minute, from the strongest to the weakest: no unit of the roster is admitted, or may work in the district;
fewer such units are on duty than wanted; enough are on duty, but too few can be at the post by then and be home
in time; what is locked leaves too few of those free; else the units could be there and do something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.free_time import Spell, spells_of, ways_of
from solver.plan import Reason, Route, Shortfall
from solver.problem import UNREACHABLE, IntArray, Post, Problem, Unit
from solver.shortfall_words import NAMED, elsewhere_text, some_of, stretch_text, untie_text
from solver.undone import find_undone
from solver.ways_round import ways_from
from solver.whereabouts import Whereabouts, doing, manning_units, wanted_units, whereabouts
from solver.wording import Times, all_of, any_of, whom_it_admits


class _Candidate(NamedTuple):
    """A unit that a post admits; it can stand there in ``[earliest, latest)``, never when it has no way.

    What it must do elsewhere leaves it the spans of minutes `free` for that; None where nothing is locked.
    """

    who: Whereabouts
    earliest: int
    latest: int
    stint: int
    has_way: bool
    free: tuple[tuple[int, int], ...] | None = None

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.who.unit

    def on_duty(self, minute: int) -> bool:
        """Whether its shift holds `minute`."""
        return self.unit.start <= minute < self.unit.end

    def can_stand(self, minute: int) -> bool:
        """Whether it can be on a stint at the post in `minute`, had it nothing else to do."""
        long_enough = self.latest - self.earliest >= self.stint
        return self.has_way and long_enough and self.earliest <= minute < self.latest

    def is_free(self, minute: int) -> bool:
        """Whether it can be on a stint in `minute` beside what is locked."""
        return self.can_stand(minute) and (self.free is None or any(a <= minute < b for a, b in self.free))


class _Lack(NamedTuple):
    """A maximal run of minutes ``[start, end)`` of one post with the same wanted, missing and reason."""

    start: int
    end: int
    wanted: int
    missing: int
    reason: Reason


def find_shortfalls(problem: Problem, routes: Iterable[Route]) -> tuple[Shortfall, ...]:
    """Return what posts, required revisits and required tasks lack under `routes`, in this order, and by start.

    Every minute in which a post lacks units is in exactly one shortfall; each is as long as the number
    wanted, the number missing and the reason stay the same.  A run of minutes in which a required visit is
    overdue is one shortfall, and so is a required task that is not done.

    Parameters
    ----------
    problem : Problem
    routes : iterable of Route
        Routes of any plan; what does not count as a stint (see `solver.whereabouts`) mans no post.
    """
    units = whereabouts(problem, routes)
    times = Times(problem)
    manned = manning_units(problem, units)
    legs = {mode: problem.legs(mode) for mode in {u.mode for u in problem.units}}
    spells = spells_of(problem, loose=True) if problem.locks else ()
    found = []
    for post, wanted, present in zip(problem.posts, wanted_units(problem), manned, strict=True):
        admitted = [who for who in units if post.admits(who.unit)]
        free = [who for who in admitted if problem.may_work(who.unit, post.place)]
        candidates = [_candidate(post, who, legs[who.unit.mode]) for who in free]
        if problem.locks:
            candidates = [c._replace(free=tuple(_free(problem, post, c.who.unit, spells))) for c in candidates]
        for lack in _lacks(wanted, present, candidates, tied=len(admitted) > len(free)):
            cure = _Cure(problem, times, post, wanted, candidates, units).text(lack)
            name = problem.places[post.place].name
            found.append(Shortfall(name, lack.start, lack.end, lack.missing, lack.reason, cure))
    return (*found, *find_undone(problem, units, times))


def _candidate(post: Post, who: Whereabouts, legs: IntArray) -> _Candidate:
    """Return when a unit can stand at a post; `legs` are those of its mode."""
    out, back = int(legs[who.unit.origin, post.place]), int(legs[post.place, who.unit.destination])
    has_way = UNREACHABLE not in (out, back)
    return _Candidate(who, who.unit.start + out, who.unit.end - back, post.stint, has_way)


def _free(problem: Problem, post: Post, unit: Unit, spells: Sequence[Spell]) -> Iterator[tuple[int, int]]:
    """Yield when a unit can be on a stint at a post beside what is locked, or is locked to be on one."""
    for spell in spells:
        if problem.units[spell.owner].callsign != unit.callsign:
            continue
        first = spell.begin + int(ways_of(problem, spell).minutes[post.place])
        back = ways_from(problem, problem.legs(unit.mode), post.place).minutes[spell.unit.destination]
        if spell.end - int(back) - first >= post.stint:
            yield first, spell.end - int(back)
    for lock in problem.locks:
        if problem.units[lock.unit].callsign == unit.callsign:
            yield from ((s.arrive, s.leave) for s in lock.stops if (s.kind, s.place) == ("stint", post.place))


def _lacks(
    wanted: NDArray[np.int64], present: NDArray[np.int64], candidates: Sequence[_Candidate], *, tied: bool
) -> Iterator[_Lack]:
    """Yield the maximal runs of minutes that lack units; `tied` says that units it admits may not work there."""
    run: _Lack | None = None
    for t in np.flatnonzero(wanted > present).tolist():
        reason = _reason(t, int(wanted[t]), candidates, tied=tied)
        here = _Lack(t, t + 1, int(wanted[t]), int(wanted[t] - present[t]), reason)
        if run is not None and run.end == t and run[2:] == here[2:]:
            run = run._replace(end=t + 1)
            continue
        if run is not None:
            yield run
        run = here
    if run is not None:
        yield run


def _reason(minute: int, wanted: int, candidates: Sequence[_Candidate], *, tied: bool) -> Reason:
    """Return the strongest reason for which a post that wants `wanted` units lacks some."""
    if not candidates:
        return "no unit may work in the district" if tied else "no unit has the mode or skill"
    if sum(c.on_duty(minute) for c in candidates) < wanted:
        return "too few units on duty"
    if sum(c.can_stand(minute) for c in candidates) < wanted:
        return "cannot reach in time"
    if sum(c.is_free(minute) for c in candidates) < wanted:
        return "locks keep units elsewhere"
    return "units are needed elsewhere"


class _Cure:
    """What would cure the lacks of one post, in words."""

    def __init__(
        self,
        problem: Problem,
        times: Times,
        post: Post,
        wanted: NDArray[np.int64],
        candidates: Sequence[_Candidate],
        units: Sequence[Whereabouts],
    ) -> None:
        self.problem, self.times, self.post, self.wanted = problem, times, post, wanted
        self.candidates, self.units = candidates, units
        self.name = problem.places[post.place].name

    def text(self, lack: _Lack) -> str:
        """Return what would cure `lack`."""
        ways = {
            "no unit has the mode or skill": self._admit,
            "no unit may work in the district": self._untie,
            "too few units on duty": self._more,
            "cannot reach in time": self._stretch,
            "locks keep units elsewhere": self._unlock,
            "units are needed elsewhere": self._release,
        }[lack.reason](lack)
        return f"{', '.join(ways)}, or {self._fewer(lack)}"

    def _add(self, lack: _Lack, number: int) -> str:
        more = "more " if self.candidates else ""
        kind = whom_it_admits(self.post)
        units = f"{number} {more}unit{'s' if number > 1 else ''}"
        return f"put {units} ({kind}) on duty to stand at {self.name} {self.times.span(lack.start, lack.end)}"

    def _fewer(self, lack: _Lack) -> str:
        """Return how the post could want less: begin later or end sooner where it is empty there, else fewer."""
        if lack.missing == lack.wanted:
            first = lack.start == 0 or not self.wanted[lack.start - 1]
            last = lack.end == len(self.wanted) or not self.wanted[lack.end]
            if first and last:
                return f"do without {self.name} {self.times.span(lack.start, lack.end)}"
            if first:
                return f"begin {self.name} at {self.times.at(lack.end)}"
            if last:
                return f"end {self.name} at {self.times.at(lack.start)}"
        return f"staff {self.name} with {lack.missing} fewer {self.times.span(lack.start, lack.end)}"

    def _admit(self, lack: _Lack) -> list[str]:
        """Return cures where no unit is admitted: a skill for units of the right mode, or other units."""
        fitting = [u.unit for u in self.units if not self.post.modes or u.unit.mode in self.post.modes]
        on_duty = [u.callsign for u in fitting if u.start <= lack.start < u.end]
        if self.post.skills and len(on_duty) >= lack.missing:
            needs = all_of(self.post.skills)
            return [f"give {some_of(on_duty, lack.missing)} the skill {needs}", self._add(lack, lack.missing)]
        return [self._add(lack, lack.missing)]

    def _untie(self, lack: _Lack) -> list[str]:
        """Return the cures where all units that have the mode and the skills are tied to other districts."""
        admitted = [u.unit.callsign for u in self.units if self.post.admits(u.unit)]
        district = self.problem.places[self.post.place].district
        untie = [untie_text(admitted, lack.missing, district)] if len(admitted) >= lack.missing else []
        return [*untie, self._add(lack, lack.missing)]

    def _more(self, lack: _Lack) -> list[str]:
        """Return the cure where too few are on duty."""
        least = min(sum(c.on_duty(t) for c in self.candidates) for t in range(lack.start, lack.end))
        return [self._add(lack, min(lack.missing, lack.wanted - least))]

    def _stretch(self, lack: _Lack) -> list[str]:
        """Return by how much shifts must stretch so that enough units can stand there."""
        minutes = range(lack.start, lack.end)
        able = min(sum(c.can_stand(t) for c in self.candidates) for t in minutes)
        need = min(lack.missing, lack.wanted - able)
        unable = [c for c in self.candidates if any(c.on_duty(t) and not c.can_stand(t) for t in minutes)]
        stretches = sorted(s for c in unable if (s := self._stretch_of(c, lack)) is not None)
        if len(stretches) >= need:
            return [text for _, text in stretches[:need]]
        stranded = [f"{c.unit.callsign} ({c.unit.mode})" for c in unable if not c.has_way]
        text = self._add(lack, need)
        return [f"{text} ({all_of(stranded[:NAMED])} cannot get there and back)" if stranded else text]

    def _stretch_of(self, c: _Candidate, lack: _Lack) -> tuple[int, str] | None:
        """Return by how many minutes a shift must stretch to hold `lack` and a stint, and that in words."""
        if not c.has_way:
            return None
        sooner, later = max(c.earliest - lack.start, 0), max(lack.end - c.latest, 0)
        # What a stint still lacks is put at the end, where it needs no one else to move.
        later += max(c.stint - (c.latest + later - c.earliest + sooner), 0)
        return (sooner + later, stretch_text(c.unit.callsign, sooner, later)) if sooner + later else None

    def _unlock(self, lack: _Lack) -> list[str]:
        """Return whose locks to take away, so that enough units are free."""
        locked = [
            c.unit.callsign
            for c in self.candidates
            if any(c.can_stand(t) and not c.is_free(t) for t in range(lack.start, lack.end))
        ]
        return [f"unlock {any_of(locked, most=NAMED)}", self._add(lack, lack.missing)]

    def _release(self, lack: _Lack) -> list[str]:
        """Return what the units that could stand there do instead, and which of it could be moved."""
        doings = [doing(self.problem, c.who, lack.start) for c in self.candidates if c.can_stand(lack.start)]
        elsewhere = [d for d in doings if d.place != self.name or d.kind != "stint"]
        told = elsewhere_text(elsewhere)
        ways = [f"{self._add(lack, lack.missing)} (then {told})" if told else self._add(lack, lack.missing)]
        breaks = [d.callsign for d in elsewhere if d.kind == "break"]
        if breaks:
            ways.append(f"move the break of {any_of(breaks, most=NAMED)}")
        posts = list(dict.fromkeys(d.place for d in elsewhere if d.kind == "stint"))
        if posts:
            ways.append(f"staff {any_of(posts, most=NAMED)} with 1 fewer")
        return ways

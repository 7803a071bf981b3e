"""What is settled of a unit's time, and the gaps that are left of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.free_time import Spell
from solver.plan import StopKind
from solver.problem import UNREACHABLE, IntArray, Problem, Unit


class Duty(NamedTuple):
    """A stint, a task or a break that is settled."""

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


@dataclass(frozen=True)
class Duties:
    """What is settled.

    Parameters
    ----------
    problem : Problem
    spells : tuple of Spell
        The free time of the units, see `solver.free_time`; without locks one a unit, in the order of the roster.  One
        of a unit that chooses its duty is that duty.
    by_spell : tuple of tuple of Duty
        The duties in each spell, in order.
    closed : frozenset of int
        The spells in which there is time for nothing: the unit just gets through, by way of other places at that.
    on_call : frozenset of int
        The units that do not go out, of callouts that let only some.
    """

    problem: Problem
    spells: tuple[Spell, ...]
    by_spell: tuple[tuple[Duty, ...], ...]
    closed: frozenset[int] = frozenset()
    on_call: frozenset[int] = frozenset()

    def gaps(self) -> Iterator[Gap]:
        """Yield what is left of all shifts."""
        for i, (spell, duties) in enumerate(zip(self.spells, self.by_spell, strict=True)):
            if i not in self.closed and spell.owner not in self.on_call:
                yield from gaps_of(spell.owner, spell.unit, duties)

    def tasks_done(self) -> set[int]:
        """Return the tasks (indices) that are among the duties, or locked."""
        task_of = {k.place: i for i, k in enumerate(self.problem.tasks)}
        done = {task_of[d.place] for mine in self.by_spell for d in mine if d.kind == "task"}
        return done | {task_of[s.place] for x in self.problem.locks for s in x.stops if s.kind == "task"}


def gaps_of(i: int, unit: Unit, duties: Sequence[Duty]) -> Iterator[Gap]:
    """Yield what is left of the shift of `unit`, the i-th one, between its `duties`."""
    ends = [(unit.origin, unit.start, unit.start), *((d.place, d.arrive, d.leave) for d in duties)]
    for (place, _, free), (there, due, _) in pairwise([*ends, (unit.destination, unit.end, unit.end)]):
        yield Gap(i, place, free, there, due)


def legs_by_mode(problem: Problem) -> dict[str, IntArray]:
    """Return `Problem.legs` of each mode in use, without a way from a stretch of street to itself."""
    along = np.flatnonzero(problem.stretches)
    found = {}
    for mode in {unit.mode for unit in problem.units}:
        legs = problem.legs(mode)
        legs[along, along] = UNREACHABLE
        found[mode] = legs
    return found

"""Beats: every unit drives round its own hotspots, in a fixed order, again and again."""

from __future__ import annotations

import numpy as np

from solver.baselines.clerk import Choices, Clerk
from solver.baselines.division import divide
from solver.baselines.duties import settle
from solver.baselines.filling import plan_of
from solver.baselines.gaps import Gap
from solver.baselines.rounds import round_of
from solver.plan import Plan
from solver.problem import Problem


def beats(problem: Problem, rng: np.random.Generator) -> Plan:  # noqa: ARG001
    """Return the plan in which units drive round their beats (see `solver.baselines.division`).

    After a post or a break a unit goes on where it left its round.  It passes by what is closed, what it cannot do
    before it is due elsewhere, and tasks that are done.
    """
    duties = settle(problem)
    clerk = Clerk(problem, duties)
    rounds = [round_of(clerk, u, beat) for u, beat in enumerate(divide(clerk))]
    return plan_of(problem, duties, clerk.walk(_Round(rounds)), "beats")


class _Round:
    """Knows which of its round each unit makes next."""

    def __init__(self, beats: list[list[int]]) -> None:
        self.beats, self.next = beats, [0] * len(beats)

    def choose(self, gap: Gap, here: int, choices: Choices) -> int | None:  # noqa: ARG002
        """Return the next of the round that the unit is able to do."""
        beat, begin = self.beats[gap.unit], self.next[gap.unit]
        for k in range(begin, begin + len(beat)):
            i = beat[k % len(beat)]
            if choices.able[i]:
                self.next[gap.unit] = (k + 1) % len(beat)
                return i
        return None

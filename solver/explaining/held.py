"""What a unit is held to: what is locked, and staying on call where no more of its callout may go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from solver.explaining.detours import Stays
from solver.on_call import on_call, roll_call, waits
from solver.plan import Route
from solver.problem import Callout, IntArray, Problem


class Held:
    """Which changed routes keep what is locked, and send out no more units than may go.

    Parameters
    ----------
    problem : Problem
    routes : sequence of Route
        Those of the plan that is explained.
    legs : dict of str to array of shape (P, P)
        Minutes from place to place, by mode.
    """

    def __init__(self, problem: Problem, routes: Sequence[Route], legs: dict[str, IntArray]) -> None:
        self._problem, self._legs = problem, legs
        self.on_call: dict[str, Callout] = on_call(problem, routes)
        """The units that are on call, by callsign."""
        self._out = {callout: out for callout, out, _ in roll_call(problem, routes)}
        self._locks = [problem.locks_of(u) for u in range(len(problem.units))]

    def out(self, callout: Callout) -> list[str]:
        """Return the units of a callout that go out."""
        return self._out[callout]

    def stays(self, callsign: str) -> bool:
        """Whether a unit is on call and has to stay so, as long as the others do what they do."""
        callout = self.on_call.get(callsign)
        return callout is not None and len(self._out[callout]) >= callout.most

    def staying(self, callsigns: Iterable[str]) -> list[str]:
        """Return those of some units that have to stay on call."""
        return [callsign for callsign in callsigns if self.stays(callsign)]

    def keeps(self, u: int, stays: Stays) -> bool:
        """Whether unit `u` may drive a route, as far as what it is held to goes; `solver.check` has the last word."""
        unit = self._problem.units[u]
        if self.stays(unit.callsign) and not waits(stays, unit, self._legs[unit.mode]):
            return False
        return all(
            any(
                s.place == stop.place
                and s.arrive <= stop.arrive
                and stop.leave <= s.leave
                and (s.kind == stop.kind or stop.arrive == stop.leave)
                for s in stays
            )
            for lock in self._locks[u]
            for stop in lock.stops
        )

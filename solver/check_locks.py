"""Whether a plan holds every stop that is locked: an independent reading of the rule in ``docs/model.md``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver.plan import Plan, Stop
from solver.problem import Lock, LockedStop, Problem
from solver.violations import Violation
from solver.wording import Times, minutes_text


def broken_locks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield a violation for each lock that the first route of its unit does not hold."""
    if not problem.locks:
        return
    routes = {route.callsign: route.stops for route in reversed(plan.routes)}
    for u, unit in enumerate(problem.units):
        locks = problem.locks_of(u)
        for lock in locks if routes.get(unit.callsign) else ():
            yield from _Reader(problem, locks, routes[unit.callsign]).violations(lock)


class _Reader:
    """One route held against the locks of its unit."""

    def __init__(self, problem: Problem, locks: Sequence[Lock], stops: Sequence[Stop]) -> None:
        self.problem, self.locks, self.stops = problem, locks, stops
        self.times = Times(problem)
        self.least = problem.least_stops

    def violations(self, lock: Lock) -> Iterator[Violation]:
        """Yield what is wrong with one lock."""
        n = len(lock.stops)
        if any(self._holds(lock, self.stops[i : i + n]) for i in range(len(self.stops) - n + 1)):
            return
        first, last = lock.stops[0], lock.stops[-1]
        who = self.problem.units[lock.unit].callsign
        more = f", and then {n - 1} more stop{'s' * (n > 2)} until {self.times.at(last.leave)}" if n > 1 else ""
        yield Violation(
            "lock_broken",
            f"{who} does not do what is locked: {self._text(first)}{more}; {self._instead(lock)}",
            who,
            self.problem.places[first.place].name,
            first.arrive,
        )

    def _text(self, stop: LockedStop) -> str:
        """Return a locked stop in words."""
        place = self.problem.places[stop.place].name
        if stop.arrive == stop.leave:
            return f"be at {place} at {self.times.at(stop.arrive)}"
        return f"{stop.kind} at {place} {self.times.span(stop.arrive, stop.leave)}"

    def _instead(self, lock: Lock) -> str:
        """Return what would be right."""
        stop = lock.stops[0]
        least = self.least.get(stop.place, 0) if stop.kind in ("visit", "stint") else 0
        if not least or len(lock.stops) > 1:
            return "put it back, or unlock it"
        return f"put it back (or longer, by {minutes_text(least)} or more at either end), or unlock it"

    def _holds(self, lock: Lock, stops: Sequence[Stop]) -> bool:
        """Whether `stops` are those of a lock: all but the outer ends of the first and the last to the minute."""
        n = len(stops)
        for i, (locked, stop) in enumerate(zip(lock.stops, stops, strict=True)):
            outer = i == 0, i == n - 1
            point = locked.arrive == locked.leave and any(outer)
            if stop.place != self.problem.places[locked.place].name or not (point or stop.kind == locked.kind):
                return False
            if not stop.arrive <= locked.arrive <= locked.leave <= stop.leave:
                return False
            if (stop.arrive < locked.arrive and not outer[0]) or (stop.leave > locked.leave and not outer[1]):
                return False
            if not self._lawful(stop, locked.place):
                return False
        return True

    def _lawful(self, stop: Stop, place: int) -> bool:
        """Whether the parts into which locks cut a stop are stops of their own, the locked ones left out."""
        within = [
            s
            for lock in self.locks
            for s in lock.stops
            if s.place == place and stop.arrive <= s.arrive <= s.leave <= stop.leave
        ]
        whole = stop.kind in ("task", "break") or self.problem.places[place].exit is not None
        least = stop.leave - stop.arrive if whole else self.least.get(place, 0) if stop.kind != "standby" else 0
        now = stop.arrive
        for start, end in [*sorted((s.arrive, s.leave) for s in within), (stop.leave, stop.leave)]:
            if now < start and start - now < least:
                return False
            now = max(now, end)
        return True

"""Random plans that keep every rule, for property tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from solver.plan import Plan, Route, Stop
from solver.problem import Problem, Unit
from solver.score import score
from solver.shortfalls import find_shortfalls
from tests.naive_score import leg_minutes, may_work

Pick = Callable[[int, int], int]


def random_plan(problem: Problem, pick: Pick) -> Plan:
    """Return a plan of random walks; ``pick(low, high)`` makes the choices, both ends included."""
    routes = tuple(Route(u.callsign, _stops(problem, u, pick)) for u in problem.units)
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def _stops(problem: Problem, unit: Unit, pick: Pick) -> tuple[Stop, ...]:
    """Return the stops of a unit; one that chooses its duty walks within so many minutes of its shift."""
    if unit.longest_duty is None:
        return tuple(_Walk(problem, unit, pick).stops())
    begins = range(unit.start, unit.end + 1, problem.grid)
    walks = [_Walk(problem, replace(unit, start=b, end=min(b + unit.longest_duty, unit.end)), pick) for b in begins]
    able = [w for w in walks if w.can_begin()]
    stops = able[pick(0, len(able) - 1)].stops()
    first, last = replace(stops[0], arrive=unit.start), replace(stops[-1], leave=unit.end)
    return (first, *stops[1:-1], last)


class _Walk:
    """A random walk of one unit, which never goes where it could not take its break and be home in time."""

    def __init__(self, problem: Problem, unit: Unit, pick: Pick) -> None:
        self.problem, self.unit, self.pick = problem, unit, pick
        self.hotspots = {place: h for h in problem.hotspots for place in h.places}
        self.posts = {q.place: q for q in problem.posts}
        self.tasks = {k.place: k for k in problem.tasks}

    def stops(self) -> list[Stop]:
        """Return the stops of a whole route."""
        unit = self.unit
        now, place, done = unit.start, unit.origin, unit.break_ is None
        stops = [self._stop(place, "standby", now, now)]
        while self.pick(0, 9):
            to = self.pick(0, len(self.problem.places) - 1)
            leg = leg_minutes(self.problem, unit, place, to)
            if leg is None:
                continue
            earliest = now + leg + self.problem.grid * (self.pick(0, 2) // 2)
            choices = self._choices(to, earliest, self.problem.grid * self.pick(0, 3))
            if not choices or (to == place and self.problem.places[to].exit is not None):
                continue
            kind, arrive, leave = choices[self.pick(1, len(choices) - 1) if self.pick(0, 3) and choices[1:] else 0]
            if self._can_finish(leave, to, done):
                stops.append(self._stop(to, kind, arrive, leave))
                now, place = leave, to
            if not done and self.pick(0, 4) == 0:
                now, place = self._take_break(stops, now, place)
                done = True
        if not done:
            now, place = self._take_break(stops, now, place)
        home = leg_minutes(self.problem, unit, place, unit.destination)
        assert home is not None
        stops.append(self._stop(unit.destination, "standby", now + home, unit.end))
        return stops

    def can_begin(self) -> bool:
        """Whether the unit can serve its shift."""
        return self._can_finish(self.unit.start, self.unit.origin, self.unit.break_ is None)

    def _choices(self, place: int, now: int, more: int) -> Sequence[tuple[str, int, int]]:
        """Return (kind, arrive, leave) of stops that may be made at a place from `now` on, `more` minutes longer."""
        choices = [("standby", now, now + more)] if self.problem.places[place].exit is None else []
        if not may_work(self.problem, self.unit, place):
            return choices
        if place in self.hotspots:
            h = self.hotspots[place]
            for start, end in h.windows or ((0, self.problem.minutes),):
                arrive = max(now, start)
                if arrive + h.dwell <= end:
                    choices.append(("visit", arrive, min(arrive + h.dwell + more, end)))
        if place in self.posts:
            choices.append(("stint", now, now + self.posts[place].stint + more))
        if place in self.tasks:
            k = self.tasks[place]
            for first, last in k.windows or ((0, self.problem.minutes),):
                arrive = max(now, first)
                if arrive <= last:
                    choices.append(("task", arrive, arrive + k.minutes))
        return choices

    def _breaks(self, now: int, place: int) -> list[tuple[int, int]]:
        """Return (place, first minute) of the breaks that can still be taken."""
        rule, grid = self.unit.break_, self.problem.grid
        assert rule is not None
        found = []
        for at in rule.places:
            out = leg_minutes(self.problem, self.unit, place, at)
            if out is not None:
                begin = max(now + out, rule.earliest + -rule.earliest % grid)
                if begin + rule.minutes <= rule.latest and self._can_finish(begin + rule.minutes, at, True):
                    found.append((at, begin))
        return found

    def _can_finish(self, now: int, place: int, done: bool) -> bool:
        """Whether the unit can still take its break and be home in time."""
        if not done:
            return bool(self._breaks(now, place))
        home = leg_minutes(self.problem, self.unit, place, self.unit.destination)
        return home is not None and now + home <= self.unit.end

    def _take_break(self, stops: list[Stop], now: int, place: int) -> tuple[int, int]:
        """Add a break and return when and where it ends."""
        rule, breaks = self.unit.break_, self._breaks(now, place)
        assert rule is not None
        at, begin = breaks[self.pick(0, len(breaks) - 1)]
        stops.append(self._stop(at, "break", begin, begin + rule.minutes))
        return begin + rule.minutes, at

    def _stop(self, place: int, kind: str, arrive: int, leave: int) -> Stop:
        return Stop(self.problem.places[place].name, kind, arrive, leave)

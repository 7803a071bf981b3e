"""What a unit has done up to some minute, and what it must still finish: the part of its route that stays.

What has begun is finished: a leg, a visit of a stretch of street, a task, a break.  A longer visit or stint goes on
until it is long enough to count, and to its planned end where less than another such length is left of it.  A unit that
is *called* away drops what it does at once, but for a leg or a stretch of street; a visit, stint or task that is cut
short by that does not count, and becomes standby.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from solver.check import rules_of_stops
from solver.plan import Stop, StopKind
from solver.problem import UNREACHABLE, LockedStop, Problem, Unit
from solver.ways_round import FAR, ways_from
from solver.wording import Times


class Way:
    """The legs and the rules of stops of one unit."""

    def __init__(self, problem: Problem, unit: Unit) -> None:
        self.problem, self.unit = problem, unit
        self._legs = problem.legs(self.unit.mode)
        self.least = problem.least_stops
        self.windows = {p: h.open(problem.minutes) for h in problem.hotspots for p in h.places}

    def leg(self, start: int, end: int) -> int | None:
        """Return the minutes of a leg, None where there is no way."""
        minutes = int(self._legs[start, end])
        return None if minutes == UNREACHABLE else minutes

    def quickest(self, start: int, end: int) -> int | None:
        """Return the minutes of the quickest way, by way of other places if need be; None where there is none."""
        minutes = int(ways_from(self.problem, self._legs, start).minutes[end])
        return None if minutes >= FAR else minutes

    def minutes(self, start: int, end: int) -> int:
        """Return the minutes of a leg; where there is no way, more than any."""
        leg = self.leg(start, end)
        return 10**6 if leg is None else leg

    def is_stretch(self, place: int) -> bool:
        """Whether a place is a stretch of street."""
        return self.problem.places[place].exit is not None


@dataclass(frozen=True)
class Past:
    """The stops of a unit that stay, none if its shift has not begun, and the minute in which it is `free`."""

    stops: tuple[LockedStop, ...]

    @property
    def free(self) -> int:
        """The minute in which the last of them ends."""
        return self.stops[-1].leave

    def staying(self, until: int) -> Past:
        """Return the same with standby where it ends, until some minute."""
        last = self.stops[-1]
        return Past(tuple(_plain([*self.stops, LockedStop(last.place, "standby", last.leave, until)])))


def so_far(way: Way, route: Sequence[LockedStop], at: int, *, called: bool = False) -> Past:
    """Return what stays of a route at minute `at`; `called` says whether the unit drops what it does."""
    if at <= way.unit.start:
        return Past(())
    return Past(tuple(_plain(_stops(way, route, at, called=called))))


def held_up(way: Way, route: Sequence[LockedStop], at: int, minutes: int) -> Past:
    """Return what stays of the route of a unit that leaves where it is, or drives to, so much later than planned."""
    stops = list(so_far(way, route, at).stops)
    last = stops[-1]
    begun = [s for s in route if s.arrive < at]
    planned = [s.leave for s in begun if (s.place, s.kind, s.arrive) == (last.place, last.kind, last.arrive)]
    until = max(planned[-1] if planned else last.leave, last.leave, at) + minutes
    windows = way.windows.get(last.place, ((0, way.problem.minutes),))
    open_ = any(start <= last.arrive and until <= end for start, end in windows)
    if last.kind == "standby" or (last.kind in ("visit", "stint") and (open_ or last.kind == "stint")):
        stops[-1] = replace(last, leave=until)
    elif not way.is_stretch(last.place):
        stops.append(LockedStop(last.place, "standby", last.leave, until))
    return Past(tuple(stops))


def at_incident(past: Past, place: int, arrive: int, leave: int) -> Past:
    """Return the past of a unit that then goes to an incident."""
    return Past((*past.stops, LockedStop(place, "task", arrive, leave)))


def whole_route(route: Sequence[LockedStop]) -> list[LockedStop]:
    """Return all stops of a route, as one lock may hold them."""
    return _plain(route)


def what_breaks(problem: Problem, unit: Unit, past: Past, rest: Sequence[LockedStop]) -> str:
    """Return the first rule that a unit breaks when it goes on with some stops, in words; empty if it breaks none."""
    every = [*past.stops, *rest]
    ends = (every[0].place, every[0].arrive, every[-1].place, every[-1].leave)
    rests = any(s.kind == "break" for s in every)
    if ends != (unit.origin, unit.start, unit.destination, unit.end) or rests != (unit.break_ is not None):
        return "its shift is another one"
    stops = [Stop(problem.places[s.place].name, cast(StopKind, s.kind), s.arrive, s.leave) for s in rest]
    if past.stops and rest:
        leg = Way(problem, unit).leg(past.stops[-1].place, rest[0].place)
        if leg is None or past.free + leg > rest[0].arrive:
            return f"it cannot be at {stops[0].place} at {Times(problem).at(stops[0].arrive)}"
    wrong = next(rules_of_stops(problem, unit, stops), None)
    return "" if wrong is None else wrong.message


def _stops(way: Way, route: Sequence[LockedStop], at: int, *, called: bool) -> Iterator[LockedStop]:
    """Yield the stops that stay, the last one cut to what is to be finished."""
    before: LockedStop | None = None
    for stop in route:
        if stop.leave <= at:
            yield stop
        elif stop.arrive < at:
            yield _under_way(way, stop, at, called=called)
            if not (called and way.is_stretch(stop.place)):
                return
        else:
            drives = before is not None and (before.leave != at or (called and way.is_stretch(before.place)))
            if before is not None and drives:
                yield _on_the_road(way, before, stop, at)
            if not (drives and called and way.is_stretch(stop.place)):
                return
        before = stop


def _under_way(way: Way, stop: LockedStop, at: int, *, called: bool) -> LockedStop:
    """Return what stays of a stop that has begun."""
    if way.is_stretch(stop.place):
        return stop
    least = way.least.get(stop.place, 0) if stop.kind in ("visit", "stint") else 0
    if called:
        counts = stop.kind in ("standby", "break") or (stop.kind != "task" and at - stop.arrive >= least)
        return replace(stop, kind=stop.kind if counts else "standby", leave=at)
    if stop.kind in ("task", "break"):
        return stop
    leave = max(at, stop.arrive + least)
    return stop if stop.leave - leave < least else replace(stop, leave=leave)


def _on_the_road(way: Way, before: LockedStop, stop: LockedStop, at: int) -> LockedStop:
    """Return where a unit is that has left `before` and has not begun `stop`, the next one."""
    if way.is_stretch(stop.place):
        return stop
    there = min(before.leave + way.minutes(before.place, stop.place), stop.arrive)
    return LockedStop(stop.place, "standby", there, max(at, there))


def _plain(stops: Iterator[LockedStop] | Sequence[LockedStop]) -> list[LockedStop]:
    """Return stops of which no two at one place and of one kind adjoin, and none of no length adjoins another."""
    plain: list[LockedStop] = []
    for stop in stops:
        last = plain[-1] if plain else None
        adjoins = last is not None and last.place == stop.place and last.leave == stop.arrive
        if last is None or not adjoins:
            plain.append(stop)
        elif stop.kind == last.kind and stop.kind in ("visit", "stint", "standby"):
            plain[-1] = replace(last, leave=stop.leave)
        elif stop.arrive == stop.leave:
            continue
        elif last.arrive == last.leave:
            plain[-1] = stop
        else:
            plain.append(stop)
    return plain

"""Routes with one thing more: what a unit gives up so that it can do some work at some minute.

The stops before and after are kept as far as there is time: cut short to the least that counts, moved, or left out.  A
break is never left out.  Two ways are tried on either side: to leave out what is in the way, or to move it; so four
routes at most, and fewer where they come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from solver.plan import Route, Stop
from solver.problem import UNREACHABLE, Problem, Unit
from solver.whereabouts import Stay

Stays = tuple[Stay, ...]


class Detour(NamedTuple):
    """A route with its stops from the `first` up to `after` (not included) replaced by `stops`."""

    first: int
    stops: Stays
    after: int


class Detours:
    """Changed routes of one unit.

    Parameters
    ----------
    problem : Problem
    unit : Unit
    legs : list of list of int
        Minutes by its mode.
    stays : sequence of Stay
        Its route.
    """

    def __init__(self, problem: Problem, unit: Unit, legs: list[list[int]], stays: Sequence[Stay]) -> None:
        self._problem, self._unit, self._legs, self._stays = problem, unit, legs, tuple(stays)
        hotspots = {place: h for h in problem.hotspots for place in h.places}
        self._open = {p: h.windows or ((0, problem.minutes),) for p, h in hotspots.items()}
        self._begins = {k.place: k.begins(problem.minutes) for k in problem.tasks}
        grid = problem.grid
        self._least = {("visit", p): h.dwell + -h.dwell % grid for p, h in hotspots.items()}
        self._least |= {("stint", q.place): q.stint + -q.stint % grid for q in problem.posts}
        self._along = {i for i, place in enumerate(problem.places) if place.exit is not None}

    def around(self, new: Stay) -> Iterator[Detour]:
        """Yield detours that hold the stop `new`, or a longer one of its kind."""
        seen: set[Detour] = set()
        for split in self._splits(new):
            heads = {x for keep in (False, True) if (x := self._before(new, split, keep=keep)) is not None}
            tails = {y for keep in (False, True) if (y := self._after(new, split, keep=keep)) is not None}
            for first, before in heads:
                for then, after in tails:
                    for stops in self._lasting(new, then):
                        detour = self._joined(first, (*before, *stops), after)
                        if detour is not None and detour not in seen:
                            seen.add(detour)
                            yield detour

    def route(self, detour: Detour) -> Stays:
        """Return the whole route of a detour."""
        return (*self._stays[: detour.first], *detour.stops, *self._stays[detour.after :])

    def _splits(self, new: Stay) -> Iterator[int]:
        """Yield how many stops may be before `new`: those begun before it, with the break or without."""
        begun = next((i for i, s in enumerate(self._stays) if i and s.arrive >= new.arrive), len(self._stays) - 1)
        begun = max(begun, 1)
        yield begun
        pause = next((i for i, s in enumerate(self._stays) if s.kind == "break"), None)
        if pause is not None and 0 < pause < len(self._stays) - 1:
            if pause == begun - 1:
                yield pause
            elif pause == begun:
                yield pause + 1

    def _lasting(self, new: Stay, tail: Stays) -> Iterator[Stays]:
        """Yield the stop and those after it, and where it is a visit or a stint, such as let it last longer.

        It lasts until the unit has to leave for the next stop that is more than standby, as far as its rules allow.
        """
        yield (new, *tail)
        then = tail[0]
        leg = self._leg(new.place, then.place)
        if new.kind not in ("visit", "stint") or leg is None:
            return
        limit = (then.leave if then.kind == "standby" else then.arrive) - leg
        longer = self._until(new, limit) if limit > new.leave else new
        if longer.leave > new.leave:
            yield (longer, then._replace(arrive=max(then.arrive, longer.leave + leg)), *tail[1:])

    def _joined(self, first: int, stops: Stays, after: int) -> Detour | None:
        """Return a detour, two stops that are one joined; None when a break is lost or doubled."""
        if sum(s.kind == "break" for s in stops) != sum(s.kind == "break" for s in self._stays[first:after]):
            return None
        joined: list[Stay] = []
        for s in stops:
            last = joined[-1] if joined else None
            if last is not None and (last.place, last.kind, last.leave) == s[:3] and s.kind not in ("break", "task"):
                if s.place in self._along:
                    return None
                merged = last._replace(leave=s.leave)
                if s.kind != "visit" or self._is_open(merged):
                    joined[-1] = merged
                    continue
            joined.append(s)
        return Detour(first, tuple(joined), after)

    def _before(self, new: Stay, split: int, *, keep: bool) -> tuple[int, Stays] | None:
        """Return how many stops stay as they are, and those from there to `new`, made of the first `split`.

        The unit is there when `new` begins.
        """
        place, by = new.place, new.arrive
        tail: list[Stay] = []
        k = split - 1
        while k >= 0:
            s = self._stays[k]
            leg = self._leg(s.place, place)
            limit = by - leg if leg is not None else -1
            if leg is not None and limit >= s.arrive:
                if s.leave <= limit:
                    return k, (self._until(s, limit), *reversed(tail))
                if limit - s.arrive >= self._shortest(s) and s.kind not in ("break", "task"):
                    return k, (s._replace(leave=limit), *reversed(tail))
            moved = self._ending(s, limit) if leg is not None and k > 0 and (keep or s.kind == "break") else None
            if moved is not None:
                tail.append(moved)
                place, by = moved.place, moved.arrive
            elif s.kind == "break":
                return None
            k -= 1
        return None

    def _after(self, new: Stay, split: int, *, keep: bool) -> tuple[Stays, int] | None:
        """Return the stops after `new`, without the first `split`, and from which on they stay as they are.

        The unit may go back to what it was at before.
        """
        place, since = new.place, new.leave
        head: list[Stay] = []
        stays, last = self._stays, self._stays[split - 1]
        if last.leave > new.leave and last.kind not in ("break", "task"):
            split -= 1
        k, n = split, len(stays)
        while k < n:
            s = stays[k]
            leg = self._leg(place, s.place)
            ready = since + leg if leg is not None else -1
            if leg is not None and ready <= s.leave:
                if ready <= s.arrive:
                    return (*head, self._since(s, ready)), k + 1
                if s.leave - ready >= self._shortest(s) and s.kind not in ("break", "task"):
                    return (*head, s._replace(arrive=ready)), k + 1
            moved = self._beginning(s, ready) if leg is not None and k < n - 1 and (keep or s.kind == "break") else None
            if moved is not None:
                head.append(moved)
                place, since = moved.place, moved.leave
            elif s.kind == "break":
                return None
            k += 1
        return None

    def _leg(self, start: int, end: int) -> int | None:
        """Return the minutes of a leg, None where there is none."""
        leg = self._legs[start][end]
        return None if leg == UNREACHABLE or (start == end and start in self._along) else leg

    def _shortest(self, s: Stay) -> int:
        """Return the least minutes of a stop that still count."""
        return 0 if s.kind == "standby" else self._least.get((s.kind, s.place), s.leave - s.arrive)

    def _is_open(self, s: Stay) -> bool:
        """Whether a visit lies within a window."""
        return any(start <= s.arrive and s.leave <= end for start, end in self._open.get(s.place, ()))

    def _until(self, s: Stay, limit: int) -> Stay:
        """Return a stop that lasts as long as the unit has time, where that is allowed."""
        if s.kind in ("standby", "stint"):
            return s._replace(leave=limit)
        if s.kind == "visit":
            end = next((end for start, end in self._open[s.place] if start <= s.arrive and s.leave <= end), s.leave)
            return s._replace(leave=min(max(limit, s.leave), end - end % self._problem.grid))
        return s

    def _since(self, s: Stay, ready: int) -> Stay:
        """Return a stop that begins as soon as the unit is there, where that is allowed."""
        if s.kind in ("standby", "stint"):
            return s._replace(arrive=ready)
        if s.kind == "visit":
            begin = next((a for a, b in self._open[s.place] if a <= s.arrive and s.leave <= b), s.arrive)
            return s._replace(arrive=max(ready, begin + -begin % self._problem.grid))
        return s

    def _length(self, s: Stay) -> int:
        """Return how long a stop lasts when it has to move."""
        return s.leave - s.arrive if s.kind in ("break", "task") else self._shortest(s)

    def _ending(self, s: Stay, limit: int) -> Stay | None:
        """Return a stop moved forward, to end by `limit`; None where its rules forbid that."""
        if s.kind == "standby":
            return None
        latest = limit - self._length(s)
        if s.kind == "task":
            latest = max((min(b, latest) for a, b in self._begins[s.place] if a <= latest), default=-1)
        elif s.kind == "visit":
            # It stays in the window that it lies in.
            opens = [(a, min(b - self._length(s), latest)) for a, b in self._open[s.place]]
            latest = max((last for a, last in opens if a <= last), default=-1)
        elif s.kind == "break":
            rule = self._unit.break_
            latest = min(latest, rule.latest - rule.minutes) if rule and rule.earliest <= latest else -1
        latest -= latest % self._problem.grid
        moved = s._replace(arrive=latest, leave=latest + self._length(s))
        return moved if latest >= self._unit.start and self._allowed(moved) else None

    def _beginning(self, s: Stay, ready: int) -> Stay | None:
        """Return a stop moved back, to begin at `ready` or as soon after it as its rules allow; else None."""
        if s.kind == "standby":
            return None
        length, first = self._length(s), ready
        if s.kind == "task":
            first = min((max(a, ready) for a, b in self._begins[s.place] if ready <= b), default=-1)
        elif s.kind == "visit":
            first = min((max(a, ready) for a, b in self._open[s.place] if max(a, ready) + length <= b), default=-1)
        elif s.kind == "break":
            rule = self._unit.break_
            first = max(rule.earliest, ready) if rule else -1
        first += -first % self._problem.grid if first >= 0 else 0
        moved = s._replace(arrive=first, leave=first + length)
        return moved if first >= 0 and moved.leave <= self._unit.end and self._allowed(moved) else None

    def _allowed(self, s: Stay) -> bool:
        """Whether a stop lies where its rules allow it."""
        if s.kind == "task":
            return any(a <= s.arrive <= b for a, b in self._begins[s.place])
        if s.kind == "visit":
            return self._is_open(s)
        rule = self._unit.break_
        return s.kind != "break" or (rule is not None and rule.earliest <= s.arrive and s.leave <= rule.latest)


def route_of(problem: Problem, callsign: str, stays: Sequence[Stay]) -> Route:
    """Return stays as a route of names."""
    return Route(callsign, tuple(Stop(problem.places[s.place].name, s.kind, s.arrive, s.leave) for s in stays))

"""The rules of ``docs/simulation.md`` read literally, second by second: the judge of the loop of events.

It shares nothing with `solver.simulation` but its inputs: calls, ways and rules.  What is left of a plan is scored by
`solver.score`, as if what was done had been the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from solver.plan import Plan, Route, Stop
from solver.problem import Problem, Unit
from solver.score import score
from solver.simulation.calls import Calls
from solver.simulation.rules import Rules
from solver.simulation.ways import Ways


@dataclass
class Happened:
    """What has happened in one replication; `sent` and `there` by (call, 0 or 1) with the callsign."""

    sent: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)
    there: dict[tuple[int, int], int] = field(default_factory=dict)
    presence: int = 0
    missing: list[int] = field(default_factory=list)
    profit: int = 0
    lost: int = 0
    overtime: int = 0
    busy: dict[str, int] = field(default_factory=dict)


@dataclass
class Todo:
    """A stop that a crew still has before it: as planned, and when it is made now, in seconds."""

    stop: Stop
    begin: int
    end: int
    broken_off: bool = False
    lasted_its_dwell: bool = False
    left_out: bool = False


class Crew:
    """One unit: what it has before it, where it is, what it has done."""

    def __init__(self, town: Town, unit: Unit, route: Route) -> None:
        self.town, self.unit = town, unit
        self.todo = [Todo(s, 60 * s.arrive, 60 * s.leave) for s in route.stops]
        self.origin, self.left, self.arrives = town.place[self.todo[0].stop.place], 0, -1
        self.free: int | None = None
        self.done: list[tuple[Stop, int, int]] = []
        self.lost = 0

    def way(self, a: int, b: int) -> int | None:
        """Return the seconds from node to node."""
        seconds = int(self.town.ways.seconds[self.unit.mode][a, b])
        return seconds if seconds >= 0 else None

    def follow(self, now: int) -> None:
        """Leave what ends now, and go to what comes next."""
        while len(self.todo) > 1 and self.todo[0].end <= now:
            before = self.todo.pop(0)
            self.done.append((before.stop, before.begin, before.end))
            self.pass_over()
            self.go(self.town.place[before.stop.place], before.end)

    def pass_over(self) -> None:
        """Forget what it leaves out before the next stop that it makes."""
        while self.todo[0].left_out:
            self.lost += self.todo.pop(0).stop.kind == "break"

    def go(self, origin: int, left: int) -> None:
        """Set out from a node for the next stop."""
        way = self.way(origin, self.town.place[self.todo[0].stop.place])
        self.origin, self.left = origin, left
        self.arrives = self.todo[0].begin if way is None else min(left + way, self.todo[0].begin)

    def may_go(self, now: int) -> bool:
        """Whether it is free."""
        if self.free is not None or not self.unit.start <= now / 60 < self.unit.end:
            return False
        at, begin, end = self.todo[0].stop, self.todo[0].begin, self.todo[0].end
        return not (begin <= now < end and self.town.stays(at))

    def seconds_to(self, now: int, point: int) -> int | None:
        """Return how soon it could be there."""
        ahead = self.way(self.town.place[self.todo[0].stop.place], point)
        if now >= self.arrives:
            return ahead
        back = self.way(self.origin, point)
        both = [
            *([] if ahead is None else [self.arrives - now + ahead]),
            *([] if back is None else [now - self.left + back]),
        ]
        return min(both, default=None)

    def break_off(self, now: int) -> None:
        """Leave what it does for a call."""
        first = self.todo[0]
        if first.begin <= now < first.end:
            self.done.append((first.stop, first.begin, now))
            first.broken_off = True
            dwell = self.town.dwell.get(first.stop.place)
            if first.stop.kind == "visit" and dwell is not None and now // 60 - -(-first.begin // 60) >= dwell:
                first.lasted_its_dwell = True

    def rejoin(self, now: int, node: int) -> None:
        """Go on with the plan from a demand point."""
        start, begun = node, now
        *others, last = self.todo
        for i, todo in enumerate(others):
            made = self.made(todo, others[i + 1 :], now, node)
            todo.left_out = made is None
            if made is not None:
                todo.begin, todo.end = made
                now, node = todo.end, self.town.place[todo.stop.place]
        home = self.way(node, self.town.place[last.stop.place]) or 0
        last.begin = max(60 * last.stop.arrive, now + home)
        last.end = max(60 * last.stop.leave, last.begin)
        self.pass_over()
        self.go(start, begun)

    def made(self, todo: Todo, after: list[Todo], now: int, node: int) -> tuple[int, int] | None:
        """Return when a stop is made by a unit that is at a node now, None where it is left out."""
        stop, place = todo.stop, self.town.place[todo.stop.place]
        way = self.way(node, place)
        if way is None:
            return None
        arrive, leave, resume = 60 * stop.arrive, 60 * stop.leave, self.town.rules.after == "resume"
        begin = max(arrive, now + way)
        if stop.kind == "break":
            end = begin + leave - arrive
            return (begin, end) if end == leave or self.is_home(place, end) else None
        if stop.kind in ("stint", "standby"):
            return (begin, leave) if begin < leave or begin == arrive else None
        if stop.kind == "task":
            end = begin + leave - arrive
            if end == leave:
                return begin, end
            if not resume or begin > 60 * self.town.window(stop)[1]:
                return None
            return (begin, end) if self.in_time(place, end, after, now, node) else None
        full = 60 * (-(-begin // 60) + self.town.dwell[stop.place])
        if full <= leave:
            return begin, leave
        if not resume or todo.lasted_its_dwell or full > 60 * self.town.window(stop)[1]:
            return None
        return (begin, full) if self.in_time(place, full, after, now, node) else None

    def is_home(self, place: int, end: int) -> bool:
        """Whether a unit that leaves a place then is where its shift ends in time."""
        way = self.way(place, self.town.place[self.todo[-1].stop.place])
        return way is not None and end + way <= 60 * self.unit.end

    def in_time(self, place: int, end: int, after: list[Todo], now: int, node: int) -> bool:
        """Whether it is in time for what comes next of stints, break and end of shift."""
        for todo in after:
            there = self.town.place[todo.stop.place]
            straight, way = self.way(node, there), self.way(place, there)
            if todo.stop.kind == "stint":
                if straight is None or now + straight >= 60 * todo.stop.leave:
                    continue
                return way is not None and end + way <= 60 * todo.stop.arrive
            if todo.stop.kind == "break":
                rule = self.unit.break_
                assert rule is not None
                return way is not None and end + way <= 60 * (rule.latest - rule.minutes)
        return self.is_home(place, end)


class Town:
    """What all crews share."""

    def __init__(self, problem: Problem, ways: Ways, rules: Rules) -> None:
        self.problem, self.ways, self.rules = problem, ways, rules
        self.place = {p.name: i for i, p in enumerate(problem.places)}
        self.dwell = {problem.places[p].name: h.dwell for h in problem.hotspots for p in h.places}

    def stays(self, stop: Stop) -> bool:
        """Whether units on a stop are not sent."""
        if stop.kind == "stint" and self.rules.posts != "planned":
            return self.rules.posts == "keep"
        closed = {("stint", q.place) for q in self.problem.posts if not q.available}
        closed |= {("task", k.place) for k in self.problem.tasks if not k.available}
        return stop.kind == "break" or (stop.kind, self.place[stop.place]) in closed

    def window(self, stop: Stop) -> tuple[int, int]:
        """Return the window of a visit, or when a task may begin, that a planned stop keeps."""
        if stop.kind == "task":
            (task,) = [k for k in self.problem.tasks if k.place == self.place[stop.place]]
            found = [w for w in task.begins(self.problem.minutes) if w[0] <= stop.arrive <= w[1]]
            return found[0][0], max(w[1] for w in found)
        (hotspot,) = [h for h in self.problem.hotspots if self.place[stop.place] in h.places]
        return next(w for w in hotspot.open(self.problem.minutes) if w[0] <= stop.arrive and stop.leave <= w[1])


def slow_replication(problem: Problem, plan: Plan, calls: Calls, ways: Ways, rules: Rules, r: int) -> Happened:
    """Return what happens in replication `r`, second by second, to a plan that keeps every rule."""
    town, happened = Town(problem, ways, rules), Happened()
    crews = [Crew(town, u, route) for u, route in zip(problem.units, plan.routes, strict=True)]
    first, end = int(calls.first[r]), int(calls.first[r + 1])
    coming = list(range(first, end))
    queue: list[tuple[int, int]] = []
    over: dict[int, int] = {}
    at: dict[str, int] = {}
    now = 0
    while now <= 60 * problem.minutes or any(c.free is not None for c in crews):
        for crew in crews:
            if crew.free == now:
                crew.free = None
                crew.rejoin(now, at[crew.unit.callsign])
            if crew.free is None:
                crew.follow(now)
        while coming and calls.second[coming[0]] == now:
            call = coming.pop(0)
            queue += [(0, call), (1, call)] if calls.serious[call] else [(2, call)]
        for wish in sorted(queue):
            rank, call = wish
            if rank == 1 and over.get(call, now + 1) <= now:
                queue.remove(wish)
                continue
            free = [c for c in crews if c.may_go(now)]
            if rank == 2 and len(free) <= rules.reserve:
                continue
            node = len(problem.places) + int(calls.point[call])
            soon = [(s, i) for i, c in enumerate(crews) if c in free and (s := c.seconds_to(now, node)) is not None]
            if not soon:
                continue
            seconds, i = min(soon)
            queue.remove(wish)
            crew, which = crews[i], int(rank == 1)
            crew.break_off(now)
            crew.free = now + seconds + int(calls.service[call, which])
            at[crew.unit.callsign] = node
            happened.sent[call - first, which] = (now, crew.unit.callsign)
            happened.there[call - first, which] = now + seconds
            busy = min(crew.free, 60 * crew.unit.end) - now
            happened.busy[crew.unit.callsign] = happened.busy.get(crew.unit.callsign, 0) + busy
            if which == 0:
                over[call] = crew.free
        now += 1
    for crew in crews:
        crew.follow(10**9)
        last = crew.todo[0]
        crew.done.append((last.stop, last.begin, last.end))
        happened.lost += crew.lost
        happened.overtime += max(last.begin - 60 * last.stop.leave, 0)
    _score(town, crews, happened)
    return happened


def _score(town: Town, crews: list[Crew], happened: Happened) -> None:
    """Score what was done as if it had been the plan, with stints of any length; tasks count in seconds."""
    problem = town.problem
    routes = tuple(
        Route(
            crew.unit.callsign,
            tuple(
                replace(stop, arrive=-(-begin // 60), leave=end // 60)
                for stop, begin, end in crew.done
                if -(-begin // 60) <= end // 60
            ),
        )
        for crew in crews
    )
    loose = problem.replace(grid=1, posts=tuple(replace(q, stint=1) for q in problem.posts), locks=(), callouts=())
    card = score(loose, Plan(loose.fingerprint(), routes))
    happened.presence = card.covered["presence"]
    happened.missing = [q.missing for q in card.posts]
    by_place = {k.place: k for k in problem.tasks}
    done = {
        town.place[stop.place]
        for crew in crews
        for stop, begin, end in crew.done
        if stop.kind == "task" and end - begin == 60 * by_place[town.place[stop.place]].minutes
    }
    happened.profit = sum(by_place[p].profit for p in done)


def calls_of(rows: list[tuple[int, int, bool, int, int]]) -> Calls:
    """Return one replication of calls given as (second, point, serious, service, service of the second unit)."""
    rows = sorted(rows)
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Calls(
        np.array([0, len(rows)], dtype=np.int64),
        table[:, 0].copy(),
        table[:, 1].copy(),
        table[:, 2].astype(np.bool_),
        table[:, 3:].copy(),
    )

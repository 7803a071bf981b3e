"""Problems made around a plan that leaves nothing missing: tight ones of which the answer is known.

Units relieve each other at posts in a plan that is made first, at random and with little time to spare; posts then
ask for what this plan does, and the plan is forgotten.  Tasks lie where it has time for them, and hotspots that
must be visited every so often on the rounds of units of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.plan import Route, Stop
from solver.problem import Break, Hotspot, IntArray, Place, Post, Problem, Staffing, Task, Unit

STATIONS = 2
LONGEST = 150
"""Minutes of the longest stint of a hidden plan."""

DWELL = 10


class Hidden(NamedTuple):
    """A problem, routes that leave nothing of it missing, and their time to spare as a share of the least."""

    problem: Problem
    routes: tuple[Route, ...]
    spare: float


@dataclass
class _Unit:
    """What a unit of the hidden plan has done so far: it is free at `place` from `now` on."""

    unit: Unit
    now: int
    place: int
    paused: bool
    stops: list[Stop] = field(default_factory=list)


@dataclass
class _Line:
    """One unit's place on a post, manned without a gap in ``[start, now)``."""

    post: int
    start: int
    now: int


def hidden_plan_problem(
    seed: int,
    *,
    units: int,
    posts: int,
    lines: int,
    minutes: int = 480,
    grid: int = 1,
    stint: int = 30,
    pause: int = 30,
    staggered: bool = False,
    tasks: int = 0,
    patrols: int = 0,
) -> Hidden:
    """Return a problem that a hidden plan solves without shortfall.

    Parameters
    ----------
    seed : int
    units, posts : int
        How many there are; all units may stand on all posts.
    lines : int
        How many units the posts want at once: the nearer to `units`, the tighter.
    minutes, grid, stint, pause : int
        Horizon, grid, least stint and length of breaks, in minutes.
    staggered : bool
        Whether shifts begin and end at different times.
    tasks : int
        The most required tasks.
    patrols : int
        Further units, each of which visits two hotspots in turn, as they must be.
    """
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 4_000, (STATIONS + posts + 2 * patrols + tasks, 2))
    seconds = np.ceil(np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1)) / 8).astype(np.int32)
    legs = np.maximum(-(-seconds // (60 * grid)), 1) * grid
    np.fill_diagonal(legs, 0)
    roster = [_unit(i, rng, minutes, grid, pause, staggered) for i in range(units + patrols)]
    hidden = _HiddenPlan(rng, legs, roster, posts, minutes, grid, stint)
    wanted = hidden.man(units, lines)
    hotspots = hidden.patrol(units)
    required = hidden.do_tasks(tasks)
    names = [f"P{i}" for i in range(len(spots))]
    problem = Problem(
        name=f"hidden {seed}",
        timezone="Europe/London",
        start="2020-11-20T18:00:00+00:00",
        minutes=minutes,
        grid=grid,
        slots=(0, minutes),
        places=tuple(Place(n, 51.5 + y / 1e5, -0.1 + x / 1e5) for n, (x, y) in zip(names, spots.tolist(), strict=True)),
        stations=tuple(range(STATIONS)),
        hotspots=hotspots,
        posts=tuple(Post(STATIONS + q, _windows(row), stint) for q, row in enumerate(wanted)),
        demand=(),
        units=tuple(roster),
        goals={"presence": 1},
        travel={"car": seconds},
        reach={"car": np.zeros((len(spots), 0), dtype=np.int32)},
        tasks=required,
    )
    return Hidden(problem, hidden.routes(), hidden.spare(int(wanted.sum())))


def _unit(i: int, rng: np.random.Generator, minutes: int, grid: int, pause: int, staggered: bool) -> Unit:
    """Return a unit with a break of `pause` minutes, if any, around the middle of its shift."""
    cuts = rng.integers(0, 5, 2) * (minutes // 16 // grid * grid) if staggered else (0, 0)
    start, end = int(cuts[0]), minutes - int(cuts[1])
    middle = (start + end) // 2 // grid * grid
    rule = Break(pause, middle - 90, middle + 90, tuple(range(STATIONS))) if pause else None
    origin, destination = rng.integers(0, STATIONS, 2).tolist()
    return Unit(f"U{i}", "car", start, end, origin, destination, rule)


def _windows(wanted: np.ndarray) -> tuple[Staffing, ...]:
    """Return the staffing windows of units wanted by minute."""
    cuts = [0, *(np.flatnonzero(np.diff(wanted)) + 1).tolist(), wanted.size]
    return tuple(Staffing(a, b, int(wanted[a])) for a, b in pairwise(cuts) if wanted[a])


class _HiddenPlan:
    """The plan in the making."""

    def __init__(
        self,
        rng: np.random.Generator,
        legs: IntArray,
        roster: list[Unit],
        posts: int,
        minutes: int,
        grid: int,
        stint: int,
    ) -> None:
        self.rng, self.legs, self.posts, self.minutes, self.grid, self.stint = rng, legs, posts, minutes, grid, stint
        self.crews = [_Unit(u, u.start, u.origin, u.break_ is None) for u in roster]

    def man(self, units: int, lines: int) -> np.ndarray:
        """Man posts by the first `units` units; return the units on each by minute, of whole five minutes."""
        wanted = np.zeros((self.posts, self.minutes), dtype=np.int64)
        under_way = [self._line(i % self.posts, int(self.rng.integers(2, 13)) * 5) for i in range(lines)]
        while under_way:
            line = min(under_way, key=lambda x: x.now)
            if line.now < self.minutes - 2 * self.stint and self._relieve(line, units):
                continue
            under_way.remove(line)
            start, end = -(-line.start // 5) * 5, line.now // 5 * 5
            start, end = start + -start % self.grid, end - end % self.grid
            if end - start >= self.stint:
                wanted[line.post, start:end] += 1
            if line.now < self.minutes - 2 * self.stint:
                under_way.append(self._line(line.post, line.now + 10))
        for crew in self.crews[:units]:
            self._pause(crew)
        return wanted

    def _line(self, post: int, now: int) -> _Line:
        now += -now % self.grid
        return _Line(post, now, now)

    def _relieve(self, line: _Line, units: int) -> bool:
        """Let the unit with the least time to lose take over a line; return whether there is one."""
        place = STATIONS + line.post
        options = []
        for i, crew in enumerate(self.crews[:units]):
            for brk in [None, *self._breaks(crew)]:
                now, at = (brk.leave, int(brk.place[1:])) if brk else (crew.now, crew.place)
                there = now + int(self.legs[at, place])
                lengths = range(self.stint, LONGEST + 1, self.grid)
                fits = [m for m in lengths if self._can_end(crew, line.now + m, place, crew.paused or bool(brk))]
                if there <= line.now and fits:
                    options.append((line.now - there + 20 * self.rng.random(), i, brk, fits))
        if not options:
            return False
        _, i, brk, fits = min(options, key=lambda x: x[:2])
        crew = self.crews[i]
        if brk is not None:
            crew.stops.append(brk)
            crew.paused = True
        length = fits[-1] if self.rng.random() < 0.4 else fits[int(self.rng.integers(len(fits)))]
        leave = min(line.now + length, self.minutes)
        crew.stops.append(Stop(f"P{place}", "stint", line.now, leave))
        crew.now, crew.place, line.now = leave, place, leave
        return True

    def _breaks(self, crew: _Unit) -> list[Stop]:
        """Return the breaks that a unit may take now."""
        rule, found = crew.unit.break_, []
        for at in rule.places if rule and not crew.paused else ():
            begin = max(crew.now + int(self.legs[crew.place, at]), rule.earliest + -rule.earliest % self.grid)
            end = begin + rule.minutes
            if end <= rule.latest and end + self.legs[at, crew.unit.destination] <= crew.unit.end:
                found.append(Stop(f"P{at}", "break", begin, end))
        return found

    def _can_end(self, crew: _Unit, now: int, place: int, paused: bool) -> bool:
        """Whether a unit at `place` can still take its break and be home in time."""
        if paused:
            return bool(now + self.legs[place, crew.unit.destination] <= crew.unit.end)
        return bool(self._breaks(_Unit(crew.unit, now, place, paused)))

    def _pause(self, crew: _Unit) -> None:
        """Let a unit take its break, if it still must."""
        if not crew.paused:
            brk = min(self._breaks(crew), key=lambda s: s.leave)
            crew.stops.append(brk)
            crew.now, crew.place, crew.paused = brk.leave, int(brk.place[1:]), True

    def patrol(self, first: int) -> tuple[Hotspot, ...]:
        """Let each unit from `first` on visit two hotspots in turn; return them, to be visited as often."""
        hotspots = []
        dwell = -(-DWELL // self.grid) * self.grid
        for i, crew in enumerate(self.crews[first:]):
            pair = [STATIONS + self.posts + 2 * i + k for k in range(2)]
            visits: dict[int, list[tuple[int, int]]] = {place: [] for place in pair}
            for turn in range(self.minutes):
                place = pair[turn % 2]
                if crew.unit.break_ and not crew.paused and crew.now + 60 > crew.unit.break_.earliest:
                    self._pause(crew)
                arrive = crew.now + int(self.legs[crew.place, place])
                if not self._can_end(crew, arrive + dwell, place, crew.paused):
                    break
                crew.stops.append(Stop(f"P{place}", "visit", arrive, arrive + dwell))
                crew.now, crew.place = arrive + dwell, place
                visits[place].append((arrive, arrive + dwell))
            self._pause(crew)
            for place, times in visits.items():
                ends = [0, *(leave for _, leave in times)]
                gaps = [a - b for (a, _), b in zip(times, ends, strict=False)] + [self.minutes - ends[-1]]
                every = max(gaps)
                hotspots.append(Hotspot(place, (1,), dwell, 0, 0, every=every, required=True))
        return tuple(hotspots)

    def do_tasks(self, most: int) -> tuple[Task, ...]:
        """Put tasks where units have time for them between two stops."""
        tasks = []
        first = len(self.legs) - most
        for crew in self.crews:
            for before, after in zip(crew.stops, crew.stops[1:], strict=False):
                if len(tasks) == most:
                    return tuple(tasks)
                place, length = first + len(tasks), -(-15 // self.grid) * self.grid
                out = int(self.legs[int(before.place[1:]), place])
                back = int(self.legs[place, int(after.place[1:])])
                begin = before.leave + out
                if begin + length + back <= after.arrive:
                    window = (max(begin - 10 * self.grid, 0), begin + 10 * self.grid)
                    tasks.append(Task(place, length, 0, (window,), required=True))
                    at = crew.stops.index(after)
                    crew.stops.insert(at, Stop(f"P{place}", "task", begin, begin + length))
                    break
        return tuple(tasks)

    def routes(self) -> tuple[Route, ...]:
        """Return the whole routes."""
        routes = []
        for crew in self.crews:
            u = crew.unit
            start = Stop(f"P{u.origin}", "standby", u.start, u.start)
            routes.append(Route(u.callsign, (start, *crew.stops, Stop(f"P{u.destination}", "standby", u.end, u.end))))
        return tuple(routes)

    def spare(self, wanted: int) -> float:
        """Return how much longer than the units' work and ways their shifts are, breaks taken off."""
        there = sum(c.unit.end - c.unit.start - (c.unit.break_.minutes if c.unit.break_ else 0) for c in self.crews)
        road = 0
        other = 0
        for crew in self.crews:
            places = [crew.unit.origin, *(int(s.place[1:]) for s in crew.stops), crew.unit.destination]
            road += sum(int(self.legs[a, b]) for a, b in pairwise(places))
            other += sum(s.leave - s.arrive for s in crew.stops if s.kind in ("visit", "task"))
        return there / (wanted + road + other) - 1

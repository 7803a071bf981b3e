"""The itinerary of a unit: its stops with coordinates and times that can be relied on.

A plan may have been edited by hand, so names may be unknown and times may go back.  Here is the one place
where exports find that out; whoever has an `Itinerary` has places that exist and times that rise.  Whether
the rules of the problem are kept is for `solver.check` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solver.duty_span import route_duty
from solver.on_call import on_call
from solver.plan import STOP_KINDS, Plan, Route, Stop
from solver.problem import Place, Problem, Unit


class ExportError(ValueError):
    """A plan that cannot be exported; `errors` lists every reason."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("\n".join(errors))


@dataclass(frozen=True)
class Halt:
    """A stop and the place where it is; `number` counts the stops of the unit from 1.

    The unit gets there at `begin` and goes away from `end`, (longitude, latitude).  It goes from one to the other,
    `along` a stretch of street, when it visits one, and stands at one point otherwise.
    """

    number: int
    stop: Stop
    place: Place
    begin: tuple[float, float]
    end: tuple[float, float]
    along: bool

    @property
    def minutes(self) -> int:
        """How long the unit stands here."""
        return self.stop.leave - self.stop.arrive


@dataclass(frozen=True)
class Itinerary:
    """A unit and where it halts, in order; there is at least one halt.

    `duty` is from when to when it is on duty: its shift, unless it chooses its duty; None where it then has none.
    `on_call` says whether it stays at its station while others of its callout go out.
    """

    unit: Unit
    halts: tuple[Halt, ...]
    duty: tuple[int, int] | None
    on_call: bool = False

    def moves(self) -> Iterator[tuple[Halt, Halt]]:
        """Yield each halt with the next one, where the two are at different places."""
        for a, b in zip(self.halts, self.halts[1:], strict=False):
            if a.place != b.place:
                yield a, b


def itinerary(problem: Problem, plan: Plan, callsign: str) -> Itinerary:
    """Return the itinerary of the unit called `callsign`.

    Raises
    ------
    ExportError
        When the plan has no route of it, or the route cannot be shown.
    """
    routes = [r for r in plan.routes if r.callsign == callsign]
    if not routes:
        known = ", ".join(r.callsign for r in plan.routes) or "nobody"
        raise ExportError([f"the plan has no route of {callsign!r}; it has routes of {known}"])
    return _itineraries(problem, routes)[0]


def itineraries(problem: Problem, plan: Plan) -> tuple[Itinerary, ...]:
    """Return the itinerary of every route of `plan`, in the order of the plan.

    Raises
    ------
    ExportError
        When a route cannot be shown; it lists what is wrong with all of them.
    """
    return _itineraries(problem, list(plan.routes))


def _itineraries(problem: Problem, routes: list[Route]) -> tuple[Itinerary, ...]:
    """Return the itineraries of `routes`, or raise with everything wrong in any of them."""
    units = {u.callsign: u for u in problem.units}
    places = {p.name: p for p in problem.places}
    errors = [e for r in routes for e in _errors(r, units, places, problem.minutes)]
    seen: set[str] = set()
    for r in routes:
        if r.callsign in seen:
            errors.append(f"{r.callsign}: the plan has more than one route of it; keep one")
        seen.add(r.callsign)
    if errors:
        raise ExportError(errors)
    found = [(units[r.callsign], r) for r in routes]
    waiting = on_call(problem, routes)
    return tuple(
        Itinerary(unit, tuple(_halts(r, places)), route_duty(problem, unit, r), r.callsign in waiting)
        for unit, r in found
    )


def _halts(route: Route, places: dict[str, Place]) -> Iterator[Halt]:
    """Yield the halts of a route."""
    before: Halt | None = None
    for i, stop in enumerate(route.stops):
        place = places[stop.place]
        begin = before.end if before is not None and before.place == place else (place.lon, place.lat)
        before = Halt(i + 1, stop, place, begin, begin, along=False)
        fresh = begin == (place.lon, place.lat)
        if place.exit is not None and fresh and stop.kind == "visit" and stop.leave > stop.arrive:
            before = Halt(i + 1, stop, place, begin, (place.exit[1], place.exit[0]), along=True)
        yield before


def _errors(route: Route, units: dict[str, Unit], places: dict[str, Place], minutes: int) -> Iterator[str]:
    """Yield every reason why `route` cannot be shown."""
    if route.callsign not in units:
        yield f"{route.callsign}: the problem has no such unit"
    if not route.stops:
        yield f"{route.callsign}: has no stops"
    before: Stop | None = None
    for i, stop in enumerate(route.stops):
        where = f"{route.callsign}, stop {i + 1}"
        if stop.place not in places:
            yield f"{where}: the problem has no place {stop.place!r}"
        if stop.kind not in STOP_KINDS:
            yield f"{where}: there is no kind of stop {stop.kind!r}; use one of {', '.join(STOP_KINDS)}"
        if not 0 <= stop.arrive <= stop.leave <= minutes:
            yield f"{where}: times {stop.arrive} to {stop.leave} must rise and lie in 0 to {minutes}"
        elif before is not None and stop.arrive < before.leave:
            yield f"{where}: arrives in minute {stop.arrive}, before it leaves stop {i} in minute {before.leave}"
        elif before is not None and stop.arrive == before.leave and stop.place != before.place:
            yield f"{where}: arrives at {stop.place!r} in the minute in which it leaves {before.place!r}"
        before = stop

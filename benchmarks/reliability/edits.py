"""Every small edit of a plan: of each field of each stop, route, shortfall and claim, and of their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import get_args

from solver.plan import STOP_KINDS, Mark, Plan, Reason, Route, Shortfall, Stop
from solver.problem import Problem

Pick = Callable[[int, int], int]


class Edits:
    """The edits of one plan; `pick` makes the choices that there are too many of."""

    def __init__(self, problem: Problem, plan: Plan, pick: Pick) -> None:
        self.problem, self.plan, self.pick = problem, plan, pick
        self.names = [p.name for p in problem.places]

    def of_routes(self) -> Iterator[tuple[str, Plan]]:
        """Yield what kind of edit it is, and a plan with other routes that says of itself what it said before."""
        for i, route in enumerate(self.plan.routes):
            for k, stop in enumerate(route.stops):
                yield from self._of_stop(i, k, stop)
            yield from self._of_route(i, route)
        routes = list(self.plan.routes)
        if len(routes) > 1:
            a, b = routes[0], routes[-1]
            yield (
                "units exchanged",
                self._routes([replace(a, callsign=b.callsign), *routes[1:-1], replace(b, callsign=a.callsign)]),
            )
            yield "order of routes", self._routes(routes[::-1])

    def of_claims(self) -> Iterator[tuple[str, Plan]]:
        """Yield what kind of edit it is, and a plan of the same routes that says something else of itself."""
        plan = self.plan
        yield "fingerprint", plan.replace(fingerprint=plan.fingerprint[:-1] + "x")
        yield "fingerprint", plan.replace(fingerprint="")
        for value in {plan.value + 1, plan.value - 1, 0, -plan.value, plan.value * 2, 10**14} - {plan.value}:
            yield "value", plan.replace(value=value)
        for bound in (None, plan.value, plan.value - 1, plan.value + 1, 0, -1):
            yield "bound", plan.replace(bound=bound)
        yield "status, seed, notes", plan.replace(status="optimal", seed=plan.seed + 1, parameters={"x": 1})
        yield "status, seed, notes", plan.replace(versions={}, history=(Mark(None, 1, 0, 0, 0),))
        for n, s in enumerate(plan.shortfalls):
            yield from self._of_shortfall(n, s)
        yield from self._false_shortfalls()

    def _of_stop(self, i: int, k: int, stop: Stop) -> Iterator[tuple[str, Plan]]:
        """Edit one stop: its fields, and its place in the order."""
        g, stops = self.problem.grid, self.plan.routes[i].stops
        for step in {g, -g, 1, -1, g * self.pick(2, 9), -g * self.pick(2, 9)}:
            yield "arrival", self._stop(i, k, replace(stop, arrive=stop.arrive + step))
            yield "departure", self._stop(i, k, replace(stop, leave=stop.leave + step))
            yield "both times", self._stop(i, k, replace(stop, arrive=stop.arrive + step, leave=stop.leave + step))
        yield "both times", self._stop(i, k, replace(stop, arrive=stop.leave, leave=stop.arrive))
        yield "stop of no length", self._stop(i, k, replace(stop, leave=stop.arrive))
        for name in self.names:
            if name != stop.place:
                yield "place", self._stop(i, k, replace(stop, place=name))
        for name in {"", "Nowhere", f"{stop.place} ", stop.place.swapcase()} - {*self.names}:
            yield "unknown place", self._stop(i, k, replace(stop, place=name))
        for kind in STOP_KINDS:
            if kind != stop.kind:
                yield "kind", self._stop(i, k, replace(stop, kind=kind))
        yield "unknown kind", self._stop(i, k, replace(stop, kind=stop.kind.upper()))
        yield "stop left out", self._stops(i, [*stops[:k], *stops[k + 1 :]])
        yield "stop twice", self._stops(i, [*stops[: k + 1], *stops[k:]])
        half = stop.arrive + (stop.leave - stop.arrive) // 2
        cut = [replace(stop, leave=half), replace(stop, arrive=half)]
        yield "stop cut in two", self._stops(i, [*stops[:k], *cut, *stops[k + 1 :]])
        yield from self._with_neighbours(i, k, stop)

    def _with_neighbours(self, i: int, k: int, stop: Stop) -> Iterator[tuple[str, Plan]]:
        """Exchange a stop with the next one, put another one between them, or give it to another unit."""
        g, stops, routes = self.problem.grid, self.plan.routes[i].stops, self.plan.routes
        if k + 1 < len(stops):
            then = stops[k + 1]
            yield "stops exchanged", self._stops(i, [*stops[:k], then, stop, *stops[k + 2 :]])
            there = (replace(stop, place=then.place, kind=then.kind), replace(then, place=stop.place, kind=stop.kind))
            yield "stops exchanged", self._stops(i, [*stops[:k], *there, *stops[k + 2 :]])
            merged = replace(stop, leave=then.leave)
            yield "stops merged", self._stops(i, [*stops[:k], merged, *stops[k + 2 :]])
        begin = stop.leave + g * self.pick(0, 2)
        more = Stop(
            self.names[self.pick(0, len(self.names) - 1)],
            STOP_KINDS[self.pick(0, len(STOP_KINDS) - 1)],
            begin,
            begin + g * self.pick(0, 3),
        )
        yield "stop more", self._stops(i, [*stops[: k + 1], more, *stops[k + 1 :]])
        if len(routes) > 1:
            j = (i + 1) % len(routes)
            mine = Route(routes[i].callsign, (*stops[:k], *stops[k + 1 :]))
            theirs = Route(
                routes[j].callsign, tuple(sorted((*routes[j].stops, stop), key=lambda s: (s.arrive, s.leave)))
            )
            changed = {i: mine, j: theirs}
            yield "stop of another unit", self._routes([changed.get(n, r) for n, r in enumerate(routes)])

    def _of_route(self, i: int, route: Route) -> Iterator[tuple[str, Plan]]:
        """Edit one route as a whole."""
        routes, g = list(self.plan.routes), self.problem.grid
        yield "callsign", self._routes([*routes[:i], replace(route, callsign="Nobody"), *routes[i + 1 :]])
        yield "callsign", self._routes([*routes[:i], replace(route, callsign=f"{route.callsign} "), *routes[i + 1 :]])
        yield "route left out", self._routes([*routes[:i], *routes[i + 1 :]])
        yield "route twice", self._routes([*routes, route])
        yield "route without stops", self._stops(i, [])
        yield "route backwards", self._stops(i, route.stops[::-1])
        for step in (g, -g):
            late = [replace(s, arrive=s.arrive + step, leave=s.leave + step) for s in route.stops]
            yield "route shifted", self._stops(i, late)
        for other in routes:
            if other.callsign != route.callsign:
                yield "route of another unit", self._stops(i, other.stops)

    def _of_shortfall(self, n: int, s: Shortfall) -> Iterator[tuple[str, Plan]]:
        """Edit one shortfall."""
        told = self.plan.shortfalls
        others = (*told[:n], *told[n + 1 :])
        yield "shortfall left out", self.plan.replace(shortfalls=others)
        yield "shortfall twice", self.plan.replace(shortfalls=(*told, s))
        edited = [replace(s, start=s.start + d) for d in (1, -1)] + [replace(s, end=s.end + d) for d in (1, -1)]
        edited += [replace(s, missing=s.missing + d) for d in (1, -1, 5)]
        edited += [replace(s, place=name) for name in (*self.names, "Nowhere") if name != s.place]
        edited += [replace(s, rule=rule) for rule in ("post", "revisit", "task", "dog") if rule != s.rule]
        edited += [replace(s, reason="rain"), replace(s, start=s.end, end=s.start)]
        for changed in edited:
            yield "shortfall", self.plan.replace(shortfalls=(*others, changed))
        for reason in get_args(Reason):
            yield "reason, cure, order", self.plan.replace(shortfalls=(replace(s, reason=reason, cure=""), *others))
        if s.end - s.start > 1:
            halves = (replace(s, end=s.start + 1), replace(s, start=s.start + 1))
            yield "shortfall cut in two", self.plan.replace(shortfalls=(*others, *halves))

    def _false_shortfalls(self) -> Iterator[tuple[str, Plan]]:
        """Declare what is not so."""
        for place in self.names:
            for rule in ("post", "revisit", "task"):
                start = self.pick(0, self.problem.minutes - 1)
                more = Shortfall(place, start, start + 1, 1, "cannot reach in time", "", rule)
                yield "shortfall more", self.plan.replace(shortfalls=(*self.plan.shortfalls, more))

    def _stop(self, i: int, k: int, stop: Stop) -> Plan:
        """Return the plan with another stop in a route."""
        stops = self.plan.routes[i].stops
        return self._stops(i, [*stops[:k], stop, *stops[k + 1 :]])

    def _stops(self, i: int, stops: Sequence[Stop]) -> Plan:
        """Return the plan with other stops in a route."""
        routes = list(self.plan.routes)
        routes[i] = replace(routes[i], stops=tuple(stops))
        return self._routes(routes)

    def _routes(self, routes: Sequence[Route]) -> Plan:
        """Return the plan with other routes."""
        return self.plan.replace(routes=tuple(routes))

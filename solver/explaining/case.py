"""A problem and a plan to be explained, and what explanations share: scores, boards, ways, and changes of one route."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from solver.check import check
from solver.explaining.access import Doors, Work
from solver.explaining.answers import Change, Explanation, Kind, Price, Shift
from solver.explaining.board import Course, Ledger, Worth
from solver.explaining.detours import Detours, Stays, route_of
from solver.explaining.held import Held
from solver.plan import Plan, Route
from solver.problem import LAYERS, Problem
from solver.score import Scorecard, score
from solver.shortfalls import find_shortfalls
from solver.weights import weights
from solver.whereabouts import Stay, Whereabouts, whereabouts
from solver.wording import Times

_TRIED = 40
"""Changes that look best and are then scored and checked, until one passes."""

Span = tuple[int, int]

Resolve = Callable[[Problem, Plan], Plan | None]
"""Makes a plan, beginning with another one; whoever gives it decides how long it takes, None when time is over."""

Accept = Callable[[int, Worth, Stays], bool]


class Case:
    """A plan to be explained.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Any plan; changes are tried on routes that keep their rules.
    resolve : callable, optional
        Makes a plan of a changed problem; without it, what needs that is left out.
    """

    def __init__(self, problem: Problem, plan: Plan, resolve: Resolve | None = None) -> None:
        self.problem, self.plan, self.resolve = problem, plan, resolve
        self.units: tuple[Whereabouts, ...] = whereabouts(problem, plan.routes)
        self.times = Times(problem)
        self.weights = weights(problem)
        self.doors = Doors(problem)

    @cached_property
    def card(self) -> Scorecard:
        """The score of the plan."""
        return score(self.problem, self.plan)

    @cached_property
    def ledger(self) -> Ledger:
        """What all units cover."""
        return Ledger(self.problem, self.units)

    @cached_property
    def held(self) -> Held:
        """What units are held to: locks, and staying on call."""
        return Held(self.problem, self.plan.routes, self.ledger.legs)

    @cached_property
    def broken(self) -> frozenset[tuple[str, str | None, str | None, int | None]]:
        """What rules the plan itself breaks."""
        return frozenset((v.code, v.callsign, v.place, v.minute) for v in check(self.problem, self.plan))

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The units whose routes break rules: no changes are tried of them."""
        return frozenset(callsign for _, callsign, _, _ in self.broken if callsign is not None)

    def name(self, place: int) -> str:
        """Return the name of a place."""
        return self.problem.places[place].name

    def explained(
        self,
        kind: Kind,
        name: str,
        span: Span | None,
        reasons: Sequence[str],
        facts: Mapping[str, Any],
        changes: Sequence[Change] = (),
    ) -> Explanation:
        """Return an explanation."""
        return Explanation(kind, name, span, tuple(reasons), facts, tuple(changes), self.weights.full)

    def price(self, card: Scorecard) -> Price:
        """Return what a plan with this score costs beside the present one."""
        by = self.weights.multipliers
        layers = {layer: by[layer] * (card.covered[layer] - self.card.covered[layer]) for layer in LAYERS}
        return Price(card.missing - self.card.missing, card.value - self.card.value, layers)

    def with_routes(self, routes: Sequence[Route]) -> Plan:
        """Return a plan of these routes that claims what they cover and lack."""
        found = tuple(routes)
        made = self.plan.replace(
            fingerprint=self.problem.fingerprint(),
            routes=found,
            shortfalls=find_shortfalls(self.problem, found),
            bound=None,
        )
        return made.replace(value=score(self.problem, made).value)

    def breaks_more(self, plan: Plan) -> bool:
        """Whether a changed plan breaks a rule that the present one does not."""
        found = {(v.code, v.callsign, v.place, v.minute) for v in check(self.problem, plan)}
        return bool(found - self.broken)

    def changed(self, u: int, stays: Stays) -> Plan:
        """Return the plan with another route of unit `u`."""
        callsign = self.problem.units[u].callsign
        new = route_of(self.problem, callsign, stays)
        known = {route.callsign: route for route in reversed(self.plan.routes)} | {callsign: new}
        order = [unit.callsign for unit in self.problem.units]
        return self.with_routes([known[c] for c in order if c in known])

    def routes_around(
        self, works: Sequence[Work], *, units: Sequence[int] | None = None, span: Span | None = None
    ) -> Iterator[tuple[Worth, int, Stay, Stays]]:
        """Yield every route that does one of `works`: what the plan gains by it, the unit, the stop, and the route.

        Locks are kept, and who has to stay on call does.

        Parameters
        ----------
        works : sequence of Work
        units : sequence of int, optional
            Of which units; of all without it.
        span : (int, int), optional
            Minutes that the stop overlaps.
        """
        for u in range(len(self.units)) if units is None else units:
            who = self.units[u]
            if not who.stays or who.unit.callsign in self.wrong:
                continue
            board = self.ledger.board(u)
            course = Course(board, who.stays)
            detours = Detours(self.problem, who.unit, board.leg, who.stays)
            stays_put = self.held.stays(who.unit.callsign)
            for work in works:
                if (stays_put and work.kind != "standby") or not self.doors.access(who.unit, work).can:
                    continue
                for place in work.places:
                    if work.kind != "standby" and not self.problem.may_work(who.unit, place):
                        continue
                    for t in self._begins(u, place, work):
                        if span is not None and not (t < span[1] and t + work.minutes > span[0]):
                            continue
                        new = Stay(place, work.kind, t, t + work.minutes)
                        for detour in detours.around(new):
                            route = detours.route(detour)
                            if self.held.keeps(u, route):
                                yield course.gain(*detour), u, _holding(new, detour.stops), route

    def _begins(self, u: int, place: int, work: Work) -> Sequence[int]:
        """Return the minutes in which unit `u` may begin some work: all, but where only tasks count those that decide.

        Where nothing depends on the minute, it is as soon as the unit can be there, or as late as it can leave.
        """
        who = self.units[u]
        times = self.doors.times(who.unit, place, work)
        if work.kind != "task" or self.problem.demand or self.problem.hotspots or self.problem.goals["district"]:
            return times
        legs, grid = self.ledger.board(u).leg, self.problem.grid
        edges = {t for span in work.begins for t in span} | set(times[:1]) | set(times[-1:])
        edges |= {s.leave + legs[s.place][place] for s in who.stays}
        edges |= {s.arrive - legs[place][s.place] - work.minutes for s in who.stays}
        edges |= {t + -t % grid for t in edges} | {t - t % grid for t in edges}
        known = set(times)
        return sorted(edges & known)

    def cheapest(
        self,
        works: Sequence[Work],
        *,
        units: Sequence[int] | None = None,
        span: Span | None = None,
        accept: Accept | None = None,
    ) -> Change | None:
        """Return the change of one unit's route that does one of `works` and leaves the best plan, scored and checked.

        None where no changed route does it, keeps every rule, and is accepted by `accept`, which is given the unit,
        what is gained, and the route.
        """
        order = count()
        found = (
            # Of equally good ones the shortest stop, and the first.
            (worth, stop.arrive - stop.leave, -next(order), u, stop, stays)
            for worth, u, stop, stays in self.routes_around(works, units=units, span=span)
            if accept is None or accept(u, worth, stays)
        )
        for *_, u, stop, stays in heapq.nlargest(_TRIED, found, key=lambda x: x[:3]):
            plan = self.changed(u, stays)
            if not self.breaks_more(plan):
                return self.change(u, stop, stays, plan)
        return None

    def change(self, u: int, stop: Stay, stays: Stays, plan: Plan) -> Change:
        """Return a changed route as a change, with the price that `solver.score` finds; `stop` is what is new in it."""
        who = self.units[u]
        pairs = _pairs(who.stays, stays, stop)
        was = next((list(old[2:]) for old, now in pairs.items() if now == stop), None)
        return Change(
            code="insert",
            callsign=who.unit.callsign,
            place=self.name(stop.place),
            kind=stop.kind,
            start=stop.arrive,
            end=stop.leave,
            price=self.price(score(self.problem, plan)),
            shifts=tuple(self._shifts(who.stays, stays, pairs, stop)),
            details={} if was is None else {"was": was},
            plan=plan,
        )

    def _shifts(self, before: Stays, after: Stays, pairs: Mapping[Stay, Stay], new: Stay) -> Iterator[Shift]:
        """Yield the stops that are no longer what they were, but for the new one, in order of time."""
        found = []
        for s in before:
            if s not in after and s.leave > s.arrive and pairs.get(s) != new:
                now = pairs.get(s)
                found.append(Shift(self.name(s.place), s.kind, s[2:], None if now is None else now[2:]))
        made = set(pairs.values()) | set(before) | {new}
        found += [Shift(self.name(s.place), s.kind, None, s[2:]) for s in after if s not in made and s.leave > s.arrive]
        yield from sorted(found, key=lambda shift: shift.was or shift.now or (0, 0))


def _pairs(before: Stays, after: Stays, new: Stay) -> dict[Stay, Stay]:
    """Return what changed stops have become: the nearest in time of their place and kind, the new one if they meet."""
    old = [s for s in before if s not in after and s.leave > s.arrive]
    left = [s for s in after if s not in before and s.leave > s.arrive]
    distances = sorted(
        (abs(a.arrive - b.arrive) + abs(a.leave - b.leave), a, b)
        for a in old
        for b in left
        if a.kind == b.kind and (a.place == b.place or a.kind == "break") and _near(a, b, meet=b == new)
    )
    found: dict[Stay, Stay] = {}
    for _, a, b in distances:
        if a not in found and b not in found.values():
            found[a] = b
    return found


def _holding(new: Stay, stops: Stays) -> Stay:
    """Return the stop of a detour that holds `new`: it may last longer, or be one with another."""
    return next(
        s for s in stops if s[:2] == new[:2] and s.arrive <= new.arrive and new.leave <= s.leave and s.leave > s.arrive
    )


def _near(a: Stay, b: Stay, *, meet: bool) -> bool:
    """Whether two stops are about the same time, or have minutes in common: one of them is the other, moved."""
    apart = 0 if meet else 60
    return a.kind == "break" or (a.arrive < b.leave + apart and b.arrive < a.leave + apart)


def overlap(spans: Sequence[Span], span: Span | None) -> list[Span]:
    """Return the parts of `spans` that lie within `span`."""
    if span is None:
        return list(spans)
    cut = [(max(a, span[0]), min(b, span[1])) for a, b in spans]
    return [(a, b) for a, b in cut if a < b]


def without_route(plan: Plan, callsign: str) -> Plan:
    """Return a plan without the route of a unit."""
    return replace(plan, routes=tuple(r for r in plan.routes if r.callsign != callsign))

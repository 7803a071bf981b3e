"""Whether a plan keeps every rule: an independent reading of ``docs/model.md``.

`check` trusts nothing that made the plan: legs are recomputed from the seconds of travel, posts are counted
minute by minute, what the plan claims (shortfalls, value) is compared with what its routes do.  It takes any
plan, also one edited by hand, never raises on one, and reports every violation at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from solver.plain_text import one_line
from solver.plan import STOP_KINDS, Plan, Reason, Route, Stop
from solver.problem import Post, Problem, Unit
from solver.score import score
from solver.wording import Times, any_of, minutes_text, units_text, whom_it_admits

VIOLATIONS: dict[str, str] = {
    "wrong_problem": "The plan was made for another problem.",
    "unknown_unit": "A route is of a unit that is not on the roster.",
    "duplicate_route": "A unit has more than one route.",
    "missing_route": "A unit of the roster has no route, or one without stops.",
    "unknown_place": "A stop or a shortfall is at a place that the problem does not have.",
    "unknown_kind": "A stop is neither visit, stint, break nor standby.",
    "wrong_place": "A visit is not at a hotspot, or a stint is not at a post.",
    "wrong_start": "A route does not begin at the unit's origin at the start of its shift.",
    "wrong_end": "A route does not end at the unit's destination at the end of its shift.",
    "outside_shift": "A stop lies outside the unit's shift.",
    "off_grid": "A time is not a multiple of the grid.",
    "times_out_of_order": "A stop ends before it begins, or begins before the one before it ends.",
    "too_fast": "Between two stops there is less time than the leg takes.",
    "no_way": "Between two stops there is no way for the unit's mode.",
    "visit_too_short": "A visit is shorter than the hotspot's dwell.",
    "stint_too_short": "A stint is shorter than the post's least stint.",
    "post_not_admitted": "A unit on a stint has not the mode or the skills that the post asks for.",
    "break_missing": "A unit that has a break takes none.",
    "break_extra": "A unit takes more breaks than it has.",
    "break_length": "A break is not exactly as long as it must be.",
    "break_outside_window": "A break begins or ends outside its window.",
    "break_wrong_place": "A break is not at one of its places.",
    "post_shortfall": "A post lacks units and the plan does not say so.",
    "false_shortfall": "The plan declares a shortfall that is none.",
    "unknown_reason": "The reason of a shortfall is not one of those there are.",
    "wrong_value": "The plan's value is not what its routes cover.",
    "bound_below_value": "The plan's bound is below what its routes cover, so it bounds nothing.",
}
"""Every code that `check` reports, and what it means."""


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks.

    `code` is a key of `VIOLATIONS`, `message` says what is wrong and what would be right; `callsign`,
    `place` and `minute` say where, each None when it does not apply.
    """

    code: str
    message: str
    callsign: str | None = None
    place: str | None = None
    minute: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return every rule that `plan` breaks; nothing when it keeps them all.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Any plan; a right one may still declare shortfalls.
    """
    judge = _Judge(problem, plan)
    found = (
        *judge.fingerprint(),
        *judge.roster(),
        *(v for route in plan.routes if route.callsign in judge.units for v in judge.route(route)),
        *judge.shortfalls(),
        *judge.claims(),
    )
    # Names may hold anything; messages are for terminals and files.
    return tuple(replace(v, message=one_line(v.message)) for v in found)


class _Judge:
    """One plan held against one problem: each method yields the violations of one kind of rule."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.times = Times(problem)
        self.units = {u.callsign: u for u in problem.units}
        self.places = {p.name: i for i, p in enumerate(problem.places)}
        self.dwell = {h.place: h.dwell for h in problem.hotspots}
        self.posts = {q.place: q for q in problem.posts}

    @cached_property
    def at_posts(self) -> Counter[tuple[int, int]]:
        """Units on valid stints by (place, minute)."""
        present: set[tuple[int, int, str]] = set()
        for route in _first_routes(self.plan.routes):
            unit = self.units.get(route.callsign)
            for s in route.stops if unit else ():
                place = self.places.get(s.place, -1)
                post = self.posts.get(place)
                if s.kind != "stint" or post is None or unit is None or not post.admits(unit):
                    continue
                if unit.start <= s.arrive and s.leave <= unit.end and s.leave - s.arrive >= post.stint:
                    present.update((place, t, unit.callsign) for t in range(s.arrive, s.leave))
        return Counter((place, t) for place, t, _ in present)

    def fingerprint(self) -> Iterator[Violation]:
        """Demand that the plan was made for this problem."""
        ours = self.problem.fingerprint()
        if self.plan.fingerprint != ours:
            yield Violation(
                "wrong_problem",
                f"the plan was made for a problem with fingerprint {self.plan.fingerprint}, this one has {ours}; "
                "check it against its own problem.json",
            )

    def roster(self) -> Iterator[Violation]:
        """Demand one route of every unit, and none of anyone else."""
        seen = Counter(route.callsign for route in self.plan.routes)
        known = any_of(list(self.units))
        for callsign, number in seen.items():
            if callsign not in self.units:
                text = f"a route is of {callsign!r}, which is not on the roster; units are {known}"
                yield Violation("unknown_unit", text, callsign)
            elif number > 1:
                text = f"{callsign} has {number} routes, of which only the first counts; leave one"
                yield Violation("duplicate_route", text, callsign)
        for callsign in self.units:
            if callsign not in seen:
                yield Violation("missing_route", f"{callsign} has no route; every unit needs one", callsign)

    def route(self, route: Route) -> Iterator[Violation]:
        """Demand that a route keeps its shift, its times, its legs, its break, and the rules of every stop."""
        unit = self.units[route.callsign]
        if not route.stops:
            yield Violation(
                "missing_route",
                f"{unit.callsign}'s route has no stops; the least is standby at its station for its shift, "
                f"{self.times.span(unit.start, unit.end)}",
                unit.callsign,
            )
            return
        yield from self._ends(unit, route)
        for stop in route.stops:
            yield from self._stop(unit, stop)
        for before, after in zip(route.stops, route.stops[1:], strict=False):
            yield from self._leg(unit, before, after)
        yield from self._break(unit, [s for s in route.stops if s.kind == "break"])

    def _ends(self, unit: Unit, route: Route) -> Iterator[Violation]:
        """Demand that a route begins and ends where and when the shift does."""
        for code, stop, minute, wanted, place, verb in (
            ("wrong_start", route.stops[0], route.stops[0].arrive, unit.start, unit.origin, "begin"),
            ("wrong_end", route.stops[-1], route.stops[-1].leave, unit.end, unit.destination, "end"),
        ):
            name = self.problem.places[place].name
            if minute != wanted or self.places.get(stop.place) != place:
                yield Violation(
                    code,
                    f"{unit.callsign}'s route {verb}s at {stop.place} at {self.times.at(minute)}; "
                    f"it must {verb} at {name} at {self.times.at(wanted)}",
                    unit.callsign,
                    stop.place,
                    minute,
                )

    def _stop(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand a known kind and place, times on the grid and in the shift, and what the kind asks for."""
        who, at, span = unit.callsign, (unit.callsign, stop.place, stop.arrive), self._span(stop)
        if stop.place not in self.places:
            text = f"{who} stops at {stop.place!r} {span}, a place that the problem does not have"
            yield Violation("unknown_place", text, *at)
        if stop.kind not in STOP_KINDS:
            text = f"{who}'s stop at {stop.place} {span} is a {stop.kind!r}; use {any_of(STOP_KINDS)}"
            yield Violation("unknown_kind", text, *at)
        grid = self.problem.grid
        if stop.arrive % grid or stop.leave % grid:
            text = (
                f"{who} is at {stop.place} {span}; minutes {stop.arrive} and {stop.leave} must be multiples of {grid}"
            )
            yield Violation("off_grid", text, *at)
        if stop.leave < stop.arrive:
            text = f"{who} leaves {stop.place} at {self.times.at(stop.leave)}, before it arrives at "
            yield Violation("times_out_of_order", text + self.times.at(stop.arrive), *at)
        if stop.arrive < unit.start or stop.leave > unit.end:
            text = f"{who} is at {stop.place} {span}, outside its shift {self.times.span(unit.start, unit.end)}"
            yield Violation("outside_shift", text, *at)
        if stop.kind == "visit":
            yield from self._visit(unit, stop)
        elif stop.kind == "stint":
            yield from self._stint(unit, stop)

    def _visit(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a visit is at a hotspot and lasts its dwell."""
        at = (unit.callsign, stop.place, stop.arrive)
        place = self.places.get(stop.place, -1)
        dwell = self.dwell.get(place)
        if dwell is None:
            if place >= 0:
                text = f"{unit.callsign} visits {stop.place} {self._span(stop)}, which is no hotspot; make it standby"
                yield Violation("wrong_place", text, *at)
        elif stop.leave - stop.arrive < dwell:
            yield Violation(
                "visit_too_short",
                f"{unit.callsign} visits {stop.place} {self._span(stop)}, {minutes_text(stop.leave - stop.arrive)}; "
                f"a visit there takes {minutes_text(dwell)} or more: stay until {self.times.at(stop.arrive + dwell)} "
                "or make it standby",
                *at,
            )

    def _stint(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a stint is at a post that admits the unit, and lasts as long as the post asks."""
        who, at = unit.callsign, (unit.callsign, stop.place, stop.arrive)
        place = self.places.get(stop.place, -1)
        post = self.posts.get(place)
        if post is None:
            if place >= 0:
                text = f"{who} is on a stint at {stop.place} {self._span(stop)}, which is no post; make it standby"
                yield Violation("wrong_place", text, *at)
            return
        if stop.leave - stop.arrive < post.stint:
            yield Violation(
                "stint_too_short",
                f"{who} is on a stint at {stop.place} {self._span(stop)}, {minutes_text(stop.leave - stop.arrive)}; "
                f"a stint there takes {minutes_text(post.stint)} or more: stay until "
                f"{self.times.at(stop.arrive + post.stint)} or make it standby",
                *at,
            )
        if not post.admits(unit):
            text = f"{who} ({_described(unit)}) is on a stint at {stop.place}, which asks for {whom_it_admits(post)}"
            yield Violation("post_not_admitted", text, *at)

    def _leg(self, unit: Unit, before: Stop, after: Stop) -> Iterator[Violation]:
        """Demand time for the leg between two stops, rounded up to the grid."""
        who, at = unit.callsign, (unit.callsign, after.place, after.arrive)
        leaves, arrives = self.times.at(before.leave), self.times.at(after.arrive)
        if after.arrive < before.leave:
            text = f"{who} arrives at {after.place} at {arrives}, before it leaves {before.place} at {leaves}"
            yield Violation("times_out_of_order", text, *at)
        start, end = self.places.get(before.place), self.places.get(after.place)
        if start is None or end is None or start == end:
            return
        seconds = int(self.problem.travel[unit.mode][start, end])
        if seconds < 0:
            text = f"{who} has no way from {before.place} to {after.place} by {unit.mode}"
            yield Violation("no_way", text, *at)
            return
        grid = self.problem.grid
        # Rounded up to the grid, and never less than one step of it.
        leg = max(-(-seconds // (60 * grid)), 1) * grid
        if before.leave <= after.arrive < before.leave + leg:
            text = (
                f"{who} leaves {before.place} at {leaves} and arrives at {after.place} at {arrives}, but the way takes "
                f"{minutes_text(leg)} by {unit.mode}; arrive at {self.times.at(before.leave + leg)} or later"
            )
            yield Violation("too_fast", text, *at)

    def _break(self, unit: Unit, breaks: list[Stop]) -> Iterator[Violation]:
        """Demand exactly one break of a unit that has one: its length, its window, one of its places."""
        who, rule = unit.callsign, unit.break_
        for stop in breaks[1 if rule else 0 :]:
            allowed = "only one" if rule else "none"
            text = f"{who} takes a break at {stop.place} {self._span(stop)}, but it has {allowed}; make it standby"
            yield Violation("break_extra", text, who, stop.place, stop.arrive)
        if rule is None:
            return
        window = self.times.span(rule.earliest, rule.latest)
        if not breaks:
            text = f"{who} takes no break; it must take one of {minutes_text(rule.minutes)} within {window}"
            yield Violation("break_missing", text, who)
        for stop in breaks[:1]:
            text, at = f"{who}'s break at {stop.place} {self._span(stop)}", (who, stop.place, stop.arrive)
            if stop.leave - stop.arrive != rule.minutes:
                right = f"lasts {minutes_text(stop.leave - stop.arrive)}; it must last {minutes_text(rule.minutes)}"
                yield Violation("break_length", f"{text} {right}", *at)
            if stop.arrive < rule.earliest or stop.leave > rule.latest:
                yield Violation("break_outside_window", f"{text} must lie within {window}", *at)
            if self.places.get(stop.place, -1) not in rule.places:
                names = any_of([self.problem.places[i].name for i in rule.places])
                yield Violation("break_wrong_place", f"{text} must be at {names}", *at)

    def shortfalls(self) -> Iterator[Violation]:
        """Demand that each post is manned as wanted in every minute, or that the plan says by how much not."""
        yield from self._shortfall_texts()
        for place, post in self.posts.items():
            name = self.problem.places[place].name
            lacks, says = self._lacking(place, post), self._declared(name)
            for start, end, (lack, said) in _runs(list(zip(lacks, says, strict=True))):
                span = self.times.span(start, end)
                if lack > said:
                    text = f"{name} lacks {units_text(lack)} {span} and the plan declares {said or 'none'}"
                    yield Violation("post_shortfall", text, None, name, start)
                elif said > lack:
                    text = (
                        f"the plan declares that {name} lacks {units_text(said)} {span}, but it lacks {lack or 'none'}"
                    )
                    yield Violation("false_shortfall", text, None, name, start)

    def _shortfall_texts(self) -> Iterator[Violation]:
        """Demand that a shortfall names a post and a reason there is, and an interval of the horizon."""
        names = {self.problem.places[place].name for place in self.posts}
        for s in self.plan.shortfalls:
            at = (None, s.place, s.start)
            if s.place not in names:
                text = f"a shortfall is declared of {s.place!r}, which is no post; posts are {any_of(sorted(names))}"
                yield Violation("unknown_place", text, *at)
            if s.reason not in get_args(Reason):
                text = f"the shortfall of {s.place} has reason {s.reason!r}; use {any_of(get_args(Reason))}"
                yield Violation("unknown_reason", text, *at)
            if not 0 <= s.start < s.end <= self.problem.minutes or s.missing < 1:
                text = (
                    f"the shortfall of {s.place} in minutes {s.start} to {s.end} of {units_text(s.missing)} is none: "
                    f"it must lie within 0 to {self.problem.minutes} and lack a unit or more"
                )
                yield Violation("false_shortfall", text, *at)

    def _lacking(self, place: int, post: Post) -> list[int]:
        """Return by how many units a post falls short of the most that any of its windows wants, by minute."""
        wanted = [0] * self.problem.minutes
        for window in post.staffing:
            for t in range(window.start, window.end):
                wanted[t] = max(wanted[t], window.units)
        return [max(n - self.at_posts[place, t], 0) for t, n in enumerate(wanted)]

    def _declared(self, name: str) -> list[int]:
        """Return by how many units the plan says that a post falls short, by minute."""
        declared = [0] * self.problem.minutes
        for s in self.plan.shortfalls:
            if s.place == name:
                for t in range(max(s.start, 0), min(s.end, self.problem.minutes)):
                    declared[t] = max(declared[t], s.missing)
        return declared

    def claims(self) -> Iterator[Violation]:
        """Demand that the value is what the routes cover, and no more than the bound."""
        value, claimed, bound = score(self.problem, self.plan).value, self.plan.value, self.plan.bound
        if claimed != value:
            yield Violation("wrong_value", f"the plan says its value is {claimed}, but its routes cover {value}")
        if bound is not None and bound < value:
            text = f"the plan says that no plan is worth more than {bound}, but its own routes cover {value}"
            yield Violation("bound_below_value", text)

    def _span(self, stop: Stop) -> str:
        return self.times.span(stop.arrive, stop.leave)


def _described(unit: Unit) -> str:
    """Return mode and skills of a unit, in words."""
    return unit.mode + (f" with {', '.join(unit.skills)}" if unit.skills else "")


def _first_routes(routes: Iterable[Route]) -> list[Route]:
    """Return the first route of each callsign."""
    first: dict[str, Route] = {}
    for route in routes:
        first.setdefault(route.callsign, route)
    return list(first.values())


def _runs(values: list[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Yield (start, end, value) of the maximal runs of equal values."""
    start = 0
    for t in range(1, len(values) + 1):
        if t == len(values) or values[t] != values[start]:
            yield start, t, values[start]
            start = t

"""Whether a plan keeps every rule: an independent reading of ``docs/model.md``.

`check` trusts nothing that made the plan: legs are recomputed from the seconds of travel, hard rules are counted
minute by minute (`solver.check_shortfalls`), what the plan claims (shortfalls, value) is compared with what its
routes do.  It takes any plan, also one edited by hand, never raises on one, and reports every violation at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from solver.check_callouts import judge_callouts
from solver.check_locks import broken_locks
from solver.check_shortfalls import judge_shortfalls
from solver.plain_text import one_line
from solver.plan import STOP_KINDS, Plan, Route, Stop
from solver.problem import Problem, Unit
from solver.score import score
from solver.violations import VIOLATIONS, Violation
from solver.wording import Times, any_of, minutes_text, whom_it_admits

__all__ = ["VIOLATIONS", "Violation", "check"]

_OF_THE_DAY = (
    "visit_too_short",
    "visit_outside_window",
    "stint_too_short",
    "post_not_admitted",
    "task_length",
    "task_outside_window",
    "task_not_admitted",
    "outside_district",
    "no_way",
    "too_fast",
)
"""Rules that may have been others when what is locked as done was done."""


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
        *broken_locks(problem, plan),
        *judge_callouts(problem, plan),
        *judge_shortfalls(problem, plan),
        *judge.claims(),
    )
    # Names may hold anything; messages are for terminals and files.
    return tuple(replace(v, message=one_line(v.message)) for v in found)


def rules_of_stops(problem: Problem, unit: Unit, stops: Sequence[Stop]) -> Iterator[Violation]:
    """Yield what breaks a rule in a part of a route: of the stops themselves, of breaks, and of the ways between."""
    judge = _Judge(problem, Plan("", ()))
    for stop in stops:
        yield from judge._stop(unit, stop)
    for before, after in pairwise(stops):
        yield from judge._leg_unless_done(unit, before, after)
    breaks = [stop for stop in stops if stop.kind == "break"]
    yield from judge._break(unit, breaks) if breaks else ()


class _Judge:
    """One plan held against one problem: each method yields the violations of one kind of rule."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.times = Times(problem)
        self.units = {u.callsign: u for u in problem.units}
        self.places = {p.name: i for i, p in enumerate(problem.places)}
        self.hotspots = {place: h for h in problem.hotspots for place in h.places}
        self.posts = {q.place: q for q in problem.posts}
        self.tasks = {k.place: k for k in problem.tasks}

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
            yield from self._leg_unless_done(unit, before, after)
        yield from self._break(unit, [s for s in route.stops if s.kind == "break"])
        yield from self._duty(unit, route)

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
        if stop.kind == "standby" and self._along(stop.place):
            text = f"{who} is on standby at {stop.place} {span}, a stretch of street that units go along on visits only"
            yield Violation("standby_wrong_place", f"{text}; let it wait elsewhere, or arrive later", *at)
        done = self.problem.done_until(unit.callsign)
        # Of a stop that goes on after what is done, the rest is judged.
        rest = replace(stop, arrive=done) if stop.arrive < done < stop.leave else stop
        for violation in self._work(unit, rest):
            if stop.leave > done or violation.code not in _OF_THE_DAY:
                yield replace(violation, minute=stop.arrive)

    def _work(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand of a visit, a stint or a task what its place asks for."""
        if stop.kind == "visit":
            yield from self._visit(unit, stop)
        elif stop.kind == "stint":
            yield from self._stint(unit, stop)
        elif stop.kind == "task":
            yield from self._task(unit, stop)
        if stop.kind in ("visit", "stint", "task") and stop.place in self.places:
            yield from self._district(unit, stop)

    def _leg_unless_done(self, unit: Unit, before: Stop, after: Stop) -> Iterator[Violation]:
        """Demand time for a leg, if it was not driven before the streets were as they are."""
        done = after.arrive <= self.problem.done_until(unit.callsign)
        for violation in self._leg(unit, before, after):
            if not done or violation.code not in _OF_THE_DAY:
                yield violation

    def _visit(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a visit is at a hotspot, lasts its dwell and lies within one of its windows."""
        who, at = unit.callsign, (unit.callsign, stop.place, stop.arrive)
        place = self.places.get(stop.place, -1)
        hotspot = self.hotspots.get(place)
        if hotspot is None:
            if place >= 0:
                text = f"{who} visits {stop.place} {self._span(stop)}, which is no hotspot; make it standby"
                yield Violation("wrong_place", text, *at)
            return
        if stop.leave - stop.arrive < hotspot.dwell:
            yield Violation(
                "visit_too_short",
                f"{who} visits {stop.place} {self._span(stop)}, {minutes_text(stop.leave - stop.arrive)}; "
                f"a visit there takes {minutes_text(hotspot.dwell)} or more: stay until "
                f"{self.times.at(stop.arrive + hotspot.dwell)} or {self._instead(stop)}",
                *at,
            )
        windows = hotspot.open(self.problem.minutes)
        if not any(start <= stop.arrive and stop.leave <= end for start, end in windows):
            open_ = any_of([self.times.span(*w) for w in windows])
            text = f"{who} visits {stop.place} {self._span(stop)}; a visit there must lie within {open_}"
            yield Violation("visit_outside_window", text, *at)

    def _stint(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a stint is at a post that admits the unit, and lasts as long as the post asks."""
        who, at = unit.callsign, (unit.callsign, stop.place, stop.arrive)
        place = self.places.get(stop.place, -1)
        post = self.posts.get(place)
        if post is None:
            if place >= 0:
                text = (
                    f"{who} is on a stint at {stop.place} {self._span(stop)}, which is no post; {self._instead(stop)}"
                )
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

    def _task(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a task is done where it is, in full, begun in time, by a unit that it admits."""
        who, at, span = unit.callsign, (unit.callsign, stop.place, stop.arrive), self._span(stop)
        place = self.places.get(stop.place, -1)
        task = self.tasks.get(place)
        if task is None:
            if place >= 0:
                text = f"{who} does a task at {stop.place} {span}, where there is none; {self._instead(stop)}"
                yield Violation("wrong_place", text, *at)
            return
        if stop.leave - stop.arrive != task.minutes:
            text = (
                f"{who} does the task at {stop.place} {span}, {minutes_text(stop.leave - stop.arrive)}; "
                f"it takes exactly {minutes_text(task.minutes)}"
            )
            yield Violation("task_length", text, *at)
        begins = task.begins(self.problem.minutes)
        if not any(first <= stop.arrive <= last for first, last in begins):
            text = (
                f"{who} begins the task at {stop.place} at {self.times.at(stop.arrive)}; it must begin within "
                f"{any_of([self.times.span(*w) for w in begins])}, or make it standby"
            )
            yield Violation("task_outside_window", text, *at)
        if not task.admits(unit):
            text = f"{who} ({_described(unit)}) does the task at {stop.place}, which asks for {whom_it_admits(task)}"
            yield Violation("task_not_admitted", text, *at)

    def _district(self, unit: Unit, stop: Stop) -> Iterator[Violation]:
        """Demand that a unit that is tied to its districts works in no other."""
        district = self.problem.places[self.places[stop.place]].district
        if unit.tied and district and district not in unit.districts:
            text = (
                f"{unit.callsign}'s {stop.kind} at {stop.place} {self._span(stop)} is in district {district}, "
                f"but it is tied to {any_of(unit.districts)}; send another unit or {self._instead(stop)}"
            )
            yield Violation("outside_district", text, unit.callsign, stop.place, stop.arrive)

    def _leg(self, unit: Unit, before: Stop, after: Stop) -> Iterator[Violation]:
        """Demand time for the leg between two stops, rounded up to the grid."""
        who, at = unit.callsign, (unit.callsign, after.place, after.arrive)
        leaves, arrives = self.times.at(before.leave), self.times.at(after.arrive)
        if after.arrive < before.leave:
            text = f"{who} arrives at {after.place} at {arrives}, before it leaves {before.place} at {leaves}"
            yield Violation("times_out_of_order", text, *at)
        start, end = self.places.get(before.place), self.places.get(after.place)
        if start is None or end is None:
            return
        if start == end:
            if self._along(after.place):
                text = f"{who} stops at {after.place} twice in a row, but leaves this stretch of street at its far end"
                yield Violation("no_way", f"{text}; let it drive to another place between", *at)
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
            text = (
                f"{who} takes a break at {stop.place} {self._span(stop)}, but it has {allowed}; {self._instead(stop)}"
            )
            yield Violation("break_extra", text, who, stop.place, stop.arrive)
        if rule is None:
            return
        window = self.times.span(rule.earliest, rule.latest)
        if not breaks:
            text = f"{who} takes no break; it must take one of {minutes_text(rule.minutes)} within {window}"
            yield Violation("break_missing", text, who)
        for stop in breaks[:1]:
            if stop.leave <= self.problem.done_until(who):
                continue
            text, at = f"{who}'s break at {stop.place} {self._span(stop)}", (who, stop.place, stop.arrive)
            if stop.leave - stop.arrive != rule.minutes:
                right = f"lasts {minutes_text(stop.leave - stop.arrive)}; it must last {minutes_text(rule.minutes)}"
                yield Violation("break_length", f"{text} {right}", *at)
            if stop.arrive < rule.earliest or stop.leave > rule.latest:
                yield Violation("break_outside_window", f"{text} must lie within {window}", *at)
            if self.places.get(stop.place, -1) not in rule.places:
                names = any_of([self.problem.places[i].name for i in rule.places])
                yield Violation("break_wrong_place", f"{text} must be at {names}", *at)

    def _duty(self, unit: Unit, route: Route) -> Iterator[Violation]:
        """Demand that no more than a unit's longest duty lies between its setting out and its being back for good."""
        most = unit.longest_duty
        if most is None:
            return
        stops, out = route.stops, 0
        while out < len(stops) and self._waits(stops[out], unit.origin):
            out += 1
        home = len(stops) - 1
        while home >= 0 and self._waits(stops[home], unit.destination):
            home -= 1
        if out == len(stops) or home < 0:
            return
        # At its origin duty begins with what is done there, elsewhere on the way to it; and in the same way at the end.
        there = out == 0 or self.places.get(stops[out].place) == unit.origin
        here = home == len(stops) - 1 or self.places.get(stops[home].place) == unit.destination
        begin = stops[out].arrive if there else stops[out - 1].leave
        end = stops[home].leave if here else stops[home + 1].arrive
        if end - begin > most:
            yield Violation(
                "duty_too_long",
                f"{unit.callsign} is on duty {self.times.span(begin, end)}, {minutes_text(end - begin)} from setting "
                f"out to being back; its longest duty is {minutes_text(most)}: let it set out at "
                f"{self.times.at(end - most)} or later, or leave something out",
                unit.callsign,
                minute=begin,
            )

    def _waits(self, stop: Stop, place: int) -> bool:
        """Whether a stop is nothing but standby at `place`."""
        return stop.kind == "standby" and self.places.get(stop.place) == place

    def claims(self) -> Iterator[Violation]:
        """Demand that the value is what the routes cover, and no more than the bound."""
        value, claimed, bound = score(self.problem, self.plan).value, self.plan.value, self.plan.bound
        if claimed != value:
            yield Violation("wrong_value", f"the plan says its value is {claimed}, but its routes cover {value}")
        if bound is not None and bound < value:
            text = f"the plan says that no plan is worth more than {bound}, but its own routes cover {value}"
            yield Violation("bound_below_value", text)

    def _along(self, name: str) -> bool:
        """Whether a place is a stretch of street."""
        return name in self.places and self.problem.places[self.places[name]].exit is not None

    def _instead(self, stop: Stop) -> str:
        """Return what to make of a stop that cannot be what it is."""
        return "leave it out" if self._along(stop.place) else "make it standby"

    def _span(self, stop: Stop) -> str:
        return self.times.span(stop.arrive, stop.leave)


def _described(unit: Unit) -> str:
    """Return mode and skills of a unit, in words."""
    return unit.mode + (f" with {', '.join(unit.skills)}" if unit.skills else "")

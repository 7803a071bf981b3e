"""Plans broken on purpose: for each code of `solver.violations` a change that must be found under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from solver.plan import Plan, Route, Shortfall, Stop
from solver.problem import Problem, Unit
from tests.naive_score import leg_minutes, may_work

Pick = Callable[[int, int], int]


def broken(problem: Problem, plan: Plan, pick: Pick) -> Iterator[tuple[str, Plan]]:
    """Yield a code and `plan` changed so that it breaks that rule, for every rule that it gives occasion to break.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        A plan that keeps every rule.
    pick : callable
        ``pick(low, high)`` makes the choices, both ends included.
    """
    breaker = _Breaker(problem, plan, pick)
    yield from breaker.roster()
    yield from breaker.stops()
    yield from breaker.ways()
    yield from breaker.work()
    yield from breaker.breaks()
    yield from breaker.duties()
    yield from breaker.locks()
    yield from breaker.claims()


class _Breaker:
    """Breaks one plan."""

    def __init__(self, problem: Problem, plan: Plan, pick: Pick) -> None:
        self.problem, self.plan, self.pick = problem, plan, pick
        self.grid = problem.grid
        self.names = [p.name for p in problem.places]
        self.stretches = [i for i, p in enumerate(problem.places) if p.exit is not None]
        self.units = {u.callsign: u for u in problem.units}

    def roster(self) -> Iterator[tuple[str, Plan]]:
        """Give a route to nobody, two to one, none to another."""
        routes = self.plan.routes
        i = self.pick(0, len(routes) - 1)
        yield "unknown_unit", self.plan.replace(routes=(*routes, Route("Nobody", routes[i].stops)))
        yield "duplicate_route", self.plan.replace(routes=(*routes, routes[i]))
        yield "missing_route", self.plan.replace(routes=routes[:i] + routes[i + 1 :])
        yield "missing_route", self._with(i, ())

    def stops(self) -> Iterator[tuple[str, Plan]]:
        """Spoil places, kinds and times of single stops."""
        g = self.grid
        i, k = self._any_stop()
        stop, first, last = self._stop(i, k), self._stop(i, 0), self._stop(i, -1)
        shift = self.units[self.plan.routes[i].callsign]
        yield "unknown_place", self._edit(i, k, place="Nowhere")
        yield "unknown_kind", self._edit(i, k, kind="lunch")
        yield "wrong_start", self._edit(i, 0, arrive=first.arrive + g)
        yield "wrong_start", self._edit(i, 0, place=self._other(shift.origin))
        yield "wrong_end", self._edit(i, -1, leave=last.leave - g)
        yield "wrong_end", self._edit(i, -1, place=self._other(shift.destination))
        yield "outside_shift", self._edit(i, -1, leave=last.leave + g)
        yield "outside_shift", self._edit(i, 0, arrive=first.arrive - g)
        yield "times_out_of_order", self._edit(i, k, leave=stop.arrive - g)
        if k:
            yield "times_out_of_order", self._edit(i, k, arrive=self._stop(i, k - 1).leave - g)
        if g > 1:
            yield "off_grid", self._edit(i, k, leave=stop.leave + 1)

    def ways(self) -> Iterator[tuple[str, Plan]]:
        """Drive too fast, where there is no way, and stand where nobody may."""
        for i, route in enumerate(self.plan.routes):
            unit = self.units[route.callsign]
            for k, (before, after) in enumerate(zip(route.stops, route.stops[1:], strict=False)):
                leg = leg_minutes(self.problem, unit, self._index(before), self._index(after))
                if leg and before.place != after.place:
                    yield "too_fast", self._edit(i, k + 1, arrive=before.leave + leg - self.grid)
            k = self.pick(0, len(route.stops) - 1)
            stop = route.stops[k]
            for place in range(len(self.names)):
                if leg_minutes(self.problem, unit, self._index(stop), place) is None:
                    yield "no_way", self._insert(i, k, place, "standby", 0)
            for place in self.stretches:
                yield "standby_wrong_place", self._insert(i, k, place, "standby", self.grid * self.pick(0, 1))
                inserted = Stop(self.names[place], "visit", stop.leave, stop.leave + self.grid)
                again = replace(inserted, arrive=inserted.leave, leave=inserted.leave + self.grid)
                yield "no_way", self._with(i, (*route.stops[: k + 1], inserted, again, *route.stops[k + 1 :]))

    def work(self) -> Iterator[tuple[str, Plan]]:
        """Do work where there is none, for too short or too long, at the wrong time, and by those who may not."""
        problem, g = self.problem, self.grid
        for i, route in enumerate(self.plan.routes):
            unit, k = self.units[route.callsign], self.pick(0, len(route.stops) - 1)
            now = route.stops[k].leave
            kinds = {p: "visit" for h in problem.hotspots for p in h.places}
            kinds |= {q.place: "stint" for q in problem.posts} | {t.place: "task" for t in problem.tasks}
            for place in range(len(self.names)):
                for kind in ("visit", "stint", "task"):
                    if kinds.get(place) != kind:
                        yield "wrong_place", self._insert(i, k, place, kind, g)
                if place in kinds and self._is_foreign(unit, place):
                    yield "outside_district", self._insert(i, k, place, kinds[place], g)
            for h in problem.hotspots:
                for place in h.places:
                    yield "visit_too_short", self._insert(i, k, place, "visit", h.dwell - g)
                    if h.windows and not any(start <= now and now + h.dwell <= end for start, end in h.windows):
                        yield "visit_outside_window", self._insert(i, k, place, "visit", h.dwell)
            for q in problem.posts:
                yield "stint_too_short", self._insert(i, k, q.place, "stint", q.stint - g)
                if not q.admits(unit):
                    yield "post_not_admitted", self._insert(i, k, q.place, "stint", q.stint)
            for t in problem.tasks:
                yield "task_length", self._insert(i, k, t.place, "task", t.minutes + g * (1 - 2 * self.pick(0, 1)))
                if t.windows and not any(first <= now <= last for first, last in t.windows):
                    yield "task_outside_window", self._insert(i, k, t.place, "task", t.minutes)
                if not t.admits(unit):
                    yield "task_not_admitted", self._insert(i, k, t.place, "task", t.minutes)

    def breaks(self) -> Iterator[tuple[str, Plan]]:
        """Take no break, one too many, too short or long, at the wrong time and place."""
        g = self.grid
        for i, route in enumerate(self.plan.routes):
            rule = self.units[route.callsign].break_
            if rule is None:
                yield "break_extra", self._insert(i, 0, self.pick(0, len(self.names) - 1), "break", g)
                continue
            k = next(k for k, s in enumerate(route.stops) if s.kind == "break")
            stop = route.stops[k]
            yield "break_missing", self._with(i, route.stops[:k] + route.stops[k + 1 :])
            yield "break_missing", self._edit(i, k, kind="standby")
            yield "break_extra", self._insert(i, k, self._index(stop), "break", rule.minutes)
            yield "break_length", self._edit(i, k, leave=stop.leave + g * (1 - 2 * self.pick(0, 1)))
            late = rule.latest - rule.minutes + g
            yield "break_outside_window", self._edit(i, k, arrive=late, leave=late + rule.minutes)
            early = rule.earliest - g
            yield "break_outside_window", self._edit(i, k, arrive=early, leave=early + rule.minutes)
            for place in range(len(self.names)):
                if place not in rule.places:
                    yield "break_wrong_place", self._edit(i, k, place=self.names[place])

    def duties(self) -> Iterator[tuple[str, Plan]]:
        """Set out sooner and be back later than the longest duty allows, by whatever has to be so long between."""
        for i, route in enumerate(self.plan.routes):
            unit = self.units[route.callsign]
            if unit.longest_duty is None or len(route.stops) < 3:
                continue
            first, second, *_, before, last = (*route.stops[:2], *route.stops[-2:])
            sooner, later = last.arrive - unit.longest_duty - self.grid, first.leave + unit.longest_duty + self.grid
            if first.place != second.place and before.place != last.place:
                if sooner >= unit.start:
                    yield "duty_too_long", self._edit(i, 0, leave=sooner)
                if later <= unit.end:
                    yield "duty_too_long", self._edit(i, -1, arrive=later)

    def locks(self) -> Iterator[tuple[str, Plan]]:
        """Leave out a locked stop, make it another one, move it, cut it, and put something between two of one lock."""
        for lock in self.problem.locks:
            i = lock.unit
            stops = self.plan.routes[i].stops
            for locked in lock.stops:
                name = self.names[locked.place]
                held = [
                    k
                    for k, s in enumerate(stops)
                    if (s.place, s.kind) == (name, locked.kind) and s.arrive <= locked.arrive < locked.leave <= s.leave
                ]
                for k in held[:1]:
                    other = "standby" if locked.kind != "standby" else "break"
                    yield "lock_broken", self._with(i, stops[:k] + stops[k + 1 :])
                    yield "lock_broken", self._edit(i, k, kind=other)
                    yield "lock_broken", self._edit(i, k, place=self._other(locked.place))
                    yield "lock_broken", self._edit(i, k, arrive=locked.arrive + self.grid)
                    yield "lock_broken", self._edit(i, k, leave=locked.leave - self.grid)
                    if locked is not lock.stops[-1]:
                        place = self.pick(0, len(self.names) - 1)
                        yield "lock_broken", self._insert(i, k, place, "standby", 0)

    def claims(self) -> Iterator[tuple[str, Plan]]:
        """Claim what is not so."""
        plan, told = self.plan, self.plan.shortfalls
        yield "wrong_problem", plan.replace(fingerprint="sha256:0")
        yield "wrong_value", plan.replace(value=plan.value + 1 - 2 * self.pick(0, 1))
        yield "bound_below_value", plan.replace(bound=plan.value - 1)
        for i, s in enumerate(told):
            others = (*told[:i], *told[i + 1 :])
            yield f"{s.rule}_shortfall", plan.replace(shortfalls=others)
            yield f"{s.rule}_shortfall", plan.replace(shortfalls=(*others, *_shorter(s)))
            yield "false_shortfall", plan.replace(shortfalls=(*others, replace(s, missing=s.missing + 1)))
            yield "unknown_rule", plan.replace(shortfalls=(*others, replace(s, rule="dog")))  # type: ignore[arg-type]
            yield "unknown_reason", plan.replace(shortfalls=(*others, replace(s, reason="rain")))  # type: ignore[arg-type]
            yield "unknown_place", plan.replace(shortfalls=(*others, replace(s, place="Nowhere")))

    def _is_foreign(self, unit: Unit, place: int) -> bool:
        """Whether a place is in a district that the unit is tied away from."""
        district = self.problem.places[place].district
        return (
            bool(unit.tied and district) and district not in unit.districts and not may_work(self.problem, unit, place)
        )

    def _any_stop(self) -> tuple[int, int]:
        """Return the indices of a route and of one of its stops."""
        i = self.pick(0, len(self.plan.routes) - 1)
        return i, self.pick(0, len(self.plan.routes[i].stops) - 1)

    def _stop(self, i: int, k: int) -> Stop:
        return self.plan.routes[i].stops[k]

    def _index(self, stop: Stop) -> int:
        return self.names.index(stop.place)

    def _other(self, place: int) -> str:
        """Return the name of another place."""
        return self.names[(place + self.pick(1, len(self.names) - 1)) % len(self.names)]

    def _with(self, i: int, stops: Sequence[Stop]) -> Plan:
        """Return the plan with other stops in a route."""
        routes = list(self.plan.routes)
        routes[i] = Route(routes[i].callsign, tuple(stops))
        return self.plan.replace(routes=tuple(routes))

    def _edit(self, i: int, k: int, **changes: object) -> Plan:
        """Return the plan with one stop changed."""
        stops = list(self.plan.routes[i].stops)
        stops[k] = replace(stops[k], **changes)
        return self._with(i, stops)

    def _insert(self, i: int, k: int, place: int, kind: str, minutes: int) -> Plan:
        """Return the plan with a stop more after another, however little time there is for it."""
        stops = self.plan.routes[i].stops
        now = stops[k].leave
        return self._with(i, (*stops[: k + 1], Stop(self.names[place], kind, now, now + minutes), *stops[k + 1 :]))


def _shorter(told: Shortfall) -> tuple[Shortfall, ...]:
    """Return a shortfall that ends a minute earlier, if there is any time left."""
    return (replace(told, end=told.end - 1),) if told.end - told.start > 1 else ()

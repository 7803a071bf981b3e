"""From what units do in their gaps to a plan that keeps every rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from solver.baselines.gaps import Duties, Duty, Gap, gaps_of, legs_by_mode
from solver.free_time import quickest_stops
from solver.on_call import waiting_stops
from solver.plan import Plan, Route, Stop, StopKind
from solver.problem import IntArray, Problem
from solver.score import score
from solver.shortfalls import find_shortfalls


class Stay(NamedTuple):
    """A unit goes to `place` and is there at `begin`, for at least `least` minutes from then.

    The first one in a gap may begin sooner, where its hotspot is open, and any visit or standby may last longer.
    """

    place: int
    kind: StopKind
    begin: int
    least: int


def plan_of(problem: Problem, duties: Duties, filled: Mapping[Gap, Sequence[Stay]], rule: str = "") -> Plan:
    """Return the plan in which units do their duties, and in between what `filled` says of their gaps.

    Nobody hurries on: a stay lasts until the unit has to leave for the next one.  `rule` is the name of the rule by
    which gaps were filled, for the record.
    """
    writer = _Writer(problem, duties, filled)
    routes = tuple(Route(unit.callsign, writer.route(u)) for u, unit in enumerate(problem.units))
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    record = {"engine": "baseline", "rule": rule} if rule else {}
    return plan.replace(value=score(problem, plan).value, status="simple rule", parameters=record)


class _Writer:
    """Writes the routes of a plan."""

    def __init__(self, problem: Problem, duties: Duties, filled: Mapping[Gap, Sequence[Stay]]) -> None:
        self.problem, self.duties, self.filled = problem, duties, filled
        self.legs = legs_by_mode(problem)
        self.along = problem.stretches
        self.names = [place.name for place in problem.places]
        self.index = {name: i for i, name in enumerate(self.names)}
        self.hotspot_at = {place: h for h in problem.hotspots for place in h.places}

    def route(self, u: int) -> tuple[Stop, ...]:
        """Return the stops of unit `u`: of its spells, and what is locked between them."""
        unit = self.problem.units[u]
        if u in self.duties.on_call:
            return waiting_stops(self.problem, unit)
        parts = [
            (spell.begin, spell.end, tuple(self._spell(i)))
            for i, spell in enumerate(self.duties.spells)
            if spell.owner == u
        ]
        locks = self.problem.locks_of(u)
        for lock in locks:
            stops = tuple(Stop(self.names[s.place], s.kind, s.arrive, s.leave) for s in lock.stops)
            parts.append((lock.arrive, lock.leave, stops))
        made = [stop for *_, part in sorted(parts, key=lambda part: part[:2]) for stop in part]
        if unit.chooses_duty:
            made[0], made[-1] = replace(made[0], arrive=unit.start), replace(made[-1], leave=unit.end)
        return tuple(made if locks else self._tidy(made))

    def _spell(self, i: int) -> Iterator[Stop]:
        """Yield the stops of one spell; none of them is standby along a stretch of street."""
        spell, mine = self.duties.spells[i], self.duties.by_spell[i]
        if i in self.duties.closed:
            along = {name for name, is_along in zip(self.names, self.along, strict=True) if is_along}
            yield from (s for s in quickest_stops(self.problem, spell) if s.kind != "standby" or s.place not in along)
            return
        unit = spell.unit
        stops = [Duty(unit.origin, "standby", unit.start, unit.start)]
        for gap, duty in zip(gaps_of(spell.owner, unit, mine), (*mine, None), strict=True):
            stops += self._gap(gap, self.filled.get(gap, ()), self.legs[unit.mode])
            stops += [] if duty is None else [duty]
        stops.append(Duty(unit.destination, "standby", unit.end, unit.end))
        for place, kind, arrive, leave in stops:
            if kind != "standby" or not self.along[place]:
                yield Stop(self.names[place], kind, arrive, leave)

    def _gap(self, gap: Gap, stays: Sequence[Stay], legs: IntArray) -> list[Duty]:
        """Return the stops of a gap; without any stay the unit waits where it is."""
        stops: list[Duty] = []
        here, now = gap.start_place, gap.start
        for stay in stays:
            leg = int(legs[here, stay.place])
            arrive = now + leg
            if stay.begin > arrive and (stops or not self._open_from(stay, arrive)):
                self._wait(stops, here, now, stay.begin - leg)
                arrive = stay.begin
            here, now = stay.place, stay.begin + stay.least
            stops.append(Duty(here, stay.kind, arrive, now))
        self._wait(stops, here, now, gap.end - int(legs[here, gap.end_place]))
        return stops

    def _open_from(self, stay: Stay, arrive: int) -> bool:
        """Whether a stay may begin as early as the unit can be there."""
        return stay.kind == "standby" or (stay.kind == "visit" and self._closes(stay.place, arrive) > stay.begin)

    def _closes(self, place: int, minute: int) -> int:
        """Return when the window of a hotspot that is open in `minute` closes; -1 where none is."""
        spans = self.hotspot_at[place].open(self.problem.minutes)
        return next((end for start, end in spans if start <= minute < end), -1)

    def _wait(self, stops: list[Duty], here: int, now: int, until: int) -> None:
        """Let the unit be at `here` until it leaves: on its visit as long as that may last, then on standby.

        Nobody stays longer on a stretch of street: the unit takes its time on the way that comes next.
        """
        if until <= now or self.along[here]:
            return
        if stops and stops[-1].kind == "visit":
            now = min(until, self._closes(here, stops[-1].arrive))
            stops[-1] = stops[-1]._replace(leave=now)
        if now < until:
            stops.append(Duty(here, "standby", now, until))

    def _tidy(self, stops: Sequence[Stop]) -> list[Stop]:
        """Return stops without those of no length beside another one at their place; standby that adjoins is one."""
        kept: list[Stop] = []
        for i, stop in enumerate(stops):
            near = [*kept[-1:], *stops[i + 1 : i + 2]]
            idle = stop.kind == "standby" and stop.arrive == stop.leave
            if idle and any(s.place == stop.place and stop.arrive in (s.arrive, s.leave) for s in near):
                continue
            before = kept[-1] if kept else None
            if before is not None and _adjoins(before, stop) and self._may_be_one(before, stop):
                kept[-1] = replace(before, leave=stop.leave)
            else:
                kept.append(stop)
        return kept

    def _may_be_one(self, before: Stop, after: Stop) -> bool:
        """Whether two stops of a kind that adjoin may be one: standby, and visits within one window."""
        if before.kind == "visit":
            return self._closes(self.index[before.place], before.arrive) >= after.leave
        return before.kind == "standby"


def _adjoins(before: Stop, after: Stop) -> bool:
    """Whether a stop goes on where another one of its kind ends."""
    return (before.place, before.kind, before.leave) == (after.place, after.kind, after.arrive)

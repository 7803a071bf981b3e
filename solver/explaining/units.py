"""What a unit is worth, and why it is idle."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from solver.explaining.access import Work
from solver.explaining.answers import Change, Explanation
from solver.explaining.case import Case, Span, without_route
from solver.explaining.hotspots import visit_of
from solver.on_call import group_text
from solver.plan import Route, Stop
from solver.problem import Problem, ProblemError
from solver.score import score
from solver.whereabouts import Stay
from solver.wording import DAY

IDLE = 5
"""Minutes of standby in a row from which on a unit is called idle."""

_LOOKED_AT = 3
"""Idle spells, the longest ones, for which something better is looked for."""


def explain_unit(case: Case, u: int, span: Span | None = None) -> Explanation:
    """Return what unit `u` is worth, what its longest idle spells in `span` bring, and what else it could do."""
    unit = case.problem.units[u]
    facts: dict[str, Any] = {
        "mode": unit.mode,
        "shift": [unit.start, unit.end],
        "duty": list(case.units[u].duty),
        "skills": list(unit.skills),
        "districts": list(unit.districts),
        "tied": unit.tied,
        "minutes": asdict(case.card.units[u]),
        "stops": [
            {"place": case.name(s.place), "kind": s.kind, "start": s.arrive, "end": s.leave}
            for s in case.units[u].stays
            if span is not None and s.arrive < span[1] and span[0] < s.leave
        ],
        "without": _without(case, u),
        "idle": [],
        "on_call": _on_call(case, unit.callsign),
    }
    spells = sorted(_idle(case, u, span), key=lambda s: (s.arrive - s.leave, s.arrive))
    total = sum(s.leave - s.arrive for s in spells)
    facts["idle_minutes"] = total
    changes: list[Change] = []
    for s in spells[:_LOOKED_AT]:
        facts["idle"].append(
            {"place": case.name(s.place), "start": s.arrive, "end": s.leave, "brings": -_absent(case, u, s)}
        )
        if (found := _instead(case, u, s)) is not None:
            changes.append(found)
    changes.sort(key=lambda c: (c.price.missing, -c.price.value))
    if facts["on_call"] and case.held.stays(unit.callsign) and not (changes and changes[0].price.better):
        reason = "on call"
    elif not spells:
        reason = "busy"
    elif changes and changes[0].price.better:
        reason = "search missed it"
    else:
        brings = sum(x["brings"] for x in facts["idle"])
        reason = "gives cover" if brings > 0 else "nothing better"
    return case.explained("unit", unit.callsign, span, [reason], facts, changes[:1])


def _on_call(case: Case, callsign: str) -> dict[str, Any] | None:
    """Return by what a unit is on call, and who goes out instead; None where it goes out itself."""
    callout = case.held.on_call.get(callsign)
    if callout is None:
        return None
    group, of = group_text(callout), len(callout.units)
    return {"group": group, "most": callout.most, "of": of, "out": case.held.out(callout)}


def _idle(case: Case, u: int, span: Span | None) -> list[Stay]:
    """Return the spells of standby of a unit, within `span`; off duty it is not idle."""
    a, b = span or (0, case.problem.minutes)
    begin, end = case.units[u].duty
    a, b = max(a, begin), min(b, end)
    cut = [
        s._replace(arrive=max(s.arrive, a), leave=min(s.leave, b)) for s in case.units[u].stays if s.kind == "standby"
    ]
    return [s for s in cut if s.leave - s.arrive >= IDLE]


def _without(case: Case, u: int) -> dict[str, Any]:
    """Return what the plan loses without the route of a unit, as it is and with all others planned anew."""
    callsign = case.problem.units[u].callsign
    price = case.price(score(case.problem, without_route(case.plan, callsign)))
    found: dict[str, Any] = {"missing": price.missing, "value": price.value, "layers": dict(price.layers)}
    if case.resolve is None or len(case.problem.units) < 2:
        return found
    try:
        left = case.problem.without_unit(u)
    except ProblemError:
        return found
    made = case.resolve(left, without_route(case.plan, callsign))
    if made is not None:
        again = case.price(score(case.problem, made))
        found["replanned"] = {"missing": again.missing, "value": again.value, "layers": dict(again.layers)}
    return found


def _absent(case: Case, u: int, s: Stay) -> int:
    """Return by how much the value changes when a unit is away in a spell of standby, as on a break."""
    callsign = case.problem.units[u].callsign
    routes = tuple(
        Route(r.callsign, _away(case.problem, r, s)) if r.callsign == callsign else r for r in case.plan.routes
    )
    return score(case.problem, case.plan.replace(routes=routes)).value - case.card.value


def _away(problem: Problem, route: Route, s: Stay) -> tuple[Stop, ...]:
    """Return the stops of a route with a spell of standby made a break."""
    stops: list[Stop] = []
    for stop in route.stops:
        inside = stop.kind == "standby" and stop.arrive <= s.arrive and s.leave <= stop.leave
        if not inside or problem.places[s.place].name != stop.place:
            stops.append(stop)
            continue
        parts = (
            replace(stop, leave=s.arrive),
            replace(stop, kind="break", arrive=s.arrive, leave=s.leave),
            replace(stop, arrive=s.leave),
        )
        stops += [x for x in parts if x.arrive < x.leave]
    return tuple(stops)


def _instead(case: Case, u: int, s: Stay) -> Change | None:
    """Return the best that the unit could do instead of a spell of standby: a visit, a task, or waiting elsewhere."""
    problem, span = case.problem, (s.arrive, s.leave)
    works = [visit_of(case, i, span) for i in range(len(problem.hotspots))]
    undone = [k for k, row in zip(problem.tasks, case.card.tasks, strict=True) if not row.done]
    works += [Work("task", (k.place,), k.minutes, k.begins(problem.minutes)) for k in undone]
    elsewhere = tuple(i for i, p in enumerate(problem.places) if p.exit is None and i != s.place)
    length = 2 * (s.leave - s.arrive) // 3
    length -= length % problem.grid
    if length and problem.demand and problem.minutes <= DAY:
        works.append(Work("standby", elsewhere, length, ((s.arrive, s.leave - length),)))
    return case.cheapest(
        [w for w in works if w.begins], units=[u], span=span, accept=lambda _, __, stays: s not in stays
    )

"""What most deserves an explanation: what is missing, what most is lost at, who is idle, which minutes are worst."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from solver.busy import parts_of
from solver.explaining.answers import Explanation
from solver.explaining.case import Case, Span
from solver.explaining.units import IDLE
from solver.plan import Shortfall
from solver.shortfalls import find_shortfalls
from solver.whereabouts import stands

_EACH = 3
"""How many of a kind are told."""

_HOTSPOTS = 5


def explain_plan(case: Case, _: int = 0, span: Span | None = None) -> Explanation:
    """Return what most deserves an explanation, each with what to ask about it."""
    items = [
        *_short(case),
        *_tasks(case),
        *_overdue(case),
        *_hotspots(case),
        *_demand(case),
        *_idle(case),
        *_worst(case),
    ]
    facts = {"value": case.card.value, "missing": case.card.missing, "items": items}
    return case.explained("plan", case.problem.name, span, ["facts"], facts)


def _item(
    what: str, name: str, value: int = 0, minutes: int = 0, start: int | None = None, **more: Any
) -> dict[str, Any]:
    """Return one thing to ask about: `what` is wrong, with `name`, what is lost, minutes, and when."""
    return {"what": what, "name": name, "value": value, "minutes": minutes, "start": start, **more}


def _short(case: Case) -> Iterator[dict[str, Any]]:
    """Yield what hard rules lack."""
    found: dict[str, list[Shortfall]] = {}
    for s in sorted(find_shortfalls(case.problem, case.plan.routes), key=lambda s: -s.minutes):
        found.setdefault(s.place, []).append(s)
    for place, lacks in sorted(found.items(), key=lambda x: -sum(s.minutes for s in x[1]))[:_EACH]:
        first = lacks[0]
        minutes = sum(s.minutes for s in lacks)
        yield _item("short", place, minutes=minutes, start=first.start, rule=first.rule, reason=first.reason)


def _tasks(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the tasks that are not done, those worth most first."""
    by = case.weights.multipliers["tasks"]
    left = sorted((k for k in case.card.tasks if not k.done and not k.required), key=lambda k: -k.profit)
    for k in left[:_EACH]:
        yield _item("task", k.place, k.profit * by, k.minutes)


def _overdue(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the hotspots whose visits are most overdue."""
    by = case.weights.multipliers["revisit"]
    late = sorted((r for r in case.card.revisits if r.overdue and not r.required), key=lambda r: -r.overdue)
    for r in late[:_EACH]:
        yield _item("overdue", r.place, r.overdue * by, r.overdue)


def _hotspots(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the hotspots at which most risk is left, those without a visit first."""
    by = case.weights.multipliers["presence"]
    order = sorted(case.card.hotspots, key=lambda h: h.covered - h.total)
    unvisited = [h for h in order if not h.visits and h.total > h.covered][:_EACH]
    others = [h for h in order if h not in unvisited and h.total > h.covered][: _HOTSPOTS - len(unvisited)]
    for h in (*unvisited, *others):
        yield _item("hotspot", h.place, (h.total - h.covered) * by, h.minutes, share=h.share, visits=h.visits)


def _demand(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the demand points at which most response is lost."""
    lost = (case.ledger.demand * (case.ledger.counts("near").T == 0)).sum(axis=1)
    by = case.weights.multipliers["response"] * parts_of(case.problem)
    for i in np.argsort(-lost, kind="stable")[:_EACH].tolist():
        if lost[i]:
            minutes = int((case.ledger.counts("near")[:, i] == 0).sum())
            yield _item("demand", case.problem.demand[i].name, int(lost[i]) * by, minutes)


def _idle(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the units that stand by longest, without those that are on call to do so."""
    free = [u for u in case.card.units if not case.held.stays(u.callsign)]
    idle = sorted((u for u in free if u.standby >= IDLE), key=lambda u: -u.standby)
    for u in idle[:_EACH]:
        yield _item("idle", u.callsign, minutes=u.standby)


def _worst(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the minutes in which least demand is within its standard."""
    for s in case.card.worst_response[:_EACH]:
        if s.response < 1:
            yield _item("minute", case.times.at(s.start), minutes=s.end - s.start, start=s.start, share=s.response)


def explain_station(case: Case, place: int, span: Span | None = None) -> Explanation:
    """Return whose station a place is, and who stands there when."""
    a, b = span or (0, case.problem.minutes)
    there = [
        {"callsign": who.unit.callsign, "start": s.start, "end": s.end}
        for who in case.units
        for s in stands(case.problem, who, case.ledger.legs[who.unit.mode])
        if s.place == place and s.start < b and a < s.end
    ]
    facts = {
        "origin_of": [u.callsign for u in case.problem.units if u.origin == place],
        "destination_of": [u.callsign for u in case.problem.units if u.destination == place],
        "there": sorted(_joined(there), key=lambda s: (s["start"], s["callsign"])),
    }
    return case.explained("station", case.name(place), span, ["facts"], facts)


def _joined(spells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return spells of standing, those of a unit that touch made one."""
    found: list[dict[str, Any]] = []
    for s in spells:
        if found and found[-1]["callsign"] == s["callsign"] and found[-1]["end"] == s["start"]:
            found[-1] = {**found[-1], "end": s["end"]}
        else:
            found.append(dict(s))
    return found


def explain_district(case: Case, i: int, span: Span | None = None) -> Explanation:
    """Return what is covered of a district, who belongs there, and where most risk is left in it."""
    problem = case.problem
    names = [p.district for p in problem.places] + [d for u in problem.units for d in u.districts]
    district = list(dict.fromkeys(filter(None, names)))[i]
    row = next((d for d in case.card.districts if d.district == district), None)
    inside = [
        (problem.hotspots[j], score)
        for j, score in enumerate(case.card.hotspots)
        if problem.places[problem.hotspots[j].place].district == district
    ]
    by = case.weights.multipliers["presence"]
    left = sorted(inside, key=lambda x: x[1].covered - x[1].total)
    facts = {
        "hotspots": len(inside),
        "presence": row.presence if row else None,
        "unit_minutes": row.unit_minutes if row else 0,
        "belong": [u.callsign for u in problem.units if district in u.districts],
        "tied_elsewhere": [u.callsign for u in problem.units if u.tied and district not in u.districts],
        "left": [
            {"name": score.place, "value": (score.total - score.covered) * by, "share": score.share}
            for _, score in left[:_HOTSPOTS]
            if score.total > score.covered
        ],
    }
    return case.explained("district", district, span, ["facts"], facts)

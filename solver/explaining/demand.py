"""Why a demand point is out of reach, and what is wrong in a minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from solver.busy import parts_of
from solver.explaining.access import Work
from solver.explaining.answers import Explanation
from solver.explaining.board import Worth
from solver.explaining.case import Case, Span
from solver.explaining.detours import Stays
from solver.explaining.hotspots import runs, visit_of
from solver.explaining.nearness import standing
from solver.problem import UNREACHABLE
from solver.whereabouts import Doing, doing

_NEAREST = 3
"""Units that are named as the nearest."""

_WORST = 5
"""Demand points, and hotspots, that are named as the worst."""


def explain_demand(case: Case, i: int, span: Span | None = None) -> Explanation:
    """Return when demand point `i` is out of the reach of every unit, and what would bring one within its standard."""
    problem, d = case.problem, case.problem.demand[i]
    a, b = span or (0, problem.minutes)
    weight, near = case.ledger.demand[i], case.ledger.counts("near")[:, i]
    spells = [(x + a, y + a) for x, y in runs((near[a:b] == 0) & (weight[a:b] > 0))]
    by = case.weights.multipliers["response"] * parts_of(problem)
    facts: dict[str, Any] = {
        "zone": d.zone,
        "standard": d.standard,
        "demand": int(weight[a:b].sum()) * by,
        "lost": int((weight * (near == 0))[a:b].sum()) * by,
        "uncovered": [list(s) for s in spells],
    }
    if not weight[a:b].any():
        return case.explained("demand", d.name, span, ["nothing at stake"], facts)
    if not spells:
        return case.explained("demand", d.name, span, ["covered"], facts)
    worst = max(spells, key=lambda s: (int(weight[s[0] : s[1]].sum()), -s[0]))
    minute = (worst[0] + worst[1] - 1) // 2
    facts["worst"] = list(worst)
    facts["nearest"] = list(_nearest(case, i, minute))
    facts["minute"] = minute
    works = list(_within(case, i, worst))
    if not problem.units:
        return case.explained("demand", d.name, span, ["no units"], facts)
    if not works:
        return case.explained("demand", d.name, span, ["no place within standard"], facts)
    could = [u for u in problem.units if (near_places(case, i, u.mode))]
    if not any(u.start < worst[1] and worst[0] < u.end for u in could):
        return case.explained("demand", d.name, span, ["off duty"], facts)
    inside = {u.mode: set(near_places(case, i, u.mode)) for u in problem.units}

    def answers(u: int, _: Worth, stays: Stays) -> bool:
        places = inside[problem.units[u].mode]
        return any(s.place in places and s.arrive < worst[1] and worst[0] < s.leave for s in stays if s.kind != "break")

    found = case.cheapest(works, span=worst, accept=answers)
    if found is None:
        return case.explained("demand", d.name, span, ["no change found"], facts)
    return case.explained("demand", d.name, span, [found.price.reason], facts, [found])


def near_places(case: Case, i: int, mode: str) -> list[int]:
    """Return the places from which a unit of a mode is at demand point `i` within its standard."""
    return np.flatnonzero(case.ledger.near[mode][:, i]).tolist()


def _within(case: Case, i: int, spell: Span) -> Iterator[Work]:
    """Yield what a unit could do from where it would answer within the standard: wait, or visit a hotspot."""
    problem, grid = case.problem, case.problem.grid
    for mode in sorted({u.mode for u in problem.units}):
        places = near_places(case, i, mode)
        wait = tuple(p for p in places if problem.places[p].exit is None)
        first, last = spell[0] - spell[0] % grid, spell[1] - 1 - (spell[1] - 1) % grid
        if wait:
            yield Work("standby", wait, grid, ((first, last),))
        for h, hotspot in enumerate(problem.hotspots):
            if set(hotspot.places) & set(places):
                work = visit_of(case, h, spell)
                yield work._replace(places=tuple(p for p in work.places if p in places))


def _nearest(case: Case, i: int, minute: int) -> Iterator[dict[str, Any]]:
    """Yield the units that are nearest to demand point `i` in a minute: where they are, how many seconds away."""
    problem, found = case.problem, []
    for u, who in enumerate(case.units):
        place = standing(case, u)[minute]
        seconds = int(problem.reach[who.unit.mode][place, i]) if place >= 0 else UNREACHABLE
        if seconds >= 0:
            does = doing(problem, who, minute)
            found.append((seconds, who.unit.callsign, case.name(place), _kind(case, does), does.place))
    for seconds, callsign, at, kind, to in sorted(found)[:_NEAREST]:
        late = seconds - problem.demand[i].standard
        yield {"callsign": callsign, "at": at, "seconds": seconds, "late": late, "kind": kind, "place": to}


def _kind(case: Case, does: Doing) -> str:
    """Return what a unit does; standby of a unit that is on call is told apart."""
    return "on call" if does.kind == "standby" and does.callsign in case.held.on_call else does.kind


def explain_moment(case: Case, _: int, span: Span | None) -> Explanation:
    """Return what is uncovered in some minutes, and what units do in the first of them."""
    problem, ledger = case.problem, case.ledger
    a, b = span or (0, problem.minutes)
    near = ledger.counts("near")[a:b].T == 0
    lost = (ledger.demand[:, a:b] * near).sum(axis=1)
    total = int(ledger.demand[:, a:b].sum())
    present, lingering = (ledger.counts(layer)[:, a:b] > 0 for layer in ("present", "lingering"))
    rho = np.array([[h.rho] for h in problem.hotspots], dtype=np.int64).reshape(-1, 1)
    risk = ledger.risk[:, a:b]
    left = ((100 - (100 - rho) * present - rho * lingering) * risk).sum(axis=1)
    by = case.weights.multipliers
    manned = ledger.counts("manned")[:, a:b] if problem.posts else ledger.wanted[:, a:b]
    missing = np.maximum(ledger.wanted[:, a:b] - manned, 0).sum(axis=1)
    facts = {
        "response": 1 - int(lost.sum()) / total if total else None,
        "presence": 1 - int(left.sum()) / (100 * int(risk.sum())) if risk.sum() else None,
        "demand": [
            {"name": problem.demand[j].name, "value": int(lost[j]) * by["response"] * parts_of(problem)}
            for j in np.argsort(-lost, kind="stable")[:_WORST].tolist()
            if lost[j]
        ],
        "hotspots": [
            {"name": case.name(problem.hotspots[j].place), "value": int(left[j]) * by["presence"]}
            for j in np.argsort(-left, kind="stable")[:_WORST].tolist()
            if left[j]
        ],
        "posts": [
            {"name": case.name(q.place), "missing": int(n)} for q, n in zip(problem.posts, missing, strict=True) if n
        ],
        "units": [
            {"callsign": d.callsign, "kind": _kind(case, d), "place": d.place}
            for who in case.units
            if who.unit.start <= a < who.unit.end
            for d in [doing(problem, who, a)]
        ],
        "off_duty": [who.unit.callsign for who in case.units if not who.unit.start <= a < who.unit.end],
    }
    return case.explained("moment", problem.name, (a, b), ["facts"], facts)

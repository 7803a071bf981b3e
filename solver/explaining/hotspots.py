"""Why a hotspot is not visited, or so little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from solver.explaining.access import Access, Work
from solver.explaining.answers import Change, Explanation
from solver.explaining.board import Worth
from solver.explaining.case import Case, Span, overlap
from solver.explaining.cures import cures
from solver.explaining.detours import Stays
from solver.explaining.nearness import nearest_by_hour
from solver.score import score
from solver.whereabouts import stints, visits

COVERED = 0.999
"""A share from which on nothing more is looked for."""


def explain_hotspot(case: Case, i: int, span: Span | None = None) -> Explanation:
    """Return why hotspot `i` is visited no more than it is, in the minutes of `span` or at all.

    The price is that of one visit more that lies in these minutes or overlaps them.
    """
    h = case.problem.hotspots[i]
    name = case.name(h.place)
    facts = _facts(case, i, span)
    work = visit_of(case, i, span)
    access = [case.doors.access(unit, work) for unit in case.problem.units]
    facts["can"] = [a.callsign for a in access if a.can]
    facts["on_call"] = case.held.staying(facts["can"])
    facts["cannot"] = _by_barrier(access)
    facts["way"] = min((a.way for a in access if a.can and a.way is not None), default=None)
    if barrier := _barrier(case, i, span, work, access, facts):
        changes = cures(case, work, access, span) if barrier not in ("nothing at stake", "covered", "no units") else []
        return case.explained("hotspot", name, span, [barrier], facts, changes)
    return _priced(case, i, span, work, facts)


def visit_of(case: Case, i: int, span: Span | None = None) -> Work:
    """Return a visit of hotspot `i` that overlaps `span`, as work to be done."""
    h, grid = case.problem.hotspots[i], case.problem.grid
    minutes = h.dwell + -h.dwell % grid
    begins = [(start, end - minutes) for start, end in h.open(case.problem.minutes)]
    if span is not None:
        begins = [(max(a, span[0] - minutes + 1), min(b, span[1] - 1)) for a, b in begins]
    # A begin lies on the grid.
    begins = [(a + -a % grid, b - b % grid) for a, b in begins]
    return Work("visit", h.places, minutes, tuple((a, b) for a, b in begins if a <= b))


def _facts(case: Case, i: int, span: Span | None) -> dict[str, Any]:
    """Return what is at stake at the hotspot, what is covered, when it is visited and by whom."""
    problem, ledger = case.problem, case.ledger
    h, (a, b) = problem.hotspots[i], span or (0, problem.minutes)
    present, lingering = (ledger.counts(layer)[i, a:b] > 0 for layer in ("present", "lingering"))
    risk = ledger.risk[i, a:b]
    by = case.weights.multipliers["presence"]
    total = 100 * int(risk.sum())
    covered = int((((100 - h.rho) * present + h.rho * lingering) * risk).sum())
    losses = sorted(x.covered - x.total for x in case.card.hotspots)
    mine = case.card.hotspots[i].covered - case.card.hotspots[i].total
    found = [(u.unit.callsign, x, y) for u in case.units for j, x, y in visits(problem, u) if j == i]
    watchers = [
        (u.unit.callsign, x, y) for u in case.units for q, x, y in stints(problem, u) if i in problem.posts[q].watches
    ]
    overdue = ledger.due[i, a:b] & (ledger.counts("visited")[i, a:b] == 0)
    return {
        "risk": total * by,
        "covered": covered * by,
        "share": covered / total if total else None,
        "rank": losses.index(mine) + 1,
        "of": len(losses),
        "visits": [{"callsign": c, "start": x, "end": y} for c, x, y in sorted(found, key=lambda v: v[1:])],
        "watched": [{"callsign": c, "start": x, "end": y} for c, x, y in sorted(watchers, key=lambda v: v[1:])],
        "dwell": h.dwell,
        "linger": h.linger,
        "windows": [list(w) for w in h.windows],
        "stretch": problem.places[h.place].exit is not None,
        "district": problem.places[h.place].district,
        "every": h.every,
        "required": h.required,
        "overdue": [[x + a, y + a] for x, y in runs(overdue)],
        "nearest": nearest_by_hour(case, h.places, span),
    }


def runs(row: Any) -> list[Span]:
    """Return the maximal runs of True in a row, as spans."""
    ends = np.flatnonzero(np.diff(np.asarray(row, dtype=np.bool_), prepend=False, append=False)).tolist()
    return list(zip(ends[::2], ends[1::2], strict=True))


def _by_barrier(access: Sequence[Access]) -> dict[str, list[str]]:
    """Return which units cannot go there, by what forbids it."""
    found: dict[str, list[str]] = {}
    for a in access:
        if not a.can:
            found.setdefault(a.barrier, []).append(a.callsign)
    return found


def _barrier(case: Case, i: int, span: Span | None, work: Work, access: Sequence[Access], facts: dict[str, Any]) -> str:
    """Return what forbids any visit, or makes one needless; nothing where neither does."""
    h = case.problem.hotspots[i]
    if not facts["risk"] and not facts["overdue"]:
        return "nothing at stake"
    if facts["share"] is not None and facts["share"] >= COVERED and not facts["overdue"]:
        return "covered"
    if not access:
        return "no units"
    if not visit_of(case, i).begins:
        return "windows too short"
    if not work.begins:
        return "closed" if not overlap(h.open(case.problem.minutes), span) else "windows too short"
    return lasting_barrier(access)


def lasting_barrier(access: Sequence[Access]) -> str:
    """Return what forbids all units some work: of their barriers the one nearest to being overcome."""
    if any(a.can for a in access):
        return ""
    barriers = {a.barrier for a in access}
    return next(b for b in ("too far", "off duty", "no way", "district", "mode or skill") if b in barriers)


def _priced(case: Case, i: int, span: Span | None, work: Work, facts: dict[str, Any]) -> Explanation:
    """Return the explanation where units could go: the price of one visit more."""
    places = set(case.problem.hotspots[i].places)
    name = case.name(case.problem.hotspots[i].place)
    before = [_visits(who.stays, places) for who in case.units]

    def more(u: int, _: Worth, stays: Stays) -> bool:
        return _visits(stays, places) > before[u]

    found = case.cheapest([work], span=span, accept=more)
    changes = [] if found is None else [with_gain(case, found, i)]
    if (again := _replanned(case, i, span, found)) is not None:
        changes.append(again)
    if not changes:
        return case.explained("hotspot", name, span, [nothing_found(facts)], facts)
    best = max(changes, key=lambda c: (-c.price.missing, c.price.value))
    return case.explained("hotspot", name, span, [best.price.reason], facts, changes)


def nothing_found(facts: Mapping[str, Any]) -> str:
    """Return why no change was found: all units that could are on call, or it is not known."""
    return "on call" if len(facts["on_call"]) == len(facts["can"]) else "no change found"


def _visits(stays: Stays, places: set[int]) -> int:
    """Return how many visits of a hotspot a route makes."""
    return sum(s.kind == "visit" and s.place in places for s in stays)


def with_gain(case: Case, change: Change, i: int) -> Change:
    """Return a change with what it brings at hotspot `i`, as its plan is scored."""
    if change.plan is None:
        return change
    card, by = score(case.problem, change.plan), case.weights.multipliers
    gained = by["presence"] * (card.hotspots[i].covered - case.card.hotspots[i].covered)
    name = case.name(case.problem.hotspots[i].place)
    for then, now in zip(card.revisits, case.card.revisits, strict=True):
        if then.place == name and not then.required:
            gained += by["revisit"] * (now.overdue - then.overdue)
    return replace(change, gained=gained)


def _replanned(case: Case, i: int, span: Span | None, found: Change | None) -> Change | None:
    """Return a visit of a hotspot that has none, with the whole plan searched anew around it.

    The search is told that one visit of it is required, at any time.
    """
    problem, h = case.problem, case.problem.hotspots[i]
    if case.resolve is None or span is not None or case.card.hotspots[i].visits or h.every:
        return None
    if h.windows or problem.minutes <= problem.grid:
        return None
    start = found.plan if found is not None and found.plan is not None else case.plan
    # Due in the last minute alone, where any visit at all is not too long ago.
    forced = replace(h, every=problem.minutes - problem.grid, required=True)
    changed = problem.replace(hotspots=tuple(forced if j == i else x for j, x in enumerate(problem.hotspots)))
    made = case.resolve(changed, start)
    if made is None:
        return None
    plan = case.with_routes(made.routes)
    card = score(problem, plan)
    if case.breaks_more(plan) or not card.hotspots[i].visits:
        return None
    change = Change("replan", "", case.name(h.place), "visit", None, None, case.price(card), plan=plan)
    return with_gain(case, change, i)

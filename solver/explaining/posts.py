"""Why a post is short, and what would cure it: each cure planned, not guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from solver.explaining.access import Access, Work
from solver.explaining.answers import Change, Explanation
from solver.explaining.case import Case, Span, overlap
from solver.explaining.cures import Wish, changed_unit, wishes
from solver.explaining.hotspots import lasting_barrier
from solver.on_call import group_text
from solver.plan import Plan, Shortfall
from solver.problem import Break, Problem
from solver.score import score
from solver.shortfalls import find_shortfalls
from solver.warm_start import fit
from solver.whereabouts import doing, stints

_TOLD = 3
"""Cures that are told."""

_TRIES = 6
"""How many cures of a kind, for one unit or another, are tried."""

_WIDER = 60
"""By how many minutes a break may move before or after its window, to see whether that cures a post."""


class Lack(NamedTuple):
    """Minutes ``[start, end)`` in a row in which a post lacks units: at most so many, and unit-minutes in all.

    `reason` is that of its worst part.
    """

    place: str
    start: int
    end: int
    most: int
    minutes: int
    reason: str


def explain_post(case: Case, i: int, span: Span | None = None) -> Explanation:
    """Return why post `i` lacks units in the minutes of `span`, or at all, and what would cure it."""
    problem = case.problem
    name = case.name(problem.posts[i].place)
    short = [
        s
        for s in find_shortfalls(problem, case.plan.routes)
        if s.rule == "post" and s.place == name and overlap([(s.start, s.end)], span)
    ]
    facts = _facts(case, i, span, short)
    if not short:
        a, b = span or (0, problem.minutes)
        reason = "manned" if case.ledger.wanted[i, a:b].any() else "nothing at stake"
        return case.explained("post", name, span, [reason], facts)
    lack = max(_lacks_of(short), key=lambda x: x.minutes)
    work = _stint(problem, i, lack)
    access = [case.doors.access(unit, work) for unit in problem.units]
    _who_could(case, facts, access, lack)
    changes = list(_missed(case, lack))
    if not changes:
        changes = _cured(case, i, work, access, lack)
    if any(c.code in ("insert", "replan") for c in changes):
        reason = "search missed it"
    else:
        reason = _reason(case, work, access, lack)
    return case.explained("post", name, (lack.start, lack.end) if span is None else span, [reason], facts, changes)


def _facts(case: Case, i: int, span: Span | None, short: list[Shortfall]) -> dict[str, Any]:
    """Return what is wanted, who stands there, and what is lacking."""
    problem, post = case.problem, case.problem.posts[i]
    a, b = span or (0, problem.minutes)
    return {
        "staffing": [[w.start, w.end, w.units] for w in post.staffing],
        "stint": post.stint,
        "modes": list(post.modes),
        "skills": list(post.skills),
        "district": problem.places[post.place].district,
        "wanted": int(case.ledger.wanted[i, a:b].sum()),
        "manned": sorted(
            (
                {"callsign": who.unit.callsign, "start": x, "end": y}
                for who in case.units
                for q, x, y in stints(problem, who)
                if q == i and x < b and a < y
            ),
            key=lambda s: (s["start"], s["end"]),
        ),
        "short": [
            {"start": s.start, "end": s.end, "missing": s.missing, "reason": s.reason, "cure": s.cure} for s in short
        ],
        "missing": sum(s.minutes for s in short),
        "replanned": case.resolve is not None,
    }


def _lacks_of(short: Sequence[Shortfall]) -> list[Lack]:
    """Return the shortfalls of a post, those joined that follow each other."""
    groups: list[list[Shortfall]] = []
    for s in sorted(short, key=lambda s: s.start):
        if groups and groups[-1][-1].end == s.start:
            groups[-1].append(s)
        else:
            groups.append([s])
    return [
        Lack(
            g[0].place,
            g[0].start,
            g[-1].end,
            max(s.missing for s in g),
            sum(s.minutes for s in g),
            max(g, key=lambda s: s.minutes).reason,
        )
        for g in groups
    ]


def _stint(problem: Problem, i: int, lack: Lack) -> Work:
    """Return a stint that fills a lack, longer than it where stints last longer."""
    post, grid = problem.posts[i], problem.grid
    length = max(post.stint, lack.end - lack.start)
    length += -length % grid
    first = max(lack.end - length, 0)
    return Work("stint", (post.place,), length, ((first + -first % grid, lack.start - lack.start % grid),))


def _who_could(case: Case, facts: dict[str, Any], access: list[Access], lack: Lack) -> None:
    """Add to the facts who could fill the longest lack by itself, what those do instead, and why the others cannot."""
    facts["longest"] = [lack.start, lack.end]
    facts["can"] = [a.callsign for a in access if a.can]
    facts["on_call"] = case.held.staying(facts["can"])
    facts["cannot"] = {}
    for a in access:
        if not a.can:
            facts["cannot"].setdefault(a.barrier, []).append(a.callsign)
    doings = [doing(case.problem, who, lack.start) for who, a in zip(case.units, access, strict=True) if a.can]
    facts["instead"] = [{"callsign": d.callsign, "kind": d.kind, "place": d.place} for d in doings]


def _reason(case: Case, work: Work, access: list[Access], lack: Lack) -> str:
    """Return why there is a lack: in words of the access of its units where that proves it."""
    if not access:
        return "no units"
    if (barrier := lasting_barrier(access)) in ("mode or skill", "district", "no way"):
        return barrier
    if lack.reason == "too few units on duty":
        return "too few"
    # Whether units could reach it is asked along the shortest ways, also such as lead by way of other places.
    post = case.problem.posts[_index(case, lack)]
    wanted = case.ledger.wanted[_index(case, lack), lack.start : lack.end]
    for t in range(lack.start, lack.end):
        able = 0
        for unit in case.problem.units:
            first = max(t - post.stint + 1, 0)
            short = Work("stint", work.places, post.stint, ((first, t),))
            able += case.doors.access(unit, short).can
        if able < wanted[t - lack.start]:
            return "too few"
    return "bound by rules"


def _index(case: Case, lack: Lack) -> int:
    """Return the post of a lack."""
    return next(i for i, q in enumerate(case.problem.posts) if case.name(q.place) == lack.place)


def _lacks(problem: Problem, plan: Plan, lack: Lack) -> int:
    """Return the unit-minutes that a post lacks within a lack, in a plan of any problem."""
    return sum(
        min(s.end, lack.end) - max(s.start, lack.start)
        for s in find_shortfalls(problem, plan.routes)
        if s.rule == "post" and s.place == lack.place and s.start < lack.end and lack.start < s.end
        for _ in range(s.missing)
    )


def _missed(case: Case, lack: Lack) -> Iterator[Change]:
    """Yield a plan of the same problem that lacks less, where one is found: the search has missed it."""
    i = _index(case, lack)
    post, grid = case.problem.posts[i], case.problem.grid
    length = post.stint + -post.stint % grid
    lengths = {length, _stint(case.problem, i, lack).minutes}
    works = [Work("stint", (post.place,), n, ((0, case.problem.minutes - n),)) for n in lengths]
    found = case.cheapest(works, span=(lack.start, lack.end), accept=lambda _, worth, __: worth.mends > 0)
    if found is not None:
        yield found
    if case.resolve is not None and (made := case.resolve(case.problem, case.plan)) is not None:
        plan = case.with_routes(made.routes)
        price = case.price(score(case.problem, plan))
        if price.missing < min(0, found.price.missing if found else 0) and not case.breaks_more(plan):
            yield Change("replan", "", lack.place, "stint", None, None, price, plan=plan)


def _cured(case: Case, i: int, work: Work, access: list[Access], lack: Lack) -> list[Change]:
    """Return changes of what was asked for with which the lack is filled and nothing else lacks more."""
    found: list[Change] = []
    tries: Counter[str] = Counter()
    for wish in sorted(_wishes(case, i, work, access, lack), key=lambda w: w.effort):
        tries[wish.code] += 1
        if len(found) >= _TOLD or any(c.code == wish.code for c in found) or tries[wish.code] > _TRIES:
            continue
        if (change := _tried(case, wish, lack)) is not None:
            found.append(change)
    # Asking for less is always possible, so it comes last.
    # What cures the whole comes first.
    found.sort(key=lambda c: c.details["left"] > 0)
    return [*found, _fewer(lack)]


def _tried(case: Case, wish: Wish, lack: Lack) -> Change | None:
    """Return a wish as a change where a plan of the changed problem fills the lack."""
    start = case.plan.replace(routes=fit(wish.problem, case.plan, case.problem).routes)
    there = Case(wish.problem, start)
    post = wish.problem.posts[_index(case, lack)]
    length = max(post.stint, lack.end - lack.start)
    length += -length % wish.problem.grid
    works = [Work("stint", (post.place,), n, ((0, wish.problem.minutes - n),)) for n in {length, post.stint}]
    change = there.cheapest(
        works, units=[wish.u], span=(lack.start, lack.end), accept=lambda _, worth, __: worth.mends > 0
    )
    best = change.plan if change is not None else None
    if (best is None or _lacks(wish.problem, best, lack)) and case.resolve is not None:
        made = case.resolve(wish.problem, best or start)
        if made is not None and (best is None or _lacks(wish.problem, made, lack) < _lacks(wish.problem, best, lack)):
            best, change = made, None
    if best is None:
        return None
    left = _lacks(wish.problem, best, lack)
    price = case.price(score(wish.problem, best))
    if price.missing >= 0 or left >= lack.minutes or there.breaks_more(_honest(wish.problem, best)):
        return None
    start_end = (None, None) if change is None else (change.start, change.end)
    return Change(
        wish.code, wish.callsign, lack.place, "stint", *start_end, price, details={**wish.details, "left": left},
        shifts=() if change is None else change.shifts, plan=best,
    )  # fmt: skip


def _honest(problem: Problem, plan: Plan) -> Plan:
    """Return a plan that claims what its routes cover and lack."""
    made = plan.replace(fingerprint=problem.fingerprint(), shortfalls=find_shortfalls(problem, plan.routes), bound=None)
    return made.replace(value=score(problem, made).value)


def _wishes(case: Case, i: int, work: Work, access: list[Access], lack: Lack) -> Iterator[Wish]:
    """Yield changed problems in which the post may be manned."""
    problem = case.problem
    yield from wishes(problem, work, access, units=lack.most)
    yield from _more_out(case, access, lack)
    for u, unit in enumerate(problem.units):
        rule = unit.break_
        if rule and access[u].barrier in ("", "too far") and rule.earliest < lack.end and lack.start < rule.latest:
            yield from _other_break(problem, u, rule)
    post = problem.posts[i]
    half = post.stint // 2 - post.stint // 2 % problem.grid
    if half >= problem.grid and lack.end - lack.start < post.stint:
        posts = tuple(replace(q, stint=half) if j == i else q for j, q in enumerate(problem.posts))
        details = {"stint": half, "was": post.stint}
        yield from (
            Wish("shorter stint", "", details, problem.replace(posts=posts), u, 15)
            for u, a in enumerate(access)
            if a.barrier in ("", "too far", "off duty")
        )


def _other_break(problem: Problem, u: int, rule: Break) -> Iterator[Wish]:
    """Yield the problem with the window of a break made wider by an hour on either side."""
    unit = problem.units[u]
    wider = replace(rule, earliest=max(rule.earliest - _WIDER, unit.start), latest=min(rule.latest + _WIDER, unit.end))
    made = changed_unit(problem, u, break_=wider)
    if made is not None and wider != rule:
        yield Wish("move break", unit.callsign, {"earliest": wider.earliest, "latest": wider.latest}, made, u, 5)


def _more_out(case: Case, access: Sequence[Access], lack: Lack) -> Iterator[Wish]:
    """Yield the problem with as many units more out as are lacking, for one that is on call and could go."""
    problem = case.problem
    for u, a in enumerate(access):
        callout = case.held.on_call.get(a.callsign)
        if callout is None or not a.can or not case.held.stays(a.callsign):
            continue
        out = min(callout.most + lack.most, len(callout.units))
        callouts = tuple(replace(c, most=out) if c == callout else c for c in problem.callouts)
        details = {"group": group_text(callout), "out": out, "was": callout.most, "of": len(callout.units)}
        yield Wish("more out", a.callsign, details, problem.replace(callouts=callouts), u, 8)


def _fewer(lack: Lack) -> Change:
    """Return that the post asks for as many as are there: it costs nothing, and nothing is missing then."""
    from solver.explaining.answers import Price
    from solver.problem import LAYERS

    minutes = lack.minutes
    details = {"fewer": lack.most, "start": lack.start, "end": lack.end}
    price = Price(-minutes, 0, dict.fromkeys(LAYERS, 0))
    return Change("fewer wanted", "", lack.place, "stint", None, None, price, details=details)

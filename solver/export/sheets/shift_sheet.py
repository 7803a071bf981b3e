"""The sheet of a shift: what is lacking first, what is covered, who stands where when, and what each unit does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from solver.export.itinerary import Itinerary
from solver.export.sheet_words import Moments, Words
from solver.export.sheets.sheet import GAP, WIDTH, Beside, Column, Heading, Note, Part, Sheet, Table, Tone, clean
from solver.export.sheets.strips import Bar, cover_chart, strips
from solver.headline import bound_of
from solver.on_call import roll_call
from solver.plan import Plan
from solver.plan_json import gap
from solver.problem import LAYERS, Callout, Problem
from solver.scorecard import Scorecard
from solver.weights import goal_shares
from solver.whereabouts import manning_units, wanted_units, whereabouts
from solver.wording import percent

LOSSES = 3
"""Hotspots that are named as left without cover."""

BESIDE = 0.55
"""Share of the width of the drawing of hours beside its table."""

MOST_BESIDE = 14
"""Hours up to which the table of hours stands beside its drawing."""

Parts = Iterator[Part | Beside]


def shift_sheet(problem: Problem, plan: Plan, card: Scorecard, tours: Sequence[Itinerary], words: Words) -> Sheet:
    """Return the sheet of the shift.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    tours : sequence of Itinerary
        Of all units.
    words : Words
    """
    moments = Moments(problem, words)
    counts = words.counts.format(
        units=len(problem.units), hotspots=len(problem.hotspots), posts=len(problem.posts), demand=len(problem.demand)
    )
    parts: list[Part | Beside] = [
        *_shortfalls(plan, card, moments, words),
        *_worth(problem, plan, card, words),
        *_layers(problem, card, moments, words),
        *_hours(problem, card, moments, words),
        *_posts(problem, plan, tours, moments, words),
        *_units(problem, plan, card, tours, words),
        *_tasks(card, moments, words),
        *_revisits(card, words),
        *_search(plan, words),
    ]
    return Sheet("", clean(problem.name), counts, moments.whole(0, problem.minutes), tuple(parts))


def _percent(share: float | None) -> str:
    """Return a share in per cent, a dash where there is nothing to share."""
    return percent(share, none="–")


def alert_name(callout: Callout, words: Words) -> str:
    """Return what a group of units of which only some go out is called: its alert, and its name where it has one."""
    level = words.levels.get(callout.level, clean(callout.level)) or words.callout
    return level + (words.group.format(name=clean(callout.name)) if callout.name else "")


def _shortfalls(plan: Plan, card: Scorecard, moments: Moments, words: Words) -> Parts:
    """Yield what hard rules lack, or that they lack nothing; nothing where none asks for anything."""
    if not plan.shortfalls:
        asked = card.posts or any(r.required for r in card.revisits) or any(k.required for k in card.tasks)
        if card.missing:
            yield Note(words.joined(words.shortfalls, clean(card.lack())), "alarm")
        elif asked:
            yield Note(words.nothing_lacks, "good")
        return
    yield Note(words.shortfalls, "alarm")
    rows = tuple(
        (
            moments.span(s.start, s.end),
            clean(s.place),
            words.lacks[s.rule].format(missing=s.missing),
            words.reasons.get(s.reason, clean(s.reason)),
            clean(s.cure),
        )
        for s in plan.shortfalls
    )
    heads = (words.when, words.where, words.missing, words.reason, words.cure)
    columns = tuple(Column(h, s) for h, s in zip(heads, (0.14, 0.19, 0.13, 0.18, 0.36), strict=True))
    alarm: Tone = "alarm"
    yield Table(columns, rows, (alarm,) * len(rows))


def _worth(problem: Problem, plan: Plan, card: Scorecard, words: Words) -> Parts:
    """Yield what the plan is worth, and how much better any other could be."""
    if not card.full:
        yield Note(words.nothing_to_cover)
        return
    said = [words.worth.format(value=_percent(card.value / card.full))]
    bound = bound_of(problem, plan, card)
    left = gap(card.value, bound)
    if bound is None or left is None:
        said.append(words.no_bound)
    elif bound <= card.value:
        said.append(words.proved)
    else:
        said.append(words.bound.format(bound=_percent(bound / card.full), left=_percent(left)))
    yield Note(" ".join(said) if words.language == "en" else "".join(said))


def _layers(problem: Problem, card: Scorecard, moments: Moments, words: Words) -> Parts:
    """Yield the covered share of each layer, and when response is least."""
    goals = goal_shares(problem)
    heads = (
        (words.layer, 0.15, False),
        (words.covered, 0.12, True),
        (words.meaning, 0.6, False),
        (words.goal, 0.13, True),
    )
    rows = tuple(
        (
            words.layers[x],
            _percent(card.share(x)),
            words.meanings[x],
            _percent(goals[x]),
        )
        for x in LAYERS
        if card.totals[x]
    )
    if rows:
        yield Table(tuple(Column(*head) for head in heads), rows)
    worst_spells = [s for s in card.worst_response if s.response < 1]
    if worst_spells:
        spells = [f"{moments.span(s.start, s.end)} {_percent(s.response)}" for s in worst_spells[:LOSSES]]
        yield Note(words.least_response.format(spells=words.comma.join(spells)), "quiet")
    worst = sorted((h for h in card.hotspots if h.covered < h.total), key=lambda h: h.covered - h.total)[:LOSSES]
    if worst:
        places = [words.loss.format(place=clean(h.place), share=_percent(h.share)) for h in worst]
        yield Note(words.losses.format(places=words.comma.join(places)), "quiet")


def _hours(problem: Problem, card: Scorecard, moments: Moments, words: Words) -> Parts:
    """Yield what is covered by hour, drawn and in figures."""
    shown = [x for x in ("presence", "response", "backup") if any(getattr(h, x) is not None for h in card.hours)]
    if not shown:
        return
    yield Heading(words.by_hour)
    columns = (Column(words.hour, 0.28), *(Column(words.layers[x], 0.24, right=True) for x in shown))
    rows = tuple((moments.at(h.start), *(_percent(getattr(h, x)) for x in shown)) for h in card.hours)
    table = Table(columns, rows)
    if len(rows) > MOST_BESIDE:
        yield cover_chart(problem, card.hours, words, WIDTH, 120.0)
        yield table
    else:
        height = max(90.0, 12.0 * (len(rows) + 1))
        width = round(BESIDE * WIDTH - GAP / 2, 1)
        yield Beside((cover_chart(problem, card.hours, words, width, height),), (table,), BESIDE)


def _posts(problem: Problem, plan: Plan, tours: Sequence[Itinerary], moments: Moments, words: Words) -> Parts:
    """Yield who stands on which post when, drawn and as a table."""
    yield Heading(words.posts_title)
    if not problem.posts:
        yield Note(words.no_posts, "quiet")
        return
    wanted = wanted_units(problem)
    lacking = wanted - manning_units(problem, whereabouts(problem, plan.routes))
    rows: list[tuple[str, list[Bar]]] = []
    cells: list[tuple[str, ...]] = []
    for i, post in enumerate(problem.posts):
        name = problem.places[post.place].name
        stints = sorted(
            (h.stop.arrive, h.stop.leave, clean(t.unit.callsign))
            for t in tours
            for h in t.halts
            if h.stop.kind == "stint" and h.place.name == name and h.minutes
        )
        holes = _runs(lacking[i].tolist())
        bars = [Bar(*stint[:2], "stint", stint[2]) for stint in stints]
        lanes = _lanes(bars)
        lanes += [[Bar(start, end, "lack", words.nobody) for start, end, _ in holes]] if holes else []
        rows += [(clean(name) if k == 0 else "", lane) for k, lane in enumerate(lanes or [[]])]
        said = [f"{moments.span(a, b)} {who}" for a, b, who in stints]
        asked = words.comma.join(f"{moments.span(w.start, w.end)} × {w.units}" for w in post.staffing)
        missing = words.comma.join(f"{moments.span(a, b)} × {n}" for a, b, n in holes)
        cells.append((clean(name), asked, words.between.join(said) or "–", missing or "–"))
    yield from strips(problem, words.posts_title, rows, words, key=False)
    if not lacking.max(initial=0) > 0:
        cells = [row[:3] for row in cells]
    heads = ((words.post, 0.17), (words.when, 0.15), (words.who, 0.53), (words.missing, 0.15))
    yield Table(tuple(Column(*head) for head in heads[: len(cells[0])]), tuple(cells))


def _runs(values: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the spans (start, end, value) of equal values above 0."""
    found: list[tuple[int, int, int]] = []
    for t, value in enumerate(values):
        if value <= 0:
            continue
        if found and found[-1][1] == t and found[-1][2] == value:
            found[-1] = (found[-1][0], t + 1, value)
        else:
            found.append((t, t + 1, value))
    return found


def _lanes(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Return bars in as few rows as they need for none to lie on another, as a relief may overlap."""
    lanes: list[list[Bar]] = []
    for bar in bars:
        free = next((lane for lane in lanes if lane[-1].end <= bar.start), None)
        if free is None:
            lanes.append([bar])
        else:
            free.append(bar)
    return lanes


def _units(problem: Problem, plan: Plan, card: Scorecard, tours: Sequence[Itinerary], words: Words) -> Parts:
    """Yield who goes out under an alert, and what each unit does, drawn and in minutes."""
    yield Heading(words.units_title)
    for callout, out, waiting in roll_call(problem, plan.routes):
        out_and_waiting = [words.comma.join(map(clean, units)) or words.nobody for units in (out, waiting)]
        yield Note(
            words.called.format(
                alert=alert_name(callout, words),
                most=callout.most,
                units=len(callout.units),
                out=out_and_waiting[0],
                waiting=out_and_waiting[1],
            )
        )
    if not problem.units:
        yield Note(words.no_units, "quiet")
        return
    yield from strips(
        problem, words.units_title, [(clean(t.unit.callsign), bars_of(t)) for t in tours], words, key=True
    )
    shown = {
        words.visit_count: [u.visits for u in card.units],
        words.visiting: [u.visiting for u in card.units],
        words.stints: [u.stints for u in card.units],
        words.tasks: [u.tasks for u in card.units],
        words.driving: [u.driving for u in card.units],
        words.standby: [u.standby for u in card.units],
        words.on_break: [u.on_break for u in card.units],
        words.off: [u.off_duty for u in card.units],
    }
    shown = {head: cells for head, cells in shown.items() if any(cells)}
    columns = (Column(words.unit, 0.2), *(Column(head, 0.8 / max(len(shown), 1), right=True) for head in shown))
    names = [clean(u.callsign) for u in card.units]
    yield Table(columns, tuple((name, *map(str, row)) for name, *row in zip(names, *shown.values(), strict=True)))


def bars_of(tour: Itinerary) -> list[Bar]:
    """Return what a unit does as bars, as the scorecard counts it; off duty it does nothing."""
    begin, end = tour.duty or (0, 0)
    bars: list[Bar] = []
    for a, b in pairwise(tour.halts):
        if a.stop.leave < b.stop.arrive:
            bars.append(Bar(a.stop.leave, b.stop.arrive, "standby" if a.place == b.place else "driving"))
    for h in tour.halts:
        start, until = h.stop.arrive, h.stop.leave
        if h.stop.kind == "standby":
            start, until = max(start, begin), min(until, end)
        if start < until:
            bars.append(Bar(start, until, h.stop.kind))
    return bars


def _tasks(card: Scorecard, moments: Moments, words: Words) -> Parts:
    """Yield which tasks are done, when and by whom."""
    if not card.tasks:
        return
    yield Heading(words.tasks_title)
    rows = tuple(
        (
            clean(k.place) + (f" ({words.required})" if k.required else ""),
            words.length_of(k.minutes),
            words.not_done if k.start is None else moments.at(k.start),
            clean(k.callsign or "–"),
        )
        for k in card.tasks
    )
    tones: tuple[Tone, ...] = tuple("alarm" if k.missing else "plain" for k in card.tasks)
    columns = (
        Column(words.task, 0.45),
        Column(words.length, 0.15, right=True),
        Column(words.when, 0.2),
        Column(words.who, 0.2),
    )
    yield Table(columns, rows, tones)


def _revisits(card: Scorecard, words: Words) -> Parts:
    """Yield how the hotspots are that should be visited again and again."""
    if not card.revisits:
        return
    yield Heading(words.revisits_title)
    heads = (words.place, words.every, words.longest, words.overdue)
    rows = tuple(
        (
            clean(r.place) + (f" ({words.required})" if r.required else ""),
            *map(words.length_of, (r.every, r.longest, r.overdue)),
        )
        for r in card.revisits
    )
    columns = tuple(Column(h, s, right=i > 0) for i, (h, s) in enumerate(zip(heads, (0.4, 0.2, 0.2, 0.2), strict=True)))
    tones: tuple[Tone, ...] = tuple("alarm" if r.missing else "plain" for r in card.revisits)
    yield Table(columns, rows, tones)


def _search(plan: Plan, words: Words) -> Parts:
    """Yield how the plan was found, as far as that is known."""
    if not plan.parameters:
        return
    if plan.status == "simple rule":
        rule = clean(str(plan.parameters.get("rule", "–")))
        yield Note(words.rule.format(rule=rule, seed=plan.seed), "quiet")
        return
    yield Note(
        words.search.format(
            status=words.statuses.get(plan.status, clean(plan.status)),
            seconds=clean(str(plan.parameters.get("seconds", "–"))),
            seed=plan.seed,
            engine=clean(str(plan.parameters.get("engine", "–"))),
        ),
        "quiet",
    )

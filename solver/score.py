"""What a plan covers, recomputed from the plan alone: the scorecard.

Nothing here is shared with an engine but the statement of the problem (`solver.problem`, `solver.weights`).
Plans that break rules are scored too: what does not count as a stop (see `solver.whereabouts`) covers
nothing, a visit, stint or task that breaks a rule of its own (its length, its windows, who may work there) covers
nothing, and legs are taken as the plan gives them; whether a plan may be driven is for `solver.check` to say.

The horizon is cut into *pieces*, in each of which slot and clock hour are the same; cells are counted by
piece with numpy and weighed in exact integers (a problem's weights are limited so that 64 bits hold them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.busy import parts_of, steps_of, worth_by_units
from solver.clock import Clock
from solver.handovers import handovers
from solver.plan import Plan
from solver.problem import Problem
from solver.scorecard import (
    DistrictScore,
    HotspotScore,
    Hour,
    PostScore,
    RevisitScore,
    Scorecard,
    Spell,
    TaskScore,
    UnitScore,
    Zone,
    share,
)
from solver.weights import weights
from solver.whereabouts import (
    Whereabouts,
    manning_units,
    overdue_minutes,
    stands,
    stints,
    tasks_done,
    visits,
    wanted_units,
    whereabouts,
)
from solver.wording import Times

__all__ = ["Scorecard", "score"]

WORST = 5
"""How many of the worst spells of response are told."""

Ints = NDArray[np.int64]


class _Hours(NamedTuple):
    """The clock hours of the horizon: their first minutes and labels, and the pieces of each."""

    starts: list[int]
    labels: list[str]
    first_piece: list[int]


class _Cover(NamedTuple):
    """What is covered of one layer: weight by row (hotspot or demand point) and piece, and all there is."""

    covered: Ints
    total: Ints


class _DemandCover(NamedTuple):
    """The same of a layer of demand, and what of it would be covered if no unit were ever busy."""

    covered: Ints
    total: Ints
    if_free: Ints


def score(problem: Problem, plan: Plan) -> Scorecard:
    """Return the scorecard of `plan`, recomputed from its routes; what the plan claims is not looked at.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Any plan, also one that breaks rules: what is no valid stop, visit, stint or task covers nothing.
    """
    units = whereabouts(problem, plan.routes)
    hours, pieces = _pieces(problem)
    presence = _presence(problem, units, pieces)
    first, second = units_in_reach(problem, units)
    steps = steps_of(problem)
    response = _demand_cover(problem, first, pieces, steps.response, most=1)
    backup = _demand_cover(problem, second, pieces, steps.backup, most=2)
    layers: dict[str, _Cover | _DemandCover] = {"presence": presence, "response": response, "backup": backup}
    worth = weights(problem)
    posts, revisits, tasks = _posts(problem, units), _revisits(problem, units), _tasks(problem, units)
    standing = [_standing(problem, who) for who in units]
    rows = tuple(_unit(problem, who, there) for who, there in zip(units, standing, strict=True))
    covered = {layer: int(cover.covered.sum()) for layer, cover in layers.items()} | {
        "revisit": sum(r.due - r.overdue for r in revisits if not r.required),
        "tasks": sum(k.profit for k in tasks if k.done),
        "district": sum(u.in_district or 0 for u in rows),
    }
    return Scorecard(
        covered=covered,
        totals=dict(worth.totals),
        value=worth.value(covered),
        full=worth.full,
        missing=sum(q.missing for q in posts) + sum(r.missing for r in revisits) + sum(k.missing for k in tasks),
        hours=_hour_rows(problem, hours, layers),
        zones=_zones(problem, response, backup),
        districts=_districts(problem, presence, standing),
        hotspots=_hotspots(problem, units, presence),
        units=rows,
        posts=posts,
        revisits=revisits,
        tasks=tasks,
        worst_response=_worst(problem, first, steps.response),
        handovers=handovers(problem, units, first),
        if_free={layer: int(x.if_free.sum()) for layer, x in (("response", response), ("backup", backup))}
        if problem.busy
        else {},
    )


def _pieces(problem: Problem) -> tuple[_Hours, list[int]]:
    """Return the clock hours, and the first minutes of the pieces."""
    clock, times = Clock.of(problem), Times(problem)
    starts, hour = [], None
    for t in range(problem.minutes):
        local = clock.local(t)
        now = (local.date(), local.hour, local.utcoffset())
        if now != hour:
            starts.append(t)
            hour = now
    pieces = sorted({*starts, *problem.slots[:-1]})
    return _Hours(starts, [times.at(t) for t in starts], [pieces.index(t) for t in starts]), pieces


def _by_piece(rows: Sequence[Sequence[int]], problem: Problem, pieces: list[int]) -> Ints:
    """Return weights a minute by row and slot as weights a minute by row and piece."""
    slots = np.searchsorted(problem.slots, pieces, side="right") - 1
    table: Ints = np.array(rows, dtype=np.int64).reshape(len(rows), len(problem.slots) - 1)
    return table[:, slots]


def _count(covered: NDArray[Any], pieces: list[int]) -> Ints:
    """Return the sums of `covered` (minutes along the first axis) by row and piece."""
    return np.add.reduceat(covered, pieces, axis=0, dtype=np.int64).T


def _lengths(problem: Problem, pieces: list[int]) -> Ints:
    """Return the minutes of each piece."""
    return np.array([b - a for a, b in pairwise([*pieces, problem.minutes])], dtype=np.int64)


def _presence(problem: Problem, units: Sequence[Whereabouts], pieces: list[int]) -> _Cover:
    """Return what visits cover: (100 - rho) of the risk in their minutes, rho of it while they linger.

    A stint is as good as a visit of the hotspots that its post watches, but does not linger.
    """
    present = np.zeros((problem.minutes, len(problem.hotspots)), dtype=np.bool_)
    lingering = np.zeros_like(present)
    for who in units:
        for h, arrive, leave in visits(problem, who):
            present[arrive:leave, h] = True
            lingering[arrive : leave + problem.hotspots[h].linger, h] = True
        for q, arrive, leave in stints(problem, who):
            present[arrive:leave, list(problem.posts[q].watches)] = True
    risk = _by_piece([h.risk for h in problem.hotspots], problem, pieces)
    rho = np.array([[h.rho] for h in problem.hotspots], dtype=np.int64).reshape(-1, 1)
    percent = (100 - rho) * _count(present, pieces) + rho * _count(lingering, pieces)
    return _Cover(percent * risk, 100 * risk * _lengths(problem, pieces))


def places_in_reach(problem: Problem) -> tuple[dict[str, NDArray[np.bool_]], dict[str, NDArray[np.bool_]]]:
    """Return by mode from which places demand points are within standard, and within backup, shape (P, D) each."""
    standard = np.array([d.standard for d in problem.demand], dtype=np.int64)
    second = np.array([d.backup for d in problem.demand], dtype=np.int64)
    near = {m: (r >= 0) & (r <= standard) for m, r in problem.reach.items()}
    wide = {m: (r >= 0) & (r <= second) for m, r in problem.reach.items()}
    return near, wide


def units_in_reach(problem: Problem, units: Sequence[Whereabouts]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return how many available units are within standard, and within backup, by minute and demand point."""
    near, wide = places_in_reach(problem)
    legs = {m: problem.legs(m) for m in {u.mode for u in problem.units}}
    # A unit adds one where it begins to stand and takes it off where it ends; sums along time are the counts.
    change = np.zeros((2, problem.minutes + 1, len(problem.demand)), dtype=np.int16)
    for who in units:
        mode = who.unit.mode
        for s in stands(problem, who, legs[mode]):
            for step, within in zip(change, (near[mode][s.place], wide[mode][s.place]), strict=True):
                step[s.start] += within
                step[s.end] -= within
    counts = np.cumsum(change, axis=1, dtype=np.int16)[:, :-1]
    return counts[0], counts[1]


def _demand_cover(
    problem: Problem, counts: NDArray[np.int16], pieces: list[int], steps: Ints, *, most: int
) -> _DemandCover:
    """Return covered demand: each point counts for each of its first units as much as `steps` say.

    Where no unit is ever busy that is once for each of the first `most` units.
    """
    demand, parts = _by_piece([d.demand for d in problem.demand], problem, pieces), parts_of(problem)
    if_free = _count(np.minimum(counts, most), pieces) * demand * parts
    covered = if_free
    if problem.busy:
        slot = problem.slot_of[pieces]
        covered = np.zeros_like(if_free)
        for before, step in enumerate(steps):
            covered += _count(counts > before, pieces) * demand * step[slot]
    return _DemandCover(covered, most * demand * parts * _lengths(problem, pieces), if_free)


def _hour_rows(problem: Problem, hours: _Hours, layers: dict[str, _Cover | _DemandCover]) -> tuple[Hour, ...]:
    """Return the layers' shares by clock hour."""
    by_hour = {
        layer: [np.add.reduceat(side.sum(axis=0), hours.first_piece) for side in (cover.covered, cover.total)]
        for layer, cover in layers.items()
    }
    return tuple(
        Hour(
            start,
            end,
            label,
            **{layer: share(int(covered[i]), int(total[i])) for layer, (covered, total) in by_hour.items()},
        )
        for i, (start, end, label) in enumerate(
            zip(hours.starts, [*hours.starts[1:], problem.minutes], hours.labels, strict=True)
        )
    )


def _zones(problem: Problem, response: _DemandCover, backup: _DemandCover) -> tuple[Zone, ...]:
    """Return shares by zone and standard, in the order in which they come in the problem."""
    groups: dict[tuple[str, int], list[int]] = {}
    for i, d in enumerate(problem.demand):
        groups.setdefault((d.zone, d.standard), []).append(i)
    return tuple(
        Zone(
            zone,
            standard,
            len(rows),
            int(response.total[rows].sum()) // parts_of(problem),
            *(share(int(x.covered[rows].sum()), int(x.total[rows].sum())) for x in (response, backup)),
        )
        for (zone, standard), rows in groups.items()
    )


def _hotspots(problem: Problem, units: Sequence[Whereabouts], presence: _Cover) -> tuple[HotspotScore, ...]:
    """Return what is covered of each hotspot."""
    number = [0] * len(problem.hotspots)
    minutes = [0] * len(problem.hotspots)
    for who in units:
        for h, arrive, leave in visits(problem, who):
            number[h] += 1
            minutes[h] += leave - arrive
    return tuple(
        HotspotScore(problem.places[h.place].name, covered, total, share(covered, total), number[i], minutes[i])
        for i, h in enumerate(problem.hotspots)
        for covered, total in [(int(presence.covered[i].sum()), int(presence.total[i].sum()))]
    )


def _unit(problem: Problem, who: Whereabouts, standing: Counter[str]) -> UnitScore:
    """Return how a unit spends its shift; waiting between two stops at one place is standby, if it is on duty then."""
    belongs = who.unit.districts and not who.unit.tied
    spent = dict.fromkeys(("visit", "stint", "task", "break", "standby", "driving"), 0)
    for before, after in zip((None, *who.stays), who.stays, strict=False):
        spent[after.kind] += after.leave - after.arrive
        if before is not None:
            moved = before.place != after.place
            spent["driving" if moved else "standby"] += after.arrive - before.leave
    shift = who.unit.end - who.unit.start
    begin, end = who.duty
    # What comes before and after the duty of a unit that chooses it is standby at its stations and nothing else.
    off_duty = min(shift - (end - begin), spent["standby"])
    visited = [h for h, _, _ in visits(problem, who)]
    return UnitScore(
        callsign=who.unit.callsign,
        shift=shift,
        visiting=spent["visit"],
        stints=spent["stint"],
        tasks=spent["task"],
        driving=spent["driving"],
        standby=spent["standby"] - off_duty,
        on_break=spent["break"],
        off_duty=off_duty,
        unaccounted=shift - sum(spent.values()),
        visits=len(visited),
        hotspots=len(set(visited)),
        in_district=sum(standing[d] for d in set(who.unit.districts)) if belongs else None,
        crew=who.unit.crew,
    )


def _standing(problem: Problem, who: Whereabouts) -> Counter[str]:
    """Return for how many minutes a unit stands available in each district."""
    minutes: Counter[str] = Counter()
    if any(place.district for place in problem.places):
        for s in stands(problem, who, problem.legs(who.unit.mode)):
            minutes[problem.places[s.place].district] += s.end - s.start
    return minutes


def _districts(problem: Problem, presence: _Cover, standing: Sequence[Counter[str]]) -> tuple[DistrictScore, ...]:
    """Return what is covered by district, in the order in which they come in the problem."""
    rows: dict[str, list[int]] = {place.district: [] for place in problem.places if place.district}
    for i, h in enumerate(problem.hotspots):
        if district := problem.places[h.place].district:
            rows[district].append(i)
    return tuple(
        DistrictScore(
            district,
            len(rows[district]),
            share(int(presence.covered[rows[district]].sum()), int(presence.total[rows[district]].sum())),
            sum(minutes[district] for minutes in standing),
        )
        for district in rows
    )


def _posts(problem: Problem, units: Sequence[Whereabouts]) -> tuple[PostScore, ...]:
    """Return how each post is manned."""
    wanted = wanted_units(problem)
    missing = np.maximum(wanted - manning_units(problem, units), 0)
    return tuple(
        PostScore(
            place=problem.places[q.place].name,
            wanted=int(wanted[i].sum()),
            missing=int(missing[i].sum()),
            minutes=int((wanted[i] > 0).sum()),
            minutes_manned=int(((wanted[i] > 0) & (missing[i] == 0)).sum()),
        )
        for i, q in enumerate(problem.posts)
    )


def _revisits(problem: Problem, units: Sequence[Whereabouts]) -> tuple[RevisitScore, ...]:
    """Return how the hotspots that should be visited again and again are."""
    overdue = overdue_minutes(problem, units)
    times: list[list[tuple[int, int]]] = [[] for _ in problem.hotspots]
    for who in units:
        for i, arrive, leave in visits(problem, who):
            times[i].append((arrive, leave))
    return tuple(
        RevisitScore(
            place=problem.places[h.place].name,
            every=h.every,
            required=h.required,
            due=sum(end - start for start, end in h.due(problem.minutes)),
            overdue=int(overdue[i].sum()),
            longest=max(_unvisited(window, times[i]) for window in h.open(problem.minutes)),
        )
        for i, h in enumerate(problem.hotspots)
        if h.every
    )


def _unvisited(window: tuple[int, int], times: list[tuple[int, int]]) -> int:
    """Return the longest time within `window` in which no visit is under way."""
    now, longest = window[0], 0
    for arrive, leave in sorted(t for t in times if window[0] <= t[0] < window[1]):
        longest, now = max(longest, arrive - now), max(now, leave)
    return max(longest, window[1] - now)


def _tasks(problem: Problem, units: Sequence[Whereabouts]) -> tuple[TaskScore, ...]:
    """Return which tasks are done, and by whom first."""
    times = Times(problem)
    done: dict[int, tuple[int, str]] = {}
    for who in units:
        for i, arrive, _ in tasks_done(problem, who):
            done[i] = min(done.get(i, (arrive, who.unit.callsign)), (arrive, who.unit.callsign))
    return tuple(
        TaskScore(
            place=problem.places[k.place].name,
            minutes=k.minutes,
            profit=k.profit,
            required=k.required,
            start=done[i][0] if i in done else None,
            label=times.span(done[i][0], done[i][0] + k.minutes) if i in done else None,
            callsign=done[i][1] if i in done else None,
        )
        for i, k in enumerate(problem.tasks)
    )


def _worst(problem: Problem, first: NDArray[np.int16], steps: Ints) -> tuple[Spell, ...]:
    """Return the spells with the least share of demand within its standard."""
    times, spells, parts = Times(problem), [], parts_of(problem)
    worth = worth_by_units(steps)
    first = np.minimum(first, len(steps))
    demand = np.array([d.demand for d in problem.demand], dtype=np.int64).reshape(-1, len(problem.slots) - 1)
    for slot, (a, b) in enumerate(pairwise(problem.slots)):
        total = int(demand[:, slot].sum())
        if total:
            covered = worth[first[a:b], slot] @ demand[:, slot]
            spells += [(int(c) / (parts * total), a + i) for i, c in enumerate(covered)]
    runs: list[list[float | int]] = []
    for response, t in spells:
        if runs and runs[-1][2] == t and runs[-1][0] == response:
            runs[-1][2] = t + 1
        else:
            runs.append([response, t, t + 1])
    runs.sort(key=lambda r: (r[0], r[1] - r[2], r[1]))
    return tuple(Spell(int(a), int(b), times.span(int(a), int(b)), float(r)) for r, a, b in runs[:WORST])

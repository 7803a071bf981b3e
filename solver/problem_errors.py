"""What makes a problem contradict itself, in words: the rules that `solver.problem.Problem` holds itself to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from solver.busy import MOST_BUSY, PARTS
from solver.problem import LAYERS, MODES, UNREACHABLE, Hotspot, Post, Problem, Task, Unit
from solver.wording import all_of, any_of

MOST_WEIGHT = 10**9
"""The most that risk, and demand, may add up to over all minutes, and the profits of all tasks: beyond it multipliers
get coarse (see `solver.weights`)."""

MOST_MINUTES = 2_000_000
"""The longest that a problem of tasks alone may last."""

MOST_COVERED = 31 * 24 * 60
"""The longest that one may last that has hotspots, posts or demand: what is covered is counted minute by minute."""

MOST_CELLS = 200_000_000
"""The most that hotspots and demand points, times minutes, may be: each such cell takes some bytes."""

MOST_UNITS = 10_000
"""Units of a problem, at most."""

MOST_PARTS = 100 * MOST_WEIGHT
"""The most that demand may add up to in parts (see `solver.busy`), as risk does in per cent."""

MOST_STAFFING = 80_000
"""The most unit-minutes that posts, required revisits and required tasks may ask for: each counts above all soft
goals, within 64 bits."""

MOST = 2**31 - 1
"""The most that a length of time in minutes or seconds, or a number of units, may be."""


def contradictions(p: Problem) -> Iterator[str]:
    """Yield every way in which the parts of `p` contradict each other; what units cannot do comes last, and alone."""
    found = False
    for error in _part_errors(p):
        found = True
        yield error
    if not found:
        locked = {x.unit for x in p.locks}
        for i, u in enumerate(p.units):
            for error in _duty_errors(p, u) if i not in locked else ():
                found = True
                yield error
    if p.locks and p.callouts:
        found = True
        yield "there are both locks and callouts; fix who goes out by locks alone"
    if p.locks and not found:
        from solver.lock_errors import lock_errors

        yield from lock_errors(p)


def _part_errors(p: Problem) -> Iterator[str]:
    """Yield what is wrong with each part, taken with what it refers to."""
    yield from _time_errors(p)
    if p.grid < 1:
        return  # Nothing else can be judged without a grid.
    yield from _name_errors(p)
    yield from _globe_errors(p)
    n, s = len(p.places), len(p.slots) - 1
    roles: dict[int, str] = {}
    for role, indices in (
        ("station", p.stations),
        ("hotspot", [i for h in p.hotspots for i in h.places]),
        ("post", [q.place for q in p.posts]),
        ("task", [k.place for k in p.tasks]),
    ):
        for i in indices:
            if not 0 <= i < n:
                yield f"{role}: place {i} does not exist (there are {n})"
            elif i in roles:
                yield f"place {p.places[i].name!r} is both {roles[i]} and {role}; give each its own place"
            roles[i] = role
    spots = {i for h in p.hotspots for i in h.places}
    for i, place in enumerate(p.places):
        if place.exit is not None and i not in spots:
            yield f"place {place.name!r} has an exit, but only a hotspot can be a stretch of street"
    for h in p.hotspots:
        yield from _hotspot_errors(p, h, s)
    for q in p.posts:
        yield from _post_errors(p, q)
    for k in p.tasks:
        yield from _task_errors(p, k)
    for d in p.demand:
        if len(d.demand) != s or min(d.demand, default=0) < 0:
            yield f"demand point {d.name!r}: demand must be {s} numbers of 0 or more"
        if not 0 < d.standard <= MOST or not 0 < d.backup <= MOST:
            yield f"demand point {d.name!r}: standard and backup must be above 0 seconds (and below 2**31)"
    if p.busy and (len(p.busy) != s or not 0 <= min(p.busy) <= max(p.busy) <= MOST_BUSY):
        yield f"busy must be {s} numbers of 0 to {MOST_BUSY} per mille, one a slot, or none"
    yield from _weight_errors(p)
    if len(p.units) > MOST_UNITS:
        yield f"there are {len(p.units)} units; plan at most {MOST_UNITS} at once: a part of the force"
    for u in p.units:
        yield from _unit_errors(p, u)
        yield from _choice_errors(p, u)
    yield from _callout_errors(p)
    yield from _matrix_errors(p)
    if unknown := sorted(set(p.goals) - set(LAYERS)):
        yield f"goals: {', '.join(unknown)} unknown; the layers are {', '.join(LAYERS)}"
    elif min(p.goals.values()) < 0 or sum(p.goals.values()) <= 0:
        yield "goals must be 0 or more and not all 0"


def _time_errors(p: Problem) -> Iterator[str]:
    """Yield contradictions of horizon, grid and slots."""
    if p.grid < 1 or p.minutes < 1 or p.minutes % p.grid:
        yield f"minutes ({p.minutes}) must be a positive multiple of the grid ({p.grid})"
    cells = (len(p.hotspots) + len(p.demand)) * p.minutes
    most = MOST_COVERED if p.hotspots or p.posts or p.demand else MOST_MINUTES
    if p.minutes > most:
        yield f"minutes ({p.minutes}) must be {most} at most; plan a part of the time"
    elif cells > MOST_CELLS:
        yield (
            f"{len(p.hotspots)} hotspots and {len(p.demand)} demand points over {p.minutes} minutes are {cells} cells "
            f"to cover; plan at most {MOST_CELLS} at once: a part of the time or the town"
        )
    yield from _calendar_errors(p)
    ends = p.slots[:1] + p.slots[-1:]
    if ends != (0, p.minutes) or any(b <= a for a, b in zip(p.slots, p.slots[1:], strict=False)):
        yield f"slots must rise from 0 to {p.minutes}"


def _calendar_errors(p: Problem) -> Iterator[str]:
    """Yield a zone that is unknown, or a start that is no time."""
    try:
        zone = ZoneInfo(p.timezone)
    except (KeyError, ValueError, OSError):
        yield f"timezone: {p.timezone!r} is not known; use a name such as 'Europe/London'"
        zone = ZoneInfo("UTC")
    try:
        start = datetime.fromisoformat(p.start)
        good = start.tzinfo is not None
        if good:
            (start + timedelta(minutes=p.minutes)).astimezone(zone)
    except (ValueError, OverflowError):
        good = False
    if not good:
        yield f"start: {p.start!r} is no time with offset; write it as '2020-11-20T18:00:00+00:00'"


def _name_errors(p: Problem) -> Iterator[str]:
    """Yield names that are empty or used twice."""
    for what, names in (
        ("place", [x.name for x in p.places]),
        ("unit", [x.callsign for x in p.units]),
        ("demand point", [x.name for x in p.demand]),
    ):
        seen: set[str] = set()
        for name in names:
            if not name:
                yield f"a {what} has no name"
            elif name in seen:
                yield f"two of the {what}s are called {name!r}"
            seen.add(name)


def _globe_errors(p: Problem) -> Iterator[str]:
    """Yield places and demand points that are not on the globe; what is no number is nowhere."""
    for what, points in (("place", p.places), ("demand point", p.demand)):
        for x in points:
            if not (-90 <= x.lat <= 90 and -180 <= x.lon <= 180):
                yield f"{what} {x.name!r}: lat {x.lat}, lon {x.lon} is not on the globe"
    for x in p.places:
        if x.exit is not None and not (-90 <= x.exit[0] <= 90 and -180 <= x.exit[1] <= 180):
            yield f"place {x.name!r}: exit lat {x.exit[0]}, lon {x.exit[1]} is not on the globe"


def _hotspot_errors(p: Problem, h: Hotspot, slots: int) -> Iterator[str]:
    """Yield contradictions of one hotspot."""
    where = f"hotspot at place {h.place}"
    if len(h.risk) != slots or min(h.risk, default=0) < 0:
        yield f"{where}: risk must be {slots} numbers of 0 or more"
    if not 1 <= h.dwell <= MOST or h.dwell % p.grid or not 0 <= h.linger <= MOST or h.linger % p.grid:
        yield f"{where}: dwell and linger must be multiples of the grid ({p.grid}), dwell above 0"
    if not 0 <= h.rho <= 100:
        yield f"{where}: rho must be 0 to 100 per cent"
    if not 0 <= h.every <= MOST or h.every % p.grid:
        yield f"{where}: every must be a multiple of the grid ({p.grid}), 0 where no revisit is asked for"
    if h.required and not h.every:
        yield f"{where}: a required revisit must say by every after how many minutes"
    before = -1
    for start, end in h.windows:
        if not 0 <= start < end <= p.minutes or start % p.grid or end % p.grid:
            yield f"{where}: window {start}-{end} must lie in 0-{p.minutes} on the grid"
        elif end - start < h.dwell:
            yield f"{where}: window {start}-{end} is shorter than its dwell of {h.dwell} minutes"
        if start <= before:
            yield f"{where}: windows must come in order and apart; {start}-{end} begins before or when another ends"
        before = max(before, end)


def _weight_errors(p: Problem) -> Iterator[str]:
    """Yield weights that add up to more than the objective can tell apart."""
    lengths = [b - a for a, b in zip(p.slots, p.slots[1:], strict=False)]
    most_demand = MOST_PARTS // PARTS if p.busy else MOST_WEIGHT
    for what, rows, most in (
        ("risk", [h.risk for h in p.hotspots], MOST_WEIGHT),
        ("demand", [d.demand for d in p.demand], most_demand),
    ):
        total = sum(w * n for row in rows for w, n in zip(row, lengths, strict=False))
        if total > most:
            yield f"{what} over all minutes adds up to {total}; scale it down to {most} or less"
    if (profit := sum(k.profit for k in p.tasks)) > MOST_WEIGHT:
        yield f"profits of tasks add up to {profit}; scale them down to {MOST_WEIGHT} or less"
    asked = sum((w.end - w.start) * w.units for q in p.posts for w in q.staffing)
    asked += sum(end - start for h in p.hotspots if h.required for start, end in h.due(p.minutes))
    asked += sum(k.minutes for k in p.tasks if k.required)
    if asked > MOST_STAFFING:
        yield (
            f"posts, required revisits and required tasks ask for {asked} unit-minutes; plan at most {MOST_STAFFING} "
            "at once: a part of the day or the town"
        )


def _post_errors(p: Problem, q: Post) -> Iterator[str]:
    """Yield contradictions of one post."""
    where = f"post at place {q.place}"
    if not 1 <= q.stint <= MOST or q.stint % p.grid:
        yield f"{where}: stint must be a positive multiple of the grid ({p.grid})"
    for w in q.staffing:
        if not (0 <= w.start < w.end <= p.minutes) or w.start % p.grid or w.end % p.grid or not 1 <= w.units <= MOST:
            yield (f"{where}: staffing {w.start}-{w.end} must lie in 0-{p.minutes} on the grid, with a unit or more")
    for i in q.watches:
        if not 0 <= i < len(p.hotspots):
            yield f"{where}: watches hotspot {i}, which does not exist (there are {len(p.hotspots)})"
    if len(set(q.watches)) < len(q.watches):
        yield f"{where}: watches a hotspot twice; name each once"


def _task_errors(p: Problem, k: Task) -> Iterator[str]:
    """Yield contradictions of one task."""
    where = f"task at place {k.place}"
    if not 1 <= k.minutes <= p.minutes or k.minutes % p.grid:
        yield f"{where}: minutes ({k.minutes}) must be a positive multiple of the grid ({p.grid}), {p.minutes} at most"
    if k.profit < 0:
        yield f"{where}: profit must be 0 or more"
    before = -1
    for first, last in k.windows:
        if not 0 <= first <= last <= p.minutes or first % p.grid or last % p.grid:
            yield f"{where}: the minutes {first}-{last} to begin in must lie in 0-{p.minutes} on the grid"
        elif first + k.minutes > p.minutes:
            yield f"{where}: begun at {first} it would not end by {p.minutes}"
        if first <= before:
            yield f"{where}: windows must come in order and apart; {first}-{last} begins before or when another ends"
        before = max(before, last)


def _unit_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield contradictions of one unit."""
    where = f"unit {u.callsign!r}"
    if not (0 <= u.start < u.end <= p.minutes) or u.start % p.grid or u.end % p.grid:
        yield f"{where}: shift {u.start}-{u.end} must lie in 0-{p.minutes} on the grid"
    if u.mode not in p.travel or u.mode not in p.reach:
        yield f"{where}: no travel times for mode {u.mode!r}"
    # Whoever is held somewhere until its shift ends may end it there: a unit out of service does.
    locked = any(p.units[x.unit] is u and x.stops and x.leave == u.end for x in p.locks if 0 <= x.unit < len(p.units))
    for i in dict.fromkeys((u.origin, u.destination)):
        if i not in p.stations and not (locked and i == u.destination and 0 <= i < len(p.places)):
            yield f"{where}: place {i} is not a station"
    yield from _district_errors(p, u)
    b = u.break_
    if b is None:
        return
    if b.minutes < 1 or b.minutes % p.grid or b.earliest + b.minutes > b.latest:
        yield f"{where}: a break of {b.minutes} minutes does not fit in {b.earliest}-{b.latest}"
    if not b.places or any(not 0 <= i < len(p.places) for i in b.places):
        yield f"{where}: break places must be known and at least one"
    elif along := [p.places[i].name for i in b.places if p.places[i].exit is not None]:
        yield f"{where}: a break is taken standing, not at a stretch of street such as {along[0]!r}"


def _choice_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield a longest duty that is no length of time, or one that leaves open what a unit covers before it sets out."""
    where, most = f"unit {u.callsign!r}", u.longest_duty
    if most is None:
        return
    if not 1 <= most <= MOST or most % p.grid:
        yield f"{where}: longest_duty ({most}) must be a positive multiple of the grid ({p.grid})"
        return
    if not u.chooses_duty:
        return
    has = {"hotspots": p.hotspots, "posts": p.posts, "demand points": p.demand}
    others = [what for what, parts in has.items() if parts]
    if p.goals["district"] > 0 and any(x.districts and not x.tied for x in p.units):
        others.append("a goal for districts")
    if others or not p.tasks:
        found = f"this one has {all_of(others)}" if others else "this one has no task"
        yield f"{where}: a longest duty shorter than its shift is for problems of tasks alone; {found}"


def _callout_errors(p: Problem) -> Iterator[str]:
    """Yield callouts of units that there are not, that are in two, or that choose their duty."""
    seen: set[int] = set()
    for c in p.callouts:
        where = f"callout {c.name!r}"
        if not 0 <= c.most <= MOST:
            yield f"{where}: most ({c.most}) must be 0 or more"
        for u in c.units:
            if not 0 <= u < len(p.units):
                yield f"{where}: unit {u} does not exist (there are {len(p.units)})"
            elif u in seen:
                yield f"{where}: unit {p.units[u].callsign!r} is named twice in callouts; name each once"
            elif p.units[u].chooses_duty:
                yield (
                    f"{where}: unit {p.units[u].callsign!r} has a longest duty shorter than its shift, so it cannot "
                    "stay on call"
                )
            seen.add(u)


def _district_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield districts of a unit that are none, or that it is tied to without having any."""
    known = {x.district for x in p.places} - {""}
    for name in u.districts:
        if name not in known:
            yield f"unit {u.callsign!r}: no place lies in district {name!r}; districts are {any_of(sorted(known))}"
    if u.tied and not u.districts:
        yield f"unit {u.callsign!r}: a unit tied to its districts must have one or more"


def _duty_errors(p: Problem, u: Unit) -> Iterator[str]:
    """Yield what keeps a unit from serving its shift at all: no way home, or no time for its break."""
    where, legs, b = f"unit {u.callsign!r}", p.legs(u.mode), u.break_
    home = int(legs[u.origin, u.destination])
    if home < 0 or u.start + home > u.end:
        yield f"{where}: cannot get from its first station to its last within its shift"
    elif home > u.duty:
        yield f"{where}: cannot get from its first station to its last within its longest duty of {u.duty} minutes"
    if b is None:
        return
    in_time = False
    for i in b.places:
        out, back = int(legs[u.origin, i]), int(legs[i, u.destination])
        begin = max(u.start + out, b.earliest + -b.earliest % p.grid)
        if out >= 0 and back >= 0 and begin + b.minutes <= min(b.latest, u.end - back):
            in_time = True
            if out + b.minutes + back <= u.duty:
                return
    if in_time:
        yield (
            f"{where}: no time for its break of {b.minutes} minutes, with the ways to it and home, "
            f"within its longest duty of {u.duty} minutes"
        )
        return
    yield (
        f"{where}: no time for its break of {b.minutes} minutes in {b.earliest}-{b.latest} "
        f"within its shift {u.start}-{u.end} at any of its break places"
    )


def _matrix_errors(p: Problem) -> Iterator[str]:
    """Yield matrices of the wrong shape or content."""
    n, d = len(p.places), len(p.demand)
    for what, arrays, shape in (("travel", p.travel, (n, n)), ("reach", p.reach, (n, d))):
        for mode, array in arrays.items():
            if mode not in MODES:
                yield f"{what}: unknown mode {mode!r}; modes are {', '.join(MODES)}"
            if array.shape != shape:
                yield f"{what}[{mode}]: shape {array.shape}, wanted {shape}"
            elif array.size and array.min() < UNREACHABLE:
                yield f"{what}[{mode}]: seconds must be 0 or more, or -1 where there is no way"
            elif what == "travel" and array.size and np.diagonal(array).any():
                yield f"{what}[{mode}]: a place must be 0 seconds from itself"

"""In what two problems differ: units, hotspots, posts, tasks, demand, times and goals, by the planner's names.

Times are compared as times of the day, so that the same shift on another day is the same shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from solver.clock import Clock
from solver.problem import Hotspot, Problem


@dataclass(frozen=True)
class Parts:
    """Names of the parts of one kind that only the first problem has, only the second, and both but not alike."""

    what: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """Something that each problem has one of, as a plain value, and the two have not alike."""

    what: str
    first: str | int
    second: str | int


@dataclass(frozen=True)
class Differences:
    """In what two problems differ; both empty where they are the same."""

    parts: tuple[Parts, ...]
    settings: tuple[Setting, ...]


def differences(first: Problem, second: Problem) -> Differences:
    """Return in what `second` differs from `first`."""
    if first.fingerprint() == second.fingerprint():
        return Differences((), ())
    kinds = ("units", "hotspots", "posts", "tasks")
    parts = [_parts(kind, _described(first, kind), _described(second, kind)) for kind in kinds]
    settings = zip(_settings(first).items(), _settings(second).values(), strict=True)
    return Differences(
        tuple(p for p in parts if p.gone or p.new or p.changed),
        tuple(Setting(what, a, b) for (what, a), b in settings if a != b),
    )


def _parts(what: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Parts:
    """Return what parts of one kind, described by name, have not in common."""
    return Parts(
        what,
        tuple(name for name in first if name not in second),
        tuple(name for name in second if name not in first),
        tuple(name for name in first if name in second and first[name] != second[name]),
    )


def _settings(problem: Problem) -> dict[str, str | int]:
    """Return what a problem has one of."""
    clock = Clock.of(problem)
    length = [b - a for a, b in zip(problem.slots, problem.slots[1:], strict=False)]
    weighed = sum(sum(w * n for w, n in zip(d.demand, length, strict=True)) for d in problem.demand)
    return {
        "name": problem.name,
        "start": clock.iso(0),
        "minutes": problem.minutes,
        "grid": problem.grid,
        "demand points": len(problem.demand),
        "demand": weighed,
        "standards": _standards(problem),
        "busy": _busy(problem),
        "alert": _alert(problem),
        "locked stops": sum(len(lock.stops) for lock in problem.locks),
        **{f"goal {layer}": goal for layer, goal in problem.goals.items()},
    }


def _standards(problem: Problem) -> str:
    """Return the response standards of the zones, in minutes."""
    found = sorted({(d.zone, d.standard, d.backup) for d in problem.demand})
    return ", ".join(f"{zone} {standard / 60:g}/{backup / 60:g} min" for zone, standard, backup in found)


def _busy(problem: Problem) -> str:
    """Return for what share of their time units are busy, such as ``20 % to 35 % of the time``."""
    shares = [f"{share / 10:g} %" for share in sorted({min(problem.busy), max(problem.busy)})] if problem.busy else []
    return f"{' to '.join(shares)} of the time" if shares else "never"


def _alert(problem: Problem) -> str:
    """Return how many units of each callout may go out, such as ``yellow 5 of 12``."""
    told = [f"{' '.join(filter(None, (c.level, c.name)))} {c.most} of {len(c.units)}".strip() for c in problem.callouts]
    return ", ".join(told) or "all units go out"


def _described(problem: Problem, kind: str) -> dict[str, Any]:
    """Return the parts of one kind by name, described by names and times of the day instead of indices and minutes."""
    begin = Clock.of(problem).local(0)
    shift = 60 * begin.hour + begin.minute
    names = [place.name for place in problem.places]

    def spans(pairs: Any) -> list[tuple[int, int]]:
        return [(a + shift, b + shift) for a, b in pairs]

    if kind == "units":
        return {
            u.callsign: (
                replace(u, start=u.start + shift, end=u.end + shift, origin=0, destination=0, break_=None),
                names[u.origin],
                names[u.destination],
                u.break_
                and (
                    u.break_.minutes,
                    u.break_.earliest + shift,
                    u.break_.latest + shift,
                    sorted(names[i] for i in u.break_.places),
                ),
            )
            for u in problem.units
        }
    if kind == "hotspots":
        # Risk is another every day; what is asked of the place is what a planner has changed.
        return {names[h.place]: (_plain(h), spans(h.windows)) for h in problem.hotspots}
    if kind == "posts":
        return {
            names[q.place]: (
                [(s.start + shift, s.end + shift, s.units) for s in q.staffing],
                replace(q, place=0, staffing=(), watches=()),
            )
            for q in problem.posts
        }
    return {names[k.place]: (replace(k, place=0, windows=()), spans(k.windows)) for k in problem.tasks}


def _plain(h: Hotspot) -> Hotspot:
    """Return a hotspot without what is told elsewhere, or differs from day to day."""
    return replace(h, place=0, risk=(), windows=(), reverse=None if h.reverse is None else 0)

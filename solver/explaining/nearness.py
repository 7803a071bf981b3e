"""Which unit is nearest to a place or a demand point, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from solver.explaining.case import Case, Span
from solver.problem import UNREACHABLE
from solver.whereabouts import stands


def standing(case: Case, u: int) -> list[int]:
    """Return at which place unit `u` stands available in each minute, -1 where at none."""
    found = [-1] * case.problem.minutes
    who = case.units[u]
    for s in stands(case.problem, who, case.ledger.legs[who.unit.mode]):
        found[s.start : s.end] = [s.place] * (s.end - s.start)
    return found


def hours(case: Case, span: Span | None) -> Iterator[Span]:
    """Yield the clock hours of the horizon, or what of them lies in `span`."""
    a, b = span or (0, case.problem.minutes)
    for hour in case.card.hours:
        begin, end = max(a, hour.start), min(b, hour.end)
        if begin < end:
            yield begin, end


def nearest_by_hour(case: Case, places: Sequence[int], span: Span | None) -> list[dict[str, Any]]:
    """Return by clock hour the unit that comes nearest to one of `places`, when, and how many minutes away.

    Only units that may work there; None of all where nobody has a way.
    """
    problem = case.problem
    where = [(u, standing(case, u)) for u in range(len(case.units))]
    minutes: dict[int, list[int | None]] = {}
    for u, _ in where:
        unit, legs = problem.units[u], case.ledger.legs[problem.units[u].mode]
        may = [p for p in places if problem.may_work(unit, p)]
        minutes[u] = [
            min((int(legs[q, p]) for p in may if legs[q, p] != UNREACHABLE), default=None)
            for q in range(len(problem.places))
        ]
    rows = []
    for begin, end in hours(case, span):
        best: tuple[int, int, str] | None = None
        for u, row in where:
            for t in range(begin, end):
                away = minutes[u][row[t]] if row[t] >= 0 else None
                if away is not None and (best is None or (away, t) < best[:2]):
                    best = away, t, problem.units[u].callsign
        rows.append(
            {
                "start": begin,
                "end": end,
                "minutes": best[0] if best else None,
                "at": best[1] if best else None,
                "callsign": best[2] if best else None,
            }
        )
    return rows

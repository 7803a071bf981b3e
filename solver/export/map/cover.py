"""What of a map tells who is near what: where units stand ready, how far it is to the demand, its cover by minute.

The page counts for itself which demand points are covered in the minute shown; the shares by minute are told as
`solver.score` counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from solver.problem import Problem
from solver.score import units_in_reach
from solver.varints import pack
from solver.whereabouts import Whereabouts, stands

FAR = -1
"""Stands for a place from which no standard is kept."""


def standing(problem: Problem, units: Sequence[Whereabouts]) -> list[list[list[int]]]:
    """Return by unit where it is available and when: place, start and end of each stand that lasts."""
    legs = {m: problem.legs(m) for m in {u.mode for u in problem.units}}
    return [[list(s) for s in stands(problem, who, legs[who.unit.mode]) if s.start < s.end] for who in units]


def reach_tables(
    problem: Problem, units: Sequence[Whereabouts], stood: Sequence[Sequence[Sequence[int]]]
) -> dict[str, Any]:
    """Return by mode the places where units stand, and packed, row by row, the seconds from there to the demand.

    Seconds that exceed both standards of a demand point, and places without a way to it, are told as `FAR`.
    """
    widest = np.array([max(d.standard, d.backup) for d in problem.demand], dtype=np.int64)
    used: dict[str, set[int]] = {}
    for who, spells in zip(units, stood, strict=True):
        used.setdefault(who.unit.mode, set()).update(place for place, _, _ in spells)
    tables = {}
    for mode, places in sorted(used.items()):
        rows = sorted(places)
        seconds = problem.reach[mode][rows].astype(np.int64)
        seconds[(seconds < 0) | (seconds > widest)] = FAR
        tables[mode] = {"places": rows, "seconds": pack(seconds)}
    return tables


def cover_by_minute(problem: Problem, units: Sequence[Whereabouts]) -> dict[str, str]:
    """Return packed, by minute: covered demand, demand in all, and how much of twice the demand has backup.

    They are empty where there is no demand.
    """
    if not problem.demand:
        return dict.fromkeys(("response", "backup", "demand"), "")
    weight = problem.by_minute([d.demand for d in problem.demand]).T
    first, second = units_in_reach(problem, units)
    return {
        "response": pack(((first > 0) * weight).sum(axis=1)),
        "backup": pack((np.minimum(second, 2) * weight).sum(axis=1)),
        "demand": pack(weight.sum(axis=1)),
    }

"""A problem and a plan as flat arrays of seconds, for the loop of events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.plan import STOP_KINDS, Plan
from solver.problem import MODES, Break, Problem
from solver.simulation.events import Timetable, Town
from solver.simulation.rules import Rules
from solver.simulation.ways import LegKey, Ways
from solver.whereabouts import Stay, Whereabouts, stints, tasks_done, visits, wanted_units, whereabouts

Ints = NDArray[np.int64]


_Row = tuple[int, ...]


def timetable(problem: Problem, plan: Plan, ways: Ways, rules: Rules) -> tuple[Timetable, Town]:
    """Return the arrays; what of the plan counts as a stop, and what covers anything, is as the score has it."""
    who = whereabouts(problem, plan.routes)
    modes = sorted({u.mode for u in problem.units}, key=MODES.index)
    rows: list[_Row] = []
    first = [0]
    legs: dict[LegKey, int] = {key: i for i, key in enumerate(ways.along)}
    for unit in who:
        counted = _counted(problem, unit)
        for before, stay in zip((None, *unit.stays), unit.stays, strict=False):
            key = LegKey(unit.unit.mode, -1 if before is None else before.place, stay.place)
            rows.append((*_row(problem, unit, stay, rules, counted), legs.get(key, -1)))
        first.append(len(rows))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 12).T.copy()
    duty = np.array([_duty(u) for u in who], dtype=np.int64).reshape(-1, 2) * 60
    mode = [modes.index(u.mode) for u in problem.units]
    table = Timetable(_ints(first), _ints(mode), duty[:, 0].copy(), duty[:, 1].copy(), *columns)
    return table, _town(problem, ways, modes)


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _duty(who: Whereabouts) -> tuple[int, int]:
    """Return from when to when a unit is on duty and at a stop or between two; of no length where it has none."""
    if not who.stays:
        return 0, 0
    begin = max(who.duty[0], who.stays[0].arrive)
    return begin, max(begin, min(who.duty[1], who.stays[-1].leave))


_Counted = dict[tuple[str, int], tuple[int, int, int]]


def _counted(problem: Problem, who: Whereabouts) -> _Counted:
    """Return by kind and beginning what stops that cover anything are of, and the minutes in which they do."""
    found: _Counted = {}
    kinds = {"visit": visits, "stint": stints, "task": tasks_done}
    for kind, those in kinds.items():
        for what, arrive, leave in those(problem, who):
            begin = next(s.arrive for s in who.stays if s.kind == kind and s.arrive <= arrive < s.leave)
            found[kind, begin] = (what, arrive, leave)
    return found


def _row(problem: Problem, who: Whereabouts, stay: Stay, rules: Rules, counted: _Counted) -> _Row:
    """Return what the loop must know of a stop, in the order of `Timetable`, but for its leg."""
    horizon = problem.minutes
    what, begin, end = counted.get((stay.kind, stay.arrive), (-1, 0, 0))
    least, opens, closes, closed = 0, 0, horizon, False
    if stay.kind == "visit" and what >= 0:
        hotspot = problem.hotspots[what]
        least = hotspot.dwell
        windows = (w for w in hotspot.open(horizon) if w[0] <= begin and end <= w[1])
        opens, closes = next(windows, (begin, end))
    elif stay.kind == "task":
        least = stay.leave - stay.arrive
        spans = problem.tasks[what].begins(horizon) if what >= 0 else ()
        closes = max((last for first, last in spans if first <= stay.arrive <= last), default=stay.arrive)
        closed = any(not k.available for k in problem.tasks if k.place == stay.place)
    elif stay.kind == "break":
        least, closed = stay.leave - stay.arrive, True
        closes = _latest(who.unit.break_, stay)
    elif stay.kind == "stint":
        shut = any(not q.available for q in problem.posts if q.place == stay.place)
        closed = rules.posts == "keep" or (rules.posts == "planned" and shut)
    times = (x * 60 for x in (stay.arrive, stay.leave, least, opens, closes))
    return (stay.place, STOP_KINDS.index(stay.kind), *times, begin, end, what, int(closed))


def _latest(rule: Break | None, stay: Stay) -> int:
    """Return until when a break may begin."""
    return stay.arrive if rule is None else max(stay.arrive, rule.latest - (stay.leave - stay.arrive))


def _town(problem: Problem, ways: Ways, modes: list[str]) -> Town:
    """Return what is the same for all units."""
    points = len(problem.demand)
    along = [np.asarray(a, dtype=np.int32).reshape(-1, points) for a in ways.along.values()]
    leg_first = np.concatenate([[0], np.cumsum([len(a) for a in along])]).astype(np.int64)
    watches = [list(q.watches) for q in problem.posts]
    nodes = len(problem.places) + points
    return Town(
        seconds=np.stack([ways.seconds[m] for m in modes]) if modes else np.zeros((0, nodes, nodes), dtype=np.int32),
        places=len(problem.places),
        leg_first=leg_first,
        along=np.concatenate([*along, np.zeros((0, points), dtype=np.int32)]),
        risk=problem.by_minute([h.risk for h in problem.hotspots]),
        rho=_ints([h.rho for h in problem.hotspots]),
        linger=_ints([h.linger for h in problem.hotspots]),
        wanted=wanted_units(problem),
        watch_first=np.concatenate([[0], np.cumsum([len(w) for w in watches])]).astype(np.int64),
        watch=_ints([h for w in watches for h in w]),
        profit=_ints([k.profit for k in problem.tasks]),
    )

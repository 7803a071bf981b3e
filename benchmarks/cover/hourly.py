"""PyVRP on visits split by the hour: an optional client for each hotspot and hour, its prize what a visit covers.

PyVRP (Wouda, Lan, Kool 2024, doi:10.1287/ijoc.2023.0055) solves vehicle routing problems with prizes and time windows.
Its vehicles are the gaps between the units' duties: from one place at a time to another place at a time.  It does not
see response and backup, nor that a longer visit covers more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.baselines.duties import settle
from solver.baselines.filling import Stay, plan_of
from solver.baselines.gaps import Gap
from solver.plan import Plan
from solver.problem import Problem

if TYPE_CHECKING:
    from pyvrp import ProblemData

PRIZE = 30
"""What the mean prize is worth in minutes of driving, which the prizes are weighed against."""

UNIT = 100
"""Distance units of PyVRP, which counts in integers, in a minute of driving."""

RUNS = 2
"""PyVRP works on one core; so as many runs with seeds of their own, of which the best counts."""


class Request(NamedTuple):
    """A visit that may be begun in ``[first, last]``, for `minutes`, and what it covers, in units of weight."""

    place: int
    first: int
    last: int
    minutes: int
    worth: int


def hourly_visits(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return the best of the plans that PyVRP's runs give within `seconds`."""
    end = time.time() + seconds
    duties = settle(problem)
    gaps = [gap for gap in duties.gaps() if gap.end > gap.start]
    requests = requests_of(problem)
    if not requests or not gaps:
        return plan_of(problem, duties, {})
    seeds = [RUNS * seed + k for k in range(RUNS)]
    with ProcessPoolExecutor(RUNS, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(_run, problem, gaps, requests, end, each) for each in seeds]
        plans = [plan_of(problem, duties, run.result()) for run in runs]
    return max(plans, key=lambda plan: (-sum(s.minutes for s in plan.shortfalls), plan.value))


def requests_of(problem: Problem) -> list[Request]:
    """Return a request for each hotspot and slot with risk, worth what a visit at the slot's start covers."""
    found = []
    slot_of = problem.slot_of
    for hotspot in problem.hotspots:
        risk = np.array(hotspot.risk, dtype=np.int64)[slot_of]
        minutes = -(-hotspot.dwell // problem.grid) * problem.grid
        for start, end in zip(problem.slots, problem.slots[1:], strict=False):
            first, last = -(-start // problem.grid) * problem.grid, (end - 1) // problem.grid * problem.grid
            present = int(risk[first : first + minutes].sum())
            lingering = int(risk[first : first + minutes + hotspot.linger].sum())
            worth = (100 - hotspot.rho) * present + hotspot.rho * lingering
            if worth > 0 and first <= last:
                found.append(Request(hotspot.place, first, last, minutes, worth))
    return found


def _run(
    problem: Problem, gaps: Sequence[Gap], requests: Sequence[Request], end: float, seed: int
) -> dict[Gap, list[Stay]]:
    """Return what PyVRP fills the gaps with until the time `end`, in seconds since the epoch."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    data = data_of(problem, gaps, requests)
    stop = MaxRuntime(max(end - time.time(), 0.1))
    best = pyvrp.solve(data, stop, seed=seed, collect_stats=False, display=False).best
    if not best.is_feasible():
        return {}
    filled: dict[Gap, list[Stay]] = {}
    for route in best.routes():
        gap, stays = gaps[route.vehicle_type()], []
        for activity in route.schedule():
            if activity.is_client():
                request = requests[activity.idx]
                begun = activity.end_time - request.minutes
                stays.append(Stay(request.place, "visit", begun, request.minutes))
        filled[gap] = stays
    return filled


def data_of(problem: Problem, gaps: Sequence[Gap], requests: Sequence[Request]) -> ProblemData:
    """Return the problem as PyVRP knows it: gaps as vehicles, requests as optional clients."""
    import pyvrp

    modes = sorted({unit.mode for unit in problem.units})
    never = 10 * problem.minutes
    minutes = [np.where(legs < 0, never, legs).astype(np.int64) for legs in map(problem.legs, modes)]
    mean = sum(request.worth for request in requests) / len(requests)
    used = sorted({place for gap in gaps for place in (gap.start_place, gap.end_place)})
    depot = {place: i for i, place in enumerate(used)}
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(place.lon, place.lat) for place in problem.places],
        clients=[
            pyvrp.Client(
                r.place,
                service_duration=r.minutes,
                tw_early=r.first,
                tw_late=r.last,
                prize=max(1, round(PRIZE * UNIT * r.worth / mean)),
                required=False,
            )
            for r in requests
        ],
        depots=[pyvrp.Depot(place) for place in used],
        vehicle_types=[
            pyvrp.VehicleType(
                start_depot=depot[gap.start_place],
                end_depot=depot[gap.end_place],
                tw_early=gap.start,
                tw_late=gap.end,
                profile=modes.index(problem.units[gap.unit].mode),
            )
            for gap in gaps
        ],
        distance_matrices=[UNIT * array for array in minutes],
        duration_matrices=minutes,
    )

"""The methods that are compared, each on one core for so many seconds of the processor.

Each gets a problem of tasks without breaks and skills, and returns the tasks of each unit in order.  All see the same
legs in whole minutes; PyVRP and OR-Tools work with optional visits and a prize or penalty for each, VROOM with
priorities.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver import Plan, Problem, solve

Tours = list[list[int]]
"""The tasks of each unit, in order."""

PRIZE = 10.0
"""Units of distance that a point of profit is worth to PyVRP and OR-Tools: the best of those tried."""

TOWN_PRIZE = 1000.0
"""Minutes of travel that a usual task is worth to them in the towns: the best of those tried."""

FINE = 100
"""Parts of a minute in which they count travel there, so that prizes need not be rounded much."""

LAMBDA = 1.0
"""The weight of OR-Tools' guided local search: the best of those tried."""


class Outcome(NamedTuple):
    """What a method gives: a plan, or tours, and perhaps a bound on the profit."""

    plan: Plan | None = None
    tours: Tours | None = None


class _Data(NamedTuple):
    """A problem as routing solvers see it: the first nodes are the depots, node ``depots + i`` the task i.

    `spans` are for each unit its start and end and the depots there, `points` are latitudes and longitudes.  What a
    task is worth, `prize`, is counted in the unit of `cost`, which is proportional to `legs`.
    """

    legs: NDArray[np.int64]
    cost: NDArray[np.int64]
    points: list[tuple[float, float]]
    depots: int
    service: list[int]
    windows: list[tuple[int, int]]
    profit: list[int]
    prize: list[int]
    spans: list[tuple[int, int, int, int]]
    minutes: int


def _data(problem: Problem) -> _Data:
    """Return the data of a problem whose units are of one mode and whose tasks have one window each."""
    depots = sorted({place for unit in problem.units for place in (unit.origin, unit.destination)})
    places = [*depots, *(k.place for k in problem.tasks)]
    legs = problem.legs("car").astype(np.int64)[np.ix_(places, places)]
    windows = [k.begins(problem.minutes)[0] for k in problem.tasks]
    # What a unit of distance is in minutes: 10 where Solomon's distances are cut off, 100 where Cordeau's are.
    price = PRIZE * (100.0 if problem.name.startswith("pr") else 10.0)
    fine = 1
    if len(depots) > 1:
        fine = FINE
        price = fine * TOWN_PRIZE / max(sum(k.profit for k in problem.tasks) / len(problem.tasks), 1.0)
    return _Data(
        legs,
        fine * legs,
        [(problem.places[p].lat, problem.places[p].lon) for p in places],
        len(depots),
        [k.minutes for k in problem.tasks],
        windows,
        [k.profit for k in problem.tasks],
        [round(price * k.profit) for k in problem.tasks],
        [(u.start, u.end, depots.index(u.origin), depots.index(u.destination)) for u in problem.units],
        problem.minutes,
    )


def patrolplan(problem: Problem, seconds: float, seed: int) -> Outcome:
    """Return our plan, with its bound: search and bound share the seconds."""
    return Outcome(
        plan=solve(problem, engine="visits", time_limit=seconds, seed=seed, clock=time.process_time, threads=1)
    )


def without_bound(problem: Problem, seconds: float, seed: int) -> Outcome:
    """Return our plan by the search alone, without columns to choose among and without a bound."""
    plan = solve(
        problem, engine="visits", time_limit=seconds, seed=seed, clock=time.process_time, bound=False, threads=1
    )
    return Outcome(plan=plan)


def pyvrp(problem: Problem, seconds: float, seed: int) -> Outcome:
    """Return PyVRP's tours."""
    import pyvrp as peer

    data = _data(problem)
    spans = sorted(set(data.spans))
    given = peer.ProblemData(
        locations=[peer.Location(lon, lat) for lat, lon in data.points],
        clients=[
            peer.Client(
                data.depots + i,
                service_duration=data.service[i],
                tw_early=first,
                tw_late=last,
                prize=data.prize[i],
                required=False,
            )
            for i, (first, last) in enumerate(data.windows)
        ],
        depots=[peer.Depot(i) for i in range(data.depots)],
        vehicle_types=[
            peer.VehicleType(
                data.spans.count(span), start_depot=span[2], end_depot=span[3], tw_early=span[0], tw_late=span[1]
            )
            for span in spans
        ],
        distance_matrices=[data.cost],
        duration_matrices=[data.legs],
    )
    best = peer.solve(given, _ProcessorTime(seconds), seed=seed, collect_stats=False, display=False).best
    tours: Tours = [[] for _ in problem.units]
    if best.is_feasible():
        free = {span: [v for v, own in enumerate(data.spans) if own == span] for span in spans}
        for route in best.routes():
            v = free[spans[route.vehicle_type()]].pop()
            tours[v] = [activity.idx for activity in route.schedule() if activity.is_client()]
    return Outcome(tours=tours)


class _ProcessorTime:
    """Ends PyVRP after so many seconds of the processor."""

    def __init__(self, seconds: float) -> None:
        self._begin, self._seconds = time.process_time(), seconds

    def __call__(self, best_cost: float) -> bool:  # noqa: ARG002
        """Return whether it is time to end."""
        return time.process_time() - self._begin >= self._seconds

    def fraction_remaining(self) -> float:
        """Return which part of the time is left."""
        return max(1.0 - (time.process_time() - self._begin) / self._seconds, 0.0)


def vroom(problem: Problem, seconds: float, seed: int) -> Outcome:  # noqa: ARG001
    """Return VROOM's tours: priorities from 0 to 100 by profit, its highest level of exploration; it ends by itself."""
    import vroom as peer

    data = _data(problem)
    top = max(data.profit, default=1)
    given = peer.Input()
    given.set_durations_matrix("car", data.legs.astype(np.uint32))
    for v, (start, end, origin, destination) in enumerate(data.spans):
        span = peer.TimeWindow(start, end)
        given.add_vehicle(peer.Vehicle(v, start=origin, end=destination, time_window=span))
    for i, (first, last) in enumerate(data.windows):
        priority, at = round(100 * data.profit[i] / top), data.depots + i
        window = peer.TimeWindow(first, last)
        given.add_job(
            peer.Job(i, location=at, default_service=data.service[i], priority=priority, time_windows=[window])
        )
    found = given.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    tours: Tours = [[] for _ in problem.units]
    steps = found.routes
    for _, row in steps[steps["type"] == "job"].iterrows():
        tours[int(row["vehicle_id"])].append(int(row["id"]))
    return Outcome(tours=tours)


def ortools(problem: Problem, seconds: float, seed: int) -> Outcome:  # noqa: ARG001
    """Return the tours of OR-Tools' routing library: cheapest insertion, guided local search; it knows no seeds."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    data = _data(problem)
    manager = pywrapcp.RoutingIndexManager(
        len(data.legs), len(data.spans), [span[2] for span in data.spans], [span[3] for span in data.spans]
    )
    routing: Any = pywrapcp.RoutingModel(manager)
    cost = routing.RegisterTransitMatrix(data.cost.tolist())
    spent = data.legs + np.array([*[0] * data.depots, *data.service], dtype=np.int64)[:, None]
    np.fill_diagonal(spent, 0)
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    routing.AddDimension(routing.RegisterTransitMatrix(spent.tolist()), data.minutes, data.minutes, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for v, (start, end, _, _) in enumerate(data.spans):
        clock.CumulVar(routing.Start(v)).SetRange(start, end)
        clock.CumulVar(routing.End(v)).SetRange(start, end)
    for i, (first, last) in enumerate(data.windows):
        index = manager.NodeToIndex(data.depots + i)
        clock.CumulVar(index).SetRange(first, last)
        routing.AddDisjunction([index], data.prize[i])
    options = pywrapcp.DefaultRoutingSearchParameters()
    options.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    options.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    options.guided_local_search_lambda_coefficient = LAMBDA
    options.time_limit.FromMilliseconds(round(1000 * seconds))
    found = routing.SolveWithParameters(options)
    tours: Tours = [[] for _ in problem.units]
    if found is not None:
        for v in range(len(data.spans)):
            index = found.Value(routing.NextVar(routing.Start(v)))
            while not routing.IsEnd(index):
                tours[v].append(manager.IndexToNode(index) - data.depots)
                index = found.Value(routing.NextVar(index))
    return Outcome(tours=tours)


Method = Callable[[Problem, float, int], Outcome]

METHODS: dict[str, Method] = {
    "patrolplan": patrolplan,
    "without bound": without_bound,
    "PyVRP": pyvrp,
    "VROOM": vroom,
    "OR-Tools routing": ortools,
}
"""The methods by the name that tables have for them."""

SEEDLESS = frozenset({"VROOM", "OR-Tools routing"})
"""Those that know no seeds: one run of each is enough."""

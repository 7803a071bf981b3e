"""OR-Tools' routing library, told of some units, their agendas and the jobs they may do.

Nothing of OR-Tools leaves this module.  Units are vehicles with travel times of their own mode; jobs are nodes with a
window; the jobs of a choice are a disjunction with the choice's worth as penalty, or without one where one of them
must be done.  The search begins from the agendas there are, so the library need not find a legal plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from solver.weights import weights

if TYPE_CHECKING:
    from solver.problem import Problem
    from solver.routing.jobs import Choice
    from solver.routing.ways import Ways

CALLS = 1000
"""Looks at the limit, one for each few neighbours tried, that are one move."""

_ASK = 200
"""Looks at the limit between two questions whether to stop."""

_PAUSE, _CELLS = 1_000, 20
"""Looks between two solutions that are told, and cells of the problem for each further look: judging a solution takes
longer than finding it, the longer the more cells there are."""

_LONG = 3600
"""Seconds after which a search would end by itself."""

_ROAD = 0.05
"""What a minute on the road costs, as a share of the value of covering everything, spread over all units' minutes."""


class Block:
    """Some units of a problem with their agendas, and choices of which they may do any, as a routing model.

    Parameters
    ----------
    problem : Problem
    ways : mapping of str to Ways
        By mode.
    units : sequence of int
    choices : sequence of Choice
        Choices that are in the agendas, and others that no one else does.
    """

    def __init__(
        self, problem: Problem, ways: Mapping[str, Ways], units: Sequence[int], choices: Sequence[Choice]
    ) -> None:
        self._problem, self._ways, self._units, self._choices = problem, ways, list(units), choices
        self._jobs = [job for choice in choices for job in choice.jobs]
        self._pause = _PAUSE + problem.minutes * (len(problem.hotspots) + len(problem.demand)) // _CELLS
        self._unit_value = max(_ROAD * weights(problem).full / sum(u.end - u.start for u in problem.units), 1.0)
        ends = [(problem.units[u].origin, problem.units[u].destination) for u in units]
        self._stations = sorted({place for pair in ends for place in pair})
        at = self._stations.index
        self._manager = pywrapcp.RoutingIndexManager(
            len(self._stations) + len(self._jobs),
            len(units),
            [at(origin) for origin, _ in ends],
            [at(destination) for _, destination in ends],
        )
        self._model = pywrapcp.RoutingModel(self._manager)
        self._nodes = [self._manager.NodeToIndex(len(self._stations) + j) for j in range(len(self._jobs))]
        self._job_at = {node: j for j, node in enumerate(self._nodes)}
        self._add_travel()
        self._add_windows()
        self._add_worth()

    def improve(
        self,
        agendas: Sequence[Sequence[int]],
        moves: int,
        found: Callable[[list[list[int]]], None],
        stop: Callable[[int], bool],
    ) -> int:
        """Search for better agendas than `agendas`, tell `found` of those come upon, and return the moves made.

        Agendas hold indices of the choices' jobs.  The search ends after so many moves, or when `stop`, which is given
        the moves so far, returns True.  What `found` and `stop` raise is raised when it has ended.
        """
        model = self._model
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        # Without a time limit the library warns at every search; the moves end it long before.
        parameters.time_limit.FromSeconds(_LONG)
        model.CloseModelWithParameters(parameters)

        def tell() -> None:
            found([self._agenda(lambda variable: int(variable.Value()), v) for v in range(len(self._units))])

        watch = _Watch(moves * CALLS, self._pause, model.CancelSearch, tell, stop)
        limit = model.solver().CustomLimit(watch.over)
        model.AddSearchMonitor(limit)
        model.AddAtSolutionCallback(watch.tell)
        begin = model.ReadAssignmentFromRoutes([[self._nodes[j] for j in agenda] for agenda in agendas], True)
        if begin is None:
            raise RuntimeError("the routing library refuses agendas that keep every rule")
        last = model.SolveFromAssignmentWithParameters(begin, parameters)
        watch.forget()
        if watch.failure is not None:
            raise watch.failure
        if last is not None and last.ObjectiveValue() < begin.ObjectiveValue():
            found([self._agenda(last.Value, v) for v in range(len(self._units))])
        return max(watch.looks // CALLS, 1)

    def _agenda(self, value: Callable[[pywrapcp.IntVar], int], vehicle: int) -> list[int]:
        """Return the jobs of a vehicle in order, under what `value` says that the variables are."""
        agenda = []
        node = value(self._model.NextVar(self._model.Start(vehicle)))
        while not self._model.IsEnd(node):
            agenda.append(self._job_at[node])
            node = value(self._model.NextVar(node))
        return agenda

    def _add_travel(self) -> None:
        """Let time pass by each unit's own travel times; a minute that passes so is the unit of cost."""
        problem, model = self._problem, self._model
        place = np.array([*self._stations, *(job.place for job in self._jobs)])
        minutes = np.array([0] * len(self._stations) + [job.minutes for job in self._jobs])
        transits = {}
        for mode in {problem.units[u].mode for u in self._units}:
            passes = self._ways[mode].minutes[np.ix_(place, place)] + minutes[:, None]
            # Longer than the horizon where there is no way.
            transits[mode] = model.RegisterTransitMatrix(np.minimum(passes, problem.minutes + 1).tolist())
        own = [transits[problem.units[u].mode] for u in self._units]
        for vehicle, transit in enumerate(own):
            model.SetArcCostEvaluatorOfVehicle(transit, vehicle)
        model.AddDimensionWithVehicleTransits(own, problem.minutes, problem.minutes, False, "time")

    def _add_windows(self) -> None:
        """Hold vehicles to their shifts, and jobs to their windows and to the units that can do them."""
        time = self._model.GetDimensionOrDie("time")
        for vehicle, u in enumerate(self._units):
            unit = self._problem.units[u]
            time.CumulVar(self._model.Start(vehicle)).SetRange(unit.start, unit.start)
            time.CumulVar(self._model.End(vehicle)).SetRange(unit.start, unit.end)
        vehicle_of = {u: vehicle for vehicle, u in enumerate(self._units)}
        for job, node in zip(self._jobs, self._nodes, strict=True):
            time.CumulVar(node).SetRange(job.first, job.last)
            able = [vehicle_of[u] for u in job.units if u in vehicle_of]
            if len(able) < len(self._units):
                # -1 is no vehicle.  SetAllowedVehiclesForIndex does not take a list in every version.
                self._model.VehicleVar(node).SetValues([-1, *able])

    def _add_worth(self) -> None:
        """Let at most one job of each choice be done, exactly one where one must be."""
        everything = int(weights(self._problem).full / self._unit_value)
        # A minute that a hard rule lacks costs more than all value and all minutes of all units.
        missing = everything + len(self._units) * self._problem.minutes + 1
        node = iter(self._nodes)
        for choice in self._choices:
            nodes = [next(node) for _ in choice.jobs]
            if choice.must:
                self._model.AddDisjunction(nodes)
            else:
                # Its minutes, which cost as well, are added so that every job of worth is worth doing.
                worth = round(choice.value / self._unit_value) + choice.minutes
                self._model.AddDisjunction(nodes, choice.missing * missing + worth, 1)


class _Watch:
    """Ends the search of a model after so many looks, or when told to; the library asks it all the time.

    The library would swallow what functions of ours raise, so it is kept until the search has ended.
    """

    def __init__(
        self,
        most: int,
        pause: int,
        cancel: Callable[[], None],
        found: Callable[[], None],
        stop: Callable[[int], bool],
    ) -> None:
        self._most, self._pause, self._cancel, self._found, self._stop = most, pause, cancel, found, stop
        self._told = -pause
        self._over = False
        self.looks = 0
        self.failure: BaseException | None = None

    def over(self) -> bool:
        """Whether the search must end; `stop` is asked now and then."""
        self.looks += 1
        if self.looks % _ASK == 0 and not self._over:
            self._guard(lambda: self._end(self.looks >= self._most or self._stop(self.looks // CALLS)))
        return self._over

    def tell(self) -> None:
        """Tell of a solution, which takes its time, unless the last time is not long past."""
        if self.looks - self._told >= self._pause and not self._over:
            self._told = self.looks
            self._guard(self._found)

    def forget(self) -> None:
        """Let go of the model: it holds this watch where Python does not see it, so neither would ever be freed."""
        self._cancel = self._found = _nothing

    def _guard(self, function: Callable[[], None]) -> None:
        """Call `function`; when it raises, keep what it raises and end the search."""
        try:
            function()
        except BaseException as error:
            self.failure = error
            self._end(True)

    def _end(self, over: bool) -> None:
        """End the search when it is over."""
        if over:
            self._over = True
            # The limit by itself would not end what the library does within a step.
            self._cancel()


def _nothing() -> None:
    """Do nothing."""

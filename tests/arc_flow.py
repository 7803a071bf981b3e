"""The exact optimum of a small problem as a mixed-integer program: an oracle beside `tests.brute_force`.

Each class of equal units is a flow through a network of places and times: a node says where a unit is, when, what
it may be in the middle of, and whether its break is taken; an arc is a leg driven in its exact time, a step of
standby, a whole break or task, the least part of a visit or stint, or one step more of it.  What every arc covers
comes from `tests.naive_score`, cell by cell, and a cell counts as often as arcs that cover it are used, up to its
cap.  Why routes of such arcs suffice is said in `tests.brute_force`.

It is solved twice: first for the least that is missing, then for the highest value with no more missing than that.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from ortools.math_opt.python import mathopt

from solver.plan import Route, Stop
from solver.problem import Problem, Unit
from solver.weights import FULL, weights
from tests.naive_score import (
    Cell,
    cell_steps,
    is_task,
    is_visit,
    leg_cells,
    leg_minutes,
    may_work,
    naive_score,
    stop_cells,
)

EVERYTHING = 10**6
"""What covering everything is worth in the program, so that its tolerances are small beside it."""

TOLERANCE = 10**-7
"""By how much of everything a value called optimal may lie below the optimum, and a bound below itself."""


class Optimum(NamedTuple):
    """The best plan found, and what is proved: none lacks less than `least`, or with that is worth above `bound`."""

    missing: int
    value: int
    routes: tuple[Route, ...]
    least: int
    bound: int

    @property
    def proved(self) -> bool:
        """Whether no plan is better, within the tolerance."""
        return self.missing == self.least and self.bound - self.value <= 2 * TOLERANCE * FULL


class Node(NamedTuple):
    """Where a unit of a class is in a minute; `doing` is a visit or stint that it may go on with, until a minute."""

    place: int
    minute: int
    paused: bool
    doing: tuple[str, int] | None = None


class Arc(NamedTuple):
    """What a unit does from one node to another: ``drive``, a kind of stop, or ``end`` of a visit or stint."""

    start: Node
    end: Node
    does: str


def optimum(problem: Problem, *, seconds: float = 60.0) -> Optimum:
    """Return the optimum of `problem`, or what is known of it after so many seconds for each of two solves.

    Raises
    ------
    RuntimeError
        When no plan at all is found in that time.
    """
    asked, value, _ = naive_score(problem, ())
    if not problem.units:
        return Optimum(asked, value, (), asked, value)
    program = _Program(problem)
    least = asked - program.most_done(seconds)
    routes, bound = program.most_value(seconds)
    missing, value, _ = naive_score(problem, routes)
    return Optimum(missing, value, routes, least, bound)


def least_missing(problem: Problem, *, seconds: float = 60.0) -> int:
    """Return the unit-minutes that every plan of `problem` lacks, or fewer where so many seconds do not suffice."""
    asked, _, _ = naive_score(problem, ())
    return asked - _Program(problem).most_done(seconds) if problem.units else asked


class _Network:
    """The arcs that a unit of a class can use on its way from the start of its shift to the end."""

    def __init__(self, problem: Problem, units: Sequence[Unit]) -> None:
        self.problem, self.unit, self.units = problem, units[0], units
        self.source = Node(self.unit.origin, self.unit.start, self.unit.break_ is None)
        self.sink = Node(self.unit.destination, self.unit.end, True)
        self.arcs = self._useful()

    def _useful(self) -> list[Arc]:
        """Return the arcs on some way from source to sink."""
        found: list[Arc] = []
        known, to_do = {self.source}, [self.source]
        while to_do:
            for arc in self._from(to_do.pop()):
                if arc.end.minute <= self.unit.end:
                    found.append(arc)
                    if arc.end not in known:
                        known.add(arc.end)
                        to_do.append(arc.end)
        into = defaultdict(list)
        for arc in found:
            into[arc.end].append(arc.start)
        leads, to_do = {self.sink}, [self.sink]
        while to_do:
            for node in into[to_do.pop()]:
                if node not in leads:
                    leads.add(node)
                    to_do.append(node)
        return [arc for arc in found if arc.end in leads]

    def _from(self, node: Node) -> Iterator[Arc]:
        """Yield the arcs out of a node."""
        step, along = self.problem.grid, self.problem.places[node.place].exit is not None
        if node.doing is not None:
            kind, until = node.doing
            if node.minute + step <= until:
                yield Arc(node, node._replace(minute=node.minute + step), kind)
            if along:
                yield from self._drives(node)
            else:
                yield Arc(node, node._replace(doing=None), "end")
            return
        yield Arc(node, node._replace(minute=node.minute + step), "standby")
        yield from self._jobs(node)
        if along:
            return  # It has come for the visit.
        rule = self.unit.break_
        if rule is not None and not node.paused and node.place in rule.places:
            end = node.minute + rule.minutes
            if node.minute >= rule.earliest and end <= rule.latest:
                yield Arc(node, Node(node.place, end, True), "break")
        yield from self._drives(node)

    def _drives(self, node: Node) -> Iterator[Arc]:
        """Yield the legs from a node."""
        for place in range(len(self.problem.places)):
            leg = leg_minutes(self.problem, self.unit, node.place, place)
            if leg:
                yield Arc(node, Node(place, node.minute + leg, node.paused), "drive")

    def _jobs(self, node: Node) -> Iterator[Arc]:
        """Yield the beginnings of visits and stints, and tasks."""
        problem, unit, (place, now, paused, _) = self.problem, self.unit, node
        for i, h in enumerate(problem.hotspots):
            for _, closes in h.windows or ((0, problem.minutes),):
                if now + h.dwell <= closes and is_visit(problem, unit, i, place, now, now + h.dwell):
                    yield Arc(node, Node(place, now + h.dwell, paused, ("visit", closes)), "visit")
                    break
        for q in problem.posts:
            if q.place == place and may_work(problem, unit, place):
                yield Arc(node, Node(place, now + q.stint, paused, ("stint", unit.end)), "stint")
        for i, k in enumerate(problem.tasks):
            if is_task(problem, unit, i, place, now, now + k.minutes):
                yield Arc(node, Node(place, now + k.minutes, paused), "task")

    def cells(self, arc: Arc) -> set[Cell]:
        """Return what an arc covers that the arcs before it on the same stop have not."""
        (place, leave, _, doing), arrive = arc.start, arc.end.minute
        if arc.does == "end":
            return set()
        if arc.does == "drive":
            return set(leg_cells(self.problem, self.unit, place, arc.end.place, leave, arrive))
        if doing is None:
            return set(stop_cells(self.problem, self.unit, place, arc.does, leave, arrive))
        # One step more: what a stop of the least length that ends with it covers from here on.
        whole = stop_cells(self.problem, self.unit, place, arc.does, arrive - self._least(place), arrive)
        return {cell for cell in whole if cell[2] >= leave}

    def _least(self, place: int) -> int:
        """Return the least length of a visit or stint at a place."""
        for h in self.problem.hotspots:
            if place in h.places:
                return h.dwell
        return next(q.stint for q in self.problem.posts if q.place == place)

    def routes(self, flow: dict[Arc, int]) -> Iterator[Route]:
        """Yield a route of each unit of the class, that together use the arcs as often as the flow does."""
        out: dict[Node, list[Arc]] = defaultdict(list)
        for arc, number in flow.items():
            out[arc.start] += [arc] * number
        for unit in self.units:
            node, arcs = self.source, []
            while node != self.sink:
                arcs.append(out[node].pop())
                node = arcs[-1].end
            yield Route(unit.callsign, self._stops(arcs))

    def _stops(self, arcs: Sequence[Arc]) -> tuple[Stop, ...]:
        """Return the stops of a chain of arcs; a place driven through is standby of no length.

        Who waits at a stretch of street is on the road to it.
        """
        names = [p.name for p in self.problem.places]
        stops = [Stop(names[self.source.place], "standby", self.source.minute, self.source.minute)]
        for arc in arcs:
            last, begin, end = stops[-1], arc.start.minute, arc.end.minute
            place = names[arc.end.place]
            along = self.problem.places[arc.end.place].exit is not None
            if arc.does == "standby" and along:
                stops[-1] = Stop(place, "standby", end, end)
            elif arc.does == "drive":
                stops.append(Stop(place, "standby", end, end))
            elif arc.does == last.kind and (arc.does == "standby" or arc.start.doing is not None):
                stops[-1] = replace(last, leave=end)
            elif arc.does != "end":
                stops[-1 if last.arrive == last.leave else len(stops) :] = [Stop(place, arc.does, begin, end)]
        return tuple(stops)


class _Group(NamedTuple):
    """Cells that the same arcs cover: arcs as (network, arc), whether they are hard, what each further unit adds."""

    arcs: tuple[tuple[int, int], ...]
    hard: bool
    steps: tuple[int, ...]


class _Program:
    """The program: how many units use each arc, and how often each group of cells is covered."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.networks = [_Network(problem, units) for units in _classes(problem)]
        self.model = mathopt.Model()
        self.flow = [[self.model.add_integer_variable(lb=0, ub=len(n.units)) for _ in n.arcs] for n in self.networks]
        for network, flow in zip(self.networks, self.flow, strict=True):
            self._conserve(network, flow)
        groups = self._groups()
        covered = [self._covered(group) for group in groups]
        self.done = self._sum(groups, covered, hard=True)
        self.value = self._sum(groups, covered, hard=False)

    def _conserve(self, network: _Network, flow: list[mathopt.Variable]) -> None:
        """Let as many units leave each node as reach it, and all units leave the source."""
        balance: dict[Node, list[mathopt.LinearTypes]] = defaultdict(list)
        for arc, x in zip(network.arcs, flow, strict=True):
            balance[arc.end].append(x)
            balance[arc.start].append(-x)
        units = len(network.units)
        for node, terms in balance.items():
            gains = units * ((node == network.sink) - (node == network.source))
            self.model.add_linear_constraint(mathopt.fast_sum(terms) == gains)

    def _groups(self) -> list[_Group]:
        """Return the cells that are worth anything, in groups."""
        arcs_of: dict[Cell, list[tuple[int, int]]] = defaultdict(list)
        for n, network in enumerate(self.networks):
            for a, arc in enumerate(network.arcs):
                for cell in network.cells(arc):
                    arcs_of[cell].append((n, a))
        worth = weights(self.problem)
        units = len(self.problem.units)
        steps_of: dict[tuple[tuple[tuple[int, int], ...], bool], list[int]] = defaultdict(lambda: [0] * units)
        for cell, arcs in arcs_of.items():
            layer, steps = cell_steps(self.problem, cell, units)
            hard = layer == "missing"
            known = steps_of[tuple(arcs), hard]
            for n, step in enumerate(steps):
                known[n] += step if hard else step * worth.multipliers[layer]
        return [_Group(*key, tuple(steps)) for key, steps in steps_of.items() if steps[0]]

    def _covered(self, group: _Group) -> list[tuple[int, mathopt.Variable]]:
        """Return how many units count in a group for each weight that they may count with, the largest first."""
        covered = [
            (step, self.model.add_variable(lb=0, ub=group.steps.count(step)))
            for step in dict.fromkeys(group.steps)
            if step
        ]
        used = mathopt.fast_sum(self.flow[n][a] for n, a in group.arcs)
        self.model.add_linear_constraint(mathopt.fast_sum(y for _, y in covered) <= used)
        return covered

    def _sum(
        self, groups: list[_Group], covered: list[list[tuple[int, mathopt.Variable]]], *, hard: bool
    ) -> mathopt.LinearSum:
        """Return what is covered of the hard cells in unit-minutes, or of the others as a share of `EVERYTHING`."""
        unit = 1 if hard else EVERYTHING / FULL
        return mathopt.fast_sum(
            step * unit * y
            for group, counted in zip(groups, covered, strict=True)
            if group.hard == hard
            for step, y in counted
        )

    def most_done(self, seconds: float) -> int:
        """Return the most unit-minutes of hard cells that can be covered, and let no solution cover less from here on.

        Where that is not proved in time, it is what cannot be exceeded; what is found is held on to.
        """
        if isinstance(self.done, int):
            return 0
        result = self._solve(self.done, seconds, absolute=0.5)
        self.model.add_linear_constraint(self.done >= round(result.objective_value()) - 0.5)
        return math.floor(result.dual_bound() + 0.01)

    def most_value(self, seconds: float) -> tuple[tuple[Route, ...], int]:
        """Return routes of the highest value found, in the order of the roster, and what no value exceeds."""
        result = self._solve(self.value, seconds, absolute=TOLERANCE * EVERYTHING)
        routes = {}
        for network, flow in zip(self.networks, self.flow, strict=True):
            used = {arc: round(x) for arc, x in zip(network.arcs, result.variable_values(flow), strict=True)}
            routes |= {route.callsign: route for route in network.routes(used)}
        bound = math.ceil((result.dual_bound() / EVERYTHING + TOLERANCE) * FULL)
        return tuple(routes[unit.callsign] for unit in self.problem.units), bound

    def _solve(self, objective: mathopt.LinearTypes, seconds: float, absolute: float) -> mathopt.SolveResult:
        """Return the solution with the most of `objective`."""
        self.model.maximize(objective)
        result = mathopt.solve(
            self.model,
            mathopt.SolverType.HIGHS,
            params=mathopt.SolveParameters(
                time_limit=timedelta(seconds=seconds), relative_gap_tolerance=0.0, absolute_gap_tolerance=absolute
            ),
        )
        if not result.has_primal_feasible_solution():
            raise RuntimeError(f"no plan found in {seconds} seconds: {result.termination}")
        return result


def _classes(problem: Problem) -> list[list[Unit]]:
    """Return the units in groups of equal ones; whose minutes in its districts count is alone."""
    classes: dict[tuple[Unit, str], list[Unit]] = defaultdict(list)
    for unit in problem.units:
        alone = unit.callsign if unit.districts and not unit.tied else ""
        classes[replace(unit, callsign=""), alone].append(unit)
    return list(classes.values())

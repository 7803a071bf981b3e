"""Claims about tours, columns and what is listed near the bound, held against what is worked out in another way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from solver.visits.choice import choose_tours
from solver.visits.columns import Columns, circles
from solver.visits.departures import departure, within_duty
from solver.visits.ground import SPANS, Grounds, spans_of
from solver.visits.labels import BITS, begins, carried, grow, labels_of
from solver.visits.master import Master
from solver.visits.recreate import NOWHERE, PLACES, cheapest, find_gaps
from solver.visits.search import TaskSearch, VisitSearch
from solver.visits.terms import DESTINATION, KIND, Rest, Vehicle, Visit, Visiting, terms_of
from solver.visits.tours import FREE, NODE, Tours, retime
from solver.visits.work import GAPS, copied
from tests.visit_problems import best_by_lack, optimum, visit_problem


def shortest(travel: np.ndarray) -> np.ndarray:
    """Return the ticks from node to node by the quickest chain of legs."""
    closed = travel.copy()
    np.fill_diagonal(closed, 0)
    for k in range(len(closed)):
        np.minimum(closed, closed[:, k, None] + closed[None, k], out=closed)
    return closed


def visiting(seed: int, *, duty: int, visits: int = 25, vehicles: int = 3) -> Visiting:
    """Return visits with one to three windows each on a square of 60 ticks, vehicles with a duty of so many ticks."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 60, (visits + 1, 2))
    travel = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(np.int32)
    listed = []
    for place in range(1, visits + 1):
        ends = np.sort(rng.choice(np.arange(1, 480), 2 * int(rng.integers(1, 4)), replace=False))
        windows = tuple((int(a), int(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))
        listed.append(Visit(place, int(rng.integers(0, 15)), int(rng.integers(1, 30)), windows))
    fleet = tuple(Vehicle(0, 0, 0, 0, 500, duty) for _ in range(vehicles))
    return Visiting((travel,), (shortest(travel),), tuple(listed), fleet)


def away(given: Visiting, nodes: list[int], leave: int) -> int | None:
    """Return when a vehicle is back that leaves at a tick, None where it would be late."""
    here, time = 0, leave
    for x in nodes:
        visit = given.visits[x]
        time += int(given.travel[0][here, visit.place])
        begin = [max(time, a) for a, b in visit.windows if time <= b]
        if not begin:
            return None
        here, time = visit.place, begin[0] + visit.ticks
    back = time + int(given.travel[0][here, 0])
    return back if back <= 500 else None


@pytest.mark.parametrize("duty", [120, 220, 500])
@pytest.mark.parametrize("seed", range(4))
def test_tours_keep_windows_and_duties(seed: int, duty: int) -> None:
    """Among all ticks to leave at there is one with which a vehicle is in time everywhere and away short enough."""
    given = visiting(seed, duty=duty)
    search = VisitSearch(given, np.random.default_rng(seed))
    search.anneal(400, 0.3)
    search.choose(search.remembered(), 0.2)
    tours = search.best()
    done = [x for nodes in tours for x in nodes]
    assert len(done) == len(set(done))
    assert search.profit == sum(given.visits[x].profit for x in done)
    assert done
    for nodes in tours:
        lengths = [back - leave for leave in range(500) if (back := away(given, nodes, leave)) is not None]
        assert min(lengths) <= duty


def test_a_longer_duty_earns_no_less() -> None:
    """What vehicles with little time do, those with more time could do too."""
    profits = []
    for duty in (60, 120, 500):
        search = VisitSearch(visiting(5, duty=duty, vehicles=2), np.random.default_rng(1))
        search.anneal(800, 0.1)
        profits.append(search.profit)
    assert all(a < b for a, b in pairwise(profits)), profits


@pytest.mark.parametrize("duties", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_no_step_brings_the_bound_below_the_optimum(seed: int, duties: bool) -> None:
    """After every step of column generation the bound holds, and it never rises."""
    problem = visit_problem(np.random.default_rng(300 + seed), duties=duties)
    search = TaskSearch(problem, np.random.default_rng(0))
    _, profit = optimum(problem.replace(tasks=tuple(k for k in problem.tasks if not k.required)))
    columns = Columns(search.search.terms)
    bounds = [columns.bound]
    while not columns.settled:
        columns.step()
        bounds.append(columns.bound)
    assert bounds[-1] >= profit
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("duties", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_what_is_listed_holds_every_better_plan(seed: int, duties: bool) -> None:
    """Among the tours listed for a profit just below the optimum there are some that earn the optimum together."""
    problem = visit_problem(np.random.default_rng(500 + seed), rules=False, duties=duties)
    search = TaskSearch(problem, np.random.default_rng(0))
    terms = search.search.terms
    _, profit = optimum(problem)
    columns = Columns(terms)
    while not columns.settled:
        columns.step()
    listed = columns.close(profit - 1)
    if listed is None:
        assert columns.bound == int(terms.earns.sum())
        return
    done = {0}
    for kind in terms.fleet[:, KIND]:
        own = [visits for v, visits in listed if terms.fleet[v, KIND] == kind]
        done |= {mask | sum(1 << x for x in visits) for mask in done for visits in own}
    earned = [sum(int(terms.earns[x]) for x in range(terms.visits) if mask >> x & 1) for mask in done]
    assert max(earned) == profit


@pytest.mark.parametrize("duties", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_what_is_required_is_in_the_bound(seed: int, duties: bool) -> None:
    """However little plans may lack, and whenever that is told, no plan that lacks as little earns more."""
    rng = np.random.default_rng(900 + seed)
    problem = visit_problem(rng, units=3, side=20, duties=duties)
    required = [bool(rng.random() < 0.4) for _ in problem.tasks]
    tasks = tuple(replace(k, required=r) for k, r in zip(problem.tasks, required, strict=True))
    problem = problem.replace(tasks=tasks)
    search = TaskSearch(problem, np.random.default_rng(0))
    terms, best = search.search.terms, best_by_lack(problem)
    assert min(best) >= search.least_missing
    falling = Columns(terms)
    kinds = terms.fleet[:, KIND].tolist()
    for lack in sorted(best, reverse=True):
        spare = lack - search.least_missing
        profit = max(p for other, p in best.items() if other <= lack)
        if spare < falling.spare:
            falling.allow(spare, ())
        for columns in (falling, Columns(terms, (), spare)):
            while not columns.settled:
                columns.step()
                assert columns.bound >= profit
        listed = columns.close(profit - 1)
        if listed is not None:
            _, most = choose_tours(
                [(kinds[v], visits) for v, visits in listed],
                Counter(kinds),
                terms.earns.tolist(),
                (),
                lacks=terms.lacks[: terms.visits].tolist(),
                spare=spare,
                seconds=5,
                seed=0,
            )
            assert most >= profit


def test_a_required_task_costs_what_it_keeps_from() -> None:
    """A unit that must go where nothing is earned has no time for the rest, and the bound knows it."""
    row = np.array([[0, 5, 10], [5, 0, 5], [10, 5, 0]], dtype=np.int32)
    visits = (Visit(2, 10, 0, ((0, 99),), lack=10), Visit(1, 10, 30, ((0, 99),)))
    terms = terms_of(Visiting((row,), (row,), visits, (Vehicle(0, 0, 0, 0, 30, 30),)), 0.1)
    bounds = []
    for spare in (None, 10, 0):
        columns = Columns(terms, (), spare)
        while not columns.settled:
            columns.step()
        bounds.append(columns.bound)
    assert bounds == [30, 30, 0]


def test_a_choice_lacks_no_more_than_it_may() -> None:
    """Where nothing may be lacked the tour that does what is required is chosen, and where none does, none at all."""
    tours = [(0, (0,)), (0, (1,))]
    chosen = [
        choose_tours(tours, {0: 1}, (5, 9), (), lacks=lacks, spare=spare, seconds=5, seed=0)
        for lacks, spare in (((), 0), ((10, 0), 0), ((10, 0), 10), ((10, 10), 10), ((10, 10), 0))
    ]
    assert chosen == [([1], 9), ([0], 5), ([1], 9), ([1], 9), ([], 0)]


def test_a_master_that_fails_from_its_last_optimum_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """GLOP can find its own basis singular once tours have come; that says nothing of the best mix."""
    master = Master([1], [0, 0], 0, 1.0)
    master.add(0, (0,), 5.0)
    whole, calls = pywraplp.Solver.Solve, []

    def failing(solver: pywraplp.Solver) -> int:
        calls.append(1)
        return pywraplp.Solver.ABNORMAL if len(calls) == 1 else whole(solver)

    monkeypatch.setattr(pywraplp.Solver, "Solve", failing)
    solved = master.solve()
    assert solved is not None
    assert solved[0] == pytest.approx(5.0)


def test_required_visits_do_not_heat_the_search() -> None:
    """What a temperature counts in is the worth of what may be left out."""
    row = np.array([[0, 5, 10], [5, 0, 5], [10, 5, 0]], dtype=np.int32)
    optional = tuple(Visit(1 + i % 2, 10, 30, ((0, 99),)) for i in range(4))
    vehicles = (Vehicle(0, 0, 0, 0, 30, 30),)
    some = VisitSearch(Visiting((row,), (row,), optional, vehicles), np.random.default_rng(0))
    required = (*optional, Visit(1, 10, 30, ((0, 99),), lack=10))
    more = VisitSearch(Visiting((row,), (row,), required, vehicles), np.random.default_rng(0))
    assert more.usual_worth == pytest.approx(some.usual_worth)


def test_a_vehicle_that_stops_for_its_break_alone_is_idle() -> None:
    """Though another makes all visits near what is not done, the one that has nothing but its break is given it."""
    far = np.array([[0, 5, 40], [5, 0, 40], [40, 40, 0]], dtype=np.int32)
    # The second vehicle alone may do the last visit, which lies so that none is near that it could take over.
    visits = (
        Visit(1, 10, 30, ((0, 0),)),
        Visit(1, 10, 30, ((20, 20),), frozenset((0,))),
        Visit(2, 10, 5, ((60, 80),), frozenset((1,))),
    )
    vehicles = (
        Vehicle(0, 1, 1, 0, 60, 60),
        Vehicle(0, 0, 0, 0, 200, 200, Rest((0,), 10, 0, 20)),
        Vehicle(0, 0, 0, 0, 5, 5),
    )
    search = VisitSearch(Visiting((far,), (far,), visits, vehicles), np.random.default_rng(0))
    search.take([[0, 1], [3], []])
    search.anneal(300, 0.0)
    assert search.profit == 65


def test_circles_are_what_is_done_twice() -> None:
    """Each visit that comes again is told with what is between; a tour without has none."""
    assert circles((1, 2, 3)) == []
    assert circles((1, 2, 1, 3, 2)) == [(1, (2,)), (2, (1, 3))]


@pytest.mark.parametrize("duty", [1, 7, 30, 92, 93, 100])
@pytest.mark.parametrize(("start", "end"), [(0, 100), (7, 100), (90, 100)])
def test_every_duty_lies_in_a_span(start: int, end: int, duty: int) -> None:
    """Whenever a vehicle sets out, some span holds all its duty; there are not too many, and none is much longer."""
    far = np.zeros((1, 1), dtype=np.int32)
    given = Visiting((far,), (far,), (Visit(0, 1, 1, ((0, 99),)),), (Vehicle(0, 0, 0, start, end, duty),))
    spans = spans_of(terms_of(given, 0.1), 0)
    for leave in range(start, end + 1):
        assert any(a <= leave and min(leave + duty, end) <= b for a, b in spans), (leave, spans)
    assert len(spans) <= SPANS
    assert all(start <= a < b <= end for a, b in spans)
    assert max(b - a for a, b in spans) <= duty + (end - start) // SPANS + 1


@pytest.mark.parametrize("seed", range(6))
def test_tours_within_a_duty_are_told_from_others(seed: int) -> None:
    """Of random orders of a few visits the kernel accepts those that some tick to leave at makes short enough."""
    rng = np.random.default_rng(seed)
    given = visiting(seed, duty=(90, 150, 260)[seed % 3], visits=8, vehicles=1)
    terms = terms_of(given, 0.1)
    tours = np.full((60, 5), -1, dtype=np.int32)
    wanted = []
    for row in tours:
        nodes = rng.permutation(8)[: int(rng.integers(0, 5))]
        row[: len(nodes)] = nodes
        lengths = [back - leave for leave in range(500) if (back := away(given, nodes.tolist(), leave)) is not None]
        wanted.append(min(lengths, default=1000) <= given.vehicles[0].duty)
    good = np.zeros(60, dtype=np.bool_)
    within_duty(terms, terms.travel, 0, tours, good)
    assert good.tolist() == wanted
    assert 0 < sum(wanted) < 60
    for nodes in tours[good]:
        visits = [int(x) for x in nodes if x >= 0]
        leave = departure(terms, 0, visits)
        back = away(given, visits, leave)
        assert back is not None
        assert back - leave <= given.vehicles[0].duty


@pytest.mark.parametrize("seed", range(6))
def test_the_cheapest_insertion_is_the_best_that_keeps_all_times(seed: int) -> None:
    """No place of a tour, also with one overlooked, that lets it be in time costs less than the one that is found."""
    search = VisitSearch(visiting(seed, duty=500), np.random.default_rng(seed))
    search.anneal(60, 0.3)
    search.take([nodes[::2] for nodes in search.best()])
    terms, tours, work = search.terms, search._tours, search._work
    found = 0
    for v in range(len(terms.fleet)):
        find_gaps(tours, work, v, terms.least)
        count, nodes, length = int(work.changed[v, GAPS]), search_nodes(tours, v), int(tours.length[v])
        for x in np.flatnonzero(tours.vehicle[: terms.visits] == FREE):
            for skipped in (-1, 0):
                offers = []
                for i in range(len(nodes) + 1):
                    other = copied(tours)
                    tried = [*nodes[:i], int(x), *nodes[i:]]
                    other.stop[v, 1 : len(tried) + 2, NODE] = [*tried, terms.fleet[v, DESTINATION]]
                    other.size[v] = len(tried)
                    if i != skipped and retime(terms, other, v):
                        offers.append((int(other.length[v]) - length) * PLACES + i)
                known = cheapest(
                    work.gap[v], count, terms.back[0], terms.travel[0], terms.node, terms.window, x, skipped
                )
                assert known == min(offers, default=NOWHERE)
                found += bool(offers)
    assert found


def search_nodes(tours: Tours, v: int) -> list[int]:
    """Return where vehicle `v` stops."""
    nodes: list[int] = tours.stop[v, 1 : tours.size[v] + 1, NODE].tolist()
    return nodes


@pytest.mark.parametrize("seed", range(4))
def test_labels_that_wait_lose_nothing(seed: int) -> None:
    """What ways earn at most is what a plain search of all of them finds, though many labels wait in blocks."""
    given = visiting(seed, duty=500, visits=9, vehicles=1)
    terms = terms_of(given, 0.03)
    ground = Grounds(terms, 0, spans_of(terms, 0)[0])
    ground.remember(BITS)
    gain = terms.earns[ground.visits].astype(np.int64)
    labels = labels_of(len(ground.nodes), 100_000, 4_000)
    halt = np.zeros(1, dtype=np.uint8)
    assert grow(ground.forward, labels, gain, ground.horizon, 0, True, len(ground.nodes), halt)
    assert labels.used[0] >= labels.used[1] > 0
    most = max(int(labels.earned[labels.kept[i, 0]]) for i in range(len(ground.nodes)) if labels.size[i])

    @cache
    def rest(here: int, time: int, memory: int) -> int:
        """Return the most that can still be earned by who does not do again what it remembers."""
        best = 0
        for j in range(len(ground.nodes)):
            there = begins(at, window, j, time + int(way[here, j]))
            if j != here and 0 <= there <= last[j] and not (bit[here, j] >= 0 and memory >> int(bit[here, j]) & 1):
                new = carried(bit, member, here, j, memory) | 1 << int(bit[j, j])
                best = max(best, int(gain[j]) + rest(j, there, new))
        return best

    at, window, way, last = ground.forward.at, ground.forward.window, ground.forward.way, ground.forward.last
    bit, member = ground.forward.bit, ground.forward.member
    first = [begins(at, window, j, int(ground.forward.enter[j])) for j in range(len(gain))]
    assert most == max(int(gain[j]) + rest(j, t, 1 << int(bit[j, j])) for j, t in enumerate(first) if 0 <= t <= last[j])

"""Getting ready: all kernels compiled, or loaded as compiled before, so that no clock runs meanwhile."""

from __future__ import annotations

import numpy as np

from solver.bound import Bound
from solver.plan import Route, Stop
from solver.problem import DemandPoint, Hotspot, Place, Problem, Unit
from solver.search import Search


def prepare_visits() -> None:
    """Search for visits, and bound them, on the smallest of problems."""
    from solver.visits.columns import Columns
    from solver.visits.search import VisitSearch
    from solver.visits.terms import Vehicle, Visit, Visiting

    ways = (np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=np.int32),)
    visits = tuple(Visit(place, 1, 1, ((0, 9),)) for place in (1, 2))
    vehicles = (Vehicle(0, 0, 0, 0, 9, 9), Vehicle(0, 0, 0, 0, 9, 5))
    search = VisitSearch(Visiting(ways, ways, visits, vehicles), np.random.default_rng(0))
    search.anneal(20, 0.1)
    columns = Columns(search.terms, search.remembered())
    while not columns.settled:
        columns.step()
    columns.found()


def prepare() -> None:
    """Search and bound the smallest of problems."""
    far = np.array([[0, 60], [60, 0]], dtype=np.int32)
    smallest = Problem(
        name="preparation",
        timezone="UTC",
        start="2000-01-01T00:00:00+00:00",
        minutes=20,
        grid=1,
        slots=(0, 20),
        places=(Place("station", 0.0, 0.0), Place("hotspot", 0.0, 0.0)),
        stations=(0,),
        hotspots=(Hotspot(1, (1,), 5, 5, 50),),
        posts=(),
        demand=(DemandPoint("demand", 0.0, 0.0, "core", 60, 60, (1,)),),
        units=(Unit("unit", "foot", 0, 20, 0, 0),),
        goals={"presence": 1, "response": 1, "backup": 1},
        travel={"foot": far},
        reach={"foot": far[:, :1]},
    )
    passing = (Stop("station", "standby", 0, 1), Stop("hotspot", "standby", 2, 2), Stop("station", "standby", 3, 20))
    search = Search(smallest, np.random.default_rng(0))
    search.take((Route("unit", passing),))
    search.simplify()  # It drops the hotspot that is only passed.
    search.greedy()
    search.anneal(2, 0.0, 0.0)
    for problem in (smallest, smallest.replace(busy=(100,))):
        bound = Bound(problem)
        bound.start_from(search.counts, search.value)
        bound.step(search.value)

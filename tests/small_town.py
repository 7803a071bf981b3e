"""A small town worked out by hand: two stations, two hotspots, a post, a car, a foot patrol, and a right plan.

The *busy* town is the same with a rule of every kind: districts, windows, revisits, a stretch of street, a task.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.plan import Plan, Route, Stop
from solver.problem import Break, DemandPoint, Hotspot, IntArray, Place, Post, Problem, Staffing, Task, Unit

CENTRAL, NORTH, MARKET, BRIDGE, GATE, SCHOOL, BACK = range(7)
NAMES = ("Central", "North", "Market", "Bridge", "Gate")

MINUTES = [
    # Central, North, Market, Bridge, Gate
    [0, 5, 4, 7, 3],
    [5, 0, 6, 3, 8],
    [4, 6, 0, 5, 5],
    [7, 3, 5, 0, 9],
    [3, 8, 5, 9, 0],
]
"""By car; on foot it takes three times as long, and there is no way to or from North."""


def small_town() -> Problem:
    """Return the problem: two hours from 18:00, one slot an hour, a grid of one minute."""
    car = np.array(MINUTES, dtype=np.int32) * 60 - 20  # Rounds up to the minutes above.
    np.fill_diagonal(car, 0)
    foot = np.array(MINUTES, dtype=np.int32) * 180
    foot[NORTH, :] = foot[:, NORTH] = -1
    foot[NORTH, NORTH] = 0
    return Problem(
        name="small town",
        timezone="Europe/London",
        start="2020-11-20T18:00:00+00:00",
        minutes=120,
        grid=1,
        slots=(0, 60, 120),
        places=tuple(Place(name, 51.5 + i / 100, -0.1) for i, name in enumerate(NAMES)),
        stations=(CENTRAL, NORTH),
        hotspots=(Hotspot(MARKET, (5, 10), 12, 30, 70), Hotspot(BRIDGE, (2, 4), 10, 20, 50)),
        posts=(Post(GATE, (Staffing(25, 55, 1),), 20, modes=("car", "motorcycle"), available=False),),
        demand=(
            DemandPoint("Square", 51.52, -0.1, "core", 60, 300, (3, 6)),
            DemandPoint("Park", 51.53, -0.1, "elsewhere", 300, 600, (1, 1)),
        ),
        units=(
            Unit("A1", "car", 0, 120, CENTRAL, CENTRAL, Break(20, 30, 100, (CENTRAL, NORTH))),
            Unit("B2", "foot", 0, 90, CENTRAL, CENTRAL),
        ),
        goals={"presence": 500, "response": 350, "backup": 150},
        travel={"car": car, "foot": foot},
        reach={"car": _reach([200, 400, 50, 290, 100]), "foot": _reach([600, -1, 60, 900, -1])},
    )


def lonely_car(minutes: int, **changes: object) -> Problem:
    """Return a town of one car that is worth something only by what `changes` add."""
    town = small_town()
    return town.replace(
        minutes=minutes,
        slots=(0, minutes),
        posts=(),
        hotspots=(),
        units=(Unit("A1", "car", 0, minutes, CENTRAL, CENTRAL),),
        demand=(),
        goals={"presence": 1, "tasks": 1, "revisit": 1},
        reach={m: a[:, :0] for m, a in town.reach.items()},
        grid=5,
    ).replace(**changes)


def _reach(square: list[int]) -> IntArray:
    """Return seconds to Square, and to Park, which is 250 seconds farther from everywhere."""
    return np.array([[s, s + 250 if s >= 0 else -1] for s in square], dtype=np.int32)


def small_plan(problem: Problem) -> Plan:
    """Return a plan of the small town that keeps every rule; its value is what its routes cover."""
    from solver.score import score

    a1 = (
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 4, 20),
        Stop("Gate", "stint", 25, 55),
        Stop("Central", "break", 58, 78),
        Stop("Bridge", "visit", 85, 100),
        Stop("Central", "standby", 107, 120),
    )
    b2 = (
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 12, 40),
        Stop("Central", "standby", 52, 90),
    )
    plan = Plan(problem.fingerprint(), (Route("A1", a1), Route("B2", b2)))
    return plan.replace(value=score(problem, plan).value)


BUSY_MINUTES = [
    # Central, North, Market, Bridge, Gate, School, Bridge back
    [0, 5, 4, 7, 3, 5, 8],
    [5, 0, 6, 3, 8, 8, 4],
    [4, 6, 0, 5, 5, 3, 6],
    [7, 3, 5, 0, 9, 7, 1],
    [3, 8, 5, 9, 0, 4, 10],
    [5, 8, 3, 7, 4, 0, 8],
    [6, 2, 4, 1, 8, 6, 0],
]
"""The way out of Bridge back begins at its other end, so it is not as long as the way there."""


def busy_town() -> Problem:
    """Return the small town with districts, a market that opens twice, a bridge driven both ways, and a task."""
    town = small_town()
    car = np.array(BUSY_MINUTES, dtype=np.int32) * 60 - 20
    foot = np.array(BUSY_MINUTES, dtype=np.int32) * 180
    for travel in (car, foot):
        np.fill_diagonal(travel, 0)
    foot[NORTH, :] = foot[:, NORTH] = -1
    foot[NORTH, NORTH] = 0
    districts = ("", "north", "south", "north", "south", "south", "north")
    market, bridge = town.hotspots
    return town.replace(
        name="busy town",
        places=tuple(
            Place(name, 51.5 + i / 100, -0.1, district, (51.54, -0.11) if name.startswith("Bridge") else None)
            for i, (name, district) in enumerate(zip((*NAMES, "School", "Bridge back"), districts, strict=True))
        ),
        hotspots=(
            replace(market, windows=((0, 60), (70, 120)), every=40, required=True),
            replace(bridge, reverse=BACK, every=60),
        ),
        posts=(replace(town.posts[0], watches=(0,)),),
        tasks=(Task(SCHOOL, 15, 7, ((40, 60),), required=True, modes=("foot",), available=False),),
        units=(
            replace(town.units[0], districts=("south",)),
            replace(town.units[1], districts=("south",), tied=True),
        ),
        goals={**town.goals, "revisit": 100, "tasks": 200, "district": 50},
        travel={"car": car, "foot": foot},
        reach={mode: np.vstack([array, array[-2:]]) for mode, array in town.reach.items()},
    )


def busy_plan(problem: Problem) -> Plan:
    """Return a plan of the busy town that keeps every rule; its value is what its routes cover."""
    from solver.score import score

    a1 = (
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 4, 20),
        Stop("Gate", "stint", 25, 55),
        Stop("Central", "break", 58, 78),
        Stop("Market", "visit", 82, 96),
        Stop("Bridge back", "visit", 102, 114),
        Stop("Central", "standby", 120, 120),
    )
    b2 = (
        Stop("Central", "standby", 0, 0),
        Stop("Market", "visit", 12, 30),
        Stop("School", "task", 42, 57),
        Stop("Central", "standby", 72, 90),
    )
    plan = Plan(problem.fingerprint(), (Route("A1", a1), Route("B2", b2)))
    return plan.replace(value=score(problem, plan).value)

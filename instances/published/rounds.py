"""What the published formats have in common: points with profits and windows, alike vehicles, rounded distances.

Distances are in units without a name, and vehicles drive one in one unit of time.  The minute of the problem stands
for a tenth, hundredth or thousandth of the unit (`Rounds.ticks`), so that plans are exact to the digits that the
literature keeps, and `solver.check` judges them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from solver.problem import Problem

MOST_MINUTES = 2_000_000
"""Minutes of a horizon, at most: what `solver.score` looks at one by one."""

MOST_POINTS = 5000
"""Points of an instance, at most: distances are kept for each pair."""

MOST_VEHICLES = 10_000
"""Tours of an instance, at most."""

DEGREES = 0.001
"""What a unit of distance is drawn as on the globe."""


@dataclass(frozen=True)
class Point:
    """A customer, or the first or last point of all tours (with neither service, profit nor window of its own).

    Service may begin from `opens` to `closes`, both included.  Everything is in units of the file.
    """

    name: str
    x: float
    y: float
    service: float = 0.0
    profit: int = 0
    opens: float = 0.0
    closes: float = float("inf")


@dataclass(frozen=True)
class Rounds:
    """An instance as published: `vehicles` alike ones go from `origin` to `destination` within `limit`.

    `ticks` are the minutes that stand for a unit; distances are rounded down to them where `truncated`, else up.
    """

    name: str
    origin: Point
    destination: Point
    customers: tuple[Point, ...]
    vehicles: int
    limit: float
    ticks: int
    truncated: bool


def limit_advice(limit: float, ticks: int) -> str:
    """Return what the limit of an instance must be, or nothing where it is so."""
    return "" if 0 < limit * ticks <= MOST_MINUTES else f"it must be above 0, and {MOST_MINUTES // ticks} at most"


def size_advice(points: Sequence[Point], vehicles: float) -> Iterator[tuple[str, str, str]]:
    """Yield field, what is wrong and what would be right where an instance is larger than can be planned."""
    from solver.problem_errors import MOST_WEIGHT

    if len(points) > MOST_POINTS:
        yield "points", f"there are {len(points):,} points", f"{MOST_POINTS:,} at most are read"
    if vehicles != int(vehicles) or not 0 <= vehicles <= MOST_VEHICLES:
        yield "tours", f"there are {vehicles:g} tours", f"write a whole number, {MOST_VEHICLES:,} at most"
    if (profit := sum(point.profit for point in points)) > MOST_WEIGHT:
        yield "profit", f"all profits add up to {profit:,}", f"scale them down to {MOST_WEIGHT:,} or less"


def distances(points: Sequence[Point], ticks: int, *, truncated: bool) -> NDArray[np.int64]:
    """Return Euclidean distances in ticks, shape (P, P), rounded down where `truncated`, else up.

    What is whole but for the errors of floating point is not rounded.
    """
    at = np.array([(p.x, p.y) for p in points], dtype=np.float64).reshape(-1, 2)
    exact = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * ticks
    rounded = np.floor(exact + 1e-7) if truncated else np.ceil(exact - 1e-7)
    whole: NDArray[np.int64] = rounded.astype(np.int64)
    return whole


def problem_of(rounds: Rounds) -> Problem:
    """Return the problem, in which every customer that can be served at all is a task of its name.

    A task takes a minute at least, and so does every leg.  Where nobody serves for no time, a minute of the leg to each
    task is counted as its own; points closer than two minutes are that much apart then.
    """
    from solver.problem import Place, Problem, Task, Unit

    ticks = rounds.ticks
    points = [rounds.origin, *rounds.customers, rounds.destination]
    way = distances(points, ticks, truncated=rounds.truncated)
    limit = int(np.floor(rounds.limit * ticks + 1e-7))
    moved = np.array([0, *(1 if c.service * ticks < 1 else 0 for c in rounds.customers), 0], dtype=np.int64)
    # What takes longer than the limit is out of reach, however long it takes.
    legs = np.clip(way - moved[None, :], 1, limit + 1)
    np.fill_diagonal(legs, 0)
    tasks, kept = [], [0]
    for i, c in enumerate(rounds.customers, 1):
        minutes = max(round(c.service * ticks), 1)
        first = max(round(c.opens * ticks) - int(moved[i]), int(legs[0, i]))
        last = min(round(min(c.closes, rounds.limit) * ticks) - int(moved[i]), limit - minutes - int(legs[i, -1]))
        if first <= last:
            kept.append(i)
            tasks.append(Task(len(kept) - 1, minutes, c.profit, ((first, last),)))
    same = (rounds.origin.x, rounds.origin.y) == (rounds.destination.x, rounds.destination.y)
    end = 0 if same else len(kept)
    kept += [] if same else [len(points) - 1]
    lat = np.clip([points[i].y * DEGREES for i in kept], -90, 90)
    lon = np.clip([points[i].x * DEGREES for i in kept], -180, 180)
    seconds = (60 * legs[np.ix_(kept, kept)]).astype(np.int32)
    places = tuple(Place(points[i].name, float(a), float(b)) for i, a, b in zip(kept, lat, lon, strict=True))
    return Problem(
        name=rounds.name,
        timezone="UTC",
        start="2000-01-01T00:00:00+00:00",
        minutes=limit,
        grid=1,
        slots=(0, limit),
        places=places,
        stations=(0,) if same else (0, end),
        hotspots=(),
        posts=(),
        demand=(),
        units=tuple(Unit(f"V{v + 1}", "car", 0, limit, 0, end) for v in range(rounds.vehicles)),
        goals={"tasks": 1},
        travel={"car": seconds},
        reach={"car": np.zeros((len(kept), 0), dtype=np.int32)},
        tasks=tuple(tasks),
    )

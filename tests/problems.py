"""Problems for tests and benchmarks: tiny ones with every feature, towns in the plane of any size.

No road network is read: tiny problems have random legs (also such as break the triangle inequality, and
such as do not exist), towns have straight-line ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from solver.problem import (
    Break,
    DemandPoint,
    Hotspot,
    IntArray,
    Place,
    Post,
    Problem,
    ProblemError,
    Staffing,
    Task,
    Unit,
)

Pick = Callable[[int, int], int]
"""``pick(low, high)`` is an integer from low to high, both included."""

METRES_A_DEGREE = 111_320.0
SPEED = {"car": 8.0, "motorcycle": 9.0, "bicycle": 4.5, "foot": 1.4}
"""Metres a second in a town, along the straight line."""


@st.composite
def tiny_problems(draw: st.DrawFn, *, units: int = 2, steps: int = 12, rules: bool = True) -> Problem:
    """Draw a tiny problem; see `tiny_problem`."""
    return tiny_problem(lambda low, high: draw(st.integers(low, high)), units=units, steps=steps, rules=rules)


def tiny_problem(source: np.random.Generator | Pick, *, units: int = 2, steps: int = 12, rules: bool = True) -> Problem:
    """Return a tiny random problem that brute force can solve, with any of the model's features.

    Parameters
    ----------
    source : numpy.random.Generator or callable
        Where the choices come from; a callable ``pick(low, high)`` may be hypothesis drawing.
    units : int
        The most units there are.
    steps : int
        The most grid steps that the horizon has (at least 6).
    rules : bool
        Whether there may be tasks, revisits, windows, stretches of street, districts and watching posts.
    """
    pick: Pick = source if callable(source) else lambda low, high: int(source.integers(low, high + 1))  # type: ignore[union-attr]
    grid = (1, 5, 10)[pick(0, 2)]
    minutes = grid * pick(min(8, steps), steps)
    roles = (["station"], ["station", "hotspot"][: pick(1, 2)], ["hotspot"], ["post", "hotspot"][: pick(0, 2)])
    names = [r for group in roles for r in group]
    if rules:
        # Six places at most: with more, one unit alone has too many ways to spend its shift for brute force.
        more = [*["reverse"][: pick(0, 3) // 3], *["task"] * (0, 1, 1, 2)[pick(0, 3)]]
        names += more[: 6 - len(names)]
    stations = tuple(i for i, r in enumerate(names) if r == "station")
    places = tuple(Place(f"{r} {i}", 51.5 + 0.001 * i, -0.1 + 0.002 * i) for i, r in enumerate(names))
    cut = pick(1, minutes - 1)
    slots = (0, cut, minutes) if pick(0, 1) else (0, minutes)
    n_slots, n_demand = len(slots) - 1, pick(0, 3)
    modes = ("car", "foot")[: pick(1, 2)]
    problem = Problem(
        name="tiny",
        timezone="Europe/London",
        start="2020-11-20T18:00:00+00:00",
        minutes=minutes,
        grid=grid,
        slots=slots,
        places=places,
        stations=stations,
        hotspots=tuple(_hotspot(i, pick, grid, n_slots) for i, r in enumerate(names) if r == "hotspot"),
        posts=tuple(_post(i, pick, grid, minutes) for i, r in enumerate(names) if r == "post"),
        demand=tuple(_demand_point(i, pick, n_slots) for i in range(n_demand)),
        units=(),
        goals={"presence": pick(1, 5), "response": pick(0, 5), "backup": pick(0, 5)},
        travel={m: _legs(len(places), pick, grid) for m in modes},
        reach={m: _reach(len(places), n_demand, pick) for m in modes},
    )
    if rules:
        problem = _with_rules(problem, names, pick)
    for i in range(pick(1, units)):
        unit = _unit(f"U{i}", problem, modes[pick(0, len(modes) - 1)], pick)
        if rules:
            unit = _belonging(unit, problem, pick)
        problem = problem.replace(units=(*problem.units, unit))
    return problem


def with_busy_units(problem: Problem, source: np.random.Generator | Pick) -> Problem:
    """Return the problem with units that are busy for some share of their time, drawn for each slot."""
    pick: Pick = source if callable(source) else lambda low, high: int(source.integers(low, high + 1))  # type: ignore[union-attr]
    return problem.replace(busy=tuple(pick(0, 3) and pick(1, 900) for _ in problem.slots[1:]))


def _with_rules(problem: Problem, roles: list[str], pick: Pick) -> Problem:
    """Return the problem with any of the rules that go beyond risk, demand and posts."""
    grid, minutes = problem.grid, problem.minutes
    hotspots = [_with_hotspot_rules(h, pick, grid, minutes) for h in problem.hotspots]
    if "reverse" in roles:
        hotspots[0] = replace(hotspots[0], reverse=roles.index("reverse"))
    stretch = hotspots[0].places if pick(0, 1) else ()
    districts = ("", "north", "south")[: (1, 3)[pick(0, 1)]]
    places = tuple(
        replace(
            place,
            district=districts[pick(0, len(districts) - 1)],
            exit=(51.5, -0.2) if i in stretch else None,
        )
        for i, place in enumerate(problem.places)
    )
    watching = tuple(
        replace(q, watches=tuple(i for i in range(len(hotspots)) if pick(0, 2) == 0)) for q in problem.posts
    )
    return problem.replace(
        places=places,
        hotspots=tuple(hotspots),
        posts=watching,
        tasks=tuple(_task(i, pick, grid, minutes) for i, r in enumerate(roles) if r == "task"),
        goals={**problem.goals, **{layer: pick(0, 5) for layer in ("revisit", "tasks", "district")}},
    )


def _with_hotspot_rules(hotspot: Hotspot, pick: Pick, grid: int, minutes: int) -> Hotspot:
    """Return the hotspot, perhaps with windows, perhaps to be visited again and again."""
    windows = _spans(pick, minutes // grid, hotspot.dwell // grid) if pick(0, 2) == 0 else []
    every = pick(2, 5) * grid if pick(0, 1) else 0
    return replace(
        hotspot,
        windows=tuple((start * grid, end * grid) for start, end in windows),
        every=every,
        required=every > 0 and bool(pick(0, 1)),
    )


def _task(place: int, pick: Pick, grid: int, minutes: int) -> Task:
    """Return a task of up to three grid steps, perhaps to be begun within one or two windows."""
    length = pick(1, 3)
    windows = _spans(pick, minutes // grid - length, 0) if pick(0, 1) else []
    return Task(
        place,
        length * grid,
        profit=pick(0, 5),
        windows=tuple((first * grid, last * grid) for first, last in windows),
        required=pick(0, 2) == 0,
        modes=("car",) if pick(0, 3) == 0 else (),
        skills=("first aid",) if pick(0, 3) == 0 else (),
        available=bool(pick(0, 1)),
    )


def _spans(pick: Pick, steps: int, least: int) -> list[tuple[int, int]]:
    """Return one or two spans of at least so many steps, in order and apart."""
    spans: list[tuple[int, int]] = []
    now = 0
    for _ in range(pick(1, 2)):
        if now + least <= steps:
            start = pick(now, steps - least)
            spans.append((start, pick(start + least, steps)))
            now = spans[-1][1] + 1
    return spans


def _belonging(unit: Unit, problem: Problem, pick: Pick) -> Unit:
    """Return the unit, perhaps belonging to districts, perhaps tied to them."""
    known = sorted({p.district for p in problem.places} - {""})
    districts = tuple(d for d in known if pick(0, 1))
    return replace(unit, districts=districts, tied=bool(districts) and bool(pick(0, 1)))


def _hotspot(place: int, pick: Pick, grid: int, slots: int) -> Hotspot:
    """Return a hotspot of random risk."""
    risk = tuple(pick(0, 9) for _ in range(slots))
    return Hotspot(place, risk, dwell=grid * pick(1, 2), linger=grid * pick(0, 4), rho=pick(0, 10) * 10)


def _post(place: int, pick: Pick, grid: int, minutes: int) -> Post:
    """Return a post with one or two staffing windows, which may overlap."""
    windows = []
    for _ in range(pick(1, 2)):
        start = pick(0, minutes // grid - 1)
        end = pick(start + 1, min(start + 4, minutes // grid))
        windows.append(Staffing(start * grid, end * grid, 2 if pick(0, 3) == 0 else 1))
    return Post(
        place,
        tuple(windows),
        stint=grid * pick(1, 2),
        modes=("car",) if pick(0, 3) == 0 else (),
        skills=("first aid",) if pick(0, 3) == 0 else (),
        available=bool(pick(0, 1)),
    )


def _demand_point(i: int, pick: Pick, slots: int) -> DemandPoint:
    """Return a demand point of random demand."""
    zone = ("core", "town", "elsewhere")[pick(0, 2)]
    standard = {"core": 60, "town": 180, "elsewhere": 300}[zone]
    demand = tuple(pick(0, 9) for _ in range(slots))
    return DemandPoint(f"demand {i}", 51.5, -0.1, zone, standard, standard * pick(1, 3), demand)


def _legs(places: int, pick: Pick, grid: int) -> IntArray:
    """Return random seconds of up to two and a half grid steps between places; few pairs have no way."""
    seconds = [
        [pick(0, (60, 150)[pick(0, 1)] * grid) if pick(0, 9) else -1 for _ in range(places)] for _ in range(places)
    ]
    legs = np.array(seconds, dtype=np.int32).reshape(places, places)
    np.fill_diagonal(legs, 0)
    return legs


def _reach(places: int, demand: int, pick: Pick) -> IntArray:
    """Return random seconds of up to ten minutes from places to demand points; few pairs have no way."""
    seconds = [[pick(0, 600) if pick(0, 9) else -1 for _ in range(demand)] for _ in range(places)]
    return np.array(seconds, dtype=np.int32).reshape(places, demand)


def _unit(callsign: str, problem: Problem, mode: str, pick: Pick) -> Unit:
    """Return a unit that can serve its shift: with another destination or a break only where they fit."""
    grid, steps = problem.grid, problem.minutes // problem.grid
    start = pick(0, steps // 4)
    end = pick(steps - steps // 4, steps)
    origin = problem.stations[pick(0, len(problem.stations) - 1)]
    unit = Unit(
        callsign,
        mode,
        start * grid,
        end * grid,
        origin,
        destination=origin,
        skills=("first aid",) if pick(0, 1) else (),
    )
    other = problem.stations[pick(0, len(problem.stations) - 1)]
    length = pick(0, 2) * grid
    begin = pick(start, end) * grid
    slack = pick(0, 3 * grid)
    standing = np.flatnonzero(~problem.stretches).tolist()
    elsewhere = standing[pick(0, len(standing) - 1)]
    pause = Break(length, max(begin - slack, 0), begin + length + slack, tuple(sorted({origin, elsewhere})))
    for change in ({"destination": other}, {"break_": pause}):
        if change.get("break_") and not length:
            continue
        changed = Unit(**{**unit.__dict__, **change})
        try:
            problem.replace(units=(changed,))
        except ProblemError:
            continue
        unit = changed
    return unit


def town_problem(
    seed: int,
    *,
    units: int = 6,
    hotspots: int = 30,
    demand: int = 60,
    posts: int = 2,
    stations: int = 2,
    minutes: int = 480,
    grid: int = 5,
) -> Problem:
    """Return a problem of random points in a square town with straight-line travel and no streets.

    The town is as large as its hotspots need (some 400 m between neighbours).  Units have staggered shifts,
    mixed modes and, when their shift is at least four hours, a break at a station; risk and demand are heavy
    tailed and peak late.
    """
    rng = np.random.default_rng(seed)
    side = 400.0 * np.sqrt(max(hotspots, 4))
    n = stations + hotspots + posts
    spots = rng.uniform(0, side, (n, 2))
    calls = rng.uniform(0, side, (demand, 2))
    names = [
        *(f"Station {i + 1}" for i in range(stations)),
        *(f"Hotspot {i + 1}" for i in range(hotspots)),
        *(f"Post {i + 1}" for i in range(posts)),
    ]
    slots = (*range(0, minutes, 60), minutes)
    hours = len(slots) - 1
    profile = 0.5 + np.exp(-0.5 * ((np.arange(hours) - 0.65 * hours) / max(0.25 * hours, 0.5)) ** 2)
    modes = ("car", "motorcycle", "foot")
    risk = np.rint(100 * np.outer(rng.pareto(1.5, hotspots) + 0.2, profile)).astype(int)
    wanted = np.rint(20 * np.outer(rng.pareto(1.5, demand) + 0.1, profile)).astype(int)
    dwell, linger, stint = (-(-m // grid) * grid for m in (12, 60, 30))
    return Problem(
        name=f"town {seed}",
        timezone="Europe/London",
        start="2020-11-20T18:00:00+00:00",
        minutes=minutes,
        grid=grid,
        slots=slots,
        places=tuple(Place(name, *_degrees(xy)) for name, xy in zip(names, spots, strict=True)),
        stations=tuple(range(stations)),
        hotspots=tuple(Hotspot(stations + i, tuple(row), dwell, linger, 70) for i, row in enumerate(risk.tolist())),
        posts=tuple(
            Post(stations + hotspots + i, (_evening(rng, minutes, grid),), stint, available=bool(i % 2 == 0))
            for i in range(posts)
        ),
        demand=tuple(
            DemandPoint(f"Cell {i + 1}", *_degrees(xy), *_standard(xy, side), 600, tuple(row))
            for i, (xy, row) in enumerate(zip(calls, wanted.tolist(), strict=True))
        ),
        units=tuple(_town_unit(i, rng, modes, stations, minutes, grid) for i in range(units)),
        goals={"presence": 500, "response": 350, "backup": 150},
        travel={m: _straight(spots, spots, SPEED[m]) for m in modes},
        reach={m: _straight(spots, calls, SPEED[m]) for m in modes},
    )


def _degrees(xy: np.ndarray) -> tuple[float, float]:
    """Return latitude and longitude of a point in metres."""
    return 51.5 + float(xy[1]) / METRES_A_DEGREE, -0.1 + float(xy[0]) / (0.62 * METRES_A_DEGREE)


def _standard(xy: np.ndarray, side: float) -> tuple[str, int]:
    """Return zone and standard by the distance from the middle of the town."""
    away = float(np.hypot(*(xy - side / 2))) / side
    return ("core", 60) if away < 0.15 else ("town", 180) if away < 0.35 else ("elsewhere", 300)


def _straight(a: np.ndarray, b: np.ndarray, speed: float) -> IntArray:
    """Return seconds along straight lines, rounded up."""
    metres = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    return np.ceil(metres / speed).astype(np.int32)


def _evening(rng: np.random.Generator, minutes: int, grid: int) -> Staffing:
    """Return a staffing window of one unit for half the horizon."""
    half = minutes // grid // 2
    start = int(rng.integers(0, half + 1)) * grid
    return Staffing(start, start + max(half, 1) * grid, 1)


def _town_unit(
    i: int, rng: np.random.Generator, modes: tuple[str, ...], stations: int, minutes: int, grid: int
) -> Unit:
    """Return the i-th unit: every third one begins late, every fifth one ends early."""
    late, early = (int(f * minutes) // grid * grid for f in ((i % 3 == 2) / 8, (i % 5 == 4) / 8))
    start, end, home = late, minutes - early, int(rng.integers(0, stations))
    length = -(-30 // grid) * grid
    middle = (start + end) // 2 // grid * grid
    pause = Break(length, middle - 60, middle + 60, tuple(range(stations))) if end - start >= 240 else None
    # Nobody walks to the posts of a large town in time: two of three units drive.
    return Unit(f"{'ABC'[i % 3]}{i + 1}", modes[i % 3], start, end, home, home, pause)

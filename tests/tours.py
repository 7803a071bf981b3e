"""Plans with streets for the tests of exports: one known by heart, and random ones with names of any kind."""

from __future__ import annotations

import string

import numpy as np
from hypothesis import strategies as st

from solver.plan import STOP_KINDS, Plan, Route, Stop
from solver.problem import Break, DemandPoint, Hotspot, Place, Post, Problem, Staffing, Unit
from solver.streets import Leg, Streets

STATION, MARKET, BRIDGE = "Old Town 总局", "Market <Square> & Co", "Bridge"
CREDIT = "© OpenStreetMap contributors"


def sample_problem(*, start: str = "2020-11-20T18:00:00+00:00", timezone: str = "Europe/London") -> Problem:
    """Return two units, a station, a hotspot and a post in London, for two hours."""
    seconds = np.array([[0, 170, 200], [170, 0, 100], [200, 100, 0]])
    return Problem(
        name="Friday night",
        timezone=timezone,
        start=start,
        minutes=120,
        grid=1,
        slots=(0, 60, 120),
        places=(
            Place(STATION, 51.5155, -0.0922),
            Place(MARKET, 51.5170, -0.0800),
            Place(BRIDGE, 51.5080, -0.0877),
        ),
        stations=(0,),
        hotspots=(Hotspot(1, (5, 6), 12, 60, 70),),
        posts=(Post(2, (Staffing(30, 60, 1),), 10),),
        demand=(DemandPoint("cell", 51.51, -0.09, "core", 60, 600, (1, 2)),),
        units=(
            Unit("A1", "car", 0, 120, 0, 0, Break(20, 60, 110, (0,))),
            Unit("B/2", "car", 0, 60, 0, 0),
        ),
        goals={"presence": 5, "response": 3, "backup": 2},
        travel={"car": seconds},
        reach={"car": np.array([[10], [70], [300]])},
    )


def sample_plan(problem: Problem) -> Plan:
    """Return a plan of it: A1 visits the market, mans the bridge and has its break; B/2 stays in."""
    stops = (
        Stop(STATION, "standby", 0, 0),
        Stop(MARKET, "visit", 3, 20),
        Stop(BRIDGE, "stint", 30, 60),
        Stop(STATION, "break", 64, 84),
        Stop(STATION, "standby", 84, 120),
    )
    home = Route("B/2", (Stop(STATION, "standby", 0, 60),))
    return Plan(problem.fingerprint(), (Route("A1", stops), home))


def sample_streets() -> Streets:
    """Return the leg to the market: 163.3 s along two corners, from 30 m beside the station; no other leg."""
    lonlat = np.array([[-0.0922, 51.51577], [-0.0860, 51.5158], [-0.0860, 51.5169], [-0.0800, 51.5170]])
    return Streets({("car", STATION, MARKET): Leg(lonlat, np.array([0.0, 40.2, 120.7, 163.3]), 1900.0)}, CREDIT)


names = st.one_of(
    st.text(st.characters(), min_size=1, max_size=12),
    st.text(string.printable, min_size=1, max_size=12),
    st.sampled_from(
        ["总局", "محطة", "🚓👮🏽‍♀️", "=1+1", "A\x00\x1b[31mB", "]]>", "&amp;", "\ud83d", "x" * 300, "a\r\nb", "\ufffe"]
    ),
)
"""Names with any character that Python has: controls, unpaired surrogates, marks, right-to-left."""


@st.composite
def tours(draw: st.DrawFn) -> tuple[Problem, Plan, Streets]:
    """Draw a problem with points and stretches, a plan whose times rise (but keeps no other rule), and some streets."""
    places = draw(st.lists(names, min_size=2, max_size=5, unique=True))
    callsigns = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
    n, minutes = len(places), 400
    problem = Problem(
        name=draw(names),
        timezone=draw(st.sampled_from(["Europe/London", "Asia/Shanghai", "UTC"])),
        start=draw(st.sampled_from(["2020-11-20T18:00:00+00:00", "2021-03-28T00:30:00+00:00"])),
        minutes=minutes,
        grid=1,
        slots=(0, minutes),
        places=tuple(
            Place(name, *draw(degrees), exit=draw(st.none() | degrees) if i else None) for i, name in enumerate(places)
        ),
        stations=(0,),
        hotspots=tuple(Hotspot(i, (1,), 12, 60, 70) for i in range(1, n)),
        posts=(),
        demand=(),
        units=tuple(Unit(c, "foot", 0, minutes, 0, 0) for c in callsigns),
        goals={"presence": 1, "response": 1, "backup": 1},
        travel={"foot": np.where(np.eye(n, dtype=bool), 0, draw(st.sampled_from([-1, 30, 5000])))},
        reach={"foot": np.zeros((n, 0))},
    )
    routes = tuple(Route(c, draw(_stops(places, minutes))) for c in callsigns)
    return problem, Plan(problem.fingerprint(), routes), draw(_streets(problem))


@st.composite
def _stops(draw: st.DrawFn, places: list[str], minutes: int) -> tuple[Stop, ...]:
    """Draw stops whose times rise, repeated places and stops of no length among them."""
    stops: list[Stop] = []
    minute = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(1, 12))):
        place = draw(st.sampled_from(places))
        away = bool(stops) and stops[-1].place != place
        minute += draw(st.integers(1 if away else 0, 8))
        stay = draw(st.sampled_from([0, 0, 1, 15]))
        if minute + stay > minutes:
            break
        stops.append(Stop(place, draw(st.sampled_from(STOP_KINDS)), minute, minute + stay))
        minute += stay
    return tuple(stops)


@st.composite
def _streets(draw: st.DrawFn, problem: Problem) -> Streets:
    """Draw legs of any length and any number of points for some pairs of places."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    legs = {}
    for a in problem.places:
        for b in problem.places:
            if (a != b or a.exit is not None) and rng.random() < 0.7:
                points = int(rng.integers(2, 200))
                lonlat = rng.uniform((-179.0, -89.0), (179.0, 89.0)) + rng.normal(0, 1e-3, (points, 2))
                seconds = np.concatenate(([0.0], np.cumsum(rng.exponential(rng.choice([0.0, 0.1, 5.0]), points - 1))))
                legs["foot", a.name, b.name] = Leg(lonlat, seconds, float(rng.uniform(0, 5000)))
    return Streets(legs, draw(names))

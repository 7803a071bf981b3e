"""The problem: frozen, comparable, and every way in which it can contradict itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from solver.problem import UNREACHABLE, Break, Problem, ProblemError, Staffing
from tests.problems import tiny_problems, town_problem
from tests.small_town import BRIDGE, CENTRAL, GATE, MARKET, NORTH, busy_town, small_town

Change = Callable[[Problem], dict[str, Any]]


def field(**changes: Any) -> Change:
    """Return changes of the problem itself."""
    return lambda _: changes


def unit(**changes: Any) -> Change:
    """Return changes of the first unit."""
    return lambda p: {"units": (replace(p.units[0], **changes), *p.units[1:])}


def hotspot(**changes: Any) -> Change:
    """Return changes of the first hotspot."""
    return lambda p: {"hotspots": (replace(p.hotspots[0], **changes), *p.hotspots[1:])}


def post(**changes: Any) -> Change:
    """Return changes of the post."""
    return lambda p: {"posts": (replace(p.posts[0], **changes),)}


def task(**changes: Any) -> Change:
    """Return the busy town with its task changed."""
    return lambda _: {**busy(), "tasks": (replace(busy()["tasks"][0], **changes),)}


def busy() -> dict[str, Any]:
    """Return the fields in which the busy town differs from the small one."""
    return {f.name: getattr(busy_town(), f.name) for f in fields(Problem) if f.name != "name"}


def busy_hotspot(**changes: Any) -> Change:
    """Return the busy town with its first hotspot, Market, changed."""
    return lambda _: {**busy(), "hotspots": (replace(busy()["hotspots"][0], **changes), busy()["hotspots"][1])}


def place(**changes: Any) -> Change:
    """Return changes of the first place."""
    return lambda p: {"places": (replace(p.places[0], **changes), *p.places[1:])}


def demand(**changes: Any) -> Change:
    """Return changes of the first demand point."""
    return lambda p: {"demand": (replace(p.demand[0], **changes), *p.demand[1:])}


def travel(mode: str, start: int, end: int, seconds: int) -> Change:
    """Return one travel time changed."""

    def change(p: Problem) -> dict[str, Any]:
        arrays = {m: a.copy() for m, a in p.travel.items()}
        arrays[mode][start, end] = seconds
        return {"travel": arrays}

    return change


PAUSE = Break(20, 30, 100, (0, 1))

CONTRADICTIONS: list[tuple[Change, str]] = [
    (field(minutes=0, slots=(0, 0)), "minutes (0) must be a positive multiple of the grid (1)"),
    (field(minutes=3 * 10**6, slots=(0, 3 * 10**6)), "minutes (3000000) must be 44640 at most; plan a part"),
    (field(minutes=10**12, slots=(0, 10**12)), "minutes (1000000000000) must be 44640 at most; plan a part"),
    (
        lambda p: {"minutes": 40_000, "slots": (0, 40_000), "hotspots": p.hotspots * 2500},
        "5000 hotspots and 2 demand points over 40000 minutes are 200080000 cells to cover; plan at most 200000000",
    ),
    (
        lambda _: {"minutes": 3 * 10**6, "slots": (0, 3 * 10**6), "hotspots": (), "posts": (), "demand": ()},
        "minutes (3000000) must be 2000000 at most; plan a part",
    ),
    (lambda p: {"units": p.units * 5001}, "there are 10002 units; plan at most 10000 at once"),
    (field(grid=7), "minutes (120) must be a positive multiple of the grid (7)"),
    (field(grid=0), "minutes (120) must be a positive multiple of the grid (0)"),
    (field(slots=(0, 60)), "slots must rise from 0 to 120"),
    (field(slots=(0, 60, 60, 120)), "slots must rise from 0 to 120"),
    (field(slots=()), "slots must rise from 0 to 120"),
    (field(timezone="Europe/Londn"), "timezone: 'Europe/Londn' is not known; use a name such as"),
    (field(timezone="../etc"), "timezone: '../etc' is not known"),
    (field(start="2020-11-20T18:00:00"), "start: '2020-11-20T18:00:00' is no time with offset"),
    (field(start="six o'clock"), "is no time with offset; write it as '2020-11-20T18:00:00+00:00'"),
    (field(start="9999-12-31T23:59:00+00:00"), "is no time with offset"),
    (lambda p: {"places": (replace(p.places[0], name=""), *p.places[1:])}, "a place has no name"),
    (
        lambda p: {"places": (replace(p.places[0], name="Gate"), *p.places[1:])},
        "two of the places are called 'Gate'",
    ),
    (
        lambda p: {"places": (replace(p.places[0], lat=float("nan")), *p.places[1:])},
        "place 'Central': lat nan, lon -0.1 is not on the globe",
    ),
    (demand(lon=181.0), "demand point 'Square': lat 51.52, lon 181.0 is not on the globe"),
    (lambda p: {"units": (p.units[0], p.units[0])}, "two of the units are called 'A1'"),
    (lambda p: {"demand": (p.demand[0], p.demand[0])}, "two of the demand points are called 'Square'"),
    (field(stations=(0, 1, 9)), "station: place 9 does not exist (there are 5)"),
    (hotspot(place=-1), "hotspot: place -1 does not exist"),
    (hotspot(place=GATE), "place 'Gate' is both hotspot and post; give each its own place"),
    (hotspot(place=BRIDGE), "place 'Bridge' is both hotspot and hotspot"),
    (hotspot(risk=(1,)), "hotspot at place 2: risk must be 2 numbers of 0 or more"),
    (hotspot(risk=(1, -1)), "hotspot at place 2: risk must be 2 numbers of 0 or more"),
    (hotspot(dwell=0), "dwell and linger must be multiples of the grid (1), dwell above 0"),
    (hotspot(linger=-1), "dwell and linger must be multiples of the grid (1), dwell above 0"),
    (hotspot(linger=2**31), "dwell and linger must be multiples of the grid (1), dwell above 0"),
    (hotspot(risk=(10**7, 10**7)), "risk over all minutes adds up to 1200000360; scale it down to 1000000000 or less"),
    (demand(demand=(0, 10**9)), "demand over all minutes adds up to 60000000120; scale it down"),
    (demand(backup=2**31), "demand point 'Square': standard and backup must be above 0 seconds (and below 2**31)"),
    (hotspot(rho=101), "rho must be 0 to 100 per cent"),
    (place(exit=(91.0, 0.0)), "place 'Central': exit lat 91.0, lon 0.0 is not on the globe"),
    (place(exit=(float("nan"), 0.0)), "place 'Central': exit lat nan, lon 0.0 is not on the globe"),
    (place(exit=(51.5, -0.1)), "place 'Central' has an exit, but only a hotspot can be a stretch of street"),
    (
        lambda p: {
            "places": tuple(replace(x, exit=(51.5, -0.1)) if x.name == "Market" else x for x in p.places),
            "units": (replace(p.units[0], break_=Break(20, 30, 100, (CENTRAL, MARKET))), p.units[1]),
        },
        "unit 'A1': a break is taken standing, not at a stretch of street such as 'Market'",
    ),
    (hotspot(reverse=MARKET), "place 'Market' is both hotspot and hotspot; give each its own place"),
    (hotspot(reverse=GATE), "place 'Gate' is both hotspot and post; give each its own place"),
    (hotspot(reverse=5), "hotspot: place 5 does not exist (there are 5)"),
    (
        hotspot(every=-1),
        "every must be a multiple of the grid (1), 0 where no revisit is asked for",
    ),
    (
        lambda p: {**hotspot(every=60, dwell=10, linger=0)(p), "grid": 8},
        "hotspot at place 2: every must be a multiple of the grid (8)",
    ),
    (hotspot(required=True), "hotspot at place 2: a required revisit must say by every after how many minutes"),
    (hotspot(windows=((0, 121),)), "hotspot at place 2: window 0-121 must lie in 0-120 on the grid"),
    (hotspot(windows=((50, 40),)), "hotspot at place 2: window 50-40 must lie in 0-120 on the grid"),
    (hotspot(windows=((20, 31),)), "hotspot at place 2: window 20-31 is shorter than its dwell of 12 minutes"),
    (
        hotspot(windows=((0, 30), (30, 60))),
        "hotspot at place 2: windows must come in order and apart; 30-60 begins before or when another ends",
    ),
    (hotspot(windows=((40, 60), (0, 30))), "windows must come in order and apart; 0-30 begins before or when another"),
    (post(stint=0), "post at place 4: stint must be a positive multiple of the grid (1)"),
    (post(staffing=(Staffing(60, 60, 1),)), "post at place 4: staffing 60-60 must lie in 0-120 on the grid"),
    (post(staffing=(Staffing(60, 121, 1),)), "post at place 4: staffing 60-121 must lie in 0-120 on the grid"),
    (post(staffing=(Staffing(60, 90, 0),)), "on the grid, with a unit or more"),
    (post(staffing=(Staffing(0, 120, 700),)), "required tasks ask for 84000 unit-minutes; plan at most 80000 at once"),
    (
        lambda p: {**hotspot(every=1, required=True)(p), **post(staffing=(Staffing(0, 120, 666),))(p)},
        "required revisits and required tasks ask for 80039 unit-minutes; plan at most 80000 at once",
    ),
    (
        lambda p: {**task()(p), "posts": (replace(p.posts[0], staffing=(Staffing(0, 120, 666), Staffing(0, 66, 1))),)},
        "ask for 80031 unit-minutes",
    ),
    (post(watches=(0, 2)), "post at place 4: watches hotspot 2, which does not exist (there are 2)"),
    (post(watches=(-1,)), "post at place 4: watches hotspot -1, which does not exist (there are 2)"),
    (post(watches=(1, 1)), "post at place 4: watches a hotspot twice; name each once"),
    (task(place=GATE), "place 'Gate' is both post and task; give each its own place"),
    (task(place=9), "task: place 9 does not exist (there are 7)"),
    (task(minutes=0), "task at place 5: minutes (0) must be a positive multiple of the grid (1), 120 at most"),
    (task(minutes=121), "task at place 5: minutes (121) must be a positive multiple of the grid (1), 120 at most"),
    (task(profit=-1), "task at place 5: profit must be 0 or more"),
    (task(profit=10**9 + 1), "profits of tasks add up to 1000000001; scale them down to 1000000000 or less"),
    (task(windows=((60, 40),)), "task at place 5: the minutes 60-40 to begin in must lie in 0-120 on the grid"),
    (task(windows=((0, 121),)), "task at place 5: the minutes 0-121 to begin in must lie in 0-120 on the grid"),
    (task(windows=((106, 110),)), "task at place 5: begun at 106 it would not end by 120"),
    (
        task(windows=((0, 10), (10, 20))),
        "task at place 5: windows must come in order and apart; 10-20 begins before or when another ends",
    ),
    (unit(tied=True), "unit 'A1': a unit tied to its districts must have one or more"),
    (unit(districts=("south",)), "unit 'A1': no place lies in district 'south'; districts are none"),
    (
        lambda _: {**busy(), **unit(districts=("",))(busy_town())},
        "unit 'A1': no place lies in district ''; districts are north or south",
    ),
    (demand(demand=(1,)), "demand point 'Square': demand must be 2 numbers of 0 or more"),
    (demand(demand=(-1, 1)), "demand point 'Square': demand must be 2 numbers of 0 or more"),
    (demand(standard=0), "demand point 'Square': standard and backup must be above 0 seconds"),
    (unit(start=-1), "unit 'A1': shift -1-120 must lie in 0-120 on the grid"),
    (unit(start=120), "unit 'A1': shift 120-120 must lie in 0-120 on the grid"),
    (unit(mode="bicycle"), "unit 'A1': no travel times for mode 'bicycle'"),
    (unit(origin=MARKET), "unit 'A1': place 2 is not a station"),
    (unit(break_=Break(80, 30, 100, (0,))), "unit 'A1': a break of 80 minutes does not fit in 30-100"),
    (unit(break_=Break(20, 30, 100, ())), "unit 'A1': break places must be known and at least one"),
    (unit(break_=Break(20, 30, 100, (9,))), "unit 'A1': break places must be known and at least one"),
    (
        lambda p: {"travel": {"car": p.travel["car"][:, :4], "foot": p.travel["foot"]}},
        "travel[car]: shape (5, 4), wanted (5, 5)",
    ),
    (
        lambda p: {"reach": {"car": p.reach["car"][:, :1], "foot": p.reach["foot"]}},
        "reach[car]: shape (5, 1), wanted (5, 2)",
    ),
    (
        lambda p: {"travel": {**p.travel, "horse": p.travel["car"]}},
        "travel: unknown mode 'horse'; modes are car, motorcycle, bicycle, foot",
    ),
    (travel("car", 0, 1, -2), "travel[car]: seconds must be 0 or more, or -1 where there is no way"),
    (travel("car", 1, 1, 5), "travel[car]: a place must be 0 seconds from itself"),
    (field(goals={"presense": 1}), "goals: presense unknown; the layers are presence, response"),
    (
        field(goals={"presence": 0, "response": 0, "backup": 0}),
        "goals must be 0 or more and not all 0",
    ),
    (
        field(goals={"presence": -1, "response": 2, "backup": 0}),
        "goals must be 0 or more and not all 0",
    ),
    (
        unit(destination=NORTH, mode="foot", break_=None),
        "unit 'A1': cannot get from its first station to its last within its shift",
    ),
    (
        unit(destination=NORTH, end=4, break_=None),
        "unit 'A1': cannot get from its first station to its last within its shift",
    ),
    (
        unit(start=90, end=115, break_=PAUSE),
        "unit 'A1': no time for its break of 20 minutes in 30-100 within its shift 90-115 at any of its break places",
    ),
]


@pytest.mark.parametrize(("change", "message"), CONTRADICTIONS, ids=range(len(CONTRADICTIONS)))
def test_each_contradiction_is_told(change: Change, message: str) -> None:
    """A problem with one thing wrong is refused in words that say what."""
    problem = small_town()
    with pytest.raises(ProblemError) as caught:
        problem.replace(**change(problem))
    assert any(message in e for e in caught.value.errors), caught.value.errors


def test_windows_that_fit_to_the_minute_are_accepted() -> None:
    """A window of exactly the dwell, windows a step apart, and a task begun so late that it just ends are right."""
    market = busy_hotspot(windows=((0, 12), (13, 120)), every=0, required=False)
    assert small_town().replace(**market(small_town())).hotspots[0].windows[0] == (0, 12)
    last = small_town().replace(**task(windows=((0, 9), (10, 11), (105, 120)))(small_town())).tasks[0]
    assert last.begins(120)[-1] == (105, 105)


def test_all_contradictions_come_at_once() -> None:
    """Three things wrong are three errors."""
    problem = small_town()
    changes = {**hotspot(rho=101)(problem), **post(stint=0)(problem), **demand(standard=0)(problem)}
    with pytest.raises(ProblemError) as caught:
        problem.replace(**changes)
    assert len(caught.value.errors) == 3
    assert str(caught.value) == "; ".join(caught.value.errors)


def test_a_break_that_fits_to_the_minute_is_accepted() -> None:
    """A unit whose break just fits between the way there and the way back is right, one minute less is not."""
    problem = small_town()
    pause = Break(20, 0, 120, (NORTH,))
    assert problem.replace(**unit(start=0, end=30, break_=pause)(problem)).units[0].end == 30
    with pytest.raises(ProblemError, match="no time for its break"):
        problem.replace(**unit(start=0, end=29, break_=pause)(problem))


def test_the_earliest_of_a_break_is_rounded_up_to_the_grid() -> None:
    """On a grid of ten minutes a break from minute 31 on begins at 40, and may no longer fit."""
    town = small_town()
    problem = town.replace(
        grid=10,
        hotspots=(),
        posts=(),
        units=(replace(town.units[0], break_=Break(20, 31, 60, (0,))),),
    )
    assert problem.units
    with pytest.raises(ProblemError, match="no time for its break"):
        problem.replace(units=(replace(problem.units[0], break_=Break(20, 31, 59, (0,))),))


def test_legs_are_rounded_up_to_the_grid_and_take_a_step_at_least() -> None:
    """Seconds become whole grid steps, never none between two places, and -1 stays -1."""
    problem = small_town()
    problem = problem.replace(**travel("car", 0, 1, 0)(problem))
    problem = problem.replace(**travel("car", 0, 2, 60)(problem))
    problem = problem.replace(**travel("car", 0, 3, 61)(problem))
    problem = problem.replace(**travel("car", 0, 4, -1)(problem))
    assert problem.legs("car")[0].tolist() == [0, 1, 1, 2, UNREACHABLE]
    coarse = problem.replace(grid=5, hotspots=(), posts=())
    assert coarse.legs("car")[0].tolist() == [0, 5, 5, 5, UNREACHABLE]


def test_slots_of_minutes() -> None:
    """Each minute has the slot that holds it."""
    slots = small_town().replace(slots=(0, 45, 120)).slot_of
    assert (len(slots), slots[44], slots[45], slots[119]) == (120, 0, 1, 1)


def test_a_problem_cannot_be_changed() -> None:
    """Neither fields nor arrays of a problem can be written to, nor the arrays it was made from change it."""
    array = small_town().travel["car"].copy()
    problem = small_town().replace(travel={"car": array, "foot": small_town().travel["foot"]})
    array[0, 1] = 9999
    assert problem.travel["car"][0, 1] != 9999
    with pytest.raises(FrozenInstanceError):
        problem.minutes = 1  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        problem.travel["car"][0, 1] = 0


def test_a_post_admits_by_mode_and_all_skills() -> None:
    """A post admits units of its modes that have every skill it asks for, and any mode when it names none."""
    town = small_town()
    a1, b2 = town.units
    gate = town.posts[0]
    assert gate.admits(a1)
    assert not gate.admits(b2)
    assert replace(gate, modes=()).admits(b2)
    skilled = replace(gate, skills=("radio", "first aid"))
    assert not skilled.admits(replace(a1, skills=("radio",)))
    assert skilled.admits(replace(a1, skills=("first aid", "dog", "radio")))


def test_equal_problems_have_equal_fingerprints_and_hashes() -> None:
    """Two problems of the same content are equal, whatever arrays they were made from."""
    one, two = small_town(), small_town()
    assert one == two
    assert hash(one) == hash(two)
    assert one.fingerprint() == two.fingerprint()
    assert one != "small town"
    as_int64 = {m: np.asarray(a, dtype=np.int64) for m, a in one.travel.items()}
    assert one.replace(travel=as_int64) == one


@pytest.mark.parametrize(
    "change",
    [
        field(name="other"),
        lambda p: {"goals": {**p.goals, "backup": 151}},
        hotspot(risk=(5, 11)),
        unit(skills=("dog",)),
        travel("foot", 0, 4, 541),
        lambda p: {"reach": {**p.reach, "foot": p.reach["foot"] + 1}},
    ],
    ids=["name", "goals", "risk", "skills", "travel", "reach"],
)
def test_any_change_changes_the_fingerprint(change: Change) -> None:
    """A problem that differs anywhere has another fingerprint."""
    problem = small_town()
    assert problem.replace(**change(problem)).fingerprint() != problem.fingerprint()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(tiny_problems())
def test_legs_keep_the_seconds(problem: Problem) -> None:
    """A leg is never shorter than the seconds of travel, and longer by less than one grid step or exactly one."""
    for mode, seconds in problem.travel.items():
        legs = problem.legs(mode)
        ways = seconds >= 0
        assert (legs[~ways] == UNREACHABLE).all()
        assert (legs[ways] * 60 >= seconds[ways]).all()
        assert ((legs[ways] - problem.grid) * 60 < np.maximum(seconds[ways], 1)).all()
        assert (legs[ways] % problem.grid == 0).all()


def test_towns_of_the_tests_are_the_same_for_the_same_seed() -> None:
    """The same seed and size give the same town, another seed another."""
    assert town_problem(3, units=3, hotspots=5) == town_problem(3, units=3, hotspots=5)
    assert town_problem(3, units=3, hotspots=5) != town_problem(4, units=3, hotspots=5)

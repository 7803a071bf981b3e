"""Plans side by side: what is counted, what differs, what is drawn, and that it fits the page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.comparing.comparison import COUNTED, Comparison, Subject, compare
from solver.comparing.problem_differences import Parts, Setting, differences
from solver.comparing.text import comparison_lines, comparison_rows
from solver.export.comparison_geojson import ONLY, SHARED, comparison_geojson
from solver.plain_text import width
from solver.plan import Plan, Route, Stop
from solver.problem import Callout, Problem, Staffing
from solver.score import score
from solver.score_text import COLUMNS
from solver.streets import Leg, Streets
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, small_plan, small_town
from tests.tours import sample_plan, sample_problem, sample_streets

SLOW = settings(max_examples=40, deadline=None)


def pair(first: tuple[Problem, Plan], second: tuple[Problem, Plan]) -> Comparison:
    return compare([Subject("first", *first, Streets()), Subject("second", *second, Streets())])


def text(found: Comparison) -> str:
    return "\n".join(line.text for line in comparison_lines(found))


def drawn(seed: int, plans: int) -> tuple[Problem, list[Plan]]:
    """Return a tiny problem and random plans of it."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=3)
    return problem, [random_plan(problem, lambda low, high: int(rng.integers(low, high + 1))) for _ in range(plans)]


@SLOW
@given(st.integers(0, 2**32))
def test_a_plan_does_not_differ_from_itself(seed: int) -> None:
    """Compared with itself, every stop of a plan is kept, and nothing is visited by one side only."""
    problem, (plan,) = drawn(seed, 1)
    (change,) = pair((problem, plan), (problem, plan)).changes
    assert change.same_problem
    assert (change.gone, change.new, change.differences.parts, change.differences.settings) == ((), (), (), ())
    for stops, route in zip(change.stops, plan.routes, strict=True):
        counted = sum(s.kind in COUNTED for s in route.stops)
        assert (stops.callsign, stops.kept, stops.moved, stops.new, stops.gone) == (route.callsign, counted, 0, 0, 0)


@SLOW
@given(st.integers(0, 2**32))
def test_every_stop_is_counted_once(seed: int) -> None:
    """Kept, moved and gone are the first plan's stops, kept, moved and new the second's; the other way they swap."""
    problem, plans = drawn(seed, 2)
    (there,) = pair((problem, plans[0]), (problem, plans[1])).changes
    (back,) = pair((problem, plans[1]), (problem, plans[0])).changes
    sums = [[s.kept + s.moved + s.gone for s in there.stops], [s.kept + s.moved + s.new for s in there.stops]]
    assert sums == [[sum(s.kind in COUNTED for s in route.stops) for route in plan.routes] for plan in plans]
    assert [replace(s, new=s.gone, gone=s.new) for s in there.stops] == list(back.stops)
    assert (there.gone, there.new) == (back.new, back.gone)


@SLOW
@given(st.integers(0, 2**32))
def test_figures_are_those_of_the_scorecards(seed: int) -> None:
    """Value, layers, hours, what lacks and driving are what the score of each plan says."""
    problem, plans = drawn(seed, 2)
    found = pair((problem, plans[0]), (problem, plans[1]))
    for i, (told, plan) in enumerate(zip(found.plans, plans, strict=True)):
        card = score(problem, plan)
        assert told.figures.value == (card.value / card.full if card.full else None)
        assert told.layers == {layer: card.share(layer) for layer in card.totals}
        assert [row.response[i] for row in found.hours] == [hour.response for hour in card.hours]
        assert (told.lacking, told.driving) == (card.missing, sum(u.driving for u in card.units))
        assert told.violations == 0


def test_moved_stops_are_those_at_other_times() -> None:
    """A visit that begins later is moved, one of another place is new, and a stretch is one place both ways."""
    problem = busy_town()
    plan = busy_plan(problem)
    first, second = plan.routes
    later = tuple(replace(s, arrive=5) if (s.place, s.arrive) == ("Market", 4) else s for s in first.stops)
    stops = tuple(replace(s, place="Bridge") if s.place == "Bridge back" else s for s in later)
    changed = plan.replace(routes=(Route("A1", stops), Route("B2", (second.stops[0], second.stops[-1]))))
    (change,) = pair((problem, plan), (problem, changed)).changes
    a1, b2 = change.stops
    assert (a1.kept, a1.moved, a1.new, a1.gone) == (4, 1, 0, 0)
    assert (b2.kept, b2.moved, b2.new, b2.gone) == (0, 0, 0, 2)


def test_hotspots_that_one_plan_leaves_out_are_named() -> None:
    """What only one of the plans visits is named."""
    problem = small_town()
    plan = small_plan(problem)
    stops = tuple(s for s in plan.routes[0].stops if s.place != "Bridge")
    less = plan.replace(routes=(Route("A1", stops), plan.routes[1]))
    assert pair((problem, plan), (problem, less)).changes[0].gone == ("Bridge",)
    assert "visited only in B: Bridge" in text(pair((problem, less), (problem, plan)))


def test_the_same_shift_on_another_day_is_the_same_shift() -> None:
    """A week later, and begun an hour earlier, stops at the same time of the day are kept, and hours side by side."""
    problem = small_town()
    plan = small_plan(problem)
    later = problem.replace(start="2020-11-27T18:00:00+00:00")
    (change,) = pair((problem, plan), (later, plan)).changes
    assert not change.same_problem
    assert change.differences.parts == ()
    assert [s.what for s in change.differences.settings] == ["start"]
    assert [(s.moved, s.new, s.gone) for s in change.stops] == [(0, 0, 0)] * 2
    hour = problem.replace(start="2020-11-20T17:00:00+00:00")
    shifted = pair((problem, plan), (hour, plan))
    assert [row.label for row in shifted.hours] == ["17:00", "18:00", "19:00"]
    assert [row.response[0] is None for row in shifted.hours] == [True, False, False]
    assert [row.response[1] is None for row in shifted.hours] == [False, False, True]
    assert shifted.changes[0].stops[0].kept == 0


def test_what_differs_in_the_problems_is_said() -> None:
    """Units, hotspots, posts and tasks that only one has or both have not alike, goals and demand are told by name."""
    problem = busy_town()
    other = problem.replace(
        units=(replace(problem.units[0], mode="foot", break_=None), replace(problem.units[1], callsign="B3")),
        posts=(replace(problem.posts[0], staffing=(Staffing(25, 60, 1),)),),
        tasks=(),
        goals={**problem.goals, "tasks": 0, "presence": 600},
        demand=problem.demand[:1],
        reach={mode: array[:, :1] for mode, array in problem.reach.items()},
    )
    found = differences(problem, other)
    assert found.parts == (
        Parts("units", ("B2",), ("B3",), ("A1",)),
        Parts("posts", (), (), ("Gate",)),
        Parts("tasks", ("School",), (), ()),
    )
    settings_told = {s.what: (s.first, s.second) for s in found.settings}
    assert settings_told["goal presence"] == (500, 600)
    assert settings_told["demand points"] == (2, 1)
    assert Setting("goal tasks", 200, 0) in found.settings
    told = text(pair((problem, busy_plan(problem)), (other, Plan("", ()))))
    called = problem.replace(callouts=(Callout((0, 1), 1, "", "green"),))
    assert differences(problem, called).settings == (Setting("alert", "all units go out", "green 1 of 2"),)
    for line in ("units only in A: B2", "units only in B: B3", "units not alike: A1", "tasks only in A: School"):
        assert line in told
    assert "A and B answer different problems, and these are shares of different wholes." in told
    fewer = small_town().replace(units=small_town().units[1:])
    told = text(pair((small_town(), Plan("", ())), (fewer, Plan("", ()))))
    assert "A and B answer different problems, though there is the same to cover." in told


def test_what_matters_comes_first() -> None:
    """What one plan lacks more than the other comes before how much more it is worth, in points and by layer."""
    problem = small_town()
    plan = small_plan(problem)
    lines = comparison_lines(pair((problem, plan), (problem, Plan(problem.fingerprint(), plan.routes[1:]))))
    assert [line.text for line in lines[:3]] == ["A: first, small town", "B: second, small town", ""]
    assert (lines[3].text, lines[3].tone) == ("B lacks 30 unit-minutes more than A.", "bad")
    assert lines[4].text.startswith("B is worth 11.9 points less than A (19.3 %, not 31.2 %): presence ")
    assert "B is worth as much as A." in text(pair((problem, plan), (problem, plan)))


@settings(SLOW, max_examples=12)
@given(st.integers(0, 2**32), st.text(min_size=1, max_size=60))
def test_four_plans_fit_the_page(seed: int, name: str) -> None:
    """Whatever things are called, four plans of several days, through a change of the clocks, fit in 100 columns."""
    problem, plans = drawn(seed, 4)
    problem = problem.replace(
        name=name,
        start="2020-10-24T18:00:00+01:00",
        minutes=2880,
        slots=(*problem.slots[:-1], 2880),
        units=tuple(replace(u, callsign=f"{name} {i}") for i, u in enumerate(problem.units)),
        places=tuple(replace(p, name=f"{name}{p.name}") for p in problem.places),
    )
    found = compare([Subject(name, problem, plan, Streets()) for plan in plans])
    lines = [line.text for line in comparison_lines(found)]
    assert max(map(width, lines)) <= COLUMNS
    assert not any("\x1b" in line or "\n" in line for line in lines)


def test_distance_is_that_of_the_streets() -> None:
    """Metres are the sum of the legs driven, however often; unknown where one leg is."""
    problem = small_town()
    plan = small_plan(problem)
    names = [p.name for p in problem.places]
    line = np.array([[0.0, 0.0], [1.0, 1.0]])
    legs = {
        (mode, a, b): Leg(line, np.array([0.0, 1.0]), 100.0 * (i + 1) + j)
        for mode in ("car", "foot")
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i != j
    }
    driven = [(r.callsign, a.place, b.place) for r in plan.routes for a, b in pairwise(r.stops) if a.place != b.place]
    expected = sum(legs["car" if c == "A1" else "foot", a, b].metres for c, a, b in driven)
    known = compare([Subject("x", problem, plan, Streets(legs)), Subject("y", problem, plan, Streets())])
    assert [p.metres for p in known.plans] == [expected, None]
    assert "metres driven" in text(known)


def features(content: bytes) -> list[dict[str, Any]]:
    document = json.loads(content)
    assert document["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = document["features"]
    return found


@SLOW
@given(st.integers(0, 2**32))
def test_the_map_says_who_drives_and_visits_what(seed: int) -> None:
    """Of each leg and hotspot the map says how often each plan has it, as its routes say, and in which plans it is."""
    problem, plans = drawn(seed, 2)
    shown = features(comparison_geojson([Subject(n, problem, p, Streets()) for n, p in zip("xy", plans, strict=True)]))
    driven = [
        Counter(
            (u.mode, a.place, b.place)
            for u, r in zip(problem.units, plan.routes, strict=True)
            for a, b in pairwise(r.stops)
            if a.place != b.place
        )
        for plan in plans
    ]
    legs = {(p["mode"], p["from"], p["to"]): p for p in (f["properties"] for f in shown) if p["feature"] == "leg"}
    assert set(legs) == set(driven[0]) | set(driven[1])
    for key, p in legs.items():
        assert (p["times_A"], p["times_B"]) == (driven[0][key], driven[1][key])
        where = "both" if driven[0][key] and driven[1][key] else "A" if driven[0][key] else "B"
        assert (p["in"], p["stroke"]) == (where, {"both": SHARED, "A": ONLY[0], "B": ONLY[1]}[where])
    hotspots = [f["properties"] for f in shown if f["properties"]["feature"] == "hotspot"]
    cards = [score(problem, plan) for plan in plans]
    assert [[p["times_A"], p["times_B"]] for p in hotspots] == [
        [a.visits, b.visits] for a, b in zip(cards[0].hotspots, cards[1].hotspots, strict=True)
    ]


def pieces(points: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the pieces of a line, whichever way it goes."""
    yield from (tuple(sorted(piece)) for piece in pairwise(tuple(np.round(p, 7)) for p in np.asarray(points)))


@SLOW
@given(st.integers(0, 2**32))
def test_the_map_says_which_streets_are_driven(seed: int) -> None:
    """Each piece of a known street is drawn once, with how often each plan drives it in either direction."""
    problem, plans = drawn(seed, 2)
    rng = np.random.default_rng(seed)
    names = [place.name for place in problem.places]
    corners = rng.uniform(0, 1, (4, 2))  # few, so that legs share pieces
    legs = {
        (mode, a, b): Leg(corners[rng.integers(0, 4, 5)], np.arange(5.0), 1.0)
        for mode in problem.travel
        for a in names
        for b in names
        if a != b
    }
    shown = features(
        comparison_geojson([Subject(n, problem, p, Streets(legs)) for n, p in zip("xy", plans, strict=True)])
    )
    expected: list[Counter[Any]] = []
    for plan in plans:
        driven: Counter[Any] = Counter()
        for unit, route in zip(problem.units, plan.routes, strict=True):
            for before, after in pairwise(route.stops):
                if before.place != after.place:
                    lonlat = legs[unit.mode, before.place, after.place].lonlat
                    driven.update(piece for piece in pieces(lonlat) if piece[0] != piece[1])
        expected.append(driven)
    found: list[Counter[Any]] = [Counter(), Counter()]
    for f in shown:
        if f["properties"]["feature"] == "street":
            for piece in pieces(f["geometry"]["coordinates"]):
                for counts, letter in zip(found, "AB", strict=True):
                    assert piece not in counts
                    counts[piece] = f["properties"][f"times_{letter}"]
    assert [+counts for counts in found] == expected


def test_the_map_follows_the_streets() -> None:
    """Legs whose streets are not known are straight and say so; the map is credited once."""
    problem = sample_problem()
    subject = Subject("x", problem, sample_plan(problem), sample_streets())
    content = comparison_geojson([subject, replace(subject, streets=Streets())])
    assert "street" in {f["properties"]["feature"] for f in features(content)}
    assert json.loads(content)["attribution"] == sample_streets().attribution
    straight = features(comparison_geojson([replace(subject, streets=Streets())] * 2))
    assert {f["properties"]["feature"] for f in straight} == {"leg", "hotspot"}
    assert all(not f["properties"]["streets"] for f in straight if f["properties"]["feature"] == "leg")


@pytest.mark.parametrize("plans", [2, 3])
def test_what_several_plans_have_is_said_in_letters(plans: int) -> None:
    """Of three plans what all have is in all, what two have in A+B or so, and what none visits in none."""
    problem = small_town()
    full = small_plan(problem)
    none = Plan(problem.fingerprint(), (Route("A1", (Stop("Central", "standby", 0, 120),)),))
    subjects = [Subject("x", problem, plan, Streets()) for plan in (full, full, none)[:plans]]
    shown = [f["properties"] for f in features(comparison_geojson(subjects))]
    where = {p["name"]: p["in"] for p in shown if p["feature"] == "hotspot"}
    assert where == dict.fromkeys(("Market", "Bridge"), "both" if plans == 2 else "A+B")
    nobody = features(comparison_geojson([Subject("x", problem, none, Streets())] * 2))
    assert {f["properties"]["in"] for f in nobody} == {"none"}


def test_rows_have_a_cell_for_each_plan() -> None:
    """Every row has one cell a plan, and no two rows the same name."""
    problem = busy_town()
    found = compare([Subject("x", problem, busy_plan(problem), Streets())] * 3)
    rows = list(comparison_rows(found))
    assert {len(row.cells) for row in rows} == {3}
    assert max(Counter((row.section, row.what) for row in rows).values()) == 1


def test_a_comparison_is_plain_json() -> None:
    """The comparison can be written as JSON."""
    problem = busy_town()
    document = json.loads(json.dumps(pair((problem, busy_plan(problem)), (problem, Plan("", ()))).to_json()))
    assert document["plans"][1]["figures"]["posts_lacking"][0]["place"] == "Gate"
    assert document["changes"][0]["stops"][0]["gone"] == 5

"""What a map shows is what the plan says: where units are, and what is covered."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.clock import Clock
from solver.export.gpx import NAMESPACE, route_gpx
from solver.export.map import plan_map
from solver.export.map.content import map_content
from solver.plan import Plan
from solver.problem import Problem
from solver.score import score
from solver.streets import Streets
from solver.whereabouts import doing, whereabouts
from tests.map_reading import Point, at, content_of, covers, track_of, unpacked
from tests.naive_score import route_cells, slot_at
from tests.problems import tiny_problems
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, lonely_car
from tests.tours import sample_plan, sample_problem, sample_streets, tours

NS = {"g": NAMESPACE}


def gpx_track(problem: Problem, plan: Plan, streets: Streets, callsign: str) -> tuple[list[float], list[Point]]:
    """Return seconds and points of the track in the GPX file of a unit."""
    root = ET.fromstring(route_gpx(problem, plan, streets, callsign))
    start = Clock.of(problem).start
    points = root.findall("g:trk/g:trkseg/g:trkpt", NS)
    times = [datetime.fromisoformat(p.findtext("g:time", "", NS)) for p in points]
    return [(t - start).total_seconds() for t in times], [
        (float(p.attrib["lon"]), float(p.attrib["lat"])) for p in points
    ]


@settings(max_examples=40, deadline=None)
@given(tour=tours(), shares=st.lists(st.floats(-0.1, 1.1), min_size=3, max_size=8))
def test_units_are_where_their_gpx_says(tour: tuple[Problem, Plan, Streets], shares: list[float]) -> None:
    """In any second a unit of the map is where its GPX track is, to a tenth of a metre."""
    problem, plan, streets = tour
    content = content_of(plan_map(problem, plan, streets, score(problem, plan)))
    for unit, route in zip(content["units"], plan.routes, strict=True):
        told, drawn = gpx_track(problem, plan, streets, route.callsign), track_of(unit)
        for share in shares:
            second = told[0][0] + share * (told[0][-1] - told[0][0])
            (lon, lat), (wanted_lon, wanted_lat) = at(*drawn, second), at(*told, second)
            assert abs((lon - wanted_lon + 180) % 360 - 180) < 2e-6
            assert abs(lat - wanted_lat) < 2e-6


def test_a_unit_is_on_its_street_in_the_second_shown() -> None:
    """On the known leg to the market, A1 is at each corner when the leg says, and half-way between them in between."""
    problem = sample_problem()
    plan = sample_plan(problem)
    unit = content_of(plan_map(problem, plan, sample_streets(), score(problem, plan)))["units"][0]
    seconds, points = track_of(unit)
    corners = {40: (-0.0860, 51.5158), 121: (-0.0860, 51.5169), 80.5: (-0.0860, 51.51635), 170: (-0.08, 51.517)}
    for second, place in corners.items():
        assert at(seconds, points, second) == pytest.approx(place, abs=2e-6)


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(), data=st.data())
def test_cover_is_counted_as_the_model_says(problem: Problem, data: st.DataObject) -> None:
    """By minute and demand point, units in time are those of the model read literally; so are the sums of demand."""
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    card = score(problem, plan)
    content = content_of(plan_map(problem, plan, Streets(), card))
    cells = Counter(cell for route in plan.routes for cell in route_cells(problem, route))
    wanted = Counter({cell: n for cell, n in cells.items() if cell[0] in ("first", "second")})
    assert covers(content) == wanted
    if not problem.demand:
        assert set(content["cover"].values()) == {""}
        return
    response, backup, demand = (unpacked(content["cover"][series]) for series in ("response", "backup", "demand"))
    for t in range(problem.minutes):
        weights = [d.demand[slot_at(problem, t)] for d in problem.demand]
        assert demand[t] == sum(weights)
        assert response[t] == sum(w for i, w in enumerate(weights) if wanted["first", i, t])
        assert backup[t] == sum(w * min(wanted["second", i, t], 2) for i, w in enumerate(weights))
    assert (sum(response), sum(backup)) == (card.covered["response"], card.covered["backup"])


@settings(max_examples=40, deadline=None)
@given(problem=tiny_problems(), data=st.data())
def test_stops_say_what_units_do(problem: Problem, data: st.DataObject) -> None:
    """In every minute on duty the stop under way is what the plan says the unit does; on the way there is none."""
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    content = map_content(problem, plan, Streets(), score(problem, plan))
    for who, unit in zip(whereabouts(problem, plan.routes), content["units"], strict=True):
        assert unit["duty"] == list(who.duty)
        for t in range(*who.duty):
            now = [
                (kind, problem.places[place].name)
                for place, kind, arrive, leave in unit["stops"]
                if arrive <= t < leave
            ]
            told = doing(problem, who, t)
            assert now == ([] if told.kind == "driving" else [(told.kind, told.place)])


def test_everything_of_the_busy_town_is_told() -> None:
    """Visits, stints, tasks and their places are those of the plan, worked out by hand."""
    problem = busy_town()
    plan = busy_plan(problem)
    card = score(problem, plan)
    content = map_content(problem, plan, Streets(), card)
    market, bridge = content["hotspots"]
    assert market["visits"] == [[0, 4, 20], [1, 12, 30], [0, 82, 96]]
    assert market["watched"] == [[0, 25, 55]]
    assert bridge["visits"] == [[0, 102, 114]]
    assert [unpacked(bridge["line"][axis])[0] for axis in ("lon", "lat")] == [-100_000, 51_530_000]
    assert content["posts"][0]["stints"] == [[0, 25, 55]]
    assert content["posts"][0]["staffing"] == [[25, 55, 1]]
    assert content["tasks"][0]["done"] == [[1, 42, 57]]
    assert content["shares"]["response"] == card.share("response")
    assert content["units"][0]["spent"] == {
        "visit": 42, "stint": 30, "task": 0, "driving": 28, "standby": 0, "break": 20,
    }  # fmt: skip


def test_the_map_does_not_count_on_busy_units() -> None:
    """What is covered by minute, and in all, is what units would cover if calls never took them away."""
    town, shown = busy_town(), []
    for problem in (town, town.replace(busy=(400,) * (len(town.slots) - 1))):
        plan = busy_plan(town).replace(fingerprint=problem.fingerprint())
        content = map_content(problem, plan, Streets(), score(problem, plan))
        shown.append((content["shares"], content["cover"]))
    assert shown[0] == shown[1]


def test_the_same_plan_gives_the_same_page() -> None:
    """Twice the same bytes; the language is all that an option changes."""
    problem = sample_problem()
    plan, streets = sample_plan(problem), sample_streets()
    card = score(problem, plan)
    page = plan_map(problem, plan, streets, card)
    assert page == plan_map(problem, plan, streets, card)
    spoken = content_of(plan_map(problem, plan, streets, card, language="zh"))
    assert (spoken["language"], content_of(page)["language"]) == ("zh", None)
    assert {**spoken, "language": None} == content_of(page)


def test_clock_changes_are_told() -> None:
    """Where the clocks go forward within the plan, local seconds jump and the offset says by how much."""
    problem = sample_problem(start="2021-03-28T00:30:00+00:00")
    content = map_content(problem, sample_plan(problem), Streets(), score(problem, sample_plan(problem)))
    midnight = int(datetime(2021, 3, 28, tzinfo=UTC).timestamp())
    assert content["clock"] == [[0, midnight + 30 * 60, 0], [30, midnight + 120 * 60, 3600]]


@pytest.mark.parametrize("minutes", [1, 60, 359, 360, 361, 700, 4 * 24 * 60])
@pytest.mark.parametrize("start", ["2021-03-27T20:00:30+00:00", "2021-10-30T23:17:00+00:00"])
def test_times_are_local_in_every_minute(start: str, minutes: int) -> None:
    """From the pieces in which the clocks run evenly follows the local time of every minute, in spring and autumn."""
    town = lonely_car(60)
    unit = replace(town.units[0], end=minutes)
    problem = town.replace(start=start, minutes=minutes, grid=1, slots=(0, minutes), units=(unit,))
    pieces = map_content(problem, Plan(problem.fingerprint(), ()), Streets(), score(problem, Plan("", ())))["clock"]
    clock = Clock.of(problem)
    for t in range(minutes + 1):
        piece = max(p for p in pieces if p[0] <= t)
        told = datetime.fromtimestamp(piece[1] + 60 * (t - piece[0]), UTC).replace(tzinfo=None)
        assert told == clock.local(t).replace(tzinfo=None)

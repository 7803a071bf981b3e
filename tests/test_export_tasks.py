"""Tasks in every export."""

from __future__ import annotations

import csv
import io
import json

import pytest

from solver.export.geojson import plan_geojson
from solver.export.gpx import route_gpx
from solver.export.stops_csv import stops_csv
from solver.plan import Plan
from solver.problem import Problem, Task
from solver.streets import Streets
from tests.tours import BRIDGE, sample_plan, sample_problem


@pytest.fixture
def tasked() -> tuple[Problem, Plan]:
    """Give the sample with a task at the bridge instead of its post."""
    problem = sample_problem().replace(posts=(), tasks=(Task(2, 30, 5),))
    plan = sample_plan(problem)
    route = plan.routes[0]
    stops = tuple(s if s.place != BRIDGE else type(s)(s.place, "task", s.arrive, s.leave) for s in route.stops)
    return problem, plan.replace(routes=(type(route)(route.callsign, stops), *plan.routes[1:]))


def test_a_task_in_gpx(tasked: tuple[Problem, Plan]) -> None:
    """A task has a type and a symbol of its own, and its order says what to do until when."""
    text = route_gpx(*tasked, Streets(), "A1").decode()
    assert "<desc>18:30 Do task Bridge until 19:00 (30 min)</desc>" in text
    assert "<sym>Flag, Green</sym>" in text
    assert "<type>task</type>" in text


def test_a_task_in_geojson(tasked: tuple[Problem, Plan]) -> None:
    """The place of a task has the role of one, and the stop its kind."""
    features = [f["properties"] for f in json.loads(plan_geojson(*tasked, Streets()))["features"]]
    assert [f["role"] for f in features if f["feature"] == "place" and f["name"] == BRIDGE] == ["task"]
    assert [f["kind"] for f in features if f["feature"] == "stop" and f["place"] == BRIDGE] == ["task"]


def test_a_task_in_the_table(tasked: tuple[Problem, Plan]) -> None:
    """A task is a row of its kind."""
    rows = csv.DictReader(io.StringIO(stops_csv(*tasked).decode("utf-8-sig"), newline=""))
    assert [r["kind"] for r in rows if r["place"] == BRIDGE] == ["task"]

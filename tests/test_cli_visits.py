"""`patrol plan` of a shift file that asks for tasks alone: the engine for visits is chosen, its plan is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main

TOWN = Path(__file__).parents[1] / "instances" / "demo_town"

SHIFT = """\
patrolplan: 1
name: Premises
timezone: Europe/London
from: 2026-10-16 18:00
to: 2026-10-17 02:00
network: {town}/network.osm.gz
stations: {town}/stations.csv
units:
  - callsign: A1
    station: Central Station
    mode: car
    shift: "18:00-02:00"
    break: {{minutes: 30, between: "21:00-23:30"}}
tasks:
  - {{name: Gate, at: [54.69998, 2.40009], minutes: 15, between: "19:10-19:40", required: true}}
  - {{name: Shop, at: [54.70198, 2.40209], minutes: 10, profit: 5}}
  - {{name: Yard, at: [54.69798, 2.39809], minutes: 10, profit: 3, between: ["20:00-20:30", "23:00-23:10"]}}
"""


@pytest.mark.parametrize("engine", ["auto", "visits"])
def test_tasks_alone_are_planned_and_proved(tmp_path, engine):
    """All three tasks are done, the plan says so, is proved optimal before its time is over, and passes `check`."""
    (tmp_path / "shift.yaml").write_text(SHIFT.format(town=TOWN), encoding="utf-8")
    words = ["plan", str(tmp_path / "shift.yaml"), "-o", str(tmp_path / "out"), "--engine", engine, "--no-cache"]
    done = CliRunner().invoke(main, [*words, "--time-limit", "60s"])
    assert done.exit_code == 0, done.output
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["parameters"]["engine"] == "visits"
    assert plan["status"] == "optimal"
    tasks = {stop["place"] for route in plan["routes"] for stop in route["stops"] if stop["kind"] == "task"}
    assert tasks == {"Gate", "Shop", "Yard"}
    assert CliRunner().invoke(main, ["check", str(tmp_path / "out")]).exit_code == 0


def test_the_engine_for_tasks_is_refused_where_there_is_more(tmp_path):
    """`--engine visits` with a hotspot is a wrong use, said in words, and no fault of the program."""
    hotspot = "hotspots: [{name: Market, at: [54.69998, 2.40009]}]\n"
    (tmp_path / "shift.yaml").write_text(SHIFT.format(town=TOWN) + hotspot, encoding="utf-8")
    words = ["plan", str(tmp_path / "shift.yaml"), "-o", str(tmp_path / "out"), "--engine", "visits", "--no-cache"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2, done.output
    assert "--engine visits is for shift files that ask for tasks alone" in done.stderr
    assert "internal error" not in done.stderr
    assert not (tmp_path / "out").exists()

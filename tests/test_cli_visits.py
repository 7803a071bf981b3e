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


def test_a_unit_that_chooses_its_duty(tmp_path):
    """With two hours at most it does what lies near in time; texts say when, and `check` finds a longer one."""
    shift = SHIFT.format(town=TOWN).replace('shift: "18:00-02:00"', 'shift: "18:00-02:00"\n    longest_duty: 2 h')
    shift = shift.replace('    break: {minutes: 30, between: "21:00-23:30"}\n', "")
    (tmp_path / "shift.yaml").write_text(shift, encoding="utf-8")
    out = tmp_path / "out"
    words = ["plan", str(tmp_path / "shift.yaml"), "-o", str(out), "--no-cache"]
    done = CliRunner().invoke(main, [*words, "--time-limit", "60s"])
    assert done.exit_code == 0, done.output
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "optimal"
    stops = plan["routes"][0]["stops"]
    assert {stop["place"] for stop in stops if stop["kind"] == "task"} == {"Gate", "Shop", "Yard"}
    assert stops[-1]["arrive"] - stops[0]["leave"] <= 120
    assert "(off duty)" in (out / "summary.txt").read_text(encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(out)]).exit_code == 0

    stops[0]["leave"] = 0
    del stops[0]["leave_time"]
    (out / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    judged = CliRunner().invoke(main, ["check", str(out)])
    assert judged.exit_code == 5
    assert "duty_too_long: A1 is on duty" in judged.output


@pytest.mark.parametrize(
    ("engine", "duty", "said"),
    [
        (
            "paths",
            "2 h",
            "the engine 'paths' does not know of a longest duty shorter than the shift, which A1 must keep",
        ),
        ("visits", None, "the engine 'visits' is for problems of tasks alone"),
    ],
)
def test_an_engine_that_is_not_for_the_file_is_a_wrong_use(tmp_path, engine, duty, said):
    """What cannot be is told as such, with exit code 2 and what to use, and not as a fault of the program."""
    if duty is None:
        words = [str(TOWN / "night.yaml")]
    else:
        shift = SHIFT.format(town=TOWN).replace('shift: "18:00-02:00"', f"longest_duty: {duty}")
        (tmp_path / "shift.yaml").write_text(shift.replace("21:00-23:30", "18:00-23:30"), encoding="utf-8")
        words = [str(tmp_path / "shift.yaml")]
    done = CliRunner().invoke(main, ["plan", *words, "-o", str(tmp_path / "out"), "--engine", engine, "--no-cache"])
    assert done.exit_code == 2, done.output
    assert f"--engine {engine}: {said}" in done.output
    assert "internal error" not in done.output

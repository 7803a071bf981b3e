"""``docs/rosters.md``: its commands and examples run; named shifts, crews, calendars, and what plans show of them."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import cli
from instances.build import build
from instances.errors import InputError
from instances.shift_file import read_shift
from solver.check import check
from solver.handovers import changes_of
from solver.plan import Plan, Route, Stop
from solver.score import score
from solver.solve import solve
from solver.summary import summary
from tests.shift_samples import SHIFT, write_shift
from tests.small_town import CENTRAL, GATE, small_town

PAGE = (Path(__file__).parents[1] / "docs" / "rosters.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]
DAY, CREWS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ROSTER = "date,shift,crew,start,end\n2026-12-01,day,A,2026-12-01 08:00,2026-12-01 16:00\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("rosters")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        return directory, [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_run(run: tuple[Path, list[Result]]) -> None:
    """Every command of the page succeeds, and the first prints what the page shows."""
    assert [result.exit_code for result in run[1]] == [0] * len(COMMANDS)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert run[1][0].stdout == shown
    assert sorted(p.name for p in (run[0] / "calendars").iterdir()) == ["A.ics", "B.ics", "C.ics", "D.ics"]


def test_a_day_in_three_shifts_is_planned(tmp_path: Path) -> None:
    """The example gives a plan that keeps the rules; crews, changes of shift and the relieved post are shown."""
    problem = build(read_shift(write_shift(tmp_path, shift=DAY)), cache=None).problem
    assert [(u.callsign, u.crew, u.start, u.end) for u in problem.units[1::2]] == [
        ("A2", "A", 0, 480),
        ("B2", "B", 480, 960),
        ("C2", "C", 960, 1440),
    ]
    plan = solve(problem, time_limit=None, work_limit=200, bound=False)
    assert check(problem, plan) == ()
    card = score(problem, plan)
    assert [(h.start, h.end, h.going, h.coming) for h in card.handovers] == [(480, 480, 2, 2), (960, 960, 2, 2)]
    assert card.handovers[0].missing == sum(s.minutes for s in plan.shortfalls) > 0
    text = summary(problem, plan, card)
    assert "Changes of shift, from 15 minutes before to 15 after\nchange of shift  going  coming" in text
    assert "A1 (crew A), car, 08:00-16:00\n" in text


def test_shifts_that_overlap_leave_no_hole_at_a_post(tmp_path: Path) -> None:
    """Where the evening begins a quarter of an hour earlier the post is manned through the change."""
    overlapping = DAY.replace('evening: "16:00-24:00"', 'evening: "15:45-24:00"')
    problem = build(read_shift(write_shift(tmp_path, shift=overlapping)), cache=None).problem
    plan = solve(problem, time_limit=None, work_limit=200, bound=False)
    assert plan.shortfalls == ()
    handover = score(problem, plan).handovers[0]
    assert (handover.start, handover.end, handover.label, handover.missing) == (465, 480, "15:45-16:00", 0)


def test_units_are_on_duty_when_their_crew_is(run: tuple[Path, list[Result]], tmp_path: Path) -> None:
    """By the calendar that the page makes, D is off on 1 December and the others have their shifts."""
    roster = (run[0] / "roster.csv").read_text(encoding="utf-8-sig")
    shift = read_shift(write_shift(tmp_path, shift=CREWS, files={"roster.csv": roster}))
    assert [(u.callsign, u.shift, u.start, u.end) for u in shift.units] == [
        ("A1", "day", 0, 480),
        ("B1", "evening", 480, 960),
        ("C1", "night", 960, 1440),
    ]
    assert "roster.csv: off duty, so left out: 'D1'" in shift.notes


def test_a_duty_beyond_the_time_of_the_file_is_cut(tmp_path: Path) -> None:
    """A file from noon plans the rest of the day's shift."""
    noon = CREWS.replace("from: 2026-12-01 08:00", "from: 2026-12-01 12:00")
    rows = ROSTER + "".join(f"2026-11-30,day,{c},2026-11-30 08:00,2026-11-30 16:00\n" for c in "BCD")
    shift = read_shift(write_shift(tmp_path, shift=noon, files={"roster.csv": rows}))
    assert [(u.callsign, u.start, u.end) for u in shift.units] == [("A1", 0, 240)]


def test_a_night_in_which_the_clocks_change_has_its_true_length(tmp_path: Path) -> None:
    """When the clocks go back the night from 00:00 to 08:00 has nine hours."""
    night = CREWS.replace("2026-12-01", "2026-10-24").replace("2026-12-02", "2026-10-25")
    rows = "shift,crew,start,end\n" + "".join(f"night,{c},2026-10-25 00:00,2026-10-25 08:00\n" for c in "ABCD")
    shift = read_shift(write_shift(tmp_path, shift=night, files={"roster.csv": rows}))
    assert {u.end - u.start for u in shift.units} == {9 * 60}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("date,shift,crew,start\n", "roster.csv:1: end: there is no such column; use one of 'crew', 'date', 'shift', "),
        ("crew,shift,start,end\n", "roster.csv:1: there is no duty in it; add a row"),
        (ROSTER.replace(",A,", ",,"), "roster.csv:2: crew: is blank; name the crew, or delete the row"),
        (ROSTER.replace("16:00", "noon"), "roster.csv:2: end: '2026-12-01 noon' is not a time"),
        (ROSTER.replace("16:00", "07:00"), "roster.csv:2: end: the duty ends before it begins; write a later time"),
        (ROSTER, "night.yaml:12:55: units[1].crew: there is no crew called 'B' in roster.csv"),
        (
            ROSTER + "".join(f"x,late,{c},2026-12-01 18:00,2026-12-01 20:00\n" for c in "ABCD"),
            "night.yaml:11:55: units[0].crew: crew 'A' has 2 duties in the time of this file, on lines 2 and 3 of",
        ),
        (
            "crew,shift,start,end\n" + "".join(f"{c},day,2026-12-04 08:00,2026-12-04 16:00\n" for c in "ABCD"),
            "night.yaml:9:11: calendar: all units are off duty by roster.csv; plan another day, or give them a 's",
        ),
    ],
)
def test_faults_of_a_calendar_are_told(tmp_path: Path, rows: str, said: str) -> None:
    """Each with its place and a cure."""
    with pytest.raises(InputError) as caught:
        read_shift(write_shift(tmp_path, shift=CREWS, files={"roster.csv": rows}))
    assert said in str(caught.value)


def test_an_alert_gives_each_named_shift_its_share(tmp_path: Path) -> None:
    """Of two units a shift one goes out in each."""
    shift = DAY.replace("goals:", "alert: yellow\ngoals:")
    problem = build(read_shift(write_shift(tmp_path, shift=shift)), cache=None).problem
    assert [(c.units, c.most, c.name) for c in problem.callouts] == [
        ((0, 1), 1, "day"),
        ((2, 3), 1, "evening"),
        ((4, 5), 1, "night"),
    ]


def test_a_change_of_shift_is_measured_by_the_minute() -> None:
    """Response around the change is the demand within reach of those who stand near, and the post lacks its minutes."""
    town = small_town()
    first, second = (replace(town.units[0], callsign=c, break_=None) for c in ("A1", "A2"))
    problem = town.replace(
        units=(replace(first, end=60), replace(second, start=60)),
        posts=(replace(town.posts[0], staffing=(replace(town.posts[0].staffing[0], start=30, end=90),)),),
    )
    gate, central = problem.places[GATE].name, problem.places[CENTRAL].name
    routes = (
        Route("A1", (Stop(central, "standby", 0, 27), Stop(gate, "stint", 30, 57), Stop(central, "standby", 60, 60))),
        Route("A2", (Stop(central, "standby", 60, 60), Stop(gate, "stint", 63, 90), Stop(central, "standby", 93, 120))),
    )
    (handover,) = score(problem, Plan("", routes)).handovers
    assert (handover.going, handover.coming, handover.missing) == (1, 1, 6)
    reach = problem.reach["car"]
    near = np.array([[r <= d.standard for d, r in zip(problem.demand, reach[p], strict=True)] for p in (CENTRAL, GATE)])
    covered = total = 0
    for t in range(45, 75):
        # Nobody on the post counts; on the road of three minutes a unit counts from the nearer end.
        there = {57: GATE, 58: GATE, 59: CENTRAL, 60: CENTRAL, 61: CENTRAL}.get(t)
        for d, point in enumerate(problem.demand):
            weight = point.demand[t // 60]
            total += weight
            covered += weight * bool(there is not None and near[int(there == GATE), d])
    assert handover.response == covered / total
    assert handover.least == 0.0


def test_what_is_no_change_of_shift() -> None:
    """Units that begin while nobody ends, or long before anybody does, change nothing."""
    town = small_town()
    a, b = town.units
    assert changes_of(town) == []
    staggered = town.replace(units=(replace(a, break_=None, end=110), replace(b, start=20)))
    assert changes_of(staggered) == []
    assert changes_of(staggered.replace(units=(*staggered.units, replace(b, callsign="C", start=60)))) == [(60, 110)]


def test_a_crew_is_told_to_the_terminal_and_in_json(tmp_path: Path) -> None:
    """GPX, problem and score name the crew; a problem without any is as it was."""
    path = write_shift(tmp_path, shift=SHIFT.replace("mode: car,", "mode: car, crew: 甲,"))
    out = tmp_path / "out"
    result = CliRunner().invoke(cli.main, ["plan", str(path), "-o", str(out), "--work-limit", "50", "--no-cache"])
    assert result.exit_code in (0, 4), result.output
    assert "A1 (car, crew 甲), 2020-11-20 18:00" in (out / "gpx" / "A1.gpx").read_text(encoding="utf-8")
    units = json.loads((out / "problem.json").read_text(encoding="utf-8"))["units"]
    assert [unit.get("crew") for unit in units] == ["甲", None, None]
    scored = json.loads(CliRunner().invoke(cli.main, ["score", str(out), "--json"]).stdout)
    assert [unit["crew"] for unit in scored["units"]] == ["甲", "", ""]
    assert scored["handovers"] == []

"""`patrol explain`: names, times, what is printed, and what is refused."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from solver import Plan, Problem, score
from solver.export.plan_files import plan_files
from solver.streets import Streets
from tests.small_town import busy_plan, busy_town, lonely_car
from tests.test_explain import MARKET_RISK, idle, town


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def written(directory: Path, problem: Problem, plan: Plan) -> Path:
    for name, content in plan_files(problem, plan, score(problem, plan), Streets()).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with the plan of the busy town."""
    return written(tmp_path_factory.mktemp("out"), busy_town(), busy_plan(busy_town()))


@pytest.mark.parametrize(
    "name", ["Market", "bridge BACK", "Gate", "School", "A1", "Square", "Central", "south", "scho"]
)
def test_names_of_all_kinds(out: Path, name: str) -> None:
    """Whatever has a name can be asked about, also in other letters or by a part of its name."""
    result = patrol("explain", out, name, "--time-limit", 0)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout == patrol("explain", out, name, "--time-limit", 0).stdout


def test_the_list_leads_on(out: Path) -> None:
    """Every command of the list of what deserves an explanation runs."""
    lines = patrol("explain", out).stdout.splitlines()
    commands = [shlex.split(line) for line in lines if line.strip().startswith("patrol ")]
    assert len(commands) >= 5
    for _, *arguments in commands:
        result = patrol(*arguments, "--time-limit", 0)
        assert result.exit_code == 0, (arguments, result.output)


def test_replanning_with_a_work_limit_is_the_same_every_time(out: Path) -> None:
    """What a unit is worth in a plan made anew is there, and the same again."""
    first, second = (patrol("explain", out, "B2", "--work-limit", 30) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert "all others planned anew" in first.stdout
    assert first.stdout == second.stdout


def test_times(out: Path) -> None:
    """A minute, a span, and half a span are asked about; a minute alone is told as such."""
    at = json.loads(patrol("explain", out, "Market", "--at", "18:30", "--json", "--time-limit", 0).stdout)
    span = json.loads(patrol("explain", out, "Market", "--from", "19:30", "--json", "--time-limit", 0).stdout)
    alone = patrol("explain", out, "--at", "19:15")
    assert at["explanations"][0]["span"] == [30, 31]
    assert span["explanations"][0]["span"] == [90, 120]
    assert alone.stdout.startswith("At 19:15 ")
    assert "A1 has its break at Central" in alone.stdout
    assert "B2 waits at Central" in alone.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Markt",), "nothing is called 'Markt'; did you mean 'Market'?"),
        (("r",), "'r' is part of "),
        (("Market", "--at", "20:30"), "--at 20:30: the plan runs from 2020-11-20 18:00 to 2020-11-20 20:00"),
        (("Market", "--at", "20:00"), "--at 20:00: the plan ends then"),
        (("Market", "--at", "noon"), "--at: 'noon' is not a time; write it like '18:00'"),
        (("Market", "--at", "18:30", "--to", "19:00"), "give either --at, or --from and --to"),
        (
            ("Market", "--from", "19:00", "--to", "18:30"),
            "--to 18:30: the first such time after 19:00 lies outside it: the plan runs from",
        ),
    ],
)
def test_what_is_refused(out: Path, arguments: tuple[str, ...], message: str) -> None:
    """Names of nothing and times outside the plan are refused with exit code 2 and words that help."""
    result = patrol("explain", out, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_hour_that_comes_twice_can_be_asked_about(tmp_path: Path) -> None:
    """A time with its offset means the one of two, one without it the first; the list writes offsets."""
    problem = town(hotspots=(MARKET_RISK,)).replace(start="2020-10-25T01:30:00+01:00")
    out = written(tmp_path, problem, idle(problem))
    for text, minute in (("01:45", 15), ("2020-10-25 01:15+00:00", 45), ("2020-10-25 01:45+01:00", 15)):
        told = json.loads(patrol("explain", out, "Market", "--at", text, "--json", "--time-limit", 0).stdout)
        assert told["explanations"][0]["span"] == [minute, minute + 1]


def test_over_midnight_and_days(tmp_path: Path) -> None:
    """A time after midnight is that of the next day, and in a plan of days a date says which."""
    problem = town(hotspots=(MARKET_RISK,)).replace(start="2020-11-20T23:30:00+00:00")
    out = written(tmp_path, problem, idle(problem))
    told = json.loads(patrol("explain", out, "--from", "23:50", "--to", "00:10", "--json").stdout)
    assert told["explanations"][0]["span"] == [20, 40]
    days = lonely_car(1800, hotspots=(MARKET_RISK,))
    out = written(tmp_path / "days", days, idle(days))
    told = json.loads(patrol("explain", out, "--at", "2020-11-21 19:00", "--json").stdout)
    assert told["explanations"][0]["span"] == [1500, 1501]
    assert told["explanations"][0]["words"][0].startswith("At Sat 19:00 ")


def test_a_plan_that_breaks_rules_is_explained_and_said_to(tmp_path: Path) -> None:
    """A plan edited by hand is explained as it is, with a word on standard error."""
    problem = busy_town()
    plan = busy_plan(problem)
    first = plan.routes[0]
    broken = plan.replace(routes=(replace(first, stops=first.stops[:-2]), *plan.routes[1:]))
    out = written(tmp_path, problem, plan)
    from solver.plan_json import plan_to_json

    (out / "plan.json").write_text(plan_to_json(problem, broken, score(problem, broken).covered))
    for name in ("Bridge", "A1", "Gate", "School"):
        result = patrol("explain", out, name, "--time-limit", 0)
        assert result.exit_code == 0, result.output
        assert "this plan breaks" in result.stderr

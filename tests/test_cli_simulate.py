"""`patrol simulate`: what it prints, what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from solver import Plan, Problem
from tests.small_town import small_plan, small_town
from tests.test_cli_plans import patrol, written

SMALL = ("--replications", "20", "--calls", "4")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with the plan of the small town."""
    problem = small_town()
    return written(tmp_path_factory.mktemp("out"), problem, small_plan(problem))


def changed(path: Path, problem: Problem) -> Path:
    """Give a directory with the same plan for a changed problem."""
    path.mkdir()
    return written(path, problem, Plan(problem.fingerprint(), small_plan(small_town()).routes))


def test_it_prints_what_it_assumes_and_what_it_found(out: Path) -> None:
    """First the setting, then figures, hours, zones, posts and units."""
    result = patrol("simulate", out, *SMALL)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("20 replications, 4.0 calls each on average; seed 0\n")
    for words in ("within standard", "(from the streets with --roads)", "18:00", "core, 1 min", "Gate", "A1"):
        assert words in result.stdout


def test_it_says_that_the_number_of_calls_is_a_guess(out: Path) -> None:
    """Unless it was given."""
    assert "1.8 calls each on average (one for every two hours of a unit" in patrol("simulate", out).stdout.replace(
        "\n  ", " "
    )


def test_json_is_one_document_and_the_same_every_time(out: Path) -> None:
    """The same command prints the same bytes."""
    one, two = (patrol("simulate", out, *SMALL, "--calls-per-hour", "2", "--json") for _ in range(2))
    assert one.exit_code == 2  # both ways to say how many
    one, two = (patrol("simulate", out, "--replications", "30", "--calls-per-hour", "2", "--json") for _ in range(2))
    document = json.loads(one.stdout)
    assert one.stdout == two.stdout
    assert document["setting"]["model"]["expected"] == 4.0
    assert document["plans"][0]["measures"]["within standard"]["low"] <= 1
    assert len(document["plans"][0]["busy_by_slot"]) == 2


def test_plans_are_put_beside_each_other(out: Path) -> None:
    """A plan differs from itself by nothing."""
    result = patrol("simulate", out, f"{out}/problem.json:{out}/plan.json", *SMALL)
    assert result.exit_code == 0
    assert "+0.0 pt ± 0.0" in result.stdout


def test_every_rule_can_be_chosen(out: Path) -> None:
    """The setting says which are kept."""
    options = ("--keep-posts", "--reserve", "1", "--after", "resume", "--service", "10min", "--service-spread", "fixed")
    said = patrol("simulate", out, *SMALL, *options, "--serious", "0").stdout.replace("\n  ", " ")
    assert "always 10 min; 0 % of calls are serious" in said
    assert "1 kept free for serious calls; no post is left for a call; after a call a unit makes up for" in said
    assert "support in time" not in said


def test_a_problem_without_demand_is_refused(tmp_path: Path) -> None:
    """Nobody knows where calls come from."""
    town = small_town()
    quiet = town.replace(demand=tuple(replace(d, demand=(0, 0)) for d in town.demand))
    result = patrol("simulate", changed(tmp_path / "quiet", quiet))
    assert (result.exit_code, "no demand" in result.stderr) == (3, True)


def test_plans_that_cannot_have_the_same_calls_are_refused(out: Path, tmp_path: Path) -> None:
    """Other demand points, other hours."""
    town = small_town()
    other = town.replace(demand=(replace(town.demand[0], lat=50.0), town.demand[1]))
    result = patrol("simulate", out, changed(tmp_path / "other", other))
    assert (result.exit_code, "cannot have the same calls" in result.stderr) == (3, True)
    assert patrol("simulate", *[out] * 9).exit_code == 2


INCIDENTS = """occurred,lat,lon
2020-10-01 18:05,51.52,-0.1
2020-10-02 18:00,51.53,-0.1
2020-10-02 19:59,51.521,-0.1
2020-10-02 20:00,51.52,-0.1
2020-10-03 19:30,51.53,-0.1
2020-10-03 19:30,53.53,-0.1
2020-10-05 09:00,51.52,-0.1
"""


def test_incidents_of_past_days_are_replayed(out: Path, tmp_path: Path) -> None:
    """A day a replication, at the nearest demand point, the shift's hours alone, and what is left out is said."""
    (tmp_path / "past.csv").write_text(INCIDENTS)
    result = patrol("simulate", out, "--incidents", tmp_path / "past.csv", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    # From the 2nd on, as the file may begin within the shift of the 1st, to the 4th, on which nothing happened.
    assert (document["setting"]["days"], document["setting"]["replications"]) == (3, 3)
    assert document["plans"][0]["calls"] == 3
    assert "1 incidents lie farther than 1000 m" in result.stderr
    one = patrol("simulate", out, "--incidents", tmp_path / "past.csv", "--weekday", "saturday", "--json")
    assert json.loads(one.stdout)["setting"]["days"] == 1


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("2020-10,51.52,-0.1\n2020-11,51.52,-0.1\n", "2 incidents have only a month"),
        ("2020-10-01,51.52,-0.1\n2020-10-09,51.52,-0.1\n", "2 incidents have no hour"),
        ("2020-10-01 19:00,51.52,-0.1\n", "cover no whole shift"),
    ],
)
def test_incidents_that_nobody_can_replay_are_refused(out: Path, tmp_path: Path, rows: str, why: str) -> None:
    """Without a day, without an hour, or too few."""
    (tmp_path / "past.csv").write_text("occurred,lat,lon\n" + rows)
    result = patrol("simulate", out, "--incidents", tmp_path / "past.csv")
    assert (result.exit_code, why in result.stderr) == (3, True), result.stderr


@pytest.mark.parametrize(
    "options",
    [("--weekday", "friday"), ("--incidents", "x.csv", "--calls", "3"), ("--calls", "1e6", "--replications", "100000")],
)
def test_options_that_contradict_each_other_are_refused(out: Path, options: tuple[str, ...]) -> None:
    """With words that help."""
    assert patrol("simulate", out, *options).exit_code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--calls", "nan"), "'nan' is not a number"),
        (("--calls", "many"), "'many' is not a number"),
        (("--calls-per-hour", "inf"), "'inf' is not a number"),
        (("--service", "0s"), "'0s' is no time at all; write such as 30min"),
        (("--reserve", "9" * 30), "is not in the range"),
        (("--serious", "nan"), "'nan' is not a share"),
    ],
)
def test_figures_that_are_none_are_refused(out: Path, options: tuple[str, ...], said: str) -> None:
    """Named by their option, before anything is done."""
    result = patrol("simulate", out, *options)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_simple_rules_stand_beside_a_plan(out: Path) -> None:
    """Named in a list; what is no rule is refused, with the nearest that is one."""
    result = patrol("simulate", out, *SMALL, "--against", "waiting, hottest", "--json")
    assert [p["name"] for p in json.loads(result.stdout)["plans"]] == [str(out), "waiting", "hottest"]
    wrong = patrol("simulate", out, "--against", "hotest")
    assert (wrong.exit_code, "did you mean 'hottest'?" in wrong.stderr) == (2, True)


def test_many_plans_stand_in_several_tables(out: Path) -> None:
    """Of at most 100 columns, the first plan in each of them."""
    result = patrol("simulate", *[out] * 3, *SMALL, "--against", "waiting,random,beats,hottest")
    heads = [line.split() for line in result.stdout.splitlines() if line.startswith("  ") and line.split()[0] == "A"]
    assert heads == [["A", "B", "C", "D", "E"], ["A", "F", "G"]]
    assert max(len(line) for line in result.stdout.splitlines() if not line[1:].startswith(": ")) <= 100

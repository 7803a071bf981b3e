"""``docs/backtest.md``: its commands run, what it shows is what is printed, and every field is told in the outputs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "backtest.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """Give the results of the commands of the page, run in order, then of the second and the last one with --json."""
    directory = tmp_path_factory.mktemp("backtest")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        CliRunner().invoke(cli.main, ["town", "demo-town"])
        commands = [*COMMANDS, f"{COMMANDS[1]} --json --force", f"{COMMANDS[-1]} --json --periods 1"]
        return [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in commands]


def test_commands_run(run: list[Result]) -> None:
    """Every command of the page succeeds."""
    assert [result.exit_code for result in run] == [0] * (len(COMMANDS) + 2)
    assert len(COMMANDS) == 4


def test_the_output_shown_is_the_output(run: list[Result]) -> None:
    """What the page shows is how the output of the first command begins, to the letter."""
    shown = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0]
    assert run[0].stdout.startswith(shown)


def fields(value: Any) -> set[str]:
    """Return the names of all fields of a document."""
    if isinstance(value, dict):
        return set(value).union(*(fields(v) for v in value.values()))
    return set().union(*(fields(v) for v in value)) if isinstance(value, list) else set()


def test_every_field_is_named(run: list[Result]) -> None:
    """Every field of the document is in its section of the outputs; `read` is told elsewhere."""
    maps, plans = (json.loads(result.stdout) for result in run[-2:])
    maps["read"] = maps["left_out"] = None
    section = (DOCS / "outputs.md").read_text(encoding="utf-8").split("## `patrol backtest --json`\n")[1]
    named = set(re.findall(r"`([^`]+)`", section.split("\n## ")[0]))
    assert (fields(maps) | fields(plans)) - named == set()


def test_the_table_of_plans_has_the_rows_shown(run: list[Result]) -> None:
    """The rows of the table of plans are those that the page shows, but for their figures."""
    shown = re.findall(r"```text\n(plan .*?)```", PAGE, re.DOTALL)[0]
    table = run[len(COMMANDS) - 1].stdout.split("\nplan ")[1]
    assert [line.split()[0] for line in shown.splitlines()[1:]] == [w.split()[0] for w in table.splitlines()[1:6]]
    assert shown.splitlines()[0].split()[1:] == table.splitlines()[0].split()


@pytest.mark.parametrize(
    ("column", "options"),
    [
        (
            1,
            ["city_of_london_police_2017-12_2020-11.csv.gz", "city_of_london.osm.pbf", "city_of_london_osm_police.csv"],
        ),
        (2, ["chicago_2014-09.csv.gz", "", "chicago_police_stations.csv"]),
    ],
)
def test_figures_of_real_towns(shared_data: Path, tmp_path: Path, column: int, options: list[str]) -> None:
    """The figures of real towns on the page are those that the commands above them print."""
    incidents, roads, stations = options
    arguments = ["backtest", str(shared_data / "incidents" / incidents), "--json"]
    arguments += ["--roads", str(shared_data / "roads" / roads), "--cache-dir", str(tmp_path)] if roads else []
    result = CliRunner().invoke(cli.main, [*arguments, "--stations", str(shared_data / "stations" / stations)])
    document = json.loads(result.stdout)
    rows = {
        cells[1]: cells[column + 1]
        for line in PAGE.split("## What was found")[1].splitlines()
        if line.startswith("|") and len(cells := [c.strip() for c in line.split("|")]) > 3
    }
    maps, at = document["maps"], document["shares"].index(0.05)
    hit = maps["risk"]["hit_rate"][at]
    figures = f"{100 * hit['value']:.1f} % ({100 * hit['low']:.1f} to {100 * hit['high']:.1f})"
    assert rows["incidents tested on"] == f"{document['incidents']:,}"
    assert rows["hit rate at 5 % of the area"] == figures
    for row, name in (
        ("PAI, PEI at 5 %", "risk"),
        ("the same by counts of all the past", "all past"),
        ("by counts of the last period", "last period"),
        ("by counts of each station", "stations"),
    ):
        assert rows[row] == f"{maps[name]['pai'][at]['value']:.2f}, {maps[name]['pei'][at]:.2f}"
    gains = ", ".join(f"{maps[name]['gain']['value']:.3f}" for name in ("risk", "all past", "stations"))
    assert rows["gain of risk, of all the past, of stations"] == gains

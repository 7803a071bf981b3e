"""`patrol compare`: which plans it takes, what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from solver import Plan, score
from solver.export.plan_files import plan_files
from solver.streets import Streets
from tests.small_town import small_plan, small_town


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give directories of a right plan, and of one that leaves a post without units and breaks rules."""
    problem = small_town()
    plan = small_plan(problem)
    directories = []
    for name, made in (("a", plan), ("b", Plan(problem.fingerprint(), plan.routes[1:]))):
        directory = tmp_path_factory.mktemp(name)
        for file, content in plan_files(problem, made, score(problem, made), Streets()).items():
            (directory / file).parent.mkdir(exist_ok=True)
            (directory / file).write_bytes(content)
        directories.append(directory)
    return directories


def test_directories_are_compared(outs: list[Path]) -> None:
    """Two directories give the legend, what matters, and the table; broken rules are said on standard error."""
    result = patrol("compare", *outs)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[3] == "B lacks 30 unit-minutes more than A."
    assert "rules broken" in result.stdout
    assert f"{outs[1]} breaks 3 rules; see 'patrol check'" in result.stderr


def test_files_are_compared(outs: list[Path]) -> None:
    """A problem and a plan with a colon between, and a plan beside its problem, say the same as the directory."""
    document = json.loads(patrol("compare", *outs, "--json").stdout)
    for second in (f"{outs[1]}/problem.json:{outs[1]}/plan.json", outs[1] / "plan.json"):
        other = json.loads(patrol("compare", outs[0], second, "--json").stdout)
        assert other["plans"][1].pop("name") == str(second)
        assert other["plans"][1] == {k: v for k, v in document["plans"][1].items() if k != "name"}
        assert other["changes"] == document["changes"]


def test_map_and_table_are_written(outs: list[Path], tmp_path: Path) -> None:
    """-o writes the map or the table by the ending of the name, replaces only with --force, and the same bytes."""
    targets = [tmp_path / "d.geojson", tmp_path / "d.csv"]
    arguments = ("compare", *outs, "-o", targets[0], "-o", targets[1])
    assert patrol(*arguments).exit_code == 0
    before = [t.read_bytes() for t in targets]
    assert json.loads(before[0])["features"]
    rows = list(csv.reader(io.StringIO(before[1].decode("utf-8-sig"))))
    assert rows[0] == ["section", "figure", *map(str, outs)]
    assert ["plan", "unit-minutes lacking", "0", "30"] in rows
    assert patrol(*arguments).exit_code == 2
    assert patrol(*arguments, "--force").exit_code == 0
    assert [t.read_bytes() for t in targets] == before


def test_what_is_no_plan_is_refused(outs: list[Path], tmp_path: Path) -> None:
    """One plan, nine, a name that is nothing, a plan without its problem and an unknown ending are refused in words."""
    alone = tmp_path / "plan.json"
    alone.write_bytes((outs[0] / "plan.json").read_bytes())
    for arguments, words in (
        ((outs[0],), "name from 2 to 8 plans"),
        ((outs[0],) * 9, "name from 2 to 8 plans"),
        ((outs[0], "nowhere"), "nowhere: there is no such directory"),
        ((outs[0], alone), "there is no problem.json beside it"),
        ((*outs, "-o", tmp_path / "d.txt"), "must end in .geojson or .csv"),
    ):
        result = patrol("compare", *arguments)
        assert result.exit_code == 2
        assert words in result.stderr
    assert patrol("compare", outs[0], tmp_path).exit_code == 3

"""``docs/questions.md``: its commands run, what it shows is printed, and it names every figure and property."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.size import NAMES
from instances.towns import make_town
from solver import Plan, score
from solver.export.plan_files import plan_files
from solver.headline import Figures, Lack
from solver.sizing.text import CSV_COLUMNS
from solver.streets import Streets
from tests.small_town import small_plan, small_town

PAGE = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))

COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("questions")
    problem = small_town()
    plan = small_plan(problem)
    for name, made in (("out", plan), ("new", Plan(problem.fingerprint(), plan.routes[1:]))):
        for file, content in plan_files(problem, made, score(problem, made), Streets()).items():
            (directory / name / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / name / file).write_bytes(content)
    for file, content in make_town(3, hotspots=10, units=3).files.items():
        (directory / file).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        return directory, {c: CliRunner().invoke(cli.main, quickly(c)) for c in COMMANDS}


def quickly(command: str) -> list[str]:
    """Return the arguments of a command of the page, with no time to search."""
    arguments = shlex.split(command)[1:]
    return [*arguments, "--time-limit", "0s", "--workers", "1"] if arguments[0] == "size" else arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(run: tuple[Path, dict[str, Result]], command: str) -> None:
    """Every command of the page succeeds."""
    assert run[1][command].exit_code == 0, run[1][command].output


def test_every_figure_of_the_sentence_is_named() -> None:
    """The page names every figure."""
    assert {*(field.name for field in fields(Figures)), *Lack._fields} - WORDS == set()


def test_the_comparison_shown_is_printed(run: tuple[Path, dict[str, Result]]) -> None:
    """What the page says that a comparison says first is what it says."""
    shown = next(block for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if block.startswith("B lacks"))
    assert shown in run[1]["patrol compare out new"].stdout


def test_every_property_of_the_map_is_named(run: tuple[Path, dict[str, Result]]) -> None:
    """The page names every property of the difference on a map, but for those of the style."""
    document = json.loads((run[0] / "difference.geojson").read_text(encoding="utf-8"))
    found = {name for feature in document["features"] for name in feature["properties"]} | set(document)
    styles = {name for name in found if name.startswith(("marker-", "stroke"))}
    assert found - styles - {"type", "features"} - WORDS == set()


def test_everything_of_a_curve_is_named(run: tuple[Path, dict[str, Result]]) -> None:
    """The page names every file and column of a curve, and every field of its JSON."""
    result = CliRunner().invoke(cli.main, [*quickly(f"patrol size {run[0] / 'night.yaml'}"), "--json", "-q"])
    document = json.loads(result.stdout)
    found = {*document, *document["points"][0], *document["next"], *document["next"]["trials"][0]}
    assert {*found, *CSV_COLUMNS, *NAMES} - {"plans"} - WORDS == set()
    assert {p.name for p in (run[0] / "size").iterdir()} == set(NAMES)

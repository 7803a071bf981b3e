"""``docs/simulation.md``: its commands run, and it names every figure and every field."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from instances.build import build
from instances.shift_file import read_shift
from instances.towns import make_town
from solver import Plan, score
from solver.export.plan_files import plan_files
from solver.plan import Route, Stop
from solver.streets import Streets

PAGE = (Path(__file__).parents[1] / "docs" / "simulation.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Give the results of the commands of the page, with two idle plans of a small town."""
    directory = tmp_path_factory.mktemp("simulation")
    (directory / "town").mkdir()
    for file, content in make_town(3, hotspots=10, units=3).files.items():
        (directory / "town" / file).write_bytes(content)
    problem = build(read_shift(directory / "town" / "night.yaml"), cache=None).problem
    names = [p.name for p in problem.places]
    routes = tuple(Route(u.callsign, (Stop(names[u.origin], "standby", u.start, u.end),)) for u in problem.units)
    for name, some in (("out", routes), ("new", routes[1:])):
        plan = Plan(problem.fingerprint(), some)
        for file, content in plan_files(problem, plan, score(problem, plan), Streets()).items():
            (directory / name / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / name / file).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        return {c: CliRunner().invoke(cli.main, shlex.split(c)[1:]) for c in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(run: dict[str, Result], command: str) -> None:
    """Every command of the page succeeds."""
    assert run[command].exit_code == 0, run[command].output


def names_in(value: Any, *, by_name: bool = False) -> Iterator[str]:
    """Yield the names of all fields, but for what is told by the name of a measure."""
    if isinstance(value, dict):
        for key, part in value.items():
            if not by_name:
                yield key
            yield from names_in(part, by_name=key == "measures")
    elif isinstance(value, list):
        for part in value:
            yield from names_in(part)


def test_every_field_is_named(run: dict[str, Result]) -> None:
    """The page names every field of the JSON."""
    (command,) = [c for c in COMMANDS if c.endswith("--json")]
    document = json.loads(run[command].stdout)
    assert set(names_in(document)) - WORDS == set()


def test_every_figure_is_explained(run: dict[str, Result]) -> None:
    """The table of figures has each of them."""
    (command,) = [c for c in COMMANDS if c.endswith("--json")]
    table = PAGE.split("## What the figures mean")[1].split("Behind")[0]
    said = re.sub(r"1, 3, 5, 10 min", "1 min, within 3 min, within 5 min, within 10 min", table)
    said = said.replace("mean, median, 90 %", "mean response")
    for name in json.loads(run[command].stdout)["plans"][0]["measures"]:
        assert name in said, name

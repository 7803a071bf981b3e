"""``docs/sites.md``: its commands run, what it shows is what is printed, and it names every file and field."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.shift_file import read_sites
from instances.site_files import CURVE_COLUMNS, NAMES, POINT_COLUMNS
from tests.shift_samples import write_shift

PAGE = (Path(__file__).parents[1] / "docs" / "sites.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("sites")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        CliRunner().invoke(cli.main, ["town", "demo-town"])
        return directory, [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_run(run: tuple[Path, list[Result]]) -> None:
    """Every command of the page succeeds."""
    assert [result.exit_code for result in run[1]] == [0] * len(COMMANDS)
    assert len(COMMANDS) >= 3


def test_the_output_shown_is_the_output(run: tuple[Path, list[Result]]) -> None:
    """What the page shows is what the second command prints, to the letter."""
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert run[1][1].stdout == shown


def test_every_field_is_named(run: tuple[Path, list[Result]]) -> None:
    """Every file, column, field and property is on the page."""
    named = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    document = json.loads((run[0] / "points" / "sites.json").read_text(encoding="utf-8"))
    features = json.loads((run[0] / "points" / "sites.geojson").read_text(encoding="utf-8"))["features"]
    properties = {name for feature in features for name in feature["properties"]}
    assert {*NAMES, *POINT_COLUMNS, *CURVE_COLUMNS, *document, *properties} - named == set()


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_examples_are_read(tmp_path: Path, example: str) -> None:
    """Each example of the page is read without a fault."""
    (tmp_path / "city.osm.pbf").write_bytes(b"only its presence is looked at")
    assert read_sites(write_shift(tmp_path, shift=example)).sites.points

"""``docs/containment.md``: its commands run, what it shows is printed, and it names every option."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.contain import contain

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "containment.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("containment")
    shutil.copytree(DOCS.parent / "instances" / "demo_town", directory / "demo-town")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        made = CliRunner().invoke(cli.main, ["plan", "demo-town/night.yaml", "-o", "out", "--work-limit", "300"])
        assert made.exit_code == 0, made.output
        return directory, [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_say_what_the_page_says(run: tuple[Path, list[Result]]) -> None:
    """The fugitive on foot is enclosed, the car is not; sentences and heads of tables are those of the page."""
    directory, (foot, car) = run
    assert (foot.exit_code, car.exit_code) == (0, 4), foot.output + car.output
    blocks = [block.splitlines() for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)]
    assert re.sub(r"[\d.:]+", "#", foot.stdout.splitlines()[0]) == re.sub(r"[\d.:]+", "#", blocks[0][0])
    assert foot.stdout.splitlines()[2].split() == blocks[0][2].split()
    assert car.stdout.startswith("Cannot be enclosed: ")
    assert " more units would do, standing at the right crossings" in " ".join(blocks[1])
    assert " more units would do, standing at the right crossings" in car.stdout
    assert {"contain.html", "contain.geojson"} <= {p.name for p in directory.iterdir()}


def test_options_and_fields_are_named(run: tuple[Path, list[Result]]) -> None:
    """The page names every option that is its own, and docs/outputs.md every field of the answer."""
    common = {"--force", "--json", "--color", "-q", "-v", "--cache-dir", "--no-cache", "-o"}
    options = {p.opts[0] for p in contain.params if p.name != "out"} - common
    assert {o for o in options if o not in PAGE} == set()
    arguments = [*shlex.split(COMMANDS[1])[1:9], "--delay", "30s", "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(run[0])
        found = json.loads(CliRunner().invoke(cli.main, [*arguments, "--time-limit", "2s"]).stdout)
    text = (DOCS / "outputs.md").read_text(encoding="utf-8").split("## What `patrol contain` writes")[1]
    named = set(re.findall(r"`(\w+)`", text.split("\n## ")[0]))
    parts = [found, found["place"], found["out"], *found["closings"][:1], *found["open"][:1]]
    assert {name for part in parts for name in part} <= named

"""``docs/replan.md``: its commands run on the demo town, and it names every option and field."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli

PAGE = (Path(__file__).parents[1] / "docs" / "replan.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("replan")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        CliRunner().invoke(cli.main, ["town", "demo-town"])
        night = (directory / "demo-town" / "night.yaml").read_text(encoding="utf-8")
        (added,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
        (directory / "demo-town" / "now.yaml").write_text(night + added, encoding="utf-8")
        plan = ["plan", "demo-town/night.yaml", "-o", "out", "--work-limit", "300"]
        assert CliRunner().invoke(cli.main, plan).exit_code == 0
        return directory, [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_run(run: tuple[Path, list[Result]]) -> None:
    """Every command of the page makes a plan that check finds right, whether something is lacking or not."""
    assert len(COMMANDS) >= 5
    for command, result in zip(COMMANDS, run[1], strict=True):
        out = run[0] / re.findall(r"-o (\S+)", command)[0]
        checked = CliRunner().invoke(cli.main, ["check", str(out)])
        assert result.exit_code in (0, 4), result.output
        assert checked.exit_code == result.exit_code
        assert "do otherwise:" in (out / "changes.txt").read_text(encoding="utf-8")


def test_few_change_where_others_are_kept(run: tuple[Path, list[Result]]) -> None:
    """With --keep-others the late unit and two helpers may do otherwise, no more."""
    found = re.search(r"on (\d+) of 12 units", run[1][1].stdout)
    assert found is not None
    assert int(found[1]) <= 3


def test_every_option_and_field_is_named(run: tuple[Path, list[Result]]) -> None:
    """The page names all that is special to the command, and every field of its JSON."""
    words = set(re.findall(r"--[a-z-]+", PAGE))
    assert {
        "--at",
        "--out-of-service",
        "--late",
        "--incident",
        "--keep-others",
        "--helpers",
        "--shift",
        "--json",
    } <= words
    command = [
        "replan",
        str(run[0] / "out"),
        "--at",
        "21:35",
        "-o",
        str(run[0] / "json"),
        "--work-limit",
        "5",
        "--json",
    ]
    document = json.loads(CliRunner().invoke(cli.main, command).stdout)
    text = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    assert set(document) - set(re.findall(r"`([^`]+)`", text)) == set()

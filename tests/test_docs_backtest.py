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
    """Give the results of the commands of the page, run in order, and at last of the second one with --json."""
    directory = tmp_path_factory.mktemp("backtest")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        CliRunner().invoke(cli.main, ["town", "demo-town"])
        commands = [*COMMANDS, f"{COMMANDS[1]} --json --force"]
        return [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in commands]


def test_commands_run(run: list[Result]) -> None:
    """Every command of the page succeeds."""
    assert [result.exit_code for result in run] == [0] * (len(COMMANDS) + 1)
    assert len(COMMANDS) == 3


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
    document = json.loads(run[-1].stdout)
    document["read"] = None
    document["left_out"] = None
    section = (DOCS / "outputs.md").read_text(encoding="utf-8").split("## `patrol backtest --json`\n")[1]
    named = set(re.findall(r"`([^`]+)`", section.split("\n## ")[0]))
    assert fields(document) - named == set()

"""``docs/explain.md``: its commands run, what it shows has the shape of what is printed, and it names every code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from solver.explaining import REASONS

PAGE = (Path(__file__).parents[1] / "docs" / "explain.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """Give the results of the commands of the page, run in order."""
    directory = tmp_path_factory.mktemp("explain")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        return [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def labels(text: str) -> list[str]:
    """Return what the lines of facts begin with, without figures: as another plan differs in them."""
    found = [re.match(r"  ([a-z][a-z ]+)", line) for line in text.splitlines()]
    return [" ".join(match[1].split()[:2]) for match in found if match]


def test_commands_run(run: list[Result]) -> None:
    """Every command of the page succeeds, and each question is answered first."""
    assert [result.exit_code for result in run] == [0] * len(COMMANDS), [result.output for result in run]
    firsts = [result.stdout.splitlines()[0] for result in run[2:7]]
    for first, begin in zip(firsts, ("What most", "Gull Close", "Market Square is", "F2 is", "At 23:10"), strict=True):
        assert first.startswith(begin)


def test_the_output_shown_has_the_shape_of_the_output(run: list[Result]) -> None:
    """Fact by fact, the page shows what its command prints, whatever the plan."""
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    printed = labels(run[3].stdout)
    assert {"at stake", "visits", "a visit", "nearest unit", "who could"} <= set(printed)
    assert [x for x in labels(shown) if x in printed] == [x for x in printed if x in labels(shown)]


def test_every_code_and_field_is_named(run: list[Result]) -> None:
    """Every reason and every field of the document is on the page."""
    named = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    document = json.loads(run[7].stdout)
    assert set(REASONS) - named == set()
    assert {*document, *document["explanations"][0], "code", "meaning"} - named == set()

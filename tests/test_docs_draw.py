"""``docs/draw.md``: its commands run, what it shows is what is printed, and it names every field."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.draw import MOST
from solver.draws.draw_json import draw_schema
from tests.test_docs_outputs import fields

PAGE = (Path(__file__).parents[1] / "docs" / "draw.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]
SHORT = ["--work-limit", "1500"]
"""What the first command is told besides, lest a test takes two minutes."""


def shape(text: str) -> list[str]:
    """Return the lines of `text` without figures, as those of another machine or a shorter search differ."""
    return [re.sub(r"[\d.]+", "#", line).replace(" ", "") for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("draw")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        CliRunner().invoke(cli.main, ["town", "demo-town"])
        lines = [shlex.split(command)[1:] for command in COMMANDS]
        return directory, [CliRunner().invoke(cli.main, [*x, *(SHORT if x[0] == "draw" else [])]) for x in lines]


def test_commands_run(run: tuple[Path, list[Result]]) -> None:
    """Every command of the page succeeds."""
    assert [result.exit_code for result in run[1]] == [0] * len(COMMANDS), [r.output for r in run[1]]
    assert len(COMMANDS) >= 3


def test_the_output_shown_is_the_output(run: tuple[Path, list[Result]]) -> None:
    """But for figures the page shows what is printed."""
    summary, holes = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    printed = run[1][0].stdout
    assert shape(printed)[: len(shape(summary))] == shape(summary)
    title, *lines = holes.splitlines()
    told = printed[printed.index(title) :].splitlines()[1:]
    line = re.compile(r"  \w.*: never visited \d\d:\d\d-\d\d:\d\d \(with plan-1 alone \d\d:\d\d-\d\d:\d\d\)")
    assert all(line.fullmatch(text) for text in lines)
    assert line.fullmatch(told[0])


def test_every_field_is_named() -> None:
    """Every field of draw.json is on the page."""
    named = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    assert fields(draw_schema()) - named == set()


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    """Defaults and limits are those that the command has."""
    options = {p.name: p for p in cli.main.commands["draw"].params}
    assert f"`--plans {options['plans'].default}`" in PAGE
    assert f"2 to {MOST}" in PAGE
    assert f"`--within {options['within'].default}`" in PAGE


def test_the_python_example_runs(
    run: tuple[Path, list[Result]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of the Python interface runs as it stands."""
    monkeypatch.chdir(run[0])
    _, program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "draw.md", "exec"), {})
    number, distance = capsys.readouterr().out.split()
    assert int(number) >= 1
    assert distance == "None" or 0 < float(distance) <= 1


def test_a_draw_can_be_done_by_hand(
    run: tuple[Path, list[Result]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The few lines of the page name the plan that the third command has written."""
    monkeypatch.chdir(run[0])
    program, _ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "draw.md", "exec"), {})
    drawn = Path("draws") / capsys.readouterr().out.strip() / "plan.json"
    assert drawn.read_bytes() == Path("tomorrow/plan.json").read_bytes()

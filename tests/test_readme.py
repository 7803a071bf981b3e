"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


def shape(text: str) -> list[str]:
    """Return the lines of `text` without figures, as those of another machine or seed differ."""
    return [re.sub(r"[\d.]+", "#", line).replace(" ", "") for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Result]]:
    """Give the directory where all commands of the README were run in order, and their results."""
    directory = tmp_path_factory.mktemp("readme")
    results = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        patch.setattr("instances.commands.searching.TIME_LIMIT", 2.0)
        for command in commands():
            program, *arguments = shlex.split(command)
            assert program == "patrol"
            results[command] = CliRunner().invoke(cli.main, arguments)
    return directory, results


@pytest.mark.parametrize("command", commands())
def test_commands_run(run: tuple[Path, dict[str, Result]], command: str) -> None:
    """Every command of the README, run in their order, succeeds.

    When a unit is late, a post may lack units for some minutes whoever else helps: that depends on the plan.
    """
    result = run[1][command]
    assert result.exit_code in ((0, 4) if command.startswith("patrol replan") else (0,)), result.output


def test_the_output_shown_is_the_output(run: tuple[Path, dict[str, Result]]) -> None:
    """But for figures the excerpts are the output, and the value is near to what a short search finds."""
    printed = run[1]["patrol plan demo-town/night.yaml -o out"].stdout
    summary, route = blocks("text")
    assert shape(printed)[: len(shape(summary))] == shape(summary)
    unit, first, *_ = route.splitlines()
    begin = printed.splitlines()[printed.splitlines().index(unit) + 1]
    assert re.match(r"  \d\d:\d\d [\w ]+ > \d\d:\d\d-\d\d:\d\d [\w ]+ \(\w+ [\d.]+ [\d.]+\)", first)
    assert begin.split(" > ")[0] == first.split(" > ")[0]
    value = re.compile(r"Value: ([\d.]+) %")
    found, shown = (float(value.search(text)[1]) for text in (printed, summary))  # type: ignore[index]
    assert found == pytest.approx(shown, abs=4)


def test_every_command_is_named() -> None:
    """The README has an example of every command."""
    assert set(cli.main.commands) == {command.split()[1] for command in commands()}


def test_the_shift_shown_can_be_planned(
    run: tuple[Path, dict[str, Result]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The shift file of the README, beside the demo town's files, gives a plan."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (text,) = blocks("yaml")
    shift = run[0] / "demo-town" / "readme.yaml"
    shift.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    result = CliRunner().invoke(cli.main, ["plan", str(shift), "-o", str(out), "--work-limit", "200"])
    assert result.exit_code == 0, result.output
    assert {p.stem for p in (out / "gpx").iterdir()} == {"A1", "B1", "B2", "B3", "B4"}


def test_the_python_example_runs(
    run: tuple[Path, dict[str, Result]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of the Python interface runs as it stands."""
    monkeypatch.chdir(run[0])
    (program,) = blocks("python")
    exec(compile(program, "README.md", "exec"), {})
    assert re.fullmatch(r"\d+% of the risk is covered\n", capsys.readouterr().out)


def test_links_lead_somewhere() -> None:
    """Every relative link of README and documents is to a file that exists."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_documents_name_real_commands_and_options() -> None:
    """Every option that the documents name in a command exists for some command."""
    options = {o for command in cli.main.commands.values() for p in command.params for o in p.opts}
    options |= {"--help", "--debug", "--version"}
    named = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for command in re.findall(r"patrol [a-z][^`\n]*", page.read_text(encoding="utf-8")):
            named |= set(re.findall(r"(?<!\S)--[a-z-]+", command))
    assert named
    assert named <= options

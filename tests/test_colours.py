"""Colours: on terminals alone, none where NO_COLOR is set, never in what a program reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click import unstyle
from click.testing import CliRunner

from cli import main
from instances.commands.colours import chosen, keeps, painted_summary
from solver import Plan, score
from solver.export.plan_files import plan_files
from solver.streets import Streets
from solver.summary import summary
from tests.small_town import small_plan, small_town

ROOT = Path(__file__).parents[1]
ESCAPE = "\x1b["


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a plan that leaves a post without units."""
    directory = tmp_path_factory.mktemp("out")
    problem = small_town()
    plan = Plan(problem.fingerprint(), small_plan(problem).routes[1:])
    for name, content in plan_files(problem, plan, score(problem, plan), Streets()).items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


def piped(*arguments: str, **environment: str) -> str:
    """Return both outputs of a run whose outputs are pipes."""
    run = subprocess.run(
        [sys.executable, "cli.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return run.stdout + run.stderr


def on_terminal(*arguments: str, **environment: str) -> str:
    """Return both outputs of a run on a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    given = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "cli.py", *arguments],
        cwd=ROOT,
        env={**given, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment},
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 65536):
            pieces.append(piece)
    except OSError:  # what Linux says when the other side is closed
        pass
    finally:
        os.close(ours)
        process.wait()
    return b"".join(pieces).decode("utf-8")


def test_no_escape_codes_reach_pipes(out: Path) -> None:
    """Neither the scorecard nor an error has any code where nobody looks at a terminal."""
    for arguments in (("score", str(out)), ("score", "nowhere"), ("nonsense",)):
        text = piped(*arguments)
        assert text.strip()
        assert ESCAPE not in text


def test_a_terminal_has_colours(out: Path) -> None:
    """On a terminal the sentence of a plan that lacks something is red, and so is an error."""
    assert "\x1b[31mGate lacks 30 unit-minutes" in on_terminal("score", str(out))
    assert "\x1b[31mpatrol: " in on_terminal("score", "nowhere")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}])
def test_a_terminal_may_do_without(out: Path, environment: dict[str, str]) -> None:
    """With NO_COLOR, whatever it says, and on a terminal that can do nothing, there are none; the text is the same."""
    assert ESCAPE not in on_terminal("score", str(out), **environment)
    assert ESCAPE not in on_terminal("score", "nowhere", **environment)


def test_an_empty_no_color_is_not_set(out: Path) -> None:
    """An empty NO_COLOR counts as none, as its rules say."""
    assert ESCAPE in on_terminal("score", str(out), NO_COLOR="")


def test_color_says_it_in_the_command(out: Path) -> None:
    """--color always gives codes to a pipe and beats NO_COLOR; --color never takes them from a terminal."""
    assert ESCAPE in piped("score", str(out), "--color", "always", NO_COLOR="1")
    assert ESCAPE in piped("score", "nowhere", "--color=always")
    assert ESCAPE not in on_terminal("score", str(out), "--color", "never")
    assert ESCAPE not in on_terminal("score", "nowhere", "--color", "never")


def test_json_never_has_colours(out: Path) -> None:
    """--color always does not touch a JSON document."""
    result = CliRunner().invoke(main, ["score", str(out), "--json", "--color", "always"], color=True)
    assert ESCAPE not in result.stdout


def test_choices_are_read_from_any_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a command line that could not be understood the last --color with a right choice counts."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert chosen(["score", "--color", "never"]) is False
    assert chosen(["--color=always", "nonsense"]) is True
    assert chosen(["score", "--color"]) is None
    assert chosen(["score", "--color", "red"]) is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert (keeps("auto"), keeps("always"), keeps("never")) == (False, True, False)


def test_what_a_check_finds_is_red(out: Path) -> None:
    """Violations and the verdict on them are red."""
    text = on_terminal("check", str(out))
    assert [line.startswith("\x1b[31m") for line in text.splitlines()] == [True] * len(text.splitlines())
    assert unstyle(text).splitlines()[-1].endswith(" violations")


def test_the_summary_on_a_terminal() -> None:
    """The sentence and the shortfalls of a summary are red, and the text is the same without."""
    problem = small_town()
    plan = Plan(problem.fingerprint(), small_plan(problem).routes[1:])
    text = summary(problem, plan, score(problem, plan))
    shown = painted_summary(text)
    assert unstyle(shown) == text.rstrip("\n")
    assert "\x1b[31mGate lacks 30 unit-minutes" in shown
    assert "\x1b[31mSHORTFALLS: posts lack 30 unit-minutes" in shown
    right = painted_summary(summary(problem, small_plan(problem), score(problem, small_plan(problem))))
    assert "\x1b[31m" not in right
    assert "\x1b[1m23 % of demand" in right

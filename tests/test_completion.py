"""Shell completion: real shells complete commands, forms, options and callsigns."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from instances.commands.completion import SHELLS
from tests.other_programs import program

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a program called `patrol`, and the part of a plan in which units are."""
    directory = tmp_path_factory.mktemp("completion")
    patrol = directory / "patrol"
    code = "import cli; cli.main()"
    patrol.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -c "{code}" "$@"\n')
    patrol.chmod(0o755)
    (directory / "out").mkdir()
    plan = {"routes": [{"callsign": callsign} for callsign in ("A1", "A2", "巡逻")]}
    (directory / "out" / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return directory


def run(places: Path, *command: str) -> list[str]:
    """Return the lines that a command prints, where `patrol` is the program of the directory."""
    path = f"{places}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=places, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def completed_by_bash(places: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of the words, by the very function that it was told to call."""
    script = (
        'eval "$(patrol completion bash)"; set -- $(complete -p patrol); shift $(($# - 2)); function=$1\n'
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}\n"
        '"$function" patrol; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return run(places, program("bash"), "--norc", "-c", script)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("patrol", "sc"), ["schema", "score"]),
        (("patrol", "export", "g"), ["gpx", "geojson", "gpkg"]),
        (("patrol", "export", "gpx", "out", "--po"), ["--points"]),
        (("patrol", "export", "gpx", "out", "--content", "w"), ["waypoints"]),
        (("patrol", "export", "gpx", "out", "--unit", "A"), ["A1", "A2"]),
        (("patrol", "export", "gpx", "out", "--unit", "巡"), ["巡逻"]),
        (("patrol", "export", "gpx", "nowhere", "--unit", "A"), [""]),
    ],
)
def test_bash_completes(places: Path, words: tuple[str, ...], offered: list[str]) -> None:
    """Bash offers commands, forms, options, their values, and the callsigns of the plan; of no plan, nothing."""
    assert completed_by_bash(places, *words) == offered


def test_fish_completes(places: Path) -> None:
    """Fish offers the forms of export."""
    script = 'patrol completion fish | source; complete -C "patrol export gp"'
    offered = [line.split("\t")[0] for line in run(places, program("fish"), "--no-config", "-c", script)]
    assert sorted(offered) == ["gpkg", "gpx"]


def test_zsh_completes(places: Path) -> None:
    """Zsh takes the script for `patrol`, and its function offers the forms of export."""
    script = (
        'autoload -U compinit; compinit -u -D; eval "$(patrol completion zsh)"; print ${_comps[patrol]}\n'
        "compadd() { print -l $completions }; words=(patrol export gp); CURRENT=3; ${_comps[patrol]}"
    )
    assert run(places, program("zsh"), "-f", "-c", script) == ["_patrol_completion", "gpx", "gpkg"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_protocol_of_each_shell(places: Path, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell, the program answers on standard output with exit code 0 and runs no command."""
    position = "2" if shell != "fish" else "gp"
    for name, value in (
        ("_PATROL_COMPLETE", f"{shell}_complete"),
        ("COMP_WORDS", "patrol export gp"),
        ("COMP_CWORD", position),
    ):
        monkeypatch.setenv(name, value)
    answer = run(places, "patrol")
    assert {"gpx", "gpkg"} <= {word for line in answer for word in line.split(",")}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed(shell: str) -> None:
    """The script of each shell is printed, and as JSON on request; another shell is refused by name."""
    text = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_PATROL_COMPLETE" in text
    document = json.loads(CliRunner().invoke(main, ["completion", shell, "--json"]).stdout)
    assert (document["shell"], document["script"].strip()) == (shell, text.strip())
    refused = CliRunner().invoke(main, ["completion", "tcsh"])
    assert refused.exit_code == 2
    assert "'tcsh' is not one of" in refused.stderr

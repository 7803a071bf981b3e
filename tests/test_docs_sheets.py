"""``docs/sheets.md``: its commands run, and it names every column, kind and file."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.plot import KINDS
from instances.commands.sheet_files import ALL
from solver.export.sheet_words import ENGLISH
from solver.plots.kinds import KINDS_OF_PLOTS

PAGE = (Path(__file__).parents[1] / "docs" / "sheets.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("sheets")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        return directory, [CliRunner().invoke(cli.main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_run(run: tuple[Path, list[Result]]) -> None:
    """Every command of the page succeeds and writes a file of the kind that its name says."""
    assert [result.exit_code for result in run[1]] == [0] * len(COMMANDS), [r.stderr for r in run[1]]
    heads = {".pdf": b"%PDF-", ".svg": b"<?xml", ".png": b"\x89PNG\r\n\x1a\n"}
    written = [path for path in run[0].iterdir() if path.suffix in heads]
    assert len(written) == 6
    assert all(path.read_bytes().startswith(heads[path.suffix]) for path in written)
    assert {path.name for path in (run[0] / "sheets").iterdir()} == {ALL, "units"}
    assert len(list((run[0] / "sheets" / "units").glob("*.html"))) == 12


def test_columns_and_kinds_are_named() -> None:
    """Every column of a unit's stops has its line, and every kind of plot."""
    named = {cell.strip() for row in re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE) for cell in row.split(",")}
    columns = (ENGLISH.number, ENGLISH.arrive, ENGLISH.place, ENGLISH.what, ENGLISH.length, ENGLISH.way)
    assert {*columns, *(f"`{kind}`" for kind in KINDS)} <= {*named, "Leave"}
    assert set(KINDS) == set(KINDS_OF_PLOTS)

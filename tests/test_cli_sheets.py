"""The commands that write sheets: whole directories or nothing, one unit alone, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from solver.export.filenames import file_name
from solver.plan_json import plan_to_json
from solver.problem_json import problem_to_json
from solver.score import score
from solver.streets_json import streets_to_json
from tests.tours import sample_plan, sample_problem, sample_streets


@pytest.fixture
def out(tmp_path: Path) -> Path:
    problem = sample_problem()
    plan = sample_plan(problem)
    (tmp_path / "problem.json").write_text(problem_to_json(problem), encoding="utf-8")
    text = plan_to_json(problem, plan, score(problem, plan).covered)
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    (tmp_path / "streets.json").write_text(streets_to_json(sample_streets()), encoding="utf-8")
    return tmp_path


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def test_sheets_in_a_directory(out: Path) -> None:
    """There is a file with all sheets and one a unit, named as its GPX; what is there stays without --force."""
    done = patrol("export", "sheets", out, "-o", out / "sheets")
    assert done.exit_code == 0, done.stderr
    names = {path.relative_to(out / "sheets").as_posix() for path in (out / "sheets").rglob("*.html")}
    assert names == {"sheets.html", "units/A1.html", f"units/{file_name('B/2')}.html"}
    assert "3 min, 1.9 km" in (out / "sheets" / "units" / "A1.html").read_text(encoding="utf-8")
    assert patrol("export", "sheets", out, "-o", out / "sheets").exit_code == 2
    assert patrol("export", "sheets", out, "-o", out / "sheets", "--force").exit_code == 0


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF-"), ("sheets", b"<!DOCTYPE html>")])
def test_one_unit(out: Path, form: str, head: bytes) -> None:
    """With --unit there is one file with the sheet of that unit, also on standard output."""
    assert patrol("export", form, out, "--unit", "A1", "-o", out / "one").exit_code == 0
    content = (out / "one").read_bytes()
    assert content.startswith(head)
    assert patrol("export", form, out, "--unit", "A1", "-o", "-").stdout_bytes == content


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sheets",), "give -o DIRECTORY"),
        (("pdf", "-o", "-", "--json"), "pdf is no text"),
        (("pdf", "--datum", "gcj02", "-o", "x.pdf"), "always in WGS-84"),
        (("csv", "--lang", "zh"), "--lang goes with map, sheets and pdf"),
        (("pdf", "--unit", "A2", "-o", "x.pdf"), "has no unit 'A2'"),
    ],
)
def test_what_is_refused(out: Path, arguments: tuple[str, ...], said: str) -> None:
    """What makes no sense is a usage error that says what does."""
    done = patrol("export", arguments[0], out, *arguments[1:])
    assert done.exit_code == 2
    assert said in done.output


def test_a_plan_that_cannot_be_shown(out: Path) -> None:
    """A plan edited by hand with a place that does not exist is refused with exit code 5, and nothing is written."""
    path = out / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"Bridge"', '"Brigde"'), encoding="utf-8")
    done = patrol("export", "pdf", out, "-o", out / "sheets.pdf")
    assert done.exit_code == 5
    assert "Brigde" in done.stderr
    assert not (out / "sheets.pdf").exists()

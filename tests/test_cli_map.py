"""`patrol export map`, and the map that a run writes."""

from __future__ import annotations

import re
import shlex
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from solver.export.plan_files import plan_files
from solver.score import score
from solver.streets import Streets
from tests.map_reading import content_of
from tests.test_street_lines import sample
from tests.tours import CREDIT, sample_plan, sample_problem, sample_streets

DOCUMENT = (Path(__file__).parents[1] / "docs" / "map.md").read_text(encoding="utf-8")


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give the directory of a run."""
    problem = sample_problem()
    plan = sample_plan(problem)
    streets = Streets(sample_streets().legs, CREDIT, sample())
    for name, content in plan_files(problem, plan, score(problem, plan), streets).items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(content)
    return tmp_path / "out"


def test_the_map_is_made_anew(out: Path, tmp_path: Path) -> None:
    """The export of an untouched plan is the map that the run wrote, byte for byte, streets of the town included."""
    target = tmp_path / "map.html"
    result = patrol("export", "map", out, "-o", target)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "this plan breaks 1 rule; see 'patrol check'",
        "2 of 3 legs are straight lines, as their streets are not known",
        f"wrote {target}",
    ]
    assert target.read_bytes() == (out / "map.html").read_bytes()
    content = content_of(target.read_bytes())
    assert content["network"]["names"] == list(sample().names)
    assert content["attribution"] == CREDIT


def test_without_streets_there_is_a_map_too(out: Path, tmp_path: Path) -> None:
    """Without streets.json all legs are straight, and the map says of each unit how many."""
    (out / "streets.json").unlink()
    assert patrol("export", "map", out, "--lang", "zh", "-o", tmp_path / "map.html").exit_code == 0
    content = content_of((tmp_path / "map.html").read_bytes())
    assert content["network"] is None
    assert content["language"] == "zh"
    assert [unit["straight"] for unit in content["units"]] == [3, 0]


def test_the_commands_of_the_document_run(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command in ``docs/map.md`` succeeds and writes its file."""
    commands = re.findall(r"^\$ patrol (.*)$", DOCUMENT, re.MULTILINE)
    assert len(commands) == 2
    monkeypatch.chdir(out.parent)
    for command in commands:
        assert patrol(*shlex.split(command)).exit_code == 0
        assert Path(command.split()[-1]).exists()


def test_the_document_names_every_key() -> None:
    """The keys that the page listens to are those of the table."""
    source = (files("solver.export.map") / "page" / "controls.js").read_text(encoding="utf-8")
    block = source.split("const keys = {")[1].split("};")[0]
    listened = {
        re.sub("Arrow|Escape|^ $", lambda m: {"Arrow": "", "Escape": "Esc", " ": "Space"}[m[0]], key)
        for key in re.findall(r'^ {4}"?([^":]+)"?: ', block, re.MULTILINE)
    }
    table = DOCUMENT.split("| | |\n|---|---|\n")[-1].split("\n\n")[0]
    named = set(re.split(r"[ ,]+", " ".join(row.split("|")[1] for row in table.splitlines())))
    signs = {"←": "Left", "→": "Right", "−": "-", "": None}
    assert {signs.get(key, key) for key in named} - {None} == listened - {"="}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["map", "--unit", "A1"], "--unit goes with gpx, ics, sheets and pdf; map holds all units"),
        (["map", "--datum", "gcj02"], "map is always in WGS-84"),
        (["csv", "--lang", "zh"], "--lang goes with map"),
        (["map", "--lang", "fr"], "'fr' is not one of 'en', 'zh'"),
    ],
)
def test_options_that_do_not_go_together(out: Path, arguments: list[str], message: str) -> None:
    """Options of other forms are refused, with what they go with."""
    result = patrol("export", *arguments, out)
    assert result.exit_code == 2
    assert message in result.output


def test_a_plan_that_cannot_be_drawn(out: Path, tmp_path: Path) -> None:
    """A plan edited to name a place that is not there is refused with the stop, and nothing is written."""
    plan = out / "plan.json"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('"place": "Bridge"', '"place": "Brigde"'), encoding="utf-8"
    )
    result = patrol("export", "map", out, "-o", tmp_path / "map.html")
    assert result.exit_code == 5
    assert "A1, stop 3: the problem has no place 'Brigde'" in result.output
    assert not (tmp_path / "map.html").exists()

"""`patrol score`: the sentence first, in text and JSON and both languages, and bars that the output can show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from solver import score
from solver.export.plan_files import plan_files
from solver.headline import headline
from solver.streets import Streets
from tests.small_town import small_plan, small_town

PROBLEM = small_town()
PLAN = small_plan(PROBLEM)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a right plan."""
    directory = tmp_path_factory.mktemp("out")
    for name, content in plan_files(PROBLEM, PLAN, score(PROBLEM, PLAN), Streets()).items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_sentence_comes_first(out: Path, lang: str) -> None:
    """It is the first thing that is printed, the field `sentence` beside its `figures`, and in summary.txt."""
    said = headline(PROBLEM, PLAN, score(PROBLEM, PLAN), lang)  # type: ignore[arg-type]
    printed = CliRunner().invoke(main, ["score", str(out), "--lang", lang]).stdout
    assert " ".join(printed.split()).startswith(said)
    document = json.loads(CliRunner().invoke(main, ["score", str(out), "--lang", lang, "--json"]).stdout)
    assert document["sentence"] == said
    assert document["figures"]["response"] == document["shares"]["response"]
    if lang == "en":
        assert said in " ".join((out / "summary.txt").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("charset", "mark"), [("utf-8", "█"), ("ascii", "#")])
def test_bars_are_such_as_the_output_can_show(out: Path, charset: str, mark: str) -> None:
    """Where the output takes no blocks, bars are of plain signs."""
    printed = CliRunner(charset=charset).invoke(main, ["score", str(out)]).stdout
    assert mark in printed
    assert ("█" in printed) != ("#" in printed)


def test_a_plan_that_breaks_rules_is_said_to(out: Path, tmp_path: Path) -> None:
    """What is scored though it breaks rules is told on standard error."""
    document = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    document["routes"] = document["routes"][1:]
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    result = CliRunner().invoke(main, ["score", str(out / "problem.json"), str(tmp_path / "plan.json")])
    assert result.exit_code == 0
    assert "see 'patrol check'" in result.stderr

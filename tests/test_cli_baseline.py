"""`patrol baseline`: what it writes is what `patrol plan` writes, and other commands take it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.commands.baseline import RULES
from instances.commands.written_plans import PLAN_NAMES
from instances.towns import make_town, write_town
from solver.baselines import BASELINES


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the directory of a small town's files."""
    directory = tmp_path_factory.mktemp("town")
    write_town(make_town(3, hotspots=12, units=4), directory)
    return directory


@pytest.fixture(scope="module")
def made(town: Path) -> dict[str, tuple[Result, Path]]:
    """Give the result and the directory of each rule."""
    found = {}
    for rule in RULES:
        arguments = (town / "night.yaml", "-o", town / rule, "--rule", rule, "--cache-dir", town / "cache")
        found[rule] = patrol("baseline", *arguments), town / rule
    return found


def files(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def test_every_rule_can_be_named() -> None:
    """The command offers the rules that there are, without importing them."""
    assert tuple(BASELINES) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_the_files_are_those_of_a_plan(made: dict[str, tuple[Result, Path]], rule: str) -> None:
    """All files are there, `patrol check` finds nothing wrong, and the summary names the rule."""
    result, out = made[rule]
    assert result.exit_code == 0, result.output
    assert {p.name for p in out.iterdir()} == set(PLAN_NAMES)
    assert patrol("check", out).exit_code == 0
    assert result.stdout == (out / "summary.txt").read_text(encoding="utf-8")
    assert f"Rule: {rule}, seed 0; no search\n" in result.stdout


def test_other_commands_take_them(made: dict[str, tuple[Result, Path]], town: Path) -> None:
    """They are compared, scored and exported like any plan; the sheet says how they were made, in either language."""
    compared = patrol("compare", "--json", *(out for _, out in made.values()))
    assert compared.exit_code == 0
    values = [plan["figures"]["value"] for plan in json.loads(compared.stdout)["plans"]]
    assert len(values) == len(set(values)) == len(RULES)
    assert patrol("score", town / "beats").exit_code == 0
    plotted = patrol("plot", town / "beats", "search", "-o", town / "search.svg")
    assert plotted.exit_code == 2
    assert "made by a simple rule, without a search" in plotted.output
    for language, said in (("en", "Made by a simple rule (beats), seed 0"), ("zh", "按简单规则（beats）编制")):
        out = town / f"sheets-{language}"
        assert patrol("export", "sheets", town / "beats", "-o", out, "--lang", language).exit_code == 0
        assert any(said in page.read_text(encoding="utf-8") for page in out.glob("*.html"))


def test_the_same_seed_writes_the_same_bytes(town: Path, tmp_path: Path) -> None:
    """Two runs of random patrol with one seed write the same files, another seed another plan."""
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        arguments = ("-o", tmp_path / name, "--rule", "random", "--seed", seed, "--cache-dir", town / "cache")
        assert patrol("baseline", town / "night.yaml", *arguments).exit_code == 0
    assert files(tmp_path / "one") == files(tmp_path / "two")
    plans = [json.loads((tmp_path / name / "plan.json").read_text(encoding="utf-8")) for name in ("one", "other")]
    assert plans[0]["routes"] != plans[1]["routes"]
    assert (plans[0]["seed"], plans[0]["status"], plans[0]["parameters"]["rule"]) == (5, "simple rule", "random")


def test_json_says_what_plan_says(town: Path, tmp_path: Path) -> None:
    """The document has the fields of that of `patrol plan`, but for the history of a search."""
    common = (town / "night.yaml", "--json", "--cache-dir", town / "cache", "-q")
    ours = patrol("baseline", *common, "-o", tmp_path / "a", "--rule", "hottest")
    theirs = patrol("plan", *common, "-o", tmp_path / "b", "--work-limit", "50")
    assert set(json.loads(ours.stdout)) == set(json.loads(theirs.stdout)) - {"history"}


def test_what_posts_lack_is_the_exit_code(town: Path, tmp_path: Path) -> None:
    """A post that asks for more units than there are leaves a shortfall, told by exit code 4."""
    text = (town / "night.yaml").read_text(encoding="utf-8")
    (town / "short.yaml").write_text(text.replace("units: 1}", "units: 9}"), encoding="utf-8")
    assert "units: 9}" in (town / "short.yaml").read_text(encoding="utf-8")
    arguments = ("-o", tmp_path / "out", "--rule", "waiting", "--cache-dir", town / "cache")
    result = patrol("baseline", town / "short.yaml", *arguments)
    assert result.exit_code == 4, result.output
    checked = patrol("check", tmp_path / "out", "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["violations"]) == (4, [])


def test_a_plan_that_is_there_stays(made: dict[str, tuple[Result, Path]], town: Path) -> None:
    """Without --force nothing is replaced, and a rule that there is not is told with those that there are."""
    before = files(town / "beats")
    refused = patrol("baseline", town / "night.yaml", "-o", town / "beats", "--rule", "hottest")
    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert files(town / "beats") == before
    unknown = patrol("baseline", town / "night.yaml", "-o", town / "new", "--rule", "best")
    assert unknown.exit_code == 2
    assert "'waiting', 'random', 'beats', 'hottest'" in unknown.output

"""``docs/baselines.md``: its commands run, its table has the figures of the plans, and its program runs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.baseline import RULES

PAGE = (Path(__file__).parents[1] / "docs" / "baselines.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("baselines")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        quick = [command.replace("--time-limit 5s", "--work-limit 300") for command in COMMANDS]
        return directory, {c: CliRunner().invoke(cli.main, shlex.split(c)[1:]) for c in quick}


def test_commands_run(run: tuple[Path, dict[str, Result]]) -> None:
    """Every command of the page succeeds."""
    assert {command: result.exit_code for command, result in run[1].items()} == dict.fromkeys(run[1], 0)
    assert len(run[1]) == 7


def rows() -> dict[str, list[str]]:
    """Return the figures of the table, by plan."""
    table = [line for line in PAGE.splitlines() if re.match(r"\| `[\w ]+`[^|]*\|( [\d.]+( %)? \|){6}", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {name.split("`")[1]: figures for name, *figures in cells}


@pytest.mark.parametrize("rule", RULES)
def test_the_table_has_the_figures_of_the_rules(run: tuple[Path, dict[str, Result]], rule: str) -> None:
    """Value, layers, visits and kilometres are those of the plan that the command of the page writes."""
    result = CliRunner().invoke(cli.main, ["compare", "--json", *(str(run[0] / name) for name in (rule, "out"))])
    plan = json.loads(result.stdout)["plans"][0]
    shares = [plan["figures"]["value"], *(plan["layers"][layer] for layer in ("presence", "response", "backup"))]
    shown = rows()[rule]
    assert shown[:4] == [f"{100 * share:.1f} %" for share in shares]
    assert shown[4:] == [str(plan["visits"]), f"{plan['metres'] / 1000:.0f}"]


def test_the_plan_is_better_than_the_rules(run: tuple[Path, dict[str, Result]]) -> None:
    """Also a search of a moment is worth more than each of them, and the table shows no less than it found."""
    values = {name: json.loads((run[0] / name / "plan.json").read_text())["value"] for name in ("out", *RULES)}
    assert max(values, key=lambda name: values[name]) == "out"
    assert float(rows()["patrol plan"][0].split()[0]) > 100 * max(values[rule] for rule in RULES)


def test_every_rule_is_explained() -> None:
    """The page has a row for each rule, in the order of the command's help."""
    assert tuple(re.findall(r"^\| `(\w+)` \| [A-Z]", PAGE, re.MULTILINE)) == RULES


def test_the_python_example_runs(
    run: tuple[Path, dict[str, Result]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program of the page prints a line for each rule, with the presence of the table."""
    monkeypatch.chdir(run[0])
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "baselines.md", "exec"), {})
    shown = {rule: round(float(figures[1].split()[0])) for rule, figures in rows().items() if rule in RULES}
    assert capsys.readouterr().out.splitlines() == [f"{r}: {shown[r]}% of the risk is covered" for r in RULES]

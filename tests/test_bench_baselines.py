"""The benchmark of simple rules: every rule has its rows, and they are held against what the engine made."""

from __future__ import annotations

from benchmarks.baselines import DRAWS, HEAD, rows_of, table
from benchmarks.cover.runs import Run
from solver.baselines import BASELINES
from tests.problems import town_problem


def test_every_rule_has_its_rows() -> None:
    """Random patrol has several draws that differ; every plan keeps the rules."""
    rows = rows_of("S", 1, town_problem(3, units=3, hotspots=9))
    assert {rule: sum(row.rule == rule for row in rows) for rule in BASELINES} == {
        rule: DRAWS if rule == "random" else 1 for rule in BASELINES
    }
    assert len({row.value for row in rows if row.rule == "random"}) > 1
    assert not any(row.violations for row in rows)


def test_the_table_holds_them_against_the_engine() -> None:
    """The engine comes first, then the rules by value; shares are of its value and of the least bound in the town."""
    rows = rows_of("S", 1, town_problem(3, units=3, hotspots=9))
    ours = Run("S", 1, "patrolplan", 60.0, 990, 1000, 1000, 0.5, 60.0, 119.5, 300.0, 0, 0)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(rows, [ours])]
    assert tuple(lines[0]) == HEAD
    assert lines[2][1:7] == ["patrolplan", "99.0 %", "99.0 %", "99.0 %", "99.0 %", "100.0 %"]
    values = [float(line[2].split()[0]) for line in lines[3:]]
    assert values == sorted(values, reverse=True)
    (waiting,) = [line for line in lines if line[1] == "waiting"]
    (value,) = [row.value for row in rows if row.rule == "waiting"]
    assert waiting[5:7] == [f"{100 * value:.1f} %", f"{100 * value / 0.99:.1f} %"]


def test_without_runs_of_the_engine_there_is_nothing_beside() -> None:
    """Where the engine's runs are not known, a dash stands for the shares."""
    rows = rows_of("S", 1, town_problem(3, units=3, hotspots=9))
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(rows, [])]
    assert [line[5:7] for line in lines[2:]] == [["-", "-"]] * len(BASELINES)

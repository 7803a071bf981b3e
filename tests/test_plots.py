"""Plots: the figures of the scorecard, as files that other programs take, the same from the same plan."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

import cli
from instances.plot_files import plot_file
from solver.export.sheet_words import ENGLISH
from solver.plan import Mark, Plan
from solver.plan_json import plan_to_json
from solver.plots.kinds import KINDS_OF_PLOTS, NothingToPlotError, units_by_minute
from solver.problem import Problem
from solver.problem_json import problem_to_json
from solver.score import score
from tests.problems import tiny_problems
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import lonely_car, small_plan, small_town

HISTORY = (
    Mark(0.5, 1, 90, 30, None),
    Mark(1.0, 2, 60, 0, 150),
    Mark(2.0, 9, 80, 0, 110),
    Mark(4.0, 20, 80, 0, 100),
)


def town() -> tuple[Problem, Plan]:
    problem = small_town()
    return problem, small_plan(problem).replace(history=HISTORY)


def drawn(kind: str, problem: Problem, plan: Plan) -> Figure:
    return KINDS_OF_PLOTS[kind](problem, plan, score(problem, plan), ENGLISH)


def lines(axes: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in axes.get_lines()}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50), st.data())
def test_cover_is_the_scorecard(seed: int, data: st.DataObject) -> None:
    """The lines of the cover are the shares by hour of the scorecard, in per cent, from where each hour begins."""
    problem = small_problem(seed)
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    (axes,) = drawn("cover", problem, plan).axes
    card = score(problem, plan)
    for layer, line in lines(axes).items():
        shares = [getattr(hour, layer.lower()) for hour in card.hours]
        assert list(line.get_xdata()) == [*(h.start for h in card.hours), problem.minutes]
        np.testing.assert_allclose(
            line.get_ydata()[:-1], [np.nan if s is None else 100 * s for s in shares], equal_nan=True
        )
        assert line.get_drawstyle() == "steps-post"


def test_search_is_the_history() -> None:
    """Value and bound are drawn at their seconds, in per cent; plans that lack more have a line of their own."""
    problem, plan = town()
    (axes,) = drawn("search", problem, plan).axes
    full = score(problem, plan).full
    found = lines(axes)
    for label, expected in (
        (ENGLISH.value, [np.nan, 60, 80, 80]),
        (ENGLISH.no_plan_is_worth_more, [np.nan, 150, 110, 100]),
        (ENGLISH.lacking_more, [90, np.nan, np.nan, np.nan]),
    ):
        assert list(found[label].get_xdata()) == [0.5, 1.0, 2.0, 4.0]
        np.testing.assert_allclose(found[label].get_ydata(), 100 * np.array(expected) / full, equal_nan=True)
    assert axes.get_xlabel() == ENGLISH.seconds


def test_search_limited_by_moves() -> None:
    """Where there are no seconds the moves are drawn, and the axis says so."""
    problem, plan = town()
    plan = plan.replace(history=tuple(replace(mark, seconds=None) for mark in HISTORY))
    (axes,) = drawn("search", problem, plan).axes
    assert list(lines(axes)[ENGLISH.value].get_xdata()) == [1, 2, 9, 20]
    assert axes.get_xlabel() == ENGLISH.moves


def test_risk_is_the_problem() -> None:
    """Risk and demand are the sums over all hotspots and points, slot by slot."""
    problem, plan = town()
    above, middle, below = drawn("risk", problem, plan).axes
    for axes, rows in ((above, [(5, 10), (2, 4)]), (middle, [(3, 6), (1, 1)])):
        (line,) = axes.get_lines()
        sums = [sum(column) for column in zip(*rows, strict=True)]
        assert (list(line.get_xdata()), list(line.get_ydata())) == ([0, 60, 120], [*sums, sums[-1]])
    assert set(lines(below)) == {ENGLISH.on_duty, ENGLISH.on_patrol}


def test_units_on_duty_and_available() -> None:
    """A1 is not available on its post (25 to 55) and in its break (58 to 78); B2 goes home at 90."""
    on_duty, free = units_by_minute(*town())
    assert on_duty == [2] * 90 + [1] * 30
    assert [t for t in range(90) if free[t] == 1] == [*range(25, 55), *range(58, 78)]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50), st.data())
def test_units_are_the_plan(seed: int, data: st.DataObject) -> None:
    """Each visit, stint and break of the plan is a bar as long as it lasts in the row of its unit."""
    problem = small_problem(seed)
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    (axes,) = drawn("units", problem, plan).axes
    bars = {
        (container.get_label(), round(bar.get_y() + bar.get_height() / 2), bar.get_x(), bar.get_width())
        for container in axes.containers
        for bar in container
    }
    for i, route in enumerate(plan.routes):
        for stop in route.stops:
            if stop.leave > stop.arrive:
                assert (ENGLISH.kinds[stop.kind], i, stop.arrive, stop.leave - stop.arrive) in bars
    assert [label.get_text() for label in axes.get_yticklabels()] == [route.callsign for route in plan.routes]


@settings(max_examples=15, deadline=None)
@given(tiny_problems(), st.sampled_from(["cover", "risk", "units"]), st.data())
def test_whatever_the_problem(problem: Problem, kind: str, data: st.DataObject) -> None:
    """There is a plot of every problem, or words that say what there is nothing of."""
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    weights = [*(sum(h.risk) for h in problem.hotspots), *(sum(d.demand) for d in problem.demand)]
    if kind == "cover" and not any(weights):
        with pytest.raises(NothingToPlotError, match="neither risk nor demand"):
            drawn(kind, problem, plan)
    else:
        assert drawn(kind, problem, plan).axes


@pytest.mark.parametrize("kind", list(KINDS_OF_PLOTS))
@pytest.mark.parametrize("form", ["svg", "png"])
def test_files(kind: str, form: Any) -> None:
    """SVG is XML with the texts in it, PNG is a picture; the same plan gives the same bytes, without a date."""
    problem, plan = town()
    problem = problem.replace(name="$x$ <b> & 一")
    plan = plan.replace(fingerprint=problem.fingerprint())
    one, other = (plot_file(kind, problem, plan, form, "en")[0] for _ in range(2))
    assert one == other
    if form == "svg":
        text = " ".join(ET.fromstring(one).itertext())
        assert "$x$ <b> & 一" in text
        assert not [
            name for name in ("date", "script", "image") if f"}}{name}'" in str(list(ET.fromstring(one).iter()))
        ]
    else:
        with Image.open(io.BytesIO(one)) as picture:
            assert picture.format == "PNG"
            assert picture.width >= 1200


def test_a_character_that_no_font_has() -> None:
    """Characters that no font has are named, and the plot is made."""
    problem, plan = town()
    drawn, lacking = plot_file("cover", problem.replace(name="\U000f1234"), plan, "svg", "zh")
    assert "\U000f1234" in lacking
    assert drawn


@pytest.fixture
def out(tmp_path: Path) -> Path:
    problem, plan = town()
    covered = score(problem, plan).covered
    (tmp_path / "problem.json").write_text(problem_to_json(problem), encoding="utf-8")
    (tmp_path / "plan.json").write_text(plan_to_json(problem, plan, covered), encoding="utf-8")
    return tmp_path


def test_command(out: Path) -> None:
    """The command writes the file, refuses to replace it, and says in JSON what it wrote."""
    file = out / "cover.svg"
    arguments = ["plot", str(out), "cover", "-o", str(file), "--lang", "zh", "--json"]
    done = CliRunner().invoke(cli.main, arguments)
    assert (done.exit_code, file.read_bytes()[:5]) == (0, b"<?xml")
    assert str(file) in done.stdout
    assert CliRunner().invoke(cli.main, arguments).exit_code == 2
    assert CliRunner().invoke(cli.main, [*arguments, "--force"]).exit_code == 0


def test_two_files_instead_of_a_directory(out: Path) -> None:
    """A problem and a plan may be named by themselves."""
    files = [str(out / "problem.json"), str(out / "plan.json")]
    done = CliRunner().invoke(cli.main, ["plot", *files, "units", "-o", str(out / "units.png")])
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "said"), [("x.jpg", "must end in .svg or .png"), ("x", "must end in .svg or .png"), (".svg", "must end")]
)
def test_other_endings(out: Path, name: str, said: str) -> None:
    """Another ending is a usage error that names those that do."""
    done = CliRunner().invoke(cli.main, ["plot", str(out), "cover", "-o", str(out / name)])
    assert done.exit_code == 2
    assert said in done.stderr


def test_no_history(out: Path) -> None:
    """A plan without the history of its search has no such plot, and nothing is written."""
    problem = lonely_car(60)
    plan = Plan(problem.fingerprint(), ())
    (out / "problem.json").write_text(problem_to_json(problem), encoding="utf-8")
    (out / "plan.json").write_text(plan_to_json(problem, plan, score(problem, plan).covered), encoding="utf-8")
    done = CliRunner().invoke(cli.main, ["plot", str(out), "search", "-o", str(out / "x.svg")])
    assert done.exit_code == 2
    assert "does not say how its search went" in done.stderr
    assert not (out / "x.svg").exists()

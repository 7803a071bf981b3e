"""The benchmark of sites: published problems are read right and solved to their optima, runs are kept and summed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sites.cities import city, even_town
from benchmarks.sites.engines import OURS, SPOPT, run
from benchmarks.sites.published import Case, sjc_cases, stores_cases
from benchmarks.sites.table import Run, at_scale, keep, read, side_by_side
from solver.sites import SiteProblem, most_covered

FIELDS = ("SJC", "SJC324", "MCLP", "800", "3")


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Path:
    """Give the directory of published problems, or skip."""
    directory = shared_data.parent / "benchmarks"
    if not (directory / "mclp_sjc").is_dir() or not (directory / "spopt_sf").is_dir():
        pytest.skip(f"published problems are not there: {directory}")
    return directory


def ours(**changes: object) -> Run:
    figures: dict[str, object] = {"value": 10, "bound": "10", "optimum": "10", "seconds": 2.0, "build_cpu": 0.5}
    return Run(*FIELDS, OURS, **{**figures, "cpu": 1.5, **changes})  # type: ignore[arg-type]


def small_case(model: str) -> Case:
    """Return four places on a line, two apart, of which each serves what is no farther than two."""
    at = np.arange(4) * 2.0
    optimum = {"MCLP": 9, "LSCP": 2, "LSCP-B": 2}[model]
    demand = np.array([1, 2, 3, 4]) if model == "MCLP" else np.ones(4)
    return Case("line", "line", model, 2.0, 1, np.abs(at[:, None] - at), demand.astype(np.int64), optimum)


@pytest.mark.parametrize("model", ["MCLP", "LSCP", "LSCP-B"])
def test_our_engine_proves_optima(model: str) -> None:
    """Each model of a problem worked out by hand ends with its optimum as value and bound, and time is measured."""
    found = run(OURS, small_case(model))
    assert found.value == found.bound == small_case(model).optimum
    assert 0 <= found.build_cpu <= found.cpu


@pytest.mark.skipif(importlib.util.find_spec("spopt") is None, reason="spopt is not installed")
@pytest.mark.filterwarnings("ignore")  # PuLP's own, about its next version
@pytest.mark.parametrize("model", ["MCLP", "LSCP"])
def test_spopt_is_asked_the_same(model: str) -> None:
    """Spopt ends with the same optimum of the same problem."""
    assert run(SPOPT, small_case(model)).value == small_case(model).optimum


def test_published_problems_are_read(published: Path) -> None:
    """There are 82 maximal covering problems with their set covering ones, and those of the stores; shapes fit."""
    cases = list(sjc_cases(published / "mclp_sjc"))
    assert sum(case.model == "MCLP" for case in cases) == 82
    assert sum(case.model == "LSCP" for case in cases) == 15
    assert all(case.metres.shape == (len(case.demand),) * 2 for case in cases)
    stores = list(stores_cases(published / "spopt_sf"))
    assert {case.model for case in stores} == {"MCLP", "LSCP", "LSCP-B"}
    assert {case.metres.shape for case in stores} == {(205, 16)}
    assert {int(case.demand.sum()) for case in stores if case.model == "MCLP"} == {955_113}


def test_published_optima_are_proved(published: Path) -> None:
    """Our engine proves the known optimum of every problem of the stores and the two smallest SJC sets."""
    cases = [case for case in sjc_cases(published / "mclp_sjc") if case.instance in ("SJC324", "SJC402")]
    cases += stores_cases(published / "spopt_sf")
    for case in cases:
        found = run(OURS, case)
        assert found.value == found.bound == case.optimum, (case.instance, case.model, case.radius, case.points)


def test_a_city_is_as_large_as_asked_for() -> None:
    """A city has the candidates and no more demand points than asked for, and can be covered; its seed makes it."""
    made = city(1, size=60, hotspots=20)
    assert made.seconds.shape[1] == 60
    assert 40 <= made.seconds.shape[0] <= 64
    assert made.demand.shape == (8, len(made.standard))
    assert set(made.standard.tolist()) <= {60, 180, 300}
    problem = SiteProblem((made.seconds >= 0) & (made.seconds <= made.standard[:, None]), made.demand)
    assert 0.5 < most_covered(problem, 5).share <= 1
    assert (city(1, size=60, hotspots=20).seconds == made.seconds).all()


def test_an_even_town_has_as_many_points() -> None:
    """Demand points and candidates are as many as asked for, each with some demand and within reach."""
    made = even_town(1, size=60, hotspots=20)
    assert made.seconds.shape == (60, 60)
    assert made.demand.min() >= 1
    assert made.seconds.min() >= 0


def test_runs_are_kept(tmp_path: Path) -> None:
    """A run that is made again takes the place of the earlier one, and others stay."""
    path = tmp_path / "runs.csv"
    other = Run(*FIELDS, SPOPT, value=10, bound="", optimum="10", seconds=9.0, build_cpu=7.0, cpu=8.0)
    keep(path, [ours(value=9), other])
    keep(path, [ours()])
    assert sorted(read(path), key=lambda r: r.engine) == [ours(), other]


def test_tables_count_what_is_found_and_proved() -> None:
    """Optima that were missed or not proved do not count, seconds add up, and an engine without bounds proves none."""
    runs = [ours(), Run(*FIELDS[:4], "4", OURS, value=11, bound="12", optimum="12", seconds=1, build_cpu=0.5, cpu=1)]
    runs.append(Run(*FIELDS, SPOPT, value=10, bound="", optimum="10", seconds=9.0, build_cpu=7.0, cpu=8.0))
    table = side_by_side(runs)
    assert "| SJC | MCLP | 2 | patrolplan | 1 | 1 | 1.0 | 2.5 | 3.0 |" in table
    assert "| SJC | MCLP | 1 | spopt | 1 | - | 7.0 | 8.0 | 9.0 |" in table
    large = Run("city", "city 1", "MCLP", "3 min", "5", OURS, 1000, "1010", "", 60.0, 0.0, 59.0)
    assert at_scale([*runs, large])[2:] == ["| city 1 | MCLP | 3 min | 5 | 1,000 | 1,010 | 1.000% | 59.0 | 60.0 |"]

"""The benchmark of cover: its problems have what they say, the simpler methods keep the rules, figures are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.cover import measure, towns
from benchmarks.cover.hourly import data_of, requests_of
from benchmarks.cover.report import parts
from benchmarks.cover.runner import Job, run_all
from benchmarks.cover.runs import Run, Sample, keep_curve, keep_runs, read_curves, read_runs
from benchmarks.cover.sizes import SIZES, Size
from benchmarks.cover.tables import gap_table, method_table
from benchmarks.cover.waiting import waiting
from solver import Plan, Problem, check, problem_to_json, score
from solver.baselines import BASELINES
from solver.baselines.duties import settle
from tests.problems import tiny_problems, town_problem

TINY = Size("tiny", town=12, units=5, hotspots=8, demand=20, stations=1, posts=1, grid=2, hours=8)
RUN = Run("S", 1, "patrolplan", 10.0, 970, 1200, 1000, 0.5, 10.0, 19.5, 300.0, 0, 0, {5.0: 0.5})


def hottest_first(problem: Problem) -> Plan:
    return BASELINES["hottest"](problem, np.random.default_rng(0))


@pytest.fixture(scope="module")
def tiny() -> Problem:
    return towns.make(TINY, 1)


def test_a_problem_has_what_its_size_says(tiny: Problem) -> None:
    """Units, hotspots, demand points, stations, posts, hours and grid are exactly those asked for."""
    found = len(tiny.units), len(tiny.hotspots), len(tiny.demand), len(tiny.stations), len(tiny.posts)
    assert found == (5, 8, 20, 1, 1)
    assert (tiny.minutes, tiny.grid) == (480, 2)


def test_rosters_are_mixed(tiny: Problem) -> None:
    """Most units are cars; whoever works a full shift has a break of half an hour, and some come late."""
    modes = [unit.mode for unit in tiny.units]
    assert 2 * modes.count("car") > len(modes) > modes.count("car")
    assert {unit.start for unit in tiny.units} == {0, 120}
    assert all((unit.break_ is not None) == (unit.end - unit.start == tiny.minutes) for unit in tiny.units)


def test_defaults_are_the_planners(tiny: Problem) -> None:
    """Goals, dwell, linger and rho are those of a shift file that does not say."""
    assert [tiny.goals[layer] for layer in ("presence", "response", "backup")] == [500, 350, 150]
    assert {(h.dwell, h.linger, h.rho) for h in tiny.hotspots} == {(12, 60, 70)}


def test_a_problem_is_kept_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call reads what the first one wrote, and another seed is another problem."""
    monkeypatch.setitem(SIZES, "tiny", TINY)
    first, other = (towns.problem("tiny", seed, folder=tmp_path) for seed in (1, 2))
    monkeypatch.setattr(towns, "make", None)
    assert towns.problem("tiny", 1, folder=tmp_path) == first != other


def test_an_unknown_size_is_told() -> None:
    """The message names the sizes that there are."""
    with pytest.raises(ValueError, match="'XL'; sizes are S, M, L"):
        towns.problem("XL", 1)


def test_a_town_that_is_too_small_is_told() -> None:
    """A problem with fewer hotspots than its size says is refused."""
    greedy = Size("greedy", town=10, units=1, hotspots=900, demand=9, stations=1, posts=1)
    with pytest.raises(ValueError, match="hotspots, not 900"):
        towns.make(greedy, 1)


def test_duties_man_every_post(tiny: Problem) -> None:
    """Where units are plenty, turns leave no post without, and every unit with a break has one."""
    duties = settle(tiny)
    stints = sum(d.leave - d.arrive for mine in duties.by_spell for d in mine if d.kind == "stint")
    assert stints == score(tiny, hottest_first(tiny)).posts[0].wanted
    assert [sum(d.kind == "break" for d in mine) for mine in duties.by_spell] == [bool(u.break_) for u in tiny.units]


@settings(max_examples=60, deadline=None)
@given(tiny_problems(units=3, rules=False))
def test_hottest_first_keeps_every_rule(problem: Problem) -> None:
    """Whatever the shifts, legs, posts and breaks, `check` has nothing to report."""
    assert check(problem, hottest_first(problem)) == ()


@settings(max_examples=15, deadline=None)
@given(tiny_problems(units=3, rules=False))
def test_waiting_keeps_every_rule(problem: Problem) -> None:
    """Whatever the shifts, legs, posts and breaks, `check` has nothing to report."""
    assert check(problem, waiting(problem, 0.5, 0)) == ()


def test_hottest_first_goes_to_the_hottest() -> None:
    """The first visit of all is at the hotspot with most risk, while none is covered."""
    problem = town_problem(3, units=1, hotspots=9, posts=0)
    first = next(stop for stop in hottest_first(problem).routes[0].stops if stop.kind == "visit")
    hottest = max(problem.hotspots, key=lambda hotspot: hotspot.risk[0])
    assert first.place == problem.places[hottest.place].name


def test_waiting_units_stay(tiny: Problem) -> None:
    """But for posts and breaks, a waiting unit is at one place between leaving its station and coming back."""
    for route in waiting(tiny, 2.0, 0).routes:
        places = {stop.place for stop in route.stops if stop.kind in ("visit", "standby")}
        assert len(places - {tiny.places[tiny.stations[0]].name}) <= 1


def test_pyvrp_keeps_every_rule(tiny: Problem) -> None:
    """Its vehicles are the gaps of the shifts, so that the plan it fills keeps posts and breaks."""
    pytest.importorskip("pyvrp")
    from benchmarks.cover.hourly import hourly_visits

    plan = hourly_visits(tiny, 2.0, 0)
    assert check(tiny, plan) == ()
    assert score(tiny, plan).missing == 0
    assert any(stop.kind == "visit" for route in plan.routes for stop in route.stops)


def test_requests_are_one_a_hotspot_and_hour(tiny: Problem) -> None:
    """Each may be begun within its hour, and is worth what a visit at its start covers."""
    pytest.importorskip("pyvrp")
    requests = requests_of(tiny)
    assert len(requests) == 8 * 8
    hotspot = tiny.hotspots[0]
    assert requests[0] == (
        hotspot.place,
        0,
        58,
        12,
        30 * 12 * hotspot.risk[0] + 70 * (60 * hotspot.risk[0] + 12 * hotspot.risk[1]),
    )
    gaps = list(settle(tiny).gaps())
    data = data_of(tiny, gaps, requests)
    assert (data.num_clients, data.num_vehicles) == (64, len(gaps))


def test_runs_are_kept_once(tmp_path: Path) -> None:
    """A run that is made again takes the place of the earlier one, and others stay."""
    table = tmp_path / "cover.csv"
    other = Run("S", 2, "PyVRP", 10.0, 900, 1200, None, 10.0, 10.0, 9.5, 100.0, 3, 1)
    again = Run("S", 1, "patrolplan", 10.0, 980, 1200, 990, 0.4, 10.0, 19.5, 300.0, 0, 0, {5.0: 0.4, 3.0: 2.5})
    keep_runs(table, [RUN, other])
    keep_runs(table, [again])
    assert read_runs(table) == [again, other]


def test_curves_are_kept_once(tmp_path: Path) -> None:
    """The curve of a run that is made again takes the place of the earlier one, and others stay."""
    table = tmp_path / "curves.csv"
    curve = [Sample(0.5, 900, None, 0), Sample(10.0, 970, 1000, 0)]
    other = Run(**{**RUN.__dict__, "seed": 2})
    keep_curve(table, RUN, [Sample(1.0, 800, None, 2)])
    keep_curve(table, other, curve[:1])
    keep_curve(table, RUN, curve)
    assert read_curves(table) == {RUN.key: curve, other.key: curve[:1]}


def test_tables_compare_with_the_least_bound() -> None:
    """A method without a bound of its own is measured by the least one known of the problem."""
    better = Run(**{**RUN.__dict__, "limit": 60.0, "bound": 980})
    lone = Run(**{**RUN.__dict__, "method": "PyVRP", "value": 931, "bound": None})
    line = next(line for line in method_table([RUN, better, lone]) if "PyVRP" in line)
    assert [cell.strip() for cell in line.split("|")][4:7] == ["77.6 %", "95.0 %", "96.0 %"]


def test_the_gap_table_tells_what_was_reached() -> None:
    """Times to a gap are the longest of all seeds, and a dash where a seed did not reach it."""
    slower = Run(**{**RUN.__dict__, "seed": 2, "reached": {5.0: 1.25, 3.0: 4.0}})
    cells = [cell.strip() for cell in gap_table([RUN, slower])[-1].split("|")]
    assert cells[7:11] == ["3.09 %", "3.09 %", "1.25 s", "-"]


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(100, 120)), min_size=1))
def test_a_stopwatch_notes_first_and_last(told: list[tuple[int, int]]) -> None:
    """A thinned curve still begins and ends as the run did, and a gap once reached is noted."""
    watch = measure.Stopwatch()
    for value, bound in told:
        watch(value, bound, 0)
    watch.end()
    assert [watch.curve[0][1:3], watch.curve[-1][1:3]] == [told[0], told[-1]]
    assert (5.0 in watch.reached) == any(bound - value <= 0.05 * value for value, bound in told)


def test_a_run_is_measured_in_its_own_process(tiny: Problem, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What a run gives is kept; one that fails is told and counted, and does not stop the others."""
    file, table = tmp_path / "tiny.json", tmp_path / "cover.csv"
    file.write_text(problem_to_json(tiny), encoding="utf-8")
    jobs = [Job("tiny", f, "hottest first", 1.0, 1) for f in (tmp_path / "absent.json", file)]
    assert run_all(jobs, table) == 1
    assert "failed, exit code 1" in capfd.readouterr().out
    (run,) = read_runs(table)
    assert (run.value, run.violations) == (hottest_first(tiny).value, 0)
    assert run.memory > 10


def test_every_run_is_in_one_part_of_the_report() -> None:
    """Towns, cities and what is cost against size are told apart by the name of the problem."""
    runs = [Run(**{**RUN.__dict__, "problem": name}) for name in ("S", "Malta, 12 units", "base", "L1", "hours")]
    told = {title: [run.problem for run in mine] for title, mine in parts(runs).items()}
    assert told == {"Towns": ["S", "L1"], "Cities": ["Malta, 12 units"], "Cost against size": ["base", "hours"]}


def test_figures_are_the_same_from_the_same_runs(tmp_path: Path) -> None:
    """The file of a figure holds no date and nothing random, and its text is text."""
    pytest.importorskip("matplotlib")
    from benchmarks.cover.figures import draw

    curve = [Sample(0.5, 900, None, 0), Sample(1.0, 900, 1000, 0), Sample(10.0, 970, 1000, 0)]
    drawn = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        draw(tmp_path / name / "gap.svg", [(RUN, curve)])
        drawn.append((tmp_path / name / "gap.svg").read_text(encoding="utf-8"))
    assert drawn[0] == drawn[1]
    assert ">seconds<" in drawn[0]

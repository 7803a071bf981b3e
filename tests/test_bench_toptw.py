"""The benchmark of visits: runs are kept and told, and tours of any method are judged as plans."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.toptw import __main__ as program
from benchmarks.toptw.files import QUICK, Case, family
from benchmarks.toptw.methods import METHODS
from benchmarks.toptw.plans import plan_of
from benchmarks.toptw.runs import Run, keep, read_runs
from benchmarks.toptw.tables import first_50_table, gap_table, town_table
from benchmarks.toptw.towns import Round, make
from solver import Problem, check, problem_to_json, score
from tests.visit_problems import visit_problem

RUN = Run("r104-2", "patrolplan", 10.0, 1, 550, 552, 552, 9.9, 10.4, 0, "time limit")

FILE = """\
3 2 4 1
0 200
 0 0.0 0.0 0 0 0 0 0 100
 1 3.0 4.0 10 7 1 1 15 20 40
 2 0.0 9.99 0 5 0 0 0 90
 3 20.0 10.0 5 9 1 2 1 2 0 90
 4 21.0 11.0 5 4 1 2 1 2 0 90
"""


def test_runs_are_kept_in_order(tmp_path):
    """A table has every run that was put into it, as it was."""
    table, other = tmp_path / "toptw.csv", Run(**{**RUN.__dict__, "method": "PyVRP", "bound": -1})
    keep(table, [RUN])
    keep(table, [other])
    assert read_runs(table) == [RUN, other]
    assert read_runs(tmp_path / "none.csv") == []


def test_gaps_are_shares_of_what_they_say():
    """The gap is a share of the best known, what a bound is above a plan is one of the plan."""
    assert RUN.gap == pytest.approx(2 / 552)
    assert RUN.certified == pytest.approx(2 / 550)
    assert Run(**{**RUN.__dict__, "known": -1, "bound": -1}).gap is None


def test_tables_tell_families_apart():
    """Means are over the runs of a family, and what is proved optimal is counted."""
    best = Run(**{**RUN.__dict__, "case": "pr05-2", "profit": 1110, "bound": 1110, "known": 1101})
    row = [cell.strip() for cell in gap_table([RUN, best])[2].split("|")[1:-1]]
    assert row[:4] == ["patrolplan", "10 s", "2", "-0.23 %"]
    assert row[4:8] == ["-", "0.36 %", "-", "-0.82 %"]
    assert row[8:] == ["0.18 %", "1", "1"]
    assert family("50_rc103-1") == "rc"
    fifty = Run(**{**RUN.__dict__, "case": "50_r101-1", "profit": 552})
    assert "1 of 1" in first_50_table([fifty])[2]


def test_cases_are_chosen_by_name(monkeypatch, tmp_path):
    """By beginnings of names; `each` is every file once, with one to four tours in turn, none of 50 customers."""
    names = ["pr03", "r104", "r101", "r102", "rc104", "50_r101"]
    listed = [Case(tmp_path / f"{name}.txt", tours, None) for name in names for tours in (1, 2, 3, 4)]
    monkeypatch.setattr(program, "cases", lambda _: listed)
    chosen = {words: {case.name for case in program._chosen(tmp_path, words)} for words in ("each", "r10", "quick", "")}
    assert chosen["each"] == {"pr03-1", "r101-2", "r102-3", "r104-4", "rc104-1"}
    assert chosen["r10"] == {case.name for case in listed if case.name.startswith("r10")}
    assert chosen["quick"] == {"r104-2", "rc104-4", "pr03-2"} <= set(QUICK)
    assert len(chosen[""]) == 20


def found_by(method, directory):
    """Return the small problem of this file, what a method finds in a second, and that as a plan."""
    pytest.importorskip({"PyVRP": "pyvrp", "VROOM": "vroom"}.get(method, "numpy"))
    (directory / "r1.txt").write_text(FILE, encoding="utf-8")
    problem = Case(directory / "r1.txt", 1, None).problem()
    found = METHODS[method](problem, 1.0, 1)
    return problem, found, found.plan if found.plan is not None else plan_of(problem, found.tours or [[]])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_rules(method, tmp_path):
    """What a method gives in a second is a plan that `check` has nothing to say to, and does something."""
    problem, _, plan = found_by(method, tmp_path)
    assert check(problem, plan) == ()
    assert score(problem, plan).covered["tasks"] >= 20


@pytest.mark.parametrize("method", METHODS)
def test_tours_name_tasks_by_their_place_in_the_problem(method, tmp_path):
    """Where all tasks can be done, every one is named once, the first as 0, in an order that is in time."""
    problem, found, plan = found_by(method, tmp_path)
    assert found.plan is not None or [sorted(tour) for tour in found.tours or []] == [[0, 1, 2, 3]]
    assert score(problem, plan).covered["tasks"] == 25


@pytest.fixture(scope="module")
def town() -> Problem:
    """Return a small made-up round with two stations."""
    return make(Round("6x40", 6, 40, 2, 50, (2.0, 4.0)), 3)


def test_towns_have_stations_shifts_and_windows_that_differ(town):
    """Units begin at all stations, some end elsewhere, shifts differ; tasks have windows that hold them."""
    assert (len(town.units), len(town.tasks), len(town.stations)) == (6, 40, 2)
    assert {u.origin for u in town.units} == set(town.stations)
    assert any(u.origin != u.destination for u in town.units)
    assert len({(u.start, u.end) for u in town.units}) > 2
    spans = [last - first for k in town.tasks for first, last in k.begins(town.minutes)]
    assert len(spans) == 40
    assert min(spans) < 45
    assert max(spans) > 180
    assert len({k.profit for k in town.tasks}) > 10
    assert {k.minutes for k in town.tasks} <= set(range(5, 21))


def test_towns_are_the_same_from_the_same_seed(town):
    """Nothing but the seed goes in."""
    given = Round("6x40", 6, 40, 2, 50, (2.0, 4.0))
    assert problem_to_json(make(given, 3)) == problem_to_json(town)
    assert make(given, 4).fingerprint() != town.fingerprint()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_rules_of_a_town(method, town):
    """Several stations, ends elsewhere and different shifts: every plan is right, and earns most of what ours earns."""
    pytest.importorskip({"PyVRP": "pyvrp", "VROOM": "vroom"}.get(method, "numpy"))
    found = METHODS[method](town, 1.0, 1)
    plan = found.plan if found.plan is not None else plan_of(town, found.tours or [])
    assert check(town, plan) == ()
    ours = METHODS["without bound"](town, 0.5, 1).plan
    assert ours is not None
    assert score(town, plan).covered["tasks"] >= 0.85 * score(town, ours).covered["tasks"]


def test_towns_have_a_table_of_their_own():
    """It has the mean profit of each method over its seeds, what PyVRP's goes into ours, and the bound above ours."""
    own = {**RUN.__dict__, "case": "town-20x600-1", "known": -1}
    ours = [Run(**{**own, "profit": 5_500_000 + 200_000 * seed, "bound": 5_940_000, "seed": seed}) for seed in (0, 1)]
    peer = Run(**{**own, "method": "PyVRP", "profit": 5_000_000})
    row = [cell.strip() for cell in town_table([*ours, peer, RUN])[2].split("|")[1:-1]]
    assert row == ["20x600-1", "10 s", "56.00 %", "50.00 %", "1.1200", "6.11 %"]
    assert len(town_table([RUN])) == 2


def test_tours_become_plans_that_are_right():
    """Tours in time are plans without violations, worth what they do; no tour is a unit that stands by."""
    problem = visit_problem(np.random.default_rng(3), tasks=4, rules=False)
    plan = plan_of(problem, [[] for _ in problem.units])
    assert check(problem, plan) == ()
    assert plan.value == 0

"""`patrol backtest --shift`: which incidents are a shift's, what a plan had for them, and no look into the future."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cli
from instances.backtest.busy import met_when_busy, nights_of
from instances.backtest.came import Came, ShiftIncidents, as_seen, in_shift, met
from instances.backtest.plans import play
from instances.build import build
from instances.busy_shares import with_share
from instances.errors import InputError
from instances.incidents import EPOCH, read_incidents
from instances.shift import Horizon, Shift
from instances.shift_file import read_shift
from solver.baselines import BASELINES
from solver.plan import Plan
from solver.problem import Problem
from solver.problem_json import problem_to_json
from solver.score import score
from tests.made_incidents import FIRST, incidents_at
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import small_plan, small_town

MONDAY = (FIRST - EPOCH).days
FRIDAY = MONDAY + 4
LONDON = ZoneInfo("Europe/London")


def horizon(start: str, minutes: int, slots: tuple[int, ...]) -> Horizon:
    begin = datetime.fromisoformat(start).replace(tzinfo=LONDON)
    hours = tuple((t.weekday(), t.hour) for t in (begin + timedelta(minutes=s) for s in slots[:-1]))
    return Horizon(LONDON, begin, minutes, 1, slots, hours)


NIGHT = horizon("2026-10-16 22:30", 210, (0, 30, 90, 150, 210))  # a Friday; to 02:00


def test_which_incidents_are_those_of_a_night() -> None:
    """Friday 22:30 to 02:00 has Friday's 22 (half of it) and 23, Saturday's 0 and 1, and nothing of other days."""
    day = np.array([4, 4, 5, 5, 5, 5, 4, 3, 11, 18])  # Friday is 4
    hour = np.array([22, 23, 0, 1, 2, 23, 21, 23, 23, 23])
    made = incidents_at(np.zeros(10), np.zeros(10), day, hour)
    found = in_shift(made, np.full(10, 2.0), NIGHT, MONDAY, MONDAY + 14)
    rows = sorted(
        zip(found.row.tolist(), found.slot.tolist(), found.night.tolist(), found.weight.tolist(), strict=True)
    )
    nights = [(0, 0, FRIDAY, 1.0), (1, 1, FRIDAY, 2.0), (2, 2, FRIDAY, 2.0), (3, 3, FRIDAY, 2.0)]
    assert rows == [*nights, (8, 1, FRIDAY + 7, 2.0)]


def test_what_came_before_the_first_night_ended() -> None:
    """After midnight on the first day it is still the night before: not of the period, as it was planned without it."""
    made = incidents_at(np.zeros(2), np.zeros(2), np.array([5, 5]), np.array([1, 1]))
    assert not len(in_shift(made, np.ones(2), NIGHT, FRIDAY + 1, FRIDAY + 8).row)
    assert len(in_shift(made, np.ones(2), NIGHT, FRIDAY, FRIDAY + 7).row) == 2


def test_an_hour_that_comes_twice() -> None:
    """In the night in which clocks go back an incident of the hour that comes twice counts half in either."""
    twice = Horizon(LONDON, NIGHT.start, 120, 1, (0, 60, 120), ((4, 1), (4, 1)))
    made = incidents_at(np.zeros(1), np.zeros(1), np.array([4]), np.array([1]))
    found = in_shift(made, np.ones(1), twice, MONDAY, MONDAY + 7)
    assert found.weight.tolist() == [0.5, 0.5]


def came_of(problem: Problem, slot: list[int], point: list[int], hotspot: list[int]) -> Came:
    n = len(slot)
    which = ShiftIncidents(np.arange(n), np.array(slot), np.zeros(n, dtype=np.int64), np.ones(n), np.ones(n))
    return Came(which, np.array(point, dtype=np.int64), np.array(hotspot, dtype=np.int64), problem)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_score_says_the_same(seed: int) -> None:
    """If incidents were the demand and the risk of the problem, the scorecard would say what the loop says."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    slots, points, spots = len(problem.slots) - 1, len(problem.demand), len(problem.hotspots)
    assume(points and spots)
    some = [tuple(int(rng.integers(n)) for n in (slots, points, spots)) for _ in range(6)]
    came = came_of(problem, *([row[k] for row in some] for k in range(3)))
    found = met(came, plan)
    length = np.diff(problem.slots)
    # An incident weighs alike in every minute of its slot; slots of other lengths must not weigh more.
    base = int(np.lcm.reduce(length))
    demand, risk = np.zeros((points, slots), dtype=int), np.zeros((spots, slots), dtype=int)
    for s, d, h in some:
        demand[d, s] += base // length[s]
        risk[h, s] += base // length[s]
    as_demand = problem.replace(
        demand=tuple(replace(d, demand=tuple(row.tolist())) for d, row in zip(problem.demand, demand, strict=True)),
        hotspots=tuple(
            replace(h, risk=tuple(row.tolist()), rho=100) for h, row in zip(problem.hotspots, risk, strict=True)
        ),
    )
    card = score(as_demand, plan)
    assert found.within.mean() == pytest.approx(card.share("response"))
    if not any(q.watches for q in problem.posts):  # what a post watches does not linger, but is covered meanwhile
        assert found.seen.mean() == pytest.approx(card.share("presence"))


def test_one_call_finds_nobody_busy() -> None:
    """Nights of one incident each, played as calls, are met as if nobody were ever busy."""
    problem, plan = small_town(), small_plan(small_town())
    came = came_of(problem, [0, 1], [1, 1], [-1, -1])
    alone = replace(came, which=replace(came.which, night=np.arange(2)))
    found = met_when_busy(nights_of(alone, plays=400), plan)
    # Calls come at any second, and units on the road are where they are: a few points apart from whole minutes.
    assert found == pytest.approx(met(came, plan).within, abs=0.08)


def test_many_calls_find_units_busy() -> None:
    """Thirty calls in an hour, each an hour at the scene, find units busy: few are met; shorter service meets more."""
    problem, plan = small_town(), small_plan(small_town())
    came = came_of(problem, [0] * 30, [1] * 30, [-1] * 30)
    long, short = (met_when_busy(nights_of(came, service=s), plan).mean() for s in (3600.0, 60.0))
    assert long < short
    assert long < 0.2 * met(came, plan).within.mean()


def test_nothing_at_no_hotspot_is_seen() -> None:
    """An incident that happened at no hotspot is not seen, whatever the plan; one with nobody on duty is not met."""
    problem = small_town()
    found = met(came_of(problem, [0, 1], [0, 1], [-1, -1]), Plan("", ()))
    assert found.seen.tolist() == [0, 0]
    assert found.within.tolist() == [0, 0]


# A whole town


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def all_in_the_first_slot(n: int) -> ShiftIncidents:
    none = np.zeros(n, dtype=np.int64)
    return ShiftIncidents(np.arange(n), none, none, np.ones(n), np.ones(n))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("loop")
    result = patrol("town", directory / "town", "--hotspots", 10, "--units", 3)
    assert result.exit_code == 0, result.output
    return directory / "town"


def beats(problem: Problem, _: int) -> Mapping[str, Plan]:
    return {name: BASELINES[name](problem, np.random.default_rng(0)) for name in ("beats", "waiting")}


def shift_of(town: Path) -> Shift:
    (path,) = town.glob("*.yaml")
    return read_shift(path)


def test_incidents_are_reached_as_demand_is(town: Path) -> None:
    """An incident at a demand point of the town has its standard and the very travel times that the build gave it."""
    shift = shift_of(town)
    built = build(shift, cache=None)
    points = built.problem.demand
    n = len(points)
    made = incidents_at(np.zeros(n), np.zeros(n), np.full(n, 4), np.full(n, 20))
    made = replace(made, lat=np.array([d.lat for d in points]), lon=np.array([d.lon for d in points]))
    which = all_in_the_first_slot(n)
    came = as_seen(built, made, which, snap=shift.snap, near=150)
    for mode, reach in built.problem.reach.items():
        assert np.array_equal(came.problem.reach[mode][:, came.point], reach)
    assert [came.problem.demand[i].standard for i in came.point] == [d.standard for d in points]


def test_incidents_at_hotspots(town: Path) -> None:
    """An incident where a hotspot is happened at that hotspot; one farther away than asked for at none."""
    shift = shift_of(town)
    built = build(shift, cache=None)
    spots = [built.problem.places[h.place] for h in built.problem.hotspots]
    n = len(spots)
    made = incidents_at(np.zeros(n), np.zeros(n), np.full(n, 4), np.full(n, 20))
    at = replace(made, lat=np.array([p.lat for p in spots]), lon=np.array([p.lon for p in spots]))
    which = all_in_the_first_slot(n)
    assert as_seen(built, at, which, snap=shift.snap, near=50).hotspot.tolist() == list(range(n))
    away = replace(at, lat=at.lat + 0.001)  # 111 m
    near = as_seen(built, away, which, snap=shift.snap, near=50).hotspot
    assert (near != np.arange(n)).all()


def test_no_look_into_the_future(town: Path, tmp_path: Path) -> None:
    """What is planned for a period does not change with what comes in it or later, but with what came before."""
    shift = shift_of(town)
    asked: list[list[str]] = []

    def planner(problem: Problem, number: int) -> Mapping[str, Plan]:
        asked[-1].append(problem_to_json(problem))
        return {"nothing": Plan("", ())}

    last = read_incidents(town / "incidents.csv")[0].last
    begin = last + timedelta(days=1 - 28)  # of the second of two periods
    ever, june = date.min, date(2026, 6, 1)
    for since, gap in ((ever, last), (ever, begin), (june, last)):
        path = tmp_path / f"{len(asked)}.csv"
        with (town / "incidents.csv").open(encoding="utf-8") as file, path.open("w", encoding="utf-8") as other:
            rows = csv.DictReader(file)
            writer = csv.DictWriter(other, rows.fieldnames or ())
            writer.writeheader()
            for row in rows:
                day = date.fromisoformat(row["occurred"][:10])
                if since <= day < gap or day == last:
                    writer.writerow(row)
        asked.append([])
        play(shift, path, planner, days=28, count=2)
    whole, without, later = asked
    assert len(whole) == 2
    assert whole[0] != whole[1]
    assert without == whole
    assert later != whole


def test_played_figures_hang_together(town: Path) -> None:
    """Waiting is never seen, shares lie between 0 and 1, differences are those of the shares, and all repeats."""
    shift = shift_of(town)
    played = play(shift, town / "incidents.csv", beats, days=28, count=2)
    one, two = (played.shares(np.random.default_rng(0)) for _ in range(2))
    assert one == two
    assert played.size.sum() >= played.count  # the shift has whole hours, and no type weighs less than 1
    assert len(played.nights) == 8
    assert one["waiting"]["seen"].value == 0
    for row in one.values():
        assert all(0 <= row[key].value <= 1 for key in ("within", "second", "seen", "busy", "seen_there"))
    over = one["waiting"]["over_seen"]
    assert over.value == pytest.approx(one["beats"]["seen"].value)


def test_planned_is_as_if_no_unit_were_busy(town: Path) -> None:
    """It stands beside what came, in which nobody is away on a call; also where the shift counts on busy units."""
    shift = shift_of(town)
    busy = with_share(shift, Fraction(1, 2))
    said = [play(s, town / "incidents.csv", beats, count=1).plans for s in (shift, busy)]
    assert said[0]["beats"].planned == said[1]["beats"].planned


def test_the_command(town: Path, tmp_path: Path) -> None:
    """`patrol backtest --shift` says first what the plans had for what came, and prints the same as JSON."""
    (path,) = town.glob("*.yaml")
    arguments = ("backtest", town / "incidents.csv", "--shift", path, "--work-limit", 200, "--periods", 2)
    result = patrol(*arguments, "--cache-dir", tmp_path / "cache")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Of the ")
    document = json.loads(patrol(*arguments, "--cache-dir", tmp_path / "cache", "--json").stdout)
    assert document["patrolplan"] == "backtest-plans/1"
    assert list(document["plans"]) == ["planned", *BASELINES]
    planned = document["plans"]["planned"]
    assert f"{100 * planned['within']['value']:.1f} %" in result.stdout
    assert planned["seen"]["value"] > document["plans"]["waiting"]["seen"]["value"] == 0
    assert "by weight" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--periods", "40"],
            "hold 5 periods of 28 days after one to learn from; 40 are wanted; ask for fewer or shorter",
        ),
        (["--cell", "100m", "--bandwidth", "0m"], "--cell, --bandwidth: not with --shift"),
        (["--plot", "x.svg"], "--plot: not with --shift"),
        (["--near", "far"], "'far' is not a distance"),
    ],
)
def test_misused(town: Path, options: list[str], message: str) -> None:
    """Options that make no sense are refused with words that help."""
    (path,) = town.glob("*.yaml")
    result = patrol("backtest", town / "incidents.csv", "--shift", path, *options)
    assert result.exit_code in (2, 3)
    assert message in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_options_that_go_with_a_shift(town: Path) -> None:
    """Limits of a search make no sense without a shift to plan."""
    result = patrol("backtest", town / "incidents.csv", "--time-limit", "5s")
    assert result.exit_code == 2
    assert "--time-limit goes with --shift" in result.stderr


def test_incidents_that_cannot_be_played(town: Path, tmp_path: Path) -> None:
    """Months, dates without hours, and a shift that is made of no incidents are refused, and said why."""
    shift = shift_of(town)
    months = tmp_path / "months.csv"
    rows = "".join(f"54.7,2.4,2026-0{m},violence\n54.7,2.4,2026-0{m},shop theft\n" for m in range(1, 10))
    months.write_text(f"Latitude,Longitude,Month,Type\n{rows}")
    with pytest.raises(InputError, match="no incident has an hour"):
        play(shift, months, beats)
    with pytest.raises(InputError, match="add 'incidents:' to the shift file"):
        play(replace(shift, incidents=None), town / "incidents.csv", beats)

"""Claims about planning anew while the shift runs: the past stays, what has changed is kept, nothing is lost for it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import main
from instances.changes import incident_of, late_of, minute_at
from instances.quantities import QuantityError
from solver import check, score, solve
from solver.differences import difference_lines, differences
from solver.export.plan_files import plan_files
from solver.plan import Plan, Route, Stop
from solver.problem import Lock, LockedStop
from solver.replan import Changes, Incident, Late, ReplanError, replanned
from solver.shortfalls import find_shortfalls
from solver.streets import Streets
from solver.warm_start import fit
from tests.problems import tiny_problems, town_problem
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, small_plan, small_town


def judged(problem, routes):
    """Return the plan of `routes` with all that it claims."""
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def done_by(problem, plan, callsign, at):
    """Return (place, kind, minute) of a unit for every minute before `at`; on the road the place it drives to."""
    (route,) = [r for r in plan.routes if r.callsign == callsign]
    unit = next(u for u in problem.units if u.callsign == callsign)
    legs, names = problem.legs(unit.mode), [p.name for p in problem.places]
    found, before = [], None
    for s in route.stops:
        if before is not None:
            drives = before.leave + int(legs[names.index(before.place), names.index(s.place)])
            # Who is there early waits, said or not.
            waits = "road" if problem.places[names.index(s.place)].exit is not None else "standby"
            found += [(s.place, "road" if t < drives else waits, t) for t in range(before.leave, s.arrive)]
        found += [(s.place, s.kind, t) for t in range(s.arrive, s.leave)]
        before = s
    return [x for x in found if x[2] < at]


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(units=3), data=st.data())
def test_the_past_stays_and_a_plan_without_changes_is_worth_as_much(problem, data):
    """With nothing changed the old plan is a plan of the rest, and every such plan has done the same until then."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    at = pick(0, problem.minutes)
    rest = replanned(problem, plan, at, Changes())
    known = judged(rest.problem, fit(rest.problem, plan).routes)
    assert check(rest.problem, known) == ()
    assert known.value == plan.value
    idle = judged(rest.problem, fit(rest.problem, Plan("", ())).routes)
    assert check(rest.problem, idle) == ()
    for unit in problem.units:
        for made in (known, idle):
            assert done_by(problem, made, unit.callsign, at) == done_by(problem, plan, unit.callsign, at)


@settings(max_examples=60, deadline=None)
@given(problem=tiny_problems(units=3), data=st.data())
def test_whatever_happens_there_is_a_plan_of_the_rest(problem, data):
    """Units out of service, late and sent to incidents, others kept: the rest has a right plan, or a reason is told."""
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    names = [u.callsign for u in problem.units]
    place = problem.places[pick(0, len(problem.places) - 1)].name
    changes = (
        Changes(out=(names[0],)),
        Changes(late=(Late(names[0], pick(1, 20)),)),
        Changes(incidents=(Incident(place, pick(1, 2), pick(1, 20)),)),
        Changes(out=(names[-1],), incidents=(Incident(place, 1, pick(1, 20)),)),
    )[pick(0, 3)]
    changes = replace(changes, helpers=(None, 0, 1)[pick(0, 2)])
    with suppress(ReplanError):
        rest = replanned(problem, plan, pick(0, problem.minutes), changes)
        assert check(rest.problem, judged(rest.problem, fit(rest.problem, plan).routes)) == ()


def test_the_search_of_the_rest_is_no_loss():
    """From every minute on, planning anew with nothing changed gives a plan worth as much or more, within its bound."""
    problem = town_problem(5, units=4, hotspots=12, demand=20, posts=1, stations=2, minutes=240, grid=5)
    plan = solve(problem, time_limit=None, work_limit=100)
    for at in (0, 65, 122, 235, 240):
        rest = replanned(problem, plan, at, Changes()).problem
        made = solve(rest, start=plan, time_limit=None, work_limit=60, seed=3)
        assert check(rest, made) == ()
        assert made.value >= plan.value
        assert made.bound is not None
        assert made.bound >= made.value
    assert made.routes == plan.routes


def stops_of(rest, plan, callsign):
    """Return the stops of a unit in what is left of a plan."""
    (route,) = [r for r in fit(rest.problem, plan).routes if r.callsign == callsign]
    return route.stops


AT = {
    2: "a leg is driven to its end",
    10: "a visit goes on for its dwell",
    20: "what has ended has ended",
    30: "a stint goes on for its least length",
    60: "a break is taken in full",
    105: "a leg is driven to its end",
}


@pytest.mark.parametrize("at", AT)
def test_what_has_begun_is_finished(at):
    """The rule of each kind of stop, for A1 of the small town: where it is free, and when."""
    problem = small_town()
    plan = small_plan(problem)
    (lock, _) = replanned(problem, plan, at, Changes()).problem.locks
    last = lock.stops[-1]
    free = {2: (2, 4), 10: (2, 20), 20: (2, 20), 30: (4, 55), 60: (0, 78), 105: (0, 107)}[at]
    assert (last.place, last.leave) == free


def test_a_unit_out_of_service_ends_its_shift_where_it_is():
    """The visit that it breaks off does not count, its break is no longer asked for, its post lacks a unit."""
    problem = small_town()
    rest = replanned(problem, small_plan(problem), 10, Changes(out=("A1",)))
    a1 = rest.problem.units[0]
    assert (a1.end, a1.destination, a1.break_) == (10, 2, None)
    assert stops_of(rest, small_plan(problem), "A1") == (
        Stop("Central", "standby", 0, 0),
        Stop("Market", "standby", 4, 10),
    )
    assert rest.notes == ("A1 is out of service at Market from 18:10 on",)
    made = solve(rest.problem, start=small_plan(problem), time_limit=None, work_limit=20)
    assert check(rest.problem, made) == ()
    assert [(s.place, s.reason) for s in made.shortfalls] == [("Gate", "too few units on duty")]


def test_others_take_over_the_post_of_a_unit_out_of_service():
    """Where another unit may and can, it mans the post instead."""
    problem = small_town()
    a1, b2 = problem.units
    problem = problem.replace(units=(a1, replace(b2, mode="car")))
    stay = Route("B2", (Stop("Central", "standby", 0, 90),))
    plan = judged(problem, (small_plan(problem).routes[0], stay))
    rest = replanned(problem, plan, 10, Changes(out=("A1",)))
    made = solve(rest.problem, start=plan, time_limit=None, work_limit=50)
    assert made.shortfalls == ()
    assert any((s.place, s.kind) == ("Gate", "stint") for s in made.routes[1].stops)


def test_a_unit_that_has_not_begun_does_not_come_or_comes_later():
    """Out of service before its shift a unit has no route; late, its shift begins so much later."""
    problem = small_town()
    a1, b2 = problem.units
    problem = problem.replace(units=(a1, replace(b2, start=30)))
    plan = judged(problem, fit(problem, small_plan(problem)).routes)
    out = replanned(problem, plan, 20, Changes(out=("B2",)))
    assert [u.callsign for u in out.problem.units] == ["A1"]
    assert out.notes == ("B2 does not begin its shift",)
    late = replanned(problem, plan, 20, Changes(late=(Late("B2", 15),)))
    assert late.problem.units[1].start == 45


def test_a_late_unit_leaves_so_much_later_and_may_come_home_late():
    """It leaves where it is, or arrives where it drives to, so much later; overtime and a lost break are told."""
    problem = small_town()
    plan = small_plan(problem)
    by_visit = replanned(problem, plan, 10, Changes(late=(Late("A1", 15),)))
    assert by_visit.problem.locks[0].stops[-1] == LockedStop(2, "visit", 4, 35)
    on_road = replanned(problem, plan, 22, Changes(late=(Late("A1", 15),)))
    assert on_road.problem.locks[0].stops[-1] == LockedStop(4, "standby", 25, 40)
    home = replanned(problem, plan, 80, Changes(late=(Late("B2", 25),)))
    assert home.problem.units[1].end == 115
    assert home.notes == ("B2 can leave Central at 19:55", "B2 is home at 19:55, 25 minutes after its shift")
    lost = replanned(problem, plan, 57, Changes(late=(Late("A1", 50),)))
    assert lost.problem.units[0].break_ is None
    assert lost.notes[-1] == "A1 has no time left for its break"


def test_the_nearest_units_go_to_an_incident_and_do_not_count_meanwhile():
    """They drop what they do, are there as soon as they can for as long as it takes, and answer no calls then."""
    problem = small_town()
    plan = small_plan(problem)
    rest = replanned(problem, plan, 15, Changes(incidents=(Incident("Market", 2, 30),)))
    assert rest.notes == (
        "A1 is sent to incident at Market: there at 18:16, until 18:46",
        "B2 is sent to incident at Market: there at 18:16, until 18:46",
    )
    assert not rest.problem.tasks[-1].available
    for callsign in ("A1", "B2"):
        assert Stop("incident at Market", "task", 16, 46) in stops_of(rest, plan, callsign)
    none = replanned(problem, plan, 65, Changes(incidents=(Incident("Market", 3, 20),)))
    assert [note for note in none.notes if "only" in note] == [
        "of 3 units for the incident at Market only 1 can be sent"
    ]


def test_who_is_at_an_incident_is_not_sent_to_the_next():
    """An incident is locked, so a second one takes others; a unit is free for it once the first is over."""
    problem = small_town()
    first = replanned(problem, small_plan(problem), 15, Changes(incidents=(Incident("Market", 1, 30),)))
    plan = solve(first.problem, start=small_plan(problem), time_limit=None, work_limit=10)
    second = replanned(first.problem, plan, 20, Changes(incidents=(Incident("Market", 2, 20),)))
    assert [note.split(" is sent to ")[0] for note in second.notes[:1]] == ["B2"]
    assert "only 1 can be sent" in second.notes[1]
    assert check(second.problem, solve(second.problem, start=plan, time_limit=None, work_limit=10)) == ()


def test_a_unit_on_a_stretch_drives_to_its_end():
    """On a stretch of street no unit is stopped: one that is out of service ends its shift where it gets to next."""
    problem = busy_town()
    plan = busy_plan(problem)
    rest = replanned(problem, plan, 110, Changes(out=("A1",)))
    assert rest.problem.units[0].end == 120
    assert stops_of(rest, plan, "A1")[-2:] == (
        Stop("Bridge back", "visit", 102, 114),
        Stop("Central", "standby", 120, 120),
    )


def test_few_change_when_others_are_to_be_kept():
    """With helpers only so many others, the nearest, do otherwise; the rest keep their routes to the minute."""
    problem = town_problem(7, units=6, hotspots=15, demand=20, posts=1, stations=2, minutes=240, grid=5)
    plan = solve(problem, time_limit=None, work_limit=100)
    hit = problem.units[0].callsign
    rest = replanned(problem, plan, 100, Changes(out=(hit,), helpers=1))
    made = solve(rest.problem, start=plan, time_limit=None, work_limit=100)
    assert check(rest.problem, made) == ()
    assert {d.callsign for d in differences(plan, made, 100)} <= {hit, *rest.free}
    assert len(rest.free) == 1


def test_locks_outlast_replanning():
    """What was locked and has begun runs to its end; what comes stays locked, but for units that cannot any more."""
    problem = small_town()
    plan = small_plan(problem)
    locked = problem.replace(
        locks=(
            Lock(0, (LockedStop(4, "stint", 25, 55),)),
            Lock(0, (LockedStop(3, "visit", 85, 100),)),
        )
    )
    plan = plan.replace(fingerprint=locked.fingerprint())
    rest = replanned(locked, plan, 30, Changes())
    assert rest.problem.locks[0].stops[-1] == LockedStop(4, "stint", 25, 55)
    assert Lock(0, (LockedStop(3, "visit", 85, 100),)) in rest.problem.locks
    late = replanned(locked, plan, 57, Changes(late=(Late("A1", 20),)))
    assert "what is locked is not kept by A1: Bridge" in late.notes


def test_all_that_is_wrong_is_told_at_once():
    """Unknown units and places, a unit named twice, numbers that make no sense, a time outside: one list."""
    changes = Changes(
        ("Z9", "A1"), (Late("A1", 5), Late("Q", 0)), (Incident("Nowhere", 1, 10), Incident("Market", 0, 10))
    )
    with pytest.raises(ReplanError) as caught:
        replanned(small_town(), small_plan(small_town()), 500, changes)
    text = " | ".join(caught.value.errors)
    for wrong in ("minute 500", "'Z9'", "'Q'", "named twice", "by 0 minutes", "'Nowhere'", "1 unit and 1 minute"):
        assert wrong in text


def test_differences_are_those_after_the_minute():
    """A stop under way is compared from the minute on; the same stop cut in two is no difference."""
    old = Plan("", (Route("A", (Stop("X", "visit", 0, 30), Stop("Y", "standby", 40, 50))),))
    new = Plan("", (Route("A", (Stop("X", "visit", 0, 10), Stop("X", "visit", 10, 30), Stop("Z", "visit", 41, 50))),))
    (found,) = differences(old, new, 5)
    assert found.falls_away == (Stop("Y", "standby", 40, 50),)
    assert found.new == (Stop("Z", "visit", 41, 50),)
    assert difference_lines(small_town(), (found,), 5, 1)[2:] == [
        "A",
        "  - 18:40-18:50 standby Y",
        "  + 18:41-18:50 visit Z",
    ]
    assert differences(old, old, 5) == ()
    assert differences(old, Plan("", ()), 5)[0].gone


@pytest.mark.parametrize(
    ("text", "late"),
    [("B7 20min", Late("B7", 20)), ("巡 一 1h", Late("巡 一", 60)), ("A1 15", Late("A1", 15))],
)
def test_late_units_are_read(text, late):
    """A callsign, which may hold spaces and any script, and a time."""
    assert late_of(text) == late


@pytest.mark.parametrize(
    ("text", "incident"),
    [
        ("Market", Incident("Market", 1, 30)),
        ("Corn Market units=2 minutes=40", Incident("Corn Market", 2, 40)),
        ("市场 minutes=5", Incident("市场", 1, 5)),
        ("a=b units=3", Incident("a=b", 3, 30)),
    ],
)
def test_incidents_are_read(text, incident):
    """A place and numbers after it, in any order or none."""
    assert incident_of(text) == incident


@pytest.mark.parametrize("text", ["", "units=2", "Market units=0", "Market minutes=x"])
def test_incidents_that_are_none_are_refused(text):
    """Without a place, or with numbers that are none."""
    with pytest.raises(QuantityError):
        incident_of(text)


def test_a_time_after_midnight_is_one_of_the_plan():
    """In a shift over midnight 00:30 is half past midnight of that night; a time outside is refused with the span."""
    night = small_town().replace(start="2020-11-20T23:30:00+00:00")
    assert minute_at(night, "00:30") == 60
    assert minute_at(night, "23:30") == 0
    assert minute_at(night, "01:30") == 120
    assert minute_at(night, "2020-11-21 00:30") == 60
    with pytest.raises(QuantityError, match="23:30-01:30"):
        minute_at(night, "22:00")


def patrol(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give a directory with the small town's plan."""
    problem = small_town()
    plan = small_plan(problem)
    for name, content in plan_files(problem, plan, score(problem, plan), Streets()).items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(content)
    return tmp_path / "out"


def test_the_command_writes_a_plan_and_what_changes(out, tmp_path):
    """A new directory like that of a plan, with changes.txt, which is printed; check finds it right."""
    new = tmp_path / "new"
    result = patrol("replan", out, "--at", "18:10", "-o", new, "--late", "B2 5min", "--work-limit", 20)
    assert result.exit_code == 0, result.output
    assert result.stdout == (new / "changes.txt").read_text()
    assert "B2 can leave" in result.stdout
    assert patrol("check", new).exit_code == 0
    told = patrol(
        "replan", new, "--at", "18:30", "-o", tmp_path / "b", "--out-of-service", "A1", "--work-limit", 20, "--json"
    )
    assert told.exit_code == 4
    document = json.loads(told.stdout)
    assert document["missing"] == 30
    assert document["changes"][0]["callsign"] == "A1"
    again = patrol("replan", out, "--at", "18:10", "-o", new, "--work-limit", 5)
    assert again.exit_code == 2
    assert "--force" in again.output


def test_the_command_tells_all_that_is_wrong(out, tmp_path):
    """Exit code 2, one message with everything, and nothing is written."""
    result = patrol(
        "replan",
        out,
        "--at",
        "25:00",
        "-o",
        tmp_path / "new",
        "--out-of-service",
        "Z9",
        "--late",
        "x",
        "--incident",
        "units=2",
    )
    assert result.exit_code == 2
    for wrong in ("--at:", "--late:", "--incident:", "'Z9'"):
        assert wrong in result.output
    assert not (tmp_path / "new").exists()


def test_a_plan_that_breaks_rules_is_not_gone_on_from(out, tmp_path):
    """Exit code 5: what the units did is not known."""
    document = json.loads((out / "plan.json").read_text())
    del document["routes"][1]
    (out / "plan.json").write_text(json.dumps(document))
    result = patrol("replan", out, "--at", "18:10", "-o", tmp_path / "new")
    assert result.exit_code == 5
    assert not (tmp_path / "new").exists()


def test_the_same_search_gives_the_same_bytes(out, tmp_path):
    """No file that is written tells the time, so the same work gives the same files."""
    for name in ("a", "b"):
        patrol("replan", out, "--at", "18:20", "-o", tmp_path / name, "--late", "A1 5", "--work-limit", 30)
    for path in sorted((tmp_path / "a").rglob("*")):
        if path.is_file() and path.name != "plan.json":  # it holds the seconds that the search took
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_random_towns_have_a_rest():
    """Towns with breaks, posts and staggered shifts can be planned anew at any time, whoever is out."""
    problem = town_problem(11, units=5, hotspots=10, demand=10, posts=1, stations=2, minutes=300, grid=5)
    plan = judged(problem, fit(problem, solve(problem, time_limit=None, work_limit=30)).routes)
    for at in np.linspace(0, 300, 7).astype(int).tolist():
        for unit in problem.units:
            rest = replanned(problem, plan, at, Changes(out=(unit.callsign,)))
            assert check(rest.problem, judged(rest.problem, fit(rest.problem, plan).routes)) == ()

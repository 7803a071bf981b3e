"""Units that choose their duty within their shift: the rule worked out by hand, what is told, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver import Plan, Problem, Route, Stop, check, score, solve
from solver.export.gpx import route_gpx
from solver.problem import Break, Hotspot, ProblemError, Task, Unit
from solver.problem_json import problem_from_json, problem_to_json
from solver.shortfalls import find_shortfalls
from solver.streets import Streets
from solver.summary import summary
from tests.small_town import BRIDGE, CENTRAL, GATE, MARKET, NORTH, lonely_car

MARKET_TASK, GATE_TASK, BRIDGE_TASK = (
    Task(MARKET, 10, 3, ((20, 40),)),
    Task(GATE, 10, 4, ((80, 100),)),
    Task(BRIDGE, 10, 5, ((150, 170),)),
)


def town(longest: int | None = 60, **unit: object) -> Problem:
    """Return one car from 18:00 to 21:00, and tasks begun at 18:20-18:40, 19:20-19:40 and 20:30-20:50."""
    car = Unit("A1", "car", 0, 180, CENTRAL, CENTRAL, longest_duty=longest)
    tasks = (MARKET_TASK, GATE_TASK, BRIDGE_TASK)
    return lonely_car(180, grid=1, tasks=tasks, units=(replace(car, **unit),), goals={"tasks": 1})


def plan_of(problem: Problem, *stops: Stop) -> Plan:
    """Return the plan in which the car makes these stops, with all that it claims."""
    routes = (Route("A1", stops),)
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def home(arrive: int, leave: int, place: str = "Central") -> Stop:
    """Return standby at a station."""
    return Stop(place, "standby", arrive, leave)


MARKET_STOP, GATE_STOP = Stop("Market", "task", 40, 50), Stop("Gate", "task", 80, 90)


@pytest.mark.parametrize(
    ("stops", "minutes"),
    [
        # Out at 36, four minutes to the market, five on to the gate, three home.
        ((home(0, 36), MARKET_STOP, home(54, 180)), 18),
        ((home(0, 36), MARKET_STOP, GATE_STOP, home(93, 180)), 57),
        # Waiting between tasks counts, be it at the station; standby in several pieces before and after does not.
        ((home(0, 36), MARKET_STOP, home(54, 77), GATE_STOP, home(93, 180)), 57),
        ((home(0, 10), home(12, 36), MARKET_STOP, home(54, 60), home(70, 180)), 18),
        # Setting out early counts, and so does coming back late, or by way of another place.
        ((home(0, 20), MARKET_STOP, home(60, 180)), 40),
        ((home(0, 0), home(10, 12, "North"), home(17, 36), MARKET_STOP, home(54, 180)), 54),
        # A break at the station is duty, and what is there from the first minute to the last as well.
        ((home(0, 5), Stop("Central", "break", 10, 30), home(30, 36), MARKET_STOP, home(54, 180)), 44),
        ((home(0, 36), MARKET_STOP, Stop("Central", "break", 60, 80), home(80, 180)), 44),
        ((Stop("Central", "break", 0, 20), home(20, 180)), 20),
        ((home(0, 180),), 0),
    ],
)
def test_duty_is_from_setting_out_to_being_back_for_good(stops: tuple[Stop, ...], minutes: int) -> None:
    """A longest duty of just these minutes is kept, and one minute less is not, with both figures in the message."""
    pause = Break(20, 0, 180, (CENTRAL,)) if any(s.kind == "break" for s in stops) else None
    kept = town(max(minutes, 20), break_=pause)
    assert "duty_too_long" not in {v.code for v in check(kept, plan_of(kept, *stops))}
    if minutes <= 20:
        return
    problem = town(minutes - 1, break_=pause)
    found = [v for v in check(problem, plan_of(problem, *stops)) if v.code == "duty_too_long"]
    assert len(found) == 1
    assert found[0].callsign == "A1"
    assert f"{minutes} minutes from setting out to being back" in found[0].message
    assert f"its longest duty is {minutes - 1} minutes" in found[0].message


def test_a_unit_that_ends_elsewhere_is_on_duty_until_it_is_there() -> None:
    """From the one station to the other is duty, whenever that is, and standby at either before or after it is none."""
    problem = town(5, destination=NORTH)
    assert check(problem, plan_of(problem, home(0, 100), home(105, 180, "North"))) == ()
    slow = plan_of(problem, home(0, 100), home(106, 180, "North"))
    assert [v.code for v in check(problem, slow)] == ["duty_too_long"]


def test_a_violation_says_when_to_set_out() -> None:
    """The message names the unit, from when to when it is on duty, and when it would have to set out."""
    problem = town(50)
    plan = plan_of(problem, home(0, 36), MARKET_STOP, GATE_STOP, home(93, 180))
    assert [str(v) for v in check(problem, plan)] == [
        "duty_too_long: A1 is on duty 18:36-19:33, 57 minutes from setting out to being back; its longest duty is "
        "50 minutes: let it set out at 18:43 or later, or leave something out"
    ]


@pytest.mark.parametrize(
    ("longest", "profit"),
    # All three take 131 minutes from 18:36 on, gate and bridge 70 from 19:37 on, market and gate 57 from 18:36 on.
    [(None, 12), (131, 12), (130, 9), (70, 9), (69, 7), (57, 7), (56, 5), (24, 5), (23, 4), (16, 4), (15, 0)],
)
def test_the_plan_earns_what_the_longest_duty_allows(longest: int | None, profit: int) -> None:
    """The best choice of duty was worked out by hand; the plan makes it, keeps every rule, and is proved optimal."""
    problem = town(longest)
    plan = solve(problem, time_limit=None, work_limit=300)
    assert score(problem, plan).covered["tasks"] == profit
    assert check(problem, plan) == ()
    assert plan.status == "optimal"


@pytest.mark.parametrize("engine", ["paths", "routing"])
def test_other_engines_refuse_a_longest_duty_that_binds(engine: str) -> None:
    """They do not know of it and say so, with the units and what to use; one as long as the shift binds nobody."""
    with pytest.raises(ValueError, match="shorter than the shift, which A1 must keep; use 'visits'"):
        solve(town(), engine=engine, time_limit=1)
    free = town(180)
    assert check(free, solve(free, engine=engine, time_limit=None, work_limit=3, bound=False)) == ()


def test_a_document_without_it_is_what_it_was() -> None:
    """Where there is none it is not written, so that fingerprints stay; where there is one it is read again."""
    free, bound = town(None), town(60)
    assert "longest_duty" not in problem_to_json(free)
    assert problem_from_json(problem_to_json(bound)).units[0].longest_duty == 60
    assert len({p.fingerprint() for p in (free, bound, town(61))}) == 3


ERRORS = [
    (town, {"longest_duty": 0}, "unit 'A1': longest_duty (0) must be a positive multiple of the grid (1)"),
    (
        town,
        {"longest_duty": 4, "destination": NORTH},
        "from its first station to its last within its longest duty of 4",
    ),
    (
        town,
        {"longest_duty": 29, "break_": Break(20, 0, 180, (NORTH,))},
        "no time for its break of 20 minutes, with the ways to it and home, within its longest duty of 29 minutes",
    ),
]


@pytest.mark.parametrize(("make", "unit", "text"), ERRORS)
def test_a_longest_duty_in_which_nobody_can_serve_is_refused(make, unit, text) -> None:
    """A longest duty of no minutes, or too short for the way home or for the break, contradicts the problem."""
    with pytest.raises(ProblemError) as caught:
        make(None, **unit)
    assert len(caught.value.errors) == 1
    assert text in caught.value.errors[0]


def test_problems_that_are_not_of_tasks_alone_are_refused() -> None:
    """What is covered at a station would depend on whether the unit is on duty there; every unit is told of."""
    problem = town(60)
    two = (problem.units[0], replace(problem.units[0], callsign="A2"))
    spot = Hotspot(BRIDGE, (1,), 10, 20, 50)
    for changes, has in (
        ({"tasks": (MARKET_TASK,), "hotspots": (spot,)}, "this one has hotspots"),
        ({"tasks": ()}, "this one has no task"),
    ):
        with pytest.raises(ProblemError) as caught:
            problem.replace(units=two, **changes)
        assert caught.value.errors == [
            f"unit '{name}': a longest duty shorter than its shift is for problems of tasks alone; {has}"
            for name in ("A1", "A2")
        ]
    long = tuple(replace(u, longest_duty=180) for u in two)
    assert problem.replace(units=long, tasks=(MARKET_TASK,), hotspots=(spot,)).units == long


def test_what_lies_outside_of_duty_is_told_as_off_duty() -> None:
    """Minutes, summary and the unit's own file say when it is on duty, and do not ask it to stand by before that."""
    problem = town(60)
    plan = solve(problem, time_limit=None, work_limit=300)
    unit = score(problem, plan).units[0]
    assert (unit.shift, unit.tasks, unit.driving, unit.off_duty, unit.unaccounted) == (180, 20, 12, 123, 0)
    assert unit.standby == 180 - 20 - 12 - 123
    said = summary(problem, plan, score(problem, plan))
    assert "\nA1, car, 18:36-19:33\n  18:00-18:36 Central (off duty) > 18:40-18:50 Market (task)" in said
    assert "18:00-18:36 Central (off duty) >" in said
    assert "19:33-21:00 Central (off duty)" in said
    written = route_gpx(problem, plan, Streets(), "A1").decode()
    assert "A1 (car), 2020-11-20 18:36 to 2020-11-20 19:33 Europe/London" in written
    assert "<desc>18:00 Off duty at Central until 18:36 (36 min)</desc>" in written
    assert "<desc>19:33 End of duty at Central</desc>" in written
    assert "Stand by at Central" not in written


def test_a_unit_that_has_nothing_to_do_is_not_on_duty() -> None:
    """Where no task fits into its longest duty it stays where it is, off duty, and the plan says so."""
    problem = town(10)
    plan = solve(problem, time_limit=None, work_limit=50)
    assert plan.routes[0].stops == (home(0, 180),)
    assert score(problem, plan).units[0].off_duty == 180
    assert "A1, car, not on duty" in summary(problem, plan, score(problem, plan))
    assert "A1 (car), not on duty 2020-11-20 18:00" in route_gpx(problem, plan, Streets(), "A1").decode()


def test_a_required_task_that_the_longest_duty_forbids_is_told_with_its_cure() -> None:
    """Where a longer duty would do, the shortfall says by how many minutes; where its duty is at another time, that."""
    far = replace(BRIDGE_TASK, required=True)
    lacking = town(20).replace(tasks=(MARKET_TASK, far))
    told = solve(lacking, time_limit=None, work_limit=50).shortfalls[0]
    assert (told.place, told.reason) == ("Bridge", "cannot reach in time")
    assert told.cure == "let A1 be on duty 4 minutes longer, or do without the task at Bridge"
    both = town(60).replace(tasks=(replace(MARKET_TASK, required=True), far))
    told = solve(both, time_limit=None, work_limit=50).shortfalls[0]
    assert (told.place, told.reason) == ("Market", "units are needed elsewhere")
    assert "then A1 is off duty at Central" in told.cure


def test_departures_are_in_time_whatever_the_windows() -> None:
    """With windows of a minute each, waits between tasks are as long as they must be and no longer."""
    rng = np.random.default_rng(4)
    for _ in range(30):
        first, second = sorted(rng.integers(4, 130, 2).tolist())
        if second - first < 15:
            continue
        tasks = (replace(MARKET_TASK, windows=((first, first),)), replace(GATE_TASK, windows=((second, second),)))
        needed = second + 10 + 3 - (first - 4)
        for longest, done in ((needed, 7), (needed - 1, 4)):
            problem = town(longest).replace(tasks=tasks)
            plan = solve(problem, time_limit=None, work_limit=50, bound=False)
            assert score(problem, plan).covered["tasks"] == done
            assert check(problem, plan) == ()

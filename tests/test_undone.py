"""Required revisits that are overdue and required tasks not done: reasons, cures in words, and that they cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from solver.plan import Route, Shortfall, Stop
from solver.problem import Problem, Unit
from solver.shortfalls import find_shortfalls
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import BACK, BRIDGE, CENTRAL, SCHOOL, busy_plan, busy_town


def town(*units: Unit, **changes: object) -> Problem:
    """Return the busy town without its post, with a roster and other changes."""
    return busy_town().replace(posts=(), units=units, **changes)


def foot(callsign: str, start: int = 0, end: int = 120, **changes: object) -> Unit:
    """Return a foot patrol of Central, 15 minutes from School and 12 from Market."""
    return replace(Unit(callsign, "foot", start, end, CENTRAL, CENTRAL), **changes)  # type: ignore[arg-type]


def told(problem: Problem, rule: str, *routes: Route) -> list[Shortfall]:
    """Return the shortfalls of one rule; units without a route do nothing."""
    return [s for s in find_shortfalls(problem, routes) if s.rule == rule]


def visits(callsign: str, *stops: tuple[int, int], place: str = "Market") -> Route:
    """Return a route of visits alone."""
    return Route(callsign, tuple(Stop(place, "visit", a, b) for a, b in stops))


def test_a_plan_that_does_what_is_required_has_no_shortfall() -> None:
    """The busy town's plan lacks nothing."""
    problem = busy_town()
    assert find_shortfalls(problem, busy_plan(problem).routes) == ()


def test_a_task_that_nobody_does_is_one_shortfall() -> None:
    """It lasts from the first minute in which the task may begin for as long as the task takes, and lacks one unit."""
    problem = town(foot("F1"))
    home = Route("F1", (Stop("Central", "standby", 0, 120),))
    assert told(problem, "task", home) == [
        Shortfall(
            "School",
            40,
            55,
            1,
            "units are needed elsewhere",
            "put 1 more unit (foot) on duty to begin the task at School 18:40-19:00 (then F1 is at Central), "
            "or do without the task at School",
            "task",
        )
    ]


def test_each_run_of_overdue_minutes_is_one_shortfall() -> None:
    """Market, due again 40 minutes after its opening and after each visit, is overdue once in each window."""
    problem = town(foot("F1"))
    found = told(problem, "revisit", visits("F1", (12, 24)))
    assert [(s.place, s.start, s.end, s.missing) for s in found] == [("Market", 110, 120, 1)]
    assert [(s.start, s.end) for s in told(problem, "revisit", visits("F1", (0, 12)))] == [(52, 60), (110, 120)]
    assert [(s.start, s.end) for s in told(problem, "revisit")] == [(40, 60), (110, 120)]


def test_visits_at_either_end_of_a_stretch_count() -> None:
    """Bridge visited from its back is visited, and what is lacking bears the name of the hotspot."""
    bridge = replace(busy_town().hotspots[1], required=True)
    problem = town(foot("F1"), hotspots=(bridge,))
    found = told(problem, "revisit", visits("F1", (30, 40), place="Bridge back"))
    assert problem.hotspots[0].places == (BRIDGE, BACK)
    assert [(s.place, s.start, s.end) for s in found] == [("Bridge", 100, 120)]


def test_no_unit_has_the_mode_or_the_skill() -> None:
    """Where no unit is admitted, the cure is one that is, or the skill for one of the mode."""
    car = foot("A1", mode="car")
    (found,) = told(town(car), "task")
    assert (found.reason, found.cure) == (
        "no unit has the mode or skill",
        "put 1 unit (foot) on duty to begin the task at School 18:40-19:00, or do without the task at School",
    )
    task = replace(busy_town().tasks[0], skills=("dog",))
    (found,) = told(town(car, foot("F1"), foot("F2"), tasks=(task,)), "task")
    assert found.cure.startswith("give F1 or F2 the skill dog, put 1 unit (foot with dog) on duty to begin the task at")


def test_no_unit_may_work_in_the_district() -> None:
    """Where all units are tied to other districts, the cure is to let one work there."""
    north = foot("F1", districts=("north",), tied=True)
    for rule, what in (("task", "the task at School 18:40-19:00"), ("revisit", "a visit of Market")):
        found = told(town(north, replace(north, callsign="F2")), rule)[0]
        assert found.reason == "no unit may work in the district"
        assert found.cure.startswith("let F1 or F2 work in district south, put 1 unit")
        assert what in found.cure


def test_too_few_units_on_duty() -> None:
    """Where nobody on duty could begin and end it in time were they on the spot, the cure is one more unit."""
    late = foot("F1", 75)
    (task,) = told(town(late), "task")
    assert task.reason == "too few units on duty"
    first, second = told(town(late), "revisit")
    assert (first.reason, second.reason) == ("too few units on duty", "units are needed elsewhere")
    assert first.cure == (
        "put 1 more unit on duty to begin a visit of Market 18:00-18:40, "
        "or ask for visits of Market every 60 minutes only"
    )


def test_without_units_there_are_too_few() -> None:
    """A roster of nobody lacks units, not skills."""
    assert {s.reason for s in told(town(), "revisit")} == {"too few units on duty"}
    assert told(town(), "revisit")[0].cure.startswith("put 1 unit on duty")


@pytest.mark.parametrize(
    ("start", "end", "cure"),
    [
        (50, 120, "start F1 5 minutes earlier"),
        (0, 67, "end F1's shift 3 minutes later"),
        (48, 75, "start F1 3 minutes earlier and end F1's shift 15 minutes later"),
    ],
)
def test_a_shift_that_is_too_short_should_be_stretched(start: int, end: int, cure: str) -> None:
    """A unit that could do the task were it on the spot should start earlier or end later by what it lacks."""
    (found,) = told(town(foot("F1", start, end)), "task")
    assert (found.reason, found.cure) == ("cannot reach in time", f"{cure}, or do without the task at School")


def test_units_that_have_no_way_are_named() -> None:
    """Where no unit on duty has a way there and back, the cure is another unit."""
    problem = town(foot("F1"))
    travel = {mode: array.copy() for mode, array in problem.travel.items()}
    travel["foot"][CENTRAL, SCHOOL] = -1
    (found,) = told(problem.replace(travel=travel), "task")
    assert found.reason == "cannot reach in time"
    assert "18:40-19:00 (F1 (foot) cannot get there and back), or do without" in found.cure


def test_breaks_that_could_be_moved_are_named() -> None:
    """A unit on its break when the task had to begin could take it at another time."""
    problem = busy_town().replace(posts=())
    a1 = problem.units[0]
    problem = problem.replace(tasks=(replace(problem.tasks[0], modes=("car",)),), units=(a1,))
    (found,) = told(problem, "task", Route("A1", (Stop("Central", "break", 50, 70),)))
    assert found.cure == (
        "put 1 more unit (car) on duty to begin the task at School 18:40-19:00 (then A1 is on its break at Central), "
        "move the break of A1, or do without the task at School"
    )


def test_posts_tied_to_a_district_say_so() -> None:
    """A post whose district no admitted unit may work in asks to let as many work there as it lacks."""
    town_ = busy_town()
    tied = replace(town_.units[0], districts=("north",), tied=True, break_=None)
    problem = town_.replace(units=(tied,))
    (found,) = (s for s in find_shortfalls(problem, ()) if s.rule == "post")
    assert found.reason == "no unit may work in the district"
    assert found.cure == (
        "let A1 work in district south, put 1 unit (car or motorcycle) on duty to stand at Gate 18:25-18:55, "
        "or do without Gate 18:25-18:55"
    )


def lacking(number: int, wanted: Callable[[Shortfall], bool]) -> Iterator[tuple[Problem, tuple[Route, ...], Shortfall]]:
    """Yield so many random problems, each with routes and one of their shortfalls of the kind wanted."""
    rng = np.random.default_rng(2024)
    while number:

        def pick(low: int, high: int) -> int:
            return int(rng.integers(low, high + 1))

        problem = tiny_problem(pick, units=3)
        routes = random_plan(problem, pick).routes
        found = next(filter(wanted, find_shortfalls(problem, routes)), None)
        if found is not None:
            number -= 1
            yield problem, routes, found


def test_visits_that_are_asked_for_less_often_are_not_overdue() -> None:
    """With the interval that the cure names, the same routes have no overdue minute in that run."""
    for problem, routes, found in lacking(40, lambda s: s.rule == "revisit"):
        every = int(re.findall(r"every (\d+) minutes? only$", found.cure)[0])
        hotspots = tuple(
            replace(h, every=every) if problem.places[h.place].name == found.place else h for h in problem.hotspots
        )
        left = told(problem.replace(hotspots=hotspots), "revisit", *routes)
        assert not any(s.place == found.place and s.start < found.end and found.start < s.end for s in left)


def test_a_shift_that_is_stretched_as_the_cure_says_is_long_enough() -> None:
    """With the shift that the cure names, the unit can reach what is required in time."""
    stretches = re.compile(r"(?:start|end) (U\d)")
    within = 0
    for problem, routes, found in lacking(20, lambda s: s.rule != "post" and bool(stretches.match(s.cure))):
        who = stretches.findall(found.cure)[0]
        sooner, later = (
            int(next(iter(re.findall(pattern, found.cure)), 0))
            for pattern in (r"(\d+) minutes? earlier", r"(\d+) minutes? later")
        )
        units = tuple(
            replace(u, start=u.start - sooner, end=u.end + later) if u.callsign == who else u for u in problem.units
        )
        if all(u.start >= 0 and u.end <= problem.minutes for u in units):
            within += 1
            left = told(problem.replace(units=units), found.rule, *routes)
            again = [s.reason for s in left if (s.place, s.start) == (found.place, found.start)]
            assert again == ["units are needed elsewhere"]
    assert within > 3

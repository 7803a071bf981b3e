"""Shortfalls: each reason with its cure in words, and that they are exactly what posts lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.plan import Route, Shortfall, Stop
from solver.problem import Break, Post, Problem, Staffing, Unit
from solver.shortfalls import find_shortfalls
from tests.naive_score import is_task, is_visit, may_work, naive_score, wanted_at
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import BRIDGE, CENTRAL, GATE, small_plan, small_town


def town_with(post: Post, *units: Unit) -> Problem:
    """Return the small town with one post and a roster."""
    return small_town().replace(posts=(post,), units=units)


def idle(problem: Problem) -> tuple[Route, ...]:
    """Return routes on which every unit waits at its station."""
    return tuple(Route(u.callsign, (Stop("Central", "standby", u.start, u.end),)) for u in problem.units)


def gate(*windows: Staffing, **changes: object) -> Post:
    """Return the post at Gate for cars, three minutes by car from Central, with a stint of ten minutes."""
    post = Post(GATE, windows, 10, modes=("car",))
    return replace(post, **changes)  # type: ignore[arg-type]


def car(callsign: str, start: int = 0, end: int = 120, **changes: object) -> Unit:
    """Return a car of Central."""
    return replace(Unit(callsign, "car", start, end, CENTRAL, CENTRAL), **changes)  # type: ignore[arg-type]


def told(problem: Problem, routes: tuple[Route, ...] | None = None) -> list[Shortfall]:
    """Return the shortfalls of routes, or of idling."""
    return list(find_shortfalls(problem, idle(problem) if routes is None else routes))


def test_a_plan_that_mans_its_posts_has_no_shortfall() -> None:
    """The small town's plan lacks nothing."""
    problem = small_town()
    assert find_shortfalls(problem, small_plan(problem).routes) == ()


def test_no_unit_has_the_mode() -> None:
    """Where no unit of the roster has the mode, the cure is to put one on duty or to do without the post."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("F1", mode="foot"))
    assert told(problem) == [
        Shortfall(
            "Gate",
            30,
            60,
            1,
            "no unit has the mode or skill",
            "put 1 unit (car) on duty to stand at Gate 18:30-19:00, or do without Gate 18:30-19:00",
        )
    ]


def test_no_unit_has_the_skill() -> None:
    """Where units have the mode but not the skill, the cure names them and the skill."""
    post = gate(Staffing(30, 60, 1), skills=("first aid", "radio"))
    problem = town_with(post, car("A1", skills=("radio",)), car("A2", 60), car("F1", mode="foot", skills=post.skills))
    (found,) = told(problem)
    assert found.reason == "no unit has the mode or skill"
    assert found.cure == (
        "give A1 the skill first aid and radio, put 1 unit (car with first aid and radio) on duty to stand at Gate "
        "18:30-19:00, or do without Gate 18:30-19:00"
    )


@pytest.mark.parametrize(
    ("units", "given"),
    [
        (1, "put 2 units"),
        (2, "give A1 and A2 the skill dog, put 2 units"),
        (3, "give 2 of A1, A2 and A3 the skill dog, put 2 units"),
        (6, "give 2 of A1, A2, A3, A4 and 2 more the skill dog, put 2 units"),
    ],
)
def test_as_many_get_the_skill_as_are_missing(units: int, given: str) -> None:
    """Where a post lacks two units with a skill, giving it to one is no cure, nor to fewer than it lacks."""
    post = gate(Staffing(30, 60, 2), skills=("dog",))
    (found,) = told(town_with(post, *(car(f"A{n + 1}") for n in range(units))))
    assert found.cure.startswith(given)


def test_too_few_units_on_duty() -> None:
    """Where fewer units are on duty than wanted, the cure says how many more, when, and of what kind."""
    problem = town_with(gate(Staffing(30, 60, 2)), car("A1"), car("A2", 60))
    stint = (Route("A1", (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 30, 60))),)
    assert told(problem, stint) == [
        Shortfall(
            "Gate",
            30,
            60,
            1,
            "too few units on duty",
            "put 1 more unit (car) on duty to stand at Gate 18:30-19:00, or staff Gate with 1 fewer 18:30-19:00",
        )
    ]


def test_an_interval_is_split_where_the_reason_changes() -> None:
    """A post wanted from before a shift to after it lacks units for two reasons at each end."""
    problem = town_with(gate(Staffing(10, 110, 1)), car("A1", 30, 80))
    stint = (Route("A1", (Stop("Central", "standby", 30, 30), Stop("Gate", "stint", 33, 77))),)
    assert [(s.start, s.end, s.reason) for s in told(problem, stint)] == [
        (10, 30, "too few units on duty"),
        (30, 33, "cannot reach in time"),
        (77, 80, "cannot reach in time"),
        (80, 110, "too few units on duty"),
    ]


def test_a_unit_that_arrives_late_should_start_earlier() -> None:
    """A unit three minutes away when its shift and the post begin should start three minutes earlier."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("A1", 30))
    stint = (Route("A1", (Stop("Central", "standby", 30, 30), Stop("Gate", "stint", 33, 60))),)
    assert told(problem, stint) == [
        Shortfall("Gate", 30, 33, 1, "cannot reach in time", "start A1 3 minutes earlier, or begin Gate at 18:33")
    ]


def test_a_unit_that_must_be_home_should_end_later() -> None:
    """A unit that leaves a post three minutes early to be home should end its shift three minutes later."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("A1", 0, 60))
    stint = (Route("A1", (Stop("Central", "standby", 0, 0), Stop("Gate", "stint", 30, 57))),)
    assert told(problem, stint) == [
        Shortfall("Gate", 57, 60, 1, "cannot reach in time", "end A1's shift 3 minutes later, or end Gate at 18:57")
    ]


def test_a_shift_too_short_for_a_stint_should_be_longer() -> None:
    """A unit whose shift holds the way there and back but no stint should end later by what the stint lacks."""
    problem = town_with(gate(Staffing(33, 40, 1)), car("A1", 30, 43))
    assert [(s.reason, s.cure) for s in told(problem)] == [
        ("cannot reach in time", "end A1's shift 3 minutes later, or do without Gate 18:33-18:40")
    ]


def test_a_unit_without_a_way_is_named() -> None:
    """A unit that has no way to a post cannot reach it, and the cure says who that is."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("A1"))
    travel = {m: a.copy() for m, a in problem.travel.items()}
    travel["car"][CENTRAL, GATE] = -1
    (found,) = told(problem.replace(travel=travel))
    assert found.reason == "cannot reach in time"
    assert found.cure == (
        "put 1 more unit (car) on duty to stand at Gate 18:30-19:00 (A1 (car) cannot get there and back), "
        "or do without Gate 18:30-19:00"
    )


def test_units_that_are_needed_elsewhere_are_named_with_what_they_do() -> None:
    """Where units could be at a post but are on a break, on another post or visiting, the cure says so."""
    town = small_town()
    posts = (gate(Staffing(30, 60, 2)), Post(BRIDGE, (Staffing(30, 60, 1),), 10))
    pause = Break(20, 30, 100, (CENTRAL,))
    problem = town.replace(
        hotspots=town.hotspots[:1], posts=posts, units=(car("A1", break_=pause), car("A2"), car("A3"))
    )
    routes = (
        Route("A1", (Stop("Central", "standby", 0, 30), Stop("Central", "break", 30, 60))),
        Route("A2", (Stop("Central", "standby", 0, 0), Stop("Bridge", "stint", 30, 60))),
        Route("A3", (Stop("Central", "standby", 0, 0), Stop("Market", "visit", 30, 60))),
    )
    (found,) = told(problem, routes)
    assert (found.missing, found.reason) == (2, "units are needed elsewhere")
    assert found.cure == (
        "put 2 more units (car) on duty to stand at Gate 18:30-19:00 (then A1 is on its break at Central, "
        "A2 is on a stint at Bridge and A3 visits Market), move the break of A1, staff Bridge with 1 fewer, "
        "or do without Gate 18:30-19:00"
    )


def test_where_only_part_is_missing_the_post_may_be_staffed_with_fewer() -> None:
    """A post in the middle of its window, or with some of its units there, is not begun later or ended sooner."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("A1"))
    stint = (
        Stop("Central", "standby", 0, 0),
        Stop("Gate", "stint", 30, 40),
        Stop("Gate", "standby", 40, 45),
        Stop("Gate", "stint", 45, 60),
    )
    (found,) = told(problem, (Route("A1", stint),))
    assert (found.start, found.end) == (40, 45)
    assert found.cure.endswith("or staff Gate with 1 fewer 18:40-18:45")


def test_at_most_four_units_are_named() -> None:
    """Of many units that do something else only some are named and the others counted."""
    problem = town_with(gate(Staffing(30, 60, 1)), *(car(f"A{i}") for i in range(7)))
    (found,) = told(problem)
    assert "A0 is at Central, A1 is at Central, A2 is at Central, A3 is at Central and 3 units elsewhere" in found.cure


def test_a_unit_without_a_route_counts_as_one_that_could_be_there() -> None:
    """A roster whose routes are missing lacks everything, and does not raise."""
    problem = town_with(gate(Staffing(30, 60, 1)), car("A1"))
    assert [s.reason for s in told(problem, ())] == ["units are needed elsewhere"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_shortfalls_are_exactly_what_is_lacking(data: st.DataObject) -> None:
    """Shortfalls do not overlap, come in order, hold every missing unit-minute, and each has a cure."""

    def pick(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    problem = tiny_problem(pick, units=3)
    routes = random_plan(problem, pick).routes
    found = find_shortfalls(problem, routes)
    missing, _, _ = naive_score(problem, routes)
    assert sum(s.minutes for s in found) == missing
    works = (*problem.posts, *problem.hotspots, *problem.tasks)
    names = [problem.places[x.place].name for x in works]
    keys = [(names.index(s.place), s.start) for s in found]
    assert keys == sorted(set(keys))
    assert all(s.missing > 0 and s.start < s.end and s.cure for s in found)
    assert all(a.place != b.place or a.end <= b.start for a, b in pairwise(found))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_reasons_are_true(data: st.DataObject) -> None:
    """Each reason holds in every minute of its shortfall, by the definitions of the model."""

    def pick(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    problem = tiny_problem(pick, units=3)
    names = [p.name for p in problem.places]
    for s in find_shortfalls(problem, random_plan(problem, pick).routes):
        place = names.index(s.place)
        if s.rule == "post":
            i = next(i for i, q in enumerate(problem.posts) if q.place == place)
            assert [_reason(problem, i, t) for t in range(s.start, s.end)] == [s.reason] * (s.end - s.start)
        else:
            assert s.reason == _reason_undone(problem, place, s)


def _reason(problem: Problem, i: int, minute: int) -> str:
    """Return the reason for which a post lacks units, by the definitions."""
    post, wanted = problem.posts[i], wanted_at(problem, i, minute)
    admitted = [u for u in problem.units if post.admits(u)]
    free = [u for u in admitted if may_work(problem, u, post.place)]
    on_duty = [u for u in free if u.start <= minute < u.end]
    if not free:
        return "no unit may work in the district" if admitted else "no unit has the mode or skill"
    if len(on_duty) < wanted:
        return "too few units on duty"
    if sum(_can_stand(problem, u, post, minute) for u in on_duty) < wanted:
        return "cannot reach in time"
    return "units are needed elsewhere"


def _can_stand(problem: Problem, unit: Unit, post: Post, minute: int) -> bool:
    """Whether some stint of `unit` could hold `minute`: every one is tried."""
    legs = problem.legs(unit.mode)
    out, back = int(legs[unit.origin, post.place]), int(legs[post.place, unit.destination])
    if out < 0 or back < 0:
        return False
    first, last = unit.start + out, unit.end - back
    return any(a <= minute < b for a in range(first, last) for b in range(a + post.stint, last + 1))


def _reason_undone(problem: Problem, place: int, s: Shortfall) -> str:
    """Return the reason for which a visit is overdue or a task is not done: every unit and beginning is tried."""
    task = next((k for k in problem.tasks if k.place == place), None)
    units = [u for u in problem.units if task is None or task.admits(u)]
    if not units:
        return "no unit has the mode or skill"
    tried = [(u, *way) for u in units for way in _ways(problem, u, place, s)]
    if not any(may_work(problem, u, at) for u in units for at in _at(problem, place)):
        return "no unit may work in the district"
    if not any(u.start <= begin and end <= u.end for u, _, begin, end in tried):
        return "too few units on duty"
    for u, at, begin, end in tried:
        out, back = problem.legs(u.mode)[u.origin, at], problem.legs(u.mode)[at, u.destination]
        if out >= 0 and back >= 0 and u.start + out <= begin and end + back <= u.end:
            return "units are needed elsewhere"
    return "cannot reach in time"


def _at(problem: Problem, place: int) -> tuple[int, ...]:
    """Return the places at which the hotspot or task of `place` is visited or done."""
    return next((h.places for h in problem.hotspots if h.place == place), (place,))


def _ways(problem: Problem, unit: Unit, place: int, s: Shortfall) -> Iterator[tuple[int, int, int]]:
    """Yield (place, begin, end) of what a unit could have done so that there is no shortfall at its start."""
    for at in _at(problem, place):
        for begin in range(0, problem.minutes, problem.grid):
            for end in range(begin + problem.grid, problem.minutes + 1, problem.grid):
                for i, h in enumerate(problem.hotspots):
                    together = any(a <= begin and s.start < b for a, b in h.windows or ((0, problem.minutes),))
                    in_time = together and begin <= s.start < end + h.every
                    if in_time and is_visit(problem, unit, i, at, begin, end):
                        yield at, begin, end
                for i in range(len(problem.tasks)):
                    if is_task(problem, unit, i, at, begin, end):
                        yield at, begin, end

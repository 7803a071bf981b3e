"""Explanations in words: lines that fit, an answer first, nothing that a terminal would trip over."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from solver import Plan
from solver.explaining import REASONS, Case, Subject, every_subject, explain, named
from solver.explaining.words import COLUMNS, as_json, words
from solver.plain_text import width
from solver.plan import Route, Stop
from solver.problem import Problem
from tests.small_problems import small_problem
from tests.small_town import CENTRAL, busy_plan, busy_town
from tests.test_explain import DEMAND, HOTSPOTS, MARKET_RISK, POSTS, TASKS, idle, town

EVERYTHING = {
    "busy": (busy_town(), None),
    **{f"hotspot {name}": (problem, (20, 45)) for name, problem in HOTSPOTS.items()},
    **{f"post {name}": (problem, None) for name, problem in POSTS.items()},
    **{f"task {name}": (problem, (0, 50)) for name, problem in TASKS.items()},
    **{f"demand {name}": (problem, (35, 45)) for name, problem in DEMAND.items()},
    "small": (small_problem(2), None),
}


def told(problem: Problem, plan: Plan, name: str, span: tuple[int, int] | None = None) -> list[str]:
    """Return the words about a name."""
    return words(problem, [explain(Case(problem, plan), subject, span) for subject in named(problem, name)])


def plan_of(problem: Problem) -> Plan:
    """Return a plan: that of the busy town, or an idle one."""
    return busy_plan(problem) if problem.name == "busy town" else idle(problem)


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_answer_fits_and_is_a_sentence(name: str) -> None:
    """Whatever is asked, each line fits, the first one begins a sentence that ends, and JSON takes it all."""
    problem, span = EVERYTHING[name]
    case = Case(problem, plan_of(problem))
    for subject in [*every_subject(problem), Subject("plan", problem.name, 0), Subject("moment", problem.name, 0)]:
        explanation = explain(case, subject, span)
        lines = words(problem, [explanation])
        assert all(width(line) <= COLUMNS for line in lines)
        assert not lines[0].startswith(" ")
        assert "None" not in " ".join(lines)
        document = json.loads(json.dumps(as_json(problem, [explanation])))[0]
        assert document["reasons"][0] == {"code": explanation.reason, "meaning": REASONS[explanation.reason]}
        assert document["words"] == lines
        assert set(document) == {"kind", "name", "span", "reasons", "facts", "changes", "words"}


def test_names_of_any_script_and_with_anything_in_them() -> None:
    """Chinese takes two columns a character, control characters are replaced, commands quote what they must."""
    name = "火车站 \x1b[31m'; rm -rf \u2028 " + "长" * 60
    problem = town(hotspots=(MARKET_RISK,))
    problem = problem.replace(places=tuple(replace(p, name=name) if p.name == "Market" else p for p in problem.places))
    plan = idle(problem)
    for lines in (
        told(problem, plan, name),
        words(problem, [explain(Case(problem, plan), Subject("plan", "", 0))], "my plans/one"),
    ):
        assert all(width(line) <= COLUMNS for line in lines)
        assert not any(ord(c) < 32 or c == "\u2028" for line in lines for c in line)
    assert "patrol explain 'my plans/one' '火车站" in " ".join(" ".join(lines).split())


def test_the_answer_of_a_hotspot_in_full() -> None:
    """The words of a hotspot whose price is worked out by hand elsewhere."""
    problem = town(hotspots=(MARKET_RISK, replace(MARKET_RISK, place=3, risk=(3,))))
    stops = (Stop("Central", "standby", 0, 0), Stop("Bridge", "visit", 10, 50), Stop("Central", "standby", 60, 60))
    assert told(problem, idle(problem, Route("A1", stops)), "Market") == [
        "Market is not visited because a visit would cost more than it brings: 8.33 points at the least",
        "  found.",
        "  at stake: 25.00 points, of which 0.0 % is covered; number 1 of 2 by what is left uncovered in all",
        "  visits: none",
        "  a visit lasts 10 minutes or more and lingers for 0 minutes",
        "  nearest unit: A1, 5 minutes away at 18:00",
        "  who could: 1 of 1 units could (A1)",
        "  the cheapest change found: A1 would visit Market 18:05-18:15",
        "    for that it would reach Bridge 10 minutes later",
        "    it brings 4.17 points here; in all -8.33 points (presence -8.33)",
    ]


def test_the_answer_of_a_post_in_full() -> None:
    """The words of a post that no unit has the skill for, with its cures as they were tried."""
    problem = POSTS["mode or skill"]
    assert told(problem, idle(problem), "Gate") == [
        "Gate lacks 20 of 20 unit-minutes 18:20-18:40: no unit of the roster has the mode or skill that it",
        "  asks for.",
        "  18:20-18:40 lacks 1 unit: no unit has the mode or skill",
        "  wanted: 1 unit 18:20-18:40",
        "  a stint lasts 10 minutes or more; asks for dog",
        "  manned by: nobody",
        "  could stand there 18:20-18:40, had they nothing else to do: nobody",
        "    without the mode or skill: A1",
        "  cheapest cure, tried: give A1 the skill dog; then A1 would man Gate 18:20-18:40: 20 unit-minutes",
        "    fewer missing, value 0 points",
        "  or, tried: put one more unit (car and dog) on duty at Central 18:15-18:45: 20 unit-minutes fewer",
        "    missing, value 0 points",
        "  or ask Gate for 1 fewer 18:20-18:40: 20 unit-minutes fewer missing, value 0 points",
    ]


def test_names_of_two_things_are_told_of_both() -> None:
    """A district that bears the name of a hotspot is told besides it."""
    places = tuple(replace(p, district="Market" if p.name == "Market" else "") for p in town().places)
    problem = town(places=places, hotspots=(MARKET_RISK,))
    lines = told(problem, idle(problem), "market")
    assert lines[0].startswith("Market is not visited, but the search missed something")
    assert "District Market: 0.0 % of its risk is covered; units stand there for 0 unit-minutes." in lines


def test_the_hour_that_comes_twice() -> None:
    """Where the clocks go back, times are told with their offset, and minutes can be asked for with it."""
    problem = town(hotspots=(MARKET_RISK,)).replace(start="2020-10-25T01:30:00+01:00", name="clocks")
    (explanation,) = [explain(Case(problem, idle(problem)), Subject("hotspot", "Market", 0), (10, 50))]
    text = " ".join(words(problem, [explanation]))
    assert "01:40 +0100-01:20 +0000" in text


def test_over_midnight() -> None:
    """Times go on after midnight."""
    problem = town(hotspots=(MARKET_RISK,)).replace(start="2020-11-20T23:30:00+00:00")
    lines = told(problem, idle(problem), "Market", (25, 40))
    assert lines[0].startswith("Market is not visited 23:55-00:10")


def test_tasks_alone_with_a_longest_duty() -> None:
    """A unit that chooses its duty is idle only while it is on duty, and is told what it is worth."""
    unit = replace(TASKS["search missed it"].units[0], longest_duty=30)
    problem = TASKS["search missed it"].replace(units=(unit,))
    stops = (
        Stop("Central", "standby", 0, 15),
        Stop("Gate", "task", 20, 30),
        Stop("Central", "standby", 35, 60),
    )
    assert unit.origin == CENTRAL
    plan = idle(problem, Route("A1", stops))
    assert told(problem, plan, "Gate")[0] == "The task at Gate is done, by A1 18:20-18:30."
    assert told(problem, plan, "A1")[0].startswith("A1 is not idle; without it the plan, as it stands, comes to -100")

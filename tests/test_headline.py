"""The sentence that matters: its figures against the model read literally, and its words in every case."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from string import Formatter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.headline import WORDS, Figures, Lack, figures, headline, sentence, sentence_lines
from solver.languages import LANGUAGES
from solver.plan import Plan, Route, Shortfall, Stop
from solver.problem import Problem
from solver.score import score
from tests.naive_score import naive_score, route_cells, slot_at, wanted_at
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, lonely_car, small_plan, small_town

NOTHING = Figures(
    posts_lacking=(),
    visits_lacking=(),
    tasks_lacking=(),
    response=None,
    worst_response=None,
    worst_minute=None,
    presence=None,
    tasks=0,
    tasks_done=0,
    posts=0,
    posts_staffed=0,
    required_visits=0,
    value=None,
    bound=None,
    better=None,
)


def told(problem: Problem | None = None, **found: object) -> str:
    """Return the sentence of these figures and no others."""
    return sentence(replace(NOTHING, **found), problem or small_town())


def of(problem: Problem, plan: Plan, lang: str = "en") -> str:
    return headline(problem, plan, score(problem, plan), lang)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_the_worst_minute_is_that_of_the_model_read_literally(seed: int) -> None:
    """Of the minutes that have demand, counted one by one, none has a smaller share of it in time than the one told."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=3)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    covered = set().union(*(route_cells(problem, route) for route in plan.routes))
    shares = {}
    for t in range(problem.minutes):
        demand = [d.demand[slot_at(problem, t)] for d in problem.demand]
        within = sum(w for i, w in enumerate(demand) if ("first", i, t) in covered)
        if sum(demand):
            shares[t] = Fraction(within, sum(demand))
    found = figures(problem, plan, score(problem, plan))
    if not shares:
        assert (found.worst_response, found.worst_minute) == (None, None)
        return
    assert found.worst_response == pytest.approx(float(min(shares.values())))
    assert found.worst_minute is not None
    assert shares[found.worst_minute] == min(shares.values())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_what_lacks_is_that_of_the_model_read_literally(seed: int) -> None:
    """Unit-minutes that posts lack, and the first of them, are those counted one by one; none are left out."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=2)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    card = score(problem, plan)
    found = figures(problem, plan, card)
    stood = [cell for route in plan.routes for cell in route_cells(problem, route)]
    expected = []
    for q, post in enumerate(problem.posts):
        lacking = [max(wanted_at(problem, q, t) - stood.count(("post", q, t)), 0) for t in range(problem.minutes)]
        if any(lacking):
            first = next(t for t, units in enumerate(lacking) if units)
            expected.append((problem.places[post.place].name, sum(lacking), first))
    assert list(found.posts_lacking) == expected
    assert found.lacking == bool(naive_score(problem, plan.routes)[0])
    assert found.posts_staffed == len(problem.posts) - len(expected)


def test_the_sentence_in_full() -> None:
    """Response and its worst minute, presence, posts and the gap, in this order."""
    problem = small_town()
    plan = small_plan(problem)
    plan = plan.replace(bound=plan.value * 103 // 100)
    assert of(problem, plan) == (
        "23 % of demand within its standard, at worst 0 % at 18:46; 33 % of the risk at hotspots covered; "
        "the post staffed throughout; at most 3 % better is possible."
    )
    assert of(problem, plan, "zh") == (
        "23%的需求在处警时限内，最低为0%（18:46）；热点风险覆盖33%；快反点全程有人值守；最多还能提高3%。"
    )


def test_what_lacks_comes_first() -> None:
    """Posts, required visits and required tasks that lack something are said before all else."""
    problem = busy_town()
    lines = of(problem, Plan("", ())).split("; ")
    assert lines[:4] == [
        "Gate lacks 30 unit-minutes, first at 18:25",
        "the required visit of Market is overdue for 30 minutes, first at 18:40",
        "the required task at School is not done",
        "no demand within its standard at any time",
    ]
    assert of(problem, busy_plan(problem)).endswith("the post staffed throughout; every required visit made in time.")


def test_names_stay_as_they_are_written() -> None:
    """The sentence begins with a capital, but for the name of a post that does not."""
    assert told(posts_lacking=(Lack("iron bridge", 4, 0),)).startswith("iron bridge lacks 4 unit-minutes")
    assert told(tasks_lacking=("iron bridge",)).startswith("The required task at iron bridge")


def test_several_lacks_are_summed_up() -> None:
    """Of several posts, hotspots or tasks the sentence says how many, how much in all, and where first."""
    lacks = ((("North Gate", 30, 20), ("South Gate", 15, 10)), (("Market", 5, 7), ("Bridge", 6, 9)), ("School", "Bank"))
    from solver.headline import Lack

    text = told(
        posts_lacking=tuple(Lack(*x) for x in lacks[0]),
        visits_lacking=tuple(Lack(*x) for x in lacks[1]),
        tasks_lacking=lacks[2],
        posts=3,
        posts_staffed=1,
    )
    assert text == (
        "2 posts lack 45 unit-minutes, first South Gate at 18:10; required visits of 2 hotspots are overdue for "
        "11 minutes, first of Market at 18:07; 2 required tasks are not done, among them School; "
        "1 of 3 posts staffed throughout."
    )


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ({}, "There is nothing to cover."),
        ({"response": 1.0, "worst_response": 1.0, "worst_minute": 0}, "All demand within its standard throughout."),
        ({"response": 0.0, "worst_response": 0.0, "worst_minute": 0}, "No demand within its standard at any time."),
        (
            {"response": 0.9996, "worst_response": 0.004, "worst_minute": 119},
            "99.9 % of demand within its standard, at worst less than 1 % at 19:59.",
        ),
        ({"presence": 1.0}, "All risk at hotspots covered."),
        ({"presence": 0.005}, "Less than 1 % of the risk at hotspots covered."),
        ({"tasks": 1, "tasks_done": 0}, "The task not done."),
        ({"tasks": 1, "tasks_done": 1}, "The task done."),
        ({"tasks": 2, "tasks_done": 2}, "Both tasks done."),
        ({"tasks": 20, "tasks_done": 17}, "17 of 20 tasks done."),
        ({"tasks": 20, "tasks_done": 20}, "All 20 tasks done."),
        ({"posts": 1, "posts_staffed": 1}, "The post staffed throughout."),
        ({"posts": 2, "posts_staffed": 2}, "Both posts staffed throughout."),
        ({"posts": 5, "posts_staffed": 5}, "All 5 posts staffed throughout."),
        ({"value": 0.5, "bound": 0.5, "better": 0.0}, "No plan is better."),
        ({"value": 0.5, "bound": 0.5, "better": 1e-9}, "Less than 0.1 % better is possible."),
        ({"value": 0.5, "bound": 0.6, "better": 0.2}, "At most 20 % better is possible."),
        ({"value": 0.0, "bound": 0.6, "better": None}, "At most 60 % of everything could be covered."),
        (
            {"value": 0.5, "bound": 0.5, "better": 0.0, "tasks_lacking": ("School",)},
            "The required task at School is not done; no plan with as little lacking is better.",
        ),
    ],
)
def test_every_case_in_words(found: dict[str, object], text: str) -> None:
    """Each case has its words, and what is neither nothing nor all is not rounded to it."""
    assert told(**found) == text


def test_the_worst_minute_has_its_day_and_offset() -> None:
    """In a plan of several days the time has the day, and the offset where the clocks change; in Chinese too."""
    town = small_town()
    worst = {"response": 0.5, "worst_response": 0.25, "worst_minute": 90}
    long = town.replace(minutes=2880, slots=(0, 60, 2880), units=())
    assert told(long, **worst).endswith("at worst 25 % at Fri 19:30.")
    assert sentence(replace(NOTHING, **worst), long, "zh").endswith("最低为25%（周五 19:30）。")
    changing = town.replace(start="2020-10-25T00:30:00+01:00")
    assert told(changing, **worst).endswith("at worst 25 % at 01:00 +0000.")
    assert sentence(replace(NOTHING, **worst), changing, "zh").endswith("最低为25%（01:00 +0000）。")


def test_a_bound_that_does_not_hold_is_not_told() -> None:
    """Of another problem, of a plan that lacks more than it declares, or below the value, the bound says nothing."""
    problem = small_town()
    plan = small_plan(problem)
    bound = plan.replace(bound=plan.value)
    assert of(problem, bound).endswith("no plan is better.")
    empty = bound.replace(routes=tuple(Route(u.callsign, ()) for u in problem.units))
    for other in (plan, plan.replace(bound=plan.value - 1), bound.replace(fingerprint="another"), empty):
        assert "better" not in of(problem, other)
    declared = empty.replace(bound=plan.value, shortfalls=(Shortfall("Gate", 25, 55, 1, "too few units on duty", "-"),))
    assert of(problem, declared).endswith("could be covered with as little lacking.")


def test_only_what_is_required() -> None:
    """Where nothing has a worth the sentence still says what is staffed, and nothing of what could be better."""
    problem = lonely_car(60)
    plan = Plan(problem.fingerprint(), (Route("A1", (Stop("Central", "standby", 0, 60),)),), bound=0)
    assert of(problem, plan) == "There is nothing to cover."


def test_names_do_no_harm() -> None:
    """Long names are cut, and control characters do not reach a terminal."""
    town = busy_town()
    places = tuple(replace(p, name={"School": "\x1b[31m" + "校" * 60}.get(p.name, p.name)) for p in town.places)
    text = of(town.replace(places=places), Plan("", ()))
    assert "\x1b" not in text
    assert "校" * 20 not in text


def test_catalogues_say_the_same() -> None:
    """Every language has every text, with the same figures in it; Chinese has names of days besides."""
    fields = {
        lang: {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in words.items()}
        for lang, words in WORDS.items()
    }
    days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
    assert set(fields) == set(LANGUAGES)
    assert {k: v for k, v in fields["zh"].items() if k not in days} == fields["en"]
    assert days <= set(fields["zh"])


@pytest.mark.parametrize("columns", range(20, 60))
def test_numbers_stay_beside_their_signs(columns: int) -> None:
    """However narrow the page is, no line begins with a sign of per cent, and no line is too wide."""
    text = told(response=0.5, worst_response=0.0, worst_minute=0, presence=0.25, value=0.5, bound=0.6, better=0.2)
    lines = sentence_lines(text, columns)
    assert all(len(line) <= columns and not line.strip().startswith("%") for line in lines)
    assert " ".join(line.strip() for line in lines) == text


def test_figures_are_plain_json() -> None:
    """The figures can be written as JSON, and name what lacks."""
    problem = busy_town()
    document = json.loads(json.dumps(figures(problem, Plan("", ()), score(problem, Plan("", ()))).to_json()))
    assert document["posts_lacking"] == [{"place": "Gate", "minutes": 30, "first": 25}]
    assert document["tasks_lacking"] == ["School"]
    assert document["worst_minute"] == 0

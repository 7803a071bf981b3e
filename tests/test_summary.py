"""The summary: what is said, in which order, and that it fits the page."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings

from solver.headline import headline, sentence_lines
from solver.plain_text import width
from solver.plan import Plan, Route, Shortfall, Stop
from solver.problem import Problem, Task
from solver.score import score
from solver.shortfalls import find_shortfalls
from solver.streets import Streets
from solver.summary import COLUMNS, summary
from tests.small_town import GATE, busy_plan, busy_town, lonely_car
from tests.tours import BRIDGE, MARKET, STATION, sample_plan, sample_problem, tours


def told(problem: Problem, plan: Plan) -> str:
    return summary(problem, plan, score(problem, plan))


def with_shortfall(problem: Problem) -> Plan:
    """Return a plan in which nobody goes to the bridge."""
    routes = tuple(Route(u.callsign, (Stop(STATION, "standby", u.start, u.end),)) for u in problem.units)
    cure = "put 1 more unit (car) on duty 18:30-19:00, or staff the bridge with 1 fewer"
    return Plan(problem.fingerprint(), routes, (Shortfall(BRIDGE, 30, 60, 1, "too few units on duty", cure),))


def test_sample_in_full() -> None:
    """The summary says what the plan is for, its worth, the posts, hotspots and units, and every route."""
    problem = sample_problem()
    plan = sample_plan(problem)
    card = score(problem, plan)
    plan = plan.replace(value=card.value, bound=card.full, seed=7, status="gap limit")
    text = summary(problem, plan, card)
    assert text.startswith(
        "Friday night: 2020-11-20 18:00 to 2020-11-20 20:00, Europe/London\n"
        "2 units, 1 hotspot, 1 post, 1 demand point\n"
        "\n" + "\n".join(sentence_lines(headline(problem, plan, card), COLUMNS)) + "\n"
        "\n"
        "Every post is manned as asked.\n"
    )
    share = card.value / card.full
    assert (
        f"Value: {100 * share:.1f} % of everything that could be covered; no plan is worth more than 100.0 % "
        f"(gap {100 * (1 - share) / share:.1f} %)\n"
        "Search: gap limit, seed 7\n"
    ) in text
    assert text.endswith(
        "Routes (stops without a word are visits, places with one time are passed)\n"
        "A1, car, 18:00-20:00\n"
        f"  18:00 {STATION} > 18:03-18:20 {MARKET} > 18:30-19:00 {BRIDGE} (post) >\n"
        f"  19:04-19:24 {STATION} (break) > 19:24-20:00 {STATION} (standby)\n"
        "B/2, car, 18:00-19:00\n"
        f"  18:00-19:00 {STATION} (standby)\n"
    )


def test_shares_are_those_of_the_scorecard() -> None:
    """Shares by layer and by hour are those that the score gives."""
    problem = sample_problem()
    plan = sample_plan(problem)
    card, lines = score(problem, plan), told(problem, plan).splitlines()
    for layer, goal in (("presence", 50.0), ("response", 30.0), ("backup", 20.0)):
        covered = 100 * card.covered[layer] / card.totals[layer]
        assert f"{layer}  {goal:.1f} %  {covered:7.1f} %".split() in [line.split() for line in lines]
    for hour in card.hours:
        cells = [f"{100 * (share or 0):.1f} %" for share in (hour.presence, hour.response, hour.backup)]
        assert " ".join([hour.label, *cells]).split() in [line.split() for line in lines]


def test_shortfalls_come_first() -> None:
    """What posts lack is said before what the plan is worth: when, where, how many, why, and the cure."""
    problem = sample_problem()
    sections = told(problem, with_shortfall(problem)).split("\n\n")
    assert sections[1].startswith("Bridge lacks 30 unit-minutes, first at 18:30; ")
    assert sections[2] == (
        "SHORTFALLS: posts lack 30 unit-minutes\n"
        f"  18:30-19:00 {BRIDGE} lacks 1 unit: too few units on duty\n"
        "    Cure: put 1 more unit (car) on duty 18:30-19:00, or staff the bridge with 1 fewer"
    )
    assert sections[3].startswith("Value:")


def test_undeclared_shortfall_is_not_hidden() -> None:
    """A post that lacks units is told also when the plan does not declare it."""
    problem = sample_problem()
    assert "SHORTFALLS: posts lack 30 unit-minutes" in told(problem, with_shortfall(problem).replace(shortfalls=()))


def test_every_hard_rule_that_is_kept_is_said() -> None:
    """Where posts, required visits and required tasks lack nothing, one sentence says so."""
    problem = busy_town()
    assert told(problem, busy_plan(problem)).split("\n\n")[2].replace("\n", " ") == (
        "Every post is manned as asked, every required visit is made in time and every required task is done."
    )


def test_shortfalls_of_every_rule_are_told() -> None:
    """What posts lack, which visits are overdue and which tasks are not done is said first, each in its words."""
    problem = busy_town()
    plan = busy_plan(problem)
    plan = plan.replace(routes=(), shortfalls=find_shortfalls(problem, ()))
    lines = told(problem, plan).split("\n\n")[2].splitlines()
    assert lines[:2] == [
        "SHORTFALLS: posts lack 30 unit-minutes, required visits lack 30 unit-minutes, required tasks lack 15",
        "  unit-minutes",
    ]
    assert [line for line in lines[1:] if line.startswith(("  18", "  19"))] == [
        "  18:25-18:55 Gate lacks 1 unit: units are needed elsewhere",
        "  18:40-19:00 Market should have been visited again: units are needed elsewhere",
        "  19:50-20:00 Market should have been visited again: units are needed elsewhere",
        "  18:40-18:55 the task at School is not done: units are needed elsewhere",
    ]


def test_layers_revisits_and_tasks_of_a_busy_town() -> None:
    """Each layer that counts has its share of the goals that count; revisits and tasks have their tables."""
    problem = busy_town()
    text = told(problem, busy_plan(problem))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "2 units, 2 hotspots, 1 post, 2 demand points, 1 task" in lines
    assert "tasks 14.8 % 100.0 %" in lines
    assert "Bridge 60 102 60 42" in lines
    assert "south 1 64.5 % 88" in lines
    assert "School 15 18:42-18:57 B2" in lines
    assert "B2 1 18 0 15 39 18 0" in lines
    assert "18:42-18:57 School (task) >" in text
    undone = told(problem, busy_plan(problem).replace(routes=()))
    assert "School 15 no, though required -" in [" ".join(line.split()) for line in undone.splitlines()]


def test_layers_without_weight_are_not_told() -> None:
    """Of a town without tasks, revisits and districts nothing is said of these."""
    problem = sample_problem()
    text = told(problem, sample_plan(problem))
    assert not any(word in text for word in ("task", "district", "revisit"))


def test_no_bound_no_gap() -> None:
    """Without a bound nothing is said of a gap."""
    problem = sample_problem()
    text = told(problem, sample_plan(problem))
    assert "gap" not in text
    assert "no plan is worth more" not in text


def test_uncovered_hotspots_are_named() -> None:
    """A hotspot that keeps risk without cover is named with its share, visits and minutes."""
    problem = sample_problem()
    text = told(problem, with_shortfall(problem))
    assert "0 of 1 hotspot visited; the most risk is left uncovered at" in text
    assert f"{MARKET} 0.0 % 0 0" in [" ".join(line.split()) for line in text.splitlines()]


def test_nothing_is_left() -> None:
    """Where no risk is left uncovered, the summary says so and names no hotspot."""
    problem = sample_problem()
    problem = problem.replace(hotspots=(problem.hotspots[0].__class__(1, (0, 0), 12, 60, 70),))
    assert "1 of 1 hotspot visited; all risk is covered\n" in told(problem, sample_plan(problem))


def test_nothing_to_cover() -> None:
    """Without risk and demand the value is no share of nothing: the summary says so."""
    problem = sample_problem()
    problem = problem.replace(
        hotspots=tuple(replace(h, risk=(0,) * len(h.risk)) for h in problem.hotspots),
        demand=tuple(replace(d, demand=(0,) * len(d.demand)) for d in problem.demand),
    )
    plan = Plan("", tuple(Route(u.callsign, (Stop(STATION, "standby", u.start, u.end),)) for u in problem.units))
    text = told(problem, plan)
    assert "Value: there is nothing to cover but what is required\nSearch: " in text


def test_tables_are_aligned_for_wide_names() -> None:
    """In a table with Chinese names every line ends at the same terminal column."""
    problem = sample_problem()
    units = tuple(
        u.__class__(**{**u.__dict__, "callsign": c}) for u, c in zip(problem.units, ("巡逻一号", "B2"), strict=True)
    )
    problem = problem.replace(units=units)
    lines = told(problem, with_shortfall(problem)).splitlines()
    first = lines.index("Minutes of each unit")
    assert len({width(line) for line in lines[first + 1 : first + 4]}) == 1


@pytest.mark.parametrize("places", [("x" * 300, "y"), ("总" * 200, "b"), ("a b " * 60 + "c", "z")])
def test_long_names_are_wrapped_not_lost(places: tuple[str, str]) -> None:
    """Names longer than a line are broken over lines in the routes, and nothing of them is lost."""
    problem = sample_problem()
    renamed = tuple(p.__class__(n, p.lat, p.lon) for p, n in zip(problem.places, (*places, "c"), strict=True))
    problem = problem.replace(places=renamed)
    plan = Plan("", (Route("A1", (Stop(places[0], "standby", 0, 60), Stop(places[1], "visit", 64, 120))),))
    text = told(problem, plan)
    assert max(map(width, text.splitlines())) <= COLUMNS
    routes = "".join(text.split("Routes")[1].split())
    assert f"18:00-19:00{places[0]}(standby)>19:04-20:00{places[1]}".replace(" ", "") in routes


def test_days_are_told_where_hours_repeat() -> None:
    """In a plan of more than a day times have the day of the week."""
    problem = sample_problem().replace(minutes=30 * 60, slots=(0, 60, 30 * 60))
    assert f"Fri 18:03-Fri 18:20 {MARKET}" in told(problem, sample_plan(problem))


@settings(max_examples=60, deadline=None)
@given(tours())
def test_any_plan_fits_the_page(tour: tuple[Problem, Plan, Streets]) -> None:
    """Whatever the names, no line is wider than the page and nothing steers the terminal."""
    problem, plan, _ = tour
    lines = told(problem, plan).split("\n")
    assert max(map(width, lines)) <= COLUMNS
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for line in lines for c in line)


def test_plan_with_violations_is_told_as_it_is() -> None:
    """A plan edited by hand, with unknown names and times outside the shift, is told all the same."""
    problem = sample_problem()
    plan = Plan("", (Route("Z9", (Stop("Nowhere", "picnic", -5, 500),)), Route("A1", ())))
    text = told(problem, plan)
    assert "Z9\n" in text
    assert "Nowhere" in text
    assert text.endswith("A1, car, 18:00-20:00\n")


def test_hours_and_least_response_only_where_there_is_something_to_say() -> None:
    """Without risk and demand there is no table by hour; spells in which all demand is covered are not the least."""
    problem = lonely_car(60, tasks=(Task(GATE, 10, 1),))
    plan = Plan(problem.fingerprint(), (Route("A1", (Stop("Central", "standby", 0, 60),)),))
    assert "\nhour" not in told(problem, plan)
    town = busy_town()
    text = told(town, busy_plan(town))
    assert "\nhour" in text
    assert "Least response: " in text
    assert "100.0 %" not in text[text.index("Least response: ") : text.index("\nhour")]


def test_a_bound_that_does_not_hold_is_not_told() -> None:
    """After an edit by which a plan lacks more than it says, or for another problem, nothing is bounded."""
    problem = sample_problem()
    plan = with_shortfall(problem).replace(bound=score(problem, sample_plan(problem)).full)
    assert "no plan is worth more" in told(problem, plan)
    assert "no plan is worth more" not in told(problem, plan.replace(shortfalls=()))
    assert "no plan is worth more" not in told(problem, plan.replace(fingerprint="sha256:of another problem"))

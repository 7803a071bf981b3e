"""Draws: several plans that keep every rule, are nearly as good as the best, and differ."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import jsonschema
import numpy as np
import pytest

from solver.check import check
from solver.document_errors import DocumentError
from solver.draws.chances import WHOLE
from solver.draws.draw import NothingToDrawError, draw
from solver.draws.draw_json import draw_from_json, draw_schema, draw_to_json
from solver.draws.draw_summary import draw_summary
from solver.draws.drawn import Draw
from solver.plain_text import width
from solver.problem import Problem
from solver.score import score
from solver.weights import weights
from tests.small_problems import small_problem
from tests.small_town import busy_town, lonely_car
from tests.visit_problems import visit_problem

TOWN = small_problem(7, units=4, hotspots=12, minutes=240)


@pytest.fixture(scope="module")
def drawn() -> Draw:
    """Give a draw of four plans of a small town."""
    return draw(TOWN, number=4, within=Fraction(1, 10), time_limit=None, work_limit=3000, seed=1)


def test_every_plan_keeps_every_rule_and_is_worth_enough(drawn: Draw) -> None:
    """Each is checked, worth at least nine tenths of the best, lacks no more, and says what it is worth."""
    best = drawn.plans[0]
    assert len(drawn.plans) == 4
    for plan in drawn.plans:
        assert check(TOWN, plan) == ()
        card = score(TOWN, plan)
        assert plan.value == card.value
        assert 10 * plan.value >= 9 * best.value
        assert card.missing <= score(TOWN, best).missing
        assert plan.bound == best.bound
    assert [p.value for p in drawn.plans] == sorted((p.value for p in drawn.plans), reverse=True)


def test_the_plans_differ(drawn: Draw) -> None:
    """No two are seen at the same places and times, and an observer is uncertain where he was not."""
    assert drawn.least_distance is not None
    assert drawn.least_distance > 0.1
    known = drawn.forecasts(TOWN)
    assert known["best_plan"].overall.uncertainty == 0
    assert known["draw"].overall.uncertainty > 0.2
    assert known["draw"].overall.edge < known["best_plan"].overall.edge
    for spot, alone in zip(known["draw"].spots, known["best_plan"].spots, strict=True):
        hole, before = spot.hole or (0, 0), alone.hole or (0, 0)
        assert hole[1] - hole[0] <= before[1] - before[0]


def test_chances_are_of_all_plans(drawn: Draw) -> None:
    """They add up, and no plan is without one."""
    assert sum(drawn.chances) == WHOLE
    assert min(drawn.chances) > 0
    assert drawn.expected_loss <= sum(drawn.losses) / 4 + 1e-4


def test_the_same_seed_gives_the_same_plans(drawn: Draw) -> None:
    """With a limit of moves alone a draw can be made again, also by two threads."""
    with ThreadPoolExecutor(2) as executor:
        again = draw(
            TOWN,
            number=4,
            within=Fraction(1, 10),
            time_limit=None,
            work_limit=3000,
            seed=1,
            executor=executor,
            parallel=2,
        )
    assert [p.routes for p in again.plans] == [p.routes for p in drawn.plans]
    assert again.chances == drawn.chances
    assert draw_to_json(TOWN, again) == draw_to_json(TOWN, drawn)


def test_a_stopped_draw_has_the_best_plan() -> None:
    """Told to stop from the first, it returns one plan, which is drawn for certain."""
    found = draw(TOWN, number=3, time_limit=60, stop=lambda: True)
    assert len(found.plans) == 1
    assert found.chances == (WHOLE,)
    assert found.mean_distance is None
    assert check(TOWN, found.plans[0]) == ()
    assert "There is nothing to draw." in draw_summary(TOWN, found)


def test_a_draw_stops_between_plans() -> None:
    """Told to stop after two plans, it returns what there is, and says how far it was."""
    told: list[tuple[int, int]] = []
    found = draw(
        TOWN,
        number=3,
        within=0.5,
        time_limit=None,
        work_limit=2000,
        stop=lambda: bool(told),
        told=lambda progress: told.append((progress.made, progress.wanted)),
    )
    assert told[0] == (1, 4)
    assert len(told) == 2
    assert 1 <= len(found.plans) <= 3
    assert found.made == 3


def test_no_loss_allowed_means_plans_as_good_as_the_best() -> None:
    """With no loss allowed every plan is worth what the best is, to the unit."""
    found = draw(TOWN, number=3, within=0, time_limit=None, work_limit=600)
    assert {plan.value for plan in found.plans} == {found.plans[0].value}


def test_where_time_is_short_fewer_plans_get_more_of_it() -> None:
    """As long as no plan is good enough the number still to be made is halved, and the rest is shared by fewer."""
    wanted: list[int] = []
    found = draw(
        TOWN,
        number=7,
        within=0,
        time_limit=None,
        work_limit=120,
        told=lambda progress: wanted.append(progress.wanted),
        change=lambda problem, *_: problem.replace(
            hotspots=tuple(replace(h, windows=((0, 15),), every=0, required=False) for h in problem.hotspots)
        ),
    )
    assert wanted == [12, 12, 8, 8, 6, 6]
    assert found.made == 7
    assert len(found.plans) == 1


@pytest.mark.parametrize("problem", [busy_town(), small_problem(3)], ids=["busy", "rules"])
def test_towns_with_rules_of_every_kind(problem: Problem) -> None:
    """Windows, revisits, stretches, districts and required tasks: every plan keeps every rule and lacks no more."""
    found = draw(problem, number=3, within=0.3, time_limit=None, work_limit=600)
    lack = [score(problem, plan).missing for plan in found.plans]
    assert all(check(problem, plan) == () for plan in found.plans)
    assert max(lack) == lack[0]


def test_tasks_alone() -> None:
    """Rounds of visits are drawn as well."""
    problem = visit_problem(np.random.default_rng(3), tasks=12)
    found = draw(problem, number=3, within=0.2, time_limit=None, work_limit=3000)
    assert len(found.plans) == 3
    assert all(check(problem, plan) == () for plan in found.plans)


def test_what_cannot_be_drawn_is_refused() -> None:
    """A town of posts and demand alone, one plan, a loss of everything and no limit are refused with the reason."""
    with pytest.raises(NothingToDrawError, match="neither hotspots"):
        draw(lonely_car(60), time_limit=1)
    with pytest.raises(ValueError, match="two plans"):
        draw(TOWN, number=1)
    with pytest.raises(ValueError, match="less than everything"):
        draw(TOWN, within=1)
    with pytest.raises(ValueError, match="limit"):
        draw(TOWN, time_limit=None)


def test_the_document_keeps_its_schema(drawn: Draw) -> None:
    """draw.json is what its schema says, reads back, and its figures are those of the draw."""
    text = draw_to_json(TOWN, drawn)
    document = json.loads(text)
    jsonschema.validate(document, draw_schema())
    read = draw_from_json(text)
    assert [plan.directory for plan in read.plans] == ["plan-1", "plan-2", "plan-3", "plan-4"]
    assert [plan.chance for plan in read.plans] == list(drawn.chances)
    assert [plan.value_units for plan in read.plans] == [plan.value for plan in drawn.plans]
    assert read.bound == drawn.plans[0].bound / weights(TOWN).full  # type: ignore[operator]
    pairs = np.array(read.distance.pairs)
    assert np.allclose(pairs, drawn.distances, atol=1e-6)
    for plan in read.plans:
        assert plan.below_bound == pytest.approx(1 - plan.value_units / drawn.plans[0].bound)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"chance": ', '"chance": 1', "add up to 10000"),
        ('"plan-2"', '"plan-1"', "comes twice"),
        ('"plan-2"', '"../plan-2"', "plans"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(drawn: Draw, old: str, new: str, told: str) -> None:
    """Chances that do not add up, a directory named twice, and one elsewhere are told."""
    text = draw_to_json(TOWN, drawn).replace(old, new, 1)
    with pytest.raises(DocumentError, match=told):
        draw_from_json(text)


def test_the_summary_takes_any_name(drawn: Draw) -> None:
    """Names in any script, with control characters, stay on lines of at most 100 columns."""
    names = ["市场广场" * 30, "a\nb\x1b[31mc", "=1+1", '<b>"x"</b>']
    at = [h.place for h in TOWN.hotspots[:4]]
    places = [replace(p, name=names[at.index(i)]) if i in at else p for i, p in enumerate(TOWN.places)]
    town = TOWN.replace(places=tuple(places), name="夜班\n" * 60)
    text = draw_summary(town, drawn)
    assert max(width(line) for line in text.splitlines()) <= 100
    assert "\x1b" not in text
    assert "市场广场" in text

"""Weights: exact multipliers, and goals shared out where a layer has no weight."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from solver.problem import LAYERS, Problem, Task
from solver.weights import FULL, goal_shares, weights
from tests.problems import tiny_problems
from tests.small_town import GATE, lonely_car, small_town


def test_totals_by_hand() -> None:
    """Presence counts 100 a unit of risk, response the demand, backup twice the demand, minute by minute."""
    assert weights(small_town()).totals == {
        "presence": 100 * (60 * 15 + 60 * 6),
        "response": 60 * 9 + 120,
        "backup": 2 * (60 * 9 + 120),
        "revisit": 0,
        "tasks": 0,
        "district": 0,
    }


def test_multipliers_by_hand() -> None:
    """A multiplier is the layer's goal, as a share of all goals, over the layer's total, rounded down."""
    w = weights(small_town())
    goals = {"presence": 500, "response": 350, "backup": 150}
    unused = dict.fromkeys(("revisit", "tasks", "district"), 0)
    assert w.multipliers == {x: FULL * goals[x] // (1000 * w.totals[x]) for x in goals} | unused


def test_covering_everything_is_worth_full() -> None:
    """The value of all totals is the full value, which is FULL up to the rounding of the multipliers."""
    w = weights(small_town())
    assert w.value(w.totals) == w.full
    assert FULL - sum(w.totals.values()) < w.full <= FULL


def test_a_layer_without_weight_leaves_its_goal_to_the_others() -> None:
    """Without demand, presence alone makes up the value."""
    town = small_town()
    problem = town.replace(demand=(), reach={m: a[:, :0] for m, a in town.reach.items()})
    w = weights(problem)
    assert w.multipliers["response"] == w.multipliers["backup"] == 0
    assert w.multipliers["presence"] == FULL // w.totals["presence"]


def test_a_goal_of_nothing_has_no_multiplier() -> None:
    """A layer whose goal is 0 is worth nothing, though it has weight."""
    w = weights(small_town().replace(goals={"presence": 0, "response": 1, "backup": 1}))
    assert w.multipliers["presence"] == 0
    assert w.totals["presence"] > 0


def test_a_problem_without_any_weight_is_worth_nothing() -> None:
    """Where there is no risk and no demand, every multiplier and the full value are 0."""
    town = small_town()
    problem = town.replace(
        hotspots=tuple(replace(h, risk=(0, 0)) for h in town.hotspots),
        demand=tuple(replace(d, demand=(0, 0)) for d in town.demand),
    )
    assert weights(problem).multipliers == dict.fromkeys(LAYERS, 0)
    assert weights(problem).full == 0


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(tiny_problems())
def test_shares_of_the_value_are_the_goals(problem: Problem) -> None:
    """Each layer's full worth is its goal's share of FULL, short of it by less than its total."""
    w = weights(problem)
    live = [layer for layer in LAYERS if w.totals[layer] and problem.goals[layer]]
    shares = sum(problem.goals[layer] for layer in live)
    for layer in LAYERS:
        worth = w.multipliers[layer] * w.totals[layer]
        ideal = FULL * problem.goals[layer] / shares if layer in live else 0
        assert ideal - w.totals[layer] - 1 < worth <= ideal + 1
    assert isinstance(w.full, int)


def test_layers_that_count_share_the_whole_goal() -> None:
    """Where there are tasks alone they have all of the goal, whatever the file gives to layers without anything."""
    problem = lonely_car(60, tasks=(Task(GATE, 10, 1),), goals={"presence": 500, "response": 350, "tasks": 150})
    assert goal_shares(problem) == {layer: 1.0 if layer == "tasks" else None for layer in LAYERS}

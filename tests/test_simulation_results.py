"""Figures of a simulation: intervals, differences, and what they are made of."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from solver.plain_text import width
from solver.plan import Plan, Route, Stop
from solver.score import score
from solver.simulation.calls import CallModel, draw_calls, replay_calls, usual_calls
from solver.simulation.intervals import Ratio, mean, percentile
from solver.simulation.results import SimulationResult, differences, results_of, simulation_json
from solver.simulation.rules import Rules
from solver.simulation.setting import Setting
from solver.simulation.simulate import Run, simulate
from solver.simulation.text import estimate_text, simulation_lines
from solver.simulation.ways import estimated_ways
from tests.problems import town_problem
from tests.small_town import small_plan, small_town

SETTING = Setting(200, 0, "given", CallModel(4.0), Rules(), "estimate")


def a_run(rules: Rules | None = None, plan: Plan | None = None, seed: int = 0) -> Run:
    """Return a simulation of the small town."""
    problem = small_town()
    calls = draw_calls(problem, CallModel(4.0, serious=0.3), 200, seed)
    return simulate(problem, plan or small_plan(problem), calls, estimated_ways(problem), rules)


def result(name: str = "plan", **options: object) -> SimulationResult:
    """Return its figures."""
    return results_of(name, a_run(**options))  # type: ignore[arg-type]


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 400 intervals for a share whose calls come in bunches, about 95 % hold the true one."""
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        calls = rng.poisson(8, 60)
        chance = rng.beta(3, 1, 60)  # what differs between replications: within one, calls fare alike
        found = Ratio(rng.binomial(calls, chance).astype(float), calls.astype(float)).estimate()
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.75 <= found.high
    assert 0.91 <= held / 400 <= 0.98


def test_intervals_of_percentiles_hold_the_truth_as_often_as_they_say() -> None:
    """Of 300 intervals for the median of times that come in bunches, about 95 % hold the true one."""
    rng, held = np.random.default_rng(2), 0
    for _ in range(300):
        groups = np.repeat(np.arange(60), 20)
        values = np.rint(1000 * np.exp(0.3 * rng.standard_normal(60)[groups] + rng.standard_normal(1200))).astype(int)
        found = percentile(values, groups, 60, 0.5)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 1000 <= found.high
    assert 0.91 <= held / 300 <= 0.98


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    """The smallest that at least this share of all values does not exceed; nothing of nothing."""
    values = np.array([5, 1, 9, 3, 7, 2, 8, 4, 6, 10])
    groups = np.arange(10)
    assert [percentile(values, groups, 10, share).value for share in (0.1, 0.5, 0.9, 1.0)] == [1, 5, 9, 10]
    assert percentile(values[:0], groups[:0], 10, 0.5).value is None


def test_one_replication_has_figures_without_intervals() -> None:
    """Nothing is known of how much they differ."""
    found = mean(np.array([4.0])).estimate()
    assert (found.value, found.low, found.half) == (4.0, None, None)
    assert Ratio(np.zeros(3), np.zeros(3)).estimate().value is None


def test_the_difference_of_a_plan_and_itself_is_nothing() -> None:
    """With the same calls every difference is 0 and certain."""
    one, two = result(), result()
    assert all((d.difference.value, d.difference.half) == (0, 0) for d in differences(one, two))


def test_differences_are_sharper_than_the_figures_they_are_of() -> None:
    """As both plans have the same calls, the interval of a difference is narrower than with calls of its own."""
    one, two = result(), result(rules=Rules(after="resume"))
    strange = result(rules=Rules(after="resume"), seed=9)
    for name in ("within standard", "presence"):
        (paired,) = [d.difference for d in differences(one, two) if d.name == name]
        (apart,) = [d.difference for d in differences(one, strange) if d.name == name]
        first, second = one.measure(name), two.measure(name)
        assert first.value is not None
        assert second.value is not None
        assert paired.value == pytest.approx(second.value - first.value)
        assert paired.half < 0.8 * apart.half  # type: ignore[operator]


def test_figures_are_what_they_are_called() -> None:
    """Counted anew from the calls, one by one."""
    run = a_run()
    found, out = results_of("plan", run), run.outcome
    reached = soon = within3 = waited = serious = supported = 0
    for c, (second, d) in enumerate(zip(run.calls.second.tolist(), run.calls.point.tolist(), strict=True)):
        there, support = out.there[c].tolist()
        point = run.problem.demand[d]
        reached += there >= 0
        soon += 0 <= there <= second + point.standard
        within3 += 0 <= there <= second + 180
        waited += out.sent[c, 0] != second
        if run.calls.serious[c]:
            serious += 1
            supported += 0 <= support <= second + point.backup
    count = len(run.calls.second)
    expected = {
        "within standard": soon / count,
        "within 3 min": within3 / count,
        "had to wait": waited / count,
        "never reached": 1 - reached / count,
        "support in time": supported / serious,
        "presence": out.presence.mean() / score(run.problem, run.plan).totals["presence"],
        "post minutes missing": out.missing.sum() / 200,
        "units busy": out.busy.sum() / 200 / (210 * 60),
    }
    assert {name: found.measure(name).value for name in expected} == pytest.approx(expected)
    assert sum(h.calls for h in found.hours) == pytest.approx(count / 200)
    assert sum(z.calls for z in found.zones) == pytest.approx(count / 200)
    planned = {m.name: m.planned for m in found.measures}
    card = score(run.problem, run.plan)
    assert planned["within standard"] == card.share("response")
    assert planned["presence"] == card.share("presence")


def test_hotspots_lose_what_the_plan_loses() -> None:
    """What is lost at each adds up to what is planned less what is delivered."""
    found = result()
    (presence,) = [m for m in found.measures if m.name == "presence"]
    assert presence.planned is not None
    assert presence.ratio.value is not None
    assert sum(h.lost for h in found.hotspots) == pytest.approx(presence.planned - presence.ratio.value)
    assert all(0 <= h.delivered <= h.planned for h in found.hotspots)  # type: ignore[operator]


def test_a_single_call_is_reached_as_often_as_planned() -> None:
    """Where all units are free and stand, the share within standard is that of the scorecard."""
    problem = town_problem(3, units=5, demand=40)
    routes = tuple(
        Route(u.callsign, (Stop(problem.places[u.origin].name, "standby", u.start, u.end),)) for u in problem.units
    )
    plan = Plan(problem.fingerprint(), routes)
    drawn = draw_calls(problem, CallModel(40.0), 100, 1)
    alone = replace(
        drawn,
        first=np.arange(len(drawn.second) + 1),
        serious=np.zeros(len(drawn.second), dtype=np.bool_),
    )
    found = results_of("plan", simulate(problem, plan, alone, estimated_ways(problem))).measure("within standard")
    planned = score(problem, plan).share("response")
    assert planned is not None
    assert 0.1 < planned < 0.99
    assert found.low is not None
    assert found.high is not None
    assert found.low < planned < found.high


def test_busy_shares_by_slot_and_unit_add_up() -> None:
    """Weighed with the time on duty they give the share of all time on duty."""
    run = a_run()
    found = results_of("plan", run)
    # A1 is on duty for both hours, B2 for one and a half.
    hours = [(120, 0.0), (90, 0.0)]
    by_slot = sum((found.busy[s] or 0) * (hours[s][0]) for s in (0, 1)) / 210
    by_unit = sum((u.busy.value or 0) * u.on_duty for u in found.units) / 210
    both = sum(
        (u.busy_by_slot[s] or 0) * m for u, m0 in zip(found.units, (60, 30), strict=True) for s, m in ((0, 60), (1, m0))
    )
    assert by_slot == pytest.approx(found.measure("units busy").value)
    assert by_unit == pytest.approx(by_slot)
    assert both / 210 == pytest.approx(by_slot)


def test_everything_goes_into_json() -> None:
    """What is written can be read, without anything that JSON does not have."""
    document = simulation_json(SETTING, [result("A"), result("B", rules=Rules(after="resume"))])
    again = json.loads(json.dumps(document, allow_nan=False))
    assert [p["name"] for p in again["plans"]] == ["A", "B"]
    assert again["differences"][0]["measures"]["presence"]["kind"] == "share"
    assert again["setting"]["model"]["expected"] == 4.0


def test_lines_fit_the_page() -> None:
    """One plan, and two beside each other, in lines of at most 100 columns."""
    for plans in ([result("a plan")], [result("a plan"), result("市中心\n方案")]):
        lines = [line.text for line in simulation_lines(SETTING, plans)]
        assert max(map(width, lines)) <= 100
        assert not any("\n" in line for line in lines)


def test_estimates_are_written_with_their_error() -> None:
    """As a share, a time, a number; a difference has a sign."""
    found = mean(np.array([0.5, 0.75, 1.0, 0.75])).estimate()
    assert estimate_text(found, "share") == "75.0 % ± 32.5"
    assert estimate_text(found, "share", sign=True) == "+75.0 pt ± 32.5"
    assert estimate_text(mean(np.array([61.0, 63.0])).estimate(), "seconds") == "1:02 ± 13"
    assert estimate_text(mean(np.array([61.0])).estimate(), "seconds", sign=True) == "+61 s"


def test_past_days_come_again_where_there_are_more_replications() -> None:
    """The third of two days is the first one, with other times of service."""
    days = [(np.array([10, 20]), np.array([0, 1])), (np.array([5]), np.array([1]))]
    calls = replay_calls(days, CallModel(1.5), 3, 0)
    assert calls.first.tolist() == [0, 2, 3, 5]
    assert calls.second.tolist() == [10, 20, 5, 10, 20]
    assert calls.point.tolist() == [0, 1, 1, 0, 1]
    assert (calls.service[:2] != calls.service[3:]).any()


def test_there_is_a_call_for_every_two_hours_of_a_unit_unless_somebody_says_so() -> None:
    """The small town has units on duty for three and a half hours."""
    assert usual_calls(small_town()) == 1.75


@pytest.mark.parametrize(
    "wrong", [{"expected": -1}, {"service": 0}, {"serious": 1.5}, {"spread": "wide"}, {"expected": float("nan")}]
)
def test_calls_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    """Negative numbers, shares above 1, unknown spreads."""
    with pytest.raises(ValueError):
        CallModel(**{"expected": 1.0, **wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        Rules(reserve=-1)

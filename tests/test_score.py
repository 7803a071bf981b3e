"""Score: by hand on a small town, against the model read literally, and what must always add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.plan import STOP_KINDS, Plan, Route, Stop
from solver.problem import LAYERS, Problem, Staffing
from solver.score import score
from solver.score_text import score_lines
from solver.scorecard import RevisitScore, Scorecard, TaskScore
from solver.weights import weights
from tests.naive_score import leg_minutes, naive_score
from tests.problems import tiny_problem, town_problem
from tests.random_plans import random_plan
from tests.small_town import SCHOOL, busy_plan, busy_town, small_plan, small_town

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def picker(data: st.DataObject) -> Callable[[int, int], int]:
    """Return a source of choices that hypothesis can shrink."""
    return lambda low, high: data.draw(st.integers(low, high))


def drawn(seed: int) -> Callable[[int, int], int]:
    """Return a source of choices that is faster, for many problems that need not be shrunk."""
    rng = np.random.default_rng(seed)
    return lambda low, high: int(rng.integers(low, high + 1))


def with_stops(plan: Plan, callsign: str, *stops: Stop) -> Plan:
    """Return the plan with other stops for one unit."""
    return plan.replace(routes=tuple(Route(callsign, stops) if r.callsign == callsign else r for r in plan.routes))


def small_card() -> Scorecard:
    """Return the scorecard of the small town's plan."""
    problem = small_town()
    return score(problem, small_plan(problem))


def busy_card() -> Scorecard:
    """Return the scorecard of the busy town's plan."""
    problem = busy_town()
    return score(problem, busy_plan(problem))


def test_presence_by_hand() -> None:
    """Two visits of Market count once where they overlap, and linger 30 minutes after the later one."""
    # Market is visited in [4, 40) at risk 5, and lingers in [4, 60) at risk 5 and [60, 70) at risk 10;
    # Bridge is visited in [85, 100) at risk 4, and lingers to the end of its 20 minutes and of the horizon.
    market = 30 * 5 * 36 + 70 * (5 * 56 + 10 * 10)
    bridge = 50 * 4 * 15 + 50 * 4 * 35
    card = small_card()
    assert [h.covered for h in card.hotspots] == [market, bridge]
    assert [h.total for h in card.hotspots] == [100 * 60 * 15, 100 * 60 * 6]
    assert [(h.visits, h.minutes) for h in card.hotspots] == [(2, 44), (1, 15)]
    assert card.covered["presence"] == market + bridge


def test_response_by_hand() -> None:
    """A unit counts from the nearer end of its leg, and not while on a post that does not allow it."""
    # Square is within 60 s of Market only: A1 counts there from the middle of its leg of 4 minutes, minute 2, B2
    # until the middle of its leg home of 12 minutes, minute 46.  Park is within 300 s of Market by car: A1 counts
    # there until the middle of its leg of 5 minutes to Gate, the end of minute 22.
    card = small_card()
    assert card.covered["response"] == 3 * (46 - 2) + 1 * (23 - 2)
    assert card.totals["response"] == 3 * 60 + 6 * 60 + 120


def test_backup_by_hand() -> None:
    """The first unit earns half the weight and the second the other half, breaks and closed posts nothing."""
    # A1 is within reach of both points from everywhere it is available: [0, 25), [55, 58), [78, 120).
    # B2 is so at Market, and on the nearer half of its legs: [6, 46).
    card = small_card()
    assert card.covered["backup"] == (3 * 28 + 6 * 42 + 70) + (3 * 40 + 40)
    assert card.totals["backup"] == 2 * card.totals["response"]


def test_how_units_spend_their_shift_by_hand() -> None:
    """Minutes of each unit by what it does add up to its shift."""
    a1, b2 = small_card().units
    assert (a1.visiting, a1.stints, a1.driving, a1.standby, a1.on_break) == (31, 30, 26, 13, 20)
    assert (b2.visiting, b2.stints, b2.driving, b2.standby, b2.on_break) == (28, 0, 24, 38, 0)
    assert (a1.shift, a1.unaccounted, b2.shift, b2.unaccounted) == (120, 0, 90, 0)
    assert (a1.visits, a1.hotspots) == (2, 2)


def test_posts_by_hand() -> None:
    """A post that lacks one unit in five of its 30 minutes is manned in full in 25."""
    problem = small_town()
    plan = small_plan(problem)
    stops = plan.routes[0].stops
    late = with_stops(plan, "A1", *stops[:2], replace(stops[2], arrive=30), *stops[3:])
    (gate,) = score(problem, late).posts
    assert (gate.wanted, gate.missing, gate.minutes, gate.minutes_manned) == (30, 5, 30, 25)
    assert score(problem, late).missing == 5


def test_hours_by_hand() -> None:
    """The shares of an hour are of the weight in that hour."""
    first, second = small_card().hours
    assert [h.label for h in (first, second)] == ["18:00", "19:00"]
    assert first.response == pytest.approx((3 * 44 + 21) / (4 * 60))
    assert second.response == 0
    assert second.presence == pytest.approx((70 * 10 * 10 + 50 * 4 * 15 + 50 * 4 * 35) / (60 * 1400))


def test_zones_by_hand() -> None:
    """Zones have their own shares, by demand."""
    core, elsewhere = small_card().zones
    assert (core.zone, core.standard, core.points, core.demand) == ("core", 60, 1, 540)
    assert core.response == pytest.approx(3 * 44 / 540)
    assert elsewhere.response == pytest.approx(21 / 120)


def test_a_watching_stint_is_present_and_does_not_linger() -> None:
    """A stint at Gate covers presence at Market, which it watches, but no lingering; Bridge is visited from behind."""
    # Market is visited in [4, 30) and watched in [25, 55), both at risk 5, visited in [82, 96) at risk 10; it lingers
    # in [4, 60) and [82, 120).  Bridge is visited from its other end in [102, 114) at risk 4.
    market = 30 * (5 * 51 + 10 * 14) + 70 * (5 * 56 + 10 * 38)
    bridge = 50 * 4 * 12 + 50 * 4 * 18
    assert [h.covered for h in busy_card().hotspots] == [market, bridge]
    assert [(h.visits, h.minutes) for h in busy_card().hotspots] == [(3, 48), (1, 12)]


def test_revisits_by_hand() -> None:
    """Market is never alone for longer than 30 of 40 minutes; Bridge is for 102 of 60, of which 42 are overdue."""
    card = busy_card()
    assert card.revisits == (
        RevisitScore("Market", every=40, required=True, due=20 + 10, overdue=0, longest=30),
        RevisitScore("Bridge", every=60, required=False, due=60, overdue=42, longest=102),
    )
    assert (card.covered["revisit"], card.totals["revisit"], card.missing) == (18, 60, 0)


def test_tasks_by_hand() -> None:
    """The task is done once, by B2, who spends 15 minutes on it."""
    card = busy_card()
    assert card.tasks == (TaskScore("School", 15, 7, True, 42, "18:42-18:57", "B2"),)
    assert (card.covered["tasks"], card.totals["tasks"]) == (7, 7)
    assert [u.tasks for u in card.units] == [0, 15]


def test_minutes_in_the_district_by_hand() -> None:
    """A1 counts where it stands available in the south, on the road from the nearer end; B2 is tied and does not."""
    # 2 of the leg to Market, 16 there, 5 to Gate (where it does not count), 2 from Gate, 2 to Market, 14 there, 3 away.
    card = busy_card()
    assert [u.in_district for u in card.units] == [2 + 16 + 5 + 2 + 2 + 14 + 3, None]
    assert (card.covered["district"], card.totals["district"]) == (44, 120)


def test_districts_by_hand() -> None:
    """A district has the share of its hotspots' risk, and the minutes that units stand available in it."""
    north, south = busy_card().districts
    assert (north.district, north.hotspots, south.district, south.hotspots) == ("north", 1, "south", 1)
    assert north.presence == pytest.approx((50 * 4 * 12 + 50 * 4 * 18) / (100 * 60 * 6))
    # A1: 3 of the leg to Bridge back, 12 there, 3 of the leg from it.
    assert north.unit_minutes == 3 + 12 + 3
    # B2: 6 of the leg to Market, 18 there, 12 to School, where it does not count, and 8 of the leg from it; and A1.
    assert south.unit_minutes == 6 + 18 + 12 + 8 + 44


def test_a_unit_on_a_task_that_does_not_allow_it_is_not_available() -> None:
    """What B2 covers of response and backup while at School is nothing, unless the task allows it."""
    problem = busy_town()
    open_task = replace(problem.tasks[0], available=True)
    reach = {mode: array.copy() for mode, array in problem.reach.items()}
    reach["foot"][SCHOOL, 0] = 60
    closed, opened = (problem.replace(tasks=(k,), reach=reach) for k in (problem.tasks[0], open_task))
    plan = busy_plan(problem)
    gained = score(opened, plan).covered["response"] - score(closed, plan).covered["response"]
    assert gained == 3 * 15


@pytest.mark.parametrize(
    ("callsign", "stop", "layer"),
    [
        ("A1", Stop("Market", "visit", 50, 62), "presence"),
        ("B2", Stop("Bridge", "visit", 21, 40), "presence"),
        ("B2", Stop("School", "task", 39, 54), "tasks"),
        ("B2", Stop("School", "task", 61, 76), "tasks"),
        ("B2", Stop("School", "task", 42, 56), "tasks"),
        ("A1", Stop("School", "task", 42, 57), "tasks"),
        ("B2", Stop("Market", "task", 42, 57), "tasks"),
    ],
    ids=[
        "across a window",
        "outside the district",
        "too early",
        "too late",
        "too short",
        "not admitted",
        "no task there",
    ],
)
def test_a_visit_or_task_that_breaks_a_rule_of_its_own_covers_nothing(callsign: str, stop: Stop, layer: str) -> None:
    """A visit outside windows or districts covers no hotspot, and a task done wrongly is not done."""
    problem = busy_town()
    ends = (Stop("Central", "standby", 0, 0), Stop("Central", "standby", 80, 90))
    card = score(problem, Plan("", (Route(callsign, (ends[0], stop, ends[1])),)))
    assert card.covered[layer] == 0
    assert card.hotspots[0].visits == card.hotspots[1].visits == 0
    assert card.missing == 30 + 30 + 15


def test_a_task_done_twice_earns_its_profit_once() -> None:
    """Two units that do the same task cover it once, and the earlier one is told."""
    problem = busy_town().replace(tasks=(replace(busy_town().tasks[0], modes=()),))
    plan = busy_plan(problem)
    a1 = (plan.routes[0].stops[0], Stop("School", "task", 40, 55), Stop("Central", "standby", 60, 120))
    card = score(problem, with_stops(plan, "A1", *a1))
    assert card.covered["tasks"] == 7
    assert (card.tasks[0].callsign, card.tasks[0].start) == ("A1", 40)


def test_the_worst_spells_of_response_come_first() -> None:
    """Spells of equal response are one, the least is first, the longer first among equals."""
    worst = small_card().worst_response
    assert [(w.label, round(w.response, 3)) for w in worst] == [
        ("18:46-20:00", 0.0),
        ("18:00-18:02", 0.0),
        ("18:23-18:46", 0.75),
        ("18:02-18:23", 1.0),
    ]


def test_driving_slowly_is_waiting_at_the_end_of_the_leg() -> None:
    """A unit that takes 20 minutes for a leg of 12 covers what it does with standby for the last 8."""
    problem = small_town()
    plan = small_plan(problem)
    home = Stop("Central", "standby", 60, 90)
    slow = with_stops(plan, "B2", Stop("Central", "standby", 0, 0), Stop("Market", "visit", 20, 48), home)
    waits = (Stop("Market", "standby", 12, 20), Stop("Market", "visit", 20, 48))
    waiting = with_stops(plan, "B2", Stop("Central", "standby", 0, 0), *waits, home)
    assert score(problem, slow).covered == score(problem, waiting).covered


@pytest.mark.parametrize(
    ("stop", "why"),
    [
        (Stop("Markt", "visit", 12, 40), "an unknown place"),
        (Stop("Market", "nap", 12, 40), "an unknown kind"),
        (Stop("Market", "visit", 40, 12), "leaves before it arrives"),
        (Stop("Market", "visit", -5, 40), "begins before the shift"),
        (Stop("Market", "visit", 12, 91), "ends after the shift"),
    ],
)
def test_a_stop_that_does_not_count_covers_nothing(stop: Stop, why: str) -> None:
    """A stop that cannot be read, or lies outside the shift, is passed over as if it were not written."""
    problem = small_town()
    plan = small_plan(problem)
    ends = (Stop("Central", "standby", 0, 0), Stop("Central", "standby", 52, 90))
    with_it = with_stops(plan, "B2", ends[0], stop, ends[1])
    without = with_stops(plan, "B2", *ends)
    assert score(problem, with_it) == score(problem, without), why


def test_a_visit_below_the_dwell_covers_no_hotspot_but_calls_nearby() -> None:
    """A visit one minute too short earns no presence; the unit stands there all the same."""
    problem = small_town()
    plan = small_plan(problem)
    ends = (Stop("Central", "standby", 0, 0), Stop("Central", "standby", 35, 90))
    short = score(problem, with_stops(plan, "B2", ends[0], Stop("Market", "visit", 12, 23), ends[1]))
    standby = score(problem, with_stops(plan, "B2", ends[0], Stop("Market", "standby", 12, 23), ends[1]))
    assert short.covered == standby.covered
    assert short.hotspots[0].visits == 1
    assert short.covered["response"] > 0


def test_a_stint_that_is_not_admitted_mans_no_post() -> None:
    """A foot patrol on a stint at a post for cars does not count there."""
    problem = small_town()
    ends = (Stop("Central", "standby", 0, 0), Stop("Central", "standby", 64, 90))
    plan = Plan("", (Route("B2", (ends[0], Stop("Gate", "stint", 25, 55), ends[1])),))
    assert score(problem, plan).missing == 30


def test_of_two_routes_of_a_unit_the_first_counts() -> None:
    """A second route of the same unit changes nothing, nor does one of an unknown unit."""
    problem = small_town()
    plan = small_plan(problem)
    more = plan.replace(routes=(*plan.routes, Route("A1", plan.routes[1].stops), Route("X", plan.routes[1].stops)))
    assert score(problem, more) == score(problem, plan)


def test_a_plan_without_routes_covers_nothing() -> None:
    """Without routes nothing is covered and posts lack everyone."""
    card = score(small_town(), Plan("", ()))
    assert card.covered == dict.fromkeys(LAYERS, 0)
    assert (card.value, card.missing) == (0, 30)


def test_weights_are_exact_up_to_the_most_there_may_be() -> None:
    """Weights at the limit are added up to the last unit."""
    town = small_town()
    factor = 10**9 // (60 * 21)
    problem = town.replace(hotspots=tuple(replace(h, risk=tuple(r * factor for r in h.risk)) for h in town.hotspots))
    card = score(problem, small_plan(town))
    assert card.covered["presence"] == 42000 * factor
    assert card.value == sum(card.covered[layer] * weights(problem).multipliers[layer] for layer in LAYERS)


def test_a_problem_without_demand_hotspots_or_posts_is_scored() -> None:
    """Layers without any weight have no share, and the rest is scored."""
    town = small_town()
    bare = {"demand": (), "reach": {m: a[:, :0] for m, a in town.reach.items()}}
    for changes in (bare, {"hotspots": ()}, {"posts": ()}, {**bare, "hotspots": (), "posts": ()}):
        problem = town.replace(**changes)
        card = score(problem, small_plan(problem))
        assert (card.share("response") is None) == ("demand" in changes)
        assert (card.share("presence") is None) == ("hotspots" in changes)
        assert card.missing == 0
        assert score_lines(problem, small_plan(problem), card)


def test_hours_that_come_twice_are_told_apart() -> None:
    """When the clocks go back, the hour that comes twice is two hours, with their offsets."""
    problem = small_town().replace(start="2020-10-25T00:30:00+01:00", minutes=120)
    labels = [h.label for h in score(problem, small_plan(problem)).hours]
    assert labels == ["00:30 +0100", "01:00 +0100", "01:00 +0000"]


def test_overlapping_windows_want_the_larger_number() -> None:
    """Staffing windows of one and of two units that overlap want two there."""
    town = small_town()
    windows = (Staffing(25, 55, 1), Staffing(40, 60, 2))
    problem = town.replace(posts=(replace(town.posts[0], staffing=windows),))
    assert score(problem, small_plan(problem)).posts[0].wanted == 15 * 1 + 20 * 2


@settings(SLOW, max_examples=300)
@given(st.integers(0, 2**32))
def test_score_is_the_model_read_literally(seed: int) -> None:
    """Covered weights, value and missing minutes equal those of a plain loop over units, stops and minutes."""
    pick = drawn(seed)
    problem = tiny_problem(pick, units=3)
    plan = random_plan(problem, pick)
    card = score(problem, plan)
    assert (card.missing, card.value, card.covered) == naive_score(problem, plan.routes)


@settings(SLOW, max_examples=200)
@given(st.integers(0, 2**32))
def test_stops_of_wrong_kinds_are_scored_as_the_model_read_literally(seed: int) -> None:
    """So they are when visits, stints and tasks break their rules: wrong places, lengths, windows or districts."""
    pick = drawn(seed)
    problem = tiny_problem(pick, units=3)
    routes = tuple(
        Route(r.callsign, tuple(replace(s, kind=STOP_KINDS[pick(0, 4)]) for s in r.stops))
        for r in random_plan(problem, pick).routes
    )
    card = score(problem, Plan("", routes))
    assert (card.missing, card.value, card.covered) == naive_score(problem, routes)


@SLOW
@given(st.data())
def test_the_parts_of_a_scorecard_add_up(data: st.DataObject) -> None:
    """Hotspots add up to presence, zones and hours to their layers, minutes of units to their shifts."""
    pick = picker(data)
    problem = tiny_problem(pick, units=3)
    card = score(problem, random_plan(problem, pick))
    assert sum(h.covered for h in card.hotspots) == card.covered["presence"]
    assert sum(h.total for h in card.hotspots) == card.totals["presence"]
    assert sum((z.response or 0) * z.demand for z in card.zones) == pytest.approx(card.covered["response"])
    assert sum((z.backup or 0) * 2 * z.demand for z in card.zones) == pytest.approx(card.covered["backup"])
    assert [h.start for h in card.hours[1:]] + [problem.minutes] == [h.end for h in card.hours]
    assert all(u.unaccounted == 0 for u in card.units)
    assert sum(x.missing for rows in (card.posts, card.revisits, card.tasks) for x in rows) == card.missing
    assert sum(k.profit for k in card.tasks if k.done) == card.covered["tasks"]
    assert sum(u.in_district or 0 for u in card.units) == card.covered["district"]
    assert all((r.longest > r.every) == (r.overdue > 0) for r in card.revisits)
    shares = [s for h in card.hours for s in (h.presence, h.response, h.backup) if s is not None]
    assert all(0 <= s <= 1 for s in shares)
    assert card.value <= card.full


@SLOW
@given(st.data())
def test_one_route_less_never_covers_more(data: st.DataObject) -> None:
    """Taking a route away raises neither any layer nor the number of units at posts."""
    pick = picker(data)
    problem = tiny_problem(pick, units=3)
    plan = random_plan(problem, pick)
    card = score(problem, plan)
    for i in range(len(plan.routes)):
        less = score(problem, plan.replace(routes=plan.routes[:i] + plan.routes[i + 1 :]))
        assert all(less.covered[layer] <= card.covered[layer] for layer in LAYERS)
        assert less.missing >= card.missing


def test_a_town_of_many_hours_is_scored_as_the_model_read_literally() -> None:
    """Also with hourly slots, three modes, staggered shifts and breaks the score is that of the plain loop."""
    problem = town_problem(7, units=5, hotspots=12, demand=20, posts=2, minutes=360, grid=5)
    plan = _tour(problem)
    card = score(problem, plan)
    assert (card.missing, card.value, card.covered) == naive_score(problem, plan.routes)
    assert min(card.covered[layer] for layer in ("presence", "response", "backup")) > 0


def _tour(problem: Problem) -> Plan:
    """Return a plan in which each unit visits the hotspots one after the other while it can be home in time."""
    routes = []
    for n, unit in enumerate(problem.units):
        now, place = unit.start, unit.origin
        stops = [Stop(problem.places[place].name, "standby", now, now)]
        for h in (*problem.hotspots[n:], *problem.hotspots[:n]):
            there = leg_minutes(problem, unit, place, h.place)
            home = leg_minutes(problem, unit, h.place, unit.destination)
            assert there is not None
            assert home is not None
            if now + there + h.dwell + home <= unit.end:
                stops.append(Stop(problem.places[h.place].name, "visit", now + there, now + there + h.dwell))
                now, place = now + there + h.dwell, h.place
        home = leg_minutes(problem, unit, place, unit.destination)
        assert home is not None
        stops.append(Stop(problem.places[unit.destination].name, "standby", now + home, unit.end))
        routes.append(Route(unit.callsign, tuple(stops)))
    return Plan(problem.fingerprint(), tuple(routes))


def test_the_scorecard_as_json_holds_everything() -> None:
    """The JSON of a scorecard can be written, and holds shares besides the weights."""
    card = small_card()
    document = json.loads(json.dumps(card.to_json()))
    assert document["covered"] == card.covered
    assert document["shares"]["presence"] == pytest.approx(42000 / 126000)
    assert document["value_share"] == pytest.approx(card.value / card.full)
    assert [u["callsign"] for u in document["units"]] == ["A1", "B2"]
    assert document["posts"][0]["place"] == "Gate"
    assert document["hours"][0]["label"] == "18:00"

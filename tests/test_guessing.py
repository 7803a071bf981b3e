"""What an observer can tell, against a count night by night and minute by minute."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.clock import Clock
from solver.draws.guessing import forecast
from solver.draws.quarters import Quarters
from solver.draws.sightings import distance, distances, parts_of, seen, spots, stakes
from solver.plan import Plan, Route
from solver.problem import Problem
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import busy_plan, busy_town, lonely_car, small_plan, small_town

AWKWARD = {"start": "2020-11-20T18:07:00+00:00"}
"""A shift that begins within a quarter of an hour."""


def plans_of(problem: Problem, seed: int, number: int) -> list[Plan]:
    rng = np.random.default_rng(seed)
    return [random_plan(problem, lambda a, b: int(rng.integers(a, b + 1))) for _ in range(number)]


def visited(problem: Problem, plan: Plan) -> set[tuple[str, int]]:
    """Return (place of a hotspot or task, minute) at which a unit is, read from plans that keep every rule."""
    place_of = {problem.places[at].name: problem.places[h.place].name for h in problem.hotspots for at in h.places}
    watched = {
        problem.places[q.place].name: [problem.places[problem.hotspots[h].place].name for h in q.watches]
        for q in problem.posts
    }
    found = set()
    for route in plan.routes:
        for stop in route.stops:
            names = {"visit": [place_of.get(stop.place)], "task": [stop.place], "stint": watched.get(stop.place, [])}
            for name in names.get(stop.kind, []):
                found |= {(str(name), t) for t in range(stop.arrive, stop.leave)}
    return found


def quarter_of(problem: Problem, minute: int) -> tuple[object, int]:
    """Return clock hour and quarter of a minute, as one reads them off a clock."""
    time = Clock.of(problem).local(minute)
    return (time.replace(minute=0), time.utcoffset()), time.minute // 15


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), chances=st.lists(st.integers(1, 9), min_size=1, max_size=4), late=st.booleans())
def test_an_observer_guesses_as_well_as_a_count_says(seed: int, chances: list[int], late: bool) -> None:
    """Every figure of every spot is what comes out of going through all nights, quarters and minutes."""
    problem = small_problem(seed % 50).replace(**(AWKWARD if late else {}))
    plans = plans_of(problem, seed, len(chances))
    nights = [visited(problem, plan) for plan, chance in zip(plans, chances, strict=True) for _ in range(chance)]
    known = forecast(problem, [seen(problem, p.routes) for p in plans], chances)
    hours: dict[object, dict[int, list[int]]] = {}
    for t in range(problem.minutes):
        hour, quarter = quarter_of(problem, t)
        hours.setdefault(hour, {}).setdefault(quarter, []).append(t)
    risk = {problem.places[h.place].name: [h.risk[s] for s in problem.slot_of] for h in problem.hotspots}
    for spot in known.spots[: len(problem.hotspots)]:
        rows = []
        for quarters in hours.values():
            met = [sum(any((spot.place, t) in n for t in ts) for n in nights) / len(nights) for ts in quarters.values()]
            weight = sum(risk[spot.place][t] for ts in quarters.values() for t in ts)
            bits = [0.0 if p in (0, 1) else -p * math.log2(p) - (1 - p) * math.log2(1 - p) for p in met]
            rows.append((weight, max(met), sum(met) / len(met), 1 - min(met), sum(bits) / len(bits)))
        assert spot.by_hour == pytest.approx([row[4] for row in rows], abs=1e-9)
        total = sum(row[0] for row in rows)
        if not total:
            continue
        met, blind, missed, bits = (sum(row[0] * row[i] for row in rows) / total for i in (1, 2, 3, 4))
        guess = spot.guess
        assert (guess.met, guess.met_by_chance) == (pytest.approx(met), pytest.approx(blind))
        assert (guess.missed, guess.missed_by_chance) == (pytest.approx(missed), pytest.approx(1 - blind))
        assert guess.uncertainty == pytest.approx(bits, abs=1e-9)
        assert guess.edge == pytest.approx(met + missed - 1, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 3))
def test_a_hole_is_the_longest_time_that_nobody_comes(seed: int, number: int) -> None:
    """The hole of a hotspot is the first longest run of minutes, open and with risk, without a unit in any plan."""
    problem = small_problem(seed % 50)
    plans = plans_of(problem, seed, number)
    known = forecast(problem, [seen(problem, p.routes) for p in plans], [1] * number)
    there = set().union(*(visited(problem, plan) for plan in plans))
    for h, spot in zip(problem.hotspots, known.spots, strict=False):
        best, run = (0, 0), 0
        for t in range(problem.minutes):
            is_open = any(a <= t < b for a, b in h.open(problem.minutes))
            run = run + 1 if is_open and h.risk[problem.slot_of[t]] > 0 and (spot.place, t) not in there else 0
            if run > best[1] - best[0]:
                best = (t + 1 - run, t + 1)
        assert spot.hole == (best if best != (0, 0) else None)


def test_one_plan_is_no_secret() -> None:
    """Whoever knows the only plan is uncertain of nothing, and the surest guess of every hour is right."""
    town = small_town()
    plan = small_plan(town)
    known = forecast(town, [seen(town, plan.routes)], (1,))
    assert known.overall.uncertainty == 0
    assert [hour.chance for hour in known.hours] == [1, 1]
    assert {hour.place for hour in known.hours} <= {"Market", "Bridge"}


def test_two_plans_with_the_same_times_are_no_secret_either() -> None:
    """Who comes does not matter: with the units of two routes exchanged everything is as certain as before."""
    town = small_town()
    plan = small_plan(town)
    town = town.replace(units=(town.units[0], replace(town.units[1], mode="car", end=120)), posts=())
    a1, b2 = plan.routes
    exchanged = plan.replace(routes=(Route("A1", b2.stops), Route("B2", a1.stops)))
    both = [seen(town, p.routes) for p in (plan, exchanged)]
    assert forecast(town, both, (1, 1)).overall.uncertainty == 0


def test_quarters_are_those_of_the_clock() -> None:
    """A shift from 18:07 begins with a quarter of eight minutes, and an hour that comes twice is two hours."""
    town = small_town()
    late = Quarters.of(town.replace(**AWKWARD))
    assert late.edges[:3].tolist() == [0, 8, 23]
    assert late.starts.tolist() == [0, 53, 113]
    autumn = Quarters.of(town.replace(start="2020-10-25T01:00:00+01:00", minutes=120))
    assert autumn.starts.tolist() == [0, 60]
    assert len(autumn) == 8


def test_quarters_of_a_zone_off_by_a_quarter() -> None:
    """Where the clock is 45 minutes off UTC quarters and hours are still those that it shows."""
    town = small_town().replace(start="2020-11-20T18:00:00+00:00", timezone="Asia/Kathmandu")
    quarters = Quarters.of(town)
    shown = [Clock.of(town).local(int(t)) for t in quarters.starts[1:]]
    assert {time.minute for time in shown} == {0}
    assert shown[1] - shown[0] == timedelta(hours=1)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_distance_is_a_metric(seed: int) -> None:
    """Plans are at distance 0 from themselves, as far from each other both ways, and no way round is shorter."""
    problem = small_problem(seed % 50)
    quarters = Quarters.of(problem)
    stake = stakes(problem, quarters)
    parts = [parts_of(seen(problem, p.routes), quarters) for p in plans_of(problem, seed, 4)]
    d = distances(stake, parts)
    assert np.diag(d).tolist() == [0] * 4
    assert (d == d.T).all()
    assert ((d >= 0) & (d <= 1)).all()
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :] + 1e-12).all()


def test_the_distance_of_two_plans_worked_out_by_hand() -> None:
    """One visit of a quarter and one of half of it, at the same time and place, have a half in common."""
    stake = np.array([[1.0, 1.0]])
    assert distance(stake, np.array([[1.0, 0.0]]), np.array([[0.5, 0.0]])) == 0.5
    assert distance(stake, np.array([[1.0, 0.0]]), np.array([[0.0, 0.3]])) == 1
    assert distance(stake, np.array([[0.0, 0.0]]), np.array([[0.0, 0.0]])) == 0


def test_tasks_are_watched_too() -> None:
    """A task is a spot, seen while it is done, and at stake with its profit."""
    town = busy_town()
    plan = busy_plan(town)
    there = seen(town, plan.routes)
    assert spots(town) == ("Market", "Bridge", "School")
    assert np.nonzero(there[2])[0].tolist() == list(range(42, 57))
    assert stakes(town, Quarters.of(town)).sum() == pytest.approx(1)
    assert stakes(town, Quarters.of(town))[2].sum() > 0


def test_nothing_at_stake_is_nothing() -> None:
    """In a town without hotspots and tasks there is nothing to guess."""
    town = lonely_car(60)
    assert not stakes(town, Quarters.of(town)).any()
    assert forecast(town, [seen(town, ())], (1,)).hours == ()

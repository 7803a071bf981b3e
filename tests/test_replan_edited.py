"""Claims about going on with an edited shift file: the past stays as it was, what comes keeps the rules of now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver import check, score, solve
from solver.edited_shift import go_on, places_been, streets_since
from solver.plan import Plan, Route, Stop
from solver.problem import Callout, Lock, LockedStop, Place, ProblemError, Staffing, Task, Unit
from solver.problem_json import problem_from_json, problem_to_json
from solver.replan import Changes, Incident, Late, ReplanError, replanned
from solver.search import Search
from solver.shortfalls import find_shortfalls
from solver.streets import Leg, Streets
from solver.warm_start import fit
from tests.edited_problems import edited, reordered
from tests.problems import tiny_problems
from tests.random_plans import random_plan
from tests.small_town import BRIDGE, GATE, MARKET, busy_plan, busy_town, small_plan, small_town


def judged(problem, routes):
    """Return the plan of `routes` with all that it claims."""
    plan = Plan(problem.fingerprint(), routes, find_shortfalls(problem, routes))
    return plan.replace(value=score(problem, plan).value)


def doings(plan, callsign, at):
    """Return what a unit does where in each minute before `at` in which it is at a stop."""
    (route,) = [r for r in plan.routes if r.callsign == callsign]
    return {t: (s.place, s.kind) for s in route.stops for t in range(s.arrive, min(s.leave, at))}


@settings(max_examples=100, deadline=None)
@given(problem=tiny_problems(units=3), data=st.data())
def test_the_past_stays_whatever_the_file_says_now(problem, data):
    """Streets, rules, places and units may change: the past is that of the plan, and check finds the rest right.

    The rest may be anything that keeps the rules of now; the search counts what the score counts.
    """
    pick = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    plan = random_plan(problem, pick)
    at = pick(0, problem.minutes // problem.grid) * problem.grid
    try:
        now = edited(problem, pick)
    except ProblemError:
        assume(False)
    place = now.places[pick(0, len(now.places) - 1)].name
    changes = (
        Changes(),
        Changes(helpers=pick(0, 1)),
        Changes(late=(Late(now.units[0].callsign, pick(1, 20)),), helpers=(None, 0)[pick(0, 1)]),
        Changes(incidents=(Incident(place, pick(1, 2), pick(1, 20)),)),
    )[pick(0, 3)]
    with suppress(ReplanError):
        rest = replanned(problem, plan, at, changes, now)
        assert problem_from_json(problem_to_json(rest.problem)) == rest.problem
        search = Search(rest.problem, np.random.default_rng(1))
        search.greedy()
        if search.free:
            search.anneal(20, 1.0, 0.1)
        made = judged(rest.problem, search.routes())
        known = judged(rest.problem, fit(rest.problem, plan).routes)
        for some in (made, known):
            assert check(rest.problem, some) == ()
        card = score(rest.problem, made)
        assert (search.value, search.missing) == (card.value, card.missing)
        sent = {note.split(" ")[0] for note in rest.notes if "is sent to" in note or "out of service" in note}
        for unit in rest.problem.units:
            if unit.callsign in {u.callsign for u in problem.units} - sent:
                before, after = doings(plan, unit.callsign, at), doings(made, unit.callsign, at)
                assert {t: after.get(t) for t in before} == before

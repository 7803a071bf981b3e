"""Ways of a simulation on the streets: what they are between, and that no unit on the road is nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from instances.build import Built, build
from instances.errors import InputError
from instances.roads import travel_seconds
from instances.shift_file import read_shift
from instances.street_ways import STEP, refuse_other_streets, street_ways
from instances.towns import make_town
from solver.plan import Plan, Route, Stop
from solver.simulation.ways import Ways, estimated_ways


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Give a small town."""
    directory = tmp_path_factory.mktemp("town")
    for file, content in make_town(4, hotspots=12, units=4).files.items():
        (directory / file).write_bytes(content)
    return build(read_shift(directory / "night.yaml"), cache=None)


@pytest.fixture(scope="module")
def plan(built: Built) -> Plan:
    """Give a plan in which each unit goes to some places one after the other, also to one that there is not."""
    names = [p.name for p in built.problem.places]
    routes = [
        Route(u.callsign, tuple(Stop(names[(7 * i + 3 * k) % len(names)], "standby", k, k) for k in range(8)))
        for i, u in enumerate(built.problem.units)
    ]
    routes[0] = Route(routes[0].callsign, (*routes[0].stops, Stop("nowhere", "standby", 9, 9)))
    return Plan("", tuple(routes))


@pytest.fixture(scope="module")
def ways(built: Built, plan: Plan) -> Ways:
    """Give the ways of this plan."""
    return street_ways(built, built.problem, [plan], cache=None)


def test_ways_are_those_of_the_problem_where_it_knows_them(built: Built, ways: Ways) -> None:
    """From places; from demand points they are the fastest on the streets, and there is none to be had by a detour."""
    problem, places = built.problem, len(built.problem.places)
    for mode, table in ways.seconds.items():
        assert np.array_equal(table[:places, :places], problem.travel[mode])
        assert np.array_equal(table[:places, places:], problem.reach[mode])
        ends = built.ends[mode]
        there = travel_seconds(built.network, mode, ends.arrive[places:], ends.arrive[:places])
        assert np.array_equal(table[places:, :places], there)
        assert (np.diag(table)[places:] == 0).all()
        via = (table[places:, :places, None] + problem.reach[mode][None]).min(axis=1)
        # Every table is rounded up, so a way by one more place may be a second longer.
        assert (table[places:, places:] <= via).all()


def test_a_unit_on_a_leg_is_where_the_leg_leads(built: Built, ways: Ways) -> None:
    """From its points it is no farther than by its end, and no nearer than from its start less what is behind."""
    problem = built.problem
    assert len(ways.along) > 10
    for key, table in ways.along.items():
        whole = problem.travel[key.mode][key.start, key.end]
        gone = np.linspace(0, whole, len(table))[:, None]
        assert (table >= problem.reach[key.mode][key.start] - gone - 1).all()
        assert (table <= problem.reach[key.mode][key.end] + (whole - gone) + 1).all()
        assert np.abs(table[0] - problem.reach[key.mode][key.start]).max() <= 1
        assert np.abs(table[-1] - problem.reach[key.mode][key.end]).max() <= 1
        assert whole / (len(table) - 1) <= STEP + 1


def test_the_legs_are_those_of_the_plan(built: Built, plan: Plan, ways: Ways) -> None:
    """Each that it uses between places that there are, and no other."""
    index = {p.name: i for i, p in enumerate(built.problem.places)}
    used = {
        (u.mode, index[a.place], index[b.place])
        for u, route in zip(built.problem.units, plan.routes, strict=True)
        for a, b in zip(route.stops, route.stops[1:], strict=False)
        if a.place != b.place and b.place in index
    }
    assert set(ways.along) == used


def test_estimates_are_near_to_the_streets(built: Built, ways: Ways) -> None:
    """On average by a fifth of the way, in every mode."""
    places = len(built.problem.places)
    for mode, table in estimated_ways(built.problem).seconds.items():
        exact = ways.seconds[mode][places:].astype(float)
        error = np.abs(table[places:] - exact)
        assert error.mean() < 0.2 * exact.mean()


def test_plans_of_other_places_are_refused(built: Built, tmp_path: Path) -> None:
    """What is the same index here is another place there."""
    problem = built.problem
    refuse_other_streets("out", problem, problem, "night.yaml")
    closed = {mode: np.where(table > 100, table + 1, table) for mode, table in problem.travel.items()}
    others = (problem.replace(places=problem.places[::-1]), problem.replace(travel=closed))
    for other in others:
        with pytest.raises(InputError, match="are not those of the plan in out"):
            refuse_other_streets("out", problem, other, "night.yaml")

"""Containment: the smallest region, against every assignment tried out and against a car that drives as it likes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.containment.check import closing_faults, escape, faults
from solver.containment.contain import contain, soon_enough
from solver.containment.enclosure import Enclosure
from solver.containment.matching import most_slack, overcharged
from solver.containment.prices import Flows, Pricing
from solver.containment.pursuit import NEVER, Pursuit, region_of
from solver.containment.reduced import least_metres, reduced, without
from tests.pursuits import (
    best_of_all,
    every_assignment,
    fewest_others,
    line,
    lost_metres,
    pursuit_of,
    reach,
    tiny_pursuit,
    where_it_may_be,
)


@st.composite
def pursuits(draw: st.DrawFn) -> Pursuit:
    """Draw a tiny pursuit."""
    return tiny_pursuit(lambda low, high: draw(st.integers(low, high)))


def seeded(seed: int) -> Pursuit:
    """Return the tiny pursuit of a seed."""
    rng = np.random.default_rng(seed)
    return tiny_pursuit(lambda low, high: int(rng.integers(low, high + 1)))


def test_two_units_close_a_street_on_both_sides() -> None:
    """On a straight street the nearest crossings that can be closed in time are closed, and no others."""
    found = contain(line([[-1, 30, -1, -1, 30], [-1, -1, -1, 59, 100]]))
    assert found.closings == ((0, 1), (1, 3))
    assert (found.metres, found.least_metres, found.open) == (200, 200, ())
    assert found.proven


def test_who_comes_in_the_same_second_is_too_late() -> None:
    """A crossing is closed only by a unit that is there before the car can be."""
    found = contain(line([[-1, 60, -1, -1, -1], [-1, -1, -1, 59, -1]]))
    assert not found.enclosed
    assert [c for _, c in found.closings] == [3]
    assert found.open in ((0,), (1,))


def test_the_end_of_the_map_may_be_closed_itself() -> None:
    """Where the car would be out a unit may stand."""
    found = contain(line([[119, -1, -1, -1, -1], [-1, -1, -1, -1, 119]]))
    assert found.closings == ((0, 0), (1, 4))
    assert found.metres == 400


def test_of_equal_regions_the_slack_decides() -> None:
    """Who closes what is chosen so that the least slack is as large as can be, not the sum of all."""
    found = contain(line([[-1, 1, -1, 50, -1], [-1, 30, -1, 55, -1]]))
    # One way slack is 59 and 5, the other way 10 and 30: the sum says the first, the least the second.
    assert found.closings == ((0, 3), (1, 1))


def test_no_unit_stands_where_it_is_not_needed() -> None:
    """Units that make the region no smaller are not sent."""
    found = contain(line([[-1, 30, -1, 30, -1]] * 4))
    assert len(found.closings) == 2


def test_a_spare_unit_closes_a_dead_end() -> None:
    """Of two rings the smaller region counts, even if it takes a unit more."""
    streets = [(0, 1, 60, 100), (1, 2, 60, 100), (0, 3, 60, 500), (3, 4, 60, 900)]
    one = pursuit_of(streets, [[-1, 10, -1, -1, -1]], [2])
    two = pursuit_of(streets, [[-1, 10, -1, -1, -1], [-1, -1, -1, 10, -1]], [2])
    assert (contain(one).metres, contain(two).metres) == (1500, 600)


def test_a_one_way_street_need_not_be_closed() -> None:
    """What the car cannot drive into is no way out."""
    streets = [(0, 1, 60, 100), (2, 0, 60, 100)]
    arrive = [[-1, 10, -1]]
    assert not contain(pursuit_of(streets, arrive, [1, 2])).enclosed
    assert contain(pursuit_of(streets, arrive, [1, 2], one_way=[1])).enclosed


def test_a_car_that_is_out_at_once_is_hopeless() -> None:
    """Where it is out before the delay is over no unit helps, and nobody is sent in vain."""
    found = contain(line([[-1] * 5], delay=500))
    assert found.hopeless
    assert not found.enclosed
    assert found.all_closings == ()


def test_without_units_it_is_said_how_many_are_lacking() -> None:
    """The least number of additional units is that of the least cut."""
    found = contain(line([], delay=10))
    assert (len(found.open), found.least_open, found.metres) == (2, 2, 200)


def test_the_closings_of_all_copies_of_a_crossing_are_one() -> None:
    """A crossing of which the car's way depends on where it comes from is closed by one unit."""
    ground = line([[-1] * 5]).ground
    # Crossing 1 as two vertices, 1 and 5: from 2 the car comes to 5, from which it goes on to 0 alone.
    head = np.where((ground.tail == 2) & (ground.head == 1), 5, ground.head)
    tail, seconds, street = (np.append(x, y) for x, y in ((ground.tail, 5), (ground.seconds, 60.0), (ground.street, 0)))
    split = type(ground)(np.array([0, 1, 2, 3, 4, 1]), tail, np.append(head, 0), seconds, street, ground.metres, 5)
    out = np.array([True, False, False, False, True, False])
    arrive = np.array([[NEVER, 30, NEVER, NEVER, NEVER], [NEVER, NEVER, NEVER, 30, NEVER]])
    found = contain(Pursuit(split, ((2, 0.0),), (), out, arrive, 0))
    assert found.closings == ((0, 1), (1, 3))


@pytest.mark.parametrize("part", range(10))
def test_the_best_of_all_assignments_is_found(part: int) -> None:
    """Over hundreds of tiny pursuits it encloses whenever any assignment does, in as few metres and closings."""
    for seed in range(40 * part, 40 * part + 40):
        pursuit = seeded(seed)
        found, best = contain(pursuit), best_of_all(pursuit)
        assert found.enclosed == (best is not None), seed
        if best is not None:
            assert (found.metres, len(found.closings)) == best, seed
            assert found.proven


def test_some_tiny_pursuits_can_be_enclosed_and_some_not() -> None:
    """The random ones are of both kinds, so that the tests above say something."""
    found = [contain(seeded(seed)) for seed in range(120)]
    assert sum(f.enclosed and len(f.closings) > 0 for f in found) > 15
    assert sum(not f.enclosed and not f.hopeless for f in found) > 15


@pytest.mark.parametrize("part", range(3))
def test_as_few_as_possible_stay_open(part: int) -> None:
    """Where the units do not suffice the additional ones are as few as any choice needs, and the region as small."""
    for seed in range(15 * part, 15 * part + 15):
        pursuit = seeded(seed)
        found = contain(pursuit)
        if not found.enclosed:
            best = fewest_others(pursuit)
            assert found.hopeless == (best is None), seed
            if best is not None:
                assert (len(found.open), found.metres) == best, seed
                assert found.least_open == best[0]


@given(pursuits())
@settings(max_examples=60)
def test_the_car_cannot_get_out_however_it_drives(pursuit: Pursuit) -> None:
    """A car that may wait and turn at will, while crossings are closed one by one, stays in the region that is told."""
    found = contain(pursuit)
    if found.enclosed:
        there = where_it_may_be(pursuit, found.closings)
        assert not any(pursuit.outside[v] for v in there)
        assert lost_metres(pursuit, there) == found.metres
        assert faults(pursuit, found.closings, found.metres) == []
    else:
        assert closing_faults(pursuit, found.all_closings) == []
        assert any(pursuit.outside[v] for v in where_it_may_be(pursuit, found.all_closings))


@given(pursuits(), st.integers(0, 30))
@settings(max_examples=60)
def test_less_delay_never_makes_it_worse(pursuit: Pursuit, seconds: int) -> None:
    """Units that learn of it sooner enclose the car in no larger a region, with no more others."""
    seconds = min(seconds, pursuit.delay)
    assert not_worse(contain(pursuit.sooner(seconds)), contain(pursuit))


@given(pursuits(), st.integers(0, 2))
@settings(max_examples=60)
def test_more_units_never_make_it_worse(pursuit: Pursuit, unit: int) -> None:
    """With one unit less the region is no smaller and no fewer crossings stay open."""
    if unit < pursuit.units:
        assert not_worse(contain(pursuit), contain(pursuit.without([unit])))


def not_worse(a: Enclosure, b: Enclosure) -> bool:
    """Whether the first containment is at least as good as the second."""
    return (a.hopeless, len(a.open), a.metres) <= (b.hopeless, len(b.open), b.metres)


@given(pursuits())
@settings(max_examples=60)
def test_idle_units_put_off_the_way_out(pursuit: Pursuit) -> None:
    """Where the car gets out, what units close makes it no earlier, and those that delay it make it later."""
    found = contain(pursuit)
    before, after = escape(pursuit, found.closings), escape(pursuit, found.all_closings)
    if before is not None:
        assert after is not None
        assert after.second >= before.second
        assert set(after.crossings) <= set(before.crossings)


@given(pursuits())
@settings(max_examples=100)
def test_the_bound_of_prices_holds(pursuit: Pursuit) -> None:
    """No choice of units goes below what prices say, nor does a region to which a part belongs below its least."""
    may = pursuit.closable.any(axis=0)
    small = reduced(pursuit, may)
    best = best_of_all(pursuit)
    if small.broken:
        assert best is None
        return
    big = int(pursuit.ground.metres.sum()) + 1
    pricing = Pricing(pursuit, small, other_price=big, others=False, over=lambda: False)
    pricing.bounded(30)
    found = pricing.repaired(30)
    assert found.bound <= (np.inf if best is None else best[0]) + 1e-6
    if found.best is not None:
        assert best is not None
        assert found.best.metres >= best[0]
        assert region_of(pursuit, found.best.crossings).metres <= found.best.metres
    if best is not None:
        near = without(small, least_metres(small) > best[0])
        assert not near.broken
        assert near.pieces <= small.pieces


@given(pursuits())
@settings(max_examples=60)
def test_the_least_cut_counts_crossings(pursuit: Pursuit) -> None:
    """At a price of one the least cut is no more than the closings of any assignment that encloses the car."""
    small = reduced(pursuit, pursuit.closable.any(axis=0))
    if small.broken:
        return
    cost, cut = Flows(small, weighed=False).least(np.ones(pursuit.ground.crossings, dtype=np.int64))
    assert not region_of(pursuit, cut.crossings).out
    for closings in every_assignment(pursuit):
        if not any(pursuit.outside[v] for v in reach(pursuit, {c for _, c in closings})):
            assert cost <= len(closings)


def test_units_wanted_too_often_are_told() -> None:
    """Where two crossings can be closed by one unit alone, that unit is wanted once too often."""
    pursuit = line([[-1, 10, -1, 10, -1]])
    assert overcharged(pursuit, [1, 3]) == [((0,), 1)]
    assert overcharged(pursuit, [1]) == []
    with pytest.raises(ValueError, match="cannot all be closed"):
        most_slack(pursuit, [1, 3])


def test_a_delay_that_is_short_enough_is_told() -> None:
    """The longest delay with which the car is enclosed, in steps of ten seconds; none where it never is."""
    arrive = [[-1, 130, -1, -1, -1], [-1, -1, -1, 165, -1]]
    pursuit = line(arrive, delay=125)
    # Driving 5 and 40 seconds to crossings that the car reaches after 60: a delay of 10 is short enough, 20 is not.
    assert soon_enough(pursuit) == 10
    assert contain(pursuit.sooner(115)).enclosed
    assert not contain(pursuit.sooner(105)).enclosed
    assert soon_enough(line([[-1] * 5], delay=125)) is None


@pytest.mark.parametrize(
    ("closings", "wrong"),
    [
        ([(0, 1)], "the car is out"),
        ([(0, 1), (0, 3)], "unit 0 closes more than one"),
        ([(0, 1), (1, 1)], "is closed twice"),
        ([(0, 4), (1, 3)], "unit 0 is not at crossing 4"),
    ],
)
def test_the_check_sees_what_is_wrong(closings: list[tuple[int, int]], wrong: str) -> None:
    """Closings that are too late, twice, or too few are found out by name."""
    pursuit = line([[-1, 30, -1, -1, -1], [-1, 30, -1, 30, -1]])
    assert any(wrong in fault for fault in faults(pursuit, closings, 200))
    assert faults(pursuit, [(0, 1), (1, 3)], 200) == []
    assert faults(pursuit, [(0, 1), (1, 3)], 300) == ["the region has 200 metres of street, not 300"]


@pytest.mark.parametrize("seed", range(3))
def test_prices_and_proofs_agree_on_a_grid(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a grid what prices and CP-SAT find together is what CP-SAT proves alone, and the bound holds."""
    rng = np.random.default_rng(seed)
    size = 9
    index = np.arange(size * size).reshape(size, size)
    pairs = [*zip(index[:, :-1].ravel(), index[:, 1:].ravel(), strict=True)]
    pairs += zip(index[:-1].ravel(), index[1:].ravel(), strict=True)
    streets = [(int(a), int(b), int(rng.integers(10, 30)), int(rng.integers(50, 150))) for a, b in pairs]
    border = sorted({*index[0].tolist(), *index[-1].tolist(), *index[:, 0].tolist(), *index[:, -1].tolist()})
    where = rng.integers(0, size, (14, 2))
    rows, columns = np.divmod(np.arange(size * size), size)
    arrive = 20 + 15 * (np.abs(rows - where[:, :1]) + np.abs(columns - where[:, 1:]))
    pursuit = pursuit_of(streets, arrive.tolist(), border, starts=[(40, 0.0)], delay=20)
    alone = contain(pursuit, seconds=60.0)
    monkeypatch.setattr("solver.containment.contain.SMALL", 5)
    both = contain(pursuit, seconds=20.0)
    assert alone.enclosed == both.enclosed
    assert both.least_open <= len(alone.open) <= len(both.open)
    if alone.enclosed:
        assert both.least_metres <= alone.metres <= both.metres
        assert faults(pursuit, both.closings, both.metres) == []

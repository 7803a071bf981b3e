"""Who may use a way, which way round and how fast."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.roads.speeds import BICYCLE_SPEEDS, CAR_SPEEDS, FOOT_SPEED, LIMIT_SHARE, PUSHING_SPEED, STEPS_SPEED
from instances.roads.way_rules import KEYS, barrier_closes, way_rule
from solver.problem import MODES


def opened(**tags: str) -> dict[str, str]:
    """Return by mode ``><`` for both directions, ``>`` or ``<`` for one, and nothing for none."""
    rule = way_rule({k.replace("__", ":"): v for k, v in tags.items()})
    if rule is None:
        return dict.fromkeys(MODES, "")
    pairs = {mode: rule.kmh[2 * i : 2 * i + 2] for i, mode in enumerate(MODES)}
    return {mode: (">" if a else "") + ("<" if b else "") for mode, (a, b) in pairs.items()}


def who(**tags: str) -> str:
    """Return the initials of the modes that may use a way (m: motorcycle) in some direction."""
    return "".join(mode[0] for mode, ways in opened(**tags).items() if ways)


CLASSES = {
    "motorway": "cm",
    "motorway_link": "cm",
    "trunk": "cmf",
    "primary": "cmbf",
    "residential": "cmbf",
    "living_street": "cmbf",
    "service": "cmbf",
    "track": "bf",
    "pedestrian": "bf",
    "footway": "bf",
    "path": "bf",
    "cycleway": "b",
    "bridleway": "f",
    "steps": "f",
    "construction": "",
    "proposed": "",
    "raceway": "",
    "platform": "",
    "bus_guideway": "",
}


@pytest.mark.parametrize(("road_class", "modes"), CLASSES.items())
def test_classes_without_access_tags(road_class: str, modes: str) -> None:
    """Each class is open to the modes documented for it and to no other."""
    assert who(highway=road_class) == modes


ACCESS = [
    ({"access": "private"}, ""),
    ({"access": "no"}, ""),
    ({"access": "no", "foot": "yes"}, "f"),
    ({"access": "no", "bicycle": "designated"}, "b"),
    ({"access": "private", "motor_vehicle": "yes"}, "cm"),
    ({"motor_vehicle": "no"}, "bf"),
    ({"motorcar": "no"}, "mbf"),
    ({"motorcycle": "no"}, "cbf"),
    ({"vehicle": "no"}, "f"),
    ({"vehicle": "no", "bicycle": "yes"}, "bf"),
    ({"bicycle": "no"}, "cmf"),
    ({"bicycle": "use_sidepath"}, "cmf"),
    ({"foot": "no"}, "cmb"),
    ({"access": "destination"}, "cmbf"),
    ({"access": "customers"}, "f"),
    ({"access": "unknown"}, "cmbf"),
    ({"access": "private; yes"}, ""),
    ({"motorroad": "yes"}, "cm"),
    ({"area": "yes"}, "bf"),
    ({"route": "ferry"}, ""),
]


@pytest.mark.parametrize(("tags", "modes"), ACCESS)
def test_the_most_specific_access_tag_decides(tags: dict[str, str], modes: str) -> None:
    """A tag of the mode itself goes before those of the groups it belongs to."""
    assert who(highway="residential", **tags) == modes


ASKING = [
    ("track", {"motor_vehicle": "yes"}, "cmbf"),
    ("track", {"access": "yes"}, "bf"),
    ("pedestrian", {"motor_vehicle": "destination"}, "cmbf"),
    ("pedestrian", {"bicycle": "no"}, "f"),
    ("trunk", {"bicycle": "yes"}, "cmbf"),
    ("cycleway", {"foot": "yes"}, "bf"),
    ("footway", {"foot": "no", "bicycle": "designated"}, "b"),
    ("service", {"service": "driveway"}, "bf"),
    ("service", {"service": "parking_aisle"}, "bf"),
    ("service", {"service": "alley"}, "cmbf"),
]


@pytest.mark.parametrize(("road_class", "tags", "modes"), ASKING)
def test_classes_that_need_leave(road_class: str, tags: dict[str, str], modes: str) -> None:
    """Some classes are open to a mode only where its tag says so, some services only to those without motor."""
    assert who(highway=road_class, **tags) == modes


ONEWAYS = [
    ({}, "><", "><"),
    ({"oneway": "yes"}, ">", ">"),
    ({"oneway": "1"}, ">", ">"),
    ({"oneway": "true"}, ">", ">"),
    ({"oneway": "-1"}, "<", "<"),
    ({"oneway": "reverse"}, "<", "<"),
    ({"oneway": "reversible"}, "", ""),
    ({"junction": "roundabout"}, ">", ">"),
    ({"junction": "circular"}, ">", ">"),
    ({"junction": "circular", "oneway": "no"}, "><", "><"),
    ({"junction": "roundabout", "oneway": "no"}, ">", ">"),
    ({"junction": "roundabout", "oneway": "-1"}, "<", "<"),
    ({"junction": "roundabout", "oneway__bicycle": "no"}, ">", "><"),
    ({"oneway": "yes", "oneway__bicycle": "no"}, ">", "><"),
    ({"oneway__bicycle": "yes"}, "><", ">"),
    ({"oneway": "yes", "cycleway": "opposite"}, ">", "><"),
    ({"oneway": "yes", "cycleway": "opposite_lane"}, ">", "><"),
    ({"oneway": "-1", "cycleway": "opposite"}, "<", "><"),
    ({"oneway": "yes", "cycleway__left": "opposite_track"}, ">", "><"),
    ({"oneway": "yes", "cycleway__right": "lane", "cycleway__right__oneway": "no"}, ">", "><"),
    ({"oneway": "yes", "cycleway": "opposite", "oneway__bicycle": "yes"}, ">", ">"),
    ({"oneway": "yes", "cycleway": "lane"}, ">", ">"),
    ({"oneway__motor_vehicle": "yes"}, ">", "><"),
    ({"motor_vehicle__backward": "no"}, ">", "><"),
    ({"vehicle__backward": "no", "bicycle__backward": "yes"}, ">", "><"),
]


@pytest.mark.parametrize(("tags", "car", "bicycle"), ONEWAYS)
def test_one_way_rules(tags: dict[str, str], car: str, bicycle: str) -> None:
    """One-way streets bind cars and bicycles, contraflow frees bicycles, and walkers go both ways."""
    ways = opened(highway="residential", **tags)
    assert (ways["car"], ways["bicycle"], ways["foot"]) == (car, bicycle, "><")


def test_a_motorway_is_one_way_unless_it_says_otherwise() -> None:
    """Carriageways of motorways run one way without a tag."""
    assert opened(highway="motorway")["car"] == ">"
    assert opened(highway="motorway", oneway="no")["car"] == "><"


def test_walkers_obey_their_own_one_way_tag() -> None:
    """Only a one-way tag for walkers binds walkers."""
    assert opened(highway="footway", oneway="yes", oneway__foot="-1")["foot"] == "<"


def test_car_speeds_are_the_class_default_or_a_share_of_the_limit() -> None:
    """Without a limit the class speaks and is reported as guessed; with one a share of it is driven."""
    plain, tagged = way_rule({"highway": "primary"}), way_rule({"highway": "primary", "maxspeed": "50"})
    assert plain is not None
    assert tagged is not None
    assert (plain.kmh[0], plain.guessed) == (CAR_SPEEDS["primary"], True)
    assert (tagged.kmh[0], tagged.guessed) == (50 * LIMIT_SHARE, False)


def test_limits_by_direction() -> None:
    """A limit of one direction holds there, the common one elsewhere."""
    rule = way_rule({"highway": "primary", "maxspeed": "50", "maxspeed:backward": "30"})
    assert rule is not None
    assert rule.kmh[:2] == (50 * LIMIT_SHARE, 30 * LIMIT_SHARE)
    half = way_rule({"highway": "primary", "maxspeed:forward": "30"})
    assert half is not None
    assert half.kmh[:2] == (30 * LIMIT_SHARE, CAR_SPEEDS["primary"])


def test_an_unreadable_limit_is_a_guess() -> None:
    """A limit in words nobody knows leaves the class default and counts as guessed."""
    rule = way_rule({"highway": "primary", "maxspeed": "signals"})
    assert rule is not None
    assert (rule.kmh[0], rule.guessed) == (CAR_SPEEDS["primary"], True)


@pytest.mark.parametrize("key", ["zone:maxspeed", "maxspeed:type", "source:maxspeed"])
def test_limits_given_by_zone(key: str) -> None:
    """Where the limit is given as a kind of zone, the zone's limit holds."""
    rule = way_rule({"highway": "residential", key: "DE:urban"})
    assert rule is not None
    assert rule.kmh[0] == 50 * LIMIT_SHARE


def test_speeds_without_a_motor() -> None:
    """Bicycles ride, are pushed where walking is allowed, and do not climb steps; walkers do, slowly."""

    def kmh(**tags: str) -> tuple[float, float]:
        rule = way_rule(tags)
        assert rule is not None
        return rule.kmh[4], rule.kmh[6]

    assert kmh(highway="residential", maxspeed="100") == (BICYCLE_SPEEDS["residential"], FOOT_SPEED)
    assert kmh(highway="pedestrian") == (PUSHING_SPEED, FOOT_SPEED)
    assert kmh(highway="footway", bicycle="dismount") == (PUSHING_SPEED, FOOT_SPEED)
    assert kmh(highway="footway", bicycle="yes") == (BICYCLE_SPEEDS["cycleway"], FOOT_SPEED)
    assert kmh(highway="steps") == (0.0, STEPS_SPEED)


BARRIERS = [
    ({"barrier": "bollard"}, "bf"),
    ({"barrier": "gate"}, "cmbf"),
    ({"barrier": "gate", "access": "private"}, ""),
    ({"barrier": "gate", "access": "no", "foot": "yes"}, "f"),
    ({"barrier": "bollard", "motor_vehicle": "yes"}, "cmbf"),
    ({"barrier": "stile"}, "f"),
    ({"barrier": "wall"}, ""),
    ({"barrier": "lift_gate"}, "cmbf"),
    ({"barrier": "something new"}, "bf"),
]


@pytest.mark.parametrize(("tags", "passes"), BARRIERS)
def test_barriers(tags: dict[str, str], passes: str) -> None:
    """A barrier stops whom its access tag or else its kind stops."""
    closed = barrier_closes(tags)
    assert "".join(m[0] for m, c in zip(MODES, closed, strict=True) if not c) == passes


VALUES = ("yes", "no", "-1", "private", "opposite", "roundabout", "30", "GB:nsl_single", "service", "")


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), st.sampled_from(VALUES)), st.sampled_from(sorted(CLASSES)))
def test_reversing_twice_changes_nothing_and_swaps_directions_once(tags: dict[str, str], road_class: str) -> None:
    """Whatever the tags, a rule is sane and its reverse swaps directions."""
    rule = way_rule({**tags, "highway": road_class})
    if rule is None:
        return
    assert all(0 <= v <= 200 for v in rule.kmh)
    assert rule.reversed().reversed() == rule
    assert rule.reversed().kmh[::2] == rule.kmh[1::2]

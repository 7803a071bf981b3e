"""Who may use a street, in which direction and how fast, from the tags of an OpenStreetMap way or barrier.

The rules are written down in ``docs/network.md``.  This module knows tags and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from instances.roads import speeds
from solver.problem import MODES

FORWARD, BACKWARD = 0, 1

Tags = Mapping[str, str]

_ACCESS_KEYS: dict[str, tuple[str, ...]] = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "motorcycle": ("motorcycle", "motor_vehicle", "vehicle", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "foot": ("foot", "access"),
}
"""Keys by mode, the most specific first: the first that is present decides."""

_CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "psv", "bus", "delivery", "permit", "residents"}
    | {"use_sidepath", "military", "customers", "employees", "restricted", "none"}
)
_CLOSED_ON_FOOT = _CLOSED - {"delivery", "customers"}
_OPEN = frozenset({"yes", "permissive", "designated", "official", "destination", "public"})

_ROUNDABOUTS = frozenset({"roundabout", "circular"})
_CONTRAFLOW = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})
_TRUE, _REVERSED, _FALSE = (
    frozenset({"yes", "true", "1"}),
    frozenset({"-1", "reverse"}),
    frozenset({"no", "false", "0"}),
)

_NO_MOTOR_SERVICE = frozenset({"driveway", "parking_aisle", "parking", "private", "emergency_access", "bus"})
"""Kinds of ``highway=service`` that lead to a door or a bay and are no way through for a motor vehicle."""

_ASK_FIRST: dict[str, frozenset[str]] = {
    "car": frozenset({"track", "pedestrian"}),
    "motorcycle": frozenset({"track", "pedestrian"}),
    "bicycle": frozenset({"trunk", "trunk_link", "bridleway"}),
    "foot": frozenset(),
}
"""Classes that a mode may use only where an access tag of its own says so."""

_PUSHED = frozenset({"footway", "pedestrian", "corridor"})
"""Classes along which a bicycle is pushed."""

_PASSED_BY_MOTORS = frozenset(
    {"cattle_grid", "border_control", "toll_booth", "sally_port", "gate", "lift_gate", "no", "entrance", "arch"}
    | {"height_restrictor", "kerb", "swing_gate", "checkpoint", "rising_bollard", "hampshire_gate", "speed_bump"}
)
_STOPS_BICYCLES = frozenset({"wall", "fence", "hedge", "stile", "turnstile", "full-height_turnstile", "kissing_gate"})
_STOPS_WALKERS = frozenset({"wall", "fence", "hedge"})

_SPEED_KEYS = frozenset({"maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "source:maxspeed"})
_WAY_KEYS = frozenset({"highway", "area", "route", "service", "oneway", "junction", "motorroad", "cycleway"})
_SIDES = ("left", "right", "both")
KEYS = (
    _WAY_KEYS
    | _SPEED_KEYS
    | {"zone:maxspeed", "tracktype"}
    | {f"cycleway:{s}" for s in _SIDES}
    | {f"cycleway:{s}:oneway" for s in _SIDES}
    | {key for keys in _ACCESS_KEYS.values() for key in keys}
    | {f"{key}:{way}" for keys in _ACCESS_KEYS.values() for key in keys for way in ("forward", "backward")}
    | {f"oneway:{key}" for keys in _ACCESS_KEYS.values() for key in keys[:-1]}
)
"""Every key a way rule depends on."""


@dataclass(frozen=True)
class WayRule:
    """What the tags of a way allow.

    Parameters
    ----------
    road_class : str
        Value of ``highway``.
    kmh : tuple of float
        Speed by mode and direction, in the order car forward, car backward, motorcycle forward, …; 0 closed.
    guessed : bool
        Whether motor speeds are the default of the class, for want of a limit that can be read.
    """

    road_class: str
    kmh: tuple[float, ...]
    guessed: bool

    def reversed(self) -> WayRule:
        """Return the rule for the way drawn in the other direction."""
        swapped = (self.kmh[i ^ 1] for i in range(len(self.kmh)))
        return WayRule(self.road_class, tuple(swapped), self.guessed)


def way_rule(tags: Tags) -> WayRule | None:
    """Return what the tags of a way allow, or None for a way that nobody may use.

    Ferries, ways under construction and areas that cannot be walked along their edge are such.
    """
    road_class = tags.get("highway", "").split(";")[0].strip()
    if not road_class or tags.get("route") in {"ferry", "shuttle_train"}:
        return None
    motor, guessed = _motor_speeds(road_class, tags)
    kmh: list[float] = []
    for mode in MODES:
        pair = motor if mode in {"car", "motorcycle"} else _own_speeds(mode, road_class, tags)
        direction = _directions(mode, road_class, tags)
        for way in (FORWARD, BACKWARD):
            usable = direction[way] and _admitted(mode, road_class, tags, way)
            kmh.append(pair[way] if usable else 0.0)
    return WayRule(road_class, tuple(kmh), guessed) if any(kmh) else None


def barrier_closes(tags: Tags) -> tuple[bool, ...]:
    """Return for each mode whether a barrier on a node with these tags stops it.

    An access tag of the barrier decides; without one its kind does.
    """
    kind = tags.get("barrier", "no")
    closes = []
    for mode in MODES:
        access = _access(mode, tags)
        if access is not None:
            closes.append(access in (_CLOSED_ON_FOOT if mode == "foot" else _CLOSED))
        elif mode == "foot":
            closes.append(kind in _STOPS_WALKERS)
        elif mode == "bicycle":
            closes.append(kind in _STOPS_BICYCLES)
        else:
            closes.append(kind not in _PASSED_BY_MOTORS)
    return tuple(closes)


def is_open(value: str) -> bool:
    """Whether an access value lets through."""
    return value in _OPEN


def _access(mode: str, tags: Tags, way: int | None = None) -> str | None:
    """Return the value of the most specific access tag of `mode`, or None where there is none that is understood."""
    suffix = None if way is None else (":forward", ":backward")[way]
    for key in _ACCESS_KEYS[mode]:
        for name in (key + suffix, key) if suffix else (key,):
            # Several values, as in "designated; yes": the first counts.
            value = tags.get(name, "").split(";")[0].strip().lower()
            if value in _OPEN or value in _CLOSED or value == "dismount":
                return value
    return None


def _admitted(mode: str, road_class: str, tags: Tags, way: int) -> bool:
    """Whether `mode` may use a way of this class in direction `way`."""
    if tags.get("area") == "yes" and mode not in {"foot", "bicycle"}:
        return False
    motors = mode in {"car", "motorcycle"}
    access = _access(mode, tags, way)
    if access is not None and access in (_CLOSED_ON_FOOT if mode == "foot" else _CLOSED):
        return False
    if motors and road_class == "service" and tags.get("service") in _NO_MOTOR_SERVICE:
        return False
    if not motors and tags.get("motorroad") == "yes":
        return False
    if road_class not in _ASK_FIRST[mode]:
        return True
    # For a motor vehicle a general access=yes is not enough: it is often said of walkers.
    named = any(key in tags for key in _ACCESS_KEYS[mode][:-1])
    return access in _OPEN and (named or not motors)


def _motor_speeds(road_class: str, tags: Tags) -> tuple[tuple[float, float], bool]:
    """Return speeds of motor vehicles forward and backward, and whether they are guessed from the class."""
    default = speeds.CAR_SPEEDS.get(road_class, 0.0)
    if not default:
        return (0.0, 0.0), False
    both = next(
        (
            limit
            for key in ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed")
            if (limit := speeds.speed_limit(tags.get(key, ""))) is not None
        ),
        None,
    )
    pair = []
    for key in ("maxspeed:forward", "maxspeed:backward"):
        limit = speeds.speed_limit(tags.get(key, ""))
        limit = both if limit is None else limit
        pair.append(default if limit is None else limit * speeds.LIMIT_SHARE)
    guessed = both is None and "maxspeed:forward" not in tags and "maxspeed:backward" not in tags
    return (pair[0], pair[1]), guessed


def _own_speeds(mode: str, road_class: str, tags: Tags) -> tuple[float, float]:
    """Return speeds on foot or by bicycle; they are the same in both directions."""
    access = _access(mode, tags)
    if mode == "foot":
        if road_class == "steps":
            return speeds.STEPS_SPEED, speeds.STEPS_SPEED
        walked = road_class in speeds.FOOT_CLASSES or (access in _OPEN and road_class == "cycleway")
        kmh = speeds.FOOT_SPEED if walked else 0.0
    elif tags.get("area") == "yes" or access == "dismount" or (road_class in _PUSHED and access is None):
        # Pushing is walking: it needs the right to walk there.
        pushed = _access("foot", tags) not in _CLOSED_ON_FOOT and road_class in speeds.FOOT_CLASSES - {"steps"}
        kmh = speeds.PUSHING_SPEED if pushed else 0.0
    elif road_class in _PUSHED:
        kmh = speeds.BICYCLE_SPEEDS["cycleway"]
    else:
        kmh = speeds.BICYCLE_SPEEDS.get(road_class, 0.0)
    return kmh, kmh


def _directions(mode: str, road_class: str, tags: Tags) -> tuple[bool, bool]:
    """Return whether one-way rules let `mode` go forward and backward."""
    if mode == "foot":
        return _oneway(tags.get("oneway:foot"), default=(True, True))
    junction = tags.get("junction")
    implied = junction in _ROUNDABOUTS or road_class == "motorway"
    directions = _oneway(tags.get("oneway"), default=(True, not implied))
    if junction == "roundabout" and all(directions):
        # "oneway=no" on a roundabout is a slip of the mapper: nobody may drive round it the wrong way.
        directions = (True, False)
    for key in reversed(_ACCESS_KEYS[mode][:-1]):
        directions = _oneway(tags.get(f"oneway:{key}"), default=directions)
    if mode == "bicycle" and not all(directions) and "oneway:bicycle" not in tags and _contraflow(tags):
        return True, True
    return directions


def _oneway(value: str | None, *, default: tuple[bool, bool]) -> tuple[bool, bool]:
    """Return whether a one-way tag leaves forward and backward open."""
    if value in _TRUE:
        return True, False
    if value in _REVERSED:
        return False, True
    if value == "reversible":
        # The direction changes with the hour, and which hour is not known here.
        return False, False
    return (True, True) if value in _FALSE else default


def _contraflow(tags: Tags) -> bool:
    """Whether bicycles may ride against a one-way street along a lane or by a sign."""
    if any(tags.get(key) in _CONTRAFLOW for key in ("cycleway", *(f"cycleway:{s}" for s in _SIDES))):
        return True
    return any(tags.get(f"cycleway:{s}:oneway") in _FALSE | _REVERSED for s in _SIDES)

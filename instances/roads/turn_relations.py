"""Turn restrictions from the tags and members of an OpenStreetMap relation."""

from __future__ import annotations

from collections.abc import Iterable

from instances.roads.way_rules import Tags
from instances.roads.way_table import TurnRule
from solver.problem import MODES

Member = tuple[str, int, str]
"""Type (``n``, ``w`` or ``r``), reference and role."""

_BOUND_BY: dict[str, frozenset[str]] = {
    "restriction": frozenset({"car", "motorcycle", "bicycle"}),
    "restriction:vehicle": frozenset({"car", "motorcycle", "bicycle"}),
    "restriction:motor_vehicle": frozenset({"car", "motorcycle"}),
    "restriction:motorcar": frozenset({"car"}),
    "restriction:motorcycle": frozenset({"motorcycle"}),
    "restriction:bicycle": frozenset({"bicycle"}),
}
_EXCEPT: dict[str, frozenset[str]] = {
    "motorcar": frozenset({"car"}),
    "motorcycle": frozenset({"motorcycle"}),
    "bicycle": frozenset({"bicycle"}),
    "motor_vehicle": frozenset({"car", "motorcycle"}),
    "vehicle": frozenset({"car", "motorcycle", "bicycle"}),
}

HOURS = "turn restrictions at certain hours"
VIA_WAY = "turn restrictions over more than a crossing"
INCOMPLETE = "turn restrictions with members missing"
OTHERS = "turn restrictions for other vehicles"


def turn_rules(tags: Tags, members: Iterable[Member]) -> tuple[list[TurnRule], str]:
    """Return the rules of a restriction relation, and, where it cannot be respected, the reason instead.

    Both are empty for a relation that is no turn restriction.
    """
    if not tags.get("type", "").startswith("restriction"):
        return [], ""
    value, modes = _binding(tags)
    if not modes:
        return [], HOURS if any(key.endswith(":conditional") for key in tags) else OTHERS
    by_role: dict[str, list[tuple[str, int]]] = {}
    for kind, ref, role in members:
        by_role.setdefault(role, []).append((kind, ref))
    via, starts, ends = by_role.get("via", []), by_role.get("from", []), by_role.get("to", [])
    if any(kind == "w" for kind, _ in via):
        return [], VIA_WAY
    nodes = [ref for kind, ref in via if kind == "n"]
    if len(nodes) != 1 or not starts or not ends or not value.startswith(("no_", "only_")):
        return [], INCOMPLETE
    only = value.startswith("only_")
    bound = tuple(mode in modes for mode in MODES)
    u_turn = value == "no_u_turn"
    return [TurnRule(a, nodes[0], b, only, u_turn, bound) for _, a in starts for _, b in ends], ""


def _binding(tags: Tags) -> tuple[str, frozenset[str]]:
    """Return the kind of restriction and the modes bound by it."""
    spared = frozenset().union(*(_EXCEPT.get(v.strip(), frozenset()) for v in tags.get("except", "").split(";")))
    for key, modes in _BOUND_BY.items():
        if key in tags:
            return tags[key], modes - spared
    return "", frozenset()

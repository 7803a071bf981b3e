"""Ways as they were read, before they become a network: node references, places, rules, barriers and turn rules.

Every reader (OpenStreetMap files, OSMnx graphs) makes a `WayTable`; `instances.roads.streets` turns it into
a network.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from instances.roads.network import ATTRIBUTION
from instances.roads.way_rules import Tags, WayRule, way_rule


@dataclass(frozen=True)
class TurnRule:
    """A turn restriction at one node: from one way to another no turn, or (`only`) no other turn.

    `modes` says for each mode whether it is bound by it.  `u_turn` marks a ban on turning back.
    """

    from_way: int
    via: int
    to_way: int
    only: bool
    u_turn: bool
    modes: tuple[bool, ...]


@dataclass(frozen=True)
class WayTable:
    """Usable ways of one source.

    Parameters
    ----------
    way_ids : int64 array of shape (W,)
    way_rules : int32 array of shape (W,)
        Index into `rules`.
    way_names : int32 array of shape (W,)
        Index into `names`.
    starts : int64 array of shape (W + 1,)
        Where the node references of each way begin in `refs`.
    refs : int64 array of shape (R,)
    lonlat : float64 array of shape (R, 2)
        WGS-84 degrees of each reference.
    rules : tuple of WayRule
    names : tuple of str
        Names of streets; the first is empty, for those without.
    attribution : str
        Whom to credit; empty for a made-up place.
    barriers : dict of int to tuple of bool
        For each mode whether the barrier on the node closes it.
    turns : tuple of TurnRule
    counts : dict of str to int
        What was read and what could not be used, for the report.
    notes : tuple of str
        What a planner should know of the source.
    """

    way_ids: NDArray[np.int64]
    way_rules: NDArray[np.int32]
    way_names: NDArray[np.int32]
    starts: NDArray[np.int64]
    refs: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    rules: tuple[WayRule, ...]
    names: tuple[str, ...]
    attribution: str
    barriers: dict[int, tuple[bool, ...]] = field(default_factory=dict)
    turns: tuple[TurnRule, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class RuleBook:
    """Way rules by the tags they follow from, each worked out once: most ways share their tags with many others."""

    def __init__(self) -> None:
        self.rules: list[WayRule] = []
        self._index: dict[WayRule, int] = {}
        self._by_tags: dict[frozenset[tuple[str, str]], int] = {}

    def index(self, tags: Tags) -> int:
        """Return the index of the rule of these tags in `rules`, or -1 for a way that nobody may use."""
        key = frozenset(tags.items())
        found = self._by_tags.get(key)
        if found is None:
            rule = way_rule(tags)
            found = -1 if rule is None else self._index.setdefault(rule, len(self.rules))
            if found == len(self.rules) and rule is not None:
                self.rules.append(rule)
            self._by_tags[key] = found
        return found


class WayCollector:
    """Collects ways one by one into a `WayTable`."""

    def __init__(self) -> None:
        self.book = RuleBook()
        self.counts: Counter[str] = Counter()
        self.notes: list[str] = []
        self.barriers: dict[int, tuple[bool, ...]] = {}
        self.turns: list[TurnRule] = []
        self.attribution = ATTRIBUTION
        self._names: dict[str, int] = {"": 0}
        self._ids, self._rules, self._lengths = array("q"), array("l"), array("q")
        self._way_names = array("l")
        self._refs, self._lonlat = array("q"), array("d")

    def add(self, way_id: int, rule: int, refs: list[int], lonlat: bytes, name: str) -> None:
        """Add a way; `lonlat` holds its places as pairs of native doubles, `name` may be empty."""
        self._ids.append(way_id)
        self._way_names.append(self._names.setdefault(name, len(self._names)))
        self._rules.append(rule)
        self._lengths.append(len(refs))
        self._refs.extend(refs)
        self._lonlat.frombytes(lonlat)

    def table(self) -> WayTable:
        """Return what was collected."""
        return WayTable(
            way_ids=np.array(self._ids, dtype=np.int64),
            way_rules=np.array(self._rules, dtype=np.int32),
            way_names=np.array(self._way_names, dtype=np.int32),
            starts=np.concatenate([[0], np.cumsum(np.array(self._lengths, dtype=np.int64))]).astype(np.int64),
            refs=np.array(self._refs, dtype=np.int64),
            lonlat=np.array(self._lonlat, dtype=np.float64).reshape(-1, 2),
            rules=tuple(self.book.rules),
            names=tuple(self._names),
            attribution=self.attribution,
            barriers=self.barriers,
            turns=tuple(self.turns),
            counts=dict(self.counts),
            notes=tuple(self.notes),
        )

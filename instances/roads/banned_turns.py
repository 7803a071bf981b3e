"""Turns that may not be made, as pairs of darts, from turn restrictions and barriers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from instances.roads.network import RoadNetwork
from instances.roads.way_table import TurnRule, WayTable
from solver.problem import MODES

RESPECTED = "turn restrictions respected"
WITHOUT_EFFECT = "turn restrictions that change nothing (a way is closed or one-way there)"
AMBIGUOUS = "turn restrictions that fit more than one turn"

Pairs = list[tuple[int, int]]


def banned_turns(
    network: RoadNetwork, ways: NDArray[np.int64], table: WayTable, node_of: Callable[[int], int]
) -> tuple[NDArray[np.int32], NDArray[np.bool_], dict[str, int]]:
    """Return pairs of darts (T, 2), who is bound by each (T, 4), and how many restrictions were used.

    Parameters
    ----------
    network : RoadNetwork
    ways : int64 array of shape (E, 2)
        OpenStreetMap way at the tail and at the head of each street.
    table : WayTable
        Its barriers and turn restrictions are used.
    node_of : callable
        The node that an OpenStreetMap node became, or -1.
    """
    crossings = _Crossings(network, ways)
    counts: Counter[str] = Counter()
    pairs: Pairs = []
    modes: list[tuple[bool, ...]] = []
    for turn in table.turns:
        node = node_of(turn.via)
        found, verdict = crossings.banned_by(turn, node) if node >= 0 else ([], WITHOUT_EFFECT)
        counts[verdict] += 1
        pairs += found
        modes += [turn.modes] * len(found)
    for ref, closed in table.barriers.items():
        node = node_of(ref)
        if node < 0:
            continue
        counts["barriers"] += 1
        found = crossings.banned_by_barrier(node)
        pairs += found
        modes += [closed] * len(found)
    return (
        np.array(pairs, dtype=np.int32).reshape(-1, 2),
        np.array(modes, dtype=np.bool_).reshape(-1, len(MODES)),
        dict(counts),
    )


class _Crossings:
    """Which darts reach and leave a node, and of which way they are there."""

    def __init__(self, network: RoadNetwork, ways: NDArray[np.int64]) -> None:
        self._kmh = network.kmh
        self._tail = network.dart_tail
        self._order = np.argsort(self._tail, kind="stable")
        self._sorted = self._tail[self._order]
        self._way_at_tail = ways.ravel()

    def leaving(self, node: int) -> list[int]:
        """Return the darts that leave `node`; their reverses reach it."""
        low, high = np.searchsorted(self._sorted, [node, node + 1])
        return [int(d) for d in self._order[low:high]]

    def banned_by(self, turn: TurnRule, node: int) -> tuple[Pairs, str]:
        """Return the pairs a restriction bans at `node`, and what became of it."""
        darts = self.leaving(node)
        bound = np.array(turn.modes)
        starts = [d ^ 1 for d in darts if self._way_at_tail[d] == turn.from_way and self._open(d ^ 1, bound)]
        ends = [d for d in darts if self._way_at_tail[d] == turn.to_way and self._open(d, bound)]
        if turn.u_turn and turn.from_way == turn.to_way:
            pairs = [(d, d ^ 1) for d in starts if d ^ 1 in ends]
            return pairs, RESPECTED if pairs else WITHOUT_EFFECT
        if not starts or not ends:
            return [], WITHOUT_EFFECT
        if len(starts) > 1 or len(ends) > 1:
            # A way that goes on beyond the crossing: the restriction does not say which part it means.
            return [], AMBIGUOUS
        others = [d for d in darts if d not in ends] if turn.only else ends
        return [(starts[0], d) for d in others], RESPECTED

    def banned_by_barrier(self, node: int) -> Pairs:
        """Return every pair but turning back."""
        darts = self.leaving(node)
        return [(d ^ 1, e) for d in darts for e in darts if d != e]

    def _open(self, dart: int, modes: NDArray[np.bool_]) -> bool:
        """Whether one of `modes` may use `dart`."""
        return bool(self._kmh[modes, dart].any())

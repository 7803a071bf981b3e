"""Who goes out against given prices, for the bound: of each callout those whose going out pays the most.

Against prices of the cells (``docs/model.md``) a unit that goes out collects no more than its class's longest path, and
a unit on call no more than the best route of one on call.  So a callout of which `most` go out collects no more than
the latter of all its units, and for `most` of them what going out adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.cover import Ints, Small

if TYPE_CHECKING:
    from solver.problem import Callout


class Choice(NamedTuple):
    """What a unit of a class collects out and on call, each with its stops (S, 4)."""

    out: int
    out_stops: Small
    waiting: int
    waiting_stops: Small


class Allotment:
    """Units by class and callout.

    Parameters
    ----------
    kinds : sequence of int
        The first unit like it, for each unit; classes are numbered in the order of these.
    callouts : sequence of Callout

    Attributes
    ----------
    units, free, called : int64 array of shape (C,)
        Units of each class: all, those in no callout, those in some.
    """

    def __init__(self, kinds: Sequence[int], callouts: Sequence[Callout]) -> None:
        number = {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}
        classes = [number[kind] for kind in kinds]
        self._groups = [(c.most, Counter(classes[u] for u in c.units)) for c in callouts]
        self.units: Ints = np.bincount(classes, minlength=len(number)).astype(np.int64)
        self.called: Ints = np.zeros_like(self.units)
        for _, group in self._groups:
            for c, units in group.items():
                self.called[c] += units
        self.free: Ints = self.units - self.called

    def best(self, choices: Mapping[int, Choice]) -> Iterator[tuple[int, Small, np.int64, int]]:
        """Yield class, stops, how many units make them, and what each of these collects; of callouts only."""
        for most, group in self._groups:
            left = most
            for c in sorted(group, key=lambda c: (choices[c].waiting - choices[c].out, c)):
                choice = choices[c]
                out = min(group[c], left) if choice.out > choice.waiting else 0
                left -= out
                if out:
                    yield c, choice.out_stops, np.int64(out), choice.out
                if group[c] > out:
                    yield c, choice.waiting_stops, np.int64(group[c] - out), choice.waiting

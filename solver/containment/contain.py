"""Finds the smallest region in which units can enclose a car; where they cannot, what would be lacking.

On a small ground CP-SAT finds and proves the best choice.  On a large one prices find a good choice and a bound at
once (`solver.containment.prices`), first near the car and then farther out, and CP-SAT goes on from there while there
is time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.containment.delaying import delayed
from solver.containment.enclosure import Enclosure
from solver.containment.ground import Bools
from solver.containment.matching import best_matched, most_slack
from solver.containment.model import choose
from solver.containment.prices import Flows, Priced, Pricing
from solver.containment.pursuit import NEVER, Pursuit, region_of
from solver.containment.reduced import CORE, Reduced, least_metres, reduced, without

NEAR = 300
"""Crossings in the first part of the ground that is looked at."""

TINY = 60
"""Pieces up to which CP-SAT is asked at once, and answers."""

SMALL = 1000
"""Pieces up to which CP-SAT is asked for a proof, after prices have found something to begin with."""

MOST_PAIRS = 150_000
"""Pairs of units and crossings up to which CP-SAT is asked at all."""

ROUNDS, REPAIRS = 60, 60
"""Least cuts for finding prices, and for finding a choice that units can make."""

OTHERS = 0.3
"""Share of the time that is at least spent on what is lacking, once the units are known not to enclose the car."""

FIRST_REPAIRS = 25
"""Least cuts for finding out whether a part of the ground has such a choice."""

FARTHER = 1.2
"""By how much the next part of the ground reaches farther than the last one."""


def contain(pursuit: Pursuit, *, seconds: float = 10.0, stop: Callable[[], bool] | None = None) -> Enclosure:
    """Return which unit closes which crossing, so that the car is enclosed in as few metres of street as can be.

    Of equally small regions the one with the fewest closings counts, and of the ways to share these out among the units
    the one with the largest least slack.  Where the units cannot enclose the car, as few crossings as possible stay
    open.

    Parameters
    ----------
    pursuit : Pursuit
    seconds : float
        By the clock; on a small ground it ends sooner, with a proof.
    stop : callable, optional
        Asked now and then whether to end.
    """
    now = time.monotonic()
    first = _Search(pursuit, now + seconds, stop)
    found = first.enclosed()
    if found is not None:
        return found
    search = _Search(pursuit, max(now + seconds, time.monotonic() + OTHERS * seconds), stop)
    lacking = search.with_others()
    if first.impossible:
        lacking = replace(lacking, least_open=max(lacking.least_open, min(1, len(lacking.open))))
    return delayed(pursuit, lacking, search.over)


def soon_enough(
    pursuit: Pursuit, *, step: int = 10, seconds: float = 3.0, stop: Callable[[], bool] | None = None
) -> int | None:
    """Return a delay, shorter than the pursuit's, with which a way to enclose the car was found; None where none was.

    It is a multiple of `step` seconds, and with as many more no way was found.  Units are where they are, whenever they
    learn of it.
    """
    end = time.monotonic() + seconds
    low, high, found = 0, (pursuit.delay - 1) // step, None
    while low <= high:
        middle = (low + high) // 2 if found is not None or low else 0
        now = time.monotonic()
        search = _Search(pursuit.sooner(pursuit.delay - middle * step), now + max(end - now, 0.0) / 2, stop)
        if search.over():
            break
        if search.enclosed() is None:
            if middle == 0:
                return None
            high = middle - 1
        else:
            found, low = middle * step, middle + 1
    return found


class _Search:
    """One search, with its time."""

    def __init__(self, pursuit: Pursuit, end: float, stop: Callable[[], bool] | None) -> None:
        self.pursuit, self.end, self.stop = pursuit, end, stop
        self.begin = time.monotonic()
        self.impossible = False

    def over(self) -> bool:
        """Whether to end."""
        return time.monotonic() >= self.end or (self.stop is not None and self.stop())

    def enclosed(self) -> Enclosure | None:
        """Return how the units enclose the car; None where they cannot (`impossible`), or no way was found."""
        pursuit = self.pursuit
        may = pursuit.closable_by_any
        small = reduced(pursuit, may)
        if small.broken:
            self.impossible = True
            return None
        if small.pieces <= TINY:
            choice = choose(pursuit, small, seconds=1e6)
            self.impossible = choice.impossible
            found = self._enclosure([c for _, c in choice.closings], small.metres[CORE] + choice.bound, 0)
            return found if choice.found else None
        if Flows(small, weighed=False).least(np.ones(len(may), dtype=np.int64))[0] > pursuit.units:
            self.impossible = True
            return None
        big = int(small.metres.sum() + small.shared_metres.sum()) + 1
        near = self._near_and_far(small, may, others=False, other_price=big, weighed=True)
        self.impossible = near.bound >= big
        return None if self.impossible else self._polished(small, near)

    def with_others(self) -> Enclosure:
        """Return the choice that leaves the fewest crossings open."""
        pursuit = self.pursuit
        may = pursuit.ringed | pursuit.closable_by_any
        small = reduced(pursuit, may)
        if small.broken:
            return Enclosure(hopeless=True)
        if small.pieces <= TINY:
            return self._fewest(small, {}, 0)
        # A thousand for each crossing that somebody else closes, as prices are whole numbers.
        counted = self._near_and_far(small, may, others=True, other_price=1000, weighed=False)
        least = max(math.ceil((counted.bound - 1e-6) / 1000), 0)
        big = int(small.metres.sum() + small.shared_metres.sum()) + 1
        weighed = Pricing(pursuit, small, other_price=min(big, 10**6), others=True, over=self.over, known=counted)
        weighed.units = np.full(pursuit.units, 0, dtype=np.int64)
        best = weighed.repaired(REPAIRS // 3).best
        assert best is not None, "the first least cut is a choice, as others can close every crossing of it"
        if small.pieces <= SMALL:
            closed, left = best_matched(pursuit, best.crossings)
            return self._fewest(small, {c: u for u, c in closed} | dict.fromkeys(left, -1), least)
        return self._enclosure(list(best.crossings), float(small.metres[CORE]), least)

    def _fewest(self, small: Reduced, hint: dict[int, int], least: int) -> Enclosure:
        """Return the choice on a small ground that leaves the fewest crossings open, and of these the smallest.

        It begins with a choice that is known, crossings with their units or -1, if that is not empty.
        """
        tiny = small.pieces <= TINY
        stop = None if tiny else self.stop
        if not hint or sum(u < 0 for u in hint.values()) > least:
            limit = math.inf if tiny else self._left() / 2
            choice = choose(self.pursuit, small, seconds=1e6, limit=limit, others=True, hint=hint, stop=stop)
            least = max(least, math.ceil(choice.bound - 1e-6))
            if choice.found:
                hint = {c: u for u, c in choice.closings} | dict.fromkeys(choice.open, -1)
        number = sum(u < 0 for u in hint.values())
        limit = math.inf if tiny else self._left()
        choice = choose(self.pursuit, small, seconds=1e6, limit=limit, most_others=number, hint=hint, stop=stop)
        if choice.found:
            hint = {c: u for u, c in choice.closings} | dict.fromkeys(choice.open, -1)
        return self._enclosure(list(hint), float(small.metres[CORE]) + choice.bound, least)

    def _left(self) -> float:
        """Return the seconds that are left, and some in any case."""
        return max(self.end - time.monotonic(), 0.5)

    def _near_and_far(self, small: Reduced, may: Bools, *, others: bool, other_price: int, weighed: bool) -> Priced:
        """Search near the car, then farther out until something is found, then on the whole ground for the bound."""
        pursuit = self.pursuit
        if small.pieces <= SMALL:
            pricing = Pricing(pursuit, small, other_price=other_price, others=others, over=self.over, weighed=weighed)
            pricing.bounded(ROUNDS)
            return pricing.repaired(REPAIRS)
        times = pursuit.car[pursuit.car < NEVER]
        until, known = float(max(np.sort(times)[min(NEAR, len(times) - 1)], pursuit.delay, 1)), None
        last = int(times.max())
        extra = 2
        while until < last and extra and not self._late(0.4):
            part = reduced(pursuit, may, until=int(until))
            until *= FARTHER**2 if others else FARTHER
            if part.broken or (
                not others and Flows(part, weighed=False).least(np.ones(len(may), dtype=np.int64))[0] > pursuit.units
            ):
                continue
            pricing = Pricing(
                pursuit,
                part,
                other_price=other_price,
                others=others,
                over=lambda: self._late(0.5),
                weighed=weighed,
                known=known,
            )
            known = pricing.repaired(FIRST_REPAIRS)
            if known.best is not None and not (others and known.lacking):
                pricing.bounded(ROUNDS)
                known = pricing.repaired(REPAIRS)
                extra -= 1
        whole = Pricing(
            pursuit,
            small,
            other_price=other_price,
            others=others,
            over=lambda: self._late(0.6 if others else 0.7),
            weighed=weighed,
            known=known,
        )
        found = whole.bounded(ROUNDS)
        if others or (found.best is None and found.bound < other_price):
            found = whole.repaired(REPAIRS)
        return found

    def _late(self, share: float) -> bool:
        """Whether so much of the time is over."""
        return self.over() or time.monotonic() - self.begin > share * (self.end - self.begin)

    def _polished(self, small: Reduced, found: Priced) -> Enclosure | None:
        """Return the best choice, made better by CP-SAT where the ground is small enough without what is too far.

        None where there is none, or none was found.
        """
        pursuit, best, bound, near = self.pursuit, found.best, found.bound, small
        if best is not None:
            if bound > best.metres - 1 and small.pieces > SMALL:
                return self._enclosure(list(best.crossings), bound, 0)
            near = without(small, least_metres(small) >= best.metres + 1)
        elif small.pieces > SMALL:
            return None
        crossings = None if best is None else list(best.crossings)
        pairs = int(pursuit.closable[:, near.crossing[near.crossing >= 0]].sum())
        if pairs <= MOST_PAIRS and (best is None or near.pieces <= SMALL or not self.over()):
            hint = None if best is None else {c: u for u, c in best_matched(pursuit, best.crossings)[0]}
            workers = 1 if near.pieces <= SMALL else 4
            limit = self._left()
            choice = choose(pursuit, near, seconds=1e6, limit=limit, hint=hint, stop=self.stop, workers=workers)
            self.impossible = choice.impossible
            bound = max(bound, float(near.metres[CORE]) + choice.bound)
            chosen = [c for _, c in choice.closings]
            if choice.found and (best is None or region_of(pursuit, chosen).metres <= best.metres):
                crossings = chosen
        return None if crossings is None else self._enclosure(crossings, bound, 0)

    def _enclosure(self, crossings: list[int], bound: float, least_open: int) -> Enclosure:
        """Return what closing these crossings comes to, without those that nobody needs."""
        pursuit = self.pursuit
        region = region_of(pursuit, crossings)
        ground = pursuit.ground
        leaves = (region.vertices & ~pursuit.outside)[ground.tail]
        met = set(ground.crossing[ground.head[leaves]].tolist()) | {int(ground.crossing[v]) for v, _ in pursuit.starts}
        needed = sorted(met & set(crossings))
        closed, left = best_matched(pursuit, needed)
        metres = region.metres
        return Enclosure(
            closings=most_slack(pursuit, [c for _, c in closed]),
            open=tuple(left),
            metres=metres,
            least_metres=min(math.ceil(bound - 1e-6), metres),
            least_open=least_open,
        )

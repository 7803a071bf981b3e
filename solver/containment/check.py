"""Judges a containment without knowing how it was found: by letting the car drive.

The car may wait and drive as it likes.  A crossing that is closed stays closed, so whatever the car can do after some
time it could have done before: its earliest times say all.  They are worked out here anew, with the closed crossings as
they are closed, second by second.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

from solver.containment.pursuit import NEVER, TOLERANCE, Pursuit


@dataclass(frozen=True)
class Escape:
    """How the car gets out: through which crossings, and in which second it is at the first of these."""

    crossings: tuple[int, ...]
    second: int


def faults(pursuit: Pursuit, closings: Sequence[tuple[int, int]], metres: int) -> list[str]:
    """Return in words what is wrong with closings that are said to enclose the car within so many metres."""
    found = closing_faults(pursuit, closings)
    seconds = _drive(pursuit, closings)
    out = [v for v in seconds if pursuit.outside[v]]
    if out:
        found.append(f"the car is out at crossing {int(pursuit.ground.crossing[min(out)])}")
    ground = pursuit.ground
    streets = set(pursuit.begun)
    streets |= {
        int(s) for t, s in zip(ground.tail, ground.street, strict=True) if int(t) in seconds and not pursuit.outside[t]
    }
    length = sum(int(ground.metres[s]) for s in streets)
    if length != metres:
        found.append(f"the region has {length} metres of street, not {metres}")
    return found


def closing_faults(pursuit: Pursuit, closings: Sequence[tuple[int, int]]) -> list[str]:
    """Return in words which closings cannot be made."""
    found = []
    units = [u for u, _ in closings]
    found += [f"unit {u} closes more than one crossing" for u in sorted({u for u in units if units.count(u) > 1})]
    crossings = [c for _, c in closings]
    found += [f"crossing {c} is closed twice" for c in sorted({c for c in crossings if crossings.count(c) > 1})]
    free = _drive(pursuit, ())
    for u, c in closings:
        there = int(pursuit.arrive[u, c])
        car = min((seconds for v, seconds in free.items() if int(pursuit.ground.crossing[v]) == c), default=math.inf)
        if there >= NEVER or there >= car:
            found.append(f"unit {u} is not at crossing {c} before the car")
    return found


def escape(pursuit: Pursuit, closings: Sequence[tuple[int, int]]) -> Escape | None:
    """Return how the car gets out when crossings are closed; None where it cannot."""
    seconds = _drive(pursuit, closings)
    out: dict[int, float] = {}
    for v, second in seconds.items():
        if pursuit.outside[v]:
            crossing = int(pursuit.ground.crossing[v])
            out[crossing] = min(out.get(crossing, math.inf), second)
    if not out:
        return None
    first = sorted(out, key=lambda c: (out[c], c))
    return Escape(tuple(first), math.floor(min(out.values()) + TOLERANCE))


def _drive(pursuit: Pursuit, closings: Sequence[tuple[int, int]]) -> dict[int, float]:
    """Return by vertex the earliest second in which the car is there, if crossings are closed when units are there."""
    ground = pursuit.ground
    closed: dict[int, int] = {}
    for u, c in closings:
        closed[c] = min(closed.get(c, NEVER), int(pursuit.arrive[u, c]))
    ways: dict[int, list[tuple[int, float]]] = {}
    for tail, head, length in zip(ground.tail.tolist(), ground.head.tolist(), ground.seconds.tolist(), strict=True):
        ways.setdefault(tail, []).append((head, length))
    crossing = ground.crossing.tolist()
    found: dict[int, float] = {}
    queue = [(second, v) for v, second in pursuit.starts]
    heapq.heapify(queue)
    while queue:
        now, v = heapq.heappop(queue)
        # Whoever comes in the very second of the closing gets through.
        if v in found or closed.get(crossing[v], NEVER) < now:
            continue
        found[v] = now
        if not pursuit.outside[v]:
            for head, length in ways.get(v, ()):
                if head not in found:
                    heapq.heappush(queue, (now + length, head))
    return found

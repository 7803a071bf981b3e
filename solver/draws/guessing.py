"""How well an observer who knows all plans of a draw, and their chances, can tell where units will be tonight.

The observer thinks in spots (see `solver.draws.sightings`) and quarter-hours: in each of them the chance that a unit is
there is the sum of the chances of the plans that have one there.  All means are weighted by the stake of a spot in an
hour.  ``docs/draw.md`` has the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.draws.quarters import Quarters
from solver.draws.sightings import spots, stakes
from solver.problem import Problem

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Guess:
    """What an observer knows of one spot, or of all together, from 0 to 1.

    `uncertainty` is the mean entropy of whether a unit is there in a quarter, in bits.  `met` is how often a unit is
    there in the quarter of an hour that he names for it, and `missed` how often none is in the one that he names for
    that; the same `by_chance` where he names any quarter of the hour.
    """

    uncertainty: float
    met: float
    met_by_chance: float
    missed: float
    missed_by_chance: float

    @property
    def edge(self) -> float:
        """By how much both guesses are better than blind ones, together."""
        return self.met - self.met_by_chance + self.missed - self.missed_by_chance


@dataclass(frozen=True)
class SpotGuess:
    """One spot: its share of all that is at stake, what is known of it, and the longest span without a visit.

    `by_hour` is the mean uncertainty of its quarters in each hour.  `hole` is (start, end) in minutes of the longest
    span in which it is open and has risk and no plan has a unit there; None where there is none, or the spot is a task.
    """

    place: str
    stake: float
    guess: Guess
    by_hour: tuple[float, ...]
    hole: tuple[int, int] | None


@dataclass(frozen=True)
class HourGuess:
    """The surest guess of an hour: a unit is at `place` from minute `start` to `end` with this `chance`.

    `by_chance` is how often one is there at any spot and quarter of the hour, all alike.
    """

    start: int
    place: str
    begin: int
    end: int
    chance: float
    by_chance: float


@dataclass(frozen=True)
class Forecast:
    """What an observer knows: of all spots together, of each spot, and of each hour."""

    overall: Guess
    spots: tuple[SpotGuess, ...]
    hours: tuple[HourGuess, ...]


def forecast(problem: Problem, seen: Sequence[Bools], chances: Sequence[int]) -> Forecast:
    """Return what an observer of a draw knows.

    Parameters
    ----------
    problem : Problem
    seen : sequence of bool arrays of shape (spots, minutes)
        Of each plan, from `solver.draws.sightings.seen`.
    chances : sequence of int
        Chance of each plan, in any unit.
    """
    quarters = Quarters.of(problem)
    there = np.stack([quarters.sums(minutes) > 0 for minutes in seen])
    share = np.asarray(chances, dtype=np.float64) / sum(chances)
    met = np.clip(np.tensordot(share, there, axes=1), 0.0, 1.0)
    # A quarter in which all plans agree is certain, whatever the sum of their chances is rounded to.
    met = np.where(there.all(axis=0), 1.0, met)
    stake = stakes(problem, quarters)
    table = _Table.of(met, stake, quarters)
    never = ~np.logical_or.reduce(seen)
    names = spots(problem)
    return Forecast(
        overall=table.guess(slice(None)),
        spots=tuple(
            SpotGuess(
                place=name,
                stake=float(stake[i].sum()),
                guess=table.guess(slice(i, i + 1)),
                by_hour=tuple(table.entropy[i].tolist()),
                hole=_hole(problem, i, never[i]),
            )
            for i, name in enumerate(names)
        ),
        hours=_hours(met, names, quarters) if names else (),
    )


@dataclass(frozen=True)
class _Table:
    """Figures by spot and hour, shape (spots, hours), and what they are weighted by."""

    stake: Floats
    entropy: Floats
    highest: Floats
    lowest: Floats
    mean: Floats

    @classmethod
    def of(cls, met: Floats, stake: Floats, quarters: Quarters) -> _Table:
        """Return the figures of chances by spot and quarter."""
        first = quarters.first_of_hour
        length = np.diff(np.append(first, len(quarters)))
        return cls(
            stake=np.add.reduceat(stake, first, axis=1),
            entropy=np.add.reduceat(_entropy(met), first, axis=1) / length,
            highest=np.maximum.reduceat(met, first, axis=1),
            lowest=np.minimum.reduceat(met, first, axis=1),
            mean=np.add.reduceat(met, first, axis=1) / length,
        )

    def guess(self, rows: slice) -> Guess:
        """Return the means over some spots; where nothing is at stake all hours count alike."""
        weight = self.stake[rows]
        if not weight.sum():
            weight = np.ones_like(weight)

        def mean(figures: Floats) -> float:
            return float((figures[rows] * weight).sum() / weight.sum()) if weight.size else 0.0

        by_chance = mean(self.mean)
        return Guess(
            uncertainty=mean(self.entropy),
            met=mean(self.highest),
            met_by_chance=by_chance,
            missed=mean(1 - self.lowest),
            missed_by_chance=mean(1 - self.mean),
        )


def _entropy(chance: Floats) -> Floats:
    """Return the entropy in bits of what is so with this chance or is not."""
    inside = np.clip(chance, 1e-300, 1.0)
    outside = np.clip(1 - chance, 1e-300, 1.0)
    bits: Floats = -(chance * np.log2(inside) + (1 - chance) * np.log2(outside))
    return np.maximum(bits, 0.0)


def _hole(problem: Problem, spot: int, never: Bools) -> tuple[int, int] | None:
    """Return the longest span in which a hotspot is open, has risk, and is never visited; the first of several."""
    if spot >= len(problem.hotspots):
        return None
    hotspot = problem.hotspots[spot]
    asked = np.zeros(problem.minutes, dtype=np.bool_)
    for start, end in hotspot.open(problem.minutes):
        asked[start:end] = True
    asked &= np.asarray(hotspot.risk, dtype=np.int64)[problem.slot_of] > 0
    steps = np.diff(np.concatenate([[0], (asked & never).astype(np.int8), [0]]))
    begins, ends = np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0]
    if not len(begins):
        return None
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])


def _hours(met: Floats, names: tuple[str, ...], quarters: Quarters) -> tuple[HourGuess, ...]:
    """Return the surest guess of each hour; the first spot and quarter of several."""
    found = []
    last = np.append(quarters.first_of_hour[1:], len(quarters))
    for start, a, b in zip(quarters.starts, quarters.first_of_hour, last, strict=True):
        spot, quarter = np.unravel_index(int(np.argmax(met[:, a:b])), (len(names), b - a))
        begin, end = quarters.edges[a + quarter : a + quarter + 2].tolist()
        chance, blind = float(met[spot, a + quarter]), float(met[:, a:b].mean())
        found.append(HourGuess(int(start), names[spot], begin, end, chance, blind))
    return tuple(found)

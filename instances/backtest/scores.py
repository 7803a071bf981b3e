"""What a backtest counts, in blocks of time, so that every figure is a ratio of sums over blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from instances.backtest.clock import PARTS, RUNGS
from instances.backtest.forecasts import DEFAULT, Setting
from instances.backtest.periods import Rolling
from instances.backtest.study import Study

Floats = NDArray[np.float64]

CURVE = np.linspace(0, 1, 201)
"""Shares of the area at which the curve of hits is kept."""


@dataclass(eq=False)
class MapScore:
    """How one map did over the test periods, in B blocks (periods or days).

    `gain` of shape (B,) is the sum over incidents of the logarithm of how many times likelier than anywhere the map
    made their cell; `hits` of shape (S, B) what fell into the marked cells at each share; `under` the area under the
    curve of hits; `curve` the hits at `CURVE`; `taken` the setting of each test period.
    """

    gain: Floats
    hits: Floats
    under: float
    curve: Floats
    taken: list[Setting]

    @classmethod
    def of(cls, shares: int, blocks: int) -> MapScore:
        """Return a score of nothing yet."""
        return cls(np.zeros(blocks), np.zeros((shares, blocks)), 0.0, np.zeros(len(CURVE)), [])


@dataclass(eq=False)
class ClockScore:
    """How much the clock foretold, of incidents with a day and an hour within the area.

    `size` of shape (B,) is their weight and `gain` of shape (5, B) that of each rung over a flat day.  Of each hour and
    each part of the day, `hour_size` (24,) and `part_size` (4,) are the weight, and `hour_hits` (2, 24), `part_hits`
    (2, 4) what fell into the marked cells: first by the map of the whole day, then by the map of that hour or part.
    `own` of shape (2, B) is the same over all parts by block.
    """

    size: Floats
    gain: Floats
    hour_size: Floats
    hour_hits: Floats
    part_size: Floats
    part_hits: Floats
    own: Floats
    count: int = 0

    @classmethod
    def of(cls, blocks: int) -> ClockScore:
        """Return a score of nothing yet."""
        by_hour, by_part = (np.zeros(24), np.zeros((2, 24))), (np.zeros(len(PARTS)), np.zeros((2, len(PARTS))))
        gain = np.zeros((len(RUNGS), blocks))
        return cls(np.zeros(blocks), gain, *by_hour, *by_part, np.zeros((2, blocks)))


@dataclass(eq=False)
class Backtest:
    """What a backtest counted.

    Parameters
    ----------
    study : Study
    rolling : Rolling
    settings : tuple of Setting
        All that were tried.
    chosen_gain, test_gain : float64 arrays of shape (settings,)
        Mean gain of each in the periods to choose by and to test on, with the best share left to anywhere.
    best : Setting
        The one that all periods together speak for.
    shares : tuple of float
        Shares of the area, rising; `main` is the one asked for.
    block_days : bool
        Blocks are days, not periods.
    size, inside : float64 arrays of shape (B,)
        Weight of incidents by block: all, and those within the area.
    count, outside : int
        Incidents tested on, and those of them outside the area.
    new : mapping
        How many of the incidents tested on fell in squares so many cells wide in which nothing had happened before.
    best_hits : float64 array of shape (S,)
        What the best choice of cells would have held, period by period.
    cells : float
        Cells of the area, the mean over test periods.
    maps : mapping of name to MapScore
    clock : ClockScore or None
        None where no incident tested on has both day and hour.
    """

    study: Study
    rolling: Rolling
    settings: tuple[Setting, ...]
    shares: tuple[float, ...]
    main: float
    block_days: bool
    size: Floats
    inside: Floats
    best_hits: Floats
    maps: dict[str, MapScore] = field(default_factory=dict)
    clock: ClockScore | None = None
    chosen_gain: Floats = field(default_factory=lambda: np.zeros(0))
    test_gain: Floats = field(default_factory=lambda: np.zeros(0))
    best: Setting = DEFAULT
    cells: float = 0.0
    count: int = 0
    outside: int = 0
    new: dict[int, int] = field(default_factory=dict)

"""What the figures of a backtest bear: which differences are sure, and how fine the map and the clock may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from instances.backtest.backtest import COARSER, coarser
from instances.backtest.clock import RUNGS
from instances.backtest.forecasts import RISK, UNIFORM
from instances.backtest.resample import Draws, Floats, Interval
from instances.backtest.scores import Backtest

FEW = 100
"""Incidents; what fewer say is said with a warning."""


@dataclass(frozen=True)
class Findings:
    """Figures with their ranges, and what follows.

    Parameters
    ----------
    hits : mapping of name to tuple of Interval
        Share of incidents in the marked cells, by map and share of the area.
    gain : mapping of name to Interval
        Mean over incidents of the logarithm of how many times likelier than anywhere a map made their cell.
    over : mapping of name to Interval
        By how much the gain of our risk is above that of each other map.
    sure : bool
        There are enough periods, or days, for ranges.
    times : int
        How many times wider than asked the finest cells are that beat all wider ones; 0 where no map beats chance.
    cells_over : Interval
        By how much the cells asked for are above the finest of the others that beat all wider ones.
    clock : tuple of Interval
        Gain over a flat day of each rung of `instances.backtest.clock.RUNGS`; empty where there are no hours.
    rung : str
        The rung with the most detail that beats those below; empty where there are no hours.
    next_over : Interval or None
        By how much the best rung with more detail is above it; None where there is none.
    own_hours : Interval or None
        By how much the share of hits rises when each part of the day has a map of its own.
    """

    hits: Mapping[str, tuple[Interval, ...]]
    gain: Mapping[str, Interval]
    over: Mapping[str, Interval]
    sure: bool
    times: int
    cells_over: Interval
    clock: tuple[Interval, ...] = ()
    rung: str = ""
    next_over: Interval | None = None
    own_hours: Interval | None = None


def findings(made: Backtest, rng: np.random.Generator) -> Findings:
    """Return what a backtest found; the same backtest and generator give the same ranges."""
    interval = Draws(len(made.size), rng).ratio
    maps, risk = made.maps, made.maps[RISK]
    hits = {name: tuple(interval(h, made.size) for h in score.hits) for name, score in maps.items()}
    gain = {name: interval(score.gain, made.inside) for name, score in maps.items()}
    over = {name: interval(risk.gain - score.gain, made.inside) for name, score in maps.items() if name != RISK}
    times, below = 0, UNIFORM
    for wide in (*COARSER[::-1], 1):
        name = coarser(wide) if wide > 1 else RISK
        if interval(maps[name].gain - maps[below].gain, made.inside).low > 0:
            times, below = wide, name
    others = [coarser(w) for w in COARSER]
    rival = below if below not in (RISK, UNIFORM) else max(others, key=lambda name: gain[name].value)
    sure = gain[RISK].known
    plain = Findings(hits, gain, over, sure, times, over[rival])
    return _with_clock(plain, made, interval)


def _with_clock(found: Findings, made: Backtest, interval: Callable[[Floats, Floats], Interval]) -> Findings:
    """Return the findings with those on the clock."""
    clock = made.clock
    if clock is None:
        return found
    gains = tuple(interval(g, clock.size) for g in clock.gain)
    rung = 0
    for i in range(1, len(RUNGS)):
        if interval(clock.gain[i] - clock.gain[rung], clock.size).low > 0:
            rung = i
    above = range(rung + 1, len(RUNGS))
    best = max(above, key=lambda i: gains[i].value, default=None)
    next_over = None if best is None else interval(clock.gain[best] - clock.gain[rung], clock.size)
    own = interval(clock.own[1] - clock.own[0], clock.size)
    return replace(found, clock=gains, rung=RUNGS[rung], next_over=next_over, own_hours=own)

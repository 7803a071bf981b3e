"""The backtest: period after period, learn from what lay before, foretell, and count what came.

Settings are chosen by the periods before the one foretold, so what is reported was chosen without it.  What the
figures mean in words is left to `instances.backtest.findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from instances.backtest.clock import PARTS, ClockMap, clock_gains, clock_map
from instances.backtest.forecasts import (
    DEFAULT,
    LAST,
    PAST,
    RISK,
    STATIONS,
    UNIFORM,
    USUAL,
    Setting,
    last_map,
    nearest_stations,
    past_map,
    refuse_too_wide,
    risk_maps,
    settings_of,
    station_map,
)
from instances.backtest.measures import area_under_hits, best_hits, hits_by_area, log_gain, marked
from instances.backtest.periods import Period, Rolling
from instances.backtest.scores import CURVE, Backtest, ClockScore, MapScore
from instances.backtest.study import Study, in_new_squares
from instances.errors import Fault, InputError
from instances.risk.space import binned

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Of the area, at which hits are counted; the one asked for is added."""

ANYWHERE = np.array([0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 0.9])
"""Shares of the probability that a map may leave to all cells alike; which, is chosen for each map by the past."""

COARSER = (2, 4, 8)
"""How many times wider the cells are that the cells asked for must beat."""

FEW_PERIODS = 5
"""With fewer periods than this, figures are drawn anew by days and not by periods."""

BANDWIDTHS = (0.0, 100.0, 200.0, 400.0)
HALF_LIVES = (timedelta(days=14), timedelta(days=60), timedelta(days=180), None)


def coarser(times: int) -> str:
    """Return the name of risk in cells so many times wider."""
    return f"{RISK}/{times}"


def backtest(
    study: Study,
    rolling: Rolling,
    *,
    share: float = 0.05,
    bandwidths: tuple[float, ...] = BANDWIDTHS,
    half_lives: tuple[timedelta | None, ...] = HALF_LIVES,
    stations: Floats | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Return what maps made from the past foretold of the periods that followed.

    Parameters
    ----------
    study : Study
    rolling : Rolling
    share : float
        The share of the area that matters most, such as what the units can visit.
    bandwidths, half_lives
        Settings of risk to choose among: metres, and ages at which an incident counts half.
    stations : float64 array of shape (S, 2), optional
        Latitude and longitude.
    progress : callable, optional
        Told how many periods are done and how many there are.

    Raises
    ------
    InputError
        When the cells are too small for a bandwidth, or nothing that came lies in the area.
    """
    refuse_too_wide(study, (*bandwidths, DEFAULT.bandwidth))
    run = _Run(study, rolling, share, bandwidths, half_lives, stations)
    for done, period in enumerate(rolling.every):
        if progress is not None:
            progress(done, len(rolling.every))
        run.take(period, test=done >= len(rolling.choose))
    return run.finish()


class _Run:
    """A backtest under way: what all periods so far say of every map and setting."""

    def __init__(
        self,
        study: Study,
        rolling: Rolling,
        share: float,
        bandwidths: tuple[float, ...],
        half_lives: tuple[timedelta | None, ...],
        stations: Floats | None,
    ) -> None:
        self.study, self.rolling = study, rolling
        self.bandwidths, self.half_lives = tuple(dict.fromkeys(bandwidths)), tuple(dict.fromkeys(half_lives))
        self.settings = settings_of(bandwidths, half_lives)
        self.nearest = nearest_stations(study, stations) if stations is not None and len(stations) else None
        self.history: dict[str, Floats] = {}
        self.sizes = [0.0, 0.0]
        shares = tuple(sorted({*SHARES, share}))
        by_day = len(rolling.test) < FEW_PERIODS and not rolling.months
        self.blocks = _blocks(rolling.test, by_day=by_day)
        count = int(self.blocks[-1][-1]) + 1
        zeros = np.zeros(count)
        self.out = Backtest(
            study, rolling, self.settings, shares, share, by_day, zeros, zeros.copy(), np.zeros(len(shares))
        )

    def take(self, period: Period, *, test: bool) -> None:
        """Foretell a period, report on it if it is a test, and remember how every setting did."""
        area = self.study.area(period.begin)
        rows = np.flatnonzero(self.study.within(period))
        at = _positions(area, self.study.cell[rows], len(self.study.ix))
        weight = self.study.weight[rows]
        counts = binned(at[at >= 0], weight[at >= 0], len(area))
        came = self._came(period, area, rows, at) if test else None
        hit = np.flatnonzero(counts)
        self.sizes[test] += float(counts.sum())
        for name, values in self._maps(period, area):
            if came is not None:
                self._report(name, values, came, counts)
            sums = np.stack([log_gain(v, ANYWHERE, hit) @ counts[hit] for v in values])
            self.history[name] = self.history.get(name, 0.0) + sums
        if came is not None:
            self.out.best_hits += [best_hits(counts, share) for share in self.out.shares]
        else:
            self.out.chosen_gain = self.history[RISK].max(axis=1) / max(self.sizes[0], 1e-300)

    def finish(self) -> Backtest:
        """Return the backtest."""
        out, risk = self.out, self.history[RISK]
        if not out.inside.sum() > 0:
            first, last = self.rolling.test[0].first, self.rolling.test[-1].last
            wrong = f"no incident of {first} to {last}, which is tested on, lies where something had happened before"
            raise InputError([Fault(self.study.incidents.source, 0, 0, "", wrong, "export more incidents")])
        out.best = self.settings[_best(risk)[0]]
        before = out.chosen_gain * self.sizes[0]
        out.test_gain = (risk.max(axis=1) - before) / max(self.sizes[1], 1e-300)
        out.cells /= len(self.rolling.test)
        return out

    def _maps(self, period: Period, area: Ints) -> Iterator[tuple[str, Floats]]:
        """Yield all maps of the past by name, each of shape (settings, C)."""
        study, train = self.study, self.rolling.train
        months = self.rolling.length if self.rolling.months else None
        yield UNIFORM, np.ones((1, len(area)))
        yield LAST, last_map(study, period, area, months=months)[None]
        yield PAST, past_map(study, period, area)[None]
        if self.nearest is not None:
            yield STATIONS, station_map(study, period, area, self.nearest)[None]
        yield USUAL, risk_maps(study, period.begin, area, (DEFAULT.bandwidth,), (DEFAULT.half_life,), train=train)
        risk = risk_maps(study, period.begin, area, self.bandwidths, self.half_lives, train=train)
        yield RISK, risk
        for times in COARSER:
            yield coarser(times), _coarse(study, area, risk, times)

    def _came(self, period: Period, area: Ints, rows: Ints, at: Ints) -> _Came:
        """Count the incidents of a test period, and return those within the area."""
        out, weight = self.out, self.study.weight[rows]
        days = self.blocks[self.rolling.test.index(period)]
        block = days[self.study.incidents.day[rows] - period.begin]
        inside = at >= 0
        out.size += binned(block, weight, len(out.size))
        out.inside += binned(block[inside], weight[inside], len(out.size))
        out.count += len(rows)
        out.outside += int((~inside).sum())
        for times in COARSER if out.outside else ():
            out.new[times] = out.new.get(times, 0) + in_new_squares(self.study, period.begin, rows, times)
        out.cells += len(area)
        return _Came(period, area, rows[inside], at[inside], block[inside], weight[inside])

    def _report(self, name: str, values: Floats, came: _Came, counts: Floats) -> None:
        """Count how a map, with what the past speaks for, foretold a test period."""
        out = self.out
        k, e = _best(self.history[name])
        score = out.maps.setdefault(name, MapScore.of(len(out.shares), len(out.size)))
        gain = log_gain(values[k], ANYWHERE[e : e + 1], came.at)[0]
        score.gain += binned(came.block, came.weight * gain, len(out.size))
        for s, share in enumerate(out.shares):
            score.hits[s] += binned(came.block, came.weight * marked(values[k], share)[came.at], len(out.size))
        score.under += area_under_hits(values[k], counts)
        score.curve += np.interp(CURVE, *hits_by_area(values[k], counts))
        score.taken.append(self.settings[k] if len(values) > 1 else DEFAULT)
        if name == RISK:
            self._report_clock(values[k], self.settings[k], came)

    def _report_clock(self, whole: Floats, setting: Setting, came: _Came) -> None:
        """Count how the clock foretold the incidents with a day and an hour."""
        incidents, out = self.study.incidents, self.out
        timed = (incidents.hour[came.rows] >= 0) & ~incidents.month_only[came.rows]
        if not timed.any():
            return
        known = clock_map(self.study, came.period.begin, came.area, setting, train=self.rolling.train)
        if known is None:
            return
        came = came.select(timed)
        hour = incidents.hour[came.rows].astype(np.int64)
        clock = out.clock = out.clock or ClockScore.of(len(out.size))
        clock.count += len(hour)
        clock.size += binned(came.block, came.weight, len(out.size))
        gains = clock_gains(known, came.period, came.at, incidents.day[came.rows], hour)
        for rung, gain in enumerate(gains):
            clock.gain[rung] += binned(came.block, came.weight * gain, len(out.size))
        _count_by_time(clock, known, whole, out.main, hour, came)


@dataclass(frozen=True, eq=False)
class _Came:
    """The incidents of a test period within the area: their row in the study, cell of the area, block and weight."""

    period: Period
    area: Ints
    rows: Ints
    at: Ints
    block: Ints
    weight: Floats

    def select(self, which: NDArray[np.bool_]) -> _Came:
        """Return some of them."""
        part = {name: getattr(self, name)[which] for name in ("rows", "at", "block", "weight")}
        return replace(self, **part)


def _count_by_time(clock: ClockScore, known: ClockMap, whole: Floats, share: float, hour: Ints, came: _Came) -> None:
    """Count hits by hour and part of the day, by the map of the whole day and by that of the hour or part."""
    by_day = came.weight * marked(whole, share)[came.at]
    clock.hour_size += binned(hour, came.weight, 24)
    clock.hour_hits[0] += binned(hour, by_day, 24)
    for h in range(24):
        here = hour == h
        clock.hour_hits[1, h] += float((marked(known.hours[:, h], share)[came.at[here]] * came.weight[here]).sum())
    for p, (begin, end) in enumerate(PARTS):
        here = (hour >= begin) & (hour < end)
        own = marked(known.hours[:, begin:end].sum(axis=1), share)[came.at[here]] * came.weight[here]
        clock.part_size[p] += came.weight[here].sum()
        for row, held in enumerate((by_day[here], own)):
            clock.part_hits[row, p] += held.sum()
            clock.own[row] += binned(came.block[here], held, clock.own.shape[1])


def _best(history: Floats) -> tuple[int, int]:
    """Return the setting and the share left to anywhere that did best so far; of equals the first."""
    k, e = np.unravel_index(int(np.argmax(history)), history.shape)
    return int(k), int(e)


def _positions(area: Ints, cell: Ints, cells: int) -> Ints:
    """Return the index within `area` of each cell, -1 where it is outside."""
    position = np.full(cells, -1, dtype=np.int64)
    position[area] = np.arange(len(area))
    return position[cell]


def _coarse(study: Study, area: Ints, values: Floats, times: int) -> Floats:
    """Return maps of shape (K, C) with all cells of a square of `times` x `times` alike."""
    squares = np.stack([study.ix[area] // times, study.iy[area] // times], axis=1)
    _, which = np.unique(squares, axis=0, return_inverse=True)
    which = which.reshape(-1)
    held = np.bincount(which)
    return np.stack([(np.bincount(which, weights=v) / held)[which] for v in values])


def _blocks(periods: Sequence[Period], *, by_day: bool) -> list[Ints]:
    """Return for each period the block of each of its days."""
    if not by_day:
        return [np.full(p.days, i, dtype=np.int64) for i, p in enumerate(periods)]
    first = np.cumsum([0, *(p.days for p in periods)])
    return [np.arange(p.days, dtype=np.int64) + first[i] for i, p in enumerate(periods)]

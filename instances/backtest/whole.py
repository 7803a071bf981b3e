"""From a file of incidents to a backtest: the whole way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from instances.backtest.backtest import BANDWIDTHS, HALF_LIVES, backtest
from instances.backtest.findings import Findings, findings
from instances.backtest.periods import rolling_periods
from instances.backtest.scores import Backtest
from instances.backtest.study import make_study, span_of
from instances.errors import Fault, InputError
from instances.incidents import EPOCH, IncidentReport, read_incidents
from instances.risk.estimate import CELL
from instances.risk.metric_grid import Floats

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.dates import DateOrder

SEED = 0
"""Of the ranges: the same file gives the same ones."""


@dataclass(frozen=True, eq=False)
class Made:
    """A backtest of a file: how it was read, what was counted, what it bears."""

    read: IncidentReport
    made: Backtest
    found: Findings
    notes: tuple[str, ...]


def backtest_file(
    path: Path,
    *,
    roads: Path | None = None,
    stations: Path | None = None,
    cell: float = CELL,
    share: float = 0.05,
    test: int | None = None,
    step: int | None = None,
    train: int | None = None,
    periods: int | None = None,
    until: date | None = None,
    bandwidths: tuple[float, ...] = BANDWIDTHS,
    half_lives: tuple[timedelta | None, ...] = HALF_LIVES,
    weights: Mapping[str, float] | None = None,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    dates: DateOrder = "auto",
    cache: Cache | None = None,
    note: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Made:
    """Return the backtest of the incidents in `path`.

    Parameters
    ----------
    path : Path
    roads : Path, optional
        A road network; the area is then the cells with a street.
    stations : Path, optional
        A table of points; counts by nearest station are then one of the plain maps.
    cell : float
        Side of the cells in metres.
    share : float
        The share of the area that matters most.
    test, step, train, periods
        Days foretold, from one begin to the next, and learnt from; how many to test on: see `rolling_periods`.
    until : date, optional
        Only incidents before it count; by default all of them.
    bandwidths, half_lives
        Settings to choose among, see `backtest`.
    weights, columns, timezone, dates
        See `instances.risk.risk_surface` and `instances.incidents.read_incidents`.
    cache, note
        For the roads, see `instances.roads.load_network`.
    progress : callable, optional
        Told how many periods are done and how many there are.

    Raises
    ------
    InputError
        When a file cannot be read, or there are too few incidents for the periods.
    """
    incidents, read = read_incidents(path, columns=columns, timezone=timezone, dates=dates)
    if until is not None:
        past = incidents.day < (until - EPOCH).days
        if not past.any():
            wrong = f"no incident lies before {until}; the file begins on {incidents.first}"
            raise InputError([Fault(str(path), 0, 0, "until", wrong, "correct the date")])
        incidents = incidents.select(past)
    network, points = None, None
    notes: tuple[str, ...] = ()
    if roads is not None:
        from instances.roads import load_network

        network = load_network(str(roads), cache=cache, note=note or (lambda _: None))
    if stations is not None:
        points, notes = _stations(stations)
    study = make_study(incidents, cell=cell, weights=weights, network=network)
    first, end = span_of(study)
    rolling = rolling_periods(
        first, end, months=study.months, test=test, step=step, train=train, count=periods, source=str(path)
    )
    made = backtest(
        study,
        rolling,
        share=share,
        bandwidths=bandwidths,
        half_lives=half_lives,
        stations=points,
        progress=progress,
    )
    return Made(read, made, findings(made, np.random.default_rng(SEED)), notes)


def _stations(path: Path) -> tuple[Floats, tuple[str, ...]]:
    """Return latitude and longitude of stations, shape (S, 2), and what was noted of their file."""
    from instances.point_tables import read_points

    table = read_points(path, what="station")
    if table.faults:
        raise InputError(table.faults)
    return np.array([(row.lat, row.lon) for row in table.rows], dtype=np.float64), tuple(table.notes)

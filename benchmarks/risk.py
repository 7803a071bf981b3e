"""How well yesterday's risk tells tomorrow's incidents: what the defaults of ``docs/risk.md`` were chosen by.

``python -m benchmarks.risk --incidents DIR`` reads the two exports named below from DIR, which are not part of
the project.  City of London: each month of 2019 from the months before it.  Chicago: the last eight days of
September 2014 from the three weeks before.  *Hit share* is the share of the incidents to come that fall into
the tenth of the cells with the most risk; *surprise* is minus the mean logarithm of the probability that the
surface gave to the cell (and, for Chicago's clock, to the hour of the week) in which each fell: less is better.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instances.incidents import EPOCH, Incidents, read_incidents
from instances.risk import MetricGrid, RiskSurface, risk_surface
from instances.risk import estimate as defaults
from instances.risk.time import Clock

LONDON = "city_of_london_police_2017-12_2020-11.csv.gz"
CHICAGO = "chicago_2014-09.csv.gz"
WEEK = [(day, hour) for day in range(7) for hour in range(24)]
UNSEEN = 0.02
"""Probability kept for cells without any incident so far, spread evenly, so that no surprise is infinite."""

Surface = Callable[[Incidents, date], RiskSurface]


def judge(surface: RiskSurface, future: Incidents) -> tuple[float, float, float]:
    """Return hit share, surprise in space, and surprise in the hour of the week given the cell."""
    columns, rows = surface.grid.cells(future.lat, future.lon)
    index = {cell: i for i, cell in enumerate(zip(surface.ix.tolist(), surface.iy.tolist(), strict=True))}
    at = np.array([index.get(cell, -1) for cell in zip(columns.tolist(), rows.tolist(), strict=True)])
    share = surface.total / surface.total.sum()
    hottest = np.argsort(-share, kind="stable")[: round(0.1 * len(share))]
    chance = (1 - UNSEEN) * np.where(at >= 0, share[at], 0) + UNSEEN / len(share)
    timed = (at >= 0) & (future.hour >= 0)
    clock = float("nan")
    if timed.any():
        hour = ((future.day[timed] + 3) % 7) * 24 + future.hour[timed]
        week = surface.risk[at[timed]]
        clock = float(-np.log(week[np.arange(len(hour)), hour] / week.sum(axis=1)).mean())
    return float(np.isin(at, hottest).mean()), float(-np.log(chance).mean()), clock


def days(incidents: Incidents, first: date, last: date) -> Incidents:
    """Return the incidents from `first` up to, not including, `last`."""
    start, end = (first - EPOCH).days, (last - EPOCH).days
    rows: NDArray[np.bool_] = (incidents.day >= start) & (incidents.day < end)
    return incidents.select(rows)


def london(incidents: Incidents, surface: Surface) -> tuple[float, float, float]:
    """Return the mean judgement over the months of 2019."""
    months = [date(2019, m, 1) for m in range(1, 13)]
    ends = [*months[1:], date(2020, 1, 1)]
    scores = [judge(surface(incidents, m), days(incidents, m, e)) for m, e in zip(months, ends, strict=True)]
    hit, space, clock = np.mean(scores, axis=0).tolist()
    return hit, space, clock


def chicago(incidents: Incidents, surface: Surface) -> tuple[float, float, float]:
    """Return the judgement of the last eight days of the month."""
    split = date(2014, 9, 23)
    return judge(surface(incidents, split), days(incidents, split, date(2014, 10, 1)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How well past risk tells incidents to come.")
    parser.add_argument("--incidents", type=Path, required=True, help="folder of the two exports")
    folder: Path = parser.parse_args().incidents
    # The export of a force holds a few points far outside its city.
    city = read_incidents(folder / LONDON)[0].within(51.504, -0.116, 51.523, -0.068)
    large = read_incidents(folder / CHICAGO)[0]
    grids = {id(i): MetricGrid.at(float(i.lat[0]), float(i.lon[0]), defaults.CELL) for i in (city, large)}

    def surface(smoothing: float, half_life: int | None = None, clock: Clock = defaults.CLOCK) -> Surface:
        decay = timedelta(days=half_life) if half_life else None

        def made(incidents: Incidents, until: date) -> RiskSurface:
            return risk_surface(
                incidents,
                slots=WEEK,
                until=until,
                smoothing=smoothing,
                half_life=decay,
                grid=grids[id(incidents)],
                clock=clock,
            )[0]

        return made

    print("| smoothing, m | London hit share | surprise | Chicago hit share | surprise | surprise, clock |")
    print("|---|---|---|---|---|---|")
    for smoothing in (0, 50, 75, 100, 150, 200, 400):
        one, two = london(city, surface(smoothing)), chicago(large, surface(smoothing))
        print(f"| {smoothing} | {one[0]:.1%} | {one[1]:.3f} | {two[0]:.1%} | {two[1]:.3f} | {two[2]:.3f} |")
    print("\n| half-life, days | London hit share | surprise |")
    print("|---|---|---|")
    for half_life in (30, 60, 90, 180, 365, None):
        one = london(city, surface(defaults.SMOOTHING, half_life))
        print(f"| {half_life or 'none'} | {one[0]:.1%} | {one[1]:.3f} |")
    print("\n| clock | value | Chicago surprise, clock |")
    print("|---|---|---|")
    for name, values in (
        ("sigma", (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)),
        ("cell_prior", (6.0, 12.0, 24.0, 48.0, 1e6)),
        ("week_prior", (1.0, 10.0, 30.0, 100.0, 1e6)),
    ):
        for value in values:
            clock = replace(defaults.CLOCK, **{name: value})
            print(f"| {name} | {value:g} | {chicago(large, surface(defaults.SMOOTHING, clock=clock))[2]:.4f} |")


if __name__ == "__main__":
    main()

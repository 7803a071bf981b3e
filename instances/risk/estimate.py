"""From incidents to a risk surface.  The method and the source of each default are in ``docs/risk.md``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault, InputError, nearest
from instances.incidents import EPOCH, Incidents
from instances.quantities import MOST_NUMBER
from instances.risk.metric_grid import FARTHEST, Floats, MetricGrid
from instances.risk.space import MOST_REACH, REACH, Gridded, reach_of, smoothed
from instances.risk.surface import RiskReport, RiskSurface, Slot
from instances.risk.time import DAY, Clock, Exposure, by_hour, day_profile, decay, shrunk, week_factors

CELL = 200.0
SMOOTHING = 100.0
HALF_LIFE: timedelta | None = None
CLOCK = Clock()

REST = "*"
_TELL_TYPE = "tell which column holds the type (columns: type), or leave out the weights"
"""The name in `weights` that stands for every type not named."""


def risk_surface(
    incidents: Incidents,
    *,
    slots: Sequence[Slot],
    until: date,
    since: timedelta | None = None,
    half_life: timedelta | None = HALF_LIFE,
    weights: Mapping[str, float] | None = None,
    cell: float = CELL,
    smoothing: float = SMOOTHING,
    hour_profile: Sequence[float] | None = None,
    grid: MetricGrid | None = None,
    clock: Clock = CLOCK,
) -> tuple[RiskSurface, RiskReport]:
    """Return the risk in every cell with incidents, and a report.

    Parameters
    ----------
    incidents : Incidents
    slots : sequence of (weekday, hour)
        The hours of the week wanted; Monday is 0.
    until : date
        The day planned for; only incidents before it count, so that a plan for the past sees no future.
    since : timedelta, optional
        How far back to look; all of it by default.
    half_life : timedelta, optional
        An incident this old counts half; all ages alike by default.
    weights : mapping of type to weight, optional
        Types are compared without case; ``"*"`` stands for all that are not named, else they count 1.
    cell : float
        Side of the cells in metres.
    smoothing : float
        Standard deviation of the Gaussian kernel over cells in metres; 0 for none.
    hour_profile : sequence of 24 floats, optional
        How incidents without an hour are spread over the day; by default as those with an hour, or evenly
        where there are none.
    grid : MetricGrid, optional
        The grid; by default the one of squares of `cell` for the middle of the incidents.
    clock : Clock
        How hours and weekdays are smoothed.

    Raises
    ------
    InputError
        When a type in `weights` looks like a misspelt one, no incident is left, nothing is left of their weight, they
        lie all over the globe, or the cells are too small for the smoothing.
    """
    weighed = weigh(incidents, until=until, since=since, half_life=half_life, weights=weights)
    chosen, weight = weighed.incidents, weighed.weight
    grid = grid or MetricGrid.at(float(np.median(chosen.lat)), float(np.median(chosen.lon)), cell)
    near = grid.near(chosen.lat, chosen.lon)
    if not near.any():
        raise InputError([_too_far(incidents)])
    chosen, weight = chosen.select(near), weight[near]
    exposure = Exposure.of(chosen, until, since, half_life)
    cells = Gridded.of(grid, chosen)
    if reach_of(cells, smoothing) > MOST_REACH:
        raise InputError([_too_fine(incidents, cell=grid.cell, smoothing=smoothing)])
    profile, hour_source = day_profile(chosen, weight, hour_profile, clock.sigma)
    # Priors count incidents; where types or ages weigh differently, this is what one incident weighs.
    unit = float((weight**2).sum() / weight.sum())
    hours = smoothed(cells, by_hour(cells, chosen, weight, profile, clock.sigma), smoothing)
    hours = shrunk(hours, clock.cell_prior * unit) / exposure.days
    week = week_factors(chosen, weight, exposure, profile, sigma=clock.sigma, prior=clock.week_prior * unit)
    wanted = np.array(slots, dtype=np.int64).reshape(-1, 2)
    risk = hours[:, wanted[:, 1]] * week[wanted[:, 0], wanted[:, 1]]
    surface = _surface(cells, chosen, weight, slots, risk)
    total = np.sort(hours.sum(axis=1))[::-1]
    report = RiskReport(
        incidents=len(chosen),
        **weighed.left_out,
        far=int((~near).sum()),
        month_only=int(chosen.month_only.sum()),
        no_hour=int((chosen.hour < 0).sum()),
        hour_source=hour_source,
        first=chosen.first.isoformat(),
        last=chosen.last.isoformat(),
        until=until.isoformat(),
        half_life_days=half_life / DAY if half_life else None,
        cell_metres=grid.cell,
        smoothing_metres=smoothing,
        cells=len(surface),
        effective=float(weight.sum() ** 2 / (weight**2).sum()),
        weekly=float(7 * total.sum()),
        top_share=float(total[: -(-len(total) // 20)].sum() / total.sum()),
        absent=weighed.absent,
        weights=weighed.by_kind,
    )
    return surface, report


@dataclass(frozen=True, eq=False)
class Weighed:
    """The incidents that count, what each weighs (shape (N,)), and what was found on the way.

    `left_out` counts those that do not count, by reason; `by_kind` is the weight of each type, and `absent` are the
    types with a weight that no incident is of.
    """

    incidents: Incidents
    weight: Floats
    left_out: Mapping[str, int]
    by_kind: Mapping[str, float]
    absent: tuple[str, ...]


def weigh(
    incidents: Incidents,
    *,
    until: date,
    since: timedelta | None = None,
    half_life: timedelta | None = HALF_LIFE,
    weights: Mapping[str, float] | None = None,
) -> Weighed:
    """Return the incidents that count and their weights; the arguments are those of `risk_surface`.

    Raises
    ------
    InputError
        When a type in `weights` looks like a misspelt one, no incident is left, or nothing is left of their weight.
    """
    weight_of, absent = _weights_by_kind(incidents, weights or {})
    use, age, left_out = _window(incidents, until, since, weight_of)
    weight = weight_of[incidents.kind[use]] * decay(age[use], half_life)
    chosen, weight = _canonical(incidents.select(use), weight)
    if not (weight**2).sum() > 0:
        raise InputError([_too_light(incidents, half_life)])
    by_kind = {kind: float(w) for kind, w in zip(incidents.kinds, weight_of, strict=True)}
    return Weighed(chosen, weight, left_out, by_kind, absent)


def _weights_by_kind(incidents: Incidents, weights: Mapping[str, float]) -> tuple[Floats, tuple[str, ...]]:
    """Return the weight of each kind, shape (kinds,), and the types with a weight that no incident is of.

    A type may well not occur in some weeks; one that looks like another that does is misspelt.
    """
    folded = {kind.casefold() for kind in incidents.kinds}
    faults: list[Fault] = []
    absent: list[str] = []
    typed = any(incidents.kinds)
    for name, value in weights.items():
        if name != REST and name.casefold() not in folded:
            wrong = f"no incident is of the type {name!r}" if typed else f"no incident has a type, so none is {name!r}"
            right = nearest(name, incidents.kinds) if typed else _TELL_TYPE
            if typed and not right.startswith("did you mean"):
                absent.append(name)
            else:
                faults.append(Fault(incidents.source, 0, 0, f"weights.{name}", wrong, right))
        if not 0 <= value <= MOST_NUMBER:
            right = f"use 0 to {MOST_NUMBER:,.0f}: only proportions count"
            faults.append(Fault(incidents.source, 0, 0, f"weights.{name}", f"{value} is no weight", right))
    if faults:
        raise InputError(faults)
    given = {name.casefold(): value for name, value in weights.items()}
    rest = weights.get(REST, 1.0)
    return np.array([given.get(kind.casefold(), rest) for kind in incidents.kinds], dtype=np.float64), tuple(absent)


def _window(
    incidents: Incidents, until: date, since: timedelta | None, weight_of: Floats
) -> tuple[NDArray[np.bool_], Floats, dict[str, int]]:
    """Return which incidents count, the age of all in days, and how many do not count and why.

    A month without days has the age of its middle, and counts once it is over.
    """
    last = (until - EPOCH).days
    month_end = (incidents.day.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64) - 1
    age = last - (incidents.day + np.where(incidents.month_only, 15, 0)).astype(np.float64)
    after = np.where(incidents.month_only, month_end, incidents.day) >= last
    before = ~after & (age > since / DAY) if since is not None else np.zeros(len(incidents), dtype=bool)
    weightless = ~after & ~before & (weight_of[incidents.kind] == 0)
    use = ~(after | before | weightless)
    if not use.any():
        span = f"in the {since // DAY} days before {until}" if since is not None else f"before {until}"
        wrong = f"no incident with weight lies {span}; the file has {incidents.first} to {incidents.last}"
        if (incidents.day >= last).all():
            right = "they are all later: export older incidents, or correct the date"
        elif since is not None:
            right = "look further back, or export newer incidents"
        else:
            right = "give some type a weight above 0, or export older incidents"
        fault = Fault(incidents.source, 0, 0, "since", wrong, right)
        raise InputError([fault])
    return use, age, {"before": int(before.sum()), "after": int(after.sum()), "weightless": int(weightless.sum())}


def _too_fine(incidents: Incidents, *, cell: float, smoothing: float) -> Fault:
    """Return the fault of cells so small that an incident spreads over more of them than can be worked out."""
    least = math.ceil(REACH * smoothing / MOST_REACH)
    wrong = f"cells of {cell:g} m are too small for a smoothing of {smoothing:g} m"
    return Fault(incidents.source, 0, 0, "cell", wrong, f"use cells of {least:g} m or more, or smooth less")


def _too_far(incidents: Incidents) -> Fault:
    """Return the fault of incidents that are of no one town."""
    wrong = f"no incident lies within {FARTHEST / 1000:,.0f} km of the middle of all of them"
    return Fault(incidents.source, 0, 0, "", wrong, "give the incidents of one town")


def _too_light(incidents: Incidents, half_life: timedelta | None) -> Fault:
    """Return the fault of weights so small that nothing can be made of them."""
    if half_life is None:
        return Fault(incidents.source, 0, 0, "weights", "they are too small to be summed", "only proportions count")
    return Fault(incidents.source, 0, 0, "half_life", "it leaves nothing of any incident", "make it longer")


def _canonical(incidents: Incidents, weight: Floats) -> tuple[Incidents, Floats]:
    """Return the incidents in an order that is not the file's, so that its order cannot change a bit of a sum."""
    i = incidents
    order = np.lexsort((weight, i.month_only, i.hour, i.day, i.lon, i.lat))
    return i.select(order), weight[order]


def _surface(cells: Gridded, incidents: Incidents, weight: Floats, slots: Sequence[Slot], risk: Floats) -> RiskSurface:
    """Return the surface with names and coordinates."""
    grid = cells.grid
    lat, lon = grid.centres(cells.ix, cells.iy)
    at_lat, at_lon = cells.standing_points(incidents, weight)
    name = tuple(grid.name(x, y) for x, y in zip(cells.ix.tolist(), cells.iy.tolist(), strict=True))
    return RiskSurface(grid, cells.ix, cells.iy, name, lat, lon, at_lat, at_lon, tuple(slots), risk)

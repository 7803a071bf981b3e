"""The whole loop: plan on the past, then hold the plan against the incidents that followed, period after period.

Who makes the plans is the caller's: this knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.backtest.busy import SERVICE, met_when_busy, nights_of
from instances.backtest.came import as_seen, in_shift, met
from instances.backtest.periods import Period
from instances.backtest.resample import Draws, Interval
from instances.build import build
from instances.errors import Fault, InputError
from instances.incidents import EPOCH, Incidents, read_incidents, weekday_of
from instances.made_risk import Area
from instances.risk.estimate import weigh
from instances.risk_files import day_after
from solver.score import score

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.shift import Shift
    from solver.plan import Plan
    from solver.problem import Problem

Floats = NDArray[np.float64]

Planner = Callable[["Problem", int], Mapping[str, "Plan"]]
"""From a problem and the number of its period to plans by name; the first is the one that is asked about."""

KINDS = ("within", "second", "seen", "busy")
"""What is asked of an incident: see `instances.backtest.came.Met`, and `instances.backtest.busy` for the last."""

NEAR = 150.0
"""Metres within which an incident happened at a hotspot: half the diagonal of a cell of 200 m, and a little."""


@dataclass(eq=False)
class PlanScore:
    """How the plans of one name did: by night, shape (B,), the weight of incidents of which each of `KINDS` holds.

    `planned` is by period what the plan was said to cover: response, backup, presence; None of what has no weight.
    """

    planned: list[tuple[float | None, float | None, float | None]]
    within: Floats
    second: Floats
    seen: Floats
    busy: Floats


@dataclass(frozen=True, eq=False)
class Played:
    """What came after the plans of several periods.

    Parameters
    ----------
    shift : Shift
    periods : tuple of Period
    near : float
        Metres within which an incident happened at a hotspot.
    service : float
        Mean seconds at the scene.
    nights : tuple of int
        Days on which a shift began, from 1970-01-01: the blocks of all figures.
    size, at_hotspot : float64 arrays of shape (B,)
        Weight of the incidents of each night, and of those at a hotspot.
    count : int
        Incidents in the hours of the shift, near streets.
    far, timeless : int
        Incidents of the periods far from every street, and without day or hour: left out.
    plans : mapping of name to PlanScore
    """

    shift: Shift
    periods: tuple[Period, ...]
    near: float
    service: float
    nights: tuple[int, ...]
    size: Floats
    at_hotspot: Floats
    count: int
    far: int
    timeless: int
    plans: Mapping[str, PlanScore]

    @property
    def weighed(self) -> bool:
        """Tell whether incidents weigh differently by type."""
        return len(set(self.shift.risk.weights.values()) | {1.0}) > 1

    def shares(self, rng: np.random.Generator) -> dict[str, dict[str, Interval]]:
        """Return shares with ranges by plan: `KINDS` of all, and `seen_there` of those at hotspots.

        For every plan but the first `over_within`, `over_seen` and `over_busy` say by how much the first is above it.
        """
        draws = Draws(len(self.nights), rng)
        first = next(iter(self.plans.values()))
        out: dict[str, dict[str, Interval]] = {}
        for name, plan in self.plans.items():
            out[name] = {kind: draws.ratio(getattr(plan, kind), self.size) for kind in KINDS}
            out[name]["seen_there"] = draws.ratio(plan.seen, self.at_hotspot)
            if plan is not first:
                for kind in ("within", "seen", "busy"):
                    more = getattr(first, kind) - getattr(plan, kind)
                    out[name][f"over_{kind}"] = draws.ratio(more, self.size)
        return out


def play(
    shift: Shift,
    path: Path,
    planner: Planner,
    *,
    days: int = 28,
    count: int = 4,
    near: float = NEAR,
    service: float = SERVICE,
    cache: Cache | None = None,
    note: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Played:
    """Return what came in the hours of `shift` after plans that were made from the incidents before.

    For each period the shift is built as on its first morning, with all incidents before and none after, and planned;
    the plan is then held against the incidents of all its nights: those of the weekday on which the shift begins.

    Parameters
    ----------
    shift : Shift
        From `instances.shift_file.read_shift`; its date is of no matter, its weekday and hours are.
    path : Path
        Incidents, read as the shift file says; in place of the file's.
    planner : callable
        Makes the plans.
    days : int
        Length of a period.
    count : int
        How many periods.
    near : float
        Metres within which an incident happened at a hotspot.
    service : float
        Mean seconds that a unit is at the scene, where nights are played as calls.
    cache, note
        See `instances.build.build`.
    progress : callable, optional
        Told how many periods are done and how many there are.

    Raises
    ------
    InputError
        When the shift is made of no incidents, or these have no hours or are too few.
    """
    source = shift.incidents
    if source is None:
        wrong = "its hotspots and demand are not made from incidents, so they do not change with what came before"
        raise InputError([Fault(shift.file, 0, 0, "incidents", wrong, "add 'incidents:' to the shift file")])
    source = replace(source, file=path)
    every, _ = read_incidents(
        path, columns=source.columns, timezone=shift.horizon.zone.key, dates=source.dates, utc=source.utc
    )
    weighed = weigh(every, until=day_after(every), weights=shift.risk.weights)
    incidents, weight = weighed.incidents, weighed.weight
    if not (incidents.hour >= 0).any():
        wrong = "no incident has an hour, so nobody can tell which came in the hours of the shift"
        raise InputError([Fault(str(path), 0, 0, "", wrong, "export times of the day as well")])
    periods = _periods(incidents, days, count, str(path))
    parts: list[_Part] = []
    for number, period in enumerate(periods):
        if progress is not None:
            progress(number, len(periods))
        then = replace(shift, incidents=replace(source, until=period.first))
        parts.append(
            _part(then, incidents, weight, period, planner, number, near=near, service=service, cache=cache, note=note)
        )
    return _joined(shift, periods, near, service, parts, incidents)


@dataclass(frozen=True, eq=False)
class _Part:
    """What came in one period: weights, nights and places of incidents, and for each plan what it had for them."""

    night: NDArray[np.int64]
    weight: Floats
    at_hotspot: NDArray[np.bool_]
    count: int
    far: int
    had: Mapping[str, tuple[Floats, ...]]
    planned: Mapping[str, tuple[float | None, float | None, float | None]]


def _part(
    shift: Shift,
    incidents: Incidents,
    weight: Floats,
    period: Period,
    planner: Planner,
    number: int,
    *,
    near: float,
    service: float,
    cache: Cache | None,
    note: Callable[[str], None] | None,
) -> _Part:
    """Build, plan, and look at what came."""
    built = build(shift, cache=cache, note=note)
    which = in_shift(incidents, weight, shift.horizon, period.begin, period.end)
    holds = Area(built.network, shift.modes, shift.snap).holds(incidents.select(which.row))
    far = len(np.unique(which.row[~holds]))
    which = which.select(holds)
    plans = planner(built.problem, number)
    planned = {name: _said(built.problem, plan) for name, plan in plans.items()}
    if not len(which.row):
        nothing = np.zeros(0)
        had = dict.fromkeys(plans, (nothing,) * len(KINDS))
        return _Part(which.night, which.weight, np.zeros(0, dtype=np.bool_), 0, far, had, planned)
    came = as_seen(built, incidents, which, snap=shift.snap, near=near)
    nights = nights_of(came, service=service, seed=number)
    had = {}
    for name, plan in plans.items():
        found = met(came, plan)
        had[name] = (found.within, found.second, found.seen, met_when_busy(nights, plan))
    return _Part(which.night, which.weight, came.hotspot >= 0, len(np.unique(which.row)), far, had, planned)


def _said(problem: Problem, plan: Plan) -> tuple[float | None, float | None, float | None]:
    """Return what a plan is said to cover of response, backup and presence, if no unit were ever busy."""
    card = score(problem, plan)
    return card.share_of_plan("response"), card.share_of_plan("backup"), card.share_of_plan("presence")


def _periods(incidents: Incidents, days: int, count: int, source: str) -> tuple[Period, ...]:
    """Return the last periods of the file, as many as asked for, with at least as much before them as one is long.

    Raises
    ------
    InputError
        When there are not so many.
    """
    first, end = int(incidents.day.min()), int(incidents.day.max()) + 1
    begin = end - days * count
    if begin - days < first:
        held = max((end - first) // days - 1, 0)
        span = f"{EPOCH + timedelta(days=first)} to {EPOCH + timedelta(days=end - 1)}"
        wrong = f"its dates, {span}, hold {held} periods of {days} days after one to learn from; {count} are wanted"
        raise InputError([Fault(source, 0, 0, "periods", wrong, "ask for fewer or shorter ones")])
    return tuple(Period(begin + days * i, begin + days * (i + 1)) for i in range(count))


def _joined(
    shift: Shift, periods: tuple[Period, ...], near: float, service: float, parts: Sequence[_Part], incidents: Incidents
) -> Played:
    """Return all periods by night."""
    weekday = shift.horizon.start.weekday()
    nights = tuple(d for p in periods for d in range(p.begin, p.end) if weekday_of(d) == weekday)
    index = {night: i for i, night in enumerate(nights)}

    def by_night(part: _Part, weight: Floats) -> Floats:
        at = np.array([index[night] for night in part.night.tolist()], dtype=np.int64)
        return np.bincount(at, weights=weight, minlength=len(nights)).astype(np.float64)

    plans = {}
    for name in parts[0].had:
        sums = [sum(by_night(p, p.weight * p.had[name][k]) for p in parts) for k in range(len(KINDS))]
        met_by_night: dict[str, Floats] = {kind: np.asarray(s) for kind, s in zip(KINDS, sums, strict=True)}
        plans[name] = PlanScore(planned=[p.planned[name] for p in parts], **met_by_night)
    inside = (incidents.day >= periods[0].begin) & (incidents.day < periods[-1].end)
    return Played(
        shift=shift,
        periods=periods,
        near=near,
        service=service,
        nights=nights,
        size=np.asarray(sum(by_night(p, p.weight) for p in parts)),
        at_hotspot=np.asarray(sum(by_night(p, p.weight * p.at_hotspot) for p in parts)),
        count=sum(p.count for p in parts),
        far=sum(p.far for p in parts),
        timeless=int((inside & ((incidents.hour < 0) | incidents.month_only)).sum()),
        plans=plans,
    )

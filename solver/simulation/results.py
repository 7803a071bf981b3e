"""What a simulation has shown: figures with confidence intervals, for people and for programs.

`results_of` makes them from a `solver.simulation.simulate.Run`; `differences` puts plans that had the same calls beside
each other, replication by replication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from solver.score import score
from solver.scorecard import Scorecard
from solver.simulation.intervals import NOTHING, Estimate, Ratio, mean, percentile
from solver.simulation.setting import Setting
from solver.simulation.simulate import Run

Kind = Literal["share", "seconds", "minutes", "number"]

WITHIN_MINUTES = (1, 3, 5, 10)
"""Minutes within which the share of calls is told whatever their standard."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measure:
    """One figure of a plan: its name, its kind, the ratio it is, and what the plan says of it, if anything."""

    name: str
    kind: Kind
    ratio: Ratio = field(repr=False)
    planned: float | None = None


@dataclass(frozen=True)
class Group:
    """Calls of one hour or one zone: how many a replication, and how soon units were there (seconds).

    `within` is the share of them within their own standard, `busy` the share of the time on duty in which units were
    busy (of an hour; None of a zone); presence as planned and as delivered is that of an hour.
    """

    name: str
    calls: float
    within: Estimate
    median: Estimate
    ninetieth: Estimate
    standard: int | None = None
    busy: float | None = None
    presence_planned: float | None = None
    presence: float | None = None


@dataclass(frozen=True)
class UnitResult:
    """One unit: minutes on duty, the share of them for which it was busy, how often it was sent in a replication."""

    callsign: str
    on_duty: int
    busy: Estimate
    sent: float
    busy_by_slot: tuple[float | None, ...]


@dataclass(frozen=True)
class PostResult:
    """One post: unit-minutes wanted, missing in the plan, and missing when calls came in."""

    place: str
    wanted: int
    planned: int
    missing: Estimate


@dataclass(frozen=True)
class HotspotResult:
    """One hotspot: the covered share of its risk as planned and as delivered, None without risk.

    `lost` is by how much less of all risk is covered for want of units here.
    """

    place: str
    planned: float | None
    delivered: float | None
    lost: float


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """What calls did to one plan.

    Parameters
    ----------
    name : str
        What the plan is called.
    replications, calls : int
        How many there were in all.
    measures : tuple of Measure
        What is told first, and compared.
    percentiles : mapping of name to Estimate
        Seconds until the first unit was there, of calls to which one was sent.
    hours, zones : tuple of Group
    units : tuple of UnitResult
    posts : tuple of PostResult
    hotspots : tuple of HotspotResult
    busy : tuple of float or None
        By slot of the problem, the share of their time on duty for which units were busy; None where none is on duty.
    """

    name: str
    replications: int
    calls: int
    measures: tuple[Measure, ...]
    percentiles: dict[str, Estimate]
    hours: tuple[Group, ...]
    zones: tuple[Group, ...]
    units: tuple[UnitResult, ...]
    posts: tuple[PostResult, ...]
    hotspots: tuple[HotspotResult, ...]
    busy: tuple[float | None, ...]

    def find(self, name: str) -> Measure | None:
        """Return a measure by its name, None where there is none."""
        return next((m for m in self.measures if m.name == name), None)

    def measure(self, name: str) -> Estimate:
        """Return a figure by the name of its measure; nothing where there is none."""
        found = self.find(name)
        return NOTHING if found is None else found.ratio.estimate()

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        measures = {m.name: {"kind": m.kind, "planned": m.planned, **asdict(m.ratio.estimate())} for m in self.measures}
        names = ("hours", "zones", "units", "posts", "hotspots")
        parts = {key: [asdict(row) for row in getattr(self, key)] for key in names}
        return {
            "name": self.name,
            "replications": self.replications,
            "calls": self.calls,
            "measures": measures,
            "response_seconds": {key: asdict(value) for key, value in self.percentiles.items()},
            **parts,
            "busy_by_slot": list(self.busy),
        }


@dataclass(frozen=True)
class Difference:
    """By how much a figure of a later plan is above that of the first."""

    name: str
    kind: Kind
    difference: Estimate


def differences(first: SimulationResult, other: SimulationResult) -> tuple[Difference, ...]:
    """Return the differences of all figures that both plans have; both had the same calls."""
    base = {m.name: m for m in first.measures}
    both = [(m, base[m.name]) for m in other.measures if m.name in base]
    return tuple(Difference(m.name, m.kind, m.ratio.less(b.ratio)) for m, b in both)


def results_of(name: str, run: Run) -> SimulationResult:
    """Return what a run has shown."""
    card = score(run.problem, run.plan)
    seen = _Seen.of(run)
    waits = {f"p{round(100 * share)}": seen.percentile(seen.answered, share) for share in (0.5, 0.75, 0.9, 0.95)}
    on_duty = _on_duty(run)
    return SimulationResult(
        name=name,
        replications=run.calls.replications,
        calls=len(run.calls.second),
        measures=tuple(_measures(run, seen, card)),
        percentiles=waits,
        hours=_hours(run, seen, card, on_duty),
        zones=_zones(run, seen),
        units=_units(run, on_duty),
        posts=_posts(run, card),
        hotspots=_hotspots(run, card),
        busy=_busy(run.outcome.busy_by_minute.sum(axis=0), on_duty.sum(axis=0), run, run.problem.slots),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """The calls with what became of them, shape (C,) each; `response` is in seconds, where they were `answered`."""

    replication: Ints
    replications: int
    answered: Flags
    response: Ints
    within: Flags

    @classmethod
    def of(cls, run: Run) -> _Seen:
        """Return the calls of a run."""
        there = run.outcome.there[:, 0]
        response = there - run.calls.second
        standard = np.array([d.standard for d in run.problem.demand], dtype=np.int64)[run.calls.point]
        answered = there >= 0
        return cls(run.calls.replication, run.calls.replications, answered, response, answered & (response <= standard))

    def ratio(self, which: Flags | Ints, of: Flags | None = None) -> Ratio:
        """Return the share of the calls `of` these (all, where none are named) which are `which`, or their mean."""
        whole = np.ones(len(self.replication)) if of is None else of.astype(np.float64)
        part = which * whole
        counted, all_ = (
            np.bincount(self.replication, weights=x, minlength=self.replications).astype(np.float64)
            for x in (part, whole)
        )
        return Ratio(counted, all_)

    def percentile(self, of: Flags, share: float) -> Estimate:
        """Return a percentile of the response times of some calls."""
        return percentile(self.response[of], self.replication[of], self.replications, share)

    def group(self, name: str, of: Flags, **more: Any) -> Group:
        """Return what became of some calls."""
        reached = of & self.answered
        return Group(
            name,
            float(of.sum()) / self.replications,
            self.ratio(self.within, of).estimate(),
            self.percentile(reached, 0.5),
            self.percentile(reached, 0.9),
            **more,
        )


def _measures(run: Run, seen: _Seen, card: Scorecard) -> list[Measure]:
    """Return what is told first; what a problem does not have is left out."""
    problem, out = run.problem, run.outcome
    found = [
        Measure("within standard", "share", seen.ratio(seen.within), card.share("response")),
        *(
            Measure(f"within {m} min", "share", seen.ratio(seen.answered & (seen.response <= 60 * m)))
            for m in WITHIN_MINUTES
        ),
    ]
    if run.calls.serious.any():
        limit = np.array([d.backup for d in problem.demand], dtype=np.int64)[run.calls.point]
        support = out.there[:, 1]
        soon = (support >= 0) & (support - run.calls.second <= limit)
        found.append(Measure("support in time", "share", seen.ratio(soon, run.calls.serious), card.share("backup")))
    wait = out.sent[:, 0] - run.calls.second
    found += [
        Measure("mean response", "seconds", seen.ratio(seen.response, seen.answered)),
        Measure("had to wait", "share", seen.ratio((wait > 0) | ~seen.answered)),
        Measure("never reached", "share", seen.ratio(~seen.answered)),
    ]
    total = card.totals["presence"]
    if total:
        presence = Ratio(out.presence.astype(np.float64), np.full(len(out.presence), float(total)))
        found.append(Measure("presence", "share", presence, card.share("presence")))
    if problem.posts:
        planned = float(sum(q.missing for q in card.posts))
        found.append(Measure("post minutes missing", "minutes", mean(out.missing.sum(axis=1)), planned))
    if card.totals["tasks"]:
        done = Ratio(out.profit.astype(np.float64), np.full(len(out.profit), float(card.totals["tasks"])))
        found.append(Measure("tasks done", "share", done, card.share("tasks")))
    on_duty = float((run.table.off - run.table.on).sum())
    busy = Ratio(out.busy.sum(axis=1).astype(np.float64), np.full(len(out.busy), on_duty))
    found += [
        Measure("units busy", "share", busy),
        Measure("overtime", "minutes", mean(out.overtime / 60)),
    ]
    if any(u.break_ for u in problem.units):
        found.append(Measure("breaks lost", "number", mean(out.lost)))
    return found


def _on_duty(run: Run) -> Flags:
    """Return by unit and minute who is on duty."""
    minute = 60 * np.arange(run.problem.minutes)
    return (run.table.on[:, None] <= minute) & (minute < run.table.off[:, None])


def _busy(seconds: Ints, on_duty: Ints, run: Run, bounds: Sequence[int]) -> tuple[float | None, ...]:
    """Return the share of their time on duty for which units were busy between each two of some minutes."""
    found = []
    for a, b in pairwise(bounds):
        whole = 60.0 * float(on_duty[a:b].sum()) * run.calls.replications
        found.append(float(seconds[a:b].sum()) / whole if whole else None)
    return tuple(found)


def _hours(run: Run, seen: _Seen, card: Scorecard, on_duty: Flags) -> tuple[Group, ...]:
    """Return what became of the calls of each hour of the clock."""
    problem, out = run.problem, run.outcome
    bounds = [*(h.start for h in card.hours), problem.minutes]
    busy = _busy(out.busy_by_minute.sum(axis=0), on_duty.sum(axis=0), run, bounds)
    risk = 100.0 * problem.by_minute([h.risk for h in problem.hotspots]).sum(axis=0)
    rows = []
    for hour, share in zip(card.hours, busy, strict=True):
        a, b = hour.start, hour.end
        of = (60 * a <= run.calls.second) & (run.calls.second < 60 * b)
        whole = float(risk[a:b].sum()) * run.calls.replications
        presence = float(out.delivered[:, a:b].sum()) / whole if whole else None
        rows.append(
            seen.group(hour.label, of, busy=share, presence_planned=hour.presence, presence=presence),
        )
    return tuple(rows)


def _zones(run: Run, seen: _Seen) -> tuple[Group, ...]:
    """Return what became of the calls of each zone and standard, in the order in which they come in the problem."""
    groups = dict.fromkeys((d.zone, d.standard) for d in run.problem.demand)
    of = [(d.zone, d.standard) for d in run.problem.demand]
    rows = []
    for key in groups:
        mine = np.array([k == key for k in of], dtype=np.bool_)[run.calls.point]
        rows.append(seen.group(key[0], mine, standard=key[1]))
    return tuple(rows)


def _units(run: Run, on_duty: Flags) -> tuple[UnitResult, ...]:
    """Return how busy each unit was."""
    out, runs = run.outcome, run.calls.replications
    sent = np.bincount(out.unit[out.unit >= 0], minlength=len(run.problem.units))
    rows = []
    for u, unit in enumerate(run.problem.units):
        duty = int(run.table.off[u] - run.table.on[u])
        busy = Ratio(out.busy[:, u].astype(np.float64), np.full(runs, float(duty)))
        slots = _busy(out.busy_by_minute[u], on_duty[u].astype(np.int64), run, run.problem.slots)
        rows.append(UnitResult(unit.callsign, duty // 60, busy.estimate(), float(sent[u]) / runs, slots))
    return tuple(rows)


def _posts(run: Run, card: Scorecard) -> tuple[PostResult, ...]:
    """Return how each post was manned."""
    return tuple(
        PostResult(q.place, q.wanted, q.missing, mean(run.outcome.missing[:, i]).estimate())
        for i, q in enumerate(card.posts)
    )


def _hotspots(run: Run, card: Scorecard) -> tuple[HotspotResult, ...]:
    """Return what is left of the presence at each hotspot."""
    delivered = run.outcome.delivered.sum(axis=1) / run.calls.replications
    total = float(card.totals["presence"]) or 1.0
    return tuple(
        HotspotResult(h.place, h.share, float(d) / h.total if h.total else None, (h.covered - float(d)) / total)
        for h, d in zip(card.hotspots, delivered, strict=True)
    )


def simulation_json(setting: Setting, results: Sequence[SimulationResult]) -> dict[str, Any]:
    """Return everything as plain JSON values; the first plan is what the others differ from."""
    return {
        "setting": setting.to_json(),
        "plans": [r.to_json() for r in results],
        "differences": [
            {
                "plan": other.name,
                "from": results[0].name,
                "measures": {d.name: {"kind": d.kind, **asdict(d.difference)} for d in differences(results[0], other)},
            }
            for other in results[1:]
        ],
    }

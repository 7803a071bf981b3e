"""The scorecard: what a plan covers, layer by layer, hour by hour, place by place, unit by unit.

Plain frozen values, made by `solver.score`, and how they are told as JSON; as text in `solver.score_text`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from solver.problem import LAYERS


def share(covered: int, total: int) -> float | None:
    """Return `covered` as a share of `total`, None of nothing."""
    return covered / total if total else None


@dataclass(frozen=True)
class Hour:
    """One hour of the clock, local: minutes ``[start, end)``, `label` its time, and the layers' shares in it."""

    start: int
    end: int
    label: str
    presence: float | None
    response: float | None
    backup: float | None


@dataclass(frozen=True)
class Zone:
    """Demand points of one zone and standard (seconds): how many, how much demand, which shares are covered."""

    zone: str
    standard: int
    points: int
    demand: int
    response: float | None
    backup: float | None


@dataclass(frozen=True)
class DistrictScore:
    """One district: its hotspots, the covered share of their risk, and the unit-minutes that units stand available."""

    district: str
    hotspots: int
    presence: float | None
    unit_minutes: int


@dataclass(frozen=True)
class HotspotScore:
    """One hotspot: its covered weight of presence and lingering, visits and minutes visited."""

    place: str
    covered: int
    total: int
    share: float | None
    visits: int
    minutes: int


@dataclass(frozen=True)
class UnitScore:
    """How one unit spends its shift, in minutes, and how many different hotspots it visits.

    `unaccounted` is what no stop and no leg accounts for: 0 in a plan that keeps the rules.  `in_district` are the
    minutes in which it stands available in its districts; None where it has none or is tied to them.  `off_duty` are
    those of its shift before it sets out and after it is back, where it chooses its duty.  `crew` is as in the problem.
    """

    callsign: str
    shift: int
    visiting: int
    stints: int
    tasks: int
    driving: int
    standby: int
    on_break: int
    unaccounted: int
    visits: int
    hotspots: int
    in_district: int | None
    off_duty: int = 0
    crew: str = ""


@dataclass(frozen=True)
class PostScore:
    """One post: unit-minutes wanted, and missing; minutes that it is to be manned, and is in full."""

    place: str
    wanted: int
    missing: int
    minutes: int
    minutes_manned: int


@dataclass(frozen=True)
class RevisitScore:
    """One hotspot that should be visited every so many minutes.

    Of its `due` minutes, `overdue` come later than `every` minutes after a visit; `longest` is the longest time,
    within its windows, in which no visit is under way.
    """

    place: str
    every: int
    required: bool
    due: int
    overdue: int
    longest: int

    @property
    def missing(self) -> int:
        """Missing unit-minutes."""
        return self.overdue if self.required else 0


@dataclass(frozen=True)
class TaskScore:
    """One task: its minutes and profit; by whom it is done and from which minute on (`label`: in local time).

    These are None where it is not done.
    """

    place: str
    minutes: int
    profit: int
    required: bool
    start: int | None
    label: str | None
    callsign: str | None

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.start is not None

    @property
    def missing(self) -> int:
        """Missing unit-minutes."""
        return self.minutes if self.required and not self.done else 0


@dataclass(frozen=True)
class Spell:
    """Minutes ``[start, end)``, `label` in local time, in which the same share of demand is within standard."""

    start: int
    end: int
    label: str
    response: float


@dataclass(frozen=True)
class Handover:
    """A change of shift in minutes `start` to `end`, `label` in local time: units that come and go.

    From a quarter of an hour before to one after, `response` is the share of demand within its standard, `least` that
    of the worst minute, and posts lack `missing` unit-minutes.
    """

    start: int
    end: int
    label: str
    coming: int
    going: int
    response: float | None
    least: float | None
    missing: int


@dataclass(frozen=True)
class Scorecard:
    """What a plan covers; weights as in `solver.weights`, shares from 0 to 1, None where there is no weight.

    Parameters
    ----------
    covered, totals : dict of str to int
        Weight by layer.
    value, full : int
        Value of the plan, and of covering everything.
    missing : int
        Unit-minutes that posts, required revisits and required tasks lack.
    hours, zones, districts, hotspots, units, posts, revisits, tasks
        The same by hour of the clock, zone, district, hotspot, unit, post, hotspot to be visited again, and task, in
        the order of the problem.
    worst_response : tuple of Spell
        The spells of the shift with the least response, the worst first.
    handovers : tuple of Handover
        The changes of shift within the plan.
    if_free : dict of str to int
        What would be covered of response and backup if no unit were ever busy with calls, in the same weights; empty
        where the problem says of none that it is.  Everything else told of these layers counts on units being busy.
    """

    covered: dict[str, int]
    totals: dict[str, int]
    value: int
    full: int
    missing: int
    hours: tuple[Hour, ...]
    zones: tuple[Zone, ...]
    districts: tuple[DistrictScore, ...]
    hotspots: tuple[HotspotScore, ...]
    units: tuple[UnitScore, ...]
    posts: tuple[PostScore, ...]
    revisits: tuple[RevisitScore, ...]
    tasks: tuple[TaskScore, ...]
    worst_response: tuple[Spell, ...]
    handovers: tuple[Handover, ...] = ()
    if_free: dict[str, int] = field(default_factory=dict)

    def share(self, layer: str) -> float | None:
        """Return the covered share of `layer`."""
        return share(self.covered[layer], self.totals[layer])

    def share_if_free(self, layer: str) -> float | None:
        """Return the share of `layer` that would be covered if no unit were ever busy, None where that is not told."""
        return share(self.if_free[layer], self.totals[layer]) if layer in self.if_free else None

    def share_of_plan(self, layer: str) -> float | None:
        """Return the covered share of `layer` as if no unit were ever busy, for what shows where units are planned."""
        return share(self.if_free.get(layer, self.covered[layer]), self.totals[layer])

    def lack(self) -> str:
        """Return what hard rules lack, such as ``posts lack 30 unit-minutes``; nothing where they lack nothing."""
        lacking = {
            "posts": sum(q.missing for q in self.posts),
            "required visits": sum(r.missing for r in self.revisits),
            "required tasks": sum(k.missing for k in self.tasks),
        }
        return ", ".join(f"{what} lack {minutes} unit-minutes" for what, minutes in lacking.items() if minutes)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        plain = asdict(self)
        plain["shares"] = {layer: self.share(layer) for layer in LAYERS}
        plain["value_share"] = share(self.value, self.full)
        return plain

"""The scorecard: what a plan covers, layer by layer, hour by hour, place by place, unit by unit.

Plain frozen values, made by `solver.score`; here is how they are told, as text and as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from solver.plain_text import one_line, table
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

    def share(self, layer: str) -> float | None:
        """Return the covered share of `layer`."""
        return share(self.covered[layer], self.totals[layer])

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

    def lines(self) -> list[str]:
        """Return the scorecard as text, one table after the other."""
        return [
            *self._layer_lines(),
            "",
            *_table(
                ("hour", "presence", "response", "backup"),
                [(h.label, _percent(h.presence), _percent(h.response), _percent(h.backup)) for h in self.hours],
            ),
            *self._handover_lines(),
            *self._zone_lines(),
            *self._district_lines(),
            *self._post_lines(),
            "",
            *self._unit_lines(),
            *self._hotspot_lines(),
            *self._revisit_lines(),
            *self._task_lines(),
        ]

    def _layer_lines(self) -> list[str]:
        """Return value and shares of the layers that count anything."""
        lines = [f"value {_percent(share(self.value, self.full))} of what could be covered"]
        lines += [lack for lack in (self.lack(),) if lack]
        lines += [f"{layer} {_percent(self.share(layer))}" for layer in LAYERS if self.totals[layer]]
        worst = [f"{s.label} {_percent(s.response)}" for s in self.worst_response]
        return lines + ([f"least response: {', '.join(worst)}"] if worst else [])

    def _handover_lines(self) -> list[str]:
        """Return the table of changes of shift."""
        return ["", *handover_table(self)] if self.handovers else []

    def _zone_lines(self) -> list[str]:
        """Return the table of zones."""
        rows = [
            (z.zone, f"{z.standard / 60:g} min", z.points, _percent(z.response), _percent(z.backup)) for z in self.zones
        ]
        return ["", *_table(("zone", "standard", "points", "response", "backup"), rows)] if rows else []

    def _district_lines(self) -> list[str]:
        """Return the table of districts."""
        rows = [(d.district, d.hotspots, _percent(d.presence), d.unit_minutes) for d in self.districts]
        return ["", *_table(("district", "hotspots", "presence", "unit-minutes there"), rows)] if rows else []

    def _post_lines(self) -> list[str]:
        """Return the table of posts."""
        rows = [(q.place, q.minutes, q.minutes_manned, q.missing) for q in self.posts]
        return ["", *_table(("post", "minutes", "manned", "unit-minutes missing"), rows)] if rows else []

    def _unit_lines(self) -> list[str]:
        """Return the table of units; columns of tasks, districts and minutes off duty only where there are any."""
        columns: dict[str, list[object]] = {
            "unit": [u.callsign for u in self.units],
            "visits": [u.visits for u in self.units],
            "hotspots": [u.hotspots for u in self.units],
            "visiting": [u.visiting for u in self.units],
            "on posts": [u.stints for u in self.units],
            "on tasks": [u.tasks for u in self.units],
            "driving": [u.driving for u in self.units],
            "standby": [u.standby for u in self.units],
            "break": [u.on_break for u in self.units],
            "off duty": [u.off_duty for u in self.units],
            "in district": ["-" if u.in_district is None else u.in_district for u in self.units],
        }
        hidden = ["on tasks"] * (not self.tasks) + ["in district"] * (not self.totals["district"])
        hidden += ["off duty"] * (not any(u.off_duty for u in self.units))
        shown = {head: cells for head, cells in columns.items() if head not in hidden}
        return _table(tuple(shown), list(zip(*shown.values(), strict=True)))

    def _hotspot_lines(self, most: int = 10) -> list[str]:
        """Return the hotspots with the most risk left uncovered."""
        if not self.hotspots:
            return []
        worst = sorted(self.hotspots, key=lambda h: h.covered - h.total)[:most]
        visited = sum(h.visits > 0 for h in self.hotspots)
        rows = [(h.place, _percent(h.share), h.visits, h.minutes) for h in worst]
        return [
            "",
            f"{visited} of {len(self.hotspots)} hotspots are visited; the most risk is left at",
            *_table(("hotspot", "covered", "visits", "minutes"), rows),
        ]

    def _revisit_lines(self) -> list[str]:
        """Return the hotspots that should be visited again and again, with the longest time without a visit."""
        head = ("revisit", "every", "longest without", "due", "overdue")
        rows = [(r.place, r.every, r.longest, r.due, r.overdue) for r in self.revisits]
        return ["", *_table(head, rows)] if rows else []

    def _task_lines(self) -> list[str]:
        """Return the tasks, done or not."""
        rows = [
            (k.place, k.minutes, k.profit, "yes" if k.required else "no", k.label or "no", k.callsign or "-")
            for k in self.tasks
        ]
        return ["", *_table(("task", "minutes", "profit", "required", "done", "by"), rows)] if rows else []


def handover_table(card: Scorecard) -> list[str]:
    """Return the table of changes of shift, with the response of the whole plan beside that around each."""
    head = ("change of shift", "going", "coming", "response", "least", "whole plan", "posts lack")
    mean = _percent(card.share("response"))
    rows = [
        (h.label, h.going, h.coming, _percent(h.response), _percent(h.least), mean, h.missing) for h in card.handovers
    ]
    return _table(head, rows)


def _percent(value: float | None) -> str:
    """Return a share in per cent."""
    return "-" if value is None else f"{100 * value:.1f} %"


def _table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Return a table as lines, the first column flush left, the others flush right."""
    return table(head, [[one_line(str(cell)) for cell in row] for row in rows])

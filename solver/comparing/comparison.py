"""Plans side by side: what each is worth, where and when they differ, and what changes from the first to the others.

`compare` is a pure function of problems, plans and streets; its result is told by `solver.comparing.text`, drawn
by `solver.export.comparison_geojson`.  Plans of different problems are compared in shares, and it is said in what the
problems differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from solver.check import check
from solver.clock import Clock, later
from solver.comparing.problem_differences import Differences, differences
from solver.headline import Figures, figures
from solver.plan import Plan
from solver.problem import LAYERS, Problem
from solver.score import score
from solver.scorecard import Scorecard
from solver.streets import Streets
from solver.weights import weights
from solver.whereabouts import Whereabouts, visits, whereabouts
from solver.wording import Times

COUNTED = ("visit", "stint", "task", "break")
"""Kinds of stops that are compared: what a crew is told to do, not where it passes or waits."""

WORST = 3
"""Worst spells of response that are compared."""


@dataclass(frozen=True)
class Subject:
    """A plan to be compared: its name, its problem, and the streets of its legs as far as they are known."""

    name: str
    problem: Problem
    plan: Plan
    streets: Streets


@dataclass(frozen=True)
class Balance:
    """How something is spread over the units: the least, the mean and the most that one has."""

    least: int
    mean: float
    most: int


@dataclass(frozen=True)
class Worst:
    """When a spell of least response begins, in local time, and the share of demand within its standard then."""

    at: str
    response: float


@dataclass(frozen=True)
class PlanFigures:
    """One plan in figures.

    Parameters
    ----------
    name, problem : str
        Name of the plan, and of its problem.
    units, hotspots, hotspots_visited, visits : int
    figures : Figures
        Those of the sentence that matters: value, bound, gap, what lacks, worst minute, posts.
    layers : dict of str to (float or None)
        Covered share by layer.
    worst : tuple of Worst
        The spells with the least response.
    lacking : int
        Unit-minutes that hard rules lack.
    violations : int
        Rules that it breaks.
    driving : int
        Minutes on the road, as the plan gives them.
    metres : int or None
        Distance driven along streets; None where the streets of a leg are not known.
    balance : dict of str to Balance
        ``visits``, and the minutes of ``driving`` and ``standby``, of the units.
    """

    name: str
    problem: str
    units: int
    hotspots: int
    hotspots_visited: int
    visits: int
    figures: Figures
    layers: dict[str, float | None]
    worst: tuple[Worst, ...]
    lacking: int
    violations: int
    driving: int
    metres: int | None
    balance: dict[str, Balance]


@dataclass(frozen=True)
class HourRow:
    """An hour of the clock, with the shares of each layer in it, one a plan; None where a plan has no such hour."""

    label: str
    presence: tuple[float | None, ...]
    response: tuple[float | None, ...]
    backup: tuple[float | None, ...]


@dataclass(frozen=True)
class StopChanges:
    """Stops of one unit from one plan to another.

    `kept` are those of the same kind at the same place and times of the day, `moved` those at other times; `new` and
    `gone` are those that only the second or the first plan has.
    """

    callsign: str
    kept: int
    moved: int
    new: int
    gone: int


@dataclass(frozen=True)
class Change:
    """What changes from the first plan to another one.

    `same_problem` says whether both answer the same problem, `same_whole` whether there is the same to cover, by
    whatever units; `gone` and `new` are the hotspots that only the first, or only the other, plan visits.
    """

    second: int
    same_problem: bool
    same_whole: bool
    differences: Differences
    gone: tuple[str, ...]
    new: tuple[str, ...]
    stops: tuple[StopChanges, ...]


@dataclass(frozen=True)
class Comparison:
    """Plans side by side: figures of each, hours of all, and what changes from the first to each other one."""

    plans: tuple[PlanFigures, ...]
    hours: tuple[HourRow, ...]
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        plain = asdict(self)
        for document, plan in zip(plain["plans"], self.plans, strict=True):
            document["figures"] = plan.figures.to_json()
        return plain


def compare(subjects: Sequence[Subject]) -> Comparison:
    """Return `subjects` side by side, the first one being what the others are compared with."""
    units = [whereabouts(s.problem, s.plan.routes) for s in subjects]
    cards = [score(s.problem, s.plan) for s in subjects]
    rows = zip(subjects, cards, units, strict=True)
    return Comparison(
        tuple(_figures(*row) for row in rows),
        _hours(subjects, cards),
        tuple(_change(i, subjects, units) for i in range(1, len(subjects))),
    )


def _figures(subject: Subject, card: Scorecard, units: Sequence[Whereabouts]) -> PlanFigures:
    """Return one plan in figures."""
    problem, plan = subject.problem, subject.plan
    times = Times(problem)
    return PlanFigures(
        name=subject.name,
        problem=problem.name,
        units=len(problem.units),
        hotspots=len(problem.hotspots),
        hotspots_visited=sum(h.visits > 0 for h in card.hotspots),
        visits=sum(u.visits for u in card.units),
        figures=figures(problem, plan, card),
        layers={layer: card.share(layer) for layer in LAYERS},
        worst=tuple(Worst(times.at(s.start), s.response) for s in card.worst_response[:WORST]),
        lacking=card.missing,
        violations=len(check(problem, plan)),
        driving=sum(u.driving for u in card.units),
        metres=_metres(subject, units),
        balance={
            "driving": _balance([u.driving for u in card.units]),
            "visits": _balance([u.visits for u in card.units]),
            "standby": _balance([u.standby for u in card.units]),
        }
        if card.units
        else {},
    )


def _balance(values: Sequence[int]) -> Balance:
    """Return how values are spread."""
    return Balance(min(values), sum(values) / len(values), max(values))


class Move(NamedTuple):
    """A drive by `mode` from one place to another, by name; from a place to itself along a stretch that is visited."""

    mode: str
    start: str
    end: str


def moves(problem: Problem, units: Sequence[Whereabouts]) -> Counter[Move]:
    """Return how often the units drive from where to where."""
    names = [place.name for place in problem.places]
    found: Counter[Move] = Counter()
    for who in units:
        for before, after in pairwise(who.stays):
            if before.place != after.place:
                found[Move(who.unit.mode, names[before.place], names[after.place])] += 1
        for stay in who.stays:
            if stay.kind == "visit" and problem.places[stay.place].exit is not None:
                found[Move(who.unit.mode, names[stay.place], names[stay.place])] += 1
    return found


def _metres(subject: Subject, units: Sequence[Whereabouts]) -> int | None:
    """Return the distance driven, None where it is not known of every drive."""
    metres = 0.0
    for move, number in moves(subject.problem, units).items():
        leg = subject.streets.leg(*move)
        if leg is None:
            return None
        metres += number * leg.metres
    return round(metres)


def _hours(subjects: Sequence[Subject], cards: Sequence[Scorecard]) -> tuple[HourRow, ...]:
    """Return the hours of all plans, put side by side by day of the plan and time of the day."""
    labels: dict[tuple[int, int, int], str] = {}
    by_plan: list[dict[tuple[int, int, int], Any]] = []
    for subject, card in zip(subjects, cards, strict=True):
        clock = Clock.of(subject.problem)
        first = clock.local(0).date()
        own: dict[tuple[int, int, int], Any] = {}
        for hour in card.hours:
            local = clock.local(hour.start)
            day = (local.date() - first).days
            # When the clocks go back an hour comes twice.
            key = day, local.hour, int((day, local.hour, 0) in own)
            own[key] = hour
            labels.setdefault(key, hour.label)
        by_plan.append(own)
    return tuple(
        HourRow(
            labels[key],
            *(
                tuple(getattr(own[key], layer) if key in own else None for own in by_plan)
                for layer in ("presence", "response", "backup")
            ),
        )
        for key in sorted(labels)
    )


def _change(second: int, subjects: Sequence[Subject], units: Sequence[Sequence[Whereabouts]]) -> Change:
    """Return what changes from the first plan to the one of index `second`."""
    before, after = subjects[0].problem, subjects[second].problem
    visited = [_visited(s.problem, units[i]) for i, s in ((0, subjects[0]), (second, subjects[second]))]
    stops = [_stops(before, units[0], 0), _stops(after, units[second], later(before, after))]
    return Change(
        second,
        before.fingerprint() == after.fingerprint(),
        _whole(before) == _whole(after),
        differences(before, after),
        tuple(name for name in visited[0] if name not in visited[1]),
        tuple(name for name in visited[1] if name not in visited[0]),
        tuple(
            _stop_changes(callsign, stops[0].get(callsign, Counter()), stops[1].get(callsign, Counter()))
            for callsign in dict.fromkeys([*stops[0], *stops[1]])
        ),
    )


def _whole(problem: Problem) -> tuple[object, ...]:
    """Return what there is to cover, and what it is worth."""
    risk = {problem.places[h.place].name: (h.risk, h.rho, h.every, h.windows) for h in problem.hotspots}
    demand = [(d.lat, d.lon, d.standard, d.backup, d.demand) for d in problem.demand]
    tasks = {problem.places[k.place].name: k.profit for k in problem.tasks}
    return weights(problem), problem.slots, risk, demand, tasks


def _visited(problem: Problem, units: Sequence[Whereabouts]) -> list[str]:
    """Return the names of the hotspots that are visited, in the problem's order."""
    seen = {h for who in units for h, _, _ in visits(problem, who)}
    return [problem.places[h.place].name for i, h in enumerate(problem.hotspots) if i in seen]


_Stops = Counter[tuple[str, str, int, int]]
"""How many stops there are by kind, place, arrive and leave."""


def _stops(problem: Problem, units: Sequence[Whereabouts], shift: int) -> dict[str, _Stops]:
    """Return the stops of each unit that are compared, `shift` minutes later; a stretch is one place both ways."""
    names = {i: problem.places[h.place].name for h in problem.hotspots for i in h.places}
    return {
        who.unit.callsign: Counter(
            (s.kind, names.get(s.place, problem.places[s.place].name), s.arrive + shift, s.leave + shift)
            for s in who.stays
            if s.kind in COUNTED
        )
        for who in units
    }


def _stop_changes(callsign: str, first: _Stops, second: _Stops) -> StopChanges:
    """Return what changes from one unit's stops to another's."""
    kept = (first & second).total()
    left, added = (_untimed(side - (first & second)) for side in (first, second))
    moved = (left & added).total()
    return StopChanges(callsign, kept, moved, added.total() - moved, left.total() - moved)


def _untimed(stops: Mapping[tuple[str, str, int, int], int]) -> Counter[tuple[str, str]]:
    """Return how many stops there are by kind and place."""
    found: Counter[tuple[str, str]] = Counter()
    for (kind, place, _, _), number in stops.items():
        found[kind, place] += number
    return found

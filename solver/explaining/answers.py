"""What is answered to why a plan is as it is: facts, reasons of a closed vocabulary, changes and their prices.

Plain frozen values without words: `solver.explaining.words` says them in English.  Minutes are those of the problem,
values are in the units of `solver.weights`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from solver.plan import Plan
from solver.problem import LAYERS

Kind = Literal["hotspot", "post", "task", "unit", "demand", "station", "district", "moment", "plan"]

REASONS: dict[str, str] = {
    # What is asked about is as good as it can be.
    "covered": "next to nothing is left uncovered",
    "manned": "the post is manned as asked",
    "done": "the task is done",
    "nothing at stake": "nothing can be gained there in that time",
    "busy": "the unit stands by for no time to speak of",
    # Nobody can: proved, whatever the plan.
    "no units": "there is no unit at all",
    "closed": "it is not open in the time asked about",
    "windows too short": "no window is as long as what is to be done",
    "mode or skill": "no unit has the mode or skill",
    "district": "the units that could are tied to other districts",
    "no way": "no unit that may has a way there and home",
    "off duty": "no unit that may and has a way is on duty then",
    "too far": "those on duty cannot be there and home in time, with their breaks",
    "too few": "fewer units than wanted can be there",
    "no place within standard": "there is no place within the standard from which a unit could answer",
    # Somebody can, but.
    "bound by rules": "only by leaving something undone that is required",
    "costs more": "it would cost more than it brings",
    "gives cover": "standing there covers demand, and no change found brings more",
    "nothing better": "no change found brings anything more",
    "search missed it": "a change of the plan makes it better: the search did not find it",
    "on call": "it is on call, or those that could are, and no more may go out",
    "no change found": "units could, but no change of one unit's route was found that does it",
    # Told, not judged.
    "facts": "what there is to know",
}
"""Every reason that is given, and what it means."""


@dataclass(frozen=True)
class Price:
    """What a change does to the plan: differences of missing unit-minutes, of value, and of value by layer.

    `value` below 0 is what it costs.
    """

    missing: int
    value: int
    layers: Mapping[str, int]

    @property
    def better(self) -> bool:
        """Whether the plan is better with the change."""
        return (-self.missing, self.value) > (0, 0)

    @property
    def reason(self) -> str:
        """The reason for which the plan is without the change."""
        if self.better:
            return "search missed it"
        return "bound by rules" if self.missing > 0 else "costs more"


@dataclass(frozen=True)
class Shift:
    """One stop of a unit that changes: what it `was` and is `now`, (arrive, leave); None where there is none."""

    place: str
    kind: str
    was: tuple[int, int] | None
    now: tuple[int, int] | None


@dataclass(frozen=True)
class Change:
    """One thing that would help, with its price; tried, not guessed.

    Parameters
    ----------
    code : str
        ``insert`` (one unit does it, and gives up something of its own route), ``replan`` (all units replanned around
        it), or a change of what was asked for: ``add unit``, ``skill``, ``untie``, ``longer shift``, ``move break``,
        ``shorter stint``, ``more out``, ``fewer wanted``.
    callsign : str
        The unit, if it is one.
    place, kind : str
        Where, and what kind of stop.
    start, end : int or None
    price : Price
    gained : int
        Value that it brings at what was asked about.
    shifts : tuple of Shift
        What else changes for the unit.
    details : mapping
        Figures of a change of what was asked for; of an ``insert`` what the stop `was`, where part of it is there.
    plan : Plan or None
        The plan with the change.
    """

    code: str
    callsign: str
    place: str
    kind: str
    start: int | None
    end: int | None
    price: Price
    gained: int = 0
    shifts: tuple[Shift, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Explanation:
    """The answer to one question.

    Parameters
    ----------
    kind, name : str
        What was asked about.
    span : (int, int) or None
        The minutes asked about, None for all.
    reasons : tuple of str
        Of `REASONS`, the one that decides first.
    facts : mapping
        Plain values, by name.
    changes : tuple of Change
        What would help, the best first.
    full : int
        The value of covering everything: a hundredth of it is a point.
    """

    kind: Kind
    name: str
    span: tuple[int, int] | None
    reasons: tuple[str, ...]
    facts: Mapping[str, Any]
    changes: tuple[Change, ...]
    full: int

    @property
    def reason(self) -> str:
        """The reason that decides."""
        return self.reasons[0]

    def points(self, value: int) -> float:
        """Return a value in points: hundredths of covering everything."""
        return 100 * value / self.full if self.full else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values; values also in points."""
        return {
            "kind": self.kind,
            "name": self.name,
            "span": None if self.span is None else list(self.span),
            "reasons": [{"code": code, "meaning": REASONS[code]} for code in self.reasons],
            "facts": _plain(self.facts),
            "changes": [self._change(change) for change in self.changes],
        }

    def _change(self, change: Change) -> dict[str, Any]:
        """Return a change as plain JSON values, without its plan."""
        price = change.price
        return {
            "code": change.code,
            "callsign": change.callsign,
            "place": change.place,
            "kind": change.kind,
            "start": change.start,
            "end": change.end,
            "price": {
                "missing": price.missing,
                "value": price.value,
                "points": round(self.points(price.value), 6),
                "layers": {layer: round(self.points(price.layers.get(layer, 0)), 6) for layer in LAYERS},
            },
            "gained": {"value": change.gained, "points": round(self.points(change.gained), 6)},
            "shifts": [asdict(s) for s in change.shifts],
            "details": _plain(change.details),
        }


def _plain(value: Any) -> Any:
    """Return plain JSON values of mappings, sequences and numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value

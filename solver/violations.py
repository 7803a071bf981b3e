"""The closed vocabulary of what `solver.check` finds wrong with a plan."""

from __future__ import annotations

from dataclasses import dataclass

VIOLATIONS: dict[str, str] = {
    "wrong_problem": "The plan was made for another problem.",
    "unknown_unit": "A route is of a unit that is not on the roster.",
    "duplicate_route": "A unit has more than one route.",
    "missing_route": "A unit of the roster has no route, or one without stops.",
    "unknown_place": "A stop or a shortfall is at a place that the problem does not have.",
    "unknown_kind": "A stop is neither visit, stint, break, standby nor task.",
    "wrong_place": "A visit is not at a hotspot, a stint not at a post, or a task not where there is one.",
    "wrong_start": "A route does not begin at the unit's origin at the start of its shift.",
    "wrong_end": "A route does not end at the unit's destination at the end of its shift.",
    "outside_shift": "A stop lies outside the unit's shift.",
    "duty_too_long": "From setting out to being back for good a unit takes more minutes than its longest duty.",
    "off_grid": "A time is not a multiple of the grid.",
    "times_out_of_order": "A stop ends before it begins, or begins before the one before it ends.",
    "too_fast": "Between two stops there is less time than the leg takes.",
    "no_way": "Between two stops there is no way for the unit's mode, or none back to the near end of a stretch.",
    "standby_wrong_place": "Standby is at a stretch of street, where a unit stops for visits only.",
    "visit_too_short": "A visit is shorter than the hotspot's dwell.",
    "visit_outside_window": "A visit does not lie within one of the hotspot's windows.",
    "stint_too_short": "A stint is shorter than the post's least stint.",
    "post_not_admitted": "A unit on a stint has not the mode or the skills that the post asks for.",
    "task_length": "A task is not exactly as long as it must be.",
    "task_outside_window": "A task does not begin within one of its windows.",
    "task_not_admitted": "A unit doing a task has not the mode or the skills that it asks for.",
    "outside_district": "A unit makes a visit, stint or task outside the districts that it is tied to.",
    "break_missing": "A unit that has a break takes none.",
    "break_extra": "A unit takes more breaks than it has.",
    "break_length": "A break is not exactly as long as it must be.",
    "break_outside_window": "A break begins or ends outside its window.",
    "break_wrong_place": "A break is not at one of its places.",
    "lock_broken": "A unit does not make a stop that is locked.",
    "post_shortfall": "A post lacks units and the plan does not say so.",
    "revisit_shortfall": "A required visit of a hotspot is overdue and the plan does not say so.",
    "task_shortfall": "A required task is not done and the plan does not say so.",
    "false_shortfall": "The plan declares a shortfall that is none.",
    "unknown_rule": "A shortfall is of none of the rules that may fall short.",
    "unknown_reason": "The reason of a shortfall is not one of those there are.",
    "wrong_value": "The plan's value is not what its routes cover.",
    "bound_below_value": "The plan's bound is below what its routes cover, so it bounds nothing.",
}
"""Every code that `check` reports, and what it means."""


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks.

    `code` is a key of `VIOLATIONS`, `message` says what is wrong and what would be right; `callsign`,
    `place` and `minute` say where, each None when it does not apply.
    """

    code: str
    message: str
    callsign: str | None = None
    place: str | None = None
    minute: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

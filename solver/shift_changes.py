"""What has changed during a shift: units out of service or late, incidents; and what is wrong with such changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from solver.problem import Problem
from solver.wording import any_of, minutes_text


class ReplanError(ValueError):
    """Changes that cannot be made; `errors` lists what is wrong with them."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors))


class Incident(NamedTuple):
    """Something at a place (its name) that binds so many of the nearest units, each for so many minutes."""

    place: str
    units: int
    minutes: int


class Late(NamedTuple):
    """A unit (its callsign) that leaves where it is, or arrives where it drives to, so many minutes later."""

    callsign: str
    minutes: int


@dataclass(frozen=True)
class Changes:
    """What is otherwise than planned from some minute on.

    Parameters
    ----------
    out : tuple of str
        Callsigns of units that are out of service.
    late : tuple of Late
    incidents : tuple of Incident
        In the order in which units are sent to them.
    helpers : int, optional
        How many of the other units, the nearest ones, may change what they do; all of them if left out.
    """

    out: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    incidents: tuple[Incident, ...] = ()
    helpers: int | None = None


def change_errors(
    problem: Problem, at: int, changes: Changes, callsigns: Collection[str], places: Collection[str] | None
) -> list[str]:
    """Return what is wrong with the changes, in words: all of it.

    `callsigns` are those of the units that there are from now on, `places` the names of all places, None where they
    are not known yet.
    """
    return list(_errors(problem, at, changes, callsigns, places))


def _errors(
    problem: Problem, at: int, changes: Changes, callsigns: Collection[str], places: Collection[str] | None
) -> Iterable[str]:
    """Yield what is wrong with the changes."""
    units = dict.fromkeys([*(u.callsign for u in problem.units), *callsigns])
    if not 0 <= at <= problem.minutes:
        yield f"minute {at} is not within the plan, which runs from 0 to {problem.minutes}"
    named = [*changes.out, *(late.callsign for late in changes.late)]
    for callsign in dict.fromkeys(named):
        if callsign not in units:
            yield f"there is no unit {callsign!r}; units are {any_of(list(units))}"
        elif named.count(callsign) > 1:
            yield f"unit {callsign!r} is named twice among those out of service or late; name it once"
    for late in changes.late:
        if late.callsign in units and late.callsign not in callsigns:
            yield f"unit {late.callsign!r} cannot be late: it is not in the edited file, and so out of service"
        if late.minutes < 1:
            yield f"unit {late.callsign!r} cannot be late by {minutes_text(late.minutes)}; write 1 or more"
    for incident in changes.incidents:
        if places is not None and incident.place not in places:
            yield f"there is no place {incident.place!r}; places are {any_of(list(places))}"
        if incident.units < 1 or incident.minutes < 1:
            yield f"the incident at {incident.place!r} must take 1 unit and 1 minute or more"
    if any(u.chooses_duty for u in problem.units):
        yield "units that choose when to be on duty cannot be planned anew while the shift runs; give them fixed shifts"

"""What would cure a shortfall, in words that all kinds of shortfalls share."""

from __future__ import annotations

from collections.abc import Sequence

from solver.whereabouts import Doing
from solver.wording import all_of, any_of, minutes_text, units_text

NAMED = 4
"""How many units a cure names at most."""

_SAYS = {
    "stint": "is on a stint at",
    "break": "is on its break at",
    "visit": "visits",
    "task": "does the task at",
    "driving": "drives to",
    "off duty": "is off duty at",
}


def some_of(callsigns: Sequence[str], number: int) -> str:
    """Return which of `callsigns` would do: any of them, or so many of them."""
    if number == 1:
        return any_of(callsigns, most=NAMED)
    shown = [*callsigns[:NAMED], f"{len(callsigns) - NAMED} more"][: len(callsigns)]
    return all_of(shown) if number == len(callsigns) else f"{number} of {all_of(shown)}"


def untie_text(callsigns: Sequence[str], number: int, district: str) -> str:
    """Return that so many of `callsigns` should be allowed to work in `district`."""
    return f"let {some_of(callsigns, number)} work in district {district}"


def go_out_text(callsigns: Sequence[str], number: int, groups: Sequence[str]) -> str:
    """Return that so many of `callsigns`, now on call, should go out; `groups` are their callouts in words."""
    return f"let {some_of(callsigns, min(number, len(callsigns)))} go out, now on call by {any_of(groups)}"


def stretch_text(callsign: str, sooner: int, later: int, longer: int = 0) -> str:
    """Return by how many minutes a shift should start sooner and end later, and the longest duty be longer."""
    words = []
    if sooner:
        words.append(f"start {callsign} {minutes_text(sooner)} earlier")
    if later:
        words.append(f"end {callsign}'s shift {minutes_text(later)} later")
    if longer:
        words.append(f"let {callsign} be on duty {minutes_text(longer)} longer")
    return " and ".join(words)


def elsewhere_text(doings: Sequence[Doing]) -> str:
    """Return what units do instead, the first few by name; nothing where there is none."""
    told = [f"{d.callsign} {_SAYS.get(d.kind, 'is at')} {d.place}" for d in doings[:NAMED]]
    others = len(doings) - NAMED
    return all_of([*told, *([f"{units_text(others)} elsewhere"] if others > 0 else [])]) if told else ""

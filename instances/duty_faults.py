"""Units that cannot serve at all, in their shift or their longest duty: no way home in time, no time for the break."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from instances.errors import Fault
from instances.given_locks import lock_fault
from instances.place_snaps import BESIDE, Site
from instances.quantities import duration_text
from instances.shift import Break, Origin, Patrol, Shift
from solver.problem import UNREACHABLE, IntArray, ProblemError


def duty_faults(shift: Shift, sites: Sequence[Site], travel: Mapping[str, IntArray]) -> list[Fault]:
    """Return a fault for each unit that cannot get home in time, or finds no time for its break.

    Units of one line of the roster that differ only in their callsign are told of once.
    """
    index = {site.name: i for i, site in enumerate(sites)}
    faults: dict[Fault, None] = {}
    told: set[Origin] = set()
    for unit in shift.units:
        fault = _fault(shift, unit, sites, index, travel[unit.mode])
        if fault is not None and unit.origin not in told:
            told.add(unit.origin)
            faults[fault] = None
    return list(faults)


def break_names(shift: Shift, unit: Patrol, sites: Iterable[Site]) -> tuple[str, ...]:
    """Return the names of the places where `unit` may take its break; `sites` are all there are."""
    at = "" if unit.break_ is None else unit.break_.at
    if isinstance(at, tuple):
        return at
    if at == "home":
        return tuple(dict.fromkeys((unit.station, unit.end_station)))
    if at == "anywhere":
        return tuple(site.name for site in sites if site.exit is None and site.role not in BESIDE)
    return tuple(station.name for station in shift.stations)


def problem_faults(shift: Shift, error: ProblemError) -> list[Fault]:
    """Return what a problem says against itself, at the line of the unit that it names where it names one."""
    origins = {repr(unit.callsign): unit.origin for unit in shift.units}
    faults = []
    for text in error.errors:
        if (locked := lock_fault(shift, text)) is not None:
            faults.append(locked)
            continue
        named = re.match(r"unit (.+?): (.*)", text)
        origin = origins.get(named[1]) if named else None
        faults.append(Origin(shift.file).fault(text) if origin is None or named is None else origin.fault(named[2]))
    return faults


def _fault(
    shift: Shift, unit: Patrol, sites: Sequence[Site], index: Mapping[str, int], seconds: IntArray
) -> Fault | None:
    """Return what is wrong with the shift of one unit, if anything."""
    duty = shift.horizon.span(unit.start, unit.end)
    home = _minutes(seconds, index[unit.station], index[unit.end_station], shift.horizon.grid)
    if home is None:
        wrong = f"there is no way {_by(unit.mode)} from {unit.station!r} to {unit.end_station!r}"
        return unit.origin.fault(f"unit {unit.callsign!r}: {wrong}", "choose another end_station or mode")
    if unit.start + home > unit.end:
        wrong = f"unit {unit.callsign!r}: the way {_by(unit.mode)} from {unit.station!r} to {unit.end_station!r}"
        right = "make the shift longer, or choose another end_station"
        return unit.origin.fault(f"{wrong} takes {duration_text(home)}, longer than its shift {duty}", right)
    if home > unit.duty:
        wrong = f"unit {unit.callsign!r}: the way {_by(unit.mode)} from {unit.station!r} to {unit.end_station!r}"
        wrong = f"{wrong} takes {duration_text(home)}, longer than its longest duty of {duration_text(unit.duty)}"
        return unit.origin.fault(wrong, "make that longer, or choose another end_station")
    if unit.break_ is None:
        return None
    names = break_names(shift, unit, sites)
    fitting = [name for name in names if _fits(unit, unit.break_, index, name, seconds, shift.horizon.grid)]
    if fitting:
        shortest = min(_there_and_back(unit, index, name, seconds, shift.horizon.grid) for name in fitting)
        shortest += unit.break_.minutes
        if shortest <= unit.duty:
            return None
        wrong = (
            f"unit {unit.callsign!r}: a break of {duration_text(unit.break_.minutes)} with the ways to it and home "
            f"takes {duration_text(shortest)}, longer than its longest duty of {duration_text(unit.duty)}"
        )
        return unit.break_.origin.fault(wrong, "make the break shorter or the longest duty longer")
    window = shift.horizon.span(unit.break_.earliest, unit.break_.latest)
    wrong = (
        f"unit {unit.callsign!r}: a break of {duration_text(unit.break_.minutes)} between {window} does not fit "
        f"in its shift {duty}, with the way from {unit.station!r} to it and on to {unit.end_station!r}"
    )
    return unit.break_.origin.fault(wrong, "make the break shorter, its time longer, or allow more places ('at')")


def _by(mode: str) -> str:
    """Return how one goes in a mode, in words."""
    return "on foot" if mode == "foot" else f"by {mode}"


def _fits(unit: Patrol, pause: Break, index: Mapping[str, int], name: str, seconds: IntArray, grid: int) -> bool:
    """Tell whether the break can be taken at the place `name`."""
    there = _minutes(seconds, index[unit.station], index[name], grid)
    back = _minutes(seconds, index[name], index[unit.end_station], grid)
    if there is None or back is None:
        return False
    begin = max(unit.start + there, pause.earliest + -pause.earliest % grid)
    return begin + pause.minutes <= min(pause.latest, unit.end - back)


def _there_and_back(unit: Patrol, index: Mapping[str, int], name: str, seconds: IntArray, grid: int) -> int:
    """Return the minutes of the ways to and from the place `name`, which there are."""
    there = _minutes(seconds, index[unit.station], index[name], grid)
    back = _minutes(seconds, index[name], index[unit.end_station], grid)
    return (there or 0) + (back or 0)


def _minutes(seconds: IntArray, start: int, end: int, grid: int) -> int | None:
    """Return the way as `solver.problem.Problem.legs` counts it: up to the grid, at least one step; None for no way."""
    if start == end:
        return 0
    found = int(seconds[start, end])
    return None if found == UNREACHABLE else max(-(-found // (60 * grid)), 1) * grid

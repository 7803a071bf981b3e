"""The stops that a planner locks in the shift file, and what is wrong with them once all places are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from instances.errors import Fault
from instances.near_names import nearest_name
from instances.shift import Held, Patrol, Shift
from instances.shift_desk import Desk
from instances.shift_document import LockEntry, ShiftDocument
from instances.yaml_lines import Address
from solver.problem import Lock, LockedStop


def locks_of(desk: Desk, units: Collection[Patrol], places: Collection[str] | None) -> tuple[Held, ...]:
    """Return the locks of the file; `places` are the names of all there are, None where some are made by the build."""
    entries = desk.reading.document.locks
    found = [_held(desk, entry, desk.reading.address("locks", i), units, places) for i, entry in enumerate(entries)]
    return tuple(held for held in found if held is not None)


def _held(
    desk: Desk, entry: LockEntry, address: Address, units: Collection[Patrol], places: Collection[str] | None
) -> Held | None:
    """Return one lock, None after noting what is wrong with it."""
    known = not desk.is_own("units") or desk.lookup(
        entry.unit, [unit.callsign for unit in units], (*address, "unit"), "unit"
    )
    if places is not None and desk.is_own("stations", "hotspots", "posts", "tasks"):
        known = desk.lookup(entry.place, places, (*address, "place"), "place") and known
    span = desk.span(entry.from_, entry.to, ((*address, "from"), (*address, "to")))
    if span is None or not known:
        return None
    return Held(entry.unit, entry.place, *span, entry.kind or "", desk.origin(address))


def no_alert_beside_locks(desk: Desk, document: ShiftDocument) -> None:
    """Note a level of alert in a file that locks stops: locks alone then say who goes out."""
    if document.alert is not None and document.locks:
        wrong = "a level of alert and 'locks' do not go together"
        desk.fault(("alert",), wrong, "delete one of them, or keep units on call by locking them at their stations")


def place_faults(shift: Shift, names: Iterable[str]) -> list[Fault]:
    """Return a fault for each lock at a place that there is not, now that all are known."""
    known = list(names)
    return [
        held.origin.fault(f"there is no place called {held.place!r}", nearest_name(held.place, known))
        for held in shift.locks
        if held.place not in known
    ]


def locks_in(shift: Shift, index: Mapping[str, int], kinds: Mapping[int, str]) -> tuple[Lock, ...]:
    """Return the locks of a problem; `kinds` says what units do at a place that is more than a station."""
    units = [unit.callsign for unit in shift.units]
    locks = []
    for held in shift.locks:
        place = index[held.place]
        stop = LockedStop(place, held.kind or kinds.get(place, "standby"), held.start, held.end)
        locks.append(Lock(units.index(held.callsign), (stop,)))
    return tuple(locks)


def lock_fault(shift: Shift, text: str) -> Fault | None:
    """Return what a problem says against a lock as a fault of the line of the first one of that unit."""
    named = re.match(r"lock of (.+?): (.*)", text)
    origins = {repr(held.callsign): held.origin for held in reversed(shift.locks)}
    if named is None or named[1] not in origins:
        return None
    wrong, _, right = named[2].partition("; ")
    # Rules of stops name the unit themselves.
    by_name = any(wrong.startswith((f"{held.callsign} ", f"{held.callsign}'s ")) for held in shift.locks)
    return origins[named[1]].fault(wrong if by_name else f"unit {named[1]}: {wrong}", right)

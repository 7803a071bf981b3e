"""The streets that a planner says are closed, as the shift file names them."""

from __future__ import annotations

from instances.errors import InputError
from instances.polygons import corners_complaint, read_polygons
from instances.shift import Around, Between, Called, Closure, Inside
from instances.shift_desk import Desk
from instances.shift_document import ClosureEntry
from instances.yaml_lines import Address

WAYS = "'street', 'at' with 'within', 'from' with 'to', or 'area'"
"""How streets can be named."""


def closures_of(desk: Desk) -> tuple[Closure, ...]:
    """Return what is closed; faulty entries are left out after noting it."""
    found = []
    for i, entry in enumerate(desk.reading.document.closed):
        address = desk.reading.address("closed", i)
        section = ClosureEntry.model_validate({"street": entry}) if isinstance(entry, str) else entry
        where = _where(desk, section, address)
        if where is not None:
            found.append(Closure(where, tuple(dict.fromkeys(section.modes)), desk.origin(address)))
    return tuple(found)


def _where(desk: Desk, entry: ClosureEntry, address: Address) -> Called | Around | Between | Inside | None:
    """Return which streets an entry means, or None after noting what is wrong."""
    ways = ((entry.street,), (entry.at, entry.within), (entry.from_, entry.to), (entry.area,))
    begun = [way for way in ways if any(part is not None for part in way)]
    if len(begun) != 1 or None in begun[0]:
        # What was set aside as broken has been told of, and may be what lacks here.
        if desk.is_own("closed"):
            desk.fault(address, "does not say in one way which streets are closed", f"give {WAYS}")
        return None
    if entry.street is not None:
        return Called(entry.street)
    if entry.at is not None and entry.within is not None:
        return Around(*entry.at, entry.within)
    if entry.from_ is not None and entry.to is not None:
        return Between(entry.from_, entry.to)
    return _inside(desk, entry, (*address, "area"))


def _inside(desk: Desk, entry: ClosureEntry, address: Address) -> Inside | None:
    """Return the area of an entry, or None after noting what is wrong with it."""
    if not isinstance(entry.area, str):
        corners = tuple(entry.area or ())
        complaint = corners_complaint(corners)
        if complaint is None:
            return Inside(corners)
        desk.fault(address, *complaint)
        return None
    path = desk.path(address, entry.area)
    if path is None:
        return None
    try:
        read_polygons(path, what="closed area")
    except InputError as error:
        desk.faults += error.faults
        return None
    return Inside(path)

"""The level of alert: which share of the units goes out on patrol, and which of them make up a group.

A district with a level of its own is a group; all other units are one, under the level of the file.  Units of
different named shifts are groups of their own, so that each shift has its share.  A unit counts for the first of its
`districts`, or for the district of its station where it has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from instances.field_kinds import one_of
from instances.near_names import nearest_name
from instances.quantities import QuantityError
from instances.shift import Alert
from instances.shift_document import LEVELS, AlertEntry
from solver.problem import Callout

if TYPE_CHECKING:
    from instances.place_snaps import Site
    from instances.shift import GivenPlace, Patrol, Shift
    from instances.shift_desk import Desk
    from instances.shift_document import ShiftDocument

SHARES: Mapping[str, Fraction] = {level: Fraction(share) for level, share in AlertEntry.SHARES.items()}
"""Share of the force on patrol by level, unless the planner says otherwise."""


def alert_of(desk: Desk, document: ShiftDocument, districts: Collection[str] | None) -> Alert | None:
    """Return the alert of a file, or None; `districts` are the names that there are, None where not all are known."""
    entry = document.alert
    if entry is None or isinstance(entry, str):
        return None if entry is None else Alert(entry, {}, SHARES)
    for level in entry.shares:
        desk.lookup(level, LEVELS, ("alert", "shares", level), "level")
    for name in entry.districts if districts is not None else ():
        if districts:
            desk.lookup(name, districts, ("alert", "districts", name), "district")
        else:
            right = "give the file a line 'districts: FILE.geojson', or each place its 'district'"
            desk.fault(("alert", "districts", name), "nothing says where the districts lie", right)
    return Alert(entry.level, dict(entry.districts), {**SHARES, **entry.shares})


def with_alert(shift: Shift, levels: Iterable[tuple[str | None, str]]) -> Shift:
    """Return `shift` under other levels: of districts, or (None) of everything, which undoes those of the file.

    Raises
    ------
    QuantityError
        When there is no such district, a unit chooses its duty, or stops are locked.
    """
    alert = shift.alert or Alert(None, {}, SHARES)
    own = dict(levels)
    if own and shift.locks:
        raise QuantityError("a level of alert and the file's 'locks' do not go together", "plan without one of them")
    for name in own:
        if name is not None and name not in (known := _districts(shift)):
            right = nearest_name(name, known) if known else "nothing says where the districts lie"
            raise QuantityError(f"there is no district called {name!r}", right)
    choosing = [unit.callsign for unit in shift.units if unit.duty < unit.end - unit.start]
    if own and choosing:
        wrong = f"{choosing[0]} has a longest duty shorter than its shift, so it cannot stay on call"
        raise QuantityError(wrong, "plan such a file without a level of alert")
    if own and shift.locks:
        raise QuantityError("the file has locks, which do not go with an alert", "plan it without one of the two")
    if None in own:
        alert = replace(alert, level=own[None], districts={})
    districts = {**alert.districts, **{name: level for name, level in own.items() if name is not None}}
    return replace(shift, alert=replace(alert, districts=districts)) if own else shift


def level_of(text: str) -> tuple[str | None, str]:
    """Return district (None: everywhere) and level of ``red`` or ``North=red``.

    Raises
    ------
    QuantityError
        When there is no such level.
    """
    name, equals, level = text.rpartition("=")
    return name.strip() if equals else None, one_of(*LEVELS)(level)


def _districts(shift: Shift) -> list[str]:
    """Return the names of all districts."""
    from instances.districts import LABEL
    from instances.polygons import read_polygons

    if shift.districts is not None:
        return [name for name, _ in read_polygons(shift.districts, what="district", label=LABEL)]
    places: tuple[GivenPlace, ...] = (*shift.stations, *shift.spots, *shift.posts, *shift.jobs)
    return list(dict.fromkeys(place.district for place in places if place.district))


def callouts_of(shift: Shift, sites: Sequence[Site]) -> tuple[Callout, ...]:
    """Return the groups of units of which only some go out, in the order of the roster."""
    alert = shift.alert
    if alert is None:
        return ()
    district_of = {site.name: site.district for site in sites if site.role == "station"}
    groups: dict[tuple[str, str], list[int]] = {}
    for i, unit in enumerate(shift.units):
        district = _home(unit, district_of)
        groups.setdefault((district if district in alert.districts else "", unit.shift), []).append(i)
    found = []
    for (district, named), units in groups.items():
        level = alert.districts.get(district, alert.level)
        if level is not None:
            name = ", ".join(filter(None, (district, named)))
            found.append(Callout(tuple(units), going_out(alert.shares[level], len(units)), name, level))
    return tuple(found)


def _home(unit: Patrol, district_of: Mapping[str, str]) -> str:
    """Return the district that a unit counts for, empty where there is none."""
    return unit.districts[0] if unit.districts else district_of.get(unit.station, "")


def going_out(share: Fraction, units: int) -> int:
    """Return how many of some units go out: the nearest whole number, halves up, and one at least of any share."""
    return max(int(share * units + Fraction(1, 2)), 1 if share > 0 else 0)


def alert_notes(shift: Shift, callouts: Sequence[Callout]) -> list[str]:
    """Return what the levels come to, and a note of districts without any unit."""
    if shift.alert is None:
        return []
    told = []
    for c in callouts:
        where = f" ({c.name})" if c.name else ""
        told.append(f"alert {c.level}{where}: {c.most} of {len(c.units)} units go out, the others stay on call")
    filled = [f"{c.name}, " for c in callouts]
    empty = [name for name in shift.alert.districts if not any(f.startswith(f"{name}, ") for f in filled)]
    return told + [f"alert: no unit belongs to district {name!r}" for name in empty]

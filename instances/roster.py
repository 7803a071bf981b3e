"""The roster and the posts of a shift file: who is on duty when, where from, and what must be manned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from instances.clock_times import LocalSpan
from instances.crew_calendar import CrewDuties, crew_duties
from instances.quantities import duration_text
from instances.shift import Break, Origin, Patrol, Point
from instances.shift_desk import Desk, unique
from instances.shift_document import BreakEntry, PostEntry, UnitEntry, WindowEntry
from instances.yaml_lines import Address
from solver.problem import Staffing
from solver.wording import all_of

PATTERN = "{n}"


@dataclass(frozen=True)
class Names:
    """What a roster may refer to: stations, places (some of them stretches), districts (None: not all are known)."""

    stations: Collection[str]
    places: Collection[str]
    stretches: Collection[str]
    districts: Collection[str] | None


MOST_UNITS = 10_000
"""Units of a roster, at most."""


def patrols(desk: Desk, names: Names) -> tuple[Patrol, ...]:
    """Return every unit of the roster, those that are faulty left out after noting it."""
    if "units" not in desk.reading.kept:
        return ()
    shifts, crews = _Shifts(desk), crew_duties(desk)
    found: list[Patrol] = []
    called: list[tuple[str, Origin]] = []
    for i, entry in enumerate(desk.reading.document.units):
        address = desk.reading.address("units", i)
        if len(called) + entry.count > MOST_UNITS:
            desk.fault(address, f"the roster has more than {MOST_UNITS:,} units", "plan a part of the force at once")
            break
        callsigns = _callsigns(desk, entry, address)
        called += [(callsign, desk.origin((*address, "callsign"))) for callsign in callsigns]
        found += _patrols(desk, entry, callsigns, address, names, shifts, crews)
    unique(called, desk.faults.append, folded=True)
    if crews is not None:
        crews.tell(desk, [unit.callsign for unit in found])
    return tuple(found)


class _Shifts:
    """The named shifts of a file, in minutes; what is wrong with one is noted once, when a unit refers to it."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._known = desk, desk.reading.document.shifts
        self._found: dict[str, tuple[int, int] | None] = {}

    def duty(self, name: str, address: Address) -> tuple[int, int] | None:
        """Return the shift called `name`, to which a unit refers at `address`; None after noting what is wrong."""
        if not self._known and self._desk.is_own("shifts"):
            self._desk.fault(address, f"{name!r} is not a span of time", "write it like '18:00-02:00'")
        if name not in self._known:
            if self._known and self._desk.is_own("shifts"):
                self._desk.lookup(name, self._known, address, "shift")
            return None
        if name not in self._found:
            self._found[name] = _window(self._desk, self._known[name], ("shifts", name))
        return self._found[name]


def _window(desk: Desk, written: LocalSpan | WindowEntry, place: Address) -> tuple[int, int] | None:
    """Return the minutes of a shift, written as a text or a section."""
    if isinstance(written, WindowEntry):
        return desk.span(written.from_, written.to, ((*place, "from"), (*place, "to")))
    return desk.named_span(written, place)


def _patrols(
    desk: Desk,
    entry: UnitEntry,
    callsigns: list[str],
    address: Address,
    names: Names,
    shifts: _Shifts,
    crews: CrewDuties | None,
) -> list[Patrol]:
    """Return the units of one entry; none where its crew is off duty."""
    end_station = entry.station if entry.end_station is None else entry.end_station
    known = [
        desk.lookup(name, names.stations, (*address, field), "station")
        for field, name in (("station", entry.station), ("end_station", end_station))
        if desk.is_own("stations") and (field == "station" or entry.end_station is not None)
    ]
    districts = _districts(desk, entry, address, names.districts)
    named = entry.shift if isinstance(entry.shift, str) else ""
    if entry.shift is None and entry.crew is not None and crews is not None:
        duty, named = crews.duty(desk, entry.crew, (*address, "crew"), callsigns)
    else:
        duty = _duty(desk, entry, address, shifts)
    if duty is None or not all(known):
        return []
    pause = _break(desk, entry.break_, (*address, "break"), duty, names) if entry.break_ is not None else None
    longest = entry.longest_duty
    if longest is not None:
        longest = desk.length(longest, (*address, "longest_duty"), written=True)
    origin = desk.origin(address)
    skills = tuple(dict.fromkeys(entry.skills))
    unit = Patrol(
        *("", entry.station, end_station, entry.mode, *duty, pause, skills, origin, districts, entry.tied, longest),
        shift=named,
        crew=entry.crew or "",
    )
    return [replace(unit, callsign=name) for name in callsigns]


def _districts(desk: Desk, entry: UnitEntry, address: Address, known: Collection[str] | None) -> tuple[str, ...]:
    """Return the districts of an entry."""
    place = (*address, "districts")
    if entry.tied and not entry.districts and desk.is_own("units"):
        desk.fault((*address, "tied"), "there is no district to tie it to", "give 'districts' as well")
    for i, name in enumerate(entry.districts if known is not None else ()):
        if known:
            desk.lookup(name, known, (*place, i), "district")
        else:
            right = "give the file a line 'districts: FILE.geojson', or each place its 'district'"
            desk.fault((*place, i), "nothing says where the districts lie", right)
    return tuple(dict.fromkeys(entry.districts))


def no_chosen_duties(desk: Desk, units: Collection[Patrol], others: Sequence[str]) -> None:
    """Note units that choose their duty within their shift, in a file that is not of tasks alone but has `others`.

    Before it sets out and after it is back such a unit covers nothing, and only tasks ask for nothing else.
    """
    choosing = {unit.origin for unit in units if unit.duty < unit.end - unit.start}
    for i, entry in enumerate(desk.reading.document.units if choosing and others else ()):
        address = desk.reading.address("units", i)
        if desk.origin(address) in choosing and entry.longest_duty is not None:
            wrong = "a longest duty shorter than the shift is for files of tasks alone, and this one has"
            right = "make 'shift' as long as the duty instead, or leave out what is no task"
            desk.fault((*address, "longest_duty"), f"{wrong} {all_of(others)}", right)


def _callsigns(desk: Desk, entry: UnitEntry, address: Address) -> list[str]:
    """Return the callsigns of an entry."""
    place = (*address, "callsign")
    numbered = PATTERN in entry.callsign
    rest = entry.callsign.replace(PATTERN, "")
    if "{" in rest or "}" in rest:
        desk.fault(place, f"{entry.callsign!r} has braces other than {PATTERN}", f"write {PATTERN} for the number")
        return []
    if entry.count > 1 and not numbered:
        wrong = f"{entry.count} units cannot all be called {entry.callsign!r}"
        desk.fault(place, wrong, f"write {entry.callsign + PATTERN!r}")
        return []
    if "first" in entry.model_fields_set and not numbered:
        desk.fault((*address, "first"), f"there is no {PATTERN} in the callsign to count", f"write {PATTERN} in it")
    numbers = range(entry.first, entry.first + entry.count)
    return [entry.callsign.replace(PATTERN, str(n)) for n in numbers] if numbered else [entry.callsign]


def _duty(desk: Desk, entry: UnitEntry, address: Address, shifts: _Shifts) -> tuple[int, int] | None:
    """Return start and end of a unit's shift."""
    place = (*address, "shift")
    if entry.shift is None:
        return (0, desk.horizon.minutes) if desk.horizon is not None else None
    return shifts.duty(entry.shift, place) if isinstance(entry.shift, str) else _window(desk, entry.shift, place)


def _break(desk: Desk, entry: BreakEntry, address: Address, duty: tuple[int, int], names: Names) -> Break | None:
    """Return a unit's break."""
    if desk.horizon is None:
        return None
    horizon, (start, end) = desk.horizon, duty
    minutes = desk.length(entry.minutes, (*address, "minutes"), written=True)
    earliest, latest = start, end
    if entry.between is not None:
        place = (*address, "between")
        first = desk.minute(entry.between.start, place, after=start)
        last = None if first is None else desk.minute(entry.between.end, place, after=first, strictly=True)
        if first is None or last is None:
            return None
        if first < start or last > end or last <= first:
            wrong = f"{entry.between} does not lie within the shift {horizon.span(start, end)}"
            desk.fault(place, wrong, "choose times within the shift")
            return None
        earliest, latest = first, last
    begin = earliest + -earliest % horizon.grid
    if begin + minutes > latest:
        wrong = f"a break of {duration_text(minutes)} does not fit in {horizon.span(earliest, latest)}"
        desk.fault((*address, "between"), wrong, "make the break shorter or the time for it longer")
        return None
    if isinstance(entry.at, str):
        return Break(minutes, earliest, latest, entry.at, desk.origin(address))
    if desk.is_own("stations", "posts", "hotspots", "tasks"):
        for i, name in enumerate(entry.at):
            desk.lookup(name, names.places, (*address, "at", i), "place")
            if name in names.stretches:
                right = "name a station, a post, a task, or a hotspot that is a point"
                desk.fault((*address, "at", i), f"{name!r} is driven along, and a break is taken standing", right)
    return Break(minutes, earliest, latest, tuple(dict.fromkeys(entry.at)), desk.origin(address))


def points(desk: Desk, hotspots: Collection[str]) -> tuple[Point, ...]:
    """Return every post; `hotspots` are the names of those that the planner gave."""
    entries = desk.reading.document.posts
    return tuple(_point(desk, entry, desk.reading.address("posts", i), hotspots) for i, entry in enumerate(entries))


def _point(desk: Desk, entry: PostEntry, address: Address, hotspots: Collection[str]) -> Point:
    """Return one post; faulty windows are left out after noting it."""
    return Point(
        *(entry.name, *entry.at, _staffing(desk, entry, (*address, "staff"))),
        stint=desk.length(entry.stint, (*address, "stint"), written="stint" in entry.model_fields_set),
        modes=tuple(dict.fromkeys(entry.modes)),
        skills=tuple(dict.fromkeys(entry.skills)),
        available=entry.available,
        origin=desk.origin(address),
        watches=_watches(desk, entry, (*address, "watches"), hotspots),
        district=entry.district or "",
    )


def _watches(desk: Desk, entry: PostEntry, address: Address, hotspots: Collection[str]) -> tuple[str, ...] | int:
    """Return the names of the hotspots that a post watches, or the metres within which it watches all."""
    if entry.watches is None or isinstance(entry.watches, int):
        return entry.watches or ()
    for i, name in enumerate(entry.watches if desk.is_own("hotspots") else ()):
        if hotspots:
            desk.lookup(name, hotspots, (*address, i), "hotspot")
        else:
            desk.fault((*address, i), "there is no hotspot in 'hotspots'", "give a distance, such as 150 m")
    return tuple(dict.fromkeys(entry.watches))


def _staffing(desk: Desk, entry: PostEntry, address: Address) -> tuple[Staffing, ...]:
    """Return when a post wants how many units."""
    if desk.horizon is None:
        return ()
    if isinstance(entry.staff, str):
        return (Staffing(0, desk.horizon.minutes, 1),)
    windows = []
    for i, window in enumerate(entry.staff):
        place = (*address, i)
        span = desk.span(window.from_, window.to, ((*place, "from"), (*place, "to")))
        if span is not None:
            windows.append(Staffing(*span, window.units))
    return tuple(windows)

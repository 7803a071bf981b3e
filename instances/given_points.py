"""The points that a planner gives: stations, hotspots and demand points, in the shift file or in tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from instances.errors import InputError
from instances.field_kinds import number_of, percent_of, text_of
from instances.near_names import nearest_name
from instances.point_tables import PointTable, read_points, tell_apart
from instances.quantities import QuantityError, minutes_of, plain
from instances.shift import Call, Spot, Station, Visits
from instances.shift_desk import Desk
from instances.shift_document import DemandEntry, HotspotEntry, ShiftDocument
from instances.yaml_lines import Address

SPOT_COLUMNS = ("risk", "dwell", "linger", "rho")
CALL_COLUMNS = ("demand", "zone")


def stations_of(desk: Desk, document: ShiftDocument) -> tuple[Station, ...]:
    """Return the stations."""
    if isinstance(document.stations, str):
        table = _table(desk, ("stations",), document.stations, what="station")
        if table is None:
            return ()
        tell_apart(table)
        desk.notes += table.notes
        return tuple(Station(r.name, r.lat, r.lon, table.origin(r)) for r in table.rows)
    if "stations" not in desk.reading.kept:
        return ()
    return tuple(
        Station(entry.name, *entry.at, desk.origin(desk.reading.address("stations", i)))
        for i, entry in enumerate(document.stations)
    )


def spots_of(desk: Desk, document: ShiftDocument, visits: Visits) -> tuple[Spot, ...]:
    """Return the hotspots that the planner gave."""
    hours = _hours(desk)
    if document.hotspots is None:
        return ()
    if not isinstance(document.hotspots, str):
        return tuple(
            _spot(desk, entry, desk.reading.address("hotspots", i), visits, len(hours))
            for i, entry in enumerate(document.hotspots)
        )
    table = _table(desk, ("hotspots",), document.hotspots, what="hotspot", known=SPOT_COLUMNS, hourly="risk")
    if table is None:
        return ()
    spots = []
    for row in table.rows:
        dwell = table.read(row, "dwell", _on_grid(desk, _some_minutes), visits.dwell)
        linger = table.read(row, "linger", _on_grid(desk, _cell_minutes), visits.linger)
        rho = table.read(row, "rho", percent_of, visits.rho)
        risk = table.by_hour(row, "risk", hours, number_of)
        spots.append(Spot(row.name, row.lat, row.lon, risk, dwell, linger, rho, table.origin(row)))
    _hand_over(desk, table)
    return tuple(spots)


def calls_of(desk: Desk, document: ShiftDocument, standards: Mapping[str, int]) -> tuple[Call, ...] | None:
    """Return the demand points that the planner gave, or None where none were."""
    hours = _hours(desk)
    if document.demand is None:
        return None
    if not isinstance(document.demand, str):
        return tuple(
            _call(desk, entry, desk.reading.address("demand", i), standards, len(hours))
            for i, entry in enumerate(document.demand)
        )
    table = _table(desk, ("demand",), document.demand, what="demand point", known=CALL_COLUMNS, hourly="demand")
    if table is None:
        return ()
    calls = []
    for row in table.rows:
        zone = table.read(row, "zone", _standard(standards), None) if desk.is_own("response") else None
        demand = table.by_hour(row, "demand", hours, number_of)
        calls.append(Call(row.name, row.lat, row.lon, demand, zone, table.origin(row)))
    _hand_over(desk, table)
    return tuple(calls)


def _spot(desk: Desk, entry: HotspotEntry, address: Address, visits: Visits, slots: int) -> Spot:
    """Return a hotspot listed in the shift file."""
    lengths = [
        default if value is None else desk.length(value, (*address, field), written=True)
        for field, value, default in (("dwell", entry.dwell, visits.dwell), ("linger", entry.linger, visits.linger))
    ]
    rho = visits.rho if entry.rho is None else entry.rho
    return Spot(entry.name, *entry.at, (entry.risk,) * slots, lengths[0], lengths[1], rho, desk.origin(address))


def _call(desk: Desk, entry: DemandEntry, address: Address, standards: Mapping[str, int], slots: int) -> Call:
    """Return a demand point listed in the shift file."""
    if entry.zone is not None and desk.is_own("response"):
        desk.lookup(entry.zone, standards, (*address, "zone"), "zone")
    return Call(entry.name, *entry.at, (entry.demand,) * slots, entry.zone, desk.origin(address))


def _table(
    desk: Desk, address: Address, text: str, *, what: str, known: tuple[str, ...] = (), hourly: str = ""
) -> PointTable | None:
    """Return the table that the shift file names, or None after noting why there is none."""
    field = str(address[0])
    path = desk.path(address, text) if desk.is_own(field) else None
    if path is None:
        desk.unread.add(field)
        return None
    try:
        table = read_points(path, what=what, known=known, hourly=hourly)
    except InputError as error:
        desk.faults += error.faults
        desk.unread.add(field)
        return None
    if table.faults:
        desk.unread.add(field)
    desk.faults += table.faults
    table.faults.clear()
    return table


def _hand_over(desk: Desk, table: PointTable) -> None:
    """Put what was found in the cells of a table on the desk."""
    desk.faults += table.faults
    desk.notes += table.notes


def _hours(desk: Desk) -> list[int]:
    """Return the hour of each slot."""
    return [] if desk.horizon is None else [hour for _, hour in desk.horizon.hours]


def _cell_minutes(text: str) -> int:
    """Return minutes, also of a bare number: a column of a table says its unit once, in the documents."""
    return minutes_of(f"{text} min" if plain(text).replace(".", "", 1).isdigit() else text)


def _some_minutes(text: str) -> int:
    """Return more than 0 minutes."""
    minutes = _cell_minutes(text)
    if minutes == 0:
        raise QuantityError(f"{text!r} is nothing", "write more than 0")
    return minutes


def _on_grid(desk: Desk, parse: Callable[[str], int]) -> Callable[[str], int]:
    """Return `parse` refusing what is off the grid."""
    grid = 1 if desk.horizon is None else desk.horizon.grid

    def checked(text: str) -> int:
        minutes = parse(text)
        if minutes % grid:
            raise QuantityError(f"{minutes} min is not a multiple of the grid of {grid} min", "change it or the grid")
        return minutes

    return checked


def _standard(standards: Mapping[str, int]) -> Callable[[str], str]:
    """Return a reader of names of zones."""

    def checked(text: str) -> str:
        name = text_of(text)
        if name not in standards:
            raise QuantityError(f"there is no zone called {name!r}", nearest_name(name, list(standards)))
        return name

    return checked

"""The points that a planner gives: stations, hotspots and demand points, in the shift file or in tables beside it."""

from __future__ import annotations

from collections.abc import Mapping

from instances.desk_tables import hand_over, name_cell, on_grid, open_table, windows_cell
from instances.field_kinds import checked_coordinates, flag_of, number_of, percent_of, text_of
from instances.point_tables import PointTable, Row, degrees_of, tell_apart
from instances.quantities import QuantityError, duration_text, length_of, positive
from instances.shift import Call, Origin, Spot, Station, Visits
from instances.shift_desk import Desk
from instances.shift_document import DemandEntry, HotspotEntry, ShiftDocument
from instances.windows import Window, opening
from instances.yaml_lines import Address

STATION_COLUMNS = ("district",)
END = ("to_lat", "to_lon")
"""The columns of where a stretch ends; it begins at the position of the row."""

SPOT_COLUMNS = ("risk", "dwell", "linger", "rho", "open", "every", "required", "district", *END)
CALL_COLUMNS = ("demand", "zone")


def stations_of(desk: Desk, document: ShiftDocument) -> tuple[Station, ...]:
    """Return the stations."""
    if isinstance(document.stations, str):
        table = open_table(desk, ("stations",), document.stations, what="station", known=STATION_COLUMNS)
        if table is None:
            return ()
        tell_apart(table)
        stations = tuple(
            Station(r.name, r.lat, r.lon, table.origin(r), table.read_text(r, "district", text_of, ""))
            for r in table.rows
        )
        hand_over(desk, table)
        return stations
    if "stations" not in desk.reading.kept:
        return ()
    return tuple(
        Station(entry.name, *entry.at, desk.origin(desk.reading.address("stations", i)), entry.district or "")
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
    table = open_table(desk, ("hotspots",), document.hotspots, what="hotspot", known=SPOT_COLUMNS, hourly="risk")
    if table is None:
        return ()
    spots = tuple(_spot_of_row(desk, table, row, visits, hours) for row in table.rows)
    hand_over(desk, table)
    return spots


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
    table = open_table(desk, ("demand",), document.demand, what="demand point", known=CALL_COLUMNS, hourly="demand")
    if table is None:
        return ()
    calls = []
    for row in table.rows:
        zone = table.read_text(row, "zone", name_cell(standards, "zone"), None) if desk.is_own("response") else None
        demand = table.by_hour(row, "demand", hours, number_of)
        calls.append(Call(row.name, row.lat, row.lon, demand, zone, table.origin(row)))
    hand_over(desk, table)
    return tuple(calls)


def _spot(desk: Desk, entry: HotspotEntry, address: Address, default: Visits, slots: int) -> Spot:
    """Return a hotspot listed in the shift file."""
    lengths = {
        field: desk.length(value, (*address, field), written=True)
        for field, value in (("dwell", entry.dwell), ("linger", entry.linger), ("every", entry.every))
        if value is not None
    }
    visits = Visits(
        lengths.get("dwell", default.dwell),
        lengths.get("linger", default.linger),
        default.rho if entry.rho is None else entry.rho,
        lengths.get("every", default.every),
        default.required if entry.required is None else entry.required,
    )
    if entry.required and not visits.every:
        _need_every(desk, desk.origin((*address, "required")))
    windows = desk.windows(entry.open, (*address, "open"), opening)
    windows = _long_enough(desk, windows, visits, desk.origin((*address, "open")))
    start, end = _ends(desk, entry, address)
    return Spot(
        *(entry.name, *start, (entry.risk,) * slots, visits, desk.origin(address)),
        windows=windows,
        district=entry.district or "",
        end=end,
    )


def _ends(desk: Desk, entry: HotspotEntry, address: Address) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """Return the point of a hotspot, or the ends of a stretch, after noting what is wrong with them."""
    if entry.at is not None and entry.from_ is None and entry.to is None:
        return entry.at, None
    if entry.at is None and entry.from_ is not None and entry.to is not None:
        return entry.from_, entry.to
    # What was set aside as broken has been told of, and may be what lacks here.
    if desk.is_own("hotspots"):
        right = "give 'at', or 'from' and 'to' of a stretch of street"
        desk.fault(address, "does not say in one way where it is", right)
    return (0.0, 0.0), None


def _spot_of_row(desk: Desk, table: PointTable, row: Row, default: Visits, hours: list[int]) -> Spot:
    """Return a hotspot of a table."""
    visits = Visits(
        table.read(row, "dwell", on_grid(desk, positive(length_of)), default.dwell),
        table.read(row, "linger", on_grid(desk, length_of), default.linger),
        table.read(row, "rho", percent_of, default.rho),
        table.read(row, "every", on_grid(desk, length_of), default.every),
        table.read_text(row, "required", flag_of, default.required),
    )
    if row.cells.get("required") and visits.required and not visits.every:
        _need_every(desk, table.origin(row, "required"))
    none: tuple[Window, ...] = ()
    windows = table.read_text(row, "open", windows_cell(desk, opening), none)
    windows = _long_enough(desk, windows, visits, table.origin(row, "open"))
    district = table.read_text(row, "district", text_of, "")
    risk = table.by_hour(row, "risk", hours, number_of)
    end = _end_of_row(table, row)
    return Spot(row.name, row.lat, row.lon, risk, visits, table.origin(row), windows, district, end)


def _end_of_row(table: PointTable, row: Row) -> tuple[float, float] | None:
    """Return where the stretch of a row ends, or None where it is a point."""
    degrees = [table.read(row, column, degrees_of, None) for column in END]
    if None in degrees:
        blank = [column for column in END if not row.cells.get(column)]
        if len(blank) == 1:
            table.faults.append(table.origin(row, blank[0]).fault("is blank", "give both ends of the stretch"))
        return None
    try:
        return checked_coordinates(float(degrees[0] or 0), float(degrees[1] or 0))
    except QuantityError as error:
        table.faults.append(table.origin(row, ", ".join(END)).fault(error.wrong, error.right))
        return None


def _need_every(desk: Desk, origin: Origin) -> None:
    """Note a required visit of which nothing says how often."""
    desk.faults.append(origin.fault("nothing says how often a visit is required", "give 'every', such as 120 min"))


def _long_enough(desk: Desk, windows: tuple[Window, ...], visits: Visits, origin: Origin) -> tuple[Window, ...]:
    """Return the windows in which a visit fits, after noting the others."""
    fitting = tuple(window for window in windows if window[1] - window[0] >= visits.dwell)
    if desk.horizon is None or fitting == windows:
        return fitting
    short = ", ".join(desk.horizon.span(*window) for window in windows if window not in fitting)
    wrong = f"a visit of {duration_text(visits.dwell)} does not fit in {short}"
    if not fitting:
        desk.faults.append(origin.fault(wrong, "make 'open' longer or 'dwell' shorter"))
    else:
        desk.notes.append(f"{origin.file}:{origin.line}: {wrong}, which is left out")
    return fitting


def _call(desk: Desk, entry: DemandEntry, address: Address, standards: Mapping[str, int], slots: int) -> Call:
    """Return a demand point listed in the shift file."""
    if entry.zone is not None and desk.is_own("response"):
        desk.lookup(entry.zone, standards, (*address, "zone"), "zone")
    return Call(entry.name, *entry.at, (entry.demand,) * slots, entry.zone, desk.origin(address))


def _hours(desk: Desk) -> list[int]:
    """Return the hour of each slot."""
    return [] if desk.horizon is None else [hour for _, hour in desk.horizon.hours]

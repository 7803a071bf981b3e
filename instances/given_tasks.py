"""The tasks that a planner gives, in the shift file or in a table beside it."""

from __future__ import annotations

from functools import partial

from instances.clock_times import LocalSpan
from instances.desk_tables import hand_over, modes_cell, names_cell, on_grid, open_table, windows_cell
from instances.errors import Fault
from instances.field_kinds import flag_of, number_of, text_of
from instances.point_tables import PointTable, Row
from instances.quantities import duration_text, length_of, positive
from instances.shift import Horizon, Job, Origin
from instances.shift_desk import Desk
from instances.shift_document import ShiftDocument, TaskEntry
from instances.windows import Window, beginning
from instances.yaml_lines import Address

COLUMNS = ("minutes", "between", "profit", "required", "modes", "skills", "available", "district")


def jobs_of(desk: Desk, document: ShiftDocument) -> tuple[Job, ...]:
    """Return the tasks."""
    if document.tasks is None:
        return ()
    if not isinstance(document.tasks, str):
        return tuple(_job(desk, entry, desk.reading.address("tasks", i)) for i, entry in enumerate(document.tasks))
    table = open_table(desk, ("tasks",), document.tasks, what="task", known=COLUMNS)
    if table is None:
        return ()
    if "minutes" not in table.known:
        wrong, right = "there is no column 'minutes'", "say how long each takes"
        desk.faults.append(Fault(table.file, table.header_line, 0, "minutes", wrong, right))
        return ()
    jobs = tuple(_job_of_row(desk, table, row) for row in table.rows)
    hand_over(desk, table)
    return jobs


def _job(desk: Desk, entry: TaskEntry, address: Address) -> Job:
    """Return a task listed in the shift file."""
    minutes = desk.length(entry.minutes, (*address, "minutes"), written=True)
    _fit(desk, minutes, desk.origin((*address, "minutes")))
    return Job(
        *(entry.name, *entry.at, minutes),
        profit=_profit(entry.profit, required=entry.required),
        windows=desk.windows(entry.between, (*address, "between"), partial(_beginnings, minutes)),
        required=entry.required,
        modes=tuple(dict.fromkeys(entry.modes)),
        skills=tuple(dict.fromkeys(entry.skills)),
        available=entry.available,
        origin=desk.origin(address),
        district=entry.district or "",
    )


def _job_of_row(desk: Desk, table: PointTable, row: Row) -> Job:
    """Return a task of a table."""
    if not row.cells.get("minutes"):
        table.faults.append(table.origin(row, "minutes").fault("is blank", "say how long it takes, such as 15"))
    minutes = table.read(row, "minutes", on_grid(desk, positive(length_of)), 0)
    _fit(desk, minutes, table.origin(row, "minutes"))
    required = table.read_text(row, "required", flag_of, False)
    return Job(
        *(row.name, row.lat, row.lon, minutes),
        profit=_profit(table.read(row, "profit", number_of, None), required=required),
        windows=table.read_text(row, "between", windows_cell(desk, partial(_beginnings, minutes)), ()),
        required=required,
        modes=table.read_text(row, "modes", modes_cell, ()),
        skills=table.read_text(row, "skills", names_cell, ()),
        available=table.read_text(row, "available", flag_of, True),
        origin=table.origin(row),
        district=table.read_text(row, "district", text_of, ""),
    )


def _profit(profit: float | None, *, required: bool) -> float:
    """Return what a task is worth: a required one is done for its own sake."""
    if profit is None:
        return 0.0 if required else 1.0
    return profit


def _beginnings(minutes: int, horizon: Horizon, span: LocalSpan) -> list[Window]:
    """Return when a task of so many `minutes` may begin."""
    return [beginning(horizon, span, minutes)]


def _fit(desk: Desk, minutes: int, origin: Origin) -> None:
    """Note a task that is longer than the time planned for."""
    if desk.horizon is not None and minutes > desk.horizon.minutes:
        wrong = f"{duration_text(minutes)} do not fit in the file's {desk.horizon}"
        desk.faults.append(origin.fault(wrong, "make it shorter"))

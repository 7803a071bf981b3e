"""The calendar of crews that a shift file names: who is on duty when, as `patrol roster` writes it.

A row is one duty of one crew: its `crew`, the name of the `shift`, and local `start` and `end` with their dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from instances.clock_times import elapsed_minutes, local_time, resolve
from instances.delimited import Columns, open_delimited
from instances.errors import Fault, InputError, nearest
from instances.field_kinds import text_of
from instances.near_names import few, nearest_name
from instances.quantities import QuantityError

if TYPE_CHECKING:
    from pathlib import Path

    from instances.shift import Horizon
    from instances.shift_desk import Desk
    from instances.yaml_lines import Address

T = TypeVar("T")

COLUMNS = ("crew", "shift", "start", "end")
"""The columns that are read, whatever else there is."""


@dataclass(frozen=True)
class Duty:
    """A duty of a crew within the horizon: minutes ``[start, end)``, and the name of its shift."""

    start: int
    end: int
    shift: str
    line: int


@dataclass
class CrewDuties:
    """The duties of each crew within the horizon of a file, those beyond it cut off; a crew that is off has none."""

    file: str
    crews: dict[str, list[Duty]]
    off: list[str] = field(default_factory=list)

    def duty(
        self, desk: Desk, crew: str, address: Address, callsigns: Sequence[str]
    ) -> tuple[tuple[int, int] | None, str]:
        """Return from when to when a crew is on duty, and its shift; None where it is off, or after noting why not."""
        if crew not in self.crews:
            desk.fault(address, f"there is no crew called {crew!r} in {self.file}", nearest_name(crew, self.crews))
            return None, ""
        duties = self.crews[crew]
        if len(duties) > 1:
            wrong = f"crew {crew!r} has {len(duties)} duties in the time of this file, on lines "
            wrong += f"{duties[0].line} and {duties[1].line} of {self.file}"
            desk.fault(address, wrong, "plan a shorter time, or give the unit its 'shift'")
            return None, ""
        if not duties:
            self.off += callsigns
            return None, ""
        return (duties[0].start, duties[0].end), duties[0].shift

    def tell(self, desk: Desk, on_duty: Sequence[str]) -> None:
        """Note who is off duty; that nobody is left is a fault."""
        if self.off and not on_duty and not desk.faults:
            desk.fault(
                ("calendar",), f"all units are off duty by {self.file}", "plan another day, or give them a 'shift'"
            )
        elif self.off:
            desk.notes.append(f"{self.file}: off duty, so left out: {few(self.off)}")


def crew_duties(desk: Desk) -> CrewDuties | None:
    """Return what the calendar of a file says; None where it names none, or after noting what is wrong with it."""
    text = desk.reading.document.calendar
    path = desk.path(("calendar",), text) if text is not None and desk.is_own("calendar") else None
    if path is None or desk.horizon is None:
        return None
    try:
        return CrewDuties(path.name, _read(path, desk.horizon))
    except InputError as error:
        desk.faults += error.faults
        return None


def _read(path: Path, horizon: Horizon) -> dict[str, list[Duty]]:
    """Return the duties of each crew that lie within the horizon.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a column, or a row is wrong; it lists everything that is wrong.
    """
    table = open_delimited(path)
    header = [name.casefold() for name in table.header]
    faults = [
        Fault(path.name, table.header_line, 0, column, "there is no such column", nearest(column, header))
        for column in COLUMNS
        if column not in header
    ]
    if faults:
        raise InputError(faults)
    columns = table.read([header.index(column) for column in COLUMNS])
    crews: dict[str, list[Duty]] = {}
    for i, line in enumerate(columns.lines.tolist()):
        row = _Row(path.name, line, columns, i, horizon, faults)
        crew, shift = row.cell("crew", _name), row.cell("shift", text_of)
        start, end = row.cell("start", row.minute), row.cell("end", row.minute)
        if crew is None or shift is None or start is None or end is None:
            continue
        duties = crews.setdefault(crew, [])
        if end <= start:
            faults.append(Fault(path.name, line, 0, "end", "the duty ends before it begins", "write a later time"))
        elif start < horizon.minutes and end > 0:
            duties.append(Duty(max(start, 0), min(end, horizon.minutes), shift, line))
    if not crews and not faults:
        faults.append(Fault(path.name, table.header_line, 0, "", "there is no duty in it", "add a row"))
    if faults:
        raise InputError(faults)
    return crews


class _Row:
    """One row of the table, with the faults that are found in it."""

    def __init__(
        self, file: str, line: int, columns: Columns, index: int, horizon: Horizon, faults: list[Fault]
    ) -> None:
        self.file, self.line, self.horizon, self.faults = file, line, horizon, faults
        self.cells = {name: values[index] for name, values in zip(COLUMNS, columns.values, strict=True)}

    def cell(self, column: str, parse: Callable[[str], T]) -> T | None:
        """Return what a cell says; None after noting what is wrong with it."""
        try:
            return parse(self.cells[column])
        except QuantityError as error:
            self.faults.append(Fault(self.file, self.line, 0, column, error.wrong, error.right))
            return None

    def minute(self, text: str) -> int:
        """Return the minute of a local date and time; on the grid where it lies within the horizon."""
        horizon = self.horizon
        local = local_time(text.replace("T", " "), dated=True)
        found = elapsed_minutes(horizon.start, resolve(local, horizon.zone), local.text)
        if 0 <= found <= horizon.minutes and found % horizon.grid:
            raise QuantityError(f"{text} is not on the grid of {horizon.grid} min", "change it, or use a finer grid")
        return found


def _name(text: str) -> str:
    """Return a name that is one."""
    if not text:
        raise QuantityError("is blank", "name the crew, or delete the row")
    return text_of(text)

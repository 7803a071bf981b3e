"""Tables that a shift file names: opening one, and reading its cells by the rules of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from instances.clock_times import LocalSpan
from instances.errors import InputError
from instances.field_kinds import text_of
from instances.near_names import nearest_name
from instances.point_tables import PointTable, read_points
from instances.quantities import QuantityError
from instances.shift import Horizon
from instances.shift_desk import Desk
from instances.windows import Window, joined, spans_of, words_of
from instances.yaml_lines import Address
from solver.problem import MODES


def open_table(
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


def hand_over(desk: Desk, table: PointTable) -> None:
    """Put what was found in the cells of a table on the desk."""
    desk.faults += table.faults
    desk.notes += table.notes


def on_grid(desk: Desk, parse: Callable[[str], int]) -> Callable[[str], int]:
    """Return `parse` refusing what is off the grid."""
    grid = 1 if desk.horizon is None else desk.horizon.grid

    def checked(text: str) -> int:
        minutes = parse(text)
        if minutes % grid:
            raise QuantityError(f"{minutes} min is not a multiple of the grid of {grid} min", "change it or the grid")
        return minutes

    return checked


def windows_cell(
    desk: Desk, read: Callable[[Horizon, LocalSpan], Iterable[Window]]
) -> Callable[[str], tuple[Window, ...]]:
    """Return a reader of a cell of spans, of which `read` makes windows."""

    def parse(text: str) -> tuple[Window, ...]:
        spans = spans_of(text)
        if desk.horizon is None:
            return ()
        return tuple(joined(window for span in spans for window in read(desk.horizon, span)))

    return parse


def name_cell(names: Mapping[str, object], what: str) -> Callable[[str], str]:
    """Return a reader of one of `names`."""

    def parse(text: str) -> str:
        name = text_of(text)
        if name not in names:
            raise QuantityError(f"there is no {what} called {name!r}", nearest_name(name, list(names)))
        return name

    return parse


def modes_cell(text: str) -> tuple[str, ...]:
    """Return the modes in a cell."""
    known = name_cell(dict.fromkeys(MODES), "mode")
    return tuple(dict.fromkeys(known(word) for word in words_of(text)))


def names_cell(text: str) -> tuple[str, ...]:
    """Return the names in a cell."""
    return tuple(dict.fromkeys(text_of(word) for word in words_of(text)))

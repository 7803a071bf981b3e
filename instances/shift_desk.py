"""What the checks of a shift file share: its tree, its horizon, and the faults and notes that pile up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from instances.clock_times import LocalSpan, LocalTime
from instances.errors import Fault, nearest
from instances.near_names import nearest_name
from instances.quantities import QuantityError, duration_text
from instances.shift import Horizon, Origin
from instances.shift_reading import Reading
from instances.windows import CHANGE, Window, joined, minute_of, require_grid
from instances.yaml_lines import Address, Tree, field_name

T = TypeVar("T")


class Desk:
    """Where a shift file is checked.

    `horizon` is None where the times of the file itself are wrong: what depends on it is then not checked.
    """

    def __init__(self, tree: Tree, reading: Reading, folder: Path) -> None:
        self.tree = tree
        self.reading = reading
        self.folder = folder
        self.horizon: Horizon | None = None
        self.faults: list[Fault] = list(reading.faults)
        self.road_faults: list[Fault] = []
        self.notes: list[str] = []
        self.unread: set[str] = set()

    def fault(self, address: Address, wrong: str, right: str = "", *, key: bool = False) -> None:
        """Note a fault at `address`."""
        self.faults.append(self.tree.fault(address, wrong, right, key=key))

    def origin(self, address: Address) -> Origin:
        """Return where `address` stands."""
        mark = self.tree.mark(address)
        return Origin(self.tree.file, mark.line, mark.column, field_name(address))

    def is_own(self, *fields: str) -> bool:
        """Tell whether all of these fields at the top are known: not set aside as wrong, their tables read."""
        return not (self.reading.broken | self.unread) & set(fields)

    def path(self, address: Address, text: str, *, roads: bool = False) -> Path | None:
        """Return the file that `text` names, relative to the shift file; None after noting that there is none."""
        path = self.folder / text
        right = "write its path from the folder of this file"
        try:
            if path.is_file():
                return path
            there = "is a folder" if path.is_dir() else "is a pipe, a device or a socket" if path.exists() else ""
            wrong = f"{text!r} {there}" if there else f"there is no file {text!r}"
            if path.parent.is_dir():
                hint = nearest(path.name, [p.name for p in path.parent.iterdir() if p.is_file()])
                right = hint if hint.startswith("did") else right
        except OSError as error:  # a name too long, a folder that may not be looked into
            wrong = f"{text!r} cannot be read: {(error.strerror or str(error)).lower()}"
        (self.road_faults if roads else self.faults).append(self.tree.fault(address, wrong, right))
        return None

    def minute(self, local: LocalTime, address: Address, *, after: int, strictly: bool = False) -> int | None:
        """Return the minute that `local` means, at or after minute `after`; None after noting a fault."""
        if self.horizon is None:
            return None
        try:
            return minute_of(self.horizon, local, after=after, strictly=strictly)
        except QuantityError as error:
            self.fault(address, error.wrong, error.right)
            return None

    def span(
        self, start: LocalTime | None, end: LocalTime | None, addresses: tuple[Address, Address], *, after: int = 0
    ) -> tuple[int, int] | None:
        """Return the minutes of a span that must lie in the horizon; None after noting what is wrong.

        A start left out is the start of the horizon, an end left out is its end.
        """
        if self.horizon is None:
            return None
        horizon = self.horizon
        first = 0 if start is None else self.minute(start, addresses[0], after=after)
        if first is None:
            return None
        last = horizon.minutes if end is None else self.minute(end, addresses[1], after=first, strictly=True)
        if last is None:
            return None
        wrong = ""
        if last <= first:
            wrong = f"ends at {horizon.clock(last)}, not after its start at {horizon.clock(first)}"
        elif first < 0 or first >= horizon.minutes:
            wrong = f"starts at {horizon.clock(first)}, outside the file's {horizon}"
        elif last > horizon.minutes:
            wrong = f"ends at {horizon.clock(last)}, after the file's end at {horizon.clock(horizon.minutes)}"
        if wrong:
            self.fault(addresses[0], wrong, CHANGE)
            return None
        on_grid = [self.on_grid(minute, address) for minute, address in zip((first, last), addresses, strict=True)]
        return (first, last) if all(on_grid) else None

    def named_span(self, span: LocalSpan, address: Address, *, after: int = 0) -> tuple[int, int] | None:
        """Return the minutes of a span written as one text."""
        return self.span(span.start, span.end, (address, address), after=after)

    def windows(
        self,
        spans: LocalSpan | list[LocalSpan] | None,
        address: Address,
        read: Callable[[Horizon, LocalSpan], Iterable[Window]],
    ) -> tuple[Window, ...]:
        """Return the windows that `read` makes of one span or several; faulty ones are left out after noting it."""
        if spans is None or self.horizon is None:
            return ()
        found: list[Window] = []
        listed = isinstance(spans, list)
        for i, span in enumerate(spans if isinstance(spans, list) else [spans]):
            place = (*address, i) if listed else address
            try:
                found += read(self.horizon, span)
            except QuantityError as error:
                self.fault(place, error.wrong, error.right)
        return tuple(joined(found))

    def on_grid(self, minute: int, address: Address) -> bool:
        """Note a time that is no multiple of the grid from the start."""
        if self.horizon is None:
            return True
        try:
            require_grid(self.horizon, minute)
        except QuantityError as error:
            self.fault(address, error.wrong, error.right)
            return False
        return True

    def length(self, minutes: int, address: Address, *, written: bool) -> int:
        """Return a length on the grid: a default is rounded up to it, one that was written must be on it."""
        if self.horizon is None or not self.is_own("grid"):
            return minutes
        grid = self.horizon.grid
        up = -(-minutes // grid) * grid
        if written and up != minutes:
            low = f"{duration_text(up - grid)} or " if up > grid else ""
            wrong = f"{duration_text(minutes)} is not a multiple of the grid of {duration_text(grid)}"
            self.fault(address, wrong, f"write {low}{duration_text(up)}, or a finer grid")
        return up

    def lookup(self, name: str, names: Mapping[str, T] | Iterable[str], address: Address, what: str) -> bool:
        """Tell whether `name` is one of `names`; note it where it is not."""
        known = list(names)
        if name in known:
            return True
        self.fault(address, f"there is no {what} called {name!r}", nearest_name(name, known))
        return False


def unique(items: Iterable[tuple[str, Origin]], note: Callable[[Fault], None], *, folded: bool = False) -> None:
    """Note every name that was used before; `folded` takes ``A1`` and ``a1`` for the same."""
    seen: dict[str, tuple[str, Origin]] = {}
    for name, origin in items:
        key = name.casefold() if folded else name
        if key not in seen:
            seen[key] = (name, origin)
            continue
        first, where = seen[key]
        place = f"line {where.line}" if where.file == origin.file and where.line else f"{where.file}:{where.line}"
        wrong = f"{name!r} is already used on {place}"
        if first != name:
            wrong = f"{name!r} is too like {first!r} on {place} (upper and lower case are alike in file names)"
        note(origin.fault(wrong, "give each its own name"))

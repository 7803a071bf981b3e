"""All stops of a plan as a table, one row a stop, for spreadsheet programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from solver.clock import Clock
from solver.export.itinerary import Halt, Itinerary, itineraries
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem

COLUMNS = ("callsign", "stop", "kind", "place", "arrive", "leave", "minutes", "lat", "lon", "exit_lat", "exit_lon")

_FORMULA = re.compile(r"(?:^|(?<=[,;\t|]))([\s\"']*)(?=[=+\-@＝＋－＠])")
"""Where a cell may begin (also where a program splits at another separator) and its text would be taken
for a formula; full-width signs count, as East Asian versions take them for the narrow ones."""


def stops_csv(problem: Problem, plan: Plan) -> bytes:
    """Return all stops of `plan` as CSV in UTF-8 with a byte order mark, lines ending in CR LF.

    Text is on one line and in quotes.  A name that begins like a formula (``=``, ``+``, ``-`` or ``@``) gets
    an apostrophe before it, so that no spreadsheet program runs it.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    clock = Clock.of(problem)
    return spreadsheet(COLUMNS, [_row(clock, tour, halt) for tour in itineraries(problem, plan) for halt in tour.halts])


def spreadsheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table for spreadsheet programs, as `stops_csv` does."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Return `text` on one line, with an apostrophe wherever a spreadsheet program would see a formula begin."""
    return _FORMULA.sub(r"\1'", one_line(text))


def _row(clock: Clock, tour: Itinerary, halt: Halt) -> tuple[str | int | float, ...]:
    """Return one stop."""
    stop, place = halt.stop, halt.place
    return (
        tour.unit.callsign,
        halt.number,
        stop.kind,
        place.name,
        clock.iso(stop.arrive),
        clock.iso(stop.leave),
        halt.minutes,
        *(round(float(degrees), 7) for lon, lat in (halt.begin, halt.end) for degrees in (lat, lon)),
    )

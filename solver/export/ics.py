"""One unit's plan as an iCalendar file (RFC 5545), for the calendar on a telephone or a desk.

The shift is an event and each stop another; standby does not block the calendar, and stops of no length are left out.
All times are in UTC, which every calendar shows in its own zone; the texts have those of the planner.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from solver.clock import Clock
from solver.duty_span import is_off_duty
from solver.export.drive import Drive, drives
from solver.export.gpx import comment
from solver.export.ical_text import document, escaped
from solver.export.itinerary import Halt, Itinerary, itinerary
from solver.export.words import order, shift_line, task_of
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets
from solver.wording import Times

Lines = list[str]


def unit_ics(problem: Problem, plan: Plan, streets: Streets, callsign: str) -> bytes:
    """Return the plan of the unit called `callsign` as an iCalendar document in UTF-8, lines ending in CR LF.

    An event's identifier is made of the fingerprint of the problem, the callsign and the number of the stop, so that a
    calendar takes a later plan of the same problem for a change of the same events.  Times of writing are the start of
    the plan: no clock is read.

    Raises
    ------
    ExportError
        When the plan has no such route or it cannot be shown.
    """
    clock, times = Clock.of(problem), Times(problem)
    tour = itinerary(problem, plan, callsign)
    by_end = {d.end.number: d for d in drives(problem, streets, tour)}
    name = f"{one_line(callsign)}: {one_line(problem.name)}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//patrolplan//patrol export ics//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{escaped(clock.zone.key)}",
    ]
    family = hashlib.sha256(f"{problem.fingerprint()}\0{callsign}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    lines += _shift(clock, tour, family)
    for halt in tour.halts:
        if halt.minutes and not is_off_duty(tour.unit, tour.duty, halt.stop):
            lines += _stop(clock, times, tour, halt, by_end.get(halt.number), family)
    lines.append("END:VCALENDAR")
    return document(lines)


def _shift(clock: Clock, tour: Itinerary, family: str) -> Lines:
    """Return the event of the shift, or of the duty that the unit chooses; without a duty it blocks nothing."""
    duty = "not on duty" if tour.duty is None else "on call" if tour.on_call else "on duty"
    return _event(
        clock,
        f"{family}-shift",
        tour.duty or (tour.unit.start, tour.unit.end),
        summary=f"{one_line(tour.unit.callsign)}: {duty}",
        description=f"{shift_line(clock, tour)}.",
        place=tour.halts[0],
        category="shift",
        free=tour.duty is None,
    )


def _stop(clock: Clock, times: Times, tour: Itinerary, halt: Halt, drive: Drive | None, family: str) -> Lines:
    """Return the event of a stop; standby does not block the calendar."""
    return _event(
        clock,
        f"{family}-{halt.number:03d}",
        (halt.stop.arrive, halt.stop.leave),
        summary=f"{one_line(tour.unit.callsign)}-{halt.number:02d} {task_of(tour, halt)} {one_line(halt.place.name)}",
        description=f"{order(times, tour, halt)}\n{comment(clock, halt, drive)}",
        place=halt,
        category=halt.stop.kind,
        free=halt.stop.kind == "standby",
    )


def _event(
    clock: Clock,
    identifier: str,
    span: tuple[int, int],
    *,
    summary: str,
    description: str,
    place: Halt,
    category: str,
    free: bool,
) -> Lines:
    """Return the lines of an event."""
    lon, lat = place.begin
    return [
        "BEGIN:VEVENT",
        f"UID:{identifier}@patrolplan",
        f"DTSTAMP:{_utc(clock.utc(0))}",
        f"DTSTART:{_utc(clock.utc(span[0]))}",
        *([f"DTEND:{_utc(clock.utc(span[1]))}"] if span[0] < span[1] else []),
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(description)}",
        f"LOCATION:{escaped(one_line(place.place.name))}",
        f"GEO:{lat:.7f};{lon:.7f}",
        f"CATEGORIES:{category}",
        f"TRANSP:{'TRANSPARENT' if free else 'OPAQUE'}",
        "END:VEVENT",
    ]


def _utc(time: datetime) -> str:
    """Return a time in UTC, ending in Z."""
    return time.strftime("%Y%m%dT%H%M%SZ")

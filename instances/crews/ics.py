"""A crew's duties as iCalendar (RFC 5545), for the calendar of a phone: one event a duty, in local time."""

from __future__ import annotations

import hashlib

from instances.crews.calendar import Calendar
from solver.export.ical_text import document, escaped
from solver.plain_text import one_line


def crew_ics(calendar: Calendar, crew: str) -> bytes:
    """Return the duties of `crew`; times are those of the wall clock wherever it is read, and no clock is read here."""
    stamp = f"{calendar.duties[0].date:%Y%m%d}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//patrolplan//roster//EN",
        f"X-WR-CALNAME:{escaped(one_line(crew))}",
    ]
    for duty in calendar.duties:
        if duty.crew == crew:
            mark = hashlib.sha256(f"{crew}\n{duty.shift}\n{duty.start}".encode("utf-8", "surrogatepass")).hexdigest()[
                :16
            ]
            lines += [
                "BEGIN:VEVENT",
                f"UID:{mark}@patrolplan",
                f"DTSTAMP:{stamp}",
                f"DTSTART:{duty.start:%Y%m%dT%H%M%S}",
                f"DTEND:{duty.end:%Y%m%dT%H%M%S}",
                f"SUMMARY:{escaped(one_line(duty.shift))} ({escaped(one_line(crew))})",
                "END:VEVENT",
            ]
    return document([*lines, "END:VCALENDAR"])

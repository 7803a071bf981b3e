"""A crew's duties as iCalendar (RFC 5545), for the calendar of a phone: one event a duty, in local time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from instances.crews.calendar import Calendar
from solver.plain_text import one_line

LINE = 75
"""Bytes in a line; what is longer goes on in the next, which begins with a space."""


def crew_ics(calendar: Calendar, crew: str) -> bytes:
    """Return the duties of `crew`; times are those of the wall clock wherever it is read, and no clock is read here."""
    stamp = f"{calendar.duties[0].date:%Y%m%d}T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//patrolplan//roster//EN", f"X-WR-CALNAME:{_text(crew)}"]
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
                f"SUMMARY:{_text(duty.shift)} ({_text(crew)})",
                "END:VEVENT",
            ]
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line)).encode()


def _text(text: str) -> str:
    """Return text with what means something escaped."""
    clean = one_line(text)
    for sign in ("\\", ";", ","):
        clean = clean.replace(sign, f"\\{sign}")
    return clean


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most `LINE` bytes, no character cut."""
    piece, start = "", ""
    for character in line:
        if len((piece + character).encode()) > LINE:
            yield piece
            piece = start = " "
        piece += character
    if piece != start or not start:
        yield piece

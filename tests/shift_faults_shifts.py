"""Faults of a shift file that lie in its named shifts, and in what names them; those of a calendar are told as well."""

from __future__ import annotations

from tests.shift_faults import Sample

UNITS = 'units:\n  - {callsign: A1, station: Central, mode: car, shift: "18:00-02:00", '


def named(shifts: str, shift: str, said: str) -> Sample:
    """Return a sample of a file with named shifts, to which its first unit refers."""
    units = UNITS.replace('"18:00-02:00"', shift)
    return Sample(UNITS, f"shifts: {shifts}\n{units}", said)


SHIFTS = (
    named(
        '{late: "18:00-02:00"}',
        "laet",
        "night.yaml:14:56: units[0].shift: there is no shift called 'laet'; did you mean 'late'?",
    ),
    named(
        '{late: "18:00-03:00"}',
        "late",
        "night.yaml:12:16: shifts.late: ends at 03:00 on 2020-11-21, after the file's end at 02:00 on 2020-11-21; "
        "change it, or 'from' and 'to' at the top",
    ),
    named(
        "{late: evening}",
        "late",
        "night.yaml:12:16: shifts.late: 'evening' is not a span of time; write it like '18:00-02:00'",
    ),
    Sample(
        "units:\n",
        "calendar: roster.csv\nunits:\n",
        "night.yaml:12:11: calendar: there is no file 'roster.csv'; write its path from the folder of this file",
    ),
)

"""Faults of a shift file that lie in how long its units may be on duty."""

from __future__ import annotations

from tests.shift_faults import Sample
from tests.shift_samples import SHIFT

SPAN = 'shift: "19:00-01:00"'
REST = SHIFT[SHIFT.index("hotspots:") :]
"""All of the shift file behind its stations."""


def alone(unit: str, said: str) -> Sample:
    """Return a sample of a file with one unit, and tasks alone."""
    task = "tasks: [{name: School, at: [51.5004, -0.1], minutes: 15}]\n"
    return Sample(REST, f"units: [{{callsign: A1, station: Central, {unit}}}]\n{task}", said)


DUTY = (
    Sample(
        SPAN,
        f"{SPAN}, longest_duty: 4",
        "night.yaml:14:98: units[1].longest_duty: '4' has no unit; write it like '12 min' or '90 days'",
    ),
    Sample(
        SPAN,
        f"{SPAN}, longest_duty: 4 h",
        "night.yaml:14:98: units[1].longest_duty: a longest duty shorter than the shift is for files of tasks alone, "
        "and this one has hotspots, demand and posts; make 'shift' as long as the duty instead, or leave out what is "
        "no task",
    ),
)

DUTY_BUILD = (
    alone(
        "end_station: North, mode: foot, longest_duty: 1 min",
        "night.yaml:9:9: units[0]: unit 'A1': the way on foot from 'Central' to 'North' takes 2 min, longer than its "
        "longest duty of 1 min; make that longer, or choose another end_station",
    ),
    alone(
        "mode: foot, longest_duty: 30 min, break: {minutes: 28, at: [North]}",
        "night.yaml:9:83: units[0].break: unit 'A1': a break of 28 min with the ways to it and home takes 32 min, "
        "longer than its longest duty of 30 min; make the break shorter or the longest duty longer",
    ),
)

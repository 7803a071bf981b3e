"""Faults of a shift file that lie in its level of alert."""

from __future__ import annotations

from tests.shift_faults import Sample
from tests.shift_samples import SHIFT

GOALS = "goals: {presence"
REST = SHIFT[SHIFT.index("hotspots:") :]
"""All of the shift file behind its stations."""


def alert(written: str, said: str) -> Sample:
    """Return a sample of a file under an alert."""
    return Sample(GOALS, f"alert: {written}\n{GOALS}", said)


ALERT = (
    alert("ornage", "night.yaml:18:8: alert: there is no 'ornage' here; did you mean 'orange'?"),
    alert(
        "{level: purple}",
        "night.yaml:18:16: alert.level: there is no 'purple' here; use one of 'green', 'orange', 'red', 'yellow'",
    ),
    alert(
        "{level: red, shares: {rde: 0.9}}",
        "night.yaml:18:35: alert.shares.rde: there is no level called 'rde'; did you mean 'red'?",
    ),
    alert(
        "{shares: {red: 90}}",
        "night.yaml:18:23: alert.shares.red: '90' is more than the whole; write a number from 0 to 1, such as 0.3, "
        "or '30 %'",
    ),
    alert(
        "{districts: {North: red}}",
        "night.yaml:18:28: alert.districts.North: nothing says where the districts lie; give the file a line "
        "'districts: FILE.geojson', or each place its 'district'",
    ),
    Sample(
        "stations: stations.csv",
        "stations: [{name: Central, at: [51.4990, -0.1], district: South}, {name: North, at: [51.5010, -0.1]}]\n"
        "alert: {districts: {Sooth: red}}",
        "night.yaml:9:28: alert.districts.Sooth: there is no district called 'Sooth'; did you mean 'South'?",
    ),
    Sample(
        REST,
        "units: [{callsign: A1, station: Central, mode: car, longest_duty: 4 h}]\n"
        "tasks: [{name: School, at: [51.5004, -0.1], minutes: 15}]\nalert: red\n",
        "night.yaml:9:67: units[0].longest_duty: a longest duty shorter than the shift is for files of tasks alone, "
        "and this one has a level of alert; make 'shift' as long as the duty instead, or leave out what is no task",
    ),
)

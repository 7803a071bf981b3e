"""Faults of a shift file that lie in what it says of quick-response points."""

from __future__ import annotations

from tests.shift_faults import Sample, table

GOALS = "goals: {presence"


def sites(entry: str, said: str) -> Sample:
    """Return a sample whose fault lies in `sites`."""
    return Sample(GOALS, f"sites: {{{entry}}}\n{GOALS}", said)


SITES = (
    sites(
        "points: none",
        "night.yaml:18:17: sites.points: 'none' is not a whole number; write a whole number from 1 to 100,000",
    ),
    sites("hours: median", "night.yaml:18:16: sites.hours: there is no 'median' here; did you mean 'mean'?"),
    sites(
        "backup: 1.2",
        "night.yaml:18:17: sites.backup: '1.2' is more than the whole; write a number from 0 to 1, such as 0.3, "
        "or '30 %'",
    ),
    sites(
        "candidates: corners.csv",
        "night.yaml:18:21: sites.candidates: there is no file 'corners.csv'; did you mean 'stations.csv'?",
    ),
    sites(
        "candidates: roofs",
        "night.yaml:18:21: sites.candidates: there is no 'roofs' here; write junctions, grid, stations, the name of a "
        "table, or a list",
    ),
    sites(
        "candidates: junction",
        "night.yaml:18:21: sites.candidates: there is no 'junction' here; did you mean 'junctions'?",
    ),
    sites(
        "candidates: []",
        "night.yaml:18:21: sites.candidates: is empty; write at least one, or delete the line",
    ),
    sites(
        "candidates: [{name: Yard, at: [51.5, -0.1]}, {name: Yard, at: [51.501, -0.1]}]",
        "night.yaml:18:54: sites.candidates[1]: 'Yard' is already used on line 18; give each its own name",
    ),
    table(
        "spots.csv",
        "name,lat,lon\nYard,51.5,\n",
        "spots.csv:2: lon: is blank; give degrees such as 51.5134, or delete the row",
        old=GOALS,
        new=f"sites: {{candidates: spots.csv}}\n{GOALS}",
    ),
)

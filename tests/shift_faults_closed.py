"""Faults of a shift file that lie in the streets that it says are closed."""

from __future__ import annotations

from tests.shift_faults import Sample, table

STATIONS = "stations: stations.csv"


def closed(entries: str, said: str) -> Sample:
    """Return a sample whose fault lies in what is closed."""
    return Sample(STATIONS, f"closed: [{entries}]\n{STATIONS}", said)


def area(text: str, said: str) -> Sample:
    """Return a sample whose fault lies in a file of closed areas."""
    return table("market.geojson", text, said, old=STATIONS, new=f"closed: [{{area: market.geojson}}]\n{STATIONS}")


CLOSED = (
    closed(
        "{within: 50 m}, {modes: [car]}",
        "night.yaml:8:10: closed[0]: does not say in one way which streets are closed; give 'street', "
        "'at' with 'within', 'from' with 'to', or 'area'\n"
        "night.yaml:8:26: closed[1]: does not say in one way which streets are closed; give 'street', "
        "'at' with 'within', 'from' with 'to', or 'area'",
    ),
    closed(
        "{street: East Street, at: [51.5, -0.1], within: 50 m}",
        "night.yaml:8:10: closed[0]: does not say in one way which streets are closed; give 'street', "
        "'at' with 'within', 'from' with 'to', or 'area'",
    ),
    closed(
        "{area: [[51.5, -0.1], [51.501, -0.1]]}",
        "night.yaml:8:17: closed[0].area: is too short; write at least 3",
    ),
    closed(
        "{area: [[51.5, -0.1], [51.501, -0.099], [51.501, -0.1], [51.5, -0.099]]}",
        "night.yaml:8:17: closed[0].area: the polygon is not valid (Self-intersection[-0.0995 "
        "51.5005]); let its border not cross itself",
    ),
    closed(
        "{area: markt.geojson}",
        "night.yaml:8:17: closed[0].area: there is no file 'markt.geojson'; did you mean 'parts.geojson'?",
    ),
    closed(
        "{street: East Street, modes: []}",
        "night.yaml:8:39: closed[0].modes: is empty; write at least one, or delete the line",
    ),
    area(
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [0, 0]}}]}',
        "market.geojson: features[0].geometry: is not a polygon; draw closed areas as polygons",
    ),
)

CLOSED_BUILD = (
    closed(
        "Est Street, {at: [51.51, -0.1], within: 50 m}",
        "night.yaml:8:10: closed[0]: there is no street called 'Est Street'; did you mean 'East "
        "Street'?\n"
        "night.yaml:8:22: closed[1]: no street comes within 50 m of it; correct the point, or go farther",
    ),
    closed(
        "{from: [51.51, -0.1], to: [51.5, -0.1]}",
        "night.yaml:8:10: closed[0]: 'from' is more than 250 m from the nearest street (car); correct it",
    ),
    closed(
        "{from: [51.5, -0.1], to: [51.5, -0.1]}",
        "night.yaml:8:10: closed[0]: the two points are one place; choose them apart",
    ),
    closed(
        "{area: [[-0.1, 51.5], [-0.1, 51.6], [-0.2, 51.6]]}",
        "night.yaml:8:10: closed[0]: no street touches it; correct its corners: latitude first here, "
        "longitude first in GeoJSON",
    ),
)

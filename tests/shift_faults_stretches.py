"""Faults of a shift file that lie in hotspots that are stretches of street."""

from __future__ import annotations

from tests.shift_faults import Sample, table

SPOTS = "hotspots: hotspots.csv"
BREAK = 'break: {minutes: 30, between: "21:00-23:30"}'


def spots(entries: str, said: str) -> Sample:
    """Return a sample whose fault lies in the hotspots that it lists."""
    return Sample(SPOTS, f"hotspots: [{entries}]", said)


STRETCHES = (
    spots(
        "{name: Mall}, {name: Quay, from: [51.5, -0.1]}",
        "night.yaml:9:12: hotspots[0]: does not say in one way where it is; give 'at', or 'from' and "
        "'to' of a stretch of street\n"
        "night.yaml:9:26: hotspots[1]: does not say in one way where it is; give 'at', or 'from' and "
        "'to' of a stretch of street",
    ),
    spots(
        "{name: Mall, at: [51.5, -0.1], from: [51.5, -0.1], to: [51.501, -0.1]}",
        "night.yaml:9:12: hotspots[0]: does not say in one way where it is; give 'at', or 'from' and "
        "'to' of a stretch of street",
    ),
    spots(
        "{name: Mall, from: [51.5, -0.1], to: [151.501, -0.1]}",
        "night.yaml:9:49: hotspots[0].to: latitude 151.501 is outside -90 to 90; are latitude and longitude exchanged?",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,to_lat,to_lon\nMall,51.5,-0.1,51.501,\nQuay,51.5,-0.1,north,-0.1\nPier,51.5,-0.1,0,0\n",
        "hotspots.csv:2: to_lon: is blank; give both ends of the stretch\n"
        "hotspots.csv:3: to_lat: 'north' is not a number of degrees; give degrees such as 51.5134\n"
        "hotspots.csv:4: to_lat, to_lon: 0, 0 is no place on land; write latitude and longitude in "
        "degrees",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,to_lat,to_lon\nMarket,51.5,-0.1,51.501,-0.1\n",
        "night.yaml:13:97: units[0].break.at[0]: 'Market' is driven along, and a break is taken "
        "standing; name a station, a post, a task, or a hotspot that is a point",
        old=BREAK,
        new="break: {minutes: 30, at: [Market]}",
    ),
)

STRETCHES_BUILD = (
    spots(
        "{name: Mall, from: [51.5, -0.1], to: [51.504, -0.1]}",
        "night.yaml:9:12: hotspots[0]: hotspot 'Mall' is more than 250 m from the nearest connected "
        "street: its start car 0 m, foot 0 m; its end car 278 m, foot 278 m; correct its ends, or set "
        "'snap' higher",
    ),
    spots(
        "{name: Mall, from: [51.5, -0.1], to: [51.5, -0.1]}",
        "night.yaml:9:12: hotspots[0]: both ends of 'Mall' lie at one place of the streets; choose them apart",
    ),
    spots(
        "{name: Mall, from: [51.4990, -0.1], to: [51.5010, -0.1]}, {name: Mall (reverse), at: [51.5, -0.1]}",
        "night.yaml:9:70: hotspots[1]: 'Mall (reverse)' is what the way back along 'Mall' is called; rename it",
    ),
)
